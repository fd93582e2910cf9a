// The door of what is shared: who asks about another authority is let see what an agreement lets them, for as long as it
// holds; what still runs when it ends is cut.

import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { holdingOf, sharedWith } from '../access/agreements.ts';
import { operationOf } from '../access/rights.ts';
import { viewerOf } from '../access/viewer.ts';
import { askerLeaves } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';

const LOOK_EVERY_MS = 1000;

type SharingDeps = { readonly database: Database; readonly log: Logger; readonly now: () => Date };

/** Behind who asks and before what they may: mount it once per tree of addresses. */
export function byAgreement({ database, log, now }: SharingDeps): RequestHandler {
  const open = new Map<string, Set<Response>>();
  let isLooking = false;
  const look = async () => {
    const holding = await seeingEverybody(() => holdingOf(database, [...open.keys()], now()));
    for (const [id, responses] of open) {
      if (holding.has(id)) continue;
      open.delete(id);
      for (const response of responses) response.destroy();
    }
  };
  const timer = setInterval(() => {
    if (isLooking || open.size === 0) return;
    isLooking = true;
    look()
      .catch((error: unknown) => log.info({ err: error }, 'whether agreements hold was not looked up'))
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();

  const follow = (id: string, response: Response) => {
    const all = open.get(id) ?? new Set();
    open.set(id, all.add(response));
    const over = () => {
      all.delete(response);
      if (all.size === 0 && open.get(id) === all) open.delete(id);
    };
    askerLeaves().addEventListener('abort', over, { once: true });
  };

  return async (request, response, next) => {
    const code = operationOf(request.method, request.baseUrl + request.path)?.parts.jurisdiction;
    if (code === undefined) return next();
    const [shared] = await seeingEverybody(() => sharedWith(database, viewerOf(request), now(), code));
    if (shared) {
      request.viewer = { ...viewerOf(request), scope: shared.scope };
      follow(shared.agreement, response);
    }
    next();
  };
}
