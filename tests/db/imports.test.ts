// A file of incidents on its way through the page's API: sent, recognised, mapped, checked, imported, undone.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import { deliveryRoutes } from '../../server/deliveries/routes.ts';
import { openUploads, type Uploads } from '../../server/files/uploads.ts';
import { problems } from '../../server/http/problems.ts';
import type { ImportDryRun, PresetsAnswer, WaitingImport } from '../../server/imports/contract.ts';
import { importRoutes } from '../../server/imports/routes.ts';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { createJobs, type Jobs } from '../../server/jobs/queue.ts';
import { jobRoutes } from '../../server/jobs/routes.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
let dataDir: string;
let jobs: Jobs;
let uploads: Uploads;
let server: Server;
let base: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cuadra-imports-'));
  jobs = await createJobs({ database, log: quietLog });
  uploads = await openUploads({ dataDir, log: quietLog, now: () => new Date() });
  const app = express().use(asStaff, (request, _response, next) => {
    // Who draws the map's areas asks as such, by a header of the tests alone.
    if (request.get('x-role') === 'gis') request.viewer = { ...STAFF, role: 'gis' };
    next();
  });
  const deps = { database, jobs, uploads };
  app.use(express.json());
  app.use('/api/v1', importRoutes(deps), deliveryRoutes(deps), jobRoutes(deps));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/villa`;
});
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await jobs.close();
  uploads.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const HEADER = 'Expediente;Cuándo;Qué;Nombre del denunciante;Long;Lat';
const ROWS = [
  '1;01/03/2024 10:00;Robo;Juana;-99.1;19.4',
  '2;02/03/2024;Extorsión;Pedro;;',
  '3;nunca;Robo;"=Luis";-99.1;19.4',
];
const MAPPING = { preset: 'generic', map: { Cuándo: 'date', Qué: 'offence' }, dateOrder: 'dmy' };

async function send(rows: readonly string[], name = 'marzo.csv'): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([[HEADER, ...rows, ''].join('\n')]), name);
  return fetch(`${base}/imports`, { method: 'POST', body: form });
}
async function ask<T>(path: string, method = 'GET', body?: unknown, status = 200): Promise<T> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(`${base}/${path}`, { method, ...json });
  expect([response.status, response.status === status ? '' : await response.text()]).toEqual([status, '']);
  return (status === 204 ? null : await response.json()) as T;
}
async function ended<T>({ id }: JobState): Promise<JobState & { report: T }> {
  for (;;) {
    const job = await ask<JobState & { report: T }>(`jobs/${id}`);
    if (job.state !== 'waiting' && job.state !== 'running') return job;
    await sleep(20);
  }
}
async function mapped(rows: readonly string[]): Promise<string> {
  const { id } = (await (await send(rows)).json()) as WaitingImport;
  await ask(`imports/${id}`, 'PUT', MAPPING);
  return id;
}
test('a file whose dates read two ways is asked about before anything is stored, and read as it is answered', async () => {
  const waiting = (await (await send(['1;05/09/2023 10:00;Robo;;;', '2;06/09/2023;Robo;;;'])).json()) as WaitingImport;
  const open = { preset: 'generic', map: MAPPING.map };
  const told = await ask<WaitingImport>(`imports/${waiting.id}`, 'PUT', open);
  expect(told.detection.dateQuestion).toMatchObject({ column: 'Cuándo', rows: 2 });
  const check = await ended<ImportDryRun>(await ask(`imports/${waiting.id}/check`, 'POST', undefined, 202));
  expect(check).toMatchObject({ state: 'done', report: { read: 0, stored: 0 } });
  expect(check.report.dateQuestion?.readings.map(({ order, months }) => [order, months])).toEqual([
    ['dmy', [{ month: '2023-09', count: 2 }]],
    [
      'mdy',
      [
        { month: '2023-05', count: 1 },
        { month: '2023-06', count: 1 },
      ],
    ],
  ]);
  const refused = await ended<IncidentsReport>(await ask(`imports/${waiting.id}/commit`, 'POST', {}, 202));
  expect(refused).toMatchObject({ state: 'failed' });
  expect(refused.problem).toContain('05/09/2023 10:00 = 2023-09-05');
  expect(await ask('deliveries')).toEqual([]);

  const answered = { ...open, dateOrder: 'mdy', times: 'utc' };
  const again = await ask<WaitingImport>(`imports/${waiting.id}`, 'PUT', answered);
  expect(again.detection).toMatchObject({ dateQuestion: null, dateExample: '05/09/2023 10:00' });
  expect(again.detection.examples[0]!.incident).toMatchObject({ occurredOn: '2023-05-09', minuteOfDay: 240 });
  await ask('presets/Robos', 'PUT', answered, 204);
  const done = await ended<IncidentsReport>(await ask(`imports/${waiting.id}/commit`, 'POST', {}, 202));
  expect(done.report.notes).toContainEqual({
    ...{ code: 'date-order-stated', count: 2 },
    example: 'Cuándo: 05/09/2023 10:00 → 2023-05-09 (mdy, 100 %)',
  });
  expect(await ask<DeliveryRow[]>('deliveries')).toMatchObject([
    { coversFrom: '2023-05-09', coversUntil: '2023-06-10' },
  ]);
  // Next month the saved reading answers, and a zone there is not is refused.
  const next = (await (await send(['3;07/09/2023 23:30;Robo;;;'], 'julio.csv')).json()) as WaitingImport;
  expect(next).toMatchObject({ savedPreset: 'Robos', mapping: { dateOrder: 'mdy', times: 'utc' } });
  await ask(`imports/${next.id}`, 'PUT', { ...answered, times: 'Atlantis' }, 422);
});

test('clocks of twelve hours are shown as they stand, asked about by the check, and answered behind their date', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i};${13 + i}/09/2023 ${1 + i}:05;Robo;;;`);
  const waiting = (await (await send(rows, 'reloj.csv')).json()) as WaitingImport;
  const open = { preset: 'generic', map: MAPPING.map };
  const { detection } = await ask<WaitingImport>(`imports/${waiting.id}`, 'PUT', open);
  expect(detection.examples[2]!.incident).toMatchObject({ occurredOn: '2023-09-15', minuteOfDay: 185 });
  const check = () => ask<JobState>(`imports/${waiting.id}/check`, 'POST', undefined, 202).then(ended<ImportDryRun>);
  expect((await check()).report.question).toMatchObject({ about: 'clock', column: 'Cuándo', rows: 12, behind: 'date' });
  await ask(`imports/${waiting.id}`, 'PUT', { ...open, map: { ...open.map, Cuándo: 'date:discard' } });
  expect((await check()).report).toMatchObject({ stored: 12, firstDay: '2023-09-13' });
});

