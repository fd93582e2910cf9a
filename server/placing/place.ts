// Places points on the layers of a jurisdiction, in a worker of its own so that whoever reads a file can go on reading.

import { Worker } from 'node:worker_threads';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { CopiedAnswer, CopiedRequest, Ground, LayerVersion, PlaceRequest } from './ground.ts';
import { keptLayers, loadLimit, loadMetricSystem, loadPlaces } from './load.ts';
import { STREET_REACH_M } from './segment-index.ts';

export type { LayerVersion } from './ground.ts';

/** `placeIds[i]` belongs to point i; 0 = in no place of this layer. */
export type PlacedLayer = LayerVersion & { readonly placeIds: Int32Array };

export type Placer = {
  readonly layers: readonly LayerVersion[];
  /**
   * Degrees in, one PlacedLayer per layer out, in the order of `layers`. NaN = unlocated, placed nowhere. The arrays
   * stay the caller's. Calls may overlap and are answered in order.
   */
  place(lon: Float64Array, lat: Float64Array): Promise<PlacedLayer[]>;
  /** Incidents on the first of `layers`, unpacked and made rows of in the worker. `copied` is given away. */
  placeCopied(copied: Uint8Array<ArrayBuffer>, key: readonly number[], firstId: number): Promise<CopiedAnswer>;
  close(): Promise<void>;
};

/** How exactly a source knows its points; null = not stated. */
export type SourceAccuracy = { readonly accuracyM: number | null; readonly snapped: boolean };

/**
 * Whether a source's points may colour streets: not when they are coarser than the distance streets are placed
 * within, for then the nearest street is chance. Points that the source itself snapped to a street may, labelled so.
 */
export function mayPlaceOnStreets({ accuracyM, snapped }: SourceAccuracy): boolean {
  return snapped || accuracyM === null || accuracyM <= STREET_REACH_M;
}

/** A placer for one source's points on every kept version of every layer; streets answer 0 for a coarse source. */
export async function openPlacer(
  database: Database,
  jurisdiction: Jurisdiction,
  source: SourceAccuracy,
): Promise<Placer> {
  const layers = await keptLayers(database, jurisdiction.id);
  const isPlaced = (layer: LayerVersion) => layer.type === 'areas' || mayPlaceOnStreets(source);
  const placer = await openPlacerOf(database, jurisdiction, layers.filter(isPlaced));
  return {
    ...placer,
    layers,
    async place(lon, lat) {
      const placed = await placer.place(lon, lat);
      return layers.map((layer) =>
        isPlaced(layer) ? placed.shift()! : { ...layer, placeIds: new Int32Array(lon.length) },
      );
    },
  };
}

/** A placer on exactly these layer versions; whose points may colour streets is the caller's to see to. */
export async function openPlacerOf(
  database: Database,
  jurisdiction: Jurisdiction,
  layers: readonly LayerVersion[],
): Promise<Placer> {
  const ground: Ground = {
    metric: await loadMetricSystem(database, jurisdiction.srid),
    limit: await loadLimit(database, jurisdiction.id),
    layers: [],
  };
  for (const layer of layers) {
    ground.layers.push({ type: layer.type, places: await loadPlaces(database, jurisdiction.id, layer) });
  }
  return placerInWorker(layers, ground);
}

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void };

function placerInWorker(layers: readonly LayerVersion[], ground: Ground): Placer {
  const packed = ground.layers.map(({ places }) => places.wkb.buffer);
  const worker = new Worker(new URL('./place-worker.ts', import.meta.url), {
    workerData: ground,
    transferList: packed,
  });
  const waiting: Waiting[] = [];
  let ended: Error | null = null;
  const end = (reason: Error) => {
    ended ??= reason;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (answer: unknown) => waiting.shift()?.resolve(answer));
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => end(new Error('the placing worker has ended')));
  worker.unref();

  const ask = (request: PlaceRequest | CopiedRequest, given: ArrayBuffer[]) => {
    if (ended) throw ended;
    worker.ref();
    return new Promise<unknown>((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request, given);
    }).finally(() => waiting.length === 0 && worker.unref());
  };
  return {
    layers,
    async place(lon, lat) {
      const request: PlaceRequest = { lon: new Float64Array(lon), lat: new Float64Array(lat) };
      const placed = (await ask(request, [request.lon.buffer, request.lat.buffer])) as Int32Array[];
      return layers.map((layer, i) => ({ ...layer, placeIds: placed[i]! }));
    },
    placeCopied: async (copied, key, firstId) => (await ask({ copied, key, firstId }, [copied.buffer])) as CopiedAnswer,
    async close() {
      await worker.terminate();
    },
  };
}
