// Certificates over HTTP, for those who learn and those who issue.

import { type Request, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import { accountNames } from '../accounts/store.ts';
import { dayIn } from '../calendar/time-zone.ts';
import { BadInput, NotAllowed, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { learnerOf } from '../lessons/answers.ts';
import {
  certifiableBy,
  completedBy,
  completedByThose,
  keepForCertificate,
  mayCertify,
  mayCertifySome,
} from './completions.ts';
import {
  type CertificateDesk,
  type Completed,
  certificateRequest,
  newCertificate,
  type OwnCertificates,
  readCode,
  reissue,
  revocation,
} from './contract.ts';
import { type BadgeDeps, issueCertificate, reissueCertificate, revokeCertificate } from './issue.ts';
import {
  findCertificate,
  holding,
  listCertificates,
  removeRequest,
  requestsFor,
  rowOf,
  storeRequest,
} from './store.ts';

/** Mounted under /api/v1. */
export function badgeRoutes(deps: BadgeDeps): Router {
  const { database, now } = deps;
  const routes = Router();
  const ownOf = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, learner: learnerOf(viewerOf(request)) };
  };
  const withoutOne = async ({ id, timezone }: Jurisdiction, completed: readonly Completed[]) => {
    const held = await holding(database, id, dayIn(timezone, now()));
    return completed.filter(({ learner, course }) => !held.has(`${learner} ${course}`));
  };

  routes.get('/:jurisdiction/certificates', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction, learner } = await ownOf(request);
    const own =
      learner === null
        ? { kept: false, completed: [], certificates: [] }
        : await ownCertificates(jurisdiction, learner);
    const mayIssue = await mayCertifySome(database, jurisdiction, viewerOf(request));
    const answer: OwnCertificates = { ...own, mayIssue };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  async function ownCertificates(
    jurisdiction: Jurisdiction,
    learner: number,
  ): Promise<Omit<OwnCertificates, 'mayIssue'>> {
    const { id } = jurisdiction;
    const found = await listCertificates(database, id, learner);
    const certificates = found.certificates.map((each) => rowOf(each, jurisdiction, now()));
    const completed = await withoutOne(jurisdiction, await completedBy(database, jurisdiction, learner, now()));
    const asked = new Map((await requestsFor(database, id, learner)).map(({ course, holder }) => [course, holder]));
    return {
      kept: true,
      certificates,
      completed: completed.map((each) => ({ ...each, asked: asked.get(each.course) ?? null })),
    };
  }

  routes.post('/:jurisdiction/certificates/requests', async (request, response) => {
    const { course, holder } = parseWith(certificateRequest, request.body);
    const { jurisdiction, learner } = await ownOf(request);
    if (learner === null) throw new NotAllowed('the portal does not keep what you learn: sign in with an account');
    const { completed } = await ownCertificates(jurisdiction, learner);
    if (!completed.some((each) => each.course === course))
      throw new BadInput('course', 'the course is not completed, or has a certificate');
    await storeRequest(database, jurisdiction.id, { learner, course, holder, askedAt: now() });
    response.status(204).end();
  });
  routes.delete('/:jurisdiction/certificates/requests/:course', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction, learner } = await ownOf(request);
    if (learner !== null)
      await removeRequest(database.db, jurisdiction.id, learner, String(request.params.course).slice(0, 80));
    response.status(204).end();
  });
  /** Its holder withdraws it: it is revoked, and the name forgotten. */
  routes.delete('/:jurisdiction/certificates/:code', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction, learner } = await ownOf(request);
    const code = readCode(String(request.params.code)) ?? '';
    const stored = await findCertificate(database, jurisdiction.id, code);
    if (!stored || learner === null || stored.learner !== learner) throw new NotFound('no such certificate');
    // Nothing is left of the name, here neither.
    await revokeCertificate(deps, jurisdiction, { code, by: 'holder', as: 'withdrawn', because: null });
    response.status(204).end();
  });

  const refuseOthers = async (
    request: Request,
    jurisdiction: Jurisdiction,
    whose: Parameters<typeof mayCertify>[3],
  ): Promise<void> => {
    if (!(await mayCertify(database, jurisdiction, viewerOf(request), whose)))
      throw new NotAllowed('your role may not do this');
  };
  routes.get('/:jurisdiction/certificate-desk', async (request, response) => {
    refuseParameters(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const viewer = viewerOf(request);
    const { id } = jurisdiction;
    if (!(await mayCertifySome(database, jurisdiction, viewer))) throw new NotFound('no such question');
    const certifiable = await certifiableBy(database, jurisdiction, viewer);
    const { certificates, inAll } = await listCertificates(database, id, certifiable);
    const completed = await withoutOne(jurisdiction, await completedByThose(database, jurisdiction, viewer, now()));
    const asked = new Map(
      (await requestsFor(database, id, null)).map(({ learner, course, holder }) => [`${learner} ${course}`, holder]),
    );
    const names = await accountNames(
      database,
      completed.map(({ learner }) => learner),
    );
    const answer: CertificateDesk = {
      waiting: completed.map((each) => ({
        ...{ ...each, name: names.get(each.learner)?.name ?? '' },
        asked: asked.get(`${each.learner} ${each.course}`) ?? null,
      })),
      certificates: certificates.map((each) => rowOf(each, jurisdiction, now())),
      inAll,
      hasAddress: deps.portal !== null,
    };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.post('/:jurisdiction/certificates', async (request, response) => {
    const { course, learner, holder, validUntil } = parseWith(newCertificate, request.body);
    const jurisdiction = await jurisdictionOf(database, request);
    await refuseOthers(request, jurisdiction, { course, learner });
    const completed = (await completedBy(database, jurisdiction, learner, now())).find(
      (each) => each.course === course,
    );
    if (!completed) throw new BadInput('course', 'the course is not completed, or has a certificate');
    await keepForCertificate(database, jurisdiction, completed, now());
    const wanted = { completed, holder, validUntil, by: whoIs(viewerOf(request)) };
    const made = await issueCertificate(deps, jurisdiction, wanted, languageOf(request));
    request.toldBeside = made.code;
    response.status(201).json(rowOf(made, jurisdiction, now()));
  });
  const handled = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    const code = readCode(String(request.params.code)) ?? '';
    const stored = await findCertificate(database, jurisdiction.id, code);
    if (!stored) throw new NotFound('no such certificate');
    await refuseOthers(request, jurisdiction, stored);
    return { jurisdiction, code, by: whoIs(viewerOf(request)) };
  };
  routes.post('/:jurisdiction/certificates/:code/revoke', async (request, response) => {
    const { because } = parseWith(revocation, request.body);
    const { jurisdiction, code, by } = await handled(request);
    await revokeCertificate(deps, jurisdiction, { code, by, as: 'revoked', because });
    response.status(204).end();
  });
  routes.post('/:jurisdiction/certificates/:code/reissue', async (request, response) => {
    const { holder, because } = parseWith(reissue, request.body);
    const { jurisdiction, code, by } = await handled(request);
    const made = await reissueCertificate(deps, jurisdiction, code, { holder, because, by }, languageOf(request));
    request.toldBeside = made.code;
    response.status(201).json(rowOf(made, jurisdiction, now()));
  });
  return routes;
}
