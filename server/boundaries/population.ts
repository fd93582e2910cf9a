// Residents from a table of their own, CSV or XLSX: matched to the areas of a layer by code, then by name.

import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { fold } from '../incidents/fold.ts';
import { openTables } from '../incidents/read-table.ts';
import { figuresOf } from '../read-number.ts';
import { makeScratch } from '../scratch.ts';
import { residentsOf, textOf } from './columns.ts';
import type { DecimalMark, PopulationPreview, PopulationReport, Properties } from './contract.ts';
import { describeColumns } from './describe.ts';
import { findStoredLayer } from './history.ts';
import { storePopulation } from './store.ts';

const CODE = [/^cvegeo$/i, /^cveut$/i, /^cve/i, /^(clave|codigo|código|code|id)$/i];
const NAME = [/^(nombre|name|colonia|nomut|nomgeo)$/i, /^nom/i];
const YEAR = [/^(año|anio|ano|year)$/i];
const RESIDENTS = [/^(residents|residentes|habitantes|poblacion|población|pobtot|sumpob1?|pob)/i, /^(total|valor)$/i];
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
  const use = chooseColumns(Object.keys(rows[0] ?? {}), options);
  const key = { jurisdictionId: jurisdiction.id, layerId: layer.layerId, version: layer.current };
  const { rows: areas } = await sql<{ id: number; code: string; name: string }>`
    select place_id as id, code, name from area
    where jurisdiction_id = ${key.jurisdictionId} and layer_id = ${key.layerId} and version = ${key.version}`.execute(
    database.db,
  );
  const byCode = new Map(areas.map(({ id, code }) => [code, id]));
  const byName = new Map<string, number | null>();
  for (const { id, name } of areas) byName.set(plainName(name), byName.has(plainName(name)) ? null : id);

  const matched = new Map<string, Match>();
  const unmatched: string[] = [];
  const counts = { byCode: 0, byName: 0, unreadable: 0, repeated: 0 };
  const figures = figuresOf(
    rows.map((row) => row[use.residents]),
    options.numbers ?? null,
  );
  for (const row of rows) {
    const code = use.code === null ? null : textOf(row[use.code]);
    const name = use.name === null ? null : textOf(row[use.name]);
    const year = use.year ?? Number(textOf(row[use.yearColumn!]) ?? Number.NaN);
    const residents = residentsOf(row[use.residents], figures.decimal);
    const found = code === null ? undefined : byCode.get(code);
    const placeId = found ?? (name === null ? null : (byName.get(plainName(name)) ?? null));
    if (placeId === null) unmatched.push([code, name].filter((text) => text !== null).join(' '));
    else if (residents === null || !(year >= 1800 && year <= 2200)) counts.unreadable += 1;
    else {
      counts[found === undefined ? 'byName' : 'byCode'] += 1;
      if (matched.has(`${placeId} ${year}`)) counts.repeated += 1;
      matched.set(`${placeId} ${year}`, { placeId, year, residents });
    }
  }
  const years = [...new Set([...matched.values()].map(({ year }) => year))].sort();
  const report: PopulationReport = {
    read: rows.length,
    stored: matched.size,
    ...counts,
    unmatched: unmatched.length,
    unmatchedRows: unmatched.slice(0, MOST_LISTED),
    areas: areas.length,
    years,
    notes: figures.notes,
    use: { code: use.code, name: use.name, year: use.yearColumn, residents: use.residents },
  };
  return { report, matched: [...matched.values()], key };
}

/** Two filled cells in the first row that has any. */
const hasHeader = (rows: readonly (readonly string[])[]) =>
  (rows.find((row) => row.some((cell) => cell !== '')) ?? []).filter((cell) => cell !== '').length > 1;

async function readTable(path: string): Promise<Properties[]> {
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
      if (rows.length > 0) return rows;
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
  if (residents === null) throw new BadInput('population', `which column holds the residents? ${columns.join(', ')}`);
  const year = writtenYear ?? /((?:19|20)\d{2})$/.exec(residents)?.[1];
  const yearColumn = year === undefined ? guess(YEAR) : null;
  if (year === undefined && yearColumn === null) {
    throw new BadInput('population', `give the year of the residents: ${residents}:YEAR`);
  }
  const code = wish.code === null ? guess(CODE) : given('code', wish.code);
  const name = wish.name === null ? guess(NAME) : given('name', wish.name);
  if (code === null && name === null) throw new BadInput('code', `which column tells the area? ${columns.join(', ')}`);
  return { code, name, residents, yearColumn, year: year === undefined ? null : Number(year) };
}

function firstOf(columns: readonly string[], patterns: readonly RegExp[]): string | null {
  for (const pattern of patterns) {
    const column = columns.find((each) => pattern.test(each));
    if (column !== undefined) return column;
  }
  return null;
}

/** Without accents, case, punctuation and what offices put before or after a name. */
function plainName(name: string): string {
  return fold(name)
    .replaceAll(/\b(col(onia)?|barrio|fracc(ionamiento)?|u ?hab|pueblo|pblo|unidad habitacional)\b\.?/g, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
