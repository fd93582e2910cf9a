// Long work in the background: imports and analyses wait their turn, tell how far they are, and can be stopped.
// pg-boss keeps the queue in a schema of its own, so a job outlives the page that started it; the files a job works on
// lie on this machine, so a job never outlives the server.

import { type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Jurisdiction } from './access/contract.ts';
import { type Database, isConnectionLost } from './db/open.ts';
import { Conflict, NotFound, statusOf } from './errors.ts';
import type { JobState } from './imports/contract.ts';

export type JobWatch = {
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, fraction: number | null) => void;
};
/** Does the work and answers its report, a JSON value. Rejects, with everything undone, when `watch.signal` is aborted. */
export type JobRunner = (jurisdiction: Jurisdiction, payload: unknown, watch: JobWatch) => Promise<unknown>;

export type Jobs = {
  /** Says who does a kind of job; before the first is started. */
  handle(kind: string, runner: JobRunner): void;
  /** Queues a job behind the others of its jurisdiction. `payload` is kept with the job: nothing personal in it. */
  start(jurisdiction: Jurisdiction, kind: string, payload: unknown): Promise<JobState>;
  /** Throws NotFound. */
  get(jurisdiction: Jurisdiction, id: string): Promise<JobState>;
  /** Newest first; those of the last seven days. */
  list(jurisdiction: Jurisdiction): Promise<JobState[]>;
  /** Stops a job that waits or runs. Throws NotFound, or Conflict when it has ended. */
  cancel(jurisdiction: Jurisdiction, id: string): Promise<JobState>;
  /** Stops what runs and waits until it is undone. */
  close(): Promise<void>;
};

const QUEUE = 'cuadra';
const JOBS_AT_ONCE = 2;
const POLL_SECONDS = 2;
/** Longer than any import; pg-boss takes at most a day. */
const LONGEST_JOB_SECONDS = 24 * 3600 - 1;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Data = { readonly jurisdiction: Jurisdiction; readonly kind: string; readonly payload: unknown };
type Output = { readonly report?: unknown; readonly problem?: string } | null;
type Running = { readonly stop: AbortController; step: string | null; fraction: number | null };

/** Opens the queue. What an earlier server left unfinished is marked failed, with the problem `stopped`. */
export async function createJobs({ database, log }: { database: Database; log: Logger }): Promise<Jobs> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.pool.query(text, values) },
    backend: database.engine === 'embedded' ? 'pglite' : 'postgres',
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => {
    if (isConnectionLost(error)) log.info('the job queue waits for the database');
    else log.error({ err: error }, 'job queue');
  });
  await boss.start();
  await boss.createQueue(QUEUE, { retryLimit: 0, expireInSeconds: LONGEST_JOB_SECONDS });
  const runners = new Map<string, JobRunner>();
  const running = new Map<string, Running>();
  const unfinished = new Set<Promise<unknown>>();

  const find = (where: { id?: string; data?: object }) => boss.findJobs<Data>(QUEUE, where);
  const fail = (id: string, problem: string) => boss.fail(QUEUE, id, { problem } satisfies Output);
  for (const { id, state } of await find({})) if (state === 'active' || state === 'created') await fail(id, 'stopped');

  const run = async ({ id, data }: { id: string; data: Data }): Promise<Output> => {
    const mine: Running = { stop: new AbortController(), step: null, fraction: null };
    running.set(id, mine);
    const { jurisdiction, kind, payload } = data;
    try {
      const runner = runners.get(kind);
      if (!runner) throw new Error(`no runner for jobs of kind ${kind}`);
      const onProgress = (step: string, fraction: number | null) => void Object.assign(mine, { step, fraction });
      return { report: await runner(jurisdiction, payload, { signal: mine.stop.signal, onProgress }) };
    } catch (error) {
      // pg-boss would keep the error with its stack; what is kept is what the caller may read.
      if (mine.stop.signal.aborted) await boss.cancel(QUEUE, id);
      else await fail(id, explain(error, kind));
      return null;
    } finally {
      running.delete(id);
    }
  };
  const explain = (error: unknown, kind: string): string => {
    if (statusOf(error).status !== 500) return (error as Error).message;
    log.error({ err: error, kind }, 'job failed');
    return 'internal';
  };

  const worker = await boss.work<Data, Output>(
    QUEUE,
    { localConcurrency: JOBS_AT_ONCE, localGroupConcurrency: 1, pollingIntervalSeconds: POLL_SECONDS },
    ([job]) => {
      const done = run(job!).finally(() => unfinished.delete(done));
      unfinished.add(done);
      return done;
    },
  );

  const toState = (job: JobWithMetadata<Data>): JobState => {
    const now = running.get(job.id);
    const output = job.output as Output;
    return {
      id: job.id,
      kind: job.data.kind,
      state: STATES[job.state],
      step: now?.step ?? null,
      fraction: now?.fraction ?? null,
      report: output?.report ?? null,
      problem: output?.problem ?? null,
      createdAt: job.createdOn.toISOString(),
    };
  };
  const get: Jobs['get'] = async ({ id: jurisdictionId, code }, id) => {
    const job = UUID.test(id) ? (await find({ id, data: { jurisdiction: { id: jurisdictionId, code } } }))[0] : null;
    if (!job) throw new NotFound('no such job');
    return toState(job);
  };

  return {
    handle: (kind, runner) => void runners.set(kind, runner),
    async start(jurisdiction, kind, payload) {
      const data: Data = { jurisdiction, kind, payload };
      const id = await boss.send(QUEUE, data, { group: { id: String(jurisdiction.id) } });
      if (id === null) throw new Error('the job was not queued');
      boss.notifyWorker(worker);
      return get(jurisdiction, id);
    },
    get,
    async list({ id, code }) {
      const jobs = await find({ data: { jurisdiction: { id, code } } });
      return jobs.sort((a, b) => b.createdOn.valueOf() - a.createdOn.valueOf()).map(toState);
    },
    async cancel(jurisdiction, id) {
      const { state } = await get(jurisdiction, id);
      if (state !== 'waiting' && state !== 'running') throw new Conflict('the job has ended');
      const mine = running.get(id);
      if (mine) mine.stop.abort(new Error('stopped by the caller'));
      else await boss.cancel(QUEUE, id);
      return get(jurisdiction, id);
    },
    async close() {
      for (const { stop } of running.values()) stop.abort(new Error('the server stops'));
      await Promise.allSettled(unfinished);
      await boss.stop({ graceful: false });
    },
  };
}

const STATES = {
  created: 'waiting',
  retry: 'waiting',
  active: 'running',
  completed: 'done',
  cancelled: 'cancelled',
  failed: 'failed',
} as const satisfies Record<JobWithMetadata['state'], JobState['state']>;
