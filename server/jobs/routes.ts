// What runs in the background, over HTTP: how far it is, what came of it, and stopping it.

import { type Request, Router } from 'express';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { languageAsked, reasonIn } from '../i18n/reasons.ts';
import type { JobState } from './contract.ts';
import type { Jobs } from './queue.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs };

/** Mounted under /api/v1. */
export function jobRoutes({ database, jobs }: Deps): Router {
  const routes = Router();
  const asked = (request: Request) => jurisdictionOf(database, request);
  routes.get('/:jurisdiction/jobs', async (request: Request, response) => {
    const rows = await jobs.list(await asked(request));
    response.set('Cache-Control', 'private, no-store').json(rows.map((job) => told(request, job)));
  });
  routes
    .route('/:jurisdiction/jobs/:id')
    .get(async (request: Request, response) => {
      const jurisdiction = await asked(request);
      const job = await jobs.get(jurisdiction, String(request.params.id));
      response.set('Cache-Control', 'private, no-store').json(told(request, job));
    })
    .delete(async (request: Request, response) => {
      const jurisdiction = await asked(request);
      response.status(202).json(told(request, await jobs.cancel(jurisdiction, String(request.params.id))));
    });
  return routes;
}

/** Why it failed, in the language asked for. */
const told = (request: Request, job: JobState): JobState =>
  job.problem === null ? job : { ...job, problem: reasonIn(languageAsked(request), job.problem) };
