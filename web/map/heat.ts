// Heat as a density in incidents per km² and year: the grid it lies on, the kernel it is smoothed by and what is said of it.
// The map's own heat layer is no help: it has 256 steps from nothing to full and drops kernels under 1/4080 of it, so that no
// scale fixed in advance could show both a quiet town and a capital. Worked out here, or by the graphics card
// (heat-card.ts) on the same grid; where software draws, it takes less time here.

import type { HeatAnswer, SourceRow } from '../../server/counts/contract.ts';
import { MIN_INCIDENTS_TO_COMPARE } from './concentration.ts';

/** How far one incident reaches: two standard deviations of its kernel. The first is the least. */
const REACHES_M = [300, 400, 500, 700, 1000, 1400, 2000, 3000];
/** The reach grows until half of the incidents lie where a circle of it holds this many. */
const INCIDENTS_IN_REACH = 10;
/** However few there are, one reach is no more than this share of the city's side. */
const MOST_SHARE_OF_CITY = 1 / 8;

const SHARE_BELOW_USUAL = 0.1;
const SHARE_BELOW_HALF = 0.5;

const EQUATOR_M = 40_075_016.686;
const MAX_CELLS = 600_000;
/** Between the middles of cells colours are mixed evenly, which is off by (1/6)²/8 of the peak: a third of a per cent. */
const LEAST_CELLS_PER_SIGMA = 6;
/** Kernels end at this many standard deviations, and are scaled so that nothing is lost by it. */
const KERNEL_SIGMAS = 3;

export type Box = readonly [west: number, south: number, east: number, north: number];

/** A grid of Web Mercator, rows from the north, and the incidents per km² and year of its cells. */
export type Laid = {
  readonly box: Box;
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
};

export type Density = Laid & {
  readonly cellKm2: number;
  readonly max: number;
  readonly incidents: number;
  /** What one incident alone amounts to at its point. */
  readonly single: number;
  /** Nine in ten incidents lie where it is this dense, or denser. */
  readonly usual: number;
  /** Half of the incidents lie where it is this dense, or denser. */
  readonly half: number;
};

/** Whether there are enough to say where half of them lie. */
export const tellsHalf = ({ incidents }: Density) => incidents >= MIN_INCIDENTS_TO_COMPARE;

export const toX = (lon: number) => lon / 360 + 0.5;
export const toY = (lat: number) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
export const toLon = (x: number) => (x - 0.5) * 360;
export const toLat = (y: number) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;
/** Metres on the ground from one side of the world map to the other, at a latitude. */
export const worldM = (lat: number) => EQUATOR_M * Math.cos((lat * Math.PI) / 180);

/** Where points lie on the map of the world, and how many each stands for. */
type Projected = { readonly xs: Float64Array; readonly ys: Float64Array; readonly weights: Float64Array };
const projections = new WeakMap<HeatAnswer['points'], Projected>();

/** Worked out once for the points of an answer: reach, density and shares all ask. */
export function projected(points: HeatAnswer['points']): Projected {
  const known = projections.get(points);
  if (known) return known;
  const made = {
    xs: Float64Array.from(points, ([lon]) => toX(lon)),
    ys: Float64Array.from(points, ([, lat]) => toY(lat)),
    weights: Float64Array.from(points, ([, , weight]) => weight),
  };
  projections.set(points, made);
  return made;
}

/**
 * How far one incident reaches, in metres: the shortest reach at which half of the incidents lie in a square as large as
 * a circle of that reach that holds ten of them, never less than 300 m nor than twice what the source is exact to.
 */
export function heatReachM(answer: HeatAnswer, sources: readonly SourceRow[], city: Box): number {
  const lat = (city[1] + city[3]) / 2;
  const world = worldM(lat);
  const side = Math.sqrt((toX(city[2]) - toX(city[0])) * (toY(city[1]) - toY(city[3]))) * world;
  const exact = Math.max(REACHES_M[0]!, ...sources.map((source) => 2 * (source.accuracyM ?? 0)));
  const most = Math.max(exact, side * MOST_SHARE_OF_CITY);
  const wanted = crowdedReach(answer, world);
  const allowed = REACHES_M.filter((reach) => reach <= most).at(-1) ?? exact;
  return Math.max(exact, Math.min(wanted, allowed));
}

