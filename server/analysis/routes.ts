// The analyses over HTTP: each a FILTER, counted from the cube, computed in a thread, named by data version, rights and
// parameters as every answer is.

import { type NextFunction, type Request, type Response, Router } from 'express';
import type * as z from 'zod';
import { viewerOf } from '../access/viewer.ts';
import { type Asking, filterRoute, type Stats } from '../counts/asking.ts';
import { type Body, json } from '../http/responses.ts';
import { throttle } from '../http/throttle.ts';
import { openAnalyst } from './analyst.ts';
import { answerDensity } from './answer-density.ts';
import { answerChange, answerConcentration, answerEmerging, answerHotspots } from './answer-places.ts';
import { ANALYSES } from './contract.ts';
import { answerNearRepeat } from './near-repeats.ts';
import { createNeighbours } from './neighbours.ts';
import type { AnalysisDeps } from './values.ts';

/** Each may keep a thread busy for seconds; whoever signed in is known by name, the public by their address alone. */
const OF_THE_PUBLIC_PER_MINUTE = 30;

/** Mounted under /api/v1. */
export function analysisRoutes(stats: Stats): Router {
  const opened = (): AnalysisDeps => {
    const analyst = openAnalyst();
    return { ...stats, analyst, neighbours: createNeighbours(stats.database, analyst) };
  };
  // In threads of their own, so that nobody who works here ever waits behind the public.
  const [forPublic, forOthers] = [opened(), opened()];
  const routes = Router();
  const throttled = throttle(OF_THE_PUBLIC_PER_MINUTE);
  const seldom = (request: Request, response: Response, next: NextFunction) =>
    viewerOf(request).role === 'public' ? throttled(request, response, next) : next();
  const route = <Name extends keyof typeof ANALYSES>(
    name: Name,
    answer: (deps: AnalysisDeps, asking: Asking<z.output<(typeof ANALYSES)[Name]>>) => Promise<object>,
  ) => {
    const make = async (_: Stats, asking: Asking<unknown>, request: Request): Promise<Body> =>
      json(
        await answer(
          viewerOf(request).role === 'public' ? forPublic : forOthers,
          asking as Asking<z.output<(typeof ANALYSES)[Name]>>,
        ),
      );
    routes.get(`/:jurisdiction/${name}`, seldom, filterRoute(stats, name, ANALYSES[name], make));
  };
  route('hotspots', answerHotspots);
  route('density', answerDensity);
  route('near-repeat', answerNearRepeat);
  route('concentration', answerConcentration);
  route('change', answerChange);
  route('emerging', answerEmerging);
  return routes;
}
