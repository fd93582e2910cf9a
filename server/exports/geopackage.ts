// Incidents as a GeoPackage: a layer of points, some without a point, and a table that says what they are. A thread writes
// the file on the disk, since it cannot be read before it is whole; only the open file is kept, so nothing stays behind.

import { once } from 'node:events';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeScratch } from '../files/scratch.ts';
import type { ListedIncident } from '../listing/query.ts';
import { aboutRows, type Cell, type Export } from './about.ts';

/** Enough for some pages of rows; without a limit the thread would let garbage grow. */
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

export type GeopackageRequest = {
  readonly path: string;
  readonly layerTitle: string;
  readonly aboutTitle: string;
  readonly about: readonly (readonly Cell[])[];
};
/** A page of rows to the thread; null = that was all. It answers each when it has written it. */
export type GeopackagePage = readonly ListedIncident[] | null;

export async function* geopackageOf({ pages, about, words }: Export): AsyncGenerator<Uint8Array> {
  const folder = await makeScratch('export');
  const path = join(folder, 'incidents.gpkg');
  const workerData: GeopackageRequest = {
    path,
    layerTitle: words.incidents,
    aboutTitle: words.about,
    about: aboutRows(about, words),
  };
  let file: FileHandle | null = null;
  const worker = new Worker(new URL('./geopackage-worker.ts', import.meta.url), { workerData, resourceLimits: MEMORY });
  const ended = new AbortController();
  worker.once('exit', () => ended.abort());
  const answer = () => once(worker, 'message', { signal: ended.signal });
  try {
    await answer();
    file = await open(path);
    await rm(folder, { recursive: true });
    const write = async (page: GeopackagePage) => {
      const written = answer();
      worker.postMessage(page);
      await written;
    };
    for await (const page of pages) await write(page);
    await write(null);
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await worker.terminate();
    await file?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
