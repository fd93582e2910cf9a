// Which offences happen most under a filter, in the words of the menu of offences.

import type { OffenceRow, SummaryAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { Language } from '../../server/i18n/contract.ts';
import { type Ask, type Path, paths } from './api.ts';
import { below, childrenOf, everyday } from './offence-tree.ts';
import type { Versioned } from './one-version.ts';

/** Stands in no path. */
const BETWEEN = '\n';

export type FrequentAnswer = Versioned & { readonly offences: readonly OffenceRow[] };

/** What there is of each offence, and the headline of the same, which tells the version: two paths as one. */
export function pathOfFrequent(city: string, layer: string, filter: Filter, language: Language): Path<FrequentAnswer> {
  return [paths.offencesUnder(city, filter, language), paths.summary(city, layer, filter)].join(BETWEEN);
}

export function askFrequent(ask: Ask) {
  return async (path: Path<FrequentAnswer>, signal: AbortSignal): Promise<FrequentAnswer> => {
    const [rows = '', headline = ''] = path.split(BETWEEN);
    const [offences, { dataVersion }] = await Promise.all([
      ask(rows as Path<OffenceRow[]>, signal),
      ask(headline as Path<SummaryAnswer>, signal),
    ]);
    return { dataVersion, offences };
  };
}

/**
 * The offences of a list, most first: what stands under the one that is alone, and for a legal heading the everyday words
 * under it. An empty list is everything.
 */
export function frequentOf(rows: readonly OffenceRow[], codes: readonly string[]): OffenceRow[] {
  const children = childrenOf(rows);
  const headings = children.get(null) ?? [];
  const listed = codes.length ? rows.filter(({ code }) => codes.includes(code)) : headings;
  const found = listed.flatMap((row) => {
    const finer = row.parent === null ? everyday(children, [row]) : listed.length === 1 ? below(children, row) : [];
    return finer.length ? finer : [row];
  });
  return found.filter(({ incidents }) => incidents > 0).sort((a, b) => b.incidents - a.incidents);
}
