// Clocks written as numbers, in the form their whole column shows: 5, 930, 93000, 8.3, 0.5.

import type { ClockForm } from '../tables/contract.ts';
import { type ReadTime, readTime, shareOfDay } from './read-time.ts';

/** A number with a decimal part: its whole hours or none, and what stands behind the mark. */
const MARKED = /^(\d{0,2})[.,](\d+)$/;
const DIGITS = /^\d+$/;
const WIDTH = { hhmm: 4, hhmmss: 6 } as const;
const NOTHING = /^0*$/;

/** The hours and the part behind the mark of a clock that is one number; null for any other. */
export function markedNumber(text: string): { readonly whole: number; readonly part: string } | null {
  const match = MARKED.exec(text);
  return match && { whole: Number(match[1]), part: match[2]! };
}

/** Reads a clock of a column in one form; what is no number reads as it always does. */
export function readTimeAs(text: string, form: ClockForm): ReadTime | null {
  if (form === 'hhmm' || form === 'hhmmss') return readTime(DIGITS.test(text) ? text.padStart(WIDTH[form], '0') : text);
  const marked = markedNumber(text);
  if (form === 'fraction' && (marked?.whole === 0 || NOTHING.test(text)))
    return shareOfDay(Number(`0.${marked?.part ?? 0}`));
  if (form === 'decimal' && marked && marked.whole < 24)
    return shareOfDay((marked.whole + Number(`0.${marked.part}`)) / 24);
  // 8.3 is 8.30 whose last zero a spreadsheet has dropped.
  if (form === 'hmm' && marked) return readTime(`${marked.whole}:${marked.part.padEnd(2, '0')}`);
  return readTime(text);
}

export function clockAs(text: string, form: ClockForm): string {
  const read = readTimeAs(text, form);
  if (read === null) return text;
  const clock = [Math.floor(read.minute / 60), read.minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return form === 'hhmmss' && DIGITS.test(text) ? `${clock}:${text.padStart(6, '0').slice(4)}` : clock;
}
