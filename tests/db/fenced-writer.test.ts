// A writer that loses its lock, its token or its connection: no part of what it wrote is ever visible, what it reports is
// what was published, and doing it again converges.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { Conflict, Unavailable } from '../../server/errors.ts';
import { addFeed, feedOfKey } from '../../server/feeds/keys.ts';
import { createPlacers } from '../../server/feeds/placers.ts';
import { readRecords } from '../../server/feeds/read-records.ts';
import { createFeedWriter } from '../../server/feeds/write.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { type ImportOptions, type ImportWatch, importIncidents } from '../../server/incidents/import.ts';
import type { AreasOptions } from '../../server/layers/contract.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { type Cut, type CuttingProxy, cutLockHolders, cuttingProxy } from '../support/cutting.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

/** Several chunks; the embedded engine gets fewer. */
const ROWS = inject('engine') === 'postgis' ? 50_000 : 30_000;
const OPTIONS: ImportOptions = {
  ...{ preset: 'generic', source: null, kind: null, replaces: null, confirmed: false, map: {}, through: null },
};
const AREAS: AreasOptions = {
  ...{ layer: 'colonias', title: null, sourceLayer: null, crs: null, encoding: null },
  ...{ type: 'areas', code: 'clave', name: 'nombre', population: null },
};
const real = test.runIf(inject('engine') === 'postgis');

