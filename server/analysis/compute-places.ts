// What the worker computes of places: rates that stand on few, trends against their own history, how good a map was. Pure.

import { type Answer, notSaid, said } from '../statistics/contract.ts';
import { chanceOf, chanceSums, cusum, ROSSI, rossiScore } from '../statistics/cusum.ts';
import { adjusted } from '../statistics/false-discoveries.ts';
import { scorePrediction } from '../statistics/prediction-scores.ts';
import {
  empiricalBayes,
  type FunnelLimits,
  type FunnelPlace,
  funnel,
  funnelLimits,
  poissonInterval,
} from '../statistics/rates.ts';
import { type LogTrend, logTrend } from '../statistics/trend.ts';

export type RatesQuestion = {
  readonly counts: Float64Array;
  /** Residents, or kilometres; NaN where there are too few to divide by. */
  readonly base: Float64Array;
  /** Of the intervals, such as 0.95. */
  readonly interval: number;
  /** Of the false discoveries held. */
  readonly level: number;
};
export type RatesFound = {
  /** Per one resident, or kilometre; null where there are too few. */
  readonly rate: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly funnel: readonly (FunnelPlace | null)[];
  readonly whole: {
    readonly count: number;
    readonly base: number;
    readonly rate: number;
    readonly low: number;
    readonly high: number;
  };
  readonly limits: readonly FunnelLimits[];
  /** Pearson's χ² of the places against one rate for all, ÷ degrees of freedom: 1 where they differ as chance would. */
  readonly dispersion: number | null;
};

export function ratesOf({ counts, base, interval, level }: RatesQuestion): Answer<RatesFound> {
  const residents = base.map((each) => (each > 0 ? each : 0));
  if (residents.every((each) => each === 0)) return notSaid('no-denominator');
  const judged = funnel(counts, residents, { level });
  if (judged.reason !== null) return judged;
  const smoothed = empiricalBayes(counts, residents);
  if (smoothed.reason !== null) return smoothed;
  const rate: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  let [count, all, places, chiSquared] = [0, 0, 0, 0];
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < counts.length; i++) {
    const b = residents[i]!;
    if (b === 0) {
      for (const list of [rate, low, high]) list.push(null);
      continue;
    }
    const bounds = poissonInterval(counts[i]!, interval);
    rate.push(counts[i]! / b);
    low.push(bounds.low / b);
    high.push(bounds.high / b);
    count += counts[i]!;
    all += b;
    places++;
    least = Math.min(least, b);
    most = Math.max(most, b);
    const expected = b * judged.mean;
    chiSquared += (counts[i]! - expected) ** 2 / expected;
  }
  const bounds = poissonInterval(count, interval);
  return said({
    ...{ rate, low, high, smoothed: smoothed.rate, funnel: judged.places },
    whole: { count, base: all, rate: count / all, low: bounds.low / all, high: bounds.high / all },
    limits: funnelLimits(judged.mean, least, most),
    dispersion: places > 1 ? chiSquared / (places - 1) : null,
  });
}

export type TrendsQuestion = {
  /** Counts of each step by place. */
  readonly steps: readonly Float64Array[];
  readonly days: readonly number[];
  readonly stepsPerYear: number;
  readonly season: boolean;
  /** The last steps, which are watched against those before. */
  readonly watch: number;
  readonly level: number;
};
type Own = Pick<LogTrend, 'perYear' | 'low' | 'high' | 'p' | 'dispersion'>;
export type Watched = {
  /** The step at which the sum passed the limit and since when it has been above nought; null where it did not. */
  readonly side: 'high' | 'low' | null;
  readonly since: number | null;
  /** Of the steps watched. */
  readonly observed: number;
  readonly expected: number;
};
/** With how far the sum got at most, either way. */
type Summed = Watched & { readonly sum: number };
export type TrendsFound = {
  readonly totals: readonly number[];
  /** Null where a place has too few incidents to say. */
  readonly trends: readonly (Own | null)[];
  readonly adjustedP: readonly (number | null)[];
  readonly watched: readonly (Watched | null)[];
  readonly whole: {
    readonly counts: readonly number[];
    readonly trend: (Own & { readonly fitted: readonly number[] }) | null;
    readonly watched: (Watched & { readonly high: readonly number[]; readonly low: readonly number[] }) | null;
  };
};

/** Fewer incidents in all say nothing of a trend, and would only weaken what is said of the others. */
export const LEAST_FOR_TREND = 20;

export function trendsOf(question: TrendsQuestion): Answer<TrendsFound> {
  const { steps, days, stepsPerYear, season, level } = question;
  const places = steps[0]?.length ?? 0;
  if (places === 0) return notSaid('empty');
  const seriesOf = (place: number) => Float64Array.from(steps, (step) => step[place]!);
  const sum = (series: Float64Array) => series.reduce((total, each) => total + each, 0);
  const city = Float64Array.from(steps, sum);
  if (sum(city) === 0) return notSaid('all-zero');
  const options = { days, stepsPerYear, season, level };
  const whole = logTrend(city, options);
  if (whole.reason === 'too-few-steps') return whole;
  const totals: number[] = [];
  const trends: (Own | null)[] = [];
  const watched: (Summed | null)[] = [];
  for (let place = 0; place < places; place++) {
    const series = seriesOf(place);
    totals.push(sum(series));
    const enough = totals[place]! >= LEAST_FOR_TREND;
    const found = enough ? logTrend(series, options) : null;
    trends.push(found?.reason === null ? ownOf(found) : null);
    watched.push(enough ? (watch(series, question)?.watched ?? outOfNothing(series, question)) : null);
  }
  const own = watch(city, question);
  const sums = chanceSums(designOf(question), question.watch, ROSSI.allowance);
  // Of many places some get far by chance: the false alarms of all together are held.
  const alarms = adjusted(watched.map((each) => (each ? chanceOf(each.sum, sums) : null)));
  return said({
    ...{ totals, trends },
    watched: watched.map((each, i) => each && sounded(each, alarms[i]! <= level)),
    adjustedP: adjusted(trends.map((each) => each?.p ?? null)),
    whole: {
      counts: [...city],
      trend: whole.reason === null ? { ...ownOf(whole), fitted: whole.fitted } : null,
      watched: own && {
        ...sounded(own.watched, chanceOf(own.watched.sum, sums) <= level),
        ...{ high: own.high, low: own.low },
      },
    },
  });
}

