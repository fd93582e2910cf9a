// One's own account and, for administrators, those of others over HTTP.

import { type Request, type Response, Router } from 'express';
import type { Scope } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { viewerOf } from '../access/viewer.ts';
import { BadInput, Conflict, NotFound, NotSignedIn } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf } from '../http/throttle.ts';
import { accountPatch, codeBody, confirmedBody, invitationBody, passwordBody } from './contract.ts';
import { auditRowOf } from './doors.ts';
import { makeLink } from './links.ts';
import { checkPassword } from './passwords.ts';
import { type AccountDeps, enter } from './routes.ts';
import {
  type Account,
  accountById,
  changeAccount,
  existingAccount,
  findAccount,
  listAccounts,
  nameKey,
  setPassword,
  setTotp,
} from './store.ts';
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts';

/** Mounted under /api/v1. */
export function accountRoutes(deps: AccountDeps): Router {
  const { database, sessions, audit, now } = deps;
  const routes = Router();
  const kept = (request: Request, detail: string) => audit.write(auditRowOf(request, 'account', { detail }));

  routes.get('/me/sessions', async (request, response) => {
    const { id } = await ownAccount(deps, request);
    const rows = await sessions.list(id, request.session?.hash ?? null);
    response.set('Cache-Control', 'private, no-store').json(rows);
  });
  routes.post('/me/password', async (request: Request, response: Response) => {
    const asked = parseWith(passwordBody, request.body);
    const account = await confirmed(deps, request, asked.old, 'old');
    checkPassword(asked.new, [account.name, ...(await deps.namesHere())], 'new');
    await setPassword(database, account.id, await deps.passwords.hash(asked.new));
    await sessions.endAll(account.id, request.session?.hash);
    await kept(request, 'password');
    await enter(deps, request, response, { accountId: account.id }, account);
  });
  routes.post('/me/totp', async (request, response) => {
    const account = await ownAccount(deps, request);
    if (account.totp !== null) throw new Conflict('codes are asked for already; remove them first');
    const secret = newTotpSecret();
    await setTotp(database, account.id, { totp: null, totp_waiting: secret });
    response.set('Cache-Control', 'no-store').json({ secret, uri: totpUri(secret, account.name) });
  });
  routes.post('/me/totp/confirm', async (request, response) => {
    const { code } = parseWith(codeBody, request.body);
    const account = await ownAccount(deps, request);
    const wasRight = deps.tries.begin(nameKey(account.name), clientOf(request));
    const step = account.totpWaiting === null ? null : stepOfCode(account.totpWaiting, code, now(), 0);
    if (step === null) throw new BadInput('code', 'the code is not right');
    wasRight();
    await setTotp(database, account.id, { totp: account.totpWaiting, totp_waiting: null, totp_step: step });
    await kept(request, 'totp on');
    response.status(204).end();
  });
  routes.delete('/me/totp', async (request, response) => {
    const { password } = parseWith(confirmedBody, request.body);
    const account = await confirmed(deps, request, password, 'password');
    await setTotp(database, account.id, { totp: null, totp_waiting: null });
    await kept(request, 'totp off');
    response.status(204).end();
  });

  routes.get('/accounts', async (_request, response) => {
    response.set('Cache-Control', 'private, no-store').json(await listAccounts(database));
  });
  routes.post('/accounts/invitations', async (request, response) => {
    const { name = null, role, scope } = parseWith(invitationBody, request.body);
    await checkScope(deps, request, scope);
    if (name !== null && (await findAccount(database, name)))
      throw new Conflict('an account of this name exists already');
    const link = await makeLink(database, { purpose: 'invitation', name, role, scope }, now());
    await kept(request, `invite ${name ?? '?'} ${toldScope(role, scope)}`);
    response.status(201).set('Cache-Control', 'no-store').json(link);
  });
  routes.patch('/accounts/:name', async (request: Request, response: Response) => {
    const change = parseWith(accountPatch, request.body);
    if (change.scope) await checkScope(deps, request, change.scope);
    const account = await changeAccount(database, String(request.params.name), change);
    sessions.forget();
    if (account.disabled && account.id === viewerOf(request).account?.id && request.session)
      sessions.unfollow(request.session.hash, response);
    if (account.disabled) await sessions.endAll(account.id);
    const { role, scope, disabled } = account;
    await kept(request, `change ${account.name} ${toldScope(role, scope)}${disabled ? ' disabled' : ''}`);
    const rows = await listAccounts(database);
    response.set('Cache-Control', 'no-store').json(rows.find((row) => row.name === account.name));
  });
  routes.post('/accounts/:name/reset', async (request: Request, response: Response) => {
    const { id, name, role, scope } = await existingAccount(database, String(request.params.name));
    const link = await makeLink(database, { purpose: 'reset', accountId: id, name, role, scope }, now());
    await kept(request, `reset ${name}`);
    response.status(201).set('Cache-Control', 'no-store').json(link);
  });
  return routes;
}

export const toldScope = (role: string, { jurisdictions }: Scope) => `${role} ${jurisdictions?.join(',') ?? '*'}`;

/** Throws BadInput for jurisdictions that are not there, and for areas, which are not kept apart yet. */
export async function checkScope(
  { database }: Pick<AccountDeps, 'database'>,
  request: Request,
  { jurisdictions, areas }: Scope,
): Promise<void> {
  if (areas !== null) throw new BadInput('scope', 'a scope of areas is not kept apart yet: give the jurisdiction');
  for (const code of jurisdictions ?? []) {
    try {
      await findJurisdiction(database, viewerOf(request), code);
    } catch (error) {
      throw error instanceof NotFound ? new BadInput('scope', `no jurisdiction ${code}`) : error;
    }
  }
}

async function ownAccount({ database }: AccountDeps, request: Request): Promise<Account> {
  const { account } = viewerOf(request);
  const own = account && (await accountById(database, account.id));
  if (!own) throw new NotSignedIn('sign in first');
  return own;
}

/** One's own account, once more with its password. Throws BadInput for a wrong one, TooMany. */
async function confirmed(deps: AccountDeps, request: Request, password: string, parameter: string): Promise<Account> {
  const account = await ownAccount(deps, request);
  const wasRight = deps.tries.begin(nameKey(account.name), clientOf(request));
  if (!(await deps.passwords.isRight(password, account.password)))
    throw new BadInput(parameter, 'the password is not right');
  wasRight();
  return account;
}
