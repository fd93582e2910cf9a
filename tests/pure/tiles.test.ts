// Encoding of tiles, read back by the decoder MapLibre uses; coordinates worked out by hand.

import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { expect, test } from 'vitest';
import { Unavailable } from '../../server/errors.ts';
import { atMost } from '../../server/http/at-most.ts';
import { tileCache } from '../../server/tiles/cache.ts';
import { encodeTile } from '../../server/tiles/encode.ts';
import { searchFeatures } from '../../server/tiles/features.ts';
import { tileSquare } from '../../server/tiles/square.ts';

/** Tile 1/1/0: its north-west corner is the centre of the map's top edge, and one tile unit is 4,891.97 m. */
const TILE = { z: 1, x: 1, y: 0 };
const { west, north, side } = tileSquare(TILE);
const UNIT_M = side / 4096;

type Ring = [x: number, y: number][];

/** Well-known binary of a multipolygon given in tile units. */
function polygonsWkb(polygons: Ring[][]): Buffer {
  const parts = polygons.map((rings) => Buffer.concat([head(3, rings.length), ...rings.map(runBytes)]));
  return Buffer.concat([head(6, polygons.length), ...parts]);
}

const lineWkb = (line: Ring) => Buffer.concat([head(2), runBytes(line)]);
const pointWkb = (at: Ring[0]) => Buffer.concat([head(1), runBytes([at]).subarray(4)]);

function head(type: number, count?: number): Buffer {
  const bytes = Buffer.alloc(count === undefined ? 5 : 9);
  bytes.writeUInt8(1);
  bytes.writeUInt32LE(type, 1);
  if (count !== undefined) bytes.writeUInt32LE(count, 5);
  return bytes;
}

function runBytes(run: Ring): Buffer {
  const bytes = Buffer.alloc(4 + run.length * 16);
  bytes.writeUInt32LE(run.length);
  for (const [i, [x, y]] of run.entries()) {
    bytes.writeDoubleLE(west + x * UNIT_M, 4 + i * 16);
    bytes.writeDoubleLE(north - y * UNIT_M, 12 + i * 16);
  }
  return bytes;
}

function record(id: number, properties: object, wkb: Buffer): Buffer {
  const int = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const text = Buffer.from(JSON.stringify(properties));
  return Buffer.concat([int(id), int(text.length), text, int(wkb.length), wkb]);
}

function decode(name: string, ...records: Buffer[]) {
  const bytes = encodeTile({ tile: TILE, sourceLayers: [{ name, records: Buffer.concat(records) }] });
  const layer = new VectorTile(new PbfReader(bytes)).layers[name]!;
  return Array.from({ length: layer.length }, (_, i) => {
    const feature = layer.feature(i);
    const geometry = feature.loadGeometry().map((ring) => ring.map(({ x, y }): Ring[0] => [x, y]));
    return { id: feature.id, type: feature.type, properties: feature.properties, geometry };
  });
}

const square = (from: number, to: number): Ring => [
  [from, from],
  [to, from],
  [to, to],
  [from, to],
  [from, from],
];
/** Twice the area in tile units by the surveyor's formula; positive = an outer ring (MVT 2.1, 4.3.4.4). */
const doubleArea = (ring: Ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);

test('a polygon keeps its id, its name and its corners', () => {
  const [feature] = decode('areas', record(17, { name: 'Peñón', class: 'water' }, polygonsWkb([[square(10, 20)]])));
  expect(feature).toMatchObject({ id: 17, type: 3, properties: { name: 'Peñón', class: 'water' } });
  expect(new Set(feature!.geometry[0]!.map(String))).toEqual(new Set(['10,10', '20,10', '20,20', '10,20']));
});

test('outer rings turn one way and holes the other, however they came', () => {
  for (const outer of [square(0, 100), square(0, 100).toReversed()]) {
    for (const hole of [square(20, 40), square(20, 40).toReversed()]) {
      const [feature] = decode('areas', record(1, {}, polygonsWkb([[outer, hole], [square(200, 210)]])));
      expect(feature!.geometry.map(doubleArea)).toEqual([20_000, -800, 200]);
    }
  }
});

test('coordinates are rounded to units, and points that fall together are one', () => {
  const [feature] = decode(
    'streets',
    record(
      1,
      {},
      lineWkb([
        [1.4, 1.4],
        [1.2, 0.9],
        [5.6, 1.4],
        [9, 9],
      ]),
    ),
  );
  expect(feature!.geometry).toEqual([
    [
      [1, 1],
      [6, 1],
      [9, 9],
    ],
  ]);
});

