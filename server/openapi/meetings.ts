// The part of the OpenAPI page about the weekly meeting: its figures, and what is agreed in it.

import * as z from 'zod';
import {
  ACTION_STATES,
  actionChange,
  actionsQuery,
  type MeetingAction,
  type MeetingAnswer,
  MOST_ACTIONS_LISTED,
  meetingQuery,
  newAction,
} from '../meetings/contract.ts';
import { route } from './deliveries.ts';

const int = z.number().int();
const days = { from: z.string(), until: z.string().describe('not included') };
const cell = z.object({
  ...{
    ...days,
    count: int,
    missingDays: int.describe('days that the sources do not tell of: before they begin, or not yet'),
    lastYear: z.object({ ...days, count: int }).nullable(),
    meanOfThree: z.number().nullable(),
  },
  band: z
    .object({
      ...{ expected: z.number(), low: int, high: int },
      season: z
        .number()
        .nullable()
        .describe(
          'by what the same weeks of the years before raised or lowered it; null: fewer than two of them are known',
        ),
    })
    .nullable()
    .describe('what 95 of 100 weeks without change hold'),
  verdict: z
    .enum(['up', 'down', 'usual', 'unknown'])
    .describe('with the share of false arrows over the whole table held at `level`'),
});
const street = z.object({
  ...{ id: z.string(), code: z.string(), name: z.string(), count: int },
  crossings: z.tuple([z.string(), z.string()]).optional(),
});
const series = z.object({
  ...{ count: int, first: z.string(), last: z.string(), place: z.string(), within: z.string() },
});

const meeting = z.object({
  ...{ dataVersion: int, week: z.string(), weekBefore: z.string(), weekAfter: z.string().nullable(), ...days },
  ...{ through: z.string().nullable(), missingDays: int },
  behind: z
    .array(z.object({ source: z.string(), title: z.string(), through: z.string() }))
    .describe('sources that do not tell of the whole week while others do: nothing is compared with what they told'),
  scope: z.object({ layer: z.string(), code: z.string(), name: z.string() }).nullable(),
  boundTo: z.array(z.string()).nullable().describe('the areas whoever asked is bound to'),
  reason: z.enum(['no-data', 'months-only']).nullable(),
  rows: z.array(
    z.object({
      of: z.enum(['total', 'offence', 'other']),
      ...{ title: z.string(), offences: z.array(z.string()), week: cell, days28: cell, year: cell },
    }),
  ),
  level: z.number(),
  streets: z.object({ ...days, layer: z.string(), rows: z.array(street) }).nullable(),
  score: z
    .object({ streets: int, caught: int, all: int, lengthShare: z.number() })
    .nullable()
    .describe('how the streets that were hot in the 28 days before the week did in it'),
  clock: z.object({ counts: z.array(z.array(int)), unknownHour: int }).nullable(),
  located: z
    .object({ all: int, unlocated: int, withheld: int, leftOut: int })
    .nullable()
    .describe('of the last 28 days: what lies nowhere is on no street and in no repeat'),
  repeats: z
    .array(
      z.object({
        ...{ title: z.string(), offences: z.array(z.string()), followed: int, expected: z.number() },
        series: z.array(series),
      }),
    )
    .nullable()
    .describe('null where no such theft is asked for, or none has a point'),
  repeatsCut: z.boolean().describe('whether the oldest of too many points were left out'),
}) satisfies z.ZodType<MeetingAnswer>;

const action = z.object({
  ...{ id: z.string(), revision: int, week: z.string(), scope: z.string().nullable(), what: z.string() },
  ...{ owner: z.string(), due: z.string().nullable(), state: z.enum(ACTION_STATES) },
  ...{ createdBy: z.string(), createdAt: z.string(), changedBy: z.string(), changedAt: z.string() },
  ...{ carried: z.boolean(), late: z.boolean() },
}) satisfies z.ZodType<MeetingAction>;

export const MEETING_QUESTIONS = [
  {
    path: '/{jurisdiction}/meeting',
    summary:
      'A week of the municipality, or of a place (`scope`), for the meeting of its commanders: the last complete one ' +
      'unless said. FILTER without dates and place',
    query: meetingQuery,
    filtered: true,
    answer: meeting,
  },
];

const params = z.object({ jurisdiction: z.string() });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

export const MEETING_ROUTES = [
  route(
    'get',
    '/{jurisdiction}/meeting/actions',
    `What was agreed in a week, or before and still open: what is open first, ${MOST_ACTIONS_LISTED} at most`,
    200,
    z.array(action),
    {
      params,
      query: actionsQuery,
    },
  ),
  route('post', '/{jurisdiction}/meeting/actions', 'Write down what was agreed', 201, action, {
    params,
    body: body(newAction),
  }),
  route('patch', '/{jurisdiction}/meeting/actions/{id}', 'Change it; 409 where somebody else did since', 200, action, {
    params: params.extend({ id: z.string() }),
    body: body(actionChange),
  }),
];
