// Which files of a folder have arrived whole: those that nobody has changed for a while.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CLAIMS } from './claims.ts';

/** Written by programs that copy, under another name until they are done; and what spreadsheets keep beside a file. */
const UNFINISHED = /^[.~]|\.(part|partial|tmp|filepart|crdownload|download)$/i;
/** A name may stand there before its content comes. */
const EMPTY_WAITS = 6;
const MOST_FILES = 1000;

type Seen = { readonly size: number; readonly mtimeMs: number; readonly since: number };

/**
 * Answers the files of a folder that were the same for `quietMs`, oldest first. Links and folders are passed over.
 * `now` is the clock that counts, not the one of a share.
 */
export function openArrivals(quietMs: number, now: () => number = Date.now) {
  const seen = new Map<string, Seen>();
  return async (folder: string): Promise<string[]> => {
    const names = (await readdir(folder)).filter((name) => !UNFINISHED.test(name)).slice(0, MOST_FILES);
    const ready: { readonly name: string; readonly mtimeMs: number }[] = [];
    const present = new Set<string>();
    for (const name of names) {
      const path = join(folder, name);
      const about = await lstat(path).catch(() => null);
      if (!about?.isFile()) continue;
      present.add(path);
      const { size, mtimeMs } = about;
      const before = seen.get(path);
      if (before?.size !== size || before.mtimeMs !== mtimeMs) seen.set(path, { size, mtimeMs, since: now() });
      else if (now() - before.since >= quietMs * (size === 0 ? EMPTY_WAITS : 1)) ready.push({ name, mtimeMs });
    }
    for (const path of seen.keys()) if (path.startsWith(join(folder, '/')) && !present.has(path)) seen.delete(path);
    return ready.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
  };
}

/** Whether it is a link, to whatever. */
export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isSymbolicLink() ?? false;
}

/** What a watched folder keeps of its own, beside the files it is sent. */
const OWN_FOLDERS = ['done', 'refused'];

/** Whether it is a folder itself, not a link to one, and anything lies in it that may have to be imported. */
export async function holdsFiles(path: string): Promise<boolean> {
  if (!(await lstat(path).catch(() => null))?.isDirectory()) return false;
  const names = await readdir(path).catch((): string[] => []);
  if (names.some((name) => !name.startsWith('.') && !OWN_FOLDERS.includes(name))) return true;
  return names.includes(CLAIMS) && (await readdir(join(path, CLAIMS)).catch(() => [])).length > 0;
}
