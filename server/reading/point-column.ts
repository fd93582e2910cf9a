// One column that holds the whole point: which one it is, and its cells as two coordinates.

import { sexagesimalPair } from '../geometry/sexagesimal.ts';
import type { Row } from '../tables/read-csv.ts';
import { POINT_OF_FEATURE } from '../tables/read-geojson.ts';
import { foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import type { Columns } from './presets.ts';

/** What sources call it; taken only when its cells look so. */
const NAMES = new Set(
  `point punto the_geom geom geometry wkt geo_point_2d geopoint georeference georeferencia coordenadas coordinates coords
  lat_lon latlon lat_long latlong lat_lng latitud_longitud location location_1 ubicacion posicion`
    .split(/\s+/)
    .concat(POINT_OF_FEATURE)
    .map(foldName),
);
const CELLS_LOOKED_AT = 200;
const SHARE_OF_POINTS = 0.8;

const NUMBER = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?';
const WITH_COMMA = '[+-]?\\d+,\\d+';
const WKT = new RegExp(
  `^(?:srid=4326;)?\\s*(?:multi)?point\\s*(?:z|m|zm)?\\s*\\(\\s*\\(?\\s*(${NUMBER})\\s+(${NUMBER})(?:\\s+${NUMBER})*\\s*\\)?\\s*\\)$`,
  'i',
);
const GEOJSON = new RegExp(`"coordinates"\\s*:\\s*\\[\\s*(${NUMBER})\\s*,\\s*(${NUMBER})`, 'i');
/** Latitude first; words may stand before the brackets. */
const IN_BRACKETS = new RegExp(`\\(\\s*(${NUMBER})\\s*°?\\s*[,;]\\s*(${NUMBER})\\s*°?\\s*\\)$`, 'i');
const PAIR = new RegExp(`^\\[?\\s*(${NUMBER})\\s*°?\\s*(?:[,;|]|\\s)\\s*(${NUMBER})\\s*°?\\s*\\]?$`, 'i');
/** 12,5 alone is one number. */
const NO_COMMA_NUMBER = /\.|[,;|\s]\s*[+-]|^[\s0,]+$/;
const PAIR_WITH_COMMAS = new RegExp(`^\\(?\\s*(${WITH_COMMA})\\s*(?:[,;|]|\\s)\\s*(${WITH_COMMA})\\s*\\)?$`);
/** Coordinates by their names, as open data portals write them: {'latitude': '19.42', 'longitude': '-99.15'}. */
const NAMED_LAT = new RegExp(`\\blat(?:itude?)?["']?\\s*[:=]\\s*["']?(${NUMBER})(?!\\d|[.,]\\d)`, 'i');
const NAMED_LON = new RegExp(`\\b(?:lon|lng|long|longitude?)["']?\\s*[:=]\\s*["']?(${NUMBER})(?!\\d|[.,]\\d)`, 'i');
/** A link to a map: the pin goes before what the map is centred on. */
const LINK = /^https?:\/\//i;
const LAT_LON_IN_LINK = [
  '!3d(N)!4d(N)',
  '[?&](?:q|query|ll|daddr|destination|cbll|center)=(?:loc:)?(N)(?:,|%2C)(?:\\+|%20)?(N)',
  'mlat=(N)&(?:amp;)?mlon=(N)',
  '[/@](N),(N)',
  '#map=[\\d.]+/(N)/(N)',
].map((form) => new RegExp(form.replaceAll('N', '-?\\d{1,3}\\.\\d+'), 'i'));
/** A point as databases print it: byte order, type with or without SRID, two doubles. */
const HEX_POINT = /^01010000(?:00|20e6100000)([0-9a-f]{32})(?:[0-9a-f]{16})*$/i;

/** Longitude and latitude as they stand in a cell; null where it holds none. */
export function splitPoint(cell: string): { readonly lon: string; readonly lat: string } | null {
  const text = cell.trim();
  const lonFirst = WKT.exec(text) ?? (text.startsWith('{') ? GEOJSON.exec(text) : null);
  if (lonFirst) return { lon: lonFirst[1]!, lat: lonFirst[2]! };
  if (LINK.test(text)) {
    const pin = LAT_LON_IN_LINK.map((form) => form.exec(text)).find((found) => found !== null);
    return pin ? { lon: pin[2]!, lat: pin[1]! } : null;
  }
  const lat = NAMED_LAT.exec(text)?.[1];
  const lon = NAMED_LON.exec(text)?.[1];
  if (lat !== undefined && lon !== undefined) return { lon, lat };
  const latFirst =
    IN_BRACKETS.exec(text) ?? (NO_COMMA_NUMBER.test(text) ? PAIR.exec(text) : null) ?? PAIR_WITH_COMMAS.exec(text);
  if (latFirst) return { lon: latFirst[2]!, lat: latFirst[1]! };
  const hex = HEX_POINT.exec(text)?.[1];
  if (hex === undefined) return sexagesimalPair(text);
  const doubles = Buffer.from(hex, 'hex');
  return { lon: String(doubles.readDoubleLE(0)), lat: String(doubles.readDoubleLE(8)) };
}

/** Whether a cell says that there is no point. */
export function saysNoPoint(cell: string): boolean {
  return (
    isMissing(cell) ||
    /^(?:srid=\d+;)?\s*point\s*(?:z|m|zm)?\s*(?:empty|\(\s*(?:nan|null)[^)]*\))$|^\(\s*,?\s*\)$/i.test(cell.trim())
  );
}