/** The shortest at which half of the incidents have enough about them, or the longest of all. */
function crowdedReach({ points }: HeatAnswer, world: number): number {
  const { xs, ys, weights } = projected(points);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const isCrowded = (reachM: number) => {
    const side = (reachM * Math.sqrt(Math.PI)) / world;
    const squares = new Map<number, number>();
    weights.forEach((weight, i) => {
      const square = Math.floor(xs[i]! / side) * MOST_SQUARES + Math.floor(ys[i]! / side);
      squares.set(square, (squares.get(square) ?? 0) + weight);
    });
    let crowded = 0;
    for (const weight of squares.values()) if (weight >= INCIDENTS_IN_REACH) crowded += weight;
    return crowded * 2 >= all;
  };
  return REACHES_M.find(isCrowded) ?? REACHES_M.at(-1)!;
}

/** More than there are squares round the world. */
const MOST_SQUARES = 2 ** 20;

/** What is asked for beyond the part in view, so that what lies there is felt: the reach of the kernels, in degrees. */
export function marginOf(reachM: number, lat: number): { readonly lon: number; readonly lat: number } {
  const metres = (reachM / 2) * KERNEL_SIGMAS;
  return { lon: (metres / worldM(lat)) * 360, lat: (metres / EQUATOR_M) * 360 };
}

/** What a density is worked out of. */
export type HeatAsked = {
  readonly answer: HeatAnswer;
  readonly reachM: number;
  readonly years: number;
  /** The part that is wanted; null = all that the incidents reach. */
  readonly within: Box | null;
};

/** A grid of Web Mercator with a margin of kernels round it, so that what lies just outside is felt inside. */
export type HeatGrid = {
  readonly box: Box;
  readonly columns: number;
  readonly rows: number;
  readonly pad: number;
  /** Its corner and the side of a cell, the world being 1 wide. */
  readonly west: number;
  readonly north: number;
  readonly cell: number;
  readonly cellKm2: number;
  /** From its middle outwards, in whole cells; on both sides together its sum is 1. */
  readonly kernel: Float32Array;
  /** From incidents in a cell to incidents per km² and year. */
  readonly factor: number;
  readonly single: number;
};

/**
 * The grid for the kernel density estimate with a normal kernel, f(x) = Σ wᵢ exp(−|x − xᵢ|²/2σ²) / 2πσ² per year
 * (Silverman, Density Estimation, 1986, 4.2), σ half of the reach. Cells of c metres and the spreading of each over its
 * four neighbours g apart widen a kernel by c²/12 and g²/6 along each axis (Sheppard), which σ² is lessened by: the same
 * density comes of coarse cells from afar and of fine ones close up. Null without incidents.
 */
export function gridOf({ answer, reachM, years, within }: HeatAsked): HeatGrid | null {
  const { points, cellM } = answer;
  if (!points.length || years <= 0) return null;
  const asked = within ?? boxAround(points, reachM);
  const world = worldM((asked[1] + asked[3]) / 2);
  const [west, east, north, south] = [toX(asked[0]), toX(asked[2]), toY(asked[3]), toY(asked[1])];
  const [widthM, heightM] = [(east - west) * world, (south - north) * world];
  const sigmaM = reachM / 2;
  const gridM = Math.max(sigmaM / LEAST_CELLS_PER_SIGMA, Math.sqrt((widthM * heightM) / MAX_CELLS));
  const columns = Math.max(2, Math.ceil(widthM / gridM));
  const rows = Math.max(2, Math.ceil(heightM / gridM));
  const narrowed = Math.sqrt(Math.max((gridM / 2) ** 2, sigmaM ** 2 - cellM ** 2 / 12 - gridM ** 2 / 6));
  const cell = gridM / world;
  return {
    box: [asked[0], toLat(north + rows * cell), toLon(west + columns * cell), asked[3]],
    ...{ columns, rows, west, north, cell },
    pad: Math.ceil((KERNEL_SIGMAS * sigmaM) / gridM),
    cellKm2: (gridM / 1000) ** 2,
    kernel: halfKernelOf(narrowed / gridM),
    factor: 1 / years / (gridM / 1000) ** 2,
    single: 1 / years / (2 * Math.PI * (sigmaM / 1000) ** 2),
  };
}

