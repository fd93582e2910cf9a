// Neighbours by distance between points (metres): within a radius, or the k nearest.

import { type Links, weightsOfRows } from './weights.ts';

/** More neighbours than this in all do not fit beside what is computed of them. */
export const MOST_NEIGHBOURS = 8_000_000;

export type PlanarPoints = { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };

/** Points in square cells, to look only where something near can be. */
export type PointGrid = {
  /** Calls back with each point whose cell touches the square of half-side `reach` around a place. */
  near(x: number, y: number, reach: number, found: (index: number) => void): void;
};

export function gridOf({ x, y }: PlanarPoints, cell: number): PointGrid {
  let west = Number.POSITIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    west = Math.min(west, x[i]!);
    east = Math.max(east, x[i]!);
    south = Math.min(south, y[i]!);
    north = Math.max(north, y[i]!);
  }
  // Never many more cells than points, however far apart a stray one lies.
  const widest = Math.sqrt(4 * Math.max(x.length, 1));
  const side = Math.max(cell, (east - west) / widest, (north - south) / widest, Number.MIN_VALUE);
  const columns = x.length === 0 ? 1 : Math.floor((east - west) / side) + 1;
  const rows = x.length === 0 ? 1 : Math.floor((north - south) / side) + 1;
  const start = new Uint32Array(columns * rows + 1);
  const cellOf = (i: number) => Math.floor((y[i]! - south) / side) * columns + Math.floor((x[i]! - west) / side);
  for (let i = 0; i < x.length; i++) start[cellOf(i) + 1]!++;
  for (let c = 0; c < columns * rows; c++) start[c + 1]! += start[c]!;
  const next = start.slice();
  const points = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) points[next[cellOf(i)]!++] = i;
  const clamped = (value: number, most: number) => Math.min(Math.max(Math.floor(value), 0), most - 1);
  return {
    near: (atX, atY, reach, found) => {
      if (x.length === 0) return;
      const firstColumn = clamped((atX - reach - west) / side, columns);
      const lastColumn = clamped((atX + reach - west) / side, columns);
      const firstRow = clamped((atY - reach - south) / side, rows);
      const lastRow = clamped((atY + reach - south) / side, rows);
      for (let row = firstRow; row <= lastRow; row++)
        for (let e = start[row * columns + firstColumn]!; e < start[row * columns + lastColumn + 1]!; e++)
          found(points[e]!);
    },
  };
}

/**
 * Who lies within the distance, the distance itself included (as spdep's dnearneigh and libpysal's DistanceBand). Null
 * where these are too many.
 */
export function withinDistance(points: PlanarPoints, distanceM: number): Links | null {
  const { x, y } = points;
  const grid = gridOf(points, distanceM);
  const most = distanceM * distanceM;
  return weightsOfRows(x.length, MOST_NEIGHBOURS, (i) => {
    const row: number[] = [];
    grid.near(x[i]!, y[i]!, distanceM, (j) => {
      if (j !== i && (x[j]! - x[i]!) ** 2 + (y[j]! - y[i]!) ** 2 <= most) row.push(j);
    });
    return row.sort((a, b) => a - b);
  });
}

/** The k nearest of each; of equally near ones those that come first. Not symmetric. Null where these are too many. */
export function nearestNeighbours(points: PlanarPoints, k: number): Links | null {
  const { x, y } = points;
  const count = x.length;
  const wanted = Math.max(0, Math.min(k, count - 1));
  const spread = Math.max(rangeOf(x), rangeOf(y));
  const cell = spread / Math.max(1, Math.sqrt(count / Math.max(1, wanted))) || 1;
  const grid = gridOf(points, cell);
  return weightsOfRows(count, MOST_NEIGHBOURS, (i) => {
    for (let reach = cell; wanted > 0; reach *= 2) {
      const found: { readonly j: number; readonly squared: number }[] = [];
      grid.near(x[i]!, y[i]!, reach, (j) => {
        if (j !== i) found.push({ j, squared: (x[j]! - x[i]!) ** 2 + (y[j]! - y[i]!) ** 2 });
      });
      found.sort((a, b) => a.squared - b.squared || a.j - b.j);
      const last = found[wanted - 1];
      // Nothing outside the square looked at is nearer than its half side.
      if (!last || (last.squared > reach * reach && reach < 2 * spread)) continue;
      return found
        .slice(0, wanted)
        .map(({ j }) => j)
        .sort((a, b) => a - b);
    }
    return [];
  });
}

function rangeOf(values: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return values.length === 0 ? 0 : most - least;
}
