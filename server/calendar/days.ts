// Local calendar days as integers (days since 1970-01-01), and the months and weeks they belong to.

export type Day = number;

const DAY_MS = 86_400_000;

/** `2024-02-29` to its day. The text must be a real date. */
export function dayOf(text: string): Day {
  return Date.parse(`${text}T00:00:00Z`) / DAY_MS;
}

/** A day to `YYYY-MM-DD`. */
export function textOf(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Whether a text in the form `YYYY-MM-DD` is a day there is. */
export function isDay(text: string): boolean {
  const day = dayOf(text);
  return !Number.isNaN(day) && textOf(day) === text;
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Months since January 1970. */
export function monthOf(day: Day): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** First day of a month counted since January 1970. */
export function monthStart(month: number): Day {
  const date = new Date(0);
  date.setUTCFullYear(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12, 1);
  return date.valueOf() / DAY_MS;
}

/** The first month of the quarter of the year it lies in. */
export function quarterOf(month: number): number {
  return Math.floor(month / 3) * 3;
}

export function yearOf(day: Day): number {
  return 1970 + Math.floor(monthOf(day) / 12);
}

/** The same day of the month that many months later; the last day of the month where there is no such day. */
export function addMonths(day: Day, months: number): Day {
  const start = monthStart(monthOf(day));
  const target = monthOf(day) + months;
  return Math.min(monthStart(target) + (day - start), monthStart(target + 1) - 1);
}
