// The weeks of ISO 8601, from Monday to Sunday, as `2026-W47` and as days. Pure.

import { type Day, monthStart, weekdayOf, yearOf } from '../calendar/days.ts';

/** The Monday of a week; null for a week 53 that its year does not have. */
export function mondayOf(week: string): Day | null {
  const year = Number(week.slice(0, 4));
  const monday = firstMonday(year) + 7 * (Number(week.slice(6)) - 1);
  return weekOf(monday) === week ? monday : null;
}

/** The week a day lies in: that of its Thursday's year. */
export function weekOf(day: Day): string {
  const monday = day - weekdayOf(day);
  const year = yearOf(monday + 3);
  const number = (monday - firstMonday(year)) / 7 + 1;
  return `${String(year).padStart(4, '0')}-W${String(number).padStart(2, '0')}`;
}

/** The week with the 4th of January. */
function firstMonday(year: number): Day {
  const fourth = monthStart((year - 1970) * 12) + 3;
  return fourth - weekdayOf(fourth);
}
