// A file of incidents between its arrival and its import: how it is to be read is kept beside it, so that the page can
// be closed meanwhile, and what was rejected of it can be fetched until the upload expires.

import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadInput, NotFound } from '../errors.ts';
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
