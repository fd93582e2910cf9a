// Tables with a column of geometry: which column it is, in which reference system, and the table written anew as GDAL
// reads it. WKT and EWKT, WKB and EWKB in hexadecimal, and GeoJSON in a cell are geometry.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Papa from 'papaparse';
import { BadInput } from '../errors.ts';
import type { Note } from '../text/contract.ts';
import type { Crs } from './contract.ts';
import { decode } from './encoding.ts';
import { stemOf } from './sniff.ts';

export const GEOMETRY_COLUMN = '_cuadra_geometry_text';
/** Larger tables are left to GDAL as they are. */
const MOST_BYTES = 200_000_000;
const CELLS_LOOKED_AT = 200;
const SHARE_OF_GEOMETRIES = 0.8;
const DELIMITERS = [',', ';', '\t', '|'];

const WKT =
  /^\s*(?:SRID=(\d+)\s*;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE|CURVEPOLYGON|COMPOUNDCURVE|CIRCULARSTRING|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)/i;
const HEX = /^\s*(?:00|01)[0-9a-f]{40,}\s*$/i;
const JSON_GEOMETRY = /^\s*\{[^{}]*["']coordinates["']/;
const EWKB_SRID = 0x20000000;

export type CsvTable = { readonly file: string; readonly crs: Crs | null; readonly notes: readonly Note[] };

/**
 * The table at `file`, written anew in UTF-8 with commas, its geometry in GEOMETRY_COLUMN. Null where no column holds
 * geometry: then two columns of coordinates may. Throws BadInput for rows in several reference systems.
 */
export async function withPlainGeometry(file: string, encoding: string | null): Promise<CsvTable | null> {
  if ((await stat(file)).size > MOST_BYTES) return null;
  const { text, notes } = decode(await readFile(file), encoding);
  const headerLine = text.slice(0, text.search(/[\r\n]|$/));
  const delimitersToGuess = DELIMITERS.filter((each) => headerLine.includes(each));
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), {
    skipEmptyLines: 'greedy',
    ...(delimitersToGuess.length === 0 ? { delimiter: ',' } : { delimitersToGuess }),
  });
  const [header = [], ...rows] = data;
  const at = header.findIndex((_, index) => holdsGeometry(rows, index));
  if (at < 0) return null;
  const srids = new Set<number>();
  const cut = rows.filter((row) => isCut(row[at] ?? ''));
  if (cut.length)
    throw new BadInput(
      'file',
      `the geometry of ${cut.length} rows is cut, first in row ${rows.indexOf(cut[0]!) + 2}: a spreadsheet keeps no more than 32,767 characters in a cell, so save the file as GeoJSON or shapefile`,
    );
  for (const row of rows) {
    const cell = row[at] ?? '';
    const srid = sridOf(cell);
    if (srid !== null) srids.add(srid);
    row[at] = plain(cell);
  }
  if (srids.size > 1) {
    const list = [...srids].slice(0, 5).map((srid) => `EPSG:${srid}`);
    throw new BadInput(
      'crs',
      `its rows are in several reference systems (${list.join(', ')}): give each a file of its own`,
    );
  }
  const [srid = 0] = srids;
  const names = header.map((name, index) => (index === at ? GEOMETRY_COLUMN : name.trim()));
  const target = join(dirname(file), `${stemOf(file)}.csv`);
  await writeFile(target, Papa.unparse([names, ...rows], { newline: '\n' }));
  return { file: target, crs: srid > 0 ? { name: `EPSG:${srid}`, code: srid } : null, notes };
}

function holdsGeometry(rows: readonly (readonly string[])[], index: number): boolean {
  let [filled, geometries] = [0, 0];
  for (const row of rows) {
    const cell = row[index] ?? '';
    if (cell.trim() === '') continue;
    if (WKT.test(cell) || HEX.test(cell) || JSON_GEOMETRY.test(cell)) geometries += 1;
    filled += 1;
    if (filled >= CELLS_LOOKED_AT) break;
  }
  return geometries > 0 && geometries >= filled * SHARE_OF_GEOMETRIES;
}

/** WKT that does not end. */
function isCut(cell: string): boolean {
  return WKT.test(cell) && !/(?:\)|EMPTY)\s*$/i.test(cell.slice(-20));
}

/** What a cell says of its reference system; null where it says nothing, or 0, which databases write for unknown. */
function sridOf(cell: string): number | null {
  const written = WKT.exec(cell)?.[1];
  if (written !== undefined) return Number(written) || null;
  if (!HEX.test(cell)) return null;
  const bytes = Buffer.from(cell.trim().slice(0, 18), 'hex');
  const little = bytes[0] === 1;
  const type = little ? bytes.readUInt32LE(1) : bytes.readUInt32BE(1);
  if ((type & EWKB_SRID) === 0) return null;
  return (little ? bytes.readUInt32LE(5) : bytes.readUInt32BE(5)) || null;
}

/** Without the SRID; geometry as Python prints it with the quotes of JSON. */
function plain(cell: string): string {
  const text = cell.trim().replace(/^SRID=\d+\s*;\s*/i, '');
  return text.startsWith('{') && !text.includes('"') ? text.replaceAll("'", '"') : text;
}
