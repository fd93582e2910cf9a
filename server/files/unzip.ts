// Zip archives from strangers: listed before anything is inflated, and capped on what really comes out.

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BadInput, TooLarge } from '../errors.ts';

export type ZipLimits = { readonly entries: number; readonly bytes: number; readonly ratio: number };
export const ZIP_LIMITS: ZipLimits = { entries: 1000, bytes: 1_000_000_000, ratio: 100 };
/** Blank-padded tables compress beyond any ratio; below this size that harms nobody. */
const RATIO_FREE_BYTES = 10_000_000;

const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

/** An open archive: the paths of its files, and a way to write some of them to a folder under names we chose. */
export type Archive = {
  readonly paths: readonly string[];
  extract(files: readonly { readonly path: string; readonly as: string }[], folder: string): Promise<void>;
};

/**
 * Opens the archive at `path` for `work` and closes it afterwards. Throws BadInput for what is no readable archive, is
 * encrypted, holds links or leaves its folder; TooLarge past `limits`, which count inflated bytes.
 */
export async function withArchive<T>(
  path: string,
  work: (archive: Archive) => Promise<T>,
  limits = ZIP_LIMITS,
): Promise<T> {
  const zip = await orBadInput(openPromise(path, { lazyEntries: true, autoClose: false }));
  try {
    if (zip.entryCount > limits.entries) throw new TooLarge(`the archive has more than ${limits.entries} entries`);
    const entries = await orBadInput(listEntries(zip, limits));
    return await work({
      paths: [...entries.keys()],
      extract: (files, folder) => orBadInput(extract(zip, entries, files, folder, limits)),
    });
  } finally {
    zip.close();
  }
}

async function listEntries(zip: ZipFile, limits: ZipLimits): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let seen = 0;
  for await (const entry of zip.eachEntry()) {
    seen += 1;
    if (seen > limits.entries) throw new TooLarge(`the archive has more than ${limits.entries} entries`);
    if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) {
      throw new BadInput('file', `the archive holds a link: ${entry.fileName}`);
    }
    if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
  }
  return entries;
}

async function extract(
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  files: readonly { readonly path: string; readonly as: string }[],
  folder: string,
  limits: ZipLimits,
): Promise<void> {
  let inflated = 0;
  let packed = 0;
  for (const { path, as } of files) {
    const entry = entries.get(path);
    if (!entry) throw new BadInput('file', `the archive holds no ${path}`);
    if (entry.isEncrypted()) throw new BadInput('file', 'the archive is encrypted');
    packed += entry.compressedSize;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        inflated += chunk.length;
        const bomb = inflated > Math.max(RATIO_FREE_BYTES, packed * limits.ratio);
        if (inflated > limits.bytes || bomb) done(new TooLarge('the archive inflates to more than is let in'));
        else done(null, chunk);
      },
    });
    await pipeline(await zip.openReadStreamPromise(entry), meter, createWriteStream(join(folder, as), { flags: 'wx' }));
  }
}

/** yauzl and zlib tell what is wrong with an archive by plain errors; for the caller it is the file that is bad. */
async function orBadInput<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof BadInput || error instanceof TooLarge) throw error;
    throw new BadInput('file', `the archive cannot be read: ${(error as Error).message}`);
  }
}
