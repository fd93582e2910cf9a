// One writer per jurisdiction: imports and layer versions of the same city never interleave.

import { setTimeout as sleep } from 'node:timers/promises';
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

/** Second key of the lock that whoever replaces the whole installation holds; no jurisdiction has this number. */
const EVERYTHING = 0;
const WAIT_FOR_WRITERS_MS = 60_000;
const LOOK_EVERY_MS = 100;

/**
 * Runs `work` while nobody else writes to any of these jurisdictions, nor another such work runs; one connection holds
 * all their locks. Waits for writers to finish; throws Conflict when one takes too long.
 */
export async function withEveryWriterHeldOff<T>(
  database: Database,
  jurisdictionIds: readonly number[],
  work: () => Promise<T>,
  waitMs = WAIT_FOR_WRITERS_MS,
): Promise<T> {
  const keys = [EVERYTHING, ...new Set(jurisdictionIds)];
  const until = Date.now() + waitMs;
  const takeAll = async (take: (key: number) => boolean | Promise<boolean>) => {
    for (const key of keys) {
      while (!(await take(key))) {
        if (Date.now() > until) throw busy();
        await sleep(LOOK_EVERY_MS);
      }
    }
  };
  if (database.engine === 'embedded') {
    const taken: number[] = [];
    try {
      await takeAll((key) => {
        if (database.writing.has(key)) return false;
        database.writing.add(key);
        return taken.push(key) > 0;
      });
      return await work();
    } finally {
      for (const key of taken) database.writing.delete(key);
    }
  }
  const client = await database.pool.connect();
  let clean = false;
  try {
    await takeAll(async (key) => {
      const taking = 'select pg_try_advisory_lock($1, $2) as locked';
      const { rows } = await client.query<{ locked: boolean }>(taking, [WRITER_LOCK, key]);
      return rows[0]?.locked === true;
    });
    const done = await work();
    for (const key of keys) await client.query('select pg_advisory_unlock($1, $2)', [WRITER_LOCK, key]);
    clean = true;
    return done;
  } finally {
    client.release(!clean); // closing the connection frees its locks
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
