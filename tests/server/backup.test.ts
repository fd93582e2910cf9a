// A backup moves an installation from either engine to either engine, whole, and nothing in between is ever seen.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { verifyChain } from '../../server/audit/chain.ts';
import { savingBefore } from '../../server/backup/before-upgrade.ts';
import { NOT_SAVED, savedTables } from '../../server/backup/catalogue.ts';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { newProblem } from '../../server/problems/contract.ts';
import { addFile, readFileOf } from '../../server/problems/files.ts';
import { openProblem } from '../../server/problems/store.ts';
import { type Home, reportOf, reportOn, runOn } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { nodeFlags } from '../support/node-flags.ts';
import { createDatabase, startCluster } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { loadTinyTownBy } from '../support/tinytown.ts';

const engine = inject('engine');
const WITHIN_MS = 600_000;
let folder: string;
let clusterUrl: string;
let stopCluster = async () => {};
let home: Home;
/** That of `home`; each open of the embedded engine costs seconds. */
let atHome: Database;
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
  const log = quietLog;
  const database = await openDatabase({ ...at, log, beforeUpgrade: savingBefore({ ...at, log }) });
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

/** A sum over the rows of every table, without what a restore makes new, and what backups and restores are written down as. */
async function sumsOf({ db, pool }: Database): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, columns } of await savedTables(pool, 'public')) {
    const kept = columns.filter((column) => !/^data_(token|version)$|^writer_|^changed_at$/.test(column.name));
    const row = sql.join(kept.map((column) => sql`${sql.ref(column.name)}::text`));
    const { rows } = await sql<{ text: string }>`
      select array[${row}]::text as text from ${sql.table(name)}
      ${name === 'audit_entry' ? sql`where what not in ('backup', 'restore')` : sql``} order by 1`.execute(db);
    const text = rows
      .map((each) => each.text)
      .sort()
      .join('\n');
    found[name] = `${rows.length} ${createHash('sha256').update(text).digest('hex')}`;
  }
  // Of the chain its head, which counts those rows too, must fit.
  if ('audit_head' in found) found.audit_head = JSON.stringify((await verifyChain({ db })).first);
  return found;
}

/** A picture of a problem, in more than one part. */
const picture = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(700_000, 'á\\ \n')]);
async function keepFile(): Promise<void> {
  const { id } = await findJurisdiction(atHome, STAFF, 'tiny');
  const body = newProblem.parse({ title: 'Luz', place: null });
  const problem = await openProblem(atHome, STAFF, id, { ...body, place: null }, null);
  await addFile(atHome, STAFF, id, problem.id, 'foto.jpg', picture);
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
  atHome = await openDatabase({ ...home, log: quietLog });
  await loadTinyTownBy((args) => reportOn(atHome, home, args));
  file = join(folder, 'tiny.cuadra');
  await reportOn(atHome, home, ['places', 'alias', 'Col. Sentro', '--jurisdiction', 'tiny', '--none']);
  await reportOn(atHome, home, ['feed', 'add', 'cad', '--jurisdiction', 'tiny', '--preset', 'generic']);
  await keepFile();
  sums = await sumsOf(atHome);
  await reportOn(atHome, home, ['backup', file]);
  const { rows } = await sql<{ what: string }>`select what from audit_entry order by entry desc limit 1`.execute(
    atHome.db,
  );
  expect(rows).toEqual([{ what: 'backup' }]);
}, WITHIN_MS);

