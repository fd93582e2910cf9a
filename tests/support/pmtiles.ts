// Writes PMTiles archives for tests, version 3, by the specification: a header of 127 bytes, one root directory, metadata, tiles.

import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import { zxyToTileId } from 'pmtiles';

const NONE = 1;
const GZIP = 2;
const BROTLI = 3;
const TYPES = { mvt: 1, png: 2, jpg: 3, webp: 4, avif: 5 } as const;
const HEADER_BYTES = 127;
const EXTENT = 4096;

export type TestTile = { readonly z: number; readonly x: number; readonly y: number; readonly bytes: Uint8Array };
export type TestArchive = {
  readonly tiles: readonly TestTile[];
  readonly bounds: readonly [west: number, south: number, east: number, north: number];
  readonly type?: keyof typeof TYPES;
  readonly compression?: typeof NONE | typeof GZIP | typeof BROTLI;
  readonly metadata?: object;
};

export function pmtilesOf({ tiles, bounds, type = 'mvt', compression = GZIP, metadata = {} }: TestArchive): Buffer {
  const pack = (bytes: Uint8Array): Buffer =>
    compression === GZIP ? gzipSync(bytes) : compression === BROTLI ? brotliCompressSync(bytes) : Buffer.from(bytes);
  const sorted = tiles
    .map(({ z, x, y, bytes }) => ({
      z,
      id: zxyToTileId(z, x, y),
      packed: type === 'mvt' ? pack(bytes) : Buffer.from(bytes),
    }))
    .sort((a, b) => a.id - b.id);
  const directory = pack(directoryOf(sorted));
  const about = pack(Buffer.from(JSON.stringify(metadata)));
  const data = Buffer.concat(sorted.map(({ packed }) => packed));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('PMTiles', 0, 'latin1');
  header[7] = 3;
  const parts = [directory, about, Buffer.alloc(0), data];
  let offset = HEADER_BYTES;
  for (const [i, part] of parts.entries()) {
    header.writeBigUInt64LE(BigInt(offset), 8 + 16 * i);
    header.writeBigUInt64LE(BigInt(part.length), 16 + 16 * i);
    offset += part.length;
  }
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(BigInt(sorted.length), at);
  header[96] = 1; // clustered
  header[97] = compression;
  header[98] = type === 'mvt' ? compression : NONE;
  header[99] = TYPES[type];
  header[100] = Math.min(...sorted.map(({ z }) => z));
  header[101] = Math.max(...sorted.map(({ z }) => z));
  for (const [i, degrees] of bounds.entries()) header.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * i);
  return Buffer.concat([header, ...parts]);
}

function directoryOf(tiles: readonly { readonly id: number; readonly packed: Buffer }[]): Buffer {
  const numbers = [tiles.length];
  for (const [i, { id }] of tiles.entries()) numbers.push(id - (tiles[i - 1]?.id ?? 0));
  for (const _ of tiles) numbers.push(1);
  for (const { packed } of tiles) numbers.push(packed.length);
  // The first at the beginning (offset 0 is written 1), each next where the one before ends (written 0).
  for (const [i] of tiles.entries()) numbers.push(i === 0 ? 1 : 0);
  return Buffer.from(numbers.flatMap(varint));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

type Shape = {
  readonly type: 1 | 2 | 3;
  readonly tags: Record<string, string | number>;
  readonly geometry: number[][] | number[][][];
};

/** A vector tile of these layers; coordinates 0 … 4096 from its upper left corner. */
export function vectorTile(layers: Readonly<Record<string, readonly Shape[]>>): Uint8Array {
  const features = Object.fromEntries(Object.entries(layers).map(([name, shapes]) => [name, { features: shapes }]));
  return fromGeojsonVt(features as unknown as Parameters<typeof fromGeojsonVt>[0], { version: 2, extent: EXTENT });
}

/** Covers a whole tile. */
export const everywhere: number[][][] = [
  [
    [0, 0],
    [EXTENT, 0],
    [EXTENT, EXTENT],
    [0, EXTENT],
    [0, 0],
  ],
];

/** The tile of a zoom that holds a place. */
export function tileAt(z: number, lon: number, lat: number): { z: number; x: number; y: number } {
  const radians = (lat * Math.PI) / 180;
  const down = (1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2;
  return { z, x: Math.floor(((lon + 180) / 360) * 2 ** z), y: Math.floor(down * 2 ** z) };
}
