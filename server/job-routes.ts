// What runs in the background, over HTTP: how far it is, what came of it, and stopping it.

import { Router } from 'express';
import { STAFF } from './access/contract.ts';
import { findJurisdiction } from './access/jurisdictions.ts';
import type { Database } from './db/open.ts';
import type { Jobs } from './jobs.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs };

/** Mounted under /api/v1. */
export function jobRoutes({ database, jobs }: Deps): Router {
  const routes = Router();
  routes.get('/:jurisdiction/jobs', async ({ params }, response) => {
    const jurisdiction = await findJurisdiction(database, STAFF, params.jurisdiction);
    response.set('Cache-Control', 'private, no-store').json(await jobs.list(jurisdiction));
  });
  routes
    .route('/:jurisdiction/jobs/:id')
    .get(async ({ params }, response) => {
      const jurisdiction = await findJurisdiction(database, STAFF, params.jurisdiction);
      response.set('Cache-Control', 'private, no-store').json(await jobs.get(jurisdiction, params.id));
    })
    .delete(async ({ params }, response) => {
      const jurisdiction = await findJurisdiction(database, STAFF, params.jurisdiction);
      response.status(202).json(await jobs.cancel(jurisdiction, params.id));
    });
  return routes;
}
