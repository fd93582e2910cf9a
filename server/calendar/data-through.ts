// The days from which and up to which a source is complete. Stray rows before and after are counted like any other but
// never set this clock.

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

/** Below this share of the months that hold most incidents a month is a thin tail, however long that goes on. */
const THIN_SHARE = 0.1;

/**
 * The first day from which a source tells of all there is: of the first month whose volume is at least half the median
 * of the twelve after it. Old deeds reported late make a thin tail before that, which would read as a rise. Null without
 * rows.
 */
export function dataSince({ days, counts }: DayCounts): Day | null {
  const first = days[0];
  if (first === undefined) return null;
  const volume = dense(days.map(monthOf), counts);
  const thin = THIN_SHARE * volumeOfMost(volume);
  const whole = volume.findIndex((each, month) => {
    const after = volume.slice(month + 1, month + 1 + UNITS_BEFORE);
    return each > 0 && each >= thin && each >= LEAST_SHARE * median(after);
  });
  return Math.max(first, monthStart(monthOf(first) + whole));
}

/** So many that half of all incidents fell in months with as many or more. */
function volumeOfMost(volume: readonly number[]): number {
  let left = volume.reduce((sum, each) => sum + each, 0) / 2;
  for (const each of volume.toSorted((a, b) => b - a)) {
    left -= each;
    if (left <= 0) return each;
  }
  return 0;
}

/** A source as far as its clock goes; `through` is the day it is complete up to by itself, or as declared. */
export type Clock = {
  readonly through: Day | null;
  readonly declaredThrough: string | null;
  readonly live: boolean;
  readonly days: DayCounts;
};

/**
 * The day up to which several sources counted together are complete: what they hold together is held against itself, so
 * that a small source which reaches further does not make months of the others' silence look complete, and one that
 * ended does not stop the clock. What was declared stands; feeds go by days, files by months, the later of them counts.
 */
export function throughTogether(sources: readonly Clock[]): Day | null {
  if (sources.length < 2) return sources[0]?.through ?? null;
  const measured = sources.filter(({ declaredThrough }) => declaredThrough === null);
  const days = [true, false].map((live) => {
    const alike = measured.filter((source) => source.live === live);
    return alike.length ? dataThrough(merged(alike.map((source) => source.days)), live) : null;
  });
  for (const { declaredThrough, through } of sources) if (declaredThrough !== null) days.push(through);
  const known = days.filter((day) => day !== null);
  return known.length ? Math.max(...known) : null;
}

function merged(all: readonly DayCounts[]): DayCounts {
  const sums = new Map<Day, number>();
  for (const { days, counts } of all) {
    days.forEach((day, i) => void sums.set(day, (sums.get(day) ?? 0) + counts[i]!));
  }
  const inOrder = [...sums].sort(([a], [b]) => a - b);
  return { days: inOrder.map(([day]) => day), counts: inOrder.map(([, count]) => count) };
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
