// Plain GeoJSON (RFC 7946: longitude and latitude in degrees) read without GDAL, which takes a second to start.

import type { Geometry, Properties, SourceFeature } from './contract.ts';

/** Larger files go through GDAL, which streams. */
export const PLAIN_GEOJSON_MAX_BYTES = 100_000_000;

const DEGREES = /^(urn:ogc:def:crs:)?(OGC:(1\.3)?:?CRS84|EPSG:[\d.]*:?4326)$/i;

/**
 * The features of a GeoJSON text, or of one with a feature on every line, whose reference system is WGS 84; null when it
 * is something else: another `crs` member, TopoJSON, broken JSON. Then GDAL has its say.
 */
export function parsePlainGeojson(text: string): SourceFeature[] | null {
  try {
    return featuresOf(JSON.parse(text));
  } catch {
    return parseLines(text);
  }
}

/** RFC 8142 begins each line with a record separator, most writers do not. */
function parseLines(text: string): SourceFeature[] | null {
  const features: SourceFeature[] = [];
  try {
    for (const line of text.split('\n')) {
      const json = line.replaceAll('\u001e', '').trim();
      if (json === '') continue;
      const [feature, ...others] = featuresOf(JSON.parse(json)) ?? [];
      if (feature === undefined || others.length > 0) return null;
      features.push(feature);
    }
  } catch {
    return null;
  }
  return features;
}

function featuresOf(json: unknown): SourceFeature[] | null {
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
