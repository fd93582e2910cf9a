// The part of the OpenAPI page about agreements between authorities.

import * as z from 'zod';
import { type Agreement, agreementBody, SHARE_LEVELS } from '../access/contract.ts';
import { route } from './deliveries.ts';

const step = z.object({
  what: z.enum(['proposed', 'accepted', 'refused', 'ended']),
  side: z.string().describe('code of the jurisdiction that did it'),
  who: z.string(),
  at: z.string().describe('ISO 8601'),
});
const agreement = z.object({
  id: z.string(),
  giver: z.string().describe('code of the jurisdiction whose data it is'),
  receiver: z.string(),
  level: z
    .enum(SHARE_LEVELS)
    .describe('totals: counts by area and complete months; protected: what the public may know'),
  offences: z.array(z.string()).nullable().describe('null = all'),
  areas: z
    .object({ layer: z.string(), codes: z.array(z.string()) })
    .nullable()
    .describe('null = everywhere'),
  until: z.string().describe('the day it ends on, at its beginning, where the data are'),
  state: z.enum(['proposed', 'accepted', 'refused', 'ended', 'expired']),
  proposedBy: z.string(),
  steps: z.array(step),
}) satisfies z.ZodType<Agreement>;

const jurisdiction = z.object({ jurisdiction: z.string() });
const one = z.object({ jurisdiction: z.string(), id: z.string() });

export const SHARING_ROUTES = [
  route(
    'get',
    '/{jurisdiction}/agreements',
    'Agreements with other authorities, the latest first',
    200,
    z.object({
      agreements: z.array(agreement),
    }),
  ),
  route('post', '/{jurisdiction}/agreements', 'Propose an agreement', 201, agreement, {
    params: jurisdiction,
    body: { content: { 'application/json': { schema: agreementBody } } },
  }),
  route('post', '/{jurisdiction}/agreements/{id}/accept', 'Accept what the other side proposed', 200, agreement, {
    params: one,
  }),
  route('post', '/{jurisdiction}/agreements/{id}/refuse', 'Refuse what the other side proposed', 200, agreement, {
    params: one,
  }),
  route('post', '/{jurisdiction}/agreements/{id}/end', 'End an agreement, or take a proposal back', 200, agreement, {
    params: one,
  }),
];
