// Dates and hours as sources write them, to local dates and minutes of the day.

import { fold } from '../text/fold.ts';
import type { DateOrder } from './contract.ts';

export type ReadDate = {
  /** YYYY-MM-DD; the first of the month when only the month is known. */
  readonly date: string;
  readonly precision: 'day' | 'month';
  /** What follows the date in the same cell, without its offset. */
  readonly rest: string;
  /** Minutes its clock is ahead of UTC; null where none is written. */
  readonly offset: number | null;
  /** What had to be assumed, as a note code. */
  readonly note: 'day-unreadable' | 'date-range' | 'month-short-year' | null;
};
/** What the numbers of two digits beside the months of a column are; null = only that one is looked at. */
export type BesideMonth = 'year' | 'day' | null;

/** How the numbers of a column stand; null = they do not show it. */
export type Orders = { readonly yearFirst: 'ymd' | 'ydm'; readonly yearLast: 'dmy' | 'mdy' | 'ymd' | null };
/** A date in three numbers as they stand; `short-year`: the year has two digits and may stand first or last. */
export type DateNumbers = {
  readonly form: 'year-first' | 'year-last' | 'short-year';
  readonly numbers: readonly [number, number, number];
  readonly rest: string;
};

export type ReadTime = {
  /** Minutes since midnight. */
  readonly minute: number;
  readonly precision: 'minute' | 'hour';
  readonly note: 'hour-run-together' | 'hour-range' | null;
};

const MOST_DAYS = 31;
const FIRST_OF_THIS_CENTURY = 2000;
const EARLIEST_YEAR = 1900;
const LATEST_YEAR = 2100;

/** A clock behind a date: after a T, a space or a comma; an offset may follow the day at once. */
const REST = /(?:[T ,]+(.*)|([Zz]|[+-]\d{2}:?\d{2}))?$/.source;
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.](\\d{1,2})(?:[-/.](\\d{1,2}))?${REST}`, 's');
const YEAR_LAST = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})${REST}`, 's');
/** Behind a day, another one: 13/03/2024 - 14/03/2024. */
const LAST_DAY = /^\s*(?:[-–—/]|al?|to|hasta|till?|until)\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/i;
const MONTH_YEAR = /^(\d{1,2})[-/.](\d{4})$/;
/** 20240315, 202403151430, 20240315T143005Z. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(z|[+-]\d{2}:?\d{2})?)?$/i;
const EPOCH = /^(\d{9,13})(?:\.0+)?$/;
/** From this number on it is milliseconds. */
const FEWEST_MS = 1e11;
/** Z, +00, -05:00, -0500, GMT, UTC+2, and the zones of RFC 2822; what a browser writes behind them is left out. */
const OFFSET =
  /\s*(?:(z|utc|gmt|ut|[ecmp][sd]t)|(?:utc|gmt)?\s*([+\u2212-])(\d{1,2})(?::?(\d{2}))?)(?:\s*\([^)]*\)|\[[^\]]*\])?$/i;
const ZONES = new Map(['est -5', 'edt -4', 'cst -6', 'cdt -5', 'mst -7', 'mdt -6', 'pst -8', 'pdt -7'].map(zoneEntry));
const FURTHEST_OFFSET = 14 * 60;

