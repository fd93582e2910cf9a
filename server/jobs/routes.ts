// What runs in the background, over HTTP: how far it is, what came of it, and stopping it.

import { type Request, Router } from 'express';
import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { NotAllowed } from '../errors.ts';
import { languageAsked, reasonIn } from '../i18n/reasons.ts';
import { type JobState, rightOfJob } from './contract.ts';
import type { Jobs } from './queue.ts';

type Deps = { readonly database: Database; readonly jobs: Jobs };

const mayKnow = (viewer: Viewer, { kind }: Pick<JobState, 'kind'>) => mayDo(viewer, rightOfJob(kind));

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
      if (!mayKnow(viewerOf(request), await jobs.get(jurisdiction, String(request.params.id))))
        throw new NotAllowed('your role may not do this');
      response.status(202).json(told(request, await jobs.cancel(jurisdiction, String(request.params.id))));
    });
  return routes;
}

/** With why it failed, in the language asked for; to others that it runs, and no more. */
function told(request: Request, job: JobState): JobState {
  if (!mayKnow(viewerOf(request), job)) return { ...job, report: null, problem: null };
  return job.problem === null ? job : { ...job, problem: reasonIn(languageAsked(request), job.problem) };
}
