// What a whole column of dates shows of how it is written: in which order, as which numbers, and whether its clocks say
// anything. Nothing is taken from a single value, and what stays open is asked.

import { dayOf, textOf } from '../calendar/days.ts';
import type { Clocks } from '../calendar/time-zone.ts';
import type { ClockOfDate } from '../tables/contract.ts';
import type { Note } from '../text/contract.ts';
import { doubtOfHalves, watchHalves } from './clock-evidence.ts';
import type { DateOrder, DateQuestion } from './contract.ts';
import { DateDoubt } from './date-doubt.ts';
import {
  type BesideMonth,
  type DateNumbers,
  epochMs,
  inOrder,
  numberBesideMonth,
  type Orders,
  readDate,
  readTime,
  splitOffset,
} from './read-time.ts';

/** How the cells of one column of dates are to be read. */
export type DateReading = {
  readonly orders: Orders;
  /** Whole numbers are seconds or milliseconds since 1970. */
  readonly epoch: boolean;
  /** Numbers are days as a spreadsheet counts them, from 1900 on. */
  readonly serial?: boolean;
  /** Clocks that say nothing: all of them are midnight, as written or at the place. */
  readonly plainMidnights: boolean;
  readonly zonedMidnights: 'written' | 'local' | null;
  /** The clocks behind the dates are not read: somebody said that they tell no hour. */
  readonly withoutClock?: boolean;
  /** What the numbers beside months without a year are. */
  readonly besideMonth?: BesideMonth;
  /** Whether the clocks behind the dates, of another zone, show here the hours of the column beside them. */
  readonly showsHoursBeside?: boolean;
};
/** Of a column that shows nothing but whole dates with the year first. */
export const PLAIN_READING: DateReading = {
  orders: { yearFirst: 'ymd', yearLast: null },
  epoch: false,
  plainMidnights: false,
  zonedMidnights: null,
};

type Seen = Pick<DateNumbers, 'form' | 'numbers'> & { readonly text: string; readonly line: number; count: number };
export type Evidence = {
  readonly column: string;
  add(text: string, line: number, numbers: DateNumbers | null): void;
  /** A date whose hour stands in a column of its own. */
  addBeside(text: string, hour: string): void;
  /** Throws DateDoubt, and Doubt of the clocks behind the dates unless somebody said what they are. */
  decide(
    stated: DateOrder | null,
    isMain: boolean,
    clocksAre?: ClockOfDate,
  ): { readonly reading: DateReading; readonly notes: readonly Note[] };
};

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EITHER: Orders = { yearFirst: 'ymd', yearLast: 'dmy' };
const MONTH_FIRST: Orders = { yearFirst: 'ymd', yearLast: 'mdy' };

