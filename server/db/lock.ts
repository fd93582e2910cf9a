// One writer per jurisdiction: imports and layer versions of the same city never interleave, and a writer that has lost
// the jurisdiction can neither store nor publish any more.

import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { Busy, Conflict, Unavailable } from '../errors.ts';
import { oneConnection } from './one-connection.ts';
import { type Database, isConnectionLost } from './open.ts';
import type { Tables } from './tables.ts';

/** First key of the advisory lock; the second is the jurisdiction. */
const WRITER_LOCK = 0x43_55_41;
/** How many publications are remembered: of other writers, between one and the look whether it came about. */
const MARKS_KEPT = 50;
const LOOK_AGAIN_MS = 500;
const MOST_ABOUT = 200;
const LOOK_FOR_MS = 120_000;

/**
 * The database as its one writer has it. On PostgreSQL `db` and `pool` are the very connection that holds the lock, so
 * that nothing can be written after the lock is lost, and a writer never waits for a second connection.
 */
export type Writer = Database & {
  /** In the transaction of a chunk: nobody takes over until it ends. Throws Conflict when somebody has. */
  fence(client: pg.PoolClient): Promise<void>;
  /**
   * Runs what readers will see at once, in one transaction. When the connection dies so that nobody says whether it
   * came about, looks it up. Throws Conflict when somebody has taken over.
   */
  publishing<T>(work: (trx: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** True when nothing more can be written: the lock is somebody else's or nobody's. */
  isLost(): Promise<boolean>;
};

/**
 * Runs `work` as the only writer of the jurisdiction, in any process. On PostgreSQL an advisory lock says so, which dies
 * with its connection, however that ends; the embedded database has one process, so a set in memory is enough. `about`
 * is what whoever waits is told of it, a file name for one. Throws Busy when somebody else is writing, Unavailable when
 * the connection was lost.
 */
export async function withJurisdictionLock<T>(
  database: Database,
  jurisdictionId: number,
  work: (writer: Writer) => Promise<T>,
  about: string | null = null,
): Promise<T> {
  if (database.engine === 'embedded') {
    if (database.writing.has(jurisdictionId)) throw busy();
    database.writing.add(jurisdictionId);
    try {
      return await work(await takeOver(database, database, jurisdictionId, about, () => false));
    } finally {
      database.writing.delete(jurisdictionId);
    }
  }
  const client = await database.writers.connect();
  const one = oneConnection(client, lostConnection);
  try {
    const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [WRITER_LOCK, jurisdictionId]);
    if (!rows[0]?.locked) throw busy();
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: one.pool }) });
    try {
      const writing = { ...database, db, pool: one.pool };
      return await work(await takeOver(database, writing, jurisdictionId, about, one.isLost));
    } finally {
      await one.close();
      if (!one.isLost()) await client.query('select pg_advisory_unlock($1, $2)', [WRITER_LOCK, jurisdictionId]);
    }
  } catch (error) {
    throw one.isLost() && isConnectionLost(error) ? lostConnection() : error;
  } finally {
    await one.close();
    client.release(one.isLost());
  }
}

const TRY_LOCK = 'select pg_try_advisory_lock($1, $2) as locked';
const busy = () => new Busy('another import of this jurisdiction is running');
const takenOver = () => new Conflict('another import of this jurisdiction has taken over');
const lostConnection = () => new Unavailable('the connection to the database was lost; nothing was published');
const unknownOutcome = () => new Unavailable('the database did not say whether this was published; look it up');

