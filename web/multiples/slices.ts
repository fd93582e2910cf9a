// What small maps beside one another are of: the hours, weekdays, months or offences of one question, as far as it asks for
// them.

import type { Filter } from '../../server/filter/contract.ts';
import type { Days } from '../store/covered.ts';
import { addMonths, monthStart } from '../store/days.ts';
import type { OffencePart } from '../store/offence-tree.ts';

export const SPLIT_BY = ['hour', 'weekday', 'month', 'offence'] as const;
export type SplitBy = (typeof SPLIT_BY)[number];

/** `patch` makes the question of this one map alone; `key` tells them apart. */
export type Slice = { readonly key: string; readonly patch: Partial<Filter> };

const HOURS = 24;
const WEEK = 7;
const MONTHS = 12;
const MOST_OFFENCES = 12;

/** Those of a range of hours, which may pass midnight; all for none. */
function hoursOf({ hours }: Filter): readonly number[] {
  const from = hours?.from ?? 0;
  const length = hours ? (hours.until - hours.from + HOURS) % HOURS || HOURS : HOURS;
  return Array.from({ length }, (_, i) => (from + i) % HOURS);
}

/** The whole months that end with the last whole one of the days covered, at most twelve. */
function monthsOf({ from, until }: Days): readonly Days[] {
  const months: Days[] = [];
  for (let end = monthStart(until); months.length < MONTHS; end = addMonths(end, -1)) {
    const begin = addMonths(end, -1);
    if (begin < from) break;
    months.unshift({ from: begin, until: end });
  }
  return months;
}

/** What asks for one hour of the same days: past midnight a night that began the day before is of the day after. */
function hourPatch(filter: Filter, hour: number): Slice['patch'] {
  const hours = { from: hour, until: (hour + 1) % HOURS || HOURS };
  const isNext =
    filter.weekdayOf === 'shift' &&
    filter.hours !== null &&
    filter.hours.from > filter.hours.until &&
    hour < filter.hours.until;
  const weekdays = isNext ? filter.weekdays.map((day) => (day % WEEK) + 1).sort() : filter.weekdays;
  return { hours, weekdays, weekdayOf: 'clock' };
}

/** `offences` = what the question asks for. */
export function slicesOf(
  by: SplitBy,
  filter: Filter,
  covered: Days | null,
  offences: readonly OffencePart[],
): readonly Slice[] {
  switch (by) {
    case 'hour':
      return hoursOf(filter).map((hour) => ({
        key: String(hour),
        patch: hourPatch(filter, hour),
      }));
    case 'weekday': {
      const asked = filter.weekdays.length ? filter.weekdays : [1, 2, 3, 4, 5, 6, 7];
      return asked.map((weekday) => ({ key: String(weekday), patch: { weekdays: [weekday] } }));
    }
    case 'month':
      return covered ? monthsOf(covered).map((days) => ({ key: days.from, patch: { period: null, ...days } })) : [];
    case 'offence':
      return offences
        .slice(0, MOST_OFFENCES)
        .map(({ code, codes }) => ({ key: code, patch: { theme: null, offences: codes } }));
  }
}
