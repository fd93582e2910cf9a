// Totals that an authority publishes per area and month, beside the incidents: the answer about them, and what importing
// a table of them finds.

import * as z from 'zod';
import type { DryRunReport } from '../incidents/contract.ts';

/** How the layout is named where incidents have the code of a preset. */
export const MONTHLY_PRESET = 'sesnsp';

/** Two digits: a state; five: a municipality. */
export const areaCode = z.string().regex(/^\d{2}(\d{3})?$/, 'not an area code (two digits, or five of a municipality)');

/** Most areas a file may be kept of. */
export const MOST_AREAS = 600;

export type BenchmarkArea = {
  readonly code: string;
  readonly name: string;
  /** Every month asked for and told of; null = not published. */
  readonly months: readonly { readonly month: string; readonly count: number | null }[];
};
/** `/benchmark`: never to be added to incidents. */
export type BenchmarkAnswer = {
  readonly dataVersion: number;
  readonly areas: readonly BenchmarkArea[];
  readonly source: { readonly code: string; readonly title: string } | null;
  /** Last day of the last month published of any of the areas. */
  readonly through: string | null;
  /** Of the offences asked for, those the source does not count apart. */
  readonly notCounted: readonly string[];
};

/** What a table of monthly totals holds, as its header and first rows show. */
export type MonthlyLook = {
  readonly level: 'municipality' | 'state';
  readonly kind: 'incident' | 'victim';
  /** Month up to which its name says it was published, YYYY-MM. */
  readonly publishedThrough: string | null;
};

/** An area of a file, with how many of its lines are about it. */
export type FoundArea = {
  readonly code: string;
  readonly name: string;
  readonly state: string;
  readonly rows: number;
};
/** A total of a year that was told before and is told differently now. */
export type RevisedTotal = {
  readonly area: string;
  readonly offence: string;
  readonly year: number;
  readonly before: number;
  readonly now: number;
};
/** What importing a table of monthly totals did, or would do; lines, not offences, are counted. */
export type MonthlyReport = {
  readonly read: number;
  readonly stored: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Told before of a year and area the file has, and not in it. */
  readonly gone: number;
  readonly rejected: number;
  /** About areas that are not kept. */
  readonly leftOut: number;
  readonly level: MonthlyLook['level'];
  readonly kind: MonthlyLook['kind'];
  /** Codes of the areas kept. */
  readonly areas: readonly string[];
  /** First and last month told, YYYY-MM. */
  readonly firstMonth: string | null;
  readonly lastMonth: string | null;
  readonly revised: readonly RevisedTotal[];
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly notes: readonly { readonly code: string; readonly count: number; readonly example: string | null }[];
};

/** What importing a table of monthly totals would do; nothing is stored. */
export type MonthlyDryRun = DryRunReport & {
  readonly monthly: MonthlyReport & {
    /** Every area of the file. */
    readonly found: readonly FoundArea[];
    /** Municipalities of the jurisdiction's name, where somebody must choose. */
    readonly candidates: readonly FoundArea[];
  };
};
