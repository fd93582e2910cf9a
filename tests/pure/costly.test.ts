// Whose turn it is to ask the database something costly.

import { expect, test, vi } from 'vitest';
import { askedBy, inTurn } from '../../server/db/costly.ts';
import type { Database } from '../../server/db/open.ts';

/** Turns know a database by its engine only: the embedded one lets two ask at once. */
const newDatabase = () => ({ engine: 'embedded' }) as Database;
const stays = new AbortController().signal;

test('two run, eighty wait, and one more is turned away at once', async () => {
  const database = newDatabase();
  const gate = Promise.withResolvers<void>();
  const ask = (value: number) => inTurn(database, () => gate.promise.then(() => value));
  const runs = Array.from({ length: 82 }, (_, i) => ask(i));
  await expect(ask(82)).rejects.toMatchObject({ name: 'Unavailable' });
  gate.resolve();
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 82 }, (_, i) => i));
  expect(await inTurn(database, async () => 83)).toBe(83);
});

test('one client fills half of the queue at most, and others are served between its questions', async () => {
  const database = newDatabase();
  const gate = Promise.withResolvers<void>();
  const served: string[] = [];
  const ask = (client: string) =>
    askedBy({ client, signal: stays }, () =>
      inTurn(database, async () => {
        await gate.promise;
        served.push(client);
      }),
    );
  const runs = Array.from({ length: 42 }, () => ask('a'));
  await expect(ask('a')).rejects.toMatchObject({ name: 'TooMany' });
  runs.push(ask('b'), ask('b'));
  gate.resolve();
  await Promise.all(runs);
  expect(served.lastIndexOf('b')).toBeLessThan(8);
});

test('what waits for somebody who has left is never begun, and its place is free', async () => {
  const database = newDatabase();
  const gate = Promise.withResolvers<void>();
  const running = [1, 2].map(() => inTurn(database, () => gate.promise));
  const leaver = new AbortController();
  let begun = 0;
  const waiting = Array.from({ length: 40 }, () =>
    askedBy({ client: 'a', signal: leaver.signal }, () => inTurn(database, async () => void begun++)),
  );
  const ended = Promise.allSettled(waiting);
  leaver.abort();
  expect((await ended).every(({ status }) => status === 'rejected')).toBe(true);
  const after = askedBy({ client: 'a', signal: stays }, () => inTurn(database, async () => 'answered'));
  gate.resolve();
  await Promise.all(running);
  expect([await after, begun]).toEqual(['answered', 0]);
});

test('work that has its turn does not wait for another inside', async () => {
  const database = newDatabase();
  const inside = () => inTurn(database, () => inTurn(database, async () => 1));
  expect(await Promise.all([inside(), inside(), inside()])).toEqual([1, 1, 1]);
});

test('what has waited for seconds is told to come back, is never begun, and its place is free', async () => {
  vi.useFakeTimers();
  try {
    const database = newDatabase();
    const gate = Promise.withResolvers<void>();
    const running = [1, 2].map(() => inTurn(database, () => gate.promise));
    let begun = 0;
    const ask = () => askedBy({ client: 'a', signal: stays }, () => inTurn(database, async () => void begun++));
    const waiting = Promise.allSettled([ask(), ask()]);
    await vi.advanceTimersByTimeAsync(60_000);
    for (const each of await waiting) expect(each).toMatchObject({ reason: { name: 'Unavailable' } });
    const full = Promise.all(Array.from({ length: 40 }, ask));
    expect(begun).toBe(0);
    gate.resolve();
    await Promise.all([...running, full]);
    expect(begun).toBe(40);
  } finally {
    vi.useRealTimers();
  }
});
