// Residents from a table of their own, CSV or XLSX: matched to the areas of a layer by code, then by name.

import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import type { Properties } from '../geometry/contract.ts';
import { cellText, residentsOf } from '../mapfiles/columns.ts';
import { describeColumns } from '../mapfiles/describe.ts';
import { openTables } from '../tables/read-table.ts';
import { listed } from '../text/choices.ts';
import type { DecimalMark } from '../text/contract.ts';
import { figuresOf } from '../text/read-number.ts';
import type { PopulationPreview, PopulationReport } from './contract.ts';
import { findStoredLayer } from './history.ts';
import { withInegiKey } from './inegi-key.ts';
import { areApart, type Fit, fitCodes, fitNames, fitsUnnamed, type KeyArea } from './population-key.ts';
import { storePopulation } from './store.ts';

const CODE = [/^cvegeo$/i, /^cveut$/i, /^cve/i, /^(clave|codigo|código|code|id)$/i];
const NAME = [/^(nombre|name|colonia|nomut|nomgeo)$/i, /^nom/i];
const YEAR = [/^(año|anio|ano|year)$/i];
const RESIDENTS = [
  /^(residents|residentes|habitantes|poblacion|población|sumpob1?|pob)[_ ]?(t|tot|total)?[_ ]?(\d{4})?$/i,
  /^(total|valor)$/i,
  // Not those of women, of an age, per square kilometre, or in poverty.
  /^(residents|residentes|habitantes|poblacion|población|pob)(?!.*(fem|mas|muj|hom|\d+_?[ya]|km|dens|pobre))/i,
];
/** From this share of areas on, several rows of each are parts of it: women and men, or ages. */
const SHARE_IN_PARTS = 0.5;
const MOST_ROWS = 200_000;
const MOST_LISTED = 500;
/** What a person can settle by choosing a column. */
const COLUMN_CHOICES = ['code', 'name', 'population'];
const NOTHING = {
  stored: 0,
  byCode: 0,
  byName: 0,
  unreadable: 0,
  repeated: 0,
  unmatched: 0,
  unmatchedRows: [],
  areas: 0,
  years: [],
  keys: [],
  notes: [],
};

export type PopulationOptions = {
  readonly layer: string;
  readonly code: string | null;
  readonly name: string | null;
  /** `COLUMN` where the table has a column of years, else `COLUMN:YEAR`. */
  readonly population: string | null;
  /** The decimal mark of the figures; null or unsaid = found over the column. */
  readonly numbers?: DecimalMark | null;
};

/**
 * Reads and matches the table; stores nothing. Where it is not clear which column is what, that is the problem told.
 * Throws BadInput when the table cannot be read, or the layer has no residents.
 */
export async function previewPopulation(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: PopulationOptions,
): Promise<PopulationPreview> {
  const rows = await readTable(path);
  const shown = {
    type: 'population',
    fileName: basename(path),
    columns: describeColumns(rows.map((properties) => ({ properties, geometry: null }))),
  } as const;
  try {
    const { report } = await match(database, jurisdiction, rows, options);
    return { ...shown, ...report, problem: null };
  } catch (error) {
    if (!(error instanceof BadInput) || !COLUMN_CHOICES.includes(error.parameter)) throw error;
    const columns = shown.columns.map(({ name }) => name);
    const use = {
      code: options.code ?? firstOf(columns, CODE),
      name: options.name ?? firstOf(columns, NAME),
      year: null,
      residents: options.population?.replace(/:\d{4}$/, '') ?? firstOf(columns, RESIDENTS) ?? '',
    };
    const problem = { parameter: error.parameter, detail: error.message };
    return { ...shown, ...NOTHING, read: rows.length, use, problem };
  }
}

/** Stores the residents with the current version of the layer, over those of the same years. */
export async function importPopulation(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: PopulationOptions,
): Promise<PopulationReport> {
  return withJurisdictionLock(
    database,
    jurisdiction.id,
    async (writer) => {
      const { report, matched, key } = await match(writer, jurisdiction, await readTable(path), options);
      if (matched.length === 0) throw new BadInput('file', 'no row belongs to an area of the layer');
      await writer.publishing(async (trx) => {
        for (const [year, rows] of Map.groupBy(matched, (row) => row.year)) {
          await storePopulation(trx, key, { year, source: basename(path) }, rows);
        }
        await raiseDataVersion(trx, jurisdiction.id);
      });
      return report;
    },
    basename(path),
  );
}

