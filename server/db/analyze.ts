// Fresh statistics for the planner after many rows were written. A table holds the rows of all jurisdictions, so it is
// analysed when what was written is a good part of it or much by itself, not for every small import of one of them.

import { sql } from 'kysely';
import type { Database } from './open.ts';
import type { Tables } from './tables.ts';

/** Writing so many takes longer than reading the sample ANALYZE takes of a table of any size. */
const MANY_ROWS = 50_000;
/** Growth since the statistics were taken that changes no plan. */
const UNNOTICED_SHARE = 0.1;

/**
 * Call after `rows` rows were added or changed. A server of its own analyses by itself, some minutes later; the embedded
 * engine has nobody who would, so small imports must add up: the size of the table tells, not what one of them wrote.
 */
export async function analyzeAfter(database: Database, table: keyof Tables, rows: number): Promise<void> {
  if (rows === 0) return;
  const { db } = database;
  if (rows < MANY_ROWS) {
    const { rows: sizes } = await sql<{ pages: number; known: number }>`
      select (pg_relation_size(oid) / current_setting('block_size')::int)::int as pages, relpages as known
      from pg_class where oid = ${table}::text::regclass`.execute(db);
    const { pages, known } = sizes[0]!;
    if (pages <= known * (1 + UNNOTICED_SHARE)) return;
  }
  await analyzeTable(database, table);
}

/** Where row security holds the tables are not this user's to analyse, but by the one function its owner made for it. */
export async function analyzeTable({ db, rowSecurity }: Database, table: keyof Tables): Promise<void> {
  await (rowSecurity?.isOn
    ? sql`select cuadra_analyze(${table})`.execute(db)
    : sql`analyze ${sql.table(table)}`.execute(db));
}
