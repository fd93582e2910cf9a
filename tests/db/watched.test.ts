// The watched folder: what is dropped there is imported as the page would import it, once, and answered beside the file.

import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import { openUploads, type Uploads } from '../../server/files/uploads.ts';
import { parseWith } from '../../server/http/contract.ts';
import { importMapping } from '../../server/imports/contract.ts';
import { importRoutes } from '../../server/imports/routes.ts';
import { savePreset } from '../../server/imports/saved-presets.ts';
import { listDeliveries } from '../../server/incidents/history.ts';
import { createJobs, type Jobs } from '../../server/jobs/queue.ts';
import { type Watching, type WatchTimes, watchFolder } from '../../server/watched/watch.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
const QUICK: WatchTimes = { lookEveryMs: 50, quietMs: 300, abandonedMs: 1000 };
const MOST_BYTES = 20_000;
const SOON = { timeout: 20_000, interval: 50 };
let dataDir: string;
let root: string;
let mine: string;
let city: Jurisdiction;
let jobs: Jobs;
let uploads: Uploads;
let watching: Watching[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cuadra-watched-'));
  jobs = await createJobs({ database, log: quietLog });
  const limits = { bytes: MOST_BYTES, files: 20, keptMs: 3600_000 };
  uploads = await openUploads({ dataDir, log: quietLog, now: () => new Date() }, limits);
  importRoutes({ database, jobs, uploads }); // says who does the imports
});
beforeEach(async () => {
  root = mkdtempSync(join(dataDir, 'watch-'));
  mine = join(root, 'villa');
  mkdirSync(mine);
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
});
afterEach(async () => {
  await Promise.all(watching.map((each) => each.close()));
  watching = [];
  await emptyTables(database);
});
afterAll(async () => {
  await jobs.close();
  uploads.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const watch = (times: Partial<WatchTimes> = {}) => {
  const started = watchFolder(
    root,
    { database, jobs, uploads, log: quietLog, now: () => new Date() },
    { ...QUICK, ...times },
  );
  watching.push(started);
  return started;
};
const HEADER = 'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud';
const row = (day: number, offence = 'FRAUDE') =>
  `2024-03-0${day},10:00:00,2024,${offence},Centro,CUAUHTEMOC,19.43,-99.13`;
const drop = (name: string, ...rows: readonly string[]) => writeFileSync(join(mine, name), [...rows, ''].join('\n'));
/** Without what is just being written there. */
const inside = (place: string) =>
  existsSync(join(mine, place))
    ? readdirSync(join(mine, place))
        .filter((name) => !name.startsWith('.'))
        .sort()
    : [];
const report = (place: string) => {
  const name = inside(place).find((each) => each.endsWith('.report.json'))!;
  return JSON.parse(readFileSync(join(mine, place, name), 'utf8'));
};

test('a file that has stopped growing is imported, and lies in done/ with its report', async () => {
  watch();
  drop('marzo.csv', HEADER);
  for (let day = 1; day <= 6; day++) {
    await sleep(150); // half of what counts as quiet
    appendFileSync(join(mine, 'marzo.csv'), `${row(day)}\n`);
  }
  const whole = readFileSync(join(mine, 'marzo.csv'), 'utf8');
  await expect.poll(() => inside('done'), SOON).toHaveLength(2);
  const [file, told] = inside('done');
  expect(file).toMatch(/^\d{4}-\d\d-\d\d \d{6} marzo\.csv$/);
  expect(told).toBe(`${file}.report.json`);
  expect(readFileSync(join(mine, 'done', file!), 'utf8')).toBe(whole);
  expect(report('done')).toMatchObject({
    ...{ file: 'marzo.csv', jurisdiction: 'villa', state: 'done', reason: null },
    recognised: { preset: 'fgj-cdmx', savedPreset: null, confidence: expect.any(Number) },
    report: { read: 6, stored: 6, rejected: 0 },
  });
  expect(await listDeliveries(database, city)).toMatchObject([
    { fileName: 'marzo.csv', via: 'folder', preset: 'fgj-cdmx' },
  ]);
  expect(readdirSync(mine).sort()).toEqual(['.importing', 'done']);
  expect(inside('.importing')).toEqual([]);
});

test('rejected rows come back beside the file', async () => {
  drop('marzo.csv', HEADER, row(1), row(2, ''), row(3));
  watch();
  await expect.poll(() => inside('done'), SOON).toHaveLength(3);
  const rejects = inside('done').find((name) => name.endsWith('.rejects.csv'))!;
  expect(readFileSync(join(mine, 'done', rejects), 'utf8')).toMatch(
    /^\uFEFFline,field,reason,.*\r\n3,delito,no-offence,/,
  );
});

test('what is not recognised is refused until somebody has saved how it is read', async () => {
  const rows = ['Cuándo;Qué;Nombre del denunciante', '01/03/2024;Robo;Juana'];
  drop('propio.csv', ...rows);
  watch();
  await expect.poll(() => inside('refused'), SOON).toHaveLength(2);
  const told = report('refused');
  expect(told).toMatchObject({ state: 'refused', report: null, reason: expect.stringContaining('not recognised') });
  expect(
    told.recognised.columns.map(({ name, personal }: { name: string; personal: boolean }) => [name, personal]),
  ).toEqual([
    ['Cuándo', false],
    ['Qué', false],
    ['Nombre del denunciante', true],
  ]);
  expect(JSON.stringify(told)).not.toContain('Juana');
  expect(await listDeliveries(database, city)).toEqual([]);

  const mapping = parseWith(importMapping, {
    ...{ preset: 'generic', dateOrder: 'dmy' },
    map: { Cuándo: 'date', Qué: 'offence' },
  });
  await savePreset(database, city, 'Mensual', mapping);
  drop('propio.csv', ...rows);
  await expect.poll(() => inside('done'), SOON).toHaveLength(2);
  expect(report('done')).toMatchObject({ recognised: { savedPreset: 'Mensual' }, report: { stored: 1 } });
});

test('a table of monthly totals comes in by the folder too', async () => {
  const months = 'Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre';
  drop(
    'Municipal_mar2026.csv',
    `Año,Clave_Ent,Entidad,Cve. Municipio,Municipio,Bien jurídico afectado,Tipo de delito,Subtipo de delito,Modalidad,${months}`,
    '2026,1,Aguascalientes,1099,Villa,El patrimonio,Fraude,Fraude,Fraude,1,2,3,0,0,0,0,0,0,0,0,0',
  );
  watch();
  await expect.poll(() => inside('done'), SOON).toHaveLength(2);
  expect(report('done').report).toMatchObject({ stored: 1, areas: ['01099'], lastMonth: '2026-03' });
});

test('links are not followed, unfinished names are left alone, and other files are refused', async () => {
  const elsewhere = join(dataDir, 'elsewhere.csv');
  writeFileSync(elsewhere, [HEADER, row(1), ''].join('\n'));
  symlinkSync(elsewhere, join(mine, 'enlace.csv'));
  symlinkSync(mine, join(root, 'puerto'));
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
  mkdirSync(join(root, 'nobody'));
  copyFileSync(elsewhere, join(root, 'nobody', 'a.csv'));
  drop('marzo.csv.filepart', HEADER, row(1));
  drop('~$libro.xlsx', 'x');
  drop('carta.pdf', 'x');
  drop('grande.csv', HEADER, 'x'.repeat(MOST_BYTES));
  watch();
  await expect.poll(() => inside('refused'), SOON).toHaveLength(4);
  await sleep(500);
  const reasons = inside('refused')
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(mine, 'refused', name), 'utf8')).reason);
  expect(reasons.sort()).toEqual(['more than 0.02 MB at once', 'not a CSV, TSV, XLSX, zip or gz file']);
  expect(readdirSync(mine).sort()).toEqual([
    '.importing',
    'enlace.csv',
    'marzo.csv.filepart',
    'refused',
    '~$libro.xlsx',
  ]);
  expect(readdirSync(join(root, 'nobody'))).toEqual(['a.csv']);
  expect(await listDeliveries(database, city)).toEqual([]);
});

