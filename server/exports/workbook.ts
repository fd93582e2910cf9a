// Incidents as an Excel workbook: a sheet of rows, and one that says what they are and what they add up to.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BadInput } from '../errors.ts';
import type { ExportWords } from '../i18n/exports.ts';
import type { ListedIncident } from '../incidents/query.ts';

/** A workbook is made in memory; beyond this there is CSV. */
export const MAX_WORKBOOK_ROWS = 50_000;

export type Cell = string | number | null;
export type Sheet = { readonly sheet: string; readonly data: readonly (readonly Cell[])[] };
export type About = {
  readonly question: string;
  readonly dataVersion: number;
  readonly matched: number;
  readonly unlocated: number;
};

/** Throws BadInput for more rows than a workbook takes. */
export async function workbookOf(
  pages: AsyncIterable<readonly ListedIncident[]>,
  columns: readonly (keyof ListedIncident & keyof ExportWords['columns'])[],
  about: About,
  words: ExportWords,
): Promise<Uint8Array> {
  if (about.matched > MAX_WORKBOOK_ROWS)
    throw new BadInput('format', `more than ${MAX_WORKBOOK_ROWS} incidents: ask for CSV`);
  const rows: Cell[][] = [[...columns]];
  for await (const page of pages) {
    for (const incident of page) rows.push(columns.map((column) => incident[column]));
  }
  const definitions: Cell[][] = [
    [words.question, about.question],
    [words.dataVersion, about.dataVersion],
    [words.matched, about.matched],
    [words.unlocated, about.unlocated],
    [null, null],
    [words.column, words.meaning],
    ...columns.map((column) => [column, words.columns[column]]),
  ];
  const sheets: Sheet[] = [
    { sheet: words.incidents, data: rows },
    { sheet: words.about, data: definitions },
  ];
  const worker = new Worker(new URL('./workbook-worker.ts', import.meta.url), { workerData: sheets });
  try {
    const [bytes] = (await once(worker, 'message')) as [Uint8Array];
    return bytes;
  } finally {
    await worker.terminate();
  }
}
