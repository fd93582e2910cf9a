// How dense incidents lie around each place of a grid, smoothed by a kernel (Silverman 1986; quartic as in CrimeStat,
// edges as in Diggle 1985, doi 10.2307/2347366). Lengths in metres, densities per square metre. A bandwidth means the
// radius in CrimeStat and the standard deviation in spatstat, 2.83 times apart for the quartic: both are always said.

import { type Answer, type Kernel, notSaid, said } from './contract.ts';
import { foldByParts, foldDisc, foldInTwo, foldQuartic, type Parts, partsOf } from './kernel-folds.ts';
import { gridOf, type PlanarPoints } from './neighbours.ts';

/**
 * Cell (column, row) is answered for at its centre, which for (0, 0) lies at `west + cellM / 2`, `south + cellM / 2`.
 */
export type DensityGrid = {
  readonly west: number;
  readonly south: number;
  /** From side to side; as high, unless said. */
  readonly cellM: number;
  readonly heightM?: number;
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

export type Weighted = PlanarPoints & { readonly weight?: ArrayLike<number> };

/** The density at given places, point by point. */
export function exactDensity(points: Weighted, at: PlanarPoints, kernel: Kernel, bandwidth: Bandwidth): Float64Array {
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

export const centresOf = ({ west, south, cellM, heightM = cellM, columns, rows }: DensityGrid): PlanarPoints => {
  const x = new Float64Array(columns * rows);
  const y = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      x[row * columns + column] = west + (column + 0.5) * cellM;
      y[row * columns + column] = south + (row + 0.5) * heightM;
    }
  return { x, y };
};

export type Surface = {
  /** Per square metre, row by row from the south-west. */
  readonly density: Float64Array;
  /** What each cell may be off, per square metre, against point by point; and the most of it. */
  readonly errors: Float64Array;
  readonly errorBound: number;
  /** Points whose whole kernel lies outside the grid's cells. */
  readonly left: number;
};

/** Cells are cut so fine that a kernel hardly bends within one: into parts of at most this share of radius or σ. */
const FINEST_PART = { quartic: 1 / 50, gaussian: 1 / 25 } as const;
const MOST_PARTS = 14_000_000;

/**
 * Into how many parts a cell is cut each way, with a rim of cells around the grid: an odd number, so that its middle is
 * that of a part.
 */
function cutsOf(
  { cellM, columns, rows }: DensityGrid,
  rim: number,
  kernel: Kernel,
  { sigmaM, radiusM }: Bandwidth,
): number {
  const wanted = cellM / (FINEST_PART[kernel] * (kernel === 'quartic' ? radiusM : sigmaM));
  const room = Math.sqrt(MOST_PARTS / ((columns + 2 * rim) * (rows + 2 * rim)));
  return 1 + 2 * Math.max(0, Math.floor((Math.min(Math.ceil(wanted), room) - 1 + (wanted < room ? 1 : 0)) / 2));
}

/** How far outside of the grid the farthest point lies, east, west, north or south of it. */
function outsideM({ x, y }: Weighted, { west, south, cellM, heightM = cellM, columns, rows }: DensityGrid): number {
  const [east, north] = [west + columns * cellM, south + rows * heightM];
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, west - x[i]!, x[i]! - east, south - y[i]!, y[i]! - north);
  return most;
}

/**
 * Each point is shared between the middles of the four parts of cells around it, and these are folded with the kernel to
 * the centres of the cells. The points themselves are known to within `movedM`. The bound adds up, over what lies around
 * each cell, the most that the kernel can change there over that way (its slope) and between the middles of parts (a
 * bilinear interpolation, wrong by h²/8 times its second derivatives).
 */
