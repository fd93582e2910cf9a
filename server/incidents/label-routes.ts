// Labels no list of offences knows over HTTP: list them, say what one is, take that back.

import { type Request, Router } from 'express';
import { STAFF } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { resolveFilter } from '../stats/plan.ts';
import { EVERYTHING, KINDS, labelChoice, labelQuery, parseWith } from './contract.ts';
import { chooseOffence, forgetChoice, listLabels } from './offence-choices.ts';
import type { Taxonomy } from './taxonomy.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };

/** Mounted under /api/v1. */
export function offenceLabelRoutes({ database, cubes, taxonomy }: Deps): Router {
  const routes = Router();
  const find = ({ params }: Request) => findJurisdiction(database, STAFF, String(params.jurisdiction));
  routes
    .route('/:jurisdiction/offence-labels')
    .get(async (request: Request, response) => {
      const jurisdiction = await find(request);
      const snapshot = await cubes.snapshot(jurisdiction);
      const counts = new Map<number, number>();
      for (const kind of KINDS) {
        const plan = resolveFilter({ ...EVERYTHING, kind }, { ...snapshot, taxonomy }, null);
        for (const [id, count] of (await snapshot.answers.bySlot(plan)).offences)
          counts.set(id, (counts.get(id) ?? 0) + count);
      }
      const answer = await listLabels(database, jurisdiction, taxonomy, snapshot.offences, counts);
      response.set('Cache-Control', 'private, no-store').json(answer);
    })
    .put(async (request: Request, response) => {
      const choice = parseWith(labelChoice, request.body);
      await chooseOffence(database, await find(request), taxonomy, choice);
      response.status(204).end();
    })
    .delete(async (request: Request, response) => {
      const { label } = parseWith(labelQuery, request.query);
      await forgetChoice(database, await find(request), label);
      response.status(204).end();
    });
  return routes;
}
