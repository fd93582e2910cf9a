// The accounts of an installation: adding, finding, listing and changing them.

import { type Kysely, sql } from 'kysely';
import type { Role, Scope } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { ACCOUNT_NAME, type AccountRow } from './contract.ts';

export type Account = {
  readonly id: number;
  readonly name: string;
  readonly password: string | null;
  readonly role: Role;
  readonly scope: Scope;
  readonly disabled: boolean;
  readonly totp: string | null;
  readonly totpWaiting: string | null;
  readonly totpStep: number;
  /** Hashes of the recovery codes that are left. */
  readonly recovery: readonly string[];
};

/** As names are compared. */
export const nameKey = (name: string) => name.normalize('NFKC').trim().toLowerCase();

type Row = {
  account_id: number;
  name: string;
  password: string | null;
  role: string;
  jurisdictions: string[] | null;
  areas: unknown;
  disabled: boolean;
  totp: string | null;
  totp_waiting: string | null;
  totp_step: number;
  recovery: string[];
};

/** What stands in the row of an account, a link or a key. */
export const scopeOf = (row: { readonly jurisdictions: string[] | null; readonly areas?: unknown }): Scope => ({
  jurisdictions: row.jurisdictions,
  areas: (row.areas ?? null) as Scope['areas'],
});

const toAccount = (row: Row): Account => ({
  ...{ id: row.account_id, name: row.name, password: row.password, role: row.role as Role, scope: scopeOf(row) },
  ...{ disabled: row.disabled, totp: row.totp, totpWaiting: row.totp_waiting, totpStep: row.totp_step },
  recovery: row.recovery,
});

export async function findAccount({ db }: Pick<Database, 'db'>, name: string): Promise<Account | null> {
  const row = await db.selectFrom('account').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst();
  return row ? toAccount(row) : null;
}

export async function accountById({ db }: Pick<Database, 'db'>, id: number): Promise<Account | null> {
  const row = await db.selectFrom('account').selectAll().where('account_id', '=', id).executeTakeFirst();
  return row ? toAccount(row) : null;
}

/** How each of these is called, and whether they may still sign in; those that are gone are left out. */
export async function accountNames(
  { db }: Pick<Database, 'db'>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Pick<Account, 'name' | 'disabled'>>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['account_id', 'name', 'disabled'])
    .where('account_id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ account_id, name, disabled }) => [account_id, { name, disabled }]));
}

