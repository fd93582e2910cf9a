// The part of the OpenAPI page about briefings.

import * as z from 'zod';
import {
  type BriefingChanges,
  type BriefingRow,
  briefingBody,
  briefingPatch,
  newBriefing,
  renewBody,
  restoreBody,
  shapesQuery,
} from '../briefings/contract.ts';
import { route } from './deliveries.ts';

const jurisdiction = z.object({ jurisdiction: z.string() });
const one = jurisdiction.extend({ briefing: z.string() });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

const stamps = {
  id: z.number().int(),
  version: z.number().int().describe('sent back with a change, so that nobody overwrites what others wrote'),
  isTemplate: z.boolean(),
  areas: z
    .string()
    .nullable()
    .describe(
      'of which its figures are, LAYER:CODE,CODE; null = the whole municipality. Others read it, and change nothing',
    ),
  createdAt: z.string(),
  createdBy: z.string(),
  changedAt: z.string(),
  changedBy: z.string(),
};
const { title, state, period } = briefingBody.shape;
const row = z.object({ ...stamps, title, state, period }) satisfies z.ZodType<BriefingRow>;
const data = z.unknown().describe('what was answered, by the kind of its part');
const figure = z
  .object({ dataVersion: z.number().int(), madeAt: z.string(), madeBy: z.string(), data })
  .nullable()
  .describe('null where the viewer is not told so finely');
const refused = z.record(z.string(), z.string()).describe('parts that could not be answered, with the reason');
const whole = z.object({
  ...stamps,
  body: briefingBody,
  figures: z.record(z.string(), figure),
  refused,
  dataVersion: z.number().int().describe('of the data now; a figure says of which it is'),
});
const changes = z.object({
  changes: z.array(
    z.object({
      version: z.number().int(),
      at: z.string(),
      who: z.string(),
      title: z.string(),
      parts: z.number().int(),
    }),
  ),
}) satisfies z.ZodType<BriefingChanges>;
const position = z.tuple([z.number(), z.number()]);
const shapes = z.object({
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  shapes: z.array(z.object({ id: z.number().int(), rings: z.array(z.array(position)) })),
});

export const BRIEFING_ROUTES = [
  route(
    'get',
    '/{jurisdiction}/briefings',
    "Briefings and one's own templates",
    200,
    z.object({
      rows: z.array(row),
      leftOut: z.number().int().describe('of the archive, those not listed'),
    }),
  ),
  route('post', '/{jurisdiction}/briefings', 'Write a briefing; its figures are answered and kept', 201, whole, {
    ...{ params: jurisdiction, body: body(newBriefing) },
  }),
  route(
    'get',
    '/{jurisdiction}/briefings/{briefing}',
    'A briefing with its figures as they were answered',
    200,
    whole,
    {
      params: one,
    },
  ),
  route('patch', '/{jurisdiction}/briefings/{briefing}', 'Change a briefing; 409 tells both texts', 200, whole, {
    ...{ params: one, body: body(briefingPatch) },
  }),
  route('get', '/{jurisdiction}/briefings/{briefing}/history', 'Its versions, newest first', 200, changes, {
    params: one,
  }),
  route('post', '/{jurisdiction}/briefings/{briefing}/restore', 'Go back to a version', 200, whole, {
    ...{ params: one, body: body(restoreBody) },
  }),
  route(
    'post',
    '/{jurisdiction}/briefings/{briefing}/renew',
    'Answer figures anew; the earlier answers of the same questions go',
    200,
    whole,
    {
      ...{ params: one, body: body(renewBody) },
    },
  ),
  route(
    'get',
    '/{jurisdiction}/briefings/{briefing}/now',
    'The same questions asked of the data there are now; nothing is kept',
    200,
    z.object({ dataVersion: z.number().int(), figures: z.record(z.string(), data), refused }),
    { params: one },
  ),
  route(
    'get',
    '/{jurisdiction}/briefing-shapes',
    'Outlines of a layer of areas, coarse enough for paper',
    200,
    shapes,
    {
      ...{ params: jurisdiction, query: shapesQuery },
    },
  ),
];
