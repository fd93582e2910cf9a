// The part of the OpenAPI page about analyses. What is said where nothing can be said is a `reason`, and empty lists.

import * as z from 'zod';
import {
  ANALYSES,
  type ChangeAnswer,
  type ConcentrationAnswer,
  type DensityAnswer,
  type EmergingAnswer,
  GRID_SHAPES,
  type GridHotspotsAnswer,
  type HotspotsAnswer,
  type NearRepeatAnswer,
  type SaidBeside,
  type StreetDensityAnswer,
} from '../analysis/contract.ts';
import {
  PREDICTIONS,
  RATINGS,
  type RatesAnswer,
  type ScoringAnswer,
  type StabilityAnswer,
} from '../rating/contract.ts';
import {
  CORRECTIONS,
  KERNELS,
  LOCAL_METHODS,
  METRICS,
  PATTERNS,
  REASONS,
  SPLITS,
  STYLES,
} from '../statistics/contract.ts';
import { type AoristicAnswer, CLOCK_UNITS, type ClocksAnswer, TIMINGS, type TrendAnswer } from '../timing/contract.ts';

const numbers = z.array(z.number());
const scores = z.array(z.number().nullable());
const table = z.array(numbers);
const scoreTable = z.array(scores);
const range = { from: z.string().nullable(), until: z.string().nullable(), reference: z.string() };
const common = { dataVersion: z.number().int(), reason: z.enum(REASONS).nullable() };
const ofLayer = { ...common, layer: z.string(), layerVersion: z.number().int() };
const ids = z.array(z.string());
const part = z
  .object({ places: z.number().int(), elsewhere: z.number().int() })
  .nullable()
  .describe('of some places alone: how many of the layer lie there, and the incidents in others; null = all of it');
const notPlaced = z.object({
  ...{ unlocated: z.number().int(), outside: z.number().int(), withheld: z.number().int(), excluded: z.number().int() },
});
const hotClass = z.literal([-3, -2, -1, 0, 1, 2, 3]);
const direction = z.enum(['up', 'down', 'none']);
const ofValues = {
  weights: z.string(),
  style: z.enum(STYLES),
  value: z.enum(['count', 'rate']),
  correction: z.enum(CORRECTIONS),
  islands: z.number().int(),
};
const limits = z.array(z.union([z.number(), z.literal('inf')]));

const quadrants = z.array(z.enum(['high-high', 'low-high', 'low-low', 'high-low']).nullable()).nullable();
const hotspots = z.object({
  notPlaced,
  part,
  ...ofLayer,
  parameters: z.object({
    ...{ ...range, ...ofValues, method: z.enum(LOCAL_METHODS) },
    ...{ permutations: z.number().int(), seed: z.number().int() },
  }),
  ...{ ids, z: scores, p: scores, skewedP: scores.nullable(), adjustedP: scores, class: z.array(hotClass) },
  quadrant: quadrants,
  ...{ permutationP: scores.nullable(), values: scores },
  moran: z.object({ i: z.number(), z: z.number().nullable(), p: z.number().nullable() }).nullable(),
}) satisfies z.ZodType<HotspotsAnswer>;

const grid = z
  .object({
    ...{ west: z.number(), south: z.number(), cellWidth: z.number(), cellHeight: z.number() },
    ...{ columns: z.number().int(), rows: z.number().int() },
  })
  .nullable();

const density = z.object({
  notPlaced,
  ...common,
  parameters: z.object({
    ...{ ...range, kernel: z.enum(KERNELS), sigmaM: z.number(), radiusM: z.number(), cellM: z.number() },
    ...{ edge: z.enum(['none', 'uniform']), city: z.string().nullable(), over: z.string().nullable() },
    residents: z.object({ year: z.number().int(), source: z.string() }).nullable(),
    leastResidentsPerKm2: z.number().nullable(),
  }),
  unit: z.enum(['perKm2', 'per100kResidents']),
  grid,
  ...{ density: numbers, peak: z.number(), errorBound: z.number().nullable(), incidents: z.number().int() },
}) satisfies z.ZodType<DensityAnswer>;

const streetDensity = z.object({
  notPlaced,
  ...ofLayer,
  parameters: z.object({
    ...{ ...range, kernel: z.enum(KERNELS), sigmaM: z.number(), radiusM: z.number(), split: z.enum(SPLITS) },
  }),
  ...{ ids, counts: numbers, density: numbers, peak: z.number(), incidents: z.number().int() },
}) satisfies z.ZodType<StreetDensityAnswer>;

const gridHotspots = z.object({
  notPlaced,
  part,
  ...common,
  parameters: z.object({
    ...{ ...range, method: z.enum(LOCAL_METHODS), cellM: z.number(), weights: z.enum(['queen', 'rook']) },
    ...{ style: z.enum(STYLES), shape: z.enum(GRID_SHAPES), resolution: z.number().int().nullable() },
    ...{ permutations: z.number().int(), seed: z.number().int() },
    ...{ correction: z.enum(CORRECTIONS), squaresOf: z.string(), islands: z.number().int() },
  }),
  ...{ grid, cells: numbers, counts: numbers, z: scores, p: scores, adjustedP: scores, class: z.array(hotClass) },
  hexagons: z.object({ ids: z.array(z.string()), rings: z.array(numbers) }).nullable(),
  quadrant: quadrants,
  ...{ permutationP: scores.nullable(), elsewhere: z.number().int() },
}) satisfies z.ZodType<GridHotspotsAnswer>;

