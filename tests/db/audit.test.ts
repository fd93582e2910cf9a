// The audit as a chain: rows beside each other, and the first that was altered or taken away is named.

import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { appendRows, verifyChain } from '../../server/audit/chain.ts';
import type { NewAuditRow } from '../../server/audit/contract.ts';
import { openAudit } from '../../server/audit/log.ts';
import type { Database } from '../../server/db/open.ts';
import { openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await sql`delete from audit_entry`.execute(database.db);
  await sql`update audit_head set entries = 0, hash = '' where head = 1`.execute(database.db);
});

const row = (detail: string): NewAuditRow => ({
  ...{ who: 'Ana', role: 'auditor', address: '10.0.0.1', what: 'points', jurisdiction: 'villa', detail, rows: 3 },
});
const add = (...details: string[]) =>
  appendRows(
    database,
    details.map((detail) => ({ ...row(detail), at: new Date().toISOString() })),
  );
const verified = async () => (await verifyChain(database)).first;

test('rows of writers beside each other are one chain without gaps', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, i) => add(`a ${i}`, `b ${i}`)));
  expect(await verifyChain(database)).toMatchObject({ ok: true, entries: 24, first: null });
  const { rows } = await sql<{ entry: string }>`select entry from audit_entry order by entry`.execute(database.db);
  expect(rows.map(({ entry }) => Number(entry))).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
});

test('an altered row is found, whatever of it was altered', async () => {
  for (const change of [
    "who = 'Eva'",
    "role = 'public'",
    "at = at + interval '1 second'",
    'rows = null',
    "detail = 'x'",
    'jurisdiction = null',
    "address = ''",
    "what = 'export'",
    "hash = 'x'",
  ]) {
    await sql`delete from audit_entry`.execute(database.db);
    await sql`update audit_head set entries = 0, hash = '' where head = 1`.execute(database.db);
    await add('1', '2', '3', '4');
    await sql`update audit_entry set ${sql.raw(change)} where entry = 3`.execute(database.db);
    expect([change, await verified()]).toEqual([change, { entry: 3, fault: 'altered' }]);
  }
});

test('a row that is missing is found: in the middle, at the beginning, at the end, all of them', async () => {
  const without = async (entries: string) => {
    await sql`delete from audit_entry`.execute(database.db);
    await sql`update audit_head set entries = 0, hash = '' where head = 1`.execute(database.db);
    await add('1', '2', '3', '4');
    await sql`delete from audit_entry where ${sql.raw(entries)}`.execute(database.db);
    return verified();
  };
  expect(await without('entry = 2')).toEqual({ entry: 2, fault: 'missing' });
  expect(await without('entry = 1')).toEqual({ entry: 1, fault: 'missing' });
  expect(await without('entry = 4')).toEqual({ entry: 4, fault: 'missing' });
  expect(await without('true')).toEqual({ entry: 1, fault: 'missing' });
});

test('a row put behind the end by hand is found, and one that was put in the place of another', async () => {
  await add('1', '2');
  await sql`insert into audit_entry select 3, at, who, role, address, what, jurisdiction, detail, rows, hash
    from audit_entry where entry = 2`.execute(database.db);
  expect(await verified()).toEqual({ entry: 3, fault: 'altered' });
  await sql`delete from audit_entry where entry = 3`.execute(database.db);
  await sql`update audit_entry a set detail = b.detail, hash = b.hash from audit_entry b
    where a.entry = 2 and b.entry = 1`.execute(database.db);
  expect(await verified()).toEqual({ entry: 2, fault: 'altered' });
});

test('what is brought the moment the row before it is written is written too, and not left until somebody else comes', async () => {
  const audit = openAudit({ database, log: quietLog, now: () => new Date('2026-03-01T10:00:00Z') });
  for (const detail of ['first', 'second', 'third']) await audit.write(row(detail));
  expect((await sql`select 1 from audit_entry`.execute(database.db)).rows).toHaveLength(3);
  await audit.close();
});

test('what is written stands there, what is noted follows, and refusals of the public are one row an hour', async () => {
  let now = new Date('2026-03-01T10:00:00Z');
  const audit = openAudit({ database, log: quietLog, now: () => now });
  await audit.write(row('first'));
  expect((await sql`select 1 from audit_entry`.execute(database.db)).rows).toHaveLength(1);
  for (let i = 0; i < 500; i++) audit.countRefused();
  for (let i = 0; i < 300; i++) audit.noteFailedSignIn({ ...row(`${i}`), what: 'sign-in-failed' });
  audit.note(row('line\nbreak \u202e\0'));
  now = new Date('2026-03-01T11:00:00Z');
  audit.countRefused();
  await audit.close();
  const { rows } = await sql<{ what: string; n: number; most: number }>`
    select what, count(*)::int as n, max(rows) as most from audit_entry group by what order by what`.execute(
    database.db,
  );
  expect(rows).toEqual([
    { what: 'points', n: 2, most: 3 },
    { what: 'refused-public', n: 2, most: 500 },
    { what: 'sign-in-failed', n: 200, most: 3 },
    { what: 'sign-ins-failed', n: 1, most: 100 },
  ]);
  const { rows: noted } = await sql<{ detail: string }>`
    select detail from audit_entry where what = 'points' order by entry desc limit 1`.execute(database.db);
  expect(noted[0]!.detail).toBe('line\u{fffd}break \u{fffd}\u{fffd}');
  expect((await verifyChain(database)).ok).toBe(true);
});
