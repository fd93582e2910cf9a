// The cube against SQL over the tables, and what a data version promises.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createScanPool } from '../../server/cube/pool.ts';
import { type Cubes, createCubes, type Snapshot } from '../../server/cube/store.ts';
import { KINDS } from '../../server/db/contract.ts';
import type { Database } from '../../server/db/open.ts';
import type { Breakdown, Grid } from '../../server/engine/answers.ts';
import { type CubeQuestion, scan, scannerOf } from '../../server/engine/scan.ts';
import { readFacts, sqlAnswers } from '../../server/engine/sql.ts';
import { Unavailable } from '../../server/errors.ts';
import { readState } from '../../server/filter/catalogue.ts';
import { EVERYTHING, type Filter, type Within } from '../../server/filter/contract.ts';
import { type CountedLayer, findInside, findWithin } from '../../server/filter/places.ts';
import { OPEN_DAY, type Plan, resolveFilter } from '../../server/filter/plan.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { receivedFrom } from '../support/received.ts';
import {
  AREAS,
  HEAD,
  noBox,
  OFFENCES,
  partlyProtected,
  randomIncidents,
  SEGMENTS,
  sometimesByCell,
  WORLD,
  writeWorld,
} from '../support/small-world.ts';
import { isThorough } from '../support/thorough.ts';

const taxonomy = loadTaxonomy();
const incidents = partlyProtected(randomIncidents(900, 20240601));
const barrios: CountedLayer = { layerId: 1, version: 2, features: AREAS };
const oldBarrios: CountedLayer = { layerId: 1, version: 1, features: AREAS };
const streets: CountedLayer = { layerId: 2, version: 1, features: SEGMENTS };
const EVER = { from: -OPEN_DAY, until: OPEN_DAY };
const grid: Grid = {
  ...{ west: -990_050_000, south: 190_000_000, cellWidth: 170_000, cellHeight: 210_000 },
  ...{ columns: 5, rows: 4 },
};

let database: Database;
let dataDir: string;
let cubes: Cubes;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-cubes-'));
  cubes = await open();
});
afterAll(async () => {
  await cubes.close();
  await emptyTables(database);
  await rm(dataDir, { recursive: true, force: true });
});

const open = (options: { budgetMb?: number } = {}) =>
  createCubes({ database, dataDir, budgetMb: options.budgetMb ?? 64, log: quietLog });

async function planFor(snapshot: Snapshot, filter: Filter): Promise<Plan> {
  const within = sometimesByCell(await findWithin(database, snapshot, filter.within), filter);
  return resolveFilter(filter, { ...snapshot, taxonomy }, within, await findInside(database, snapshot, filter.inside));
}

/** Days around the two years, often the first of a month so that whole months come up. */
const day = fc
  .tuple(fc.integer({ min: 2022, max: 2025 }), fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 1, 2, 15, 28))
  .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
const corner = fc.tuple(fc.integer({ min: -2, max: 14 }), fc.integer({ min: -2, max: 14 }));
const within: fc.Arbitrary<Within | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  fc
    .integer({ min: 1, max: AREAS })
    .map((n): Within => ({ type: 'place', layer: 'barrios', version: null, place: { code: `b${n}` } })),
  fc
    .integer({ min: 1, max: AREAS })
    .map((n): Within => ({ type: 'place', layer: 'barrios', version: 1, place: { id: n } })),
  fc
    .integer({ min: 1, max: SEGMENTS })
    .map((n): Within => ({ type: 'place', layer: 'streets', version: null, place: { id: n } })),
  fc.uniqueArray(corner, { minLength: 3, maxLength: 8, selector: String }).map(
    (corners): Within => ({
      type: 'polygon',
      ring: corners.map(([x, y]) => [-99 + x / 100, 19 + y / 100] as const),
    }),
  ),
);
const filters: fc.Arbitrary<Filter> = fc
  .record({
    days: fc.tuple(fc.option(day), fc.option(day)),
    period: fc.option(fc.constantFrom('week', '28d', '12m', 'ytd'), { freq: 3 }),
    offences: fc.oneof(fc.constant([]), fc.subarray([...OFFENCES, 'patrimonio', 'vida', 'unclassified'])),
    hours: fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 24 }))
        .filter(([from, until]) => from !== until)
        .map(([from, until]) => ({ from, until })),
    ),
    weekdays: fc.oneof(fc.constant([]), fc.subarray([1, 2, 3, 4, 5, 6, 7])),
    weekdayOf: fc.constantFrom('clock', 'shift'),
    kind: fc.constantFrom(...KINDS.slice(0, 2)),
    source: fc.option(fc.constantFrom('fgj', 'otra', 'c5'), { freq: 3 }),
    within,
    inside: fc.option(fc.constantFrom('barrios', 'barrios@1', 'streets'), { freq: 2 }),
    placed: fc.subarray(['fgj', 'otra', 'c5']),
  })
  .map(({ days: [a, b], period, ...rest }): Filter => {
    const [from, until] = a && b && a > b ? [b, a] : [a, b];
    return { ...EVERYTHING, ...rest, ...(period ? { period } : { from, until: until === from ? null : until }) };
  });

