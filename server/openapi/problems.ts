// The part of the OpenAPI page about problems, measures and their evaluation.

import * as z from 'zod';
import { type EvaluationAnswer, period, VERDICTS } from '../evaluation/contract.ts';
import {
  type ChangeRow,
  evaluationQuery,
  itemPatch,
  keepBody,
  newItem,
  newPicture,
  newProblem,
  problemBody,
  problemPatch,
  undoBody,
} from '../problems/contract.ts';
import { route } from './deliveries.ts';

const jurisdiction = z.object({ jurisdiction: z.string() });
const one = jurisdiction.extend({ problem: z.string() });
const item = one.extend({ item: z.string() });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

const stamps = {
  version: z.number().int().describe('sent back with a change, so that nobody overwrites what others wrote'),
  createdAt: z.string(),
  createdBy: z.string(),
  changedAt: z.string(),
  changedBy: z.string(),
};
const at = z.tuple([z.number(), z.number()]).nullable();
const problem = z.object({ ...stamps, id: z.number().int(), body: problemBody, at });
const items = z.array(
  z.object({
    ...stamps,
    id: z.number().int(),
    kind: z.enum(['measure', 'note', 'agreement', 'evaluation', 'file', 'picture']),
    body: z.unknown().describe('null where the viewer may not see it so finely'),
  }),
);
const whole = problem.extend({
  items,
  filesMb: z.number().int().nullable().describe('megabytes of a file that may be added; null = none are taken'),
});
const listed = z.object({
  rows: z.array(problem.extend({ measures: z.number().int(), openAgreements: z.number().int() })),
});
const change = z.object({
  item: z.number().int().describe('0 = the problem itself'),
  version: z.number().int(),
  what: z.enum(['opened', 'changed', 'undone', 'removed']),
  at: z.string(),
  who: z.string(),
  body: z.unknown(),
}) satisfies z.ZodType<ChangeRow>;

const published = z.object({
  variance: z.number(),
  se: z.number(),
  z: z.number().nullable(),
  low: z.number(),
  high: z.number(),
});
const estimate = z
  .object({
    estimate: z.number().describe('in crimes of the period after; negative = fewer than in comparable places'),
    poisson: published.describe('as published: of the counts alone'),
    se: z.number(),
    z: z.number().nullable(),
    low: z.number(),
    high: z.number(),
  })
  .nullable();
const pair = z.tuple([z.number(), z.number()]);
const sums = z.array(
  z.object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    before: z.number(),
    after: z.number(),
    matching: z.number(),
  }),
);
const leftOut = z.object({
  unlocated: z.number().int(),
  outside: z.number().int(),
  withheld: z.number().int(),
  excluded: z.number().int(),
});
const evaluation = z.object({
  dataVersion: z.number().int(),
  layer: z.string(),
  layerVersion: z.number().int(),
  verdict: z.enum(VERDICTS),
  displaced: z.enum(['moved', 'spread', 'as-elsewhere', 'unclear']).nullable(),
  sentence: z.string(),
  periods: z.object({
    before: period.nullable(),
    after: period.nullable(),
    matching: period.nullable(),
    matchedOn: z.enum(['selection', 'earlier', 'before']),
    isSeasonal: z.boolean(),
    daysLeftOut: z.number().int(),
  }),
  counts: z
    .object({
      treated: pair,
      control: pair,
      displacement: pair.nullable(),
      displacementControl: pair.nullable(),
      controlSize: z.number(),
      displacementControlSize: z.number().nullable(),
    })
    .nullable(),
  local: estimate,
  ring: estimate,
  total: estimate,
  quotients: z
    .object({
      grossEffect: z.number().nullable(),
      netEffect: z.number().nullable(),
      successMeasure: z.number().nullable(),
      bufferMeasure: z.number().nullable(),
      wdq: z.number().nullable(),
      totalNetEffect: z.number().nullable(),
    })
    .nullable(),
  smallestDetectable: z.object({ drop: z.number(), share: z.number().nullable() }).nullable(),
  harm: z
    .object({
      source: z.string().nullable().describe('null = the severities of the list of offences'),
      weights: z.array(z.object({ code: z.string(), weight: z.number() })),
      unused: z.array(z.string()),
      verdict: z.enum(['fell', 'rose', 'unclear', 'too-few', 'nothing-to-compare']),
      displaced: z.enum(['moved', 'spread', 'as-elsewhere', 'unclear']).nullable(),
      sentence: z.string(),
      treated: pair,
      control: pair.nullable(),
      effective: z.number().int(),
      withoutWeight: pair,
      local: estimate,
      ring: estimate,
      total: estimate,
      placebo: z.object({ places: z.number().int(), asGood: z.number().int(), p: z.number() }).nullable(),
    })
    .nullable(),
  scatter: z.number().nullable(),
  placebo: z
    .object({
      places: z.number().int(),
      asGood: z.number().int(),
      p: z.number(),
      z: z.array(z.number()),
      ownZ: z.number(),
      dates: z.array(z.object({ from: z.string(), estimate: z.number(), low: z.number(), high: z.number() })),
    })
    .nullable(),
  design: z.object({
    treated: sums,
    controls: sums,
    controlsBy: z.enum(['proposed', 'hand']),
    alike: sums,
    displacement: z.array(z.object({ id: z.string(), code: z.string() })),
    ringM: z.number().int(),
    levelsDiffer: z.boolean(),
    otherMeasures: z.number().int(),
    measuresNotFound: z.number().int(),
    controlsNear: z.number().int(),
    measuresHere: z.number().int(),
  }),
  leftOut: z.object({ before: leftOut, after: leftOut.nullable() }).nullable(),
  months: z.array(
    z.object({
      month: z.string(),
      treated: z.number(),
      control: z.number(),
      displacement: z.number().nullable(),
    }),
  ),
  layerChanges: z
    .object({ drawnOn: z.number().int(), reshaped: z.array(z.string()), gone: z.array(z.string()) })
    .nullable(),
  leavesOutSensitive: z.boolean(),
  behind: z
    .array(z.object({ source: z.string(), title: z.string(), through: z.string() }))
    .optional()
    .describe('sources that do not tell of all months: only those are compared of which the same sources tell'),
  parameters: z.object({ query: z.record(z.string(), z.string()), reference: z.string() }),
}) satisfies z.ZodType<EvaluationAnswer>;
const since = z.object({
  item: z.number().int(),
  keptAt: z.string(),
  keptBy: z.string(),
  dataVersion: z.number().int(),
  verdict: z.enum(VERDICTS),
  sentence: z.string(),
  counts: z.array(
    z.object({
      what: z.enum(['treated', 'control', 'displacement']),
      was: z.array(z.number()),
      is: z.array(z.number()),
    }),
  ),
  periodsMoved: z.boolean(),
  layerVersion: z.object({ was: z.number().int(), is: z.number().int() }).nullable(),
  designChanged: z.boolean(),
  filterChanged: z.boolean(),
  placeChanged: z.boolean(),
});

