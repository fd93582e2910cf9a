// Keeps the places of a jurisdiction ready for the next call, instead of loading streets and areas for each.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import { openPlacer, type PlacedLayer, type Placer, type SourceAccuracy } from '../placing/place.ts';

export type Placers = {
  /** As Placer.place, on the layer versions that are there now. */
  place(
    jurisdiction: Jurisdiction,
    source: SourceAccuracy,
    lon: Float64Array,
    lat: Float64Array,
  ): Promise<readonly PlacedLayer[]>;
  close(): Promise<void>;
};

const MOST_KEPT = 4;

export function createPlacers(database: Database): Placers {
  /** In order of use, the least recent first. */
  const kept = new Map<string, { readonly layers: string; readonly placer: Promise<Placer> }>();

  const close = async (key: string): Promise<void> => {
    const old = kept.get(key);
    kept.delete(key);
    await (await old?.placer.catch(() => null))?.close();
  };
  return {
    async place(jurisdiction, source, lon, lat) {
      const key = `${jurisdiction.id} ${source.accuracyM} ${source.snapped}`;
      const layers = JSON.stringify([jurisdiction.srid, await keptLayers(database, jurisdiction.id)]);
      if (kept.get(key)?.layers !== layers) await close(key);
      const placer = kept.get(key)?.placer ?? openPlacer(database, jurisdiction, source);
      kept.delete(key);
      kept.set(key, { layers, placer });
      if (kept.size > MOST_KEPT) await close(kept.keys().next().value!);
      try {
        return await (await placer).place(lon, lat);
      } catch (error) {
        await close(key);
        throw error;
      }
    },
    async close() {
      for (const key of [...kept.keys()]) await close(key);
    },
  };
}
