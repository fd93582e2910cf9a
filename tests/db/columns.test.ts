// What the page answers from the columns it holds, against what the server answers to the same paths: for staff, and for a
// planner, who is told of no street where sensitive offences were.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from '@uwdata/flechette';
import express from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVERYWHERE, PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import { answerHere, type Here, openHere } from '../../server/columns/answer-here.ts';
import { ABOUT_KEY, type ColumnPlaces, type ColumnsAbout } from '../../server/columns/contract.ts';
import { receiveColumns } from '../../server/columns/receive.ts';
import { columnRoutes } from '../../server/columns/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import type { CountsAnswer, OffenceRow } from '../../server/counts/contract.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { problems } from '../../server/http/problems.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { AREAS, HEAD, OFFENCES, partlyProtected, randomIncidents, writeWorld } from '../support/small-world.ts';
import { isThorough } from '../support/thorough.ts';

/** Random questions; many before a release. */
const RUNS = isThorough ? 1000 : 300;
const incidents = partlyProtected(randomIncidents(900, 11));
const visible = incidents.filter(
  ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
);
const PLANNER: Viewer = { role: 'planner', account: { id: 1, name: 'p' }, scope: EVERYWHERE };

let viewer = STAFF;
/** Of how many rows it was written down that they left. */
const toldOf: (number | null)[] = [];
let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;

beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-columns-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express().use((request, _response, next) => {
    request.viewer = viewer;
    request.tellRows = async (rows) => void toldOf.push(rows);
    next();
  });
  app.set('query parser', 'simple');
  const stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  app.use('/api/v1', statsRoutes(stats, stats));
  app.use('/api/v1', columnRoutes(stats));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(await openTestDatabase());
  await rm(dataDir, { recursive: true, force: true });
});