export function binnedDensity(
  points: Weighted,
  grid: DensityGrid,
  kernel: Kernel,
  bandwidth: Bandwidth,
  movedM = 0,
): Answer<Surface> {
  const { columns, rows, cellM, heightM = cellM } = grid;
  if (points.x.length === 0) return notSaid('empty');
  // A rim of cells beyond the grid takes what lies outside and still reaches in, as far as there are points.
  const reachM = Math.min(bandwidth.radiusM + movedM, outsideM(points, grid));
  const rim = Math.ceil(reachM / Math.min(cellM, heightM)) + 1;
  if ((columns + 2 * rim) * (rows + 2 * rim) > MOST_PARTS) return notSaid('too-large');
  const cuts = cutsOf(grid, rim, kernel, bandwidth);
  const parts = partsOf({ columns, rows, cuts, widthM: cellM / cuts, heightM: heightM / cuts }, rim * cuts);
  const { wide, high } = parts;
  const binned = new Float64Array(wide * high);
  const cellsWide = columns + 2 * rim;
  const whole = new Float64Array(cellsWide * (rows + 2 * rim));
  let left = 0;
  const { x: xs, y: ys, weight: weights } = points;
  const [perPartX, perPartY, perCell] = [1 / parts.widthM, 1 / parts.heightM, 1 / cuts];
  for (let i = 0; i < xs.length; i++) {
    const x = (xs[i]! - grid.west) * perPartX - 0.5 + rim * cuts;
    const y = (ys[i]! - grid.south) * perPartY - 0.5 + rim * cuts;
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (!(column >= 0 && row >= 0 && column + 1 < wide && row + 1 < high)) {
      left++;
      continue;
    }
    const weight = weights ? weights[i]! : 1;
    const east = x - column;
    const north = weight * (y - row);
    const south = weight - north;
    const at = row * wide + column;
    binned[at]! += south - south * east;
    binned[at + 1]! += south * east;
    binned[at + wide]! += north - north * east;
    binned[at + wide + 1]! += north * east;
    whole[Math.floor((y + 0.5) * perCell) * cellsWide + Math.floor((x + 0.5) * perCell)]! += Math.abs(weight);
  }
  const density =
    kernel === 'gaussian' ? foldInTwo(binned, parts, bandwidth) : foldQuartic(binned, parts, bandwidth.radiusM);
  // From the middle of its cell to where a point may be in truth or where its farthest share lies.
  const across = Math.hypot(cellM, heightM) / 2 + movedM + Math.hypot(parts.widthM, parts.heightM);
  const change = mostChange(kernel, bandwidth, across, movedM, Math.max(parts.widthM, parts.heightM) ** 2 / 8);
  const cells = partsOf({ columns, rows, cuts: 1, widthM: cellM, heightM }, rim);
  const errors = foldByParts(whole, cells, (squared) => change(Math.sqrt(squared)), bandwidth.radiusM + across);
  return said({ density, errors, errorBound: mostOf(errors), left });
}

/**
 * As above, of points that were shared beforehand between the corners of each cell's `cuts` parts, an even number, so that
 * the middle of the cell is one of them. In units of `whole` a point.
 */
export function sharedDensity(
  shares: Float64Array,
  whole: number,
  { columns, rows, cellM, heightM = cellM }: DensityGrid,
  cuts: number,
  kernel: Kernel,
  bandwidth: Bandwidth,
): Answer<Surface> {
  const { sigmaM, radiusM } = bandwidth;
  const [wide, high] = [columns * cuts + 1, rows * cuts + 1];
  const [partM, partHeightM] = [cellM / cuts, heightM / cuts];
  const parts: Parts = { columns, rows, cuts, wide, high, middle: cuts / 2, widthM: partM, heightM: partHeightM };
  if (shares.every((share) => share === 0)) return notSaid('empty');
  const folded = kernel === 'gaussian' ? foldInTwo(shares, parts, bandwidth) : foldQuartic(shares, parts, radiusM);
  const [part, across] = [Math.max(partM, partHeightM), Math.hypot(partM, partHeightM)];
  const peak = kernelOf(kernel, bandwidth)(0) / whole;
  let bent: Float64Array;
  let most: number;
  if (kernel === 'quartic') {
    // 8/R² of the peak is the most that the second derivatives along both axes come to; from two places in one part of h,
    // (1 + h/R)² times that. Whatever part reaches into the radius has its four corners in this disc.
    bent = foldDisc(shares, parts, radiusM + across);
    most = (peak * (part + part ** 2 / radiusM) ** 2) / radiusM ** 2;
  } else {
    // Each stays below 1/σ² of the peak times a gaussian of 2.3 σ², and from a corner two parts' diagonals off below one of
    // a ninth more, raised: (d − δ)² ≥ 0.9 d² − 9 δ².
    const variance = 2.3 * sigmaM ** 2;
    const wider = Math.sqrt(variance / 0.9);
    bent = foldInTwo(shares, parts, bandwidthOf('gaussian', { sigmaM: wider }));
    most = ((peak * part ** 2) / (4 * sigmaM ** 2)) * Math.exp((9 * (2 * across) ** 2) / (2 * variance));
    most *= 2 * Math.PI * wider ** 2;
  }
  for (let i = 0; i < folded.length; i++) {
    folded[i]! /= whole;
    bent[i]! *= most;
  }
  return said({ density: folded, errors: bent, errorBound: mostOf(bent), left: 0 });
}

