// Divides the streets of each area into catchments and gives each one point: where an incident is published, whoever's
// door it happened at. The same streets give the same points, so that nothing is learnt by asking twice.

import type { ProtectionRules, PublicPoint } from './contract.ts';

/** A street segment as protection sees it; `area` is that of its middle, 0 = in none. */
export type ProtectedSegment = {
  readonly id: number;
  readonly area: number;
  readonly lengthM: number;
  /** How many addresses it has; undefined where nobody knows, and then of every segment. */
  readonly addresses?: number;
  /** Its middle, degrees. */
  readonly lon: number;
  readonly lat: number;
  /** Its ends by name: segments that share one meet there. */
  readonly from: string;
  readonly to: string;
};

export type Catchments = {
  readonly points: readonly PublicPoint[];
  /** By point the id of the segment whose middle it is. */
  readonly middles: readonly number[];
  /** Index of the point of a segment; undefined = its area holds too little street for a point. */
  readonly pointOf: ReadonlyMap<number, number>;
  /** Indexes of the points of an area. */
  readonly pointsIn: ReadonlyMap<number, readonly number[]>;
};

/**
 * Catchments grow from the south-west, segment by segment along what meets, until they hold enough; what is left over
 * joins the nearest one of its area. An area that altogether holds too little has none.
 */
export function layCatchments(segments: readonly ProtectedSegment[], rules: ProtectionRules): Catchments {
  const points: PublicPoint[] = [];
  const middles: number[] = [];
  const pointOf = new Map<number, number>();
  const pointsIn = new Map<number, number[]>();
  const byArea = Map.groupBy(segments, ({ area }) => area);
  for (const [area, streets] of [...byArea].sort(([a], [b]) => a - b)) {
    for (const catchment of divide(streets, rules)) {
      const { id: middle, lon, lat } = middleOf(catchment);
      const index = points.push({ lon, lat, area }) - 1;
      middles.push(middle);
      for (const { id } of catchment) pointOf.set(id, index);
      pointsIn.set(area, [...(pointsIn.get(area) ?? []), index]);
    }
  }
  return { points, middles, pointOf, pointsIn };
}

type Catchment = ProtectedSegment[];

/** Whether an outsider who knows the streets could not tell by the point alone where it was. */
export function isEnough(catchment: readonly ProtectedSegment[], rules: ProtectionRules): boolean {
  if (catchment[0]?.addresses !== undefined) {
    return catchment.reduce((sum, { addresses = 0 }) => sum + addresses, 0) >= rules.addressesPerPoint;
  }
  const metres = catchment.reduce((sum, { lengthM }) => sum + lengthM, 0);
  return catchment.length >= rules.segmentsPerPoint && metres >= rules.metresPerPoint;
}

/** The streets of one area as catchments, each of them enough; none where all of them together are not. */
function divide(streets: readonly ProtectedSegment[], rules: ProtectionRules): Catchment[] {
  if (!isEnough(streets, rules)) return [];
  const sorted = [...streets].sort((a, b) => a.lat - b.lat || a.lon - b.lon || a.id - b.id);
  const meeting = meetingAt(sorted);
  const free = new Set(sorted);
  const whole: Catchment[] = [];
  const short: Catchment[] = [];
  for (const seed of sorted) {
    if (!free.has(seed)) continue;
    const grown = grow(seed, meeting, free, rules);
    (isEnough(grown, rules) ? whole : short).push(grown);
  }
  if (whole.length === 0) return [sorted];
  const middles = whole.map(middleOf);
  for (const rest of short) whole[nearest(middleOf(rest), middles)]!.push(...rest);
  return whole;
}

function meetingAt(streets: readonly ProtectedSegment[]): ReadonlyMap<string, readonly ProtectedSegment[]> {
  const meeting = new Map<string, ProtectedSegment[]>();
  for (const street of streets) {
    for (const end of new Set([street.from, street.to])) {
      const there = meeting.get(end);
      if (there) there.push(street);
      else meeting.set(end, [street]);
    }
  }
  return meeting;
}

/** Takes segments out of `free`, those that meet first, until there are enough or none left that meet. */
function grow(
  seed: ProtectedSegment,
  meeting: ReadonlyMap<string, readonly ProtectedSegment[]>,
  free: Set<ProtectedSegment>,
  rules: ProtectionRules,
): Catchment {
  const grown: Catchment = [];
  const queue = [seed];
  free.delete(seed);
  for (let at = 0; at < queue.length; at++) {
    const street = queue[at]!;
    grown.push(street);
    if (isEnough(grown, rules)) {
      for (const unused of queue.slice(at + 1)) free.add(unused);
      return grown;
    }
    for (const end of [street.from, street.to]) {
      for (const next of meeting.get(end) ?? []) if (free.delete(next)) queue.push(next);
    }
  }
  return grown;
}

/** The middle of the segment that lies nearest to the middle of all, by length: a place on a street of the area. */
function middleOf(catchment: readonly ProtectedSegment[]): ProtectedSegment {
  const weight = catchment.reduce((sum, { lengthM }) => sum + lengthM, 0) || 1;
  const lon = catchment.reduce((sum, street) => sum + street.lon * (street.lengthM / weight), 0);
  const lat = catchment.reduce((sum, street) => sum + street.lat * (street.lengthM / weight), 0);
  return catchment[nearest({ lon, lat }, catchment)]!;
}

type Place = { readonly lon: number; readonly lat: number };

/** Index of the nearest place; of several the first. Good for distances within a city. */
export function nearest({ lon, lat }: Place, places: readonly Place[]): number {
  const shrink = Math.cos((lat * Math.PI) / 180);
  let best = 0;
  let least = Infinity;
  places.forEach((place, index) => {
    const distance = ((place.lon - lon) * shrink) ** 2 + (place.lat - lat) ** 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** By segment the one in whose middle its incidents are told, as an edition says it. */
export function middlesOf({ middles, pointOf }: Catchments, segments: number): readonly number[] {
  return Array.from({ length: segments }, (_, at) => {
    const point = pointOf.get(at + 1);
    return point === undefined ? 0 : middles[point]!;
  });
}
