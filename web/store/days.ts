// Arithmetic on local days written YYYY-MM-DD; no time zone takes part.

const DAY_MS = 86_400_000;
const time = (day: string) => Date.parse(`${day}T00:00:00Z`);
const text = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => text(time(day) + days * DAY_MS);

/** What ends on a day is stored by the day after it; people type and read the last. */
export const dayAfter = (last: string): string => addDays(last, 1);
export const lastDayOf = (until: string): string => addDays(until, -1);

/** Days from one to another, negative when it lies before. */
export const daysBetween = (from: string, until: string): number => Math.round((time(until) - time(from)) / DAY_MS);

export const monthStart = (day: string): string => `${day.slice(0, 7)}-01`;

/** The same day some months on; the last of the month where it has no such day. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return text(first.valueOf());
}

export const addYears = (day: string, years: number): string => addMonths(day, years * 12);