const MONTHS = new Map(
  [
    'ene enero jan january janeiro',
    'feb febrero february fev fevereiro',
    'mar marzo march marco',
    'abr abril apr april',
    'may mayo mai maio',
    'jun junio june junho',
    'jul julio july julho',
    'ago agosto aug august',
    'sep sept septiembre setiembre september set setembro',
    'oct octubre october out outubro',
    'nov noviembre november novembro',
    'dic diciembre dec december dez dezembro',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);

/** The numbers of a date that is written in three numbers; null for any other text. */
export function numbersOf(text: string): DateNumbers | null {
  const first = YEAR_FIRST.exec(text);
  if (first?.[3] !== undefined)
    return { form: 'year-first', numbers: [Number(first[1]), Number(first[2]), Number(first[3])], rest: restOf(first) };
  const last = YEAR_LAST.exec(text);
  if (!last) return null;
  const numbers = [Number(last[1]), Number(last[2]), Number(last[3])] as const;
  return { form: last[3]!.length === 4 ? 'year-last' : 'short-year', numbers, rest: restOf(last) };
}

const restOf = (match: RegExpExecArray): string => match[4] ?? '';

/** Year, month and day of the numbers in one order; null where they do not stand so. The day may be one there is not. */
export function inOrder(
  { form, numbers: [a, b, c] }: Pick<DateNumbers, 'form' | 'numbers'>,
  order: DateOrder,
): { readonly year: number; readonly month: number; readonly day: number } | null {
  const [year, month, day] =
    order === 'dmy' ? [c, b, a] : order === 'mdy' ? [c, a, b] : order === 'ymd' ? [a, b, c] : [a, c, b];
  const isFirst = order === 'ymd' || order === 'ydm';
  if (form === 'year-first' ? !isFirst : form === 'year-last' ? isFirst : order === 'ydm') return null;
  if (month < 1 || month > 12) return null;
  return { year: form === 'short-year' ? fullYear(year) : year, month, day };
}

/** Seconds or milliseconds since 1970 as text; null for any other text. */
export function epochMs(text: string): number | null {
  const value = EPOCH.exec(text)?.[1];
  return value === undefined ? null : Number(value) >= FEWEST_MS ? Number(value) : Number(value) * 1000;
}

/** Reads a date, with or without a day and a time behind it; null when not even the month can be read. */
export function readDate(text: string, orders: Orders, besideMonth: BesideMonth = null): ReadDate | null {
  const trimmed = text.trim();
  const numbers = numbersOf(trimmed);
  if (numbers) {
    const order = numbers.form === 'year-first' ? orders.yearFirst : orders.yearLast;
    const read = order && inOrder(numbers, order);
    return read ? dateOf(read.year, read.month, read.day, numbers.rest) : null;
  }
  const first = YEAR_FIRST.exec(trimmed);
  if (first) return dateOf(Number(first[1]), Number(first[2]), null);
  const compact = COMPACT.exec(trimmed);
  if (compact) {
    const [, year, month, day, hour, minute, second, offset] = compact;
    const clock = hour === undefined ? '' : `${hour}:${minute}:${second ?? '00'}${offset ?? ''}`;
    return dateOf(Number(year), Number(month), Number(day), clock);
  }
  const monthYear = MONTH_YEAR.exec(trimmed);
  if (monthYear) return dateOf(Number(monthYear[2]), Number(monthYear[1]), null);
  return fromWords(trimmed, besideMonth);
}

/** A month from a column of its own: a number, a name, or year and month together; null when unreadable. */
export function readMonth(month: string, year: string): ReadDate | null {
  const whole = readDate(month.trim(), { yearFirst: 'ymd', yearLast: 'dmy' }, 'year');
  if (whole) {
    const note = whole.note === 'month-short-year' ? null : whole.note;
    return { date: `${whole.date.slice(0, 7)}-01`, precision: 'month', rest: '', offset: null, note };
  }
  const number = MONTHS.get(fold(month).trim()) ?? (/^\s*\d{1,2}\s*$/.test(month) ? Number(month) : null);
  return number === null || !/^\s*\d{4}\s*$/.test(year) ? null : dateOf(Number(year), number, null);
}

/** A day of the month that begins on `first`; null for one it has not. */
export function readDay(first: string, day: number): ReadDate | null {
  const read = dateOf(Number(first.slice(0, 4)), Number(first.slice(5, 7)), day);
  return read?.precision === 'day' ? read : null;
}

/** Reads a time of day; null when it cannot be read (24:00 included: it does not say which day). */
export function readTime(text: string): ReadTime | null {
  const { clock, half } = splitHalf(
    fold(splitOffset(text).clock)
      .trim()
      .replace(/^\d+[-/]\d+[-/]\d+[t ]+/, ''),
  );
  const parts = /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[:.,]\d{1,9})?)?$/.exec(clock);
  if (parts) return timeOf(Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0), half, 'minute');
  const hour = /^\d{1,2}$/.exec(clock);
  if (hour) return timeOf(Number(clock), 0, 0, half, 'hour');
  if (half !== null) return null;
  // A spreadsheet counts 0.5104 days, with or without whole ones before; no clock of hours and minutes has such a tail.
  const share = /^(?:0?|\d{5})[.,](\d{3,})$/.exec(clock) ?? /^\d{5}[.,](\d+)$/.exec(clock);
  if (share) return shareOfDay(Number(`0.${share[1]}`));
  // SSPDF writes ten hours as HHMM and a zero; other files leave the colons out.
  const together =
    /^(\d{1,2})(\d{2})$/.exec(clock) ?? /^(\d{2})(\d{2})0$/.exec(clock) ?? /^(\d{2})(\d{2})(\d{2})$/.exec(clock);
  const time = together && timeOf(Number(together[1]), Number(together[2]), Number(together[3] ?? 0), null, 'minute');
  return time && { ...time, note: 'hour-run-together' };
}

