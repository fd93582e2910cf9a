// Single incidents over HTTP, as GeoJSON pages.

import { type Request, Router } from 'express';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { jurisdictionOf, tellRows, viewerOf } from '../access/viewer.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import type { Filter } from '../filter/contract.ts';
import { parseAsked } from '../filter/parse.ts';
import { planFor } from '../filter/scope.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { type Continued, continuedAt, nextOf, pageParameters, type Started } from './pages.ts';
import { type ListedIncident, listIncidents } from './query.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };

/** Mounted under /api/v1. */
export function incidentRoutes({ database, cubes, taxonomy }: Deps): Router {
  /** The first page: of the newest data there are. */
  const start = async (viewer: Viewer, jurisdiction: Jurisdiction, filter: Filter, limit: number): Promise<Started> => {
    const snapshot = await cubes.snapshot(jurisdiction);
    const { plan } = await planFor({ database, taxonomy }, snapshot, viewer, filter);
    const found = await listIncidents(database, viewer, jurisdiction, snapshot.state, plan, { limit, after: null });
    await refuseOutdated(database, jurisdiction.id, snapshot.state);
    return { found, from: { ...snapshot.state, range: plan.range } };
  };

  /** A later one: of the data the first was of. */
  const goOn = async (
    viewer: Viewer,
    jurisdiction: Jurisdiction,
    filter: Filter,
    limit: number,
    at: Continued,
  ): Promise<Started> => {
    const { context, confirm } = await continuedAt(database, jurisdiction, at);
    const asked = filter.period === null ? filter : { ...filter, period: null };
    const begun = await planFor({ database, taxonomy }, context, viewer, asked);
    const plan = { ...begun.plan, range: at.range };
    const found = await listIncidents(database, viewer, jurisdiction, at, plan, { limit, after: at });
    await confirm();
    return { found, from: at };
  };

  const routes = Router();
  routes.get('/:jurisdiction/incidents', async (request: Request, response) => {
    const { filter, own } = parseAsked(request, pageParameters);
    // One more than asked for tells whether there is a next page.
    const { found, from } = await askAgain(async () => {
      const jurisdiction = await jurisdictionOf(database, request);
      return own.after
        ? goOn(viewerOf(request), jurisdiction, filter, own.limit + 1, own.after)
        : start(viewerOf(request), jurisdiction, filter, own.limit + 1);
    });
    const page = found.slice(0, own.limit);
    const last = page.at(-1);
    await tellRows(request, page.length);
    response
      .set('Cache-Control', 'private, no-store')
      .type('application/geo+json')
      .json({
        type: 'FeatureCollection',
        dataVersion: from.dataVersion,
        features: page.map(toFeature),
        next: found.length > page.length && last ? nextOf(last, from) : null,
      });
  });
  return routes;
}

function toFeature({ lon, lat, ...properties }: ListedIncident) {
  const geometry = lon === null || lat === null ? null : { type: 'Point', coordinates: [lon, lat] };
  return { type: 'Feature', id: properties.id, geometry, properties };
}
