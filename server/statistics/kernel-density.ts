// How dense incidents lie around each place of a grid, smoothed by a kernel (Silverman 1986; quartic as in CrimeStat,
// edges as in Diggle 1985, doi 10.2307/2347366). Lengths in metres, densities per square metre. A bandwidth means the
// radius in CrimeStat and the standard deviation in spatstat, 2.83 times apart for the quartic: both are always said.

import { type Answer, type Kernel, notSaid, said } from './contract.ts';
import { gridOf, type Points } from './neighbours.ts';

/**
 * Cell (column, row) is answered for at its centre, which for (0, 0) lies at `west + cellM / 2`, `south + cellM / 2`.
 */
export type Grid = {
  readonly west: number;
  readonly south: number;
  readonly cellM: number;
  readonly columns: number;
  readonly rows: number;
};
export type Bandwidth = { readonly sigmaM: number; readonly radiusM: number };

/** A gaussian is cut here, where it is 1.5e-8 of its peak. */
const GAUSSIAN_REACH = 6;

/** σ and radius of a kernel from either. */
export function bandwidthOf(
  kernel: Kernel,
  given: { readonly sigmaM: number } | { readonly radiusM: number },
): Bandwidth {
  const ratio = kernel === 'quartic' ? Math.sqrt(8) : GAUSSIAN_REACH;
  if ('sigmaM' in given) return { sigmaM: given.sigmaM, radiusM: given.sigmaM * ratio };
  return { sigmaM: given.radiusM / ratio, radiusM: given.radiusM };
}

/** The kernel at a squared distance, per square metre; it integrates to 1. */
export function kernelOf(kernel: Kernel, { sigmaM, radiusM }: Bandwidth): (squared: number) => number {
  const r2 = radiusM * radiusM;
  if (kernel === 'quartic') return (squared) => (squared >= r2 ? 0 : (3 / (Math.PI * r2)) * (1 - squared / r2) ** 2);
  const s2 = sigmaM * sigmaM;
  return (squared) => (squared > r2 ? 0 : Math.exp(-squared / (2 * s2)) / (2 * Math.PI * s2));
}

export type Weighted = Points & { readonly weight?: ArrayLike<number> };

/** The density at given places, point by point. */
export function exactDensity(points: Weighted, at: Points, kernel: Kernel, bandwidth: Bandwidth): Float64Array {
  const density = kernelOf(kernel, bandwidth);
  const grid = gridOf(points, bandwidth.radiusM);
  return Float64Array.from({ length: at.x.length }, (_, i) => {
    let sum = 0;
    const [x, y] = [at.x[i]!, at.y[i]!];
    grid.near(x, y, bandwidth.radiusM, (j) => {
      sum += (points.weight?.[j] ?? 1) * density((points.x[j]! - x) ** 2 + (points.y[j]! - y) ** 2);
    });
    return sum;
  });
}

export const centresOf = ({ west, south, cellM, columns, rows }: Grid): Points => {
  const x = new Float64Array(columns * rows);
  const y = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      x[row * columns + column] = west + (column + 0.5) * cellM;
      y[row * columns + column] = south + (row + 0.5) * cellM;
    }
  return { x, y };
};

export type Surface = {
  /** Per square metre, row by row from the south-west. */
  readonly density: Float64Array;
  /** No cell is off by more than this, per square metre, against point by point. */
  readonly errorBound: number;
  /** Points whose whole kernel lies outside the grid's cells. */
  readonly left: number;
};

/**
 * Each point is shared between the four cell centres around it, the grid is folded with the kernel. The bound: a share
 * between centres is a bilinear interpolation of the kernel, wrong by h²/8 times its second derivatives (quartic: at
 * most 8K(0)/R², gaussian: 2K(0)/σ²), times the points that can reach a cell.
 */
