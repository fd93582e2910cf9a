// A file of incidents between its arrival and its import: how it is to be read is kept beside it, so that the page can
// be closed meanwhile, and what was rejected of it can be fetched until the upload expires.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import type { Upload, UploadedFile } from '../files/uploads.ts';
import type { ImportMapping } from './contract.ts';

/** The one file of an upload. Throws BadInput for several, NotFound when it was imported and is not kept. */
export function incidentsFile(upload: Upload): UploadedFile {
  const [file, ...more] = upload.files;
  if (!file || more.length) throw new BadInput('file', 'one file at a time; several can come in a zip');
  if (!existsSync(file.path)) throw new NotFound('the file was imported; it is not kept');
  return file;
}

/** Throws NotFound when it was never said how the file is to be read. */
export async function readMapping(upload: Upload): Promise<ImportMapping> {
  const text = await readFile(pathOf(upload, 'mapping.json'), 'utf8').catch(() => {
    throw new NotFound('no such upload');
  });
  return JSON.parse(text) as ImportMapping;
}

export async function writeMapping(upload: Upload, mapping: ImportMapping): Promise<void> {
  const path = pathOf(upload, 'mapping.json');
  await writeFile(`${path}.new`, JSON.stringify(mapping));
  await rename(`${path}.new`, path);
}

/** Names a mapping, so that an import can say which one was checked. */
export function versionOf(mapping: ImportMapping): string {
  return createHash('sha256').update(JSON.stringify(mapping, inOrder)).digest('hex').slice(0, VERSION_DIGITS);
}
const VERSION_DIGITS = 16;

/** The database keeps the names of a mapping in an order of its own. */
function inOrder(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A check has told what importing the file so would do. */
export async function rememberChecked(upload: Upload, mapping: ImportMapping): Promise<string> {
  const version = versionOf(mapping);
  await writeFile(pathOf(upload, 'checked'), version);
  return version;
}

/**
 * Throws Conflict when the mapping is another than was checked: what was seen and agreed to is not what would be
 * imported. `checked` is what the caller has seen; null = whatever was checked last, if anything was.
 */
export async function refuseUnchecked(upload: Upload, mapping: ImportMapping, checked: string | null): Promise<void> {
  const seen = checked ?? (await readFile(pathOf(upload, 'checked'), 'utf8').catch(() => null));
  if (seen !== null && seen !== versionOf(mapping)) {
    throw new Conflict('how the file is read was changed after the check; check it again before importing it');
  }
}

export function rejectsPath(upload: Upload): string {
  return pathOf(upload, 'rejected-rows.csv');
}

/** After the import nothing of the file itself stays. */
export async function forgetFile(upload: Upload): Promise<void> {
  await Promise.all(upload.files.map(({ path }) => rm(path, { force: true })));
}

/** Beside the folder's own files; the name of an upload cannot begin with a dot. */
function pathOf({ files }: Upload, name: string): string {
  return join(dirname(files[0]!.path), `.${name}`);
}
