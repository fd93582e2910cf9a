// GeoJSON (and lists of plain objects) as rows of a table: properties are columns, the point is one more.

import { BadInput } from '../errors.ts';
import { parseDegreesOnly } from '../mapfiles/geojson.ts';
import type { Note } from '../text/contract.ts';
import { decodeFile } from './decode.ts';
import { jsonItems } from './json-items.ts';
import type { CsvRows, Row } from './read-csv.ts';

/** The column that a feature's own point becomes; it goes before columns of longitude and latitude. */
export const POINT_OF_FEATURE = 'geometry.coordinates';

/** The columns are those of so many first features; others are told. */
const LOOKED_AT = 2000;
const BATCH_ROWS = 1000;
const LATE_TOLD = 20;
const MOST_COLUMNS = 1000;
/** Files of lines and areas hold points, too; of incidents nearly all are. */
const MOST_OTHERS = 0.5;
const BEGINNING = /^\s*(\{\s*["}]|\[\s*\{)/;
/** Numbers of more digits than a double holds. */
const LONG_NUMBER = /\d{16}/;

type Item = {
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

/** Rows in the order of features, their number as line. Throws BadInput('file') for what is no GeoJSON of points. */
export async function readGeojson(path: string): Promise<CsvRows & { readonly notes: () => Note[] }> {
  const text = await decodeFile(path);
  const found = Object.assign(text.found, { delimiter: '', endsOpen: false });
  const { items, around } = jsonItems(text.pieces);
  const late = new Map<string, number>();
  const others = new Map<string, number>();
  let isCut = false;

  async function* batches() {
    let columns: readonly string[] | null = null;
    let early: Item[] = [];
    let rows: Row[] = [];
    let line = 0;
    const rowOf = (item: Item): Row => {
      line += 1;
      if (item.other !== null) others.set(item.other, (others.get(item.other) ?? 0) + 1);
      for (const name of Object.keys(item.properties)) {
        if (!known.has(name) && (late.has(name) || late.size < LATE_TOLD)) late.set(name, (late.get(name) ?? 0) + 1);
      }
      return { line, cells: [...columns!.map((name) => cellOf(item.properties[name])), item.point] };
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
      const item = itemOf(each, read);
      if (columns) rows.push(rowOf(item));
      else if (early.push(item) >= LOOKED_AT) {
        yield { rows: open(), broken: [] };
        early = [];
      }
      if (rows.length < BATCH_ROWS) continue;
      yield { rows, broken: [] };
      rows = [];
    }
    if (!columns && early.length > 0) rows = open();
    if (rows.length > 0) yield { rows, broken: [] };
    refuseMetres(around());
    isCut = /"exceededTransferLimit"\s*:\s*true/.test(around());
  }

  const notes = (): Note[] => [
    ...[...others].map(([type, count]) => ({ code: 'not-a-point', count, example: type })),
    ...(late.size
      ? [{ code: 'columns-late', count: late.size, example: [...late.keys()].join(', ').slice(0, 200) }]
      : []),
    ...(isCut ? [{ code: 'cut-by-server', count: 1, example: null }] : []),
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

function itemOf(text: string, number: number): Item {
  const json = parsed(text, number);
  const { geometry } = json;
  // Services write attributes instead of properties; a plain list of records has neither.
  const members = [json.properties, json.attributes].find(isObject);
  const properties = members ?? (json.type === 'Feature' ? {} : json);
  if (members === undefined && json.type !== 'Feature') return { properties, point: '', other: null };
  if (!isObject(geometry)) return { properties, point: '', other: null };
  const at = pointOf(geometry);
  return {
    properties,
    point: at === null ? '' : `POINT (${at.join(' ')})`,
    other: at === null ? typeOf(geometry) : null,
  };
}

function parsed(text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text);
    // Node hands over how a number is written, which its types do not tell yet.
    const asWritten = (_: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source : value;
    return JSON.parse(text, asWritten as (key: string, value: unknown) => unknown);
  } catch {
    throw new BadInput('file', `feature ${number} is not well-formed JSON`);
  }
}

/** Longitude and latitude of a point, of a set of one, or of what map services write. */
function pointOf({ type, coordinates, x, y }: Readonly<Record<string, unknown>>): unknown[] | null {
  const several = type === 'MultiPoint' && Array.isArray(coordinates) && coordinates.length === 1;
  const at = several ? coordinates[0] : type === 'Point' ? coordinates : type === undefined ? [x, y] : null;
  if (!Array.isArray(at)) return null;
  const [lon, lat] = at;
  return typeof lon === 'number' && typeof lat === 'number' ? [lon, lat] : null;
}

/** Null for a point that is nowhere. */
function typeOf({ type, coordinates }: Readonly<Record<string, unknown>>): string | null {
  if (type === 'Point' || type === undefined || (Array.isArray(coordinates) && coordinates.length === 0)) return null;
  return String(type).slice(0, 40);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
