// What the worker computes of surfaces: densities on a grid, over residents and along streets; the squares of a grid. Pure.

import {
  type Answer,
  type Correction,
  type Kernel,
  type LocalMethod,
  notSaid,
  type Split,
  type Style,
  said,
} from '../statistics/contract.ts';
import {
  type Bandwidth,
  bandwidthOf,
  binnedDensity,
  type DensityGrid,
  densityRatio,
  edgeShares,
  mostOf,
  sharedDensity,
  type Weighted,
} from '../statistics/kernel-density.ts';
import { networkDensity } from '../statistics/network-density.ts';
import { type Links, weightsOfRows } from '../statistics/weights.ts';
import type { StreetEnds } from './neighbourhood.ts';

export type DensityQuestion = {
  /** Shared between the corners of an even number of parts of each cell each way, or counted by far finer cells. */
  readonly fine: Shared | Fine;
  readonly grid: DensityGrid;
  readonly kernel: Kernel;
  readonly bandwidth: Bandwidth;
  /** Divided by the share of each kernel over these cells (0 = outside); null: not corrected. */
  readonly inside: Int32Array | null;
  /** Divided by the density of what lives in each cell, smoothed alike. */
  readonly residents: { readonly perCell: Float64Array; readonly leastPerM2: number } | null;
};

/** In units of `whole` an incident. */
type Shared = { readonly shares: Float64Array; readonly whole: number; readonly cuts: number };
/** Incidents by the cells of a finer grid over the same ground: row · columns + column. */
type Fine = {
  readonly cells: Uint32Array;
  readonly counts: Uint32Array;
  readonly columns: number;
  readonly widthM: number;
  readonly heightM: number;
  /** How far each may have been moved before it was counted. */
  readonly movedBeforeM: number;
};

export function densityOf({ fine, grid, kernel, bandwidth, inside, residents }: DensityQuestion): Answer<{
  readonly density: Float64Array;
  readonly errorBound: number;
}> {
  const surface =
    'shares' in fine
      ? sharedDensity(fine.shares, fine.whole, grid, fine.cuts, kernel, bandwidth)
      : // Whatever lies in a fine cell counts at its middle, half its diagonal away at the most.
        binnedDensity(
          inFineCells(fine),
          ...([grid, kernel, bandwidth, fine.movedBeforeM + Math.hypot(fine.widthM, fine.heightM) / 2] as const),
        );
  if (surface.reason !== null) return surface;
  let { density, errorBound } = surface;
  if (residents) {
    const below = binnedDensity(inCells(grid, residents.perCell), grid, kernel, bandwidth);
    if (below.reason !== null || residents.perCell.every((each) => each === 0)) return notSaid('no-denominator');
    // Both fade alike at the edge, so the ratio needs no correction.
    const ratio = densityRatio(density, below.density, residents.leastPerM2);
    return said({ density: Float64Array.from(ratio, (each) => each ?? 0), errorBound: 0 });
  }
  if (inside) {
    const mask = Uint8Array.from(inside, (id) => (id > 0 ? 1 : 0));
    if (mask.every((each) => each === 0)) return notSaid('empty');
    const shares = edgeShares(grid, mask, kernel, bandwidth);
    const shared = (values: Float64Array) => values.map((value, i) => (mask[i] ? value / shares[i]! : 0));
    density = shared(density);
    errorBound = mostOf(shared(surface.errors));
  }
  return said({ density, errorBound });
}

function inFineCells({ cells, counts, columns, widthM, heightM }: Fine): Weighted {
  const [x, y] = [new Float64Array(cells.length), new Float64Array(cells.length)];
  for (let i = 0; i < cells.length; i++) {
    const row = Math.floor(cells[i]! / columns);
    x[i] = (cells[i]! - row * columns + 0.5) * widthM;
    y[i] = (row + 0.5) * heightM;
  }
  return { x, y, weight: counts };
}

/** What each cell holds, as a point at its middle. */
function inCells({ west, south, cellM, heightM = cellM, columns }: DensityGrid, perCell: Float64Array): Weighted {
  return {
    x: Float64Array.from(perCell, (_, i) => west + ((i % columns) + 0.5) * cellM),
    y: Float64Array.from(perCell, (_, i) => south + (Math.floor(i / columns) + 0.5) * heightM),
    weight: perCell,
  };
}

export type StreetDensityQuestion = {
  readonly junctions: StreetEnds;
  readonly counts: Float64Array;
  readonly kernel: Kernel;
  readonly radiusM: number;
  readonly split: Split;
};

/** Parts of a segment no longer than this share of the radius each hold an equal part of what happened on it. */
const PARTS_PER_RADIUS = 4;
const MOST_PARTS = 8;

/** The density at the middle of each segment, per metre, of what lies evenly along its segments. */
export function streetDensity({ junctions, counts, kernel, radiusM, split }: StreetDensityQuestion): Answer<{
  readonly density: Float64Array;
}> {
  const { from, lengthM } = junctions;
  const events: { segment: number; atM: number; weight: number }[] = [];
  for (let segment = 0; segment < from.length; segment++) {
    if (!(counts[segment]! > 0) || from[segment]! < 0) continue;
    const parts = Math.min(MOST_PARTS, Math.max(1, Math.ceil((lengthM[segment]! / radiusM) * PARTS_PER_RADIUS)));
    for (let part = 0; part < parts; part++)
      events.push({ segment, atM: ((part + 0.5) / parts) * lengthM[segment]!, weight: counts[segment]! / parts });
  }
  if (events.length === 0) return notSaid('all-zero');
  const middles = Array.from(lengthM, (length, segment) => ({ segment, atM: length / 2 }));
  const bandwidth = bandwidthOf(kernel, { radiusM });
  return networkDensity(
    junctions,
    events,
    middles,
    kernel,
    kernel === 'gaussian' ? bandwidth.sigmaM : bandwidth.radiusM,
    split,
  );
}

export type SquaresQuestion = {
  /** Row · columns + column of each square that is compared, rising. */
  readonly cells: Uint32Array;
  readonly columns: number;
  readonly values: Float64Array;
  readonly weights: 'queen' | 'rook';
} & GridTest;
/** How the cells of a grid are compared. */
export type GridTest = {
  readonly method: LocalMethod;
  readonly style: Style;
  readonly correction: Correction;
  readonly permutations: number;
  readonly seed: number;
};

export function squareNeighbours(cells: Uint32Array, columns: number, rule: 'queen' | 'rook'): Links {
  const number = new Map<number, number>();
  for (const [i, cell] of cells.entries()) number.set(cell, i);
  return weightsOfRows(cells.length, Number.POSITIVE_INFINITY, (i) => {
    const cell = cells[i]!;
    const column = cell % columns;
    const found: number[] = [];
    for (let up = -1; up <= 1; up++)
      for (let right = -1; right <= 1; right++) {
        if ((up === 0 && right === 0) || (rule === 'rook' && up !== 0 && right !== 0)) continue;
        if (column + right < 0 || column + right >= columns) continue;
        const other = number.get(cell + up * columns + right);
        if (other !== undefined) found.push(other);
      }
    return found.sort((a, b) => a - b);
  })!;
}
