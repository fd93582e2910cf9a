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

/** After onlyOurHost. */
export function sameOrigin(request: Request, _response: Response, next: NextFunction): void {
  if (READS.has(request.method)) {
    next();
    return;
  }
  const { origin } = request.headers;
  const host = (request.host ?? '').toLowerCase();
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    throw new NotAllowed('the request comes from another site');
  if (request.headers['sec-fetch-site'] === 'cross-site') throw new NotAllowed('the request comes from another site');
  next();
}
