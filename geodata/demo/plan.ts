// The hand-drawn skeleton of San Telmo del Río: limit, river, great roads, and what kind of town lies where.

import { smoothed, type XY } from './geometry.ts';
import { type Random, smoothNoise } from './random.ts';

export type RoadClass = 'autopista' | 'avenida principal' | 'avenida' | 'calle' | 'privada' | 'camino' | 'andador';

/** A great road. `over` = passes above or below the others without meeting them. */
export type GreatRoad = { readonly name: string; readonly class: RoadClass; readonly line: readonly XY[] };

/** What is built in a part of town; decides its streets, people and offences. */
export type Style =
  | 'colonial'
  | 'barrio'
  | 'grid'
  | 'popular'
  | 'loops'
  | 'cerradas'
  | 'hillside'
  | 'industrial'
  | 'rural';

export type Plan = {
  readonly limit: readonly XY[];
  readonly river: readonly XY[];
  readonly roads: readonly GreatRoad[];
  readonly outerRing: readonly XY[];
  readonly reservoir: readonly XY[];
  readonly parks: readonly { readonly name: string; readonly ring: readonly XY[] }[];
};

const km = (points: readonly (readonly [number, number])[]): XY[] => points.map(([x, y]) => [x * 1000, y * 1000]);

// biome-ignore format: coordinates read best as a table
const LIMIT = km([
  [-5.9, 0.3], [-5.2, 1.5], [-5.75, 2.9], [-4.9, 4.0], [-3.1, 4.2], [-1.9, 4.95], [-0.3, 4.3], [1.4, 4.75], [2.7, 4.9], [3.5, 4.0],
  [4.7, 3.6], [5.3, 2.2], [6.0, 1.2], [5.2, -0.3], [5.7, -1.9], [4.6, -2.9], [4.5, -4.3], [3.1, -4.5], [1.7, -5.0], [0.2, -4.2],
  [-1.4, -4.7], [-3.0, -4.6], [-3.7, -3.8], [-5.0, -3.3], [-4.9, -1.7], [-5.6, -0.8],
]);

// biome-ignore format: coordinates read best as a table
const RIVER = km([
  [-6.2, 3.5], [-5.3, 3.25], [-4.6, 3.05], [-3.9, 2.55], [-3.35, 2.5], [-3.0, 2.0], [-2.45, 1.95], [-2.15, 1.4], [-1.7, 1.2], [-1.6, 0.65],
  [-1.15, 0.3], [-1.2, -0.25], [-0.75, -0.6], [-0.15, -0.6], [0.25, -1.0], [0.85, -0.95], [1.15, -1.45], [1.75, -1.5], [2.0, -2.05], [2.6, -2.25],
  [2.75, -2.8], [3.3, -3.0], [3.45, -3.5], [4.0, -3.75], [4.2, -4.3], [4.9, -4.8],
]);

// biome-ignore format: coordinates read best as a table
const RESERVOIR = km([
  [-5.0, 3.5], [-4.65, 3.62], [-4.4, 3.3], [-4.05, 3.25], [-3.8, 2.95], [-3.7, 2.55], [-3.95, 2.4], [-4.25, 2.62], [-4.55, 2.5], [-4.8, 2.85], [-5.05, 2.95], [-5.25, 3.25],
]);

// biome-ignore format: coordinates read best as a table
const INNER_RING = km([[1.25, 0.1], [1.05, 0.85], [0.35, 1.2], [-0.5, 1.12], [-1.0, 0.75], [-1.62, 0.1], [-1.35, -0.75], [-0.5, -1.15], [0.35, -1.4], [1.0, -0.75]]);
// biome-ignore format: coordinates read best as a table
const OUTER_RING = km([[2.95, 0.35], [3.0, 1.35], [2.3, 2.35], [1.2, 2.55], [0.2, 3.05], [-1.0, 2.95], [-2.3, 2.35], [-2.75, 1.5], [-3.25, 0.9], [-3.2, -0.3], [-2.75, -1.2], [-2.5, -1.9], [-1.4, -2.35], [-0.6, -2.9], [0.3, -2.95], [1.3, -2.6], [2.0, -2.6], [2.75, -1.85], [2.8, -0.8]]);

