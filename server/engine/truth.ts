// A plan as a truth table over the cube's dictionary: the one place where the cube decides what matches by hour,
// weekday, offence and source.

import { type Day, monthOf, monthStart, quarterOf, weekdayOf } from '../calendar/days.ts';
import type { Plan, Range } from '../filter/plan.ts';
import { HOURS, SLOTS, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from './answers.ts';
import type { CubeView, SliceView } from './layout.ts';

/** Per combination 1 when it matches, or could match but for what is not known of it; else 0. */
export function truthTable(plan: Plan, { dictionary }: CubeView): Uint8Array {
  const { offence, source, weekday, hour } = dictionary;
  const slots = slotTable(plan);
  const [sources, offences] = [new Set(plan.sourceIds), plan.offenceIds && new Set(plan.offenceIds)];
  const truth = new Uint8Array(offence.length);
  // Those of one offence stand together, and of these those of one source: cities have tens of thousands of combinations,
  // and most questions are about few offences.
  for (let from = 0; from < truth.length; ) {
    const nextOffence = lowerBound(offence, offence[from]! + 1);
    const isAsked = offences?.has(offence[from]!) ?? true;
    const next = isAsked ? from + lowerBound(source.subarray(from, nextOffence), source[from]! + 1) : nextOffence;
    if (isAsked && sources.has(source[from]!))
      for (let combo = from; combo < next; combo++) truth[combo] = slots[weekday[combo]! * HOURS + hour[combo]!]!;
    from = next;
  }
  return truth;
}

/** 0 of none. */
export function maxOf(ids: Int32Array): number {
  let most = 0;
  for (let i = 0; i < ids.length; i++) if (ids[i]! > most) most = ids[i]!;
  return most;
}

/** Per combination 1 when it is of none of these sources. */
export function unjudgedTable(judged: ReadonlySet<number>, { dictionary: { source } }: CubeView): Uint8Array {
  return Uint8Array.from(source, (id) => +!judged.has(id));
}

/** Per weekday and hour 1 when asked for; an unknown one when some weekday or hour it may stand for is. */
export function slotTable({ hours, weekdays, byNight }: Plan): Uint8Array {
  const slots = new Uint8Array(SLOTS);
  for (let weekday = 0; weekday < UNKNOWN_WEEKDAY; weekday++) {
    for (let hour = 0; hour < UNKNOWN_HOUR; hour++) {
      if (hours && !inHours(hour, hours)) continue;
      const counted = byNight && hours && hour < hours.until ? (weekday + 6) % 7 : weekday;
      if (weekdays.length && !weekdays.includes(counted + 1)) continue;
      for (const w of [weekday, UNKNOWN_WEEKDAY]) for (const h of [hour, UNKNOWN_HOUR]) slots[w * HOURS + h] = 1;
    }
  }
  return slots;
}

function inHours(hour: number, { from, until }: { readonly from: number; readonly until: number }): boolean {
  return from < until ? hour >= from && hour < until : hour >= from || hour < until;
}

export type Fate = 'matched' | 'partlyInRange' | 'unknownDay' | 'unknownHour';
/** Rows from `lo` up to, not including, `hi` share a fate where the truth table says 1. */
export type TruthRun = { readonly fate: Fate; readonly lo: number; readonly hi: number };

/** The rows of a slice the plan's dates touch, and what becomes of them. */
export function runsOf(plan: Plan, slice: SliceView): TruthRun[] {
  const { range } = plan;
  if (slice.time !== 'month' && slice.time !== 'quarter') {
    const fate = plan.hours && slice.time === 'day' ? 'unknownHour' : 'matched';
    return [{ fate, ...rowsOf(slice, range) }];
  }
  if (range.from >= range.until) return [];
  const period = PERIODS[slice.time];
  const whole = wholePeriods(range, period);
  const touched = { from: startOf(range.from, period), until: range.until };
  const fate = plan.weekdays.length ? 'unknownDay' : plan.hours ? 'unknownHour' : 'matched';
  return [
    { fate: 'partlyInRange', ...rowsOf(slice, { from: touched.from, until: Math.min(whole.from, touched.until) }) },
    { fate, ...rowsOf(slice, whole) },
    { fate: 'partlyInRange', ...rowsOf(slice, { from: Math.max(whole.from, whole.until), until: touched.until }) },
  ];
}

type KnownPeriod = { readonly months: number; readonly first: (month: number) => number };
const PERIODS: Readonly<Record<'month' | 'quarter', KnownPeriod>> = {
  month: { months: 1, first: (month) => month },
  quarter: { months: 3, first: quarterOf },
};

const startOf = (day: Day, { first }: KnownPeriod): Day => monthStart(first(monthOf(day)));

/** The months or quarters that lie in the range, from the first day of the first to the first day after the last. */
function wholePeriods({ from, until }: Range, period: KnownPeriod): Range {
  const start = startOf(from, period);
  const next = monthStart(monthOf(start) + period.months);
  return { from: start === from ? from : next, until: startOf(until, period) };
}

function rowsOf(slice: SliceView, range: Range): { lo: number; hi: number } {
  if (range.from >= range.until) return { lo: 0, hi: 0 };
  return {
    lo: slice.starts[lowerBound(slice.dayList, range.from)]!,
    hi: slice.starts[lowerBound(slice.dayList, range.until)]!,
  };
}

/**
 * Of a run the stretches of days on which anything can match, where the plan asks for some weekdays: rows lie in the order
 * of their days, so that of Friday to Sunday four sevenths need not be looked at.
 */
export function stretchesOf(run: TruthRun, slice: SliceView, slots: Uint8Array): TruthRun[] {
  const canMatch = Array.from({ length: UNKNOWN_WEEKDAY }, (_, weekday) =>
    slots.subarray(weekday * HOURS, (weekday + 1) * HOURS).includes(1),
  );
  if (slice.time === 'month' || slice.time === 'quarter' || !canMatch.includes(false)) return [run];
  const found: TruthRun[] = [];
  const { fate, lo, hi } = run;
  let from = -1;
  for (let d = dayAt(slice, lo); d < slice.days && slice.starts[d]! < hi; d++) {
    const isWanted = canMatch[weekdayOf(slice.dayList[d]!)]!;
    const start = Math.max(lo, slice.starts[d]!);
    if (isWanted && from < 0) from = start;
    if (isWanted || from < 0) continue;
    found.push({ fate, lo: from, hi: start });
    from = -1;
  }
  return from < 0 ? found : [...found, { fate, lo: from, hi }];
}

/** Which of the days of a slice a row is of. */
export const dayAt = ({ starts }: SliceView, row: number): number => lowerBound(starts, row + 1) - 1;

/** Index of the first value not below `wanted`. */
export function lowerBound(values: Int32Array | Uint32Array, wanted: number): number {
  let lo = 0;
  let hi = values.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (values[middle]! < wanted) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}
