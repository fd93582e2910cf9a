// An installation of many small cities asks the database as often as one of a few, and lists of each what its cube says.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { listJurisdictions } from '../../server/access/jurisdictions.ts';
import { readManySources } from '../../server/counts/many-facts.ts';
import { createOverview } from '../../server/counts/overview.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { analyzeAfter } from '../../server/db/analyze.ts';
import type { Database } from '../../server/db/open.ts';
import { readState, readStates } from '../../server/filter/catalogue.ts';
import { discardAllPending } from '../../server/incidents/deliveries.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { addManyCities } from '../support/many-cities.ts';
import { NEIGHBOUR, randomIncidents, WORLD, writeWorld } from '../support/small-world.ts';

const INCIDENTS = 60;
const FEW = 3;
const MANY = 30;
const FIRST = 101;

let database: Database;
let dataDir: string;
let cubes: Cubes;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-many-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await cubes.close();
  await emptyTables(database);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const openCubes = async () => {
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
};
/** Nobody has listed anything before; `file` is where another one has kept what it said. */
const openOverview = (file = join(dataDir, `${crypto.randomUUID()}.json`)) =>
  createOverview({ database, cubes, file, log: quietLog });
const everyJurisdiction = () => listJurisdictions(database, STAFF);
/** Whether its cube is in memory, of the state it has now. */
const isHeld = async ({ id }: { readonly id: number }) =>
  cubes.heldAt({ id }, (await readState(database, id))!) !== null;

