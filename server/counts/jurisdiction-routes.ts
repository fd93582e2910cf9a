// Which jurisdictions there are, and what the page must know of this installation.

import { Router } from 'express';
import {
  type Jurisdiction,
  type JurisdictionRow,
  newJurisdiction,
  portalQuery,
  type Viewer,
} from '../access/contract.ts';
import { addJurisdiction, listJurisdictions, listShared } from '../access/jurisdictions.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Config } from '../config.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { framedBy } from '../http/embed.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Overview } from './overview.ts';
import { rowWithin } from './scoped.ts';

type Deps = {
  readonly database: Database;
  readonly cubes: Cubes;
  readonly taxonomy: Taxonomy;
  readonly overview: Overview;
  readonly config: Pick<Config, 'basemapStyle' | 'access' | 'embedOrigins'>;
};

/** Mounted under /api/v1. */
export function accessRoutes({ database, cubes, taxonomy, overview, config }: Deps): Router {
  const routes = Router();
  routes.get('/jurisdictions', async (request, response) => {
    refuseParameters(request);
    const viewer = viewerOf(request);
    const own = await listJurisdictions(database, viewer);
    const jurisdictions = [...own, ...(await listShared(database, viewer, new Date()))];
    const rows = await overview.rows(jurisdictions);
    const told = await Promise.all(rows.map((row) => within(viewer, jurisdictions, row)));
    response.set('Cache-Control', 'private, no-cache').json(told);
  });
  /** One row, as far as its agreement or the account goes. */
  const within = (viewer: Viewer, jurisdictions: readonly Jurisdiction[], row: JurisdictionRow) => {
    const jurisdiction = jurisdictions.find(({ code }) => code === row.code)!;
    const scope = jurisdiction.shared ?? viewer.scope;
    return rowWithin({ database, cubes, taxonomy }, { ...viewer, scope }, jurisdiction, row);
  };
  routes.post('/jurisdictions', async (request, response) => {
    const asked = parseWith(newJurisdiction, request.body);
    const { code, name, timezone } = await seeingEverybody(() =>
      addJurisdiction(database, viewerOf(request), { ...asked, srid: null }),
    );
    response.status(201).json({ code, name, timezone });
  });
  routes.get('/portal', async (request, response) => {
    const { city = null } = parseWith(portalQuery, request.query);
    const embed = (await framedBy({ database, config }, city)).length > 0;
    response.set('Cache-Control', 'private, no-cache').json({ basemapStyle: config.basemapStyle, embed });
  });
  return routes;
}
