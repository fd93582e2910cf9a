// Dates and hours as sources write them, to local dates and minutes of the day.

import { fold } from './fold.ts';

export type ReadDate = {
  /** YYYY-MM-DD; the first of the month when only the month is known. */
  readonly date: string;
  readonly precision: 'day' | 'month';
  /** What follows the date in the same cell. */
  readonly rest: string;
  /** What had to be assumed, as a note code. */
  readonly note: 'date-order' | 'day-unreadable' | 'time-zone-ignored' | null;
};

export type ReadTime = {
  /** Minutes since midnight. */
  readonly minute: number;
  readonly precision: 'minute' | 'hour';
  readonly note: 'hour-run-together' | null;
};

const EARLIEST_YEAR = 1900;
const LATEST_YEAR = 2100;

const ISO = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]+(.*))?$/;
const NUMERIC = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ,]+(.*))?$/;
const MONTH_YEAR = /^(\d{1,2})[-/.](\d{4})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const ZONE = /(?:z|[+-]\d{2}:?\d{2})$/i;

const MONTHS = new Map(
  [
    'ene enero jan january',
    'feb febrero february',
    'mar marzo march',
    'abr abril apr april',
    'may mayo',
    'jun junio june',
    'jul julio july',
    'ago agosto aug august',
    'sep sept septiembre setiembre september',
    'oct octubre october',
    'nov noviembre november',
    'dic diciembre dec december',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);

export type DateOrder = 'dmy' | 'mdy';

/** The order in which dates like 03/25/2024 stand: month first only where some date proves it and none the contrary. */
export function dateOrderOf(texts: Iterable<string>): DateOrder {
  let monthFirst = false;
  for (const text of texts) {
    const numeric = NUMERIC.exec(text.trim());
    if (!numeric) continue;
    if (Number(numeric[1]) > 12) return 'dmy';
    if (Number(numeric[2]) > 12) monthFirst = true;
  }
  return monthFirst ? 'mdy' : 'dmy';
}

/** Reads a date, with or without a day and a time behind it; null when not even the month can be read. */
export function readDate(text: string, order: DateOrder): ReadDate | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed) ?? COMPACT.exec(trimmed);
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), iso[3] === undefined ? null : Number(iso[3]), iso[4]);
  const numeric = NUMERIC.exec(trimmed);
  if (numeric) return fromNumbers(Number(numeric[1]), Number(numeric[2]), numeric[3]!, numeric[4], order);
  const monthYear = MONTH_YEAR.exec(trimmed);
  if (monthYear) return dateOf(Number(monthYear[2]), Number(monthYear[1]), null, undefined);
  return fromWords(trimmed);
}

/** A month from a column of its own: a number, a name, or year and month together; null when unreadable. */
export function readMonth(month: string, year: string): ReadDate | null {
  const whole = readDate(month, 'dmy');
  if (whole) return { ...whole, date: `${whole.date.slice(0, 7)}-01`, precision: 'month', rest: '' };
  const number = MONTHS.get(fold(month).trim()) ?? (/^\s*\d{1,2}\s*$/.test(month) ? Number(month) : null);
  return number === null || !/^\s*\d{4}\s*$/.test(year) ? null : dateOf(Number(year), number, null, undefined);
}

/** Reads a time of day; null when it cannot be read (24:00 included: it does not say which day). */
export function readTime(text: string): ReadTime | null {
  let clock = fold(text)
    .trim()
    .replace(/([ap])\s*\.?\s*m\.?$/, '$1m')
    .replace(/\s*(?:hrs?|horas|h)\.?$/, '')
    .replace(/^\d+[-/]\d+[-/]\d+[t ]+/, '');
  if (clock.includes(':')) clock = clock.replace(ZONE, '');
  const parts = /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[:.,]\d{1,9})?)?\s*([ap]m)?$/.exec(clock);
  if (parts) return timeOf(Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0), parts[4], 'minute');
  const hour = /^(\d{1,2})\s*([ap]m)?$/.exec(clock);
  if (hour) return timeOf(Number(hour[1]), 0, 0, hour[2], 'hour');
  // SSPDF writes ten hours as HHMM and a zero; other files leave the colons out.
  const together =
    /^(\d{1,2})(\d{2})$/.exec(clock) ?? /^(\d{2})(\d{2})0$/.exec(clock) ?? /^(\d{2})(\d{2})(\d{2})$/.exec(clock);
  const time =
    together && timeOf(Number(together[1]), Number(together[2]), Number(together[3] ?? 0), undefined, 'minute');
  return time && { ...time, note: 'hour-run-together' };
}

function fromNumbers(
  a: number,
  b: number,
  yearText: string,
  rest: string | undefined,
  order: DateOrder,
): ReadDate | null {
  const short = Number(yearText);
  const year = yearText.length === 4 ? short : short + (short < 70 ? 2000 : 1900);
  const [day, month] = order === 'dmy' ? [a, b] : [b, a];
  if (month > 12 && day <= 12) {
    const other = dateOf(year, day, month, rest);
    return other && { ...other, note: other.note ?? 'date-order' };
  }
  return dateOf(year, month, day, rest);
}

/** "5 de agosto de 2024", "05-ago-2024", "August 5, 2024", "agosto 2024", "ago-24". */
function fromWords(text: string): ReadDate | null {
  const clock = /\s+\d{1,2}:\d{2}.*$/.exec(text)?.[0] ?? '';
  const words = fold(text.slice(0, text.length - clock.length)).match(/[a-z]+|\d+/g) ?? [];
  const month = words.map((word) => MONTHS.get(word)).find((found) => found !== undefined);
  const numbers = words.filter((word) => /^\d+$/.test(word));
  const yearText = numbers.find((number) => number.length === 4) ?? numbers.at(-1);
  if (month === undefined || yearText === undefined || numbers.length > 2) return null;
  const year = yearText.length === 4 ? Number(yearText) : yearText.length === 2 ? 2000 + Number(yearText) : 0;
  const dayText = numbers.find((number) => number !== yearText) ?? (numbers.length === 2 ? yearText : undefined);
  return dateOf(year, month, dayText === undefined ? null : Number(dayText), clock);
}

function dateOf(year: number, month: number, day: number | null, rest = ''): ReadDate | null {
  if (year < EARLIEST_YEAR || year > LATEST_YEAR || month < 1 || month > 12) return null;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const known = day !== null && day >= 1 && day <= days;
  const date = `${year}-${String(month).padStart(2, '0')}-${String(known ? day : 1).padStart(2, '0')}`;
  const clock = rest.trim();
  const zoned = clock.includes(':') && ZONE.test(clock);
  const note = day !== null && !known ? 'day-unreadable' : zoned ? 'time-zone-ignored' : null;
  return { date, precision: known ? 'day' : 'month', rest: clock, note };
}

function timeOf(
  hour: number,
  minute: number,
  second: number,
  half: string | undefined,
  precision: 'minute' | 'hour',
): ReadTime | null {
  if (minute > 59 || second > 59 || hour > 23 || (half && (hour < 1 || hour > 12))) return null;
  const full = half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  return { minute: full * 60 + minute, precision, note: null };
}