type Half = 'am' | 'pm' | 'night' | null;
const HOURS = /(?:hrs?|hs|horas?|h)\b\.?/.source;
const HALF = /(?:([ap])(?:\s*\.?\s*m)?|(m)|(?:de|en|por) la (manana|madrugada|tarde|noche)|del (mediodia))\b\.?/.source;
const BEHIND = new RegExp(`^(.*?\\d)\\s*(?:${HOURS}\\s*)?(?:${HALF}\\s*)?(?:${HOURS})?$`);

/** The figures of a clock and the half of the day said behind them: 03:15 p. m. hrs, 3 de la tarde, 15:30 hrs. */
function splitHalf(text: string): { readonly clock: string; readonly half: Half } {
  const [, clock = text, letter, noon, words, midday] = BEHIND.exec(text) ?? [];
  const isNoon = noon !== undefined || midday !== undefined;
  // «12:30 m.» is noon; of no other hour.
  if (isNoon) return /^12\b/.test(clock) ? { clock, half: 'pm' } : { clock: text, half: null };
  if (words === 'noche') return { clock, half: 'night' };
  const half = letter ? (`${letter}m` as 'am' | 'pm') : words === 'tarde' ? 'pm' : words ? 'am' : null;
  return { clock, half };
}

/** A share of a day as a clock, to the second: 0.5 is noon. */
export function shareOfDay(share: number): ReadTime {
  const seconds = Math.min(86_399, Math.round(share * 86_400));
  return { minute: Math.floor(seconds / 60), precision: 'minute', note: null };
}

/** A clock and the offset written behind it: 22:30:00 and -300 minutes of 22:30:00-05. */
export function splitOffset(text: string): { readonly clock: string; readonly offset: number | null } {
  const none = { clock: text, offset: null };
  const wholeHour = /^(\d{1,2})z$/i.exec(text);
  if (wholeHour) return { clock: `${wholeHour[1]}:00`, offset: 0 };
  if (!text.includes(':')) return none;
  const match = OFFSET.exec(text);
  if (!match) return none;
  const [, zone, sign, hours, minutes = '0'] = match;
  const clock = text.slice(0, match.index);
  if (!/\d(?:\s*[ap]\s*\.?\s*m\.?)?$/i.test(clock) || !clock.includes(':')) return none;
  const offset = zone ? (ZONES.get(zone.toLowerCase()) ?? 0) : Number(hours) * 60 + Number(minutes);
  if (Math.abs(offset) > FURTHEST_OFFSET || Number(minutes) > 59) return none;
  return { clock, offset: !zone && sign !== '+' && offset !== 0 ? -offset : offset };
}

function zoneEntry(entry: string): readonly [string, number] {
  const [zone = '', hours] = entry.split(' ');
  return [zone, Number(hours) * 60];
}

/** A year in two digits lies in the hundred years up to next year: nothing has happened later. */
function fullYear(short: number): number {
  const next = new Date().getUTCFullYear() + 1;
  const year = next - (next % 100) + short;
  return year > next ? year - 100 : year;
}

