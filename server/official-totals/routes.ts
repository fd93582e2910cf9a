// The benchmark over HTTP: what an authority publishes of the same area and offences, month by month.

import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { refuseWithinAreas } from '../counts/scoped.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { readState } from '../filter/catalogue.ts';
import { PARAMETERS, parseAsked } from '../filter/parse.ts';
import { createResponder, json } from '../http/responses.ts';
import { deliveryAsOf } from '../incidents/history.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { BenchmarkAnswer } from './contract.ts';
import { type BenchmarkFacts, benchmarkFacts, benchmarkOf } from './query.ts';

const STATES_KNOWN = 100;

type Deps = { readonly database: Database; readonly taxonomy: Taxonomy };

/** Mounted under /api/v1. */
export function benchmarkRoutes({ database, taxonomy }: Deps): Router {
  const routes = Router();
  const respond = createResponder({ cache: true });
  const known = new LRUCache<string, Promise<BenchmarkFacts>>({ max: STATES_KNOWN });
  routes.get('/:jurisdiction/benchmark', async (request: Request, response: Response) => {
    refuseWithinAreas(viewerOf(request));
    const { filter, own } = parseAsked(request, PARAMETERS.benchmark);
    const { from, until, kind, theme } = filter;
    for (const name of ['hour', 'weekday', 'weekdayOf', 'within', 'inside', 'period', 'source'] as const) {
      if (name in request.query) throw new BadInput(name, 'monthly totals of an area have no such parameter');
    }
    if (kind === 'call') throw new BadInput('kind', 'there are no monthly totals of calls');
    const offences = theme === null ? filter.offences : taxonomy.themeOffences(theme);
    const jurisdiction = await jurisdictionOf(database, request);
    const state = await readState(database, jurisdiction.id);
    if (!state) throw new NotFound('no such data');
    const head = own.asOf === undefined ? state.head : await deliveryAsOf(database, jurisdiction, own.asOf);
    const { dataVersion, token } = state;
    const standing = { jurisdictionId: jurisdiction.id, head, kind };
    const asked = { offences: offences.length ? offences : null, from, until };
    await respond(request, response, { ...standing, dataVersion, token }, ['benchmark', standing, asked], async () => {
      const key = `${token} ${head} ${kind}`;
      const facts = known.get(key) ?? benchmarkFacts(database, standing);
      known.set(key, facts);
      facts.catch(() => known.delete(key));
      const { source, through } = await facts;
      const answer = await benchmarkOf(database, taxonomy, standing, await facts, asked);
      return json({ dataVersion, source, through, ...answer } satisfies BenchmarkAnswer);
    });
  });
  return routes;
}
