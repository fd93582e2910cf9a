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
