// Incidents as files, streamed: what the filter matches, all of it, and the totals it must add up to.

import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { jurisdictionOf, tellRows, viewerOf } from '../access/viewer.ts';
import { askAgain } from '../cube/again.ts';
import type { Cubes } from '../cube/store.ts';
import { askerLeaves } from '../db/costly.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { filterToQuery } from '../filter/contract.ts';
import { languageOf, parseAsked } from '../filter/parse.ts';
import { planFor } from '../filter/scope.ts';
import { throttle } from '../http/throttle.ts';
import { exportWords } from '../i18n/exports.ts';
import type { ListedIncident } from '../listing/query.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { BOM, csvLine } from '../text/contract.ts';
import { aboutRows, COLUMNS, type Export } from './about.ts';
import { EXPORT_FORMATS, EXPORT_TYPES, type ExportFormat, exportQuery, MOST_INCIDENTS } from './contract.ts';
import { geopackageOf } from './geopackage.ts';
import { pagesOf } from './pages.ts';
import { workbookOf } from './workbook.ts';

type Deps = { readonly database: Database; readonly cubes: Cubes; readonly taxonomy: Taxonomy };
const EXPORTS_PER_MINUTE = 30;
/** Characters or bytes made before the first is sent. */
const HELD_BACK = 1_000_000;

const WRITERS: Readonly<Record<ExportFormat, (asked: Export) => AsyncIterable<string | Uint8Array>>> = {
  csv,
  geojson,
  gpkg: geopackageOf,
  xlsx: workbook,
};

/** Mounted under /api/v1, before the list of incidents. */
export function exportRoutes(deps: Deps): Router {
  const routes = Router();
  const throttled = throttle(EXPORTS_PER_MINUTE);
  for (const format of EXPORT_FORMATS) {
    routes.get(`/:jurisdiction/incidents.${format}`, throttled, (request: Request, response: Response) =>
      send(deps, request, response, format, format),
    );
  }
  // What CSV has no room for: the totals and definitions of the file that the same filter gives.
  routes.get('/:jurisdiction/incidents-about.csv', throttled, (request: Request, response: Response) =>
    send(deps, request, response, 'csv', null),
  );
  return routes;
}

/** Answers with the incidents as a file of this format, or, for null, with what such a file says of itself. */
async function send(
  { database, cubes, taxonomy }: Deps,
  request: Request,
  response: Response,
  ending: ExportFormat,
  format: ExportFormat | null,
): Promise<void> {
  const { filter, own } = parseAsked(request, exportQuery);
  const language = languageOf(request);
  const words = exportWords(language);
  const gone = askerLeaves();
  const attempt = async () => {
    gone.throwIfAborted();
    const jurisdiction = await jurisdictionOf(database, request);
    const snapshot = await cubes.snapshot(jurisdiction);
    const { plan, inside } = await planFor({ database, taxonomy }, snapshot, viewerOf(request), filter);
    const tally = await snapshot.answers.byDay(plan);
    const most = format && MOST_INCIDENTS[format];
    if (most && tally.matched > most) throw new BadInput('format', `more than ${most} incidents: ask for CSV`);
    const { dataVersion } = snapshot;
    const question = new URLSearchParams(filterToQuery(filter)).toString();
    const about = { jurisdiction: jurisdiction.name, question, dataVersion, tally, inside, placed: filter.placed };
    const headings = own.headings === 'words' ? COLUMNS.map((column) => words.headings[column]) : COLUMNS;
    const pages = whileThere(pagesOf(database, viewerOf(request), jurisdiction, snapshot.state, plan, tally), gone);
    const asked: Export = { pages, about, words, headings };
    return {
      jurisdiction,
      dataVersion,
      tally,
      // Only the head is asked for: no file is written for nobody.
      content: request.method === 'HEAD' ? [] : await begun(format ? WRITERS[format](asked) : aboutCsv(asked)),
    };
  };
  const { jurisdiction, dataVersion, tally, content } = await askAgain(attempt);
  if (format) await tellRows(request, tally.matched);
  const described = new URLSearchParams({ ...filterToQuery(filter), lang: language }).toString();
  response
    .set({
      'Cache-Control': 'private, no-store',
      'Content-Language': language,
      'Cuadra-Data-Version': String(dataVersion),
      'Cuadra-Matched': String(tally.matched),
      'Cuadra-Unlocated': String(tally.unlocated),
      ...(tally.withheld ? { 'Cuadra-Withheld': String(tally.withheld) } : {}),
      ...(filter.inside === null ? {} : { 'Cuadra-Left-Out': String(tally.leftOut) }),
      Link: `</api/v1/${jurisdiction.code}/incidents-about.csv?${described}>; rel="describedby"`,
    })
    .attachment(`${jurisdiction.code}-${filter.kind}-v${dataVersion}${format ? '' : `-${words.aboutFile}`}.${ending}`)
    .type(EXPORT_TYPES[ending]); // after the name, which would set another
  await pipeline(Readable.from(content, { highWaterMark: 1 }), response);
}

function whileThere(pages: AsyncIterable<ListedIncident[]>, signal: AbortSignal): AsyncGenerator<ListedIncident[]> {
  // Pages are asked for when the socket has room, where nobody knows any more who asks.
  const asAsker = AsyncLocalStorage.snapshot();
  const source = pages[Symbol.asyncIterator]();
  return (async function* all() {
    for (;;) {
      signal.throwIfAborted();
      const next = await asAsker(() => source.next());
      if (next.done) return;
      yield next.value;
    }
  })();
}

/**
 * The first pieces, of most files all, are made before anything is sent, so that a refusal can still be told and what the
 * data changed under be asked again. A larger file it happens to is cut short, and so not taken for whole.
 */
async function begun(content: AsyncIterable<string | Uint8Array>): Promise<AsyncIterable<string | Uint8Array>> {
  const pieces = content[Symbol.asyncIterator]();
  const first: (string | Uint8Array)[] = [];
  for (let held = 0; held < HELD_BACK; held += first.at(-1)!.length) {
    const piece = await pieces.next();
    if (piece.done) break;
    first.push(piece.value);
  }
  async function* all() {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return all();
}

async function* workbook(asked: Export): AsyncGenerator<Uint8Array> {
  yield await workbookOf(asked);
}

async function* aboutCsv({ about, words }: Export): AsyncGenerator<string> {
  yield BOM + aboutRows(about, words).map(csvLine).join('');
}

async function* csv({ pages, headings }: Export): AsyncGenerator<string> {
  yield BOM + csvLine(headings);
  for await (const page of pages) {
    yield page.map((incident) => csvLine(COLUMNS.map((column) => incident[column]))).join('');
  }
}

/** RFC 7946; the totals stand behind the features, where a file that was cut short lacks them. */
async function* geojson({ pages, about: { dataVersion, question, tally, inside } }: Export): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":[';
  let comma = '';
  for await (const page of pages) {
    yield comma + page.map((incident) => JSON.stringify(featureOf(incident))).join(',\n');
    comma = ',\n';
  }
  const { matched, unlocated, withheld, excluded, leftOut } = tally;
  const population = inside && { inside: { layer: inside.code, layerVersion: inside.version, leftOut } };
  const totals = { question, dataVersion, matched, unlocated, withheld, excluded, ...population };
  yield `],"totals":${JSON.stringify(totals)}}`;
}

function featureOf({ lon, lat, ...properties }: ListedIncident) {
  const geometry = lon === null || lat === null ? null : { type: 'Point', coordinates: [lon, lat] };
  return { type: 'Feature', id: properties.id, geometry, properties };
}
