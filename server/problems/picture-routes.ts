// Pictures of a problem over HTTP: kept as the page draws them, shown, removed.

import express, { type Request, Router } from 'express';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Stats } from '../counts/asking.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { newPicture } from './contract.ts';
import { removeFile } from './files.ts';
import { addPicture, readPicture } from './pictures.ts';
import { problemAsked } from './routes.ts';
import { findProblem } from './store.ts';

const PER_MINUTE = 60;
/** A picture as text, a third larger than it is, with its words. */
const BODY_LIMIT = '768kb';

/** Stands before whatever reads bodies and lets none so large. */
export function pictureBodies(): Router {
  const bodies = Router();
  bodies.post('/:jurisdiction/problems/:problem/pictures', express.json({ limit: BODY_LIMIT }));
  return bodies;
}

/** Mounted under /api/v1. */
export function pictureRoutes(stats: Stats): Router {
  const { database, cubes } = stats;
  const routes = Router();
  const asked = async (request: Request) => {
    refuseParameters(request);
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, id: jurisdiction.id, viewer: viewerOf(request), problem: problemAsked(request) };
  };
  routes.post('/:jurisdiction/problems/:problem/pictures', throttle(PER_MINUTE), async (request, response) => {
    const { jurisdiction, id, viewer, problem } = await asked(request);
    await findProblem(database, viewer, id, problem);
    const sent = parseWith(newPicture, request.body);
    const snapshot = await cubes.snapshot(jurisdiction);
    const added = await addPicture({ database, stats, snapshot }, viewer, id, problem, sent);
    response.set('Cache-Control', 'private, no-store').status(201).json(added);
  });
  routes.get('/:jurisdiction/problems/:problem/pictures/:item', async (request, response) => {
    const { id, viewer, problem } = await asked(request);
    const png = await readPicture(database, viewer, id, problem, problemAsked(request, 'item'));
    response
      .set({ 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff' })
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .type('image/png')
      .send(png);
  });
  routes.delete('/:jurisdiction/problems/:problem/pictures/:item', async (request, response) => {
    const { id, viewer, problem } = await asked(request);
    await removeFile(database, viewer, id, problem, problemAsked(request, 'item'), 'picture');
    response.status(204).end();
  });
  return routes;
}
