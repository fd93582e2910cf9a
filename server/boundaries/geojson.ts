// Plain GeoJSON (RFC 7946: longitude and latitude in degrees) read without GDAL, which takes a second to start.

import type { Geometry, Properties, SourceFeature } from './contract.ts';

/** Larger files go through GDAL, which streams. */
export const PLAIN_GEOJSON_MAX_BYTES = 100_000_000;

const DEGREES = /^(urn:ogc:def:crs:)?(OGC:(1\.3)?:?CRS84|EPSG:[\d.]*:?4326)$/i;

/**
 * The features of a GeoJSON text whose reference system is WGS 84, or null when it is something else: another `crs`
 * member, TopoJSON, GeoJSON lines, broken JSON. Then GDAL has its say.
 */
export function parsePlainGeojson(text: string): SourceFeature[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(json) || !inDegrees(json.crs)) return null;
  if (json.type === 'Feature') return [featureOf(json)];
  if (json.type !== 'FeatureCollection' || !Array.isArray(json.features)) return null;
  return json.features.map((feature) => (isObject(feature) ? featureOf(feature) : { properties: {}, geometry: null }));
}

/** One feature as GeoJSON writes it, its own id among the properties; what is not an object becomes nothing. */
export function featureOf(feature: Readonly<Record<string, unknown>>): SourceFeature {
  const { id, properties, geometry } = feature;
  return {
    properties: { ...(id !== undefined && { id }), ...(isObject(properties) && (properties as Properties)) },
    geometry: isObject(geometry) && typeof geometry.type === 'string' ? (geometry as Geometry) : null,
  };
}

function inDegrees(crs: unknown): boolean {
  if (crs === undefined || crs === null) return true;
  const name = isObject(crs) && isObject(crs.properties) ? crs.properties.name : undefined;
  return typeof name === 'string' && DEGREES.test(name);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
