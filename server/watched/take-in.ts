// Brings one file of a watched folder in, as the page would: recognised, imported as a job, and told what came of it.

import { copyFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { statusOf } from '../errors.ts';
import { CHANGED, DISK_FULL, type Upload, type Uploads } from '../files/uploads.ts';
import { rejectsPath } from '../imports/pending-upload.ts';
import { type Recognised, recogniseUpload, SURE } from '../imports/recognise.ts';
import type { JobState } from '../jobs/contract.ts';
import { INTERRUPTED, type Jobs } from '../jobs/queue.ts';
import type { Claim } from './claims.ts';

export type TakeInDeps = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly uploads: Uploads;
  readonly log: Logger;
  readonly now: () => Date;
};
/** `later` = not its fault, or not whole yet: it is looked at again. */
export type TakenIn = 'done' | 'refused' | 'later';

type Told = { readonly seen: Recognised | null; readonly job: JobState | null; readonly reason: string | null };

const DATA_FILE = /\.(csv|tsv|txt|xlsx|geojson|geojsonl|ndjson|zip|gz)$/i;
const LOOK_EVERY_MS = 300;
/** Of a job that was stopped from outside, or found the jurisdiction busy, there is nothing to tell. */
const NOT_ITS_FAULT =
  /^(stopped|another import of this jurisdiction|the connection to the database was lost|the database did not say)/;

/**
 * The file ends in done/ or refused/ with a report beside it, and its rejected rows where there are any; or back where it
 * was. `lastTry`: an error of ours is told as such instead of being tried again.
 */
export async function takeIn(
  deps: TakeInDeps,
  jurisdiction: Jurisdiction,
  claim: Claim,
  options: { readonly signal: AbortSignal; readonly lastTry: boolean },
): Promise<TakenIn> {
  const { uploads, log, now } = deps;
  const stamp = now().toISOString().slice(0, 19).replaceAll(':', '').replace('T', ' ');
  let upload: Upload | null = null;
  let keepUpload = false;
  let told: Told = { seen: null, job: null, reason: null };
  try {
    if (!DATA_FILE.test(claim.name)) told = { ...told, reason: 'not a CSV, TSV, XLSX, zip or gz file' };
    else {
      upload = await uploads.adopt(claim.path, claim.name, jurisdiction.code);
      told = await importUpload(deps, jurisdiction, upload, options.signal);
    }
  } catch (error) {
    const isAway = isConnectionLost(error);
    const ours = !isAway && statusOf(error).status === 500;
    if (ours && !options.signal.aborted)
      log.error({ ...withoutNames(error), jurisdiction: jurisdiction.code }, 'a watched file was not imported');
    const again =
      isAway ||
      [CHANGED, DISK_FULL].includes((error as Error).message) ||
      (ours && (options.signal.aborted || !options.lastTry));
    told = { ...told, reason: again ? null : ours ? 'internal' : (error as Error).message };
  }
  try {
    const state = told.job?.state === 'done' ? 'done' : 'refused';
    if (state === 'refused' && (told.reason === null || (options.signal.aborted && told.job?.state === 'cancelled'))) {
      await claim.putBack();
      return 'later';
    }
    // Its rejected rows can be fetched from the page for a day; the file itself is not kept.
    keepUpload = state === 'done';
    const target = await claim.settle(state, stamp);
    await writeWhole(`${target}.report.json`, JSON.stringify(reportOf(claim.name, jurisdiction, state, told), null, 2));
    if (upload && rejectedRows(told.job) > 0) await copyFile(rejectsPath(upload), `${target}.rejects.csv`);
    // The name may be about a person; the stamp finds the file.
    log.info({ jurisdiction: jurisdiction.code, stamp, state, ...countsOf(told.job) }, 'a watched file was taken in');
    return state;
  } finally {
    if (upload && !keepUpload) await uploads.remove(jurisdiction.code, upload.id).catch(() => {});
  }
}

async function importUpload(
  { database, jobs }: TakeInDeps,
  jurisdiction: Jurisdiction,
  upload: Upload,
  signal: AbortSignal,
): Promise<Told> {
  const seen = await recogniseUpload(database, jurisdiction, upload);
  if (seen.savedPreset === null && seen.seen.confidence < SURE) {
    return { seen, job: null, reason: 'the file is not recognised: load it in the page once and save how it is read' };
  }
  if (signal.aborted) return { seen, job: null, reason: null };
  const payload = { upload: upload.id, mapping: seen.mapping, confirmed: false, via: 'folder' };
  let job = await jobs.start(jurisdiction, 'import', payload, upload.id);
  while (job.state === 'waiting' || job.state === 'running') {
    await sleep(LOOK_EVERY_MS);
    if (signal.aborted && job.state === 'waiting') await jobs.cancel(jurisdiction, job.id).catch(() => {});
    try {
      job = await jobs.get(jurisdiction, job.id);
    } catch (error) {
      // The job is still told as it ends, once the database is back; begun anew, the file would be imported twice.
      if (!isConnectionLost(error) || signal.aborted) throw error;
    }
  }
  const { state, problem } = job;
  if (state === 'done' || (problem !== null && (problem === INTERRUPTED || NOT_ITS_FAULT.test(problem))))
    return { seen, job, reason: null };
  if (problem === 'internal') throw new Error('the import failed; the log says why');
  return { seen, job, reason: state === 'cancelled' ? 'cancelled' : problem };
}

function reportOf(file: string, { code }: Jurisdiction, state: 'done' | 'refused', { seen, job, reason }: Told) {
  return {
    file,
    jurisdiction: code,
    state,
    reason,
    recognised: seen && {
      preset: seen.mapping.preset,
      savedPreset: seen.savedPreset,
      confidence: seen.seen.confidence,
      candidates: seen.seen.candidates,
      columns: seen.seen.columns.map(({ name, field, personal }) => ({ name, field, personal })),
    },
    report: job?.report ?? null,
  };
}

/** Whoever waits for the file finds it whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const arriving = join(dirname(path), `.${basename(path)}`);
  await writeFile(arriving, `${text}\n`);
  await rename(arriving, path);
}

/** What to log of an error: that of a file system tells the name of a file, which may be about a person. */
export function withoutNames(error: unknown): object {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  return path === undefined ? { err: error } : { code, syscall };
}

function rejectedRows(job: JobState | null): number {
  return Number((job?.report as { rejected?: number } | null)?.rejected ?? 0);
}

function countsOf(job: JobState | null): object {
  const { read, stored, changed, unchanged, rejected } = (job?.report ?? {}) as Record<string, unknown>;
  return { read, stored, changed, unchanged, rejected };
}
