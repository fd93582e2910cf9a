// How tables of monthly totals are laid out: one line per area, year and category, and a column for each month.

import { foldName } from '../text/fold.ts';
import { repairWords } from '../text/mojibake.ts';
import type { MonthlyLook } from './contract.ts';

const COLUMNS = {
  year: ['Año', 'Anio'],
  state: ['Clave_Ent', 'Cve_Ent', 'Clave Entidad', 'Cve. Entidad'],
  stateName: ['Entidad', 'Entidad federativa'],
  area: ['Cve. Municipio', 'Clave Municipio', 'Cve_Mun', 'Clave_Mun'],
  areaName: ['Municipio'],
  interest: ['Bien jurídico afectado'],
  type: ['Tipo de delito'],
  subtype: ['Subtipo de delito'],
  modality: ['Modalidad'],
  sex: ['Sexo'],
  age: ['Rango de edad'],
} as const;
const MONTHS = [
  ...['Enero', 'Febrero', 'Marzo', 'Abril', 'Mayo', 'Junio'],
  ...['Julio', 'Agosto', 'Septiembre', 'Octubre', 'Noviembre', 'Diciembre'],
];
export type MonthlyColumn = keyof typeof COLUMNS;

const BOTH = ['year', 'state', 'stateName', 'interest', 'type', 'subtype', 'modality'] as const;
const NEEDED = ['year', 'state', 'type'] as const;

export type MonthlyLayout = Pick<MonthlyLook, 'level' | 'kind'> & {
  readonly width: number;
  /** Names of the columns, repaired, in the order of the file. */
  readonly names: readonly string[];
  /** Position of each column, −1 = not there. */
  readonly at: Readonly<Record<MonthlyColumn, number>>;
  /** Position of January to December. */
  readonly months: readonly number[];
  /** Share of the layout's own columns that are there. */
  readonly share: number;
};

/** The layout of a header; null when it is not of such a table. */
export function findLayout(header: readonly string[]): MonthlyLayout | null {
  const names = header.map(headerName);
  const folded = names.map(foldName);
  const find = (known: readonly string[]) => Math.max(...known.map((each) => folded.indexOf(foldName(each))));
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([column, known]) => [column, find(known)])) as Record<
    MonthlyColumn,
    number
  >;
  const months = MONTHS.map((month) => find([month, ...(month === 'Septiembre' ? ['Setiembre'] : [])]));
  if (NEEDED.some((column) => at[column] < 0) || months.some((month) => month < 0)) return null;
  const found = BOTH.filter((column) => at[column] >= 0).length + months.length;
  return {
    width: header.length,
    names,
    at,
    months,
    level: at.area < 0 ? 'state' : 'municipality',
    kind: at.sex < 0 || at.age < 0 ? 'incident' : 'victim',
    share: found / (BOTH.length + months.length),
  };
}

/** A byte-order mark may have been read as letters, and a header may be encoded twice. */
function headerName(cell: string): string {
  return repairWords(cell.trim().replace(/^(?:\ufeff|ï»¿)/, '')).trim();
}