const filesKept = () => readdirSync(join(dataDir, 'uploads'), { recursive: true }).map(String);

test('a file is sent, mapped, checked without storing, imported as a job, and its rejected rows come back', async () => {
  const sent = await send(ROWS);
  expect(sent.status).toBe(201);
  const waiting = (await sent.json()) as WaitingImport;
  expect(waiting).toMatchObject({ name: 'marzo.csv', detection: { preset: 'generic', confidence: 0, delimiter: ';' } });
  expect(JSON.stringify(waiting)).not.toContain('Juana');

  const told = await ask<WaitingImport>(`imports/${waiting.id}`, 'PUT', MAPPING);
  expect(told.detection.columns.map(({ field }) => field)).toEqual(['key', 'date', 'offence', null, 'lon', 'lat']);
  expect(told.detection.examples.map(({ incident, reason }) => incident?.occurredOn ?? reason)).toEqual([
    '2024-03-01',
    '2024-03-02',
    'no-month',
  ]);
  expect((await ask<WaitingImport>(`imports/${waiting.id}`)).mapping).toEqual(told.mapping);

  const check = await ended<ImportDryRun>(await ask(`imports/${waiting.id}/check`, 'POST', undefined, 202));
  expect(check.report).toMatchObject({
    read: 3,
    stored: 2,
    changed: 0,
    unchanged: 0,
    gone: 0,
    rejected: 1,
    unlocated: 1,
  });
  expect(check.report).toMatchObject({ firstDay: '2024-03-01', lastDay: '2024-03-02', sample: [[-99.1, 19.4]] });
  expect(check.report.rejects).toEqual([{ line: 4, field: 'Cuándo', value: 'nunca', reason: 'no-month' }]);
  expect(await ask('deliveries')).toEqual([]);
  // Whoever may not import sees that something ran, not the points it would bring, and stops none of it.
  const asGis = (path: string, method = 'GET') => fetch(`${base}/${path}`, { method, headers: { 'x-role': 'gis' } });
  const seen = [(await (await asGis('jobs')).json()) as JobState[], [await (await asGis(`jobs/${check.id}`)).json()]];
  for (const [job] of seen) expect(job).toEqual({ ...check, report: null });
  expect((await asGis(`jobs/${check.id}`, 'DELETE')).status).toBe(403);

  const done = await ended<IncidentsReport>(await ask(`imports/${waiting.id}/commit`, 'POST', {}, 202));
  expect(done).toMatchObject({ state: 'done', report: { read: 3, stored: 2, rejected: 1 } });
  const [delivery] = await ask<DeliveryRow[]>('deliveries');
  expect(delivery).toMatchObject({ delivery: 1, fileName: 'marzo.csv', via: 'page', preset: 'generic', canUndo: true });

  const rejects = await fetch(`${base}/imports/${waiting.id}/rejects.csv`);
  expect(rejects.headers.get('content-type')).toContain('text/csv');
  const csv = Buffer.from(await rejects.arrayBuffer()).toString();
  expect(csv).toBe(
    '\uFEFFline,field,reason,Expediente,Cuándo,Qué,Long,Lat\r\n4,Cuándo,no-month,3,nunca,Robo,-99.1,19.4\r\n',
  );
  expect(filesKept().filter((path) => path.endsWith('marzo.csv'))).toEqual([]);
  await ask(`imports/${waiting.id}/commit`, 'POST', {}, 404);
});