// Radials start on the square or on the inner ring and leave town for the limit.
// biome-ignore format: coordinates read best as a table
const ROADS: readonly [string, RoadClass, (readonly [number, number])[]][] = [
  ['Av. Juárez', 'avenida', [[0.062, 0.055], [0.6, 0.13], [1.25, 0.1]]],
  ['Calzada de los Insurgentes', 'avenida principal', [[1.25, 0.1], [2.1, 0.3], [3.0, 0.35], [4.0, 0.7], [5.0, 0.6], [6.4, 0.9]]],
  ['Av. 5 de Mayo', 'avenida', [[-0.055, 0.062], [-0.02, 0.6], [-0.06, 1.2]]],
  ['Blvd. Benito Juárez', 'avenida principal', [[-0.06, 1.2], [0.1, 2.0], [0.05, 2.95], [0.45, 3.7], [0.4, 4.9]]],
  ['Av. Hidalgo', 'avenida', [[-0.062, -0.055], [-0.6, -0.12], [-1.62, 0.1]]],
  ['Calzada del Panteón', 'avenida principal', [[-1.62, 0.1], [-2.3, -0.05], [-3.2, -0.15], [-4.2, 0.1], [-6.2, -0.3]]],
  ['Av. Morelos', 'avenida', [[0.055, -0.062], [0.03, -0.55], [-0.08, -1.27]]],
  ['Av. Revolución', 'avenida principal', [[-0.08, -1.27], [-0.25, -2.1], [0.1, -2.95], [-0.1, -3.6], [-0.45, -5.0]]],
  ['Av. Universidad', 'avenida principal', [[1.03, 0.87], [1.6, 1.4], [2.35, 2.1], [3.0, 2.6], [3.5, 3.1], [4.3, 4.2]]],
  ['Av. de la Constitución', 'avenida principal', [[-1.0, 0.75], [-1.3, 1.55], [-1.75, 2.55], [-2.35, 3.3], [-2.5, 5.0]]],
  ['Av. Lázaro Cárdenas', 'avenida principal', [[-1.37, -0.7], [-2.0, -1.3], [-2.6, -1.7], [-3.3, -2.3], [-4.2, -2.55], [-5.4, -2.4]]],
  ['Av. Ferrocarril', 'avenida principal', [[1.0, -0.75], [1.75, -1.0], [2.7, -1.65], [3.5, -1.9], [4.4, -2.3], [6.2, -2.6]]],
  ['Av. de las Torres', 'avenida', [[-2.45, 2.3], [-2.2, 1.75], [-2.35, 1.1], [-2.3, 0.4], [-2.3, -0.05], [-2.15, -0.6], [-2.0, -1.3]]],
  ['Av. del Trabajo', 'avenida', [[1.6, 1.4], [2.0, 0.85], [2.1, 0.3], [2.05, -0.4], [1.75, -1.0]]],
  ['Av. Independencia', 'avenida', [[-1.3, 1.55], [-0.6, 1.9], [0.1, 2.0], [0.9, 1.85], [1.6, 1.4]]],
  ['Av. Emiliano Zapata', 'avenida', [[-2.0, -1.3], [-1.2, -1.85], [-0.25, -2.1], [0.6, -2.05], [1.75, -1.0]]],
  ['Autopista San Telmo–La Cañada', 'autopista', [[3.2, -5.0], [3.55, -3.9], [3.95, -2.9], [4.05, -1.8], [4.3, -0.6], [4.25, 0.65], [4.0, 1.9], [3.55, 3.05], [2.6, 3.75], [2.0, 5.1]]],
  ['Av. de la Industria', 'avenida', [[2.75, 1.6], [3.4, 1.75], [4.0, 1.9], [5.0, 2.3], [6.4, 2.8]]],
  ['Camino Real', 'avenida', [[-3.15, 1.0], [-4.0, 1.35], [-4.6, 1.2], [-5.6, 1.2]]],
];

// The main square: the four avenues of the centre start at its corners.
const SQUARE: readonly XY[] = [
  [62, 55],
  [-55, 62],
  [-62, -55],
  [55, -62],
  [62, 55],
];

/** Midpoint displacement: a surveyed boundary has corners and crooked stretches, not curves. */
function crooked(ring: readonly XY[], random: Random): XY[] {
  let points = [...ring];
  for (let level = 0; level < 3; level++) {
    points = points.flatMap((a, i): XY[] => {
      const b = points[(i + 1) % points.length]!;
      const shift = random.between(-0.13, 0.13);
      return [a, [(a[0] + b[0]) / 2 - (b[1] - a[1]) * shift, (a[1] + b[1]) / 2 + (b[0] - a[0]) * shift]];
    });
  }
  return [...points, points[0]!];
}

