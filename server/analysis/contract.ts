// The analyses over HTTP: what is asked beside FILTER, and what is answered. Every answer echoes all its parameters,
// and carries a `reason` in place of numbers where the data do not let it say anything. Pure; the page imports this
// too.

import * as z from 'zod';
import {
  CORRECTIONS,
  type Correction,
  type Emerging,
  type HotClass,
  KERNELS,
  METRICS,
  type Quadrant,
  type Reason,
  STYLES,
} from '../statistics/contract.ts';

/** Of a layer with more places than this neighbours and tests are not computed in one answer. */
export const MOST_PLACES = 200_000;
export const MOST_STEPS = 60;
export const MOST_PERMUTATIONS = 99_999;
/** Cells of a surface; and incidents of which all pairs may be compared. */
export const MOST_CELLS = 250_000;
export const MOST_INCIDENTS = 20_000;

const layer = z.string().min(1, 'a layer is needed').max(80);
const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'not a number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `not between ${least} and ${most}`);
const whole = (least: number, most: number) =>
  number(least, most).refine((value) => Number.isInteger(value), 'not a whole number');
const limits = z.string().transform((text, context) => {
  const values = text.split(',').map((part) => (part === 'inf' ? Number.POSITIVE_INFINITY : Number(part || 'x')));
  const rises = values.every((value, i) => value >= 0 && (i === 0 || value > values[i - 1]!));
  if (rises && values.length > 1 && values.length <= 12) return values;
  context.addIssue('not a rising list such as 0,100,200');
  return z.NEVER;
});

/** Streets touch where they end at the same junction, by either contiguity. */
export const WEIGHTS = /^(queen|rook|knn:[1-9]\d{0,2}|distance:[1-9]\d{0,4}|network:[1-9]\d{0,4})$/;
const weights = z
  .string()
  .regex(WEIGHTS, 'not neighbours (queen, rook, knn:K, distance:METRES or network:METRES)')
  .default('queen');
const values = {
  weights,
  style: z.enum(STYLES).default('B'),
  value: z.enum(['count', 'rate']).default('count'),
  correction: z.enum(CORRECTIONS).default('fdr-skew'),
};
/** `2024-01-01..2025-01-01`, the second day not included. */
const range = z.string().regex(/^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/, 'not a range (FROM..UNTIL)');

/** What is asked beside FILTER. */
export const ANALYSES = {
  hotspots: z.object({
    layer,
    ...values,
    method: z.enum(['gi-star', 'gi', 'lisa']).default('gi-star'),
    permutations: whole(0, MOST_PERMUTATIONS).default(0),
    seed: whole(0, 999_999_999).default(1),
  }),
  density: z.object({
    kernel: z.enum(KERNELS).default('quartic'),
    /** One of both; the radius is 500 m where none is given. */
    radius: number(20, 20_000).optional(),
    sigma: number(5, 10_000).optional(),
    /** A tenth of the radius unless given. */
    cell: number(5, 5000).optional(),
  }),
  'near-repeat': z.object({
    distances: limits.default([0, 1, 100, 200, 300, 400]),
    days: limits.default([0, 7, 14, 21, 28]),
    metric: z.enum(METRICS).default('manhattan'),
    runs: whole(19, 9999).default(199),
    seed: whole(0, 999_999_999).default(1),
  }),
  concentration: z.object({ layer, limit: whole(1, 1000).default(100) }),
  change: z.object({ layer, before: range.optional(), level: number(0.0001, 0.5).default(0.05) }),
  emerging: z.object({ layer, ...values, step: z.enum(['week', '28d', 'month']).default('month') }),
} as const;

type Common<Parameters> = {
  readonly dataVersion: number;
  readonly parameters: Parameters & { readonly from: string | null; readonly until: string | null };
  /** Why nothing can be said; then all lists are empty. The words are `notSaid.REASON` of the catalogues. */
  readonly reason: Reason | null;
};
type OfLayer = { readonly layer: string; readonly layerVersion: number };

