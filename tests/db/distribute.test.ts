// Spreading the tables over several machines. Citus itself is no package of npm or Debian, so that here a stand-in keeps its
// rules of what may come after what; the suite runs on a real one where CUADRA_TEST_CITUS_URL names it (OPERATING.md).

import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readSpread, spreadAll } from '../../server/db/distribute.ts';
import { migrate, migrationNames, migrationText } from '../../server/db/migrate.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { setLocally } from '../../server/db/set-locally.ts';
import { TABLE_CLASSES, tablesOf } from '../../server/db/table-classes.ts';
import { openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { createDatabase, createEmptyDatabase } from '../support/postgres.ts';

/** What belongs to the installation stays on the coordinator. */
const EVERY_TABLE = [...tablesOf('reference'), ...tablesOf('distributed')].sort();

if (inject('isCitus')) {
  test('on a coordinator every table is spread, and spreading again moves nothing', async () => {
    const { db } = await openTestDatabase();
    expect((await readSpread(db)).waiting).toEqual([]);
    expect(await spreadAll(db)).toEqual([]);
  });
} else {
  test('without Citus there is one machine, and every table waits', async () => {
    const { citus, machines, spread, waiting } = await readSpread((await openTestDatabase()).db);
    expect({ citus, machines, spread }).toEqual({ citus: null, machines: 1, spread: [] });
    expect([...waiting].sort()).toEqual(EVERY_TABLE);
  });
}

test('settings of a transaction hold in it and end with it, lists and dotted names too', async () => {
  const database = await openTestDatabase();
  const asked = sql<Record<string, string>>`select current_setting('enable_nestloop') as loops,
    current_setting('pg_trgm.similarity_threshold', true) as alike, current_setting('search_path') as path`;
  const before = await asked.execute(database.db);
  const within = await database.db.transaction().execute(async (trx) => {
    await setLocally(trx, database, {
      enable_nestloop: 'off',
      'pg_trgm.similarity_threshold': '0.4',
      search_path: ['pg_catalog', "it's", 'public'],
    });
    return asked.execute(trx);
  });
  expect(within.rows[0]).toEqual({ loops: 'off', alike: '0.4', path: `pg_catalog, "it's", public` });
  const after = await asked.execute(database.db);
  expect({ ...after.rows[0], alike: '' }).toEqual({ ...before.rows[0], alike: '' });
  expect(after.rows[0]!.alike).not.toBe('0.4');
});

test('where there is Citus, it is said first that settings are for every machine', async () => {
  const sent: string[] = [];
  const client = { query: async (text: string) => sent.push(text) } as unknown as pg.ClientBase;
  await setLocally(client, { hasCitus: true }, { jit: 'off' });
  await setLocally(client, { hasCitus: false }, { jit: 'off' });
  expect(sent).toEqual([
    `set local "citus"."propagate_set_commands" = 'local'`,
    `set local "jit" = 'off'`,
    `set local "jit" = 'off'`,
  ]);
});

/**
 * The functions and catalogues of Citus that are used, with its rules: a table is spread only while no foreign key ties it
 * to one that is not, the first of all is colocated with none, and a new table may not refer to one that is spread.
 */
const STAND_IN = `
  set allow_system_table_mods = on;
  insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    values (99999, 'citus', 10, 2200, false, '13.2-1');
  create table pg_dist_partition (logicalrelid regclass, partmethod "char", repmodel "char");
  create table pg_dist_node (isactive bool, shouldhaveshards bool, noderole text);
  insert into pg_dist_node values (true, true, 'primary'), (true, true, 'primary'), (true, false, 'primary');
  create table truncated (name regclass);
  create function check_keys(t regclass) returns void language plpgsql as $$ begin
    if current_setting('citus.multi_shard_modify_mode', true) is distinct from 'sequential' then
      raise 'parallel'; end if;
    if exists (select from pg_constraint where contype = 'f' and t in (conrelid, confrelid)
        and not (exists (select from pg_dist_partition where logicalrelid = conrelid)
          and exists (select from pg_dist_partition where logicalrelid = confrelid))) then
      raise 'a foreign key of % stands', t; end if;
  end $$;
  create function create_reference_table(t regclass) returns void language plpgsql as $$ begin
    perform check_keys(t);
    insert into pg_dist_partition values (t, 'n', 't');
  end $$;
  create function create_distributed_table(t regclass, key text, colocate_with text) returns void language plpgsql as $$ begin
    perform check_keys(t);
    if colocate_with <> 'none' and not exists (
      select from pg_dist_partition where logicalrelid = colocate_with::regclass) then raise 'no %', colocate_with; end if;
    if (colocate_with = 'none') <> (t = 'data_state'::regclass) then raise '% apart', t; end if;
    insert into pg_dist_partition values (t, 'h', 's');
  end $$;
  create function truncate_local_data_after_distributing_table(t regclass) returns void language sql as
    $$ insert into truncated values (t) $$;
  create function look_at_table() returns event_trigger language plpgsql as $$ begin
    if exists (select from pg_event_trigger_ddl_commands() d join pg_constraint c on c.conrelid = d.objid and contype = 'f'
        join pg_dist_partition p on p.logicalrelid = c.confrelid
        where not exists (select from pg_dist_partition o where o.logicalrelid = c.conrelid)) then
      raise 'refers to a table that is spread'; end if;
  end $$;
  create event trigger look_at_table on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE')
    execute function look_at_table();
`;

if (inject('engine') === 'postgis' && !inject('isCitus'))
  describe('with the rules of Citus', () => {
    let beside: Database;
    let old: Database;
    let keys: readonly string[];

    beforeAll(async () => {
      beside = await open(await createDatabase(inject('databaseUrl')!, 'spread'));
      keys = await foreignKeys(beside);
    });
    afterAll(() => Promise.all([beside, old].map((each) => each?.close())));

    test('all tables are spread in one go, with their foreign keys as before, and again changes nothing', async () => {
      await standIn(beside);
      expect((await readSpread(beside.db)).spread).toEqual([]);
      expect([...(await spreadAll(beside.db))].sort()).toEqual(EVERY_TABLE);
      const { citus, machines, spread, waiting } = await readSpread(beside.db);
      expect({ citus, machines, waiting }).toEqual({ citus: '13.2-1', machines: 2, waiting: [] });
      expect([...spread].sort()).toEqual(EVERY_TABLE);
      expect(await foreignKeys(beside)).toEqual(keys);
      expect(keys.length).toBeGreaterThan(20);
      const { rows } = await sql<{ name: string }>`select name::text from truncated order by 1`.execute(beside.db);
      expect(rows.map(({ name }) => name)).toEqual(EVERY_TABLE);
      expect(await spreadAll(beside.db)).toEqual([]);
    });

    test('what fails halfway leaves everything as it was', async () => {
      await sql`delete from pg_dist_partition`.execute(beside.db);
      await sql`alter function create_reference_table(regclass) rename to no_longer_there`.execute(beside.db);
      await expect(spreadAll(beside.db)).rejects.toThrow('create_reference_table');
      expect(await foreignKeys(beside)).toEqual(keys);
    });

    test('a database that was spread with an older schema stays spread through every later migration', async () => {
      const url = await createEmptyDatabase(inject('databaseUrl')!, 'spread_early');
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const early = migrationNames().slice(0, 2);
      for (const name of early) await client.query(migrationText(name));
      await client.query(
        `create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`,
      );
      for (const name of early)
        await client.query('insert into kysely_migration values ($1, $2)', [name, new Date().toISOString()]);
      await client.query(STAND_IN);
      await client.end();
      old = await open(url, async (before) => {
        expect((await spreadAll(before.db)).length).toBeGreaterThan(8);
      });
      const { spread, waiting } = await readSpread(old.db);
      expect(waiting).toEqual([]);
      expect([...spread].sort()).toEqual(EVERY_TABLE);
      expect(await foreignKeys(old)).toEqual(keys);
      await migrate(old.db);
    });
  });

test('the tables are in three classes: what is everywhere, what is shared out, what belongs to the installation', () => {
  expect(tablesOf('reference')).toEqual(['jurisdiction']);
  expect(tablesOf('local')).toEqual([
    'account',
    'account_session',
    'account_link',
    'account_passkey',
    'passkey_challenge',
    'access_key',
    'audit_entry',
    'audit_head',
    'agreement',
  ]);
  expect([...EVERY_TABLE, ...tablesOf('local')].sort()).toEqual(Object.keys(TABLE_CLASSES).sort());
});

const open = (databaseUrl: string, beforeUpgrade?: (database: Database) => Promise<void>) =>
  openDatabase({ databaseUrl, dataDir: '', log: quietLog, ...(beforeUpgrade && { beforeUpgrade }) });

async function standIn({ pool }: Database): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(STAND_IN);
  } finally {
    client.release(true); // it may change system tables
  }
}

async function foreignKeys({ db }: Database): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as key
    from pg_constraint where contype = 'f' order by 1`.execute(db);
  return rows.map(({ key }) => key);
}
