// The limits of all the jurisdictions a viewer may see, to be drawn beside each other.

import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import type { RegionLimits } from '../counts/contract.ts';
import { seenBy } from '../counts/region-routes.ts';
import { inLanes } from '../db/concurrently.ts';
import type { Database } from '../db/open.ts';
import { refuseParameters } from '../filter/parse.ts';
import { drawnLimit } from './limit.ts';

const LIMITS_KNOWN = 1000;

/** Mounted under /api/v1. */
export function regionLimitRoutes({ database }: { readonly database: Database }): Router {
  const limits = new LRUCache<string, { readonly geometry: object | null }>({ max: LIMITS_KNOWN });
  const routes = Router();
  routes.get('/region/limits', async (request: Request, response: Response) => {
    refuseParameters(request);
    const seen = await seenBy(database, request);
    const found: { code: string; geometry: object }[] = [];
    await inLanes(database.engine, seen, async ({ jurisdiction: { id, code }, state }) => {
      const key = `${id} ${state.token}`;
      const known = limits.get(key) ?? { geometry: await drawnLimit(database, id) };
      limits.set(key, known);
      if (known.geometry) found.push({ code, geometry: known.geometry });
    });
    const answer: RegionLimits = { limits: found.sort((a, b) => (a.code < b.code ? -1 : 1)) };
    response.set('Cache-Control', 'private, no-cache').json(answer);
  });
  return routes;
}