describe('the cube', () => {
  test('gives the numbers SQL gives, for any filter', { timeout: 240_000 }, async () => {
    const snapshot = await cubes.snapshot(WORLD);
    expect(snapshot.engine).toBe('cube');
    const bySql = sqlAnswers(database, WORLD.id, (await readState(database, WORLD.id))!);
    const areas = fc.subarray(Array.from({ length: AREAS }, (_, i) => i + 1));
    const scopes = fc.option(
      areas.map((placeIds) => ({ layerId: 1, version: 2, placeIds })),
      { freq: 2 },
    );
    type Here = 'day' | 'slot' | CountedLayer | undefined;
    const received = await receivedFrom(database, snapshot);
    const brushed = scannerOf(received.cube, { leastRows: 5 });
    let met = 0;
    const here = ({ layerId, version, features }: CountedLayer): CountedLayer => ({
      ...{ layerId: received.layerAt(layerId), version, features },
    });
    /** The same question with the ids of whoever received the columns; null where these do not hold what it needs. */
    const planOnceReceived = async (filter: Filter, scope: Plan['scope']): Promise<Plan | null> => {
      const there = await planFor(snapshot, filter);
      const at = <T extends { readonly layerId: number }>(of: T): T => ({
        ...of,
        layerId: received.layerAt(of.layerId),
      });
      if (there.within?.type === 'polygon') return null;
      const layers = [there.within, there.inside, scope].filter((each) => each !== null);
      if (layers.some(({ layerId, version }) => layerId === 1 && version === 1)) return null;
      const sources = snapshot.sources.map((source) => ({
        ...source,
        sourceId: received.sources.indexOf(source.code),
      }));
      const offences = received.offences.map((code, offenceId) => ({ code, offenceId }));
      const context = { sources, offences, taxonomy, choices: snapshot.choices };
      const plan = resolveFilter(filter, context, there.within && at(there.within), there.inside && at(there.inside));
      return { ...plan, scope: scope && at(scope) };
    };
    const each = ['barrios', 'streets', 'old', 'day', 'slot', 'cell', 'corner'] as const;
    // Each filter is asked one of them, before a release all.
    const questions = isThorough ? fc.constant(each) : fc.constantFrom(...each).map((question) => [question]);
    await fc.assert(
      fc.asyncProperty(filters, questions, scopes, async (filter, asked, scope) => {
        const plan = { ...(await planFor(snapshot, filter)), scope };
        for (const question of asked) await compare(question, filter, plan);
      }),
      { numRuns: 1000, seed: 2024 },
    );
    expect(met).toBeGreaterThan(300);
    async function compare(question: (typeof each)[number], filter: Filter, plan: Plan): Promise<void> {
      const ask = ({ byPlace, byDay, bySlot, byCell, byCorner }: Snapshot['answers']) => {
        if (question === 'day' || question === 'slot') return (question === 'day' ? byDay : bySlot)(plan);
        if (question === 'cell') return byCell(plan, grid);
        if (question === 'corner') return byCorner(plan, grid);
        return byPlace(plan, { barrios, streets, old: oldBarrios }[question]!);
      };
      const answer = await ask(snapshot.answers);
      expect(answer).toEqual(await ask(bySql));
      const asked = { day: 'day', slot: 'slot', barrios, streets }[question as 'day'] as unknown as Here;
      const planThere = asked && (await planOnceReceived(filter, plan.scope));
      if (!planThere) return;
      met += 1;
      const by = (typeof asked === 'string' ? { by: asked } : { by: 'place', layer: here(asked) }) as CubeQuestion;
      const alone = scan(received.cube, planThere, by);
      // As after other windows, of which running totals are left.
      for (const range of [EVER, EVER]) brushed({ ...planThere, range }, by);
      const found = brushed(planThere, by);
      expect(found).toEqual(alone);
      if (!('offences' in found)) {
        expect(found).toEqual(answer);
        return;
      }
      const byCode = ([id, count]: readonly [number, number]) => [received.offences[id], count];
      const codeOf = new Map(snapshot.offences.map(({ offenceId, code }) => [offenceId, code]));
      const { offences, ...rest } = answer as Breakdown;
      const told = [...offences].map(([id, count]) => [codeOf.get(id), count]).sort();
      expect({ ...found, offences: [...found.offences].map(byCode).sort() }).toEqual({ ...rest, offences: told });
    }
  });

  test('learns of the sources what SQL learns', async () => {
    const facts = await readFacts(database, WORLD.id, (await readState(database, WORLD.id))!);
    const { sources } = await cubes.snapshot(WORLD);
    for (const { sourceId, incidents, precisions, fillers, firstDay, lastDay } of sources) {
      const { days, ...bySql } = facts.find((fact) => fact.sourceId === sourceId)!;
      expect({ sourceId, incidents, precisions, fillers }).toEqual(bySql);
      expect([firstDay, lastDay]).toEqual([days.days[0], days.days.at(-1)]);
    }
  });

  test('counts what is published and not replaced, of this jurisdiction alone', async () => {
    const snapshot = await cubes.snapshot(WORLD);
    const { matched } = await snapshot.answers.bySlot(await planFor(snapshot, EVERYTHING));
    const visible = incidents.filter(
      ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
    );
    expect(matched).toBe(visible.length);
  });

  test('has every matched incident in exactly one total', async () => {
    const snapshot = await cubes.snapshot(WORLD);
    const { counts, matched, unlocated, withheld } = await snapshot.answers.byPlace(
      await planFor(snapshot, EVERYTHING),
      streets,
    );
    expect(withheld).toBeGreaterThan(0);
    expect(counts.reduce((sum, count) => sum + count, 0) + unlocated + withheld).toBe(matched);
  });
});