/** A number beside a month and nothing else: a day of no year («05-mar», «Mar 5»), unless it is written as a year is («mar-24»). */
const MONTH_AND_YEAR = /^[^\d]*[a-z]{3,}\.?\s*[-/'’]\s*(\d{2})$/;
/** Nothing but both, however they are parted; the column shows whether such numbers are years. */
const MONTH_AND_NUMBER = /^([a-z]{3,})(?:\.?\s*[-/'’.]\s*|\.?\s+(?:del?\s+)?|)['’]?(\d{1,2})$/;

/** "5 de agosto de 2024", "05-ago-2024", "August 5, 2024", "agosto 2024", "ago-24". */
function fromWords(text: string, besideMonth: BesideMonth): ReadDate | null {
  const clock = /\s+\d{1,2}(?::\d{2}|\.\d{2}\.\d{2}).*$/.exec(text)?.[0] ?? '';
  const words = fold(text.slice(0, text.length - clock.length)).match(/[a-z]+|\d+/g) ?? [];
  const month = words.map((word) => MONTHS.get(word)).find((found) => found !== undefined);
  const numbers = words.filter((word) => /^\d+$/.test(word));
  const yearText = numbers.find((number) => number.length === 4) ?? numbers.at(-1);
  if (month === undefined || yearText === undefined || numbers.length > 2) return null;
  const isShort = numbers.length === 1 && yearText.length !== 4;
  if (isShort && !isMonthAndYear(fold(text).trim(), besideMonth)) return null;
  const year = yearText.length === 4 ? Number(yearText) : yearText.length === 2 ? fullYear(Number(yearText)) : 0;
  const dayText = numbers.find((number) => number !== yearText) ?? (numbers.length === 2 ? yearText : undefined);
  const read = dateOf(year, month, dayText === undefined ? null : Number(dayText), clock);
  return isShort && read ? { ...read, note: 'month-short-year' } : read;
}

/** What the number is in a text that is nothing but a month and a number of one or two digits; null for any other text. */
export function numberBesideMonth(text: string): 'day' | 'either' | null {
  const [, month = '', number = ''] = MONTH_AND_NUMBER.exec(fold(text).trim()) ?? [];
  return MONTHS.has(month) ? (canBeYear(number) ? 'either' : 'day') : null;
}

/** A year that has not come yet is a day: "Mar-28" of a spreadsheet that shows no years. */
function canBeYear(number: string): boolean {
  return number.length === 2 && !(Number(number) <= MOST_DAYS && fullYear(Number(number)) < FIRST_OF_THIS_CENTURY);
}

function isMonthAndYear(text: string, besideMonth: BesideMonth): boolean {
  if (besideMonth === 'day') return false;
  if (besideMonth === 'year' && numberBesideMonth(text) === 'either') return true;
  const short = MONTH_AND_YEAR.exec(text)?.[1];
  return short !== undefined && canBeYear(short);
}

function dateOf(year: number, month: number, day: number | null, rest = ''): ReadDate | null {
  if (year < EARLIEST_YEAR || year > LATEST_YEAR || month < 1 || month > 12) return null;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const known = day !== null && day >= 1 && day <= days;
  const date = `${year}-${String(month).padStart(2, '0')}-${String(known ? day : 1).padStart(2, '0')}`;
  if (known && LAST_DAY.test(rest)) return { date, precision: 'day', rest: '', offset: null, note: 'date-range' };
  const { clock, offset } = splitOffset(rest.trim());
  const note = day !== null && !known ? 'day-unreadable' : null;
  return { date, precision: known ? 'day' : 'month', rest: clock, offset, note };
}

function timeOf(
  hour: number,
  minute: number,
  second: number,
  half: Half,
  precision: 'minute' | 'hour',
): ReadTime | null {
  if (minute > 59 || second > 59 || hour > 23) return null;
  const full = half === null ? hour : hourOfHalf(hour, half);
  return full === null ? null : { minute: full * 60 + minute, precision, note: null };
}

/** 12 a. m. is midnight, as 0 a. m. is. Null for halves that contradict the hour, or say what it says already. */
function hourOfHalf(hour: number, half: 'am' | 'pm' | 'night'): number | null {
  if (half === 'night') return hour === 12 ? 0 : hour >= 7 && hour < 12 ? hour + 12 : null;
  if (half === 'am') return hour > 12 ? null : hour % 12;
  return hour === 0 || hour > 12 ? null : (hour % 12) + 12;
}