/** Puts a new token in the place of whatever writer was before: it waits for a chunk of his, and then has shut him out. */
async function takeOver(
  readers: Database,
  writing: Database,
  id: number,
  about: string | null,
  isCut: () => boolean,
): Promise<Writer> {
  const token = crypto.randomUUID();
  await sql`
    update data_state
    set writer_token = ${token}, writer_about = ${about?.slice(0, MOST_ABOUT).toWellFormed() ?? null}, writer_since = ${new Date()}
    where jurisdiction_id = ${id}`.execute(writing.db);

  const publishing: Writer['publishing'] = async (work) => {
    const mark = crypto.randomUUID();
    let done: { readonly result: Awaited<ReturnType<typeof work>> } | null = null;
    try {
      return await writing.db.transaction().execute(async (trx) => {
        const { rows } = await sql`
          update data_state set publications = (array_prepend(${mark}::text, publications))[1:${sql.lit(MARKS_KEPT)}]
          where jurisdiction_id = ${id} and writer_token = ${token} returning 1`.execute(trx);
        if (rows.length === 0) throw takenOver();
        const result = await work(trx);
        done = { result };
        return result;
      });
    } catch (error) {
      const { result } = (done as { result: Awaited<ReturnType<typeof work>> } | null) ?? { result: null };
      // Before its end nothing was committed; at its end only the database knows.
      if (done === null || !(await wasPublished(readers, id, mark))) throw error;
      return result as Awaited<ReturnType<typeof work>>;
    }
  };

  return {
    ...writing,
    publishing,
    async fence(client) {
      const { rows } = await client.query(
        'select 1 from data_state where jurisdiction_id = $1 and writer_token = $2 for share',
        [id, token],
      );
      if (rows.length === 0) throw isCut() ? lostConnection() : takenOver();
    },
    async isLost() {
      if (isCut()) return true;
      const asked = sql`select 1 from data_state where jurisdiction_id = ${id} and writer_token = ${token}`;
      return asked.execute(writing.db).then(
        ({ rows }) => rows.length === 0,
        () => true,
      );
    },
  };
}

/** Waits for the transaction, should it still be ending, and for the database, should it be away. */
async function wasPublished({ db }: Database, id: number, mark: string): Promise<boolean> {
  for (const until = Date.now() + LOOK_FOR_MS; ; ) {
    try {
      const { rows } = await sql<{ published: boolean }>`
        select ${mark}::text = any(publications) as published from data_state
        where jurisdiction_id = ${id} for share`.execute(db);
      return rows[0]?.published ?? false;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      if (Date.now() > until) throw unknownOutcome();
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/** What the writer of a jurisdiction is about and since when; null while nobody writes to it. */
export type WrittenBy = { readonly about: string | null; readonly since: string | null };

export async function whoWrites(database: Database, id: number): Promise<WrittenBy | null> {
  const { db, engine, writing } = database;
  if (engine === 'embedded' && !writing.has(id)) return null;
  if (engine === 'postgis' && (await lockOf(id).execute(db)).rows.length === 0) return null;
  // JSON writes a moment in ISO 8601 whatever the session's date style is; #>> takes its quotes off.
  const { rows } = await sql<WrittenBy>`
    select writer_about as about, to_json(writer_since) #>> '{}' as since
    from data_state where jurisdiction_id = ${id}`.execute(db);
  return rows[0] ?? null;
}

/**
 * Looks without taking: a feed that stores meanwhile must not find the jurisdiction taken. PostgreSQL shows a lock of two
 * keys as classid and objid, marked by objsubid 2. Asked by itself: the locks are those of this machine, the data state of
 * the jurisdiction may lie on another.
 */
const lockOf = (id: number) => sql`
  select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
    and classid = ${sql.lit(WRITER_LOCK)} and objid = ${id}::oid
    and database = (select oid from pg_database where datname = current_database())`;

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
  const client = await database.writers.connect();
  let clean = false;
  try {
    await takeAll(async (key) => {
      const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [WRITER_LOCK, key]);
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

/** Raises the data version in the transaction of the change that can alter an answer. */
export async function raiseDataVersion(trx: Kysely<Tables>, jurisdictionId: number): Promise<void> {
  await trx
    .updateTable('data_state')
    .set({ data_version: sql`data_version + 1`, data_token: crypto.randomUUID(), changed_at: new Date() })
    .where('jurisdiction_id', '=', jurisdictionId)
    .execute();
}
