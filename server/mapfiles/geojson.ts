// Plain GeoJSON (RFC 7946: longitude and latitude in degrees) read without GDAL, which takes a second to start.

import { BadInput } from '../errors.ts';
import type { Geometry, Properties, SourceFeature } from '../geometry/contract.ts';
import { parseExactJson } from '../text/exact-json.ts';

/** Larger files go through GDAL, which streams. */
export const PLAIN_GEOJSON_MAX_BYTES = 100_000_000;

const MOST_NESTED = 60;
const DEGREES = /^(urn:ogc:def:crs:)?(OGC:(1\.3)?:?CRS84|EPSG:[\d.]*:?4326)$/i;

/**
 * The features of a GeoJSON text, or of one with a feature on every line, whose reference system is WGS 84; null when it
 * is something else: another `crs` member, TopoJSON, broken JSON. Then GDAL has its say.
 */
export function parsePlainGeojson(text: string): SourceFeature[] | null {
  let json: unknown;
  try {
    json = parseExactJson(text);
  } catch {
    return parseLines(text);
  }
  return featuresOf(json);
}

/** RFC 8142 begins each line with a record separator, most writers do not. */
function parseLines(text: string): SourceFeature[] | null {
  const features: SourceFeature[] = [];
  for (const line of text.split('\n')) {
    const content = line.replaceAll('\u001e', '').trim();
    if (content === '') continue;
    let json: unknown;
    try {
      json = parseExactJson(content);
    } catch {
      return null;
    }
    const [feature, ...others] = featuresOf(json) ?? [];
    if (feature === undefined || others.length > 0) return null;
    features.push(feature);
  }
  return features;
}

function featuresOf(json: unknown): SourceFeature[] | null {
  if (Array.isArray(json)) return json.length > 0 ? allOf(json) : null;
  if (!isObject(json) || !inDegrees(json.crs)) return null;
  if (json.type === 'Feature') return [featureOf(json)];
  if (BARE.includes(json.type)) return [featureOf({ geometry: json })];
  // What drops the properties writes each feature as one of the geometries.
  if (json.type === 'GeometryCollection' && Array.isArray(json.geometries)) return json.geometries.map(bareOf);
  if (json.type !== 'FeatureCollection' || !Array.isArray(json.features)) return null;
  return json.features.map((feature) => (isObject(feature) ? featureOf(feature) : { properties: {}, geometry: null }));
}

const BARE: readonly unknown[] = ['Polygon', 'MultiPolygon', 'LineString', 'MultiLineString', 'Point', 'MultiPoint'];
const bareOf = (geometry: unknown) => featureOf({ geometry });

/** Of a bare list of features or geometries; null where there is anything else in it. */
function allOf(list: readonly unknown[]): SourceFeature[] | null {
  const features = list.map((member) => (isObject(member) && member.type !== 'Topology' ? featuresOf(member) : null));
  return features.includes(null) ? null : features.flatMap((each) => each ?? []);
}

/**
 * One feature as GeoJSON writes it, its own id among the properties; what is not an object becomes nothing. Throws BadInput
 * for one that nests deeper than anybody draws: whoever walks through it later would run out of stack.
 */
export function featureOf(feature: Readonly<Record<string, unknown>>): SourceFeature {
  const { id, properties, geometry } = feature;
  const collection = isObject(geometry) && geometry.type === 'GeometryCollection' ? geometry.geometries : null;
  if (nestsDeeper(collection) || nestsDeeper(properties) || nestsDeeper(id))
    throw new BadInput('file', 'a feature is nested too deeply');
  return {
    properties: { ...(id !== undefined && { id }), ...(isObject(properties) && (properties as Properties)) },
    geometry: isObject(geometry) && typeof geometry.type === 'string' ? (geometry as Geometry) : null,
  };
}

/** Coordinates of other geometries are looked through to a fixed depth anyway. */
function nestsDeeper(value: unknown): boolean {
  const left: (readonly [value: unknown, depth: number])[] = [[value, 0]];
  for (let each = left.pop(); each; each = left.pop()) {
    const [nested, depth] = each;
    if (typeof nested !== 'object' || nested === null) continue;
    if (depth > MOST_NESTED) return true;
    for (const inside of Object.values(nested)) {
      if (typeof inside === 'object' && inside !== null) left.push([inside, depth + 1]);
    }
  }
  return false;
}

/**
 * The reference system that what stands around the features tells, where that is not WGS 84; null where it is, or nothing
 * is told. `around` may end inside the list of features.
 */
export function parseDegreesOnly(around: string): string | null {
  const whole = [around, `${around}]}`].find((text) => {
    try {
      return isObject(JSON.parse(text));
    } catch {
      return false;
    }
  });
  if (whole === undefined) return null;
  const { crs, spatialReference } = JSON.parse(whole) as { crs?: unknown; spatialReference?: unknown };
  if (isObject(spatialReference)) {
    const code = spatialReference.latestWkid ?? spatialReference.wkid;
    if (code !== undefined && code !== DEGREES_CODE) return `EPSG:${String(code).slice(0, 20)}`;
  }
  if (inDegrees(crs)) return null;
  const name = isObject(crs) && isObject(crs.properties) ? crs.properties.name : null;
  return typeof name === 'string' ? name.slice(0, 60) : 'another system';
}

const DEGREES_CODE = 4326;

function inDegrees(crs: unknown): boolean {
  if (crs === undefined || crs === null) return true;
  const name = isObject(crs) && isObject(crs.properties) ? crs.properties.name : undefined;
  return typeof name === 'string' && DEGREES.test(name);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