/** How many statements reach the database meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return sent.mock.calls.length;
  } finally {
    sent.mockRestore();
  }
}

test('a list says of each city what its cube says, of files, feeds, months and cities without bounds', async () => {
  await writeWorld(database, randomIncidents(900, 31));
  await addManyCities(database.db, { first: FIRST, cities: 12, incidents: 250 });
  // One source goes by days; a city has said nothing yet; and nothing but its points says where another lies.
  await sql`update source set live = true where jurisdiction_id = ${WORLD.id} and source_id = 2`.execute(database.db);
  await sql`update source set declared_through = '2024-05-31' where jurisdiction_id = ${NEIGHBOUR.id} and source_id = 1`.execute(
    database.db,
  );
  await sql`update jurisdiction set west = null, south = null, east = null, north = null
    where jurisdiction_id = ${WORLD.id}`.execute(database.db);
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid) values (99, 'nueva', 'n', 'UTC', 3857)`.execute(
    database.db,
  );
  await sql`insert into data_state (jurisdiction_id, data_token) values (99, 'n')`.execute(database.db);
  await openCubes();
  const jurisdictions = await everyJurisdiction();
  const byTables = await openOverview().rows(jurisdictions);
  for (const each of jurisdictions) {
    expect(await isHeld(each)).toBe(false);
    await cubes.warm(each);
  }
  expect(byTables).toEqual(await openOverview().rows(jurisdictions));
  expect(byTables.map(({ code }) => code)).toEqual(jurisdictions.map(({ code }) => code));
  const of = (code: string) => byTables.find((row) => row.code === code)!;
  expect(of('nueva')).toMatchObject({ bounds: null, from: null, until: null, through: {}, dataVersion: 1 });
  expect(of('muni-105').bounds![0]).toBeGreaterThan(-101);
  expect(of('muni-105').through).toMatchObject({ incident: {}, call: {} });
  // Read in pieces that end in the middle of a city, the numbers are the same.
  const states = await readStates(
    database,
    jurisdictions.map(({ id }) => id),
  );
  expect(await readManySources(database, states, 77)).toEqual(await readManySources(database, states));
});

test('a list takes as many statements for thirty cities as for three, and one while nothing changes', async () => {
  await addManyCities(database.db, { first: FIRST, cities: FEW, incidents: INCIDENTS });
  await sql`update jurisdiction set west = null, south = null, east = null, north = null
    where jurisdiction_id = ${FIRST}`.execute(database.db);
  await openCubes();
  const list = async () => {
    const jurisdictions = await everyJurisdiction();
    const overview = openOverview();
    const cold = await statementsOf(() => Promise.all([overview.rows(jurisdictions), overview.rows(jurisdictions)]));
    return [cold, await statementsOf(() => overview.rows(jurisdictions))] as const;
  };
  const few = await list();
  await addManyCities(database.db, { first: FIRST + FEW, cities: MANY - FEW, incidents: INCIDENTS });
  expect(await list()).toEqual(few);
  expect(few[1]).toBe(1);
});

test('a list takes as many where the cubes in memory are of before, and leaves out a city that was removed', async () => {
  await addManyCities(database.db, { first: FIRST, cities: FEW, incidents: INCIDENTS });
  await sql`update jurisdiction set west = null, south = null, east = null, north = null
    where jurisdiction_id = ${FIRST}`.execute(database.db);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }); // nobody looks after the cubes meanwhile
  await openCubes();
  const listAfterChange = async () => {
    const jurisdictions = await everyJurisdiction();
    for (const each of jurisdictions) await cubes.warm(each);
    await sql`update data_state set data_version = data_version + 1, data_token = data_token || '+'
      where jurisdiction_id = any(${jurisdictions.map(({ id }) => id)}::int[])`.execute(database.db);
    await sleep(100); // a state this old is read again
    return statementsOf(() => openOverview().rows(jurisdictions));
  };
  const few = await listAfterChange();
  await addManyCities(database.db, { first: FIRST + FEW, cities: MANY - FEW, incidents: INCIDENTS });
  expect(await listAfterChange()).toBe(few);
  const jurisdictions = await everyJurisdiction();
  await sql`delete from data_state where jurisdiction_id = ${FIRST}`.execute(database.db);
  const rows = await openOverview().rows(jurisdictions);
  expect(rows.map(({ code }) => code)).toEqual(jurisdictions.slice(1).map(({ code }) => code));
});

test('after a restart the list is not counted again, and a file of another program or of nobody is none', async () => {
  await addManyCities(database.db, { first: FIRST, cities: FEW, incidents: INCIDENTS });
  await openCubes();
  const file = join(dataDir, 'overview.json');
  const jurisdictions = await everyJurisdiction();
  const rows = await openOverview(file).rows(jurisdictions);
  const again = async () => {
    const overview = openOverview(file);
    let told: typeof rows = [];
    const statements = await statementsOf(async () => {
      told = await overview.rows(jurisdictions);
    });
    expect(told).toEqual(rows);
    return statements;
  };
  expect(await again()).toBe(1);
  const text = await readFile(file, 'utf8');
  for (const damaged of [text.replace(/"program":"./, '"program":"?'), text.slice(0, -9), '[]']) {
    await writeFile(file, damaged);
    expect(await again()).toBeGreaterThan(1);
  }
});

test('a change is listed, and asks about the city that changed alone', async () => {
  await addManyCities(database.db, { first: FIRST, cities: FEW, incidents: INCIDENTS });
  await openCubes();
  const overview = openOverview();
  const before = await overview.rows(await everyJurisdiction());
  await sql`update incident set until_delivery = 2 where jurisdiction_id = ${FIRST} and occurred_on < '2024-09-01'`.execute(
    database.db,
  );
  await sql`update data_state set head_delivery = 2, data_version = 2, data_token = 'changed'
    where jurisdiction_id = ${FIRST}`.execute(database.db);
  const after = await overview.rows(await everyJurisdiction());
  expect(after.slice(1)).toEqual(before.slice(1));
  expect(after[0]).toMatchObject({ dataVersion: 2, until: before[0]!.until });
  expect(after[0]!.from! >= '2024-09-01').toBe(true);
});

test('the cubes in memory are looked after by one statement at a time, however many they are', async () => {
  await addManyCities(database.db, { first: FIRST, cities: MANY, incidents: INCIDENTS });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await openCubes();
  for (const each of await everyJurisdiction()) await cubes.warm(each);
  const statements = await statementsOf(async () => {
    vi.advanceTimersByTime(5000);
    await cubes.snapshot({ id: FIRST }); // asked for in the same moment, answered by the same statement
  });
  expect(statements).toBe(1);
});

test('of a city that was removed no cube stays in memory', async () => {
  await addManyCities(database.db, { first: FIRST, cities: 2, incidents: INCIDENTS });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await openCubes();
  const states = await readStates(database, [FIRST, FIRST + 1]);
  for (const id of states.keys()) await cubes.warm({ id });
  await sql`delete from data_state where jurisdiction_id = ${FIRST}`.execute(database.db);
  const held = () => [...states].filter(([id, state]) => cubes.heldAt({ id }, state)).map(([id]) => id);
  expect(held()).toEqual([FIRST, FIRST + 1]);
  await expect
    .poll(() => {
      vi.advanceTimersByTime(5000);
      return held();
    })
    .toEqual([FIRST + 1]);
});

test('a start makes the largest cube ready, and leaves small ones to the first question about them', async () => {
  await addManyCities(database.db, { first: FIRST, cities: FEW, incidents: INCIDENTS });
  await addManyCities(database.db, { first: FIRST + FEW, cities: 1, incidents: INCIDENTS + 1 });
  await openCubes();
  await cubes.warmUp();
  const held: number[] = [];
  for (const each of await everyJurisdiction()) if (await isHeld(each)) held.push(each.id);
  expect(held).toEqual([FIRST + FEW]);
  expect((await cubes.snapshot({ id: FIRST })).engine).toBe('cube');
});

test('at a start one statement finds the cities with leftovers, and only theirs are removed', async () => {
  await addManyCities(database.db, { first: FIRST, cities: MANY, incidents: INCIDENTS });
  await openCubes();
  expect(await statementsOf(() => discardAllPending(database, quietLog))).toBe(1);
  // A killed import stored a row, and ended another, under a delivery that was never published; a third stored places.
  await sql`insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, occurred_on,
      date_precision, place_precision, record_hash)
    values (${FIRST}, ${INCIDENTS + 1}, 2, 1, 1, '2024-01-01', 2, 4, 0)`.execute(database.db);
  await sql`update incident set until_delivery = 2 where jurisdiction_id = ${FIRST + 1} and incident_id = 7`.execute(
    database.db,
  );
  await sql`insert into placement values (${FIRST + 2}, 1, 1, ${INCIDENTS + 1}, '{1}')`.execute(database.db);
  await discardAllPending(database, quietLog);
  const { rows } = await sql<{ above: number; ended: number; placed: number }>`
    select (select count(*)::int from incident where incident_id > ${INCIDENTS}) as above,
      (select count(*)::int from incident where until_delivery is not null) as ended,
      (select count(*)::int from placement where first_incident_id > ${INCIDENTS}) as placed`.execute(database.db);
  expect(rows).toEqual([{ above: 0, ended: 0, placed: 0 }]);
  expect(await statementsOf(() => discardAllPending(database, quietLog))).toBe(1);
});

test('the planner is told of a table that grew by a good part, and not for a few rows of one city', async () => {
  await openCubes();
  const knownRows = async () => {
    const { rows } = await sql<{ known: number }>`
      select reltuples::int as known from pg_class where oid = 'incident'::regclass`.execute(database.db);
    return rows[0]!.known;
  };
  await addManyCities(database.db, { first: FIRST, cities: 20, incidents: 1000 });
  await analyzeAfter(database, 'incident', 20_000);
  expect(await knownRows()).toBe(20_000);
  await addManyCities(database.db, { first: FIRST + 20, cities: 1, incidents: 1000 });
  await analyzeAfter(database, 'incident', 1000);
  await analyzeAfter(database, 'incident', 0);
  expect(await knownRows()).toBe(20_000);
  // Small ones add up.
  await addManyCities(database.db, { first: FIRST + 21, cities: 2, incidents: 1000 });
  await analyzeAfter(database, 'incident', 1000);
  expect(await knownRows()).toBe(23_000);
});
