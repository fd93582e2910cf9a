// Monthly totals of an authority: imported through the same door as incidents, compared, undone, asked for beside them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, removeJurisdiction } from '../../server/access/jurisdictions.ts';
import { createCubes } from '../../server/cube/store.ts';
import { changesOf } from '../../server/deliveries/changes.ts';
import { deliveryRoutes } from '../../server/deliveries/routes.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { openUploads, type Uploads } from '../../server/files/uploads.ts';
import { problems } from '../../server/http/problems.ts';
import type { ImportDryRun, WaitingImport } from '../../server/imports/contract.ts';
import { importRoutes } from '../../server/imports/routes.ts';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import { discardPending, readHead } from '../../server/incidents/deliveries.ts';
import { listDeliveries } from '../../server/incidents/history.ts';
import { type ImportOptions, importIncidents } from '../../server/incidents/import.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { createJobs, type Jobs } from '../../server/jobs/queue.ts';
import { jobRoutes } from '../../server/jobs/routes.ts';
import type { BenchmarkAnswer, MonthlyReport } from '../../server/official-totals/contract.ts';
import { importTotals } from '../../server/official-totals/import.ts';
import { benchmarkRoutes } from '../../server/official-totals/routes.ts';
import { writeTotals } from '../../server/official-totals/store.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
const taxonomy = loadTaxonomy();
const never = new AbortController().signal;
let city: Jurisdiction;
let dataDir: string;
let jobs: Jobs;
let uploads: Uploads;
let server: Server;
let base: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cuadra-benchmark-'));
  jobs = await createJobs({ database, log: quietLog });
  uploads = await openUploads({ dataDir, log: quietLog, now: () => new Date() });
  const app = express().use(asStaff);
  const deps = { database, jobs, uploads, taxonomy };
  app.use(express.json());
  app.use('/api/v1', importRoutes(deps), deliveryRoutes(deps), jobRoutes(deps), benchmarkRoutes(deps));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/calvillo`;
});
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32613 };
  city = await addJurisdiction(database, STAFF, { code: 'calvillo', name: 'Calvillo', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await jobs.close();
  uploads.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const HEADER =
  'Año,Clave_Ent,Entidad,Cve. Municipio,Municipio,Bien jurídico afectado,Tipo de delito,Subtipo de delito,Modalidad,' +
  'Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre';
const MURDER = 'La vida y la Integridad corporal,Homicidio,Homicidio doloso,Con arma de fuego';
const KNIFE = 'La vida y la Integridad corporal,Homicidio,Homicidio doloso,Con arma blanca';
const BURGLARY = 'El patrimonio,Robo,Robo a casa habitación,Con violencia';
const zeros = (n: number) => ',0'.repeat(n);
const row = (year: number, words: string, counts: string, area = '1003,Calvillo') =>
  `${year},1,Aguascalientes,${area},${words},${counts}`;

/** 2025: 12 murders, one a month, and two by knife in March; 2026 is told to February. */
const FIRST = [
  row(2025, MURDER, `1${',1'.repeat(11)}`),
  row(2025, KNIFE, `0,0,2${zeros(9)}`),
  row(2025, BURGLARY, `5${',5'.repeat(11)}`),
  row(2025, MURDER, `90${',90'.repeat(11)}`, '1001,Aguascalientes'),
  row(2026, MURDER, `3,4${zeros(10)}`),
];
/** A month more; two murders of 2025 are taken back: one by knife in March, one by gun in December. */
const SECOND = [
  row(2025, MURDER, `1${',1'.repeat(10)},0`),
  row(2025, KNIFE, `0,0,1${zeros(9)}`),
  row(2025, BURGLARY, `5${',5'.repeat(11)}`),
  row(2026, MURDER, `3,4,5${zeros(9)}`),
];

function deliver(rows: readonly string[], name: string, given: Partial<ImportOptions> = {}): Promise<MonthlyReport> {
  const path = join(dataDir, name);
  writeFileSync(path, [HEADER, ...rows, ''].join('\n'));
  const options = {
    preset: 'sesnsp',
    source: null,
    kind: null,
    replaces: null,
    confirmed: false,
    map: {},
    through: null,
  };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: never };
  return importTotals(database, city, path, { ...options, ...given }, watch);
}
async function ask<T = BenchmarkAnswer>(path: string, method = 'GET', body?: unknown, status = 200): Promise<T> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(`${base}/${path}`, { method, ...json });
  expect([response.status, response.status === status ? '' : await response.text()]).toEqual([status, '']);
  return (await response.json()) as T;
}
async function ended<T>({ id }: JobState): Promise<JobState & { report: T }> {
  for (;;) {
    const job = await ask<JobState & { report: T }>(`jobs/${id}`);
    if (job.state !== 'waiting' && job.state !== 'running') return job;
    await sleep(20);
  }
}
/** `{month: count}` of the first area. */
async function months(query: string): Promise<Record<string, number | null>> {
  const { areas } = await ask(`benchmark?${query}`);
  return Object.fromEntries(areas[0]?.months.map(({ month, count }) => [month, count]) ?? []);
}
const MURDERS = 'offence=vida.homicidio.doloso';

test('totals are answered by area and month, unpublished months as null, and only for what is asked', async () => {
  const report = await deliver(FIRST, 'Municipal_feb2026.csv');
  expect(report).toMatchObject({ read: 5, stored: 4, changed: 0, unchanged: 0, gone: 0, rejected: 0, leftOut: 1 });
  expect(report).toMatchObject({ areas: ['01003'], firstMonth: '2025-01', lastMonth: '2026-02', revised: [] });
  const answer = await ask(`benchmark?${MURDERS}&from=2025-02-01&until=2025-05-01`);
  expect(answer).toEqual({
    dataVersion: 2,
    areas: [
      {
        code: '01003',
        name: 'Calvillo',
        months: [
          { month: '2025-02', count: 1 },
          { month: '2025-03', count: 3 },
          { month: '2025-04', count: 1 },
        ],
      },
    ],
    source: { code: 'sesnsp', title: 'SESNSP' },
    through: '2026-02-28',
    notCounted: [],
  });
  expect(await months(`${MURDERS}&from=2026-01-15`)).toMatchObject({ '2026-02': 4, '2026-03': null, '2026-12': null });
  expect(await months('from=2025-03-01&until=2025-04-01')).toEqual({ '2025-03': 8 });
  expect(await months('theme=robo-a-casa&from=2025-03-01&until=2025-04-01')).toEqual({ '2025-03': 5 });
  expect(await ask('benchmark?offence=patrimonio.robo.bicicleta,vida.homicidio')).toMatchObject({
    notCounted: ['patrimonio.robo.bicicleta'],
  });
  expect(await ask('benchmark?kind=victim')).toMatchObject({ areas: [], source: null, through: null });
});

test('a range holds the months that lie in it whole, over the turn of the year', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const range = (from: string, until: string) => months(`${MURDERS}&from=${from}&until=${until}`);
  expect(await range('2025-11-02', '2026-02-27')).toEqual({ '2025-12': 1, '2026-01': 3 });
  expect(await range('2025-12-01', '2026-03-01')).toEqual({ '2025-12': 1, '2026-01': 3, '2026-02': 4 });
  expect(await range('2025-12-02', '2025-12-31')).toEqual({});
  expect((await ask('benchmark?until=2025-02-01')).areas[0]!.months).toEqual([{ month: '2025-01', count: 6 }]);
});

test('victims are answered apart from crimes', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const path = join(dataDir, 'Victimas_feb2026.csv');
  const victims = row(2026, MURDER, `7,8${zeros(10)}`).replace(MURDER, `${MURDER},Mujer,Adultos`);
  writeFileSync(path, [HEADER.replace('Enero', 'Sexo,Rango de edad,Enero'), victims, ''].join('\n'));
  const options = {
    preset: 'sesnsp',
    source: null,
    kind: null,
    replaces: null,
    confirmed: false,
    map: {},
    through: null,
  };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: never };
  await importTotals(database, city, path, options, watch);
  expect(await months(`${MURDERS}&kind=victim&from=2026-01-01&until=2026-03-01`)).toEqual({
    '2026-01': 7,
    '2026-02': 8,
  });
  expect(await months(`${MURDERS}&from=2026-01-01&until=2026-03-01`)).toEqual({ '2026-01': 3, '2026-02': 4 });
});

test.for([
  ['kind=call', 'kind'],
  ['hour=1-2', 'hour'],
  ['offence=none', 'offence'],
  ['theme=none', 'theme'],
  ['asOf=9', 'asOf'],
  ['colour=red', 'colour'],
] as const)('%s is refused by name', async ([query, parameter]) => {
  expect(await ask(`benchmark?${query}`, 'GET', undefined, 422)).toMatchObject({ parameter });
});

test('a revision changes what was told, says by how much, can be looked behind and undone', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const report = await deliver(SECOND, 'Municipal_mar2026.csv');
  expect(report).toMatchObject({ read: 4, stored: 0, changed: 3, unchanged: 1, gone: 0 });
  expect(report.revised).toEqual([
    { area: '01003', offence: 'vida.homicidio.doloso.arma-blanca', year: 2025, before: 2, now: 1 },
    { area: '01003', offence: 'vida.homicidio.doloso.arma-de-fuego', year: 2025, before: 12, now: 11 },
  ]);
  const march = { '2025-03': 2, '2025-12': 0, '2026-03': 5 };
  expect(await months(MURDERS)).toMatchObject(march);
  expect(await months(`${MURDERS}&asOf=1`)).toMatchObject({ '2025-03': 3, '2025-12': 1, '2026-03': null });
  const { totals } = await changesOf(database, city, 2);
  expect(totals).toEqual([
    {
      month: '2025-03',
      offence: 'vida.homicidio.doloso.arma-blanca',
      added: 1,
      ended: 2,
      difference: -1,
      area: 'Calvillo',
    },
    {
      month: '2025-12',
      offence: 'vida.homicidio.doloso.arma-de-fuego',
      added: 0,
      ended: 1,
      difference: -1,
      area: 'Calvillo',
    },
  ]);

  expect(await undoDelivery(database, city, 2, { via: 'page', signal: never })).toEqual({
    undoes: 2,
    undoneBy: 3,
    ended: 3,
    restored: 3,
  });
  expect(await months(MURDERS)).toEqual(await months(`${MURDERS}&asOf=1`));
  expect(await ask('benchmark')).toMatchObject({ through: '2026-02-28', dataVersion: 4 });
  await undoDelivery(database, city, 3, { via: 'page', signal: never });
  expect(await months(MURDERS)).toMatchObject(march);
  await removeJurisdiction(database, STAFF, 'calvillo');
});

test('the same file again is recognised, and the same lines in another file change nothing', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const again = await deliver(FIRST, 'Municipal_feb2026.csv');
  expect(again).toMatchObject({ stored: 0, unchanged: 4, notes: [{ code: 'same-file', example: '1' }] });
  const other = await deliver([...FIRST].reverse(), 'feb2026.csv');
  expect(other).toMatchObject({ stored: 0, changed: 0, unchanged: 4, gone: 0 });
  expect(await listDeliveries(database, city)).toHaveLength(1);
});

test('lines a year has lost must be confirmed', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const fewer = FIRST.slice(0, 1);
  await expect(deliver(fewer, 'Municipal_mar2026.csv')).rejects.toThrow('2 of 3 lines of 2025');
  expect(await months(MURDERS)).toMatchObject({ '2025-03': 3 });
  expect(await deliver(fewer, 'Municipal_mar2026.csv', { confirmed: true })).toMatchObject({ gone: 2, unchanged: 1 });
  expect(await months(MURDERS)).toMatchObject({ '2025-03': 1, '2026-01': 3 });
});

test('a source tells either incidents or totals, and totals are never counted among incidents', async () => {
  const cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const path = join(dataDir, 'incidents.csv');
  writeFileSync(path, 'fecha,delito,lon,lat\n2025-03-01,Homicidio doloso,-102.7,21.8\n');
  const options = {
    preset: 'generic',
    source: null,
    kind: null,
    replaces: null,
    confirmed: false,
    map: {},
    through: null,
  };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: never };
  try {
    await importIncidents(database, city, path, options, watch);
    await cubes.warm(city);
    await deliver(FIRST, 'Municipal_feb2026.csv');
    const seen = await cubes.snapshot(city);
    expect([seen.dataVersion, seen.sources.map(({ code, incidents }) => [code, incidents])]).toEqual([
      3,
      [['local', 1]],
    ]);
    await expect(importIncidents(database, city, path, { ...options, source: 'sesnsp' }, watch)).rejects.toThrow(
      'monthly totals',
    );
    await expect(deliver(FIRST, 'feb2026.csv', { source: 'local' })).rejects.toThrow('delivers incidents');
  } finally {
    await cubes.close();
  }
});

test('what a killed import left is removed by the next one', async () => {
  await deliver(FIRST, 'Municipal_feb2026.csv');
  const { delivery } = await readHead(database, city.id);
  const { rows } = await sql<{ id: number }>`select source_id as id from source where monthly`.execute(database.db);
  const left = {
    area: '01003',
    year: 2030,
    category: 'X',
    sex: '',
    age: '',
    offence: 'vida',
    counts: new Array(12).fill(9),
  };
  await writeTotals(database, { jurisdictionId: city.id, sourceId: rows[0]!.id, delivery: delivery + 1 }, [left]);
  await sql`update monthly_total set until_delivery = ${delivery + 1} where from_delivery = 1`.execute(database.db);
  expect(await months(MURDERS)).toMatchObject({ '2025-03': 3, '2026-02': 4 });
  await discardPending(database, city.id);
  const stored = await sql<{ count: number; ended: number }>`
    select count(*)::int as count, count(until_delivery)::int as ended from monthly_total`.execute(database.db);
  expect(stored.rows).toEqual([{ count: 4, ended: 0 }]);
});

test('through the page: recognised, checked, areas chosen, imported as a job, listed among the deliveries', async () => {
  const form = new FormData();
  form.append('file', new Blob([[HEADER, ...FIRST, ''].join('\n')]), 'Municipal_feb2026.csv');
  const sent = await fetch(`${base}/imports`, { method: 'POST', body: form });
  const waiting = (await sent.json()) as WaitingImport;
  expect(waiting.mapping).toMatchObject({ preset: 'sesnsp', areas: null });
  expect(waiting.detection).toMatchObject({
    confidence: 1,
    monthly: { level: 'municipality', publishedThrough: '2026-02' },
  });

  const check = await ended<ImportDryRun>(await ask(`imports/${waiting.id}/check`, 'POST', undefined, 202));
  expect(check.report).toMatchObject({ read: 5, stored: 4, rejected: 0, monthly: { areas: ['01003'], leftOut: 1 } });
  expect(check.report.monthly!.found.map(({ code, rows }) => [code, rows])).toEqual([
    ['01001', 1],
    ['01003', 4],
  ]);
  expect(await ask('deliveries')).toEqual([]);

  await ask(`imports/${waiting.id}`, 'PUT', { preset: 'sesnsp', areas: ['01001', '01003'] });
  await ask(`imports/${waiting.id}`, 'PUT', { preset: 'sesnsp', areas: ['1003'] }, 422);
  // What was checked is what is imported.
  await ask(`imports/${waiting.id}/commit`, 'POST', {}, 409);
  await ended<ImportDryRun>(await ask(`imports/${waiting.id}/check`, 'POST', undefined, 202));
  const done = await ended<MonthlyReport>(await ask(`imports/${waiting.id}/commit`, 'POST', {}, 202));
  expect(done).toMatchObject({ state: 'done', report: { stored: 5, leftOut: 0, areas: ['01001', '01003'] } });
  const [delivery] = await ask<DeliveryRow[]>('deliveries');
  expect(delivery).toMatchObject({
    ...{ source: 'sesnsp', kind: 'incident', preset: 'sesnsp', via: 'page', canUndo: true },
    ...{ fileName: 'Municipal_feb2026.csv', coversFrom: '2025-01-01', coversUntil: '2026-03-01' },
  });
  const { areas } = await ask(`benchmark?${MURDERS}&from=2025-01-01&until=2025-02-01`);
  expect(areas.map(({ code, months: [first] }) => [code, first?.count])).toEqual([
    ['01001', 90],
    ['01003', 1],
  ]);
});

test('a file without the municipality is refused in words that say what to choose', async () => {
  const elsewhere = FIRST.map((each) => each.replace('1003,Calvillo', '1005,Jesús María'));
  await expect(deliver(elsewhere, 'Municipal_feb2026.csv')).rejects.toThrow(
    'no area of the file is called Calvillo, say which to keep: 01001 Aguascalientes (Aguascalientes), 01005',
  );
  expect(await listDeliveries(database, city)).toEqual([]);
});
