// What an incident is once it is read, and how its dates and place are written. Pure: the page imports this too.

import * as z from 'zod';
import type { DatePrecision } from '../db/contract.ts';

/** The orders in which day, month and year stand in numbers; with the year first in full, `ymd` or `ydm`. */
export const DATE_ORDERS = ['dmy', 'mdy', 'ymd', 'ydm'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/**
 * What times without an offset mean: `local` = as they stand, whatever offset is written; `utc` or an IANA zone = that
 * clock. Where nothing is chosen they are local, and those with an offset are converted.
 */
export const timesChoice = z
  .string()
  .max(60)
  .refine((text) => text === 'local' || text === 'utc' || isTimeZone(text), 'not local, utc or a time zone');

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}

/** A doubt about the order of dates, for somebody to decide. */
export type DateQuestion = {
  readonly column: string;
  /** Rows whose date reads differently, or that contradict each other. */
  readonly rows: number;
  /** What each order would make of the column. */
  readonly readings: readonly {
    readonly order: DateOrder;
    readonly example: { readonly text: string; readonly date: string };
    readonly months: readonly { readonly month: string; readonly count: number }[];
    /** Rows that cannot be read in this order, and the first of them. */
    readonly against: { readonly count: number; readonly line: number; readonly text: string } | null;
  }[];
};

/** One incident as the importer hands it to placing and storing: checked, normalised, local time. */
export type Incident = {
  /** Line in the file, for messages. */
  readonly line: number;
  /** The source's own id, or null where it has none. */
  readonly key: string | null;
  /** Local date, YYYY-MM-DD; the first of the month when only the month is known. */
  readonly occurredOn: string;
  /** Minutes since local midnight, or null; only the hour counts at precision `hour`. */
  readonly minuteOfDay: number | null;
  readonly datePrecision: DatePrecision;
  /** Local date and minute until which it may have happened, where the source gives a range; the minute may be unknown. */
  readonly untilOn: string | null;
  readonly untilMinute: number | null;
  /** Local date and minute at which it was reported. */
  readonly reportedOn: string | null;
  readonly reportedMinute: number | null;
  /** Leaf code of the taxonomy, `scheme.slug`. */
  readonly offence: string;
  /** The label as the source wrote it. */
  readonly label: string;
  /** Degrees with seven decimals, or null: no usable point. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** Where the source says it was, in its words (street, colonia); null when it says nothing. */
  readonly placeText: string | null;
  /** The same words apart, by which one without a point is looked for; null where the text is all there is. */
  readonly placeParts: PlaceParts | null;
};

/** What the words for a place name, from the smallest to the largest; what the source does not say is left out. */
export const PLACE_PARTS = ['street', 'crossing', 'place', 'neighbourhood', 'borough'] as const;
export type PlaceParts = Readonly<Partial<Record<(typeof PLACE_PARTS)[number], string>>>;
/** `parts` is empty where the text is all there is. */
export type PlaceText = { readonly text: string; readonly parts: PlaceParts };
