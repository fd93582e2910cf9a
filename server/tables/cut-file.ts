// Marks that a file is cut: it is as long as the program that wrote it lets a file be, or breaks off in the middle.

import type { Note } from '../text/contract.ts';

/** Rows of a sheet of Excel, of today and of 1997, header included. */
const SHEETS = [1_048_576, 65_536];
/** Rows that portals deliver at a time. */
const PAGES = new Set([1000, 2000, 5000, 10_000, 32_000, 50_000, 100_000]);

/** `brokenOff`: the last line is short of cells or of a closing quote, and has no end. */
export function cutNotes(rows: number, brokenOff: boolean): Note[] {
  const note = (code: string) => [{ code, count: rows, example: null }];
  if (brokenOff) return note('cut-in-row');
  if (SHEETS.some((most) => rows === most || rows === most - 1)) return note('cut-by-sheet');
  return PAGES.has(rows) ? note('cut-by-page') : [];
}
