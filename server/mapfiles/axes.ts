// Coordinates with latitude before longitude: how they are known, and turned round. Pure.

import type { Bounds, Geometry } from '../geometry/contract.ts';
import type { Corner } from '../geometry/shape.ts';
import type { SourceFile } from './contract.ts';

/** An extent as numbers of a file may have it: smallest x and y, largest x and y. */
type Extent = readonly number[] | null;

/** True when the coordinates would lie in `target` the other way round. */
export function liesTurned(extent: Extent, target: Bounds | null): boolean {
  if (extent === null || target === null) return false;
  const [x0, y0, x1, y1] = extent as Bounds;
  const [west, south, east, north] = target;
  return y0 <= east && y1 >= west && x0 <= north && x1 >= south;
}

/** True for what can only be degrees the wrong way round: no latitude is beyond 90. */
export function onlyFitsTurned(extent: Extent): boolean {
  if (extent === null) return false;
  const [x0, y0, x1, y1] = extent as Bounds;
  const most = (a: number, b: number) => Math.max(Math.abs(a), Math.abs(b));
  return most(x0, x1) <= 90 && most(y0, y1) > 90 && most(y0, y1) <= 180;
}

/** The file with longitude first, by wish or because it seems to be meant. */
export function turned(source: SourceFile, axes: 'turned' | 'seem-swapped'): SourceFile {
  const { features, sourceExtent, crsFrom } = source;
  return {
    ...source,
    axes,
    // Whoever says that latitude comes first says that these are degrees.
    crsFrom: axes === 'turned' && crsFrom === 'guess' ? 'given' : crsFrom,
    features: features.map(({ properties, geometry }) => ({ properties, geometry: geometry && turn(geometry) })),
    sourceExtent: sourceExtent && [1, 0, 3, 2].map((i) => sourceExtent[i]!),
  };
}

function turn(geometry: Geometry): Geometry {
  const { type, coordinates, geometries } = geometry;
  if (Array.isArray(geometries)) return { type, geometries: geometries.map(turn) };
  return Array.isArray(coordinates) ? { type, coordinates: turnNested(coordinates) } : geometry;
}

function turnNested(nested: readonly unknown[]): unknown[] {
  if (Array.isArray(nested[0])) return nested.map((part) => (Array.isArray(part) ? turnNested(part) : part));
  const [x, y, ...rest] = nested;
  return nested.length < 2 ? [...nested] : [y, x, ...rest];
}

/** Where coordinates stand as they are written, of data that were turned: x and y of the middle. */
export const asWritten = ([west, south, east, north]: Bounds): Corner => [(south + north) / 2, (west + east) / 2];
