// GeoJSON (and lists of plain objects) as rows of a table: properties are columns, the point is one more.

import { BadInput } from '../errors.ts';
import { parseDegreesOnly } from '../mapfiles/geojson.ts';
import type { Note } from '../text/contract.ts';
import { parseExactJson } from '../text/exact-json.ts';
import { decodeFile } from './decode.ts';
import { jsonItems } from './json-items.ts';
import { findList, listNames } from './json-lists.ts';
import type { BrokenRow, CsvRows, Row } from './read-csv.ts';

/** The column that a feature's own point becomes; it goes before columns of longitude and latitude. */
export const POINT_OF_FEATURE = 'geometry.coordinates';

/** The columns are those of so many first features; others are told. */
const LOOKED_AT = 2000;
const BATCH_ROWS = 1000;
const LATE_TOLD = 20;
const MOST_COLUMNS = 1000;
/** Files of lines and areas hold points, too; of incidents nearly all are. */
const MOST_OTHERS = 0.5;
const BEGINNING = /^\s*(\{\s*["}]|\[\s*(?:[{[\]]|(?:null|true|false)\b|"[^"]*"\s*,\s*\{))/;
const NO_RECORDS = 'the file holds no list of records: save it as one ([{…}, {…}]) or as CSV';
type Item = {
  /** Among everything that stands in the list. */
  readonly number: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly point: string;
  readonly other: string | null;
};

/** Whether a text file, gzipped or not, begins as JSON does. */
export async function beginsAsJson(path: string): Promise<boolean> {
  const { pieces } = await decodeFile(path);
  for await (const piece of pieces) if (piece.trim() !== '') return BEGINNING.test(piece.replaceAll('\u001e', ''));
  return false;
}

/**
 * Rows in the order of features, their number as line; what stands among them and is none is broken. Throws
 * BadInput('file') for what is no GeoJSON of points and no list of records.
 */
export async function readGeojson(path: string): Promise<CsvRows & { readonly notes: () => Note[] }> {
  const lists = await findList((await decodeFile(path)).pieces);
  const text = await decodeFile(path);
  const found = Object.assign(text.found, { delimiter: '', endsOpen: false, partedRows: 0 });
  const { items, around } = jsonItems(text.pieces, lists?.[0]?.path);
  const isNamed = lists?.[0] !== undefined && lists[0].path.join() !== 'features';
  const late = new Map<string, number>();
  const others = new Map<string, number>();
  let isCut = false;

  async function* batches() {
    let columns: readonly string[] | null = null;
    let early: Item[] = [];
    let rows: Row[] = [];
    let broken: BrokenRow[] = [];
    const rowOf = (item: Item): Row => {
      if (item.other !== null) others.set(item.other, (others.get(item.other) ?? 0) + 1);
      for (const name of Object.keys(item.properties)) {
        if (!known.has(name) && (late.has(name) || late.size < LATE_TOLD)) late.set(name, (late.get(name) ?? 0) + 1);
      }
      return { line: item.number, cells: [...columns!.map((name) => cellOf(item.properties[name])), item.point] };
    };
    let known = new Set<string>();
    const open = (): Row[] => {
      columns = [...new Set(early.flatMap(({ properties }) => Object.keys(properties)))].slice(0, MOST_COLUMNS);
      known = new Set(columns);
      refuseOthers(early);
      return [{ line: 1, cells: [...columns, POINT_OF_FEATURE] }, ...early.map(rowOf)];
    };
    let read = 0;
    for await (const each of items) {
      read += 1;
      if (read === 1) refuseMetres(around());
      const item = each === null ? null : itemOf(each, read);
      if (item === null) broken.push({ line: read, reason: 'no-record' });
      else if (columns) rows.push(rowOf(item));
      else if (early.push(item) >= LOOKED_AT) {
        yield { rows: open(), broken };
        [early, broken] = [[], []];
      }
      if (!columns || rows.length + broken.length < BATCH_ROWS) continue;
      yield { rows, broken };
      [rows, broken] = [[], []];
    }
    if (!columns && early.length > 0) rows = open();
    if (!columns && read > 0) throw new BadInput('file', NO_RECORDS);
    if (rows.length + broken.length > 0) yield { rows, broken };
    refuseMetres(around());
    isCut = /"exceededTransferLimit"\s*:\s*true/.test(around());
  }

  const notes = (): Note[] => [
    ...[...others].map(([type, count]) => ({ code: 'not-a-point', count, example: type })),
    ...(late.size
      ? [{ code: 'columns-late', count: late.size, example: [...late.keys()].join(', ').slice(0, 200) }]
      : []),
    ...(isCut ? [{ code: 'cut-by-server', count: 1, example: null }] : []),
    ...(isNamed ? [{ code: 'json-list', count: 1, example: listNames(lists) }] : []),
  ];
  return { batches: batches(), found, progress: text.progress, notes };
}

/** The collection tells its reference system before its features as a rule, or behind them. */
function refuseMetres(around: string): void {
  const other = parseDegreesOnly(around);
  if (other === null) return;
  throw new BadInput('file', `its points are not in degrees but in ${other}: save it again in WGS 84 (EPSG:4326)`);
}

function refuseOthers(items: readonly Item[]): void {
  const others = items.flatMap(({ other }) => other ?? []);
  if (others.length <= items.length * MOST_OTHERS) return;
  const types = [...new Set(others)].join(', ');
  throw new BadInput('file', `the file holds no points but ${types}: it is a map, and is loaded as areas or streets`);
}

/** Null for what is neither a feature nor a record: a geometry by itself, or nothing at all. */
function itemOf(text: string, number: number): Item | null {
  const json = parsed(text, number);
  const { geometry } = json;
  // Services write attributes instead of properties; a plain list of records has neither.
  const members = [json.properties, json.attributes].find(isObject);
  const isFeature = members !== undefined || json.type === 'Feature';
  if (!isFeature && (Object.keys(json).length === 0 || isGeometry(json))) return null;
  const properties = members ?? (isFeature ? {} : json);
  if (!isFeature || !isObject(geometry)) return { number, properties, point: '', other: null };
  const { at, other } = pointOf(geometry);
  return {
    number,
    properties,
    point: at === null ? '' : typeof at === 'string' ? at : `POINT (${at.join(' ')})`,
    other,
  };
}

const GEOMETRIES = /^(?:Multi)?(?:Point|LineString|Polygon)$|^GeometryCollection$/;
const isGeometry = ({ type, coordinates, geometries }: Readonly<Record<string, unknown>>) =>
  GEOMETRIES.test(String(type)) && (Array.isArray(coordinates) || Array.isArray(geometries));

function parsed(text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    return parseExactJson(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw new BadInput('file', `feature ${number} is not well-formed JSON`);
  }
}

/**
 * Longitude and latitude of a point, of a set of one, or of what map services write: as numbers, as text where they cannot
 * be read, null for a point that is nowhere. `other` is what stands there instead of one point.
 */
function pointOf(geometry: Readonly<Record<string, unknown>>): {
  readonly at: readonly number[] | string | null;
  readonly other: string | null;
} {
  const { type, coordinates, geometries, x, y } = geometry;
  const [only, ...more] = distinct(
    type === 'MultiPoint' ? coordinates : type === 'GeometryCollection' ? geometries : [],
  );
  if (only !== undefined && more.length === 0) {
    return pointOf(type === 'MultiPoint' ? { type: 'Point', coordinates: only } : Object(only));
  }
  if (type !== 'Point' && type !== undefined) {
    const isNowhere =
      Array.isArray(coordinates ?? geometries) && ((coordinates ?? geometries) as unknown[]).length === 0;
    const count = more.length ? ` (${more.length + 1})` : '';
    return { at: null, other: isNowhere ? null : `${String(type).slice(0, 40)}${count}` };
  }
  const both = type === 'Point' ? coordinates : [x, y];
  if (both === null || both === undefined) return { at: null, other: null };
  const [lon, lat] = Array.isArray(both) ? both.map(numberIn) : [];
  if (typeof lon === 'number' && typeof lat === 'number') return { at: [lon, lat], other: null };
  const isNowhere =
    Array.isArray(both) && both.slice(0, 2).every((each) => /^(?:nan|null|undefined|)$/i.test(String(each)));
  return { at: isNowhere ? null : JSON.stringify(both).slice(0, 80).toWellFormed(), other: null };
}

const distinct = (of: unknown): unknown[] =>
  Array.isArray(of) ? [...new Map(of.map((each) => [JSON.stringify(each), each])).values()] : [];

/** A number, also one written as a text that is nothing else. */
function numberIn(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[+-]?\d{1,3}(?:[.,]\d+)?$/.test(value.trim())) return value;
  return Number(value.trim().replace(',', '.'));
}

/** A database writes what JSON has no words for so: {"$date": "2024-03-13T21:15:00Z"}, {"$oid": "65f1"}. */
function withoutType(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [only, ...more] = Object.entries(value);
  return only && more.length === 0 && /^\$(?:oid|date|number\w+|uuid)$/.test(only[0]) ? withoutType(only[1]) : value;
}

function cellOf(written: unknown): string {
  const value = withoutType(written);
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
