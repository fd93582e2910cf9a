// Files no importer should be handed, sent to a real server and given to the command line: each is refused with a reason in
// the reader's language or read with its bad rows named, the server goes on answering, and its memory stays small.

import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ImportDryRun, WaitingImport } from '../../server/imports/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { reportAt, runCuadra } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { zipOf } from '../support/zip.ts';

const HEADER = 'folio,fecha,hora,delito,longitud,latitud,lugar';
const GOOD = 'A,2024-03-01,10:00,Fraude,-99.1,19.4,Centro';
/** Above what the server held before the first file. A workbook is read in a thread of the same process. */
const MOST_MORE_MB = 400;
const NEVER_LONGER_MS = 60_000;

let folder: string;
let server: TestServer;
let atFirstMb: number;
let mostMb = 0;
let watching: NodeJS.Timeout;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cuadra-bad-'));
  const databaseUrl = inject('engine') === 'postgis' ? await createDatabase(inject('databaseUrl')!, 'bad_files') : null;
  server = await startServer({ databaseUrl, dataDir: join(folder, 'data') });
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  atFirstMb = residentMb();
  watching = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb());
  }, 100);
});
afterAll(async () => {
  clearInterval(watching);
  await server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function residentMb(): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // not Linux
  }
}

async function send(name: string, content: string | Buffer, language: 'es' | 'en' = 'es'): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  // A connection of its own: one kept from before may be closed at the moment it is used again.
  const headers = { 'Accept-Language': language, 'Sec-Fetch-Site': 'same-origin', Connection: 'close' };
  return fetch(`${server.origin}/api/v1/villa/imports`, { method: 'POST', body: form, headers });
}

/** What a dry run says of a file that was taken in. */
async function checked(name: string, content: string | Buffer): Promise<ImportDryRun> {
  const sent = await send(name, content);
  expect([name, sent.status]).toEqual([name, 201]);
  const { id } = (await sent.json()) as WaitingImport;
  const at = `${server.origin}/api/v1/villa`;
  const headers = { 'Sec-Fetch-Site': 'same-origin' };
  let job = (await (await fetch(`${at}/imports/${id}/check`, { method: 'POST', headers })).json()) as JobState;
  while (job.state === 'waiting' || job.state === 'running') {
    await sleep(50);
    job = (await (await fetch(`${at}/jobs/${job.id}`)).json()) as JobState;
  }
  expect([name, job.state, job.problem]).toEqual([name, 'done', null]);
  await fetch(`${at}/imports/${id}`, { method: 'DELETE', headers });
  return job.report as ImportDryRun;
}

const OLE = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4096, 1)]);
/** A picture packs into bytes of every kind. */
const PNG = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d494844520000010000000100', 'hex'),
  Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i * 7) % 251)),
]);
const sheetOf = (rows: string) =>
  `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`;

/** The least a workbook is made of. */
function bookOf(sheet: string | Buffer): Buffer {
  const ns = 'http://schemas.openxmlformats.org';
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="${ns}/package/2006/content-types"/>`,
    'xl/workbook.xml': `<workbook xmlns="${ns}/spreadsheetml/2006/main" xmlns:r="${ns}/officeDocument/2006/relationships"><sheets><sheet name="Hoja1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${ns}/package/2006/relationships"><Relationship Id="rId1" Type="${ns}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet,
  });
}
const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
const BOOK = bookOf(
  sheetOf(
    `<row r="1">${cell('A1', 'fecha')}${cell('B1', 'delito')}</row><row r="2">${cell('A2', '2024-05-06')}<c r="B2" t="str"><f>HYPERLINK("x")</f><v>Fraude</v></c></row>`,
  ),
);

test.for<[string, string, () => string | Buffer, number, string, RegExp]>([
  ['an empty file', 'vacio.csv', () => '', 422, 'file', /^el archivo está vacío$/],
  ['an image called CSV', 'foto.csv', () => PNG, 422, 'file', /^no es un archivo de texto$/],
  ['an old workbook', 'viejo.xls', () => OLE, 422, 'file', /Excel 97–2003: guárdelo como \.xlsx/],
  ['a workbook behind a password', 'clave.xlsx', () => OLE, 422, 'file', /con contraseña/],
  ['a workbook cut short', 'corto.xlsx', () => BOOK.subarray(0, 300), 422, 'file', /no se puede abrir como zip/],
  [
    'a workbook of nonsense',
    'nada.xlsx',
    () => zipOf({ 'xl/workbook.xml': '<nonsense' }),
    422,
    'file',
    /no se puede leer/,
  ],
  ['an archive without tables', 'otro.zip', () => zipOf({ 'leeme.pdf': 'x' }), 422, 'file', /ningún archivo CSV/],
  [
    'a bomb as archive',
    'bomba.zip',
    () => zipOf({ 'a.csv': Buffer.alloc(200_000_000) }),
    413,
    '',
    /más de lo que se admite/,
  ],
  ['a bomb as workbook', 'bomba.xlsx', () => bookOf(Buffer.alloc(200_000_000, 32)), 413, '', /más de lo que se admite/],
  [
    'open quotes and nothing else',
    'comillas.csv',
    () => `${HEADER}\n${'"a\n'.repeat(20_000)}`,
    422,
    'file',
    /comillas/,
  ],
])('%s is refused in Spanish', { timeout: NEVER_LONGER_MS }, async ([, name, make, status, parameter, reason]) => {
  const response = await send(name, make());
  const problem = (await response.json()) as { title: string; detail: string; parameter?: string };
  expect([response.status, problem.parameter ?? '']).toEqual([status, parameter]);
  expect(problem.detail).toMatch(reason);
  expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
});

