// Geometry as well-known binary, which the database reads several times faster than GeoJSON: to it and from it. Pure.

import { readWkb } from './read-wkb.ts';
import type { Corner, Line, Polygon, Ring } from './shape.ts';

const LITTLE_ENDIAN = 1;
const LINE = 2;
const POLYGON = 3;
const MULTIPOLYGON = 6;

/** In hexadecimal, for `ST_GeomFromWKB(decode(…, 'hex'), 4326)`. */
export function multiPolygonWkb(polygons: readonly Polygon[]): string {
  let size = 9;
  for (const rings of polygons) size += 9 + rings.reduce((sum, ring) => sum + 4 + ring.length * 16, 0);
  const out = writer(size);
  out.header(MULTIPOLYGON, polygons.length);
  for (const rings of polygons) {
    out.header(POLYGON, rings.length);
    for (const ring of rings) out.positions(ring);
  }
  return out.hex();
}

export function lineWkb(line: Line): string {
  const out = writer(9 + line.length * 16);
  out.start(LINE);
  out.positions(line);
  return out.hex();
}

/** Of a geometry the database gave, as `ST_AsBinary(…, 'NDR')`; none of points or lines. */
export function polygonsOfWkb(bytes: Uint8Array): Polygon[] {
  const shape = readWkb(bytes);
  const positions = (run: ArrayLike<number>): Ring =>
    Array.from({ length: run.length / 2 }, (_, i): Corner => [run[i * 2]!, run[i * 2 + 1]!]);
  return shape.kind === 'polygons' ? shape.polygons.map((rings) => rings.map(positions)) : [];
}

function writer(size: number) {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  const count = (value: number) => {
    at = bytes.writeUInt32LE(value, at);
  };
  const start = (type: number) => {
    at = bytes.writeUInt8(LITTLE_ENDIAN, at);
    count(type);
  };
  return {
    start,
    header(type: number, parts: number) {
      start(type);
      count(parts);
    },
    positions(line: Line) {
      count(line.length);
      for (const [lon, lat] of line) at = bytes.writeDoubleLE(lat, bytes.writeDoubleLE(lon, at));
    },
    hex: () => bytes.toString('hex'),
  };
}
