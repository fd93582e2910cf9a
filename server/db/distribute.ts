// Spreads the tables over the machines of a Citus cluster, by jurisdiction, and says where they lie. Without Citus there is
// one machine and nothing to do.

import { type Kysely, sql } from 'kysely';
import { changeInSequence, setLocally } from './set-locally.ts';
import { KEY, tablesOf } from './table-classes.ts';

export type Spread = {
  /** The version of Citus; null where it is not installed. */
  readonly citus: string | null;
  /** Machines that hold rows. */
  readonly machines: number;
  /** Of the tables that are there, those that lie where their class says, and those that do not yet. */
  readonly spread: readonly string[];
  readonly waiting: readonly string[];
};

/** Every distributed table lies with this one: the rows of a jurisdiction are on one machine. */
const ANCHOR = 'data_state';
const CLASSED = [...tablesOf('reference'), ANCHOR, ...tablesOf('distributed').filter((name) => name !== ANCHOR)];

export async function citusVersion<T>(db: Kysely<T>): Promise<string | null> {
  const { rows } = await sql<{ version: string }>`
    select extversion as version from pg_extension where extname = 'citus'`.execute(db);
  return rows[0]?.version ?? null;
}

export async function readSpread<T>(db: Kysely<T>): Promise<Spread> {
  const citus = await citusVersion(db);
  const { rows: present } = await sql<{ name: string }>`
    select relname::text as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')`.execute(db);
  const there = new Set(present.map(({ name }) => name));
  const tables = CLASSED.filter((name) => there.has(name));
  if (citus === null) return { citus, machines: 1, spread: [], waiting: tables };
  const { rows: placed } = await sql<{ name: string }>`
    select c.relname::text as name from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
    where c.relnamespace = current_schema()::regnamespace and (p.partmethod = 'h' or p.repmodel = 't')`.execute(db);
  const { rows: nodes } = await sql<{ machines: number }>`
    select count(*)::int as machines from pg_dist_node
    where isactive and shouldhaveshards and noderole = 'primary'`.execute(db);
  const isSpread = new Set(placed.map(({ name }) => name));
  return {
    citus,
    machines: Math.max(1, nodes[0]!.machines),
    spread: tables.filter((name) => isSpread.has(name)),
    waiting: tables.filter((name) => !isSpread.has(name)),
  };
}

/** Spreads what waits, in one transaction: after a failure nothing has changed. Answers the names of what it spread. */
export async function spreadAll<T>(db: Kysely<T>): Promise<readonly string[]> {
  const moved = await db.transaction().execute(async (trx) => {
    await changeInSequence(trx);
    // A large table is copied in one statement.
    await setLocally(trx, { hasCitus: true }, { statement_timeout: '0' });
    return spreadWaiting(trx);
  });
  const { spread } = await readSpread(db);
  // What the coordinator held before lies on the shards now; what was left behind takes room and is never read.
  for (const name of spread)
    await sql`select truncate_local_data_after_distributing_table(${sql.lit(name)})`.execute(db);
  for (const name of spread) await sql`analyze ${sql.table(name)}`.execute(db);
  return moved;
}

type ForeignKey = { readonly name: string; readonly table: string; readonly definition: string };

/** Spreads what waits, in the transaction it is given. A key between two tables of which one is spread is refused. */
export async function spreadWaiting<T>(trx: Kysely<T>): Promise<readonly string[]> {
  const { waiting } = await readSpread(trx);
  if (waiting.length === 0) return waiting;
  const { rows: keys } = await sql<ForeignKey>`
    select f.conname::text as name, c.relname::text as table, pg_get_constraintdef(f.oid) as definition
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid
    where f.contype = 'f' and c.relnamespace = current_schema()::regnamespace and t.relnamespace = c.relnamespace
      and (c.relname = any(${waiting}::text[]) or t.relname = any(${waiting}::text[]))
    order by c.relname, f.conname`.execute(trx);
  for (const { name, table } of keys) {
    await sql`alter table ${sql.table(table)} drop constraint ${sql.id(name)}`.execute(trx);
  }
  for (const name of waiting) await spreadTable(trx, name);
  for (const { name, table, definition } of keys) {
    await sql`alter table ${sql.table(table)} add constraint ${sql.id(name)} ${sql.raw(definition)}`.execute(trx);
  }
  return waiting;
}

async function spreadTable<T>(trx: Kysely<T>, name: string): Promise<void> {
  const [table, key, anchor] = [name, KEY, name === ANCHOR ? 'none' : ANCHOR].map((word) => sql.lit(word));
  await (tablesOf('reference').includes(name)
    ? sql`select create_reference_table(${table})`
    : sql`select create_distributed_table(${table}, ${key}, colocate_with => ${anchor})`
  ).execute(trx);
}
