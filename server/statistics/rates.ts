// Rates of small numbers: exact Poisson intervals (Garwood 1936, doi 10.1093/biomet/28.3-4.437), empirical-Bayes
// smoothing (Marshall 1991, doi 10.2307/2347593) and who is really above the city (funnel, Spiegelhalter 2005, doi
// 10.1002/sim.1970).

import { type Answer, notSaid, said } from './contract.ts';
import { gammaQuantile, poissonFrom, poissonUpTo } from './distributions.ts';
import { adjusted } from './false-discoveries.ts';

export type Interval = { readonly low: number; readonly high: number };

/** Of the mean behind a count. Divide by the residents for that of a rate. */
export function poissonInterval(count: number, level = 0.95): Interval {
  const tail = (1 - level) / 2;
  return { low: gammaQuantile(tail, count), high: gammaQuantile(1 - tail, count + 1) };
}

export type Smoothed = {
  readonly mean: number;
  /** Between places, beyond chance; 0 where all differences may be chance. */
  readonly variance: number;
  /** Null where there are no residents. */
  readonly rate: readonly (number | null)[];
};

/** Each rate drawn towards that of the whole, the more the fewer residents it stands on. */
export function empiricalBayes(events: ArrayLike<number>, residents: ArrayLike<number>): Answer<Smoothed> {
  let [all, base, places] = [0, 0, 0];
  let isNegative = false;
  for (let i = 0; i < events.length; i++) {
    isNegative ||= events[i]! < 0 || residents[i]! < 0;
    if (!(residents[i]! > 0)) continue;
    all += events[i]!;
    base += residents[i]!;
    places++;
  }
  if (events.length === 0) return notSaid('empty');
  if (isNegative) return notSaid('negative');
  if (base === 0) return notSaid('no-denominator');
  const mean = all / base;
  let squares = 0;
  for (let i = 0; i < events.length; i++)
    if (residents[i]! > 0) squares += residents[i]! * (events[i]! / residents[i]! - mean) ** 2;
  const variance = Math.max(0, squares / base - mean / (base / places));
  const rate = Array.from({ length: events.length }, (_, i) => {
    const b = residents[i]!;
    if (!(b > 0)) return null;
    if (mean === 0) return 0;
    const trust = variance / (variance + mean / b);
    return trust * (events[i]! / b) + (1 - trust) * mean;
  });
  return said({ mean, variance, rate });
}

export type FunnelPlace = {
  readonly expected: number;
  /** Exact, two-sided: twice the smaller tail. */
  readonly p: number;
  readonly adjustedP: number;
  readonly side: 'above' | 'below' | 'as-the-city';
};

/** Each place against the rate of the whole; null where nothing is to be expected. */
export function funnel(
  events: ArrayLike<number>,
  residents: ArrayLike<number>,
  { level = 0.05 } = {},
): Answer<{ readonly mean: number; readonly places: readonly (FunnelPlace | null)[] }> {
  const smoothed = empiricalBayes(events, residents);
  if (smoothed.reason !== null) return smoothed;
  const { mean } = smoothed;
  if (mean === 0) return notSaid('all-zero');
  const p = Array.from({ length: events.length }, (_, i) => {
    const expected = residents[i]! * mean;
    if (!(expected > 0)) return null;
    return Math.min(1, 2 * Math.min(poissonFrom(events[i]!, expected), poissonUpTo(events[i]!, expected)));
  });
  const judged = adjusted(p);
  const places = p.map((value, i): FunnelPlace | null => {
    if (value === null) return null;
    const expected = residents[i]! * mean;
    const isClear = judged[i]! <= level;
    const side = isClear ? (events[i]! > expected ? 'above' : 'below') : 'as-the-city';
    return { expected, p: value, adjustedP: judged[i]!, side };
  });
  return said({ mean, places });
}

export type FunnelLimits = {
  readonly base: number;
  readonly low95: number;
  readonly high95: number;
  readonly low998: number;
  readonly high998: number;
};

/** Counts between which a place of such a base lies by chance, at sizes spread evenly by their logarithms. */
export function funnelLimits(mean: number, least: number, most: number, sizes = 30): FunnelLimits[] {
  if (!(least > 0 && most >= least && mean > 0)) return [];
  return Array.from({ length: sizes }, (_, k) => {
    const base = least * (most / least) ** (k / (sizes - 1));
    const expected = base * mean;
    return {
      base,
      ...{ low95: poissonQuantile(0.025, expected), high95: poissonQuantile(0.975, expected) },
      ...{ low998: poissonQuantile(0.001, expected), high998: poissonQuantile(0.999, expected) },
    };
  });
}

/** The least count of which so much lies at or below. */
export function poissonQuantile(share: number, mean: number): number {
  let low = -1;
  let high = Math.ceil(mean + 10 * Math.sqrt(mean) + 20);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (poissonUpTo(middle, mean) >= share) high = middle;
    else low = middle;
  }
  return high;
}