test('a refusal comes in English where that is asked for', async () => {
  const problem = (await (await send('viejo.xls', OLE, 'en')).json()) as { detail: string };
  expect(problem.detail).toMatch(/^a workbook with a password, or of Excel 97–2003/);
});

test('a file that says it is larger than a gigabyte is refused before it is sent', async () => {
  const { port } = new URL(server.origin);
  const headers = {
    'Content-Type': 'multipart/form-data; boundary=x',
    'Content-Length': '1100000000',
    'Sec-Fetch-Site': 'same-origin',
  };
  const sending = request({ port, method: 'POST', path: '/api/v1/villa/imports', headers });
  sending.on('error', () => {}); // the server hangs up
  sending.write('x');
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  sending.destroy();
  expect(answer.statusCode).toBe(413);
});

test('rows that cannot be read are named by line, column, value and reason, and the others are read', async () => {
  const huge = `B,2024-03-02,10:00,Fraude,-99.1,19.4,${'x'.repeat(10_000_000)}`;
  const report = await checked(
    'mixto.csv',
    [
      HEADER,
      GOOD,
      huge,
      'C,2024-03-03,10:00,Fraude',
      'D,nunca,10:00,Fraude,-99.1,19.4,',
      'E,2024-03-05,,,,,',
      GOOD,
      '',
    ].join('\n'),
  );
  expect(report).toMatchObject({ read: 6, stored: 2, rejected: 4 });
  expect(report.rejects).toEqual([
    { line: 3, field: null, value: null, reason: 'record-too-long' },
    { line: 4, field: null, value: '4', reason: 'column-count' },
    { line: 5, field: 'fecha', value: 'nunca', reason: 'no-month' },
    { line: 6, field: 'delito', value: '', reason: 'no-offence' },
  ]);
});

test('a header alone stores nothing; NUL bytes are dropped and told; UTF-16 and a formula are read as what they say', async () => {
  expect(await checked('encabezado.csv', `${HEADER}\n`)).toMatchObject({ read: 0, stored: 0, rejected: 0 });
  const nul = await checked('nulos.csv', `${HEADER}\n${GOOD.replace('Centro', 'Cen\0tro')}\n`);
  expect(nul).toMatchObject({ read: 1, stored: 1 });
  expect(nul.notes).toContainEqual({ code: 'nul-bytes', count: 1, example: null });
  const wide = Buffer.from(`\uFEFF${HEADER}\n${GOOD.replace('Centro', 'Peñón')}\n`, 'utf16le');
  expect(await checked('ancho.csv', wide)).toMatchObject({ read: 1, stored: 1, rejected: 0 });
  expect(await checked('formula.xlsx', BOOK)).toMatchObject({ read: 1, stored: 1, rejected: 0 });
});

test('a gigabyte of nothing behind a row ends in a refusal of the command line, not in a crash', {
  timeout: 300_000,
}, async () => {
  const path = join(folder, 'hueco.csv');
  writeFileSync(path, `${HEADER}\n${GOOD}\n`);
  truncateSync(path, 1_000_000_000);
  const args = ['import', 'incidents', path, '--jurisdiction', 'villa', '--preset', 'generic', '--dry-run', '--json'];
  const { status, stdout, stderr } = await runCuadra(server, args);
  if (status === 0) expect(JSON.parse(stdout)).toMatchObject({ read: 1, stored: 1 });
  else expect(stderr).toMatch(/not a (text|CSV) file/);
});

test('the server is the same process, its log clean, and it never grew much', async () => {
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
  server.assertLogClean();
  console.log(`memory: ${Math.round(atFirstMb)} MB before, ${Math.round(mostMb)} MB at most`);
  expect(mostMb - atFirstMb).toBeLessThan(MOST_MORE_MB);
  expect(readdirSync(join(folder, 'data', 'uploads'))).toEqual([]);
});
