// Counts made comparable: per 100,000 residents for areas, per kilometre for streets, for the period asked.

import type { Places } from '../filter/places.ts';
import { type Denominator, MIN_INCIDENTS_FOR_RATE, MIN_RESIDENTS, MIN_SEGMENT_M } from './contract.ts';

/** What each place is measured by, by place id; NaN = not known. Null for layers that have neither. */
export type Measure =
  | { readonly unit: 'per100kResidents'; readonly residents: Float64Array; readonly denominator: Denominator }
  | { readonly unit: 'perKm'; readonly lengthM: Float64Array }
  | null;

/** Residents or metres are per one of these many. */
const RESIDENTS_PER = 100_000;
const METRES_PER = 1000;

/** More decimals would only make answers longer. */
const round = (rate: number) => Math.round(rate * 1e4) / 1e4;

/** The rate of one place to four decimals; null where it would say nothing (contract.ts has the thresholds). */
export function rateOf(measure: Measure, placeId: number, count: number): number | null {
  if (measure === null || count < MIN_INCIDENTS_FOR_RATE) return null;
  if (measure.unit === 'perKm') return round((count / Math.max(measure.lengthM[placeId]!, MIN_SEGMENT_M)) * METRES_PER);
  const residents = measure.residents[placeId]!;
  return residents >= MIN_RESIDENTS ? round((count / residents) * RESIDENTS_PER) : null;
}

/** Census years to choose from: the latest not after `until`'s year, else the earliest; an open end takes the latest. */
export function denominatorYear(years: readonly number[], until: string | null): number | null {
  const inOrder = years.toSorted((a, b) => a - b);
  const last = until === null ? Number.POSITIVE_INFINITY : Number(until.slice(0, 4));
  return inOrder.findLast((year) => year <= last) ?? inOrder[0] ?? null;
}

/** What the rates of a range ending before `until` are measured by. */
export function measureOf({ lengthM, population }: Places, until: string | null): Measure {
  if (lengthM) return { unit: 'perKm', lengthM };
  const year = denominatorYear(
    population.map((census) => census.year),
    until,
  );
  const census = population.find((each) => each.year === year);
  if (!census) return null;
  const { source, residents } = census;
  return { unit: 'per100kResidents', residents, denominator: { year: census.year, source } };
}
