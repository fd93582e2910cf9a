// How long each of two questions looks, in hours of the calendar, and whether one incident may be in both: then they are no two
// counts that chance could be asked about.

import type { ThemeRow } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { Days } from '../store/covered.ts';
import { daysBetween } from '../store/days.ts';

export type Side = {
  readonly filter: Filter;
  /** As far as the data cover them. */
  readonly days: Days;
  /** Null = all. */
  readonly offences: readonly string[] | null;
};
type Sides = { readonly a: Side; readonly b: Side };

const HOURS = 24;
const WEEK = 7;

/** ISO, Monday first. */
const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() || WEEK;

function hoursOf({ hours }: Filter): ReadonlySet<number> {
  const length = hours ? (hours.until - hours.from + HOURS) % HOURS || HOURS : HOURS;
  return new Set(Array.from({ length }, (_, at) => ((hours?.from ?? 0) + at) % HOURS));
}

/** How many days of a period are of the weekdays asked for: those of whole weeks, and those of the rest. */
export function daysAsked({ from, until }: Days, weekdays: readonly number[]): number {
  const days = daysBetween(from, until);
  if (weekdays.length === 0 || days <= 0) return Math.max(0, days);
  const first = weekdayOf(from);
  const rest = Array.from({ length: days % WEEK }, (_, at) => ((first - 1 + at) % WEEK) + 1);
  const asked = new Set(weekdays);
  return Math.floor(days / WEEK) * asked.size + rest.filter((day) => asked.has(day)).length;
}

/** Hours each side counts. */
export function exposures({ a, b }: Sides): { readonly a: number; readonly b: number } {
  const hours = ({ filter, days }: Side) => daysAsked(days, filter.weekdays) * hoursOf(filter).size;
  return { a: hours(a), b: hours(b) };
}

/** The codes a question names, by itself or by its theme; null where it asks for all. */
export function offencesNamed(filter: Filter, themes: readonly ThemeRow[]): readonly string[] | null {
  if (filter.offences.length) return filter.offences;
  return themes.find(({ code }) => code === filter.theme)?.offences ?? null;
}

/** Whether an incident may be counted on both sides, by what is asked for; places that lie across others are not known. */
export function mayShare({ a, b }: Sides, parents: ReadonlyMap<string, string | null>): boolean {
  const meets = <T>(one: ReadonlySet<T>, other: ReadonlySet<T>) => [...one].some((each) => other.has(each));
  if (a.filter.kind !== b.filter.kind) return false;
  if (a.filter.source !== null && b.filter.source !== null && a.filter.source !== b.filter.source) return false;
  if (a.days.from >= b.days.until || b.days.from >= a.days.until) return false;
  if (!meets(hoursOf(a.filter), hoursOf(b.filter))) return false;
  const week = ({ filter }: Side) => new Set(filter.weekdays.length ? filter.weekdays : [1, 2, 3, 4, 5, 6, 7]);
  // A night is of the day it began: two ways to count days may meet anywhere.
  if (a.filter.weekdayOf === b.filter.weekdayOf && !meets(week(a), week(b))) return false;
  if (placeOf(a.filter) && placeOf(b.filter) && arePlacesApart(a.filter, b.filter)) return false;
  return a.offences === null || b.offences === null || offencesMeet(a.offences, b.offences, parents);
}

const placeOf = ({ within }: Filter) => (within?.type === 'place' ? within : null);

function arePlacesApart(a: Filter, b: Filter): boolean {
  const [one, other] = [placeOf(a), placeOf(b)];
  const isSameLayer = one?.layer === other?.layer && one?.version === other?.version;
  return isSameLayer && JSON.stringify(one?.place) !== JSON.stringify(other?.place);
}

function offencesMeet(
  a: readonly string[],
  b: readonly string[],
  parents: ReadonlyMap<string, string | null>,
): boolean {
  const upFrom = (code: string): readonly string[] => {
    const above = parents.get(code);
    return above ? [code, ...upFrom(above)] : [code];
  };
  const isUnder = (codes: readonly string[], others: readonly string[]) =>
    codes.some((code) => upFrom(code).some((each) => others.includes(each)));
  return isUnder(a, b) || isUnder(b, a);
}
