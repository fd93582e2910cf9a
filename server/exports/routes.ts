// Incidents as files, streamed: what the filter matches, all of it, and the totals it must add up to.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import * as z from 'zod';
import { STAFF } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import type { Cubes } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { Unavailable } from '../errors.ts';
import { exportWords } from '../i18n/exports.ts';
import { filterToQuery } from '../incidents/contract.ts';
import type { ListedIncident } from '../incidents/query.ts';
import type { Taxonomy } from '../incidents/taxonomy.ts';
import { languageOf, parseAsked } from '../stats/ask.ts';
import { readState } from '../stats/catalogue.ts';
import { findWithin } from '../stats/places.ts';
import { resolveFilter } from '../stats/plan.ts';
import { BOM, csvLine } from './csv.ts';
import { pagesOf } from './pages.ts';
import { workbookOf } from './workbook.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };
type Pages = AsyncIterable<readonly ListedIncident[]>;
type Totals = { readonly dataVersion: number; readonly matched: number; readonly unlocated: number };
type Asked = { readonly question: string; readonly language: 'es' | 'en' };
type Format = {
  readonly type: string;
  readonly write: (pages: Pages, totals: Totals, asked: Asked) => AsyncIterable<string | Uint8Array>;
};

const EXPORTS_PER_MINUTE = 30;
const COLUMNS = [
  ...(['id', 'kind', 'source', 'date', 'datePrecision', 'hour'] as const),
  ...(['dateUntil', 'hourUntil', 'reportedDate', 'reportedHour'] as const),
  ...(['offence', 'label', 'lon', 'lat', 'placePrecision'] as const),
] satisfies (keyof ListedIncident)[];

const FORMATS: Readonly<Record<string, Format>> = {
  csv: { type: 'text/csv; charset=utf-8', write: csv },
  geojson: { type: 'application/geo+json; charset=utf-8', write: geojson },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: workbook },
};

/** Mounted under /api/v1, before the list of incidents. */
export function exportRoutes({ database, cubes, taxonomy }: Deps): Router {
  const routes = Router();
  const throttle = rateLimit({
    windowMs: 60_000,
    limit: EXPORTS_PER_MINUTE,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
  });
  for (const [ending, { type, write }] of Object.entries(FORMATS)) {
    routes.get(`/:jurisdiction/incidents.${ending}`, throttle, async (request: Request, response: Response) => {
      const { filter } = parseAsked(request, z.object({}));
      const language = languageOf(request);
      const jurisdiction = await findJurisdiction(database, STAFF, String(request.params.jurisdiction));
      const snapshot = await cubes.snapshot(jurisdiction);
      const state = await readState(database, jurisdiction.id);
      if (state?.token !== snapshot.token) throw new Unavailable('the data are changing');
      const within = await findWithin(database, snapshot, filter.within);
      const plan = resolveFilter(filter, { ...snapshot, taxonomy }, within);
      const { matched, unlocated } = await snapshot.answers.byDay(plan);
      const totals = { dataVersion: state.dataVersion, matched, unlocated };
      const pages = pagesOf(database, STAFF, jurisdiction, state, plan, matched);
      const question = new URLSearchParams(filterToQuery(filter)).toString();
      const content = await begun(write(pages, totals, { question, language }));
      response
        .set({
          'Cache-Control': 'private, no-store',
          'Cuadra-Data-Version': String(totals.dataVersion),
          'Cuadra-Matched': String(matched),
          'Cuadra-Unlocated': String(unlocated),
        })
        .type(type)
        .attachment(`${jurisdiction.code}-${filter.kind}-v${totals.dataVersion}.${ending}`);
      try {
        await pipeline(Readable.from(content), response);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      }
    });
  }
  return routes;
}

/** The first piece is made before anything is sent, so that a refusal can still be told. */
async function begun(content: AsyncIterable<string | Uint8Array>): Promise<AsyncIterable<string | Uint8Array>> {
  const pieces = content[Symbol.asyncIterator]();
  const first = await pieces.next();
  async function* all() {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return all();
}

async function* workbook(pages: Pages, totals: Totals, { question, language }: Asked): AsyncGenerator<Uint8Array> {
  yield await workbookOf(pages, COLUMNS, { question, ...totals }, exportWords(language));
}

async function* csv(pages: Pages): AsyncGenerator<string> {
  yield BOM + csvLine(COLUMNS);
  for await (const page of pages) {
    yield page.map((incident) => csvLine(COLUMNS.map((column) => incident[column]))).join('');
  }
}

/** RFC 7946; the totals stand behind the features, where a file that was cut short lacks them. */
async function* geojson(pages: Pages, totals: Totals): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":[';
  let comma = '';
  for await (const page of pages) {
    yield comma + page.map((incident) => JSON.stringify(featureOf(incident))).join(',\n');
    comma = ',\n';
  }
  yield `],"totals":${JSON.stringify(totals)}}`;
}

function featureOf({ lon, lat, ...properties }: ListedIncident) {
  const geometry = lon === null || lat === null ? null : { type: 'Point', coordinates: [lon, lat] };
  return { type: 'Feature', id: properties.id, geometry, properties };
}
