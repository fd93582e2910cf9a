// The watched folder of a real server that is killed in the middle: what it had in hand is imported by the next one.

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import { reportAt } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';

const ROWS = 30_000;
const HEADER = 'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud';
const rows = Array.from(
  { length: ROWS },
  (_, i) => `2024-03-0${1 + (i % 9)},10:${10 + (i % 50)}:00,2024,FRAUDE,Centro ${i},CUAUHTEMOC,19.43,-99.13`,
);

/** Two starts, and the while after which a dead server's file is taken over, on a machine with other work. */
const PATIENCE = { timeout: 240_000 };

test('a file in hand at a kill -9 is imported whole by the next server, once', PATIENCE, async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `watched_${randomUUID().slice(0, 8)}`));
  const root = mkdtempSync(join(tmpdir(), 'cuadra-watched-'));
  const folder = join(root, 'villa');
  mkdirSync(folder);
  const inside = (place: string) => (existsSync(join(folder, place)) ? readdirSync(join(folder, place)) : []);
  const env = { CUADRA_WATCH_DIR: root };
  const first = await startServer({ databaseUrl, env });
  await reportAt(first, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  writeFileSync(join(folder, 'marzo.csv'), [HEADER, ...rows, ''].join('\n'));
  await expect.poll(() => inside('.importing'), { timeout: 60_000, interval: 20 }).not.toEqual([]);
  await sleep(1000); // somewhere in its reading or storing
  await first.kill();
  expect(inside('done')).toEqual([]);

  const second = await startServer({ databaseUrl, dataDir: first.dataDir, env });
  try {
    await expect.poll(() => inside('done').length, { timeout: 150_000, interval: 200 }).toBe(2);
    const report = inside('done').find((name) => name.endsWith('.report.json'))!;
    expect(JSON.parse(readFileSync(join(folder, 'done', report), 'utf8'))).toMatchObject({
      state: 'done',
      report: { read: ROWS, rejected: 0 },
    });
    expect(inside('.importing')).toEqual([]);
    const deliveries = (await (await fetch(`${second.origin}/api/v1/villa/deliveries`)).json()) as DeliveryRow[];
    expect(deliveries).toMatchObject([{ via: 'folder', report: { stored: ROWS } }]);
    expect(await second.stop()).toBe(0);
    second.assertLogClean();
    expect(second.log().join('\n')).not.toContain('marzo.csv');
  } finally {
    second.remove();
    rmSync(root, { recursive: true, force: true });
  }
});
