// Heat within the municipality: what is felt beyond its limit of incidents near it is no heat of there.

import type { HeatAnswer } from '../../server/counts/contract.ts';
import { type Box, type Density, type Laid, mostDense, projected, toX, toY } from './heat.ts';

type Position = readonly number[];
type Grid = Pick<Laid, 'box' | 'columns' | 'rows'>;
/** Steps along each side of a municipality at which points are told to be within it or not: tens of metres. */
const STEPS = 2048;

const ringsOf = (limit: GeoJSON.Geometry | null): readonly (readonly Position[])[] =>
  limit?.type === 'Polygon' ? limit.coordinates : limit?.type === 'MultiPolygon' ? limit.coordinates.flat() : [];

const answersWithin = new WeakMap<HeatAnswer, { readonly limit: GeoJSON.Geometry; readonly found: HeatAnswer }>();

/** The incidents within the limit, which are the ones the headline counts; all of them where no limit is known. */
export function answerWithin(answer: HeatAnswer, limit: GeoJSON.Geometry | null): HeatAnswer {
  if (!limit || !ringsOf(limit).length) return answer;
  const known = answersWithin.get(answer);
  if (known?.limit === limit) return known.found;
  const { west, across, north, down, rows } = stepsOf(limit);
  const { xs, ys } = projected(answer.points);
  const points = answer.points.filter((_, i) => {
    const column = (xs[i]! - west) * across - 0.5;
    let before = 0;
    for (const crossing of rows[Math.floor((ys[i]! - north) * down)] ?? []) before += +(crossing < column);
    return before % 2 === 1;
  });
  const found = { ...answer, points };
  answersWithin.set(answer, { limit, found });
  return found;
}

/** Of whom it is said where half of them lie: felt from beyond the limit too, but said of those the headline counts. */
export const heatPointsWithin = ({
  answer,
  limit,
}: {
  readonly answer: HeatAnswer;
  readonly limit: GeoJSON.Geometry | null;
}) => answerWithin(answer, limit).points;

/** West, south, east and north of a limit; null where none is known. */
export function boxOfLimit(limit: GeoJSON.Geometry | null): Box | null {
  const rings = ringsOf(limit);
  return limit && rings.length ? stepsOf(limit).box : null;
}

type Steps = Readonly<Record<'west' | 'across' | 'north' | 'down', number>> & {
  readonly box: Box;
  readonly rows: readonly number[][];
};
const stepsKnown = new WeakMap<GeoJSON.Geometry, Steps>();

/** Where each step of a municipality crosses its limit, from whose corner and how many there are to the world. */
function stepsOf(limit: GeoJSON.Geometry): Steps {
  const known = stepsKnown.get(limit);
  if (known) return known;
  const rings = ringsOf(limit);
  const corners = rings.flat();
  const side = (axis: 0 | 1, extreme: (a: number, b: number) => number) =>
    corners.reduce((found, corner) => extreme(found, corner[axis]!), corners[0]![axis]!);
  const box = [side(0, Math.min), side(1, Math.min), side(0, Math.max), side(1, Math.max)] as const;
  const [west, east, north, south] = [toX(box[0]), toX(box[2]), toY(box[3]), toY(box[1])];
  const rows = crossingsOf(rings, { box, columns: STEPS, rows: STEPS });
  const made = { box, west, across: STEPS / (east - west), north, down: STEPS / (south - north), rows };
  stepsKnown.set(limit, made);
  return made;
}

/** Without colour where the middle of a cell lies outside; as it was where no limit is known. */
export function withinLimit(density: Density, limit: GeoJSON.Geometry | null): Density {
  const mask = maskOf(density, limit);
  if (!mask) return density;
  const values = Float32Array.from(density.values);
  for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = 0;
  return { ...density, values, max: mostDense({ ...density, values }) };
}

/** Of a limit and a grid, the newest last: while time plays, the grids of the whole and of the part in view stay. */
let masks: readonly { readonly limit: GeoJSON.Geometry; readonly grid: string; readonly mask: Uint8Array }[] = [];
const MASKS = 2;

/** 255 where the middle of a cell lies within the limit and 0 elsewhere; null where no limit is known. */
export function maskOf(grid: Grid, limit: GeoJSON.Geometry | null): Uint8Array | null {
  const rings = ringsOf(limit);
  if (!limit || !rings.length) return null;
  const name = [...grid.box, grid.columns, grid.rows].join();
  const known = masks.find((each) => each.limit === limit && each.grid === name);
  if (known) return known.mask;
  const { columns, rows } = grid;
  const mask = new Uint8Array(columns * rows);
  crossingsOf(rings, grid).forEach((crossings, row) => {
    if (row >= rows) return;
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(0, Math.ceil(crossings[i]!));
      const last = Math.min(columns - 1, Math.floor(crossings[i + 1]!));
      if (first <= last) mask.fill(255, row * columns + first, row * columns + last + 1);
    }
  });
  masks = [...masks, { limit, grid: name, mask }].slice(-MASKS);
  return mask;
}

/** For each row of cells, at which columns its middle crosses a ring; whole numbers are the middles of cells. */
function crossingsOf(rings: readonly (readonly Position[])[], { box, columns, rows }: Grid): number[][] {
  const [west, east, north, south] = [toX(box[0]), toX(box[2]), toY(box[3]), toY(box[1])];
  const found: number[][] = Array.from({ length: rows }, () => []);
  for (const ring of rings) {
    const at = ring.map(([lon = 0, lat = 0]) => ({
      x: ((toX(lon) - west) / (east - west)) * columns - 0.5,
      y: ((toY(lat) - north) / (south - north)) * rows - 0.5,
    }));
    for (let i = 1; i < at.length; i++) {
      const [a, b] = [at[i - 1]!, at[i]!];
      const [top, bottom] = a.y <= b.y ? [a, b] : [b, a];
      const [first, end] = [Math.max(0, Math.ceil(top.y)), Math.min(rows, Math.ceil(bottom.y))];
      for (let row = first; row < end; row++) {
        found[row]!.push(top.x + ((row - top.y) / (bottom.y - top.y)) * (bottom.x - top.x));
      }
    }
  }
  return found;
}
