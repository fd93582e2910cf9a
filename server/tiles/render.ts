// Makes a tile: queries at most a few at a time, encodes large ones in a worker, compresses.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gzip as gzipCallback } from 'node:zlib';
import type { Database } from '../db/open.ts';
import { atMost } from '../http/at-most.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import { type EncodeInput, encodeTile } from './encode.ts';
import type { SourceLayer, TiledVersion } from './layers.ts';
import type { Tile } from './square.ts';

const gzip = promisify(gzipCallback);

/** A tile as it is kept and sent; `gzip` is null when there is nothing in it. */
export type StoredTile = { readonly gzip: Buffer | null; readonly hash: string };
export type RenderTile = (key: TiledVersion, sourceLayers: readonly SourceLayer[], tile: Tile) => Promise<StoredTile>;

/** Tiles with more features are encoded in a worker: below, it takes less than a frame's time. */
const WORKER_FROM_FEATURES = 5000;
/** Connections tiles may hold: the pool is also there for everything else. */
const QUERIES_AT_ONCE = 3;
const MOST_WAITING = 500;
export const EMPTY_TILE: StoredTile = { gzip: null, hash: '' };

export function tileRenderer(database: Database): RenderTile {
  const inTurn = atMost(QUERIES_AT_ONCE, MOST_WAITING);
  const encodeApart = encoderInWorker();
  return async (key, sourceLayers, tile) => {
    const read = await inTurn(async () => {
      const layers = [];
      for (const { name, sql } of sourceLayers) {
        const { rows } = await sql(key, tile).execute(database.db);
        layers.push({ name, ...rows[0]! });
      }
      return layers;
    });
    const features = read.reduce((sum, layer) => sum + layer.features, 0);
    if (features === 0) return EMPTY_TILE;
    const input: EncodeInput = { tile, sourceLayers: read.map(({ name, records }) => ({ name, records })) };
    const bytes = features > WORKER_FROM_FEATURES ? await encodeApart(input) : encodeTile(input);
    if (bytes.length === 0) return EMPTY_TILE;
    return { gzip: await gzip(bytes), hash: createHash('sha256').update(bytes).digest('base64url').slice(0, 22) };
  };
}

/** The worker is started when first needed, and replaced should it die. */
function encoderInWorker(): (input: EncodeInput) => Promise<Uint8Array> {
  let thread: Thread | null = null;
  return async (input) => {
    if (!thread || thread.hasEnded()) thread = threadOf(new Worker(new URL('./encode-worker.ts', import.meta.url)));
    return (await thread.ask(input)) as Uint8Array;
  };
}
