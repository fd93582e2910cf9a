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

test(
  'a file that is cut short, altered, foreign or of a newer schema is refused before anything is changed',
  async () => {
    const whole = await readFile(file);
    const plain = gunzipSync(whole);
    const altered = Buffer.from(plain);
    const at = altered.indexOf('Pueblo Chico');
    altered.write('X', at);
    const newer = Buffer.from(plain);
    newer.write('9', newer.indexOf('0010_place_names'));
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [whole.subarray(0, whole.length - 200), /not a whole backup/],
      [gzipSync(plain.subarray(0, plain.length - 4096)), /not a whole backup/],
      [gzipSync(altered), /not what its manifest says/],
      [Buffer.from('PK'), /not a whole backup/],
      [Buffer.alloc(0), /not a whole backup/],
      [gzipSync(newer), /newer Cuadra/],
    ];
    for (const [bytes, words] of cases) {
      const bad = join(folder, 'bad.cuadra');
      await writeFile(bad, bytes);
      const { status, stderr } = await runCuadra(home, ['restore', bad, '--replace']);
      expect([status, stderr]).toEqual([1, expect.stringMatching(words)]);
    }
    expect(await sumsOf(home)).toEqual(sums);
  },
  WITHIN_MS,
);

test(
  'while a server runs a backup is made and restored, and questions answer what was restored',
  async () => {
    const there = await newHome(engine);
    await reportOf(there, ['restore', file]);
    const server = await startServer({ ...there, readyTimeoutMs: 180_000 });
    try {
      const count = async () => {
        const answer = await fetch(`${server.origin}/api/v1/tiny/summary`);
        return answer.ok ? JSON.stringify((await answer.json()) as { matched?: unknown; count?: unknown }) : 'none';
      };
      const withoutVersion = (text: string) => text.replace(/"dataVersion":\d+/, '');
      const before = withoutVersion(await count());
      const live = join(there.dataDir, 'live.cuadra');
      await reportOf(there, ['backup', live]);
      await reportOf(there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
      await expect.poll(async () => withoutVersion(await count()), { timeout: 20_000 }).not.toBe(before);
      await reportOf(there, ['restore', live, '--replace']);
      await expect.poll(async () => withoutVersion(await count()), { timeout: 20_000 }).toBe(before);
      server.assertLogClean();
    } finally {
      await server.stop();
    }
    expect(await sumsOf(there)).toEqual(sums);
  },
  WITHIN_MS,
);

test(
  'a restore that is killed leaves the old state or the new one',
  async () => {
    const there = await newHome(engine);
    await reportOf(there, ['restore', file]);
    await reportOf(there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
    const old = await sumsOf(there);
    for (const afterMs of [1500, 2500, 3500]) {
      const running = runCuadra(there, ['restore', file, '--replace'], (pid) => {
        void sleep(afterMs).then(() => {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // it was done before
          }
        });
      });
      await running;
      expect([old, sums]).toContainEqual(await sumsOf(there));
    }
  },
  WITHIN_MS,
);

test(
  'an older schema is backed up before it is brought up to date, and that backup can be restored',
  async () => {
    const there = await newHome(engine);
    await reportOf(there, ['restore', file]);
    await looking(there, async ({ db }) => {
      await sql`drop table place_name, place_match, place_alias`.execute(db);
      await sql`drop index incident_without_point`.execute(db);
      await sql`alter table place_text drop column parts, drop column name, drop column within_name,
        drop column place_precision`.execute(db);
      await sql`alter table place_text add constraint place_text_text unique (jurisdiction_id, text)`.execute(db);
      await sql`delete from kysely_migration where name = '0010_place_names'`.execute(db);
    });
    await looking(there, async () => {});
    const folderOfBackups = join(there.dataDir, 'backups');
    const [name] = await readdir(folderOfBackups);
    expect(name).toMatch(/^before-0010-\d{14}-\d+\.cuadra$/);
    const elsewhere = await newHome(engine);
    const report = await reportOf<{ ok: boolean }>(elsewhere, ['restore', join(folderOfBackups, name!)]);
    expect(report.ok).toBe(true);
    expect(await sumsOf(elsewhere)).toEqual(await sumsOf(there));
  },
  WITHIN_MS,
);