/** Worked out here. Null without incidents. */
export function densityOf(
  answer: HeatAnswer,
  reachM: number,
  years: number,
  within: Box | null,
  /** Of what is said where nine in ten lie, and half of them. */
  told: HeatAnswer['points'] = answer.points,
): Density | null {
  const grid = gridOf({ answer, reachM, years, within });
  return grid && densityOn(grid, valuesOn(grid, answer.points), told);
}

/** What is said of the densities on a grid. */
export function densityOn(grid: HeatGrid, values: Float32Array, told: HeatAnswer['points']): Density {
  const { box, columns, rows, cellKm2, single } = grid;
  const laid = { box, columns, rows, values };
  return { ...laid, cellKm2, max: mostDense(laid), single, ...sharesOf(told, laid) };
}

function valuesOn(grid: HeatGrid, points: HeatAnswer['points']): Float32Array {
  const { columns, rows, pad, west, north, cell } = grid;
  const [across, down] = [columns + 2 * pad, rows + 2 * pad];
  const spread = new Float32Array(across * down);
  const { xs, ys, weights } = projected(points);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    const x = (xs[i]! - west) / cell + pad - 0.5;
    const y = (ys[i]! - north) / cell + pad - 0.5;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column + 1 >= across || row + 1 >= down) continue;
    const [right, below] = [x - column, y - row];
    const at = row * across + column;
    spread[at]! += weight * (1 - right) * (1 - below);
    spread[at + 1]! += weight * right * (1 - below);
    spread[at + across]! += weight * (1 - right) * below;
    spread[at + across + 1]! += weight * right * below;
  }
  return blurred(spread, across, down, wholeKernel(grid.kernel), pad, grid.factor);
}

/**
 * The most there is, also between the middles of cells: about its top a sum of normal kernels is close to one, whose
 * logarithm is a parabola.
 */
export function mostDense({ columns, rows, values }: Pick<Laid, 'columns' | 'rows' | 'values'>): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[at]!) at = i;
  const top = values[at] ?? 0;
  const [column, row] = [at % columns, Math.floor(at / columns)];
  const above = (before: number, after: number) => {
    if (before <= 0 || after <= 0) return 0;
    const [a, b, c] = [Math.log(before), Math.log(top), Math.log(after)];
    return 2 * b > a + c ? (c - a) ** 2 / (8 * (2 * b - a - c)) : 0;
  };
  const beside = column > 0 && column + 1 < columns ? above(values[at - 1]!, values[at + 1]!) : 0;
  const upright = row > 0 && row + 1 < rows ? above(values[at - columns]!, values[at + columns]!) : 0;
  return top * Math.exp(beside + upright);
}

/** How many incidents there are, and how dense it is at least where nine in ten of them lie, and where half do. */
function sharesOf(points: HeatAnswer['points'], laid: Laid): Pick<Density, 'incidents' | 'usual' | 'half'> {
  const { xs, ys, weights } = projected(points);
  const incidents = weights.reduce((sum, weight) => sum + weight, 0);
  // A density above nothing as its bits sorts as it does itself, and leaves room for how many incidents lie there.
  const at = readerOf(laid);
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  const found = weights
    .map((weight, i) => {
      float[0] = at(xs[i]!, ys[i]!);
      return bits[0]! * WEIGHT_SPAN + Math.min(weight, WEIGHT_SPAN - 1);
    })
    .sort();
  const above = (share: number) => {
    let held = 0;
    for (const each of found) {
      held += each % WEIGHT_SPAN;
      if (held < incidents * share) continue;
      bits[0] = Math.floor(each / WEIGHT_SPAN);
      return float[0]!;
    }
    return 0;
  };
  return { incidents, usual: above(SHARE_BELOW_USUAL), half: above(SHARE_BELOW_HALF) };
}

/** 31 bits of density and these stay exact together. */
const WEIGHT_SPAN = 2 ** 21;

function boxAround(points: HeatAnswer['points'], reachM: number): Box {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of points) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  const margin = marginOf(reachM, (south + north) / 2);
  return [west - margin.lon, south - margin.lat, east + margin.lon, north + margin.lat];
}

