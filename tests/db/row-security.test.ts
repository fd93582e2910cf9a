// Row security on PostgreSQL: the application's own user sees the rows of whoever was found for the request and no others,
// whatever is asked, whoever had the connection before, and of every tenant table there is.

import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { TENANT_TABLES } from '../../server/db/row-security.ts';
import { tablesOf } from '../../server/db/table-classes.ts';
import { openTenants, seeingEverybody, seeingNobody, seeingOnly } from '../../server/db/tenants.ts';
import { quietLog } from '../support/log.ts';
import { asApplication, createDatabase } from '../support/postgres.ts';

describe.runIf(inject('engine') === 'postgis' && !inject('isCitus'))('row security', () => {
  let ownerUrl: string;
  let url: string;
  let owner: pg.Client;
  let application: pg.Client;
  let database: Database;
  const connected = async (connectionString: string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const open = (databaseUrl: string, adminUrl: string | null) =>
    openDatabase({ databaseUrl, adminUrl, dataDir: '', log: quietLog });

  beforeAll(async () => {
    ownerUrl = await createDatabase(inject('databaseUrl')!, 'second_net');
    url = await asApplication(ownerUrl);
    owner = await connected(ownerUrl);
    database = await open(url, ownerUrl);
    application = await connected(url);
    // A row of each of two jurisdictions in every tenant table, whatever else the table asks of one.
    await owner.query(`do $$ declare each record; begin
      for each in select conname, conrelid::regclass as name from pg_constraint
        where connamespace = 'public'::regnamespace and contype in ('f', 'c') and conrelid <> 'spatial_ref_sys'::regclass
      loop execute format('alter table %s drop constraint %I', each.name, each.conname); end loop;
      for each in select conname, conrelid::regclass as name from pg_constraint c join pg_class t on t.oid = conrelid
        where connamespace = 'public'::regnamespace and contype in ('p', 'u') and relname = any ('{${TENANT_TABLES.join(',')}}')
      loop execute format('alter table %s drop constraint %I cascade', each.name, each.conname); end loop;
      for each in select attrelid::regclass as name, attname from pg_attribute a join pg_class t on t.oid = attrelid
        where relname = any ('{${TENANT_TABLES.join(',')}}') and relnamespace = 'public'::regnamespace
          and attnum > 0 and attnotnull and not attisdropped
      loop execute format('alter table %s alter column %I drop not null', each.name, each.attname); end loop;
    end $$`);
    for (const table of TENANT_TABLES)
      await owner.query(`insert into ${table} (jurisdiction_id) values (1), (2), (12)`);
    await owner.query(`update jurisdiction set code = 'c' || jurisdiction_id, name = 'C', timezone = 'UTC', srid = 3857,
      synthetic = false`);
  });
  afterAll(async () => {
    await database?.close();
    await owner?.end();
    await application?.end();
  });

  /** What a statement without any condition answers, as if somebody had forgotten it. */
  const seenBy = async (client: { query: pg.Client['query'] }, table: string) => {
    const { rows } = await client.query(`select jurisdiction_id as id from ${table} order by 1`);
    return (rows as { id: number }[]).map(({ id }) => id);
  };

  test('every table with the key of a jurisdiction has a policy, and a class that says so', async () => {
    const { rows } = await owner.query(`
      select relname::text as name, relrowsecurity as on,
        (select count(*)::int from pg_policy where polrelid = c.oid) as policies
      from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
        and exists (select from pg_attribute where attrelid = c.oid and attname = 'jurisdiction_id' and not attisdropped)
      order by 1`);
    expect(rows).toEqual([...TENANT_TABLES].sort().map((name) => ({ name, on: true, policies: 1 })));
    expect(database.rowSecurity).toEqual({ role: 'cuadra_application', isOn: true, isQuick: true });
    expect(database.background.rowSecurity?.isOn).toBe(true);
  });

  test('without the setting nobody’s rows are seen, with it those it names, in every table', async () => {
    const seen: unknown[] = [];
    const wanted: unknown[] = [];
    for (const table of TENANT_TABLES) {
      await application.query("select set_config('cuadra.jurisdictions', '', false)");
      const nothing = await seenBy(application, table);
      await application.query("select set_config('cuadra.jurisdictions', '2', false)");
      const one = await seenBy(application, table);
      await application.query("select set_config('cuadra.jurisdictions', '1,2', false)");
      const two = await seenBy(application, table);
      await application.query("select set_config('cuadra.jurisdictions', '*', false)");
      seen.push([table, nothing, one, two, await seenBy(application, table)]);
      wanted.push([table, [], [2], [1, 2], [1, 2, 12]]);
    }
    expect(seen).toEqual(wanted);
    const fresh = await connected(url);
    expect(await seenBy(fresh, 'incident')).toEqual([]);
    await fresh.query("select set_config('cuadra.jurisdictions', '1; 2', false)");
    await expect(seenBy(fresh, 'incident')).rejects.toThrow('invalid input syntax');
    await fresh.end();
  });

  test('a question that forgot its condition answers of who is asked for alone, and of nobody where nobody said', async () => {
    const { pool, db } = database;
    expect(await seenBy(pool, 'incident')).toEqual([]);
    expect(await seeingNobody(() => seenBy(pool, 'incident'))).toEqual([]);
    expect(await seeingOnly([12], () => seenBy(pool, 'incident'))).toEqual([12]);
    expect(await seeingEverybody(() => seenBy(pool, 'incident'))).toEqual([1, 2, 12]);
    const found = await seeingNobody(async () => {
      await findJurisdiction(database, STAFF, 'c2');
      return db.transaction().execute(async (trx) =>
        sql<{ id: number }>`
        select jurisdiction_id as id from delivery`.execute(trx),
      );
    });
    expect(found.rows).toEqual([{ id: 2 }]);
    expect(await seenBy(database.background.pool, 'incident')).toEqual([1, 2, 12]);
  });

  test('a connection keeps no tenant for whoever is given it next, nor after a transaction that failed', async () => {
    const { pool } = database;
    const pids = new Set<number>();
    const ask = async (_ids: readonly number[]) => {
      const client = await pool.connect();
      try {
        const { rows } = await client.query('select pg_backend_pid() as pid');
        pids.add((rows as { pid: number }[])[0]!.pid);
        return await seenBy(client, 'place_match');
      } finally {
        client.release();
      }
    };
    const turns = Array.from({ length: 60 }, (_, turn) => [[1], [2], [], [1, 12]][turn % 4]!);
    const answers = await Promise.all(
      turns.map((ids) =>
        seeingNobody(() => {
          openTenants(ids);
          return ask(ids);
        }),
      ),
    );
    expect(answers).toEqual(turns);
    expect(pids.size).toBeLessThan(turns.length);
    for (let left = 10; left > 0; left--) {
      await seeingOnly([1], () =>
        database.db
          .transaction()
          .execute((trx) => sql`select 1 / 0 from incident`.execute(trx))
          .catch(() => {}),
      );
      expect(await seenBy(pool, 'incident')).toEqual([]);
      expect(await seeingOnly([2], () => seenBy(pool, 'incident'))).toEqual([2]);
    }
  });

  test('rows of others are neither written, nor changed, nor removed', async () => {
    const { pool } = database;
    await seeingOnly([1], async () => {
      await expect(pool.query('insert into feed (jurisdiction_id) values (2)')).rejects.toMatchObject({
        code: '42501',
      });
      await expect(pool.query('update feed set jurisdiction_id = 2')).rejects.toMatchObject({ code: '42501' });
      expect((await pool.query('delete from feed where jurisdiction_id = 12')).rowCount).toBe(0);
      expect((await pool.query('update job set jurisdiction_id = jurisdiction_id')).rowCount).toBe(1);
    });
    expect(await seenBy(owner, 'feed')).toEqual([1, 2, 12]);
  });

  test('what the audit says is added to and never changed, and the schema is not this user’s', async () => {
    const refused = [
      'update audit_entry set who = who',
      'delete from audit_entry',
      'create table mine (id int)',
      'alter table incident disable row level security',
      'drop table feed',
      'delete from kysely_migration',
    ];
    for (const text of refused)
      await expect(database.background.pool.query(text), text).rejects.toMatchObject({ code: '42501' });
    await database.background.pool.query("select cuadra_analyze('incident')");
  });

  test('what a later migration brings is secured at the next start, also by an owner who has no more to migrate', async () => {
    const [table] = tablesOf('distributed');
    await owner.query(`revoke all on ${table} from cuadra_application`);
    await owner.query(`drop policy cuadra_tenants_1 on ${table}`);
    // Without the owner nobody can mend it: the start says that the net has a hole.
    const alone = await open(url, null);
    expect(alone.rowSecurity?.isOn).toBe(false);
    await alone.close();
    const again = await open(url, ownerUrl);
    expect(again.rowSecurity?.isOn).toBe(true);
    expect(await seeingOnly([1], () => seenBy(again.pool, table!))).toEqual([1]);
    await again.close();
    // Afterwards the application's user is enough.
    const later = await open(url, null);
    expect(later.rowSecurity?.isOn).toBe(true);
    expect(await seeingOnly([2], () => seenBy(later.pool, table!))).toEqual([2]);
    await later.close();
  });

  test('an owner who is his own application is told what to do instead', async () => {
    await expect(open(ownerUrl, ownerUrl)).rejects.toThrow('let it be another user');
    const owning = await open(ownerUrl, null);
    expect(owning.rowSecurity?.isOn).toBe(false);
    expect(await seenBy(owning.pool, 'incident')).toEqual([1, 2, 12]);
    await owning.close();
  });
});
