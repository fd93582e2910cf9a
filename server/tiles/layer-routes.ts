// The layers of a jurisdiction and the places in them, to fill pickers and search boxes.

import { type Request, Router } from 'express';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { filterQuery } from '../filter/contract.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import type { LayerRow } from '../layers/contract.ts';
import { listFeatures, type SearchableFeature, searchFeatures } from './features.ts';
import { drawnLimit, joinedAreas } from './limit.ts';
import { ownOrigin } from './routes.ts';
import { findVersion, listVersions, type Version } from './versions.ts';
import { readZone } from './zone.ts';

const MOST_FEATURES = 100_000;
/** Layer versions whose places are kept in memory: about 20 MB each for 60,000 streets. */
const LISTS_KEPT = 8;

const layersQuery = z.object({ context: z.enum(['0', '1']).optional() });
const limitQuery = z.object({ areas: z.string().max(80, 'longer than 80 characters').optional() });
const featuresQuery = z.object({
  q: z.string().max(200, 'longer than 200 characters').optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'not a whole number from 1')
    .transform(Number)
    .refine((limit) => limit <= MOST_FEATURES, `more than ${MOST_FEATURES}`)
    .optional(),
});

const zoneQuery = z.object({
  within: filterQuery.shape.within.unwrap(),
  year: z
    .string()
    .regex(/^\d{4}$/, 'not a year')
    .transform(Number)
    .optional(),
});

export function layerRoutes({ database }: { database: Database }): Router {
  const lists = new LRUCache<string, SearchableFeature[], Version>({
    max: LISTS_KEPT,
    fetchMethod: (_key, _stale, { context: version }) => listFeatures(database, version, MOST_FEATURES),
  });
  const covers = new LRUCache<string, { readonly limit: object | null }, Version>({
    max: LISTS_KEPT,
    fetchMethod: async (_key, _stale, { context: version }) => ({ limit: await joinedAreas(database, version) }),
  });

  const routes = Router();
  routes.get('/:jurisdiction/layers', async (request, response) => {
    refuseParameters(request, Object.keys(layersQuery.shape));
    const { context } = parseWith(layersQuery, request.query);
    const versions = await listVersions(database, viewerOf(request), request.params.jurisdiction);
    const rows = versions
      .filter(({ type }) => context === '1' || type !== 'context')
      .map((version) => layerRow(request, version));
    response.set('Cache-Control', 'private, no-cache').json(rows);
  });
  routes.get('/:jurisdiction/limit', async (request, response) => {
    refuseParameters(request, Object.keys(limitQuery.shape));
    const { areas } = parseWith(limitQuery, request.query);
    const jurisdiction = await jurisdictionOf(database, request);
    let limit = await drawnLimit(database, jurisdiction.id);
    if (limit === null && areas !== undefined) {
      const version = await findVersion(database, viewerOf(request), request.params.jurisdiction, areas);
      limit = (await covers.fetch(keyOf(version), { context: version }))?.limit ?? null;
    }
    response.set('Cache-Control', 'private, no-cache').json({ limit });
  });
  routes.get('/:jurisdiction/layers/:layer', async (request, response) => {
    const version = await findVersion(database, viewerOf(request), request.params.jurisdiction, request.params.layer);
    response.set('Cache-Control', 'private, no-cache').json(layerRow(request, version));
  });
  routes.get('/:jurisdiction/layers/:layer/features', async (request, response) => {
    refuseParameters(request, Object.keys(featuresQuery.shape));
    const { q, limit } = parseWith(featuresQuery, request.query);
    const version = await findVersion(database, viewerOf(request), request.params.jurisdiction, request.params.layer);
    const list = (await lists.fetch(keyOf(version), { context: version })) ?? [];
    const features = searchFeatures(list, q ?? '', limit ?? MOST_FEATURES);
    response
      .set('Cache-Control', 'private, no-cache')
      .json({ layer: version.layer, layerVersion: version.version, features });
  });
  routes.get('/:jurisdiction/layers/:layer/zone', async (request, response) => {
    refuseParameters(request, Object.keys(zoneQuery.shape));
    const { within, year } = parseWith(zoneQuery, request.query);
    if (within.type !== 'polygon') throw new BadInput('within', 'not a polygon (poly:lon,lat;lon,lat;…)');
    const version = await findVersion(database, viewerOf(request), request.params.jurisdiction, request.params.layer);
    if (version.type !== 'areas') throw new NotFound('no such layer of areas');
    const zone = await readZone(database, version, within.ring, year ?? null);
    response.set('Cache-Control', 'private, no-cache').json(zone);
  });
  return routes;
}

const keyOf = ({ jurisdictionId, layerId, version, stamp }: Version) =>
  [jurisdictionId, layerId, version, stamp].join('/');

function layerRow(
  request: Request<{ jurisdiction: string }>,
  { layer, title, type, version, features, bounds, hasPopulation }: Version,
): LayerRow {
  const tiles = `${ownOrigin(request)}/tiles/${request.params.jurisdiction}/${layer}/${version}.json`;
  return { layer, title, type, version, features, bounds, tiles, hasPopulation };
}
