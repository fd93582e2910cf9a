// Numbers, dates and hours as they are written on screen in one language.

import { type Language, LOCALES } from '../../server/i18n/contract.ts';
import { addDays } from './days.ts';

export type Formats = {
  /** 12480 → 12,480 */
  readonly int: (value: number) => string;
  /** Three significant digits below 100, whole numbers above. */
  readonly rate: (value: number) => string;
  /** A share 0…1 → 2.1 % */
  readonly share: (value: number) => string;
  /** Per cent as given: 12.3 → 12 % */
  readonly percent: (value: number) => string;
  /** 2026-06-30 → 30 jun 2026 */
  readonly day: (day: string) => string;
  /** Half-open days, written inclusive: 1–30 jun 2026 */
  readonly range: (from: string, until: string) => string;
  /** 2026-06-01 → jun 2026 */
  readonly month: (day: string) => string;
  /** 2026-06-01 → jun */
  readonly monthShort: (day: string) => string;
  /** 2019-02-01 → febrero de 2019 */
  readonly monthLong: (day: string) => string;
  /** Half-open days of whole months: oct 2018–feb 2019 */
  readonly months: (from: string, until: string) => string;
  readonly monthInitial: (day: string) => string;
  /** ISO weekday 1–7 → lun */
  readonly weekday: (weekday: number) => string;
  readonly weekdayLong: (weekday: number) => string;
  /** Milliseconds of the clock → day and time */
  readonly moment: (milliseconds: number) => string;
  /** Milliseconds of the clock → 08:14, in a time zone or in the reader's own */
  readonly time: (milliseconds: number, timezone?: string) => string;
  /** The local day of a time zone now, YYYY-MM-DD. */
  readonly today: (timezone: string, now?: number) => string;
  /** 12,345,678 → 12.3 MB */
  readonly megabytes: (bytes: number) => string;
  readonly list: (items: readonly string[]) => string;
};

export function createFormats(language: Language): Formats {
  const locale = LOCALES[language];
  const date = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const dayFormat = date({ day: 'numeric', month: 'short', year: 'numeric' });
  const monthFormat = date({ month: 'short', year: 'numeric' });
  const shortMonth = date({ month: 'short' });
  const longMonth = date({ month: 'long', year: 'numeric' });
  const initial = date({ month: 'narrow' });
  const short = date({ weekday: 'short' });
  const long = date({ weekday: 'long' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
  const int = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const one = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const megabytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  // Made once for each: that takes longer than all else a step of the hand has to write.
  const isoDays = new Map<string, Intl.DateTimeFormat>();
  const isoDayIn = (timeZone: string): Intl.DateTimeFormat => {
    const format = isoDays.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone });
    isoDays.set(timeZone, format);
    return format;
  };
  const at = (day: string) => new Date(`${day}T00:00:00Z`);
  // 2024-01-01 was a Monday.
  const weekday = (number: number) => new Date(Date.UTC(2024, 0, number));
  const clean = (text: string) =>
    text
      .replace(/\./g, '')
      .replace(/\s*–\s*/g, '–')
      .replace(/ de /g, ' ');
  return {
    int: (value) => minusSign(int.format(value)),
    rate: (value) => minusSign((Math.abs(value) < 100 ? small : int).format(value)),
    share: (value) => `${minusSign((Math.abs(value) >= 0.1 || value === 0 ? int : one).format(value * 100))}\u00a0%`,
    percent: (value) => `${int.format(Math.abs(value))}\u00a0%`,
    day: (day) => clean(dayFormat.format(at(day))),
    range: (from, until) => clean(dayFormat.formatRange(at(from), at(addDays(until, -1)))),
    month: (day) => clean(monthFormat.format(at(day))),
    monthShort: (day) => clean(shortMonth.format(at(day))),
    monthLong: (day) => longMonth.format(at(day)),
    months: (from, until) => clean(monthFormat.formatRange(at(from), at(addDays(until, -1)))),
    monthInitial: (day) => initial.format(at(day)),
    weekday: (number) => clean(short.format(weekday(number))),
    weekdayLong: (number) => long.format(weekday(number)),
    moment: (milliseconds) => moment.format(milliseconds),
    time: (milliseconds, timeZone) =>
      new Intl.DateTimeFormat(locale, { timeStyle: 'short', hourCycle: 'h23', timeZone }).format(milliseconds),
    // Sweden writes dates as ISO 8601 does.
    today: (timeZone, now = Date.now()) => isoDayIn(timeZone).format(now),
    megabytes: (bytes) => megabytes.format(bytes / 1e6),
    list: (items) => list.format(items),
  };
}

/** Hours of a night or day, end exclusive: 20–2 h */
export const hoursText = (from: number, until: number): string => `${from}–${until} h`;

/** The languages' own formats put a hyphen where a minus sign belongs. */
export const minusSign = (text: string): string => text.replaceAll('-', '−');
