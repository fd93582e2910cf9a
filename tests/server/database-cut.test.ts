// The database cut from under a working server, in every way: connections ended one and all, the whole server stopped as
// by a power cut and started again, no connection left to give, the embedded engine restarted. The portal says 503
// meanwhile and goes on by itself afterwards; what ran then is told as it ended.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { openDatabase } from '../../server/db/open.ts';
import { createJobs, INTERRUPTED } from '../../server/jobs/queue.ts';
import { addCity, ask, commit, delivered, ended, fileOf, listJobs, send } from '../support/city.ts';
import { quietLog } from '../support/log.ts';
import { type Cluster, createDatabase, startCluster } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const POSTGIS = test.skipIf(inject('engine') !== 'postgis');
const EMBEDDED = test.skipIf(inject('engine') !== 'embedded');
const PATIENCE = { timeout: 400_000 };
const BACK = { timeout: 120_000, interval: 200 };
const CUT_EVERY_MS = 200;
const CUT_FOR_MS = 6000;
const ROWS = 40_000;
/** More than the server has connections. */
const QUESTIONS_AT_ONCE = 16;

let cluster: Cluster;
let server: TestServer;
let databaseUrl: string;
let watched: string;

beforeAll(async () => {
  if (inject('engine') !== 'postgis') return;
  cluster = await startCluster();
  databaseUrl = await createDatabase(cluster.url, 'cut');
  watched = mkdtempSync(join(tmpdir(), 'cuadra-cut-'));
  mkdirSync(join(watched, 'villa'));
  server = await startServer({ databaseUrl, env: { CUADRA_WATCH_DIR: watched }, readyTimeoutMs: 170_000 });
  await addCity(server);
});
afterAll(async () => {
  await server?.stop();
  server?.remove();
  await cluster?.stop();
  if (watched) rmSync(watched, { recursive: true, force: true });
});

const statusOf = async (path: string): Promise<number> => {
  const response = await ask(server.origin, path);
  await response.arrayBuffer();
  return response.status;
};
const ASKED = ['/api/v1/jurisdictions', 'clock?from=2024-03-01&until=2024-03-10', 'jobs', 'deliveries', 'presets'];

/** Asks this and that until `stop`; answers every status there was. */
async function askUntil(stop: AbortSignal): Promise<Set<number>> {
  const seen = new Set<number>();
  const client = async (path: string) => {
    while (!stop.aborted) {
      seen.add(await statusOf(path));
      await sleep(50);
    }
  };
  await Promise.all([...ASKED, '/readyz'].map(client));
  return seen;
}

async function allIsWell(): Promise<void> {
  await expect.poll(() => statusOf('/readyz'), BACK).toBe(200);
  for (const path of ASKED) await expect.poll(() => statusOf(path), BACK).toBe(200);
}

/** Nothing is told as running any more, and a file is told as imported exactly if it counts. */
async function jobsAreTrue(ids: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, id] of ids) {
    const { state, problem } = await ended(server.origin, id);
    const stored = (await delivered(server.origin)).get(`${file}.csv`);
    if (state === 'done') expect([file, stored]).toEqual([file, ROWS]);
    else expect([file, state, problem, stored]).toEqual([file, 'failed', expect.any(String), undefined]);
  }
  const states = (await listJobs(server.origin)).map(({ state }) => state);
  expect(states.filter((state) => state === 'waiting' || state === 'running')).toEqual([]);
}

