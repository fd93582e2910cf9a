// A light picture of many features for a preview map: rounded to what a screen can show. Pure.

import type { Bounds, Geometry } from '../geometry/contract.ts';

export type Feature = { readonly code: string; readonly name: string; readonly geometry: Geometry | null };

const MOST_FEATURES = 20_000;
/** Steps across the longer side of the extent: twice the pixels of a wide screen. */
const STEPS = 4000;
const MIN_RING = 4;
const MIN_LINE = 2;

/** GeoJSON with coordinates on a grid; runs that fall on one grid point are shortened, lost rings left out. */
export function sketch(features: readonly Feature[], bounds: Bounds | null) {
  const [west, south, east, north] = bounds ?? [-180, -90, 180, 90];
  const step = Math.max(east - west, north - south) / STEPS || 1e-6;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  const round = (value: number) => Number((Math.round(value / step) * step).toFixed(decimals));
  return {
    type: 'FeatureCollection' as const,
    features: features.slice(0, MOST_FEATURES).flatMap(({ code, name, geometry }) => {
      const drawn = geometry && lighten(geometry, round);
      return drawn ? [{ type: 'Feature', properties: { code, name }, geometry: drawn }] : [];
    }),
  };
}

function lighten({ type, coordinates }: Geometry, round: (value: number) => number): Geometry | null {
  const position = (at: unknown) => (at as number[]).slice(0, 2).map(round);
  const run = (least: number) => (line: unknown) => {
    const points = (line as unknown[]).map(position);
    const kept = points.filter(([x, y], i) => i === 0 || points[i - 1]![0] !== x || points[i - 1]![1] !== y);
    return kept.length < least ? [] : kept;
  };
  const rings = (polygon: unknown) => {
    const [shell = [], ...holes] = (polygon as unknown[]).map(run(MIN_RING));
    return shell.length === 0 ? [] : [shell, ...holes.filter(({ length }) => length > 0)];
  };
  const all = (shape: (part: unknown) => unknown[]) =>
    (coordinates as unknown[]).map(shape).filter(({ length }) => length > 0);
  if (!Array.isArray(coordinates)) return null;
  if (type === 'Point') return { type, coordinates: position(coordinates) };
  const light =
    type === 'MultiPoint'
      ? coordinates.map(position)
      : type === 'LineString'
        ? run(MIN_LINE)(coordinates)
        : type === 'MultiLineString'
          ? all(run(MIN_LINE))
          : type === 'Polygon'
            ? rings(coordinates)
            : type === 'MultiPolygon'
              ? all(rings)
              : [];
  return light.length === 0 ? null : { type, coordinates: light };
}
