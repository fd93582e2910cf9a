// The period a range is compared with, where there is one: both ends known, and data of all of it.

import { type Day, weekdayOf } from '../calendar/days.ts';
import type { Period } from '../filter/contract.ts';
import { type Plan, previousRange, type Range } from '../filter/plan.ts';
import { EXPECTED_IN_A_GAP, periodAt, type SourceInfo } from '../filter/source-profile.ts';
import type { DaysCompared, NoPrevious } from './contract.ts';

export type Before =
  | { readonly range: Range; readonly reason: null }
  | { readonly range: null; readonly reason: NoPrevious };

type Source = Pick<SourceInfo, 'sourceId' | 'days' | 'precisions' | 'firstDay' | 'lastDay'>;

/** Of the sources a plan counts, whatever its other conditions are. */
export function periodBefore(plan: Plan, period: Period | null, sources: readonly Source[]): Before {
  const earlier = previousRange(plan.range, period);
  if (!earlier) return { range: null, reason: 'open-range' };
  return comparedWith(plan, plan.range, earlier, sources);
}

/**
 * `earlier` if each source that tells of `range` told of all of it: one that began later, or fell silent for a while,
 * would make the change look like something that happened. A source that ended before `range` is not asked for, unless it
 * told of `earlier`: what it counted there and nobody counts now would look like a fall.
 */
export function comparedWith(
  { sourceIds, weekdays }: Pick<Plan, 'sourceIds' | 'weekdays'>,
  range: Range,
  earlier: Range,
  sources: readonly Source[],
): Before {
  const counted = sources.filter(({ sourceId, firstDay }) => sourceIds.includes(sourceId) && firstDay !== null);
  const telling = counted.filter((source) => tellsOf(source, range));
  const asked = telling.length ? telling : counted;
  if (asked.length === 0 || asked.some(({ firstDay }) => firstDay! > earlier.from)) {
    return { range: null, reason: 'before-data' };
  }
  if (asked.some((source) => hasGap(source, earlier))) return { range: null, reason: 'gap' };
  const ended = counted.filter(({ lastDay }) => lastDay! < range.from);
  if (ended.some((source) => countIn(source, earlier) >= EXPECTED_IN_A_GAP))
    return { range: null, reason: 'after-data' };
  if (weekdays.length > 0 && [range, earlier].some((each) => daysOf(weekdays, each) === 0))
    return { range: null, reason: 'no-such-day' };
  return { range: earlier, reason: null };
}

/**
 * How often the weekdays asked for come in both periods; null where all are, or as often: a month may have a Saturday more
 * than the one before.
 */
export function daysCompared({ weekdays }: Pick<Plan, 'weekdays'>, range: Range, earlier: Range): DaysCompared | null {
  if (weekdays.length === 0) return null;
  const days = { before: daysOf(weekdays, earlier), now: daysOf(weekdays, range) };
  return days.before === days.now ? null : days;
}

/** How many days of a range are of these weekdays, Monday being 1. */
function daysOf(weekdays: Plan['weekdays'], { from, until }: Range): number {
  let days = Math.floor((until - from) / 7) * weekdays.length;
  for (let day = until - ((until - from) % 7); day < until; day++) days += +weekdays.includes(weekdayOf(day) + 1);
  return days;
}

function countIn({ days: { days, counts } }: Source, { from, until }: Range): number {
  let sum = 0;
  for (let at = firstFrom(days, from); at < days.length && days[at]! < until; at++) sum += counts[at]!;
  return sum;
}

function tellsOf({ days: { days } }: Source, { from, until }: Range): boolean {
  const at = firstFrom(days, from);
  return at < days.length && days[at]! < until;
}

/** Whether a stretch of the range, up to the source's last record, is empty that should not be. */
const hasGap = (source: Source, range: Range): boolean => gapsOf(source, range).length > 0;

/**
 * The stretches of a range, up to the source's last record, in which it is silent and should not be; from its first record
 * on where no range is given.
 */
export function gapsOf(source: Omit<Source, 'sourceId'>, range?: Range): readonly Range[] {
  const { precisions, firstDay: first, lastDay: last } = source;
  const { days, counts } = source.days;
  if (first === null || last === null) return [];
  const { from, until } = range ?? { from: first, until: last + 1 };
  const perDay = counts.reduce((sum, count) => sum + count, 0) / (last - first + 1);
  // What is known by month or quarter only stands at its first day, and fills it.
  const periodOf = (day: Day) => periodAt(day, precisions);
  const end = Math.min(until, last + 1);
  const found: Range[] = [];
  let told = from;
  for (let at = firstFrom(days, periodOf(from).from); told < end; at++) {
    const day = Math.min(days[at] ?? end, end);
    if ((day - told) * perDay >= EXPECTED_IN_A_GAP) found.push({ from: told, until: day });
    if (day >= end) break;
    told = Math.max(told, periodOf(day).until);
  }
  return found;
}

/** Index of the first day from `from` on. */
function firstFrom(days: readonly Day[], from: Day): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
