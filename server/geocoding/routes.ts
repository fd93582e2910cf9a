// Names without a place over HTTP: list them, say what one means, take that back.

import { type Request, Router } from 'express';
import * as z from 'zod';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { parseWith } from '../http/contract.ts';
import type { Jobs } from '../jobs/queue.ts';
import { removeAlias, saveAlias } from './aliases.ts';
import { aliasBody, aliasKey, placeNamesQuery } from './contract.ts';
import { listPlaceNames } from './query.ts';
import { type AliasKey, placeNamesAgain } from './rematch.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs };

const payload = z.strictObject({ only: z.strictObject({ name: z.string(), within: z.string() }).nullable() });

/** Mounted under /api/v1. */
export function placeNameRoutes({ database, jobs }: Deps): Router {
  const routes = Router();
  const find = (request: Request) => jurisdictionOf(database, request);
  jobs.handle('place-names', async (jurisdiction, given, watch) => ({
    texts: await placeNamesAgain(database.background, jurisdiction, parseWith(payload, given).only, watch),
  }));
  const again = async (request: Request, only: AliasKey | null) =>
    jobs.start(await find(request), 'place-names', { only });

  routes.get('/:jurisdiction/place-names', async (request: Request, response) => {
    const { layer = null, limit } = parseWith(placeNamesQuery, request.query);
    const answer = await listPlaceNames(database, await find(request), layer, limit);
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.post('/:jurisdiction/place-names/match', async (request: Request, response) => {
    response.status(202).json(await again(request, null));
  });
  routes
    .route('/:jurisdiction/place-names/aliases')
    .put(async (request: Request, response) => {
      const alias = parseWith(aliasBody, request.body);
      await saveAlias(database, await find(request), alias);
      response.status(202).json(await again(request, { name: alias.name, within: alias.within }));
    })
    .delete(async (request: Request, response) => {
      const { name, within } = parseWith(aliasKey, request.query);
      await removeAlias(database, await find(request), name, within);
      response.status(202).json(await again(request, { name, within }));
    });
  return routes;
}
