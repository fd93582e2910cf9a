// Changes may come only from our own pages: checks Host and Origin on everything that is not a read.

import type { NextFunction, Request, Response } from 'express';
import { isLoopback } from '../config.ts';
import { NotAllowed } from '../errors.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** On a loopback server the Host must be this machine too, or another site could reach it by a name it controls. */
export function sameOrigin(listensOn: string) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (READS.has(request.method)) {
      next();
      return;
    }
    const host = request.headers.host ?? '';
    const hostname = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (isLoopback(listensOn) && !isLoopback(hostname))
      throw new NotAllowed('the Host of the request is not this server');
    const origin = request.headers.origin;
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      throw new NotAllowed('the request comes from another site');
    }
    if (request.headers['sec-fetch-site'] === 'cross-site') throw new NotAllowed('the request comes from another site');
    next();
  };
}
