// A column of dates that is not read while a month stands in for it is a question, not a choice.

import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import { fold, foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import type { Columns } from './presets.ts';
import { looksLikeDay } from './unread-columns.ts';

const ROWS_LOOKED_AT = 200;
const SHARE_OF_DATES = 0.8;

/** Throws Doubt naming the columns that hold days; `discard` says that one is none of these. */
export function checkNoDateUnread(
  header: readonly string[],
  { fields, personal }: Columns,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
): void {
  if (fields.date) return;
  const read = new Set(Object.values(fields).map(({ index }) => index));
  const mapped = new Set(Object.keys(map).map(foldName));
  const unread = header.flatMap((name, index) => {
    if (read.has(index) || personal.includes(name) || mapped.has(foldName(name))) return [];
    const cells = rows.slice(0, ROWS_LOOKED_AT).map((row) => row.cells[index] ?? '');
    const filled = cells.filter((cell) => !isMissing(cell));
    const days = filled.filter((cell) => looksLikeDay(cell, fold(name)));
    return days.length > 0 && days.length >= filled.length * SHARE_OF_DATES
      ? [{ name: name.trim(), example: days[0]!.trim().slice(0, 30) }]
      : [];
  });
  if (unread.length === 0) return;
  throw new Doubt({ about: 'unread-dates', columns: unread });
}
