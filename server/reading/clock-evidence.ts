// What a whole column of times shows of how it is written: with colons, as hours, as hours and minutes in one number, where
// 5 is five past midnight, or with decimals, where 0.5 may be noon. What stays open is asked.

import type { ClockForm, ClockQuestion } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import { type ReadTime, readTime, shareOfDay, splitOffset } from './read-time.ts';

export type ClockEvidence = {
  add(text: string): void;
  /** All of them are midnight, which says nothing. */
  onlyMidnight(): boolean;
  /** What stands behind a clock is the end of a range, not an offset: there are more of them than a place has. */
  areRanges(): boolean;
  /** How numbers without colons are read. Throws Doubt; `stated` is what somebody said. */
  form(stated: ClockForm | null): ClockForm;
};

/** So many clocks written as one number stand against one that is none. */
const FEW_WRONG = 4;
/** Of all times in one number one in sixty has so few digits that it could be hours alone; so many hours stand against one number with minutes. */
const FEW_LONG = 50;
/** What stands for no time in a column of numbers. */
const NO_TIME = /^9{2,6}$/;
/** From one such number in ten on, what stands behind the mark are no minutes. */
const FEW_NO_MINUTES = 10;
/** Some hours are counted from 1 to 24. */
const LAST_HOUR = 24;

/** In summer and in winter. */
const MOST_OFFSETS = 2;

/** So many clocks of so many different hours, all from 1 to 12: a clock of a whole day would show another. */
const FEW_CLOCKS = 50;
const FEW_HOURS = 8;
/** So many are enough where one of them is 12, and none of the hour after midnight. */
const FEW_WITH_NOON = 10;
const LETTERS = /[a-z]/i;
const NOON = 12;

/** Watches whether clocks are of twelve hours and none says which half of the day. */
export function watchHalves(tellsHalf: boolean) {
  const hours = new Set<number>();
  let [all, areTold, example] = [0, tellsHalf, ''];
  return {
    /** A clock, and the minute of the day as it stands. */
    add(text: string, minute: number): void {
      if (minute === 0) return;
      const hour = Math.floor(minute / 60);
      all++;
      hours.add(hour);
      example ||= text;
      if (hour === 0 || hour > NOON || LETTERS.test(text)) areTold = true;
    },
    /** How many there are and the first of them; null where they are of a whole day, or too few to tell. */
    lost: (): { readonly rows: number; readonly text: string } | null =>
      !areTold && hours.size >= FEW_HOURS && all >= (hours.has(NOON) ? FEW_WITH_NOON : FEW_CLOCKS)
        ? { rows: all, text: example }
        : null,
  };
}

/** The doubt about clocks of twelve hours behind the dates of a column. */
export function doubtOfHalves(column: string, field: string, rows: number, text: string): Doubt {
  const clock = clockAs(text, 'hours');
  return new Doubt({
    ...{ about: 'clock', column, rows, text, behind: field },
    readings: [
      { form: 'hours', clock },
      { form: 'discard', clock: '–' },
    ],
  });
}