test('a hole that rounding closes goes alone, an outer ring that vanishes takes its holes along', () => {
  const dot = square(50.1, 50.3);
  const [kept] = decode('areas', record(1, {}, polygonsWkb([[square(0, 100), dot]])));
  expect(kept!.geometry).toHaveLength(1);
  const tile = { tile: TILE, sourceLayers: [{ name: 'areas', records: record(1, {}, polygonsWkb([[dot]])) }] };
  expect(encodeTile(tile)).toHaveLength(0);
});

test('a sliver that rounding turns over is left out', () => {
  // (0,0) (10,0.6) (5,0.4) turns one way; rounded, (0,0) (10,1) (5,0), the other.
  const sliver: Ring = [
    [0, 0],
    [10, 0.6],
    [5, 0.4],
    [0, 0],
  ];
  const features = decode('areas', record(1, {}, polygonsWkb([[sliver], [square(0, 10)]])));
  expect(features[0]!.geometry.map(doubleArea)).toEqual([200]);
});

test('a street shorter than a unit is left out, its neighbours stay', () => {
  const features = decode(
    'streets',
    record(
      1,
      {},
      lineWkb([
        [1, 1],
        [1.2, 1.1],
      ]),
    ),
    record(
      2,
      {},
      lineWkb([
        [1, 1],
        [3, 1],
      ]),
    ),
  );
  expect(features.map(({ id }) => id)).toEqual([2]);
});

test('a label is a point and numbers stay numbers', () => {
  const features = decode('labels', record(9, { class: 3 }, pointWkb([7.5, -3])));
  expect(features).toEqual([{ id: 9, type: 1, properties: { class: 3 }, geometry: [[[8, -3]]] }]);
});

test('a search finds every word without accents and case, names that begin with it first', () => {
  const list = ['1 calle nueva de juarez', '2 avenida juarez', '3 juarez, entre morelos y pino suarez'].map((text) => ({
    row: { id: text[0]!, code: text[0]!, name: text.slice(2) },
    words: text.slice(2),
  }));
  const ids = (query: string, limit = 10) => searchFeatures(list, query, limit).map(({ id }) => id);
  expect(ids('Juárez')).toEqual(['3', '1', '2']);
  expect(ids('  SUÁREZ  morelos')).toEqual(['3']);
  expect(ids('juarez', 2)).toEqual(['3', '1']);
  expect(ids('')).toEqual(['1', '2', '3']);
  expect(ids('zapata')).toEqual([]);
});

const stored = (hash: string, bytes = 10) => ({ gzip: Buffer.alloc(bytes), hash });

test('a tile many ask for at the same time is made once, and kept', async () => {
  const cache = tileCache(10_000);
  let made = 0;
  const make = async () => {
    made++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return stored('a');
  };
  const tiles = await Promise.all([1, 2, 3].map(() => cache.get('1/0/0', make)));
  expect(tiles.map(({ hash }) => hash)).toEqual(['a', 'a', 'a']);
  expect((await cache.get('1/0/0', make)).hash).toBe('a');
  expect(made).toBe(1);
});

test('a failure is told to everybody who asked, and not kept', async () => {
  const cache = tileCache(10_000);
  const fail = () => Promise.reject(new Unavailable('coming back'));
  const answers = await Promise.allSettled([cache.get('k', fail), cache.get('k', fail)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await cache.get('k', async () => stored('b'))).hash).toBe('b');
});

test('the cache holds as many bytes as it may: the tile longest unused goes, one too large is made each time', async () => {
  const cache = tileCache(2500);
  let made = 0;
  const ask = (key: string, bytes: number) =>
    cache.get(key, async () => {
      made++;
      return stored(key, bytes);
    });
  await ask('old', 700);
  await ask('used', 700);
  await ask('old', 700);
  expect(made).toBe(2);
  await ask('new', 700); // three times 1,000 with their keys: `used` has to go
  await ask('old', 700);
  expect(made).toBe(3);
  await ask('used', 700);
  expect(made).toBe(4);
  expect((await ask('huge', 5000)).gzip).toHaveLength(5000);
});

test('work beyond the limit waits its turn in order, and beyond the queue it is refused', async () => {
  const inTurn = atMost(2, 2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (id: number) =>
    inTurn(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      order.push(id);
      running--;
      if (id === 1) throw new Error('one');
    });
  const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(work));
  expect(most).toBe(2);
  expect(order).toEqual([1, 2, 3, 4]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  expect((answers[4] as PromiseRejectedResult).reason).toBeInstanceOf(Unavailable);
});
