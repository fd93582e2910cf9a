// Keeps the places of a jurisdiction ready for the next call, instead of loading streets and areas for each.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import { openPlacer, type PlacedLayer, type Placer, type SourceAccuracy } from '../placing/place.ts';
import { type PlacingThread, startPlacing } from '../placing/thread.ts';

export type Placers = {
  /** As Placer.place, on the layer versions that are there now, which are read from `database`. */
  place(
    database: Database,
    jurisdiction: Jurisdiction,
    source: SourceAccuracy,
    lon: Float64Array,
    lat: Float64Array,
  ): Promise<readonly PlacedLayer[]>;
  close(): Promise<void>;
};

/** Of packed geometry; the streets of a large city are some 15 MB, and their indexes some times that. */
const MOST_BYTES = 64_000_000;
const MOST_CITIES = 200;

type Kept = {
  readonly layers: string;
  readonly placer: Promise<Placer>;
  bytes: number;
  uses: number;
  isKept: boolean;
};

/** All in one thread, as many as fit besides those in use. One that is dropped while it places is closed after its last use. */
export function createPlacers(mostCities = MOST_CITIES): Placers {
  /** In order of use, the least recent first. */
  const kept = new Map<string, Kept>();
  let thread: PlacingThread | null = null;

  const open = async (database: Database, jurisdiction: Jurisdiction, source: SourceAccuracy): Promise<Placer> => {
    if (thread === null || thread.hasEnded()) thread = startPlacing();
    return openPlacer(database, jurisdiction, source, thread);
  };
  const closeUnused = async (one: Kept): Promise<void> => {
    if (one.isKept || one.uses > 0) return;
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
    let cities = kept.size;
    let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [key, one] of [...kept]) {
      if (cities <= mostCities && bytes <= MOST_BYTES) return;
      if (one.uses > 0) continue;
      cities -= 1;
      bytes -= one.bytes;
      await drop(key);
    }
  };

  return {
    async place(database, jurisdiction, source, lon, lat) {
      const key = `${jurisdiction.id} ${source.accuracyM} ${source.snapped}`;
      const layers = JSON.stringify([jurisdiction.srid, await keptLayers(database, jurisdiction.id)]);
      if (kept.get(key)?.layers !== layers) await drop(key);
      const one = kept.get(key) ?? {
        layers,
        placer: open(database, jurisdiction, source),
        bytes: 0,
        uses: 0,
        isKept: true,
      };
      kept.delete(key);
      kept.set(key, one);
      one.uses += 1;
      let failed = false;
      try {
        const placer = await one.placer;
        one.bytes = placer.bytes;
        return await placer.place(lon, lat);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        one.uses -= 1;
        if (failed && kept.get(key) === one) await drop(key);
        else await closeUnused(one);
        await dropOldest();
      }
    },
    async close() {
      kept.clear();
      await thread?.close();
    },
  };
}
