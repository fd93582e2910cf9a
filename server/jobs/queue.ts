// Long work in the background: imports and analyses wait their turn, tell how far they are, and can be stopped.
// The queue lies in the database, so a job outlives the page that started it, and any server may run it; but files lie
// with the server they were sent to, so only one that has them runs a job about them, and a job outlives no server that
// runs it. What came of a job is kept here until the database takes it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { findJurisdictionById } from '../access/jurisdictions.ts';
import type { WrittenBy } from '../db/lock.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { inItsTurn } from '../db/turn.ts';
import { Conflict, NotFound, statusOf } from '../errors.ts';
import { type JobState, stepOfWaiting } from './contract.ts';
import {
  addJob,
  askToStop,
  endJob,
  forgetEnded,
  GONE_AFTER_MS,
  type JobKey,
  type JobOutcome,
  keepWaiting,
  nameProcess,
  putBackUnheard,
  readJobs,
  readNext,
  stopAbandoned,
  stopLeftBehind,
  takeJob,
  tellProgress,
  type Waiting,
} from './table.ts';

export type JobWatch = {
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, fraction: number | null) => void;
};
/** Does the work and answers its report, a JSON value. Rejects, with everything undone, when `watch.signal` is aborted. */
export type JobRunner = (jurisdiction: Jurisdiction, payload: unknown, watch: JobWatch) => Promise<unknown>;

export type Jobs = {
  /** Says who does a kind of job. */
  handle(kind: string, runner: JobRunner): void;
  /**
   * Queues a job behind the others of its jurisdiction, for a server that has this upload. `payload` is kept with the
   * job: nothing personal in it.
   */
  start(jurisdiction: Jurisdiction, kind: string, payload: unknown, upload?: string): Promise<JobState>;
  /** Throws NotFound. */
  get(jurisdiction: Jurisdiction, id: string): Promise<JobState>;
  /** Newest first; those of the last seven days. */
  list(jurisdiction: Jurisdiction): Promise<JobState[]>;
  /** Stops a job that waits or runs, on whichever server. Throws NotFound, or Conflict when it has ended. */
  cancel(jurisdiction: Jurisdiction, id: string): Promise<JobState>;
  /** Stops what runs and waits until it is undone. */
  close(): Promise<void>;
};

export type JobsOptions = {
  readonly database: Database;
  readonly log: Logger;
  /** Whether this server has the files of an upload that was sent to another. */
  readonly reaches?: (upload: string) => Promise<boolean>;
};

const JOBS_AT_ONCE = 2;
const LOOK_EVERY_MS = 2000;
const SWEEP_EVERY_MS = 10_000;
const FORGET_EVERY_MS = 3600_000;
const END_AGAIN_MS = 500;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Told of a job the database went away under; nothing of it was published. */
export const INTERRUPTED = 'the database was interrupted; start again';

type Running = {
  readonly key: JobKey;
  readonly stop: AbortController;
  step: string | null;
  fraction: number | null;
};

