// What dates say that nobody reads is a question, not a choice: a column of days while a month stands in for it, and clocks
// behind the days that only make sense in UTC.

import type { Zone } from '../calendar/time-zone.ts';
import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import { fold, foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import type { Columns } from './presets.ts';
import { readDate, readTime } from './read-time.ts';
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

const FEWEST_CLOCKS = 10;
const SHARE_OF_CLOCKS = 0.95;
const DAY_MINUTES = 1440;
const HOUR_MINUTES = 60;
const ORDERS = (['dmy', 'mdy'] as const).map((yearLast) => ({ yearFirst: 'ymd', yearLast }) as const);

/**
 * Throws Doubt where clocks behind the dates show midnight of here as UTC writes it, or run so far apart from the hours
 * beside them as here from UTC: the days would be those of UTC.
 */
export function checkNoUtcBehindDates({ fields }: Columns, rows: readonly Row[], local: Zone): void {
  const { date, time } = fields;
  if (!date) return;
  const year = new Date().getUTCFullYear();
  const offsets = [0, 6].flatMap((month) => {
    const noon = Date.UTC(year - 1, month, 15, 12) / 60_000;
    return local.toWall(noon) - noon || [];
  });
  if (offsets.length === 0) return;
  const clocks = rows.slice(0, ROWS_LOOKED_AT).flatMap(({ cells }) => {
    const text = (cells[date.index] ?? '').trim();
    const read = ORDERS.map((orders) => readDate(text, orders)).find((each) => each?.precision === 'day');
    const behind = read && read.offset === null && read.rest !== '' ? readTime(read.rest) : null;
    if (behind?.precision !== 'minute') return [];
    const own = time ? readTime((cells[time.index] ?? '').trim()) : null;
    return [{ text: time ? `${text} · ${(cells[time.index] ?? '').trim()}` : text, behind: behind.minute, own }];
  });
  const isHere = (minute: number, utc: number, by: number) =>
    offsets.some((offset) => Math.floor(modulo(utc + offset, DAY_MINUTES) / by) === Math.floor(minute / by));
  const areMidnights = clocks.every(({ behind }) => behind !== 0 && isHere(0, behind, 1));
  // West of Greenwich such a midnight lies on the day it is of, and an hour of its own stands beside it.
  if (areMidnights && time && offsets.every((offset) => offset < 0)) return;
  const both = clocks.flatMap(({ behind, own }) => (own ? [{ behind, own: own.minute }] : []));
  const apart = both.filter(({ behind, own }) => isHere(own, behind, HOUR_MINUTES));
  const areApart = both.length >= FEWEST_CLOCKS && apart.length >= both.length * SHARE_OF_CLOCKS;
  if (clocks.length < FEWEST_CLOCKS || !(areMidnights || areApart)) return;
  throw new Doubt({ about: 'zone', column: date.name, text: clocks[0]!.text.slice(0, 40) });
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
