// Presets: how each known kind of incident file is laid out and how good it is; data in geodata/presets.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { DATE_PRECISIONS, KINDS } from '../db/contract.ts';
import { BadInput } from '../errors.ts';
import { CLOCK_FORMS, type ClockForm, type ClockOfDate, clockOfDate } from '../tables/contract.ts';
import { distinctNames } from '../tables/distinct-names.ts';
import type { Row } from '../tables/read-csv.ts';
import { CODE } from '../taxonomy/contract.ts';
import { fold, foldName } from '../text/fold.ts';
import { countedBy } from './count-names.ts';

/**
 * What a column can be read as; `year`, `month` and `day` of the month stand in where the date cannot be read, `dateUntil` and `timeUntil` are
 * the last moment it may have happened, `minute` and `half` (a. m., p. m.) belong to `time`, `point` is both coordinates in one, `closing` is how a call was closed, `quantity` how many cases a row stands for. `place` is free words for
 * where it was; the four after it name the place when there is no point.
 */
export const FIELDS = [
  ...([
    'key',
    'date',
    'time',
    'minute',
    'half',
    'year',
    'month',
    'day',
    'dateUntil',
    'timeUntil',
    'reportedDate',
    'reportedTime',
  ] as const),
  ...([
    'offence',
    'lon',
    'lat',
    'point',
    'place',
    'street',
    'crossing',
    'neighbourhood',
    'borough',
    'closing',
    'quantity',
    'supplement',
  ] as const),
] as const;
export type Field = (typeof FIELDS)[number];

const preset = z.object({
  code: z.string().regex(CODE),
  /** Label list the offences belong to. */
  scheme: z.string().regex(CODE),
  source: z.string().regex(CODE),
  sourceTitle: z.string(),
  kind: z.enum(KINDS),
  /** How far a point may be from the true place; null = not stated by the source. */
  accuracyM: z.number().nullable(),
  /** Points are moved to the middle of a street on purpose, so a street may be coloured from them. */
  snapped: z.boolean(),
  live: z.boolean(),
  datePrecision: z.enum(DATE_PRECISIONS),
  /** How 03/04/2024 is read; null = as the other dates of the file show, else day first. */
  dateOrder: z.enum(['dmy', 'mdy']).nullable(),
  /** Where points are expected when the jurisdiction has no bounds yet: w, s, e, n. */
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  columns: z.partialRecord(z.enum(FIELDS), z.array(z.string())),
  /** Columns this layout is recognised by, each with its other names, and columns that speak against it. */
  signature: z.array(z.array(z.string())),
  not: z.array(z.string()).default([]),
  /** Columns only this layout has: without any of them it is another, however much else is alike. */
  oneOf: z.array(z.string()).default([]),
  /** Columns that hold day and hour in one: taken as the date where no column of hours stands. */
  dateTime: z.array(z.string()).default([]),
  /** Columns without which the id is none: each station or year counts anew. */
  keyWith: z.array(z.string()).default([]),
  /** Where its hours are local, as an IANA zone; null = wherever the jurisdiction is. */
  zone: z.string().nullable().default(null),
  /** Where its publisher, or who reads it, describes the columns. */
  documented: z.array(z.string()).default([]),
  /** Closing codes of calls that count; rows closed otherwise are kept as unconfirmed. Null = the source has none. */
  closingCounts: z.array(z.string()).nullable().default(null),
});
export type Preset = Readonly<z.output<typeof preset>>;

const FOLDER = fileURLToPath(new URL('../../geodata/presets', import.meta.url));

