// Columns that are not read although they look like something: named, with what they could be read as.

import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import type { Note } from '../text/contract.ts';
import { fold, foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import { holdsPoints } from './point-column.ts';
import type { Columns, Field } from './presets.ts';
import { epochMs, readDate, readTime, splitOffset } from './read-time.ts';

const ROWS_LOOKED_AT = 200;
const SHARE_ALIKE = 0.8;
const MAX_EXAMPLE = 300;

const DATE_NAME = /fecha|date|\bdia\b|day|_dt$|time|creat|updat|modif|occur|report/;
const TIME_NAME = /^(hora|hour|time|hr|hh?_)|(hora|hour|time|_hh?)$/;
const PLACES: readonly (readonly [RegExp, Field])[] = [
  [
    /^(calle|street|vialidad|avenida|st_?name|block|address|direccion|domicilio del hecho)|_(street|block|address)$/,
    'street',
  ],
  [/colonia|barrio|neighbo|asentamiento/, 'neighbourhood'],
  [/alcaldia|municipio|borough|delegacion|comuna|distrito|district|localidad/, 'borough'],
  [/lugar|ubicacion|place|location|premise/, 'place'],
];
const OFFENCE_NAME =
  /sub[ _-]?(tipo|categor|type|class)|delito|offen[cs]e|crime|crimen|incident_?type|modalidad|infraccion|conducta/;
/** Names that say so where what is read as the offence are figures. */
const WORDS_NAME = /descri|detalle|tipo|type|categ|motivo|nombre|rubro|natureza|concept/;
/** A code or an id of an offence is no label, unless it is written in words. */
const NO_LABEL = /(code|codigo|clave|cve|id|no|num)$/;
/** What tells the zone of times beside it. */
const ZONE = /^(?:utc|gmt|z|[ecmp][sd]?t|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|[a-z]+\/[a-z_/]+)$/i;
/** As text, as databases print it, or as Open Location Codes. */
const GEOMETRY =
  /^(?:srid=\d+;)?\s*(?:multi)?(?:point|linestring|polygon)\b|^0[01][0-9a-f]{40,}$|^[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}(?![^ ,])/i;
/** Cells of a grid of the world. */
const GEOHASH = /^[0-9b-hjkmnp-z]{5,12}$/i;
const ZONE_NAME = /zon[ae]|\btz\b|^tz|utc|offset|huso/;
const HALF = /^[ap]\.?\s*m\.?$/i;
const TIME_OF_DAY = /\d{1,2}:\d{2}|\d\s*[ap]\.?\s*m/i;

/** A column of numbers that is one of two coordinates, by its name. */
const AXES: readonly (readonly [RegExp, Field])[] = [
  [/(^|[^a-z])(lon|lng|long|longitud|longitude|x|este|easting|oeste)([^a-z]|$)|^(lon|coordx|utmx)/, 'lon'],
  [/(^|[^a-z])(lat|latitud|latitude|y|norte|northing)([^a-z]|$)|^(lat|coordy|utmy)/, 'lat'],
];
const NUMBER = /^[+-]?\d{1,8}(?:[.,]\d+)?$/;
const axisOf = (name: string): Field | undefined => AXES.find(([pattern]) => pattern.test(name))?.[1];

type Kind = 'date' | 'time' | 'point' | 'place' | 'offence';

/** A column that is not read, what it looks like and what it could be read as. */
export type Look = { readonly index: number; readonly kind: Kind; readonly field: Field };

export function looksOfUnread(
  header: readonly string[],
  { fields, personal }: Pick<Columns, 'fields' | 'personal'>,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
): Look[] {
  const read = new Set(Object.values(fields).map(({ index }) => index));
  const mapped = new Set(Object.keys(map).map(foldName));
  const offenceName = areCodes(rows, fields.offence?.index ?? -1) ? WORDS_NAME : OFFENCE_NAME;
  return header.flatMap((name, index): Look[] => {
    if (read.has(index) || personal.includes(name) || mapped.has(foldName(name)) || name.trim() === '') return [];
    const cells = rows.slice(0, ROWS_LOOKED_AT).map((row) => row.cells[index] ?? '');
    const filled = cells.filter((cell) => !isMissing(cell));
    if (filled.length === 0) return [];
    const told = lookOf(fold(name).trim(), filled, () => holdsPoints(rows, index), fields, offenceName);
    return told === null ? [] : [{ index, kind: told[0], field: told[1] }];
  });
}

/** One note of each kind; what somebody mapped, `discard` included, was seen already. */
export function notesOfUnread(
  header: readonly string[],
  columns: Columns,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
): Note[] {
  const found = new Map<Kind, string[]>();
  for (const { index, kind, field } of looksOfUnread(header, columns, rows, map)) {
    found.set(kind, [...(found.get(kind) ?? []), `--map "${header[index]!.trim()}=${field}"`]);
  }
  return [
    ...unreadOf(header, columns, rows, map, 'unread-zone', (name) => (ZONE_NAME.test(name) ? ZONE : null)),
    ...(columns.fields.point || (columns.fields.lon && columns.fields.lat)
      ? []
      : unreadOf(header, columns, rows, map, 'unread-geometry', (name) =>
          /geo_?hash/.test(name) ? GEOHASH : GEOMETRY,
        )),
    ...[...found].map(toldOf),
  ];
}

/** Whether a column holds nothing but figures. */
function areCodes(rows: readonly Row[], index: number): boolean {
  const filled = rows.slice(0, ROWS_LOOKED_AT).flatMap(({ cells }) => cells[index] || []);
  return filled.length > 0 && filled.every((cell) => /^\s*[\d.,-]+\s*$/.test(cell));
}

function toldOf([kind, lines]: readonly [Kind, readonly string[]]): Note {
  return {
    code: `unread-${kind}`,
    count: lines.length,
    example: lines.join(' · ').slice(0, MAX_EXAMPLE).toWellFormed(),
  };
}

/** What says that times are of UTC, in a column of its own or in the name of theirs. */
const IS_UTC = /^(?:utc|gmt|z|zulu|(?:utc|gmt)?[+-]0{1,2}(?::?00)?)$/i;
const NAMES_UTC = /(?:^|[^a-z])(?:utc|gmt|zulu)(?:[^a-z]|$)/;
const CLOCK = /\d{1,2}:\d{2}/;

/**
 * Throws Doubt where clocks without an offset are of UTC by the name of their column or by what stands beside them;
 * `discard` of a column beside them says that it means nothing.
 */
export function checkNoZoneUnread(
  header: readonly string[],
  columns: Pick<Columns, 'fields' | 'personal'>,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
): void {
  const { date, time } = columns.fields;
  const looked = rows.slice(0, ROWS_LOOKED_AT);
  const hasClock = ({ cells }: Row, index: number) => {
    const cell = (cells[index] ?? '').trim();
    return CLOCK.test(cell) && splitOffset(cell).offset === null;
  };
  const clocked = [date, time].filter((column) => column && looked.some((row) => hasClock(row, column.index)));
  const named = clocked.find((column) => NAMES_UTC.test(fold(column!.name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '))));
  if (named) {
    const row = looked.find((each) => hasClock(each, named.index))!;
    throw new Doubt({ about: 'zone', column: named.name, text: row.cells[named.index]!.trim().slice(0, 40) });
  }
  if (clocked.length === 0) return;
  const isUtc = (name: string) => (ZONE_NAME.test(name) ? IS_UTC : null);
  const [beside] = unreadOf(header, columns, rows, map, 'unread-zone', isUtc);
  if (!beside?.example) return;
  const at = beside.example.indexOf(': ');
  const [column, text] = [beside.example.slice(0, at), beside.example.slice(at + 2)];
  throw new Doubt({ about: 'zone', column, text });
}

/** Columns that no field could take: nearly all their cells look like something that would change how others are read. */
function unreadOf(
  header: readonly string[],
  { fields, personal }: Pick<Columns, 'fields' | 'personal'>,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
  code: 'unread-zone' | 'unread-geometry',
  looksOf: (name: string) => RegExp | null,
): Note[] {
  const read = new Set(Object.values(fields).map(({ index }) => index));
  const mapped = new Set(Object.keys(map).map(foldName));
  return header.flatMap((name, index): Note[] => {
    const looks = looksOf(fold(name));
    if (looks === null || read.has(index) || personal.includes(name) || mapped.has(foldName(name))) return [];
    const cells = rows.slice(0, ROWS_LOOKED_AT).map((row) => (row.cells[index] ?? '').trim());
    const filled = cells.filter((cell) => !isMissing(cell));
    const alike = filled.filter((cell) => looks.test(cell)).length;
    if (filled.length === 0 || alike < filled.length * SHARE_ALIKE) return [];
    const all = [...new Set(filled.map((cell) => cell.replace(/\(.*$/s, '')))].slice(0, 3).join(', ');
    return [{ code, count: filled.length, example: `${name.trim()}: ${all}`.slice(0, MAX_EXAMPLE).toWellFormed() }];
  });
}

function lookOf(
  name: string,
  filled: readonly string[],
  isPoint: () => boolean,
  fields: Columns['fields'],
  offenceName: RegExp,
): readonly [Kind, Field] | null {
  const alike = (test: (cell: string) => boolean) => filled.filter(test).length >= filled.length * SHARE_ALIKE;
  if (alike((cell) => looksLikeDay(cell, name))) return ['date', dateField(name, fields)];
  if (alike((cell) => TIME_OF_DAY.test(cell) && readTime(cell) !== null)) return ['time', timeField(fields)];
  if (alike((cell) => HALF.test(cell.trim()))) return ['time', 'half'];
  if (TIME_NAME.test(name) && alike((cell) => /^\d{1,4}(?:[.,]0)?$/.test(cell.trim())))
    return ['time', timeField(fields)];
  const hasPoint = Boolean(fields.point || (fields.lon && fields.lat));
  const axis = axisOf(name);
  if (axis && !hasPoint && alike((cell) => NUMBER.test(cell.trim()))) return ['point', axis];
  if (isPoint()) return hasPoint ? null : ['point', 'point'];
  const isText = alike((cell) => /\p{L}{2}/u.test(cell));
  if (!isText) return null;
  const isLabel = () => !NO_LABEL.test(name) || alike((cell) => /\p{L}{4}/u.test(cell));
  if ((OFFENCE_NAME.test(name) || offenceName.test(name)) && isLabel()) return ['offence', 'offence'];
  const place = PLACES.find(([pattern, field]) => pattern.test(name) && !fields[field]);
  return place ? ['place', place[1]] : null;
}

/** A day by its marks; digits alone only under a name that speaks of days. */
export function looksLikeDay(cell: string, name: string): boolean {
  const text = cell.trim();
  if (/^\d+$/.test(text)) return DATE_NAME.test(name) && (epochMs(text) !== null || isDate(text));
  return isDate(text);
}

function isDate(text: string): boolean {
  return (['dmy', 'mdy'] as const).some(
    (yearLast) => readDate(text, { yearFirst: 'ymd', yearLast })?.precision === 'day',
  );
}

function dateField(name: string, fields: Columns['fields']): Field {
  if (/report|denuncia|registro|recib|creat/.test(name) && !fields.reportedDate) return 'reportedDate';
  return /hasta|until|\bto\b|end|fin/.test(name) && !fields.dateUntil ? 'dateUntil' : 'date';
}

const timeField = ({ time, reportedTime, reportedDate }: Columns['fields']): Field =>
  time && reportedDate && !reportedTime ? 'reportedTime' : 'time';
