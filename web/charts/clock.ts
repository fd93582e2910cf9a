// The hour × weekday clock, worked out: which cells a filter selects, the busiest hours, cells gathered for a phone.

import type { ClockAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';

const HOURS = 24;
const DAYS = 7;
const PEAK_HOURS = 3;
const PEAK_DAYS = 2;
/** Under this many incidents no hours stand out. */
const LEAST_FOR_PEAK = 30;
/** How seldom hours may be named of a week in which all are alike. */
const FALSELY = 0.05;

export type Cell = { readonly day: number; readonly hour: number };
type Slots = Pick<Filter, 'hours' | 'weekdays' | 'weekdayOf'>;

/** Whether the incidents of a cell (weekday 0 = Monday, hour of the day) pass the filter. */
export function isSelected({ hours, weekdays, weekdayOf }: Slots, { day, hour }: Cell): boolean {
  if (!hours && !weekdays.length) return false;
  const wraps = hours !== null && hours.from > hours.until;
  const inHours =
    !hours || (wraps ? hour >= hours.from || hour < hours.until : hour >= hours.from && hour < hours.until);
  const nightBefore = wraps && weekdayOf === 'shift' && hour < hours.until;
  const weekday = nightBefore ? ((day + DAYS - 1) % DAYS) + 1 : day + 1;
  return inHours && (!weekdays.length || weekdays.includes(weekday));
}

/** The filter of the rectangle between two cells; whole days or whole weeks are left open. */
export function selectionOf(a: Cell, b: Cell, span: number): Pick<Filter, 'hours' | 'weekdays'> {
  const [firstDay, lastDay] = [Math.min(a.day, b.day), Math.max(a.day, b.day)];
  const from = Math.min(a.hour, b.hour);
  const until = Math.max(a.hour, b.hour) + span;
  const weekdays = Array.from({ length: lastDay - firstDay + 1 }, (_, index) => firstDay + index + 1);
  return {
    weekdays: weekdays.length === DAYS ? [] : weekdays,
    hours: until - from >= HOURS ? null : { from, until },
  };
}

/** Hours written for want of the exact one. */
export function fillerHours(answer: ClockAnswer): ReadonlySet<number> {
  return new Set(answer.filler.map(({ hour }) => hour));
}

export type Peak = { readonly weekdays: readonly number[]; readonly from: number; readonly until: number };

/**
 * The three hours of two days in a row that hold most; null with too few, or where chance alone would have as many in one
 * of all the places looked at (Poisson, corrected by Bonferroni).
 */
export function peakOf(answer: ClockAnswer): Peak | null {
  if (answer.total < LEAST_FOR_PEAK) return null;
  const filler = fillerHours(answer);
  let best: Peak | null = null;
  let most = 0;
  let known = 0;
  let looked = 0;
  for (const row of answer.counts) {
    for (const [hour, count] of row.entries()) if (!filler.has(hour)) known += count;
  }
  for (let day = 0; day < DAYS; day++) {
    for (let hour = 0; hour < HOURS; hour++) {
      let sum = 0;
      let clean = true;
      for (let d = 0; d < PEAK_DAYS; d++) {
        for (let h = 0; h < PEAK_HOURS; h++) {
          // Past midnight the hours belong to the next day.
          const at = (hour + h) % HOURS;
          const on = (day + d + (hour + h >= HOURS ? 1 : 0)) % DAYS;
          clean &&= !filler.has(at);
          sum += answer.counts[on]?.[at] ?? 0;
        }
      }
      if (!clean) continue;
      looked++;
      if (sum <= most) continue;
      most = sum;
      const weekdays = Array.from({ length: PEAK_DAYS }, (_, d) => ((day + d) % DAYS) + 1);
      best = { weekdays, from: hour, until: (hour + PEAK_HOURS) % HOURS || HOURS };
    }
  }
  const even = (known * PEAK_DAYS * PEAK_HOURS) / (DAYS * (HOURS - filler.size));
  return looked * poissonAtLeast(most, even) < FALSELY ? best : null;
}

/** How likely `mean` expected incidents are `least` or more, for more than are expected; else 1. */
function poissonAtLeast(least: number, mean: number): number {
  if (least <= mean) return 1;
  let logTerm = -mean;
  for (let count = 1; count <= least; count++) logTerm += Math.log(mean / count);
  let sum = 0;
  for (let term = Math.exp(logTerm), count = least; term > sum * Number.EPSILON; term *= mean / ++count) sum += term;
  return sum;
}

/** Columns of `span` hours each. */
export function gathered(counts: ClockAnswer['counts'], span: number): number[][] {
  return counts.map((row) =>
    Array.from({ length: HOURS / span }, (_, column) =>
      row.slice(column * span, (column + 1) * span).reduce((sum, count) => sum + count, 0),
    ),
  );
}
