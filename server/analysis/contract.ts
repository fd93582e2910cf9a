// The analyses over HTTP: what is asked beside FILTER, and what is answered. Every answer echoes all its parameters,
// and carries a `reason` in place of numbers where the data do not let it say anything. Pure; the page imports this
// too.

import * as z from 'zod';
import type { Denominator } from '../counts/contract.ts';
import {
  CORRECTIONS,
  type Correction,
  type Emerging,
  type HotClass,
  KERNELS,
  LOCAL_METHODS,
  type LocalMethod,
  METRICS,
  type Quadrant,
  type Reason,
  SPLITS,
  type Split,
  STYLES,
} from '../statistics/contract.ts';

/** Of a layer with more places than this neighbours and tests are not computed in one answer. */
export const MOST_PLACES = 200_000;
export const MOST_STEPS = 60;
export const MOST_PERMUTATIONS = 99_999;
/** Cells of a surface; and incidents of which all pairs may be compared. */
export const MOST_CELLS = 250_000;
export const MOST_NEAR_REPEAT_INCIDENTS = 200_000;

export const askedLayer = z.string().min(1, 'a layer is needed').max(80);
export const numberBetween = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'not a number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `not between ${least} and ${most}`);
export const wholeBetween = (least: number, most: number) =>
  numberBetween(least, most).refine((value) => Number.isInteger(value), 'not a whole number');
const limits = z.string().transform((text, context) => {
  const values = text.split(',').map((part) => (part === 'inf' ? Number.POSITIVE_INFINITY : Number(part || 'x')));
  const rises = values.every((value, i) => value >= 0 && (i === 0 || value > values[i - 1]!));
  if (rises && values.length > 1 && values.length <= 12) return values;
  context.addIssue('not a rising list such as 0,100,200');
  return z.NEVER;
});

/** Streets touch where they end at the same junction, by either contiguity; so many junctions away lie `junctions:N`. */
export const WEIGHTS = /^(queen|rook|knn:[1-9]\d{0,2}|distance:[1-9]\d{0,4}|network:[1-9]\d{0,4}|junctions:[1-6])$/;
/**
 * Areas are compared with those they touch. A street with those two junctions away: of the next ones alone there are so
 * few that a corridor of ordinary blocks between full ones is not seen.
 */
export const usualWeights = (type: string): string => (type === 'streets' ? 'junctions:2' : 'queen');
/** `usualWeights` where none are given. */
export const askedWeights = z
  .string()
  .regex(WEIGHTS, 'not neighbours (queen, rook, knn:K, distance:METRES, network:METRES or junctions:N)')
  .optional();
const values = {
  weights: askedWeights,
  style: z.enum(STYLES).default('B'),
  value: z.enum(['count', 'rate']).default('count'),
  correction: z.enum(CORRECTIONS).default('fdr-skew'),
};
/** `2024-01-01..2025-01-01`, the second day not included. */
export const askedRange = z.string().regex(/^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/, 'not a range (FROM..UNTIL)');

export const GRID_SHAPES = ['square', 'h3'] as const;
export type GridShape = (typeof GRID_SHAPES)[number];

