// Links that are good once: for the first administrator, for whoever is invited, for whoever lost a password.

import { sql } from 'kysely';
import type { Role, Scope } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { LinkFor, LinkMade, LinkPurpose, LinkWaiting } from './contract.ts';
import { isSecret, newSecret, secretHash } from './secrets.ts';
import { addAccount, NO_SECOND_STEP, nameKey, scopeOf } from './store.ts';

const HOUR_MS = 3600_000;
const GOOD_FOR_MS: Readonly<Record<LinkPurpose, number>> = {
  first: 24 * HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
  reset: 24 * HOUR_MS,
};

export type NewLink = {
  readonly purpose: LinkPurpose;
  /** Of a reset. */
  readonly accountId?: number;
  readonly name: string | null;
  readonly role: Role;
  readonly scope: Scope;
  /** The account that makes it; none by the command line. */
  readonly madeBy?: string | undefined;
};

/** Of the same account or for the first administrator there is one at a time: the newest. */
export async function makeLink({ db }: Database, link: NewLink, at: Date): Promise<LinkMade> {
  const token = newSecret();
  const expires = new Date(at.getTime() + GOOD_FOR_MS[link.purpose]);
  const { purpose, accountId = null, name, role, scope, madeBy = null } = link;
  await sql`delete from account_link where expires_at < ${at.toISOString()}::timestamptz
    or (purpose = ${purpose} and (purpose = 'first' or account_id = ${accountId}))`.execute(db);
  await db
    .insertInto('account_link')
    .values({
      ...{ token_sha256: secretHash(token), purpose, account_id: accountId, name, role },
      jurisdictions: scope.jurisdictions && [...scope.jurisdictions],
      ...{ areas: scope.areas && JSON.stringify(scope.areas), expires_at: expires, made_by: madeBy, made_at: at },
    })
    .execute();
  return { token, path: `/#link=${token}`, expires: expires.toISOString() };
}

/** What a link is for; null for one that is none, was used, or is over. */
export async function findLink({ db }: Database, token: string, at: Date): Promise<LinkFor | null> {
  if (!isSecret(token)) return null;
  const row = await db
    .selectFrom('account_link')
    .selectAll()
    .where('token_sha256', '=', secretHash(token))
    .where('expires_at', '>', at)
    .executeTakeFirst();
  if (!row) return null;
  const { purpose, name, role, expires_at: expires } = row;
  return { purpose: purpose as LinkPurpose, name, role: role as Role, expires: expires.toISOString() };
}

/** Those nobody used yet, but for that of the first administrator. The latest first. */
export async function listLinks({ db }: Pick<Database, 'db'>, at: Date): Promise<LinkWaiting[]> {
  const rows = await db
    .selectFrom('account_link')
    .selectAll()
    .where('expires_at', '>', at)
    .where('purpose', '<>', 'first')
    .orderBy('expires_at', 'desc')
    .execute();
  return rows.map((row) => ({
    ...{ id: row.token_sha256, purpose: row.purpose as LinkPurpose, name: row.name, role: row.role as Role },
    ...{ scope: scopeOf(row), madeBy: row.made_by, madeAt: row.made_at?.toISOString() ?? null },
    expires: row.expires_at.toISOString(),
  }));
}

/** Throws NotFound for one that was used, is over, or was taken back. */
export async function takeBackLink(
  { db }: Pick<Database, 'db'>,
  id: string,
): Promise<Pick<LinkWaiting, 'purpose' | 'name'>> {
  const row = await db
    .deleteFrom('account_link')
    .where('token_sha256', '=', id)
    .where('purpose', '<>', 'first')
    .returning(['purpose', 'name'])
    .executeTakeFirst();
  if (!row) throw new NotFound('no such link, or it was used');
  return { purpose: row.purpose as LinkPurpose, name: row.name };
}

/** Whoever may invite nobody any more has nobody waiting either: a link of theirs would let them in again. Answers how many. */
export async function takeBackLinksOf({ db }: Pick<Database, 'db'>, name: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('account_link').where('made_by', '=', name).executeTakeFirst();
  return Number(numDeletedRows);
}

export type LinkUsed = { readonly accountId: number; readonly name: string; readonly purpose: LinkPurpose };

/**
 * Uses a link up: its account is made, or has the password from now on, no second step
 * and no passkey. `password` is as
 * Passwords.hash writes it. Throws NotFound for a link that is none any more, BadInput where a name is missing.
 */
export async function useLink(
  { db }: Database,
  token: string,
  chosen: { readonly name: string | undefined; readonly password: string },
  at: Date,
): Promise<LinkUsed> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{
      purpose: LinkPurpose;
      account_id: number | null;
      name: string | null;
      role: Role;
      jurisdictions: string[] | null;
      areas: unknown;
    }>`delete from account_link where token_sha256 = ${secretHash(token)} and expires_at > ${at.toISOString()}::timestamptz
      returning purpose, account_id, name, role, jurisdictions, areas`.execute(trx);
    const [link] = rows;
    if (!link) throw new NotFound('no such link, or it was used');
    const { purpose } = link;
    if (link.account_id !== null) {
      const account = await trx
        .updateTable('account')
        .set({ password: chosen.password, ...NO_SECOND_STEP })
        .where('account_id', '=', link.account_id)
        .where('disabled', '=', false)
        .returning('name')
        .executeTakeFirst();
      if (!account) throw new NotFound('no such link, or it was used');
      await trx.deleteFrom('account_passkey').where('account_id', '=', link.account_id).execute();
      return { accountId: link.account_id, name: account.name, purpose };
    }
    if (purpose === 'first' && (await trx.selectFrom('account').select('account_id').limit(1).execute()).length)
      throw new NotFound('no such link, or it was used');
    const name = link.name ?? chosen.name;
    if (name === undefined) throw new BadInput('name', 'a name is needed');
    if (link.name !== null && chosen.name !== undefined && nameKey(chosen.name) !== nameKey(link.name))
      throw new BadInput('name', 'the link is for another name');
    const accountId = await addAccount(trx, {
      ...{ name, role: link.role, scope: scopeOf(link), password: chosen.password, at },
    });
    return { accountId, name, purpose };
  });
}
