// Passkeys over HTTP: adding and removing one's own, and entering by one, which is two factors at once.

import { type Request, type Response, Router } from 'express';
import { NotFound, NotSignedIn } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { confirmed, ownAccount } from './account-routes.ts';
import { confirmedBody, newPasskey, passkeyUsed } from './contract.ts';
import { auditRowOf } from './doors.ts';
import {
  accountOfPasskey,
  addPasskey,
  askForPasskey,
  listPasskeys,
  proposePasskey,
  removePasskey,
  siteOf,
} from './passkeys.ts';
import { type AccountDeps, enter } from './routes.ts';
import { accountById } from './store.ts';

/** An office behind one address; what is signed cannot be guessed. */
const ENTRIES_PER_MINUTE = 120;

/** Mounted under /api/v1. */
export function passkeyRoutes(deps: AccountDeps): Router {
  const { database, sessions, audit, now } = deps;
  const routes = Router();
  const throttled = throttle(ENTRIES_PER_MINUTE);
  const site = (request: Request) => siteOf((request.host ?? '').toLowerCase());
  const kept = (request: Request, detail: string) => audit.write(auditRowOf(request, 'account', { detail }));
  /** Other sessions began with what counted before. */
  const changed = async (request: Request, response: Response, accountId: number) => {
    if (request.session) sessions.unfollow(request.session.hash, response);
    await sessions.forget();
    await sessions.endAll(accountId, request.session?.hash);
  };
  const told = async (response: Response, accountId: number, status = 200) =>
    void response
      .status(status)
      .set('Cache-Control', 'private, no-store')
      .json(await listPasskeys(database, accountId));

  routes.get('/me/passkeys', async (request, response) => {
    const { id } = await ownAccount(deps, request);
    await told(response, id);
  });
  // Whoever has somebody's session alone adds no key of their own: the password is asked for.
  routes.post('/me/passkeys/options', async (request: Request, response: Response) => {
    const { password } = parseWith(confirmedBody, request.body);
    const account = await confirmed(deps, request, password, 'password');
    response.set('Cache-Control', 'no-store').json(await proposePasskey(database, account, site(request), now()));
  });
  routes.post('/me/passkeys', async (request: Request, response: Response) => {
    const made = parseWith(newPasskey, request.body);
    const { id } = await ownAccount(deps, request);
    await addPasskey(database, { id }, site(request), made, now());
    if (request.session) await sessions.byPasskey(request.session.hash, true);
    await changed(request, response, id);
    await kept(request, 'passkey on');
    await told(response, id, 201);
  });
  routes.delete('/me/passkeys/:id', async (request: Request, response: Response) => {
    const { password } = parseWith(confirmedBody, request.body);
    const { id } = await confirmed(deps, request, password, 'password');
    await removePasskey(database, id, String(request.params.id));
    if (request.session && (await listPasskeys(database, id)).length === 0)
      await sessions.byPasskey(request.session.hash, false);
    await changed(request, response, id);
    await kept(request, 'passkey off');
    await told(response, id);
  });

  routes.post('/session/passkey/options', throttled, async (request: Request, response: Response) => {
    if (!deps.hasAccounts) throw new NotFound('no such question');
    response.set('Cache-Control', 'no-store').json(await askForPasskey(database, site(request), now()));
  });
  routes.post('/session/passkey', throttled, async (request: Request, response: Response) => {
    if (!deps.hasAccounts) throw new NotFound('no such question');
    const { credential } = parseWith(passkeyUsed, request.body);
    try {
      const account = await accountById(database, await accountOfPasskey(database, site(request), credential, now()));
      if (!account || account.disabled) throw new NotSignedIn('the passkey is not right');
      await enter(deps, request, response, { accountId: account.id, byPasskey: true }, account);
    } catch (error) {
      if (error instanceof NotSignedIn)
        audit.noteFailedSignIn(auditRowOf(request, 'sign-in-failed', { detail: 'passkey' }));
      throw error;
    }
  });
  return routes;
}
