// Writes protected rows as CSV: the file that is published.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { BOM, csvLine } from '../text/contract.ts';
import type { ProtectedRow } from './contract.ts';

const COLUMNS = [
  ...(['source', 'kind', 'offence', 'label', 'period', 'hours'] as const),
  ...(['layer', 'area', 'lon', 'lat', 'count'] as const),
] satisfies (keyof ProtectedRow)[];
const ROWS_AT_ONCE = 1000;

/** The file is there when it is whole, or as it was before. Rejects when it cannot be written. */
export async function writeProtectedFile(path: string, rows: readonly ProtectedRow[]): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    const file = createWriteStream(unfinished);
    await once(file, 'open');
    const done = finished(file);
    done.catch(() => {}); // told below
    file.write(BOM + csvLine(COLUMNS));
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const lines = rows.slice(from, from + ROWS_AT_ONCE).map((row) => csvLine(COLUMNS.map((name) => row[name])));
      if (!file.write(lines.join(''))) await Promise.race([once(file, 'drain'), done]);
    }
    file.end();
    await done;
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
