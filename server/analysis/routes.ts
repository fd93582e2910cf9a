// The analyses over HTTP: each a FILTER, counted from the cube, computed in a thread, named by data version, rights and
// parameters as every answer is.

import { Router } from 'express';
import type * as z from 'zod';
import { type Asking, filterRoute, type Stats } from '../counts/asking.ts';
import { type Body, json } from '../http/responses.ts';
import { openAnalyst } from './analyst.ts';
import { answerDensity } from './answer-density.ts';
import { answerChange, answerConcentration, answerEmerging, answerHotspots } from './answer-places.ts';
import { ANALYSES } from './contract.ts';
import { answerNearRepeat } from './near-repeats.ts';
import { createNeighbours } from './neighbours.ts';
import type { AnalysisDeps } from './values.ts';

/** Mounted under /api/v1. */
export function analysisRoutes(stats: Stats): Router {
  const analyst = openAnalyst();
  const deps: AnalysisDeps = { ...stats, analyst, neighbours: createNeighbours(stats.database, analyst) };
  const routes = Router();
  const route = <Name extends keyof typeof ANALYSES>(
    name: Name,
    answer: (deps: AnalysisDeps, asking: Asking<z.output<(typeof ANALYSES)[Name]>>) => Promise<object>,
  ) => {
    const make = async (_: Stats, asking: Asking<unknown>): Promise<Body> =>
      json(await answer(deps, asking as Asking<z.output<(typeof ANALYSES)[Name]>>));
    routes.get(`/:jurisdiction/${name}`, filterRoute(stats, name, ANALYSES[name], make));
  };
  route('hotspots', answerHotspots);
  route('density', answerDensity);
  route('near-repeat', answerNearRepeat);
  route('concentration', answerConcentration);
  route('change', answerChange);
  route('emerging', answerEmerging);
  return routes;
}
