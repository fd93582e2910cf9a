// One's own account and, for administrators, those of others over HTTP.

import { type Request, type Response, Router } from 'express';
import { mayDo } from '../access/rights.ts';
import { viewerOf } from '../access/viewer.ts';
import { BadInput, Conflict, NotSignedIn } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf } from '../http/throttle.ts';
import { accountPatch, invitationBody, passwordBody } from './contract.ts';
import { auditRowOf } from './doors.ts';
import { listLinks, makeLink, takeBackLink, takeBackLinksOf } from './links.ts';
import { checkPassword } from './passwords.ts';
import { type AccountDeps, enter } from './routes.ts';
import { checkScope, toldScope } from './scopes.ts';
import {
  type Account,
  accountById,
  changeAccount,
  existingAccount,
  findAccount,
  listAccounts,
  nameKey,
  setPassword,
} from './store.ts';

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
    // The new session is as good as the one in which it was changed.
    const by = request.session?.isByPasskey ? { byPasskey: true as const } : {};
    await enter(deps, request, response, { accountId: account.id, ...by }, account);
  });

  routes.get('/accounts', async (_request, response) => {
    response.set('Cache-Control', 'private, no-store').json(await listAccounts(database));
  });
  routes.post('/accounts/invitations', async (request, response) => {
    const { name = null, role, scope } = parseWith(invitationBody, request.body);
    await checkScope(database, viewerOf(request), role, scope);
    if (name !== null && (await findAccount(database, name)))
      throw new Conflict('an account of this name exists already');
    const link = await makeLink(
      database,
      { ...{ purpose: 'invitation', name, role, scope }, madeBy: viewerOf(request).account?.name },
      now(),
    );
    await kept(request, `invite ${name ?? '?'} ${toldScope(role, scope)}`);
    response.status(201).set('Cache-Control', 'no-store').json(link);
  });
  routes.get('/accounts/links', async (_request, response) => {
    response.set('Cache-Control', 'private, no-store').json(await listLinks(database, now()));
  });
  routes.delete('/accounts/links/:id', async (request: Request, response: Response) => {
    const { purpose, name } = await takeBackLink(database, String(request.params.id));
    await kept(request, `take back ${purpose} ${name ?? '?'}`);
    response.status(204).end();
  });
  routes.patch('/accounts/:name', async (request: Request, response: Response) => {
    const change = parseWith(accountPatch, request.body);
    if (change.scope || change.role) {
      const before = await existingAccount(database, String(request.params.name));
      await checkScope(database, viewerOf(request), change.role ?? before.role, change.scope ?? before.scope);
    }
    const account = await changeAccount(database, String(request.params.name), change);
    if (account.id === viewerOf(request).account?.id && request.session)
      sessions.unfollow(request.session.hash, response);
    await sessions.forget();
    if (account.disabled) await sessions.endAll(account.id);
    const { role, scope, disabled } = account;
    const mayInvite =
      !disabled && mayDo({ role, scope, account: { id: account.id, name: account.name } }, 'manage-accounts');
    const taken = mayInvite ? 0 : await takeBackLinksOf(database, account.name);
    const beside = `${disabled ? ' disabled' : ''}${taken > 0 ? `, links taken back: ${taken}` : ''}`;
    await kept(request, `change ${account.name} ${toldScope(role, scope)}${beside}`);
    const rows = await listAccounts(database);
    response.set('Cache-Control', 'no-store').json(rows.find((row) => row.name === account.name));
  });
  routes.post('/accounts/:name/reset', async (request: Request, response: Response) => {
    const { id, name, role, scope } = await existingAccount(database, String(request.params.name));
    const link = await makeLink(
      database,
      { ...{ purpose: 'reset', accountId: id, name, role, scope }, madeBy: viewerOf(request).account?.name },
      now(),
    );
    await kept(request, `reset ${name}`);
    response.status(201).set('Cache-Control', 'no-store').json(link);
  });
  return routes;
}

export async function ownAccount({ database }: AccountDeps, request: Request): Promise<Account> {
  const { account } = viewerOf(request);
  const own = account && (await accountById(database, account.id));
  if (!own) throw new NotSignedIn('sign in first');
  return own;
}

/** One's own account, once more with its password. Throws BadInput for a wrong one, TooMany. */
export async function confirmed(
  deps: AccountDeps,
  request: Request,
  password: string,
  parameter: string,
): Promise<Account> {
  const account = await ownAccount(deps, request);
  const wasRight = deps.tries.begin(nameKey(account.name), clientOf(request));
  if (!(await deps.passwords.isRight(password, account.password)))
    throw new BadInput(parameter, 'the password is not right');
  wasRight();
  return account;
}
