// A basemap an operator adds: what is refused by name, what is kept, and its tiles over HTTP.

import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { VectorTile } from '@mapbox/vector-tile';
import express from 'express';
import { PbfReader } from 'pbf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainText } from '../../server/basemap/archive.ts';
import { type BasemapRow, basemapFor, shareOf } from '../../server/basemap/contract.ts';
import { basemapRoutes, basemapTileRoutes } from '../../server/basemap/routes.ts';
import { addBasemap, listBasemaps, removeBasemap } from '../../server/basemap/store.ts';
import { problems } from '../../server/http/problems.ts';
import { terminalReasonIn } from '../../server/i18n/terminal-reasons.ts';
import { quietLog } from '../support/log.ts';
import { everywhere, pmtilesOf, type TestArchive, tileAt, vectorTile } from '../support/pmtiles.ts';

const CITY = [-99.2, 19.3, -99.0, 19.5] as const;
const PLACES = [
  { code: 'ciudad', bounds: CITY },
  { code: 'nueva', bounds: null },
];
const WATER = vectorTile({ water: [{ type: 3, tags: { kind: 'lake' }, geometry: everywhere }] });
/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const WHOLE: TestArchive = {
  tiles: [
    { z: 0, x: 0, y: 0, bytes: WATER },
    { ...tileAt(10, -99.1, 19.4), bytes: WATER },
  ],
  bounds: [-99.3, 19.2, -98.9, 19.6],
  metadata: {
    name: 'Ciudad',
    attribution: '<a href="https://www.openstreetmap.org/copyright">&copy; OpenStreetMap</a><script>x</script>',
    vector_layers: [{ id: 'water', fields: { kind: 'String' } }],
  },
};

let dataDir = '';
let server: Server;
let origin = '';
const watch = { signal: new AbortController().signal, onProgress: () => {} };
const plain = { name: null, title: null, attribution: null, force: false };

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cuadra-basemap-'));
  const app = express();
  const deps = { config: { dataDir } };
  app.use('/basemaps', basemapTileRoutes(deps));
  app.use('/api/v1', basemapRoutes(deps));
  app.use(problems(quietLog));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(dataDir, { recursive: true });
});

function write(name: string, bytes: Buffer): string {
  const path = join(dataDir, name);
  writeFileSync(path, bytes);
  return path;
}

const add = (path: string, options: Partial<typeof plain> | { name: string } = {}) =>
  addBasemap(dataDir, path, { ...plain, ...options }, PLACES, watch);
const listed = async () => (await (await fetch(`${origin}/api/v1/basemaps`)).json()) as BasemapRow[];
const kept = () => {
  try {
    return readdirSync(join(dataDir, 'basemaps')).sort();
  } catch {
    return [];
  }
};

/** A whole archive with some bytes of it put otherwise. */
function altered(change: (bytes: Buffer) => Buffer | undefined): Buffer {
  const bytes = pmtilesOf(WHOLE);
  return change(bytes) ?? bytes;
}

