// Only requests for this server, and changes only from our own pages: checks the Host of everything, and the Origin of
// whatever is not a read.

import type { NextFunction, Request, Response } from 'express';
import { BadRequest, NotAllowed } from '../errors.ts';
import { hostProblem, type Named } from './hosts.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Before everything else, health included. */
export function onlyOurHost(named: Named) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const problem = hostProblem(request, named);
    if (problem === 'malformed') throw new BadRequest('the request names no host, or several');
    if (problem) throw new NotAllowed('the Host of the request is not this server: CUADRA_HOSTS lists further names');
    next();
  };
}

export const SESSION_COOKIE = 'cuadra_session';

/** What the cookie of the session says; null where there is none, or where several are and one of them is not ours. */
export function sessionCookieOf({ headers }: Pick<Request, 'headers'>): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const [first, ...more] = pairs.filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`));
  return first === undefined || more.length ? null : first.slice(SESSION_COOKIE.length + 1);
}

/**
 * After onlyOurHost. A change that comes with a cookie, which browsers send by themselves, must say that it comes from a
 * page of ours; a program that brings none, or a key, need not.
 */
export function sameOrigin(request: Request, _response: Response, next: NextFunction): void {
  if (READS.has(request.method)) {
    next();
    return;
  }
  const { origin } = request.headers;
  const host = (request.host ?? '').toLowerCase();
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw new NotAllowed('the request comes from another site');
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site') throw new NotAllowed('the request comes from another site');
  const hasCookie = (request.headers.cookie ?? '').includes(`${SESSION_COOKIE}=`);
  if (hasCookie && origin === undefined && site !== 'same-origin')
    throw new NotAllowed('the request does not say which site it comes from');
  next();
}
