// The part of the OpenAPI page about map files: sending, previewing and publishing them, and the versions of layers.

import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import type * as Contract from '../layers/contract.ts';
import { CHANGES, KEY_WAYS, limitWish, publication, UPLOAD_TYPES, uploadChoices } from '../layers/contract.ts';
import type { Check, ColumnInfo, Crs, CrsRow } from '../mapfiles/contract.ts';
import { CHECKS, type CheckCode } from '../mapfiles/contract.ts';
import { job, route, sent } from './deliveries.ts';

const position = z.tuple([z.number(), z.number()]);
const bounds = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const layerType = z.enum(['areas', 'streets', 'points', 'context']);
const collection = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.looseObject({})) });

const crs = z.object({ name: z.string(), code: z.number().int().nullable() }) satisfies z.ZodType<Crs>;
const crsRow = z.object({
  code: z.number().int(),
  name: z.string(),
  states: z.array(z.string()).describe('of Mexico, where it is a UTM zone there'),
}) satisfies z.ZodType<CrsRow>;

const check = z.object({
  code: z.enum(Object.keys(CHECKS) as [CheckCode, ...CheckCode[]]),
  level: z.enum(['blocking', 'warning', 'info']),
  done: z.enum(['repaired', 'left-out', 'kept', 'refused']),
  count: z.number().int(),
  lengthM: z.number().nullable(),
  items: z.array(
    z.object({
      feature: z.number().int().nullable(),
      code: z.string().nullable(),
      name: z.string().nullable(),
      at: position.nullable(),
      areaM2: z.number().nullable(),
      lengthM: z.number().nullable(),
      detail: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<Check>;

const problem = z.object({ parameter: z.string(), detail: z.string() }).nullable();
const column = z.object({
  name: z.string(),
  filled: z.number().int(),
  different: z.number().int(),
  examples: z.array(z.string()),
}) satisfies z.ZodType<ColumnInfo>;

const note = z.object({ code: z.string(), count: z.number().int(), example: z.string().nullable() });

const preview = z.object({
  type: z.enum(['areas', 'streets', 'points', 'context']),
  fileName: z.string(),
  layers: z.array(
    z.object({
      name: z.string(),
      features: z.number().int().nullable(),
      geometryType: z.string().nullable(),
      crs: crs.nullable(),
    }),
  ),
  sourceLayer: z.string(),
  read: z.number().int(),
  features: z.number().int(),
  crs: z.object({
    used: crs,
    from: z.enum(['file', 'alias', 'format', 'given', 'guess']),
    bounds: bounds.nullable(),
    fits: z.boolean().nullable(),
    candidates: z.array(crsRow.extend({ bounds, fits: z.boolean(), distanceKm: z.number() })),
    axes: z.enum(['as-written', 'seem-swapped', 'turned']),
  }),
  encoding: z
    .object({
      used: z.string(),
      guessed: z.boolean(),
      samples: z.array(z.string()),
      others: z.array(z.object({ name: z.string(), samples: z.array(z.string()) })),
    })
    .nullable(),
  columns: z.array(column),
  use: z.object({
    code: z.string().nullable(),
    name: z.string().nullable(),
    parent: z.string().nullable(),
    population: z.string().nullable(),
  }),
  residents: z.array(note),
  mine: z.object({ only: z.string(), inside: z.number().int(), total: z.number().int(), on: z.boolean() }).nullable(),
  only: z.string().nullable(),
  checks: z.array(check),
  problem,
  blocked: z.boolean().describe('true while it cannot be published'),
  geojson: collection,
}) satisfies z.ZodType<Contract.Preview>;

const populationPreview = z.object({
  type: z.literal('population'),
  fileName: z.string(),
  columns: z.array(column),
  problem,
  read: z.number().int(),
  stored: z.number().int(),
  keys: z.array(
    z.object({ column: z.string(), of: z.enum(['code', 'name']), how: z.enum(KEY_WAYS), matched: z.number().int() }),
  ),
  byCode: z.number().int(),
  byName: z.number().int(),
  unreadable: z.number().int(),
  repeated: z.number().int(),
  unmatched: z.number().int(),
  unmatchedRows: z.array(z.string()),
  areas: z.number().int(),
  years: z.array(z.number().int()),
  notes: z.array(note),
  use: z.object({
    code: z.string().nullable(),
    name: z.string().nullable(),
    year: z.string().nullable(),
    residents: z.string(),
  }),
}) satisfies z.ZodType<Contract.PopulationPreview>;

const history = z.object({
  layer: z.string(),
  title: z.string(),
  type: layerType,
  removed: z.boolean(),
  versions: z.array(
    z.object({
      version: z.number().int(),
      current: z.boolean(),
      validFrom: z.string().nullable(),
      publishedAt: z.string(),
      removed: z.boolean(),
      features: z.number().int(),
      fileName: z.string(),
      read: z.number().int(),
      rejected: z.number().int(),
      repaired: z.number().int(),
    }),
  ),
}) satisfies z.ZodType<Contract.LayerHistory>;

const compared = z.object({
  layer: z.string(),
  from: z.number().int(),
  until: z.number().int(),
  changes: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      change: z.enum(CHANGES),
      areaM2: z
        .number()
        .nullable()
        .describe(
          'ground in one version but not the other; null for lines and points, and where the outlines cross too often',
        ),
      incidentsFrom: z.number().int().nullable(),
      incidentsUntil: z.number().int().nullable(),
    }),
  ),
  same: z.number().int(),
  incidents: z.object({ from: z.number().int(), until: z.number().int() }).nullable(),
  outlines: collection.nullable(),
}) satisfies z.ZodType<Contract.VersionsCompared>;

const removedLayer = z.object({
  layer: z.string(),
  title: z.string(),
  type: layerType,
  version: z.number().int(),
  features: z.number().int(),
}) satisfies z.ZodType<Contract.RemovedLayer>;

const nearby = z.object({
  layer: z.string(),
  title: z.string(),
  count: z.number().int(),
}) satisfies z.ZodType<Contract.PointsNearby>;

const jurisdiction = z.object({ jurisdiction: z.string() });
const upload = jurisdiction.extend({ id: z.string() });
const layer = jurisdiction.extend({ layer: z.string() });
const version = layer.extend({ version: z.string() });
const files = z.object({ file: z.array(z.string()).describe('the file, or the parts of one shapefile; 1 GB at most') });
const sentFiles = z.object({
  upload: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number().int() })),
});
const format = z.object({ format: z.enum(['csv', 'geojson', 'json']).optional() });

