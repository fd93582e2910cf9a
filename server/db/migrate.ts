// Applies sql/schema/NNNN_name.sql once each, in order, under the migrator's lock; refuses a database it does not know. One
// that is spread over several machines stays so.

import { readdirSync, readFileSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { CannotStart } from '../errors.ts';
import { readSpread, spreadWaiting } from './distribute.ts';
import { changeInSequence } from './set-locally.ts';

const SCHEMA = new URL('../../sql/schema/', import.meta.url);

/** Names of the migrations in the order they are applied. */
export function migrationNames(): string[] {
  return readdirSync(SCHEMA)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort();
}

export function migrationText(name: string): string {
  return readFileSync(new URL(`${name}.sql`, SCHEMA), 'utf8');
}

/** In a migration, what stands after this line refers from new tables to others. */
const KEYS_LINE = /^-- Keys, once the new tables lie where they belong:$/m;

/**
 * The parts of a migration: on a database that is spread over several machines the tables of a part are spread before the
 * next part, for a foreign key may not lead from a table that is not to one that is.
 */
export function migrationSteps(name: string): string[] {
  return migrationText(name).split(KEYS_LINE);
}

/**
 * Brings the schema up to date; `before` runs first when there is something to change, and may refuse. Throws CannotStart
 * when the database was written by a newer Cuadra.
 */
export async function migrate<T>(
  db: Kysely<T>,
  before: (applied: readonly string[], next: string) => Promise<void> = async () => {},
): Promise<void> {
  const names = migrationNames();
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !names.includes(name));
  if (unknown.length) {
    throw new CannotStart(`the database has a newer schema (${unknown.join(', ')}); start the newer Cuadra with it`);
  }
  const next = names.find((name) => !applied.includes(name));
  if (next === undefined) return;
  await before(applied, next);
  const { citus, spread } = await readSpread(db);
  const up = async (trx: Kysely<unknown>, name: string) => {
    if (citus !== null) await changeInSequence(trx);
    for (const step of migrationSteps(name)) {
      await sql.raw(step).execute(trx);
      if (spread.length) await spreadWaiting(trx);
    }
  };
  const migrations: Record<string, Migration> = Object.fromEntries(
    names.map((name) => [name, { up: (trx: Kysely<unknown>) => up(trx, name) }]),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Names of the migrations this database has had, in order. */
export async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const { rows } = await sql<{
    present: boolean;
  }>`select to_regclass('kysely_migration') is not null as present`.execute(db);
  if (!rows[0]?.present) return [];
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return applied.rows.map((row) => row.name);
}
