// Incidents as files: which formats there are, how much each holds, and lines of CSV that spreadsheets open as they stand.

import * as z from 'zod';

/** The form of a file, the ending of its name. */
export const EXPORT_FORMATS = ['csv', 'xlsx', 'gpkg', 'geojson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * Incidents in a file at most; null = all there are. A workbook is made in memory and a GeoPackage on the disk before its
 * first byte can be sent; beyond this there is CSV.
 */
export const MOST_INCIDENTS: Readonly<Record<ExportFormat, number | null>> = {
  csv: null,
  xlsx: 50_000,
  gpkg: 500_000,
  geojson: null,
};

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  gpkg: 'application/geopackage+sqlite3',
  geojson: 'application/geo+json; charset=utf-8',
};

/** Beside FILTER: `headings=words` names the columns of a table in the language asked for instead of by their codes. */
export const exportQuery = z.object({ headings: z.enum(['codes', 'words']).default('codes') });

/** A cell as it was before `csvLine` put an apostrophe before it. */
export function withoutGuard(cell: string): string {
  return cell.charCodeAt(0) === APOSTROPHE && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** Put before the first line, so that Excel reads what follows as UTF-8. */
export const BOM = '\uFEFF';

const APOSTROPHE = 0x27;
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
/** What a spreadsheet would run; and what stands behind apostrophes already, so that one of them can be taken off again. */
const FORMULA = /^'*(?:\s*[=+\-@]|[\t\r])/;

/**
 * One line with its line end, by RFC 4180. Text that begins like a formula is put behind an apostrophe, so that no
 * spreadsheet runs it; numbers are left alone.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
