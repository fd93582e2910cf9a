// The engines themselves: locks, migrations, dates, and the watchdog of the embedded one.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import { isBusy, isConnectionLost, openDatabase } from '../../server/db/open.ts';
import { templateFolder } from '../../server/db/template.ts';
import { startEngine } from '../../server/embedded/engine.ts';
import { CannotStart, Conflict } from '../../server/errors.ts';
import { openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

test('two writers of one jurisdiction exclude each other, of two do not', async () => {
  const database = await openTestDatabase();
  const first = Promise.withResolvers<void>();
  const running = withJurisdictionLock(database, 7, () => first.promise);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(withJurisdictionLock(database, 7, async () => 'second')).rejects.toThrow(Conflict);
  expect(await withJurisdictionLock(database, 8, async () => 'other')).toBe('other');
  first.resolve();
  await running;
  expect(await withJurisdictionLock(database, 7, async () => 'after')).toBe('after');
});

test('a database written by a newer Cuadra is refused and left as it is', async () => {
  const database = await openTestDatabase();
  const { migrate } = await import('../../server/db/migrate.ts');
  await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2099')`.execute(database.db);
  try {
    await expect(migrate(database.db)).rejects.toThrow(CannotStart);
  } finally {
    await sql`delete from kysely_migration where name = '9999_future'`.execute(database.db);
  }
});

test('dates come back as the text they are, whatever the time zone of the machine', async () => {
  const database = await openTestDatabase();
  const { rows } = await sql<{ day: string }>`select date '2024-02-29' as day`.execute(database.db);
  expect(rows[0]!.day).toBe('2024-02-29');
});

if (inject('engine') === 'embedded') {
  test('the embedded engine is restarted under a statement that runs too long, and answers again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cuadra-watchdog-'));
    cpSync(templateFolder(), join(folder, 'postgres'), { recursive: true });
    const engine = await startEngine(join(folder, 'postgres'), 1000, quietLog);
    const pool = new pg.Pool({ ...engine.poolConfig, max: 2 });
    pool.on('error', () => {}); // the connection the restart takes away
    try {
      await pool.query('create table kept (id int); insert into kept values (1)');
      const lost = await pool
        .query('select count(*) from generate_series(1, 10000000000)')
        .catch((error: unknown) => error);
      expect(isConnectionLost(lost)).toBe(true);
      expect((await pool.query('select id from kept')).rows).toEqual([{ id: 1 }]);
    } finally {
      await pool.end();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

if (inject('engine') === 'postgis') {
  test('connections that are all busy are told from a database that is not there', async () => {
    const database = await openTestDatabase();
    const pool = new pg.Pool({ ...database.pool.options, max: 1, connectionTimeoutMillis: 100 });
    const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1 });
    const held = await pool.connect();
    try {
      const failed = (of: pg.Pool) => of.query('select 1').catch((error: unknown) => error);
      expect([await failed(pool), await failed(nowhere)].map(isBusy)).toEqual([true, false]);
    } finally {
      held.release();
      await Promise.all([pool.end(), nowhere.end()]);
    }
  });
  test('a server that cannot be reached is one line, not a stack', async () => {
    const opening = openDatabase({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing', dataDir: '', log: quietLog });
    await expect(opening).rejects.toThrow(/^DATABASE_URL cannot be reached/);
  });
}
