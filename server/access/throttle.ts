// What one client may ask for in a time and at once, so that no one shuts the others out. A client is an address, as
// trusted proxies tell it: behind one live many, so the shares are far above what pages and people need.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { askedBy } from '../db/costly.ts';
import { TooMany } from '../errors.ts';

/** One household or server usually has a whole network of this many bits. */
const IPV6_BITS = 64;
/** A page draws a map with some hundred tiles. */
const REQUESTS_PER_WINDOW = 6000;
const WINDOW_S = 10;
const AT_ONCE = 256;
const SOON_S = 1;
const BODY_WITHIN_MS = 30_000;
const MOST_LISTENERS = 20;

/** Who asks, as far as shares go. */
export const clientOf = (request: Request): string => ipKeyGenerator(request.ip ?? '', IPV6_BITS);

/** Lets a client through so often in so many seconds, then refuses it with TooMany. */
export function throttle(limit: number, windowS = 60): RequestHandler {
  return rateLimit({
    windowMs: windowS * 1000,
    limit,
    keyGenerator: clientOf,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Whether a proxy is believed is for the settings; whoever writes such a header must not fill the log.
    validate: false,
    handler: (_request, _response, next) => next(new TooMany('too many requests', windowS)),
  });
}

/** Before every question, tile and page. */
export function fairShare(): RequestHandler[] {
  return [throttle(REQUESTS_PER_WINDOW, WINDOW_S), atOnce(AT_ONCE), untilGone];
}

/** A body that is no file is whole within seconds: whoever dribbles one only holds a place. */
export function wholeSoon(request: Request, _response: Response, next: NextFunction): void {
  if (!request.is('multipart/form-data')) {
    const timer = setTimeout(() => void (request.complete || request.destroy()), BODY_WITHIN_MS);
    for (const over of ['end', 'close']) request.once(over, () => clearTimeout(timer));
  }
  next();
}

/** What a request asks of the database is given up when whoever asked leaves. */
function untilGone(request: Request, response: Response, next: NextFunction): void {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  askedBy({ client: clientOf(request), signal: gone.signal }, next);
}

/** Lets a client have so many requests under way; those that last, such as streams of events, have a share of their own. */
function atOnce(most: number): RequestHandler {
  const share = shares();
  return (request: Request, response: Response, next: NextFunction): void => {
    const leave = share.enter(clientOf(request), most);
    if (!leave) throw new TooMany('too many requests at once', SOON_S);
    // The log, the compressor, a stream and this one all wait for the end of an answer.
    response.setMaxListeners(MOST_LISTENERS);
    response.once('close', leave);
    response.once('standing', leave);
    next();
  };
}

/** Counts what each client has under way. */
export function shares() {
  const under = new Map<string, number>();
  return {
    /** Null when the client has `most` already; else what ends it, which may be called twice. */
    enter(client: string, most: number): (() => void) | null {
      const now = under.get(client) ?? 0;
      if (now >= most) return null;
      under.set(client, now + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const rest = under.get(client)! - 1;
        if (rest === 0) under.delete(client);
        else under.set(client, rest);
      };
    },
  };
}
