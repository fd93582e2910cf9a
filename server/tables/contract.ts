// What a file of rows leaves open and somebody must decide: the questions an import asks. Pure.

import type { Note } from '../text/contract.ts';

/**
 * What tells a record from another when a file comes again: its id, its id within a month or a file, or nothing. Where
 * nothing is chosen it is the id, as long as it proves one.
 */
export const ID_RULES = ['id', 'id+month', 'id+file', 'none'] as const;
export type IdRule = (typeof ID_RULES)[number];
/** Those of a feed, whose records stand in no file and always have an id. */
export const FEED_ID_RULES = ['id', 'id+month'] as const satisfies readonly IdRule[];
export type FeedIdRule = (typeof FEED_ID_RULES)[number];

/** A doubt about the ids of a file: those it shares with what is stored, or repeats itself, lie on other days there. */
export type IdQuestion = {
  readonly about: 'ids';
  /** Records of the file with the id of a stored one, and how many of them change their date. */
  readonly rows: number;
  readonly moved: number;
  readonly example: { readonly id: string; readonly before: string; readonly after: string };
  readonly proposal: IdRule;
  /** The ids start again within the file: `rows` repeat one, `moved` of them in another month than the first. */
  readonly inFile?: true;
};
/** A doubt about the points of a file: too many are none, or lie where none is expected. */
export type PointQuestion = {
  readonly about: 'points';
  readonly rows: number;
  readonly doubtful: number;
  /** What is wrong with them, each with its count and example. */
  readonly kinds: readonly Note[];
  /** The columns they are read from: longitude and latitude, or the one that holds both. */
  readonly columns: readonly string[];
};
/** A doubt about a column that counts the cases of each row and is not read. */
export type QuantityQuestion = {
  readonly about: 'quantity';
  readonly column: string;
  /** The first rows, and the cases the column counts in them. */
  readonly rows: number;
  readonly cases: number;
};
/**
 * A doubt about the date: only a month would be read, and these columns hold days; or `read` would be, whose name says less
 * of when it happened than theirs.
 */
export type UnreadDatesQuestion = {
  readonly about: 'unread-dates';
  readonly columns: readonly { readonly name: string; readonly example: string }[];
  readonly read?: string;
};
/** A doubt about the sheets of a workbook: several hold data, in different columns. */
export type SheetsQuestion = { readonly about: 'sheets'; readonly sheets: readonly string[] };
/** A doubt about two files of an archive, or two sheets, that hold the same rows, at least so many: would they count twice? */
export type OverlapQuestion = {
  readonly about: 'overlap';
  readonly parts: readonly [string, string];
  readonly rows: number;
};
/**
 * How times without colons are written: 5 is an hour, or five minutes past midnight as 930 is half past nine; 8.3 is half
 * past eight (`hmm`) or eighteen past (`decimal`), and 0.5 of a day is noon (`fraction`).
 */
export const CLOCK_FORMS = ['hours', 'hhmm', 'hhmmss', 'hmm', 'decimal', 'fraction'] as const;
export type ClockForm = (typeof CLOCK_FORMS)[number];
/** What is done with the clocks behind a date: read as they stand, or left out; written `date:hours`. */
export const CLOCKS_OF_DATES = ['hours', 'discard'] as const;
export type ClockOfDate = (typeof CLOCKS_OF_DATES)[number];
/** As a column is mapped: a field of dates, and what its clocks are. */
const CLOCK_OF_DATE = /^([^:]+):\s*(hours|discard)$/i;

/** The field and the clocks of `date:hours`; null for a field alone. */
export function clockOfDate(target: string): { readonly field: string; readonly form: ClockOfDate } | null {
  const [, field, form] = CLOCK_OF_DATE.exec(target.trim()) ?? [];
  return field === undefined || form === undefined
    ? null
    : { field: field.trim(), form: form.toLowerCase() as ClockOfDate };
}
/**
 * A doubt about a column of times: what a number without minutes means, beside others with them; or whether these are
 * clocks of twelve hours that do not say which half of the day (`discard`: the hour is not known).
 */
export type ClockQuestion = {
  readonly about: 'clock';
  readonly column: string;
  /** Rows that depend on it, one of them, and its readings. */
  readonly rows: number;
  readonly text: string;
  readonly readings: readonly { readonly form: ClockForm | ClockOfDate; readonly clock: string }[];
  /** The field of dates behind which they stand; unsaid where they have a column of their own. */
  readonly behind?: string;
  /** How many numbers of the column are no clock, however they are read, and the first of them. */
  readonly noClocks?: { readonly rows: number; readonly text: string };
};
/** A doubt about the zone of times: by this column, or its name, they are of UTC. */
export type ZoneQuestion = { readonly about: 'zone'; readonly column: string; readonly text: string };
export type FileQuestion =
  | ZoneQuestion
  | ClockQuestion
  | IdQuestion
  | PointQuestion
  | QuantityQuestion
  | UnreadDatesQuestion
  | SheetsQuestion
  | OverlapQuestion;

/** What a column is mapped to where a question about its clocks is answered so. */
export function answerOfClock({ behind }: ClockQuestion, form: ClockForm | ClockOfDate): string {
  return behind === undefined ? form : `${behind}:${form}`;
}
