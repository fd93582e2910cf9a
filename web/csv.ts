// A table as a CSV file that Excel in Spanish opens as it is: UTF-8 with BOM, CRLF, quotes by RFC 4180.

type Cell = string | number | null;

/** Text that a spreadsheet would run as a formula is led by an apostrophe; numbers stay numbers. */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const guarded = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
