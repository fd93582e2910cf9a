// Lines of CSV that spreadsheets open as they stand: RFC 4180, and no cell that a spreadsheet would run as a formula.

/** Put before the first line, so that Excel reads what follows as UTF-8. */
export const BOM = '\uFEFF';

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** One line with its line end. Text that begins like a formula is put behind an apostrophe; numbers are left alone. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^\s*[=+\-@]|^[\t\r]/.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