/** Opens the queue. What an earlier process of this server left unfinished is failed, with the problem `stopped`. */
export async function createJobs({ database, log, reaches = async () => false }: JobsOptions): Promise<Jobs> {
  const { db } = database.background;
  const me = nameProcess();
  const runners = new Map<string, JobRunner>();
  const running = new Map<string, Running>();
  const unfinished = new Set<Promise<void>>();
  const closing = new AbortController();
  await stopLeftBehind(db, database.engine, me);

  const run = async ({ jurisdictionId, id, kind, payload, upload }: Waiting): Promise<void> => {
    const key = { jurisdictionId, id };
    const mine: Running = { key, stop: new AbortController(), step: null, fraction: null };
    running.set(id, mine);
    const onProgress = (step: string, fraction: number | null) => void Object.assign(mine, { step, fraction });
    let outcome: JobOutcome;
    try {
      const jurisdiction = await findJurisdictionById(database.background, jurisdictionId);
      const watch = { signal: mine.stop.signal, onProgress };
      const onWait = (writer: WrittenBy) => onProgress(stepOfWaiting(writer), null);
      const report = await inItsTurn(database.background, jurisdictionId, { ...watch, onWait }, () => {
        // Stopped before it began: a signal that is past tells nobody who listens from now on.
        watch.signal.throwIfAborted();
        return runners.get(kind)!(jurisdiction, payload, watch);
      });
      outcome = { state: 'done', report: report ?? null, problem: null };
    } catch (thrown) {
      // Its upload may be removed while it is read.
      const isMissing = upload !== null && (thrown as NodeJS.ErrnoException).code === 'ENOENT';
      const isRemoved = isMissing && !(await reaches(upload));
      const error = isRemoved ? new NotFound('no such upload: it was published, removed or expired') : thrown;
      outcome = mine.stop.signal.aborted
        ? { state: 'cancelled', report: null, problem: null }
        : { state: 'failed', report: null, problem: explain(error, kind) };
    }
    await end(key, outcome);
    running.delete(id);
    wake();
  };
  const explain = (error: unknown, kind: string): string => {
    if (isConnectionLost(error)) {
      log.info({ kind, reason: (error as Error).message }, 'the database went away under a job');
      return INTERRUPTED;
    }
    if (statusOf(error).status !== 500) return (error as Error).message;
    log.error({ err: error, kind }, 'job failed');
    return 'internal';
  };
  /** Until the database has taken it: a job is not told as running for ever because the database was away at its end. */
  const end = async (key: JobKey, outcome: JobOutcome): Promise<void> => {
    for (;;) {
      try {
        return await endJob(db, key, me, outcome);
      } catch (error) {
        if (isConnectionLost(error)) {
          if (closing.signal.aborted) return;
          await sleep(END_AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
        } else {
          log.error({ err: error }, 'the report of a job cannot be kept');
          if (outcome.report === null) return;
          outcome = { ...outcome, report: null };
        }
      }
    }
  };

  const take = async (): Promise<void> => {
    if (running.size >= JOBS_AT_ONCE) return;
    for (const job of await readNext(db)) {
      if (running.size >= JOBS_AT_ONCE || closing.signal.aborted) return;
      const canRun = job.upload === null || job.askedBy === me || (await reaches(job.upload));
      if (!runners.has(job.kind) || !canRun || !(await takeJob(db, job, me))) continue;
      const done = run(job).finally(() => unfinished.delete(done));
      unfinished.add(done);
    }
  };
  /** Since when the database has answered without a break: only then does the silence of others mean anything. */
  let steadySince = Date.now();
  let sweptAt = Date.now();
  let forgotAt = 0;
  let doubtful = false;
  const look = async (): Promise<void> => {
    for (const each of running.values()) {
      if (await tellProgress(db, each.key, me, each)) each.stop.abort(new Error('stopped by the caller'));
    }
    const isWaitedFor = (await keepWaiting(db, me, reaches)) || doubtful;
    if (doubtful) await putBackUnheard(db, me, [...running.keys()]);
    doubtful = false;
    const now = Date.now();
    if (now - steadySince > GONE_AFTER_MS && now - sweptAt > SWEEP_EVERY_MS) {
      sweptAt = now;
      await stopAbandoned(db, me);
      if (now - forgotAt > FORGET_EVERY_MS) {
        forgotAt = now;
        await forgetEnded(db);
      }
    }
    if (isWaitedFor) await take();
  };
  let wake = () => {};
  let isWanted = false;
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isWanted ? 0 : LOOK_EVERY_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const looking = (async () => {
    while (!closing.signal.aborted) {
      isWanted = false;
      wake = () => {
        isWanted = true;
      };
      await look().catch((error: unknown) => {
        if (!isConnectionLost(error)) log.error({ err: error }, 'job queue');
        else if (!doubtful) log.info('the job queue waits for the database');
        steadySince = Date.now();
        doubtful = true;
      });
      if (!closing.signal.aborted) await pause();
    }
  })();

  const toState = (job: JobState): JobState => {
    const now = job.state === 'running' ? running.get(job.id) : undefined;
    return now ? { ...job, step: now.step, fraction: now.fraction } : job;
  };
  const get: Jobs['get'] = async (jurisdiction, id) => {
    const [job] = UUID.test(id) ? await readJobs(database.db, jurisdiction.id, id) : [];
    if (!job) throw new NotFound('no such job');
    return toState(job);
  };

  return {
    handle: (kind, runner) => void runners.set(kind, runner),
    async start(jurisdiction, kind, payload, upload) {
      const key = { jurisdictionId: jurisdiction.id, id: crypto.randomUUID() };
      await addJob(database.db, { ...key, kind, payload, upload: upload ?? null, askedBy: me });
      wake();
      return get(jurisdiction, key.id);
    },
    get,
    async list(jurisdiction) {
      return (await readJobs(database.db, jurisdiction.id, null)).map(toState);
    },
    async cancel(jurisdiction, id) {
      const { state } = await get(jurisdiction, id);
      if (state !== 'waiting' && state !== 'running') throw new Conflict('the job has ended');
      running.get(id)?.stop.abort(new Error('stopped by the caller'));
      await askToStop(database.db, { jurisdictionId: jurisdiction.id, id });
      return get(jurisdiction, id);
    },
    async close() {
      closing.abort();
      wake();
      for (const { stop } of running.values()) stop.abort(new Error('the server stops'));
      await looking;
      for (const { stop } of running.values()) stop.abort(new Error('the server stops'));
      await Promise.all(unfinished);
    },
  };
}
