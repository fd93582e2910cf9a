// Days of which a source delivered nothing: what is counted of them is not nought, it is not known.

import type { SourceRow } from '../../server/counts/contract.ts';
import type { Days } from './covered.ts';
import { daysBetween } from './days.ts';

/** How many of some days a source was silent that should not have been. */
const silentDays = ({ from, until }: Days, { gaps }: Pick<SourceRow, 'gaps'>): number =>
  gaps.reduce((sum, gap) => {
    const [first, end] = [gap.from > from ? gap.from : from, gap.until < until ? gap.until : until];
    return sum + Math.max(0, daysBetween(first, end));
  }, 0);

/** On how many of the days something lacks, and of which sources. */
export function gapsIn(
  days: Days,
  sources: readonly Pick<SourceRow, 'title' | 'gaps'>[],
): { readonly days: number; readonly titles: readonly string[] } {
  const lacking = sources.map((source) => ({ title: source.title, days: silentDays(days, source) }));
  return {
    days: Math.max(0, ...lacking.map((source) => source.days)),
    titles: lacking.filter((source) => source.days > 0).map(({ title }) => title),
  };
}

/** How much of some days is told of: none of it, where every source was silent; part of it, where one was for a while. */
export function toldOf(days: Days, sources: readonly Pick<SourceRow, 'from' | 'gaps'>[]): 'whole' | 'partly' | 'none' {
  const all = daysBetween(days.from, days.until);
  const silent = sources.filter(({ from }) => from !== null).map((source) => silentDays(days, source));
  if (silent.length > 0 && silent.every((each) => each >= all)) return 'none';
  return silent.some((each) => each > 0) ? 'partly' : 'whole';
}
