// The doors before the routes: who asks, by cookie or key, and whether the table of rights lets them do what they ask for.

import { createHash } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { JURISDICTION_CODE, rightsKey, SPEAKS_FOR, SPEAKS_FOR_NOBODY, STAFF, type Viewer } from '../access/contract.ts';
import { mayAsk, type Operation, operationOf } from '../access/rights.ts';
import { viewerOf } from '../access/viewer.ts';
import type { AuditEvent, NewAuditRow } from '../audit/contract.ts';
import type { Audit } from '../audit/log.ts';
import { NotAllowed, NotFound, NotSignedIn, SecondStepNeeded, SessionOver } from '../errors.ts';
import { sessionCookieOf } from '../http/same-origin.ts';
import { throttle } from '../http/throttle.ts';
import type { Session, Sessions } from './sessions.ts';

declare global {
  namespace Express {
    interface Request {
      /** The session the request came with, while it holds. */
      session?: Session;
    }
  }
}

const REFUSALS_PER_MINUTE = 30;

type Deps = { readonly sessions: Sessions; readonly viewerOfKey: (key: string) => Promise<Viewer | null> };

/** Whoever brings neither a key nor a session that holds is the public; a key that is none is refused. */
export function identify({ sessions, viewerOfKey }: Deps): RequestHandler {
  const throttled = throttle(REFUSALS_PER_MINUTE);
  return async (request: Request, response: Response, next: NextFunction) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const viewer = await viewerOfKey(/^Bearer (\S{20,100})$/.exec(authorization)?.[1] ?? '');
      if (!viewer) {
        return void throttled(request, response, (error?: unknown) => {
          response.set('WWW-Authenticate', 'Bearer');
          next(error ?? new NotSignedIn('the key is not valid'));
        });
      }
      request.viewer = viewer;
      return next();
    }
    const cookie = sessionCookieOf(request);
    const session = cookie === null ? null : await sessions.find(cookie);
    if (session) {
      request.session = session;
      request.viewer = session.viewer;
      sessions.follow(session, response);
    }
    refuseAsOther(request, response);
    next();
  };
}

/** Names a viewer to the page: who it is, and what they may see. */
export const whoseOf = (viewer: Viewer): string =>
  createHash('sha256')
    .update(JSON.stringify([viewer.account?.id ?? null, viewer.entry ?? null, rightsKey(viewer)]))
    .digest('base64url')
    .slice(0, 22);

/** What the browser keeps of answers, columns of incidents among them, is not for whoever sits down next. */
export const clearBrowserCache = (response: Response): Response => response.set('Clear-Site-Data', '"cache"');

/**
 * What a page asks that was opened for somebody else is not answered as whoever asks now: when a session ends, the public
 * view would else stand silently under the name of a commander.
 */
function refuseAsOther(request: Request, response: Response): void {
  const whose = request.get(SPEAKS_FOR);
  if (whose === undefined || whose === whoseOf(viewerOf(request))) return;
  clearBrowserCache(response).set(SPEAKS_FOR_NOBODY, '1');
  throw new SessionOver('the session of this page is over');
}

/** Where whoever reaches the server is its administrator. */
export function everybodyIsStaff(request: Request, _response: Response, next: NextFunction): void {
  request.viewer = STAFF;
  next();
}

/** How a viewer is called in the audit. */
export function whoIs({ account, entry, role }: Viewer): string {
  if (account) return account.name;
  if (entry) return `${entry.kind}:${entry.name}`;
  return role === 'public' ? '' : 'open';
}

export function auditRowOf(
  request: Request,
  what: AuditEvent,
  {
    jurisdiction = null,
    detail = '',
    rows = null,
  }: Partial<Pick<NewAuditRow, 'jurisdiction' | 'detail' | 'rows'>> = {},
): NewAuditRow {
  const viewer = viewerOf(request);
  const who = whoIs(viewer);
  return { who, role: viewer.role, address: request.ip ?? '', what, jurisdiction, detail, rows };
}

/**
 * Before the routes: what stands in no table is not there, what the role may not do is refused, and what is to be audited
 * is. Mount it once per tree of addresses, without a body parsed.
 */
export function guard(audit: Audit): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const asked = operationOf(request.method, request.baseUrl + request.path);
    if (!asked) throw new NotFound('no such question');
    const { operation, parts } = asked;
    const viewer = viewerOf(request);
    const code = parts.jurisdiction ?? '';
    const jurisdiction = JURISDICTION_CODE.test(code) ? code : null;
    if (!mayAsk(viewer, operation)) {
      if (viewer.lacksSecondStep && mayAsk({ ...viewer, lacksSecondStep: undefined }, operation))
        throw new SecondStepNeeded('set up the second step of your account first');
      const isSomebody = viewer.account !== null || viewer.entry !== undefined;
      if (isSomebody) audit.note(auditRowOf(request, 'refused', { jurisdiction, detail: nameOf(operation) }));
      else audit.countRefused();
      if (isSomebody || viewer.role !== 'public') throw new NotAllowed('your role may not do this');
      response.set('WWW-Authenticate', 'Bearer');
      throw new NotSignedIn('sign in first');
    }
    if (operation.audited) follow(audit, operation, jurisdiction, request, response);
    next();
  };
}

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

function follow(
  audit: Audit,
  operation: Operation,
  jurisdiction: string | null,
  request: Request,
  response: Response,
): void {
  const what = operation.audited!;
  const query = request.originalUrl.split('?')[1] ?? '';
  const isReading = ['GET', 'HEAD'].includes(request.method);
  if (what === 'points' || what === 'export' || (what === 'tips' && isReading)) {
    if (request.method === 'HEAD') return;
    request.tellRows = (rows) => audit.write(auditRowOf(request, what, { jurisdiction, detail: query, rows }));
    return;
  }
  response.once('finish', () => {
    if (response.statusCode >= 400) return;
    const path = request.originalUrl.split('?')[0]!.slice('/api/v1'.length);
    const beside = request.toldBeside === undefined ? '' : ` ${request.toldBeside}`;
    audit.note(auditRowOf(request, what, { jurisdiction, detail: `${request.method} ${path}${beside}` }));
  });
}
