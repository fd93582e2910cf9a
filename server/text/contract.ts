// Notes about what was read, the marks figures are written with, and lines of CSV that spreadsheets open. Pure.

/** Something worth telling about an import: how often, and one example. */
export type Note = { readonly code: string; readonly count: number; readonly example: string | null };

/** Which mark stands before the decimals of figures. */
export const DECIMAL_MARKS = ['comma', 'point'] as const;
export type DecimalMark = (typeof DECIMAL_MARKS)[number];

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
