// The map above the municipality: every city counted in the same months, for its residents, and against a base year;
// expected numbers by plain SQL over the incidents.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { openStats } from '../../server/counts/asking.ts';
import type { RegionAnswer, RegionLimits } from '../../server/counts/contract.ts';
import { regionRoutes } from '../../server/counts/region-routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { problems } from '../../server/http/problems.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { regionLimitRoutes } from '../../server/tiles/region-limits.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { addManyCities } from '../support/many-cities.ts';

const CITIES = 3;
const RESIDENTS = [40_000, 30_000, 20_000, 10_000, 5_000];

let database: Database;
let cubes: Cubes;
let dataDir: string;
let server: Server;
let origin: string;
let scope: readonly string[] | null = null;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await addManyCities(database.db, { first: 1, cities: CITIES, incidents: 900 });
  for (const [index, residents] of RESIDENTS.entries()) {
    await sql`insert into population (jurisdiction_id, layer_id, version, place_id, year, residents, source)
      values (1, 1, 1, ${index + 1}, 2020, ${residents}, 'censo')`.execute(database.db);
  }
  await sql`update jurisdiction set limit_geom = ST_Multi(ST_MakeEnvelope(west, south, east, north, 4326))
    where jurisdiction_id = 2`.execute(database.db);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-region-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express();
  app.set('query parser', 'simple');
  app.use((request, _response, next) => {
    request.viewer = { ...STAFF, scope: { jurisdictions: scope, areas: null } };
    next();
  });
  app.use('/api/v1', regionLimitRoutes({ database }));
  app.use('/api/v1', regionRoutes(openStats({ database, cubes, taxonomy: loadTaxonomy() })));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(database);
  await rm(dataDir, { recursive: true, force: true });
});

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${origin}/${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Incidents of a city in these days, less those with a point in none of its areas (every sixth). */
async function countBySql(city: number, from: string, until: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from incident
    where jurisdiction_id = ${city} and source_id = 1 and occurred_on >= ${from}::date and occurred_on < ${until}::date
      and not (lon is not null and incident_id % 6 = 0)`.execute(database.db);
  return rows[0]!.n;
}

test('every city stands in a row with the incidents of the complete months of the year, per resident where known', async () => {
  const { year, base, rows } = await ask<RegionAnswer>('region?year=2025&base=2024');
  expect([year, base]).toEqual([2025, 2024]);
  expect(rows.map(({ code }) => code)).toEqual(['muni-1', 'muni-2', 'muni-3']);
  for (const [index, row] of rows.entries()) {
    // The last incident is of some day of October 2025, so September is the last complete month.
    expect([row.from, row.until]).toEqual(['2025-01-01', '2025-10-01']);
    expect(row.count).toBe(await countBySql(index + 1, '2025-01-01', '2025-10-01'));
    expect(row.count).toBeGreaterThan(100);
  }
  const [first, second] = rows;
  expect([first!.residents, first!.residentsYear]).toEqual([105_000, 2020]);
  // A year has twelve months, these are nine.
  expect(first!.rate).toBeCloseTo((first!.count! / 105_000) * 100_000 * (12 / 9), 0);
  expect([second!.residents, second!.rate]).toEqual([null, null]);
});

test('a base year in which the data begin is no base, and that is said', async () => {
  const { rows } = await ask<RegionAnswer>('region?year=2025&base=2024');
  expect(rows.map(({ before, beforeReason }) => [before, beforeReason])).toEqual([
    [null, 'before-data'],
    [null, 'before-data'],
    [null, 'before-data'],
  ]);
});

test('a year without data is not told as a year without crime', async () => {
  for (const year of [2019, 2024, 2031]) {
    const { rows } = await ask<RegionAnswer>(`region?year=${year}&base=2025`);
    expect(rows.map(({ count, reason }) => [count, reason])).toEqual(Array(CITIES).fill([null, 'no-data']));
  }
});

test('an offence chosen is what is counted', async () => {
  const { rows } = await ask<RegionAnswer>('region?year=2025&offence=vida');
  const { rows: told } = await sql<{ n: number }>`select count(*)::int as n from incident
    where jurisdiction_id = 1 and source_id = 1 and offence_id = 2 and occurred_on >= '2025-01-01'
      and occurred_on < '2025-10-01' and not (lon is not null and incident_id % 6 = 0)`.execute(database.db);
  expect(rows[0]!.count).toBe(told[0]!.n);
});

test('only the cities of the viewer are there, asked in turn by two viewers', async () => {
  const codes = async () => (await ask<RegionAnswer>('region?year=2025')).rows.map(({ code }) => code);
  const limits = async () => (await ask<RegionLimits>('region/limits')).limits.map(({ code }) => code);
  expect(await codes()).toHaveLength(CITIES);
  expect(await limits()).toEqual(['muni-2']);
  scope = ['muni-3'];
  expect(await codes()).toEqual(['muni-3']);
  expect(await limits()).toEqual([]);
  scope = null;
  expect(await codes()).toHaveLength(CITIES);
});
