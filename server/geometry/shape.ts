// The shape of a geometry before the database sees it: flat, finite, in degrees, rings closed.
// The embedded engine never returns from an overlay of an unclosed ring, so none may get there.

import type { Geometry } from './contract.ts';

export type Corner = [lon: number, lat: number];
export type Ring = Corner[];
export type Polygon = Ring[];
export type Line = Corner[];

/** Why a feature cannot be kept; a report code. */
export type Rejection =
  | 'geometry-missing'
  | 'geometry-type'
  | 'geometry-empty'
  | 'coordinates-not-finite'
  | 'coordinates-not-degrees'
  | 'too-many-vertices';

export type Checked<Part> =
  | { readonly rejected: Rejection }
  | { readonly rejected: null; readonly parts: readonly Part[]; readonly closed: boolean };

/** One feature of more vertices would hold the embedded engine for seconds. */
const MAX_VERTICES = 500_000;
/** Three corners and the first again. */
const MIN_RING = 4;
/** Rounding at ±180 and ±90 is no error. */
const SLACK_DEGREES = 1e-6;
const MAX_NESTING = 8;

/** Polygons of an area feature with every ring closed (`closed` tells that one was not) and heights dropped. */
export function polygonsOf(geometry: Geometry | null): Checked<Polygon> {
  let closed = false;
  const closeRing = (ring: Ring): Ring => {
    const first = ring[0];
    const last = ring.at(-1);
    if (!first || !last || (first[0] === last[0] && first[1] === last[1])) return ring;
    closed = true;
    return [...ring, [...first]];
  };
  const polygonOf = (rings: Ring[]): Polygon | null => {
    const [shell, ...holes] = rings.map(closeRing);
    if (!shell || shell.length < MIN_RING) return null;
    return [shell, ...holes.filter((hole) => hole.length >= MIN_RING)];
  };
  return check(
    geometry,
    ['Polygon', 'MultiPolygon'],
    2,
    (rings) => polygonOf(rings as Ring[]),
    () => closed,
  );
}

/** Lines of a street feature, heights and repeated vertices dropped. */
export function linesOf(geometry: Geometry | null): Checked<Line> {
  const lineOf = (positions: Line): Line | null => {
    const line = positions.filter((at, index) => {
      const before = positions[index - 1];
      return !before || before[0] !== at[0] || before[1] !== at[1];
    });
    return line.length < 2 ? null : line;
  };
  return check(
    geometry,
    ['LineString', 'MultiLineString'],
    1,
    (line) => lineOf(line as Line),
    () => false,
  );
}

/** The positions of a point feature. */
export function pointsOf(geometry: Geometry | null): Checked<Corner> {
  return check(
    geometry,
    ['Point', 'MultiPoint'],
    0,
    (position) => position as Corner,
    () => false,
  );
}

/** False when a coordinate lies beyond the degrees of the earth: metres, or swapped with something worse. */
export function liesInDegrees(geometry: Geometry): boolean {
  if (geometry.type === 'GeometryCollection') return membersOf(geometry).every(liesInDegrees);
  return everyPosition(geometry.coordinates, inDegrees);
}

/** Numbers this small are a plan with an origin of its own as likely as a place in the sea off Africa. */
const AROUND_ORIGIN_DEGREES = 1;

/** True when the numbers of an extent can only be degrees of longitude and latitude, as no plan lies that far off. */
export function areDegrees(extent: readonly number[] | null): boolean {
  if (extent === null || extent.length < 4 || !extent.every(Number.isFinite)) return false;
  const [west, south, east, north] = extent as [number, number, number, number];
  if (!inDegrees(west, south) || !inDegrees(east, north)) return false;
  return Math.max(...[west, south, east, north].map(Math.abs)) > AROUND_ORIGIN_DEGREES;
}

/** Every position of a geometry whose coordinates are finite numbers, heights left out. */
export function* positionsOf(geometry: Geometry): Generator<Corner> {
  for (const member of membersOf(geometry)) yield* positionsOf(member);
  yield* positionsIn(geometry.coordinates, 0);
}

function* positionsIn(nested: unknown, depth: number): Generator<Corner> {
  if (!Array.isArray(nested) || depth > MAX_NESTING) return;
  if (Array.isArray(nested[0])) for (const part of nested) yield* positionsIn(part, depth + 1);
  else if (Number.isFinite(nested[0]) && Number.isFinite(nested[1])) yield [nested[0], nested[1]];
}

class Unusable extends Error {
  readonly reason: Rejection;
  constructor(reason: Rejection) {
    super(reason);
    this.reason = reason;
  }
}

/** Takes the parts of the two wanted types (single and multi, `depth` arrays above a position) out of a geometry. */
function check<Part>(
  geometry: Geometry | null,
  [single, multi]: readonly [string, string],
  depth: number,
  partOf: (positions: unknown) => Part | null,
  wasClosed: () => boolean,
): Checked<Part> {
  if (geometry === null) return { rejected: 'geometry-missing' };
  const count = { vertices: 0 };
  try {
    const nested = wanted(geometry, single, multi);
    if (nested.length === 0) return { rejected: isEmptyCollection(geometry) ? 'geometry-empty' : 'geometry-type' };
    const parts = nested.map((part) => partOf(flat(part, depth, count))).filter((part) => part !== null);
    if (parts.length === 0) return { rejected: 'geometry-empty' };
    return { rejected: null, parts, closed: wasClosed() };
  } catch (error) {
    if (error instanceof Unusable) return { rejected: error.reason };
    throw error;
  }
}

function wanted(geometry: Geometry, single: string, multi: string): unknown[] {
  if (geometry.type === single) return [geometry.coordinates];
  if (geometry.type === multi) {
    return Array.isArray(geometry.coordinates) && geometry.coordinates.length ? geometry.coordinates : [[]];
  }
  return membersOf(geometry).flatMap((member) => wanted(member, single, multi));
}

const isEmptyCollection = (geometry: Geometry) =>
  geometry.type === 'GeometryCollection' && membersOf(geometry).length === 0;

function membersOf(geometry: Geometry): Geometry[] {
  return geometry.type === 'GeometryCollection' && Array.isArray(geometry.geometries)
    ? geometry.geometries.filter((member) => typeof member?.type === 'string')
    : [];
}

/** The same nesting with two finite numbers in degrees at the bottom. */
function flat(nested: unknown, depth: number, count: { vertices: number }): unknown {
  if (!Array.isArray(nested)) throw new Unusable('geometry-empty');
  if (depth > 0) return nested.map((part) => flat(part, depth - 1, count));
  const [lon, lat] = nested;
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) throw new Unusable('coordinates-not-finite');
  if (!inDegrees(lon, lat)) throw new Unusable('coordinates-not-degrees');
  count.vertices += 1;
  if (count.vertices > MAX_VERTICES) throw new Unusable('too-many-vertices');
  return [lon, lat];
}

const inDegrees = (lon: unknown, lat: unknown) =>
  !(Math.abs(Number(lon)) > 180 + SLACK_DEGREES || Math.abs(Number(lat)) > 90 + SLACK_DEGREES);

function everyPosition(nested: unknown, test: (lon: unknown, lat: unknown) => boolean, depth = 0): boolean {
  if (!Array.isArray(nested) || depth > MAX_NESTING) return true;
  if (Array.isArray(nested[0])) return nested.every((part) => everyPosition(part, test, depth + 1));
  return nested.length < 2 || test(nested[0], nested[1]);
}

/** West, south, east, north of at least one position. */
export function boundsOf(positions: Iterable<Corner>): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of positions) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}
