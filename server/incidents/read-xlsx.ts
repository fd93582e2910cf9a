// A sheet of an Excel workbook as rows of text, the way a CSV file of it would read; formulas give their last value.

import readSheets from 'read-excel-file/node';
import { BadInput, TooLarge } from '../errors.ts';
import type { Row } from './read-csv.ts';

export type SheetChoice = {
  /** Name of the sheet to take; null = the first with a header. */
  readonly sheet: string | null;
  /** Whether a header stands among a sheet's first rows. */
  readonly hasHeader: (rows: readonly (readonly string[])[]) => boolean;
};

/** A workbook is held in memory whole; beyond this many rows it comes as CSV. */
const MAX_ROWS = 250_000;
const HEADER_WITHIN_ROWS = 10;
/** Day 0 of Excel: what a cell with nothing but a time is dated. */
const FIRST_YEAR = 1900;

/** Throws BadInput('file') for what is no readable workbook, BadInput('sheet') for a sheet it has not, TooLarge. */
export async function readWorkbook(
  path: string,
  { sheet, hasHeader }: SheetChoice,
): Promise<{ rows: readonly Row[]; name: string; all: readonly string[] }> {
  const sheets = await readSheets(path).catch((error: Error) => {
    throw new BadInput('file', `the workbook cannot be read (${error.message.slice(0, 100)})`);
  });
  const all = sheets.map((each) => each.sheet);
  const named = sheet === null ? undefined : sheets.find((each) => each.sheet === sheet);
  if (sheet !== null && !named) throw new BadInput('sheet', `no sheet ${sheet} (there are: ${all.join(', ')})`);
  const found =
    named ?? sheets.find(({ data }) => hasHeader(data.slice(0, HEADER_WITHIN_ROWS).map((cells) => cells.map(textOf))));
  const taken = found ?? sheets[0];
  if (!taken) throw new BadInput('file', 'the workbook has no sheet');
  if (taken.data.length > MAX_ROWS) throw new TooLarge(`more than ${MAX_ROWS} rows in a workbook: save it as CSV`);
  const rows = taken.data.map((cells, i): Row => ({ line: i + 1, cells: cells.map(textOf) }));
  return { rows: rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== '')), name: taken.sheet, all };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  // The database holds neither NUL nor half a character.
  if (!(value instanceof Date)) return String(value).replaceAll('\0', '').toWellFormed();
  if (Number.isNaN(value.valueOf())) return '';
  // Excel keeps a time as a fraction of a day, which falls short of the second by rounding.
  const text = new Date(Math.round(value.valueOf() / 1000) * 1000).toISOString();
  const time = text.slice(11, 19);
  if (value.getUTCFullYear() < FIRST_YEAR) return time;
  return time === '00:00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`;
}
