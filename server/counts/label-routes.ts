// Labels no list of offences knows over HTTP: list them, say what one is, take that back.

import { type Request, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf } from '../access/viewer.ts';
import type { Cubes } from '../cube/store.ts';
import { KINDS } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { EVERYTHING } from '../filter/contract.ts';
import { resolveFilter } from '../filter/plan.ts';
import { parseWith } from '../http/contract.ts';
import { labelChoice, labelQuery } from '../taxonomy/contract.ts';
import { chooseOffence, forgetChoice, listLabels } from '../taxonomy/offence-choices.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };

/** Mounted under /api/v1. */
export function offenceLabelRoutes({ database, cubes, taxonomy }: Deps): Router {
  const routes = Router();
  const find = (request: Request) => jurisdictionOf(database, request);
  const labelsOf = async (jurisdiction: Jurisdiction) => {
    const snapshot = await cubes.snapshot(jurisdiction);
    const counts = new Map<number, number>();
    for (const kind of KINDS) {
      const plan = resolveFilter({ ...EVERYTHING, kind }, { ...snapshot, taxonomy }, null);
      for (const [id, count] of (await snapshot.answers.bySlot(plan)).offences)
        counts.set(id, (counts.get(id) ?? 0) + count);
    }
    return listLabels(database, jurisdiction, taxonomy, snapshot.offences, counts);
  };
  routes
    .route('/:jurisdiction/offence-labels')
    .get(async (request: Request, response) => {
      response.set('Cache-Control', 'private, no-store').json(await labelsOf(await find(request)));
    })
    .put(async (request: Request, response) => {
      const choice = parseWith(labelChoice, request.body);
      const jurisdiction = await find(request);
      await chooseOffence(database, jurisdiction, taxonomy, choice);
      response.json(await labelsOf(jurisdiction));
    })
    .delete(async (request: Request, response) => {
      const { label } = parseWith(labelQuery, request.query);
      const jurisdiction = await find(request);
      await forgetChoice(database, jurisdiction, label);
      response.json(await labelsOf(jurisdiction));
    });
  return routes;
}