type Match = { readonly placeId: number; readonly year: number; readonly residents: number };

async function match(
  database: Database,
  jurisdiction: Jurisdiction,
  rows: readonly Properties[],
  options: PopulationOptions,
) {
  const layer = await findStoredLayer(database, jurisdiction, options.layer);
  if (layer.type !== 'areas' || layer.current === null)
    throw new BadInput('layer', 'residents belong to a layer of areas');
  const key = { jurisdictionId: jurisdiction.id, layerId: layer.layerId, version: layer.current };
  const { rows: areas } = await sql<{ id: number; code: string; name: string }>`
    select place_id as id, code, name from area
    where jurisdiction_id = ${key.jurisdictionId} and layer_id = ${key.layerId} and version = ${key.version}`.execute(
    database.db,
  );
  const use = chooseColumns(Object.keys(rows[0] ?? {}), options);
  const fits = chooseKeys(rows, use, options, areas);

  const matched = new Map<string, Match>();
  /** Areas with several figures of one year, and an example. */
  const inParts = new Map<string, string>();
  const unmatched: string[] = [];
  const counts = { byCode: 0, byName: 0, unreadable: 0, repeated: 0 };
  const figures = figuresOf(
    rows.map((row) => row[use.residents]),
    options.numbers ?? null,
  );
  const shownColumns = new Set([use.code, use.name, ...fits.map(({ column }) => column)]);
  for (const [at, row] of rows.entries()) {
    const year = use.year ?? Number(cellText(row[use.yearColumn!]) ?? Number.NaN);
    const residents = residentsOf(row[use.residents], figures.decimal);
    const found = fits.find(({ placeIds }) => placeIds[at] !== 0);
    const placeId = found?.placeIds[at] ?? null;
    if (!found || placeId === null)
      unmatched.push([...shownColumns].flatMap((column) => (column && cellText(row[column])) ?? []).join(' '));
    else if (residents === null || !(year >= 1800 && year <= 2200)) counts.unreadable += 1;
    else {
      counts[found.of === 'name' ? 'byName' : 'byCode'] += 1;
      const key = `${placeId} ${year}`;
      const before = matched.get(key);
      if (before) counts.repeated += 1;
      if (before && before.residents !== residents) {
        const area = areas.find(({ id }) => id === placeId)!.code;
        inParts.set(key, inParts.get(key) ?? `${area}: ${before.residents}, ${residents}`);
      }
      matched.set(key, { placeId, year, residents });
    }
  }
  const [partsOfFirst = ''] = inParts.values();
  if (inParts.size > matched.size * SHARE_IN_PARTS)
    throw new BadInput(
      'population',
      `the areas have several figures of one year (${partsOfFirst}), as of women and men or of ages: leave one row of each area, its total`,
    );
  for (const area of inParts.keys()) matched.delete(area);
  const years = [...new Set([...matched.values()].map(({ year }) => year))].sort();
  const report: PopulationReport = {
    read: rows.length,
    stored: matched.size,
    ...counts,
    unmatched: unmatched.length,
    unmatchedRows: unmatched.slice(0, MOST_LISTED),
    areas: areas.length,
    years,
    keys: fits.map(({ placeIds: _placeIds, ...key }) => key),
    notes: [
      ...figures.notes,
      ...(inParts.size ? [{ code: 'residents-in-parts', count: inParts.size, example: partsOfFirst }] : []),
    ],
    use: {
      code: fits.find(({ of }) => of === 'code')?.column ?? use.code,
      name: fits.find(({ of }) => of === 'name')?.column ?? use.name,
      year: use.yearColumn,
      residents: use.residents,
    },
  };
  return { report, matched: [...matched.values()], key };
}

/**
 * The columns the table and the layer have in common, codes before names. A column somebody named is taken; where none
 * matches, any other may. Throws BadInput('code') when none does, or two would give the residents to different areas.
 */
