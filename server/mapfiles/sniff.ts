// What a file is by its bytes rather than its name, and what no parser may be shown.

import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { BadInput } from '../errors.ts';

export const extensionOf = (path: string) => extname(path).slice(1).toLowerCase();
export const stemOf = (path: string) => basename(path, extname(path));

const XML = ['kml', 'gml', 'gpx'];
/** No parser may see these: they read other files, or grow to fill the memory. */
const DOCUMENT_TYPE = /<!(DOCTYPE|ENTITY)/i;
const DOCUMENT_TYPE_LENGTH = 10;

/** Throws BadInput for an empty file, and for XML with a document type. */
export async function refuseUnsafe(file: string): Promise<void> {
  if ((await stat(file)).size === 0) throw new BadInput('file', `${basename(file)} is empty`);
  if (!XML.includes(extensionOf(file))) return;
  let tail = '';
  for await (const chunk of createReadStream(file, 'latin1') as AsyncIterable<string>) {
    const text = tail + chunk;
    if (text.includes('\0')) throw new BadInput('file', `${basename(file)} is not in UTF-8`);
    if (DOCUMENT_TYPE.test(text)) {
      throw new BadInput('file', `${basename(file)} declares a document type or entities, which are not let in`);
    }
    tail = text.slice(-DOCUMENT_TYPE_LENGTH);
  }
}

/** Folders that are one data set. */
export const GEODATABASE = 'gdb';

type Signature = { readonly extension: string; readonly matches: (start: string) => boolean };
/** JPEG, PNG, GIF, TIFF of either byte order, PDF, and the old Word and Excel. */
const PICTURES = ['\xff\xd8\xff', '\x89PNG', 'GIF8', 'II*\0', 'MM\0*', '%PDF', '\xd0\xcf\x11\xe0'];
/** What files begin with, whatever they are called. */
const SIGNATURES: readonly Signature[] = [
  { extension: 'gpkg', matches: (start) => isSqlite(start) && /^(GPKG|GP1[01])$/.test(start.slice(68, 72)) },
  { extension: 'sqlite', matches: (start) => isSqlite(start) && start.slice(68, 72) === '\0\0\0\0' },
  { extension: 'fgb', matches: (start) => start.startsWith('fgb\x03') },
  { extension: 'shp', matches: (start) => start.startsWith('\0\0\x27\x0a') },
  { extension: 'kml', matches: (start) => /^[^<{]{0,10}</.test(start) && /<kml\b/.test(start) },
  { extension: 'html', matches: (start) => /^\s*(<!doctype html|<html)/i.test(start) },
  // GDAL reads pictures as well, and tells of their faults in its own words.
  { extension: 'picture', matches: (start) => PICTURES.some((first) => start.startsWith(first)) },
];
const SIGNATURE_BYTES = 1000;
/** GeoPackages tell what they are by four letters at byte 68, SpatiaLite says nothing there. */
const isSqlite = (start: string) => start.startsWith('SQLite format 3\0');

/** The file, renamed where its first bytes say that its extension is wrong. */
export async function withTrueExtension(file: string): Promise<string> {
  const opened = await open(file);
  const { buffer, bytesRead } = await opened
    .read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0)
    .finally(() => opened.close());
  const start = buffer.subarray(0, bytesRead).toString('latin1');
  const found = SIGNATURES.find(({ matches }) => matches(start))?.extension;
  if (found === 'html') throw new BadInput('file', `${basename(file)} is a web page, not map data`);
  if (found === 'picture') {
    throw new BadInput('file', `${basename(file)} is a picture or a document, not map data`);
  }
  if (found === 'shp') await refuseCut(file, buffer);
  // Old GeoPackages do not tell that they are one.
  const isAsNamed = found === extensionOf(file) || (found === 'sqlite' && extensionOf(file) === 'gpkg');
  if (found === undefined || isAsNamed) return file;
  const renamed = file.replace(/\.[^.]*$/, `.${found}`);
  await rename(file, renamed);
  if (XML.includes(found)) await refuseUnsafe(renamed);
  return renamed;
}

/** A shapefile begins with its own length, in units of two bytes at byte 24. */
async function refuseCut(file: string, start: Buffer): Promise<void> {
  const told = start.readInt32BE(24) * 2;
  const { size } = await stat(file);
  if (size >= told) return;
  throw new BadInput('file', `${basename(file)} is cut: it has ${size} of its ${told} bytes`);
}
