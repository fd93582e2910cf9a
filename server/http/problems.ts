// Turns what went wrong into an RFC 9457 problem document, and unknown failures into an id to look up in the log.

import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isBusy, isConnectionLost } from '../db/open.ts';
import { BadInput, statusOf, TooMany, Unavailable } from '../errors.ts';
import { problemTitle } from '../i18n/problems.ts';
import { languageAsked, reasonIn } from '../i18n/reasons.ts';

const RETRY_AFTER_SECONDS = 2;
/** The codes of what is thrown when the one who asked has gone. */
const HAS_LEFT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNABORTED', 'ECONNRESET', 'EPIPE', 'ABORT_ERR']);

/** For the log: the token of a link stands in its address, and the code of a certificate, which tells whoever has it a name. */
export const withoutSecrets = (path: string): string =>
  path.replace(/(\/session\/link\/|\/course-links\/|\/certificates\/|\/verify\/[^/]+\/)[^/]+/i, '$1…');

/** The last middleware. Tells the caller what helps them; SQL, stacks and file names stay in the log. */
export function problems(log: Logger) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = knownFrom(thrown);
    const { status, type } = statusFor(error);
    const failure = {
      err: thrown,
      id: request.id,
      path: withoutSecrets(request.path),
    };
    if (response.closed || response.destroyed) {
      // What was given up because whoever asked has left is no failure; what failed beside that is one.
      if (status === 500 && !isLeaving(thrown)) log.error(failure, 'request failed');
      return;
    }
    if (response.headersSent) {
      // Half an answer cannot be mended: cut, the caller sees that it is none.
      log[isConnectionLost(thrown) || isLeaving(thrown) ? 'info' : 'error'](failure, 'answer cut short');
      response.destroy();
      return;
    }
    if (status === 500) log.error(failure, 'request failed');
    if (status === 503) response.set('Retry-After', String(RETRY_AFTER_SECONDS));
    if (error instanceof TooMany) response.set('Retry-After', String(error.retryAfterS));
    const language = languageAsked(request);
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('application/problem+json')
      .send({
        type,
        title: problemTitle(type, language),
        status,
        ...(status === 500 ? {} : { detail: reasonIn(language, (error as Error).message) }),
        ...(error instanceof BadInput ? { parameter: error.parameter } : {}),
        instance: String(request.id),
      });
  };
}

function knownFrom(thrown: unknown): unknown {
  if (isBusy(thrown)) return new Unavailable('the database has too much to do');
  return isConnectionLost(thrown) ? new Unavailable('the database is coming back') : thrown;
}

function isLeaving(thrown: unknown): boolean {
  const { name, code } = Object(thrown) as { readonly name?: unknown; readonly code?: unknown };
  return name === 'AbortError' || HAS_LEFT.has(String(code));
}

/** Errors of Express and its parsers carry their own status; ours stand in the table. */
function statusFor(error: unknown): { status: number; type: string } {
  const known = statusOf(error);
  if (known.status !== 500) return known;
  const status = (error as { status?: unknown }).status;
  if (status === 413) return { status: 413, type: 'too-large' };
  if (typeof status === 'number' && status >= 400 && status < 500) return { status, type: 'bad-request' };
  return known;
}