function chooseKeys(
  rows: readonly Properties[],
  use: ReturnType<typeof chooseColumns>,
  wish: PopulationOptions,
  areas: readonly KeyArea[],
): Fit[] {
  const valuesOf = (column: string) => rows.map((row) => cellText(row[column]));
  const named = [
    ...(use.code === null ? [] : [fitCodes(use.code, valuesOf(use.code), areas)]),
    ...(use.name === null ? [] : [fitNames(use.name, valuesOf(use.name), areas)]),
  ];
  const isAsked = wish.code !== null || wish.name !== null;
  const columns = Object.keys(rows[0] ?? {});
  const taken = new Set([use.code, use.name, use.residents, use.yearColumn]);
  const others = isAsked
    ? []
    : fitsUnnamed(
        rows,
        columns.filter((column) => !taken.has(column)),
        areas,
      );
  const matching = named.filter(({ matched }) => matched > 0);
  const half = matching.some(({ matched }) => matched >= rows.length / 2);
  const fits = half || others.length === 0 ? (matching.length ? matching : named) : others;
  if (fits.length === 0) throw new BadInput('code', `which column tells the area? ${listed(columns)}`);
  // Codes go first, or names where only these were asked for.
  const before = wish.code === null && wish.name !== null ? 'name' : 'code';
  const rank = ({ of, matched }: Fit) => (of === before ? rows.length + 1 : 0) + matched;
  const [first, ...rest] = [...fits].sort((one, another) => rank(another) - rank(one));
  const other = isAsked ? undefined : [...rest, ...(half ? others : [])].find((each) => areApart(first!, each));
  if (other) {
    const [one, two] = [first!, other].map(({ of, column, matched }) => `--${of} "${column}" (${matched})`);
    throw new BadInput(
      'code',
      `two columns fit, to different areas: ${one} or ${two} of ${rows.length} rows; say which`,
    );
  }
  return [first!, ...rest];
}

/** Two filled cells in the first row that has any. */
const hasHeader = (rows: readonly (readonly string[])[]) =>
  (rows.find((row) => row.some((cell) => cell !== '')) ?? []).filter((cell) => cell !== '').length > 1;

async function readTable(path: string): Promise<readonly Properties[]> {
  const unpackTo = await makeScratch('table');
  try {
    for await (const { batches } of openTables(path, { sheet: null, unpackTo, hasHeader })) {
      const rows: Properties[] = [];
      let header: readonly string[] | null = null;
      for await (const batch of batches) {
        for (const { cells } of batch.rows) {
          if (header === null) header = cells.map((cell) => cell.trim());
          else rows.push(Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
        }
        if (rows.length > MOST_ROWS) throw new BadInput('file', `the table has more than ${MOST_ROWS} rows`);
      }
      if (rows.length > 0) return withInegiKey(rows);
    }
    throw new BadInput('file', 'the table holds no rows');
  } finally {
    await rm(unpackTo, { recursive: true, force: true });
  }
}

function chooseColumns(columns: readonly string[], wish: PopulationOptions) {
  const given = (parameter: string, name: string) => {
    const column = columns.find((each) => each.toLowerCase() === name.toLowerCase());
    if (column === undefined)
      throw new BadInput(parameter, `no column ${name}; the columns are: ${columns.join(', ')}`);
    return column;
  };
  const guess = (patterns: readonly RegExp[]) => firstOf(columns, patterns);
  const [, asked = wish.population, writtenYear] = /^(.+):(\d{4})$/.exec(wish.population ?? '') ?? [];
  const residents = asked === null ? guess(RESIDENTS) : given('population', asked);
  if (residents === null) throw new BadInput('population', `which column holds the residents? ${listed(columns)}`);
  const year = writtenYear ?? /((?:19|20)\d{2})$/.exec(residents)?.[1];
  const yearColumn = year === undefined ? guess(YEAR) : null;
  if (year === undefined && yearColumn === null) {
    throw new BadInput('population', `give the year of the residents: ${residents}:YEAR`);
  }
  const code = wish.code === null ? guess(CODE) : given('code', wish.code);
  const name = wish.name === null ? guess(NAME) : given('name', wish.name);
  return { code, name, residents, yearColumn, year: year === undefined ? null : Number(year) };
}

function firstOf(columns: readonly string[], patterns: readonly RegExp[]): string | null {
  for (const pattern of patterns) {
    const column = columns.find((each) => pattern.test(each));
    if (column !== undefined) return column;
  }
  return null;
}