const database = await openTestDatabase();
let city: Jurisdiction;
let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cuadra-fenced-'));
  path = fileOf('A', ROWS);
});
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(letter: string, rows: number): string {
  const lines = ['folio,fecha,hora,delito,longitud,latitud,lugar'];
  for (let i = 0; i < rows; i++) {
    const day = new Date(Date.UTC(2024, 0, 1 + (i % 360))).toISOString().slice(0, 10);
    lines.push(`${letter}${i},${day},10:00,Homicidio doloso,${(-99 - i / 1e6).toFixed(6)},19.4,Centro`);
  }
  const file = join(folder, `${letter}.csv`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** `at` is called once, when a good part of the file was read and chunks are on their way. */
function importing(file: string, at: () => void = () => {}, more: Partial<ImportWatch> = {}, on: Database = database) {
  let called = false;
  const onProgress: ImportWatch['onProgress'] = (step, fraction) => {
    if (called || step !== 'storing' || (fraction ?? 0) < 0.7) return;
    called = true;
    at();
  };
  const watch = { onProgress, onReject: () => {}, signal: new AbortController().signal, ...more };
  return importIncidents(on, city, file, OPTIONS, watch);
}

async function visible(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from incident i join data_state t using (jurisdiction_id)
    where jurisdiction_id = ${city.id} and from_delivery <= head_delivery
      and (until_delivery is null or until_delivery > head_delivery)`.execute(database.db);
  return rows[0]!.n;
}
async function aboveHead(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from incident i join data_state t using (jurisdiction_id)
    where jurisdiction_id = ${city.id} and (from_delivery > head_delivery or until_delivery > head_delivery)`.execute(
    database.db,
  );
  return rows[0]!.n;
}

/** Counts again and again until told to stop; answers what was seen. */
function watching(): { end(): Promise<number[]> } {
  const seen = new Set<number>();
  let over = false;
  const done = (async () => {
    while (!over) {
      seen.add(await visible());
      await sleep(20);
    }
  })();
  return {
    end: async () => {
      over = true;
      await done;
      return [...seen].sort((a, b) => a - b);
    },
  };
}

real(
  'cut during an import, beside a feed: no part is seen, the outcome is what is there, again converges',
  async () => {
    const added = await addFeed(database, city, { name: 'cad', preset: 'c5-911', source: null, kind: null });
    const feed = (await feedOfKey(database, city, added.key))!;
    const feeds = createFeedWriter(database, createPlacers(), quietLog);
    let sent = 0;
    let over = false;
    const send = async () => {
      const id = `call-${sent}`;
      const record = { id, date: '2024-05-06', time: '08:14', offence: 'Robo-Transeúnte', lon: -99.13, lat: 19.43 };
      const reading = { preset: 'c5-911', bounds: null, timezone: city.timezone, dateOrder: null, times: null };
      const [read] = readRecords([record], { ...reading, taxonomy: loadTaxonomy() });
      await feeds.store(city, feed, [(read as { incident: Parameters<typeof feeds.store>[2][number] }).incident]);
      sent += 1;
    };
    const sending = (async () => {
      while (!over) await send().catch((error) => expect(error).toBeInstanceOf(Unavailable));
    })();
    const seen = watching();
    let cut: Promise<number> | null = null;
    const cutting = () => {
      cut = cutLockHolders(database);
    };
    const outcome = await startWhenFree(() => importing(path, cutting));
    expect(await cut).toBeGreaterThan(0);
    const calls = sent;
    await expect.poll(() => sent).toBeGreaterThan(calls);
    over = true;
    await sending;
    const counts = await seen.end();
    expect(outcome).toBeInstanceOf(Unavailable);
    expect((outcome as Error).message).toMatch(/lost/);
    expect(Math.max(...counts)).toBeLessThanOrEqual(sent);
    expect(await visible()).toBe(sent);
    expect(await aboveHead()).toBe(0);
    expect(await importing(path)).toMatchObject({ stored: ROWS, unchanged: 0 });
    expect(await visible()).toBe(ROWS + sent);
    await feeds.close();
  },
  300_000,
);

/** Tries until nobody else writes; what it came to, or the error. */
async function startWhenFree<T>(work: () => Promise<T>): Promise<T | Error> {
  for (;;) {
    const outcome = await work().catch((error: Error) => error);
    if (!(outcome instanceof Conflict)) return outcome;
    await sleep(10);
  }
}

real(
  'cut during an import, another one takes over: each is there whole or not at all',
  async () => {
    const other = fileOf('B', 3000);
    const seen = watching();
    const second = Promise.withResolvers<unknown>();
    const first = await importing(path, () => {
      const taken = cutLockHolders(database).then(() => startWhenFree(() => importing(other)));
      second.resolve(taken);
    }).catch((error: Error) => error);
    expect(await second.promise).toMatchObject({ stored: 3000 });
    expect(first).toBeInstanceOf(Unavailable);
    expect((await seen.end()).filter((count) => count !== 0 && count !== 3000)).toEqual([]);
    expect(await aboveHead()).toBe(0);
    expect(await importing(path)).toMatchObject({ stored: ROWS });
    expect(await importing(path)).toMatchObject({ stored: 0, unchanged: ROWS });
    expect(await visible()).toBe(ROWS + 3000);
  },
  300_000,
);

test('whose token was replaced stores no chunk more and publishes nothing', async () => {
  const replace = async () => {
    await sql`update data_state set writer_token = ${crypto.randomUUID()}`.execute(database.db);
  };
  await expect(importing(path, replace)).rejects.toThrow(/has taken over/);
  expect(await visible()).toBe(0);
  await importing(path);
  expect([await visible(), await aboveHead()]).toEqual([ROWS, 0]);
  const undoing = withJurisdictionLock(database, city.id, async (writer) => {
    await sql`update data_state set writer_token = null`.execute(database.db);
    expect(await writer.isLost()).toBe(true);
    await writer.publishing(async () => {});
  });
  await expect(undoing).rejects.toThrow(Conflict);
  await undoDelivery(database, city, 1, { via: 'command', signal: new AbortController().signal });
  expect(await visible()).toBe(0);
}, 300_000);

test('stopped while a chunk is on its way: nothing arrives after it was discarded', async () => {
  const stop = new AbortController();
  const at = () => stop.abort(new Error('stopped'));
  await expect(importing(path, at, { signal: stop.signal })).rejects.toThrow('stopped');
  const left = await aboveHead();
  await sleep(500);
  expect([left, await aboveHead(), await visible()]).toEqual([0, 0, 0]);
}, 300_000);

real('cut while a layer is published: the version before stays, and doing it again works', async () => {
  const areas = join(import.meta.dirname, '../tinytown/areas.geojson');
  const cutting: typeof placeLayer = async (...placing) => {
    await cutLockHolders(database);
    return placeLayer(...placing);
  };
  await expect(importAreas({ database, placeLayer: cutting }, city, areas, AREAS, () => {})).rejects.toThrow(
    Unavailable,
  );
  const current = () => sql`select current_version from layer`.execute(database.db).then(({ rows }) => rows);
  expect(await current()).toEqual([{ current_version: null }]);
  await importAreas({ database, placeLayer }, city, areas, AREAS, () => {});
  expect(await current()).toEqual([{ current_version: 1 }]);
});

for (const cut of ['before', 'after'] satisfies Cut[]) {
  real(
    `cut ${cut} the commit that publishes: what is reported is what is there`,
    async () => {
      const proxy: CuttingProxy = await cuttingProxy(inject('databaseUrl')!);
      const through = await openDatabase({ databaseUrl: proxy.url, dataDir: '', log: quietLog });
      try {
        const onProgress = (step: string) => void (step === 'publishing' && proxy.cutNextCommit(cut));
        const outcome = await importing(path, () => {}, { onProgress }, through).catch((error: Error) => error);
        if (cut === 'after') expect(outcome).toMatchObject({ stored: ROWS });
        else expect(outcome).toBeInstanceOf(Unavailable);
        expect([await visible(), await aboveHead()]).toEqual([cut === 'after' ? ROWS : 0, 0]);
        expect(await importing(path)).toMatchObject(cut === 'after' ? { unchanged: ROWS } : { stored: ROWS });
      } finally {
        await through.close();
        await proxy.close();
      }
    },
    300_000,
  );
}