/** Routes as the OpenAPI page lists them. */
export const BOUNDARY_ROUTES: readonly RouteConfig[] = [
  route('get', '/crs', 'Reference systems by EPSG code, name, or state of Mexico', 200, z.array(crsRow), {
    query: z.object({ q: z.string().max(100).optional() }),
  }),
  route('post', '/{jurisdiction}/uploads', 'Send a map file; it is kept for a day', 201, sentFiles, {
    params: jurisdiction,
    ...sent(files, 'multipart/form-data'),
  }),
  route('delete', '/{jurisdiction}/uploads/{id}', 'Throw a sent file away', 204, null, { params: upload }),
  route(
    'post',
    '/{jurisdiction}/uploads/{id}/preview',
    `What the file would become (${UPLOAD_TYPES.join(', ')}), with every doubt; null choices are guessed`,
    200,
    z.union([preview, populationPreview]),
    { params: upload, ...sent(uploadChoices) },
  ),
  route('get', '/{jurisdiction}/uploads/{id}/report', 'What the last preview found', 200, z.array(check), {
    params: upload,
    query: format,
  }),
  route('post', '/{jurisdiction}/uploads/{id}/publish', 'Publish what was last previewed, as a job', 202, job, {
    params: upload,
    ...sent(publication),
  }),
  route('get', '/{jurisdiction}/layers/{layer}/versions', 'The versions of a layer, newest first', 200, history, {
    params: layer,
  }),
  route(
    'get',
    '/{jurisdiction}/layers/{layer}/versions/{version}/report',
    'What was found wrong with the file of a version',
    200,
    z.array(check),
    { params: version, query: format },
  ),
  route('get', '/{jurisdiction}/layers/{layer}/compare', 'How two versions differ, place by place', 200, compared, {
    params: layer,
    query: z.object({
      from: z.coerce.number().int(),
      until: z.coerce.number().int(),
      outlines: z.enum(['0', '1']).optional().describe('1: with the shapes of what changed'),
    }),
  }),
  route(
    'post',
    '/{jurisdiction}/layers/{layer}/return',
    'Make a version the current one',
    200,
    z.object({ layer: z.string(), version: z.number().int() }),
    { params: layer, ...sent(z.object({ version: z.number().int() })) },
  ),
  route('delete', '/{jurisdiction}/layers/{layer}', 'Take a layer out of use', 204, null, { params: layer }),
  route('delete', '/{jurisdiction}/layers/{layer}/versions/{version}', 'Take a version out of use', 204, null, {
    params: version,
  }),
  route('post', '/{jurisdiction}/layers/{layer}/restore', 'Bring a removed layer back, as a job', 202, job, {
    params: layer,
  }),
  route(
    'post',
    '/{jurisdiction}/layers/{layer}/versions/{version}/restore',
    'Bring a removed version back, as a job',
    202,
    job,
    { params: version },
  ),
  route(
    'put',
    '/{jurisdiction}/limit',
    'Make what a layer of areas covers, or one of its areas, the limit of the jurisdiction, as a job',
    202,
    job,
    { params: jurisdiction, ...sent(limitWish) },
  ),
  route('get', '/{jurisdiction}/removed-layers', 'Layers out of use', 200, z.array(removedLayer), {
    params: jurisdiction,
  }),
  route('get', '/{jurisdiction}/points', 'Reference points of each layer in a place', 200, z.array(nearby), {
    params: jurisdiction,
    query: z.object({ within: z.string().describe('LAYER:CODE or LAYER:#ID') }),
  }),
];
