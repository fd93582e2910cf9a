// Uncertain hours, clocks compared and trends over HTTP.

import { Router } from 'express';
import { analysed } from '../analysis/routes.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { answerAoristic } from './answer-aoristic.ts';
import { answerClocks } from './answer-clocks.ts';
import { answerTrend } from './answer-trend.ts';
import { TIMINGS } from './contract.ts';

/** Mounted under /api/v1. */
export function timingRoutes(deps: AnalysisDeps): Router {
  const routes = Router();
  routes.get('/:jurisdiction/aoristic', analysed(deps, 'aoristic', TIMINGS.aoristic, answerAoristic));
  routes.get('/:jurisdiction/clocks', analysed(deps, 'clocks', TIMINGS.clocks, answerClocks));
  routes.get('/:jurisdiction/trend', analysed(deps, 'trend', TIMINGS.trend, answerTrend));
  return routes;
}
