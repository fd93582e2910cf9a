// A cube and what came since: the numbers SQL gives of everything, without a new cube for each delivery.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createElsewhere } from '../../server/counts/elsewhere.ts';
import { type Cubes, createCubes, type Snapshot } from '../../server/cube/store.ts';
import { readFacts, sqlAnswers } from '../../server/engine/sql.ts';
import { readState } from '../../server/filter/catalogue.ts';
import { EVERYTHING, type Filter } from '../../server/filter/contract.ts';
import { findInside, findWithin } from '../../server/filter/places.ts';
import { resolveFilter } from '../../server/filter/plan.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { AREAS, deliver, HEAD, randomIncidents, SEGMENTS, WORLD, writeWorld } from '../support/small-world.ts';

const COUNT = 900;
const LAYERS = [
  { layerId: 1, version: 2, features: AREAS },
  { layerId: 2, version: 1, features: SEGMENTS },
];
const GRID = { west: -990_050_000, south: 190_000_000, cellWidth: 170_000, cellHeight: 210_000, columns: 5, rows: 4 };
/** So fine that there are more cells than a table of them would hold. */
const FINE = { ...GRID, cellWidth: 170, cellHeight: 210, columns: 5000, rows: 4000 };
const FILTERS: readonly Partial<Filter>[] = [
  {},
  { from: '2023-06-01', until: '2024-02-15' },
  { hours: { from: 20, until: 4 }, weekdays: [5, 6], weekdayOf: 'shift' },
  { offences: ['vida'], source: 'fgj' },
  { kind: 'call' },
  { inside: 'barrios' },
  { inside: 'barrios', placed: ['fgj'] },
  { weekdays: [1], from: '2024-01-01' },
  { within: { type: 'place', layer: 'barrios', version: null, place: { id: 2 } } },
  { within: { type: 'place', layer: 'streets', version: null, place: { id: 3 } }, hours: { from: 0, until: 12 } },
  {
    within: {
      type: 'polygon',
      ring: [
        [-99, 19],
        [-98.93, 19],
        [-98.93, 19.09],
      ],
    },
  },
];
const database = await openTestDatabase();
const taxonomy = loadTaxonomy();
let cubes: Cubes;
let dataDir: string;

beforeAll(async () => {
  await emptyTables(database);
  await writeWorld(
    database,
    randomIncidents(COUNT, 5).filter(({ from }) => from <= HEAD),
  );
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-recent-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  await cubes.warm(WORLD);
});
afterAll(async () => {
  await cubes.close();
  await emptyTables(database);
  await rm(dataDir, { recursive: true, force: true });
});

async function snapshotNow(): Promise<Snapshot> {
  const { token } = (await readState(database, WORLD.id))!;
  await expect.poll(async () => (await cubes.snapshot(WORLD)).token).toBe(token);
  return cubes.snapshot(WORLD);
}
const cubeFiles = async () => (await readdir(join(dataDir, 'cubes'))).filter((name) => name.startsWith(`${WORLD.id}-`));

test.for([
  ['incidents came', 40, 0],
  ['incidents went', 0, 25],
  ['both, in a later delivery', 60, 30],
] as const)('where %s, every question is answered as SQL does, from the same cube', async ([, copied, ended]) => {
  const files = await cubeFiles();
  await deliver(database, copied, ended);
  const snapshot = await snapshotNow();
  const state = (await readState(database, WORLD.id))!;
  expect([snapshot.engine, snapshot.dataVersion]).toEqual(['cube', state.dataVersion]);
  const bySql = sqlAnswers(database, WORLD.id, state);
  for (const change of FILTERS) {
    const filter: Filter = { ...EVERYTHING, ...change };
    const within = await findWithin(database, snapshot, filter.within);
    const inside = await findInside(database, snapshot, filter.inside);
    const plan = resolveFilter(filter, { ...snapshot, taxonomy }, within, inside);
    for (const layer of LAYERS) {
      expect(await snapshot.answers.byPlace(plan, layer)).toEqual(await bySql.byPlace(plan, layer));
    }
    expect(await snapshot.answers.byDay(plan)).toEqual(await bySql.byDay(plan));
    expect(await snapshot.answers.bySlot(plan)).toEqual(await bySql.bySlot(plan));
    for (const grid of [GRID, FINE])
      expect(await snapshot.answers.byCell(plan, grid)).toEqual(await bySql.byCell(plan, grid));
    expect(await snapshot.answers.byCorner(plan, GRID)).toEqual(await bySql.byCorner(plan, GRID));
  }
  const facts = await readFacts(database, WORLD.id, state);
  for (const { sourceId, incidents, precisions, firstDay, lastDay } of snapshot.sources) {
    const { days, ...known } = facts.find((fact) => fact.sourceId === sourceId)!;
    expect({ incidents, precisions }).toEqual({ incidents: known.incidents, precisions: known.precisions });
    expect([firstDay, lastDay]).toEqual([days.days[0], days.days.at(-1)]);
  }
  expect(await cubeFiles()).toEqual(files);
});

test.for([
  ['the cube', 64],
  ['the tables', 0],
] as const)(
  'counted from %s, what depends on layers is not worked out again for each call of a feed',
  async ([, budgetMb]) => {
    await sql`update source set live = true where jurisdiction_id = ${WORLD.id}`.execute(database.db);
    const folder = await mkdtemp(join(tmpdir(), 'cuadra-recent-'));
    const counting = await createCubes({ database, dataDir: folder, budgetMb, log: quietLog });
    const elsewhereOf = createElsewhere();
    /** How often places are counted to learn of each source whether it lies elsewhere. */
    const asked = async () => {
      const { token } = (await readState(database, WORLD.id))!;
      await expect.poll(async () => (await counting.snapshot(WORLD)).token).toBe(token);
      const snapshot = await counting.snapshot(WORLD);
      let count = 0;
      const byPlace: Snapshot['answers']['byPlace'] = (...question) => {
        count++;
        return snapshot.answers.byPlace(...question);
      };
      await elsewhereOf({ ...snapshot, answers: { ...snapshot.answers, byPlace } });
      return count;
    };
    try {
      expect(await asked()).toBeGreaterThan(0);
      await deliver(database, 1, 0);
      expect(await asked()).toBe(0);
      await sql`update data_state set data_version = data_version + 1, data_token = ${crypto.randomUUID()} where jurisdiction_id = ${WORLD.id}`.execute(
        database.db,
      );
      expect(await asked()).toBeGreaterThan(0);
      // A file may bring something wholly different.
      await sql`update source set live = false where jurisdiction_id = ${WORLD.id} and source_id = 1`.execute(
        database.db,
      );
      await asked();
      await deliver(database, 1, 0);
      expect(await asked()).toBeGreaterThan(0);
    } finally {
      await counting.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test('a change that is no delivery has the cube built anew', async () => {
  const files = await cubeFiles();
  await sql`update data_state set data_version = data_version + 1, data_token = 'layer' where jurisdiction_id = ${WORLD.id}`.execute(
    database.db,
  );
  await snapshotNow();
  await expect.poll(cubeFiles).not.toEqual(files);
});