/** `field` is what the column is read as, `tellsHalf`: another column says a. m. or p. m. */
export function openEvidence(column: string, clocks: Clocks, field = 'date', tellsHalf = false): Evidence {
  const dates = new Map<string, Seen>();
  const plain = { midnight: 0, other: 0 };
  const zoned = { written: 0, local: 0, all: 0 };
  const epoch = { written: 0, local: 0, all: 0, seconds: 0, plausible: 0 };
  const halves = watchHalves(tellsHalf);
  let filled = 0;
  const serials = { all: 0, example: '' };
  const besideMonths = { either: 0, day: 0 };
  const beside = { all: 0, alike: 0, alikeByClock: 0 };
  const latest = Date.now() + 366 * DAY_MS;

  const addClock = (day: string, rest: string, offset: number | null): void => {
    const time = readTime(rest);
    if (time === null) return;
    const utc = clocks.utcOf(dayOf(day) * DAY_MINUTES + time.minute, offset);
    if (utc === null) {
      if (time.minute === 0) plain.midnight++;
      else plain.other++;
      if (offset === null) halves.add(rest, time.minute);
      return;
    }
    zoned.all++;
    if (time.minute === 0) zoned.written++;
    if (modulo(clocks.local.toWall(utc), DAY_MINUTES) === 0) zoned.local++;
  };

  return {
    column,
    addBeside(text, hour) {
      const read = readDate(text, EITHER) ?? readDate(text, MONTH_FIRST);
      if (read?.precision !== 'day' || read.rest === '') return;
      const [behind, own] = [readTime(read.rest), readTime(hour)];
      if (behind === null || own === null || splitOffset(hour).offset !== null) return;
      const utc = clocks.utcOf(dayOf(read.date) * DAY_MINUTES + behind.minute, read.offset);
      if (utc === null) return;
      beside.all++;
      const hours = Math.floor(clocks.local.toWall(utc) / 60) - Math.floor(own.minute / 60);
      if (modulo(hours, tellsHalf ? 12 : 24) !== 0) return;
      beside.alike++;
      if (behind.minute !== 0) beside.alikeByClock++;
    },
    add(text, line, numbers) {
      filled++;
      const number = numbers ? null : numberBesideMonth(text);
      if (number !== null) besideMonths[number]++;
      const serial = numbers ? null : serialMs(text);
      if (serial !== null && serial < latest) {
        serials.all++;
        serials.example ||= `${text} → ${textOf(Math.floor(serial / DAY_MS))}`;
        return;
      }
      if (numbers) {
        const [a, b, c] = numbers.numbers;
        const key = `${numbers.form} ${a} ${b} ${c}`;
        const known = dates.get(key);
        if (known) known.count++;
        else dates.set(key, { ...numbers, text: text.slice(0, 40), line, count: 1 });
        if (numbers.rest === '') return;
      }
      const ms = numbers ? null : epochMs(text);
      if (ms !== null && (text.length !== 12 || readDate(text, EITHER) === null)) {
        epoch.all++;
        if (ms !== Number(text)) epoch.seconds++;
        if (ms > 0 && ms < latest) epoch.plausible++;
        if (ms % DAY_MS === 0) epoch.written++;
        if (ms % MINUTE_MS === 0 && modulo(clocks.local.toWall(ms / MINUTE_MS), DAY_MINUTES) === 0) epoch.local++;
        return;
      }
      const read = readDate(text, EITHER) ?? readDate(text, MONTH_FIRST);
      if (read?.precision === 'day' && read.rest !== '') addClock(read.date, read.rest, read.offset);
    },
    decide(stated, isMain, clocksAre) {
      const seen = [...dates.values()];
      const { orders, notes } = decideOrders(column, seen, stated, isMain);
      const oneUnit = epoch.seconds === 0 || epoch.seconds === epoch.all;
      const isEpoch = epoch.all > 0 && epoch.all * 2 >= filled && epoch.plausible === epoch.all && oneUnit;
      const lost = clocksAre === undefined ? halves.lost() : null;
      if (lost) throw doubtOfHalves(column, field, lost.rows, lost.text);
      const all = zoned.all + (isEpoch ? epoch.all : 0);
      const every = (kind: 'written' | 'local') => all > 0 && zoned[kind] + (isEpoch ? epoch[kind] : 0) === all;
      const isSerial = serials.all > 0 && serials.all === filled;
      const told = { code: 'dates-serial', count: serials.all, example: serials.example };
      return {
        notes: isSerial
          ? [...notes, told]
          : isEpoch
            ? [...notes, { code: 'dates-epoch', count: epoch.all, example: column }]
            : notes,
        reading: {
          orders,
          epoch: isEpoch,
          ...(isSerial && { serial: true }),
          ...(clocksAre === 'discard' && { withoutClock: true }),
          // One that is no year shows what the others are.
          besideMonth: besideMonths.day > 0 ? 'day' : besideMonths.either > 0 ? 'year' : null,
          // Midnights alone, and a noon that stands in every row, are there for want of better.
          showsHoursBeside: beside.alikeByClock > 0 && beside.alike * 2 > beside.all,
          plainMidnights: plain.midnight > 0 && plain.other === 0,
          zonedMidnights: every('written') ? 'written' : every('local') ? 'local' : null,
        },
      };
    },
  };
}

/** 1 January 1970 as a spreadsheet counts days; files of today tell of nothing earlier. */
const SERIAL_1970 = 25_569;
const SERIAL = /^\d{5}(?:[.,]\d+)?$/;

