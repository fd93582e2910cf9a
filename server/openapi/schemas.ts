// The shapes of the API's answers, for the OpenAPI page; the compiler holds each to the type the routes answer with.

import * as z from 'zod';
import { type JurisdictionRow, SHARE_LEVELS } from '../access/contract.ts';
import type * as Contract from '../counts/contract.ts';
import { NO_PREVIOUS } from '../counts/contract.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Excluded } from '../filter/contract.ts';
import { type LayerRow, ZONE_REASONS, type ZoneAnswer } from '../layers/contract.ts';
import type { BenchmarkAnswer } from '../official-totals/contract.ts';

const bounds = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const date = z.string().describe('YYYY-MM-DD, local');
const dataVersion = z.number().int();

const jurisdiction = z.object({
  code: z.string(),
  name: z.string(),
  timezone: z.string(),
  bounds: bounds.nullable(),
  dataVersion,
  from: date.nullable(),
  until: date.nullable(),
  through: z.record(z.string(), z.record(z.string(), date)),
  synthetic: z.boolean(),
  shared: z.enum(SHARE_LEVELS).exactOptional().describe('another authority’s, by an agreement'),
}) satisfies z.ZodType<JurisdictionRow>;

const totals = z.object({
  matched: z.number().int(),
  mapped: z.number().int(),
  unlocated: z.number().int(),
  outside: z.number().int(),
  withheld: z.number().int(),
}) satisfies z.ZodType<Contract.Totals>;

const excluded = z.object({
  partlyInRange: z.number().int(),
  unknownHour: z.number().int(),
  unknownDay: z.number().int(),
}) satisfies z.ZodType<Excluded>;

const inside = z
  .object({ layer: z.string(), layerVersion: z.number().int(), leftOut: z.number().int() })
  .describe(
    'only where `inside` was asked: which layer, and how many with a point elsewhere, or of the sources `placed` with none, are not counted',
  )
  .optional() satisfies z.ZodType<Contract.Inside | undefined>;

const counts = z.object({
  dataVersion,
  layer: z.string(),
  layerVersion: z.number().int(),
  ids: z.array(z.string()),
  counts: z.array(z.number().int()),
  rates: z.array(z.number().nullable()).nullable(),
  rateUnit: z.enum(['per100kResidents', 'perKm']),
  denominator: z.object({ year: z.number().int(), source: z.string() }).nullable(),
  totals,
  excluded,
  from: date.nullable(),
  until: date.nullable(),
  inside,
  leavesOutSensitive: z
    .literal(true)
    .describe('in a drawn area: sensitive offences are in no number, nor is how many they are')
    .exactOptional(),
}) satisfies z.ZodType<Contract.CountsAnswer>;

const noPrevious = z.enum(NO_PREVIOUS).nullable();
const daysCompared = z
  .object({ before: z.number().int(), now: z.number().int() })
  .describe('where weekdays are asked for and one period has more of them: how many each has')
  .exactOptional();
const compared = z.object({
  from: date.nullable(),
  until: date.nullable(),
  matched: z.number().int(),
  outside: z.number().int(),
  previous: z
    .object({
      ...{ from: date, until: date, matched: z.number().int(), outside: z.number().int() },
      days: daysCompared,
    })
    .nullable(),
  previousReason: noPrevious,
}) satisfies z.ZodType<Contract.Compared>;

const point = z.object({ type: z.literal('Point'), coordinates: z.tuple([z.number(), z.number()]) });

