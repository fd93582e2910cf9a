// Marks that a file is cut: it is as long as the program that wrote it lets a file be, or ends in the middle.

import type { Note } from './contract.ts';

/** Rows of a sheet of Excel, of today and of 1997, header included. */
const SHEETS = [1_048_576, 65_536];
/** Rows that portals deliver at a time. */
const PAGES = new Set([500, 1000, 2000, 5000, 10_000, 20_000, 25_000, 32_000, 50_000, 100_000, 500_000]);

/** Of so many rows; `header` tells whether they stand below one. */
export function cutNotes(rows: number): Note[] {
  if (SHEETS.some((most) => rows === most || rows === most - 1))
    return [{ code: 'cut-by-sheet', count: rows, example: null }];
  return PAGES.has(rows) ? [{ code: 'cut-by-page', count: rows, example: null }] : [];
}