test('a place for what was done that is a link is not written through', async () => {
  const outside = mkdtempSync(join(dataDir, 'outside-'));
  symlinkSync(outside, join(mine, 'done'));
  drop('marzo.csv', HEADER, row(1));
  watch();
  await sleep(1000);
  expect([readdirSync(outside), existsSync(join(mine, 'marzo.csv'))]).toEqual([[], true]);
  expect(await listDeliveries(database, city)).toEqual([]);
});

test('two servers on one folder import each file once, the oldest first', async () => {
  for (let day = 1; day <= 6; day++) drop(`${day}.csv`, HEADER, row(day));
  watch();
  watch();
  await expect.poll(() => inside('done'), SOON).toHaveLength(12);
  const deliveries = await listDeliveries(database, city);
  expect(deliveries.map(({ fileName }) => fileName).sort()).toEqual([
    '1.csv',
    '2.csv',
    '3.csv',
    '4.csv',
    '5.csv',
    '6.csv',
  ]);
  expect([inside('refused'), inside('.importing')]).toEqual([[], []]);
});

test('what a server that died had in hand is imported again, and nothing is doubled', async () => {
  const dead = join(mine, '.importing', 'dead');
  mkdirSync(dead, { recursive: true });
  writeFileSync(join(dead, 'marzo.csv'), [HEADER, row(1), row(2), ''].join('\n'));
  watch();
  await expect.poll(() => inside('done'), SOON).toHaveLength(2);
  mkdirSync(dead, { recursive: true });
  writeFileSync(join(dead, 'marzo.csv'), [HEADER, row(1), row(2), ''].join('\n'));
  await expect.poll(() => inside('done'), SOON).toHaveLength(4);
  expect(await listDeliveries(database, city)).toHaveLength(1);
  expect(inside('.importing')).toEqual([]);
});

test('while another import runs a file waits, and goes in afterwards', async () => {
  drop('marzo.csv', HEADER, row(1));
  await withJurisdictionLock(database, city.id, async () => {
    watch();
    await expect.poll(() => inside('.importing'), SOON).not.toEqual([]);
    const waits = async () => (await jobs.list(city)).map(({ state, step }) => `${state} ${step}`);
    await expect.poll(waits, SOON).toEqual([expect.stringContaining('turn')]);
    expect([inside('done'), inside('refused')]).toEqual([[], []]);
  });
  await expect.poll(() => inside('done'), SOON).toHaveLength(2);
});

test('a server that stops leaves no file in hand', async () => {
  for (let day = 1; day <= 3; day++) drop(`${day}.csv`, HEADER, row(day));
  const stopping = watch();
  await expect.poll(() => inside('.importing'), SOON).not.toEqual([]);
  await stopping.close();
  expect(inside('.importing')).toEqual([]);
  const left = readdirSync(mine).filter((name) => name.endsWith('.csv'));
  expect(left.length + inside('done').length / 2).toBe(3);
  expect((await listDeliveries(database, city)).length).toBe(inside('done').length / 2);
});

test('a damaged archive is refused with its reason', async () => {
  drop('danado.zip', 'PK\u0003\u0004 nothing');
  watch();
  await expect.poll(() => inside('refused'), SOON).toHaveLength(2);
  expect(report('refused').reason).toMatch(/^the archive cannot be read/);
});
