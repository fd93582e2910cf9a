// Rates that stand on few, whether the same places hold the crime year after year, and how good a map of hot spots was:
// what is asked beside FILTER, and what is answered. Pure; the page imports this too.

import * as z from 'zod';
import {
  askedLayer,
  askedWeights,
  type Common,
  type NotPlaced,
  numberBetween,
  type OfLayer,
  type OfPart,
  wholeBetween,
} from '../analysis/contract.ts';
import type { Denominator, RateUnit } from '../counts/contract.ts';

const shares = z.string().transform((text, context) => {
  const values = text.split(',').map((part) => Number(part || 'x'));
  const rises = values.every((value, i) => value > 0 && value <= 1 && (i === 0 || value > values[i - 1]!));
  if (rises && values.length <= 20) return values;
  context.addIssue('not a rising list of shares such as 0.01,0.05');
  return z.NEVER;
});

/** How a map of hot spots may be made. `last-year`: the counts of the year before, as a printed map has them. */
export const PREDICTIONS = ['gi-star', 'density', 'recent', 'last-year'] as const;
export type Prediction = (typeof PREDICTIONS)[number];

export const RATINGS = {
  rates: z.object({
    layer: askedLayer,
    /** Of the intervals. */
    interval: numberBetween(0.5, 0.999).default(0.95),
    /** Of the false discoveries held in the funnel. */
    level: numberBetween(0.0001, 0.5).default(0.05),
  }),
  stability: z.object({
    layer: askedLayer,
    share: numberBetween(0.05, 0.95).default(0.5),
    years: wholeBetween(2, 15).default(5),
  }),
  scoring: z.object({
    layer: askedLayer,
    /** The last days, which the maps are not made from. */
    days: wholeBetween(7, 730).default(90),
    /** The days before them that they are made from. */
    learn: wholeBetween(28, 3650).default(365),
    shares: shares.default([0.01, 0.02, 0.05, 0.1, 0.2]),
    weights: askedWeights,
    /** Of the density; along the streets where places are streets. */
    radius: numberBetween(20, 5000).default(300),
  }),
} as const;

export type RatesAnswer = Common<{
  readonly interval: number;
  readonly level: number;
  readonly unit: RateUnit;
  readonly denominator: Denominator | null;
  readonly leastResidents: number | null;
  readonly leastLengthM: number | null;
  readonly reference: string;
}> &
  OfLayer &
  OfPart & {
    readonly ids: readonly string[];
    readonly counts: readonly number[];
    readonly notPlaced: NotPlaced;
    /** Residents, or kilometres; null where not known. */
    readonly base: readonly (number | null)[];
    /** In `parameters.unit`, for the period; null where fewer live than `leastResidents`. */
    readonly rate: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    /** Empirical Bayes. */
    readonly smoothed: readonly (number | null)[];
    readonly p: readonly (number | null)[];
    readonly adjustedP: readonly (number | null)[];
    /** Against the rate of the whole. */
    readonly side: readonly ('above' | 'below' | 'as-the-city' | null)[];
    readonly whole: {
      readonly count: number;
      readonly base: number;
      readonly rate: number;
      readonly low: number;
      readonly high: number;
    } | null;
    /** Rates between which places of such a base lie by chance, 95 and 99.8 of 100. */
    readonly funnel: readonly {
      readonly base: number;
      readonly low95: number;
      readonly high95: number;
      readonly low998: number;
      readonly high998: number;
    }[];
    /** 1 where places differ as chance would; far above, that one rate fits nobody. */
    readonly dispersion: number | null;
    /** Residents say nothing of who passes: the rate of a centre overstates the risk. Null where streets are divided by. */
    readonly caveat: 'ambient-population' | null;
    /** Places with fewer residents than a rate needs. */
    readonly fewResidents: readonly string[];
  };

export type StabilityAnswer = Common<{
  readonly share: number;
  readonly years: number;
  readonly reference: string;
}> &
  OfLayer &
  OfPart & {
    readonly places: number;
    /** Of twelve months each, the last one ending with the period; oldest first. */
    readonly years: readonly {
      readonly from: string;
      readonly until: string;
      readonly total: number;
      readonly gini: number | null;
      readonly generalisedGini: number | null;
      readonly holding: number;
      readonly placesShare: number;
      readonly notPlaced: NotPlaced;
      readonly kept: number | null;
      readonly held: number | null;
      readonly correlation: number | null;
    }[];
    /** Places that held the share in some year, and in how many. */
    readonly ids: readonly string[];
    readonly times: readonly number[];
    readonly counts: readonly (readonly number[])[];
  };

export type ScoringAnswer = Common<{
  readonly days: number;
  readonly learn: number;
  readonly shares: readonly number[];
  readonly weights: string;
  readonly radiusM: number;
  readonly size: 'lengthM' | 'areaM2';
  readonly learnedFrom: string | null;
  readonly heldOutFrom: string | null;
  readonly reference: string;
}> &
  OfLayer &
  OfPart & {
    /** Incidents that came after. */
    readonly heldOut: number;
    /** Of them. */
    readonly notPlaced: NotPlaced;
    readonly methods: readonly {
      readonly method: Prediction;
      /** Why this map could not be made. */
      readonly reason: Common<unknown>['reason'];
      readonly rows: readonly {
        /** Of the ground asked for, and taken: a place is taken whole. */
        readonly share: number;
        readonly sizeShare: number;
        readonly places: number;
        readonly hits: number;
        readonly hitRate: number;
        readonly pai: number;
        readonly pei: number | null;
        readonly rri: number | null;
      }[];
    }[];
  };
