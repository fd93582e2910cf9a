// The day up to which a source is complete. Stray later rows are counted like any other but never set this clock.

import { type Day, monthOf, monthStart } from './days.ts';

/** Incidents of one source per day: ascending days and how many fell on each. */
export type DayCounts = { readonly days: readonly Day[]; readonly counts: readonly number[] };

/** A unit is held against the median of this many before it. */
const UNITS_BEFORE = 12;
/** Volume below this share of that median means the unit is not all there. */
const LEAST_SHARE = 0.5;
/** Days without rows at the end of a month, beyond twice the longest such silence before, mean the month was cut off. */
const SPARE_DAYS = 2;

/**
 * Last day of the last complete month (`live`: the last complete day) whose volume is at least half the median of the
 * twelve before it, or of as many as there are since the source began. Null without rows.
 */
export function dataThrough(counts: DayCounts, live: boolean): Day | null {
  const first = counts.days[0];
  if (first === undefined) return null;
  if (live) {
    const volume = dense(counts.days, counts.counts);
    const last = lastWhole(volume, () => true);
    return last === null ? null : first + last;
  }
  const firstMonth = monthOf(first);
  const volume = dense(counts.days.map(monthOf), counts.counts);
  const silence = volume.map((_, month) => monthStart(firstMonth + month + 1) - monthStart(firstMonth + month));
  for (const day of counts.days) {
    const month = monthOf(day);
    silence[month - firstMonth] = monthStart(month + 1) - 1 - day;
  }
  const last = lastWhole(volume, (month) => {
    const before = silence.slice(Math.max(0, month - UNITS_BEFORE), month);
    return before.length === 0 || silence[month]! <= 2 * Math.max(...before) + SPARE_DAYS;
  });
  return last === null ? null : monthStart(firstMonth + last + 1) - 1;
}

/** Volumes from the first unit to the last, zeros included. Units ascend and may repeat. */
function dense(units: readonly number[], counts: readonly number[]): number[] {
  const first = units[0]!;
  const volume = new Array<number>(units.at(-1)! - first + 1).fill(0);
  units.forEach((unit, i) => {
    volume[unit - first]! += counts[i]!;
  });
  return volume;
}

function lastWhole(volume: readonly number[], isWhole: (unit: number) => boolean): number | null {
  for (let unit = volume.length - 1; unit >= 0; unit--) {
    const before = volume.slice(Math.max(0, unit - UNITS_BEFORE), unit);
    if (volume[unit]! > 0 && volume[unit]! >= LEAST_SHARE * median(before) && isWhole(unit)) return unit;
  }
  return null;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