/** By name as names are compared; those nobody has are left out. */
export async function accountsNamed(
  { db }: Pick<Database, 'db'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, Account>> {
  if (names.length === 0) return new Map();
  const rows = await db.selectFrom('account').selectAll().where('name_key', 'in', names.map(nameKey)).execute();
  return new Map(rows.map((row) => [row.name_key, toAccount(row)]));
}

/** The account linked to whom a provider means. */
export async function accountOfSubject({ db }: Pick<Database, 'db'>, subject: string): Promise<Account | null> {
  const row = await db.selectFrom('account').selectAll().where('subject', '=', subject).executeTakeFirst();
  return row ? toAccount(row) : null;
}

/** Throws NotFound. */
export async function existingAccount(database: Pick<Database, 'db'>, name: string): Promise<Account> {
  const account = await findAccount(database, name);
  if (!account) throw new NotFound('no such account');
  return account;
}

export type NewAccount = {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  /** As Passwords.hash writes it; null = nobody can sign in yet. */
  readonly password: string | null;
  /** Whom the provider knows it as. */
  readonly subject?: string;
  readonly at: Date;
};

/** Throws BadInput for what is no name, Conflict for one that is taken. Answers its number. */
export async function addAccount(db: Kysely<Tables>, added: NewAccount): Promise<number> {
  if (!ACCOUNT_NAME.test(added.name))
    throw new BadInput('name', 'a name is 1 to 80 letters, digits, spaces and . _ @ + -');
  const { rows } = await sql<{ id: number }>`
    insert into account (account_id, name, name_key, password, subject, role, jurisdictions, areas, created_at)
    select coalesce(max(account_id), 0) + 1, ${added.name}, ${nameKey(added.name)}, ${added.password}, ${added.subject ?? null}::text, ${added.role},
      ${added.scope.jurisdictions}::text[], ${added.scope.areas && JSON.stringify(added.scope.areas)}::jsonb,
      ${added.at.toISOString()}::timestamptz
    from account on conflict do nothing returning account_id as id`.execute(db);
  if (!rows[0]) throw new Conflict('an account of this name exists already');
  return rows[0].id;
}

export async function setPassword({ db }: Pick<Database, 'db'>, id: number, password: string): Promise<void> {
  await db.updateTable('account').set({ password }).where('account_id', '=', id).execute();
}

export async function hasAccounts({ db }: Pick<Database, 'db'>): Promise<boolean> {
  return (await db.selectFrom('account').select('account_id').limit(1).execute()).length > 0;
}

export async function listAccounts({ db }: Pick<Database, 'db'>): Promise<AccountRow[]> {
  const { rows } = await sql<Row & { created_at: Date; seen_at: Date | null; passkeys: number }>`
    select a.*, (select count(*)::int from account_passkey p where p.account_id = a.account_id) as passkeys,
      (select max(s.seen_at) from account_session s where s.account_id = a.account_id) as seen_at
    from account a order by a.name_key`.execute(db);
  return rows.map((row) => ({
    ...{ name: row.name, role: row.role as Role, scope: scopeOf(row), disabled: row.disabled },
    ...{ totp: row.totp !== null, passkeys: row.passkeys, createdAt: row.created_at.toISOString() },
    seenAt: row.seen_at?.toISOString() ?? null,
  }));
}

export type AccountChange = { readonly role?: Role; readonly scope?: Scope; readonly disabled?: boolean };

/** Throws NotFound, and Conflict where no administrator of everything would be left. */
export async function changeAccount(
  { db }: Pick<Database, 'db'>,
  name: string,
  { role, scope, disabled }: AccountChange,
): Promise<Account> {
  return db.transaction().execute(async (trx) => {
    const { rows: all } = await sql<Row>`select * from account order by account_id for update`.execute(trx);
    const before = all.find((row) => nameKey(row.name) === nameKey(name));
    if (!before) throw new NotFound('no such account');
    const after: Row = {
      ...before,
      ...(role === undefined ? {} : { role }),
      ...(scope === undefined
        ? {}
        : { jurisdictions: scope.jurisdictions && [...scope.jurisdictions], areas: scope.areas }),
      ...(disabled === undefined ? {} : { disabled }),
    };
    const rules = (row: Row) => row.role === 'administrator' && !row.disabled && row.jurisdictions === null;
    if (rules(before) && ![...all.filter((row) => row !== before), after].some(rules))
      throw new Conflict('no administrator would be left');
    await trx
      .updateTable('account')
      .set({
        ...{ role: after.role, jurisdictions: after.jurisdictions, disabled: after.disabled },
        areas: after.areas === null ? null : JSON.stringify(after.areas),
      })
      .where('account_id', '=', before.account_id)
      .execute();
    return toAccount(after);
  });
}

/** A secret of codes by time that counts once a code of it is given. */
export async function proposeTotp({ db }: Pick<Database, 'db'>, id: number, secret: string): Promise<void> {
  await db.updateTable('account').set({ totp_waiting: secret }).where('account_id', '=', id).execute();
}

/** From now on codes of this secret are asked for; `recovery` = hashes. False where another was confirmed meanwhile. */
export async function confirmTotp(
  { db }: Pick<Database, 'db'>,
  id: number,
  { secret, step, recovery }: { readonly secret: string; readonly step: number; readonly recovery: readonly string[] },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({ totp: secret, totp_waiting: null, totp_step: step, recovery: [...recovery] })
    .where('account_id', '=', id)
    .where('totp_waiting', '=', secret)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What an account without a second step has. */
export const NO_SECOND_STEP = { totp: null, totp_waiting: null, recovery: [] as string[] } as const;

export async function removeTotp({ db }: Pick<Database, 'db'>, id: number): Promise<void> {
  await db.updateTable('account').set(NO_SECOND_STEP).where('account_id', '=', id).execute();
}

/** New recovery codes instead of those there were. */
export async function setRecovery(
  { db }: Pick<Database, 'db'>,
  id: number,
  recovery: readonly string[],
): Promise<void> {
  await db
    .updateTable('account')
    .set({ recovery: [...recovery] })
    .where('account_id', '=', id)
    .execute();
}

/** Uses a recovery code up; false for one that is none, or was used. */
export async function useRecoveryCode({ db }: Pick<Database, 'db'>, id: number, hash: string): Promise<boolean> {
  const { rows } = await sql`
    update account set recovery = array_remove(recovery, ${hash}::text)
    where account_id = ${id} and ${hash}::text = any(recovery) returning 1`.execute(db);
  return rows.length > 0;
}

/** False where the step, or a later one, was used meanwhile. */
export async function useTotpStep({ db }: Pick<Database, 'db'>, id: number, step: number): Promise<boolean> {
  const { rows } = await sql`
    update account set totp_step = ${step} where account_id = ${id} and totp_step < ${step} returning 1`.execute(db);
  return rows.length > 0;
}
