// Reads PostGIS's well-known binary into runs of coordinates, for the placing indexes and for tiles.

/** Coordinates as x, y, x, y, … */
export type CoordinateRun = Float64Array;

/** A geometry flattened by kind: points and lines are one run each, a polygon is its rings, outer ring first. */
export type WkbShape =
  | { readonly kind: 'points'; readonly runs: readonly CoordinateRun[] }
  | { readonly kind: 'lines'; readonly runs: readonly CoordinateRun[] }
  | { readonly kind: 'polygons'; readonly polygons: readonly (readonly CoordinateRun[])[] };

const POINT = 1;
const LINE = 2;
const POLYGON = 3;
const COLLECTION = 7;

/**
 * One geometry of two dimensions, single, multi or collection. Of a collection (a clip can leave one) only the parts
 * of the highest dimension remain. Throws on bytes that are not such a geometry.
 */
export function readWkb(bytes: Uint8Array): WkbShape {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const points: CoordinateRun[] = [];
  const lines: CoordinateRun[] = [];
  const polygons: CoordinateRun[][] = [];

  const readRun = (count: number, little: boolean): CoordinateRun => {
    const run = new Float64Array(count * 2);
    for (let i = 0; i < run.length; i++, at += 8) run[i] = view.getFloat64(at, little);
    return run;
  };
  const readCount = (little: boolean): number => {
    const count = view.getUint32(at, little);
    at += 4;
    // The smallest thing counted, a ring, takes four bytes: a larger count is a damaged file, not a reason to allocate.
    if (count > bytes.byteLength / 4) throw new Error('damaged geometry: a count larger than the bytes that hold it');
    return count;
  };
  const readGeometry = (): void => {
    const little = view.getUint8(at) === 1;
    const type = view.getUint32(at + 1, little);
    at += 5;
    if (type === POINT) points.push(readRun(1, little));
    else if (type === LINE) lines.push(readRun(readCount(little), little));
    else if (type === POLYGON) {
      const rings: CoordinateRun[] = [];
      for (let left = readCount(little); left > 0; left--) rings.push(readRun(readCount(little), little));
      if (rings.length > 0) polygons.push(rings);
    } else if (type > POLYGON && type <= COLLECTION) {
      for (let left = readCount(little); left > 0; left--) readGeometry();
    } else throw new Error(`geometry type ${type} is not a plain two-dimensional one`);
  };

  readGeometry();
  if (polygons.length > 0) return { kind: 'polygons', polygons };
  if (lines.length > 0) return { kind: 'lines', runs: lines };
  return { kind: 'points', runs: points };
}
