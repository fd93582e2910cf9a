// Background jobs: their order, their end, stopping them, and what a server that died leaves behind.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { BadInput, Conflict, NotFound } from '../../server/errors.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { createJobs, type Jobs } from '../../server/jobs/queue.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
let jobs: Jobs;
let city: Jurisdiction;
let other: Jurisdiction;
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
  other = await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
  jobs = await createJobs({ database, log: quietLog });
});
afterEach(async () => {
  await jobs.close();
  await emptyTables(database);
});
afterAll(() => emptyTables(database));

async function until(wanted: JobState['state'], id: string, of = city): Promise<JobState> {
  for (;;) {
    const job = await jobs.get(of, id);
    if (job.state === wanted) return job;
    await sleep(20);
  }
}
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a job runs, tells its step, and keeps its report', async () => {
  const gate = Promise.withResolvers<void>();
  jobs.handle('count', async (jurisdiction, payload, { onProgress }) => {
    onProgress('counting', 0.5);
    await gate.promise;
    return { of: jurisdiction.code, payload };
  });
  const { id } = await jobs.start(city, 'count', { to: 3 });
  await until('running', id);
  await expect.poll(async () => (await jobs.get(city, id)).step).toBe('counting');
  expect(await jobs.get(city, id)).toMatchObject({ kind: 'count', fraction: 0.5, report: null });
  gate.resolve();
  expect(await until('done', id)).toMatchObject({ report: { of: 'villa', payload: { to: 3 } }, problem: null });
});

test('jobs of one jurisdiction run one after another, those of another beside them', async () => {
  const began: string[] = [];
  const gate = Promise.withResolvers<void>();
  jobs.handle('wait', async (_jurisdiction, payload) => {
    began.push(String(payload));
    await gate.promise;
  });
  const first = await jobs.start(city, 'wait', 'first');
  await until('running', first.id);
  const second = await jobs.start(city, 'wait', 'second');
  const beside = await jobs.start(other, 'wait', 'beside');
  await until('running', beside.id, other);
  await sleep(2500);
  expect(began).toEqual(['first', 'beside']);
  expect((await jobs.get(city, second.id)).state).toBe('waiting');
  gate.resolve();
  await until('done', second.id);
  expect(began).toEqual(['first', 'beside', 'second']);
});

test('a job that fails says why; what only the log may know stays there', async () => {
  jobs.handle('bad', async () => {
    throw new BadInput('file', 'the file is empty');
  });
  const { id } = await jobs.start(city, 'bad', null);
  expect(await until('failed', id)).toMatchObject({ problem: 'the file is empty', report: null });
});

test('a running job can be stopped, a waiting one too, an ended one not', async () => {
  let undone = false;
  jobs.handle('long', (_jurisdiction, _payload, { signal }) =>
    aborted(signal).finally(() => {
      undone = true;
    }),
  );
  const running = await jobs.start(city, 'long', null);
  await until('running', running.id);
  const waiting = await jobs.start(city, 'long', null);
  expect((await jobs.cancel(city, waiting.id)).state).toBe('cancelled');
  await jobs.cancel(city, running.id);
  expect(await until('cancelled', running.id)).toMatchObject({ problem: null, report: null });
  expect(undone).toBe(true);
  await expect(jobs.cancel(city, running.id)).rejects.toThrow(Conflict);
});

test('jobs are known only to their own jurisdiction', async () => {
  jobs.handle('quick', async () => 1);
  const { id } = await jobs.start(city, 'quick', null);
  await expect(jobs.get(other, id)).rejects.toThrow(NotFound);
  await expect(jobs.get(city, 'no-id')).rejects.toThrow(NotFound);
  expect((await jobs.list(city)).map((job) => job.id)).toContain(id);
  expect((await jobs.list(other)).map((job) => job.id)).not.toContain(id);
});

test('what a dead server was doing is failed as stopped when the next one starts', async () => {
  jobs.handle('long', (_jurisdiction, _payload, { signal }) => aborted(signal));
  const { id } = await jobs.start(city, 'long', null);
  await until('running', id);
  const next = await createJobs({ database, log: quietLog });
  expect(await next.get(city, id)).toMatchObject({ state: 'failed', problem: 'stopped' });
  await next.close();
});
