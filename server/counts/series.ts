// Matched incidents over time, in buckets without gaps.

import { type Day, monthOf, monthStart, textOf, weekdayOf } from '../calendar/days.ts';
import type { DayTally } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { OPEN_DAY, type Range } from '../filter/plan.ts';
import type { SeriesAnswer, Step } from './contract.ts';

/** Thirty years of days. */
const MAX_BUCKETS = 11_000;

/**
 * Buckets over the whole range; an open end stands at the first or last day with a matched incident. `partial`: the
 * bucket reaches outside the range, or beyond the day the sources are complete to. Throws BadInput('step') when that
 * would be too many.
 */
export function seriesOf(
  found: DayTally,
  range: Range,
  step: Step,
  through: Day | null,
): Omit<SeriesAnswer, 'dataVersion'> {
  const counted = step === 'month' ? [...found.days, ...found.months] : found.days;
  const sum = (counts: DayTally['days']) => counts.reduce((total, [, count]) => total + count, 0);
  const unknown = { unknownDay: step === 'month' ? 0 : sum(found.months), unknownMonth: sum(found.quarters) };
  const days = counted.map(([day]) => day);
  const from = range.from > -OPEN_DAY ? range.from : Math.min(...days);
  const until = range.until < OPEN_DAY ? range.until : Math.max(...days) + 1;
  if (!Number.isFinite(from) || !Number.isFinite(until) || from >= until) return { step, buckets: [], ...unknown };

  const first = bucketOf(from, step);
  const length = bucketOf(until - 1, step) - first + 1;
  if (length > MAX_BUCKETS) throw new BadInput('step', `more than ${MAX_BUCKETS} buckets; choose a longer step`);
  const counts = new Array<number>(length).fill(0);
  for (const [day, count] of counted) counts[bucketOf(day, step) - first]! += count;
  const buckets = counts.map((count, i) => {
    const start = startOf(first + i, step);
    const end = startOf(first + i + 1, step);
    const partial = start < range.from || end > range.until || (through !== null && end > through + 1);
    return { from: textOf(start), count, partial };
  });
  return { step, buckets, ...unknown };
}

function bucketOf(day: Day, step: Step): number {
  if (step === 'day') return day;
  return step === 'month' ? monthOf(day) : (day - weekdayOf(day) + 3) / 7;
}

/** First day of a bucket; weeks are counted from Monday 29 December 1969. */
function startOf(bucket: number, step: Step): Day {
  if (step === 'day') return bucket;
  return step === 'month' ? monthStart(bucket) : bucket * 7 - 3;
}
