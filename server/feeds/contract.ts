// Incidents as they happen: what a dispatch system sends and what it is told of every record.

import * as z from 'zod';
import type { DateOrder } from '../reading/contract.ts';
import type { FeedIdRule } from '../tables/contract.ts';

/** Records in one request. */
export const MAX_RECORDS = 1000;

/** PostgreSQL holds no NUL in a text, and half a character (a lone surrogate) is none. */
const words = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'holds NUL or half a character');
/** As text, or as seconds or milliseconds since 1970. */
const day = z.union([words(60), z.number().int().positive()]);
const degrees = z.union([z.number(), words(40)]);
/** One record; what it holds beside this is not looked at. Dates and times are local unless they carry an offset. */
export const feedRecord = z.object({
  /** The sender's own id: the same id again is the same record, or within its month where the feed was told so. */
  id: words(200).trim().min(1),
  date: day,
  time: words(40).nullish(),
  /** The last moment it may have happened, and when it was reported. */
  dateUntil: day.nullish(),
  timeUntil: words(40).nullish(),
  reportedDate: day.nullish(),
  reportedTime: words(40).nullish(),
  offence: words(200),
  lon: degrees.nullish(),
  lat: degrees.nullish(),
  /** Where it was in words; a record without a point is looked for by the names of streets, colonia and municipality. */
  place: words(200).nullish(),
  street: words(200).nullish(),
  crossing: words(200).nullish(),
  neighbourhood: words(200).nullish(),
  borough: words(200).nullish(),
  /** How a call was closed: A, F, I, N or D. */
  closing: words(60).nullish(),
});
export const feedBody = z.object({ incidents: z.array(z.unknown()).min(1).max(MAX_RECORDS) });

export type FeedOutcome = 'stored' | 'changed' | 'unchanged' | 'rejected';
export type FeedTold = {
  readonly outcome: FeedOutcome;
  readonly reason?: string;
  /** The reason as a sentence, in the language asked for. */
  readonly detail?: string;
  /** What is doubtful of it beside what others were sent or stored. */
  readonly notes?: readonly string[];
};
/**
 * Counts, and what became of each record in the order sent. Everything that is not rejected is durable. `notes`: what of
 * a record could not be used, its point for one, or is doubtful, its id for one; `noted`: the same over all records.
 */
export type FeedAnswer = {
  readonly received: number;
  readonly stored: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Each note with its count and the records it is of, counted from 0; left out where there is none. */
  readonly noted?: readonly { readonly code: string; readonly count: number; readonly records: readonly number[] }[];
  readonly records: readonly (FeedTold & { readonly id: string | null; readonly notes?: readonly string[] })[];
};

export type FeedRow = {
  readonly name: string;
  readonly source: string;
  readonly kind: string;
  readonly preset: string;
  /** The order of day and month, and what times without an offset mean; null = nothing was said. */
  readonly dateOrder: DateOrder | null;
  readonly times: string | null;
  /** What a record is known again by; null = its id. */
  readonly idRule: FeedIdRule | null;
  /** ISO 8601. */
  readonly createdAt: string;
};