POSTGIS(
  'every connection is ended five times a second under load: 200 or 503, and well again after',
  PATIENCE,
  async () => {
    const jobs = new Map<string, string>();
    for (const file of ['cortado', 'cortado también']) {
      jobs.set(file, (await commit(server.origin, await send(server.origin, file, ROWS))).id);
    }
    const stop = new AbortController();
    const asked = askUntil(stop.signal);
    const cutter = new pg.Client({ connectionString: databaseUrl });
    await cutter.connect();
    let cuts = 0;
    for (const until = Date.now() + CUT_FOR_MS; Date.now() < until; await sleep(CUT_EVERY_MS)) {
      const { rowCount } = await cutter.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      cuts += rowCount ?? 0;
    }
    await cutter.end();
    stop.abort();
    expect([...(await asked)].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(cuts).toBeGreaterThan(10);
    await allIsWell();
    await jobsAreTrue(jobs);
    const later = await commit(server.origin, await send(server.origin, 'después', ROWS));
    expect(await ended(server.origin, later.id)).toMatchObject({ state: 'done' });
    await expect.poll(async () => (await matched()) >= ROWS, BACK).toBe(true);
  },
);

async function matched(): Promise<number> {
  const response = await ask(server.origin, 'clock?from=2024-03-01&until=2024-03-10');
  const text = await response.text();
  return response.ok ? Number((JSON.parse(text) as { total: number }).total) : 0;
}

POSTGIS(
  'the database is gone and comes back: jobs end, the watched folder and open pages go on',
  PATIENCE,
  async () => {
    const events = await ask(server.origin, 'events');
    const told: string[] = [];
    const listening = (async () => {
      for await (const piece of events.body!.pipeThrough(new TextDecoderStream())) told.push(piece);
    })().catch(() => {});
    writeFileSync(join(watched, 'villa', 'vigilado.csv'), fileOf('vigilado', ROWS));
    const hasArrived = () =>
      existsSync(join(watched, 'villa/.importing')) ? readdirSync(join(watched, 'villa/.importing')) : [];
    await expect.poll(hasArrived, { timeout: 60_000, interval: 20 }).not.toEqual([]);
    const job = await commit(server.origin, await send(server.origin, 'apagón', ROWS));

    await cluster.cut();
    const away = await ask(server.origin, '/readyz', { signal: AbortSignal.timeout(10_000) });
    expect([away.status, await away.json()]).toEqual([503, expect.objectContaining({ step: 'database' })]);
    expect(await statusOf('/healthz')).toBe(200);
    const refused = async (path: string) => {
      const response = await ask(server.origin, path, { signal: AbortSignal.timeout(20_000) });
      expect([path, response.status, response.headers.get('retry-after')]).toEqual([path, 503, expect.any(String)]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      await response.arrayBuffer();
    };
    await Promise.all(ASKED.map(refused));
    await sleep(3000);
    await cluster.startAgain();

    await allIsWell();
    await jobsAreTrue(new Map([['apagón', job.id]]));
    const before = told.length;
    const done = () => (existsSync(join(watched, 'villa/done')) ? readdirSync(join(watched, 'villa/done')) : []);
    await expect
      .poll(() => done().some((name) => name.endsWith('vigilado.csv')), { timeout: 240_000, interval: 500 })
      .toBe(true);
    expect((await delivered(server.origin)).get('vigilado.csv')).toBe(ROWS);
    const later = await commit(server.origin, await send(server.origin, 'con luz', ROWS));
    expect(await ended(server.origin, later.id)).toMatchObject({ state: 'done' });
    await expect.poll(() => told.slice(before).join(''), BACK).toContain('event: data');
    await events.body?.cancel().catch(() => {});
    void listening;
  },
);

POSTGIS('with every connection in use questions are told to come back, and readyz says so', PATIENCE, async () => {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('lock table jurisdiction in access exclusive mode');
  const waiting = Array.from({ length: QUESTIONS_AT_ONCE }, () => ask(server.origin, '/api/v1/jurisdictions'));
  const refused = await Promise.race(waiting.map((each) => each.then((response) => response)));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
  const away = await ask(server.origin, '/readyz', { signal: AbortSignal.timeout(10_000) });
  expect([away.status, await away.json()]).toEqual([503, expect.objectContaining({ step: 'database' })]);
  await holder.query('rollback');
  await holder.end();
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  await allIsWell();
  server.assertLogClean();
});

EMBEDDED(
  'a job under which the engine is restarted is told as interrupted, and the next one runs',
  PATIENCE,
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-cut-'));
    const quiet = quietLog.child({}, { level: 'error' }); // the restart itself is a warning
    const database = await openDatabase({ databaseUrl: null, dataDir, log: quiet });
    const jobs = await createJobs({ database, log: quiet });
    try {
      const zone = { timezone: 'America/Mexico_City', srid: 32614 };
      const city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
      jobs.handle('endless', async () => {
        await sql`select count(*) from generate_series(1, 10000000000)`.execute(database.background.db);
      });
      jobs.handle('quick', async () => 'done');
      const endless = await jobs.start(city, 'endless', null);
      const state = async (id: string) => (await jobs.get(city, id).catch(() => null))?.state ?? 'away';
      await expect.poll(() => state(endless.id), { ...BACK, timeout: 240_000 }).toBe('failed');
      expect(await jobs.get(city, endless.id)).toMatchObject({ problem: INTERRUPTED });
      const quick = await jobs.start(city, 'quick', null);
      await expect.poll(() => state(quick.id), BACK).toBe('done');
    } finally {
      await jobs.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
