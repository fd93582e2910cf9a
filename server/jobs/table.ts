// The queue of background work as it lies in the database, where every server that shares it sees the same. A server says
// every few seconds that it has its jobs in mind; those nobody has had in mind for a while are told as stopped.

import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { databaseClock } from '../db/clock.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { isAlive } from '../files/scratch.ts';
import type { JobState } from './contract.ts';

/** A server that has said nothing for so long is gone, with what only it could do. */
export const GONE_AFTER_MS = 20_000;
/** Uploads are kept a day; what was asked longer ago than that nobody expects any more. */
const WAITS_AT_MOST = sql`interval '1 day'`;
const KEPT = sql`interval '7 days'`;
const GONE_AFTER = sql`make_interval(secs => ${GONE_AFTER_MS / 1000}::float8)`;
const MOST_LOOKED_AT = 50;
const UNIQUE_VIOLATION = '23505';

type Db = Kysely<Tables>;
export type JobKey = { readonly jurisdictionId: number; readonly id: string };
export type Waiting = JobKey & {
  readonly kind: string;
  readonly payload: unknown;
  readonly upload: string | null;
  readonly askedBy: string;
};
export type JobOutcome = {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly report: unknown;
  readonly problem: string | null;
};

/** A name for this process; the machine is part of it, and on Linux the container, since each counts processes anew. */
export function nameProcess(): string {
  return `${process.pid}@${machine()}/${crypto.randomUUID()}`;
}

function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Whether a process is certainly no more; one of another machine can only fall silent. */
function isDead(name: string): boolean {
  const [, pid, on] = /^(\d+)@(.*)\/[^/]*$/.exec(name) ?? [];
  return on === machine() && (Number(pid) === process.pid || !isAlive(Number(pid)));
}

export async function addJob(db: Db, { jurisdictionId, id, kind, payload, upload, askedBy }: Waiting): Promise<void> {
  await db
    .insertInto('job')
    .values({
      jurisdiction_id: jurisdictionId,
      job_id: id,
      kind,
      payload: JSON.stringify(payload ?? null),
      upload,
      asked_by: askedBy,
    })
    .execute();
}

