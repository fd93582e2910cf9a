// What every file of incidents says of itself: what was asked, what it adds up to, and what its columns mean.

import type { Tally } from '../engine/answers.ts';
import type { ExportWords } from '../i18n/exports.ts';
import type { ListedIncident } from '../listing/query.ts';

/** The columns of a file, in order. */
export const COLUMNS = [
  ...(['id', 'kind', 'source', 'date', 'datePrecision', 'hour'] as const),
  ...(['dateUntil', 'hourUntil', 'reportedDate', 'reportedHour'] as const),
  ...(['offence', 'label', 'lon', 'lat', 'placePrecision'] as const),
] satisfies (keyof ListedIncident)[];

export type Cell = string | number | null;
export type About = {
  readonly jurisdiction: string;
  /** The filter as it stands in a URL. */
  readonly question: string;
  readonly dataVersion: number;
  readonly tally: Tally;
  /** The layer outside of which nothing was asked for; null = wherever it lies. */
  readonly inside: { readonly code: string; readonly version: number } | null;
  /** The sources of which nothing without a point was asked for either. */
  readonly placed: readonly string[];
};
/** A file to be made. */
export type Export = {
  readonly pages: AsyncIterable<readonly ListedIncident[]>;
  readonly about: About;
  readonly words: ExportWords;
  /** Names of the columns. */
  readonly headings: readonly string[];
};

/** Two columns; an empty row stands between the totals and the definitions. */
export function aboutRows(about: About, words: ExportWords): Cell[][] {
  const { jurisdiction, question, dataVersion, tally, inside, placed } = about;
  const { matched, unlocated, withheld, excluded, leftOut } = tally;
  return [
    [words.question, question],
    [words.dataVersion, dataVersion],
    [words.matched, matched],
    [words.located, matched - unlocated - withheld],
    [words.unlocated, unlocated],
    ...(withheld ? [[words.withheld, withheld]] : []),
    [words.population, inside ? words.populationInside(inside.code, inside.version, placed) : words.populationAll],
    ...(inside ? [[placed.length ? words.leftOutUnplaced(placed) : words.leftOut, leftOut]] : []),
    [words.partlyInRange, excluded.partlyInRange],
    [words.unknownDay, excluded.unknownDay],
    [words.unknownHour, excluded.unknownHour],
    [words.jurisdiction, jurisdiction],
    [null, null],
    [words.column, words.meaning],
    ...COLUMNS.map((column) => [`${column} · ${words.headings[column]}`, words.columns[column]]),
  ];
}
