// The places of a layer as paths for a canvas, taken once from the tiles the map is made of; every small map draws the same.

import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { pause } from '../store/pause.ts';

type Bounds = readonly [west: number, south: number, east: number, north: number];
export type TileKey = { readonly z: number; readonly x: number; readonly y: number };
export type Shapes = {
  /** Path by place id, in units of `size`. */
  readonly paths: ReadonlyMap<string, Path2D>;
  readonly size: { readonly width: number; readonly height: number };
};

/** Areas need little detail; streets are all there from this zoom on. */
const AREAS = { least: 8, most: 12, tiles: 6 };
const STREETS_ZOOM = 12;
const MOST_TILES = 64;
const EXTENT = 4096;

const tileX = (lon: number, z: number) => ((lon + 180) / 360) * 2 ** z;
const tileY = (lat: number, z: number) => {
  const sine = Math.sin((lat * Math.PI) / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 2 ** z;
};

/** The tiles that cover a box; null where those would be too many. */
export function tilesOver([west, south, east, north]: Bounds, isStreets: boolean): readonly TileKey[] | null {
  const at = (z: number) => {
    const [left, right] = [Math.floor(tileX(west, z)), Math.floor(tileX(east, z))];
    const [top, bottom] = [Math.floor(tileY(north, z)), Math.floor(tileY(south, z))];
    const tiles: TileKey[] = [];
    for (let y = top; y <= bottom && tiles.length <= MOST_TILES; y++)
      for (let x = left; x <= right && tiles.length <= MOST_TILES; x++) tiles.push({ z, x, y });
    return tiles;
  };
  if (isStreets) {
    const tiles = at(STREETS_ZOOM);
    return tiles.length > MOST_TILES ? null : tiles;
  }
  for (let z = AREAS.most; z >= AREAS.least; z--) {
    const tiles = at(z);
    if (tiles.length <= AREAS.tiles) return tiles;
  }
  return at(AREAS.least);
}

/** Of a city there are dozens, and a server that is busy with them refuses the rest for a moment. */
const AT_ONCE = 4;
const BUSY = [429, 503];
const TIMES_AGAIN = 8;
const AGAIN_AFTER_S = 2;

async function fetchPatiently(address: string, signal: AbortSignal): Promise<Response> {
  for (let times = 0; ; times++) {
    const response = await fetch(address, { signal, credentials: 'same-origin' });
    if (!BUSY.includes(response.status) || times >= TIMES_AGAIN) return response;
    await response.body?.cancel();
    await pause(1000 * (Number(response.headers.get('Retry-After')) || AGAIN_AFTER_S), signal);
  }
}

type Wanted = {
  readonly bounds: Bounds;
  readonly isStreets: boolean;
  /** `…/{z}/{x}/{y}.mvt` */
  readonly template: string;
  readonly signal: AbortSignal;
};

/** Null where the city is too large for it. Rejects where a tile cannot be had. */
export async function fetchShapes({ bounds, isStreets, template, signal }: Wanted): Promise<Shapes | null> {
  const tiles = tilesOver(bounds, isStreets);
  if (!tiles?.[0]) return null;
  const { z } = tiles[0];
  const [west, south, east, north] = bounds;
  const origin = { x: tileX(west, z) * EXTENT, y: tileY(north, z) * EXTENT };
  const paths = new Map<string, Path2D>();
  const draw = async ({ x, y }: TileKey) => {
    const address = template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));
    const response = await fetchPatiently(address, signal);
    if (response.status === 204) return;
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const tile = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer())));
    const layer = tile.layers[isStreets ? 'streets' : 'areas'];
    for (let i = 0; i < (layer?.length ?? 0); i++) {
      const feature = layer!.feature(i);
      const id = String(feature.id);
      const path = paths.get(id) ?? new Path2D();
      paths.set(id, path);
      for (const line of feature.loadGeometry()) {
        line.forEach((point, at) => {
          const [px, py] = [x * EXTENT + point.x - origin.x, y * EXTENT + point.y - origin.y];
          if (at === 0) path.moveTo(px, py);
          else path.lineTo(px, py);
        });
        if (!isStreets) path.closePath();
      }
    }
  };
  let next = 0;
  const work = async () => {
    while (next < tiles.length) await draw(tiles[next++]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const size = { width: tileX(east, z) * EXTENT - origin.x, height: tileY(south, z) * EXTENT - origin.y };
  return { paths, size };
}
