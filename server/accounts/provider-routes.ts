// Signing in at the provider of the installation over HTTP: there, back, and out again. Whatever comes back, people land on
// the page itself, which no address they bring can change.

import { type CookieOptions, type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { EVERYWHERE } from '../access/contract.ts';
import { BadInput, Conflict, NotAllowed, NotFound, statusOf } from '../errors.ts';
import { throttle } from '../http/throttle.ts';
import { ACCOUNT_NAME, PROVIDER_FAULTS, type ProviderFault } from './contract.ts';
import { auditRowOf } from './doors.ts';
import { type Away, type Known, PROVIDER_PATH, type Provider } from './provider.ts';
import { type AccountDeps, begin } from './routes.ts';
import { type Account, accountOfSubject, addAccount, changeAccount } from './store.ts';

const COOKIE = 'cuadra_oidc';
const AWAY_MS = 10 * 60_000;
/** An office behind one address; guessing is the provider's to slow. */
const ENTRIES_PER_MINUTE = 120;
const FOREIGN = ['cross-site', 'same-site'];
const awayShape = z.strictObject({ state: z.string(), nonce: z.string(), verifier: z.string() });

/** Lax: the provider sends people here from another site. It opens nothing by itself, and is good once. */
const cookieOptions = (request: Request): CookieOptions => ({
  ...{ httpOnly: true, sameSite: 'lax', secure: request.secure, path: PROVIDER_PATH },
});

/** Mounted under /api/v1. */
export function providerRoutes(deps: AccountDeps): Router {
  const { provider, audit } = deps;
  const routes = Router();
  const throttled = throttle(ENTRIES_PER_MINUTE);
  const there = (): Provider => {
    if (!provider) throw new NotFound('no such question');
    return provider;
  };

  routes.get('/session/oidc', throttled, async (request: Request, response: Response) => {
    // Begun by whoever sits there: another site signs nobody in behind their back.
    if (FOREIGN.includes(request.get('sec-fetch-site') ?? ''))
      throw new NotAllowed('the request comes from another site');
    const { url, away } = await there().begin();
    response
      .cookie(COOKIE, Buffer.from(JSON.stringify(away)).toString('base64url'), {
        ...{ ...cookieOptions(request), maxAge: AWAY_MS },
      })
      .set('Cache-Control', 'no-store')
      .redirect(303, url.href);
  });
  routes.get('/session/oidc/callback', throttled, async (request: Request, response: Response) => {
    const at = there();
    response.clearCookie(COOKIE, cookieOptions(request)).set('Cache-Control', 'no-store');
    try {
      const away = awayOf(request);
      if (!away) throw new BadInput('state', 'nobody of this browser went to the provider');
      const known = await at.end(request.originalUrl.split('?')[1] ?? '', away);
      const account = await accountFor(deps, at, known);
      if (deps.needsSecondStep(account.role) && known.factors < 2) throw new ProviderRefusal('second-step');
      await begin(deps, request, response, { accountId: account.id, providerFactors: known.factors }, account);
      response.redirect(303, '/');
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      audit.noteFailedSignIn(auditRowOf(request, 'sign-in-failed', { detail: `provider: ${fault}` }));
      response.redirect(303, `/#provider=${fault}`);
    }
  });
  // Ends nothing here: what was begun here is ended by DELETE /session, as everybody's.
  routes.get('/session/oidc/sign-out', throttled, async (_request: Request, response: Response) => {
    const url = await there().signOutUrl();
    response.set('Cache-Control', 'no-store').redirect(303, url?.href ?? '/');
  });
  return routes;
}

/** Why somebody the provider let in is not let in here. */
class ProviderRefusal extends NotAllowed {
  readonly fault: ProviderFault;
  constructor(fault: ProviderFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Null for what is a fault of the program or the database. */
function faultOf(error: unknown): ProviderFault | null {
  if (error instanceof ProviderRefusal) return error.fault;
  if (error instanceof Conflict) return 'name-taken';
  return statusOf(error).status === 500 ? null : PROVIDER_FAULTS[0];
}

function awayOf({ headers }: Request): Away | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const [first, another] = pairs.filter((pair) => pair.startsWith(`${COOKIE}=`));
  if (first === undefined || another !== undefined) return null;
  try {
    return awayShape.parse(JSON.parse(Buffer.from(first.slice(COOKIE.length + 1), 'base64url').toString('utf8')));
  } catch {
    return null; // not as we wrote it
  }
}

/** The account of whoever the provider means: the one linked, with the role its claims give, or a new one. */
async function accountFor({ database, now }: AccountDeps, { hasRoles }: Provider, known: Known): Promise<Account> {
  const { subject, role: given } = known;
  const linked = await accountOfSubject(database, subject);
  if (linked?.disabled) throw new ProviderRefusal('no-role');
  if (hasRoles && given === null) throw new ProviderRefusal('no-role');
  if (given === null) {
    if (linked) return linked;
    throw new ProviderRefusal('no-role');
  }
  const { role, jurisdictions } = given;
  const scope = jurisdictions ? { jurisdictions, areas: null } : EVERYWHERE;
  if (!linked) {
    const name = known.name.normalize('NFC').trim();
    if (!ACCOUNT_NAME.test(name)) throw new ProviderRefusal('name-taken');
    await addAccount(database.db, { name, role, scope, password: null, subject, at: now() });
    return (await accountOfSubject(database, subject))!;
  }
  const isSame = linked.role === role && String(linked.scope.jurisdictions) === String(jurisdictions);
  return isSame ? linked : changeAccount(database, linked.name, { role, scope });
}
