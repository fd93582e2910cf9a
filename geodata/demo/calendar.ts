// Days of the demo record: 2023 to 2025, and how busy each is.

import { type Random, smoothNoise } from './random.ts';

/** 1 January 2023, a Sunday, to 31 December 2025. */
export const DAYS = 1096;
const start = Date.UTC(2023, 0, 1);

/** YYYY-MM-DD of a day number (0 = 2023-01-01). */
export const dateOf = (day: number): string => new Date(start + day * 86_400_000).toISOString().slice(0, 10);
export const dayOf = (date: string): number => Math.round((Date.parse(`${date}T00:00:00Z`) - start) / 86_400_000);
/** 0 = Monday … 6 = Sunday. */
export const weekdayOf = (day: number): number => (day + 6) % 7;

export const MONTHS: readonly number[] = Array.from({ length: DAYS }, (_, day) =>
  new Date(start + day * 86_400_000).getUTCMonth(),
);

/** Weight of each day: weekday, time of year (12 months), a slow swing over the years and daily chance. */
export function dayWeights(weekdays: readonly number[], months: readonly number[], random: Random): Float64Array {
  const swing = smoothNoise(random.below(1e9), 190);
  return Float64Array.from({ length: DAYS }, (_, day) => {
    const slow = 1 + 0.05 * swing(day, 0) - 0.00002 * day;
    return weekdays[weekdayOf(day)]! * months[MONTHS[day]!]! * slow * Math.max(0.6, 1 + 0.07 * random.normal());
  });
}
