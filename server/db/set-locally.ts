// Settings that hold for one transaction, on every machine the database is spread over.

import { type QueryExecutorProvider, sql } from 'kysely';
import pg from 'pg';
import type { Database } from './open.ts';

/** By name; a list where the setting is one of names, like search_path. */
export type LocalSettings = Readonly<Record<string, string | readonly string[]>>;

/**
 * Sets them for the transaction that `within` is in; every SET LOCAL there is comes from here. Citus keeps them to the
 * coordinator unless told otherwise first, and says nothing of it: the rows are computed elsewhere, without them.
 */
export async function setLocally(
  within: QueryExecutorProvider | pg.ClientBase,
  { hasCitus }: Pick<Database, 'hasCitus'>,
  settings: LocalSettings,
): Promise<void> {
  const all: LocalSettings = { ...(hasCitus && { 'citus.propagate_set_commands': 'local' }), ...settings };
  const statements = Object.entries(all)
    .map(([name, value]) => `set local ${nameOf(name)} = ${[value].flat().map(pg.escapeLiteral).join(', ')}`)
    .join('; ');
  if ('getExecutor' in within) await sql.raw(statements).execute(within);
  else await within.query(statements);
}

const nameOf = (name: string) => name.split('.').map(pg.escapeIdentifier).join('.');