/** Slow bends shared by every great road, so that lines meeting at a point still meet there. */
function bender(seed: number): (p: XY) => XY {
  const east = smoothNoise(seed, 650);
  const north = smoothNoise(seed + 1, 650);
  return ([x, y]) => {
    const strength = Math.min(1, Math.max(0, (Math.hypot(x, y) - 250) / 600)) * 38;
    return [x + east(x, y) * strength, y + north(x, y) * strength];
  };
}

const blob = (x: number, y: number, rx: number, ry: number, random: Random): XY[] =>
  smoothed(
    Array.from({ length: 9 }, (_, i): XY => {
      const reach = random.between(0.82, 1.12);
      const angle = (i / 9) * 2 * Math.PI;
      return [x + Math.cos(angle) * rx * reach, y + Math.sin(angle) * ry * reach];
    }),
    25,
    true,
  );

export function drawPlan(random: Random): Plan {
  const bend = bender(random.below(1e9));
  const ring = (points: XY[]): XY[] => smoothed(points, 45, true).map(bend);
  const parkShapes = random.fork('parks');
  return {
    limit: crooked(LIMIT, random.fork('limit')),
    river: smoothed(RIVER, 35),
    outerRing: ring(OUTER_RING),
    reservoir: smoothed(RESERVOIR, 30, true),
    roads: [
      { name: 'Portal de la Plaza', class: 'calle', line: SQUARE },
      { name: 'Circuito Interior', class: 'avenida principal', line: ring(INNER_RING) },
      { name: 'Anillo Periférico', class: 'avenida principal', line: ring(OUTER_RING) },
      ...ROADS.map(([name, roadClass, points]) => ({
        name,
        class: roadClass,
        line: smoothed(km(points), 45).map(bend),
      })),
    ],
    parks: [
      { name: 'Parque Metropolitano', ring: blob(2250, -1150, 210, 150, parkShapes) },
      { name: 'Alameda Norte', ring: blob(700, 2350, 170, 120, parkShapes) },
      { name: 'Bosque del Ejido', ring: blob(-2750, 600, 150, 240, parkShapes) },
      { name: 'Panteón de San Telmo', ring: blob(-2050, -420, 90, 130, parkShapes) },
      { name: 'Unidad Deportiva', ring: blob(-750, -2450, 190, 120, parkShapes) },
      { name: 'Parque de las Jacarandas', ring: blob(-900, 1500, 120, 90, parkShapes) },
    ],
  };
}

/** Urbanity from which a place counts as town. */
export const TOWN = 0.46;

/** How built-up a place is: 1 in the core, 0 in open country. */
export function urbanity(seed: number): (p: XY) => number {
  const patches = smoothNoise(seed, 900);
  // Growth follows the roads out of town and the hill to the south-west, not the reservoir side.
  const arms: readonly (readonly [number, number, number])[] = [
    [0, 0, 2750],
    [3300, 400, 1150],
    [400, 3350, 900],
    [-3250, -1950, 1250],
    [-3100, 500, 850],
    [3150, 2300, 1400],
    [1500, -2900, 850],
    [-200, -3200, 900],
    [3300, -1700, 850],
    [-1900, 2900, 750],
    [1800, 3100, 800],
  ];
  return (p) => {
    let most = 0;
    for (const [x, y, reach] of arms) {
      most = Math.max(most, 1.6 - (1.1 * Math.hypot(p[0] - x, p[1] - y)) / reach);
    }
    return Math.min(1, Math.max(0, most + 0.16 * patches(p[0], p[1])));
  };
}

/** What is built around a place. `lot` in [0, 1) varies neighbouring districts. */
export function styleAt([x, y]: XY, urban: number, lot: number): Style {
  if (urban < TOWN) return 'rural';
  if (Math.hypot(x, y) < 820) return 'colonial';
  if (Math.hypot(x, y) < 1350) return 'barrio';
  if (x > 2650 && y > 850 && y < 3400) return 'industrial';
  if (x < -2300 && y < -1250) return 'hillside';
  if (urban < 0.62) return lot < 0.4 ? 'loops' : lot < 0.62 ? 'cerradas' : 'popular';
  if (y > 1500 || (x > 900 && y > 200)) return lot < 0.3 ? 'loops' : lot < 0.5 ? 'cerradas' : 'grid';
  return lot < 0.12 ? 'cerradas' : lot < 0.6 ? 'popular' : 'grid';
}
