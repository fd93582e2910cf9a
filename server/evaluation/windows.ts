// Which months are compared: those of the measure, the same months of an earlier year, and the months in which
// comparable places are looked for. The period that chose a place is never its «before». Pure.

import { type Day, monthOf, monthStart } from '../calendar/days.ts';

/** Months since January 1970, half-open. */
export type Months = { readonly from: number; readonly until: number };
export type Windows = {
  readonly before: Months | null;
  readonly after: Months | null;
  readonly matching: Months | null;
  readonly matchedOn: 'selection' | 'earlier' | 'before';
  readonly isSeasonal: boolean;
  readonly daysLeftOut: number;
  /** It is over and holds no whole month. */
  readonly isTooShort: boolean;
};

const MOST_MONTHS = 120;
const MOST_AFTER = 24;
/** Without so many months there is no «before». */
const LEAST_BEFORE = 3;
const MATCHING = 12;
const LEAST_MATCHING = 3;

export const lengthOf = ({ from, until }: Months): number => until - from;
const overlaps = (a: Months, b: Months | null): boolean => b !== null && a.from < b.until && b.from < a.until;

/** The first month that begins on the day or after it; the last that ends before or on it. */
export const firstWhole = (day: Day): number => (monthStart(monthOf(day)) === day ? monthOf(day) : monthOf(day) + 1);
const lastWhole = (day: Day): number => monthOf(day);
/** Every month that a range touches. */
const touched = ({ from, until }: { readonly from: Day; readonly until: Day }): Months => ({
  from: monthOf(from),
  until: firstWhole(until),
});

/** The complete days that are counted, a month at a time: of longer ago nothing is known. */
export const countedDays = (first: Day, through: Day): { readonly from: Day; readonly until: Day } => ({
  from: Math.max(first, monthStart(monthOf(through + 1) - MOST_MONTHS)),
  until: through + 1,
});

export function windowsOf(
  measure: { readonly from: Day; readonly until: Day | null },
  selection: { readonly from: Day; readonly until: Day } | null,
  /** Complete days there are. */
  data: { readonly from: Day; readonly until: Day },
): Windows {
  const known: Months = { from: firstWhole(data.from), until: lastWhole(data.until) };
  const begin = firstWhole(measure.from);
  const last = measure.until === null ? data.until : Math.min(measure.until, data.until);
  const end = Math.min(lastWhole(last), begin + MOST_AFTER);
  const chosenBy = selection && touched(selection);
  // While the measure has not begun, its first year is planned for.
  const hasAfter = end > begin;
  const months = hasAfter ? end - begin : MATCHING;
  const noticed = monthOf(measure.from);
  const { before, isSeasonal } = beforeOf(begin, noticed, months, chosenBy, known);
  const { matching, matchedOn } = matchingOf(before, noticed, chosenBy, known);
  const whole = hasAfter ? monthStart(end) - monthStart(begin) : 0;
  return {
    ...{ before, matching, matchedOn, isSeasonal },
    after: hasAfter ? { from: begin, until: end } : null,
    daysLeftOut: Math.max(0, last - measure.from - whole),
    isTooShort: !hasAfter && measure.until !== null && measure.until <= data.until,
  };
}

function beforeOf(
  begin: number,
  noticed: number,
  months: number,
  chosenBy: Months | null,
  known: Months,
): { readonly before: Months | null; readonly isSeasonal: boolean } {
  const fits = (window: Months) =>
    window.from >= known.from && window.until <= Math.min(noticed, known.until) && !overlaps(window, chosenBy);
  const step = 12 * Math.ceil(months / 12);
  for (let back = step; begin - back >= known.from; back += 12) {
    const window = { from: begin - back, until: begin - back + months };
    if (fits(window)) return { before: window, isSeasonal: true };
  }
  // As long a time as there is, as near as it lies.
  for (let length = months; length >= LEAST_BEFORE; length--)
    for (let until = Math.min(noticed, known.until); until - length >= known.from; until--) {
      const window = { from: until - length, until };
      if (fits(window)) return { before: window, isSeasonal: false };
    }
  return { before: null, isSeasonal: false };
}

function matchingOf(
  before: Months | null,
  noticed: number,
  chosenBy: Months | null,
  known: Months,
): Pick<Windows, 'matching' | 'matchedOn'> {
  if (chosenBy) {
    const matching = {
      from: Math.max(chosenBy.from, known.from),
      until: Math.min(chosenBy.until, noticed, known.until),
    };
    if (lengthOf(matching) > 0) return { matching, matchedOn: 'selection' };
  }
  if (!before) return { matching: null, matchedOn: 'before' };
  const free = [
    { from: Math.max(known.from, before.from - MATCHING), until: before.from },
    { from: before.until, until: Math.min(before.until + MATCHING, noticed, known.until) },
  ].filter((window) => lengthOf(window) >= LEAST_MATCHING);
  const [longest] = free.sort((a, b) => lengthOf(b) - lengthOf(a));
  if (longest) return { matching: longest, matchedOn: 'earlier' };
  return { matching: before, matchedOn: 'before' };
}