/** A day as a spreadsheet counts it, to the second, as of a clock without a zone; null for any other text. */
export function serialMs(text: string): number | null {
  const days = SERIAL.test(text) ? Number(text.replace(',', '.')) - SERIAL_1970 : -1;
  return days < 0 ? null : Math.round(days * 86_400) * 1000;
}

type Decided = { readonly orders: Orders; readonly notes: readonly Note[] };

function decideOrders(column: string, seen: readonly Seen[], stated: DateOrder | null, isMain: boolean): Decided {
  const whole = seen.filter(({ form }) => form === 'year-first');
  const last = seen.filter(({ form }) => form !== 'year-first');
  const candidates = candidatesOf(last);
  const against = new Map(candidates.map((order) => [order, contrary(last, order)]));
  const fitting = candidates.filter((order) => against.get(order)!.length === 0);
  const open = last.filter((each) => new Set(fitting.map((order) => dateIn(each, order))).size > 1);
  const applies = stated !== null && candidates.includes(stated);
  const doubt = () => new DateDoubt(questionOf(column, last, fitting.length ? fitting : candidates));
  const notes: Note[] = [];
  let yearLast: DateOrder | null = null;
  if (last.length > 0) {
    if (fitting.length === 0) {
      // Some dates prove one order and some another; only somebody who knows can say which of them are wrong.
      if (!applies) throw doubt();
      yearLast = stated;
    } else if (open.length === 0) yearLast = fitting[0]!;
    else if (applies && fitting.includes(stated)) {
      yearLast = stated;
      notes.push(statedNote(column, last, open, stated));
    } else throw doubt();
    if (isMain && applies && fitting.length > 0 && !fitting.includes(stated)) throw doubt();
    if (fitting.length > 0 && open.length === 0 && yearLast === 'mdy' && contrary(last, 'dmy').length > 0)
      notes.push({ code: 'dates-month-first', count: 1, example: column });
    if (yearLast === 'ymd') notes.push({ code: 'dates-short-year-first', count: 1, example: column });
  }
  const half = halfConverted(whole, last);
  if (half) {
    notes.push({ code: 'dates-half-converted', count: total(whole), example: half });
    return { orders: { yearFirst: 'ydm', yearLast: yearLast as Orders['yearLast'] }, notes };
  }
  // Where the texts could stand so, too, an answer would be one about them.
  const areSaid = stated === 'ymd' || stated === 'ydm' || candidates.includes('ymd');
  if (!areSaid && yearLast !== null && open.length === 0 && onlyFitTurned(whole, last, yearLast))
    throw new DateDoubt(questionOf(column, whole, ['ymd', 'ydm']));
  const yearFirst = decideYearFirst(column, whole, stated, notes);
  return { orders: { yearFirst, yearLast: yearLast as Orders['yearLast'] }, notes };
}

function decideYearFirst(column: string, whole: readonly Seen[], stated: DateOrder | null, notes: Note[]) {
  if (stated === 'ydm') {
    if (whole.length) notes.push({ code: 'dates-day-before-month', count: total(whole), example: column });
    return 'ydm' as const;
  }
  const dayFirst = contrary(whole, 'ymd');
  const proven = whole.some((each) => contrary([each], 'ydm').length > 0);
  if (stated !== 'ymd' && dayFirst.length > 0 && !proven)
    throw new DateDoubt(questionOf(column, whole, ['ymd', 'ydm']));
  return 'ymd' as const;
}

/** Orders the column may stand in; a year in full shows its place. */
function candidatesOf(last: readonly Seen[]): DateOrder[] {
  if (last.length === 0) return [];
  return last.some(({ form }) => form === 'year-last') ? ['dmy', 'mdy'] : ['dmy', 'mdy', 'ymd'];
}

/** Nobody delivers older incidents with a year in two digits: 31 is a day, not 1931. */
const EARLIEST_SHORT_YEAR = 1940;
const dayIn = (seen: Seen, order: DateOrder) => {
  const read = inOrder(seen, order);
  if (!read || read.day < 1 || read.day > 31) return null;
  return seen.form === 'short-year' && read.year < EARLIEST_SHORT_YEAR ? null : read;
};
const dateIn = (seen: Seen, order: DateOrder): string | null => {
  const read = dayIn(seen, order);
  return read && `${read.year}-${two(read.month)}-${two(read.day)}`;
};
const two = (n: number) => String(n).padStart(2, '0');
const modulo = (n: number, by: number) => ((n % by) + by) % by;
const total = (seen: readonly Seen[]) => seen.reduce((sum, { count }) => sum + count, 0);

