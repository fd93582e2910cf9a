// The analyses over HTTP: each a FILTER, counted from the cube, computed in a thread, named by data version, rights and
// parameters as every answer is.

import { Router } from 'express';
import type * as z from 'zod';
import { type Asking, filterRoute, type Stats } from '../counts/asking.ts';
import { type Body, json } from '../http/responses.ts';
import { openAnalyst } from './analyst.ts';
import { answerDensity } from './answer-density.ts';
import { answerGridHotspots } from './answer-grid.ts';
import { answerChange, answerConcentration, answerEmerging, answerHotspots } from './answer-places.ts';
import { answerStreetDensity } from './answer-street-density.ts';
import { ANALYSES } from './contract.ts';
import { answerNearRepeat } from './near-repeats.ts';
import { createShapes } from './shapes.ts';
import type { AnalysisDeps } from './values.ts';

/** What all analyses share: one thread, and the shapes worked out. */
export function openAnalyses(stats: Stats): AnalysisDeps {
  const analyst = openAnalyst();
  return { ...stats, analyst, shapes: createShapes(stats.database, analyst) };
}

/** Adds one analysis: its FILTER and own parameters parsed, its answer named as all answers are. */
export function addAnalysis<T extends z.ZodObject>(
  routes: Router,
  deps: AnalysisDeps,
  { name, schema }: { readonly name: string; readonly schema: T },
  answer: (deps: AnalysisDeps, asking: Asking<z.output<T>>) => Promise<object>,
): void {
  const make = async (_: Stats, asking: Asking<z.output<T>>): Promise<Body> => json(await answer(deps, asking));
  routes.get(`/:jurisdiction/${name}`, filterRoute(deps, name, schema, make));
}

/** Mounted under /api/v1. */
export function analysisRoutes(deps: AnalysisDeps): Router {
  const routes = Router();
  const route = <Name extends keyof typeof ANALYSES>(
    name: Name,
    answer: (deps: AnalysisDeps, asking: Asking<z.output<(typeof ANALYSES)[Name]>>) => Promise<object>,
  ) => addAnalysis(routes, deps, { name, schema: ANALYSES[name] }, answer as Parameters<typeof addAnalysis>[3]);
  route('hotspots', answerHotspots);
  route('density', answerDensity);
  route('street-density', answerStreetDensity);
  route('grid-hotspots', answerGridHotspots);
  route('near-repeat', answerNearRepeat);
  route('concentration', answerConcentration);
  route('change', answerChange);
  route('emerging', answerEmerging);
  return routes;
}
