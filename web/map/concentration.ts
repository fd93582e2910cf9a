// How few places hold how much: streets by the share of incidents they hold, and the places that hold half.

import { MIN_SEGMENT_M } from '../../server/counts/contract.ts';

/** Under this many incidents streets are not compared. */
export const MIN_INCIDENTS_TO_COMPARE = 30;
/** Upper shares of the first three classes; the rest is the fourth. */
const SHARES = [0.25, 0.5, 0.8];
export const REST = SHARES.length + 1;

export type Holder = { readonly id: string; readonly count: number; readonly lengthM: number | null };

/**
 * Class of each place with incidents: 1 for those that together hold the first quarter, 2 up to half, 3 up to 80 %,
 * 4 for the rest. Places are taken from the highest count down, or from the highest count per km, where a segment
 * shorter than 50 m counts as 50 m. A place that crosses a border belongs to the class it starts in; places that tie
 * stay together, in the class where the last of them starts. Empty under 30 incidents.
 */
export function concentrationClasses(places: readonly Holder[], perKm: boolean): Map<string, number> {
  const total = places.reduce((sum, place) => sum + place.count, 0);
  const classes = new Map<string, number>();
  if (total < MIN_INCIDENTS_TO_COMPARE) return classes;
  const ranked = places
    .filter((place) => place.count > 0)
    .map((place) => ({ ...place, order: orderOf(place, perKm) }))
    .sort((a, b) => b.order - a.order || b.count - a.count);
  let held = 0;
  for (let first = 0; first < ranked.length; ) {
    let end = first + 1;
    while (end < ranked.length && ranked[end]?.order === ranked[first]?.order) end++;
    const group = ranked.slice(first, end);
    const sum = group.reduce((whole, place) => whole + place.count, 0);
    const lastStarts = (held + sum - (group.at(-1)?.count ?? 0)) / total;
    const index = SHARES.findIndex((share) => lastStarts < share);
    for (const place of group) classes.set(place.id, index < 0 ? REST : index + 1);
    held += sum;
    first = end;
  }
  return classes;
}

const orderOf = (place: Holder, perKm: boolean): number => (perKm ? densityPerKm(place) : place.count);

/**
 * Where the classes of many pictures together begin: the least count, or count per km, of the first three; infinite for one
 * that has no place. Null where all of them together hold too few incidents.
 */
export function leastOfClasses(places: readonly Holder[], perKm: boolean): readonly number[] | null {
  // A street of one picture and the same of the next are two.
  const apart = places.map((place, index) => ({ ...place, id: String(index) }));
  const classes = concentrationClasses(apart, perKm);
  if (classes.size === 0) return null;
  const least = SHARES.map(() => Number.POSITIVE_INFINITY);
  for (const place of apart) {
    const index = (classes.get(place.id) ?? REST) - 1;
    if (index < least.length) least[index] = Math.min(least[index]!, orderOf(place, perKm));
  }
  return least;
}

/** The class of each place with incidents in such a scale. */
export function classesFrom(least: readonly number[], places: readonly Holder[], perKm: boolean): Map<string, number> {
  const classOf = (place: Holder) => {
    const index = least.findIndex((from) => orderOf(place, perKm) >= from);
    return index < 0 ? REST : index + 1;
  };
  return new Map(places.filter(({ count }) => count > 0).map((place) => [place.id, classOf(place)]));
}

/** What share of the incidents is held by the places of each class and of those before it. */
export function heldUpTo(places: readonly Holder[], classes: ReadonlyMap<string, number>): number[] {
  const total = places.reduce((sum, place) => sum + place.count, 0);
  const within = (most: number) =>
    places.reduce((sum, { id, count }) => ((classes.get(id) ?? REST + 1) <= most ? sum + count : sum), 0);
  return Array.from({ length: REST }, (_, index) => (total ? within(index + 1) / total : 0));
}

/** Incidents per km; without a known length the count itself. */
export function densityPerKm(place: { readonly count: number; readonly lengthM: number | null }): number {
  return place.lengthM === null ? place.count : place.count / (Math.max(place.lengthM, MIN_SEGMENT_M) / 1000);
}

/** The fewest places that hold half of the incidents; 0 when there are too few to say. */
export function placesHoldingHalf(places: readonly Holder[]): readonly Holder[] {
  const total = places.reduce((sum, place) => sum + place.count, 0);
  if (total < MIN_INCIDENTS_TO_COMPARE) return [];
  const ranked = [...places].sort((a, b) => b.count - a.count);
  let held = 0;
  const end = ranked.findIndex((place) => {
    held += place.count;
    return held * 2 >= total;
  });
  return ranked.slice(0, end + 1);
}
