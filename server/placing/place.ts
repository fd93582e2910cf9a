// Places points on the layers of a jurisdiction, in a worker of its own so that whoever reads a file can go on reading.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { keptLayers, loadLimit, loadMetricSystem, loadPlaces } from './load.ts';
import type { CopiedAnswer, Ground, LayerVersion } from './packed-places.ts';
import { STREET_REACH_M } from './segment-index.ts';
import { type PlacingThread, startPlacing } from './thread.ts';

export type { LayerVersion } from './packed-places.ts';

/** `placeIds[i]` belongs to point i; 0 = in no place of this layer. */
export type PlacedLayer = LayerVersion & { readonly placeIds: Int32Array };

export type Placer = {
  readonly layers: readonly LayerVersion[];
  /** What the geometry takes, packed; its indexes are some times that. */
  readonly bytes: number;
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

/**
 * A placer for one source's points on every kept version of every layer; streets answer 0 for a coarse source. It has a
 * thread of its own unless it is given one to share.
 */
export async function openPlacer(
  database: Database,
  jurisdiction: Jurisdiction,
  source: SourceAccuracy,
  shared: PlacingThread | null = null,
): Promise<Placer> {
  const layers = await keptLayers(database, jurisdiction.id);
  const isPlaced = (layer: LayerVersion) => layer.type === 'areas' || mayPlaceOnStreets(source);
  const placer = await openPlacerOf(database, jurisdiction, layers.filter(isPlaced), shared);
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
  shared: PlacingThread | null = null,
): Promise<Placer> {
  const ground: Ground = {
    metric: await loadMetricSystem(database, jurisdiction.srid),
    limit: await loadLimit(database, jurisdiction.id),
    layers: [],
  };
  for (const layer of layers) {
    ground.layers.push({ type: layer.type, places: await loadPlaces(database, jurisdiction.id, layer) });
  }
  return placerIn(shared ?? startPlacing(), layers, ground, shared === null);
}

function placerIn(thread: PlacingThread, layers: readonly LayerVersion[], ground: Ground, owned: boolean): Placer {
  const bytes = ground.layers.reduce((sum, { places }) => sum + places.wkb.length, 0);
  const held = thread.hold(ground);
  return {
    layers,
    bytes,
    async place(lon, lat) {
      const request = { lon: new Float64Array(lon), lat: new Float64Array(lat) };
      const placed = (await held.ask(request, [request.lon.buffer, request.lat.buffer])) as Int32Array[];
      return layers.map((layer, i) => ({ ...layer, placeIds: placed[i]! }));
    },
    placeCopied: async (copied, key, firstId) =>
      (await held.ask({ copied, key, firstId }, [copied.buffer])) as CopiedAnswer,
    async close() {
      if (owned) await thread.close();
      else held.letGo();
    },
  };
}
