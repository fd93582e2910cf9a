// The published file as text: its rows as CSV, and beside them its layers as GeoJSON, which say of both what they are.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BOM, csvLine } from '../text/contract.ts';
import type { Edition, ProtectedRow } from './contract.ts';
import { readGround } from './ground.ts';
import { type LayersAbout, layersText } from './layers-file.ts';
import { featuresOf, publicLayersOf } from './public-layers.ts';

export const ROW_COLUMNS = [
  ...(['source', 'kind', 'offence', 'label', 'period'] as const),
  ...(['layer', 'area', 'lon', 'lat', 'count'] as const),
] satisfies (keyof ProtectedRow)[];
const ROWS_AT_ONCE = 1000;

function* rowsText(rows: readonly ProtectedRow[]): Generator<string> {
  yield BOM + csvLine(ROW_COLUMNS);
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    yield rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => csvLine(ROW_COLUMNS.map((name) => row[name])))
      .join('');
  }
}

/** By this the layers know the rows they belong to. */
function rowsSha256(rows: readonly ProtectedRow[]): string {
  const hash = createHash('sha256');
  for (const text of rowsText(rows)) hash.update(text);
  return hash.digest('hex');
}

/** The name of the file of layers that belongs to a file of rows. */
export function layersFileOf(path: string): string {
  return `${path.replace(/\.csv$/i, '')}-layers.geojson`;
}

/** The two texts of a published file: the rows of an edition, and the layers of the jurisdiction or view it is `of`. */
export async function publishedTexts(
  database: Database,
  { code, name, timezone, synthetic }: Jurisdiction,
  of: number,
  { about, rows, choices, catchments }: Edition,
): Promise<{ readonly rows: () => Iterable<string>; readonly layers: () => AsyncIterable<string> }> {
  const head: LayersAbout = {
    ...{ format: 1, jurisdiction: { code, name, timezone, synthetic }, about, choices, catchments },
    ...{ ground: await readGround(database, of), layers: await publicLayersOf(database, of) },
    rowsSha256: rowsSha256(rows),
  };
  return { rows: () => rowsText(rows), layers: () => layersText(head, (layer) => featuresOf(database, of, layer)) };
}

/** Both files are there when both are whole, or as they were before. Rejects when they cannot be written. */
export async function writeProtectedFiles(
  path: string,
  texts: Awaited<ReturnType<typeof publishedTexts>>,
): Promise<void> {
  const parts = [
    [path, Readable.from(texts.rows())],
    [layersFileOf(path), Readable.from(texts.layers())],
  ] as const;
  try {
    for (const [name, text] of parts) await pipeline(text, createWriteStream(`${name}.unfinished`));
    for (const [name] of parts) await rename(`${name}.unfinished`, name);
  } catch (error) {
    for (const [name] of parts) await rm(`${name}.unfinished`, { force: true });
    throw error;
  }
}
