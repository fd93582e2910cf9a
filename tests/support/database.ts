// The database a test talks to: the engine of its suite, migrated, one connection pool per test process.

import { sql } from 'kysely';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { changeInSequence } from '../../server/db/set-locally.ts';
import { quietLog } from './log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    engine: 'embedded' | 'postgis';
    /** Folder of this run for the embedded engine; null on real PostGIS. */
    dataDir: string | null;
    databaseUrl: string | null;
    /** The database is a coordinator of Citus, and its tables are spread. */
    isCitus: boolean;
  }
}

/** Vitest gives every test file fresh modules, so what the process shares hangs on globalThis. */
const shared = globalThis as { cuadraTestDatabase?: Promise<Database> };

/** Opens the suite's database, or answers the one already open in this process. Do not close it. */
export function openTestDatabase(): Promise<Database> {
  shared.cuadraTestDatabase ??= openDatabase({
    databaseUrl: inject('databaseUrl'),
    dataDir: inject('dataDir') ?? '',
    log: quietLog,
  });
  return shared.cuadraTestDatabase;
}

/** Large tables are truncated; small ones deleted from, which the embedded engine does twenty times faster. */
const TRUNCATE_FROM_BYTES = 1_000_000;

/** Removes every row of every tenant table. */
export async function emptyTables({ db, hasCitus }: Database): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (hasCitus) await changeInSequence(trx);
    const tables = await sql<{ name: string; bytes: number }>`
      with recursive
        tenant as (
          select c.oid, c.relname from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attname = 'jurisdiction_id' and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        ),
        depth as (
          select oid, 0 as level from tenant
          union
          select f.conrelid, d.level + 1 from depth d
          join pg_constraint f on f.confrelid = d.oid and f.contype = 'f' and f.conrelid <> d.oid
        )
      select relname as name, pg_table_size(oid)::int as bytes from tenant join depth using (oid)
      group by oid, relname order by max(level) desc`.execute(trx);
    const large = tables.rows
      .filter((table) => table.bytes >= TRUNCATE_FROM_BYTES)
      .map((table) => sql.table(table.name));
    if (large.length) await sql`truncate ${sql.join(large)} cascade`.execute(trx);
    for (const table of tables.rows) await sql`delete from ${sql.table(table.name)}`.execute(trx);
  });
}
