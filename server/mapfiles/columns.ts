// Which column of a boundary file is the code, which the name, which the population.

import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import { listed } from '../text/choices.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import { unlisted } from '../text/listed.ts';
import { type Figures, figureOf, figuresOf } from '../text/read-number.ts';
import { areEpochs, areMoments } from './moments.ts';

/** Patterns in the order of preference; the field's own keys first, ids of the software last. */
const CODE_NAMES: readonly RegExp[] = [
  /^cvegeo$/i,
  /^cveut$/i,
  /^nomenclatu/i,
  /^[a-z]{2,8}\d{2}cd$/i,
  /^geo_?id(_?\d{2})?$/i,
  /^cve/i,
  /^clave/i,
  /^(.*_)?(code|codigo|código)$/i,
  /(code|codigo|código)\d?$|^(cod|cd)_|_(cod|cd|cve|clave)$/i,
  /key$/i,
];
/** Numbers the software gave the rows: they change when the file is made again. */
const ROW_IDS: readonly RegExp[] = [/^(objectid(_\d+)?|id|_id)$/i, /^(fid|gid|ogc_fid|gml_id|fid_\d+)$/i];
const NAME_NAMES: readonly RegExp[] = [
  /^nomgeo$/i,
  /^nomut$/i,
  /^(nombre|name)$/i,
  /^nom(?!encl)/i,
  /^[a-z]{2,8}\d{2}nm$/i,
  /^distname$/i,
  /^(nombre|name)_|_(nombre|name)$/i,
  /^(colonia|barrio|sector|title|titulo)$/i,
];
/** A column in which fewer rows than this share differ is a group the rows belong to, not their name. */
const MIN_DIFFERENT_NAMES = 0.5;
const POPULATION_NAMES: readonly RegExp[] = [
  /^sumpob1$/i,
  /^pobtot$/i,
  /^(pob|poblacion|población|population|residents|habitantes)(_?\d{4})?$/i,
  // Of women, of the old, per square kilometre: none of these are the residents.
  /^(pobl?|poblacion|población|habs?|habitantes|pop|population)[_ ]?(t|tot|total|totales)[_ ]?(\d{4})?$/i,
  /^(t|tot|total)[_ ]?(pobl?|poblacion|población|hab|habitantes|pop|population)[_ ]?(\d{4})?$/i,
];

const PARENT_NAMES: readonly RegExp[] = [
  /^(nomdt|nom_?mun|nom_?agem)$/i,
  /^(alcaldia|delegacion|delegación|municipio)/i,
  /^(sector|zona|region|región|distrito|borough|district)/i,
];

/** The census whose figures these INEGI columns carry in current files; the report says that it was assumed. */
const INEGI_POPULATION = /^(sumpob1|pobtot)$/i;
const INEGI_CENSUS_YEAR = 2020;

const MAX_CODE_LENGTH = 60;
const GEOMETRY_TEXT = /^\s*(\{|(multi)?(point|linestring|polygon)\b|[0-9a-f]{42,}$)/i;
/** A measure rather than a key: 0.00123, 1234.5678, -99.1. */
const NUMBER = /^[+-]?\d*([.,]\d+)?(e[+-]?\d+)?$/i;
const MEASURE = /[.,]\d{3}/;
/** What a spreadsheet makes of a long key; the digits behind are lost. */
const SPREADSHEET_NUMBER = /^\d(\.\d+)?E\+\d+$/i;

/** A column of numbers with a row that has none comes so from many a program. */
const DECIMAL = /(?<=^\d+)[.,]0+$/;

/** `code` is more than one column where `FIRST+SECOND` was wished for, and none where features are numbered. */
export type ColumnChoice = {
  readonly code: readonly string[];
  readonly name: string | null;
  readonly populations: readonly { readonly column: string; readonly year: number; readonly yearAssumed: boolean }[];
  /** How the figures of each population are written. */
  readonly figures: readonly Figures[];
  /** What larger area each belongs to. */
  readonly parent: string | null;
  /** Every code ends in `.0`, which a program has put there: it is left out. */
  readonly decimalCodes: boolean;
  /** A column that is called a code and is none in a few rows, or one of residents without a year: not taken. */
  readonly passedOver: { readonly code: string | null; readonly residents: string | null };
};
export type ColumnWishes = {
  readonly code: string | null;
  readonly name: string | null;
  /** `COLUMN` or `COLUMN:YEAR`, several separated by commas. */
  readonly population: string | null;
  readonly parent?: string | null;
  /** The decimal mark of the figures; null or unsaid = found over each column. */
  readonly numbers?: DecimalMark | null;
  /** Somebody agrees that the place in the file is the code, where none is wished for. */
  readonly numbered?: boolean | undefined;
};

/** A property as a code or name: trimmed text, or null where there is none. A number that lost digits shows that it did. */
export function cellText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return value.toExponential();
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return null;
  // Postgres text holds no NUL; shapefile tables pad with it.
  const text = value.replaceAll('\0', '').trim().normalize('NFC');
  return text === '' ? null : text;
}

