// The days of a question that its data cover: what is asked for before they begin or after they end counts nothing.

import type { SourceRow } from '../../server/counts/contract.ts';
import { addDays } from './days.ts';

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
