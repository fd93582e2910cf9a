// What an analysis of places works with: the values of a layer, and who is whose neighbour.

import { type Day, dayOf, isDay, monthOf, monthStart } from '../calendar/days.ts';
import type { Asking, Stats } from '../counts/asking.ts';
import { MIN_RESIDENTS, MIN_SEGMENT_M } from '../counts/contract.ts';
import type { Measure } from '../counts/rates.ts';
import type { PlaceCounts } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { OPEN_DAY, type Range, throughOf } from '../filter/plan.ts';
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

/** What several questions by place left out, together. */
export function notPlacedIn(tallies: readonly PlaceCounts[]): NotPlaced {
  const sum = (of: (tally: PlaceCounts) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    unlocated: sum(({ unlocated }) => unlocated),
    outside: sum(({ counts }) => counts[0]!),
    withheld: sum(({ withheld }) => withheld),
    excluded: sum(({ excluded }) => Object.values(excluded).reduce((all, each) => all + each, 0)),
  };
}