describe('a file is refused by name, and nothing of it is kept', () => {
  const gone: [string, Buffer, string][] = [
    ['not PMTiles at all', Buffer.from('<html>404</html>'.repeat(20)), 'this is not a PMTiles file'],
    ['empty', Buffer.alloc(0), 'this is not a PMTiles file'],
    [
      'MBTiles',
      Buffer.from('SQLite format 3\0'.repeat(20)),
      'this is an MBTiles or other SQLite file, not PMTiles: pmtiles convert makes one of it',
    ],
    [
      'version 2',
      Buffer.concat([Buffer.from('PM'), Buffer.from([2, 0]), Buffer.alloc(600)]),
      'this is PMTiles version 2; version 3 is needed: pmtiles convert makes one of it',
    ],
    [
      'a later version',
      altered((bytes) => void bytes.writeUInt8(4, 7)),
      'this is PMTiles version 4; version 3 is needed: pmtiles convert makes one of it',
    ],
    [
      'cut in its header',
      altered((bytes) => bytes.subarray(0, 100)),
      'the basemap is cut: it has 100 of its 127 bytes',
    ],
    [
      'cut in its tiles',
      altered((bytes) => bytes.subarray(0, -5)),
      `the basemap is cut: it has ${pmtilesOf(WHOLE).length - 5} of its ${pmtilesOf(WHOLE).length} bytes`,
    ],
    ['damaged in its directory', altered((bytes) => void bytes.fill(7, 127, 140)), 'the basemap is damaged: '],
    ['damaged in its last tile', altered((bytes) => void bytes.fill(0, bytes.length - 40)), 'the basemap is damaged: '],
    [
      'of no known compression',
      altered((bytes) => void bytes.writeUInt8(9, 98)),
      'the basemap is compressed in a way that is not known (9)',
    ],
    [
      'of pictures a browser may not draw',
      pmtilesOf({ ...WHOLE, type: 'avif' }),
      'the basemap holds tiles of type Avif: MVT, PNG, JPEG and WebP can be drawn',
    ],
    [
      'of pictures that are none',
      pmtilesOf({ ...WHOLE, type: 'png' }),
      'the basemap is damaged: tile 0/0/0 is not png',
    ],
    ['nowhere', pmtilesOf({ ...WHOLE, bounds: [0, 0, 0, 0] }), 'the basemap does not say where on Earth it is'],
    [
      'of zooms there are not',
      altered((bytes) => void bytes.writeUInt8(12, 100)),
      'the basemap says zooms 12 to 10, which there are not',
    ],
    [
      'of elsewhere',
      pmtilesOf({ ...WHOLE, bounds: [2, 48, 3, 49] }),
      'the basemap shows none of the places here, but 2.00, 48.00 to 3.00, 49.00: --force adds it all the same',
    ],
  ];
  test.each(gone)('%s', async (_case, bytes, reason) => {
    const error = await add(write('falla.pmtiles', bytes)).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message.startsWith(reason), message).toBe(true);
    expect(terminalReasonIn('es', message)).not.toBe(message);
    expect(await listBasemaps(dataDir)).toEqual([]);
    expect(kept()).toEqual([]);
  });

  test('too large', async () => {
    const path = write('grande.pmtiles', pmtilesOf(WHOLE));
    truncateSync(path, 33 * 2 ** 30); // takes no room on the disk
    await expect(add(path)).rejects.toThrow('a basemap has at most 32 GB');
    rmSync(path);
  });

  test('given up in the middle', async () => {
    const stopped = { ...watch, signal: AbortSignal.abort() };
    const path = write('ciudad.pmtiles', pmtilesOf(WHOLE));
    await expect(addBasemap(dataDir, path, plain, PLACES, stopped)).rejects.toThrow();
    expect(kept()).toEqual([]);
  });
});