/** Of one jurisdiction, newest first; all those kept, or the one of this id. */
export async function readJobs(db: Db, jurisdictionId: number, id: string | null): Promise<JobState[]> {
  let rows = db
    .selectFrom('job')
    .select(['job_id', 'kind', 'state', 'step', 'fraction', 'report', 'problem', 'created_at'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('created_at', '>', sql<Date>`now() - ${KEPT}`)
    .orderBy('created_at', 'desc');
  if (id !== null) rows = rows.where('job_id', '=', id);
  return (await rows.execute()).map(({ job_id, created_at, step, fraction, ...job }) => ({
    ...job,
    id: job_id,
    step: job.state === 'running' ? step : null,
    fraction: job.state === 'running' ? fraction : null,
    createdAt: created_at.toISOString(),
  }));
}

/** The next of each jurisdiction in which none runs, the oldest first. */
export async function readNext(db: Db): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    select jurisdiction_id as "jurisdictionId", job_id as id, kind, payload, upload, asked_by as "askedBy"
    from job j where state = 'waiting' and created_at > now() - ${WAITS_AT_MOST} and not exists (
      select from job o where o.jurisdiction_id = j.jurisdiction_id and (o.state = 'running'
        or (o.state = 'waiting' and (o.created_at, o.job_id) < (j.created_at, j.job_id))))
    order by created_at limit ${MOST_LOOKED_AT}`.execute(db);
  return rows;
}

/** Takes a waiting job; false when another server was faster. */
export async function takeJob(db: Db, key: JobKey, me: string): Promise<boolean> {
  const { now } = await databaseClock(db);
  try {
    const taken = await sql`update job set state = 'running', run_by = ${me}, seen_at = ${now}::timestamptz
      where ${isJob(key)} and state = 'waiting'`.execute(db);
    return Number(taken.numAffectedRows) === 1;
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Says how far a job of this process is; answers whether it is to stop. */
export async function tellProgress(
  db: Db,
  key: JobKey,
  me: string,
  { step, fraction }: { readonly step: string | null; readonly fraction: number | null },
): Promise<boolean> {
  const { now } = await databaseClock(db);
  const { rows } = await sql<{ stop: boolean }>`
    update job set seen_at = ${now}::timestamptz, step = ${step}, fraction = ${fraction}
    where ${isJob(key)} and run_by = ${me} and state = 'running' returning stop_asked as stop`.execute(db);
  return rows[0]?.stop ?? false;
}

/**
 * Says that those waiting for uploads that are here, or asked by this process, can still be run here. False when none
 * waits at all: then this was the only question of an idle server.
 */
export async function keepWaiting(db: Db, me: string, reaches: (upload: string) => Promise<boolean>): Promise<boolean> {
  const waiting = await db.selectFrom('job').select('upload').distinct().where('state', '=', 'waiting').execute();
  if (waiting.length === 0) return false;
  const here: string[] = [];
  for (const { upload } of waiting) if (upload !== null && (await reaches(upload))) here.push(upload);
  const { now } = await databaseClock(db);
  await sql`update job set seen_at = ${now}::timestamptz
    where state = 'waiting' and (asked_by = ${me} or upload = any(${here}::text[]))`.execute(db);
  return true;
}

/** Puts back what the database gave this process without its hearing of it. */
export async function putBackUnheard(db: Db, me: string, running: readonly string[]): Promise<void> {
  const { now } = await databaseClock(db);
  await sql`update job set state = 'waiting', run_by = null, seen_at = ${now}::timestamptz
    where state = 'running' and run_by = ${me} and job_id <> all(${running}::text[])`.execute(db);
}

/** Writes what came of a job. Who ran it knows better than those who thought it gone. */
export async function endJob(db: Db, key: JobKey, me: string, { state, report, problem }: JobOutcome): Promise<void> {
  const { now } = await databaseClock(db);
  await sql`update job set state = ${state}, report = ${JSON.stringify(report)}::jsonb,
      problem = ${problem}, ended_at = ${now}::timestamptz
    where ${isJob(key)} and run_by = ${me} and (state = 'running' or (state = 'failed' and problem = 'stopped'))`.execute(
    db,
  );
}

/** Ends a job that still waits; of one that runs, asks whoever runs it to stop. */
export async function askToStop(db: Db, key: JobKey): Promise<void> {
  const { now } = await databaseClock(db);
  await sql`update job set stop_asked = true,
      state = case state when 'waiting' then 'cancelled' else state end,
      ended_at = case state when 'waiting' then ${now}::timestamptz else ended_at end
    where ${isJob(key)} and state in ('waiting', 'running')`.execute(db);
}

/** Ends as stopped what processes of this machine left behind that are no more; alone, all others are. */
export async function stopLeftBehind(db: Db, engine: Database['engine'], me: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select run_by as name from job where state = 'running'
    union select asked_by from job where state = 'waiting'`.execute(db);
  const dead = rows.map(({ name }) => name).filter((name) => name !== me && (engine === 'embedded' || isDead(name)));
  if (dead.length === 0) return;
  const names = sql`any(${dead}::text[])`;
  await stopWhere(db, sql`(state = 'running' and run_by = ${names}) or (state = 'waiting' and asked_by = ${names})`);
}

/** Ends as stopped what no server has in mind any more. */
export async function stopAbandoned(db: Db, me: string): Promise<void> {
  await stopWhere(
    db,
    sql`(seen_at < now() - ${GONE_AFTER} and ((state = 'running' and run_by <> ${me})
        or (state = 'waiting' and upload is not null and asked_by <> ${me})))
      or (state = 'waiting' and created_at < now() - ${WAITS_AT_MOST})`,
  );
}

/** Forgets what ended so long ago that nobody is told of it any more. */
export async function forgetEnded(db: Db): Promise<void> {
  await sql`delete from job where ended_at < now() - ${KEPT}`.execute(db);
}

async function stopWhere(db: Db, condition: RawBuilder<unknown>): Promise<void> {
  const { now } = await databaseClock(db);
  await sql`update job set state = 'failed', problem = 'stopped', ended_at = ${now}::timestamptz
    where ${condition}`.execute(db);
}

const isJob = ({ jurisdictionId, id }: JobKey) => sql`jurisdiction_id = ${jurisdictionId} and job_id = ${id}`;
