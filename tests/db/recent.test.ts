// A cube and what came since: the numbers SQL gives of everything, without a new cube for each delivery.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cubes, createCubes, type Snapshot } from '../../server/cube/store.ts';
import { EVERYTHING, type Filter } from '../../server/incidents/contract.ts';
import { loadTaxonomy } from '../../server/incidents/taxonomy.ts';
import { readState } from '../../server/stats/catalogue.ts';
import { findWithin } from '../../server/stats/places.ts';
import { resolveFilter } from '../../server/stats/plan.ts';
import { readFacts, sqlAnswers } from '../../server/stats/query.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { AREAS, HEAD, randomIncidents, SEGMENTS, WORLD, writeWorld } from '../support/small-world.ts';

const COUNT = 900;
const LAYERS = [
  { layerId: 1, version: 2, features: AREAS },
  { layerId: 2, version: 1, features: SEGMENTS },
];
const GRID = { west: -990_050_000, south: 190_000_000, cellWidth: 170_000, cellHeight: 210_000, columns: 5, rows: 4 };
const FILTERS: readonly Partial<Filter>[] = [
  {},
  { from: '2023-06-01', until: '2024-02-15' },
  { hours: { from: 20, until: 4 }, weekdays: [5, 6], weekdayOf: 'shift' },
  { offences: ['vida'], source: 'fgj' },
  { kind: 'call' },
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

/** Publishes copies of some incidents as new ones, placed in area 1 and on segment 2, and ends others. */
async function deliver(copied: number, ended: number): Promise<void> {
  const { head, nextIncidentId } = (await readState(database, WORLD.id))!;
  const number = head + 1;
  const { rows } = await sql<{ id: string }>`
    insert into incident
    select jurisdiction_id, ${nextIncidentId}::bigint + row_number() over (order by incident_id) - 1, ${number}, null, source_id,
      offence_id, occurred_on, minute_of_day, date_precision, place_precision, lon, lat, place_text_id, source_key, record_hash
    from incident where jurisdiction_id = ${WORLD.id} and incident_id <= ${copied} returning incident_id as id`.execute(
    database.db,
  );
  for (const [layer, version, place] of [
    [1, 1, 3],
    [1, 2, 1],
    [2, 1, 2],
  ] as const) {
    if (rows.length === 0) break;
    await sql`insert into placement values (${WORLD.id}, ${layer}, ${version}, ${nextIncidentId}, ${rows.map(() => place)})`.execute(
      database.db,
    );
  }
  await sql`update incident set until_delivery = ${number} where jurisdiction_id = ${WORLD.id} and incident_id = any(array(
    select incident_id from incident where jurisdiction_id = ${WORLD.id} and until_delivery is null
    order by md5(incident_id::text) limit ${ended}))`.execute(database.db);
  const next = nextIncidentId + rows.length;
  await sql`insert into delivery (jurisdiction_id, delivery, source_id, file_name, file_sha256, preset, mode, via, first_incident_id,
      next_incident_id)
    values (${WORLD.id}, ${number}, 1, 'f', '', 'p', 'add', 'feed', ${nextIncidentId}, ${next})`.execute(database.db);
  await sql`update data_state set head_delivery = ${number}, next_incident_id = ${next}, data_version = data_version + 1,
    data_token = ${`delivery ${number}`} where jurisdiction_id = ${WORLD.id}`.execute(database.db);
}
async function snapshotNow(): Promise<Snapshot> {
  const { token } = (await readState(database, WORLD.id))!;
  await expect.poll(async () => (await cubes.snapshot(WORLD)).token, { timeout: 10_000 }).toBe(token);
  return cubes.snapshot(WORLD);
}
const cubeFiles = async () => (await readdir(join(dataDir, 'cubes'))).filter((name) => name.startsWith(`${WORLD.id}-`));

test.for([
  ['incidents came', 40, 0],
  ['incidents went', 0, 25],
  ['both, in a later delivery', 60, 30],
] as const)('where %s, every question is answered as SQL does, from the same cube', async ([, copied, ended]) => {
  const files = await cubeFiles();
  await deliver(copied, ended);
  const snapshot = await snapshotNow();
  const state = (await readState(database, WORLD.id))!;
  expect([snapshot.engine, snapshot.dataVersion]).toEqual(['cube', state.dataVersion]);
  const bySql = sqlAnswers(database, WORLD.id, state);
  for (const change of FILTERS) {
    const filter: Filter = { ...EVERYTHING, ...change };
    const plan = resolveFilter(filter, { ...snapshot, taxonomy }, await findWithin(database, snapshot, filter.within));
    for (const layer of LAYERS) {
      expect(await snapshot.answers.byPlace(plan, layer)).toEqual(await bySql.byPlace(plan, layer));
    }
    expect(await snapshot.answers.byDay(plan)).toEqual(await bySql.byDay(plan));
    expect(await snapshot.answers.bySlot(plan)).toEqual(await bySql.bySlot(plan));
    expect(await snapshot.answers.byCell(plan, GRID)).toEqual(await bySql.byCell(plan, GRID));
  }
  const facts = await readFacts(database, WORLD.id, state);
  for (const { sourceId, incidents, precisions, firstDay, lastDay } of snapshot.sources) {
    const { days, ...known } = facts.find((fact) => fact.sourceId === sourceId)!;
    expect({ incidents, precisions }).toEqual({ incidents: known.incidents, precisions: known.precisions });
    expect([firstDay, lastDay]).toEqual([days.days[0], days.days.at(-1)]);
  }
  expect(await cubeFiles()).toEqual(files);
});

test('a change that is no delivery has the cube built anew', async () => {
  const files = await cubeFiles();
  await sql`update data_state set data_version = data_version + 1, data_token = 'layer' where jurisdiction_id = ${WORLD.id}`.execute(
    database.db,
  );
  await snapshotNow();
  await expect.poll(cubeFiles).not.toEqual(files);
});
