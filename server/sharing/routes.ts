// Agreements with other authorities over HTTP: those of one's own, proposing one, and answering what was proposed.

import { type Request, type Response, Router } from 'express';
import { ANSWERS, answerAgreement, listAgreements, proposeAgreement } from '../access/agreements.ts';
import { type Agreement, agreementBody, type Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { auditRowOf, whoIs } from '../accounts/doors.ts';
import type { Audit } from '../audit/log.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { inOneLine } from './in-words.ts';

type Deps = {
  readonly database: Database;
  readonly taxonomy: Taxonomy;
  readonly audit: Audit;
  readonly now: () => Date;
};

/** Mounted under /api/v1. The address names the side one speaks for. */
export function sharingRoutes({ database, taxonomy, audit, now }: Deps): Router {
  const routes = Router();
  const by = (request: Request) => ({ who: whoIs(viewerOf(request)), now: now() });
  /** Written down for both sides, before anybody is told. */
  const kept = async (request: Request, { code }: Pick<Jurisdiction, 'code'>, what: string, agreement: Agreement) => {
    const detail = `${what} ${inOneLine(agreement)}`;
    const other = agreement.giver === code ? agreement.receiver : agreement.giver;
    await Promise.all(
      [code, other].map((jurisdiction) => audit.write(auditRowOf(request, 'sharing', { jurisdiction, detail }))),
    );
  };

  routes.get('/:jurisdiction/agreements', async (request: Request, response: Response) => {
    refuseParameters(request);
    const { code } = await jurisdictionOf(database, request);
    const agreements = await seeingEverybody(() => listAgreements(database, code, now()));
    response.set('Cache-Control', 'private, no-store').json({ agreements });
  });
  routes.post('/:jurisdiction/agreements', async (request: Request, response: Response) => {
    const { direction, with: other, ...terms } = parseWith(agreementBody, request.body);
    taxonomy.subtree(terms.offences ?? [], []); // refuses a code that stands for nothing
    const own = await jurisdictionOf(database, request);
    const sides = direction === 'give' ? { giver: own.code, receiver: other } : { giver: other, receiver: own.code };
    const proposed = await seeingEverybody(() =>
      proposeAgreement(database, own.code, { ...sides, ...terms }, by(request)),
    );
    await kept(request, own, 'propose', proposed);
    response.status(201).json(proposed);
  });
  for (const answer of ANSWERS) {
    routes.post(`/:jurisdiction/agreements/:id/${answer}`, async (request: Request, response: Response) => {
      const own = await jurisdictionOf(database, request);
      const answered = await seeingEverybody(() =>
        answerAgreement(database, own.code, String(request.params.id), answer, by(request)),
      );
      await kept(request, own, answer, answered);
      response.json(answered);
    });
  }
  return routes;
}
