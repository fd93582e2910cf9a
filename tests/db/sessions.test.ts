// Sessions end by time, keys and accounts are found by what was handed out alone, and guessing costs the same for nobody.

import { type Argon2Parameters, argon2 } from 'node:crypto';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { EVERYWHERE, type Role } from '../../server/access/contract.ts';
import { openPasswords } from '../../server/accounts/passwords.ts';
import { ABSOLUTE_MS, IDLE_MS, openSessions } from '../../server/accounts/sessions.ts';
import { addAccount, changeAccount } from '../../server/accounts/store.ts';
import type { Database } from '../../server/db/open.ts';
import { Conflict } from '../../server/errors.ts';
import { openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

let database: Database;
let now = new Date();
let isDemoAlone = true;
const START = new Date('2026-03-01T08:00:00Z').getTime();
const MINUTE_MS = 60_000;
const FROM = { address: '10.0.0.1', device: 'x' };
const open = (needsSecondStep: (role: Role) => boolean = () => false) =>
  openSessions({ database, log: quietLog, now: () => now, isDemoAlone: async () => isDemoAlone, needsSecondStep });
const at = (ms: number) => {
  now = new Date(START + ms);
};
const add = (name: string, role: 'planner' | 'administrator' = 'planner') =>
  addAccount(database.db, { name, role, scope: EVERYWHERE, password: null, at: now });

beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  for (const table of ['account', 'account_session']) await sql`delete from ${sql.table(table)}`.execute(database.db);
  at(0);
});

test('a session ends when it was idle for two hours, and twelve hours after it began however it was used', async () => {
  const sessions = open();
  const accountId = await add('Ana');
  const [idle, used] = [await sessions.begin({ accountId }, FROM), await sessions.begin({ accountId }, FROM)];
  for (let ms = 0; ms < ABSOLUTE_MS; ms += IDLE_MS / 2) {
    at(ms);
    expect([ms, (await sessions.find(used))?.viewer.account?.name]).toEqual([ms, 'Ana']);
    await expect
      .poll(
        async () =>
          (
            await sql<{ n: number }>`select count(*)::int as n from account_session
        where seen_at = ${now.toISOString()}::timestamptz`.execute(database.db)
          ).rows[0]!.n,
      )
      .toBeGreaterThan(0);
  }
  expect(await sessions.find(idle)).toBeNull();
  at(ABSOLUTE_MS);
  expect(await sessions.find(used)).toBeNull();
  expect(await open().find(used)).toBeNull();
});

test('on another server a session that was ended is believed for seconds at most', async () => {
  const [here, there] = [open(), open()];
  const accountId = await add('Ana');
  const secret = await here.begin({ accountId }, FROM);
  const session = (await there.find(secret))!;
  await here.end(session.hash);
  expect(await here.find(secret)).toBeNull();
  at(6000);
  expect(await there.find(secret)).toBeNull();
});

test('what is kept of a session opens nothing, and nothing but a secret is looked up', async () => {
  const sessions = open();
  const secret = await sessions.begin({ accountId: await add('Ana') }, FROM);
  const { rows } = await sql<{ hash: string }>`select token_sha256 as hash from account_session`.execute(database.db);
  expect(rows[0]!.hash).not.toContain(secret);
  for (const text of [rows[0]!.hash, '', secret.slice(1), `${secret} `, `${secret}\0`, "' or true --", 'x'.repeat(1e5)])
    expect(await sessions.find(text)).toBeNull();
});

test('a role and a disabled account hold from the next request on', async () => {
  const sessions = open();
  await add('Raíz', 'administrator');
  const secret = await sessions.begin({ accountId: await add('Ana') }, FROM);
  await changeAccount(database, 'ANA', { role: 'auditor' });
  sessions.forget();
  expect((await sessions.find(secret))?.viewer.role).toBe('auditor');
  await changeAccount(database, 'ana', { disabled: true });
  sessions.forget();
  expect(await sessions.find(secret)).toBeNull();
  await expect(changeAccount(database, 'raíz', { disabled: true })).rejects.toThrow(Conflict);
});

test('a session of the demo ends when something else is there', async () => {
  const sessions = open();
  const secret = await sessions.begin({ demoRole: 'commander' }, FROM);
  expect((await sessions.find(secret))?.viewer).toMatchObject({ role: 'commander', account: null });
  isDemoAlone = false;
  at(MINUTE_MS);
  expect(await sessions.find(secret)).toBeNull();
  isDemoAlone = true;
});

test('of one account there are twenty sessions, the last used', async () => {
  const sessions = open();
  const accountId = await add('Ana');
  const secrets: string[] = [];
  for (let i = 0; i < 23; i++) {
    at(i * 1000);
    secrets.push(await sessions.begin({ accountId }, FROM));
  }
  expect((await sessions.list(accountId, null)).length).toBe(20);
  expect(await open().find(secrets[2]!)).toBeNull();
  expect(await open().find(secrets[3]!)).not.toBeNull();
});

test('names are one by size of letters and form, and two accounts at once do not share a number', async () => {
  await add('Álvaro Núñez');
  await expect(add('ÁLVARO NÚÑEZ')).rejects.toThrow(Conflict);
  await expect(add('Álvaro Núñez'.normalize('NFD').normalize('NFC'))).rejects.toThrow(Conflict);
});

test('a password is derived once, at the same cost, whether somebody has it or nobody', async () => {
  const costs: unknown[] = [];
  const derive = promisify((of: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) => {
    costs.push({ memory: of.memory, passes: of.passes, parallelism: of.parallelism, tagLength: of.tagLength });
    argon2('argon2id', of, done);
  });
  const passwords = openPasswords(derive);
  const hash = await passwords.hash('un tapir camina');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.isRight('un tapir camina', hash)).toBe(true);
  expect(await passwords.isRight('un tapir caminó', hash)).toBe(false);
  expect(await passwords.isRight('un tapir camina', null)).toBe(false);
  expect(await passwords.isRight('un tapir camina', 'no hash')).toBe(false);
  expect(costs).toEqual(Array(5).fill({ memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }));
  // One person's keyboard writes é as one sign, another's as two.
  const composed = await passwords.hash('café con leche'.normalize('NFC'));
  expect(await passwords.isRight('café con leche'.normalize('NFD'), composed)).toBe(true);
});
