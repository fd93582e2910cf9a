// Signing in and out over HTTP: with a password, as a visitor of the demo, or by a link that is good once.

import { type CookieOptions, type Request, type Response, Router } from 'express';
import { type Me, ROLES, type Role, type Viewer } from '../access/contract.ts';
import { rightsOf } from '../access/rights.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Audit } from '../audit/log.ts';
import type { Database } from '../db/open.ts';
import { BadInput, CodeNeeded, NotFound, NotSignedIn } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { SESSION_COOKIE } from '../http/same-origin.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import { demoBody, linkBody, signInBody } from './contract.ts';
import { auditRowOf, clearBrowserCache, whoseOf } from './doors.ts';
import { findLink, useLink } from './links.ts';
import { listPasskeys } from './passkeys.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import { PROVIDER_PATH, type Provider } from './provider.ts';
import { recoveryHashOf } from './recovery.ts';
import { ABSOLUTE_MS, type Holder, type Sessions } from './sessions.ts';
import { type Account, accountById, findAccount, nameKey, useRecoveryCode, useTotpStep } from './store.ts';
import { stepOfCode } from './totp.ts';
import type { Tries } from './tries.ts';

export type AccountDeps = {
  readonly database: Database;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly tries: Tries;
  readonly audit: Audit;
  readonly now: () => Date;
  /** Whether whoever has the role needs a second step. */
  readonly needsSecondStep: (role: Role) => boolean;
  /** Nothing but the demo is here, and nobody but this machine reaches it. */
  readonly isDemoAlone: () => Promise<boolean>;
  /** Names no password may be made of: those of the cities. */
  readonly namesHere: () => Promise<readonly string[]>;
  /** False = everybody who reaches the server is its administrator. */
  readonly hasAccounts: boolean;
  /** Where else people sign in; null = nowhere. */
  readonly provider: Provider | null;
};

const LINKS_PER_MINUTE = 30;
const LONGEST_DEVICE = 200;

/** Mounted under /api/v1. */
export function sessionRoutes(deps: AccountDeps): Router {
  const { database, sessions, passwords, audit, now } = deps;
  const routes = Router();

  routes.get('/me', async (request, response) => {
    response.set('Cache-Control', 'no-store').json(await meOf(deps, request));
  });

  routes.post('/session', async (request, response) => {
    if (!deps.hasAccounts) throw new NotFound('no such question');
    const { name, password, code } = parseWith(signInBody, request.body);
    const account = await signedIn(deps, request, name, password, code);
    await enter(deps, request, response, { accountId: account.id }, account);
  });

  routes.post('/session/demo', async (request, response) => {
    if (!deps.hasAccounts || !(await deps.isDemoAlone())) throw new NotFound('no such question');
    const { role } = parseWith(demoBody, request.body);
    await enter(deps, request, response, { demoRole: role }, null);
  });

  const throttled = throttle(LINKS_PER_MINUTE);
  routes.get('/session/link/:token', throttled, async (request: Request, response: Response) => {
    const link = await findLink(database, String(request.params.token), now());
    if (!link) throw new NotFound('no such link, or it was used');
    response.set('Cache-Control', 'no-store').json(link);
  });
  routes.post('/session/link', throttled, async (request: Request, response: Response) => {
    const { token, name, password } = parseWith(linkBody, request.body);
    const link = await findLink(database, token, now());
    if (!link) throw new NotFound('no such link, or it was used');
    const called = link.name ?? name;
    if (called === undefined) throw new BadInput('name', 'a name is needed');
    checkPassword(password, [called, ...(await deps.namesHere())]);
    const used = await useLink(database, token, { name, password: await passwords.hash(password) }, now());
    await sessions.endAll(used.accountId);
    await audit.write({
      ...auditRowOf(request, 'account', { detail: `${used.purpose} ${used.name}` }),
      ...{ who: used.name, role: link.role },
    });
    const account = (await findAccount(database, used.name))!;
    await enter(deps, request, response, { accountId: account.id }, account);
  });

  routes.delete('/session', async (request, response) => {
    if (request.session) {
      await leaving(sessions, request.session.hash, response);
      audit.note(auditRowOf(request, 'sign-out'));
    }
    clearBrowserCache(response).clearCookie(SESSION_COOKIE, cookieOptions(request)).status(204).end();
  });
  routes.delete('/sessions', async (request, response) => {
    const { account } = viewerOf(request);
    if (!account) throw new NotSignedIn('sign in first');
    audit.note(auditRowOf(request, 'sign-out', { detail: 'everywhere' }));
    // The answer goes out before its own session is ended, which would cut it.
    clearBrowserCache(response).clearCookie(SESSION_COOKIE, cookieOptions(request));
    await sessions.endAll(account.id, request.session?.hash);
    if (request.session) await leaving(sessions, request.session.hash, response);
    response.status(204).end();
  });
  return routes;
}

