// The versions of a layer over HTTP: list, report, compare, return, remove and restore.

import { type Request, Router } from 'express';
import * as z from 'zod';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { jurisdictionOf, OPERATOR, viewerOf } from '../access/viewer.ts';
import { narrowedFor } from '../counts/narrowed.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { EVERYTHING, parseFilter } from '../filter/contract.ts';
import { findLayer, findWithin } from '../filter/places.ts';
import { resolveFilter } from '../filter/plan.ts';
import { placeLayer, placeStreetsAgain } from '../geocoding/placement.ts';
import { parseWith } from '../http/contract.ts';
import type { Jobs } from '../jobs/queue.ts';
import { compareVersions, outlinesOf } from '../layers/compare.ts';
import { type LayerHistory, limitWish, type VersionsCompared } from '../layers/contract.ts';
import {
  findStoredLayer,
  listLayerVersions,
  listRemovedLayers,
  type PlaceAgain,
  readChecks,
  removeLayer,
  removeVersion,
  requireVersion,
  restoreLayer,
  restoreVersion,
  returnTo,
  type StoredLayer,
} from '../layers/history.ts';
import { limitFromAreas, requireLimitAreas } from '../layers/limit.ts';
import { countNearby } from '../layers/nearby.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { sendReport } from './routes.ts';

type Deps = {
  readonly database: Database;
  readonly cubes: Cubes;
  readonly taxonomy: Taxonomy;
  readonly jobs: Jobs;
};

const number = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'not a version')
  .transform(Number);
/** `outlines=1`: with the shapes of what changed. */
const compareQuery = z.object({ from: number, until: number, outlines: z.enum(['0', '1']).default('0') });
const reportQuery = z.object({ format: z.enum(['csv', 'geojson', 'json']).default('json') });
const pointsQuery = z.object({ within: z.string().max(200) });
const returnBody = z.strictObject({ version: z.number().int().min(1).max(999_999) });
type Restore = { readonly layer: string; readonly version: number | null };

