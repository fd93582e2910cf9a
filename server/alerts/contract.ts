// Alerts: rules by which a person is told what stands out in a week, and what came of them. Pure; the page imports this
// too.

import * as z from 'zod';
import { date } from '../calendar/contract.ts';
import { filterQuery } from '../filter/contract.ts';

/**
 * `series`: a week's count above its expected band. `near-repeat`: more near repeats in a week than chance brings.
 * `new-high`: a street with more in a week than in any of the year before, further out than chance goes on any of them.
 */
export const ALERT_KINDS = ['series', 'near-repeat', 'new-high'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const MOST_RULES = 30;
/** It stands in mail: on one line. */
const title = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^\P{Cc}*$/u, 'not on one line');
const email = z.email('not an address').max(254).nullable();

/** FILTER of a rule as it stands in an address, without dates: a week is looked at. */
const ruleFilter = filterQuery.safeExtend({
  from: z.undefined().optional(),
  until: z.undefined().optional(),
  period: z.undefined().optional(),
});

const filterText = z
  .record(z.string().max(20), z.string().max(20_000))
  // A name that is none would be dropped, and the rule watch over more than was asked.
  .refine((value) => ruleFilter.strict().safeParse(value).success, 'not a filter without dates');

/** Body of a new rule. */
export const newRule = z.strictObject({
  kind: z.enum(ALERT_KINDS),
  title,
  filter: filterText.default({}),
  email: email.default(null),
  toFolder: z.boolean().default(false),
});
export type NewRule = z.output<typeof newRule>;

/** `mutedUntil`: nothing is told before that day; null = at once again. */
export const ruleChange = z.strictObject({
  title: title.optional(),
  email: email.optional(),
  toFolder: z.boolean().optional(),
  mutedUntil: date.nullable().optional(),
});
export type RuleChange = z.output<typeof ruleChange>;

export const alertChange = z.strictObject({ seen: z.boolean() });

export type AlertRule = NewRule & {
  readonly id: string;
  readonly mutedUntil: string | null;
  /** The Sunday up to which it was looked at. */
  readonly lookedTo: string | null;
};

/** What was found: a count, what was to be expected of it, and where. */
export type AlertFound = {
  readonly week: string;
  readonly from: string;
  readonly until: string;
  readonly count: number;
  readonly expected: number;
  /** The most that was to be expected; of a street the most in a week of the year before. */
  readonly high: number | null;
  readonly places: readonly { readonly name: string; readonly count: number; readonly within: string }[];
  /** Of what is looked for by place: incidents of the week that have none. Not said of what was found before it was. */
  readonly unlocated?: number;
  /** Of near repeats: there were more points than are looked at, the oldest were left out. */
  readonly isCut?: boolean;
  /** Where the data say otherwise by now, after a delivery or one undone: the count, null = it does not stand out any more. */
  readonly isNow?: { readonly count: number | null; readonly dataVersion: number };
};

export type AlertRow = {
  readonly id: string;
  readonly rule: string;
  readonly kind: AlertKind;
  readonly title: string;
  readonly found: AlertFound;
  readonly filter: Readonly<Record<string, string>>;
  readonly dataVersion: number;
  readonly raisedAt: string;
  readonly seen: boolean;
};

export type AlertsAnswer = {
  readonly rules: readonly AlertRule[];
  readonly alerts: readonly AlertRow[];
  readonly unseen: number;
  /** Found with rights that one has no more: of these nothing else is told. */
  readonly hidden: number;
  /** Tried to be sent and not taken by the other side so far. */
  readonly undelivered: number;
  /** Whether alerts can be sent by mail, and left as files in a folder. */
  readonly ways: { readonly mail: boolean; readonly folder: boolean };
};

/** How often a rule would have told something, looking back. */
export type AlertHistory = {
  readonly weeks: number;
  readonly alarms: number;
  /** How often at most it speaks in a week where nothing changed. */
  readonly falsePerWeek: number;
};