const J = '/api/v1/small';
const askServer = async <T>(path: string): Promise<T> => {
  const response = await fetch(base + path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
};

async function opened(): Promise<Here> {
  const offences = await askServer<OffenceRow[]>(`${J}/offences`);
  const roots = offences.filter(({ parent }) => parent === null).map(({ code }) => code);
  const bytes = await fetch(`${base}${J}/incidents.arrow?offence=${roots}`);
  expect(bytes.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream');
  return openHere(
    new Uint8Array(await bytes.arrayBuffer()),
    await askServer<ColumnPlaces>(`${J}/incident-places.json`),
    { offences, themes: await askServer(`${J}/themes`) },
  );
}

const month = fc.tuple(fc.integer({ min: 2023, max: 2025 }), fc.integer({ min: 1, max: 12 }));
const monthText = ([year, at]: readonly [number, number]) => `${year}-${String(at).padStart(2, '0')}-01`;
const filters = fc.record({
  days: fc.oneof(
    fc.constant({}),
    fc.constantFrom('week', '28d', '12m', 'ytd').map((period) => ({ period })),
    fc
      .uniqueArray(month.map(monthText), { minLength: 2, maxLength: 2 })
      .map((days) => days.sort())
      .map(([from, until]) => ({ from, until })),
  ),
  offence: fc.oneof(fc.constant([]), fc.subarray([...OFFENCES, 'patrimonio', 'vida'])),
  hour: fc.option(fc.constantFrom('20-2', '6-12', '0-24')),
  weekday: fc.option(fc.constantFrom('1,2,3', '6,7')),
  within: fc.option(
    fc.oneof(
      fc.integer({ min: 1, max: AREAS }).map((n) => `barrios:b${n}`),
      fc.integer({ min: 1, max: 9 }).map((n) => `streets:#${n}`),
    ),
  ),
  inside: fc.option(fc.constantFrom('barrios', 'streets'), { freq: 2 }),
  source: fc.option(fc.constantFrom('fgj', 'otra'), { freq: 2 }),
});
const questions = fc.constantFrom(
  ...['counts?layer=barrios', 'counts?layer=streets', 'summary?layer=barrios', 'series?step=month', 'series?step=day'],
  ...['clock?', 'top?layer=barrios&by=rate&limit=3', 'top?layer=streets&limit=5'],
);

for (const [name, who] of [
  ['staff', STAFF],
  ['a planner', PLANNER],
] as const) {
  test(`whatever ${name} asks is answered from the columns as the server answers it`, {
    timeout: 240_000,
  }, async () => {
    viewer = who;
    const here = await opened();
    await fc.assert(
      fc.asyncProperty(filters, questions, async ({ days, offence, ...rest }, question) => {
        const asked = new URLSearchParams(days as Record<string, string>);
        if (offence.length) asked.set('offence', offence.join());
        for (const [key, value] of Object.entries(rest)) if (value !== null) asked.set(key, value);
        const path = `${J}/${question}&${asked}`;
        const answer = await answerHere(here, path);
        expect(JSON.parse(JSON.stringify(answer))).toEqual(await askServer(path));
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });
}

test('a drawn polygon, heat, another version of a layer and a place that is not there are left to the server', async () => {
  viewer = STAFF;
  const here = await opened();
  for (const path of ['clock?within=poly:-99,19;-98.9,19;-98.9,19.1', 'heat?zoom=12', 'counts?layer=barrios@1'])
    expect([path, await answerHere(here, `${J}/${path}`)]).toEqual([path, null]);
  expect(await answerHere(here, `${J}/clock?within=barrios:gone`)).toBeNull();
});

test('what the server refuses is not answered from the columns either', async () => {
  viewer = STAFF;
  const here = await opened();
  for (const question of [
    ...[
      'clock?within=streets:%23999999999',
      'series?step=year',
      'top?layer=barrios&limit=abc',
      'top?layer=barrios&by=x',
    ],
    ...['counts?layer=barrios&asOf=x', 'clock?layer=barrios'],
  ]) {
    const path = `${J}/${question}`;
    expect([path, (await fetch(base + path)).status >= 400]).toEqual([path, true]);
    expect([path, await answerHere(here, path)]).toEqual([path, null]);
  }
});

test('columns of another version than the tree of offences are not counted from: some would be nowhere', async () => {
  viewer = STAFF;
  const offences = await askServer<OffenceRow[]>(`${J}/offences`);
  const bytes = new Uint8Array(await (await fetch(`${base}${J}/incidents.arrow`)).arrayBuffer());
  const places = await askServer<ColumnPlaces>(`${J}/incident-places.json`);
  const older = offences.filter(({ code }) => code !== 'fgj.violencia-familiar');
  await expect(openHere(bytes, places, { offences: older, themes: [] })).rejects.toThrow('fgj.violencia-familiar');
});

test('that rows leave is written down with how many they are, as often as they do', async () => {
  viewer = PLANNER;
  toldOf.length = 0;
  const rows = [];
  for (let times = 0; times < 2; times++) {
    const bytes = await (await fetch(`${base}${J}/incidents.arrow?within=barrios:b2`)).arrayBuffer();
    rows.push(tableFromIPC(new Uint8Array(bytes)).numRows);
  }
  expect(rows[0]).toBeGreaterThan(10);
  expect(toldOf).toEqual(rows);
});

test('the file says what it leaves out: what is known too coarsely, lies outside, or is not told so finely', async () => {
  const aboutOf = async (filter: string) => {
    const response = await fetch(`${base}${J}/incidents.arrow?${filter}`);
    const { schema } = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    return JSON.parse(schema.metadata!.get(ABOUT_KEY)!) as ColumnsAbout;
  };
  viewer = STAFF;
  const early = await aboutOf('hour=6-12');
  const counted = await askServer<CountsAnswer>(`${J}/counts?layer=barrios&hour=6-12`);
  expect(early.excluded).toEqual(counted.excluded);
  expect(early.excluded.unknownHour).toBeGreaterThan(0);
  expect([early.leftOut, early.leavesOutSensitive, early.isProtected]).toEqual([null, false, false]);
  expect((await aboutOf('inside=barrios')).leftOut).toBeGreaterThan(0);
  viewer = PLANNER;
  expect((await aboutOf('within=poly:-180,-80;180,-80;180,80;-180,80')).leavesOutSensitive).toBe(true);
});

test('columns travel packed, are made once for all who ask at once, and nobody has them made without end', async () => {
  // A city of which nothing but the protected data set is here.
  const { db } = await openTestDatabase();
  await db
    .updateTable('jurisdiction')
    .set(({ ref }) => ({ public_of: ref('jurisdiction_id') }))
    .execute();
  viewer = PUBLIC;
  const ask = (filter: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${base}${J}/incidents.arrow?${filter}`, { headers });
  const many = await Promise.all(Array.from({ length: 20 }, () => ask('weekday=1')));
  expect(many.map(({ status }) => status)).toEqual(many.map(() => 200));
  expect(many[0]!.headers.get('content-encoding')).toBe('gzip');
  const packed = Buffer.from(await many[0]!.arrayBuffer());
  expect(receiveColumns(packed).about.isProtected).toBe(true);
  for (const other of many.slice(1)) expect(packed.equals(Buffer.from(await other.arrayBuffer()))).toBe(true);
  const asTheyAre = await ask('weekday=1', { 'Accept-Encoding': 'identity' });
  expect(asTheyAre.headers.get('content-encoding')).toBeNull();
  expect(packed.equals(Buffer.from(await asTheyAre.arrayBuffer()))).toBe(true);
  const statuses: number[] = [];
  for (let day = 2; day <= 7; day++) statuses.push((await ask(`weekday=${day}`)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const refused = await ask('weekday=7');
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  const etag = many[0]!.headers.get('etag')!;
  expect([(await ask('weekday=1')).status, (await ask('weekday=1', { 'If-None-Match': etag })).status]).toEqual([
    200, 304,
  ]);
});

test('a row is what its incident is; what is not known is null', async () => {
  viewer = STAFF;
  const response = await fetch(`${base}${J}/incidents.arrow`);
  const rows = tableFromIPC(new Uint8Array(await response.arrayBuffer()), { useDate: false }).toArray() as {
    readonly [column: string]: unknown;
  }[];
  const expected = visible.map(({ day, minute, datePrecision, point, withheld, area, segment, offence }) => {
    const isDay = datePrecision < 3;
    const hasHour = minute !== null && datePrecision < 2;
    return JSON.stringify([
      isDay ? day : day.slice(0, 7),
      hasHour ? Math.floor(minute / 60) : null,
      isDay ? new Date(`${day}T12:00Z`).getUTCDay() || 7 : null,
      point ? 'point' : withheld ? 'withheld' : area || segment ? 'name' : 'none',
      OFFENCES[offence - 1],
      area ? `b${area}` : null,
    ]);
  });
  const found = rows.map(({ date, known, hour, weekday, place, offence, in_barrios }) => {
    const day = new Date(Number(date)).toISOString().slice(0, 10);
    return JSON.stringify([
      known === 'hour' || known === 'day' ? day : day.slice(0, 7),
      ...[hour, weekday, place, offence, in_barrios],
    ]);
  });
  expect(found.sort()).toEqual(expected.sort());
  expect(rows.map(({ date }) => Number(date))).toEqual(rows.map(({ date }) => Number(date)).sort((a, b) => a - b));
});

test('a planner gets no street of a sensitive offence; points come by the other address alone', async () => {
  viewer = PLANNER;
  const response = await fetch(`${base}${J}/incidents.arrow`);
  const rows = tableFromIPC(new Uint8Array(await response.arrayBuffer())).toArray() as Record<string, unknown>[];
  expect(Object.keys(rows[0]!)).not.toContain('lon');
  const sensitive = rows.filter(({ offence }) => offence === 'fgj.violencia-familiar');
  expect(sensitive.length).toBeGreaterThan(50);
  expect(sensitive.filter(({ in_streets }) => in_streets !== null)).toEqual([]);
  expect(sensitive.filter(({ in_barrios }) => in_barrios !== null).length).toBeGreaterThan(20);
  expect(rows.filter(({ in_streets }) => in_streets !== null).length).toBeGreaterThan(100);
  viewer = STAFF;
  const exact = await fetch(`${base}${J}/incident-points.arrow?within=barrios:b1`);
  const points = tableFromIPC(new Uint8Array(await exact.arrayBuffer())).toArray() as Record<string, unknown>[];
  const inFirst = visible.filter(({ area, offence }) => area === 1 && offence > 0);
  expect(points.length).toBe(inFirst.length);
  const lonsOf = (values: readonly unknown[]) =>
    values.map((value) => (value === null ? null : Number(value).toFixed(7))).sort();
  expect(lonsOf(points.map(({ lon }) => lon))).toEqual(lonsOf(inFirst.map(({ point }) => point?.[0] ?? null)));
});
