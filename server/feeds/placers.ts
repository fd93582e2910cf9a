// Keeps the places of a jurisdiction ready for the next call, instead of loading streets and areas for each.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import { openPlacer, type PlacedLayer, type Placer, type SourceAccuracy } from '../placing/place.ts';

export type Placers = {
  /** As Placer.place, on the layer versions that are there now, which are read from `database`. */
  place(
    database: Database,
    jurisdiction: Jurisdiction,
    source: SourceAccuracy,
    lon: Float64Array,
    lat: Float64Array,
  ): Promise<readonly PlacedLayer[]>;
  /** How many are open: each is a thread with the places of a city in memory. */
  open(): number;
  close(): Promise<void>;
};

/** Beside those in use. */
const MOST_KEPT = 4;

type Kept = { readonly layers: string; readonly placer: Promise<Placer>; uses: number; isKept: boolean };

/** One that is dropped while it places is closed after its last use. */
export function createPlacers(): Placers {
  /** In order of use, the least recent first. */
  const kept = new Map<string, Kept>();
  const all = new Set<Kept>();

  const closeUnused = async (one: Kept): Promise<void> => {
    if (one.isKept || one.uses > 0 || !all.delete(one)) return;
    await (await one.placer.catch(() => null))?.close();
  };
  const drop = async (key: string): Promise<void> => {
    const one = kept.get(key);
    if (!one) return;
    kept.delete(key);
    one.isKept = false;
    await closeUnused(one);
  };
  const dropOldest = async (): Promise<void> => {
    const unused = [...kept].filter(([, { uses }]) => uses === 0);
    for (const [key] of unused.slice(0, Math.max(0, unused.length - MOST_KEPT))) await drop(key);
  };

  return {
    async place(database, jurisdiction, source, lon, lat) {
      const key = `${jurisdiction.id} ${source.accuracyM} ${source.snapped}`;
      const layers = JSON.stringify([jurisdiction.srid, await keptLayers(database, jurisdiction.id)]);
      if (kept.get(key)?.layers !== layers) await drop(key);
      const one = kept.get(key) ?? {
        layers,
        placer: openPlacer(database, jurisdiction, source),
        uses: 0,
        isKept: true,
      };
      kept.delete(key);
      kept.set(key, one);
      all.add(one);
      one.uses += 1;
      let failed = false;
      try {
        return await (await one.placer).place(lon, lat);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        one.uses -= 1;
        if (failed && kept.get(key) === one) await drop(key);
        await closeUnused(one);
        await dropOldest();
      }
    },
    open: () => all.size,
    async close() {
      for (const key of [...kept.keys()]) await drop(key);
    },
  };
}
