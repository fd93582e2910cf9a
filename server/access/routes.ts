// Which jurisdictions there are, and what the page must know of this installation.

import { Router } from 'express';
import type { Config } from '../config.ts';
import type { Database } from '../db/open.ts';
import { STAFF } from './contract.ts';
import { describeJurisdictions } from './query.ts';

export function accessRoutes({ database, config }: { database: Database; config: Config }): Router {
  const routes = Router();
  routes.get('/jurisdictions', async (_request, response) => {
    response.set('Cache-Control', 'private, no-cache').json(await describeJurisdictions(database, STAFF));
  });
  routes.get('/portal', (_request, response) => {
    response.set('Cache-Control', 'private, no-cache').json({ basemapStyle: config.basemapStyle });
  });
  return routes;
}
