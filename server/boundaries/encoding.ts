// The character encoding of a shapefile's table: what its .cpg says, or what its bytes look like.

import { open, readFile } from 'node:fs/promises';

/** Bytes of the table that are looked at. */
const SAMPLE_BYTES = 4_000_000;
const HEADER_LENGTH_AT = 8;
const CODE_PAGE_AT = 29;
/** Language drivers that mean Windows-1252 or nothing; with any other GDAL knows better than a guess. */
const WESTERN_OR_NONE = new Set([0x00, 0x03, 0x57]);

/**
 * The encoding to open the shapefile at `file` with, or null to leave it to GDAL. A .cpg that is not one word (some
 * servers answer a web page) counts as missing; then UTF-8 where the bytes are that, else Windows-1252, the norm in
 * Mexican offices. Without help GDAL reads such a table as ISO-8859-1 or worse and names lose their letters.
 */
export async function shapefileEncoding(
  file: string,
  given: string | null,
): Promise<{ readonly name: string; readonly guessed: boolean } | null> {
  if (given !== null) return { name: given, guessed: false };
  const stem = file.replace(/\.shp$/, '');
  const declared = await readFile(`${stem}.cpg`, 'latin1').catch(() => '');
  if (/^[\w. -]{2,20}$/.test(declared.trim())) return null;
  const table = await sampleOf(`${stem}.dbf`);
  if (table.length <= CODE_PAGE_AT || !WESTERN_OR_NONE.has(table[CODE_PAGE_AT]!)) return null;
  const records = table.subarray(table.readUInt16LE(HEADER_LENGTH_AT));
  if (records.every((byte) => byte < 0x80)) return null;
  return { name: isUtf8(records) ? 'UTF-8' : 'CP1252', guessed: true };
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
