// Tiles, TileJSON, layers and places over HTTP, from a database of a few known shapes.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VectorTile } from '@mapbox/vector-tile';
import express from 'express';
import { sql } from 'kysely';
import { PbfReader } from 'pbf';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../server/db/open.ts';
import { problems } from '../../server/http/problems.ts';
import { layerRoutes } from '../../server/tiles/layer-routes.ts';
import { tileRoutes } from '../../server/tiles/routes.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

let database: Database;
let server: Server;
let origin = '';

beforeAll(async () => {
  database = await openTestDatabase();
});

/** Fresh routes for every test: they remember tiles and versions. */
beforeEach(async () => {
  await emptyTables(database);
  await loadTown();
  server?.close();
  const app = express().use(asStaff);
  app.use('/tiles', tileRoutes({ database }));
  app.use('/api/v1', layerRoutes({ database }));
  app.use(problems(quietLog));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await emptyTables(database);
});

/**
 * Layer `colonias` (1): version 1 has Peñón and San Ángel, side by side on the meridian of -99, Peñón with a hole;
 * version 2 only Centro; version 3 is still being imported. Layer `agua` (2) is context, `streets` (3) three streets.
 */
async function loadTown(): Promise<void> {
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid)
    values (5, 'pueblo', 'Pueblo', 'America/Mexico_City', 32614)`.execute(database.db);
  await sql`insert into data_state (jurisdiction_id, data_token) values (5, 't')`.execute(database.db);
  await addLayer(1, 'colonias', 'areas', 2, [1, 2, 3]);
  await addLayer(2, 'agua', 'context', 1, [1]);
  await addLayer(3, 'streets', 'streets', 1, [1]);
  const hole = '(-99.015 19.005, -99.005 19.005, -99.005 19.015, -99.015 19.015, -99.015 19.005)';
  await addArea(1, 1, 1, 'Peñón', `((-99.02 19, -99 19, -99 19.02, -99.02 19.02, -99.02 19), ${hole})`);
  await addArea(1, 1, 2, 'San Ángel', '((-99 19, -98.98 19, -98.98 19.02, -99 19.02, -99 19))');
  await addArea(1, 2, 1, 'Centro', '((-99.02 19, -98.98 19, -98.98 19.02, -99.02 19.02, -99.02 19))');
  await addArea(1, 3, 1, 'Nueva', '((-99.02 19, -98.98 19, -98.98 19.02, -99.02 19.02, -99.02 19))');
  await addArea(2, 1, 1, 'Laguna', '((-99.01 19, -99 19, -99 19.01, -99.01 19.01, -99.01 19))', 'water');
  await addStreet(1, 'Avenida Juárez', 1, '-99.02 19.01, -98.98 19.01', 'Morelos', 'Pino Suárez');
  await addStreet(2, null, 4, '-99.01 19, -99.01 19.02', null, null);
  await addStreet(3, 'Callejón', 4, '-99.005 19, -99.005 19.001', null, null);
  await sql`insert into population values (5, 1, 1, 1, 2010, 900, 'INEGI'), (5, 1, 1, 1, 2020, 1200, 'INEGI')`.execute(
    database.db,
  );
}

async function addLayer(id: number, code: string, type: string, current: number, versions: number[]): Promise<void> {
  await sql`insert into layer values (5, ${id}, ${code}, ${code}, ${type}, ${current})`.execute(database.db);
  for (const version of versions) {
    await sql`insert into layer_version (jurisdiction_id, layer_id, version, features, west, south, east, north, file_name,
        file_sha256, published_at)
      values (5, ${id}, ${version}, 2, -99.02, 19, -98.98, 19.02, 'f', 'abcdef01',
        ${version <= current ? '2024-01-01' : null})`.execute(database.db);
  }
}

async function addArea(layer: number, version: number, id: number, name: string, rings: string, kind?: string) {
  await sql`insert into area (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, class, geom, label_3857)
    select 5, ${layer}, ${version}, ${id}, 'c' || ${id}::int, ${name}, 4.60001, ${kind ?? null}, g,
      ST_Transform(ST_PointOnSurface(g), 3857)
    from ST_GeomFromText(${`MULTIPOLYGON(${rings})`}, 4326) as g`.execute(database.db);
}

async function addStreet(
  id: number,
  name: string | null,
  roadClass: number,
  line: string,
  from: string | null,
  to: string | null,
) {
  await sql`insert into segment (jurisdiction_id, layer_id, version, place_id, code, name, road_class, length_m,
      crossing_from, crossing_to, geom)
    values (5, 3, 1, ${id}, 's' || ${id}::int, ${name}, ${roadClass}, ${1000 / id}, ${from}, ${to},
      ST_GeomFromText(${`LINESTRING(${line})`}, 4326))`.execute(database.db);
}

/** Tile of the zoom that holds a position (slippy map formula). */
function tileAt(z: number, lon: number, lat: number): string {
  const phi = (lat * Math.PI) / 180;
  const x = Math.floor(((lon + 180) / 360) * 2 ** z);
  const y = Math.floor(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * 2 ** z);
  return `${z}/${x}/${y}`;
}

async function features(path: string, name: string) {
  const response = await fetch(`${origin}/tiles/${path}.mvt`);
  if (response.status === 204) return [];
  expect(response.status).toBe(200);
  const layer = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer()))).layers[name];
  return Array.from({ length: layer?.length ?? 0 }, (_, i) => layer!.feature(i));
}

const idsIn = async (path: string, name: string) => (await features(path, name)).map(({ id }) => id).sort();

describe('a tile', () => {
  test('holds the areas that touch it, with place_id and name, and each label once', async () => {
    const path = `pueblo/colonias/1/${tileAt(10, -99, 19.01)}`;
    const areas = await features(path, 'areas');
    expect(areas.map(({ id, properties }) => [id, properties])).toEqual([
      [1, { name: 'Peñón' }],
      [2, { name: 'San Ángel' }],
    ]);
    expect(await idsIn(path, 'labels')).toEqual([1, 2]);
    // At zoom 15 the two colonias lie over several tiles: an area is in many, its label in one.
    const wide = [-99.02, -99.01, -99.0, -98.99, -98.981].flatMap((lon) =>
      [19.001, 19.01, 19.019].map((lat) => tileAt(15, lon, lat)),
    );
    const tiles = [...new Set(wide)];
    expect(tiles.length).toBeGreaterThan(3);
    const labels = await Promise.all(tiles.map((tile) => idsIn(`pueblo/colonias/1/${tile}`, 'labels')));
    expect(labels.flat().sort()).toEqual([1, 2]);
  });

  test('is cut at its edge with a margin of 64 units, and the hole stays a hole', async () => {
    const [penon] = await features(`pueblo/colonias/1/${tileAt(15, -99.01, 19.01)}`, 'areas');
    const corners = penon!.loadGeometry().flat();
    for (const { x, y } of corners) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(-64);
      expect(Math.max(x, y)).toBeLessThanOrEqual(4160);
    }
    const [whole] = await features(`pueblo/colonias/1/${tileAt(8, -99.01, 19.01)}`, 'areas');
    expect(whole!.loadGeometry()).toHaveLength(2);
  });

  test('of a coast with a hundred thousand corners is drawn, not waited for', { timeout: 60_000 }, async () => {
    const teeth = 50_000;
    const comb = Array.from({ length: teeth }, (_, i) => {
      const lon = -99.02 + (0.04 * i) / teeth;
      return `${lon} 19.01, ${lon + 0.02 / teeth} 19.002`;
    });
    await addArea(1, 1, 9, 'Costa', `((-99.02 19.02, -99.02 19.01, ${comb.join(', ')}, -98.98 19.02, -99.02 19.02))`);
    for (const z of [7, 8, 9, 10, 12, 14]) {
      const drawn = await features(`pueblo/colonias/1/${tileAt(z, -99.001, 19.005)}`, 'areas');
      expect(drawn.map(({ properties }) => properties.name)).toContain('Costa');
    }
  });

  test('older versions go on answering, unpublished ones do not', async () => {
    const tile = tileAt(10, -99, 19.01);
    expect(await idsIn(`pueblo/colonias/1/${tile}`, 'areas')).toEqual([1, 2]);
    expect(await idsIn(`pueblo/colonias/2/${tile}`, 'areas')).toEqual([1]);
    expect((await fetch(`${origin}/tiles/pueblo/colonias/3/${tile}.mvt`)).status).toBe(404);
  });

  test('of context carries its class, and no labels', async () => {
    const path = `pueblo/agua/1/${tileAt(12, -99.005, 19.005)}`;
    expect((await features(path, 'areas'))[0]?.properties).toEqual({ name: 'Laguna', class: 'water' });
    expect(await features(path, 'labels')).toEqual([]);
  });

  test('of streets has all of them from zoom 12 on, wide ones drawn last, none below zoom 8', async () => {
    const streets = await features(`pueblo/streets/1/${tileAt(12, -99.005, 19.005)}`, 'streets');
    expect(streets.map(({ id, properties }) => [id, properties])).toEqual([
      [2, { class: 4 }],
      [3, { name: 'Callejón', class: 4 }],
      [1, { name: 'Avenida Juárez', class: 1 }],
    ]);
    expect((await fetch(`${origin}/tiles/pueblo/streets/1/${tileAt(7, -99, 19)}.mvt`)).status).toBe(204);
  });

  test('of a big city leaves out the small streets at low zooms, and all arrive at zoom 12 through the worker', async () => {
    await sql`insert into segment (jurisdiction_id, layer_id, version, place_id, code, name, road_class, length_m, geom)
      select 5, 3, 1, n, 's' || n, null, 4, 10,
        ST_MakeLine(ST_SetSRID(ST_MakePoint(x, y), 4326), ST_SetSRID(ST_MakePoint(x + 0.0003, y), 4326))
      from generate_series(10, 6009) as n,
        lateral (select -99.02 + (n % 80) * 0.0004 as x, 19 + (n / 80) * 0.0002 as y) as at`.execute(database.db);
    expect(await idsIn(`pueblo/streets/1/${tileAt(10, -99.005, 19.005)}`, 'streets')).toEqual([1]);
    const all = await features(`pueblo/streets/1/${tileAt(12, -99.005, 19.005)}`, 'streets');
    expect(new Set(all.map(({ id }) => id)).size).toBe(6003);
    expect(all.at(-1)?.properties).toEqual({ name: 'Avenida Juárez', class: 1 });
  });

  test('without anything in it is 204 and says for how long', async () => {
    const response = await fetch(`${origin}/tiles/pueblo/colonias/1/${tileAt(10, 10, 10)}.mvt`);
    expect(response.status).toBe(204);
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  test('is compressed for who accepts it and plain for who does not, each with its own ETag', async () => {
    const url = `${origin}/tiles/pueblo/colonias/1/${tileAt(10, -99, 19.01)}.mvt`;
    const plain = await fetch(url, { headers: { 'Accept-Encoding': 'identity' } });
    const packed = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile');
    expect(packed.headers.get('vary')).toContain('Accept-Encoding');
    expect(Buffer.from(await packed.arrayBuffer())).toEqual(Buffer.from(await plain.arrayBuffer()));
    expect(plain.headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(packed.headers.get('etag')).not.toBe(plain.headers.get('etag'));
    const again = await fetch(url, {
      headers: { 'If-None-Match': plain.headers.get('etag')!, 'Accept-Encoding': 'identity' },
    });
    expect(again.status).toBe(304);
  });

  test.each([
    ['pueblo/colonias/1/10/x/1', 422],
    ['pueblo/colonias/1/99/0/0', 422],
    ['pueblo/colonias/1/2/4/0', 404],
    ['pueblo/colonias/1/2/0/-1', 422],
    ['pueblo/colonias/9/2/0/0', 404],
    ['pueblo/nada/1/2/0/0', 404],
    ['nadie/colonias/1/2/0/0', 404],
  ])('at %s is refused with %i', async (path, status) => {
    const response = await fetch(`${origin}/tiles/${path}.mvt`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});

test('TileJSON names the source-layers, the bounds and an address that leads to tiles', async () => {
  const tileJson = (await (await fetch(`${origin}/tiles/pueblo/colonias/1.json`)).json()) as { tiles: string[] };
  expect(tileJson).toMatchObject({
    tilejson: '3.0.0',
    bounds: [-99.02, 19, -98.98, 19.02],
    minzoom: 0,
    maxzoom: 14,
    vector_layers: [
      { id: 'areas', fields: { name: 'String', class: 'String' } },
      { id: 'labels', fields: { name: 'String' } },
    ],
  });
  const address = tileJson.tiles[0]!;
  expect(address.startsWith(`${origin}/tiles/pueblo/colonias/1/{z}/{x}/{y}.mvt`)).toBe(true);
  const [z = '', x = '', y = ''] = tileAt(10, -99, 19.01).split('/');
  const tile = await fetch(address.replace('{z}', z).replace('{x}', x).replace('{y}', y));
  expect(tile.status).toBe(200);
});

describe('layers and their places', () => {
  const get = async <T>(path: string) => (await (await fetch(`${origin}/api/v1/pueblo/${path}`)).json()) as T;

  test('are listed by their current version; context only when asked for', async () => {
    const layers = await get<{ layer: string }[]>('layers');
    expect(layers).toEqual([
      expect.objectContaining({
        layer: 'colonias',
        type: 'areas',
        version: 2,
        tiles: `${origin}/tiles/pueblo/colonias/2.json`,
      }),
      expect.objectContaining({ layer: 'streets', type: 'streets', version: 1, hasPopulation: false }),
    ]);
    expect((await get<{ layer: string }[]>('layers?context=1')).map(({ layer }) => layer)).toContain('agua');
  });

  test('carry code, name, latest population, size and a point on them', async () => {
    const { features } = await get<{ features: unknown[] }>('layers/colonias@1/features');
    expect(features).toHaveLength(2);
    expect(features[0]).toMatchObject({ id: '1', code: 'c1', name: 'Peñón', population: 1200, areaKm2: 4.6 });
    expect(features[1]).toMatchObject({ id: '2', name: 'San Ángel', at: [-98.99, expect.closeTo(19.01, 3)] });
  });

  test('streets carry length and crossings, and are found by both without accents', async () => {
    const { features } = await get<{ features: unknown[] }>('layers/streets/features?q=juarez%20PINO&limit=5');
    expect(features).toEqual([
      {
        id: '1',
        code: 's1',
        name: 'Avenida Juárez',
        lengthM: 1000,
        crossings: ['Morelos', 'Pino Suárez'],
        at: [-99, 19.01],
      },
    ]);
  });

  test('an unknown version and a limit that is no number are refused', async () => {
    expect(await get('layers/colonias@7/features')).toMatchObject({ status: 404 });
    expect(await get('layers/colonias/features?limit=0')).toMatchObject({ status: 422, parameter: 'limit' });
  });

  test('a parameter they do not know is refused', async () => {
    expect(await get('layers?version=1')).toMatchObject({ status: 422, parameter: 'version' });
    expect(await get('layers/colonias/features?name=x')).toMatchObject({ status: 422, parameter: 'name' });
  });
});

test('the limit is drawn a little lighter than it is kept, and there may be none', async () => {
  const asked = async (code: string) => {
    const response = await fetch(`${origin}/api/v1/${code}/limit`);
    return { status: response.status, body: await response.json() };
  };
  expect(await asked('pueblo')).toEqual({ status: 200, body: { limit: null } });
  // Two areas side by side are one shape, and what is not there is said.
  const joined = await fetch(`${origin}/api/v1/pueblo/limit?areas=colonias`).then((answer) => answer.json());
  expect(joined.limit.type).toBe('MultiPolygon');
  expect(joined.limit.coordinates.every((polygon: unknown[]) => polygon.length === 1)).toBe(true);
  expect((await fetch(`${origin}/api/v1/pueblo/limit?areas=nada`)).status).toBe(404);
  // A corner half a metre off a straight side, and one that is meant.
  const ring = '-99.02 19, -99 18.999996, -98.98 19, -98.98 19.02, -99 19.03, -99.02 19.02, -99.02 19';
  await sql`update jurisdiction set limit_geom = ST_Multi(ST_GeomFromText(${`POLYGON((${ring}))`}, 4326))
    where jurisdiction_id = 5`.execute(database.db);
  const { body } = await asked('pueblo');
  expect(body.limit.type).toBe('MultiPolygon');
  expect(body.limit.coordinates[0][0]).toHaveLength(6);
  expect(body.limit.coordinates[0][0]).toContainEqual([-99, 19.03]);
  expect((await asked('nadie')).status).toBe(404);
});
