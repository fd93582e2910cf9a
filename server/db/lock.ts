// One writer per jurisdiction: imports and layer versions of the same city never interleave.

import { type Kysely, sql } from 'kysely';
import { Conflict } from '../errors.ts';
import type { Database } from './open.ts';
import type { Tables } from './tables.ts';

/** First key of the advisory lock; the second is the jurisdiction. */
const WRITER_LOCK = 0x43_55_41;

/**
 * Runs `work` as the only writer of the jurisdiction, in any process. On PostgreSQL a connection of its own holds an
 * advisory lock for that long; the embedded database has one session and one process, so a set in memory is enough.
 * Throws Conflict when somebody else is writing.
 */
export async function withJurisdictionLock<T>(
  database: Database,
  jurisdictionId: number,
  work: () => Promise<T>,
): Promise<T> {
  if (database.engine === 'embedded') {
    if (database.writing.has(jurisdictionId)) throw busy();
    database.writing.add(jurisdictionId);
    try {
      return await work();
    } finally {
      database.writing.delete(jurisdictionId);
    }
  }
  const client = await database.pool.connect();
  try {
    const key = [WRITER_LOCK, jurisdictionId];
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', key);
    if (!rows[0]?.locked) throw busy();
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock($1, $2)', key);
    }
  } finally {
    client.release();
  }
}

const busy = () => new Conflict('another import of this jurisdiction is running');

/** Raises the data version in the transaction of the change that can alter an answer. */
export async function raiseDataVersion(trx: Kysely<Tables>, jurisdictionId: number): Promise<void> {
  await trx
    .updateTable('data_state')
    .set({ data_version: sql`data_version + 1`, data_token: crypto.randomUUID(), changed_at: new Date() })
    .where('jurisdiction_id', '=', jurisdictionId)
    .execute();
}
