// What an analysis of places works with: the values of a layer, and who is whose neighbour.

import { type Day, dayOf, isDay, monthOf, monthStart, weekdayOf } from '../calendar/days.ts';
import type { Asking, Stats } from '../counts/asking.ts';
import { comparedWith, periodBefore } from '../counts/before.ts';
import { MIN_RESIDENTS, MIN_SEGMENT_M } from '../counts/contract.ts';
import type { Measure } from '../counts/rates.ts';
import { HOURS, type PlaceCounts, type Tally, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import { slotTable } from '../engine/truth.ts';
import { BadInput } from '../errors.ts';
import { OPEN_DAY, type Plan, type Range, throughOf } from '../filter/plan.ts';
import { toldSince } from '../filter/source-profile.ts';
import type { Analyst } from './analyst.ts';
import type { NotPlaced } from './contract.ts';
import type { Shapes } from './shapes.ts';

export type AnalysisDeps = Stats & { readonly analyst: Analyst; readonly shapes: Shapes };

type Asked = Pick<Asking<unknown>, 'plan' | 'filter' | 'snapshot'>;

/**
 * A range with both ends, within the days that all sources tell of: of those before and after it is not known that
 * nothing happened.
 */
export function closedRange({ plan, filter, snapshot }: Asked): Range | null {
  const since = toldSince(plan, snapshot.sources);
  const through = throughOf(filter, snapshot.sources);
  if (since === null || through === null) return null;
  const range = { from: Math.max(plan.range.from, since), until: Math.min(plan.range.until, through + 1) };
  return range.from < range.until ? range : null;
}

/** What of a range the weekdays and hours asked for leave, in days: two months need not have as many Saturdays. */
export function daysAsked({ from, until }: Range, plan: Plan): number {
  const isAsked = slotTable(plan);
  const hoursOn = Array.from({ length: UNKNOWN_WEEKDAY }, (_, weekday) => {
    let hours = 0;
    for (let hour = 0; hour < UNKNOWN_HOUR; hour++) hours += isAsked[weekday * HOURS + hour]!;
    return hours;
  });
  const days = until - from;
  let hours = Math.floor(days / 7) * hoursOn.reduce((sum, each) => sum + each, 0);
  for (let day = until - (days % 7); day < until; day++) hours += hoursOn[weekdayOf(day)]!;
  return hours / UNKNOWN_HOUR;
}

/**
 * The period asked about and the one it is compared with, `given` or the one before, both within the days that all sources
 * tell of; null where there is none before, or data of it lack. Throws BadInput for two that share days.
 */
export function comparedRanges(
  asking: Asked,
  given: { readonly text: string; readonly parameter: string } | null,
): { readonly earlier: Range; readonly later: Range } | null {
  const { plan, filter, snapshot } = asking;
  const asked = given && rangeIn(given.text, given.parameter);
  const later = isClosed(plan.range) ? closedRange(asking) : null;
  if (!later) return null;
  const within = (range: Range) => closedRange({ ...asking, plan: { ...plan, range } });
  if (!asked) {
    const { range } = periodBefore({ ...plan, range: later }, filter.period, snapshot.sources);
    return range && { earlier: range, later };
  }
  if (asked.from < plan.range.until && plan.range.from < asked.until)
    throw new BadInput(given!.parameter, 'shares days with the period it is compared with');
  const earlier = within(asked);
  const told = earlier && comparedWith(plan, later, earlier, snapshot.sources).range;
  return told && { earlier: told, later };
}

/**
 * What came before counts as well: as far back as data go, though the last 28 days be looked at. Whoever says the day it
 * is to begin is taken at their word.
 */
export function rangeOfHistory({ plan, filter, snapshot }: Asked): Range | null {
  const from = filter.from === null ? -OPEN_DAY : plan.range.from;
  return closedRange({ plan: { ...plan, range: { from, until: plan.range.until } }, filter, snapshot });
}

const isOpenBefore = ({ from }: Range): boolean => from <= -OPEN_DAY;
const isOpenAfter = ({ until }: Range): boolean => until >= OPEN_DAY;
export const isClosed = (range: Range): boolean => !isOpenBefore(range) && !isOpenAfter(range);

/** `FROM..UNTIL` as a range; `parameter` is named where it is none. */
export function rangeIn(text: string, parameter: string): Range {
  const [from, until] = text.split('..') as [string, string];
  if (!isDay(from) || !isDay(until) || from >= until) throw new BadInput(parameter, 'not a range (FROM..UNTIL)');
  return { from: dayOf(from), until: dayOf(until) };
}

/**
 * The whole steps that end with the range, or the calendar months that lie in it, oldest first: the last of them, one
 * more than `most` at most.
 */
export function stepsOf({ from, until }: Range, step: 'week' | '28d' | 'month', most: number): Range[] {
  const ranges: Range[] = [];
  const days = step === 'week' ? 7 : 28;
  const before = (day: Day) => (step === 'month' ? monthStart(monthOf(day) - 1) : day - days);
  let end = step === 'month' ? monthStart(monthOf(until)) : until;
  for (let start = before(end); start >= from && ranges.length <= most; end = start, start = before(end))
    ranges.push({ from: start, until: end });
  return ranges.reverse();
}

/** Counts by place id as values by place; NaN for what is not asked about, and as rates where there is nothing to divide by. */
export function valuesOf(
  counts: Uint32Array,
  features: number,
  measure: Measure | 'count',
  isAsked: Uint8Array | null = null,
): Float64Array {
  return Float64Array.from({ length: features }, (_, i) => {
    if (isAsked?.[i] === 0) return Number.NaN;
    const count = counts[i + 1] ?? 0;
    if (measure === 'count') return count;
    if (measure === null) return Number.NaN;
    if (measure.unit === 'perKm') return (count / Math.max(measure.lengthM[i + 1]!, MIN_SEGMENT_M)) * 1000;
    const residents = measure.residents[i + 1]!;
    return residents >= MIN_RESIDENTS ? (count / residents) * 100_000 : Number.NaN;
  });
}

export const idsOf = (features: number): string[] => Array.from({ length: features }, (_, i) => String(i + 1));

/**
 * The same with what of these ranges whoever asks is not told so finely: it is in no plan, and so in none of the tallies.
 */
export async function leftOutIn(
  { withheld }: Pick<Asking<unknown>, 'withheld'>,
  tallies: readonly PlaceCounts[],
  ranges: readonly Range[],
): Promise<NotPlaced> {
  const found = notPlacedIn(tallies);
  let all = found.withheld;
  for (const range of ranges) all += await withheld(range);
  return { ...found, withheld: all };
}

/**
 * The same of a question that is not of places: what has a point and is in none of its numbers lies outside, or has no
 * sure day.
 */
export async function leftOutBeside(
  { withheld }: Pick<Asking<unknown>, 'withheld'>,
  { matched, unlocated, withheld: untold, excluded }: Tally,
  counted: number,
  others: 'outside' | 'excluded',
): Promise<NotPlaced> {
  const rest = Math.max(0, matched - unlocated - untold - counted);
  const unsure = excludedIn({ excluded });
  return {
    unlocated,
    outside: others === 'outside' ? rest : 0,
    withheld: untold + (await withheld()),
    excluded: unsure + (others === 'excluded' ? rest : 0),
  };
}

/** Of a question of times alone: what has no place counts as well, what may not be meant (`excluded`) does not. */
export async function leftOutOfTimes(
  { withheld }: Pick<Asking<unknown>, 'withheld'>,
  excluded: number,
  ranges: readonly Range[],
): Promise<NotPlaced> {
  let all = 0;
  for (const range of ranges) all += await withheld(range);
  return { unlocated: 0, outside: 0, withheld: all, excluded };
}

export const excludedIn = ({ excluded }: Pick<Tally, 'excluded'>): number =>
  Object.values(excluded).reduce((all, each) => all + each, 0);

/** What several questions by place left out, together. */
export function notPlacedIn(tallies: readonly PlaceCounts[]): NotPlaced {
  const sum = (of: (tally: PlaceCounts) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    unlocated: sum(({ unlocated }) => unlocated),
    outside: sum(({ counts }) => counts[0]!),
    withheld: sum(({ withheld }) => withheld),
    excluded: sum(excludedIn),
  };
}
