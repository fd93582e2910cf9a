// The columns of the trend: months, weeks or days; how many are shown, and up to when. What is drawn on them keeps to whole ones.

import type { Step } from '../../server/counts/contract.ts';
import { addDays, addMonths, daysBetween, monthStart } from './days.ts';

type Days = { readonly from: string; readonly until: string };

/**
 * How many are shown, how many before those each is compared with (52 weeks: the same weekday), and how many are shown after
 * the period's end, so that it can be drawn further.
 */
export const TREND_STEPS = {
  month: { shown: 36, before: 12, after: 0 },
  week: { shown: 52, before: 52, after: 8 },
  day: { shown: 62, before: 364, after: 14 },
} as const satisfies Record<Step, { readonly shown: number; readonly before: number; readonly after: number }>;

export const TREND_STEP_NAMES = ['month', 'week', 'day'] as const satisfies readonly Step[];

const MONDAY = '1970-01-05';

/** The first day of the month, week or day it lies in; weeks begin on Mondays. */
export function stepStart(day: string, step: Step): string {
  if (step === 'month') return monthStart(day);
  return step === 'day' ? day : addDays(day, -(((daysBetween(MONDAY, day) % 7) + 7) % 7));
}

/** So many months, weeks or days on. */
export const addSteps = (day: string, steps: number, step: Step): string =>
  step === 'month' ? addMonths(day, steps) : addDays(day, step === 'week' ? 7 * steps : steps);

/** What so many columns cover, the last of them holding the day before `until`. */
export function trendDays(until: string, step: Step, columns: number): Days {
  const last = stepStart(addDays(until, -1), step);
  return { from: addSteps(last, 1 - columns, step), until };
}

/**
 * Up to when weeks or days are shown: some beyond the end of the period, never beyond `complete`. What was shown before stays
 * while the period ends in it, so that nothing moves under the hand.
 */
export function trendUntil(end: string, complete: string, step: Step, before: string | null): string {
  const { shown, after } = TREND_STEPS[step];
  if (before !== null && before <= complete && end <= before && end > trendDays(before, step, shown).from)
    return before;
  const whole = addSteps(stepStart(addDays(end, -1), step), after + 1, step);
  return whole < complete ? whole : complete;
}
