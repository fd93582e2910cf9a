// Which jurisdictions there are, and what the page must know of this installation.

import { Router } from 'express';
import type { JurisdictionRow } from '../access/contract.ts';
import { type Jurisdiction, newJurisdiction } from '../access/contract.ts';
import { addJurisdiction, listJurisdictions } from '../access/jurisdictions.ts';
import { viewerOf } from '../access/viewer.ts';
import { textOf } from '../calendar/days.ts';
import type { Config } from '../config.ts';
import type { Cubes, Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { createExtents } from './extent.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly config: Config };

/** Mounted under /api/v1. */
export function accessRoutes({ database, cubes, config }: Deps): Router {
  const routes = Router();
  const extentOf = createExtents();
  const told = async (jurisdiction: Jurisdiction): Promise<JurisdictionRow> => {
    const snapshot = await cubes.snapshot(jurisdiction);
    return describe(jurisdiction, snapshot, jurisdiction.bounds ?? (await extentOf(snapshot)));
  };
  routes.get('/jurisdictions', async (request, response) => {
    refuseParameters(request);
    const jurisdictions = await listJurisdictions(database, viewerOf(request));
    response.set('Cache-Control', 'private, no-cache').json(await Promise.all(jurisdictions.map(told)));
  });
  routes.post('/jurisdictions', async (request, response) => {
    const asked = parseWith(newJurisdiction, request.body);
    const { code, name, timezone } = await addJurisdiction(database, viewerOf(request), { ...asked, srid: null });
    response.status(201).json({ code, name, timezone });
  });
  routes.get('/portal', (_request, response) => {
    response.set('Cache-Control', 'private, no-cache').json({ basemapStyle: config.basemapStyle });
  });
  return routes;
}

function describe(
  { code, name, timezone, synthetic }: Jurisdiction,
  { dataVersion, sources }: Snapshot,
  bounds: Jurisdiction['bounds'],
): JurisdictionRow {
  const firstDays = sources.flatMap(({ firstDay }) => firstDay ?? []);
  const lastDays = sources.flatMap(({ lastDay }) => lastDay ?? []);
  const through: Record<string, Record<string, string>> = {};
  for (const source of sources) {
    if (source.through === null) continue;
    through[source.kind] ??= {};
    through[source.kind]![source.code] = textOf(source.through);
  }
  return {
    code,
    name,
    timezone,
    bounds,
    dataVersion,
    from: firstDays.length ? textOf(Math.min(...firstDays)) : null,
    until: lastDays.length ? textOf(Math.max(...lastDays) + 1) : null,
    through,
    synthetic,
  };
}
