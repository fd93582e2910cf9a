// How likely each segment is to see each kind of offence: the town's shape, hot patches and the luck of single blocks.

import type { City } from './city.ts';
import { inside } from './geometry.ts';
import type { Habitat } from './offences.ts';
import type { RoadClass, Style } from './plan.ts';
import { hashText, type Random, seeded, smoothNoise } from './random.ts';

type Taste = {
  /** How strongly class of road and kind of colonia draw it; missing = 1. */
  readonly road: Partial<Record<RoadClass, number>>;
  readonly style: Partial<Record<Style, number>>;
  /** Pull of the centre: weight grows by this factor towards the main square, halving every 700 m. */
  readonly centre: number;
  /** Spread of patches of a few blocks and of single blocks (standard deviations of the logarithm). */
  readonly patch: number;
  readonly block: number;
};

const TASTES: Record<Habitat, Taste> = {
  street: {
    road: { 'avenida principal': 2.2, avenida: 1.9, privada: 0.2, autopista: 0.03 },
    style: { industrial: 0.3, rural: 0.08, cerradas: 0.35, loops: 0.45, popular: 1.2 },
    centre: 7,
    patch: 0.9,
    block: 1.25,
  },
  vehicle: {
    road: { 'avenida principal': 1.3, avenida: 1.4, privada: 0.4, autopista: 0.05 },
    style: { industrial: 0.5, rural: 0.1, grid: 1.3 },
    centre: 2,
    patch: 0.95,
    block: 1.3,
  },
  home: {
    road: { 'avenida principal': 0.5, autopista: 0 },
    style: { industrial: 0.02, rural: 0.3, colonial: 0.6, popular: 1.3, hillside: 1.1 },
    centre: 0,
    patch: 0.6,
    block: 0.7,
  },
  business: {
    road: { 'avenida principal': 3, avenida: 2.6, privada: 0.05, autopista: 0.02 },
    style: { industrial: 0.9, rural: 0.1 },
    centre: 8,
    patch: 0.7,
    block: 1.1,
  },
  bus: {
    road: { 'avenida principal': 5, avenida: 2.5, calle: 0.25, privada: 0, camino: 0.1, autopista: 0.3 },
    style: { rural: 0.3 },
    centre: 2,
    patch: 0.6,
    block: 0.9,
  },
  violence: {
    road: { 'avenida principal': 1.3, avenida: 1.3, autopista: 0.02 },
    style: { industrial: 0.15, rural: 0.3, cerradas: 0.5, loops: 0.6, popular: 1.5, hillside: 1.5 },
    centre: 3,
    patch: 0.7,
    block: 0.9,
  },
  family: {
    road: { 'avenida principal': 0.5, autopista: 0 },
    style: { industrial: 0.02, rural: 0.35, colonial: 0.4, cerradas: 0.6, loops: 0.6, popular: 1.5, hillside: 1.6 },
    centre: 0,
    patch: 0.5,
    block: 0.6,
  },
  traffic: {
    road: { 'avenida principal': 6, avenida: 3, calle: 0.5, privada: 0.05, autopista: 4 },
    style: { rural: 0.7 },
    centre: 1.5,
    patch: 0.5,
    block: 0.8,
  },
  paper: {
    road: { 'avenida principal': 1.6, avenida: 1.6, autopista: 0 },
    style: { industrial: 0.4, rural: 0.2 },
    centre: 6,
    patch: 0.4,
    block: 0.7,
  },
  drugs: {
    road: { autopista: 0.02, privada: 0.4 },
    style: { industrial: 0.1, rural: 0.2, cerradas: 0.2, loops: 0.4, popular: 1.6, hillside: 1.9 },
    centre: 2,
    patch: 1.0,
    block: 1.1,
  },
};

/** Which colonia each segment's middle lies in. */
export function coloniaOfSegments(city: City): number[] {
  const boxes = city.areas.colonias.map(({ polygon }) => {
    const xs = polygon[0]!.map((p) => p[0]);
    const ys = polygon[0]!.map((p) => p[1]);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] as const;
  });
  return city.segments.map(({ middle: p }) =>
    city.areas.colonias.findIndex(({ polygon }, i) => {
      const [west, south, east, north] = boxes[i]!;
      return p[0] >= west && p[0] <= east && p[1] >= south && p[1] <= north && inside(p, polygon);
    }),
  );
}

/** Weight of every segment for a habitat; zero where no point can be placed unmistakably. */
export function segmentWeights(
  city: City,
  coloniaOf: readonly number[],
  habitat: Habitat,
  random: Random,
): Float64Array {
  const taste = TASTES[habitat];
  // Hot patches are shared by habitats; each habitat adds its own.
  const shared = smoothNoise(hashText('patches', city.seed), 260);
  const own = smoothNoise(random.below(1e9), 320);
  // A block that is bad for one offence is likely bad for others, and so is the rest of its street.
  const streets = new Map<string, number>();
  const common = seeded(hashText('luck', city.seed));
  const luck = seeded(random.below(1e9));
  return Float64Array.from(city.segments, (segment, i) => {
    const name = segment.name ?? String(i);
    const street = streets.get(name) ?? seeded(hashText(name, city.seed)).normal();
    streets.set(name, street);
    const fortune = 0.6 * street + 0.62 * common.normal() + 0.5 * luck.normal();
    if (segment.spots.length === 0) return 0;
    const [x, y] = segment.middle;
    const style = city.areas.colonias[coloniaOf[i]!]?.style;
    const r = Math.hypot(x, y);
    const pull = (1 + taste.centre * 2 ** (-r / 700)) * Math.min(1, 2 ** ((3000 - r) / 900));
    const patch = taste.patch * 1.3 * (shared(x, y) + 0.8 * own(x, y));
    const base = (taste.road[segment.class] ?? 1) * (style ? (taste.style[style] ?? 1) : 0.2);
    return Math.min(segment.lengthM, 160) * base * pull * Math.exp(patch + taste.block * fortune);
  });
}
