// Rates, times and scores as classes and colours: what is above the city, along streets, in squares, around what was.

import type { GridHotspotsAnswer, NearRepeatAnswer } from '../../server/analysis/contract.ts';
import { AFTER, BEFORE, RAMP } from '../map/colors.ts';
import type { Words } from '../store/words.ts';
import type { LaterFound } from './found.ts';
import { HOT_CLASSES, HOT_COLORS, type Picture, QUADRANT_COLORS, QUADRANTS, sayable } from './picture.ts';

const NOTHING: Picture = { classes: new Map(), colors: [], bands: null, entries: [] };
/** Shares of the peak at which the classes of a density along streets begin. */
const SHARES = [0.05, 0.2, 0.4, 0.7] as const;
/** The palest of all would not be seen as a line. */
const LINES = RAMP.slice(1);
/** Of places without a rate or a trend: the hatch. */
const NOT_SAID = -1;
const M_PER_DEGREE = 111_320;
const CORNERS = 24;

export function laterPicture(found: LaterFound, { t, f }: Words): Picture {
  const entry = (color: string | null, what: string, count: number) => ({
    ...{ color, text: t('analysis.entry', { what, n: f.int(count) }) },
  });
  switch (found.task) {
    case 'grid-hotspots': {
      const kinds = kindsOfCells(found.answer, { t, f });
      const entries = kinds
        .filter(({ cells }) => cells.length > 0)
        .map(({ color, name, cells }) => entry(color, name, cells.length));
      return { ...NOTHING, bands: cellFeatures(found.answer, kinds), entries };
    }
    case 'street-density': {
      const { ids, density, peak } = found.answer;
      const classes = new Map(
        ids.flatMap((id, i): [string, number][] => {
          const at = SHARES.findLastIndex((share) => density[i]! >= share * peak && density[i]! > 0);
          return at < 0 ? [] : [[id, at + 1]];
        }),
      );
      const entries = SHARES.map((share, k) => ({
        ...{ color: LINES[k]!, text: t('analysis.bandKm', { from: f.rate(share * peak) }) },
      })).toReversed();
      return { classes, colors: LINES, bands: null, entries };
    }
    case 'stability': {
      const { ids, times, years } = found.answer;
      const always = ids.flatMap((id, i): [string, number][] => [[id, times[i] === years.length ? 1 : 2]]);
      const colors = [RAMP[4]!, RAMP[1]!];
      const kept = always.filter(([, each]) => each === 1).length;
      return {
        ...{ classes: new Map(always), colors, bands: null },
        entries: [
          entry(colors[0]!, t('analysis.everyYear'), kept),
          entry(colors[1]!, t('analysis.someYear'), ids.length - kept),
        ],
      };
    }
    case 'rates': {
      const sides = ['above', 'below'] as const;
      return sided(
        found.answer.ids,
        found.answer.side,
        sides,
        (side) => t(`analysis.side_${side}`),
        entry,
        t('analysis.hatched_rates'),
      );
    }
    case 'trend': {
      const sides = ['up', 'down'] as const;
      return sided(
        found.answer.ids,
        found.answer.direction,
        sides,
        (side) => t(`analysis.direction_${side}`),
        entry,
        t('analysis.hatched_trend'),
      );
    }
    case 'clocks':
    case 'aoristic':
    case 'scoring':
      return NOTHING;
  }
}

function sided<S extends string>(
  ids: readonly string[],
  found: readonly (string | null)[],
  sides: readonly [S, S],
  name: (side: S) => string,
  entry: (color: string | null, what: string, count: number) => Picture['entries'][number],
  hatched: string,
): Picture {
  const colors = [AFTER, BEFORE];
  const classes = new Map(
    ids.flatMap((id, i): [string, number][] => {
      const side = found[i] ?? null;
      if (side === null) return [[id, NOT_SAID]];
      const at = sides.indexOf(side as S);
      return at < 0 ? [] : [[id, at + 1]];
    }),
  );
  const count = (number: number) => [...classes.values()].filter((each) => each === number).length;
  return {
    ...{ classes, colors, bands: null },
    entries: [
      ...sides.map((side, k) => entry(colors[k]!, name(side), count(k + 1))),
      ...(count(NOT_SAID) > 0 ? [entry(null, hatched, count(NOT_SAID))] : []),
    ],
  };
}

type CellKind = { readonly color: string; readonly name: string; readonly cells: readonly number[] };

/** By how sure hot and cold are; of local Moran by what lies around what. */
function kindsOfCells({ class: classes, quadrant }: GridHotspotsAnswer, { t }: Words): CellKind[] {
  const those = (isOne: (i: number) => boolean) => [...classes.keys()].filter(isOne);
  if (quadrant)
    return QUADRANTS.map((each, k) => ({
      ...{ color: QUADRANT_COLORS[k]!, name: t(`analysis.quadrant_${each}`) },
      cells: those((i) => classes[i] !== 0 && quadrant[i] === each),
    }));
  return HOT_CLASSES.map((each, k) => ({
    ...{ color: HOT_COLORS[k]!, name: t(`analysis.class_${sayable(each)}`) },
    cells: those((i) => classes[i] === each),
  }));
}

function cellFeatures(answer: GridHotspotsAnswer, kinds: readonly CellKind[]): GeoJSON.FeatureCollection {
  const ringOf = (i: number) => (answer.hexagons ? hexagonRing(answer.hexagons.rings[i]!) : squareRing(answer, i));
  return {
    type: 'FeatureCollection',
    features: kinds.map(({ color, cells }) => ({
      type: 'Feature',
      properties: { color },
      geometry: { type: 'MultiPolygon', coordinates: cells.map((i) => [ringOf(i)]) },
    })),
  };
}

function hexagonRing(corners: readonly number[]): number[][] {
  const ring = Array.from({ length: corners.length / 2 }, (_, k) => [corners[2 * k]!, corners[2 * k + 1]!]);
  return [...ring, ring[0]!];
}

function squareRing({ grid, cells }: GridHotspotsAnswer, i: number): number[][] {
  if (!grid) return [];
  const { west, south, cellWidth, cellHeight, columns } = grid;
  const cell = cells[i]!;
  const [w, s] = [west + (cell % columns) * cellWidth, south + Math.floor(cell / columns) * cellHeight];
  const [e, n] = [w + cellWidth, s + cellHeight];
  return [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
}

/** Circles around what happened last, as far as more follows than chance explains. */
export function aroundFeatures(
  { around, distanceM }: NonNullable<NearRepeatAnswer['daysAfter']>,
  color: string,
): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: { color },
        geometry: {
          type: 'MultiPolygon',
          coordinates: around.map(([lon, lat]) => [
            Array.from({ length: CORNERS + 1 }, (_, k) => {
              const angle = ((k % CORNERS) * 2 * Math.PI) / CORNERS;
              const perLon = M_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
              return [lon + (distanceM * Math.cos(angle)) / perLon, lat + (distanceM * Math.sin(angle)) / M_PER_DEGREE];
            }),
          ]),
        },
      },
    ],
  };
}
