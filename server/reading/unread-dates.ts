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
/** A date of what happened, by its name, and of what was done about it later. */
const OF_EVENT = /hecho|ocurr|ocorr|occur|suced|suces|cometi|comision|incident|offen[cs]e|event|crime|delito|siniestro/;
const OF_PAPERS =
  /report|denuncia|regist|creat|creaci|recib|recep|inici|captur|carga|load|updat|modif|actuali|cierre|clos|hasta|until|(?:^|[^a-z])(?:fin|end|to)(?:[^a-z]|$)|corte|public/;

/**
 * Throws Doubt naming the columns that hold days, where only a month would be read or, by `beside`, where one of them speaks of
 * what happened, that which is read does not, and they differ; `discard` says that one is none of these.
 */
export function checkNoDateUnread(
  header: readonly string[],
  { fields, personal }: Columns,
  rows: readonly Row[],
  map: Readonly<Record<string, string>>,
  beside = false,
): void {
  const { date } = fields;
  const mapped = new Set(Object.keys(map).map(foldName));
  if (date && (!beside || isOfEvent(date.name) || mapped.has(foldName(date.name)))) return;
  const read = new Set(Object.values(fields).map(({ index }) => index));
  const looked = rows.slice(0, ROWS_LOOKED_AT);
  const unread = header.flatMap((name, index) => {
    if (read.has(index) || personal.includes(name) || mapped.has(foldName(name))) return [];
    const filled = looked.map((row) => row.cells[index] ?? '').filter((cell) => !isMissing(cell));
    const days = filled.filter((cell) => looksLikeDay(cell, fold(name)));
    if (days.length === 0 || days.length < filled.length * SHARE_OF_DATES) return [];
    const isMeant =
      !date ||
      (isOfEvent(name) && looked.some(({ cells }) => areOtherDays(cells[index] ?? '', cells[date.index] ?? '')));
    return isMeant ? [{ name: name.trim(), example: days[0]!.trim().slice(0, 30) }] : [];
  });
  if (unread.length === 0) return;
  throw new Doubt({ about: 'unread-dates', columns: unread, ...(date && { read: date.name }) });
}

const isOfEvent = (name: string): boolean => OF_EVENT.test(fold(name)) && !OF_PAPERS.test(fold(name));

/** In whatever order their numbers stand. */
function areOtherDays(one: string, other: string): boolean {
  const daysOf = (text: string) =>
    ORDERS.flatMap((orders) => {
      const read = readDate(text.trim(), orders);
      return read?.precision === 'day' ? read.date : [];
    });
  const [ofOne, ofOther] = [daysOf(one), daysOf(other)];
  return ofOne.length > 0 && ofOther.length > 0 && !ofOne.some((day) => ofOther.includes(day));
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
