// Recognises a table of monthly totals by its header and first lines.

import { MONTHLY_PRESET } from '../official-totals/contract.ts';
import { findLayout } from '../official-totals/layout.ts';
import { openTotals } from '../official-totals/map-rows.ts';
import { monthInName } from '../official-totals/published.ts';
import type { Row } from '../tables/read-csv.ts';
import type { Table } from '../tables/read-table.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Detection } from './contract.ts';

const HEADER_WITHIN_ROWS = 10;
const SAMPLES_SHOWN = 5;
const MAX_SAMPLE_CHARS = 60;

/** Null when it is none. Its confidence is found as that of a file of incidents: columns, and lines that can be read. */
export function detectMonthly(
  { file, found }: Table,
  rows: readonly Row[],
  name: string | null,
  taxonomy: Taxonomy,
): Detection | null {
  const header = rows.slice(0, HEADER_WITHIN_ROWS).findIndex(({ cells }) => findLayout(cells) !== null);
  const layout = header < 0 ? null : findLayout(rows[header]!.cells);
  if (!layout) return null;
  const lines = openTotals(layout, taxonomy);
  const data = rows.slice(header + 1);
  const readable = data.filter((row) => {
    const area = lines.areaOf(row);
    return !('reason' in area) && !('reason' in lines.totalOf(row, area));
  });
  const confidence = Math.round(layout.share * (0.5 + readable.length / Math.max(1, data.length) / 2) * 100) / 100;
  const { level, kind } = layout;
  return {
    file,
    encoding: found.encoding,
    delimiter: found.delimiter,
    sheet: found.sheet?.name ?? null,
    sheets: found.sheet?.all ?? [],
    headerLine: rows[header]!.line,
    preset: MONTHLY_PRESET,
    confidence,
    candidates: [{ preset: MONTHLY_PRESET, confidence }],
    columns: layout.names.map((column, index) => {
      const cells = data.map((row) => (row.cells[index] ?? '').trim().slice(0, MAX_SAMPLE_CHARS));
      const samples = [...new Set(cells.filter((cell) => cell !== ''))].slice(0, SAMPLES_SHOWN);
      return { name: column, field: null, personal: false, samples };
    }),
    examples: [],
    dateExample: null,
    dateQuestion: null,
    numberExamples: [],
    monthly: { level, kind, publishedThrough: monthInName(name, file) },
  };
}
