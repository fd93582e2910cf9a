// The basemaps of this server: files in its data folder, each with what is known of it beside it, told by that.

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BadInput, NoRoom, NotFound, TooLarge } from '../errors.ts';
import { inspectArchive, plainText } from './archive.ts';
import { type BasemapBounds, type BasemapFacts, basemapFacts, shareOf } from './contract.ts';

/** Mexico in all its detail takes some three. */
const MOST_BYTES = 32 * 2 ** 30;
/** Room the database and everything else keep. */
const ROOM_LEFT_BYTES = 512 * 2 ** 20;
const STAMP_LENGTH = 12;
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const STAMP = /^[0-9a-f]{12}$/;
const ABOUT = '.json';
const ARRIVING = '.arriving-';
const FORSAKEN_MS = 24 * 3600_000;

export type Place = { readonly code: string; readonly bounds: BasemapBounds | null };
export type Shown = { readonly jurisdiction: string; readonly percent: number };
export type BasemapReport = BasemapFacts & {
  readonly shows: readonly Shown[];
  readonly replaced: boolean;
};
export type BasemapOptions = {
  readonly name: string | null;
  readonly title: string | null;
  readonly attribution: string | null;
  /** Also where it shows none of the places. */
  readonly force: boolean;
};
type Watch = { readonly signal: AbortSignal; readonly onProgress: (step: string, fraction: number | null) => void };

const folderOf = (dataDir: string) => join(dataDir, 'basemaps');

/** Where the tiles of a basemap lie; throws NotFound for what cannot be the name of one. */
export function basemapFile(dataDir: string, name: string, stamp: string): string {
  if (!NAME.test(name) || !STAMP.test(stamp)) throw new NotFound('no such basemap');
  return join(folderOf(dataDir), `${name}.${stamp}.pmtiles`);
}

/** By name. What cannot be read is no basemap. */
export async function listBasemaps(dataDir: string): Promise<BasemapFacts[]> {
  const folder = folderOf(dataDir);
  const names = await readdir(folder).catch((): string[] => []);
  const facts = await Promise.all(
    names
      .filter((name) => name.endsWith(ABOUT) && !name.startsWith(ARRIVING))
      .map(async (name) => {
        try {
          return [basemapFacts.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))];
        } catch {
          return [];
        }
      }),
  );
  return facts.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Checks a file, copies it into the data folder, and then shows it, in place of one of the same name. */
export async function addBasemap(
  dataDir: string,
  path: string,
  options: BasemapOptions,
  places: readonly Place[],
  watch: Watch,
): Promise<BasemapReport> {
  const name = options.name ?? nameFrom(path);
  if (!NAME.test(name)) throw new BadInput('name', 'a name is small letters, digits, - and _');
  const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) throw new BadInput('file', `not a file: ${basename(path)}`);
  if (size > MOST_BYTES) throw new TooLarge(`a basemap has at most ${MOST_BYTES / 2 ** 30} GB`);
  const { bounds } = await inspectArchive(path);
  const shows = shownIn(places, bounds);
  if (shows.length === 0 && places.some((place) => place.bounds) && !options.force) {
    const [west, south, east, north] = bounds.map((degrees) => degrees.toFixed(2));
    throw new BadInput(
      'file',
      `the basemap shows none of the places here, but ${west}, ${south} to ${east}, ${north}: --force adds it all the same`,
    );
  }

  const folder = folderOf(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeForsaken(folder);
  const arriving = join(folder, ARRIVING + randomBytes(6).toString('hex'));
  try {
    const stamp = await copy(path, arriving, size, folder, watch);
    const { title, attribution, ...found } = await inspectArchive(arriving);
    const facts: BasemapFacts = {
      ...found,
      name,
      stamp,
      title: plainText(options.title ?? '') ?? title ?? name,
      attribution: plainText(options.attribution ?? '') ?? attribution,
      file: basename(path),
      addedAt: new Date().toISOString(),
    };
    const before = (await listBasemaps(dataDir)).some((each) => each.name === name);
    await writeFile(arriving + ABOUT, JSON.stringify(facts, null, 2), { mode: 0o600, flush: true });
    await rename(arriving, basemapFile(dataDir, name, stamp));
    // From here on it is shown: what is known of it names the file.
    await rename(arriving + ABOUT, join(folder, name + ABOUT));
    await removeFiles(folder, name, stamp);
    return { ...facts, shows, replaced: before };
  } finally {
    await rm(arriving, { force: true });
    await rm(arriving + ABOUT, { force: true });
  }
}

export async function removeBasemap(dataDir: string, name: string): Promise<void> {
  if (!(await listBasemaps(dataDir)).some((each) => each.name === name)) throw new NotFound(`no basemap ${name}`);
  const folder = folderOf(dataDir);
  await rm(join(folder, name + ABOUT), { force: true });
  await removeFiles(folder, name, null);
}

/** Which of the places a box shows, and how much of each; those not at all are left out. */
export function shownIn(places: readonly Place[], box: BasemapBounds): Shown[] {
  return places.flatMap(({ code, bounds }) => {
    const percent = bounds ? Math.round(shareOf(bounds, box) * 100) : 0;
    return percent > 0 ? [{ jurisdiction: code, percent }] : [];
  });
}

/** Answers the stamp of what was copied. */
async function copy(from: string, to: string, size: number, folder: string, { signal, onProgress }: Watch) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < size + ROOM_LEFT_BYTES) throw new NoRoom('no room for the basemap; nothing was left behind');
  const hash = createHash('sha256');
  let done = 0;
  const watched = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      done += chunk.length;
      onProgress('storing', size === 0 ? null : done / size);
      yield chunk;
    }
  };
  await pipeline(
    createReadStream(from, { highWaterMark: 1024 * 1024 }),
    watched,
    createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }),
    { signal },
  );
  return hash.digest('hex').slice(0, STAMP_LENGTH);
}

/** All files of a basemap but the one that is shown; a name may begin with another. */
async function removeFiles(folder: string, name: string, shown: string | null): Promise<void> {
  for (const file of await readdir(folder)) {
    const [, of, stamp] = /^([^.]+)\.([0-9a-f]{12})\.pmtiles$/.exec(file) ?? [];
    if (of === name && stamp !== shown) await rm(join(folder, file), { force: true });
  }
}

/** What a killed command left. */
async function removeForsaken(folder: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!file.startsWith(ARRIVING)) continue;
    const path = join(folder, file);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - FORSAKEN_MS) await rm(path, { force: true });
  }
}

/** «México 2026.pmtiles» → mexico-2026 */
function nameFrom(path: string): string {
  const plain = basename(path)
    .replace(/\.pmtiles$/i, '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[-_]+|-+$/g, '')
    .slice(0, 63);
}
