// What the points of a file say together. Those apart from all others, where nobody has said yet where the city is: what
// would be far from it, or lack a sign; that all of them do shows by the time zone of the city. Those that many rows share,
// as where a program puts what it could not find, and those too coarse for a street.

import { placeOfZone } from '../calendar/place-of-zone.ts';
import { cornerOf, degreeCell, mainCells } from '../geometry/whereabouts.ts';
import type { Note } from '../text/contract.ts';
import type { PointNote } from './read-point.ts';

const SIGNS = [
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

export type Strays = {
  add(lon: number, lat: number): void;
  notes(): Note[];
};

/** A zone reaches so far from the place that names it, in degrees. */
const REACH = { lon: 50, lat: 25 };
/** From so far on, another reading of the numbers that is so much nearer is the likelier one. */
const FAR_DEGREES = 10;
const MUCH_NEARER = 4;

/** What is wrong with points there in a city of that zone; null where nothing seems so. */
function elsewhere(lon: number, lat: number, timezone: string): PointNote | null {
  const place = placeOfZone(timezone);
  if (place === null) return null;
  const away = (x: number, y: number) => {
    const turn = Math.abs(x - place[0]) % 360;
    return { lon: Math.min(turn, 360 - turn), lat: Math.abs(y - place[1]) };
  };
  const furthest = (x: number, y: number) => Math.max(away(x, y).lon, away(x, y).lat);
  const written = furthest(lon, lat);
  const nearer = (x: number, y: number) => written > FAR_DEGREES && furthest(x, y) * MUCH_NEARER < written;
  if (SIGNS.some(([x, y]) => nearer(x * lon, y * lat))) return 'coordinates-sign';
  if (nearer(lat, lon)) return 'coordinates-axes';
  return away(lon, lat).lon > REACH.lon || away(lon, lat).lat > REACH.lat ? 'coordinates-far' : null;
}

export function watchStrays(timezone: string): Strays {
  const cells = new Map<number, { count: number; readonly lon: number; readonly lat: number }>();
  return {
    add(lon, lat) {
      const cell = degreeCell(lon, lat);
      const known = cells.get(cell);
      if (known) known.count++;
      else cells.set(cell, { count: 1, lon, lat });
    },
    notes() {
      const main = mainCells(new Map([...cells].map(([cell, { count }]) => [cell, count])));
      const found = new Map<PointNote, Note>();
      const [most] = [...main];
      const [west, south] = most === undefined ? [0, 0] : cornerOf(most);
      const all = most === undefined ? null : elsewhere(west + 0.5, south + 0.5, timezone);
      if (all !== null) {
        const inMain = [...cells].flatMap(([cell, each]) => (main.has(cell) ? [each] : []));
        const count = inMain.reduce((sum, each) => sum + each.count, 0);
        found.set(all, { code: all, count, example: `${inMain[0]!.lon}, ${inMain[0]!.lat} (${timezone})` });
      }
      for (const [cell, { count, lon, lat }] of cells) {
        if (main.has(cell)) continue;
        const signed = SIGNS.some(([x, y]) => main.has(degreeCell(x * lon, y * lat)));
        const code = signed ? 'coordinates-sign' : 'coordinates-far';
        const before = found.get(code);
        found.set(code, { code, count: count + (before?.count ?? 0), example: before?.example ?? `${lon}, ${lat}` });
      }
      return [...found.values()];
    },
  };
}

/** Distinct points that are told apart; further ones are no pile of the first rows. */
const MOST_POINTS = 20_000;
/** So many rows at one point, that share of all, and so many times the next point: a place for what has none. */
const FEWEST_PILED = 30;
const SHARE_PILED = 0.1;
const TIMES_THE_NEXT = 5;
const MOST_PILES = 5;
/** Two decimals of a degree are a kilometre. */
const COARSE = 100;
const FEWEST_COARSE = 20;
const SHARE_COARSE = 0.5;
const TO_FIVE_DECIMALS = 1e5;
const BESIDE = 4e7;
const EXACT = 1e-6;

/** Watches points as they are read, whether or not the bounds of the city are known. */
export function watchPiles(): Strays {
  const piles = new Map<number, { count: number; readonly lon: number; readonly lat: number }>();
  let [all, coarse, example] = [0, 0, ''];
  const isCoarse = (degrees: number) => Math.abs(degrees * COARSE - Math.round(degrees * COARSE)) < EXACT;
  return {
    add(lon, lat) {
      all++;
      if (isCoarse(lon) && isCoarse(lat)) {
        coarse++;
        example ||= `${lon}, ${lat}`;
      }
      const key = Math.round(lon * TO_FIVE_DECIMALS) * BESIDE + Math.round(lat * TO_FIVE_DECIMALS);
      const known = piles.get(key);
      if (known) known.count++;
      else if (piles.size < MOST_POINTS) piles.set(key, { count: 1, lon, lat });
    },
    notes() {
      const most = [...piles.values()].sort((a, b) => b.count - a.count);
      const large = most.filter(({ count }) => count >= Math.max(FEWEST_PILED, all * SHARE_PILED));
      // A few places for what has none: each stands far above all that are no pile.
      const piled = large.findLastIndex(
        ({ count }, at) => at < MOST_PILES && count >= (most[at + 1]?.count ?? 0) * TIMES_THE_NEXT,
      );
      const rows = most.slice(0, piled + 1).reduce((sum, { count }) => sum + count, 0);
      return [
        ...(piled >= 0 ? [{ code: 'points-piled', count: rows, example: `${most[0]!.lon}, ${most[0]!.lat}` }] : []),
        ...(coarse >= Math.max(FEWEST_COARSE, all * SHARE_COARSE)
          ? [{ code: 'points-coarse', count: coarse, example }]
          : []),
      ];
    },
  };
}