describe('a cube on disk', () => {
  afterEach(() => publish(HEAD, crypto.randomUUID()));

  test('is used after a restart, and built anew when a byte of it is wrong', async () => {
    const [name] = (await readdir(join(dataDir, 'cubes'))).filter((each) => each.startsWith(`${WORLD.id}-`));
    const path = join(dataDir, 'cubes', name!);
    const good = await readFile(path);
    const bad = Buffer.from(good);
    bad[bad.length - 40]! ^= 1;
    await writeFile(path, bad);
    const again = await open();
    try {
      await again.warm(WORLD);
      const snapshot = await again.snapshot(WORLD);
      const plan = await planFor(snapshot, EVERYTHING);
      const before = await cubes.snapshot(WORLD);
      expect(await snapshot.answers.byPlace(plan, barrios)).toEqual(await before.answers.byPlace(plan, barrios));
      expect((await readFile(path)).equals(good)).toBe(true);
    } finally {
      await again.close();
    }
  });

  test('is the same to the byte in whatever order the tables hold and give the rows', async () => {
    await cubes.warm(WORLD);
    const path = async () => {
      const [name] = (await readdir(join(dataDir, 'cubes'))).filter((each) => each.startsWith(`${WORLD.id}-`));
      return join(dataDir, 'cubes', name!);
    };
    const before = await readFile(await path());
    // Written anew, a row goes to the end of its table; what is known of the table decides how it is read.
    for (const remainder of [2, 0]) {
      await sql`update incident set record_hash = record_hash + 0
        where jurisdiction_id = ${WORLD.id} and incident_id % 3 = ${remainder}`.execute(database.db);
    }
    await sql`analyze incident`.execute(database.db);
    await rm(await path());
    const again = await open();
    try {
      await again.warm(WORLD);
      expect((await readFile(await path())).equals(before)).toBe(true);
    } finally {
      await again.close();
    }
  });

  test('is replaced when the data changes, and answers given before stay as they were', async () => {
    const before = await cubes.snapshot(WORLD);
    const plan = await planFor(before, EVERYTHING);
    const first = await before.answers.bySlot(plan);
    await publish(2, 'later');
    const after = await cubes.snapshot(WORLD);
    expect(after.dataVersion).toBe(before.dataVersion + 1);
    expect((await after.answers.bySlot(plan)).matched).toBe(
      incidents.filter(({ from, until, source }) => from <= 2 && (until === null || until > 2) && source !== 3).length,
    );
    expect(await before.answers.bySlot(plan)).toEqual(first);
    await expect
      .poll(
        async () => (await readdir(join(dataDir, 'cubes'))).filter((name) => name.startsWith(`${WORLD.id}-`)).length,
      )
      .toBe(1);
  });
});