/** What is asked beside FILTER. */
export const ANALYSES = {
  hotspots: z.object({
    layer: askedLayer,
    ...values,
    method: z.enum(LOCAL_METHODS).default('gi-star'),
    permutations: wholeBetween(0, MOST_PERMUTATIONS).default(0),
    seed: wholeBetween(0, 999_999_999).default(1),
  }),
  density: z.object({
    kernel: z.enum(KERNELS).default('quartic'),
    /** One of both; the radius is 500 m where none is given. */
    radius: numberBetween(20, 20_000).optional(),
    sigma: numberBetween(5, 10_000).optional(),
    /** A tenth of the radius unless given. */
    cell: numberBetween(5, 5000).optional(),
    /** `uniform`: divided by the part of each kernel that lies in the city, so that it does not fade at the limit. */
    edge: z.enum(['none', 'uniform']).default('none'),
    /** A layer of areas with residents: incidents per 100,000 of those who live around, both smoothed alike. */
    over: askedLayer.optional(),
  }),
  'street-density': z.object({
    layer: askedLayer,
    kernel: z.enum(KERNELS).default('quartic'),
    /** Along the streets. */
    radius: numberBetween(20, 5000).default(300),
    split: z.enum(SPLITS).default('discontinuous'),
  }),
  'grid-hotspots': z.object({
    shape: z.enum(GRID_SHAPES).default('square'),
    /** Of squares, from side to side. */
    cell: numberBetween(50, 5000).default(250),
    /** Of the hexagons of H3: a number more is a seventh of the area. */
    resolution: wholeBetween(6, 11).default(9),
    method: z.enum(LOCAL_METHODS).default('gi-star'),
    /** Of squares; hexagons have the six they touch. */
    weights: z.enum(['queen', 'rook']).default('queen'),
    correction: z.enum(CORRECTIONS).default('fdr-skew'),
    permutations: wholeBetween(0, MOST_PERMUTATIONS).default(0),
    seed: wholeBetween(0, 999_999_999).default(1),
  }),
  'near-repeat': z.object({
    distances: limits.default([0, 1, 100, 200, 300, 400]),
    days: limits.default([0, 7, 14, 21, 28]),
    metric: z.enum(METRICS).default('manhattan'),
    runs: wholeBetween(19, 9999).default(199),
    seed: wholeBetween(0, 999_999_999).default(1),
  }),
  concentration: z.object({ layer: askedLayer, limit: wholeBetween(1, 1000).default(100) }),
  change: z.object({
    layer: askedLayer,
    before: askedRange.optional(),
    level: numberBetween(0.0001, 0.5).default(0.05),
  }),
  emerging: z.object({ layer: askedLayer, ...values, step: z.enum(['week', '28d', 'month']).default('month') }),
} as const;

export type Common<Parameters> = {
  readonly dataVersion: number;
  readonly parameters: Parameters & { readonly from: string | null; readonly until: string | null };
  /** Why nothing can be said; then all lists are empty. The words are `notSaid.REASON` of the catalogues. */
  readonly reason: Reason | null;
};
/** What is said beside every answer, whatever it is of. */
export type SaidBeside = {
  /**
   * Sensitive offences are in no number, for whoever asks is not told of their places as finely as this; how many,
   * `notPlaced.withheld` says as far as that may be known.
   */
  readonly leavesOutSensitive: boolean;
  /**
   * Of the protected data, finer than by area: what happened in several streets is told of one point, and so where it
   * gathers, and how much, is made by the protection as well.
   */
  readonly arePlacesMoved: boolean;
};
export type OfLayer = { readonly layer: string; readonly layerVersion: number };
/**
 * Where a question is of some places alone: how many of the layer have their middle there, and how many incidents lie in
 * others, which are in no number. Null: the layer is compared whole.
 */
export type PartAsked = { readonly places: number; readonly elsewhere: number };
/** Of what is asked for, what lies in no place of the layer and so is in no number of it. */
export type NotPlaced = {
  /** Without a usable point; with one that lies in no place of the layer; those whose place is not told. */
  readonly unlocated: number;
  readonly outside: number;
  readonly withheld: number;
  /** Of which it is not known whether they are meant: no hour, no day. */
  readonly excluded: number;
};
export type OfNotPlaced = { readonly notPlaced: NotPlaced };
export type OfPart = { readonly part: PartAsked | null };

