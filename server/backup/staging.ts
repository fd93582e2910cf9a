// The tables of a restore before they count: a schema of their own, which takes the place of the old tables in one
// transaction. Killed before that, everything is as it was; after it, everything is new.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrationText } from '../db/migrate.ts';
import type { Database } from '../db/open.ts';
import { changeInSequence, setLocally } from '../db/set-locally.ts';
import { Conflict } from '../errors.ts';
import { OF_INSTALLATION, ownSchema, type StoredTable, storedTables } from './catalogue.ts';

export const STAGING = 'cuadra_restoring';
/** The jurisdictions whose writers are held off, the writer's token they have, and the tables the backup holds. */
export type Locked = { readonly ids: readonly number[]; readonly token: string; readonly tables: readonly string[] };

const id = pg.escapeIdentifier;
const SWAP_TRIES = 20;
const WAIT_BETWEEN_TRIES_MS = 500;
/** A reader was in the way: deadlock_detected, lock_not_available. */
const IN_THE_WAY = ['40P01', '55P03'];

/** An empty schema in place of whatever a killed restore left. */
export async function makeStaging(client: pg.PoolClient): Promise<void> {
  await dropStaging(client);
  await client.query(`create schema ${STAGING}`);
}

export async function dropStaging(client: pg.PoolClient | pg.Pool): Promise<void> {
  await client.query(`drop schema if exists ${STAGING} cascade`);
}

/** Applies migrations to the staging schema, each in a transaction of its own. */
export async function migrateStaging(
  database: Pick<Database, 'hasCitus'>,
  client: pg.PoolClient,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    await transaction(client, async () => {
      const { rows } = await client.query<{ path: string[] }>('select current_schemas(false)::text[] as path');
      await setLocally(client, database, { search_path: [STAGING, ...rows[0]!.path] });
      await client.query(migrationText(name));
    });
  }
}

/**
 * Puts the staged tables in the place of those that count, under new data tokens: caches and cubes of every running
 * server are of other data from then on. Throws Conflict when a jurisdiction came that nobody had locked,
 * or somebody has taken one over.
 */
export async function swapIn(
  database: Pick<Database, 'hasCitus'>,
  client: pg.PoolClient,
  locked: Locked,
): Promise<void> {
  for (let left = SWAP_TRIES; ; left--) {
    try {
      return await transaction(client, () => swap(database, client, locked));
    } catch (error) {
      const { code } = error as { code?: string };
      if (!code || !IN_THE_WAY.includes(code) || left === 0) throw error;
      await sleep(WAIT_BETWEEN_TRIES_MS);
    }
  }
}

async function swap(database: Pick<Database, 'hasCitus'>, client: pg.PoolClient, locked: Locked): Promise<void> {
  const schema = id(await ownSchema(client));
  const staged = await storedTables(client, STAGING);
  // A backup from before there were accounts takes away neither those that are here nor what was audited.
  const names = staged
    .map(({ name }) => name)
    .filter((name) => !OF_INSTALLATION.includes(name) || locked.tables.includes(name));
  if (database.hasCitus) await changeInSequence(client);
  await setLocally(client, database, { lock_timeout: '5s' });
  await client.query(`lock table ${names.map((name) => `${schema}.${id(name)}`).join(', ')} in access exclusive mode`);
  const { rows } = await client.query<{ id: number }>(
    `select jurisdiction_id as id from ${schema}.data_state
    where jurisdiction_id <> all($1) or writer_token is distinct from $2`,
    [locked.ids, locked.token],
  );
  if (rows.length) throw new Conflict('somebody began to write meanwhile; nothing was changed');
  const versions = await client.query<{ newest: number | null }>(
    `select max(data_version) as newest from ${schema}.data_state`,
  );
  await client.query(
    `update ${STAGING}.data_state set data_token = gen_random_uuid()::text,
    writer_token = gen_random_uuid()::text, changed_at = now(), data_version = 1 + greatest(data_version, $1)`,
    [versions.rows[0]!.newest],
  );
  if (names.includes('account'))
    for (const name of ['account_session', 'account_link', 'passkey_challenge'])
      await client.query(`delete from ${schema}.${name}`);
  await client.query(`drop table ${names.map((name) => `${schema}.${id(name)}`).join(', ')}`);
  for (const name of names) await client.query(`alter table ${STAGING}.${id(name)} set schema ${schema}`);
  await dropRest(client);
}

/** What the migrations made that belongs to no jurisdiction is there already; nothing else may be left over. */
async function dropRest(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = '${STAGING}'::regnamespace and relkind in ('r', 'p')`,
  );
  if (rows.length) await client.query(`drop table ${rows.map(({ name }) => `${STAGING}.${id(name)}`).join(', ')}`);
  await client.query(`drop schema ${STAGING} restrict`);
}

/** After the rows are in, the planner must know what is there. */
export async function analyzeStaging(client: pg.PoolClient, tables: readonly StoredTable[]): Promise<void> {
  for (const { name } of tables) await client.query(`analyze ${STAGING}.${id(name)}`);
}

async function transaction<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const done = await work();
    await client.query('commit');
    return done;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection is gone; what it began is undone with it
    throw error;
  }
}
