// The character encoding of a shapefile's table: what its .cpg says, or what its bytes look like.

import { open, readFile } from 'node:fs/promises';
import iconv from 'iconv-lite';
import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import type { Note } from '../text/contract.ts';

/** A table's encoding by a name iconv-lite knows. */
export type TableEncoding = { readonly name: string; readonly guessed: boolean };

/** Bytes of the table that are looked at. */
const SAMPLE_BYTES = 4_000_000;
const HEADER_LENGTH_AT = 8;
const CODE_PAGE_AT = 29;
/** Language driver ids of dBASE (byte 29) as ESRI documents them; the rest are not met in practice. */
const CODE_PAGES: Readonly<Record<number, string>> = { 1: 'cp437', 2: 'cp850', 200: 'cp1250', 201: 'cp1251' };
/** The norm in Mexican offices. */
const USUAL = 'cp1252';

/**
 * The encoding of the table beside the shapefile at `file`. A .cpg that names no encoding (some servers answer a web
 * page) counts as missing; then UTF-8 where the bytes are that, else the code page in the table, else Windows-1252.
 * Throws BadInput when the one `given` does not exist.
 */
export async function shapefileEncoding(file: string, given: string | null): Promise<TableEncoding> {
  if (given !== null) {
    const name = knownEncoding(given);
    if (name === null) throw new BadInput('encoding', `no such encoding: ${given.slice(0, 40)}`);
    return { name, guessed: false };
  }
  const stem = file.replace(/\.shp$/, '');
  const declared = knownEncoding(await readFile(`${stem}.cpg`, 'latin1').catch(() => ''));
  if (declared !== null) return { name: declared, guessed: false };
  const table = await sampleOf(`${stem}.dbf`);
  if (table.length <= CODE_PAGE_AT) return { name: 'utf8', guessed: false };
  const records = table.subarray(table.readUInt16LE(HEADER_LENGTH_AT));
  if (records.every((byte) => byte < 0x80)) return { name: 'utf8', guessed: false };
  return { name: isUtf8(records) ? 'utf8' : (CODE_PAGES[table[CODE_PAGE_AT]!] ?? USUAL), guessed: true };
}

/** `1252`, `ANSI 1252`, `ISO 88591`, `UTF-8` and the like to a name iconv-lite knows; Latin-1 is read as its superset. */
function knownEncoding(text: string): string | null {
  const word = text.trim().toLowerCase();
  if (word.length > 20) return null;
  const page = /^(?:ansi|cp|windows|ibm|oem)?[ _-]*(\d{3,5})$/.exec(word)?.[1];
  const name = page === '65001' ? 'utf8' : page && !page.startsWith('8859') ? `cp${page}` : word.replaceAll(' ', '-');
  if (/^(iso)?[_-]*8859[_-]*1$|^latin-?1$/.test(name)) return USUAL;
  return name !== '' && iconv.encodingExists(name) ? name : null;
}

/** What GDAL is told: other code pages than these two it cannot turn into text, so Node does that. */
export const gdalEncoding = ({ name }: TableEncoding) => (/^utf-?8$/.test(name) ? 'UTF-8' : 'ISO-8859-1');

/** Column names and texts that GDAL handed over byte by byte, in their real encoding. */
export function recode(properties: Properties, encoding: TableEncoding): Properties {
  if (gdalEncoding(encoding) === 'UTF-8') return properties;
  const text = (bytes: string) =>
    /[^\x20-\x7e]/.test(bytes) ? iconv.decode(Buffer.from(bytes, 'latin1'), encoding.name) : bytes;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [text(name), typeof value === 'string' ? text(value) : value]),
  );
}

async function sampleOf(path: string): Promise<Buffer> {
  const file = await open(path).catch(() => null);
  if (!file) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // `stream`: the sample may end inside a character.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Of GeoJSON and tables, which are UTF-8 as a rule; offices also write them in Windows-1252. */
export function decode(bytes: Buffer, encoding: string | null): { text: string; notes: Note[] } {
  const isKnown = encoding === null || iconv.encodingExists(encoding);
  if (!isKnown) throw new BadInput('encoding', `no such encoding: ${encoding}`);
  if (encoding !== null) return { text: iconv.decode(bytes, encoding), notes: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notes: [] };
  } catch {
    return { text: iconv.decode(bytes, 'CP1252'), notes: [{ code: 'encoding-guessed', count: 1, example: 'CP1252' }] };
  }
}
