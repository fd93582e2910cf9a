// Single incidents over HTTP, as GeoJSON pages.

import { type Request, Router } from 'express';
import * as z from 'zod';
import { STAFF } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { Unavailable } from '../errors.ts';
import { parseAsked } from '../stats/ask.ts';
import { readState } from '../stats/catalogue.ts';
import { isDay } from '../stats/days.ts';
import { findWithin } from '../stats/places.ts';
import { resolveFilter } from '../stats/plan.ts';
import { type Cursor, type ListedIncident, listIncidents } from './query.ts';
import type { Taxonomy } from './taxonomy.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const parameters = z.object({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'not a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `not between 1 and ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT),
  after: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}_\d{1,15}$/, 'not the `next` of a page')
    .refine((text) => isDay(text.slice(0, 10)), 'not the `next` of a page')
    .transform((text): Cursor => {
      const [occurredOn = '', incidentId = ''] = text.split('_');
      return { occurredOn, incidentId: Number(incidentId) };
    })
    .optional(),
});

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };

/** Mounted under /api/v1. */
export function incidentRoutes({ database, cubes, taxonomy }: Deps): Router {
  const routes = Router();
  routes.get('/:jurisdiction/incidents', async (request: Request, response) => {
    const { filter, own } = parseAsked(request, parameters);
    const jurisdiction = await findJurisdiction(database, STAFF, String(request.params.jurisdiction));
    const snapshot = await cubes.snapshot(jurisdiction);
    const within = await findWithin(database, snapshot, filter.within);
    const plan = resolveFilter(filter, { ...snapshot, taxonomy }, within);
    const state = await readState(database, jurisdiction.id);
    if (!state) throw new Unavailable('the jurisdiction is being removed');
    // One more than asked for tells whether there is a next page.
    const found = await listIncidents(database, STAFF, jurisdiction, state, plan, {
      limit: own.limit + 1,
      after: own.after ?? null,
    });
    const page = found.slice(0, own.limit);
    const last = page.at(-1);
    response
      .set('Cache-Control', 'private, no-store')
      .type('application/geo+json')
      .json({
        type: 'FeatureCollection',
        dataVersion: state.dataVersion,
        features: page.map(toFeature),
        next: found.length > page.length && last ? `${last.date}_${last.id}` : null,
      });
  });
  return routes;
}

function toFeature({ lon, lat, ...properties }: ListedIncident) {
  const geometry = lon === null || lat === null ? null : { type: 'Point', coordinates: [lon, lat] };
  return { type: 'Feature', id: properties.id, geometry, properties };
}
