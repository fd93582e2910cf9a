// The part of the OpenAPI page about alerts: one's own rules, and what came of them.

import * as z from 'zod';
import {
  ALERT_KINDS,
  type AlertHistory,
  type AlertRow,
  type AlertRule,
  type AlertsAnswer,
  alertChange,
  newRule,
  ruleChange,
} from '../alerts/contract.ts';
import { route } from './deliveries.ts';

const int = z.number().int();
const params = z.object({ jurisdiction: z.string() });
const one = params.extend({ id: z.string() });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const filter = z.record(z.string(), z.string()).describe('FILTER without dates');

const rule = z.object({
  ...{ id: z.string(), kind: z.enum(ALERT_KINDS), title: z.string(), filter, email: z.string().nullable() },
  ...{ toFolder: z.boolean(), mutedUntil: z.string().nullable(), lookedTo: z.string().nullable() },
}) satisfies z.ZodType<AlertRule>;

const alert = z.object({
  ...{ id: z.string(), rule: z.string(), kind: z.enum(ALERT_KINDS), title: z.string(), filter },
  found: z.object({
    ...{ week: z.string(), from: z.string(), until: z.string(), count: int, expected: z.number() },
    high: z.number().nullable(),
    places: z.array(z.object({ name: z.string(), count: int, within: z.string() })),
    unlocated: int.optional().describe('of the week, without a place'),
    isNow: z
      .object({ count: int.nullable(), dataVersion: int })
      .optional()
      .describe('where the data say otherwise by now: the count, null = it does not stand out any more'),
    isCut: z.boolean().optional().describe('whether the oldest of too many points were left out'),
  }),
  ...{ dataVersion: int, raisedAt: z.string(), seen: z.boolean() },
}) satisfies z.ZodType<AlertRow>;

const alerts = z.object({
  ...{ rules: z.array(rule), alerts: z.array(alert), unseen: int, hidden: int, undelivered: int },
  ways: z.object({ mail: z.boolean(), folder: z.boolean() }),
}) satisfies z.ZodType<AlertsAnswer>;

const history = z.object({
  ...{ weeks: int, alarms: int, falsePerWeek: z.number() },
}) satisfies z.ZodType<AlertHistory>;

const path = '/{jurisdiction}/alerts';

export const ALERT_ROUTES = [
  route('get', path, 'One’s own rules, and what came of them', 200, alerts, { params }),
  route('patch', path, 'Say that all of them were seen', 204, null, { params, body: body(alertChange) }),
  route('patch', `${path}/{id}`, 'Say that one was seen', 204, null, { params: one, body: body(alertChange) }),
  route('post', `${path}/rules`, 'Be told of what stands out in a week', 201, rule, { params, body: body(newRule) }),
  route('patch', `${path}/rules/{id}`, 'Silence a rule, or have it tell elsewhere', 200, rule, {
    ...{ params: one, body: body(ruleChange) },
  }),
  route('delete', `${path}/rules/{id}`, 'Remove a rule with what came of it', 204, null, { params: one }),
  route('post', `${path}/history`, 'How often such a rule would have told something', 200, history, {
    ...{ params, body: body(newRule) },
  }),
];
