// Heat as a density in incidents per km² and year, worked out here and not by the map's own heat layer: that one has
// 256 steps from nothing to full and drops kernels under 1/4080 of it, so that no scale fixed in advance could show both
// a quiet town and a capital.

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
const LEAST_CELLS_PER_SIGMA = 12;
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
  const wanted = REACHES_M.find((reach) => isCrowded(answer, reach, world)) ?? REACHES_M.at(-1)!;
  const allowed = REACHES_M.filter((reach) => reach <= most).at(-1) ?? exact;
  return Math.max(exact, Math.min(wanted, allowed));
}

function isCrowded({ points }: HeatAnswer, reachM: number, world: number): boolean {
  const side = (reachM * Math.sqrt(Math.PI)) / world;
  const squares = new Map<string, number>();
  let all = 0;
  for (const [lon, lat, weight] of points) {
    const square = `${Math.floor(toX(lon) / side)},${Math.floor(toY(lat) / side)}`;
    squares.set(square, (squares.get(square) ?? 0) + weight);
    all += weight;
  }
  let crowded = 0;
  for (const weight of squares.values()) if (weight >= INCIDENTS_IN_REACH) crowded += weight;
  return crowded * 2 >= all;
}

/** What is asked for beyond the part in view, so that what lies there is felt: the reach of the kernels, in degrees. */
export function marginOf(reachM: number, lat: number): { readonly lon: number; readonly lat: number } {
  const metres = (reachM / 2) * KERNEL_SIGMAS;
  return { lon: (metres / worldM(lat)) * 360, lat: (metres / EQUATOR_M) * 360 };
}

/**
 * The kernel density estimate with a normal kernel, f(x) = Σ wᵢ exp(−|x − xᵢ|²/2σ²) / 2πσ² per year (Silverman,
 * Density Estimation, 1986, 4.2), σ half of the reach. Cells of c metres and the spreading of each over its four
 * neighbours g apart widen a kernel by c²/12 and g²/6 along each axis (Sheppard), which σ² is lessened by: the same
 * density comes of coarse cells from afar and of fine ones close up. Null without incidents.
 */
export function densityOf(answer: HeatAnswer, reachM: number, years: number, within: Box | null): Density | null {
  const { points, cellM } = answer;
  if (!points.length || years <= 0) return null;
  const box = within ?? boxAround(points, reachM);
  const world = worldM((box[1] + box[3]) / 2);
  const [west, east, north, south] = [toX(box[0]), toX(box[2]), toY(box[3]), toY(box[1])];
  const [widthM, heightM] = [(east - west) * world, (south - north) * world];
  const sigmaM = reachM / 2;
  const gridM = Math.max(sigmaM / LEAST_CELLS_PER_SIGMA, Math.sqrt((widthM * heightM) / MAX_CELLS));
  const columns = Math.max(2, Math.ceil(widthM / gridM));
  const rows = Math.max(2, Math.ceil(heightM / gridM));
  // A margin of kernels round the grid, so that what lies just outside is felt inside.
  const pad = Math.ceil((KERNEL_SIGMAS * sigmaM) / gridM);
  const [across, down] = [columns + 2 * pad, rows + 2 * pad];
  const spread = new Float32Array(across * down);
  for (const [lon, lat, weight] of points) {
    const x = ((toX(lon) - west) * world) / gridM + pad - 0.5;
    const y = ((toY(lat) - north) * world) / gridM + pad - 0.5;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    if (column < 0 || row < 0 || column + 1 >= across || row + 1 >= down) continue;
    const [right, below] = [x - column, y - row];
    const at = row * across + column;
    spread[at]! += weight * (1 - right) * (1 - below);
    spread[at + 1]! += weight * right * (1 - below);
    spread[at + across]! += weight * (1 - right) * below;
    spread[at + across + 1]! += weight * right * below;
  }
  const narrowed = Math.sqrt(Math.max((gridM / 2) ** 2, sigmaM ** 2 - cellM ** 2 / 12 - gridM ** 2 / 6));
  const kernel = kernelOf(narrowed / gridM);
  const perYearAndKm2 = 1 / years / (gridM / 1000) ** 2;
  const values = blurred(spread, across, down, kernel, pad, perYearAndKm2);
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const single = 1 / years / (2 * Math.PI * (sigmaM / 1000) ** 2);
  const shown: Box = [box[0], toLat(north + (rows * gridM) / world), toLon(west + (columns * gridM) / world), box[3]];
  const laid = { box: shown, columns, rows, values };
  return { ...laid, cellKm2: (gridM / 1000) ** 2, max, single, ...sharesOf(points, laid) };
}

/** How many incidents there are, and how dense it is at least where nine in ten of them lie, and where half do. */
export function sharesOf(points: HeatAnswer['points'], laid: Laid): Pick<Density, 'incidents' | 'usual' | 'half'> {
  const incidents = points.reduce((sum, [, , weight]) => sum + weight, 0);
  const found = points.map(([lon, lat, weight]) => ({ density: densityAt(laid, [lon, lat]), weight }));
  found.sort((a, b) => a.density - b.density);
  const above = (share: number) => {
    let held = 0;
    for (const { density, weight } of found) {
      held += weight;
      if (held >= incidents * share) return density;
    }
    return 0;
  };
  return { incidents, usual: above(SHARE_BELOW_USUAL), half: above(SHARE_BELOW_HALF) };
}

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

/** A normal curve on whole steps, its sum 1. */
function kernelOf(sigmaSteps: number): Float32Array {
  const reach = Math.max(1, Math.ceil(KERNEL_SIGMAS * sigmaSteps));
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigmaSteps) ** 2),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  return kernel.map((value) => value / sum);
}

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
  const along = new Float32Array(down * columns);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const weight = from[row * across + column]!;
      if (weight === 0) continue;
      const first = Math.max(0, column - pad - reach);
      const last = Math.min(columns - 1, column - pad + reach);
      for (let to = first; to <= last; to++) along[row * columns + to]! += weight * kernel[to - column + pad + reach]!;
    }
  }
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < down; row++) {
    const first = Math.max(0, row - pad - reach);
    const last = Math.min(rows - 1, row - pad + reach);
    for (let to = first; to <= last; to++) {
      const share = kernel[to - row + pad + reach]! * factor;
      const [source, target] = [row * columns, to * columns];
      for (let column = 0; column < columns; column++) values[target + column]! += along[source + column]! * share;
    }
  }
  return values;
}

/** The density at a place on the ground; 0 outside the grid. */
export function densityAt({ box, columns, rows, values }: Laid, [lon, lat]: readonly [number, number]): number {
  const column = Math.floor(((toX(lon) - toX(box[0])) / (toX(box[2]) - toX(box[0]))) * columns);
  const row = Math.floor(((toY(lat) - toY(box[3])) / (toY(box[1]) - toY(box[3]))) * rows);
  return column < 0 || row < 0 || column >= columns || row >= rows ? 0 : values[row * columns + column]!;
}
