// The server as the page sees it: one typed path per question, and one way to ask.

import type { JurisdictionRow } from '../../server/access/contract.ts';
import type { BasemapRow } from '../../server/basemap/contract.ts';
import type {
  ClockAnswer,
  CountsAnswer,
  HeatAnswer,
  OffenceRow,
  SeriesAnswer,
  SourceRow,
  Step,
  SummaryAnswer,
  ThemeRow,
  TopAnswer,
} from '../../server/counts/contract.ts';
import type { ExportFormat } from '../../server/exports/contract.ts';
import type { RankedBy } from '../../server/filter/contract.ts';
import { EVERYTHING, type Filter, filterToQuery, type Within, withinToText } from '../../server/filter/contract.ts';
import type { FeatureRow, LayerRow, ZoneAnswer } from '../../server/layers/contract.ts';
import type { BenchmarkAnswer } from '../../server/official-totals/contract.ts';
import type { CatchmentsAnswer } from '../../server/protection/contract.ts';

import { fetchAsOneself } from './as-whom.ts';
import { pause } from './pause.ts';

/** A path that carries the type of its answer. */
export type Path<T> = string & { readonly answers?: T };

/** A refusal or failure, as the server worded it; status 0 = no answer at all. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, title: string) {
    super(title);
    this.name = 'Problem';
    this.status = status;
    this.type = type;
  }
}

export type Ask = <T>(path: Path<T>, signal: AbortSignal) => Promise<T>;

/** A server with too much to do says when to come back: so often it is believed, then the page says so. */
const TIMES_AGAIN = 2;
const LONGEST_WAIT_S = 10;

/** Milliseconds after which a refused question may be asked again; null when it may not, or that is long. */
function comeBackIn({ status, headers }: Response): number | null {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return [429, 503].includes(status) && seconds <= LONGEST_WAIT_S ? Math.max(seconds, 1) * 1000 : null;
}

/** Asks over HTTP in the language of the moment; in a frame without cookies, of a display with its key. Rejects with Problem, or AbortError when called off. */
export function createAsk(
  language: () => string,
  credentials: RequestCredentials = 'same-origin',
  key: string | null = null,
): Ask {
  const known: Record<string, string> = key === null ? {} : { Authorization: `Bearer ${key}` };
  const fetchOnce = async (path: string, signal: AbortSignal): Promise<Response> => {
    try {
      return await fetchAsOneself(path, {
        signal,
        credentials,
        headers: { ...known, Accept: 'application/json', 'Accept-Language': language() },
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Problem(0, 'unreachable', String(error));
    }
  };
  return async (path, signal) => {
    let response = await fetchOnce(path, signal);
    for (let again = 0; again < TIMES_AGAIN; again++) {
      const ms = comeBackIn(response);
      if (ms === null) break;
      await pause(ms, signal);
      response = await fetchOnce(path, signal);
    }
    const body = await response.json().catch(() => null);
    if (response.ok && body !== null) return body;
    throw new Problem(response.status, String(body?.type ?? 'internal'), String(body?.detail ?? body?.title ?? ''));
  };
}

const query = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export const at = (city: string, rest: string) => `/api/v1/${encodeURIComponent(city)}/${rest}`;

export const paths = {
  jurisdictions: (): Path<JurisdictionRow[]> => '/api/v1/jurisdictions',
  basemaps: (): Path<BasemapRow[]> => '/api/v1/basemaps',
  portal: (city: string | null = null): Path<{ basemapStyle: string | null; embed: boolean }> =>
    `/api/v1/portal${city ? `?city=${city}` : ''}`,
  layers: (city: string): Path<LayerRow[]> => at(city, 'layers?context=1'),
  /** Where none is known, what the areas of a layer cover together. */
  limit: (city: string, areas: string | null): Path<{ limit: GeoJSON.Geometry | null }> =>
    at(city, areas === null ? 'limit' : `limit?${query({ areas })}`),
  layerAt: (city: string, layer: string, version: number): Path<LayerRow> => at(city, `layers/${layer}@${version}`),
  offences: (city: string): Path<OffenceRow[]> => at(city, 'offences'),
  /** With what there is of each under a filter, whichever of them it chooses. */
  offencesUnder: (city: string, filter: Filter, lang: string): Path<OffenceRow[]> =>
    at(city, `offences?${query({ ...filterToQuery({ ...filter, offences: [], theme: null }), lang })}`),
  themes: (city: string): Path<ThemeRow[]> => at(city, 'themes'),
  sources: (city: string): Path<SourceRow[]> => at(city, 'sources'),
  features: (city: string, layer: string, version: number): Path<{ features: FeatureRow[] }> =>
    at(city, `layers/${layer}@${version}/features`),
  /** How a drawn zone lies on the areas of a layer, with the residents of a census; of the latest for null. */
  zone: (city: string, layer: string, within: Within, year: number | null): Path<ZoneAnswer> =>
    at(city, `layers/${layer}/zone?${query({ within: withinToText(within), ...(year === null ? {} : { year }) })}`),
  catchments: (city: string): Path<CatchmentsAnswer> => at(city, 'catchments'),
  search: (city: string, layer: string, text: string, limit: number): Path<{ features: FeatureRow[] }> =>
    at(city, `layers/${layer}/features?${query({ q: text, limit })}`),
  counts: (city: string, layer: string, filter: Filter): Path<CountsAnswer> =>
    at(city, `counts?${query({ layer, ...filterToQuery(filter) })}`),
  /** Of a city without layers `layer` is null: nothing is outside. */
  summary: (city: string, layer: string | null, filter: Filter): Path<SummaryAnswer> =>
    at(city, `summary?${query({ ...(layer === null ? {} : { layer }), ...filterToQuery(filter) })}`),
  series: (city: string, filter: Filter, step: Step): Path<SeriesAnswer> =>
    at(city, `series?${query({ step, ...filterToQuery(filter) })}`),
  /** The months of the trend; a benchmark knows neither hours nor places. */
  benchmark: (city: string, { from, until, offences, theme, kind }: Filter): Path<BenchmarkAnswer> =>
    at(city, `benchmark?${query(filterToQuery({ ...EVERYTHING, from, until, offences, theme, kind }))}`),
  clock: (city: string, filter: Filter): Path<ClockAnswer> => at(city, `clock?${query(filterToQuery(filter))}`),
  top: (city: string, layer: string, filter: Filter, limit: number, by: RankedBy): Path<TopAnswer> =>
    at(city, `top?${query({ layer, limit, by, ...filterToQuery(filter) })}`),
  heat: (city: string, filter: Filter, zoom: number, bbox: readonly number[] | null): Path<HeatAnswer> =>
    at(city, `heat?${query({ zoom, ...(bbox ? { bbox: bbox.join(',') } : {}), ...filterToQuery(filter) })}`),
};

/** The incidents as a file, or what such a file says of itself; a table has its columns named in words. */
export function exportPath(city: string, file: ExportFormat | 'about', filter: Filter, language: string): string {
  const headings: Record<string, string> = file === 'csv' || file === 'xlsx' ? { headings: 'words' } : {};
  const name = file === 'about' ? 'incidents-about.csv' : `incidents.${file}`;
  return at(city, `${name}?${query({ ...filterToQuery(filter), ...headings, lang: language })}`);
}