test('a jurisdiction without incidents answers nothing, from a cube and from SQL', async () => {
  await database.db
    .insertInto('jurisdiction')
    .values({ jurisdiction_id: 9, code: 'empty', name: 'e', timezone: 'UTC', srid: 32614, ...noBox })
    .execute();
  await database.db.insertInto('data_state').values({ jurisdiction_id: 9, data_token: 'e' }).execute();
  for (const budgetMb of [0, 1]) {
    const own = await open({ budgetMb });
    try {
      const { answers, sources, engine } = await own.snapshot({ id: 9 });
      expect([engine, sources]).toEqual([budgetMb ? 'cube' : 'sql', []]);
      const plan = resolveFilter({ ...EVERYTHING, period: '12m' }, { sources, offences: [], taxonomy }, null);
      expect((await answers.bySlot(plan)).matched).toBe(0);
      expect((await answers.byDay({ ...plan, range: { from: 0, until: 20_000 } })).days).toEqual([]);
    } finally {
      await own.close();
    }
  }
});

test('while the data change every answer is wholly of the version it carries', async () => {
  const visibleAt = (head: number) =>
    incidents.filter(({ from, until, source }) => from <= head && (until === null || until > head) && source !== 3);
  const heads = new Map<number, number>();
  const seen: { version: number; matched: number; placed: number }[] = [];
  let done = false;
  const ask = async () => {
    while (!done) {
      const { dataVersion, answers, ...rest } = await cubes.snapshot(WORLD);
      const plan = await planFor({ dataVersion, answers, ...rest }, EVERYTHING);
      const [slots, places] = await Promise.all([answers.bySlot(plan), answers.byPlace(plan, barrios)]);
      const located = places.counts.reduce((sum, count) => sum + count, 0);
      seen.push({ version: dataVersion, matched: slots.matched, placed: located + places.unlocated + places.withheld });
    }
  };
  const state = () => readState(database, WORLD.id);
  heads.set((await state())!.dataVersion, HEAD);
  const asking = [ask(), ask(), ask()];
  for (const head of [1, 4, 2, 5, 3, HEAD]) {
    heads.set((await state())!.dataVersion + 1, head);
    await publish(head, `swap-${head}-${heads.size}`);
  }
  done = true;
  await Promise.all(asking);
  expect(new Set(seen.map(({ version }) => version)).size).toBeGreaterThan(3);
  for (const { version, matched, placed } of seen) {
    expect([matched, placed]).toEqual([visibleAt(heads.get(version)!).length, visibleAt(heads.get(version)!).length]);
  }
});

// 900 incidents take at least 9 kB, and this cube some 30.
test.each([0, 0.012])('without room for a cube (%d MB) SQL answers', async (budgetMb) => {
  const small = await open({ budgetMb });
  try {
    const snapshot = await small.snapshot(WORLD);
    const cube = await cubes.snapshot(WORLD);
    const plan = await planFor(cube, EVERYTHING);
    expect(snapshot.engine).toBe('sql');
    expect(snapshot.sources).toEqual(cube.sources);
    expect(await snapshot.answers.byPlace(plan, barrios)).toEqual(await cube.answers.byPlace(plan, barrios));
  } finally {
    await small.close();
  }
});

test('a worker that dies fails its question alone; the next one is answered right', async () => {
  const silent = { ...quietLog, warn: () => {} } as unknown as typeof quietLog;
  // The first worker dies of its first question.
  let workers = 0;
  const startWorker = () =>
    workers++ === 0
      ? new Worker('require("node:worker_threads").parentPort.once("message", () => process.exit(9))', { eval: true })
      : new Worker(new URL('../../server/cube/scan-worker.ts', import.meta.url));
  const pool = createScanPool({ log: silent, size: 1, startWorker });
  const own = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog, pool });
  try {
    const snapshot = await own.snapshot(WORLD);
    const plan = await planFor(snapshot, EVERYTHING);
    const answers = await Promise.allSettled([
      snapshot.answers.byCell(plan, grid),
      snapshot.answers.byCell(plan, grid),
    ]);
    expect(answers[0]).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    const right = await (await cubes.snapshot(WORLD)).answers.byCell(plan, grid);
    expect(answers[1]).toEqual({ status: 'fulfilled', value: right });
  } finally {
    await own.close();
  }
});

/** Moves the data to another state and waits until the cubes have seen it. */
async function publish(head: number, token: string): Promise<void> {
  await sql`update data_state set head_delivery = ${head}, data_version = data_version + 1, data_token = ${token}
    where jurisdiction_id = ${WORLD.id}`.execute(database.db);
  await expect.poll(async () => (await cubes.snapshot(WORLD)).token).toBe(token);
}
