// Deliveries of incidents: what there are, what each changed, and what importing a file would do. Pure.

import type { Kind } from '../db/contract.ts';
import type { Position } from '../geometry/contract.ts';
import type { DateQuestion } from '../reading/contract.ts';
import type { FileQuestion } from '../tables/contract.ts';
import type { Note } from '../text/contract.ts';

/** One import, or one undo, of a source. Dates are local; `coversUntil` is exclusive. */
export type DeliveryRow = {
  readonly delivery: number;
  readonly source: string;
  readonly kind: Kind;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly preset: string;
  readonly mode: 'add' | 'replace';
  readonly via: 'command' | 'page' | 'feed' | 'folder';
  /** The delivery this one undoes. */
  readonly undoes: number | null;
  readonly coversFrom: string | null;
  readonly coversUntil: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly report: unknown;
  /** Not undone. */
  readonly stands: boolean;
  readonly canUndo: boolean;
};

/** What undoing a delivery did: records it had told that no longer count, and records it had ended that count again. */
export type UndoReport = {
  readonly undoes: number;
  readonly undoneBy: number;
  readonly ended: number;
  readonly restored: number;
};

export type ChangedField = 'date' | 'time' | 'until' | 'reported' | 'offence' | 'point' | 'place';
/** A record as one delivery told it; time = HH:MM, the end of a range and the report = YYYY-MM-DD with or without HH:MM. */
export type ToldRecord = {
  readonly date: string;
  readonly time: string | null;
  readonly until: string | null;
  readonly reported: string | null;
  readonly offence: string;
  readonly point: readonly [lon: number, lat: number] | null;
  readonly place: string | null;
};
/** What a delivery changed in what its source had told before. */
export type DeliveryChanges = {
  readonly totals: readonly {
    readonly month: string;
    readonly offence: string;
    readonly added: number;
    readonly ended: number;
    readonly difference: number;
    /** Only of monthly totals, which are told per area. */
    readonly area?: string;
  }[];
  readonly fields: Readonly<Record<ChangedField, number>>;
  readonly repeatedIds: number;
  readonly examples: readonly { readonly key: string; readonly before: ToldRecord; readonly after: ToldRecord }[];
};

/** Rows without an id that would be added on days of which records are stored that the file does not have. */
export type BesideStored = {
  readonly added: number;
  readonly stored: number;
  /** The days concerned; until is exclusive. */
  readonly from: string;
  readonly until: string;
};

/** What importing a file would do; nothing is stored. */
export type DryRunReport = {
  readonly read: number;
  readonly stored: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly gone: number;
  readonly rejected: number;
  /** Of the rows that would be new or changed: those without a usable point. */
  readonly unlocated: number;
  /** First and last day of the file's rows; null without any, and for the file that was delivered last. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** Only where ids are left out, and somebody must say that these are other records. */
  readonly beside?: BesideStored;
  /** Months that would lose records, the greatest loss first. */
  readonly goneByMonth: readonly { readonly month: string; readonly gone: number; readonly before: number }[];
  readonly rejects: readonly {
    readonly line: number;
    readonly field: string | null;
    readonly value: string | null;
    readonly reason: string;
  }[];
  /** Some points of the file. */
  readonly sample: readonly Position[];
  readonly notes: readonly Note[];
  /** Somebody must say how dates are read before anything else can be told of the file; then every count is 0. */
  readonly dateQuestion?: DateQuestion;
  /** Somebody must decide another doubt of the file; then every count is 0 as well. */
  readonly question?: FileQuestion;
};
