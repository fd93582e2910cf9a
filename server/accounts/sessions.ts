// Sessions: begun by signing in, found by their cookie, ended by time, by hand, or with their account. What was found is
// remembered for seconds, so that tiles are not slowed; what ends here ends at once.

import type { Response } from 'express';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { EVERYWHERE, type Role, rightsKey, type Viewer } from '../access/contract.ts';
import { askerLeaves } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import type { SessionRow } from './contract.ts';
import { isSecret, newSecret, secretHash } from './secrets.ts';
import { scopeOf } from './store.ts';

export const IDLE_MS = 2 * 3600_000;
export const ABSOLUTE_MS = 12 * 3600_000;
const BELIEVED_MS = 5000;
const SEEN_EVERY_MS = 60_000;
const REMEMBERED = 20_000;
const MOST_OF_ACCOUNT = 20;
/** An account changed by a command or another server is noticed within this time by what is under way. */
const LOOK_EVERY_MS = 2000;

export type Session = {
  readonly hash: string;
  readonly viewer: Viewer;
  readonly expires: Date;
  /** Begun at the provider. */
  readonly isByProvider: boolean;
  /** Whoever has it showed a passkey. */
  readonly isByPasskey: boolean;
};
/** Whose session it is: an account's, or one in which the demo is tried. */
export type Holder =
  | {
      readonly accountId: number;
      /** Of whoever came from the provider. */
      readonly providerFactors?: 1 | 2;
      readonly byPasskey?: true;
    }
  | { readonly demoRole: Role };

export type Sessions = {
  /** Answers the secret of a new session. */
  begin(holder: Holder, from: { readonly address: string; readonly device: string }): Promise<string>;
  /** The session of a cookie; null for one that is none, or no more. */
  find(secret: string): Promise<Session | null>;
  /** Whether whoever has it showed a passkey that their account still has: that is two factors. */
  byPasskey(hash: string, isBy: boolean): Promise<void>;
  list(accountId: number, current: string | null): Promise<SessionRow[]>;
  end(hash: string): Promise<void>;
  /** All of an account, but for the one named. */
  endAll(accountId: number, except?: string): Promise<void>;
  /** What is remembered of every session is looked up anew, and what is under way as well: an account was changed. */
  forget(): Promise<void>;
  /** An answer that is under way ends with its session, and with the rights it began with. */
  follow(session: Session, response: Response): void;
  /** Not this one: it is what ends the session. */
  unfollow(hash: string, response: Response): void;
};

type Deps = {
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => Date;
  /** Whether sessions of the demo hold. */
  readonly isDemoAlone: () => Promise<boolean>;
  /** Whether whoever has the role needs a second step. */
  readonly needsSecondStep: (role: Role) => boolean;
};
type Found = { readonly session: Session | null; readonly at: number; seen: number };

