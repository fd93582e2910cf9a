// The analyses over HTTP: each a FILTER, counted from the cube, computed in a thread, named by data version, rights and
// parameters as every answer is.

import { type RequestHandler, Router } from 'express';
import type * as z from 'zod';
import { type Asking, filterRoute, type Stats } from '../counts/asking.ts';
import { type Body, json } from '../http/responses.ts';
import { publicSeldom } from '../http/throttle.ts';
import { openAnalyst } from './analyst.ts';
import { answerDensity } from './answer-density.ts';
import { answerGridHotspots } from './answer-grid.ts';
import { answerChange, answerConcentration, answerEmerging, answerHotspots } from './answer-places.ts';
import { answerStreetDensity } from './answer-street-density.ts';
import { ANALYSES, type SaidBeside } from './contract.ts';
import { answerNearRepeat } from './near-repeats.ts';
import { createShapes } from './shapes.ts';
import type { AnalysisDeps } from './values.ts';

/** What all analyses share: one thread, and the shapes worked out. */
export function openAnalyses(stats: Stats): AnalysisDeps {
  const analyst = openAnalyst();
  return { ...stats, analyst, shapes: createShapes(stats.database, analyst) };
}

/** Each may keep a thread busy for seconds. */
const OF_THE_PUBLIC_PER_MINUTE = 30;
const seldom = publicSeldom(OF_THE_PUBLIC_PER_MINUTE);

/** One analysis: its FILTER and own parameters parsed, its answer named as all answers are. */
export function analysed<T extends z.ZodObject>(
  deps: AnalysisDeps,
  name: string,
  schema: T,
  answer: (deps: AnalysisDeps, asking: Asking<z.output<T>>) => Promise<object>,
): RequestHandler[] {
  const make = async (_: Stats, asking: Asking<z.output<T>>): Promise<Body> => {
    const { leavesOutSensitive, narrowed } = asking;
    const beside: SaidBeside = { leavesOutSensitive, arePlacesMoved: narrowed.arePlacesMoved };
    return json({ ...beside, ...(await answer(deps, asking)) });
  };
  return [seldom, filterRoute(deps, name, schema, make)];
}

/** Mounted under /api/v1. */
export function analysisRoutes(deps: AnalysisDeps): Router {
  const routes = Router();
  routes.get('/:jurisdiction/hotspots', analysed(deps, 'hotspots', ANALYSES.hotspots, answerHotspots));
  routes.get('/:jurisdiction/density', analysed(deps, 'density', ANALYSES.density, answerDensity));
  routes.get(
    '/:jurisdiction/street-density',
    analysed(deps, 'street-density', ANALYSES['street-density'], answerStreetDensity),
  );
  routes.get(
    '/:jurisdiction/grid-hotspots',
    analysed(deps, 'grid-hotspots', ANALYSES['grid-hotspots'], answerGridHotspots),
  );
  routes.get('/:jurisdiction/near-repeat', analysed(deps, 'near-repeat', ANALYSES['near-repeat'], answerNearRepeat));
  routes.get(
    '/:jurisdiction/concentration',
    analysed(deps, 'concentration', ANALYSES.concentration, answerConcentration),
  );
  routes.get('/:jurisdiction/change', analysed(deps, 'change', ANALYSES.change, answerChange));
  routes.get('/:jurisdiction/emerging', analysed(deps, 'emerging', ANALYSES.emerging, answerEmerging));
  return routes;
}
