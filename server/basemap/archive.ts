// A PMTiles file on this disk: what it says of itself, checked, and single tiles of it.

import { open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { Compression, type Header, PMTiles, ResolvedValueCache, type Source, TileType, tileIdToZxy } from 'pmtiles';
import * as z from 'zod';
import { BadInput, NotFound } from '../errors.ts';
import type { BasemapFacts, TileFormat } from './contract.ts';

const HEADER_BYTES = 127;
/** Header and root directory together, as the format wants it. */
const FIRST_BYTES = 16_384;
const MAGIC = 'PMTiles';
/** Directories and tiles are far smaller; what a damaged file claims is not believed. */
const MOST_PART_BYTES = 32 * 2 ** 20;
const MOST_INFLATED_BYTES = 128 * 2 ** 20;
const MOST_ZOOM = 22;
const TILES_TRIED = 8;
const MOST_LAYERS = 200;
const DIRECTORIES_KEPT = 64;
const MOST_WORDS_LENGTH = 300;

const FORMATS: Readonly<Record<number, TileFormat>> = {
  [TileType.Mvt]: 'mvt',
  [TileType.Png]: 'png',
  [TileType.Jpeg]: 'jpg',
  [TileType.Webp]: 'webp',
};
/** How the bytes of a tile begin, in hex: the first layer of a vector tile, or the signature of a picture. */
const BEGINS: Readonly<Record<TileFormat, RegExp>> = {
  mvt: /^(1a|$)/,
  png: /^89504e47/,
  jpg: /^ffd8ff/,
  webp: /^52494646.{8}57454250/,
};

const INFLATE: Readonly<Partial<Record<Compression, (bytes: Uint8Array) => Promise<Buffer>>>> = {
  [Compression.None]: async (bytes) => Buffer.from(bytes),
  [Compression.Gzip]: (bytes) => promisify(gunzip)(bytes, { maxOutputLength: MOST_INFLATED_BYTES }),
  [Compression.Brotli]: (bytes) => promisify(brotliDecompress)(bytes, { maxOutputLength: MOST_INFLATED_BYTES }),
  [Compression.Zstd]: (bytes) => promisify(zstdDecompress)(bytes, { maxOutputLength: MOST_INFLATED_BYTES }),
};

/** What of a file's own description is used; anything else in it, or none, is all the same. */
const metadataOf = z.object({
  name: z.string().optional().catch(undefined),
  attribution: z.string().optional().catch(undefined),
  vector_layers: z
    .array(z.object({ id: z.string().min(1).max(200) }))
    .max(MOST_LAYERS)
    .optional()
    .catch(undefined),
});

export type BasemapArchive = {
  readonly format: TileFormat;
  /** The bytes of a tile and how they are compressed; null where there is none. */
  tile(z: number, x: number, y: number): Promise<{ readonly bytes: Buffer; readonly compression: Compression } | null>;
};

export type ArchiveFacts = Pick<
  BasemapFacts,
  'format' | 'minZoom' | 'maxZoom' | 'bounds' | 'attribution' | 'layers' | 'bytes'
> & { readonly title: string | null };

/** The file is opened for each read: it may be removed, or another put in its place, at any time. */
export async function openArchive(path: string): Promise<BasemapArchive> {
  const archive = archiveOf(path);
  const header = await archive.getHeader().catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new NotFound('no such basemap') : error;
  });
  const format = FORMATS[header.tileType];
  if (!format) throw new NotFound('no such basemap');
  return {
    format,
    async tile(z, x, y) {
      const found = await archive.getZxy(z, x, y);
      return found ? { bytes: Buffer.from(found.data), compression: compressionOf(header) } : null;
    },
  };
}

export async function inflate(bytes: Uint8Array, compression: Compression): Promise<Buffer> {
  const way = INFLATE[compression];
  if (!way) throw new BadInput('file', `the basemap is compressed in a way that is not known (${compression})`);
  return way(bytes);
}

/** Says what a file holds. Throws BadInput naming what is wrong with one that cannot be drawn. */
export async function inspectArchive(path: string): Promise<ArchiveFacts> {
  const { size } = await stat(path);
  const first = await readAt(path, 0, Math.min(size, HEADER_BYTES));
  refuseOthers(first);
  if (size < HEADER_BYTES) throw cut(size, HEADER_BYTES);
  const archive = archiveOf(path);
  const header = await archive.getHeader().catch(damaged);
  const format = FORMATS[header.tileType];
  if (!format) {
    const type = TileType[header.tileType] ?? String(header.tileType);
    throw new BadInput('file', `the basemap holds tiles of type ${type}: MVT, PNG, JPEG and WebP can be drawn`);
  }
  for (const compression of [header.internalCompression, compressionOf(header)]) await inflateNothing(compression);
  const needed = endOf(header);
  if (needed > size) throw cut(size, needed);
  const { minZoom, maxZoom } = header;
  if (minZoom > maxZoom || maxZoom > MOST_ZOOM)
    throw new BadInput('file', `the basemap says zooms ${minZoom} to ${maxZoom}, which there are not`);
  const metadata = await readMetadata(archive, header).catch(damaged);
  await tryTiles(archive, header, format).catch(damaged);
  return {
    format,
    bytes: size,
    minZoom,
    maxZoom,
    bounds: boundsOf(header),
    title: plainText(metadata.name ?? ''),
    attribution: plainText(metadata.attribution ?? ''),
    layers: format === 'mvt' ? (metadata.vector_layers ?? []).map(({ id }) => id) : [],
  };
}

