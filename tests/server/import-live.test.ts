// Importing while a server runs on the same data, and being killed in the middle of it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const TINYTOWN = join(import.meta.dirname, '../tinytown');
const ROWS = 60_000;
/** Four restarts of the server, on a machine that does other things as well. */
const RESTARTS_MS = 400_000;

let folder: string;
let incidents: string;
let databaseUrl: string | null;
let server: TestServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cuadra-live-'));
  incidents = join(folder, 'incidents.csv');
  const lines = ['folio,fecha,hora,delito,longitud,latitud,lugar'];
  for (let i = 0; i < ROWS; i++) {
    const day = new Date(Date.UTC(2024, 0, 1 + (i % 360))).toISOString().slice(0, 10);
    lines.push(`F${i},${day},10:00,Homicidio doloso,${(-99 - i / 1e6).toFixed(6)},${(19 + i / 1e6).toFixed(6)},Centro`);
  }
  writeFileSync(incidents, `${lines.join('\n')}\n`);
  databaseUrl = inject('engine') === 'postgis' ? await createDatabase(inject('databaseUrl')!, 'import_live') : null;
  server = await startServer({ databaseUrl, dataDir: join(folder, 'data') });
  const zone = ['--timezone', 'America/Mexico_City'];
  expect((await cuadra('jurisdiction', 'add', 'villa', '--name', 'Villa', ...zone)).status).toBe(0);
  expect(
    (await cuadra('import', 'areas', join(TINYTOWN, 'areas.geojson'), '--layer', 'areas', '--jurisdiction', 'villa'))
      .status,
  ).toBe(0);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const importing = ['import', 'incidents', '--jurisdiction', 'villa', '--preset', 'generic', '--json'];

function startCuadra(args: readonly string[]): ChildProcess {
  const { DATABASE_URL: _outer, ...inherited } = process.env;
  return spawn(process.execPath, [join(ROOT, 'server/cli.ts'), ...args], {
    cwd: ROOT,
    env: { ...inherited, CUADRA_DATA_DIR: join(folder, 'data'), ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) },
  });
}

async function ended(child: ChildProcess): Promise<{ status: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, out, err };
}

const cuadra = (...args: string[]) => ended(startCuadra(args));

async function matched(): Promise<number> {
  const response = await fetch(`${server.origin}/api/v1/villa/counts?layer=areas`);
  expect(response.status).toBe(200);
  const { totals } = (await response.json()) as { totals: { matched: number } };
  return totals.matched;
}

/** Waits until a running server has noticed a change made by another process. */
async function settled(count: number): Promise<void> {
  for (let i = 0; i < 100 && (await matched()) !== count; i++) await sleep(100);
  expect(await matched()).toBe(count);
}

/** Kills a process once the import it drives has begun to store. */
async function killWhileStoring(child: ChildProcess, kill: () => Promise<void>, afterMs: number): Promise<void> {
  const gone = ended(child);
  await sleep(afterMs);
  await kill();
  await gone;
}

test('killed with kill -9 at any moment, an import leaves all or nothing', { timeout: RESTARTS_MS }, async () => {
  for (const afterMs of [700, 1200, 1800, 2600]) {
    const child = startCuadra([...importing, incidents]);
    if (databaseUrl) {
      await killWhileStoring(child, async () => void child.kill('SIGKILL'), afterMs);
    } else {
      await killWhileStoring(child, () => server.kill(), afterMs);
      server = await startServer({ databaseUrl, dataDir: join(folder, 'data') });
    }
    expect([0, ROWS]).toContain(await matched());
  }
});

test('the next import converges, while the server goes on answering from one state or the other', async () => {
  const before = await matched();
  const running = cuadra(...importing, incidents);
  let isRunning = true;
  running.finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    const [ready, tile] = await Promise.all([
      fetch(`${server.origin}/readyz`),
      fetch(`${server.origin}/tiles/villa/areas/1/10/230/456.mvt`),
    ]);
    expect(ready.status).toBe(200);
    expect([200, 204]).toContain(tile.status);
    expect([before, ROWS]).toContain(await matched());
    await sleep(20);
  }
  const { status, out, err } = await running;
  expect(err).toBe('');
  expect(status).toBe(0);
  const report = JSON.parse(out) as { read: number; stored: number; unchanged: number };
  expect(report.read).toBe(ROWS);
  expect(report.stored + report.unchanged).toBe(ROWS);
  await settled(ROWS);
});

test('the cube says what SQL says', async () => {
  const { status, out } = await cuadra('check', '--json');
  expect(JSON.parse(out)).toMatchObject({ ok: true, differences: [] });
  expect(status).toBe(0);
});

test('a wrong command says so in one place and changes nothing', async () => {
  const { status, out, err } = await cuadra(
    'import',
    'incidents',
    '/nowhere.csv',
    '--jurisdiction',
    'villa',
    '--preset',
    'generic',
  );
  expect(status).toBe(1);
  expect(out).toBe('');
  expect(err).toContain('/nowhere.csv');
  expect((await cuadra('import', 'incidents', incidents, '--jurisdiction', 'villa', '--preset', 'nada')).err).toContain(
    'nada',
  );
  expect((await cuadra('dance')).status).toBe(2);
});

test('the log of the server stays clean', () => {
  server.assertLogClean();
});