/** Mounted under /api/v1. */
export function versionRoutes({ database, cubes, taxonomy, jobs }: Deps): Router {
  const routes = Router();
  const asked = async (request: Request) => {
    const { params } = request;
    const jurisdiction = await jurisdictionOf(database, request);
    const layer = await findStoredLayer(database, jurisdiction, String(params.layer));
    const { version } = params;
    return { jurisdiction, layer, version: version === undefined ? 0 : versionOf(String(version)) };
  };
  jobs.handle('restore', async ({ code }, payload, { onProgress }) => {
    const { layer, version } = payload as Restore;
    const { background } = database;
    const jurisdiction = await findJurisdiction(background, OPERATOR, code);
    const again: PlaceAgain = async (writer, stored) => {
      const versions = version === null ? await publishedVersions(writer, jurisdiction, stored) : [version];
      for (const each of versions) {
        if (stored.type !== 'areas' && stored.type !== 'streets') continue;
        const target = { layerId: stored.layerId, version: each, layer: stored.code, type: stored.type };
        await placeLayer(writer, jurisdiction, target, (share) => onProgress('placing', share));
      }
    };
    if (version === null) await restoreLayer(background, jurisdiction, layer, again);
    else await restoreVersion(background, jurisdiction, layer, version, again);
    return { layer, version };
  });
  const publishedVersions = async (writer: Database, jurisdiction: Jurisdiction, layer: StoredLayer) =>
    (await listLayerVersions(writer, jurisdiction, layer)).filter(({ removed }) => !removed).map((row) => row.version);

  jobs.handle('limit', async ({ code }, payload, { onProgress }) => {
    const { background } = database;
    const jurisdiction = await findJurisdiction(background, OPERATOR, code);
    const wish = parseWith(limitWish, payload);
    const report = await limitFromAreas(background, jurisdiction, wish, (share) => onProgress('storing', share));
    onProgress('placing', null);
    await placeStreetsAgain(background, await findJurisdiction(background, OPERATOR, code));
    return report;
  });
  routes.put('/:jurisdiction/limit', async (request: Request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    const wish = parseWith(limitWish, request.body);
    await requireLimitAreas(database, jurisdiction, wish);
    response.status(202).json(await jobs.start(jurisdiction, 'limit', wish));
  });

  routes.get('/:jurisdiction/layers/:layer/versions', async (request: Request, response) => {
    const { jurisdiction, layer } = await asked(request);
    const versions = await listLayerVersions(database, jurisdiction, layer);
    response.set('Cache-Control', 'private, no-cache').json({
      layer: layer.code,
      title: layer.title,
      type: layer.type,
      removed: layer.current === null && layer.removed !== null,
      versions,
    } satisfies LayerHistory);
  });
  routes.get('/:jurisdiction/removed-layers', async (request: Request, response) => {
    const jurisdiction = await jurisdictionOf(database, request);
    response.set('Cache-Control', 'private, no-cache').json(await listRemovedLayers(database, jurisdiction));
  });
  routes.get('/:jurisdiction/layers/:layer/versions/:version/report', async (request: Request, response) => {
    const { format } = parseWith(reportQuery, request.query);
    const { jurisdiction, layer, version } = await asked(request);
    sendReport(response, await readChecks(database, jurisdiction, layer, version), format, `${layer.code}-${version}`);
  });
  routes.get('/:jurisdiction/layers/:layer/compare', async (request: Request, response) => {
    const { from, until, outlines } = parseWith(compareQuery, request.query);
    const { jurisdiction, layer } = await asked(request);
    const { changes, same } = await compareVersions(database, jurisdiction, layer, from, until);
    const counted = layer.current !== null && (layer.type === 'areas' || layer.type === 'streets');
    const [before, after] = counted
      ? [
          await incidentsIn(viewerOf(request), jurisdiction, layer, from),
          await incidentsIn(viewerOf(request), jurisdiction, layer, until),
        ]
      : [null, null];
    const rows = changes.map(({ fromId, untilId, ...change }) => ({
      ...change,
      incidentsFrom: before && fromId !== null ? (before[fromId] ?? 0) : null,
      incidentsUntil: after && untilId !== null ? (after[untilId] ?? 0) : null,
    }));
    response.set('Cache-Control', 'private, no-cache').json({
      layer: layer.code,
      from,
      until,
      changes: rows,
      same,
      incidents: before && after && { from: mapped(before), until: mapped(after) },
      outlines: outlines === '1' ? await outlinesOf(database, jurisdiction, layer, changes, from, until) : null,
    } satisfies VersionsCompared);
  });
  /** Incidents of kind `incident`, by place id: of those the viewer counts. */
  const incidentsIn = async (viewer: Viewer, jurisdiction: Jurisdiction, layer: StoredLayer, version: number) => {
    const snapshot = await cubes.snapshot(jurisdiction);
    const plan = resolveFilter(EVERYTHING, { ...snapshot, taxonomy }, null);
    const found = await findLayer(database, snapshot, `${layer.code}@${version}`, 'from');
    const asked = { name: 'compare', layer: found, within: null, inside: null };
    return (await snapshot.answers.byPlace(narrowedFor(viewer, asked, snapshot, taxonomy).narrow(plan), found)).counts;
  };

  routes.get('/:jurisdiction/points', async (request: Request, response) => {
    const { within } = parseWith(pointsQuery, request.query);
    const jurisdiction = await jurisdictionOf(database, request);
    const place = await findWithin(database, await cubes.snapshot(jurisdiction), parseFilter({ within }).within);
    if (place?.type !== 'place') throw new BadInput('within', 'an area or a street (LAYER:CODE or LAYER:#ID)');
    response.set('Cache-Control', 'private, no-cache').json(await countNearby(database, jurisdiction, place));
  });
  routes.post('/:jurisdiction/layers/:layer/return', async (request: Request, response) => {
    const { version } = parseWith(returnBody, request.body);
    const { jurisdiction, layer } = await asked(request);
    await returnTo(database, jurisdiction, layer.code, version);
    response.json({ layer: layer.code, version });
  });
  routes.delete('/:jurisdiction/layers/:layer', async (request: Request, response) => {
    const { jurisdiction, layer } = await asked(request);
    await removeLayer(database, jurisdiction, layer.code);
    response.status(204).end();
  });
  routes.delete('/:jurisdiction/layers/:layer/versions/:version', async (request: Request, response) => {
    const { jurisdiction, layer, version } = await asked(request);
    await removeVersion(database, jurisdiction, layer.code, version);
    response.status(204).end();
  });
  routes.post('/:jurisdiction/layers/:layer/restore', async (request: Request, response) => {
    const { jurisdiction, layer } = await asked(request);
    if (layer.removed === null) throw new Conflict(`layer ${layer.code} is not removed`);
    const payload: Restore = { layer: layer.code, version: null };
    response.status(202).json(await jobs.start(jurisdiction, 'restore', payload));
  });
  routes.post('/:jurisdiction/layers/:layer/versions/:version/restore', async (request: Request, response) => {
    const { jurisdiction, layer, version } = await asked(request);
    await requireVersion(database.db, jurisdiction.id, layer, version, true);
    const payload: Restore = { layer: layer.code, version };
    response.status(202).json(await jobs.start(jurisdiction, 'restore', payload));
  });
  return routes;
}

/** A number no version can have is one that does not exist, like any other that has none. */
function versionOf(text: string): number {
  const { success, data } = number.safeParse(text);
  if (!success) throw new NotFound('no such layer or version');
  return data;
}

/** Place 0 stands for none. */
const mapped = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, n, id) => (id === 0 ? 0 : sum + n), 0);
