// A second writer of a jurisdiction waits its turn, is told whom it waits for, and leaves nothing when it is stopped.

import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { type WrittenBy, whoWrites, withJurisdictionLock } from '../../server/db/lock.ts';
import { inItsTurn } from '../../server/db/turn.ts';
import { Busy, Conflict } from '../../server/errors.ts';
import { type JobState, waitingOf } from '../../server/jobs/contract.ts';
import { createJobs } from '../../server/jobs/queue.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
let city: Jurisdiction;
let other: Jurisdiction;
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
  other = await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(() => emptyTables(database));

/** Has the jurisdiction until told. */
async function hold(about: string | null) {
  const [held, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = async () => {
    held.resolve();
    await gate.promise;
  };
  const done = withJurisdictionLock(database, city.id, work, about);
  await held.promise;
  return async () => {
    gate.resolve();
    await done;
  };
}
const write = (what: string[], word: string) =>
  withJurisdictionLock(database, city.id, async () => void what.push(word));

test('the second waits for the first, and is told once what it is and since when', async () => {
  const began = Date.now();
  const release = await hold('abril ñ.csv');
  const written: string[] = [];
  const told: WrittenBy[] = [];
  const { signal } = new AbortController();
  const onWait = (writer: WrittenBy) => void told.push(writer);
  const second = inItsTurn(database, city.id, { signal, onWait }, () => write(written, 'second'));
  await expect.poll(() => told.length).toBe(1);
  await inItsTurn(database, other.id, { signal, onWait }, async () => void written.push('beside'));
  expect(written).toEqual(['beside']);
  await release();
  await second;
  expect(written).toEqual(['beside', 'second']);
  expect(told).toEqual([{ about: 'abril ñ.csv', since: expect.any(String) }]);
  expect(Date.parse(told[0]!.since!)).toBeGreaterThan(began - 60_000);
  expect(await whoWrites(database, city.id)).toBeNull();
});

test('one that is stopped while it waits has begun nothing, and the jurisdiction is free after the first', async () => {
  const release = await hold(null);
  const stop = new AbortController();
  const written: string[] = [];
  const waiting = Promise.withResolvers<void>();
  const watch = { signal: stop.signal, onWait: () => waiting.resolve() };
  const second = inItsTurn(database, city.id, watch, () => write(written, 'second'));
  await waiting.promise;
  stop.abort();
  await expect(second).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  await expect(write(written, 'at once')).rejects.toThrow(Busy);
  await release();
  await write(written, 'third');
  expect(written).toEqual(['third']);
});

test('a conflict of the work itself is told and not waited for', async () => {
  const { signal } = new AbortController();
  const onWait = () => expect.unreachable();
  const work = async () => {
    throw new Conflict('confirm to let them go');
  };
  await expect(inItsTurn(database, city.id, { signal, onWait }, work)).rejects.toThrow('confirm to let them go');
});

test('a job of the page waits too, says for what, and can be stopped', async () => {
  const release = await hold('mayo.csv');
  const jobs = await createJobs({ database, log: quietLog });
  try {
    const written: string[] = [];
    jobs.handle('write', () => write(written, 'job'));
    const [first, second] = [await jobs.start(city, 'write', null), await jobs.start(city, 'write', null)];
    const state = async ({ id }: JobState) => await jobs.get(city, id);
    await expect
      .poll(async () => waitingOf((await state(first)).step ?? ''))
      .toEqual({ about: 'mayo.csv', since: expect.any(String) });
    await jobs.cancel(city, first.id);
    await expect.poll(async () => (await state(first)).state).toBe('cancelled');
    expect(written).toEqual([]);
    await release();
    await expect.poll(async () => (await state(second)).state).toBe('done');
    expect(written).toEqual(['job']);
  } finally {
    await jobs.close();
  }
});
