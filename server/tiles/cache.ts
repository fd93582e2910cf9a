// Keeps finished tiles in memory, by bytes, and makes each tile once however many ask for it at the same time.

import { LRUCache } from 'lru-cache';
import type { StoredTile } from './render.ts';

export type TileCache = {
  /** The stored tile, or the one `make` makes; a failure is not kept. */
  get(key: string, make: () => Promise<StoredTile>): Promise<StoredTile>;
};

/** Rough weight of a key and an entry beside the bytes of the tile. */
const ENTRY_BYTES = 300;

export function tileCache(maxBytes: number): TileCache {
  const tiles = new LRUCache<string, StoredTile, () => Promise<StoredTile>>({
    maxSize: maxBytes,
    sizeCalculation: (tile) => ENTRY_BYTES + (tile.gzip?.length ?? 0),
    fetchMethod: (_key, _stale, { context: make }) => make(),
  });
  return {
    async get(key, make) {
      return (await tiles.fetch(key, { context: make })) ?? (await make());
    },
  };
}