const nearRepeat = z.object({
  notPlaced,
  ...common,
  parameters: z.object({
    ...{ ...range, distances: limits, days: limits, metric: z.enum(METRICS) },
    ...{ runs: z.number().int(), seed: z.number().int() },
  }),
  ...{ incidents: z.number().int(), observed: table, expected: table, ratio: scoreTable, p: scoreTable },
  daysAfter: z
    .object({
      ...{ distanceM: z.number(), days: z.number(), asOf: z.string() },
      around: z.array(z.tuple([z.number(), z.number(), z.number()])),
      notDrawn: z.number().int(),
    })
    .nullable(),
}) satisfies z.ZodType<NearRepeatAnswer>;

const concentration = z.object({
  notPlaced,
  part,
  ...ofLayer,
  parameters: z.object({ ...range, limit: z.number().int() }),
  ...{
    places: z.number().int(),
    total: z.number().int(),
    gini: z.number().nullable(),
    generalisedGini: z.number().nullable(),
  },
  lorenz: z.array(z.object({ places: z.number(), incidents: z.number() })),
  holding: z.array(z.object({ share: z.number(), count: z.number().int(), placesShare: z.number() })),
  rows: z.array(
    z.object({
      ...{ id: z.string(), code: z.string(), name: z.string(), count: z.number().int() },
      ...{ lengthM: z.number().nullable(), cumulatedShare: z.number() },
    }),
  ),
}) satisfies z.ZodType<ConcentrationAnswer>;

const change = z.object({
  notPlaced,
  ...ofLayer,
  parameters: z.object({ ...range, level: z.number(), daysBefore: z.number().int(), daysAfter: z.number().int() }),
  previousPeriod: z.object({ from: z.string(), until: z.string() }).nullable(),
  ...{ ids, before: numbers, after: numbers, p: scores, adjustedP: scores, direction: z.array(direction) },
  whole: z.object({ before: z.number(), after: z.number(), p: z.number().nullable(), direction }).nullable(),
}) satisfies z.ZodType<ChangeAnswer>;

const emerging = z.object({
  notPlaced,
  part,
  ...ofLayer,
  parameters: z.object({ ...range, ...ofValues, step: z.enum(['week', '28d', 'month']) }),
  ...{ steps: z.array(z.string()), ids },
  pattern: z.array(z.object({ side: z.enum(['hot', 'cold']), pattern: z.enum(PATTERNS) })),
  classes: z.array(z.array(hotClass)),
}) satisfies z.ZodType<EmergingAnswer>;

const rates = z.object({
  part,
  ...ofLayer,
  parameters: z.object({
    ...{ ...range, interval: z.number(), level: z.number(), unit: z.enum(['per100kResidents', 'perKm']) },
    denominator: z.object({ year: z.number().int(), source: z.string() }).nullable(),
    ...{ leastResidents: z.number().nullable(), leastLengthM: z.number().nullable() },
  }),
  ...{ ids, counts: numbers, notPlaced, base: scores, rate: scores, low: scores, high: scores, smoothed: scores },
  ...{ p: scores, adjustedP: scores, side: z.array(z.enum(['above', 'below', 'as-the-city']).nullable()) },
  whole: z
    .object({ count: z.number(), base: z.number(), rate: z.number(), low: z.number(), high: z.number() })
    .nullable(),
  funnel: z.array(
    z.object({
      ...{ base: z.number(), low95: z.number(), high95: z.number(), low998: z.number(), high998: z.number() },
    }),
  ),
  ...{ dispersion: z.number().nullable(), caveat: z.literal('ambient-population').nullable(), fewResidents: ids },
}) satisfies z.ZodType<RatesAnswer>;

const stability = z.object({
  part,
  ...{ ...ofLayer, places: z.number().int() },
  parameters: z.object({ ...range, share: z.number(), years: z.number().int() }),
  years: z.array(
    z.object({
      ...{ from: z.string(), until: z.string(), total: z.number(), holding: z.number().int(), placesShare: z.number() },
      ...{ gini: z.number().nullable(), generalisedGini: z.number().nullable(), kept: z.number().nullable() },
      ...{ notPlaced, held: z.number().nullable(), correlation: z.number().nullable() },
    }),
  ),
  ...{ ids, times: numbers, counts: table },
}) satisfies z.ZodType<StabilityAnswer>;

