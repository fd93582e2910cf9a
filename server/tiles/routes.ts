// Tiles and their TileJSON over HTTP: immutable addresses, so a browser asks for each tile once.

import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { rightsKey, type Viewer } from '../access/contract.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { nameOfAnswer } from '../db/program.ts';
import { openTenants } from '../db/tenants.ts';
import { BadInput, NotFound } from '../errors.ts';
import { tileCache } from './cache.ts';
import { TILE_LAYERS, type TileLayer } from './layers.ts';
import { EMPTY_TILE, tileRenderer } from './render.ts';
import type { Tile } from './square.ts';
import { findVersion, type Version } from './versions.ts';

const gunzip = promisify(gunzipCallback);

const CACHE_BYTES = 64 * 2 ** 20;
const MOST_ZOOM = 22;
/** A change made by another process is noticed within this time. */
const VERSION_TTL_MS = 10_000;
/** As long as anything is: a year. */
export const TILES_KEPT = `private, max-age=${365 * 24 * 3600}, immutable`;

export function tileRoutes({ database }: { database: Database }): Router {
  const render = tileRenderer(database);
  const tiles = tileCache(CACHE_BYTES);
  type Address = { readonly viewer: Viewer; readonly jurisdiction: string; readonly reference: string };
  const versions = new LRUCache<string, Version, Address>({
    max: 1000,
    ttl: VERSION_TTL_MS,
    fetchMethod: (_key, _stale, { context }) =>
      findVersion(database, context.viewer, context.jurisdiction, context.reference),
  });
  const drawn = async (request: Request): Promise<{ version: Version; layer: TileLayer }> => {
    const { jurisdiction = '', layer = '', version = '' } = request.params as Record<string, string>;
    const address = { viewer: viewerOf(request), jurisdiction, reference: `${layer}@${version}` };
    const key = [rightsKey(address.viewer), jurisdiction, address.reference].join('/');
    const found = await versions.fetch(key, { context: address });
    const made = found && TILE_LAYERS[found.type];
    if (!made) throw new NotFound('no tiles of this layer');
    openTenants([found.jurisdictionId]);
    return { version: found, layer: made };
  };

  const routes = Router();
  routes.get('/:jurisdiction/:layer/:version.json', async (request, response) => {
    const { version, layer } = await drawn(request);
    response.set('Cache-Control', 'private, no-cache').json(tileJson(request, version, layer));
  });
  routes.get('/:jurisdiction/:layer/:version/:z/:x/:y.mvt', async (request, response) => {
    const tile = parseTile(request.params);
    const { version, layer } = await drawn(request);
    const key = [version.jurisdictionId, version.layerId, version.version, version.stamp, tile.z, tile.x, tile.y];
    const make = () => render(version, layer.sourceLayers, tile);
    const { gzip, hash } = tile.z < layer.minZoom ? EMPTY_TILE : await tiles.get(key.join('/'), make);
    response.set('Cache-Control', TILES_KEPT);
    if (gzip === null) response.status(204).end();
    else await sendTile(request, response, gzip, hash);
  });
  return routes;
}

/** The two encodings are different bytes, so a strong ETag must tell them apart. */
export async function sendTile(request: Request, response: Response, gzip: Buffer, hash: string): Promise<void> {
  const compressed = request.acceptsEncodings('gzip') !== false;
  const etag = `"${nameOfAnswer([hash, compressed ? 'gzip' : 'plain'])}"`;
  response.vary('Accept-Encoding').set('ETag', etag);
  // Not left to Express: it sends everything again to clients whose fetch adds `Cache-Control: no-cache` of itself.
  if (request.get('if-none-match')?.includes(etag)) {
    response.status(304).end();
    return;
  }
  response.type('application/vnd.mapbox-vector-tile');
  if (compressed) response.set('Content-Encoding', 'gzip').send(gzip);
  else response.send(await gunzip(gzip));
}

export function parseTile(params: Record<string, unknown>): Tile {
  const whole = (name: string): number => {
    const value = String(params[name]);
    if (!/^\d{1,8}$/.test(value)) throw new BadInput(name, 'not a whole number');
    return Number(value);
  };
  const [z, x, y] = [whole('z'), whole('x'), whole('y')];
  if (z > MOST_ZOOM) throw new BadInput('z', `zooms end at ${MOST_ZOOM}`);
  if (x >= 2 ** z || y >= 2 ** z) throw new NotFound('no such tile at this zoom');
  return { z, x, y };
}

function tileJson(request: Request, version: Version, layer: TileLayer) {
  const { jurisdiction } = request.params as Record<string, string>;
  const path = `/tiles/${jurisdiction}/${version.layer}/${version.version}/{z}/{x}/{y}.mvt?s=${version.stamp}`;
  return {
    tilejson: '3.0.0',
    name: version.title,
    version: `${version.version}.0.0`,
    tiles: [ownOrigin(request) + path],
    vector_layers: layer.sourceLayers.map(({ name, fields }) => ({ id: name, fields })),
    minzoom: layer.minZoom,
    maxzoom: layer.maxZoom,
    ...(version.bounds ? { bounds: version.bounds } : {}),
  };
}

/** Scheme and host as the client, or its trusted proxy, wrote them; nothing when the host is none, which leaves a path. */
export function ownOrigin(request: Request): string {
  const host = request.host ?? '';
  return /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(host) ? `${request.protocol}://${host}` : '';
}
