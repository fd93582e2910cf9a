// A sheet of an Excel workbook as rows of text, the way a CSV file of it would read; formulas give their last value.

import { BadInput, TooLarge } from '../errors.ts';
import type { Note } from '../text/contract.ts';
import { foldName } from '../text/fold.ts';
import { Doubt } from './doubt.ts';
import type { Row } from './read-csv.ts';
import type { SheetParts } from './workbook-parts.ts';

export type SheetChoice = {
  /** Name of the sheet to take; null = the first with a header. */
  readonly sheet: string | null;
  /** Whether a header stands among a sheet's first rows. */
  readonly hasHeader: (rows: readonly (readonly string[])[]) => boolean;
  /** Sheets with the same header are read as one, those with another are refused; else the first is taken alone. */
  readonly together?: boolean;
};

/** A workbook is held in memory whole; beyond this many rows it comes as CSV. */
const MAX_ROWS = 250_000;
const HEADER_WITHIN_ROWS = 10;
const EXACT_BELOW = 1e15;
/** Day 0 of Excel: what a cell with nothing but a time is dated. */
const FIRST_YEAR = 1900;

/**
 * What is merged over several rows is said of each of them, and hidden sheets are read only where one is asked for by name.
 * Throws BadInput('file') for what is no readable workbook, BadInput('sheet') for a sheet it has not, Doubt, TooLarge.
 */
export async function readWorkbook(
  path: string,
  { sheet, hasHeader, together = false }: SheetChoice,
  parts: ReadonlyMap<string, SheetParts>,
): Promise<{
  rows: readonly Row[];
  begins: ReadonlyMap<Row, string>;
  name: string;
  read: readonly string[];
  all: readonly string[];
  notes: Note[];
}> {
  const { default: readSheets } = await import('read-excel-file/node'); // most files are CSV
  const sheets = await readSheets(path).catch((error: Error) => {
    throw new BadInput('file', `the workbook cannot be read (${error.message.slice(0, 100)})`);
  });
  const all = sheets.map((each) => each.sheet);
  const named = sheet === null ? undefined : sheets.find((each) => each.sheet === sheet);
  if (sheet !== null && !named) throw new BadInput('sheet', `no sheet ${sheet} (there are: ${all.join(', ')})`);
  const first = ({ data }: (typeof sheets)[number]) =>
    data.slice(0, HEADER_WITHIN_ROWS).map((cells) => cells.map(textOf));
  const isSeen = (each: (typeof sheets)[number]) => parts.get(each.sheet)?.hidden !== true;
  const seen = sheets.some(isSeen) ? sheets.filter(isSeen) : sheets;
  const found = named ?? seen.find((each) => hasHeader(first(each)));
  const taken = found ?? seen[0];
  if (!taken) throw new BadInput('file', 'the workbook has no sheet');
  const headerAt = (each: (typeof sheets)[number]) => first(each).findIndex((cells) => hasHeader([cells]));
  const headerOf = (each: (typeof sheets)[number]) => (first(each)[headerAt(each)] ?? []).map(foldName).join('\u001f');
  const others =
    together && found && !named
      ? seen.filter((each) => each !== found && hasHeader(first(each)) && each.data.length > headerAt(each) + 1)
      : [];
  if (others.some((each) => headerOf(each) !== headerOf(taken))) {
    throw new Doubt({ about: 'sheets', sheets: [taken, ...others].map((each) => each.sheet) });
  }
  const merged = { count: 0, example: '' };
  const rowsOf = (each: (typeof sheets)[number], from: number) => {
    const rows: { line: number; cells: string[]; filled?: Set<number> }[] = each.data.map((cells, i) => ({
      line: i + 1,
      cells: cells.map(textOf),
    }));
    for (const { top, bottom, column } of parts.get(each.sheet)?.merged ?? []) {
      // A reader of totals asks no row whether its number is one of its own: there it stands once, and is missed elsewhere.
      if (!together && typeof each.data[top]?.[column] === 'number') continue;
      const text = rows[top]?.cells[column] ?? '';
      for (const row of text === '' ? [] : rows.slice(top + 1, bottom + 1)) {
        if (row.cells[column] !== '' || row.cells.every((cell) => cell.trim() === '')) continue;
        row.cells[column] = text;
        row.filled ??= new Set();
        row.filled.add(column);
        merged.count++;
        merged.example ||= text;
      }
    }
    return rows.slice(from);
  };
  const count = [taken, ...others].reduce((sum, { data }) => sum + data.length, 0);
  if (count > MAX_ROWS) throw new TooLarge(`more than ${MAX_ROWS} rows in a workbook: save it as CSV`);
  const isFilled = ({ cells }: Row) => cells.some((cell) => cell.trim() !== '');
  const begins = new Map<Row, string>();
  const further = others.flatMap((each) => {
    const ofSheet = rowsOf(each, headerAt(each) + 1).filter(isFilled);
    if (ofSheet[0]) begins.set(ofSheet[0], each.sheet);
    return ofSheet;
  });
  return {
    rows: [...rowsOf(taken, 0).filter(isFilled), ...further],
    begins,
    name: taken.sheet,
    read: [taken, ...others].map((each) => each.sheet),
    all,
    notes: [
      ...(merged.count ? [{ code: 'cells-merged', count: merged.count, example: merged.example }] : []),
      ...[taken, ...others].flatMap((each) => parts.get(each.sheet)?.notes ?? []),
    ],
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  // The database holds neither NUL nor half a character.
  // Beyond fifteen digits a workbook has rounded: what it holds is no id any more.
  if (typeof value === 'number' && Math.abs(value) >= EXACT_BELOW) return value.toExponential();
  if (!(value instanceof Date)) return String(value).replaceAll('\0', '').toWellFormed();
  if (Number.isNaN(value.valueOf())) return '';
  // Excel keeps a time as a fraction of a day, which falls short of the second by rounding.
  const text = new Date(Math.round(value.valueOf() / 1000) * 1000).toISOString();
  const time = text.slice(11, 19);
  if (value.getUTCFullYear() < FIRST_YEAR) return time;
  return time === '00:00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`;
}