/** What a watched place is told of: nothing but its figures where chance gets as far. */
const sounded = ({ sum: _, ...watched }: Summed, isAlarm: boolean): Watched =>
  isAlarm ? watched : { ...watched, side: null, since: null };

/** What each step is fitted by: a level, and a yearly wave. */
const designOf = ({ steps, stepsPerYear, season }: TrendsQuestion): Float64Array[] =>
  steps.map((_, i) => {
    const angle = (2 * Math.PI * i) / stepsPerYear;
    return Float64Array.from([1, ...(season ? [Math.sin(angle), Math.cos(angle)] : [])]);
  });

const ownOf = ({ perYear, low, high, p, dispersion }: LogTrend): Own => ({ perYear, low, high, p, dispersion });

/** The steps watched against what those before, with their season and without a trend, lead to expect. */
function watch(series: Float64Array, { days, stepsPerYear, season, watch: last }: TrendsQuestion) {
  const until = series.length - last;
  const usual = logTrend(series, { days, stepsPerYear, season, trend: false, until });
  if (usual.reason !== null) return null;
  // Counts that vary more than chance alone would are measured by how they vary.
  const spread = Math.sqrt(usual.dispersion);
  const scores = Array.from(
    { length: last },
    (_, k) => rossiScore(series[until + k]!, usual.fitted[until + k]!) / spread,
  );
  const sums = cusum(scores, { target: 0, ...ROSSI });
  if (sums.reason !== null) return null;
  const [up, down] = [sums.firstHigh, sums.firstLow];
  const side = up !== null && (down === null || up <= down) ? 'high' : down !== null ? 'low' : null;
  const line = side === 'low' ? sums.low : sums.high;
  let since = side === 'low' ? down : up;
  while (side !== null && since! > 0 && line[since! - 1]! > 0) since!--;
  let [observed, expected] = [0, 0];
  for (let k = until; k < series.length; k++) {
    observed += series[k]!;
    expected += usual.fitted[k]!;
  }
  const sum = Math.max(...sums.high, ...sums.low);
  const watched: Summed = { side, since: side === null ? null : until + since!, observed, expected, sum };
  return { watched, high: sums.high, low: sums.low };
}

/** Where there was none before, nothing can be expected; many since then stand out beyond any sum of chance. */
function outOfNothing(series: Float64Array, question: TrendsQuestion): Summed | null {
  const until = series.length - question.watch;
  // As few steps as a fit needs.
  if (until < designOf(question)[0]!.length + 2 || series.subarray(0, until).some((count) => count > 0)) return null;
  const since = series.findIndex((count) => count > 0);
  const observed = series.reduce((sum, count) => sum + count, 0);
  return { side: 'high', since, observed, expected: 0, sum: Number.POSITIVE_INFINITY };
}

export type ScoresQuestion = {
  readonly observed: Float64Array;
  readonly predicted: Float64Array;
  readonly size: Float64Array;
  readonly shares: readonly number[];
  /** What is predicted is a number of incidents, not a score. */
  readonly isCount: boolean;
};
export type ScoredShare = {
  readonly share: number;
  readonly places: number;
  readonly sizeShare: number;
  readonly hits: number;
  readonly hitRate: number;
  readonly pai: number;
  readonly pei: number | null;
  readonly rri: number | null;
};

/** How many of what came after lay in so small a share of the ground that was held to be worst. */
export function scoresOf({ observed, predicted, size, shares, isCount }: ScoresQuestion): Answer<{
  readonly rows: readonly ScoredShare[];
}> {
  // A score is compared as it is, an expected number by how dense it makes a place.
  const ranked = isCount ? predicted : predicted.map((score, i) => score * size[i]!);
  const scored = scorePrediction(observed, ranked, size);
  if (scored.reason !== null) return scored;
  const all = observed.reduce((sum, each) => sum + each, 0);
  const rows = shares.map((share): ScoredShare => {
    let last = scored.areaShare.findIndex((taken) => taken > share * (1 + 1e-12)) - 1;
    if (last === -2) last = scored.areaShare.length - 1;
    last = Math.max(0, last);
    return {
      ...{ share, places: last + 1, sizeShare: scored.areaShare[last]! },
      ...{ hits: Math.round(scored.hitRate[last]! * all), hitRate: scored.hitRate[last]! },
      ...{ pai: scored.pai[last]!, pei: scored.pei[last]!, rri: isCount ? scored.rri[last]! : null },
    };
  });
  return said({ rows });
}
