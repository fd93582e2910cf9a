// Two servers on one PostgreSQL, each with a data folder of its own: a job about a file is run where the file lies,
// whoever starts later stops nobody's work, and what a server that died had in hand is told as stopped.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { addCity, ask, commit, delivered, ended, listJobs, readJob, send } from '../support/city.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const TEST = test.skipIf(inject('engine') !== 'postgis');
const PATIENCE = { timeout: 300_000 };
const FILES_EACH = 4;
const ROWS = 300;

let databaseUrl: string;
let first: TestServer;
let second: TestServer;

beforeAll(async () => {
  if (inject('engine') !== 'postgis') return;
  databaseUrl = await createDatabase(inject('databaseUrl')!, `two_${randomUUID().slice(0, 8)}`);
  first = await startServer({ databaseUrl, readyTimeoutMs: 240_000 });
  await addCity(first);
});
afterAll(async () => {
  for (const server of [first, second]) {
    await server?.stop();
    server?.remove();
  }
});

/** While `work` goes on nobody can store an incident. */
async function whileNobodyStores(work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('lock table incident in share mode');
    await work();
    await client.query('rollback');
  } finally {
    await client.end();
  }
}
const isRunning = (server: TestServer, id: string) =>
  expect.poll(async () => (await readJob(server.origin, id)).state, { timeout: 60_000 }).toBe('running');

TEST('a server that starts leaves alone what another is doing, and tells of it', PATIENCE, async () => {
  const upload = await send(first.origin, 'primero', ROWS);
  const job = await commit(first.origin, upload);
  await whileNobodyStores(async () => {
    await isRunning(first, job.id);
    second = await startServer({ databaseUrl, readyTimeoutMs: 240_000 });
    expect(await readJob(second.origin, job.id)).toMatchObject({ state: 'running', problem: null });
    expect((await listJobs(second.origin)).map(({ id }) => id)).toEqual([job.id]);
  });
  expect(await ended(second.origin, job.id)).toMatchObject({ state: 'done', report: { stored: ROWS } });
});

TEST('files sent to two servers are all imported, each by the server that has it', PATIENCE, async () => {
  const jobs = await Promise.all(
    [first, second].flatMap((server, s) =>
      Array.from({ length: FILES_EACH }, async (_, i) => {
        const upload = await send(server.origin, `archivo ${s} ${i}`, ROWS);
        return (await commit(server.origin, upload)).id;
      }),
    ),
  );
  const states = await Promise.all(jobs.map((id) => ended(first.origin, id)));
  expect(states.map(({ state, problem }) => [state, problem])).toEqual(jobs.map(() => ['done', null]));
  const stored = await delivered(second.origin);
  for (let i = 0; i < FILES_EACH; i++) {
    expect(stored.get(`archivo 0 ${i}.csv`)).toBe(ROWS);
    expect(stored.get(`archivo 1 ${i}.csv`)).toBe(ROWS);
  }
});

TEST('a file sent to the other server is named as such, one never sent is not', PATIENCE, async () => {
  const upload = await send(first.origin, 'allá', ROWS);
  const elsewhere = await ask(second.origin, `imports/${upload}/commit`, { method: 'POST' });
  expect(elsewhere.status).toBe(409);
  expect(await elsewhere.json()).toMatchObject({ detail: 'este envío está en otro servidor: envíelo de nuevo' });
  expect((await ask(second.origin, `imports/${randomUUID()}/commit`, { method: 'POST' })).status).toBe(404);
  expect((await ask(first.origin, `imports/${upload}`)).status).toBe(200);
});

TEST('a job is stopped through whichever server is asked', PATIENCE, async () => {
  const upload = await send(first.origin, 'detenido', ROWS);
  const job = await commit(first.origin, upload);
  await whileNobodyStores(async () => {
    await isRunning(second, job.id);
    expect((await ask(second.origin, `jobs/${job.id}`, { method: 'DELETE' })).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 5000)); // its server hears of it within two seconds
  });
  expect(await ended(second.origin, job.id)).toMatchObject({ state: 'cancelled', problem: null });
  expect((await delivered(first.origin)).has('detenido.csv')).toBe(false);
});

TEST('what a server that died had in hand is told as stopped by the one that lives', PATIENCE, async () => {
  const uploads = [await send(first.origin, 'perdido', ROWS), await send(first.origin, 'en espera', ROWS)];
  await whileNobodyStores(async () => {
    const running = await commit(first.origin, uploads[0]!);
    await isRunning(second, running.id);
    const waiting = await commit(first.origin, uploads[1]!);
    await first.kill();
    const stopped = { state: 'failed', problem: 'stopped' };
    expect(await ended(second.origin, running.id)).toMatchObject(stopped);
    expect(await ended(second.origin, waiting.id)).toMatchObject(stopped);
  });
  const later = await commit(second.origin, await send(second.origin, 'después', ROWS));
  expect(await ended(second.origin, later.id)).toMatchObject({ state: 'done' });
  expect([...(await delivered(second.origin)).keys()]).toContain('después.csv');
  second.assertLogClean();
});
