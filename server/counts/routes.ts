// The questions about incidents over HTTP: counts, summary, series, clock, ranking, heat, and what can be chosen from.

import { type Request, Router } from 'express';
import type * as z from 'zod';
import { viewerOf } from '../access/viewer.ts';
import type { Snapshot } from '../cube/store.ts';
import { cellLatitude } from '../filter/cells.ts';
import { languageOf, PARAMETERS } from '../filter/parse.ts';
import { findLayer } from '../filter/places.ts';
import { rangeText, resolveFilter, throughOf } from '../filter/plan.ts';
import { limitsOf, scopeBoundsOf, throughTold } from '../filter/scope.ts';
import { type Body, json } from '../http/responses.ts';
import { type Asking, filterRoute, listRoute, openStats, type Stats, type StatsDeps } from './asking.ts';
import { daysCompared, periodBefore } from './before.ts';
import { clockOf, fillersTogether } from './clock.ts';
import {
  type ClockAnswer,
  COUNTS_TYPE,
  type CountsAnswer,
  encodeCounts,
  type HeatAnswer,
  type SeriesAnswer,
  type SummaryAnswer,
  type TopAnswer,
} from './contract.ts';
import { countsAnswer } from './counts.ts';
import { createElsewhere } from './elsewhere.ts';
import { gridFor, heatOf } from './heat.ts';
import { offenceRows, sourceRows, themeRows } from './listings.ts';
import { measureOf } from './rates.ts';
import { offencesWithin, scopeAnswer, sourcesWithin } from './scoped.ts';
import { seriesOf } from './series.ts';
import { summaryOf } from './summary.ts';
import { topOf } from './top.ts';

/** Mounted under /api/v1. `stats` may be shared with other routes. */
export function statsRoutes(deps: StatsDeps, stats: Stats = openStats(deps)): Router {
  const routes = Router();
  const elsewhereOf = createElsewhere();
  routes.get('/:jurisdiction/counts', filterRoute(stats, 'counts', PARAMETERS.counts, answerCounts));
  routes.get('/:jurisdiction/summary', filterRoute(stats, 'summary', PARAMETERS.summary, answerSummary));
  routes.get('/:jurisdiction/series', filterRoute(stats, 'series', PARAMETERS.series, answerSeries));
  routes.get('/:jurisdiction/clock', filterRoute(stats, 'clock', PARAMETERS.clock, answerClock));
  routes.get('/:jurisdiction/top', filterRoute(stats, 'top', PARAMETERS.top, answerTop));
  routes.get('/:jurisdiction/heat', filterRoute(stats, 'heat', PARAMETERS.heat, answerHeat));
  routes.get('/:jurisdiction/offences', filterRoute(stats, 'offences', PARAMETERS.offences, answerOffences));
  const themes = (_snapshot: Snapshot, language: 'es' | 'en') => themeRows(deps.taxonomy, language);
  routes.get('/:jurisdiction/themes', listRoute(stats, 'themes', themes));
  routes.get(
    '/:jurisdiction/sources',
    listRoute(stats, 'sources', async (snapshot, _language, viewer) => {
      const limit = await limitsOf(deps, snapshot, viewer);
      const sources = await sourcesWithin(snapshot, viewer, limit);
      return sourceRows(sources, limit ? new Set() : await elsewhereOf(snapshot));
    }),
  );
  routes.get(
    '/:jurisdiction/scope',
    listRoute(stats, 'scope', (snapshot, _language, viewer) => scopeAnswer(deps.database, snapshot, viewer)),
  );
  return routes;
}

type Of<Name extends keyof typeof PARAMETERS> = Asking<z.output<(typeof PARAMETERS)[Name]>>;

async function answerCounts(
  { database, places }: Stats,
  { snapshot, plan, filter, population, withheld, leavesOutSensitive, own }: Of<'counts'>,
  request: Request,
): Promise<Body> {
  const layer = await findLayer(database, snapshot, own.layer);
  const range = rangeText(plan.range);
  const found = await snapshot.answers.byPlace(plan, layer);
  const measure = measureOf(await places(snapshot, layer), range.until);
  const answer = countsAnswer(snapshot.dataVersion, layer, found, measure, range);
  const { matched, withheld: unplaced, ...rest } = answer.totals;
  // They match as well, but for where they were.
  const left = await withheld();
  const counts: CountsAnswer = {
    ...answer,
    totals: { ...rest, matched: matched + left, withheld: unplaced + left },
    ...population(found),
    ...(leavesOutSensitive && filter.within?.type === 'polygon' && { leavesOutSensitive }),
  };
  if (request.accepts('application/json', COUNTS_TYPE) !== COUNTS_TYPE) return json(counts);
  return { type: COUNTS_TYPE, bytes: Buffer.from(encodeCounts(counts).buffer) };
}

