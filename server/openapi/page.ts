// The OpenAPI 3.1 page of the API, made from the same schema that parses the filter.

import { readFileSync } from 'node:fs';
import {
  extendZodWithOpenApi,
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import { portalQuery } from '../access/contract.ts';
import { basemapRow } from '../basemap/contract.ts';
import { COLUMNS_TYPE, MOST_ROWS } from '../columns/contract.ts';
import { EXPORT_FORMATS, EXPORT_TYPES, exportQuery, MOST_INCIDENTS } from '../exports/contract.ts';
import { filterQuery, MAX_POLYGON_VERTICES, RANKED_BY } from '../filter/contract.ts';
import { MOST_CROSSINGS_DRAWN } from '../filter/plan.ts';
import { type CatchmentsAnswer, editionAbout, type ProtectionAnswer } from '../protection/contract.ts';
import { tipsQuery } from '../tips/contract.ts';
import { ACCOUNT_ROUTES } from './accounts.ts';
import { ALERT_ROUTES } from './alerts.ts';
import { ANALYSIS_QUESTIONS } from './analysis.ts';
import { BADGE_ROUTES } from './badges.ts';
import { BOUNDARY_ROUTES } from './boundaries.ts';
import { BRIEFING_ROUTES } from './briefings.ts';
import { COURSE_ROUTES } from './courses.ts';
import { DELIVERY_ROUTES } from './deliveries.ts';
import { LESSON_ROUTES } from './lessons.ts';
import { MEETING_QUESTIONS, MEETING_ROUTES } from './meetings.ts';
import { PROBLEM_ROUTES } from './problems.ts';
import { answers, problem } from './schemas.ts';
import { SHARING_ROUTES } from './sharing.ts';
import { TIP_ROUTES } from './tips.ts';

extendZodWithOpenApi(z);

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const jurisdiction = z.object({ jurisdiction: z.string() });
const layer = z.object({ layer: z.string().describe('layer code, or LAYER@VERSION') });
const limit = z.object({ limit: z.coerce.number().int().optional() });

const { from, until, offence, theme } = filterQuery.shape;
/** What is asked about a filter beside its own schema, which the page imports as well. */
const filterParameters = {
  ...filterQuery.shape,
  within: filterQuery.shape.within.describe(
    'LAYER:CODE, LAYER@VERSION:CODE, LAYER:#ID, or a polygon drawn by hand, poly:lon,lat;lon,lat;… of at most ' +
      `${MAX_POLYGON_VERTICES} corners. Where it crosses itself it is read by even-odd; one that crosses itself, or ` +
      `comes back to its own corners, more than ${MOST_CROSSINGS_DRAWN} times is refused (422)`,
  ),
  inside: filterQuery.shape.inside.describe(
    'LAYER or LAYER@VERSION: counts what has a point in some place of this layer, or no point, as the page does. Without ' +
      'it everything that matches counts, also what has a point outside the municipality',
  ),
  placed: filterQuery.shape.placed.describe(
    'codes of sources, comma-separated, and only with `inside`: of these what has no point is left out too, unless its ' +
      'words name a place of that layer. The page names those that deliver for the most part what lies elsewhere ' +
      '(`elsewhere` of /sources)',
  ),
};
/** Of what the public may know. */
const protection = editionAbout.extend({
  dataVersion: z.number().int(),
  publishedAt: z.string(),
  rows: z.string().describe('where the published rows are had, as CSV'),
  layers: z.string().describe('where the layers they are counted in are had, as GeoJSON'),
}) satisfies z.ZodType<ProtectionAnswer>;

const catchments = z.object({
  layer: z.string().nullable(),
  version: z.number().int().nullable(),
  middles: z.array(z.number().int()),
}) satisfies z.ZodType<CatchmentsAnswer>;

const asOf = z.object({
  asOf: z.string().describe('number of a delivery, or a day: as the data were then').optional(),
});

type Question = {
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly filtered?: boolean;
  readonly answer: z.ZodType;
};

const QUESTIONS: readonly Question[] = [
  { path: '/jurisdictions', summary: 'Whose data is here', params: z.object({}), answer: answers.jurisdictions },
  {
    path: '/portal',
    summary: 'What the page must know of this installation',
    params: z.object({}),
    query: portalQuery,
    answer: z.object({
      basemapStyle: z.string().nullable(),
      embed: z.boolean().describe('whether other sites may show the public view of `city` in a frame'),
    }),
  },
  {
    path: '/region',
    summary:
      'Every jurisdiction the viewer may see in the complete months of a year, for its residents and against the same ' +
      'months of a base year. Without a year: the latest that is complete somewhere; without a base: the year before',
    params: z.object({}),
    query: z.object({
      ...{ offence, theme, kind: filterQuery.shape.kind },
      ...{ year: z.coerce.number().int().optional(), base: z.coerce.number().int().optional() },
    }),
    answer: answers.region,
  },
  {
    path: '/region/limits',
    summary: 'The limits of those jurisdictions to draw; those of which none is known are left out',
    params: z.object({}),
    answer: z.object({
      limits: z.array(z.object({ code: z.string(), geometry: z.looseObject({ type: z.string() }) })),
    }),
  },
  {
    path: '/basemaps',
    summary: 'Maps an operator added to this server, to be drawn under the data; their tiles come from this server too',
    params: z.object({}),
    answer: z.array(basemapRow),
  },
  { path: '/{jurisdiction}/layers', summary: 'Layers and their tiles', answer: answers.layers },
  {
    path: '/{jurisdiction}/limit',
    summary: 'The limit of the jurisdiction to draw, as a GeoJSON geometry; null where none is known',
    answer: z.object({ limit: z.looseObject({ type: z.string() }).nullable() }),
  },
  {
    path: '/{jurisdiction}/layers/{layer}',
    summary: 'One layer, in the version shown now or in another',
    params: jurisdiction.extend(layer.shape),
    answer: answers.layers.element,
  },
  {
    path: '/{jurisdiction}/layers/{layer}/features',
    summary: 'Places of a layer',
    params: jurisdiction.extend(layer.shape),
    query: limit.extend({ q: z.string().optional() }),
    answer: answers.features,
  },
  {
    path: '/{jurisdiction}/layers/{layer}/zone',
    summary: 'How a drawn zone lies on the areas of a layer, and who lives there as far as their residents tell',
    params: jurisdiction.extend(layer.shape),
    query: z.object({
      within: z.string().describe('`poly:lon,lat;lon,lat;…`'),
      year: z.string().optional().describe('of the census; the latest unless given'),
    }),
    answer: answers.zone,
  },
  {
    path: '/{jurisdiction}/offences',
    summary: 'The tree of offences, with what there is of each whichever are chosen',
    filtered: true,
    answer: answers.offences,
  },
  { path: '/{jurisdiction}/themes', summary: 'Named sets of offences', answer: answers.themes },
  {
    path: '/{jurisdiction}/incident-places.json',
    summary: 'What the places in the columns of /incidents.arrow are called and measured by, by place id',
    answer: z.object({ dataVersion: z.number().int(), layers: z.array(z.looseObject({ layer: z.string() })) }),
  },
  { path: '/{jurisdiction}/sources', summary: 'Who delivers, how exactly, up to when', answer: answers.sources },
  { path: '/{jurisdiction}/scope', summary: 'The areas whoever asks is bound to', answer: answers.scope },
  {
    path: '/{jurisdiction}/counts',
    summary: 'Incidents per place',
    query: layer.extend(asOf.shape),
    filtered: true,
    answer: answers.counts,
  },
  {
    path: '/{jurisdiction}/summary',
    summary: 'How many, against the period before, and the last 28 days',
    query: layer.partial(),
    filtered: true,
    answer: answers.summary,
  },
  {
    path: '/{jurisdiction}/series',
    summary: 'Incidents over time',
    query: asOf.extend({ step: z.enum(['day', 'week', 'month']).optional() }),
    filtered: true,
    answer: answers.series,
  },
  { path: '/{jurisdiction}/clock', summary: 'Incidents by weekday and hour', filtered: true, answer: answers.clock },
  {
    path: '/{jurisdiction}/top',
    summary: 'Places with most incidents',
    query: layer.extend({ ...limit.shape, by: z.enum(RANKED_BY).optional() }),
    filtered: true,
    answer: answers.top,
  },
  {
    path: '/{jurisdiction}/heat',
    summary: 'Incidents on a fine grid',
    query: z.object({
      zoom: z.coerce.number().int().optional(),
      bbox: z.string().describe('west,south,east,north').optional(),
    }),
    filtered: true,
    answer: answers.heat,
  },
  ...ANALYSIS_QUESTIONS,
  ...MEETING_QUESTIONS,
  {
    path: '/{jurisdiction}/benchmark',
    summary: 'What an authority publishes per area and month (SESNSP); never to be added to incidents',
    query: asOf.extend({ from, until, offence, theme, kind: z.enum(['incident', 'victim']).optional() }),
    answer: answers.benchmark,
  },
  {
    path: '/{jurisdiction}/protection',
    summary: 'What the public view is made of: the rules, how far it reaches, and the published files it stands on',
    answer: protection,
  },
  {
    path: '/{jurisdiction}/catchments',
    summary:
      'Which streets the public view tells by one point: by segment, in the order of its id from 1 on, the id of the one ' +
      'in whose middle that is; 0 = none',
    answer: catchments,
  },
  {
    path: '/{jurisdiction}/incidents',
    summary: 'Single incidents, newest first',
    query: limit.extend({ after: z.string().optional() }),
    filtered: true,
    answer: answers.incidents,
  },
];

const exported = { filtered: true, query: exportQuery };
const FILES: readonly (Omit<Question, 'answer'> & { readonly type: string })[] = [
  ...EXPORT_FORMATS.map((format) => ({
    ...exported,
    path: `/{jurisdiction}/incidents.${format}`,
    summary: `The incidents as a file, with their totals${MOST_INCIDENTS[format] ? `; at most ${MOST_INCIDENTS[format]}` : ''}`,
    type: EXPORT_TYPES[format],
  })),
  {
    ...exported,
    path: '/{jurisdiction}/incidents-about.csv',
    summary: 'What the file of the same filter adds up to, and what its columns mean',
    type: EXPORT_TYPES.csv,
  },
  {
    filtered: true,
    path: '/{jurisdiction}/incidents.arrow',
    summary: `What can be counted, as columns of Arrow: day, what is known of it, weekday, hour, offence, source, and the place of each layer, without points; at most ${MOST_ROWS} incidents; every reading is written down, but for the public`,
    type: COLUMNS_TYPE,
  },
  {
    filtered: true,
    path: '/{jurisdiction}/incident-points.arrow',
    summary: 'The same with longitude and latitude to 1e-7 degrees; every reading is written down',
    type: COLUMNS_TYPE,
  },
  {
    path: '/{jurisdiction}/protected.csv',
    summary: 'All the rows the public view stands on',
    type: EXPORT_TYPES.csv,
  },
  {
    path: '/{jurisdiction}/protected-layers.geojson',
    summary: 'The layers these rows are counted in, with what they are',
    type: EXPORT_TYPES.geojson,
  },
  {
    path: '/{jurisdiction}/tips.csv',
    summary: 'Tips as a file',
    query: tipsQuery,
    type: EXPORT_TYPES.csv,
  },
  {
    path: '/{jurisdiction}/imports/{id}/rejects.csv',
    summary: 'The rows of a file that were rejected, and why; it can be mended and sent again',
    params: jurisdiction.extend({ id: z.string() }),
    type: EXPORT_TYPES.csv,
  },
  {
    path: '/{jurisdiction}/events',
    summary: 'Server-sent events: the data version, now and whenever it changes, with the records new since, by kind',
    type: 'text/event-stream',
  },
];

/** The whole document; the same on every call. */
export function openApi(): object {
  const registry = new OpenAPIRegistry();
  for (const question of QUESTIONS) registry.registerPath(route(question));
  for (const file of FILES) registry.registerPath(fileRoute(file));
  for (const each of [
    ...DELIVERY_ROUTES,
    ...BOUNDARY_ROUTES,
    ...ACCOUNT_ROUTES,
    ...SHARING_ROUTES,
    ...TIP_ROUTES,
    ...MEETING_ROUTES,
    ...LESSON_ROUTES,
    ...COURSE_ROUTES,
    ...BADGE_ROUTES,
    ...ALERT_ROUTES,
    ...PROBLEM_ROUTES,
    ...BRIEFING_ROUTES,
  ])
    registry.registerPath(each);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Cuadra',
      version,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/api/v1' }],
  });
}

function fileRoute({ type, ...question }: (typeof FILES)[number]): RouteConfig {
  const described = route({ ...question, answer: z.unknown() });
  const content = { [type]: { schema: z.string() } };
  return { ...described, responses: { ...described.responses, 200: { description: question.summary, content } } };
}

function route({
  path,
  summary,
  params = jurisdiction,
  query = z.object({}),
  filtered,
  answer,
}: Question): RouteConfig {
  return {
    method: 'get',
    path,
    summary,
    request: { params, query: filtered ? query.extend(filterParameters) : query },
    responses: {
      200: { description: summary, content: { 'application/json': { schema: answer } } },
      404: {
        description: 'No such jurisdiction, layer or place',
        content: { 'application/problem+json': { schema: problem } },
      },
      422: { description: 'A parameter cannot be used', content: { 'application/problem+json': { schema: problem } } },
      503: { description: 'Not available yet', content: { 'application/problem+json': { schema: problem } } },
    },
  };
}
