// Tiles a busy server refused are asked for again: without that, the map would keep a hole until it is moved.

import type { Map as GLMap, Tile } from 'maplibre-gl';

/** A little more than servers ask for (Retry-After), which the map does not tell. */
const AGAIN_AFTER_MS = 3000;
const TIMES_AGAIN = 5;
const BUSY = new Set([429, 503]);

type Failed = { readonly error?: { readonly status?: number }; readonly sourceId?: string; readonly tile?: Tile };

/** Until the answer is called. Whatever else goes wrong is told on the console, as the map itself does. */
export function askAgainForTiles(map: GLMap): () => void {
  const times = new Map<string, number>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const hear = (event: object): void => {
    const { error, sourceId, tile } = event as Failed;
    const { x, y, z } = tile?.tileID.canonical ?? {};
    const key = `${sourceId} ${z}/${x}/${y}`;
    const before = times.get(key) ?? 0;
    if (!BUSY.has(error?.status ?? 0) || sourceId === undefined || z === undefined || before >= TIMES_AGAIN) {
      console.error(error);
      return;
    }
    times.set(key, before + 1);
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (map.getSource(sourceId)) map.refreshTiles(sourceId, [{ x: x!, y: y!, z }]);
    }, AGAIN_AFTER_MS);
    timers.add(timer);
  };
  map.on('error', hear);
  return () => {
    map.off('error', hear);
    for (const timer of timers) clearTimeout(timer);
  };
}
