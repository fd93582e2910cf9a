// Incidents as an Excel workbook: a sheet of rows, and one that says what they are and what they add up to.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { aboutRows, type Cell, COLUMNS, type Export } from './about.ts';

export type Sheet = { readonly sheet: string; readonly data: readonly (readonly Cell[])[] };

export async function workbookOf({ pages, about, words, headings }: Export): Promise<Uint8Array> {
  const rows: Cell[][] = [[...headings]];
  for await (const page of pages) {
    for (const incident of page) rows.push(COLUMNS.map((column) => incident[column]));
  }
  const sheets: Sheet[] = [
    { sheet: words.incidents, data: rows },
    { sheet: words.about, data: aboutRows(about, words) },
  ];
  const worker = new Worker(new URL('./workbook-worker.ts', import.meta.url), { workerData: sheets });
  try {
    const [bytes] = (await once(worker, 'message')) as [Uint8Array];
    return bytes;
  } finally {
    await worker.terminate();
  }
}
