// The rows of the audit and the hashes that chain them: adding some, and finding the first that was altered or is missing.

import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import type { AuditEvent, AuditRow, NewAuditRow } from './contract.ts';

export type Dated = NewAuditRow & { readonly at: string };
const ROWS_AT_ONCE = 1000;

/** Of the row before and of everything in this one. */
function hashOf(before: string, row: AuditRow): string {
  const { entry, at, who, role, address, what, jurisdiction, detail, rows } = row;
  const content = JSON.stringify([entry, at, who, role, address, what, jurisdiction, detail, rows]);
  return createHash('sha256').update(`${before}\n${content}`).digest('hex');
}

/**
 * Adds rows in their order. There is one chain for all servers: whoever adds locks its head, so that writers beside each
 * other stand in line and no number is left out.
 */
export async function appendRows({ db }: Pick<Database, 'db'>, added: readonly Dated[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows: heads } = await sql<{ entries: string; hash: string }>`
      select entries, hash from audit_head where head = 1 for update`.execute(trx);
    let { hash } = heads[0]!;
    let entry = Number(heads[0]!.entries);
    const rows = added.map((row) => {
      const numbered = { ...row, entry: ++entry };
      hash = hashOf(hash, numbered);
      return { ...numbered, at: new Date(row.at), hash };
    });
    await trx.insertInto('audit_entry').values(rows).execute();
    await trx.updateTable('audit_head').set({ entries: entry, hash }).where('head', '=', 1).execute();
  });
}

export type AuditCheck = {
  readonly ok: boolean;
  readonly entries: number;
  /** Of the last row: written down elsewhere, it shows later that nothing before was rewritten. */
  readonly hash: string;
  readonly first: { readonly entry: number; readonly fault: 'altered' | 'missing' } | null;
};

/** Walks the whole chain, a thousand rows at a time. */
export async function verifyChain({ db }: Pick<Database, 'db'>, signal?: AbortSignal): Promise<AuditCheck> {
  // What is added meanwhile stands behind the head as it was.
  const head = await db.selectFrom('audit_head').select(['entries', 'hash']).where('head', '=', 1).executeTakeFirst();
  const entries = Number(head?.entries ?? 0);
  const bad = (entry: number, fault: 'altered' | 'missing'): AuditCheck => ({
    ...{ ok: false, entries, hash: head?.hash ?? '' },
    first: { entry, fault },
  });
  let before = '';
  for (let last = 0; last < entries; ) {
    signal?.throwIfAborted();
    const rows = await rowsAfter(db, last, Math.min(ROWS_AT_ONCE, entries - last));
    for (const { hash, ...row } of rows) {
      if (row.entry !== last + 1) return bad(last + 1, 'missing');
      if (hashOf(before, row) !== hash) return bad(row.entry, 'altered');
      before = hash;
      last = row.entry;
    }
    if (rows.length === 0) return bad(last + 1, 'missing');
  }
  if (!head) return bad(1, 'missing');
  if (before !== head.hash) return bad(Math.max(1, entries), 'altered');
  // Rows behind the head that no head ever counted were put there by somebody else, unless they were added just now.
  const { rows: beyond } = await sql<{ entries: string; last: string | null }>`
    select (select entries from audit_head where head = 1) as entries, (select max(entry) from audit_entry) as last`.execute(
    db,
  );
  const counted = Number(beyond[0]?.entries ?? 0);
  if (counted < entries) return bad(counted + 1, 'missing');
  if (Number(beyond[0]?.last ?? 0) > counted) return bad(counted + 1, 'altered');
  return { ok: true, entries, hash: head.hash, first: null };
}

async function rowsAfter(db: Kysely<Tables>, after: number, most: number) {
  const rows = await db
    .selectFrom('audit_entry')
    .selectAll()
    .where('entry', '>', String(after))
    .orderBy('entry')
    .limit(most)
    .execute();
  return rows.map((row) => ({ ...toAuditRow(row), hash: row.hash }));
}

type Stored = Omit<AuditRow, 'entry' | 'at' | 'what'> & { entry: string; at: Date; what: string; hash: string };

export function toAuditRow({ hash: _hash, entry, at, what, ...row }: Stored): AuditRow {
  const { who, role, address, jurisdiction, detail, rows } = row;
  return {
    ...{ entry: Number(entry), at: at.toISOString(), who, role, address, what: what as AuditEvent },
    ...{ jurisdiction, detail, rows },
  };
}