/** Those that cannot stand in this order, but in another. */
function contrary(seen: readonly Seen[], order: DateOrder): Seen[] {
  const others: readonly DateOrder[] = ['dmy', 'mdy', 'ymd', 'ydm'];
  return seen.filter((each) => dayIn(each, order) === null && others.some((other) => dayIn(each, other) !== null));
}

/**
 * A spreadsheet of another country turned what it could into dates, day and month swapped, and left as text what has no
 * such month. Answers an example of what it did, or null where the column does not look so.
 */
function halfConverted(whole: readonly Seen[], texts: readonly Seen[]): string | null {
  const real = whole.filter(({ numbers: [, a, b] }) => a !== b);
  if (real.length === 0 || whole.some(({ numbers: [, , day] }) => day > 12) || contrary(whole, 'ymd').length > 0)
    return null;
  const readings = texts.map((each) => (['dmy', 'mdy'] as const).filter((order) => dayIn(each, order) !== null));
  if (texts.length === 0 || readings.some((fit) => fit.length !== 1 || fit[0] !== readings[0]![0])) return null;
  const order = readings[0]![0]!;
  const months = new Set(texts.map((each) => dateIn(each, order)!.slice(0, 7)));
  const among = (as: DateOrder) => total(real.filter((each) => months.has(dateIn(each, as)?.slice(0, 7) ?? '')));
  const [kept, turned] = [among('ymd'), among('ydm')];
  // Dates that keep to the months of the texts as they stand were written so.
  if (kept > turned) return null;
  const [first] = real;
  return `${dateIn(first!, 'ymd')} → ${dateIn(first!, 'ydm')}`;
}

/** Real dates of which none lies in a month of the texts as it stands, and all do with day and month swapped. */
function onlyFitTurned(whole: readonly Seen[], texts: readonly Seen[], order: DateOrder): boolean {
  const real = whole.filter(({ numbers: [, a, b] }) => a !== b);
  const months = new Set(texts.map((each) => dateIn(each, order)?.slice(0, 7)));
  const isAmong = (each: Seen, as: DateOrder) => months.has(dateIn(each, as)?.slice(0, 7) ?? '');
  return real.length > 0 && real.every((each) => isAmong(each, 'ydm') && !isAmong(each, 'ymd'));
}

function statedNote(column: string, last: readonly Seen[], open: readonly Seen[], order: DateOrder): Note {
  const share = Math.round((100 * total(open)) / total(last));
  const [first] = open;
  const example = `${column}: ${first!.text} → ${dateIn(first!, order)} (${order}, ${share} %)`;
  return { code: 'date-order-stated', count: total(open), example };
}

function questionOf(column: string, seen: readonly Seen[], orders: readonly DateOrder[]): DateQuestion {
  const differing = seen.filter((each) => new Set(orders.map((order) => dateIn(each, order))).size > 1);
  return {
    column,
    rows: total(differing),
    readings: orders.map((order) => {
      const months = new Map<string, number>();
      for (const each of seen) {
        const month = dateIn(each, order)?.slice(0, 7);
        if (month) months.set(month, (months.get(month) ?? 0) + each.count);
      }
      const shown =
        differing.find((each) => orders.every((other) => dateIn(each, other))) ??
        differing.find((each) => dateIn(each, order));
      const wrong = contrary(seen, order);
      return {
        order,
        example: { text: shown?.text ?? '', date: (shown && dateIn(shown, order)) ?? '' },
        months: [...months].sort().map(([month, count]) => ({ month, count })),
        against: wrong.length ? { count: total(wrong), line: wrong[0]!.line, text: wrong[0]!.text } : null,
      };
    }),
  };
}

/** Minutes of UTC as day and minute of a wall clock. */
export function wallOf(minutes: number): { readonly day: string; readonly minute: number } {
  return { day: textOf(Math.floor(minutes / DAY_MINUTES)), minute: modulo(minutes, DAY_MINUTES) };
}