/** As textOf, of a name: several in a list are all of them. */
export const nameOf = (value: unknown): string | null => cellText(unlisted(value));

/** The code of a row, or null where a part of it is missing; `decimal` as of a ColumnChoice. */
export function codeOf(row: Properties, columns: readonly string[], decimal = false): string | null {
  const parts = columns.map((column) => cellText(row[column]));
  const code = parts.includes(null) ? null : parts.join('/');
  return decimal && code !== null ? code.replace(DECIMAL, '') : code;
}

/** A property as a number of residents, or null: `*` and `N/D` are withheld figures, -6 and 999999 stand for none. */
export function residentsOf(value: unknown, decimal: DecimalMark | null = null): number | null {
  const figure = figureOf(value, decimal);
  return figure === 'sentinel' ? null : figure;
}

/**
 * Chooses the columns: those wished for, else by name and content. The code guessed is filled and different
 * in every row. Throws BadInput when a wished column is missing or nothing can be the code.
 */
export function chooseColumns(rows: readonly Properties[], wishes: ColumnWishes): ColumnChoice {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const numbered = wishes.numbered === true && wishes.code === null;
  if (columns.length === 0 && !numbered)
    throw new BadInput('numbered', 'the features have no columns, so no code: they can be numbered (--numbered)');
  const guessed = () => (numbered ? [] : guessCode(rows, columns));
  const code = wishes.code === null ? guessed() : wishedCode(wishes.code, columns);
  if (code.length === 0 && !numbered) {
    throw new BadInput(
      'code',
      `no column has a different value in every row, name one or let them be numbered (--numbered): ${listed(columns)}`,
    );
  }
  if (rows.some((row) => SPREADSHEET_NUMBER.test(codeOf(row, code) ?? ''))) {
    throw new BadInput('code', `column ${code.join('+')} holds numbers like 9.01E+14: a spreadsheet has cut the codes`);
  }
  for (const column of code) {
    const example = lostZeros(rows, column);
    if (example !== null) {
      throw new BadInput(
        'code',
        `column ${column} has lost its leading zeros, as in ${example}: a spreadsheet has cut the codes`,
      );
    }
  }
  const name =
    wishes.name === null ? guessName(rows, columns, code.at(-1) ?? '') : wished('name', wishes.name, columns);
  const populations = choosePopulations(rows, columns, wishes.population);
  const parent =
    wishes.parent == null ? guessParent(rows, columns, [...code, name]) : wished('parent', wishes.parent, columns);
  const figures = populations.map(({ column }) =>
    figuresOf(
      rows.map((row) => row[column]),
      wishes.numbers ?? null,
    ),
  );
  const decimalCodes = rows.length > 0 && rows.every((row) => DECIMAL.test(codeOf(row, code) ?? ''));
  const passedOver = {
    code: wishes.code === null && !numbered ? passedOverAsCode(rows, columns, code) : null,
    residents: wishes.population === null && populations.length === 0 ? residentsUnused(rows, columns) : null,
  };
  return { code, name, populations, figures, parent, decimalCodes, passedOver };
}

/** A column is no code for so few rows, of which it is still the likelier one. */
const SHARE_WITHOUT_CODE = 0.5;

