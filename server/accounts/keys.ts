// Keys of programs that ask: a role and a scope, shown once and kept as their hash. Feeds, which bring data, have their own.

import { LRUCache } from 'lru-cache';
import type { Role, Scope, Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { CODE } from '../taxonomy/contract.ts';
import { newSecret, secretHash } from './secrets.ts';
import { scopeOf } from './store.ts';

const PREFIX = 'cuadra_key_';
const KEY = /^cuadra_key_[\w-]{43}$/;
const BELIEVED_MS = 5000;
const REMEMBERED = 1000;

export type KeyRow = { readonly name: string; readonly role: Role; readonly scope: Scope; readonly createdAt: string };

/** Throws BadInput, and Conflict for a name that is taken. */
export async function addKey(
  { db }: Database,
  { name, role, scope }: Omit<KeyRow, 'createdAt'>,
  at: Date,
): Promise<{ readonly key: string }> {
  if (!CODE.test(name)) throw new BadInput('name', 'a name is lower-case letters, digits, dots or hyphens');
  const key = `${PREFIX}${newSecret()}`;
  const added = await db
    .insertInto('access_key')
    .values({
      ...{ name, role, key_sha256: secretHash(key), created_at: at },
      jurisdictions: scope.jurisdictions && [...scope.jurisdictions],
      areas: scope.areas && JSON.stringify(scope.areas),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  if (added.length === 0) throw new Conflict(`key ${name} exists already`);
  return { key };
}

export async function listKeys({ db }: Database): Promise<KeyRow[]> {
  const rows = await db.selectFrom('access_key').selectAll().orderBy('name').execute();
  return rows.map((row) => ({
    ...{ name: row.name, role: row.role as Role, scope: scopeOf(row), createdAt: row.created_at.toISOString() },
  }));
}

/** Throws NotFound. */
export async function removeKey({ db }: Database, name: string): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('access_key').where('name', '=', name).executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFound(`no key ${name.slice(0, 80)}`);
}

/** Answers who comes by a key; null for what is none. */
export function openKeys({ db }: Database, now: () => Date): (key: string) => Promise<Viewer | null> {
  const known = new LRUCache<string, { readonly viewer: Viewer; readonly at: number }>({ max: REMEMBERED });
  return async (key) => {
    if (!KEY.test(key)) return null;
    const hash = secretHash(key);
    const before = known.get(hash);
    if (before && now().getTime() - before.at < BELIEVED_MS) return before.viewer;
    known.delete(hash);
    const row = await db.selectFrom('access_key').selectAll().where('key_sha256', '=', hash).executeTakeFirst();
    if (!row) return null;
    const entry = { kind: 'key', name: row.name } as const;
    const viewer: Viewer = { role: row.role as Role, account: null, scope: scopeOf(row), entry };
    known.set(hash, { viewer, at: now().getTime() });
    return viewer;
  };
}
