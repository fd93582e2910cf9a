// The weekly meeting of commanders: what is asked of a week and a sector, and what is answered; and what was agreed.
// Pure; the page imports this too.

import * as z from 'zod';
import { date } from '../calendar/contract.ts';

const MOST_TEXT = 1000;
/** Of what was agreed, so much is open at once at most, and so much is listed: what is open first. */
export const MOST_OPEN_ACTIONS = 500;
export const MOST_ACTIONS_LISTED = 1000;
const WEEK = /^(19[7-9]\d|2[01]\d\d)-W(0[1-9]|[1-4]\d|5[0-3])$/;

const week = z.string().regex(WEEK, 'not a week (like 2026-W47)');
const scope = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}:.+$/, 'not a place (LAYER:CODE)');

/** What is asked beside FILTER, of which neither dates nor a place may be given: the week and the scope say both. */
export const meetingQuery = z.object({ scope: scope.optional(), week: week.optional() });

export type MeetingDays = { readonly from: string; readonly until: string };

/** Whether a count stands out, with the false alarms of the whole table held; `unknown` = too little to say. */
export type CellVerdict = 'up' | 'down' | 'usual' | 'unknown';

export type MeetingCell = MeetingDays & {
  readonly count: number;
  /** Days of it that the sources do not tell of: before they begin, or not yet. */
  readonly missingDays: number;
  /**
   * A year before: weeks and 28 days of 364 days before, so that weekdays fall on weekdays (after a year of 53 weeks the
   * number of the week is another), the year to date by its dates. Null without data of all of it, and while days are
   * missing.
   */
  readonly lastYear: (MeetingDays & { readonly count: number }) | null;
  /** Of the same days in the three years before, each found likewise; null without data of all three. */
  readonly meanOfThree: number | null;
  /** What it would be by chance in 95 of 100 weeks without change; of the year to date there is none. */
  readonly band: {
    readonly expected: number;
    readonly low: number;
    readonly high: number;
    /** By what the same weeks of the years before raised or lowered it; null = fewer than two of them are known. */
    readonly season: number | null;
  } | null;
  readonly verdict: CellVerdict;
};

export type MeetingRow = {
  /** `total`: all that is asked for; `other`: what has no row of its own. */
  readonly of: 'total' | 'offence' | 'other';
  readonly title: string;
  /** Codes to ask for just this row; empty = whatever the filter asks for. */
  readonly offences: readonly string[];
  readonly week: MeetingCell;
  readonly days28: MeetingCell;
  readonly year: MeetingCell;
};

export type MeetingStreet = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly crossings?: readonly [string, string];
  readonly count: number;
};

/** How last week's hot streets did: chosen by the 28 days to its end, judged by what came this week. */
export type StreetScore = {
  readonly streets: number;
  readonly caught: number;
  /** Of this week's incidents on any street. */
  readonly all: number;
  /** Of the length of all streets there: those whose middle lies in the place, or in the areas of whoever asks. */
  readonly lengthShare: number;
};

export type RepeatSeries = {
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** The street nearest to its middle, or the area it lies in; empty where neither is known. */
  readonly place: string;
  /** A ring to look at on the map, as `within` takes it. */
  readonly within: string;
};

export type NearRepeats = {
  readonly title: string;
  readonly offences: readonly string[];
  /** Of this week's incidents, those that followed another within the distance and days; and how many chance would have. */
  readonly followed: number;
  readonly expected: number;
  readonly series: readonly RepeatSeries[];
};

export const REPEAT_METRES = 200;
export const REPEAT_DAYS = 14;

export type MeetingAnswer = {
  readonly dataVersion: number;
  readonly week: string;
  readonly weekBefore: string;
  /** Null where no source tells of a complete day of the next one. */
  readonly weekAfter: string | null;
  readonly from: string;
  readonly until: string;
  readonly through: string | null;
  /** Days of the week that the sources do not tell of yet. */
  readonly missingDays: number;
  /**
   * Sources that do not tell of the whole week while others do: those still waited for make it one of missing days, those
   * that ended are not compared with what they told.
   */
  readonly behind: readonly { readonly source: string; readonly title: string; readonly through: string }[];
  readonly scope: { readonly layer: string; readonly code: string; readonly name: string } | null;
  /** Names of the areas whoever asked is bound to, which all numbers are of; null = none. */
  readonly boundTo: readonly string[] | null;
  /** Why there is no table: no data, or sources that tell no more than the month. */
  readonly reason: 'no-data' | 'months-only' | null;
  readonly rows: readonly MeetingRow[];
  /** Share of false arrows that the table may hold. */
  readonly level: number;
  /** Of the last 28 days; null where there are no streets or the sources do not locate to the street. */
  readonly streets: (MeetingDays & { readonly layer: string; readonly rows: readonly MeetingStreet[] }) | null;
  readonly score: StreetScore | null;
  /** Of the last 28 days, [weekday Monday first][hour]. */
  readonly clock: { readonly counts: readonly (readonly number[])[]; readonly unknownHour: number } | null;
  /** Of the last 28 days: all there are, and those that lie nowhere, so that no street and no repeat holds them. */
  readonly located: {
    readonly all: number;
    readonly unlocated: number;
    readonly withheld: number;
    /** Of offences that this viewer is not told of by street: in no street and no repeat either. */
    readonly leftOut: number;
  } | null;
  /** Null where none can be looked for: no such theft is asked for, or none has a point. */
  readonly repeats: readonly NearRepeats[] | null;
  /** Whether there were more points in the nine weeks than are looked at: the oldest are left out. */
  readonly repeatsCut: boolean;
};

export const ACTION_STATES = ['open', 'done', 'dropped'] as const;
export type ActionState = (typeof ACTION_STATES)[number];

const text = (most: number) => z.string().trim().min(1).max(most);

/** Body of what was agreed in a meeting. */
export const newAction = z.strictObject({
  week,
  scope: scope.nullable().default(null),
  what: text(MOST_TEXT),
  owner: text(200),
  due: date.nullable().default(null),
});
export type NewAction = z.output<typeof newAction>;

/** `revision`: the one that was seen; whoever changes an older one is told. */
export const actionChange = z.strictObject({
  revision: z.number().int().min(1),
  what: text(MOST_TEXT).optional(),
  owner: text(200).optional(),
  due: date.nullable().optional(),
  state: z.enum(ACTION_STATES).optional(),
});
export type ActionChange = z.output<typeof actionChange>;

export type MeetingAction = {
  readonly id: string;
  readonly revision: number;
  /** The week whose meeting agreed on it. */
  readonly week: string;
  readonly scope: string | null;
  readonly what: string;
  readonly owner: string;
  readonly due: string | null;
  readonly state: ActionState;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly changedBy: string;
  readonly changedAt: string;
  /** Agreed on before the week asked about, and open then; or still open from a week of the calendar before the present. */
  readonly carried: boolean;
  /** Open today, after the day it was due. */
  readonly late: boolean;
};

export const actionsQuery = z.strictObject({
  week,
  scope: scope.optional(),
  lang: z.string().max(10).optional(),
});