export function mostOf(errors: Float64Array): number {
  let most = 0;
  for (let i = 0; i < errors.length; i++) if (errors[i]! > most) most = errors[i]!;
  return most;
}

/** The most a kernel can be off for a point that, with all that it is shared between, is within `across` of a distance. */
function mostChange(
  kernel: Kernel,
  { sigmaM, radiusM }: Bandwidth,
  across: number,
  movedM: number,
  bent: number,
): (distance: number) => number {
  const unit = kernel === 'quartic' ? radiusM : sigmaM;
  const peak = kernelOf(kernel, { sigmaM, radiusM })(0);
  const slope = (r: number) => (kernel === 'quartic' ? (r < 1 ? 4 * r * (1 - r * r) : 0) : r * Math.exp((-r * r) / 2));
  // The second derivatives outwards and across, which no two others exceed together.
  const curve = (r: number) =>
    kernel === 'quartic'
      ? r <= 1
        ? 4 * (Math.abs(3 * r * r - 1) + 1 - r * r)
        : 0
      : (Math.abs(r * r - 1) + 1) * Math.exp((-r * r) / 2);
  const [steepest, bends] = kernel === 'quartic' ? [1 / Math.sqrt(3), 1] : [1, Math.SQRT2];
  return (distance) => {
    const [low, high] = [Math.max(0, distance - across) / unit, (distance + across) / unit];
    const within = (r: number) => Math.min(Math.max(r, low), high);
    const steep = slope(within(steepest));
    const curved = Math.max(curve(low), curve(within(bends)), curve(high));
    return peak * ((movedM * steep) / unit + (bent * curved) / (unit * unit));
  };
}

/**
 * How much of the kernel around each cell lies over cells that are inside, by their areas; a density divided by it does
 * not fade at the edge (spatstat's edge = TRUE, diggle = FALSE). `inside` is 1 where a cell belongs to the city; null:
 * all.
 */
export function edgeShares(
  grid: DensityGrid,
  inside: Uint8Array | null,
  kernel: Kernel,
  bandwidth: Bandwidth,
): Float64Array {
  const { columns, rows, cellM, heightM = cellM } = grid;
  const mask = Float64Array.from({ length: columns * rows }, (_, i) => (inside ? inside[i]! : 1));
  const density = kernelOf(kernel, bandwidth);
  const cells = partsOf({ columns, rows, cuts: 1, widthM: cellM, heightM }, 0);
  const shares = foldByParts(mask, cells, density, bandwidth.radiusM);
  // Divided by what the same sum gives with nothing left out, so that a cell far from all edges has exactly 1.
  const [reach, up] = [Math.ceil(bandwidth.radiusM / cellM), Math.ceil(bandwidth.radiusM / heightM)];
  let whole = 0;
  for (let row = -up; row <= up; row++)
    for (let column = -reach; column <= reach; column++) whole += density((row * heightM) ** 2 + (column * cellM) ** 2);
  return shares.map((share) => share / whole);
}

/**
 * One surface against another (incidents over residents, CrimeStat's dual estimate); null where the second has nothing.
 */
export const densityRatio = (above: Float64Array, below: Float64Array, least = 0): (number | null)[] =>
  Array.from(above, (value, i) => (below[i]! > least ? value / below[i]! : null));
