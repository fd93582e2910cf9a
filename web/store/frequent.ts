// Which offences happen most under a filter: one question for each that may, asked and answered together.

import type { OffenceRow, SummaryAnswer, ThemeRow } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { type Ask, type Path, paths } from './api.ts';
import type { Versioned } from './one-version.ts';

/** Offences compared at most: one question each. */
const MOST_ASKED = 16;
/** Stands in no path. */
const BETWEEN = '\n';

export type FrequentAnswer = Versioned & {
  readonly counts: readonly { readonly code: string; readonly count: number }[];
};

/**
 * The paths of the offences of the theme, or of those under the one chosen, as one; null where there are none. In an
 * order of their own, so that it stays the same question while their counts change.
 */
export function pathOfEach(
  city: string,
  layer: string,
  filter: Filter,
  offences: readonly OffenceRow[],
  themes: readonly ThemeRow[],
): Path<FrequentAnswer> | null {
  const listed = filter.offences.length
    ? filter.offences
    : (themes.find((row) => row.code === filter.theme)?.offences ?? []);
  const [only] = listed;
  const codes = listed.length === 1 ? offences.filter((row) => row.parent === only).map((row) => row.code) : listed;
  const asked = offences
    .filter((row) => (codes.length ? codes : listed).includes(row.code))
    .sort((a, b) => b.incidents - a.incidents)
    .slice(0, MOST_ASKED)
    .map((row) => row.code)
    .sort();
  if (asked.length === 0) return null;
  return asked.map((code) => paths.summary(city, layer, { ...filter, theme: null, offences: [code] })).join(BETWEEN);
}

/** Asks them all; the oldest of their versions is that of the whole. */
export function askEach(ask: Ask) {
  const askAll = async (path: Path<FrequentAnswer>, signal: AbortSignal): Promise<FrequentAnswer> => {
    const each = path.split(BETWEEN) as Path<SummaryAnswer>[];
    const found = await Promise.all(each.map((one) => ask(one, signal)));
    return {
      dataVersion: Math.min(...found.map(({ dataVersion }) => dataVersion)),
      counts: found.map(({ totals }, i) => ({ code: offenceIn(each[i]!), count: totals.matched })),
    };
  };
  return askAll;
}

const offenceIn = (path: string) => new URLSearchParams(path.slice(path.indexOf('?'))).get('offence') ?? '';
