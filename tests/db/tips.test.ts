// Tips without a name: what is taken and what is not, who reads them, and that they are forgotten.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import type { Database } from '../../server/db/open.ts';
import { plainBody } from '../../server/http/plain-text.ts';
import { problems } from '../../server/http/problems.ts';
import { forgetTips } from '../../server/tips/box.ts';
import type { TipForm, TipRow, TipsPage } from '../../server/tips/contract.ts';
import { tipRoutes } from '../../server/tips/routes.ts';
import { MOST_AN_HOUR } from '../../server/tips/store.ts';
import { reportOn, runOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { loadTown } from '../support/public-town.ts';

/** Half past noon in the town, which is six hours behind UTC. */
const BEGIN = Date.parse('2024-03-05T18:30:12.345Z');
let clock = BEGIN;
let viewer: Viewer = PUBLIC;
let database: Database;
let folder: string;
let base: string;
let close: () => Promise<void>;
const run = (...words: readonly string[]) => reportOn(database, { dataDir: folder, databaseUrl: null }, words);

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-tips-'));
  await loadTown(folder, run);
  const early = await runOn(database, { dataDir: folder, databaseUrl: null }, ['tips', 'on', 'town']);
  expect(early.stderr).toMatch(/protect on town/);
  await run('protect', 'on', 'town');
  await run('jurisdiction', 'add', 'otra', '--name', 'Otra', '--timezone', 'America/Mexico_City');
  const app = express();
  app.set('query parser', 'simple');
  app.use(express.json(), plainBody, (request, _response, next) => {
    request.viewer = viewer;
    next();
  });
  app.use('/api/v1', tipRoutes({ database, now: () => new Date(clock) }));
  app.use(problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/`;
  close = () => new Promise((resolve) => server.close(() => resolve()));
});
afterAll(async () => {
  await close();
  await emptyTables(database);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  viewer = PUBLIC;
  await sql`delete from tip`.execute(database.db);
  // Another hour: what was counted of whoever sends is forgotten.
  clock += 3600_000;
});

const TIP = {
  kind: 'drugs',
  place: { layer: 'streets', code: 'k7' },
  day: '2024-03-04',
  dayPart: 'night',
  words: 'Venden en la puerta azul.\nLlegan en moto.',
};
const form = async (city = 'town') => ((await (await fetch(`${base}${city}/tips/form`)).json()) as TipForm).form;
const ask = (method: string, path: string, body?: unknown) =>
  fetch(base + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
/** Fills in a form as a person does, half a minute after it was opened. */
async function send(changed: object = {}) {
  const handed = await form();
  clock += 30_000;
  const response = await ask('POST', 'town/tips', { form: handed, ...TIP, ...changed });
  const problem = response.status === 204 ? null : ((await response.json()) as { parameter?: string; detail: string });
  return { status: response.status, parameter: problem?.parameter, detail: problem?.detail };
}
const read = async (query = '') => {
  viewer = STAFF;
  const response = await ask('GET', `town/tips${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as TipsPage;
};

test('until a city takes tips there is no form, and none is taken', async () => {
  expect(await form()).toBeNull();
  expect((await ask('POST', 'town/tips', { ...TIP, form: 'x' })).status).toBe(404);
  await run('tips', 'on', 'town', '--keep-days', '30');
  expect(await form()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  // A city that shows the public nothing has no form either, and is not told from one that is not there.
  for (const city of ['otra', 'nadie']) expect((await ask('GET', `${city}/tips/form`)).status).toBe(404);
});

test('a tip is stored by its street, its day and the hour it came in, and by nothing of whoever sent it', async () => {
  expect((await send()).status).toBe(204);
  const { rows } = await read();
  const hour = new Date(Math.floor(clock / 3600_000) * 3600_000).toISOString();
  expect(rows).toEqual([
    {
      ...{ id: expect.any(String), receivedAt: hour, kind: 'drugs', state: 'new' },
      // The middle of the eighth segment of 0.001°, and the avenue runs through the middle of the colonias.
      ...{ place: { layer: 'streets', code: 'k7', name: 'Avenida Larga' }, at: [-99.1925, 19.405] },
      ...{ day: '2024-03-04', dayPart: 'night', words: TIP.words },
    },
  ]);
  const columns = await sql<{ name: string }>`
    select column_name as name from information_schema.columns where table_name = 'tip'`.execute(database.db);
  expect(columns.rows.map(({ name }) => name).sort()).toEqual(
    [
      ...['jurisdiction_id', 'tip_id', 'received_at', 'kind', 'layer', 'place_code', 'place_name', 'lon', 'lat'],
      ...['on_day', 'day_part', 'words', 'state'],
    ].sort(),
  );
});

test('what is missing, out of place, to come yet or too long is refused by name, and the form can be sent again', async () => {
  const refused = async (changed: object) => {
    const { status, parameter } = await send(changed);
    return [status, parameter];
  };
  expect(await refused({ kind: 'terrorism' })).toEqual([422, 'kind']);
  expect(await refused({ place: { layer: 'streets', code: 'k99' } })).toEqual([422, 'place']);
  expect(await refused({ place: { layer: 'nada', code: 'k7' } })).toEqual([422, 'place']);
  expect(await refused({ place: { layer: 'streets', version: 2, id: 1 } })).toEqual([422, 'place']);
  expect(await refused({ place: { lon: -99.19, lat: 19.4 } })).toEqual([422, 'place']);
  expect(await refused({ day: '2024-03-06' })).toEqual([422, 'day']);
  expect(await refused({ day: '2024-02-30' })).toEqual([422, 'day']);
  expect(await refused({ words: 'x'.repeat(2001) })).toEqual([422, 'words']);
  expect(await refused({ words: '\0' })).toEqual([422, 'words']);
  expect(await refused({ website: 'http://x.example' })).toEqual([422, 'website']);
  expect(await refused({ name: 'Ana' })).toEqual([422, '']);
  expect((await read()).rows).toEqual([]);
  viewer = PUBLIC;
  const handed = await form();
  clock += 30_000;
  expect((await ask('POST', 'town/tips', { form: handed, ...TIP, day: '2030-01-01' })).status).toBe(422);
  const byNumber = { layer: 'streets', version: 1, id: 3 };
  expect((await ask('POST', 'town/tips', { form: handed, ...TIP, place: byNumber })).status).toBe(204);
  expect((await ask('POST', 'town/tips', { form: handed, ...TIP })).status).toBe(422);
  expect((await read()).rows).toHaveLength(1);
});

test('a street beyond the limit of the municipality is refused in words', async () => {
  const limit = (east: number) =>
    `SRID=4326;MULTIPOLYGON(((-99.3 19.3, ${east} 19.3, ${east} 19.5, -99.3 19.5, -99.3 19.3)))`;
  const set = (to: string | null) =>
    sql`update jurisdiction set limit_geom = ST_GeomFromEWKT(${to}::text) where code = 'town/public'`.execute(
      database.db,
    );
  await set(limit(-99.195));
  expect(await send()).toMatchObject({
    ...{ status: 422, parameter: 'place', detail: 'el lugar queda fuera del municipio' },
  });
  expect((await send({ place: { layer: 'streets', code: 'k2' } })).status).toBe(204);
  await set(null);
});

test('a form is handed out by this page, for this city, to be filled in by a person and sent once', async () => {
  const handed = (await form())!;
  const tried = async (text: string, afterMs = 30_000) => {
    clock += afterMs;
    const answer = await ask('POST', 'town/tips', { ...TIP, form: text });
    return answer.status === 204 ? 'taken' : ((await answer.json()) as { parameter: string }).parameter;
  };
  expect(await tried(handed, 500)).toBe('form');
  expect(await tried(`${handed}x`)).toBe('form');
  expect(await tried(handed.replace(/^[^.]+/, (BEGIN - 60_000).toString(36)))).toBe('form');
  expect(await tried('')).toBe('form');
  expect(await tried((await form())!, 5 * 3600_000)).toBe('form');
  expect(await tried((await form())!)).toBe('taken');
});

test('one sender and a whole city have so many an hour, and are told to come back', async () => {
  const statuses = new Set<number>();
  for (let n = 0; n < 12; n++) {
    statuses.add((await send()).status);
    clock -= 30_000; // within the hour
  }
  expect([...statuses]).toEqual([204]);
  expect(await send()).toMatchObject({ status: 429 });
  clock += 3600_000;
  await sql`
    insert into tip (jurisdiction_id, tip_id, received_at, kind, layer, place_code, place_name, lon, lat, words)
    select jurisdiction_id, gen_random_uuid(), date_trunc('hour', ${new Date(clock).toISOString()}::timestamptz), 'other',
      'streets', 'k1', '', 0, 0, ''
    from jurisdiction, generate_series(1, ${MOST_AN_HOUR}) where code = 'town'`.execute(database.db);
  expect(await send()).toMatchObject({ status: 429 });
});

test('they are read newest first and page by page, found by state and kind, seen and closed', async () => {
  for (const kind of ['drugs', 'armed', 'other']) {
    expect((await send({ kind })).status).toBe(204);
    clock += 3600_000;
  }
  const first = await read('?limit=2');
  expect(first.rows.map(({ kind }) => kind)).toEqual(['other', 'armed']);
  const rest = await read(`?limit=2&after=${first.next}`);
  expect([rest.rows.map(({ kind }) => kind), rest.next]).toEqual([['drugs'], null]);
  const { id } = rest.rows[0]!;
  const changed = (await (await ask('PATCH', `town/tips/${id}`, { state: 'seen' })).json()) as TipRow;
  expect(changed).toEqual({ ...rest.rows[0], state: 'seen' });
  expect((await read('?state=seen')).rows.map((row) => row.id)).toEqual([id]);
  expect((await read('?kind=armed')).rows).toHaveLength(1);
  expect((await ask('PATCH', `town/tips/${id}`, { state: 'deleted' })).status).toBe(422);
  expect((await ask('PATCH', 'town/tips/nothing', { state: 'seen' })).status).toBe(404);
});

test('another city, and whoever is bound to other areas, reads none of them and changes none', async () => {
  expect((await send()).status).toBe(204);
  const { rows } = await read();
  const bound = (jurisdictions: string[], codes?: string[]): Viewer => ({
    ...{ ...STAFF, role: 'commander' },
    scope: { jurisdictions, areas: codes ? { layer: 'colonias', codes } : null },
  });
  const asked = async () => [
    (await ask('GET', 'town/tips')).status,
    (await ask('GET', 'town/tips.csv')).status,
    (await ask('PATCH', `town/tips/${rows[0]!.id}`, { state: 'closed' })).status,
    (await ask('GET', 'town/tip-settings')).status,
    (await ask('PUT', 'town/tip-settings', { isOn: true, keepDays: 1 })).status,
  ];
  viewer = bound(['otra']);
  expect(await asked()).toEqual([404, 404, 404, 404, 404]);
  // The tip is of the second colonia; a city of one's own holds no row of another.
  viewer = bound(['town'], ['c4']);
  expect(((await (await ask('GET', 'town/tips')).json()) as TipsPage).rows).toEqual([]);
  expect((await ask('PATCH', `town/tips/${rows[0]!.id}`, { state: 'closed' })).status).toBe(404);
  viewer = bound(['town'], ['c2']);
  expect(((await (await ask('GET', 'town/tips')).json()) as TipsPage).rows).toHaveLength(1);
  viewer = bound(['otra']);
  expect(((await (await ask('GET', 'otra/tips')).json()) as TipsPage).rows).toEqual([]);
  expect((await ask('PATCH', `otra/tips/${rows[0]!.id}`, { state: 'closed' })).status).toBe(404);
});

test('as a file a formula is text', async () => {
  expect((await send({ words: '=HYPERLINK("http://x.example")\u202e' })).status).toBe(204);
  viewer = STAFF;
  const file = await (await ask('GET', 'town/tips.csv')).text();
  expect(file.split('\r\n')[1]).toMatch(
    /,new,drugs,2024-03-04,night,streets,k7,Avenida Larga,-99.1925,19.405,"'=HYPERLINK\(""http:\/\/x.example""\)"$/,
  );
});

test('after so many days a tip is gone, at once where fewer are set, and for readers before it is swept', async () => {
  expect((await send()).status).toBe(204);
  const stored = async () =>
    Number((await sql<{ n: string }>`select count(*) as n from tip`.execute(database.db)).rows[0]!.n);
  clock += 29 * 86_400_000;
  expect(await forgetTips(database, new Date(clock))).toBe(0);
  expect((await read()).rows).toHaveLength(1);
  clock += 86_400_000;
  expect((await read()).rows).toEqual([]);
  expect(await stored()).toBe(1);
  expect(await forgetTips(database, new Date(clock))).toBe(1);
  viewer = PUBLIC;
  expect((await send()).status).toBe(204);
  clock += 3 * 86_400_000;
  viewer = STAFF;
  expect((await ask('PUT', 'town/tip-settings', { isOn: false, keepDays: 2 })).status).toBe(200);
  expect(await stored()).toBe(0);
  viewer = PUBLIC;
  expect(await form()).toBeNull();
  await run('jurisdiction', 'remove', 'otra');
});
