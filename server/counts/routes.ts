// The questions about incidents over HTTP: counts, summary, series, clock, ranking, heat, and what can be chosen from.

import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import type * as z from 'zod';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { askAgain } from '../cube/again.ts';
import type { Cubes, Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import type { Tally } from '../engine/answers.ts';
import type { Filler, Filter } from '../filter/contract.ts';
import { languageOf, PARAMETERS, parseAsked, refuseParameters } from '../filter/parse.ts';
import { type AskedLayer, findInside, findLayer, findWithin, type Places, readPlaces } from '../filter/places.ts';
import { type Plan, rangeText, resolveFilter, throughOf } from '../filter/plan.ts';
import { type Body, createResponder, json } from '../http/responses.ts';
import { deliveryAsOf } from '../incidents/history.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { periodBefore } from './before.ts';
import { clockOf } from './clock.ts';
import {
  type ClockAnswer,
  COUNTS_TYPE,
  type CountsAnswer,
  encodeCounts,
  type HeatAnswer,
  type Inside,
  type SeriesAnswer,
  type SummaryAnswer,
  type TopAnswer,
} from './contract.ts';
import { countsAnswer } from './counts.ts';
import { createElsewhere } from './elsewhere.ts';
import { createExtents } from './extent.ts';
import { gridFor, heatOf } from './heat.ts';
import { offenceRows, sourceRows, themeRows } from './listings.ts';
import { measureOf } from './rates.ts';
import { seriesOf } from './series.ts';
import { summaryOf } from './summary.ts';
import { topOf } from './top.ts';

export type StatsDeps = {
  readonly database: Database;
  readonly cubes: Cubes;
  readonly taxonomy: Taxonomy;
  /** False = every answer is counted anew (for the bench). */
  readonly cacheAnswers?: boolean;
};

/** A question with everything it stands on. */
type Asking<Own> = {
  readonly jurisdiction: Jurisdiction;
  readonly snapshot: Snapshot;
  readonly filter: Filter;
  readonly plan: Plan;
  /** What an answer says of what it left out; null where everything counts, wherever it lies. */
  readonly population: (tally: Tally) => { readonly inside: Inside } | null;
  readonly own: Own;
};

const LAYERS_KNOWN = 50;
/** While an import holds the embedded engine, questions need not wait for it to learn what they already knew. */
const JURISDICTIONS_KNOWN = { max: 1000, ttl: 2000 } as const;

/** Mounted under /api/v1. */
export function statsRoutes({ database, cubes, taxonomy, cacheAnswers = true }: StatsDeps): Router {
  const routes = Router();
  const respond = createResponder({ cache: cacheAnswers });
  const extentOf = createExtents();
  const elsewhereOf = createElsewhere();
  const jurisdictions = new LRUCache<string, Jurisdiction>(JURISDICTIONS_KNOWN);
  const placesKnown = new LRUCache<string, { readonly token: string; readonly places: Promise<Places> }>({
    max: LAYERS_KNOWN,
  });

  const places = (snapshot: Snapshot, layer: AskedLayer): Promise<Places> => {
    const { jurisdictionId, layersToken: token } = snapshot;
    // Once per layer version, not once per token: forty thousand streets for each call of a feed would fill the memory.
    const key = `${jurisdictionId}/${layer.layerId}/${layer.version}`;
    const known = placesKnown.get(key);
    if (known?.token === token) return known.places;
    const found = readPlaces(database, jurisdictionId, layer);
    placesKnown.set(key, { token, places: found });
    found.catch(() => placesKnown.delete(key));
    return found;
  };

  const opened = async (
    request: Request,
    asOf?: unknown,
  ): Promise<{ jurisdiction: Jurisdiction; snapshot: Snapshot }> => {
    const key = `${viewerOf(request).role} ${request.params.jurisdiction}`;
    const known = jurisdictions.get(key);
    const jurisdiction = known ?? (await jurisdictionOf(database, request));
    if (!known) jurisdictions.set(key, jurisdiction);
    if (typeof asOf !== 'string') return { jurisdiction, snapshot: await cubes.snapshot(jurisdiction) };
    const delivery = await deliveryAsOf(database, jurisdiction, asOf);
    return { jurisdiction, snapshot: await cubes.asOf(jurisdiction, delivery) };
  };

  /** A route that answers a FILTER. */
  const answer = <T extends z.ZodObject>(
    name: string,
    schema: T,
    make: (asking: Asking<z.output<T>>, request: Request) => Promise<Body>,
  ) => {
    routes.get(`/:jurisdiction/${name}`, async (request: Request, response: Response) => {
      const { filter, own } = parseAsked(request, schema);
      const accepts = request.accepts('application/json', COUNTS_TYPE);
      const attempt = async () => {
        const { jurisdiction, snapshot } = await opened(request, own.asOf);
        await respond(request, response, snapshot, [name, filter, own, accepts, languageOf(request)], async () => {
          const within = await findWithin(database, snapshot, filter.within);
          const inside = await findInside(database, snapshot, filter.inside);
          const plan = resolveFilter(filter, { ...snapshot, taxonomy }, within, inside);
          const population = (tally: Tally) =>
            inside && { inside: { layer: inside.code, layerVersion: inside.version, leftOut: tally.leftOut } };
          return make({ jurisdiction, snapshot, filter, plan, population, own }, request);
        });
      };
      await askAgain(attempt);
    });
  };

  answer('counts', PARAMETERS.counts, async ({ snapshot, plan, population, own }, request) => {
    const layer = await findLayer(database, snapshot, own.layer);
    const range = rangeText(plan.range);
    const found = await snapshot.answers.byPlace(plan, layer);
    const measure = measureOf(await places(snapshot, layer), range.until);
    const counts: CountsAnswer = {
      ...countsAnswer(snapshot.dataVersion, layer, found, measure, range),
      ...population(found),
    };
    if (request.accepts('application/json', COUNTS_TYPE) !== COUNTS_TYPE) return json(counts);
    return { type: COUNTS_TYPE, bytes: Buffer.from(encodeCounts(counts).buffer) };
  });

  answer('summary', PARAMETERS.summary, async ({ snapshot, plan, filter, own }) => {
    const layer = own.layer === undefined ? null : await findLayer(database, snapshot, own.layer);
    const through = throughOf(filter, snapshot.sources);
    const summary: SummaryAnswer = {
      dataVersion: snapshot.dataVersion,
      ...(await summaryOf(snapshot.answers, plan, layer, filter.period, through, snapshot.sources)),
    };
    return json(summary);
  });

  answer('series', PARAMETERS.series, async ({ snapshot, plan, filter, population, own }) => {
    const through = throughOf(filter, snapshot.sources);
    const found = await snapshot.answers.byDay(plan);
    const series: SeriesAnswer = {
      dataVersion: snapshot.dataVersion,
      ...seriesOf(found, plan.range, own.step, through),
      ...population(found),
    };
    return json(series);
  });

  answer('clock', PARAMETERS.clock, async ({ snapshot, plan, population }) => {
    const found = await snapshot.answers.bySlot(plan);
    const clock: ClockAnswer = {
      dataVersion: snapshot.dataVersion,
      ...clockOf(found, fillersIn(snapshot, plan)),
      ...population(found),
    };
    return json(clock);
  });

  answer('top', PARAMETERS.top, async ({ snapshot, plan, filter, population, own }) => {
    const layer = await findLayer(database, snapshot, own.layer);
    const { range: earlier, reason } = periodBefore(plan, filter.period, snapshot.sources);
    const [now, before, known] = await Promise.all([
      snapshot.answers.byPlace(plan, layer),
      earlier && snapshot.answers.byPlace({ ...plan, range: earlier }, layer),
      places(snapshot, layer),
    ]);
    const measure = measureOf(known, rangeText(plan.range).until);
    const top: TopAnswer = {
      dataVersion: snapshot.dataVersion,
      layerVersion: layer.version,
      rows: topOf(now, before, known, measure, own.limit, own.by),
      previousPeriod: earlier && (rangeText(earlier) as TopAnswer['previousPeriod']),
      previousReason: reason,
      ...population(now),
    };
    return json(top);
  });

  answer('heat', PARAMETERS.heat, async ({ jurisdiction, snapshot, plan, population, own }) => {
    const whole = jurisdiction.bounds ?? (await extentOf(snapshot));
    const bounds = own.bbox ?? whole;
    const { dataVersion } = snapshot;
    if (!bounds) return json({ dataVersion, cellM: 0, points: [] } satisfies HeatAnswer);
    const [, south, , north] = whole ?? bounds;
    const { grid, cellM } = gridFor(bounds, own.zoom, (south + north) / 2);
    const found = await snapshot.answers.byCell(plan, grid);
    return json({ dataVersion, ...heatOf(found, grid, cellM), ...population(found) } satisfies HeatAnswer);
  });

  /** A route that lists what there is. */
  const list = (name: string, make: (snapshot: Snapshot, language: 'es' | 'en') => Promise<unknown> | unknown) => {
    routes.get(`/:jurisdiction/${name}`, async (request: Request, response: Response) => {
      refuseParameters(request);
      const language = languageOf(request);
      await askAgain(async () => {
        const { snapshot } = await opened(request);
        await respond(request, response, snapshot, [name, language], async () => json(await make(snapshot, language)));
      });
    });
  };

  // Whichever are chosen, it is told of all of them: to choose others.
  answer('offences', PARAMETERS.offences, async ({ snapshot, plan, filter }, request) => {
    const { offenceIds } = resolveFilter({ ...filter, theme: null, offences: [] }, { ...snapshot, taxonomy }, null);
    const { offences } = await snapshot.answers.bySlot({ ...plan, offenceIds });
    return json(offenceRows(taxonomy.withChoices(snapshot.choices), snapshot.offences, offences, languageOf(request)));
  });
  list('themes', (_snapshot, language) => themeRows(taxonomy, language));
  list('sources', async (snapshot) => sourceRows(snapshot.sources, await elsewhereOf(snapshot)));

  return routes;
}

/** Filler minutes of the sources asked for, over all their incidents whatever else is filtered. */
function fillersIn({ sources }: Snapshot, { sourceIds }: Plan): Filler[] {
  const sums = new Map<number, number>();
  for (const { sourceId, fillers } of sources) {
    if (!sourceIds.includes(sourceId)) continue;
    for (const { hour, minute, count } of fillers)
      sums.set(hour * 60 + minute, (sums.get(hour * 60 + minute) ?? 0) + count);
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([at, count]) => ({ hour: Math.floor(at / 60), minute: at % 60, count }));
}
