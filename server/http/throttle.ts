// What one client may ask for in a time and at once, so that no one shuts the others out. A client is an address, as
// trusted proxies tell it: behind one live many, so the shares are far above what pages and people need.

import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { viewerOf } from '../access/viewer.ts';
import { askedBy } from '../db/costly.ts';
import { TooMany } from '../errors.ts';

/** One household or server usually has a whole network of this many bits. */
const IPV6_BITS = 64;
/**
 * A page asks some twenty questions for a change of the filter and a hundred tiles for a view, and a browser has six
 * connections at a time to a server: dragging the map for a day, one page stays below 100 requests a second. A station
 * of fifty people behind one address, all of them dragging at once, would be the first to be told 429; the page then
 * comes back by itself after what Retry-After says (web/store/api.ts, web/map/retry.ts).
 */
const REQUESTS_PER_WINDOW = 6000;
const WINDOW_S = 10;
/** Forty browsers that use all their connections; streams of events are counted apart (events.ts). */
const AT_ONCE = 256;
/** A feed is answered once its records are stored, up to some seconds later, so a busy centre has many calls under way. */
const FEED_AT_ONCE = 1000;
const SOON_S = 1;
const BODY_WITHIN_MS = 30_000;
/** One for all: making one costs as much as parsing a question, and most requests that end have been answered. */
const LEFT: unknown = AbortSignal.abort().reason;

/** Header of what this server asks itself for somebody: it counts in their share. Nobody else knows the secret. */
export const ON_BEHALF = 'cuadra-on-behalf-of';
const SECRET = randomBytes(32).toString('hex');

export const onBehalfOf = (sender: Request): string => `${SECRET} ${clientOf(sender)}`;

/** For whom this server asks itself; null where somebody else asks. */
function behalfIn(request: Request): string | null {
  const said = request.get(ON_BEHALF) ?? '';
  return said.startsWith(`${SECRET} `) ? said.slice(SECRET.length + 1) : null;
}

/** Who asks, as far as shares go. */
export const clientOf = (request: Request): string => behalfIn(request) ?? ipKeyGenerator(request.ip ?? '', IPV6_BITS);

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

/** What takes long: whoever signed in is known by name, the public by their address alone. */
export function publicSeldom(limit: number): RequestHandler {
  const throttled = throttle(limit);
  return (request, response, next) =>
    viewerOf(request).role === 'public' ? throttled(request, response, next) : next();
}

/** Before every question, tile and page; what feeds send does not take the places of the pages behind their address. */
export function fairShare(): RequestHandler[] {
  const [pages, feeds] = [atOnce(AT_ONCE), atOnce(FEED_AT_ONCE)];
  const bySender: RequestHandler = (request, response, next) =>
    (isFeed(request) ? feeds : pages)(request, response, next);
  return [throttle(REQUESTS_PER_WINDOW, WINDOW_S), bySender];
}

/** Whether its key is a true one is for the feed's own door. */
const isFeed = ({ method, headers }: Request) => method === 'POST' && headers.authorization?.startsWith('Bearer ');

/** A body that is no file is whole within seconds: whoever dribbles one only holds a place. */
export function wholeSoon(request: Request, _response: Response, next: NextFunction): void {
  if (!request.is('multipart/form-data')) {
    const timer = setTimeout(() => void (request.complete || request.destroy()), BODY_WITHIN_MS);
    for (const over of ['end', 'close']) request.once(over, () => clearTimeout(timer));
  }
  next();
}

/**
 * Lets a client have so many requests under way; those that last, such as streams of events, have a share of their own.
 * What a request asks of the database is given up when whoever asked leaves.
 */
function atOnce(most: number): RequestHandler {
  const share = shares();
  return (request: Request, response: Response, next: NextFunction): void => {
    const client = clientOf(request);
    // What is asked for a request that has a place needs none of its own.
    const leave = behalfIn(request) === null ? share.enter(client, most) : () => {};
    if (!leave) throw new TooMany('too many requests at once', SOON_S);
    const gone = new AbortController();
    // One listener for both: ten are let be, and a stream that ends in an answer brings seven.
    response.once('close', () => {
      leave();
      gone.abort(LEFT);
    });
    response.once('standing', leave);
    askedBy({ client, signal: gone.signal }, next);
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