afterAll(async () => {
  await atHome.close();
  await stopCluster();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

for (const to of ['embedded', 'postgis'] as const) {
  test(
    `restored on ${to} every table has the same rows, check agrees, and an undo still works`,
    async () => {
      const there = await newHome(to);
      await looking(there, async (database) => {
        type Restored = { ok: boolean; check: { comparisons: number } };
        const restored = await reportOn<Restored>(database, there, ['restore', file]);
        expect(restored.ok).toBe(true);
        expect(restored.check.comparisons).toBeGreaterThan(0);
        expect(await sumsOf(database)).toEqual(sums);
        const { id } = await findJurisdiction(database, STAFF, 'tiny');
        const kept = await readFileOf(database, STAFF, id, 1, 1);
        expect([kept.body.name, kept.content.equals(picture)]).toEqual(['foto.jpg', true]);
        // What is lost of it is told.
        await sql`delete from problem_file where part = 1`.execute(database.db);
        await expect(readFileOf(database, STAFF, id, 1, 1)).rejects.toThrow('not those that were sent');
        const checked = await runOn(database, there, ['check']);
        expect([checked.status, checked.stdout + checked.stderr]).toEqual([
          1,
          expect.stringContaining(`file 1.1 foto.jpg: 524288 of ${picture.length} bytes`),
        ]);
        await reportOn(database, there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
        expect(await sumsOf(database)).not.toEqual(sums);
        const refused = await runOn(database, there, ['restore', file]);
        expect([refused.status, refused.stderr]).toEqual([
          1,
          expect.stringMatching(/data already \(tiny\); --replace/),
        ]);
        await reportOn(database, there, ['restore', file, '--replace']);
        expect(await sumsOf(database)).toEqual(sums);
        const { rows } = await sql<{ what: string; detail: string }>`
          select what, detail from audit_entry order by entry desc limit 1`.execute(database.db);
        expect(rows).toEqual([{ what: 'restore', detail: 'restore tiny.cuadra' }]);
      });
    },
    WITHIN_MS,
  );
}

test(
  'every table of the schema is in a backup, or on the list of those left out',
  async () => {
    const { rows } = await atHome.pool.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and relname !~ '^(kysely_|spatial_ref_sys$)' order by 1`,
    );
    const saved = (await savedTables(atHome.pool, 'public')).map(({ name }) => name);
    expect([...saved, ...NOT_SAVED.keys()].sort()).toEqual(rows.map(({ name }) => name).sort());
  },
  WITHIN_MS,
);

test(
  'the file is its owner’s alone, is not written over unasked, and leaves nothing when it cannot be written',
  async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const refused = await runOn(atHome, home, ['backup', file]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/exists already; --force/)]);
    await reportOn(atHome, home, ['backup', file, '--force']);
    const nowhere = await runOn(atHome, home, ['backup', join(folder, 'nowhere', 'a.cuadra')]);
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
    altered.write('X', altered.indexOf('Pueblo Chico'));
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
      const { status, stderr } = await runOn(atHome, home, ['restore', bad, '--replace']);
      expect([status, stderr]).toEqual([1, expect.stringMatching(words)]);
    }
    expect(await sumsOf(atHome)).toEqual(sums);
  },
  WITHIN_MS,
);

test(
  'a table of somebody else’s that refers to these is not lost by a restore: it stops',
  async () => {
    await atHome.pool.query('create table yours (id int references jurisdiction (jurisdiction_id))');
    try {
      const { status, stderr } = await runOn(atHome, home, ['restore', file, '--replace']);
      expect([status, stderr]).toEqual([1, expect.stringMatching(/something of yours depends on the tables/)]);
      expect(await sumsOf(atHome)).toEqual(sums);
    } finally {
      await atHome.pool.query('drop table yours');
    }
  },
  WITHIN_MS,
);

test(
  'whoever stops a restore is told to look, and whoever stops a backup that nothing was changed',
  async () => {
    const stopped = AbortSignal.abort(new Error('the caller went away'));
    const restoring = await runOn(atHome, home, ['restore', file, '--replace'], stopped);
    expect([restoring.status, restoring.stderr]).toEqual([1, 'stopped; run check to see what is there']);
    const other = join(folder, 'other.cuadra');
    const backing = await runOn(atHome, home, ['backup', other], stopped);
    expect([backing.status, backing.stderr]).toEqual([1, 'stopped; nothing was changed']);
    expect((await readdir(folder)).filter((name) => name.startsWith('other'))).toEqual([]);
  },
  WITHIN_MS,
);

test(
  'while a server runs a backup is made and restored, and questions answer what was restored',
  async () => {
    const there = await newHome(engine);
    await looking(there, (database) => reportOn(database, there, ['restore', file]));
    const server = await startServer({ ...there, readyTimeoutMs: 180_000 });
    try {
      const counted = async () => {
        const answer = await fetch(`${server.origin}/api/v1/tiny/counts?layer=areas`);
        if (!answer.ok) return { answered: answer.status };
        const { ids, counts, totals } = (await answer.json()) as CountsAnswer;
        return { ids, counts, totals };
      };
      const before = await counted();
      expect(before).toMatchObject({ totals: { matched: 12 } });
      const live = join(there.dataDir, 'live.cuadra');
      await reportOf(there, ['backup', live]);
      await reportOf(there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
      await expect.poll(counted, { timeout: 60_000 }).toMatchObject({ totals: { matched: 0 } });
      await reportOf(there, ['restore', live, '--replace']);
      await expect.poll(counted, { timeout: 60_000 }).toEqual(before);
      server.assertLogClean();
    } finally {
      await server.stop();
    }
    expect(await looking(there, sumsOf)).toEqual(sums);
  },
  WITHIN_MS,
);

test(
  'a restore that is killed leaves the old state or the new one, and can be begun again',
  async () => {
    const there = await newHome(engine);
    const old = await looking(there, async (database) => {
      await reportOn(database, there, ['restore', file]);
      await reportOn(database, there, ['deliveries', 'undo', '1', '--jurisdiction', 'tiny']);
      return sumsOf(database);
    });
    const killedAt = async (step: string, afterMs: number) => {
      const script = [...nodeFlags(there.databaseUrl), join(import.meta.dirname, '../support/killed-restore.ts')];
      const args = [...script, there.dataDir, there.databaseUrl ?? '', file, step, String(afterMs)];
      const [, signal] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
      return signal as string | null;
    };
    for (const step of ['incident', 'swap']) {
      expect(await killedAt(step, 0)).toBe('SIGKILL');
      expect(await looking(there, sumsOf)).toEqual(old);
    }
    await killedAt('swap', 15);
    await looking(there, async (database) => {
      expect([old, sums]).toContainEqual(await sumsOf(database));
      await reportOn(database, there, ['restore', file, '--replace']);
      expect(await sumsOf(database)).toEqual(sums);
    });
  },
  WITHIN_MS,
);

test(
  'an older schema is backed up before it is brought up to date, and that backup can be restored',
  async () => {
    const there = await newHome(engine);
    await looking(there, async (database) => {
      await reportOn(database, there, ['restore', file]);
      const undone = [
        'alter table incident drop column label_no',
        'alter table feed drop column date_order, drop column times, drop column id_rule',
        'drop table job',
        'alter table source drop column keyed',
        'alter table incident drop column keyed, drop constraint incident_quarter_check',
        'create index incident_source_key on incident (jurisdiction_id, source_id, source_key) where source_key is not null',
        'drop table briefing_figure, briefing_change, briefing',
        'drop table problem_file, problem_change, problem_item, problem',
        'drop table account, account_session, account_link, account_passkey, passkey_challenge, access_key, audit_entry, audit_head, protection, agreement, tip, tip_box, meeting_action, alert, alert_rule, lesson_answer, own_lesson, course_member, course_group, course',
        'drop table badge_key, badge_list, certificate, certificate_request',
        'alter table jurisdiction drop column public_of, drop column embed_origins',
        'drop table offence_choice',
        'alter table data_state drop column writer_about, drop column writer_since',
        'alter table data_state drop column writer_token, drop column publications',
        `delete from kysely_migration where name > '0011'`,
      ];
      for (const statement of undone) await database.pool.query(statement);
    });
    const backups = join(there.dataDir, 'backups');
    await writeFile(backups, 'in the way');
    await expect(looking(there, sumsOf)).rejects.toThrow(/the upgrade did not begin/);
    await rm(backups);
    await mkdir(backups);
    const older = [1, 2, 3].map((day) => `before-0010-2025010${day}000000-1.cuadra`);
    for (const name of older) await writeFile(join(backups, name), '');
    const upgraded = await looking(there, sumsOf);
    const names = (await readdir(backups)).sort();
    expect(names).toEqual([...older.slice(1), expect.stringMatching(/^before-0011-\d{14}-\d+\.cuadra$/)]);
    const name = names.at(-1);
    const elsewhere = await newHome(engine);
    await looking(elsewhere, async (database) => {
      const restored = await reportOn<{ ok: boolean }>(database, elsewhere, ['restore', join(backups, name!)]);
      expect(restored.ok).toBe(true);
      expect(await sumsOf(database)).toEqual(upgraded);
    });
  },
  WITHIN_MS,
);