function refuseOthers(first: Buffer): void {
  const begins = (words: string) => first.subarray(0, words.length).toString('latin1') === words;
  if (begins('SQLite format 3'))
    throw new BadInput('file', 'this is an MBTiles or other SQLite file, not PMTiles: pmtiles convert makes one of it');
  if (!begins(MAGIC)) {
    // Version 2 has two letters and a number of two bytes.
    if (begins('PM') && first.readUInt16LE(2) === 2) throw olderVersion(2);
    throw new BadInput('file', 'this is not a PMTiles file');
  }
  const version = first[MAGIC.length];
  if (version !== undefined && version !== 3) throw olderVersion(version);
}

const olderVersion = (version: number) =>
  new BadInput('file', `this is PMTiles version ${version}; version 3 is needed: pmtiles convert makes one of it`);

const cut = (has: number, needed: number) =>
  new BadInput('file', `the basemap is cut: it has ${has} of its ${needed} bytes`);

function damaged(error: unknown): never {
  if (error instanceof BadInput) throw error;
  throw new BadInput('file', `the basemap is damaged: ${(error as Error).message}`);
}

/** A file that says nothing of itself can be drawn all the same. */
async function readMetadata({ source }: PMTiles, header: Header): Promise<z.infer<typeof metadataOf>> {
  if (header.jsonMetadataLength === 0) return {};
  const { data } = await source.getBytes(header.jsonMetadataOffset, header.jsonMetadataLength);
  const text = (await inflate(new Uint8Array(data), header.internalCompression)).toString('utf8');
  return metadataOf.parse(JSON.parse(text));
}

async function inflateNothing(compression: Compression): Promise<void> {
  if (!INFLATE[compression]) await inflate(new Uint8Array(), compression);
}

/** Tiles of a type that says nothing are as they are: pictures are compressed in themselves. */
const compressionOf = ({ tileCompression }: Header): Compression =>
  tileCompression === Compression.Unknown ? Compression.None : tileCompression;

const endOf = (header: Header): number =>
  Math.max(
    header.rootDirectoryOffset + header.rootDirectoryLength,
    header.jsonMetadataOffset + header.jsonMetadataLength,
    header.leafDirectoryOffset + (header.leafDirectoryLength ?? 0),
    header.tileDataOffset + (header.tileDataLength ?? 0),
  );

function boundsOf({ minLon, minLat, maxLon, maxLat }: Header): BasemapFacts['bounds'] {
  const isThere =
    minLon < maxLon && minLat < maxLat && minLon >= -180 && maxLon <= 180 && minLat >= -90 && maxLat <= 90;
  if (!isThere) throw new BadInput('file', 'the basemap does not say where on Earth it is');
  return [minLon, minLat, maxLon, maxLat];
}

/** Some of the tiles, from the first to the last: a file cut in the middle of a copy shows in them. */
async function tryTiles(archive: PMTiles, header: Header, format: TileFormat): Promise<void> {
  const { rootDirectoryOffset, rootDirectoryLength } = header;
  const entries = await archive.cache.getDirectory(archive.source, rootDirectoryOffset, rootDirectoryLength, header);
  if (entries.length === 0) throw new BadInput('file', 'the basemap holds no tiles');
  const step = Math.max(1, Math.floor((entries.length - 1) / (TILES_TRIED - 1)));
  for (let i = 0; i < entries.length; i += step) {
    const [z, x, y] = tileIdToZxy(entries[i]!.tileId);
    const found = await archive.getZxy(z, x, y);
    if (!found) throw new Error(`there is no tile ${z}/${x}/${y}`);
    const bytes = await inflate(new Uint8Array(found.data), compressionOf(header));
    if (!BEGINS[format].test(bytes.subarray(0, 12).toString('hex')))
      throw new BadInput('file', `the basemap is damaged: tile ${z}/${x}/${y} is not ${format}`);
  }
}

function archiveOf(path: string): PMTiles {
  const source: Source = {
    getKey: () => path,
    getBytes: async (offset, length) => {
      // The first read asks for as much as header and root directory may have, whatever there is.
      const bytes = await readAt(path, offset, length);
      if (bytes.length < length && !(offset === 0 && length === FIRST_BYTES)) throw new Error('it ends too early');
      return { data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer };
    },
  };
  const inflated = async (bytes: ArrayBuffer, compression: Compression) => {
    const { buffer, byteOffset, length } = await inflate(new Uint8Array(bytes), compression);
    return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
  };
  // Not the cache that shares promises: it keeps failures for good. Tiles come as they lie in the file.
  const cache = new ResolvedValueCache(DIRECTORIES_KEPT, true, inflated);
  return new PMTiles(source, cache, async (bytes) => bytes);
}

async function readAt(path: string, offset: number, length: number): Promise<Buffer> {
  if (length > MOST_PART_BYTES || !Number.isSafeInteger(offset + length)) throw new Error('a part of it is too large');
  const handle = await open(path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', copy: '©', nbsp: ' ' };

/** HTML as the words a reader sees, on one line and not long; null when there are none. */
export function plainText(html: string): string | null {
  const words = html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(\w+);|&#(\d{1,6});/g, (all, name: string | undefined, number: string | undefined) =>
      name ? (ENTITIES[name] ?? all) : String.fromCodePoint(Number(number)),
    )
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return words === '' ? null : words.slice(0, MOST_WORDS_LENGTH);
}