test('rows corrected in the file of rejects can be imported as a supplement', async () => {
  await ended(await ask(`imports/${await mapped(ROWS)}/commit`, 'POST', {}, 202));
  const form = new FormData();
  const corrected =
    'line,field,reason,Expediente,Cuándo,Qué,Long,Lat\r\n4,Cuándo,no-month,3,03/03/2024,Robo,-99.1,19.4\r\n';
  form.append('file', new Blob([corrected]), 'corregidas.csv');
  const { id } = (await (await fetch(`${base}/imports`, { method: 'POST', body: form })).json()) as WaitingImport;
  await ask(`imports/${id}`, 'PUT', MAPPING);
  const { report } = await ended<IncidentsReport>(await ask(`imports/${id}/commit`, 'POST', {}, 202));
  expect(report).toMatchObject({ read: 1, stored: 1, rejected: 0 });
});

test('what was checked is what is imported: a reading that was changed after the check is checked again first', async () => {
  const id = await mapped(ROWS);
  const check = () => ask<JobState>(`imports/${id}/check`, 'POST', undefined, 202).then(ended<ImportDryRun>);
  const first = (await check()).report.checked!;
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, idRule: 'id+month' });
  expect(await ask(`imports/${id}/commit`, 'POST', { checked: first }, 409)).toMatchObject({
    detail: expect.stringContaining('otra vez'),
  });
  await ask(`imports/${id}/commit`, 'POST', {}, 409);
  const second = (await check()).report.checked!;
  await ask(`imports/${id}/commit`, 'POST', { checked: first }, 409);
  const done = await ended<IncidentsReport>(await ask(`imports/${id}/commit`, 'POST', { checked: second }, 202));
  expect(done.report).toMatchObject({ read: 3, stored: 2 });
});

test('records without an id beside stored ones of the same days wait for somebody to say that they are others', async () => {
  await ended(await ask(`imports/${await mapped(ROWS.map((row) => row.slice(1)))}/commit`, 'POST', {}, 202));
  // The same two again, now with ids, which are left out; one of another day could not be twice.
  const { id } = (await (await send([...ROWS, '4;05/03/2024;Robo;;;'])).json()) as WaitingImport;
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, idRule: 'none' });
  const { report } = await ended<ImportDryRun>(await ask(`imports/${id}/check`, 'POST', undefined, 202));
  const days = { from: '2024-03-01', until: '2024-03-03' };
  expect(report).toMatchObject({ stored: 3, beside: { added: 2, stored: 2, ...days } });
  const { checked } = report;
  const refused = await ended(await ask(`imports/${id}/commit`, 'POST', { checked }, 202));
  expect(refused).toMatchObject({ state: 'failed', problem: expect.stringContaining('2024-03-01') });
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, idRule: 'none', replaces: days });
  const replacing = await ended<ImportDryRun>(await ask(`imports/${id}/check`, 'POST', undefined, 202));
  expect(replacing.report).toMatchObject({ stored: 3, gone: 2 });
  expect(replacing.report).not.toHaveProperty('beside');
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, idRule: 'none' });
  await ended(await ask(`imports/${id}/check`, 'POST', undefined, 202));
  const done = await ended<IncidentsReport>(await ask(`imports/${id}/commit`, 'POST', { confirmed: true }, 202));
  expect(done.report).toMatchObject({ stored: 3, gone: 0 });
  expect(done.report.notes).toContainEqual({ code: 'beside-stored', count: 2, example: '2024-03-01..2024-03-03: 2' });
});

