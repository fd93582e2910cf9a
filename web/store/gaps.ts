// Days of which a source delivered nothing: what is counted of them is not nought, it is not known.

import type { SourceRow } from '../../server/counts/contract.ts';
import { daysBetween } from './days.ts';

/** On how many of the days something lacks, and of which sources. */
export function gapsIn(
  { from, until }: { readonly from: string; readonly until: string },
  sources: readonly Pick<SourceRow, 'title' | 'gaps'>[],
): { readonly days: number; readonly titles: readonly string[] } {
  const lacking = sources.map(({ title, gaps }) => ({
    title,
    days: gaps.reduce((sum, gap) => {
      const [first, end] = [gap.from > from ? gap.from : from, gap.until < until ? gap.until : until];
      return sum + Math.max(0, daysBetween(first, end));
    }, 0),
  }));
  return {
    days: Math.max(0, ...lacking.map(({ days }) => days)),
    titles: lacking.filter(({ days }) => days > 0).map(({ title }) => title),
  };
}
