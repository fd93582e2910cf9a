// Rates with their intervals, drawn towards the whole where they stand on few, and who is really above the city.

import type * as z from 'zod';
import { partOf } from '../analysis/part.ts';
import { type AnalysisDeps, idsOf, leftOutIn, valuesOf } from '../analysis/values.ts';
import type { Asking } from '../counts/asking.ts';
import { MIN_RESIDENTS, MIN_SEGMENT_M } from '../counts/contract.ts';
import { measureOf } from '../counts/rates.ts';
import { findLayer } from '../filter/places.ts';
import { rangeText } from '../filter/plan.ts';
import type { RATINGS, RatesAnswer } from './contract.ts';

const REFERENCE =
  'exact Poisson intervals by the gamma distribution, Garwood 1936, doi 10.1093/biomet/28.3-4.437; empirical Bayes, Marshall 1991, doi 10.2307/2347593; funnel, Spiegelhalter 2005, doi 10.1002/sim.1970; Benjamini & Hochberg 1995';
const METRES_PER_KM = 1000;
const RESIDENTS_PER = 100_000;

export async function answerRates(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof RATINGS)['rates']>>,
): Promise<RatesAnswer> {
  const { snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const [found, known, part] = await Promise.all([
    snapshot.answers.byPlace(plan, layer),
    deps.places(snapshot, layer),
    partOf(deps, asking, layer),
  ]);
  const range = rangeText(plan.range);
  const measure = measureOf(known, range.until);
  const isPerKm = layer.type === 'streets';
  const counts = valuesOf(found.counts, layer.features, 'count');
  const base = Float64Array.from({ length: layer.features }, (_, i) => {
    if (measure === null || part.isAsked?.[i] === 0) return Number.NaN;
    return measure.unit === 'perKm'
      ? Math.max(measure.lengthM[i + 1]!, MIN_SEGMENT_M) / METRES_PER_KM
      : measure.residents[i + 1]!;
  });
  const per = isPerKm ? 1 : RESIDENTS_PER;
  const unit = isPerKm ? ('perKm' as const) : ('per100kResidents' as const);
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: {
      ...{ interval: own.interval, level: own.level, unit, ...range, reference: REFERENCE },
      denominator: measure?.unit === 'per100kResidents' ? measure.denominator : null,
      leastResidents: isPerKm ? null : MIN_RESIDENTS,
      leastLengthM: isPerKm ? MIN_SEGMENT_M : null,
    },
    ...{ layer: layer.code, layerVersion: layer.version },
    notPlaced: await leftOutIn(asking, [found], [plan.range]),
    part: part.told(found.counts),
    caveat: isPerKm ? null : ('ambient-population' as const),
  };
  const isFew = (i: number) => !isPerKm && base[i]! < MIN_RESIDENTS;
  const usable = base.map((each, i) => (isFew(i) ? Number.NaN : each));
  const said = await deps.analyst('rates', { counts, base: usable, interval: own.interval, level: own.level });
  const nothing = { ids: [], counts: [], base: [], rate: [], low: [], high: [], smoothed: [], p: [], adjustedP: [] };
  if (said.reason !== null)
    return {
      ...{ ...about, reason: said.reason, ...nothing, side: [], whole: null, funnel: [], dispersion: null },
      fewResidents: [],
    };
  const scaled = (list: readonly (number | null)[]) => list.map((each) => each && round(each * per));
  const ids = idsOf(layer.features);
  const { whole, funnel } = said;
  return {
    ...{ ...about, reason: null, ids, counts: [...counts] },
    // Kilometres to the millimetre: a rate is of these.
    base: Array.from(base, (each) => (Number.isNaN(each) ? null : Math.round(each * 1e6) / 1e6)),
    ...{ rate: scaled(said.rate), low: scaled(said.low), high: scaled(said.high), smoothed: scaled(said.smoothed) },
    p: funnel.map((each) => each?.p ?? null),
    adjustedP: funnel.map((each) => each?.adjustedP ?? null),
    side: funnel.map((each) => each?.side ?? null),
    whole: { ...whole, rate: whole.rate * per, low: whole.low * per, high: whole.high * per },
    funnel: said.limits.map(({ base: size, low95, high95, low998, high998 }) => ({
      ...{ base: size, low95: (low95 / size) * per, high95: (high95 / size) * per },
      ...{ low998: (low998 / size) * per, high998: (high998 / size) * per },
    })),
    dispersion: said.dispersion,
    fewResidents: ids.filter((_, i) => isFew(i)),
  };
}

const round = (value: number) => Math.round(value * 1e4) / 1e4;
