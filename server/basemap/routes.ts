// The basemaps of this server and their tiles over HTTP: nothing the page draws under the data comes from elsewhere.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { Compression } from 'pmtiles';
import { nameOfAnswer } from '../db/program.ts';
import { NotFound } from '../errors.ts';
import { refuseParameters } from '../filter/parse.ts';
import { ownOrigin, parseTile, sendTile, TILES_KEPT } from '../tiles/routes.ts';
import { type BasemapArchive, inflate, openArchive } from './archive.ts';
import { type BasemapFacts, type BasemapRow, TILE_FORMATS, type TileFormat } from './contract.ts';
import { basemapFile, listBasemaps } from './store.ts';

const gzip = promisify(gzipCallback);
const ARCHIVES_OPEN = 16;
const TYPES: Readonly<Record<Exclude<TileFormat, 'mvt'>, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
};

/** Mounted under /api/v1. */
export function basemapRoutes({ config: { dataDir } }: { readonly config: { readonly dataDir: string } }): Router {
  const routes = Router();
  routes.get('/basemaps', async (request, response) => {
    refuseParameters(request);
    const rows = (await listBasemaps(dataDir)).map((facts) => rowOf(request, facts));
    response.set('Cache-Control', 'private, no-cache').json(rows);
  });
  return routes;
}

function rowOf(request: Request, facts: BasemapFacts): BasemapRow {
  const { name, stamp, title, format, minZoom, maxZoom, bounds, attribution, layers } = facts;
  return {
    ...{ name, title, minZoom, maxZoom, bounds, attribution, layers },
    kind: format === 'mvt' ? 'vector' : 'raster',
    tiles: `${ownOrigin(request)}/basemaps/${name}/${stamp}/{z}/{x}/{y}.${format}`,
  };
}

/** Mounted under /basemaps, before compression: tiles are compressed as they lie in the file. */
export function basemapTileRoutes({ config: { dataDir } }: { readonly config: { readonly dataDir: string } }): Router {
  const archives = new LRUCache<string, BasemapArchive>({
    max: ARCHIVES_OPEN,
    fetchMethod: (path) => openArchive(path),
  });
  const routes = Router();
  routes.get('/:name/:stamp/:z/:x/:y.:format', async (request, response) => {
    const { name, stamp, format } = request.params;
    const tile = parseTile(request.params);
    if (!TILE_FORMATS.some((known) => known === format)) throw new NotFound('no such tile');
    const path = basemapFile(dataDir, name, stamp);
    const archive = await archives.fetch(path);
    if (archive?.format !== format) throw new NotFound('no such tile');
    const found = await archive.tile(tile.z, tile.x, tile.y).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new NotFound('no such basemap') : error;
    });
    response.set('Cache-Control', TILES_KEPT);
    if (found === null || found.bytes.length === 0) response.status(204).end();
    else if (archive.format === 'mvt') await sendVector(request, response, found.bytes, found.compression);
    else sendPicture(request, response, await inflate(found.bytes, found.compression), TYPES[archive.format]);
  });
  return routes;
}

async function sendVector(request: Request, response: Response, bytes: Buffer, compression: Compression) {
  const packed = compression === Compression.Gzip ? bytes : await gzip(await inflate(bytes, compression));
  await sendTile(request, response, packed, hashOf(bytes));
}

function sendPicture(request: Request, response: Response, bytes: Buffer, type: string): void {
  const etag = `"${nameOfAnswer([hashOf(bytes)])}"`;
  response.set('ETag', etag);
  if (request.get('if-none-match')?.includes(etag)) response.status(304).end();
  else response.type(type).send(bytes);
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
