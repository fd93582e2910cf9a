// What `stats` is given: options as numbers and lists, and columns of plain files (CSV, workbook, GeoJSON).

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import type { Rings } from '../statistics/contiguity.ts';
import { openTables } from '../tables/read-table.ts';

/** More does not fit into 512 MB beside its answer. */
const MOST_ROWS = 2_000_000;
const MOST_GEOJSON_BYTES = 64_000_000;
/** Larger numbers are no counts, metres or residents, and their powers no numbers. */
const MOST_NUMBER = 1_000_000_000_000;

export type StatsAsked = {
  readonly files: readonly string[];
  readonly option: (name: string) => string | null;
  readonly isSet: (name: string) => boolean;
};

export type StatsColumns = {
  readonly rows: number;
  /** The cells of a column. Throws BadInput naming what there is. */
  readonly texts: (name: string) => readonly string[];
  readonly numbers: (name: string) => Float64Array;
  /** Of GeoJSON areas, the rings of each; else null. */
  readonly areas: readonly Rings[] | null;
};

export function needed({ option }: StatsAsked, name: string): string {
  const value = option(name);
  if (value === null) throw new BadInput(name, `--${name} is needed`);
  return value;
}

export function numberIn(text: string, name: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new BadInput(name, `--${name} is a number`);
  if (Number.isFinite(value) && Math.abs(value) > MOST_NUMBER)
    throw new BadInput(name, `--${name} is at most ${MOST_NUMBER}`);
  return value;
}

export function numberOption(asked: StatsAsked, name: string, otherwise: number | null, least = 0): number {
  const text = asked.option(name);
  if (text === null && otherwise !== null) return otherwise;
  const value = numberIn(text ?? needed(asked, name), name);
  if (!Number.isFinite(value)) throw new BadInput(name, `--${name} is a number`);
  if (value >= least) return value;
  throw new BadInput(name, least === Number.MIN_VALUE ? `--${name} is more than 0` : `--${name} is at least ${least}`);
}

/** Of what is counted: incidents, runs. */
export function wholeOption(asked: StatsAsked, name: string, otherwise: number | null, least = 0): number {
  const value = numberOption(asked, name, otherwise, least);
  if (!Number.isInteger(value)) throw new BadInput(name, `--${name} is a whole number`);
  return value;
}

export function shareOption(asked: StatsAsked, name: string, otherwise: number): number {
  const share = numberOption(asked, name, otherwise);
  if (share <= 0 || share >= 1) throw new BadInput(name, `--${name} lies between 0 and 1`);
  return share;
}

/** `1,2,inf` as numbers. */
export const numbersIn = (text: string, name: string): number[] =>
  text
    .split(',')
    .map((part) => (/^\s*(inf|infinity|∞)\s*$/i.test(part) ? Number.POSITIVE_INFINITY : numberIn(part, name)));

export function chosen<T extends string>(asked: StatsAsked, name: string, among: readonly T[], otherwise: T): T {
  const text = asked.option(name) ?? otherwise;
  const value = among.find((each) => each === text);
  if (value === undefined) throw new BadInput(name, `--${name} is one of: ${among.join(', ')}`);
  return value;
}

/** The values of an option, or of a column of the file. */
export async function columnValues(
  asked: StatsAsked,
  inline: string,
  column: string,
  cwd: string,
): Promise<Float64Array> {
  const given = asked.option(inline);
  if (asked.files.length === 0)
    return Float64Array.from(finite(numbersIn(given ?? needed(asked, inline), inline), inline));
  return (await readColumns(asked.files[0]!, cwd)).numbers(needed(asked, column));
}

function finite(values: readonly number[], name: string): readonly number[] {
  if (!values.every(Number.isFinite)) throw new BadInput(name, `--${name} is a number`);
  return values;
}

export function fileOf({ files }: StatsAsked): string {
  if (files.length === 0) throw new BadInput('file', 'a file is needed');
  return files[0]!;
}

export async function readColumns(file: string, cwd: string): Promise<StatsColumns> {
  const path = resolve(cwd, file);
  if (/\.(geo)?json$/i.test(path)) {
    const areas = await geojsonColumns(path);
    if (areas) return areas;
  }
  const folder = await mkdtemp(join(tmpdir(), 'cuadra-stats-'));
  try {
    for await (const { batches } of openTables(path, {
      unpackTo: folder,
      sheet: null,
      hasHeader: (rows) => rows.length > 0,
    }))
      return await tableColumns(batches);
    throw new BadInput('file', 'the file holds no table');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tableColumns(
  batches: AsyncIterable<{ readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[] }>,
): Promise<StatsColumns> {
  let header: readonly string[] | null = null;
  const cells: string[][] = [];
  const lines: number[] = [];
  for await (const { rows } of batches)
    for (const row of rows) {
      if (header === null) {
        header = row.cells.map((name) => name.trim());
        for (const _ of header) cells.push([]);
        continue;
      }
      if (lines.length === MOST_ROWS) throw new TooLarge(`more than ${MOST_ROWS} rows; this machine’s limit for stats`);
      lines.push(row.line);
      for (const [i, column] of cells.entries()) column.push(row.cells[i] ?? '');
    }
  return columnsOf(header ?? [], cells, lines, null);
}

function columnsOf(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  lines: readonly number[],
  areas: readonly Rings[] | null,
): StatsColumns {
  const texts = (name: string) => {
    const at = names.indexOf(name);
    const alike = at < 0 ? names.findIndex((each) => each.toLowerCase() === name.toLowerCase()) : at;
    if (alike < 0) throw new BadInput('file', `no column ${name}; the columns are: ${names.join(', ')}`);
    return cells[alike]!;
  };
  const numbers = (name: string) => {
    const column = texts(name);
    return Float64Array.from(column, (text, i) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value))
        throw new BadInput('file', `line ${lines[i]!}: «${text.slice(0, 40)}» in ${name} is not a number`);
      if (Math.abs(value) > MOST_NUMBER)
        throw new BadInput('file', `line ${lines[i]!}: «${text.slice(0, 40)}» in ${name} is more than ${MOST_NUMBER}`);
      return value;
    });
  };
  return { rows: lines.length, texts, numbers, areas };
}

type Feature = {
  readonly properties?: Readonly<Record<string, unknown>> | null;
  readonly geometry?: { readonly type: string; readonly coordinates: unknown } | null;
};

/** Null where it holds no areas, so that it is read as rows. */
async function geojsonColumns(path: string): Promise<StatsColumns | null> {
  if ((await stat(path)).size > MOST_GEOJSON_BYTES)
    throw new TooLarge(`a GeoJSON file has at most ${MOST_GEOJSON_BYTES} bytes for stats`);
  let features: readonly Feature[];
  try {
    const parsed = JSON.parse(await readFile(path, 'utf8')) as { readonly features?: readonly Feature[] };
    features = Array.isArray(parsed.features) ? parsed.features : [];
  } catch {
    return null;
  }
  if (!features.some((feature) => /Polygon$/.test(feature?.geometry?.type ?? ''))) return null;
  const names = [...new Set(features.flatMap((feature) => Object.keys(feature.properties ?? {})))];
  const cells = names.map((name) => features.map((feature) => String(feature.properties?.[name] ?? '')));
  const lines = features.map((_, i) => i + 1);
  return columnsOf(names, cells, lines, features.map(ringsOf));
}

function ringsOf({ geometry }: Feature): Rings {
  if (geometry?.type === 'Polygon') return geometry.coordinates as Rings;
  if (geometry?.type === 'MultiPolygon') return (geometry.coordinates as Rings[]).flat();
  return [];
}
