// What anybody may ask: one certificate by its code, its document and badge, the list of what is revoked, and who issues with
// which keys. Nothing here lists certificates.

import { type Request, type RequestHandler, Router } from 'express';
import { JURISDICTION_CODE } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { Conflict, NotFound, TooMany } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { throttle } from '../http/throttle.ts';
import { certificatePdf } from './certificate-pdf.ts';
import { readCode } from './contract.ts';
import { asJwks, didDocument, issuerProfile } from './credential.ts';
import { addressesIn, type BadgeDeps, findBadgeList } from './issue.ts';
import { ALGORITHM, publicKeys } from './keys.ts';
import { certificateOfCode, verifyCode } from './verify.ts';
import { VERIFY_CSS, type Verified, verifyPage } from './verify-page.ts';

/** A code has 60 bits: nobody finds one by trying; this keeps them from trying. */
const CODES_PER_MINUTE = 60;
const KEYS_PER_MINUTE = 120;
const JWT = 'application/vc+jwt';

/** Mounted under /api/v1. */
export function publicBadgeRoutes(deps: BadgeDeps): Router {
  const { database } = deps;
  const routes = Router();
  const byCode = throttle(CODES_PER_MINUTE);
  const keysShare = throttle(KEYS_PER_MINUTE);
  /** One that is not there is told from one that issues none by nobody. */
  const cityOf = (request: Request) =>
    findJurisdiction(database, OPERATOR, String(request.params.jurisdiction)).catch((error: unknown) => {
      throw error instanceof NotFound ? new NotFound('no badges are issued here') : error;
    });
  const asked = (request: Request) => [String(request.params.jurisdiction), String(request.params.code)] as const;
  /** Where the city has an address of its own. Throws NotFound. */
  const issuerOf = async (request: Request) => {
    refuseParameters(request);
    const city = await cityOf(request);
    const keys = await publicKeys(database, city.id);
    const at = addressesIn(deps, city);
    if (keys.length === 0 || !at) throw new NotFound('no badges are issued here');
    return { city, keys, at };
  };

  routes.get('/:jurisdiction/certificates/:code', byCode, async (request, response) => {
    refuseParameters(request);
    response.set('Cache-Control', 'no-store').json(await verifyCode(deps, ...asked(request)));
  });
  routes.get('/:jurisdiction/certificates/:code/badge', byCode, async (request, response) => {
    refuseParameters(request);
    const { stored } = await certificateOfCode(deps, ...asked(request));
    if (stored.signed === null) throw new NotFound('no such certificate');
    response.set('Cache-Control', 'no-store').type(JWT).send(Buffer.from(stored.signed));
  });
  routes.get('/:jurisdiction/certificates/:code/certificate.pdf', byCode, async (request, response) => {
    refuseParameters(request);
    const language = languageOf(request);
    const shown = await verifyCode(deps, ...asked(request));
    if (shown.holder === null) throw new NotFound('no such certificate');
    // One that expired says on its face until when it held; of the others nothing on it would.
    if (shown.state !== 'valid' && shown.state !== 'expired') throw new Conflict('the certificate does not hold');
    const city = await cityOf(request);
    const page = addressesIn(deps, city)?.page(shown.code) ?? null;
    const pdf = await certificatePdf(shown, page, language);
    response.set('Content-Disposition', `inline; filename="${city.code}-${shown.code}.pdf"`);
    response.set('Cache-Control', 'no-store').type('application/pdf').send(pdf);
  });

  routes.get('/:jurisdiction/badges/issuer', keysShare, async (request, response) => {
    const { city, at } = await issuerOf(request);
    response.type('application/ld+json').send(JSON.stringify(issuerProfile(city, at)));
  });
  routes.get('/:jurisdiction/badges/did.json', keysShare, async (request, response) => {
    const { keys, at } = await issuerOf(request);
    response.type('application/did+json').send(JSON.stringify(didDocument(at, keys)));
  });
  routes.get('/:jurisdiction/badges/keys', keysShare, async (request, response) => {
    refuseParameters(request);
    const keys = await publicKeys(database, (await cityOf(request)).id);
    if (keys.length === 0) throw new NotFound('no badges are issued here');
    response.type('application/jwk-set+json').send(JSON.stringify(asJwks(keys, ALGORITHM)));
  });
  routes.get('/:jurisdiction/badges/keys/:key', keysShare, async (request, response) => {
    refuseParameters(request);
    const keys = await publicKeys(database, (await cityOf(request)).id);
    const key = keys.find(({ id }) => id === request.params.key);
    if (!key) throw new NotFound('no badges are issued here');
    response.json(key.jwk);
  });
  routes.get('/:jurisdiction/badges/lists/:list', keysShare, async (request, response) => {
    refuseParameters(request);
    const no = /^[1-9]\d{0,5}$/.test(String(request.params.list)) ? Number(request.params.list) : 0;
    const signed = await findBadgeList(database, (await cityOf(request)).id, no);
    if (signed === null) throw new NotFound('no badges are issued here');
    response.set('Cache-Control', 'public, max-age=300').type(JWT).send(Buffer.from(signed));
  });
  return routes;
}

/** Mounted at the root: the page, outside of the API. */
export function verifyPageRoutes(deps: BadgeDeps): Router {
  const pages = Router();
  const share = throttle(CODES_PER_MINUTE);
  pages.get('/verify/page.css', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('css').send(VERIFY_CSS);
  });
  const shown: RequestHandler = (request, response, next) => {
    const language = languageOf(request);
    const city = String(request.params.jurisdiction);
    if (!JURISDICTION_CODE.test(city)) throw new NotFound('no such page');
    const typed = String(request.params.code ?? request.query.code ?? '').slice(0, 60);
    const answer = (status: number, verified: Verified) => {
      const page = verifyPage(city, typed, verified, language);
      response.status(status).set('Cache-Control', 'no-store').type('html').send(page);
    };
    if (typed === '') return answer(200, null);
    share(request, response, (refused?: unknown) => {
      if (refused instanceof TooMany) return answer(429, 'many');
      if (refused) return next(refused);
      look(deps, city, typed).then((verified) => answer(typeof verified === 'string' ? 404 : 200, verified), next);
    });
  };
  pages.get('/verify/:jurisdiction', shown);
  pages.get('/verify/:jurisdiction/:code', shown);
  return pages;
}

async function look(deps: BadgeDeps, city: string, typed: string): Promise<Verified> {
  if (readCode(typed) === null) return 'wrong';
  return verifyCode(deps, city, typed).catch((error: unknown) => {
    if (error instanceof NotFound) return 'none' as const;
    throw error;
  });
}
