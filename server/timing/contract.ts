// When it happens and whether it changes: uncertain hours, two clocks compared, trends against their own history. What is
// asked beside FILTER, and what is answered. Pure; the page imports this too.

import * as z from 'zod';
import {
  askedLayer,
  askedRange,
  type Common,
  type NotPlaced,
  numberBetween,
  type OfLayer,
  type OfNotPlaced,
  wholeBetween,
} from '../analysis/contract.ts';

/** Steps of a trend: five years of weeks are not needed to see one. */
export const MOST_TREND_STEPS = 120;
export const CLOCK_UNITS = ['hour', 'weekday', 'week', 'month', 'monthday', 'payday'] as const;
/** Days since wages were paid, the last cell holding all that are more. */
export const MOST_SINCE_PAYDAY = 15;
export type ClockUnit = (typeof CLOCK_UNITS)[number];

export const TIMINGS = {
  aoristic: z.object({}),
  clocks: z.object({
    /** `week`: the 168 hours of it; `payday`: days since the 15th or the last of the month, or the Friday before these. */
    unit: z.enum(CLOCK_UNITS).default('hour'),
    /** The earlier period, another one, all other offences, all other places, or the time there was of each. */
    against: z.union([z.enum(['before', 'other-offences', 'other-places', 'even']), askedRange]).default('before'),
    level: numberBetween(0.0001, 0.5).default(0.05),
  }),
  trend: z.object({
    layer: askedLayer,
    step: z.enum(['week', '28d', 'month']).default('month'),
    season: z.enum(['wave', 'none']).default('wave'),
    /** The last steps, watched against those before. */
    watch: wholeBetween(1, 52).default(6),
    level: numberBetween(0.0001, 0.5).default(0.05),
  }),
} as const;

/** Of times what has no place counts as well; left out is what is not told so finely, or may not be meant. */
export type AoristicAnswer = Common<{ readonly reference: string }> &
  OfNotPlaced & {
    /** Monday 00:00 first; each incident weighs 1 in all. */
    readonly hours: readonly number[];
    /** The same by the beginning alone, of those whose beginning has an hour. */
    readonly byBeginning: readonly number[];
    /** With a moment, with a beginning and an end, with a week or more between them, and without an hour (in no sum). */
    readonly exact: number;
    readonly spread: number;
    readonly overAWeek: number;
    readonly unknown: number;
  };

export type ClocksAnswer = Common<{
  readonly unit: ClockUnit;
  readonly against: string;
  readonly level: number;
  readonly reference: string;
}> &
  OfNotPlaced & {
    readonly previousPeriod: { readonly from: string; readonly until: string } | null;
    /** The other one, or what an even spread over the time there was would be; and what is asked about. */
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly unknownFirst: number;
    readonly unknownSecond: number;
    readonly chiSquared: number | null;
    readonly degrees: number | null;
    readonly p: number | null;
    /** Positive where the second has the larger share. */
    readonly residual: readonly (number | null)[];
    readonly adjustedP: readonly (number | null)[];
    readonly direction: readonly ('up' | 'down' | 'none')[];
    /** Cells with fewer than five expected: above a fifth of them p is not to be relied on. */
    readonly sparse: number;
    /** Of two periods, how many hours that are asked for each cell had in either; null otherwise. */
    readonly hours: { readonly first: readonly number[]; readonly second: readonly number[] } | null;
  };

type OwnTrend = {
  readonly perYear: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly dispersion: number;
};
export type TrendAnswer = Common<{
  readonly step: 'week' | '28d' | 'month';
  readonly season: 'wave' | 'none';
  readonly watch: number;
  readonly level: number;
  readonly allowance: number;
  readonly limit: number;
  readonly leastIncidents: number;
  readonly reference: string;
}> &
  OfLayer & {
    /** The first day of each step, oldest first; and what weekdays and hours asked for leave of each, in days. */
    readonly steps: readonly string[];
    readonly days: readonly number[];
    /** Of each step. */
    readonly notPlaced: readonly NotPlaced[];
    readonly ids: readonly string[];
    readonly counts: readonly number[];
    /** Change from a step to the same a year later, 0.1 a tenth more; null with too few incidents to say. */
    readonly perYear: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    readonly p: readonly (number | null)[];
    readonly adjustedP: readonly (number | null)[];
    readonly direction: readonly ('up' | 'down' | 'none' | null)[];
    /** Whether the last steps left the place's own level, and the step since when; the false alarms of all places held. */
    readonly alarm: readonly ('high' | 'low' | null)[];
    readonly since: readonly (string | null)[];
    /** Of the steps watched. */
    readonly observed: readonly (number | null)[];
    readonly expected: readonly (number | null)[];
    readonly whole: {
      readonly counts: readonly number[];
      readonly fitted: readonly number[] | null;
      readonly trend: OwnTrend | null;
      readonly direction: 'up' | 'down' | 'none';
      readonly alarm: 'high' | 'low' | null;
      readonly since: string | null;
    } | null;
  };
