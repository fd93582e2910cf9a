// How good each way of drawing a map of hot spots was, by what came after: made without the last days, scored by them.

import type * as z from 'zod';
import { usualWeights } from '../analysis/contract.ts';
import { partOf, picked } from '../analysis/part.ts';
import { type AnalysisDeps, leftOutIn, notPlacedIn, rangeOfHistory, valuesOf } from '../analysis/values.ts';
import { textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import { findLayer } from '../filter/places.ts';
import { type Range, rangeText } from '../filter/plan.ts';
import type { Reason } from '../statistics/contract.ts';
import { PREDICTIONS, type Prediction, type RATINGS, type ScoringAnswer } from './contract.ts';

const REFERENCE =
  'PAI, Chainey, Tompson & Uhlig 2008, doi 10.1057/palgrave.sj.8350066; PEI, Hunt 2016, the best choice by density; RRI, Levine 2008';
const YEAR_DAYS = 365;

type Map =
  | { readonly reason: Reason }
  | { readonly reason: null; readonly predicted: Float64Array; readonly isCount: boolean };

export async function answerScoring(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof RATINGS)['scoring']>>,
): Promise<ScoringAnswer> {
  const { jurisdiction, snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const isStreets = layer.type === 'streets';
  const weights = own.weights ?? usualWeights(layer.type);
  const range = rangeOfHistory(asking);
  const cut = range ? range.until - own.days : null;
  const learnFrom = cut === null ? null : cut - own.learn;
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: {
      ...{ days: own.days, learn: own.learn, shares: own.shares, weights, radiusM: own.radius },
      size: isStreets ? ('lengthM' as const) : ('areaM2' as const),
      learnedFrom: learnFrom === null ? null : textOf(learnFrom),
      heldOutFrom: cut === null ? null : textOf(cut),
      ...{ ...rangeText(range ?? plan.range), reference: REFERENCE },
    },
    ...{ layer: layer.code, layerVersion: layer.version },
  };
  if (!range || learnFrom! < range.from)
    return { ...about, reason: 'too-few-steps', heldOut: 0, notPlaced: notPlacedIn([]), part: null, methods: [] };
  const countsOf = async (period: Range) =>
    valuesOf((await snapshot.answers.byPlace({ ...plan, range: period }, layer)).counts, layer.features, 'count');
  const after = await snapshot.answers.byPlace({ ...plan, range: { from: cut!, until: range.until } }, layer);
  const notPlaced = await leftOutIn(asking, [after], [{ from: cut!, until: range.until }]);
  const part = await partOf(deps, asking, layer);
  const told = { notPlaced, part: part.told(after.counts) };
  const observed = picked(valuesOf(after.counts, layer.features, 'count'), part);
  const heldOut = observed.reduce((sum, each) => sum + each, 0);
  if (heldOut === 0) return { ...about, reason: 'all-zero', heldOut, ...told, methods: [] };
  const learned = await countsOf({ from: learnFrom!, until: cut! });
  const { x, y, size } = await deps.shapes.middles(jurisdiction, layer);
  const scaled = (counts: Float64Array, days: number) => counts.map((each) => (each * own.days) / days);
  const maps: Record<Prediction, () => Promise<Map>> = {
    'gi-star': async () => {
      const around = await deps.shapes.neighbours(jurisdiction, layer, weights);
      if (around.reason !== null) return around;
      const values = learned.map((each, i) => (part.isAsked?.[i] === 0 ? Number.NaN : each));
      const asked = { values, weights: around.weights, method: 'gi-star', style: 'B' } as const;
      const said = await deps.analyst('hotspots', { ...asked, correction: 'none', permutations: 0, seed: 1 });
      if (said.reason !== null) return said;
      return { reason: null, predicted: Float64Array.from(said.z, (each) => each ?? -1e9), isCount: false };
    },
    density: async () => {
      const said = isStreets
        ? await deps.analyst('streetDensity', {
            ...{ counts: learned, kernel: 'quartic', radiusM: own.radius, split: 'discontinuous' },
            junctions: await deps.shapes.junctions(jurisdiction, layer),
          })
        : await deps.analyst('densityAt', { x, y, weight: learned, radiusM: own.radius });
      if (said.reason !== null) return said;
      // Per metre (or square metre) times its size is the number expected in each place.
      const expected = said.density.map((each, i) => each * size[i]!);
      const all = expected.reduce((sum, each) => sum + each, 0);
      const total = learned.reduce((sum, each) => sum + each, 0);
      return {
        reason: null,
        predicted: scaled(
          expected.map((each) => (each * total) / all),
          own.learn,
        ),
        isCount: true,
      };
    },
    recent: async () => {
      const days = Math.min(own.days, own.learn);
      return {
        reason: null,
        predicted: scaled(await countsOf({ from: cut! - days, until: cut! }), days),
        isCount: true,
      };
    },
    'last-year': async () => {
      if (cut! - YEAR_DAYS < range.from) return { reason: 'no-earlier-period' };
      const counts = await countsOf({ from: cut! - YEAR_DAYS, until: cut! });
      return { reason: null, predicted: scaled(counts, YEAR_DAYS), isCount: true };
    },
  };
  const methods: ScoringAnswer['methods'][number][] = [];
  for (const method of PREDICTIONS) {
    const map = await maps[method]();
    if (map.reason !== null) {
      methods.push({ method, reason: map.reason, rows: [] });
      continue;
    }
    const { isCount } = map;
    const predicted = picked(map.predicted, part);
    const said = await deps.analyst('scores', {
      observed,
      predicted,
      size: picked(size, part),
      shares: own.shares,
      isCount,
    });
    methods.push({ method, reason: said.reason, rows: said.reason === null ? said.rows : [] });
  }
  return { ...about, reason: null, heldOut, ...told, methods };
}
