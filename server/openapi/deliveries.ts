// The part of the OpenAPI page about bringing incidents in and taking them out: deliveries, imports, jobs, feeds, files.

import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import { newJurisdiction } from '../access/contract.ts';
import { KINDS } from '../db/contract.ts';
import type { FeedAnswer } from '../feeds/contract.ts';
import { feedRecord, MAX_RECORDS } from '../feeds/contract.ts';
import { filterQuery } from '../filter/contract.ts';
import { aliasBody, aliasKey, type PlaceNamesAnswer, placeNamesQuery } from '../geocoding/contract.ts';
import type { DetectedColumn, PresetsAnswer } from '../imports/contract.ts';
import { commitBody, importMapping } from '../imports/contract.ts';
import type { DeliveryRow } from '../incidents/contract.ts';
import type { JobState } from '../jobs/contract.ts';
import { type LabelsAnswer, labelChoice, labelQuery } from '../taxonomy/contract.ts';
import { problem } from './schemas.ts';

const jurisdiction = z.object({ jurisdiction: z.string() });
const date = z.string().describe('YYYY-MM-DD, local').nullable();

const delivery = z.object({
  delivery: z.number().int(),
  source: z.string(),
  kind: z.enum(KINDS),
  fileName: z.string(),
  fileSha256: z.string(),
  preset: z.string(),
  mode: z.enum(['add', 'replace']),
  via: z.enum(['command', 'page', 'feed', 'folder']),
  undoes: z.number().int().nullable(),
  coversFrom: date,
  coversUntil: date,
  createdAt: z.string(),
  report: z.unknown(),
  stands: z.boolean(),
  canUndo: z.boolean(),
}) satisfies z.ZodType<DeliveryRow>;

export const job = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  step: z.string().nullable(),
  fraction: z.number().nullable(),
  report: z.unknown(),
  problem: z.string().nullable(),
  createdAt: z.string(),
}) satisfies z.ZodType<JobState>;

const feedAnswer = z.object({
  received: z.number().int(),
  stored: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  rejected: z.number().int(),
  noted: z
    .array(z.object({ code: z.string(), count: z.number().int(), records: z.array(z.number().int()) }))
    .optional(),
  records: z.array(
    z.object({
      id: z.string().nullable(),
      outcome: z.enum(['stored', 'changed', 'unchanged', 'rejected']),
      reason: z.string().optional().describe('a code, or the field and what is wrong with it'),
      detail: z.string().optional().describe('the reason as a sentence, in the language of Accept-Language'),
      notes: z.array(z.string()).optional(),
    }),
  ),
}) satisfies z.ZodType<FeedAnswer>;