/** The column called a code that lacks a few values, repeats them or has lost digits; null where one called so was taken. */
function passedOverAsCode(
  rows: readonly Properties[],
  columns: readonly string[],
  taken: readonly string[],
): string | null {
  if (taken.some((column) => CODE_NAMES.some((pattern) => pattern.test(column)))) return null;
  const isNearly = (column: string) => {
    const texts = [...new Set(rows.flatMap((row) => cellText(row[column]) ?? []))];
    const isWhole = texts.length === rows.length && lostZeros(rows, column) === null;
    const areCut = texts.some((text) => SPREADSHEET_NUMBER.test(text));
    return areCut || (!isWhole && texts.length > rows.length * SHARE_WITHOUT_CODE && !areMoments(column, texts));
  };
  return firstMatch(
    CODE_NAMES,
    columns.filter((column) => !taken.includes(column) && isNearly(column)),
  );
}

/** A column called one of residents that holds numbers, whatever they stand for. */
function residentsUnused(rows: readonly Properties[], columns: readonly string[]): string | null {
  const holds = (column: string) =>
    rows.some((row) => Number(cellText(row[column]) ?? 'none') !== 0 && figureOf(row[column], null) !== null);
  return firstMatch(POPULATION_NAMES, columns.filter(holds));
}

/** How the figures of residents are read, which stand for none, and a year that was assumed. */
export function residentNotes({ populations, figures }: Pick<ColumnChoice, 'populations' | 'figures'>): Note[] {
  const assumed = new Set(populations.flatMap(({ year, yearAssumed }) => (yearAssumed ? [year] : [])));
  return [
    ...[...assumed].map((year) => ({ code: 'population-year-assumed', count: 1, example: String(year) })),
    ...figures.flatMap((each) => each.notes),
  ];
}

/** As chooseColumns, for points, which need no code of their own: then `code` is empty. */
export function choosePointColumns(
  rows: readonly Properties[],
  wishes: Pick<ColumnWishes, 'code' | 'name'>,
): Pick<ColumnChoice, 'code' | 'name'> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const code = wishes.code === null ? guessCode(rows, columns) : wishedCode(wishes.code, columns);
  const name =
    wishes.name === null ? guessName(rows, columns, code.at(-1) ?? '') : wished('name', wishes.name, columns);
  return { code, name };
}

function wished(parameter: string, wish: string, columns: readonly string[]): string {
  const column = columns.find((name) => name === wish) ?? columns.find((name) => sameName(name, wish));
  if (column === undefined) throw new BadInput(parameter, `no column ${wish}; the columns are: ${columns.join(', ')}`);
  return column;
}

/** One column, or several joined by + where no single one tells the rows apart. */
function wishedCode(wish: string, columns: readonly string[]): string[] {
  if (columns.some((column) => sameName(column, wish))) return [wished('code', wish, columns)];
  return wish.split('+').map((part) => wished('code', part, columns));
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The column that is named like a key and is one: filled and different in every row. */
export function namedCode(rows: readonly Properties[], columns: readonly string[]): string | null {
  return firstMatch(
    CODE_NAMES,
    columns.filter((column) => couldBeCode(rows, column)),
  );
}

/** The column guessed, or none. */
function guessCode(rows: readonly Properties[], columns: readonly string[]): string[] {
  const named = namedCode(rows, columns);
  if (named !== null) return [named];
  const candidates = columns.filter((column) => couldBeCode(rows, column) && !isMeasured(rows, column));
  const isRowId = (column: string) => ROW_IDS.some((pattern) => pattern.test(column));
  const texts = candidates.filter((column) => !isRowId(column) && rows.every((row) => typeof row[column] === 'string'));
  const isName = (column: string) => NAME_NAMES.some((pattern) => pattern.test(column));
  const guess = texts.find((column) => !isName(column)) ?? texts[0] ?? firstMatch(ROW_IDS, candidates);
  return guess === null ? [] : [guess];
}

/** How many digits or letters INEGI's keys have. */
const INEGI_LENGTHS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^cvegeo$/i, [2, 5, 9, 13, 16]],
  [/^cve_?ent$/i, [2]],
  [/^cve_?mun$/i, [3]],
  [/^cve_?loc$/i, [4]],
];

/** A value that is one zero too short for what INEGI calls by that name, or null. */
function lostZeros(rows: readonly Properties[], column: string): string | null {
  const lengths = INEGI_LENGTHS.find(([pattern]) => pattern.test(column))?.[1];
  if (!lengths) return null;
  const texts = rows.map((row) => cellText(row[column]) ?? '');
  const isShort = (text: string) =>
    /^[1-9]/.test(text) && !lengths.includes(text.length) && lengths.includes(text.length + 1);
  return texts.find(isShort) ?? null;
}

