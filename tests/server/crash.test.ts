// The importer killed with kill -9 at moments chosen by chance, six of them, or twenty in a thorough run: what counts is the old state or the new one, the
// next run converges to the same content, and nothing stays behind. First the command line, then a job of the server.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../../server/db/open.ts';
import type { Detection } from '../../server/imports/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { type Home, reportOf, reportOn } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { nodeFlags } from '../support/node-flags.ts';
import { createDatabase } from '../support/postgres.ts';
import { type Seen, seen } from '../support/seen-incidents.ts';
import { startServer } from '../support/server.ts';
import { seeded } from '../support/small-world.ts';
import { isThorough } from '../support/thorough.ts';

const CHILD = join(import.meta.dirname, '../support/killed-import.ts');
const TINYTOWN = join(import.meta.dirname, '../tinytown');
/** Several chunks of rows: fewer would leave no moment at which some are stored. */
const ROWS = 25_000;
const MOMENTS = isThorough ? 20 : 6;
const JOB_MOMENTS = isThorough ? 4 : 1;
const SEED = 20_240_131;
/** A quiet machine needs a minute for all of it. */
const WITHIN_MS = 1_200_000;

/** What a killed run had come to, by what it left above the head. */
type Phase = 'nothing stored' | 'storing' | 'ending old rows' | 'published';

type State = 'old' | 'new';

let folder: string;
let home: Home;
let kept: Database | null = null;
const scratch = () => join(folder, 'tmp');
const files = { old: '', new: '' };
const sums = { old: '', new: '' };
/** When each step of a whole run began, and when it ended; and which of them have stored rows that do not count yet. */
let stepsMs: readonly number[];
let unpublished: readonly number[];

/** Rows with ids; of the new state every tenth has another hour, every fortieth is missing, and 500 are more. */
function rowsOf(state: State): string[] {
  const lines = ['folio,fecha,hora,delito,longitud,latitud,lugar'];
  for (let i = 0; i < ROWS + (state === 'new' ? 500 : 0); i++) {
    if (state === 'new' && i % 40 === 7) continue;
    const day = new Date(Date.UTC(2024, 0, 1 + (i % 360))).toISOString().slice(0, 10);
    const hour = state === 'new' && i % 10 === 3 ? '22:30' : '10:00';
    lines.push(
      `F${i},${day},${hour},Homicidio doloso,${(-99 - i / 1e6).toFixed(6)},${(19 + i / 1e6).toFixed(6)},Centro`,
    );
  }
  return lines;
}

const importing = (state: State) => [
  ...['import', 'incidents', files[state], '--jurisdiction', 'villa', '--preset', 'generic'],
  ...['--mode', 'replace', '--period', '2024-01-01..2025-01-01', '--confirm'],
];

/** The database, which nobody else may hold while it is looked at on the embedded engine. */
async function looking<T>(look: (database: Database) => Promise<T>): Promise<T> {
  const database = kept ?? (await openDatabase({ ...home, log: quietLog }));
  if (home.databaseUrl) kept = database;
  try {
    return await look(database);
  } finally {
    if (!kept) await database.close();
  }
}

async function closeKept(): Promise<void> {
  await kept?.close();
  kept = null;
}

/** When to kill a run: so long after the step of this number, of which 0 is the beginning; a run that is slow is killed later. */
type Moment = { readonly step: number; readonly afterMs: number };

type Begun = {
  /** What the run before left. */
  readonly left: Seen;
  /** Runs a command; answers how it ended, null when killed, and when each step began. */
  run(
    words: readonly string[],
    killAt: Moment | null,
  ): Promise<{ readonly status: number | null; readonly stepsMs: number[]; readonly steps: string[] }>;
  kill(): Promise<unknown>;
};

