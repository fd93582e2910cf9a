// The part of the OpenAPI page about tips: sending one without a session, and handling them.

import * as z from 'zod';
import {
  DAY_PARTS,
  newTip,
  TIP_KINDS,
  TIP_STATES,
  type TipForm,
  type TipRow,
  type TipsPage,
  tipChange,
  tipSettings,
  tipsQuery,
} from '../tips/contract.ts';
import { route } from './deliveries.ts';

const jurisdiction = z.object({ jurisdiction: z.string() });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

const form = z.object({
  form: z.string().nullable().describe('to be sent with one tip; null where none are taken'),
  keepDays: z.number().int().nullable(),
}) satisfies z.ZodType<TipForm>;

const tip = z.object({
  id: z.string(),
  receivedAt: z.string().describe('ISO 8601, to the hour'),
  kind: z.enum(TIP_KINDS),
  place: z.object({ layer: z.string(), code: z.string(), name: z.string() }),
  at: z.tuple([z.number(), z.number()]).describe('longitude and latitude of the middle of that street or area'),
  day: z.string().nullable(),
  dayPart: z.enum(DAY_PARTS).nullable(),
  words: z.string(),
  state: z.enum(TIP_STATES),
}) satisfies z.ZodType<TipRow>;
const page = z.object({ rows: z.array(tip), next: z.string().nullable() }) satisfies z.ZodType<TipsPage>;

export const TIP_ROUTES = [
  route('get', '/{jurisdiction}/tips/form', 'A form to be sent once; no session is needed', 200, form),
  route('post', '/{jurisdiction}/tips', 'Tell something without a name; nothing of the sender is kept', 204, null, {
    params: jurisdiction,
    body: body(newTip),
  }),
  route('get', '/{jurisdiction}/tips', 'Tips, newest first; never counted with incidents', 200, page, {
    params: jurisdiction,
    query: tipsQuery,
  }),
  route('patch', '/{jurisdiction}/tips/{id}', 'Say that a tip was seen or closed', 200, tip, {
    params: jurisdiction.extend({ id: z.string() }),
    body: body(tipChange),
  }),
  route('get', '/{jurisdiction}/tip-settings', 'Whether tips are taken, and how long they are kept', 200, tipSettings),
  route('put', '/{jurisdiction}/tip-settings', 'Take tips or none, and for how many days', 200, tipSettings, {
    params: jurisdiction,
    body: body(tipSettings),
  }),
];
