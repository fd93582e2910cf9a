// A costly question ends in the database when nobody waits for its answer any more.

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { askCostly, askedBy } from '../../server/db/costly.ts';
import { openTestDatabase } from '../support/database.ts';

const running = async () => {
  const { db } = await openTestDatabase();
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where state = 'active' and query like '%pg_sleep(25)%' and pid <> pg_backend_pid()`.execute(db);
  return rows[0]!.count;
};

test.runIf(inject('engine') === 'postgis')('it is cancelled when its asker leaves, and others go on', async () => {
  const database = await openTestDatabase();
  const leaver = new AbortController();
  const asked = askedBy({ client: 'a', signal: leaver.signal }, () =>
    Array.from({ length: 4 }, () => askCostly(database, sql`select pg_sleep(25)`, { jit: 'off' })),
  );
  const ended = Promise.allSettled(asked);
  while ((await running()) < 4) await sleep(20);
  leaver.abort();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  expect(await running()).toBe(0);
  const after = Array.from({ length: 8 }, (_, i) => askCostly<{ i: number }>(database, sql`select ${i}::int as i`, {}));
  expect((await Promise.all(after)).map(([row]) => row?.i)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('settings hold for one question only', async () => {
  const database = await openTestDatabase();
  const show = sql<{ value: string }>`select current_setting('enable_nestloop') as value`;
  expect(await askCostly(database, show, { enable_nestloop: 'off' })).toEqual([{ value: 'off' }]);
  expect((await show.execute(database.db)).rows).toEqual([{ value: 'on' }]);
});