export function binnedDensity(points: Weighted, grid: Grid, kernel: Kernel, bandwidth: Bandwidth): Answer<Surface> {
  const { columns, rows, cellM } = grid;
  if (points.x.length === 0) return notSaid('empty');
  // A rim of centres beyond the grid takes what lies outside and still reaches in.
  const rim = Math.ceil(bandwidth.radiusM / cellM) + 1;
  const [wide, high] = [columns + 2 * rim, rows + 2 * rim];
  const binned = new Float64Array(wide * high);
  let left = 0;
  for (let i = 0; i < points.x.length; i++) {
    const x = (points.x[i]! - grid.west) / cellM - 0.5 + rim;
    const y = (points.y[i]! - grid.south) / cellM - 0.5 + rim;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column + 1 >= wide || row + 1 >= high) {
      left++;
      continue;
    }
    const weight = points.weight?.[i] ?? 1;
    const [east, north] = [x - column, y - row];
    const at = row * wide + column;
    binned[at]! += weight * (1 - east) * (1 - north);
    binned[at + 1]! += weight * east * (1 - north);
    binned[at + wide]! += weight * (1 - east) * north;
    binned[at + wide + 1]! += weight * east * north;
  }
  const density = fold(binned, wide, high, rim, grid, kernelOf(kernel, bandwidth), bandwidth.radiusM);
  const peak = kernelOf(kernel, bandwidth)(0);
  const curved = kernel === 'quartic' ? 8 / bandwidth.radiusM ** 2 : 2 / bandwidth.sigmaM ** 2;
  const errorBound = ((cellM * cellM) / 8) * curved * peak * mostWithin(binned, wide, high, rim);
  return said({ density, errorBound, left });
}

function fold(
  binned: Float64Array,
  wide: number,
  high: number,
  rim: number,
  { columns, rows, cellM }: Grid,
  density: (squared: number) => number,
  radiusM: number,
): Float64Array {
  const reach = Math.ceil(radiusM / cellM);
  const offsets: { readonly row: number; readonly half: number; readonly values: Float64Array }[] = [];
  for (let row = -reach; row <= reach; row++) {
    const values = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
      density(((k - reach) * cellM) ** 2 + (row * cellM) ** 2),
    );
    let half = reach;
    while (half > 0 && values[reach + half] === 0) half--;
    offsets.push({ row, half, values });
  }
  const folded = new Float64Array(columns * rows);
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const weight = binned[y * wide + x]!;
      if (weight === 0) continue;
      for (const { row, half, values } of offsets) {
        const toRow = y - rim + row;
        if (toRow < 0 || toRow >= rows) continue;
        const first = Math.max(0, x - rim - half);
        const last = Math.min(columns - 1, x - rim + half);
        const base = toRow * columns;
        for (let column = first; column <= last; column++)
          folded[base + column]! += weight * values[column - (x - rim) + reach]!;
      }
    }
  return folded;
}

/** The most weight that lies in a square of half-side `reach` cells around any cell. */
function mostWithin(binned: Float64Array, wide: number, high: number, reach: number): number {
  const sums = new Float64Array((wide + 1) * (high + 1));
  for (let y = 0; y < high; y++) {
    let row = 0;
    for (let x = 0; x < wide; x++) {
      row += Math.abs(binned[y * wide + x]!);
      sums[(y + 1) * (wide + 1) + x + 1] = sums[y * (wide + 1) + x + 1]! + row;
    }
  }
  let most = 0;
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const [west, east] = [Math.max(0, x - reach), Math.min(wide, x + reach + 1)];
      const [south, north] = [Math.max(0, y - reach), Math.min(high, y + reach + 1)];
      const at = (row: number, column: number) => sums[row * (wide + 1) + column]!;
      most = Math.max(most, at(north, east) - at(south, east) - at(north, west) + at(south, west));
    }
  return most;
}

/**
 * How much of the kernel around each cell lies over cells that are inside, by their areas; a density divided by it does
 * not fade at the edge (spatstat's edge = TRUE, diggle = FALSE). `inside` is 1 where a cell belongs to the city; null:
 * all.
 */
export function edgeShares(grid: Grid, inside: Uint8Array | null, kernel: Kernel, bandwidth: Bandwidth): Float64Array {
  const mask = Float64Array.from({ length: grid.columns * grid.rows }, (_, i) => (inside ? inside[i]! : 1));
  const density = kernelOf(kernel, bandwidth);
  const shares = fold(mask, grid.columns, grid.rows, 0, grid, density, bandwidth.radiusM);
  // Divided by what the same sum gives with nothing left out, so that a cell far from all edges has exactly 1.
  const reach = Math.ceil(bandwidth.radiusM / grid.cellM);
  let whole = 0;
  for (let row = -reach; row <= reach; row++)
    for (let column = -reach; column <= reach; column++)
      whole += density((row * row + column * column) * grid.cellM ** 2);
  return shares.map((share) => share / whole);
}

/**
 * One surface against another (incidents over residents, CrimeStat's dual estimate); null where the second has nothing.
 */
export const densityRatio = (above: Float64Array, below: Float64Array, least = 0): (number | null)[] =>
  Array.from(above, (value, i) => (below[i]! > least ? value / below[i]! : null));
