// Deliveries over HTTP: what came when, what each changed, and undoing one.

import { type Request, Router } from 'express';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { findDelivery, listDeliveries } from '../incidents/history.ts';
import type { Jobs } from '../jobs/queue.ts';
import { changesOf } from './changes.ts';
import { undoDelivery } from './undo.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs };

/** Mounted under /api/v1. */
export function deliveryRoutes({ database, jobs }: Deps): Router {
  const routes = Router();
  jobs.handle('undo', async (jurisdiction, payload, { signal }) => {
    const { delivery } = payload as { delivery: number };
    return undoDelivery(database.background, jurisdiction, delivery, { via: 'page', signal });
  });

  const asked = async (request: Request) => ({
    jurisdiction: await jurisdictionOf(database, request),
    delivery: numberOf(request.params.delivery),
  });

  routes.get('/:jurisdiction/deliveries', async (request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    response.set('Cache-Control', 'private, no-store').json(await listDeliveries(database, jurisdiction));
  });
  routes.get('/:jurisdiction/deliveries/:delivery', async (request: Request, response) => {
    const { jurisdiction, delivery } = await asked(request);
    const row = await findDelivery(database, jurisdiction, delivery);
    const changes = await changesOf(database, jurisdiction, delivery);
    response.set('Cache-Control', 'private, no-store').json({ ...row, changes });
  });
  routes.post('/:jurisdiction/deliveries/:delivery/undo', async (request: Request, response) => {
    const { jurisdiction, delivery } = await asked(request);
    await findDelivery(database, jurisdiction, delivery);
    response.status(202).json(await jobs.start(jurisdiction, 'undo', { delivery }));
  });
  return routes;
}

function numberOf(text: unknown): number {
  if (!/^[1-9]\d{0,8}$/.test(String(text))) throw new NotFound('no such delivery');
  return Number(text);
}