export const answers = {
  jurisdictions: z.array(jurisdiction),
  region: z.object({
    year: z.number().int(),
    base: z.number().int(),
    rows: z.array(
      z.object({
        ...{ code: z.string(), name: z.string(), synthetic: z.boolean() },
        shared: z.enum(SHARE_LEVELS).exactOptional(),
        ...{ residents: z.number().nullable(), residentsYear: z.number().int().nullable() },
        count: z.number().int().nullable().describe('null = not known, for `reason`'),
        reason: z.enum(['no-data', 'gap']).nullable(),
        rate: z.number().nullable().describe('per 100,000 residents and year'),
        before: z.number().int().nullable().describe('in the same months of the base year'),
        beforeReason: z.enum(NO_PREVIOUS).nullable(),
        ...{ from: z.string().nullable(), until: z.string().nullable() },
      }) satisfies z.ZodType<Contract.RegionRow>,
    ),
  }),
  layers: z.array(
    z.object({
      layer: z.string(),
      title: z.string(),
      type: z.enum(['areas', 'streets', 'points', 'context']),
      version: z.number().int(),
      features: z.number().int(),
      bounds: bounds.nullable(),
      tiles: z.string(),
      hasPopulation: z.boolean(),
    }) satisfies z.ZodType<LayerRow>,
  ),
  features: z.object({
    features: z.array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        population: z.number().int().optional(),
        areaKm2: z.number().optional(),
        lengthM: z.number().optional(),
        crossings: z.tuple([z.string(), z.string()]).optional(),
        at: z.tuple([z.number(), z.number()]).optional(),
      }),
    ),
  }),
  zone: z.object({
    ...{ layer: z.string(), layerVersion: z.number().int() },
    ...{ zoneKm2: z.number(), insideKm2: z.number().describe('of it, in areas of the layer'), layerKm2: z.number() },
    ...{ whole: z.number().int(), cut: z.number().int() },
    residents: z.number().int().nullable().describe('in proportion to the parts of areas inside; null for `reason`'),
    reason: z.enum(ZONE_REASONS).nullable(),
    census: z.object({ year: z.number().int(), source: z.string() }).nullable(),
  }) satisfies z.ZodType<ZoneAnswer>,
  offences: z.array(
    z.object({
      code: z.string(),
      parent: z.string().nullable(),
      title: z.string(),
      labels: z.array(z.string()),
      incidents: z.number().int(),
    }) satisfies z.ZodType<Contract.OffenceRow>,
  ),
  scope: z.object({
    areas: z
      .object({
        layer: z.string(),
        layerVersion: z.number().int().nullable().describe('null = there is no such layer any more'),
        rows: z.array(z.object({ id: z.string(), code: z.string(), name: z.string() })),
        missing: z.array(z.string()).describe('codes that no area of the present version has'),
      })
      .nullable()
      .describe('null = the whole jurisdiction'),
  }) satisfies z.ZodType<Contract.ScopeAnswer>,
  themes: z.array(
    z.object({ code: z.string(), title: z.string(), offences: z.array(z.string()), default: z.boolean() }),
  ),
  sources: z.array(
    z.object({
      code: z.string(),
      kind: z.string(),
      title: z.string(),
      accuracyM: z.number().nullable(),
      datePrecision: z.enum(DATE_PRECISIONS),
      snapped: z.boolean(),
      streetPrecise: z.boolean(),
      from: date.nullable(),
      until: date.nullable(),
      through: date.nullable(),
      gaps: z.array(z.object({ from: date, until: date })),
      delivered: z.string().nullable(),
      live: z.boolean(),
      incidents: z.number().int(),
      elsewhere: z.boolean(),
    }) satisfies z.ZodType<Contract.SourceRow>,
  ),
  counts,
  summary: compared.extend({
    dataVersion,
    totals,
    excluded,
    through: date.nullable(),
    last28Days: compared.extend({ totals }).nullable(),
    lastMonth: compared.extend({ totals }).nullable(),
  }) satisfies z.ZodType<Contract.SummaryAnswer>,
  series: z.object({
    dataVersion,
    step: z.enum(['day', 'week', 'month']),
    buckets: z.array(z.object({ from: date, count: z.number().int(), partial: z.boolean() })),
    unknownDay: z.number().int(),
    unknownMonth: z.number().int(),
    inside,
  }) satisfies z.ZodType<Contract.SeriesAnswer>,
  clock: z.object({
    dataVersion,
    counts: z.array(z.array(z.number().int())),
    unknownHour: z.number().int(),
    unknownDay: z.number().int(),
    total: z.number().int(),
    filler: z.array(z.object({ hour: z.number().int(), minute: z.number().int(), count: z.number().int() })),
    inside,
  }) satisfies z.ZodType<Contract.ClockAnswer>,
  top: z.object({
    dataVersion,
    layerVersion: z.number().int(),
    rows: z.array(
      z.object({
        id: z.string(),
        code: z.string(),
        name: z.string(),
        count: z.number().int(),
        rate: z.number().nullable(),
        previous: z.number().int().nullable(),
        change: z.number().nullable(),
        crossings: z.tuple([z.string(), z.string()]).optional(),
      }) satisfies z.ZodType<Contract.TopRow>,
    ),
    previousPeriod: z.object({ from: date, until: date, days: daysCompared }).nullable(),
    previousReason: noPrevious,
    inside,
  }) satisfies z.ZodType<Contract.TopAnswer>,
  benchmark: z.object({
    dataVersion,
    areas: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        months: z.array(z.object({ month: z.string(), count: z.number().int().nullable() })),
      }),
    ),
    source: z.object({ code: z.string(), title: z.string() }).nullable(),
    through: date.nullable(),
    notCounted: z.array(z.string()),
  }) satisfies z.ZodType<BenchmarkAnswer>,
  heat: z.object({
    dataVersion,
    cellM: z.number(),
    points: z.array(z.tuple([z.number(), z.number(), z.number()])),
    inside,
  }) satisfies z.ZodType<Contract.HeatAnswer>,
  incidents: z.object({
    type: z.literal('FeatureCollection'),
    dataVersion,
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        geometry: point.nullable(),
        properties: z.record(z.string(), z.unknown()),
      }),
    ),
    next: z.string().nullable(),
  }),
};

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  parameter: z.string().optional(),
  instance: z.string(),
});
