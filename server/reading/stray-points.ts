// Points apart from all others, where nobody has said yet where the city is: what would be far from it, or lack a sign. That
// all of them do shows by the time zone of the city.

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
