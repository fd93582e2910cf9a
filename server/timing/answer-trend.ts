// Whether each place rises or falls over the years, and whether it left its own level lately.

import type * as z from 'zod';
import { LEAST_FOR_TREND } from '../analysis/compute-places.ts';
import type { NotPlaced } from '../analysis/contract.ts';
import {
  type AnalysisDeps,
  daysAsked,
  idsOf,
  leftOutIn,
  rangeOfHistory,
  stepsOf,
  valuesOf,
} from '../analysis/values.ts';
import { textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import { findLayer } from '../filter/places.ts';
import { rangeText } from '../filter/plan.ts';
import { ROSSI } from '../statistics/cusum.ts';
import { MOST_TREND_STEPS, type TIMINGS, type TrendAnswer } from './contract.ts';

const REFERENCE =
  'Poisson regression, quasi-likelihood, McCullagh & Nelder 1989; CUSUM with the transformation of Rossi, Lampugnani & Marchi 1999; Benjamini & Hochberg 1995';
const STEPS_PER_YEAR = { week: 365.25 / 7, '28d': 365.25 / 28, month: 12 } as const;

export async function answerTrend(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof TIMINGS)['trend']>>,
): Promise<TrendAnswer> {
  const { snapshot, plan, own } = asking;
  const { step, season, watch, level } = own;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const range = rangeOfHistory(asking);
  const ranges = range ? stepsOf(range, step, MOST_TREND_STEPS - 1) : [];
  const left: NotPlaced[] = [];
  const days = ranges.map((each) => daysAsked(each, plan));
  const about = () => ({
    dataVersion: snapshot.dataVersion,
    parameters: {
      ...{ step, season, watch, level, ...ROSSI, leastIncidents: LEAST_FOR_TREND, ...rangeText(range ?? plan.range) },
      reference: REFERENCE,
    },
    ...{ layer: layer.code, layerVersion: layer.version, steps: ranges.map(({ from }) => textOf(from)) },
    ...{ days, notPlaced: left },
  });
  const nothing = {
    ...{ ids: [], counts: [], perYear: [], low: [], high: [], p: [], adjustedP: [], direction: [] },
    ...{ alarm: [], since: [], observed: [], expected: [], whole: null },
  };
  if (ranges.length < watch + 8) return { ...about(), reason: 'too-few-steps', ...nothing };
  const steps: Float64Array[] = [];
  for (const each of ranges) {
    const tally = await snapshot.answers.byPlace({ ...plan, range: each }, layer);
    left.push(await leftOutIn(asking, [tally], [each]));
    steps.push(valuesOf(tally.counts, layer.features, 'count'));
  }
  if (days.some((each) => each === 0)) return { ...about(), reason: 'no-hours', ...nothing };
  const said = await deps.analyst('trends', {
    ...{ steps, days, stepsPerYear: STEPS_PER_YEAR[step], season: season === 'wave', watch, level },
  });
  if (said.reason !== null) return { ...about(), reason: said.reason, ...nothing };
  const { totals, trends, adjustedP, watched, whole } = said;
  const dayOfStep = (at: number | null | undefined) =>
    at === null || at === undefined ? null : textOf(ranges[at]!.from);
  const sideOf = (perYear: number) => (perYear > 0 ? 'up' : 'down');
  return {
    ...{ ...about(), reason: null, ids: idsOf(layer.features), counts: totals, adjustedP },
    perYear: trends.map((each) => each?.perYear ?? null),
    low: trends.map((each) => each?.low ?? null),
    high: trends.map((each) => each?.high ?? null),
    p: trends.map((each) => each?.p ?? null),
    direction: trends.map((each, i) => each && (adjustedP[i]! <= level ? sideOf(each.perYear) : 'none')),
    alarm: watched.map((each) => each?.side ?? null),
    since: watched.map((each) => dayOfStep(each?.since)),
    observed: watched.map((each) => each?.observed ?? null),
    expected: watched.map((each) => each && Math.round(each.expected * 100) / 100),
    whole: {
      ...{ counts: whole.counts, fitted: whole.trend?.fitted ?? null },
      trend: whole.trend && ownOf(whole.trend),
      direction: whole.trend && whole.trend.p <= level ? sideOf(whole.trend.perYear) : 'none',
      ...{ alarm: whole.watched?.side ?? null, since: dayOfStep(whole.watched?.since) },
    },
  };
}

const ownOf = ({ perYear, low, high, p, dispersion }: NonNullable<NonNullable<TrendAnswer['whole']>['trend']>) => ({
  ...{ perYear, low, high, p, dispersion },
});