const suggestion = z.object({
  layer: z.string(),
  code: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  score: z.number(),
});
const placeNames = z.object({
  layer: z.string().nullable(),
  withoutPoint: z.number().int(),
  matched: z.number().int(),
  unmatched: z.number().int(),
  names: z.array(
    z.object({
      name: z.string(),
      within: z.string(),
      words: z.string(),
      withinWords: z.string().nullable(),
      incidents: z.number().int(),
      dividedInto: z.number().int(),
      suggestions: z.array(suggestion),
    }),
  ),
  aliases: z.array(
    z.object({
      name: z.string(),
      within: z.string(),
      words: z.string(),
      layer: z.string().nullable(),
      code: z.string().nullable(),
      place: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<PlaceNamesAnswer>;

const labels = z.object({
  incidents: z.number().int(),
  labels: z.array(z.object({ label: z.string(), incidents: z.number().int() })),
  choices: z.array(z.object({ label: z.string(), offence: z.string(), incidents: z.number().int() })),
}) satisfies z.ZodType<LabelsAnswer>;

const presets = z.object({
  presets: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      kind: z.enum(KINDS),
      source: z.string(),
      accuracyM: z.number().nullable(),
    }),
  ),
  saved: z.array(z.object({ name: z.string(), mapping: importMapping, savedAt: z.string() })),
  fields: z.array(z.string()),
}) satisfies z.ZodType<PresetsAnswer>;
const named = jurisdiction.extend({ name: z.string() });
const column = z.object({
  name: z.string().describe('as the file writes it; one that comes again with its number: `fecha (2)`'),
  field: z.string().nullable().describe('what it is read as; null = it is not read'),
  personal: z.boolean().describe('about persons: never read, and nothing of it is shown'),
  samples: z.array(z.string()),
  looksLike: z
    .string()
    .optional()
    .describe('the field it could be read as, by its name and cells, while it is not: the proposal for `map`'),
}) satisfies z.ZodType<DetectedColumn>;
const detection = z.looseObject({
  preset: z.string(),
  confidence: z.number(),
  headerLine: z.number().int(),
  columns: z.array(column),
});
const waiting = z.looseObject({ id: z.string(), name: z.string(), mapping: importMapping, detection });
const upload = jurisdiction.extend({ id: z.string() });
const numbered = jurisdiction.extend({ delivery: z.string() });
export const sent = (schema: z.ZodType, type = 'application/json') => ({ body: { content: { [type]: { schema } } } });
const file = z.object({ file: z.string().describe('the file, at most 1 GB') });

/** Routes as the OpenAPI page lists them. */
export const DELIVERY_ROUTES: readonly RouteConfig[] = [
  route('post', '/jurisdictions', 'Add a jurisdiction', 201, newJurisdiction, sent(newJurisdiction)),
  route('get', '/{jurisdiction}/deliveries', 'What was imported, newest first', 200, z.array(delivery)),
  route('get', '/{jurisdiction}/deliveries/{delivery}', 'One delivery and what it changed', 200, delivery, {
    params: numbered,
  }),
  route('post', '/{jurisdiction}/deliveries/{delivery}/undo', 'Undo a delivery, as a job', 202, job, {
    params: numbered,
  }),
  route('post', '/{jurisdiction}/imports', 'Send a file and see what it seems to be', 201, waiting, {
    params: jurisdiction,
    ...sent(file, 'multipart/form-data'),
  }),
  route('get', '/{jurisdiction}/imports/{id}', 'A file that waits to be imported', 200, waiting, { params: upload }),
  route('put', '/{jurisdiction}/imports/{id}', 'Say how the file is read', 200, waiting, {
    params: upload,
    ...sent(importMapping),
  }),
  route('post', '/{jurisdiction}/imports/{id}/check', 'What importing it would do, as a job', 202, job, {
    params: upload,
  }),
  route('post', '/{jurisdiction}/imports/{id}/commit', 'Import it, as a job', 202, job, {
    params: upload,
    ...sent(commitBody),
  }),
  route(
    'get',
    '/{jurisdiction}/presets',
    'Layouts there are, readings saved here, and fields of a column',
    200,
    presets,
  ),
  route('put', '/{jurisdiction}/presets/{name}', 'Save how a file is read under a name', 204, null, {
    params: named,
    ...sent(importMapping),
  }),
  route('delete', '/{jurisdiction}/presets/{name}', 'Forget a saved reading', 204, null, { params: named }),
  route(
    'get',
    '/{jurisdiction}/place-names',
    'Names of places that were not found, the commonest first',
    200,
    placeNames,
    {
      params: jurisdiction,
      query: placeNamesQuery,
    },
  ),
  route(
    'put',
    '/{jurisdiction}/place-names/aliases',
    'Say what a name means, and place its incidents, as a job',
    202,
    job,
    {
      params: jurisdiction,
      ...sent(aliasBody),
    },
  ),
  route('delete', '/{jurisdiction}/place-names/aliases', 'Take back what a name means, as a job', 202, job, {
    params: jurisdiction,
    query: aliasKey,
  }),
  route('post', '/{jurisdiction}/place-names/match', 'Look for all names again, as a job', 202, job),
  route(
    'get',
    '/{jurisdiction}/offence-labels',
    'Labels no list of offences knows, and what was said of others',
    200,
    labels,
  ),
  route('put', '/{jurisdiction}/offence-labels', 'Say which offence a label is', 200, labels, {
    params: jurisdiction,
    ...sent(labelChoice),
  }),
  route('delete', '/{jurisdiction}/offence-labels', 'Take back which offence a label is', 200, labels, {
    params: jurisdiction,
    query: labelQuery,
  }),
  route('get', '/{jurisdiction}/jobs', 'What runs in the background', 200, z.array(job)),
  route('get', '/{jurisdiction}/jobs/{id}', 'One job', 200, job, { params: upload }),
  route('delete', '/{jurisdiction}/jobs/{id}', 'Stop a job', 202, job, { params: upload }),
  route('post', '/{jurisdiction}/incidents', 'Send incidents as they happen, with the key of a feed', 200, feedAnswer, {
    params: jurisdiction,
    ...sent(z.object({ incidents: z.array(feedRecord).min(1).max(MAX_RECORDS) })),
  }),
  ...['csv', 'geojson', 'xlsx'].map((ending) =>
    route('get', `/{jurisdiction}/incidents.${ending}`, `The incidents as a file (${ending})`, 200, z.string(), {
      params: jurisdiction,
      query: filterQuery,
    }),
  ),
];

/** `answer` null: none comes. */
export function route(
  method: RouteConfig['method'],
  path: string,
  summary: string,
  status: number,
  answer: z.ZodType | null,
  request: RouteConfig['request'] = { params: jurisdiction },
): RouteConfig {
  const refused = { content: { 'application/problem+json': { schema: problem } } };
  return {
    method,
    path,
    summary,
    request,
    responses: {
      [status]: { description: summary, ...(answer && { content: { 'application/json': { schema: answer } } }) },
      404: { description: 'No such thing here', ...refused },
      409: { description: 'Somebody else is changing it, or it cannot be undone', ...refused },
      422: { description: 'A value cannot be used', ...refused },
    },
  };
}
