// The days of a question that its data cover: what is asked for before they begin or after they end counts nothing.

import type { SourceRow } from '../../server/counts/contract.ts';
import { addDays, daysBetween } from './days.ts';

export type Days = { readonly from: string; readonly until: string };

/** Half-open, as asked; null where the sources have nothing of it. */
export function coveredDays(
  asked: { readonly from: string | null; readonly until: string | null },
  sources: readonly Pick<SourceRow, 'from' | 'until' | 'through'>[],
): Days | null {
  const first = sources.flatMap(({ from }) => from ?? []).sort()[0];
  // A day the source is complete to is covered, though nothing happened on it.
  const last = sources
    .flatMap(({ until, through }) => [until ?? [], through ? addDays(through, 1) : []].flat())
    .sort()
    .at(-1);
  if (first === undefined || last === undefined) return null;
  const from = asked.from !== null && asked.from > first ? asked.from : first;
  const until = asked.until !== null && asked.until < last ? asked.until : last;
  return from < until ? { from, until } : null;
}

/** How much of some days is told of: none of it, where every source was silent; part of it, where one was for a while. */
export function toldOf(days: Days, sources: readonly Pick<SourceRow, 'from' | 'gaps'>[]): 'whole' | 'partly' | 'none' {
  const all = daysBetween(days.from, days.until);
  const silent = sources
    .filter(({ from }) => from !== null)
    .map(({ gaps }) =>
      gaps.reduce((sum, gap) => {
        const from = gap.from > days.from ? gap.from : days.from;
        const until = gap.until < days.until ? gap.until : days.until;
        return sum + Math.max(0, daysBetween(from, until));
      }, 0),
    );
  if (silent.length > 0 && silent.every((each) => each >= all)) return 'none';
  return silent.some((each) => each > 0) ? 'partly' : 'whole';
}