/**
 * The columns of a header with the one that holds the point, where longitude and latitude have none of their own; a column
 * of points is no place in words. What somebody chose goes before.
 */
export function withPointColumn(
  columns: Columns,
  header: readonly string[],
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
): Columns {
  const { fields, personal } = columns;
  const chosen = new Set(Object.keys(map).map(foldName));
  const isChosen = (field: { readonly name: string } | undefined) =>
    field !== undefined && chosen.has(foldName(field.name));
  const read = new Set(Object.entries(fields).flatMap(([field, { index }]) => (field === 'place' ? [] : [index])));
  const isCandidate = (name: string, index: number) =>
    NAMES.has(foldName(name)) &&
    !read.has(index) &&
    !personal.includes(name) &&
    !chosen.has(foldName(name)) &&
    holdsPoints(rows, index);
  /** By what it holds alone; of several none says that it is the one. */
  const onlyColumn = (): number => {
    const all = header.flatMap((name, index) =>
      !read.has(index) && !personal.includes(name) && !chosen.has(foldName(name)) && holdsPoints(rows, index)
        ? [index]
        : [],
    );
    return all.length === 1 ? all[0]! : -1;
  };
  const ofFeature = header.lastIndexOf(POINT_OF_FEATURE);
  // What a feature has for a point is one, however it is written.
  const isOfFeature =
    ofFeature >= 0 &&
    !read.has(ofFeature) &&
    !chosen.has(foldName(POINT_OF_FEATURE)) &&
    rows.some(({ cells }) => !saysNoPoint(cells[ofFeature] ?? ''));
  const named = isOfFeature ? ofFeature : header.findIndex(isCandidate);
  const found = named < 0 && !fields.lon && !fields.lat && !fields.point ? onlyColumn() : named;
  if (found < 0) return columns;
  const { place, ...others } = fields;
  const kept = place && place.index !== found ? { ...others, place } : others;
  if (isOfFeature && !fields.point && !isChosen(fields.lon) && !isChosen(fields.lat)) {
    const { lon: _, lat: __, ...without } = kept;
    return { ...columns, fields: { ...without, point: { index: found, name: POINT_OF_FEATURE } } };
  }
  const needed = !fields.point && !(fields.lon && fields.lat);
  return { ...columns, fields: needed ? { ...kept, point: { index: found, name: header[found]!.trim() } } : kept };
}

/** Whether nearly all filled cells of a column are points. */
export function holdsPoints(rows: readonly Row[], index: number): boolean {
  let [filled, points] = [0, 0];
  for (const { cells } of rows) {
    const cell = cells[index] ?? '';
    if (saysNoPoint(cell)) continue;
    if (splitPoint(cell)) points++;
    if (++filled >= CELLS_LOOKED_AT) break;
  }
  return points > 0 && points >= filled * SHARE_OF_POINTS;
}
