// p of a neighbourhood's sum with its skewness: counts are skewed, and the normal distribution calls too many high sums
// rare. The third moment over all orders of the values is exact; the tail is that of a gamma distribution with the same
// three moments (Pearson's type III, as Siemiatycki 1978 has it for Mantel's statistic).

import { gammaAbove, gammaBelow, normalTwoSided } from './distributions.ts';
import type { Weights } from './weights.ts';

/** A skewness smaller than this is none. */
const NONE = 1e-4;

/**
 * Two-sided, twice the smaller tail. `z` is the score of each place's sum of neighbours (Gi or Gi*); `withSelf`: all
 * values are exchanged, else all but the place's own.
 */
export function skewedP(
  values: ArrayLike<number>,
  weights: Weights,
  z: readonly (number | null)[],
  withSelf: boolean,
): (number | null)[] {
  const count = values.length;
  let [sum, sum2, sum3] = [0, 0, 0];
  for (let i = 0; i < count; i++) sum += values[i]!;
  const mean = sum / count;
  for (let i = 0; i < count; i++) {
    sum2 += (values[i]! - mean) ** 2;
    sum3 += (values[i]! - mean) ** 3;
  }
  return z.map((score, i) => {
    if (score === null) return null;
    const n = withSelf ? count : count - 1;
    const own = values[i]! - mean;
    const shift = withSelf ? 0 : -own / n;
    const raw2 = withSelf ? sum2 : sum2 - own ** 2;
    const raw3 = withSelf ? sum3 : sum3 - own ** 3;
    const m2 = raw2 / n - shift * shift;
    const m3 = raw3 / n - 3 * shift * (raw2 / n) + 2 * shift ** 3;
    let [w1, w2, w3] = [0, 0, 0];
    for (let e = weights.start[i]!; e < weights.start[i + 1]!; e++) {
      if (!withSelf && weights.to[e] === i) continue;
      const weight = weights.weight[e]!;
      w1 += weight;
      w2 += weight ** 2;
      w3 += weight ** 3;
    }
    const variance = (m2 * (n * w2 - w1 * w1)) / (n - 1);
    if (n < 3 || !(variance > 0)) return normalTwoSided(score);
    const third =
      m3 * (w3 - (3 * (w1 * w2 - w3)) / (n - 1) + (2 * (w1 ** 3 - 3 * w1 * w2 + 2 * w3)) / ((n - 1) * (n - 2)));
    return tailsOf(score, third / variance ** 1.5);
  });
}

/**
 * Of the conditional local Moran, whose score is that of the neighbours' sum with the sign of the place's own
 * deviation.
 */
export function skewedLocalMoranP(
  values: ArrayLike<number>,
  weights: Weights,
  z: readonly (number | null)[],
): (number | null)[] {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  const sums = z.map((score, i) => (score === null ? null : score * Math.sign(values[i]! - mean)));
  return skewedP(values, weights, sums, false);
}

function tailsOf(score: number, skewness: number): number {
  if (Math.abs(skewness) < NONE) return normalTwoSided(score);
  const shape = 4 / skewness ** 2;
  const at = shape + Math.sign(skewness) * score * Math.sqrt(shape);
  return Math.min(1, 2 * Math.min(gammaAbove(at, shape), gammaBelow(at, shape)));
}
