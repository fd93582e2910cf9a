// Costly questions, to the database or to a thread: a few at once, each client in its turn, and none for somebody who has
// left.

import { AsyncLocalStorage } from 'node:async_hooks';
import { type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import { TooMany, Unavailable } from '../errors.ts';
import type { Database } from './open.ts';
import { setLocally } from './set-locally.ts';

/** Whose question it is, and whether the answer is still waited for. */
export type Asker = { readonly client: string; readonly signal: AbortSignal };

const AT_ONCE = { postgis: 4, embedded: 2 } as const;
const WAITING = 80;
/** Of one client: the rest is left to others. */
const WAITING_OF_ONE = 40;
/** Whoever still waits then is told to come back: the page says so, and a proxy would cut it some time later. */
const WAIT_MS = 15_000;
const RETRY_AFTER_S = 2;
const STATEMENT_LIMIT_MS = 30_000;
const CANCELLED = '57014';

/** Not handed from function to function: between the route and the statement lie answers that are the same for everybody. */
const asking = new AsyncLocalStorage<{ readonly asker: Asker | null; readonly held: readonly object[] }>();

/** Whatever `run` asks of the database, it asks for this client. */
export const askedBy = <T>(asker: Asker, run: () => T): T => asking.run({ asker, held: [] }, run);
/** What comes of it is for all who ask, so it does not end with the one who asked first. */
export const forAll = <T>(run: () => T): T => asking.run({ asker: null, held: [] }, run);

const NEVER = new AbortController().signal;
/** Aborted when nobody waits for the answer that is being made any more. */
export const askerLeaves = (): AbortSignal => asking.getStore()?.asker?.signal ?? NEVER;

type Waiting = { readonly go: () => void };
type Turns = { running: number; waiting: number; readonly queues: Map<string, Waiting[]> };
/** One for each database, and for whatever else is asked in turn. */
const turns = new WeakMap<object, Turns>();

/**
 * Does costly work in its turn; those of one client wait for each other before they wait for others. Throws TooMany or
 * Unavailable at once when too many wait, and Unavailable when its turn has not come within seconds; rejects when the
 * asker leaves. What is refused so was not begun.
 */
export const inTurn = <T>(database: Database, work: () => Promise<T>): Promise<T> =>
  inTurnOf(database, { most: AT_ONCE[database.engine], waitMs: WAIT_MS }, work);

/** The same of anything else that so many may ask at once. */
export async function inTurnOf<T>(
  whose: object,
  { most, waitMs }: { readonly most: number; readonly waitMs: number },
  work: () => Promise<T>,
): Promise<T> {
  const { asker, held } = asking.getStore() ?? { asker: null, held: [] };
  if (held.includes(whose)) return work();
  asker?.signal.throwIfAborted();
  let all = turns.get(whose);
  if (!all) {
    all = { running: 0, waiting: 0, queues: new Map() };
    turns.set(whose, all);
  }
  await turnOf(all, most, waitMs, asker);
  try {
    asker?.signal.throwIfAborted();
    return await asking.run({ asker, held: [...held, whose] }, work);
  } finally {
    if (!callNext(all)) all.running--;
  }
}

function turnOf(all: Turns, most: number, waitMs: number, asker: Asker | null): Promise<void> {
  if (all.running < most) {
    all.running++;
    return Promise.resolve();
  }
  const client = asker?.client ?? '';
  const queue = all.queues.get(client) ?? [];
  if (all.waiting >= WAITING) throw new Unavailable('too many questions at once');
  if (asker && queue.length >= WAITING_OF_ONE) throw new TooMany('too many questions at once', RETRY_AFTER_S);
  all.queues.set(client, queue);
  all.waiting++;
  return new Promise((resolve, reject) => {
    const ended = () => {
      clearTimeout(timer);
      asker?.signal.removeEventListener('abort', leave);
    };
    const giveUp = (reason: unknown) => {
      ended();
      queue.splice(queue.indexOf(mine), 1);
      all.waiting--;
      if (queue.length === 0) all.queues.delete(client);
      reject(reason);
    };
    const leave = () => giveUp(asker?.signal.reason);
    const timer = setTimeout(() => giveUp(new Unavailable('too many questions at once')), waitMs);
    const go = () => {
      ended();
      resolve();
    };
    const mine: Waiting = { go };
    queue.push(mine);
    asker?.signal.addEventListener('abort', leave, { once: true });
  });
}

/** Hands a turn to the client that has waited longest for one; false when nobody waits. */
function callNext(all: Turns): boolean {
  const [first] = all.queues;
  if (!first) return false;
  const [client, queue] = first;
  all.queues.delete(client);
  const next = queue.shift();
  // Behind the others, who are served before its next question.
  if (queue.length > 0) all.queues.set(client, queue);
  all.waiting--;
  next?.go();
  return true;
}

/** Answers one question in its turn, with these settings of the planner; given up when the asker leaves. */
export function askCostly<Row>(
  database: Database,
  question: RawBuilder<Row>,
  settings: Readonly<Record<string, string>>,
): Promise<Row[]> {
  const isReal = database.engine === 'postgis';
  const all = { ...settings, ...(isReal ? { statement_timeout: String(STATEMENT_LIMIT_MS) } : {}) };
  return inTurn(database, () =>
    database.db.transaction().execute(async (trx) => {
      const signal = asking.getStore()?.asker?.signal;
      await setLocally(trx, database, all);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      signal?.throwIfAborted();
      // The embedded engine cannot be interrupted; what still waits is not begun.
      let cancelled = Promise.resolve();
      const cancel = () => {
        cancelled = cancelStatement(database, rows[0]!.pid);
      };
      if (isReal) signal?.addEventListener('abort', cancel, { once: true });
      try {
        return (await question.execute(trx)).rows;
      } catch (error) {
        signal?.throwIfAborted();
        if ((error as { code?: string }).code === CANCELLED) throw new Unavailable('the question takes too long');
        throw error;
      } finally {
        signal?.removeEventListener('abort', cancel);
        // Or it would hit whoever is given the connection next.
        await cancelled;
      }
    }),
  );
}

/** By a connection of its own: those of the pool may all be busy with what is to be cancelled. */
async function cancelStatement({ pool }: Database, pid: number): Promise<void> {
  const client = new pg.Client(pool.options);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_cancel_backend($1)', [pid]);
  } catch {
    // Then the statement runs to its limit.
  } finally {
    await client.end().catch(() => {});
  }
}