const scoring = z.object({
  part,
  ...{ ...ofLayer, heldOut: z.number().int(), notPlaced },
  parameters: z.object({
    ...{ ...range, days: z.number().int(), learn: z.number().int(), shares: numbers, weights: z.string() },
    ...{ radiusM: z.number(), size: z.enum(['lengthM', 'areaM2']) },
    ...{ learnedFrom: z.string().nullable(), heldOutFrom: z.string().nullable() },
  }),
  methods: z.array(
    z.object({
      ...{ method: z.enum(PREDICTIONS), reason: z.enum(REASONS).nullable() },
      rows: z.array(
        z.object({
          ...{ share: z.number(), sizeShare: z.number(), places: z.number().int(), hits: z.number().int() },
          ...{ hitRate: z.number(), pai: z.number(), pei: z.number().nullable(), rri: z.number().nullable() },
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<ScoringAnswer>;

const aoristic = z.object({
  ...{ ...common, parameters: z.object(range), notPlaced, hours: numbers, byBeginning: numbers },
  ...{ exact: z.number().int(), spread: z.number().int(), overAWeek: z.number().int(), unknown: z.number().int() },
}) satisfies z.ZodType<AoristicAnswer>;

const clocks = z.object({
  ...{ ...common, notPlaced },
  parameters: z.object({
    ...{ ...range, unit: z.enum(CLOCK_UNITS), against: z.string(), level: z.number() },
  }),
  previousPeriod: z.object({ from: z.string(), until: z.string() }).nullable(),
  ...{ first: numbers, second: numbers, unknownFirst: z.number().int(), unknownSecond: z.number().int() },
  ...{ chiSquared: z.number().nullable(), degrees: z.number().nullable(), p: z.number().nullable() },
  ...{ residual: scores, adjustedP: scores, direction: z.array(direction), sparse: z.number().int() },
  hours: z.object({ first: numbers, second: numbers }).nullable(),
}) satisfies z.ZodType<ClocksAnswer>;

const alarm = z.enum(['high', 'low']).nullable();
const trend = z.object({
  ...{ ...ofLayer, steps: z.array(z.string()), days: numbers, notPlaced: z.array(notPlaced), ids, counts: numbers },
  parameters: z.object({
    ...{ ...range, step: z.enum(['week', '28d', 'month']), season: z.enum(['wave', 'none']), level: z.number() },
    ...{ watch: z.number().int(), allowance: z.number(), limit: z.number(), leastIncidents: z.number().int() },
  }),
  ...{ perYear: scores, low: scores, high: scores, p: scores, adjustedP: scores },
  ...{ direction: z.array(direction.nullable()), alarm: z.array(alarm), since: z.array(z.string().nullable()) },
  ...{ observed: scores, expected: scores },
  whole: z
    .object({
      ...{ counts: numbers, fitted: numbers.nullable(), direction, alarm, since: z.string().nullable() },
      trend: z
        .object({
          ...{ perYear: z.number(), low: z.number(), high: z.number(), p: z.number(), dispersion: z.number() },
        })
        .nullable(),
    })
    .nullable(),
}) satisfies z.ZodType<TrendAnswer>;

/** Parameters come as text; their schemas read numbers out of it, which the page is not told. */
const asked = (schema: z.ZodObject): z.ZodObject =>
  z.object(Object.fromEntries(Object.keys(schema.shape).map((name) => [name, z.string().optional()])));

const SCHEMAS = { ...ANALYSES, ...RATINGS, ...TIMINGS };
const beside = {
  leavesOutSensitive: z.boolean().describe('sensitive offences, not told so finely to whoever asks, are in no number'),
  arePlacesMoved: z.boolean().describe('finer than by area, of places the protection moved: it shapes what is found'),
} satisfies Record<keyof SaidBeside, z.ZodType>;
const question = (name: keyof typeof SCHEMAS, summary: string, answer: z.ZodObject) => ({
  ...{ path: `/{jurisdiction}/${name}`, summary, query: asked(SCHEMAS[name]), filtered: true },
  answer: answer.extend(beside),
});

export const ANALYSIS_QUESTIONS = [
  question('hotspots', 'Where high or low values lie together: Gi*, Gi or local Moran, one entry per place', hotspots),
  question('density', 'Incidents per km² on a grid, smoothed by a kernel', density),
  question('street-density', 'Incidents per km of street, smoothed along the network', streetDensity),
  question('grid-hotspots', 'Gi*, Gi or local Moran over squares or hexagons', gridHotspots),
  question('near-repeat', 'Whether incidents follow each other near in place and time (Knox)', nearRepeat),
  question('concentration', 'How few places hold how much: Lorenz, Gini and the list of the fullest', concentration),
  question('change', 'Each place against an earlier period, the false arrows of the whole held', change),
  question('emerging', 'What became of hot and cold spots over the steps of a period', emerging),
  question('rates', 'Rates with intervals, smoothed, and who is really above the whole', rates),
  question('stability', 'Whether the same places hold the crime year after year', stability),
  question('scoring', 'How good each way of drawing hot spots was, by what came after', scoring),
  question('aoristic', 'The hours of the week of what happened some time between two moments', aoristic),
  question('clocks', 'Two clocks compared, hour by hour', clocks),
  question('trend', 'Each place over the years, and against its own history', trend),
];