test('a period is replaced only after its losses were confirmed; the delivery can then be undone', async () => {
  await ended(await ask(`imports/${await mapped(ROWS)}/commit`, 'POST', {}, 202));
  const { id } = (await (await send(ROWS.slice(0, 1))).json()) as WaitingImport;
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, replaces: { from: '2024-03-01', until: '2024-04-01' } });
  const check = await ended<ImportDryRun>(await ask(`imports/${id}/check`, 'POST', undefined, 202));
  expect(check.report).toMatchObject({ gone: 1, goneByMonth: [{ month: '2024-03', gone: 1, before: 2 }] });
  const refused = await ended(await ask(`imports/${id}/commit`, 'POST', {}, 202));
  expect(refused).toMatchObject({ state: 'failed', problem: expect.stringContaining('2024-03') });
  const done = await ended<IncidentsReport>(await ask(`imports/${id}/commit`, 'POST', { confirmed: true }, 202));
  expect(done.report).toMatchObject({ gone: 1, unchanged: 1 });
  const undone = await ended(await ask('deliveries/2/undo', 'POST', undefined, 202));
  expect(undone.report).toEqual({ undoes: 2, undoneBy: 3, ended: 0, restored: 1 });
});

test('what is said of a file while its import waits its turn does not change what was confirmed', async () => {
  const id = await mapped(['1;05/09/2023 10:00;Robo;;;', '2;06/09/2023;Robo;;;']);
  const turn = Promise.withResolvers<void>();
  jobs.handle('hold', () => turn.promise);
  await jobs.start(await findJurisdiction(database, STAFF, 'villa'), 'hold', null);
  const waits = await ask<JobState>(`imports/${id}/commit`, 'POST', { confirmed: true }, 202);
  await ask(`imports/${id}`, 'PUT', { ...MAPPING, dateOrder: 'mdy' });
  expect((await ask<JobState>(`jobs/${waits.id}`)).state).toBe('waiting');
  turn.resolve();
  expect(await ended(waits)).toMatchObject({ state: 'done', report: { stored: 2 } });
  expect(await ask<DeliveryRow[]>('deliveries')).toMatchObject([
    { coversFrom: '2023-09-05', coversUntil: '2023-09-07' },
  ]);
});

test('a mapping is saved under a name and offered again for a file with the same columns', async () => {
  await ask('presets/Mensual', 'PUT', { ...MAPPING, replaces: { from: '2024-03-01', until: '2024-04-01' } }, 204);
  const { saved, presets, fields } = await ask<PresetsAnswer>('presets');
  expect(saved).toMatchObject([{ name: 'Mensual', mapping: { map: MAPPING.map, replaces: null } }]);
  expect(presets.map(({ code }) => code)).toContain('fgj-cdmx');
  expect(fields).toContain('offence');
  const waiting = (await (await send(ROWS)).json()) as WaitingImport;
  expect(waiting).toMatchObject({ savedPreset: 'Mensual', mapping: { map: MAPPING.map } });
  await ask('presets/Mensual', 'DELETE', undefined, 204);
  await ask('presets/Mensual', 'DELETE', undefined, 404);
});

test.for([
  ['an unknown preset', { preset: 'none' }, 'preset'],
  ['an unknown field', { preset: 'generic', map: { Qué: 'colour' } }, 'map'],
  ['a column the file lacks', { preset: 'generic', map: { Donde: 'place' } }, 'map'],
  ['a column about persons', { preset: 'generic', map: { 'Nombre del denunciante': 'place' } }, 'map'],
  [
    'a period that ends before it begins',
    { preset: 'generic', replaces: { from: '2024-02-01', until: '2024-01-01' } },
    'replaces',
  ],
  ['something else', { preset: 'generic', colour: 1 }, ''],
] as const)('a mapping with %s is refused', async ([, mapping, parameter]) => {
  const { id } = (await (await send(ROWS)).json()) as WaitingImport;
  expect(await ask(`imports/${id}`, 'PUT', mapping, 422)).toMatchObject({ type: 'bad-input', parameter });
});

test('what is no file of incidents is refused and leaves nothing behind', async () => {
  const before = filesKept();
  const form = new FormData();
  form.append('file', new Blob([Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'x']), 'clave.xlsx');
  const refused = await fetch(`${base}/imports`, { method: 'POST', body: form });
  expect([refused.status, (await refused.json()).parameter]).toEqual([422, 'file']);
  expect((await fetch(`${base}/imports`, { method: 'POST', body: 'no form' })).status).toBe(422);
  expect(filesKept()).toEqual(before);
});

test('an upload is known only to its jurisdiction and can be given up', async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
  const { id } = (await (await send(ROWS)).json()) as WaitingImport;
  expect((await fetch(`${base.replace('villa', 'puerto')}/imports/${id}`)).status).toBe(404);
  await ask(`imports/${id}`, 'DELETE', undefined, 204);
  await ask(`imports/${id}`, 'GET', undefined, 404);
});
