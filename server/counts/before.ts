// The period a range is compared with, where there is one: both ends known, and data of all of it.

import type { Day } from '../calendar/days.ts';
import type { Period } from '../filter/contract.ts';
import { type Plan, previousRange, type Range } from '../filter/plan.ts';
import { EXPECTED_IN_A_GAP, periodAt, type SourceInfo } from '../filter/source-profile.ts';
import type { NoPrevious } from './contract.ts';

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
 * would make the change look like something that happened. A source that ended before `range` is not asked for.
 */
export function comparedWith(
  { sourceIds }: Pick<Plan, 'sourceIds'>,
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
  return { range: earlier, reason: null };
}

function tellsOf({ days: { days } }: Source, { from, until }: Range): boolean {
  const at = firstFrom(days, from);
  return at < days.length && days[at]! < until;
}

/** Whether a stretch of the range, up to the source's last record, is empty that should not be. */
const hasGap = (source: Source, range: Range): boolean => gapsOf(source, range).length > 0;

/** The stretches of a range, up to the source's last record, that are empty and should not be: they were not delivered. */
export function gapsOf(
  { days: { days, counts }, precisions, firstDay, lastDay }: Omit<Source, 'sourceId'>,
  { from, until }: Range,
): Range[] {
  const first = firstDay!;
  const last = lastDay!;
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
