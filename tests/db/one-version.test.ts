// Lists and files are of one version of the data, however often these change meanwhile, and are given all the same.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { EXPORT_FORMATS } from '../../server/exports/contract.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { readState } from '../../server/filter/catalogue.ts';
import { problems } from '../../server/http/problems.ts';
import { incidentRoutes } from '../../server/listing/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { deliver, HEAD, randomIncidents, WORLD, writeWorld } from '../support/small-world.ts';

type Page = {
  readonly dataVersion: number;
  readonly next: string | null;
  readonly features: readonly { readonly id: string; readonly properties: { readonly date: string } }[];
};

const database = await openTestDatabase();
const taxonomy = loadTaxonomy();
let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-version-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const deps = { database, cubes, taxonomy };
  const app = express().use(asStaff);
  app.set('query parser', 'simple');
  app.use('/api/v1', statsRoutes(deps), exportRoutes(deps), incidentRoutes(deps), problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/small`;
});
beforeEach(async () => {
  await emptyTables(database);
  await writeWorld(
    database,
    randomIncidents(900, 5).filter(({ from }) => from <= HEAD),
  );
  await sql`update data_state set data_token = gen_random_uuid()::text`.execute(database.db);
  await sleep(100); // longer than a state is taken for the present one
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(database);
  await rm(dataDir, { recursive: true, force: true });
});

async function page(query: string): Promise<Page> {
  const response = await fetch(`${base}/incidents?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}
/** A layer placed anew, a setting: what raises the version and is no delivery. */
const changeOtherwise = () =>
  sql`update data_state set data_version = data_version + 1, data_token = gen_random_uuid()::text
    where jurisdiction_id = ${WORLD.id}`.execute(database.db);
async function whileDelivering<T>(work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const feed = (async () => {
    while (!done.signal.aborted) await deliver(database, 2, 1);
  })();
  try {
    return await work();
  } finally {
    done.abort();
    await feed;
  }
}

test('the pages of a listing are of the version of the first, though deliveries come between them', async () => {
  // An id and a day later than all others: nothing may be repeated, nothing lost, nothing new slip in.
  const whole = await page('limit=1000&period=12m');
  const ids: string[] = [];
  let next: string | null = '';
  const versions = new Set<number>();
  while (next !== null) {
    const got: Page = await page(`limit=100&period=12m${next && `&after=${next}`}`);
    ids.push(...got.features.map(({ id }) => id));
    versions.add(got.dataVersion);
    next = got.next;
    await deliver(database, 40, 60);
    await sql`update incident set occurred_on = '2025-06-30' where from_delivery > ${HEAD + 1}`.execute(database.db);
  }
  expect(ids.length).toBeGreaterThan(200);
  expect(ids).toEqual(whole.features.map(({ id }) => id));
  expect([...versions]).toEqual([whole.dataVersion]);
});

test('a page after a change that is no delivery says that the list is to be begun again', async () => {
  const { next } = await page('limit=10');
  await changeOtherwise();
  const response = await fetch(`${base}/incidents?limit=10&after=${next}`);
  expect([response.status, (await response.json()).type]).toEqual([409, 'conflict']);
});

test.each(['2024-01-01_5', '2024-01-01_5_1_1_0_99999999', '2024-01-01_5_1_1_0_9999999', '2024-13-01_5_1_1_0_9', '\0'])(
  'what was never the end of a page is refused: %s',
  async (after) => {
    const response = await fetch(`${base}/incidents?after=${encodeURIComponent(after)}`);
    expect(response.status).toBe(422);
  },
);

test('a number of a delivery to come is no end of a page', async () => {
  const { dataVersion, head } = (await readState(database, WORLD.id))!;
  const after = `2024-01-01_5_${dataVersion + 3}_${head + 3}_0_20000`;
  expect((await fetch(`${base}/incidents?after=${after}`)).status).toBe(409);
});

test('while a feed delivers without end, every file, list and answer is given whole', async () => {
  const asked = [
    ...EXPORT_FORMATS.map((format) => `incidents.${format}`),
    'incidents-about.csv',
    'incidents.csv?within=barrios:b2',
    'incidents?limit=20',
    'counts?layer=barrios',
    'summary?layer=barrios&period=12m',
  ];
  const statuses = await whileDelivering(async () => {
    const got: [string, number][] = [];
    for (const path of [...asked, ...asked]) {
      const response = await fetch(`${base}/${path}`);
      await response.arrayBuffer();
      got.push([path, response.status]);
    }
    return got;
  });
  expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
});

test.each(EXPORT_FORMATS.map((format) => `incidents.${format}`))(
  'changes of another kind have %s asked again, and it agrees with its totals',
  async (path) => {
    const changing = (async () => {
      for (let change = 0; change < 3; change++) {
        await changeOtherwise();
        await sleep(40);
      }
    })();
    const response = await fetch(`${base}/${path}?within=barrios:b2`);
    const bytes = Buffer.from(await response.arrayBuffer());
    await changing;
    expect(response.status).toBe(200);
    const matched = Number(response.headers.get('cuadra-matched'));
    expect(matched).toBeGreaterThan(20);
    if (path.endsWith('csv')) expect(bytes.toString().trimEnd().split('\n').length - 1).toBe(matched);
    if (path.endsWith('geojson')) expect(JSON.parse(bytes.toString()).features.length).toBe(matched);
  },
);