async function begin(): Promise<Begun> {
  const child = spawn(process.execPath, [...nodeFlags(home.databaseUrl), CHILD, JSON.stringify(home)], {
    stdio: 'pipe',
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const said = text(child.stderr);
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line') as Promise<[string]>;
  const line = await Promise.race([first.then(([each]) => each), exited.then(() => null)]);
  if (line === null) throw new Error(`the run ended before it said what there is: ${await said}`);
  const kill = () => child.kill('SIGKILL');
  return {
    left: JSON.parse(line) as Seen,
    async run(words, killAt) {
      const began = performance.now();
      const stepsMs: number[] = [];
      const steps: string[] = [];
      const step = (name: string) => {
        if (killAt?.step === stepsMs.length) setTimeout(kill, killAt.afterMs);
        stepsMs.push(performance.now() - began);
        steps.push(name);
      };
      step('beginning');
      lines.on('line', step);
      child.stdin.end(`${JSON.stringify(words)}\n`);
      const status = await exited;
      if (status !== 0 && status !== null) throw new Error(`the run failed: ${await said}`);
      return { status, stepsMs: [...stepsMs, performance.now() - began], steps };
    },
    async kill() {
      kill();
      await exited;
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuadra-crash-'));
  await mkdir(scratch());
  process.env.TMPDIR = scratch();
  const databaseUrl = inject('engine') === 'postgis' ? await createDatabase(inject('databaseUrl')!, 'crash') : null;
  home = { dataDir: join(folder, 'data'), databaseUrl };
  for (const state of ['old', 'new'] as const) {
    files[state] = join(folder, `${state}.csv`);
    await writeFile(files[state], `${rowsOf(state).join('\n')}\n`);
  }
  const zone = ['--timezone', 'America/Mexico_City'];
  const areas = [join(TINYTOWN, 'areas.geojson'), '--layer', 'areas', '--jurisdiction', 'villa'];
  sums.old = await looking(async (database) => {
    await reportOn(database, home, ['jurisdiction', 'add', 'villa', '--name', 'Villa', ...zone]);
    await reportOn(database, home, ['import', 'areas', ...areas]);
    await reportOn(database, home, importing('old'));
    return (await seen(database)).sum;
  });
  const whole = await (await begin()).run(importing('new'), null);
  expect(whole.status).toBe(0);
  ({ stepsMs } = whole);
  unpublished = [whole.steps.lastIndexOf('storing'), whole.steps.indexOf('publishing')];
  expect(Math.min(...unpublished)).toBeGreaterThan(0);
  sums.new = (await looking(seen)).sum;
}, WITHIN_MS);

afterAll(async () => {
  delete process.env.TMPDIR;
  await closeKept();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('the two states differ, and going back and forth gives the same content again', async () => {
  expect(sums.old).not.toBe(sums.new);
  await reportOf(home, importing('old'));
  expect(await looking(seen)).toMatchObject({ sum: sums.old, pending: 0, ended: 0 });
});

test(
  'killed at any moment, the command leaves the old state or the new one',
  async () => {
    const random = seeded(SEED);
    const met = new Map<Phase, number>();
    const before = await looking(seen);
    let state: State = before.sum === sums.new ? 'new' : 'old';
    let { head } = before;
    let last: { readonly status: number | null; readonly target: State } | null = null;
    for (let moment = 0; moment <= MOMENTS; moment++) {
      const { left, run, kill } = await begin();
      if (last) {
        const isPublished: boolean = left.head > head;
        expect(left.sum).toBe(sums[isPublished ? last.target : state]);
        if (last.status === 0) expect(isPublished).toBe(true);
        let phase: Phase = left.ended ? 'ending old rows' : left.pending ? 'storing' : 'nothing stored';
        if (isPublished) phase = 'published';
        met.set(phase, (met.get(phase) ?? 0) + 1);
        if (isPublished) {
          state = last.target;
          head = left.head;
        }
      }
      if (moment === MOMENTS) {
        await kill();
        break;
      }
      const target: State = state === 'old' ? 'new' : 'old';
      // Spread over the whole run, however few they are; every other one while rows are stored that do not count yet.
      const spread = Math.floor(((moment + random()) / MOMENTS) * (stepsMs.length - 1));
      const step = moment % 2 ? unpublished[((moment + 1) / 2) % unpublished.length]! : spread;
      const afterMs = random() * (stepsMs[step + 1]! - stepsMs[step]!);
      const { status } = await run(importing(target), { step, afterMs });
      last = { status, target };
    }
    console.log(
      `killed at ${MOMENTS} moments (seed ${SEED}): ${[...met].map(([phase, n]) => `${phase} ${n}`).join(', ')}`,
    );
    expect([...met.values()].reduce((a, b) => a + b)).toBe(MOMENTS);
    expect((met.get('storing') ?? 0) + (met.get('ending old rows') ?? 0)).toBeGreaterThanOrEqual(1);
    expect(met.size).toBeGreaterThanOrEqual(2);
  },
  WITHIN_MS,
);

test(
  'the next run converges, and nothing of the killed ones is left',
  async () => {
    for (const state of ['old', 'new'] as const) {
      await reportOf(home, importing(state));
      await looking(async (database) => {
        expect(await seen(database)).toMatchObject({ sum: sums[state], pending: 0, ended: 0 });
        expect(await reportOn(database, home, ['check'])).toMatchObject({ ok: true, differences: [] });
      });
    }
    expect(await readdir(scratch())).toEqual([]);
  },
  WITHIN_MS,
);

test(
  'killed while a job imports, the server comes back with the old state or the new one, and the job can be begun again',
  async () => {
    await kept?.close();
    kept = null;
    const random = seeded(SEED + 1);
    let server = await startServer(home);
    let state: State = 'new';
    const ask = async <T>(path: string, init?: RequestInit) => {
      const response = await fetch(`${server.origin}/api/v1/villa/${path}`, {
        headers: { 'Sec-Fetch-Site': 'same-origin' },
        ...init,
      });
      expect([path, response.ok]).toEqual([path, true]);
      return (await response.json()) as T;
    };
    const began = async (target: State) => {
      const body = new FormData();
      body.set('file', await openAsBlob(files[target]), `${target}.csv`);
      const upload = await ask<{ id: string; detection: Detection; mapping: object }>('imports', {
        method: 'POST',
        body,
      });
      const mapping = { ...upload.mapping, preset: 'generic', replaces: { from: '2024-01-01', until: '2025-01-01' } };
      const json = { headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' } };
      await ask(`imports/${upload.id}`, { method: 'PUT', body: JSON.stringify(mapping), ...json });
      const commit = { method: 'POST', body: '{"confirmed":true}', ...json };
      const job = await ask<JobState>(`imports/${upload.id}/commit`, commit);
      return { upload: upload.id, job: job.id, commit };
    };
    const ended = async (job: string): Promise<JobState> => {
      for (;;) {
        const now = await ask<JobState>(`jobs/${job}`);
        if (!['waiting', 'running'].includes(now.state)) return now;
        await sleep(50);
      }
    };
    const outcomes: string[] = [];
    for (let moment = 0; moment < JOB_MOMENTS; moment++) {
      const target: State = state === 'old' ? 'new' : 'old';
      const { upload, job, commit } = await began(target);
      await sleep(stepsMs.at(-1)! * 0.7 * random());
      await server.kill();
      const left = await looking(seen);
      expect([sums[state], sums[target]]).toContain(left.sum);
      await closeKept();
      server = await startServer(home);
      const { state: outcome } = await ended(job);
      outcomes.push(outcome);
      if (left.sum !== sums[target]) {
        const again = await ask<JobState>(`imports/${upload}/commit`, commit);
        expect((await ended(again.id)).state).toBe('done');
      }
      state = target;
    }
    console.log(`jobs killed at ${JOB_MOMENTS} moments (seed ${SEED + 1}): ${outcomes.join(', ')}`);
    expect(await server.stop()).toBe(0);
    expect(await looking(seen)).toMatchObject({ sum: sums[state], pending: 0, ended: 0 });
    expect(await readdir(scratch())).toEqual([]);
  },
  WITHIN_MS,
);