export const PROBLEM_ROUTES = [
  route('get', '/{jurisdiction}/problems', 'Problems, newest first', 200, listed),
  route('post', '/{jurisdiction}/problems', 'Open a problem', 201, whole, {
    params: jurisdiction,
    body: body(newProblem),
  }),
  route('get', '/{jurisdiction}/problems.xlsx', 'The list, the measures, the sheet of indicators', 200, null),
  route('get', '/{jurisdiction}/problems.geojson', 'The places of problems and measures', 200, z.unknown()),
  route('get', '/{jurisdiction}/problems/{problem}', 'A problem with its items', 200, whole, { params: one }),
  route('patch', '/{jurisdiction}/problems/{problem}', 'Change a problem; 409 tells both texts', 200, whole, {
    params: one,
    body: body(problemPatch),
  }),
  route(
    'get',
    '/{jurisdiction}/problems/{problem}/history',
    'Every change, newest first',
    200,
    z.object({ changes: z.array(change) }),
    { params: one },
  ),
  route(
    'post',
    '/{jurisdiction}/problems/{problem}/items',
    'Add a measure, a note or an agreement',
    201,
    items.element,
    {
      params: one,
      body: body(newItem),
    },
  ),
  route('patch', '/{jurisdiction}/problems/{problem}/items/{item}', 'Change one; 409 tells both texts', 200, whole, {
    params: item,
    body: body(itemPatch),
  }),
  route('post', '/{jurisdiction}/problems/{problem}/undo', 'Take back the last change', 200, whole, {
    params: one,
    body: body(undoBody),
  }),
  route('post', '/{jurisdiction}/problems/{problem}/files', 'Keep a file with a problem', 201, items.element, {
    params: one,
    body: { content: { 'multipart/form-data': { schema: z.object({ file: z.unknown() }) } } },
  }),
  route('get', '/{jurisdiction}/problems/{problem}/files/{item}', 'A file of a problem, to be kept', 200, null, {
    params: item,
  }),
  route('delete', '/{jurisdiction}/problems/{problem}/files/{item}', 'Remove a file of a problem', 204, null, {
    params: item,
  }),
  route('post', '/{jurisdiction}/problems/{problem}/pictures', 'Keep a picture of an analysis', 201, items.element, {
    params: one,
    body: body(newPicture),
  }),
  route('get', '/{jurisdiction}/problems/{problem}/pictures/{item}', 'A picture of a problem, as a PNG', 200, null, {
    params: item,
  }),
  route('delete', '/{jurisdiction}/problems/{problem}/pictures/{item}', 'Remove a picture of a problem', 204, null, {
    params: item,
  }),
  route(
    'get',
    '/{jurisdiction}/problems/{problem}/evaluation',
    'Whether a measure helped, and what differs from what was kept',
    200,
    evaluation.extend({ measure: z.number().int(), kept: z.array(since) }),
    { params: one, query: evaluationQuery },
  ),
  route(
    'post',
    '/{jurisdiction}/problems/{problem}/evaluations',
    'Keep the evaluation of a measure as it is now',
    201,
    items.element,
    { params: one, body: body(keepBody) },
  ),
];