/** A normal curve on whole steps from its middle outwards; both sides together its sum is 1. */
function halfKernelOf(sigmaSteps: number): Float32Array {
  const reach = Math.max(1, Math.ceil(KERNEL_SIGMAS * sigmaSteps));
  const half = Float32Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigmaSteps) ** 2));
  const sum = half.reduce((a, b, i) => a + (i === 0 ? b : 2 * b), 0);
  return half.map((value) => value / sum);
}

const wholeKernel = (half: Float32Array): Float32Array =>
  Float32Array.from({ length: 2 * half.length - 1 }, (_, i) => half[Math.abs(i - (half.length - 1))]!);

/** Along the rows, then down the columns; the padding is left off. */
function blurred(
  from: Float32Array,
  across: number,
  down: number,
  kernel: Float32Array,
  pad: number,
  factor: number,
): Float32Array {
  const reach = (kernel.length - 1) / 2;
  const [columns, rows] = [across - 2 * pad, down - 2 * pad];
  // Doubles: reading a float costs more than twice the memory does.
  const along = new Float64Array(down * columns);
  const [firsts, ends] = [new Int32Array(down).fill(columns), new Int32Array(down)];
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const weight = from[row * across + column]!;
      if (weight === 0) continue;
      const first = Math.max(0, column - pad - reach);
      const last = Math.min(columns - 1, column - pad + reach);
      firsts[row] = Math.min(firsts[row]!, first);
      ends[row] = Math.max(ends[row]!, last + 1);
      for (let to = first; to <= last; to++) along[row * columns + to]! += weight * kernel[to - column + pad + reach]!;
    }
  }
  const values = new Float32Array(rows * columns);
  // Five rows at a time: what is added to is read and written less often.
  const taps = Array.from({ length: kernel.length + TOGETHER - 1 }, (_, tap) => (kernel[tap] ?? 0) * factor);
  for (let to = 0; to < rows; to++) {
    const target = to * columns;
    for (let tap = 0; tap < kernel.length; tap += TOGETHER) {
      // Beyond the last row the share is nothing, whatever is read.
      const at = (k: number) => Math.max(0, Math.min(down - 1, to + pad - reach + tap + k));
      const [r0, r1, r2, r3, r4] = [at(0), at(1), at(2), at(3), at(4)];
      const [k0, k1, k2, k3, k4] = taps.slice(tap, tap + TOGETHER) as [number, number, number, number, number];
      const first = Math.min(firsts[r0]!, firsts[r1]!, firsts[r2]!, firsts[r3]!, firsts[r4]!);
      const end = Math.max(ends[r0]!, ends[r1]!, ends[r2]!, ends[r3]!, ends[r4]!);
      const [s0, s1, s2, s3, s4] = [r0 * columns, r1 * columns, r2 * columns, r3 * columns, r4 * columns];
      for (let c = first; c < end; c++)
        values[target + c]! +=
          along[s0 + c]! * k0 + along[s1 + c]! * k1 + along[s2 + c]! * k2 + along[s3 + c]! * k3 + along[s4 + c]! * k4;
    }
  }
  return values;
}

const TOGETHER = 5;

/** The density at a place on the ground, mixed from the four cells round it as in the picture; 0 outside the grid. */
export const densityAt = (laid: Laid, [lon, lat]: readonly [number, number]): number =>
  readerOf(laid)(toX(lon), toY(lat));

function readerOf({ box, columns, rows, values }: Laid): (worldX: number, worldY: number) => number {
  const [west, north] = [toX(box[0]), toY(box[3])];
  const across = columns / (toX(box[2]) - west);
  const down = rows / (toY(box[1]) - north);
  return (worldX, worldY) => {
    const [x, y] = [(worldX - west) * across - 0.5, (worldY - north) * down - 0.5];
    if (x < -0.5 || y < -0.5 || x > columns - 0.5 || y > rows - 0.5) return 0;
    const [left, top] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))];
    const [right, below] = [Math.min(columns - 1, left + 1), Math.min(rows - 1, top + 1)];
    const [dx, dy] = [Math.max(0, x - left), Math.max(0, y - top)];
    const mixed = (row: number) => values[row * columns + left]! * (1 - dx) + values[row * columns + right]! * dx;
    return mixed(top) * (1 - dy) + mixed(below) * dy;
  };
}