async function answerSummary(
  { database }: Stats,
  { snapshot, plan, filter, own }: Of<'summary'>,
  request: Request,
): Promise<Body> {
  const layer = own.layer === undefined ? null : await findLayer(database, snapshot, own.layer);
  const through = throughTold(throughOf(filter, snapshot.sources), viewerOf(request));
  const summary: SummaryAnswer = {
    dataVersion: snapshot.dataVersion,
    ...(await summaryOf(snapshot.answers, plan, layer, filter.period, through, snapshot.sources)),
    // Where no more than months are shared, nothing is said of the days after the last of them.
    ...(viewerOf(request).scope.level === 'totals' && { last28Days: null }),
  };
  return json(summary);
}

async function answerSeries(
  _stats: Stats,
  { snapshot, plan, filter, population, own }: Of<'series'>,
  request: Request,
): Promise<Body> {
  const through = throughTold(throughOf(filter, snapshot.sources), viewerOf(request));
  const found = await snapshot.answers.byDay(plan);
  const series: SeriesAnswer = {
    dataVersion: snapshot.dataVersion,
    ...seriesOf(found, plan.range, own.step, through),
    ...population(found),
  };
  return json(series);
}

async function answerClock(
  _stats: Stats,
  { snapshot, plan, population }: Of<'clock'>,
  request: Request,
): Promise<Body> {
  const found = await snapshot.answers.bySlot(plan);
  const clock: ClockAnswer = {
    dataVersion: snapshot.dataVersion,
    // Which minutes stand for want of a time is known of all incidents alone.
    ...clockOf(
      found,
      plan.scope || viewerOf(request).scope.offences ? [] : fillersTogether(snapshot.sources, plan.sourceIds),
    ),
    ...population(found),
  };
  return json(clock);
}

async function answerTop(
  { database, places }: Stats,
  { snapshot, plan, filter, population, own }: Of<'top'>,
): Promise<Body> {
  const layer = await findLayer(database, snapshot, own.layer);
  const { range: earlier, reason } = periodBefore(plan, filter.period, snapshot.sources);
  const [now, before, known] = await Promise.all([
    snapshot.answers.byPlace(plan, layer),
    earlier && snapshot.answers.byPlace({ ...plan, range: earlier }, layer),
    places(snapshot, layer),
  ]);
  const measure = measureOf(known, rangeText(plan.range).until);
  const days = earlier && daysCompared(plan, plan.range, earlier);
  const top: TopAnswer = {
    dataVersion: snapshot.dataVersion,
    layerVersion: layer.version,
    rows: topOf(now, before, known, measure, own.limit, own.by, days),
    previousPeriod: earlier && { ...(rangeText(earlier) as { from: string; until: string }), ...(days && { days }) },
    previousReason: reason,
    ...population(now),
  };
  return json(top);
}

async function answerHeat(
  { database, extentOf }: Stats,
  { jurisdiction, snapshot, plan, population, own }: Of<'heat'>,
): Promise<Body> {
  const ofIncidents = () => (plan.scope ? scopeBoundsOf(database, jurisdiction.id, plan.scope) : extentOf(snapshot));
  const whole = jurisdiction.bounds ?? (await ofIncidents());
  const bounds = own.bbox ?? whole;
  const { dataVersion } = snapshot;
  if (!bounds) return json({ dataVersion, cellM: 0, points: [] } satisfies HeatAnswer);
  const { grid, cellM } = gridFor(bounds, own.zoom, cellLatitude(jurisdiction.bounds));
  const found = await snapshot.answers.byCell(plan, grid);
  return json({ dataVersion, ...heatOf(found, grid, cellM), ...population(found) } satisfies HeatAnswer);
}

/** Whichever are chosen, it is told of all of them: to choose others. */
async function answerOffences(
  { database, taxonomy }: Stats,
  { snapshot, plan, filter, narrowed }: Of<'offences'>,
  request: Request,
): Promise<Body> {
  const { offenceIds } = resolveFilter({ ...filter, theme: null, offences: [] }, { ...snapshot, taxonomy }, null);
  const { offences } = await snapshot.answers.bySlot(narrowed.narrow({ ...plan, offenceIds }));
  const limit = await limitsOf({ database, taxonomy }, snapshot, viewerOf(request));
  const listed = await offencesWithin(snapshot, limit);
  return json(offenceRows(taxonomy.withChoices(snapshot.choices), listed, offences, languageOf(request)));
}
