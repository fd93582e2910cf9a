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
};

/** What stands in the row of an account, a link or a key. */
export const scopeOf = (row: { readonly jurisdictions: string[] | null; readonly areas?: unknown }): Scope => ({
  jurisdictions: row.jurisdictions,
  areas: (row.areas ?? null) as Scope['areas'],
});

const toAccount = (row: Row): Account => ({
  ...{ id: row.account_id, name: row.name, password: row.password, role: row.role as Role, scope: scopeOf(row) },
  ...{ disabled: row.disabled, totp: row.totp, totpWaiting: row.totp_waiting, totpStep: row.totp_step },
});

export async function findAccount({ db }: Pick<Database, 'db'>, name: string): Promise<Account | null> {
  const row = await db.selectFrom('account').selectAll().where('name_key', '=', nameKey(name)).executeTakeFirst();
  return row ? toAccount(row) : null;
}

export async function accountById({ db }: Pick<Database, 'db'>, id: number): Promise<Account | null> {
  const row = await db.selectFrom('account').selectAll().where('account_id', '=', id).executeTakeFirst();
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
  readonly at: Date;
};

/** Throws BadInput for what is no name, Conflict for one that is taken. Answers its number. */
export async function addAccount(db: Kysely<Tables>, added: NewAccount): Promise<number> {
  if (!ACCOUNT_NAME.test(added.name))
    throw new BadInput('name', 'a name is 1 to 80 letters, digits, spaces and . _ @ + -');
  const { rows } = await sql<{ id: number }>`
    insert into account (account_id, name, name_key, password, role, jurisdictions, areas, created_at)
    select coalesce(max(account_id), 0) + 1, ${added.name}, ${nameKey(added.name)}, ${added.password}, ${added.role},
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
  const { rows } = await sql<Row & { created_at: Date; seen_at: Date | null }>`
    select a.*, (select max(s.seen_at) from account_session s where s.account_id = a.account_id) as seen_at
    from account a order by a.name_key`.execute(db);
  return rows.map((row) => ({
    ...{ name: row.name, role: row.role as Role, scope: scopeOf(row), disabled: row.disabled },
    ...{ totp: row.totp !== null, createdAt: row.created_at.toISOString() },
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

/** The secret of codes by time: the one that waits for its first code, the one that counts, or none. */
export async function setTotp(
  { db }: Pick<Database, 'db'>,
  id: number,
  totp: { readonly totp: string | null; readonly totp_waiting: string | null; readonly totp_step?: number },
): Promise<void> {
  await db.updateTable('account').set(totp).where('account_id', '=', id).execute();
}

/** False where the step, or a later one, was used meanwhile. */
export async function useTotpStep({ db }: Pick<Database, 'db'>, id: number, step: number): Promise<boolean> {
  const { rows } = await sql`
    update account set totp_step = ${step} where account_id = ${id} and totp_step < ${step} returning 1`.execute(db);
  return rows.length > 0;
}