describe('a basemap', () => {
  test.each([
    ['gzip', 2],
    ['none', 1],
    ['brotli', 3],
  ] as const)('compressed by %s is listed and its tiles come as they were made', async (_how, compression) => {
    const report = await add(write('Ciudad Café.pmtiles', pmtilesOf({ ...WHOLE, compression })));
    expect(report).toMatchObject({
      name: 'ciudad-cafe',
      title: 'Ciudad',
      format: 'mvt',
      attribution: '© OpenStreetMap x',
      layers: ['water'],
      shows: [{ jurisdiction: 'ciudad', percent: 100 }],
    });
    const [row] = await listed();
    expect(row).toMatchObject({ name: 'ciudad-cafe', kind: 'vector', minZoom: 0, maxZoom: 10, bounds: WHOLE.bounds });
    expect(row!.tiles.startsWith(`${origin}/basemaps/`)).toBe(true);
    const response = await fetch(addressOf(row!, tileAt(10, -99.1, 19.4)));
    expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile');
    const tile = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer())));
    expect(tile.layers.water!.feature(0).properties).toEqual({ kind: 'lake' });
    const again = await fetch(addressOf(row!, tileAt(10, -99.1, 19.4)), {
      headers: { 'If-None-Match': response.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
    expect((await fetch(addressOf(row!, { z: 10, x: 0, y: 0 }))).status).toBe(204);
    expect((await fetch(addressOf(row!, { z: 12, x: 0, y: 0 }))).status).toBe(204);
    await removeBasemap(dataDir, 'ciudad-cafe');
    expect(kept()).toEqual([]);
    expect((await fetch(addressOf(row!, { z: 0, x: 0, y: 0 }))).status).toBe(404);
  });

  test('of the same name takes the place of the one before, whole', async () => {
    await add(write('uno.pmtiles', pmtilesOf(WHOLE)), { name: 'fondo' });
    const [before] = await listed();
    const without = { ...WHOLE, metadata: {} };
    const report = await add(write('dos.pmtiles', pmtilesOf(without)), { name: 'fondo' });
    expect(report).toMatchObject({
      replaced: true,
      attribution: null,
      title: 'fondo',
      file: 'dos.pmtiles',
      layers: [],
    });
    const [after] = await listed();
    expect(after!.tiles).not.toBe(before!.tiles);
    expect(kept()).toHaveLength(2);
    expect((await fetch(addressOf(before!, { z: 0, x: 0, y: 0 }))).status).toBe(404);
    const credited = await add(join(dataDir, 'dos.pmtiles'), { name: 'fondo', attribution: '© INEGI' } as never);
    expect(credited.attribution).toBe('© INEGI');
    await removeBasemap(dataDir, 'fondo');
    await expect(removeBasemap(dataDir, 'fondo')).rejects.toThrow('no basemap fondo');
  });

  test('of pictures is served as such', async () => {
    const tiles = WHOLE.tiles.map((tile) => ({ ...tile, bytes: PNG }));
    await add(write('fotos.pmtiles', pmtilesOf({ ...WHOLE, tiles, type: 'png' })));
    const [row] = await listed();
    expect(row).toMatchObject({ kind: 'raster', layers: [] });
    const response = await fetch(addressOf(row!, { z: 0, x: 0, y: 0 }));
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    const asVector = row!.tiles.replace('png', 'mvt');
    expect((await fetch(addressOf({ tiles: asVector }, { z: 0, x: 0, y: 0 }))).status).toBe(404);
    await removeBasemap(dataDir, 'fotos');
  });

  test.each(['../../etc/passwd', '..%2f..%2fsecreto', 'Ciudad', 'a.b'])('%s names none', async (name) => {
    for (const path of [`${name}/0123456789ab/0/0/0.mvt`, `ciudad/${name}/0/0/0.mvt`])
      expect((await fetch(`${origin}/basemaps/${path}`)).status).toBe(404);
    await expect(
      addBasemap(dataDir, write('x.pmtiles', pmtilesOf(WHOLE)), { ...plain, name }, PLACES, watch),
    ).rejects.toThrow('a name is small letters, digits, - and _');
  });

  test('a tile of no place is refused', async () => {
    for (const [tile, status] of [
      ['99/0/0', 422],
      ['1/7/0', 404],
      ['a/0/0', 422],
    ] as const)
      expect((await fetch(`${origin}/basemaps/ciudad/0123456789ab/${tile}.mvt`)).status).toBe(status);
  });
});

test('the basemap of a place is the one that shows most of it, then the most detailed', () => {
  const of = (name: string, bounds: BasemapRow['bounds'], maxZoom: number) => ({ name, bounds, maxZoom });
  const world = of('mundo', [-180, -85, 180, 85], 6);
  const country = of('pais', [-118, 14, -86, 33], 14);
  const half = of('mitad', [-99.1, 19, -98, 20], 16);
  expect(basemapFor([world, country, half], CITY)).toBe(country);
  expect(basemapFor([world, half], CITY)).toBe(world);
  expect(basemapFor([half], CITY)).toBe(half);
  expect(basemapFor([half], [2, 48, 3, 49])).toBeNull();
  expect(basemapFor([world], null)).toBeNull();
  expect(shareOf(CITY, half.bounds)).toBeCloseTo(0.5);
  expect(shareOf([-99.1, 19.4, -99.1, 19.4], half.bounds)).toBe(1);
});

test('a credit is words, whatever the file holds', () => {
  expect(plainText('<a href="x">&#169; OSM</a> &amp; <b>otros</b>\u0007\n')).toBe('© OSM & otros');
  expect(plainText('<img src=x onerror=alert(1)>')).toBeNull();
  expect(plainText('a'.repeat(1000))).toHaveLength(300);
});

test('what came compressed is not compressed again', async () => {
  const bytes = pmtilesOf(WHOLE);
  await add(write('tal.pmtiles', bytes));
  const [row] = await listed();
  const response = await fetch(addressOf(row!, { z: 0, x: 0, y: 0 }), { headers: { 'Accept-Encoding': 'identity' } });
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(WATER));
  const file = kept().find((name) => name.endsWith('.pmtiles'))!;
  expect(readFileSync(join(dataDir, 'basemaps', file))).toEqual(bytes);
  expect(gunzipSync(bytes.subarray(127, 127 + Number(bytes.readBigUInt64LE(16)))).length).toBeGreaterThan(4);
  await removeBasemap(dataDir, 'tal');
});

function addressOf({ tiles }: Pick<BasemapRow, 'tiles'>, { z, x, y }: { z: number; x: number; y: number }): string {
  return tiles.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));
}
