// Rates, stability and the scoring of maps over HTTP.

import { Router } from 'express';
import { analysed } from '../analysis/routes.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { answerRates } from './answer-rates.ts';
import { answerScoring } from './answer-scoring.ts';
import { answerStability } from './answer-stability.ts';
import { RATINGS } from './contract.ts';

/** Mounted under /api/v1. */
export function ratingRoutes(deps: AnalysisDeps): Router {
  const routes = Router();
  routes.get('/:jurisdiction/rates', analysed(deps, 'rates', RATINGS.rates, answerRates));
  routes.get('/:jurisdiction/stability', analysed(deps, 'stability', RATINGS.stability, answerStability));
  routes.get('/:jurisdiction/scoring', analysed(deps, 'scoring', RATINGS.scoring, answerScoring));
  return routes;
}