export type HotspotsAnswer = Common<{
  readonly method: 'gi-star' | 'gi' | 'lisa';
  readonly weights: string;
  readonly style: 'B' | 'W';
  readonly value: 'count' | 'rate';
  readonly correction: Correction;
  readonly permutations: number;
  readonly seed: number;
  readonly islands: number;
  readonly reference: string;
}> &
  OfLayer & {
    /** One entry per place; null where a place has no neighbours, or no rate. */
    readonly ids: readonly string[];
    readonly z: readonly (number | null)[];
    /** Of the normal distribution, two-sided, as R's spdep. */
    readonly p: readonly (number | null)[];
    /** With the skewness of counts; null unless the correction is `fdr-skew`. */
    readonly skewedP: readonly (number | null)[] | null;
    /** The p that is judged (`skewedP` or `p`), adjusted over all places. */
    readonly adjustedP: readonly (number | null)[];
    readonly class: readonly HotClass[];
    /** Of method lisa. */
    readonly quadrant: readonly (Quadrant | null)[] | null;
    /** Where `permutations` were asked for: dealt anew until a place is decided. */
    readonly permutationP: readonly (number | null)[] | null;
    readonly values: readonly (number | null)[];
    /** Moran's I of the whole, row-standardised, randomisation, two-sided. */
    readonly moran: { readonly i: number; readonly z: number | null; readonly p: number | null } | null;
  };

export type DensityAnswer = Common<{
  readonly kernel: 'quartic' | 'gaussian';
  readonly sigmaM: number;
  readonly radiusM: number;
  readonly cellM: number;
  readonly reference: string;
}> & {
  /** Degrees; cell (column, row) has its south-west corner at west + column·width, south + row·height. */
  readonly grid: {
    readonly west: number;
    readonly south: number;
    readonly cellWidth: number;
    readonly cellHeight: number;
    readonly columns: number;
    readonly rows: number;
  } | null;
  /** Per km², row by row from the south-west. */
  readonly density: readonly number[];
  readonly peak: number;
  /** No cell is off by more than this, per km². */
  readonly errorBound: number;
  readonly incidents: number;
};

export type NearRepeatAnswer = Common<{
  readonly distances: readonly (number | 'inf')[];
  readonly days: readonly (number | 'inf')[];
  readonly metric: 'manhattan' | 'euclidean';
  readonly runs: number;
  readonly seed: number;
  readonly reference: string;
}> & {
  readonly incidents: number;
  readonly observed: readonly (readonly number[])[];
  readonly expected: readonly (readonly number[])[];
  readonly ratio: readonly (readonly (number | null)[])[];
  readonly p: readonly (readonly (number | null)[])[];
};

export type ConcentrationAnswer = Common<{ readonly limit: number; readonly reference: string }> &
  OfLayer & {
    readonly places: number;
    readonly total: number;
    readonly gini: number | null;
    readonly generalisedGini: number | null;
    readonly lorenz: readonly { readonly places: number; readonly incidents: number }[];
    readonly holding: readonly { readonly share: number; readonly count: number; readonly placesShare: number }[];
    /** The fullest places, with the share of all that they and those before hold. */
    readonly rows: readonly {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly count: number;
      readonly lengthM: number | null;
      readonly cumulatedShare: number;
    }[];
  };

export type ChangeAnswer = Common<{
  readonly level: number;
  readonly daysBefore: number;
  readonly daysAfter: number;
  readonly reference: string;
}> &
  OfLayer & {
    readonly previousPeriod: { readonly from: string; readonly until: string } | null;
    /** One entry per place where anything happened in either period. */
    readonly ids: readonly string[];
    readonly before: readonly number[];
    readonly after: readonly number[];
    readonly p: readonly (number | null)[];
    readonly adjustedP: readonly (number | null)[];
    readonly direction: readonly ('up' | 'down' | 'none')[];
    readonly whole: {
      readonly before: number;
      readonly after: number;
      readonly p: number | null;
      readonly direction: 'up' | 'down' | 'none';
    } | null;
  };

export type EmergingAnswer = Common<{
  readonly weights: string;
  readonly style: 'B' | 'W';
  readonly value: 'count' | 'rate';
  readonly correction: Correction;
  readonly step: 'week' | '28d' | 'month';
  readonly islands: number;
  readonly reference: string;
}> &
  OfLayer & {
    /** The first day of each step, oldest first. */
    readonly steps: readonly string[];
    /** Only places with a pattern. */
    readonly ids: readonly string[];
    readonly pattern: readonly NonNullable<Emerging>[];
    /** The class of each step of these places. */
    readonly classes: readonly (readonly HotClass[])[];
  };