/** `tellsHalf`: another column says a. m. or p. m. */
export function openClockEvidence(column: string, tellsHalf = false): ClockEvidence {
  const seen = { midnight: 0, other: 0 };
  /** Numbers of up to four digits: hours alone or minutes past midnight; certainly with minutes; none of these. */
  const digits = { all: 0, above: 0, short: 0, together: 0, wrong: 0 };
  /** Numbers as hours, minutes and seconds: of six digits, of five or six, of less, none. */
  const seconds = { all: 0, whole: 0, long: 0, less: 0, wrong: 0 };
  /** Numbers with a decimal part: below one, with two figures of minutes, with one, with what no minutes are. */
  const marked = { all: 0, below: 0, tens: 0, noMinutes: 0 };
  const behind = new Set<string>();
  const example = { short: '', together: '', wrong: '', less: '', marked: '', tens: '' };
  const halves = watchHalves(tellsHalf);

  const addMarked = (text: string, whole: number, part: string): void => {
    marked.all++;
    if (whole === 0) marked.below++;
    if (/^[1-5]$/.test(part)) marked.tens++;
    else if (!/^[0-5]\d$|^0$/.test(part)) marked.noMinutes++;
    if (/[1-9]/.test(part)) example.marked ||= text;
    if (/^[1-5]$/.test(part)) example.tens ||= text;
  };

  /** The form of a column of numbers with decimals; null for one of others. */
  const markedForm = (): ClockForm | null => {
    const { all, below, tens, noMinutes } = marked;
    if (all === 0 || example.marked === '') return null;
    // Whole numbers beside shares of a day are midnights.
    if (below === all && digits.above === 0) {
      if (noMinutes > 0 || tens > 0) return 'fraction';
      throw doubt(all, example.marked, ['fraction', 'hmm']);
    }
    if (noMinutes * FEW_NO_MINUTES >= all) return 'decimal';
    if (tens > 0) throw doubt(all, example.tens, ['hmm', 'decimal']);
    return 'hmm';
  };

  const addSeconds = (text: string): void => {
    const [, hour = '', minute = '', second = ''] = /^(..)(..)(..)$/.exec(text.padStart(6, '0'))!;
    seconds.all++;
    if (Number(hour) > LAST_HOUR || Number(minute) > 59 || Number(second) > 59) seconds.wrong++;
    else {
      if (text.length === 6) seconds.whole++;
      if (text.length > 4) seconds.long++;
    }
    if (text.length > 4 || Number(text) === 0) return;
    seconds.less++;
    if (text.length > 2) example.less ||= text;
  };

  const asked = (rows: number, text: string, forms: readonly (ClockForm | 'discard')[]): ClockQuestion => ({
    about: 'clock',
    column,
    rows,
    text,
    readings: forms.map((form) => ({ form, clock: form === 'discard' ? '–' : clockAs(text, form) })),
  });
  const doubt = (...question: Parameters<typeof asked>) => new Doubt(asked(...question));

  const formOfNumbers = (): ClockForm => {
    const ofMarked = markedForm();
    if (ofMarked) return ofMarked;
    const clocks = seen.midnight + seen.other;
    const { whole, long, less } = seconds;
    if (whole > seconds.wrong * FEW_WRONG && seconds.all >= clocks) {
      if (less <= long || example.less === '') return 'hhmmss';
      if (less < long * FEW_LONG) throw doubt(less, example.less, ['hhmmss', 'hhmm']);
    }
    const { short, together, wrong } = digits;
    const areNumbers = digits.all >= clocks;
    // Minutes or seconds of the day: some of them look like clocks, and those would be read.
    if (areNumbers && wrong >= FEW_WRONG && together <= wrong * FEW_WRONG && example.together !== '')
      throw new Doubt({
        ...asked(digits.all, example.together, ['hhmm', 'discard']),
        noClocks: { rows: wrong, text: example.wrong },
      });
    if (short === 0) return together > wrong * FEW_WRONG && areNumbers ? 'hhmm' : 'hours';
    if (together * FEW_LONG <= short) return 'hours';
    if (short <= together && together > wrong * FEW_WRONG && areNumbers) return 'hhmm';
    throw doubt(short, example.short, ['hhmm', 'hours']);
  };

  return {
    add(text) {
      const time = readTime(withoutZero(splitOffset(text).clock));
      const end = HOURS_FROM_TO.exec(text)?.[1];
      if (end !== undefined && behind.size <= MOST_OFFSETS) behind.add(end);
      const number = markedNumber(text);
      if (time) halves.add(text, time.minute);
      if (time?.minute === 0) seen.midnight++;
      else if (time || (number && /[1-9]/.test(number.part))) seen.other++;
      if (number) addMarked(text, number.whole, number.part);
      else if (/^\d+$/.test(text) && Number(text) > 1) digits.above++;
      const together = withoutZero(text);
      if (!/^\d{1,6}$/.test(together) || NO_TIME.test(together)) return;
      addSeconds(together);
      if (together.length > 4) return;
      digits.all++;
      const [hour, minute] = [Math.floor(Number(together) / 100), Number(together) % 100];
      if (hour > LAST_HOUR || minute > 59 || (hour === LAST_HOUR && minute > 0)) {
        digits.wrong++;
        example.wrong ||= text;
      } else if (hour > 0 || together.length > 2 || minute > LAST_HOUR) {
        digits.together++;
        if (hour > 0) example.together ||= text;
      } else if (minute > 0) {
        digits.short++;
        example.short ||= text;
      }
    },
    areRanges: () => behind.size > MOST_OFFSETS,
    onlyMidnight: () => seen.midnight > 0 && seen.other === 0,
    form(stated) {
      if (stated !== null) return stated;
      const form = formOfNumbers();
      const lost = halves.lost();
      if (lost) throw doubt(lost.rows, lost.text, [form, 'discard']);
      return form;
    },
  };
}

/** A number with a decimal part: its whole hours or none, and what stands behind the mark. */
const MARKED = /^(\d{0,2})[.,](\d+)$/;
/** Two clocks, or a clock and its offset: the column tells. */
export const HOURS_FROM_TO = /^\d{1,2}:\d{2}\s*[-\u2013]\s*(\d{1,2}:\d{2})$/;
const DIGITS = /^\d+$/;
const WIDTH = { hhmm: 4, hhmmss: 6 } as const;
const NOTHING = /^0*$/;

/** The hours and the part behind the mark of a clock that is one number; null for any other. */
function markedNumber(text: string): { readonly whole: number; readonly part: string } | null {
  const match = MARKED.exec(text);
  return match && { whole: Number(match[1]), part: match[2]! };
}

/** A row without a time makes a column of numbers one of decimals in many a program: 930.0 is 930. */
const withoutZero = (text: string): string => text.replace(/^(\d{1,6})[.,]0$/, '$1');

/** Reads a clock of a column in one form; what is no number reads as it always does. */
export function readTimeAs(text: string, form: ClockForm): ReadTime | null {
  if (form === 'hhmm' || form === 'hhmmss') {
    const together = withoutZero(text);
    return readTime(DIGITS.test(together) ? together.padStart(WIDTH[form], '0') : text);
  }
  const marked = markedNumber(text);
  if (form === 'fraction' && (marked?.whole === 0 || NOTHING.test(text)))
    return shareOfDay(Number(`0.${marked?.part ?? 0}`));
  if (form === 'decimal' && marked && marked.whole < 24)
    return shareOfDay((marked.whole + Number(`0.${marked.part}`)) / 24);
  // 8.3 is 8.30 whose last zero a spreadsheet has dropped.
  if (form === 'hmm' && marked) return readTime(`${marked.whole}:${marked.part.padEnd(2, '0')}`);
  return readTime(form === 'hours' ? withoutZero(text) : text);
}

function clockAs(text: string, form: ClockForm): string {
  const read = readTimeAs(text, form);
  if (read === null) return text;
  const clock = [Math.floor(read.minute / 60), read.minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return form === 'hhmmss' && DIGITS.test(text) ? `${clock}:${text.padStart(6, '0').slice(4)}` : clock;
}