export function presetCodes(): string[] {
  return readdirSync(FOLDER)
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

/** Reads a preset. Throws BadInput('preset') naming those that exist. */
export function presetOf(code: string): Preset {
  const known = presetCodes();
  if (!known.includes(code)) throw new BadInput('preset', `unknown preset: ${code} (there are: ${known.join(', ')})`);
  return preset.parse(JSON.parse(readFileSync(`${FOLDER}/${code}.json`, 'utf8')));
}

/** What a column is mapped to that must not be read although the preset would. */
export const DISCARD = 'discard';

export type Columns = {
  readonly width: number;
  /** Position and name of the column each field is read from. */
  readonly fields: Readonly<Partial<Record<Field, { readonly index: number; readonly name: string }>>>;
  /** Columns about persons: never read. */
  readonly personal: readonly string[];
  /** How columns of times without colons are written, where somebody said it. */
  readonly clocks?: Readonly<Partial<Record<Field, ClockForm>>>;
  /** What the clocks behind the dates of a column are, where somebody said it. */
  readonly clocksOfDates?: Readonly<Partial<Record<Field, ClockOfDate>>>;
  /** Positions of the columns that belong to the id. */
  readonly keyWith?: readonly number[];
};

/**
 * Where each field stands in this header, or the needed fields it lacks; `map` (column → field) goes before the preset.
 * `ofOneOffence`: no column need say the offence, and none is read for it.
 */
export function findColumns(
  header: readonly string[],
  preset: Preset,
  map: Readonly<Record<string, string>>,
  ofOneOffence = false,
): { readonly columns: Columns } | { readonly missing: readonly string[] } {
  const names = header.map(foldName);
  const personal = header.filter(isPersonal);
  const fields: Partial<Record<Field, { index: number; name: string }>> = {};
  const clocks: Partial<Record<Field, ClockForm>> = {};
  const clocksOfDates: Partial<Record<Field, ClockOfDate>> = {};
  const mapped = new Set<number>();
  const take = (field: Field, index: number): void => {
    fields[field] = { index, name: header[index]!.trim() };
  };
  for (const [column, target] of Object.entries(map)) {
    const index = names.indexOf(foldName(column));
    if (index < 0 || isPersonal(column)) continue;
    mapped.add(index);
    const form = clockForm(target);
    const ofDate = clockOfDate(target);
    if (ofDate) {
      const field = dateNamed(target, ofDate.field);
      clocksOfDates[field] = ofDate.form;
      take(field, index);
    } else if (form) {
      const field =
        TIMES.find((each) => preset.columns[each]?.some((name) => foldName(name) === names[index])) ?? 'time';
      clocks[field] = form;
      take(field, index);
    } else if (target !== DISCARD) take(fieldNamed(target), index);
  }
  const firstOf = (candidates: readonly string[]) =>
    candidates
      .map((candidate) => names.indexOf(foldName(candidate)))
      .find((index) => index >= 0 && !mapped.has(index) && !isPersonal(header[index]!));
  const keyOfPreset = !fields.key;
  const dateOfPreset = !fields.date;
  for (const field of FIELDS) {
    const index = fields[field] ? undefined : firstOf(preset.columns[field] ?? []);
    if (index !== undefined) take(field, index);
  }
  const inOne = dateOfPreset && !fields.time ? firstOf(preset.dateTime) : undefined;
  if (inOne !== undefined) take('date', inOne);
  if (ofOneOffence) delete fields.offence;
  const missing: string[] = [];
  if (!fields.date && !fields.month) missing.push('date');
  if (!fields.offence && !ofOneOffence) missing.push('offence');
  if (missing.length) return { missing };
  const keyWith = keyOfPreset ? preset.keyWith.flatMap((name) => firstOf([name]) ?? []) : [];
  return { columns: { width: header.length, fields, personal, clocks, clocksOfDates, keyWith } };
}

/** Checks `column=field` pairs against a header. Throws BadInput('map'). */
export function checkMap(map: Readonly<Record<string, string>>, header: readonly string[]): void {
  const names = header.map(foldName);
  for (const [column, target] of Object.entries(map)) {
    const ofDate = clockOfDate(target);
    if (ofDate) dateNamed(target, ofDate.field);
    else if (target !== DISCARD && !clockForm(target)) fieldNamed(target);
    if (isPersonal(column)) throw new BadInput('map', `columns about persons are not read: ${column}`);
    if (!names.includes(foldName(column)))
      throw new BadInput('map', `no column ${column} (there are: ${header.join(', ')})`);
  }
}

/** So many names in a row are no row of data. */
const FEWEST_NAMES = 3;
const MOST_NAMED = 200;

/**
 * Throws BadInput('file') for a row that names the columns of the table again, in another order: what follows would be read
 * under the wrong names. The same header again is only a row that is none.
 */
export function watchHeader(header: readonly string[]): (row: Row) => void {
  const names = header.map(foldName);
  const known = new Set(names);
  return ({ cells, line }) => {
    let filled = 0;
    for (const cell of cells) {
      const name = foldName(cell);
      if (name === '') continue;
      if (!known.has(name)) return;
      filled++;
    }
    const again = distinctNames(cells).map(foldName);
    if (filled < FEWEST_NAMES || !again.every((name) => name === '' || known.has(name))) return;
    if (again.every((name, at) => name === '' || name === names[at])) return;
    const named = cells.filter((cell) => cell.trim() !== '').join(', ');
    throw new BadInput(
      'file',
      `line ${line} names the columns again in another order (${named.slice(0, MOST_NAMED)}): save each table as a file of its own`,
    );
  };
}

const DATES = ['date', 'dateUntil', 'reportedDate'] as const;
const TIMES = ['time', 'timeUntil', 'reportedTime'] as const;
/** A column of times by how it is written: --map hora=hhmm. */
const clockForm = (word: string): ClockForm | undefined =>
  CLOCK_FORMS.find((form) => form === word.trim().toLowerCase());

/** A field of dates; of others no clocks stand behind. Throws BadInput('map'). */
function dateNamed(target: string, word: string): Field {
  const field = fieldNamed(word);
  if (!DATES.some((each) => each === field))
    throw new BadInput(
      'map',
      `unknown field: ${target} (there are: ${DATES.map((each) => `${each}:hours`).join(', ')})`,
    );
  return field;
}

/** A field by its name or by any word the generic preset knows for it. */
function fieldNamed(word: string): Field {
  const name = foldName(word);
  const { columns } = presetOf('generic');
  const field =
    FIELDS.find((each) => foldName(each) === name) ??
    FIELDS.find((each) => (columns[each] ?? []).some((alias) => foldName(alias) === name));
  if (!field) throw new BadInput('map', `unknown field: ${word} (there are: ${FIELDS.join(', ')})`);
  return field;
}

const PERSONAL_WORDS = new Set(
  `apellido apellidos nombre nombres telefono tel celular movil curp rfc correo email mail narrativa narracion relato
  denunciante victima ofendido imputado detenido testigo caller phone telephone mobile surname firstname lastname fullname
  complainant victim suspect witness narrative`.split(/\s+/),
);
/** "Nombre" of one of these is no person's. */
const THINGS = new Set(
  'colonia calle vialidad via delito municipio alcaldia entidad lugar estacion cuadrante sector localidad barrio'.split(
    ' ',
  ),
);

/** Whether a column is about a person (names, telephones, CURP, RFC, the complainant's home, narratives). */
export function isPersonal(column: string): boolean {
  if (countedBy(column) === 'persons') return false;
  const words = fold(column).match(/[a-z0-9]+/g) ?? [];
  const joined = words.join('');
  if (/descripcion(de)?(los|el)?hechos?$/.test(joined) || /^(first|last|full)name$/.test(joined)) return true;
  if (words.some((word) => THINGS.has(word)))
    return words.some((word) => word !== 'nombre' && PERSONAL_WORDS.has(word));
  return words.some((word) => PERSONAL_WORDS.has(word));
}