export type HotspotsAnswer = Common<{
  readonly method: LocalMethod;
  readonly weights: string;
  readonly style: 'B' | 'W';
  readonly value: 'count' | 'rate';
  readonly correction: Correction;
  readonly permutations: number;
  readonly seed: number;
  readonly islands: number;
  readonly reference: string;
}> &
  OfLayer &
  OfPart &
  OfNotPlaced & {
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

/** Degrees; cell (column, row) has its south-west corner at west + column·width, south + row·height; row by row. */
export type DegreeGrid = {
  readonly west: number;
  readonly south: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columns: number;
  readonly rows: number;
};

export type DensityAnswer = Common<{
  readonly kernel: 'quartic' | 'gaussian';
  readonly sigmaM: number;
  readonly radiusM: number;
  readonly cellM: number;
  readonly edge: 'none' | 'uniform';
  /** What counts as the city: its limit, else a layer of areas; null where nothing is corrected. */
  readonly city: string | null;
  readonly over: string | null;
  readonly residents: Denominator | null;
  /** Where fewer live the ratio says nothing and is 0. */
  readonly leastResidentsPerKm2: number | null;
  readonly reference: string;
}> &
  OfNotPlaced & {
    readonly unit: 'perKm2' | 'per100kResidents';
    readonly grid: DegreeGrid | null;
    /** In `unit`, row by row from the south-west. */
    readonly density: readonly number[];
    readonly peak: number;
    /** No cell is off by more than this, per km²; null for a ratio, and where places were moved: there is no such bound. */
    readonly errorBound: number | null;
    readonly incidents: number;
  };

export type StreetDensityAnswer = Common<{
  readonly kernel: 'quartic' | 'gaussian';
  readonly sigmaM: number;
  readonly radiusM: number;
  readonly split: Split;
  readonly reference: string;
}> &
  OfLayer &
  OfNotPlaced & {
    /** One entry per segment, at its middle. */
    readonly ids: readonly string[];
    readonly counts: readonly number[];
    /** Incidents per km of street. */
    readonly density: readonly number[];
    readonly peak: number;
    readonly incidents: number;
  };

export type GridHotspotsAnswer = Common<{
  readonly method: LocalMethod;
  readonly style: 'B' | 'W';
  readonly shape: GridShape;
  /** Of squares; of hexagons their mean edge. */
  readonly cellM: number;
  /** Of hexagons; null for squares. */
  readonly resolution: number | null;
  readonly permutations: number;
  readonly seed: number;
  readonly weights: 'queen' | 'rook';
  readonly correction: Correction;
  /** Which cells are compared: those with a street, in an area, or all. */
  readonly squaresOf: string;
  readonly islands: number;
  readonly reference: string;
}> &
  OfPart &
  OfNotPlaced & {
    readonly grid: DensityAnswer['grid'];
    /** Squares that are compared: row · columns + column. */
    readonly cells: readonly number[];
    /** The same of hexagons, by their names in H3, with their corners: lon and lat in turn. */
    readonly hexagons: { readonly ids: readonly string[]; readonly rings: readonly (readonly number[])[] } | null;
    readonly counts: readonly number[];
    readonly z: readonly (number | null)[];
    readonly p: readonly (number | null)[];
    readonly adjustedP: readonly (number | null)[];
    readonly class: readonly HotClass[];
    /** Of method lisa. */
    readonly quadrant: readonly (Quadrant | null)[] | null;
    readonly permutationP: readonly (number | null)[] | null;
    /** Incidents with a point in no cell that is compared. */
    readonly elsewhere: number;
  };

export type NearRepeatAnswer = Common<{
  readonly distances: readonly (number | 'inf')[];
  readonly days: readonly (number | 'inf')[];
  readonly metric: 'manhattan' | 'euclidean';
  readonly runs: number;
  readonly seed: number;
  readonly reference: string;
}> &
  OfNotPlaced & {
    readonly incidents: number;
    readonly observed: readonly (readonly number[])[];
    readonly expected: readonly (readonly number[])[];
    readonly ratio: readonly (readonly (number | null)[])[];
    readonly p: readonly (readonly (number | null)[])[];
    /**
     * Where more followed than chance explains: around what happened within so many days before the end of the period, as
     * far as the first bands reach that stand out together. Null where the nearest does not.
     */
    readonly daysAfter: {
      readonly distanceM: number;
      readonly days: number;
      readonly asOf: string;
      /** By day; where there are very many the latest of them, and how many are not among these. */
      readonly around: readonly (readonly [lon: number, lat: number, daysLeft: number])[];
      readonly notDrawn: number;
    } | null;
  };

export type ConcentrationAnswer = Common<{ readonly limit: number; readonly reference: string }> &
  OfLayer &
  OfPart &
  OfNotPlaced & {
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
  /** What the weekdays and hours asked for leave of them. */
  readonly daysBefore: number;
  readonly daysAfter: number;
  readonly reference: string;
}> &
  OfLayer &
  OfNotPlaced & {
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
  OfLayer &
  OfPart &
  OfNotPlaced & {
    /** The first day of each step, oldest first. */
    readonly steps: readonly string[];
    /** Only places with a pattern. */
    readonly ids: readonly string[];
    readonly pattern: readonly NonNullable<Emerging>[];
    /** The class of each step of these places. */
    readonly classes: readonly (readonly HotClass[])[];
  };
