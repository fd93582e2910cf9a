// What a count of incidents would be by chance if nothing had changed: a band from the weeks before, which holds 95 % of
// weeks in which nothing happened. The level is a mean that forgets; where two years before or more are known it is
// corrected by what the same weeks of these were. How far weeks stray from that is measured on the weeks themselves (their
// forecasts, each without itself, against what came), so that a drifting level widens the band as it should. The
// counts are negative binomial with a variance of `dispersion` times the mean (Noufaily et al. 2013, doi
// 10.1002/sim.5595, the quasi-Poisson form), Poisson where they stray no more than that. Pure.

import { lnGamma } from '../statistics/distributions.ts';
import { SEASON_WEEKS, seasonOf } from './season.ts';

export type ExpectedBand = {
  readonly expected: number;
  /** Counts from low to high are as expected. */
  readonly low: number;
  readonly high: number;
  /** Variance ÷ mean of what was not foreseen; 1 = Poisson. */
  readonly dispersion: number;
  /** By what the same weeks of the years before raised or lowered it; null = too few years before. */
  readonly season: number | null;
};

/** What a week weighs beside the one after it. */
const KEPT = 0.94;
/** Weeks a level is made of at most, and at least. */
const MOST_WEEKS = 52;
const LEAST_WEEKS = 13;
/** Forecasts that the dispersion is measured on. */
const MOST_FORECASTS = 104;
const LEAST_FORECASTS = 26;
/** Fewer than this are expected to be none, and no band says more. */
const LEAST_EXPECTED = 0.3;
const WANTED = 0.95;
const LEAST_HELD = 0.925;

/** The weeks before that a band is made of at most. */
export const WEEKS_USED = MOST_WEEKS + SEASON_WEEKS;

/**
 * For the `span` weeks that follow `weeks` (oldest first, no gaps); null where there are too few weeks before, or too
 * few incidents in them.
 */
export function expectedBand(weeks: readonly number[], span: number): ExpectedBand | null {
  const last = weeks.length - span;
  if (last - LEAST_WEEKS + 1 < LEAST_FORECASTS) return null;
  const came = new Float64Array(weeks.length);
  const forecast = new Float64Array(weeks.length);
  for (let at = LEAST_WEEKS; at <= last; at++) {
    forecast[at] = level(weeks, at) * span;
    for (let week = at; week < at + span; week++) came[at]! += weeks[week]!;
  }
  const seasonAt = seasonOf({ first: LEAST_WEEKS, last, came, expected: forecast, span });
  const season = seasonAt(weeks.length);
  const expected = level(weeks, weeks.length) * span * (season ?? 1);
  if (expected < LEAST_EXPECTED) return null;
  let strayed = 0;
  let foreseen = 0;
  for (let at = Math.max(LEAST_WEEKS, last - MOST_FORECASTS + 1); at <= last; at++) {
    const foretold = forecast[at]! * ((season && seasonAt(at)) ?? 1);
    strayed += (came[at]! - foretold) ** 2;
    foreseen += foretold;
  }
  const dispersion = foreseen > 0 ? Math.max(1, strayed / foreseen) : 1;
  return { expected, dispersion, season, ...bandOfCounts(expected, dispersion) };
}

/** The mean of the weeks before `until`, the nearer ones for more. */
function level(weeks: readonly number[], until: number): number {
  let sum = 0;
  let weight = 0;
  for (let at = Math.max(0, until - MOST_WEEKS); at < until; at++) {
    sum = sum * KEPT + weeks[at]!;
    weight = weight * KEPT + 1;
  }
  return sum / weight;
}

/** Probabilities of the counts 0, 1, 2 …, up to where nothing is left. */
export function countProbabilities(mean: number, dispersion: number): Float64Array {
  const spread = Math.sqrt(mean * dispersion);
  const most = Math.ceil(mean + 12 * spread + 25 * dispersion);
  const isPoisson = dispersion < 1 + 1e-9;
  const size = isPoisson ? 0 : mean / (dispersion - 1);
  const logOf = (count: number) =>
    isPoisson
      ? count * Math.log(mean) - mean - lnGamma(count + 1)
      : lnGamma(count + size) -
        lnGamma(size) -
        lnGamma(count + 1) -
        size * Math.log(dispersion) +
        count * Math.log(1 - 1 / dispersion);
  return Float64Array.from({ length: most + 1 }, (_, count) => Math.exp(logOf(count)));
}

/**
 * The central run of counts that holds nearest to 95 %. Of small counts no run holds just that: the ends that hold most
 * beyond it are left off as long as 92.5 % are held.
 */
export function bandOfCounts(mean: number, dispersion: number): { readonly low: number; readonly high: number } {
  const at = countProbabilities(mean, dispersion);
  const tail = (1 - WANTED) / 2;
  let low = 0;
  let below = 0;
  while (below + at[low]! <= tail) below += at[low++]!;
  let high = at.length - 1;
  let above = 0;
  while (high > low && above + at[high]! <= tail) above += at[high--]!;
  let held = 1 - below - above;
  for (;;) {
    const [dropLow, dropHigh] = [held - at[low]!, held - at[high]!];
    const isLow = Math.abs(dropLow - WANTED) < Math.abs(dropHigh - WANTED);
    const next = isLow ? dropLow : dropHigh;
    if (low >= high || next < LEAST_HELD || Math.abs(next - WANTED) >= Math.abs(held - WANTED)) return { low, high };
    held = next;
    if (isLow) low++;
    else high--;
  }
}

/** Two-sided: how often a count as far off as this one comes by chance. */
export function chanceOfCount(count: number, { expected, dispersion }: ExpectedBand): number {
  const at = countProbabilities(expected, dispersion);
  let upTo = 0;
  for (let i = 0; i <= Math.min(count, at.length - 1); i++) upTo += at[i]!;
  let from = 0;
  for (let i = at.length - 1; i >= count; i--) from += at[i]!;
  return Math.min(1, 2 * Math.min(upTo, from));
}
