// Settings that hold for one transaction, on every machine the database is spread over.

import { type QueryExecutorProvider, sql } from 'kysely';
import pg from 'pg';
import type { Database } from './open.ts';

/** A transaction of either kind. */
export type OneSession = QueryExecutorProvider | pg.ClientBase;

/** By name; a list where the setting is one of names, like search_path. */
export type LocalSettings = Readonly<Record<string, string | readonly string[]>>;

/**
 * Sets them for the transaction that `session` is in; every SET LOCAL there is comes from here. Citus keeps them to the
 * coordinator unless told otherwise first, and says nothing of it: the rows are computed elsewhere, without them.
 */
export async function setLocally(
  session: OneSession,
  { hasCitus }: Pick<Database, 'hasCitus'>,
  settings: LocalSettings,
): Promise<void> {
  const all: LocalSettings = { ...(hasCitus && { 'citus.propagate_set_commands': 'local' }), ...settings };
  const statements = Object.entries(all).map(
    ([name, value]) => `set local ${nameOf(name)} = ${[value].flat().map(pg.escapeLiteral).join(', ')}`,
  );
  // Citus hands on the whole text in which it finds a setting, so that each is sent by itself there.
  for (const text of hasCitus ? statements : [statements.join('; ')]) await run(session, text);
}

/**
 * For the transaction of a schema change where there is Citus: it would change the shards side by side, and refuse the next
 * change of them in the same transaction.
 */
export async function changeInSequence(session: OneSession): Promise<void> {
  await run(session, "set local citus.multi_shard_modify_mode = 'sequential'");
}

async function run(session: OneSession, statement: string): Promise<void> {
  if ('getExecutor' in session) await sql.raw(statement).execute(session);
  else await session.query(statement);
}

const nameOf = (name: string) => name.split('.').map(pg.escapeIdentifier).join('.');
