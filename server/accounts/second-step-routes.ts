// The second step of one's own account over HTTP: codes of an authenticator, and recovery codes for whoever lost it.

import { type Request, type Response, Router } from 'express';
import { BadInput, Conflict } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf } from '../http/throttle.ts';
import { confirmed, ownAccount } from './account-routes.ts';
import { codeBody, confirmedBody, type RecoveryCodes, type TotpProposed } from './contract.ts';
import { auditRowOf } from './doors.ts';
import { newRecoveryCodes } from './recovery.ts';
import type { AccountDeps } from './routes.ts';
import { confirmTotp, nameKey, proposeTotp, removeTotp, setRecovery } from './store.ts';
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts';

/** Mounted under /api/v1. Whoever has somebody's session alone changes nothing here: each asks for the password too. */
export function secondStepRoutes(deps: AccountDeps): Router {
  const { database, sessions, audit, now } = deps;
  const routes = Router();
  const kept = (request: Request, detail: string) => audit.write(auditRowOf(request, 'account', { detail }));
  const withPassword = (request: Request) =>
    confirmed(deps, request, parseWith(confirmedBody, request.body).password, 'password');
  /** Other sessions began without what now counts. */
  const changed = async (request: Request, response: Response, accountId: number) => {
    if (request.session) sessions.unfollow(request.session.hash, response);
    await sessions.forget();
    await sessions.endAll(accountId, request.session?.hash);
  };

  routes.post('/me/totp', async (request: Request, response: Response) => {
    const account = await withPassword(request);
    if (account.totp !== null) throw new Conflict('codes are asked for already; remove them first');
    const secret = newTotpSecret();
    await proposeTotp(database, account.id, secret);
    const proposed: TotpProposed = { secret, uri: totpUri(secret, account.name) };
    response.set('Cache-Control', 'no-store').json(proposed);
  });
  routes.post('/me/totp/confirm', async (request: Request, response: Response) => {
    const { code } = parseWith(codeBody, request.body);
    const { id, name, totpWaiting: secret } = await ownAccount(deps, request);
    const wasRight = deps.tries.begin(nameKey(name), clientOf(request));
    const step = secret === null ? null : stepOfCode(secret, code, now(), 0);
    if (secret === null || step === null) throw new BadInput('code', 'the code is not right');
    wasRight();
    const { shown, hashes } = newRecoveryCodes();
    if (!(await confirmTotp(database, id, { secret, step, recovery: hashes })))
      throw new Conflict('codes are asked for already; remove them first');
    await changed(request, response, id);
    await kept(request, 'totp on');
    response.set('Cache-Control', 'no-store').json({ recovery: shown } satisfies RecoveryCodes);
  });
  routes.post('/me/totp/recovery', async (request: Request, response: Response) => {
    const account = await withPassword(request);
    if (account.totp === null) throw new Conflict('no code of an authenticator is asked for');
    const { shown, hashes } = newRecoveryCodes();
    await setRecovery(database, account.id, hashes);
    await kept(request, 'recovery codes');
    response.set('Cache-Control', 'no-store').json({ recovery: shown } satisfies RecoveryCodes);
  });
  routes.delete('/me/totp', async (request: Request, response: Response) => {
    const account = await withPassword(request);
    await removeTotp(database, account.id);
    await changed(request, response, account.id);
    await kept(request, 'totp off');
    response.status(204).end();
  });
  return routes;
}
