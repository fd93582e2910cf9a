// A backup moves an installation from either engine to either engine, whole, and nothing in between is ever seen.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { storedTables } from '../../server/backup/catalogue.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { type Home, reportOf, runCuadra } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { createDatabase, startCluster } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { loadTinyTown } from '../support/tinytown.ts';

const engine = inject('engine');
const WITHIN_MS = 600_000;
let folder: string;
let clusterUrl: string;
let stopCluster = async () => {};
let home: Home;
let file: string;
let sums: Record<string, string>;
let made = 0;

async function newHome(of: 'embedded' | 'postgis'): Promise<Home> {
  const name = `backup_${process.pid}_${++made}`;
  const dataDir = join(folder, name);
  await mkdir(dataDir);
  return { dataDir, databaseUrl: of === 'postgis' ? await createDatabase(clusterUrl, name) : null };
}

async function looking<T>(at: Home, look: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ ...at, log: quietLog });
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

/** A sum over the rows of every table, without what a restore makes new. */
function sumsOf(at: Home): Promise<Record<string, string>> {
  return looking(at, async ({ db, pool }) => {
    const found: Record<string, string> = {};
    for (const { name, columns } of await storedTables(pool, 'public')) {
      const kept = columns.filter((column) => !/^data_(token|version)$|^changed_at$/.test(column.name));
      const row = sql.join(kept.map((column) => sql`${sql.ref(column.name)}::text`));
      const { rows } = await sql<{ text: string }>`
        select array[${row}]::text as text from ${sql.table(name)} order by 1`.execute(db);
      const text = rows
        .map((each) => each.text)
        .sort()
        .join('\n');
      found[name] = `${rows.length} ${createHash('sha256').update(text).digest('hex')}`;
    }
    return found;
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuadra-backup-test-'));
  const given = inject('databaseUrl');
  if (given) clusterUrl = given;
  else {
    const cluster = await startCluster();
    clusterUrl = cluster.url;
    stopCluster = cluster.stop;
  }
  home = await newHome(engine);
  await loadTinyTown(home);
  await reportOf(home, ['places', 'alias', 'Col. Sentro', '--jurisdiction', 'tiny', '--none']);
  await reportOf(home, ['feed', 'add', 'cad', '--jurisdiction', 'tiny', '--preset', 'generic']);
  sums = await sumsOf(home);
  file = join(folder, 'tiny.cuadra');
  await reportOf(home, ['backup', file]);
}, WITHIN_MS);

afterAll(async () => {
  await stopCluster();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

for (const to of ['embedded', 'postgis'] as const) {
  test(
    `restored on ${to} every table has the same rows, check agrees, and an undo still works`,
    async () => {
      const there = await newHome(to);
      const report = await reportOf<{ ok: boolean; check: { comparisons: number } }>(there, ['restore', file]);
      expect(report.ok).toBe(true);
      expect(report.check.comparisons).toBeGreaterThan(0);
      expect(await sumsOf(there)).toEqual(sums);
      await reportOf(there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
      await reportOf(there, ['deliveries', 'undo', '2', '--jurisdiction', 'tiny']);
      const again = join(there.dataDir, 'again.cuadra');
      await reportOf(there, ['backup', again]);
      expect((await runCuadra(there, ['restore', file])).stderr).toMatch(/data already \(tiny\); --replace/);
      await reportOf(there, ['restore', file, '--replace']);
      expect(await sumsOf(there)).toEqual(sums);
    },
    WITHIN_MS,
  );
}

test(
  'the file is its owner’s alone, is not written over unasked, and leaves nothing when it cannot be written',
  async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const refused = await runCuadra(home, ['backup', file]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/exists already; --force/)]);
    await reportOf(home, ['backup', file, '--force']);
    const nowhere = await runCuadra(home, ['backup', join(folder, 'nowhere', 'a.cuadra')]);
    expect([nowhere.status, nowhere.stderr]).toEqual([1, expect.stringMatching(/cannot be written/)]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  },
  WITHIN_MS,
);