/** Ends a session whose own request is being answered. */
async function leaving(sessions: Sessions, hash: string, response: Response): Promise<void> {
  sessions.unfollow(hash, response);
  await sessions.end(hash);
}

/**
 * The account a name and password belong to. A name nobody has, a wrong password and a disabled account are answered
 * alike, after the same work. Throws NotSignedIn, CodeNeeded, TooMany.
 */
async function signedIn(
  { database, passwords, tries, audit, now, needsSecondStep }: AccountDeps,
  request: Request,
  name: string,
  password: string,
  code: string | undefined,
): Promise<Account> {
  const wasRight = tries.begin(nameKey(name).slice(0, 200), clientOf(request));
  const account = await findAccount(database, name);
  const isRight = await passwords.isRight(password, account?.password ?? null);
  const fail = (detail: string) => {
    audit.noteFailedSignIn({ ...auditRowOf(request, 'sign-in-failed', { detail }), who: name.slice(0, 80) });
    return new NotSignedIn('name or password are not right');
  };
  if (!isRight || !account || account.disabled) throw fail('password');
  // Who knows the password alone would else choose a second step of their own.
  if (account.totp === null && needsSecondStep(account.role) && (await listPasskeys(database, account.id)).length > 0) {
    wasRight();
    throw new NotSignedIn(
      'this account enters by its passkey; one made for another address of the portal is no use here: an administrator resets the account',
    );
  }
  if (account.totp !== null) {
    if (code === undefined) {
      wasRight();
      throw new CodeNeeded('the code of the authenticator is needed');
    }
    if (!(await isCodeRight(database, account, code, now()))) throw fail('code');
  }
  wasRight();
  return account;
}

/** Uses up a code of the authenticator, or a recovery code. */
async function isCodeRight(database: Database, { id, totp, totpStep }: Account, code: string, at: Date) {
  const recovery = recoveryHashOf(code);
  if (recovery !== null) return useRecoveryCode(database, id, recovery);
  const step = stepOfCode(totp ?? '', code.trim(), at, totpStep);
  return step !== null && (await useTotpStep(database, id, step));
}

/** Begins a session and answers who it is. */
export async function enter(
  deps: AccountDeps,
  request: Request,
  response: Response,
  holder: Holder,
  account: Account | null,
): Promise<void> {
  await begin(deps, request, response, holder, account);
  response.json(await meOf(deps, request));
}

/** A new session whatever came before: who slipped somebody a cookie has nothing of it. */
export async function begin(
  deps: AccountDeps,
  request: Request,
  response: Response,
  holder: Holder,
  account: Account | null,
): Promise<void> {
  const { sessions, audit } = deps;
  if (request.session) await leaving(sessions, request.session.hash, response);
  const device = (request.get('user-agent') ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_DEVICE);
  const secret = await sessions.begin(holder, { address: request.ip ?? '', device });
  const session = (await sessions.find(secret))!;
  request.session = session;
  request.viewer = session.viewer;
  if (account) await audit.write(auditRowOf(request, 'sign-in', { detail: factorsOf(holder, account) }));
  else audit.note(auditRowOf(request, 'sign-in'));
  clearBrowserCache(response)
    .cookie(SESSION_COOKIE, secret, { ...cookieOptions(request), maxAge: ABSOLUTE_MS })
    .set('Cache-Control', 'no-store');
}

/** By what somebody came in, for the audit. */
function factorsOf(holder: Holder, { totp }: Account): string {
  if ('demoRole' in holder) return '';
  if (holder.byPasskey) return 'passkey';
  if (holder.providerFactors) return `provider, factors: ${holder.providerFactors}`;
  return totp === null ? 'password' : 'password, code';
}

/**
 * Strict: another site cannot even send somebody here with their session. A link in a mail opens the page without it, and
 * the page, being ours then, asks with it.
 */
const cookieOptions = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  secure: request.secure,
  path: '/',
});

async function meOf(
  { database, isDemoAlone, hasAccounts, needsSecondStep, provider }: AccountDeps,
  request: Request,
): Promise<Me> {
  const viewer: Viewer = viewerOf(request);
  const { role, account, scope, entry } = viewer;
  const own = account && (await accountById(database, account.id));
  return {
    ...{ whose: whoseOf(viewer), role, name: account?.name ?? entry?.name ?? null, scope },
    signedIn: account !== null || entry !== undefined,
    triesDemo: entry?.kind === 'demo',
    demo: hasAccounts && (await isDemoAlone()) ? ROLES : null,
    rights: rightsOf(viewer),
    secondStep: {
      isOn: own !== null && own.totp !== null,
      isNeeded: own !== null && needsSecondStep(role),
      recoveryCodes: own?.recovery.length ?? 0,
    },
    provider: provider && { signIn: PROVIDER_PATH, isOfSession: request.session?.isByProvider ?? false },
    expires: request.session?.expires.toISOString() ?? null,
  };
}