export function openSessions({ database, log, now, isDemoAlone, needsSecondStep }: Deps): Sessions {
  const known = new LRUCache<string, Promise<Found>>({ max: REMEMBERED });
  /** By session what is under way, and the rights each began with. */
  const followed = new Map<string, Map<Response, string>>();
  const { db } = database;

  const read = async (hashes: readonly string[]): Promise<Map<string, Found>> => {
    const { rows } = await sql<Stored & { hash: string }>`
      select s.token_sha256 as hash, s.account_id, s.demo_role, s.created_at, s.seen_at, a.name, a.role, a.jurisdictions, a.areas, a.disabled,
        coalesce(s.provider_factors, 0) > 1 or s.by_passkey or a.totp is not null as has_second_step,
        s.provider_factors is not null as is_by_provider, s.by_passkey
      from account_session s left join account a on a.account_id = s.account_id
      where s.token_sha256 = any(${[...hashes]}::text[])`.execute(db);
    const found = new Map<string, Found>();
    for (const hash of hashes)
      found.set(
        hash,
        await foundIn(
          hash,
          rows.find((row) => row.hash === hash),
        ),
      );
    return found;
  };
  const load = async (hash: string): Promise<Found> => (await read([hash])).get(hash)!;
  const foundIn = async (hash: string, row: Stored | undefined): Promise<Found> => {
    const at = now().getTime();
    const seen = row?.seen_at.getTime() ?? 0;
    const expires = (row?.created_at.getTime() ?? 0) + ABSOLUTE_MS;
    const viewer =
      row && at < expires && at - seen < IDLE_MS ? await viewerIn(row, isDemoAlone, needsSecondStep) : null;
    const by = { isByProvider: row?.is_by_provider ?? false, isByPasskey: row?.by_passkey ?? false };
    return { session: viewer && { hash, viewer, expires: new Date(expires), ...by }, at, seen };
  };
  const drop = (hash: string) => {
    known.delete(hash);
    for (const [response] of followed.get(hash) ?? []) response.destroy();
    followed.delete(hash);
  };
  /** Ends what is under way for whoever may no more, or something else, than when it began. */
  const look = async () => {
    const found = await read([...followed.keys()]);
    for (const [hash, { session }] of found) {
      if (!session) drop(hash);
      for (const [response, rights] of followed.get(hash) ?? [])
        if (!session || rightsIn(session) !== rights) response.destroy();
    }
  };
  const lookOr = () =>
    look().catch((error: unknown) => log.info({ err: error }, 'whether sessions hold was not looked up'));
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || followed.size === 0) return;
    isLooking = true;
    void lookOr().finally(() => {
      isLooking = false;
    });
  }, LOOK_EVERY_MS);
  timer.unref();
  const saw = (hash: string, found: Found, at: number) => {
    if (at - found.seen < SEEN_EVERY_MS) return;
    found.seen = at;
    db.updateTable('account_session')
      .set({ seen_at: new Date(at) })
      .where('token_sha256', '=', hash)
      .execute()
      .catch((error: unknown) => log.info({ err: error }, 'when a session was used was not kept'));
  };

  return {
    async begin(holder, { address, device }) {
      const secret = newSecret();
      const at = now();
      const accountId = 'accountId' in holder ? holder.accountId : null;
      await sql`delete from account_session where seen_at < ${new Date(at.getTime() - IDLE_MS).toISOString()}::timestamptz
        or created_at < ${new Date(at.getTime() - ABSOLUTE_MS).toISOString()}::timestamptz`.execute(db);
      if (accountId !== null)
        await sql`delete from account_session where account_id = ${accountId} and token_sha256 not in (
          select token_sha256 from account_session where account_id = ${accountId}
          order by seen_at desc limit ${MOST_OF_ACCOUNT - 1})`.execute(db);
      await db
        .insertInto('account_session')
        .values({
          ...{ token_sha256: secretHash(secret), account_id: accountId },
          demo_role: 'demoRole' in holder ? holder.demoRole : null,
          provider_factors: ('accountId' in holder && holder.providerFactors) || null,
          by_passkey: 'accountId' in holder && holder.byPasskey === true,
          ...{ address, device, created_at: at, seen_at: at },
        })
        .execute();
      return secret;
    },
    async find(secret) {
      if (!isSecret(secret)) return null;
      const hash = secretHash(secret);
      const at = now().getTime();
      let finding = known.get(hash);
      let found = finding && (await finding);
      if (!found || at - found.at >= BELIEVED_MS) {
        // Of many requests at once the first looks it up.
        if (known.get(hash) === finding || !known.has(hash)) {
          finding = load(hash);
          known.set(hash, finding);
          finding.catch(() => known.delete(hash));
        }
        found = await known.get(hash)!;
      }
      if (!found.session || at >= found.session.expires.getTime() || at - found.seen >= IDLE_MS) return null;
      saw(hash, found, at);
      return found.session;
    },
    async byPasskey(hash, isBy) {
      await db.updateTable('account_session').set({ by_passkey: isBy }).where('token_sha256', '=', hash).execute();
    },
    async list(accountId, current) {
      const rows = await db
        .selectFrom('account_session')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('seen_at', '>', new Date(now().getTime() - IDLE_MS))
        .orderBy('seen_at', 'desc')
        .execute();
      return rows.map((row) => ({
        ...{ since: row.created_at.toISOString(), seen: row.seen_at.toISOString() },
        ...{ address: row.address, device: row.device, current: row.token_sha256 === current },
      }));
    },
    async end(hash) {
      await db.deleteFrom('account_session').where('token_sha256', '=', hash).execute();
      drop(hash);
    },
    async endAll(accountId, except = '') {
      const { rows } = await sql<{ hash: string }>`
        delete from account_session where account_id = ${accountId} and token_sha256 <> ${except}
        returning token_sha256 as hash`.execute(db);
      for (const { hash } of rows) drop(hash);
    },
    async forget() {
      known.clear();
      if (followed.size > 0) await lookOr();
    },
    unfollow(hash, response) {
      followed.get(hash)?.delete(response);
    },
    follow(session, response) {
      const { hash } = session;
      const all = followed.get(hash) ?? new Map<Response, string>();
      followed.set(hash, all.set(response, rightsIn(session)));
      // Not by a listener of its own: whoever streams brings nearly as many as are let be.
      const over = () => {
        all.delete(response);
        if (all.size === 0 && followed.get(hash) === all) followed.delete(hash);
      };
      askerLeaves().addEventListener('abort', over, { once: true });
    },
  };
}

const rightsIn = ({ viewer }: Session) => `${rightsKey(viewer)} ${viewer.lacksSecondStep ?? false}`;

type Stored = {
  account_id: number | null;
  demo_role: string | null;
  created_at: Date;
  seen_at: Date;
  name: string | null;
  role: string | null;
  jurisdictions: string[] | null;
  areas: unknown;
  disabled: boolean | null;
  has_second_step: boolean;
  is_by_provider: boolean;
  by_passkey: boolean;
};

async function viewerIn(
  row: Stored,
  isDemoAlone: Deps['isDemoAlone'],
  needsSecondStep: Deps['needsSecondStep'],
): Promise<Viewer | null> {
  if (row.account_id === null) {
    if (row.demo_role === null || !(await isDemoAlone())) return null;
    const role = row.demo_role as Role;
    return { role, account: null, scope: EVERYWHERE, entry: { kind: 'demo', name: role } };
  }
  if (row.name === null || row.disabled) return null;
  const role = row.role as Role;
  const isLacking = !row.has_second_step && needsSecondStep(role);
  const account = { id: row.account_id, name: row.name };
  return { role, account, scope: scopeOf(row), ...(isLacking ? { lacksSecondStep: true as const } : {}) };
}