function couldBeCode(rows: readonly Properties[], column: string): boolean {
  if (lostZeros(rows, column) !== null) return false;
  const seen = new Set<string>();
  for (const row of rows) {
    const text = cellText(row[column]);
    if (text === null || text.length > MAX_CODE_LENGTH || seen.has(text)) return false;
    if (GEOMETRY_TEXT.test(text) || SPREADSHEET_NUMBER.test(text)) return false;
    seen.add(text);
  }
  const texts = [...seen];
  return texts.length > 0 && !areMoments(column, texts);
}

/** Of a column that is not named like a key: measures and bare numbers of seconds are none. */
function isMeasured(rows: readonly Properties[], column: string): boolean {
  const texts = rows.map((row) => cellText(row[column]) ?? '');
  return areEpochs(texts) || (texts.every((text) => NUMBER.test(text)) && texts.some((text) => MEASURE.test(text)));
}

/** The name that belongs to the code (CVEUT–NOMUT, wd11cd–wd11nm), else by pattern; among equals the most telling. */
function guessName(rows: readonly Properties[], columns: readonly string[], code: string): string | null {
  const partner = code.replace(/^cve/i, 'NOM').replace(/cd$/i, 'nm');
  const paired = partner === code ? undefined : columns.find((column) => sameName(column, partner));
  if (paired !== undefined) return paired;
  for (const pattern of NAME_NAMES) {
    const matching = columns.filter((column) => pattern.test(column) && column !== code && isText(rows, column));
    const different = (column: string) => new Set(rows.map((row) => cellText(row[column]))).size;
    const best = matching.sort((a, b) => different(b) - different(a))[0];
    if (best !== undefined && different(best) >= rows.length * MIN_DIFFERENT_NAMES) return best;
  }
  return null;
}

const isText = (rows: readonly Properties[], column: string) =>
  rows.some((row) => typeof row[column] === 'string' && !GEOMETRY_TEXT.test(row[column] as string));

/** A column of names in which several rows share each value. */
function guessParent(
  rows: readonly Properties[],
  columns: readonly string[],
  taken: readonly unknown[],
): string | null {
  const groups = columns.filter((column) => {
    const different = new Set(rows.map((row) => cellText(row[column]))).size;
    return !taken.includes(column) && isText(rows, column) && different > 1 && different * 2 <= rows.length;
  });
  return firstMatch(PARENT_NAMES, groups);
}

function choosePopulations(
  rows: readonly Properties[],
  columns: readonly string[],
  wish: string | null,
): ColumnChoice['populations'] {
  if (wish !== null) return wish.split(',').map((each) => wishedPopulation(each.trim(), columns));
  const counts = columns.filter((column) => rows.some((row) => (residentsOf(row[column]) ?? 0) > 0));
  // A census beside an earlier one: each is kept with its year.
  const pattern = POPULATION_NAMES.find((each) =>
    counts.some((column) => each.test(column) && yearOf(column) !== null),
  );
  const found = counts.flatMap((column) => {
    const year = pattern?.test(column) ? yearOf(column) : null;
    return year === null ? [] : [{ column, ...year }];
  });
  return found.filter(({ year }, at) => found.findIndex((each) => each.year === year) === at);
}

function wishedPopulation(wish: string, columns: readonly string[]): ColumnChoice['populations'][number] {
  const [, name = wish, given] = /^(.+):(\d{4})$/.exec(wish) ?? [];
  const column = wished('population', name, columns);
  const year = given === undefined ? yearOf(column) : { year: Number(given), yearAssumed: false };
  if (year === null) throw new BadInput('population', `give the year of the population: ${column}:YEAR`);
  return { column, ...year };
}

function yearOf(column: string): { year: number; yearAssumed: boolean } | null {
  const written = /(?:^|\D)((?:19|20)\d{2})$/.exec(column)?.[1];
  if (written !== undefined) return { year: Number(written), yearAssumed: false };
  return INEGI_POPULATION.test(column) ? { year: INEGI_CENSUS_YEAR, yearAssumed: true } : null;
}

function firstMatch(patterns: readonly RegExp[], columns: readonly string[]): string | null {
  for (const pattern of patterns) {
    const column = columns.find((name) => pattern.test(name));
    if (column !== undefined) return column;
  }
  return null;
}
