// What a whole column of times shows of how it is written: with colons, as hours, or as hours and minutes in one number,
// where 5 is five past midnight. What stays open is asked.

import type { ClockForm } from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import { readTime, splitOffset } from './read-time.ts';

export type ClockEvidence = {
  add(text: string): void;
  /** All of them are midnight, which says nothing. */
  onlyMidnight(): boolean;
  /** How numbers without colons are read. Throws Doubt; `stated` is what somebody said. */
  form(stated: ClockForm | null): ClockForm;
};

/** So many clocks written as one number stand against one that is none. */
const FEW_WRONG = 4;
/** Of all times in one number one in sixty has so few digits that it could be hours alone; so many hours stand against one number with minutes. */
const FEW_LONG = 50;
/** What stands for no time in a column of numbers. */
const NO_TIME = /^9{2,6}$/;
/** Some hours are counted from 1 to 24. */
const LAST_HOUR = 24;

export function openClockEvidence(column: string): ClockEvidence {
  const seen = { midnight: 0, other: 0 };
  /** Numbers of up to four digits: hours alone or minutes past midnight; certainly with minutes; none of these. */
  const digits = { all: 0, short: 0, together: 0, wrong: 0 };
  /** Numbers as hours, minutes and seconds: of six digits, of five or six, of less, none. */
  const seconds = { all: 0, whole: 0, long: 0, less: 0, wrong: 0 };
  const example = { short: '', less: '' };

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

  const doubt = (rows: number, text: string, forms: readonly ClockForm[]) =>
    new Doubt({
      about: 'clock',
      column,
      rows,
      text,
      readings: forms.map((form) => ({ form, clock: clockAs(text, form) })),
    });

  return {
    add(text) {
      const time = readTime(splitOffset(text).clock);
      if (time?.minute === 0) seen.midnight++;
      else if (time) seen.other++;
      if (!/^\d{1,6}$/.test(text) || NO_TIME.test(text)) return;
      addSeconds(text);
      if (text.length > 4) return;
      digits.all++;
      const [hour, minute] = [Math.floor(Number(text) / 100), Number(text) % 100];
      if (hour > LAST_HOUR || minute > 59 || (hour === LAST_HOUR && minute > 0)) digits.wrong++;
      else if (hour > 0 || text.length > 2 || minute > LAST_HOUR) digits.together++;
      else if (minute > 0) {
        digits.short++;
        example.short ||= text;
      }
    },
    onlyMidnight: () => seen.midnight > 0 && seen.other === 0,
    form(stated) {
      if (stated !== null) return stated;
      const clocks = seen.midnight + seen.other;
      const { whole, long, less } = seconds;
      if (whole > seconds.wrong * FEW_WRONG && seconds.all >= clocks) {
        if (less <= long || example.less === '') return 'hhmmss';
        if (less < long * FEW_LONG) throw doubt(less, example.less, ['hhmmss', 'hhmm']);
      }
      const { short, together, wrong } = digits;
      const areNumbers = digits.all >= clocks;
      if (short === 0) return together > wrong * FEW_WRONG && areNumbers ? 'hhmm' : 'hours';
      if (together * FEW_LONG <= short) return 'hours';
      if (short <= together && together > wrong * FEW_WRONG && areNumbers) return 'hhmm';
      throw doubt(short, example.short, ['hhmm', 'hours']);
    },
  };
}

function clockAs(text: string, form: ClockForm): string {
  if (form === 'hours') return `${text.padStart(2, '0')}:00`;
  const [, hour = '', minute = '', second] = /^(..)(..)(..)?$/.exec(text.padStart(form.length, '0'))!;
  return second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
}
