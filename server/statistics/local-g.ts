// Local and global G of Getis and Ord: where high values, or low ones, lie together. Ord & Getis 1995 (doi
// 10.1111/j.1538-4632.1995.tb00912.x), as spdep computes them. Getis & Ord 1996, p. 267, divide by n − 1 in the
// variance, which gives 1.4479 where this gives 1.4508; esda's Gi* of row-standardised weights is another formula (its
// issue 112).

import { type Answer, notSaid, said } from './contract.ts';
import { normalBelow, normalTwoSided } from './distributions.ts';
import { constantsOf, type Weights } from './weights.ts';

/** Per place, null where a place has no neighbours or all values but its own are the same. */
export type Local = { readonly z: readonly (number | null)[]; readonly p: readonly (number | null)[] };

/** Variances smaller than this share of the mean square are rounding. */
const NOTHING = 1e-13;

export const isFlat = (values: ArrayLike<number>): boolean => {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
};

/**
 * Gi*, each place among its own neighbours, or Gi, without: the weights say which, by `styled`. z of Gi* is the same
 * for binary and row-standardised weights.
 */
export function localG(values: ArrayLike<number>, weights: Weights, which: 'gi-star' | 'gi'): Answer<Local> {
  const count = values.length;
  if (count === 0) return notSaid('empty');
  if (count < 3) return notSaid('too-few-places');
  if (isFlat(values)) return notSaid('all-equal');
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  // Around the mean, so that nothing is lost where values are large and near each other.
  const mean = sum / count;
  const away = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    away[i] = values[i]! - mean;
    squares += away[i]! * away[i]!;
  }
  const { start, to, weight } = weights;
  const n = which === 'gi' ? count - 1 : count;
  const z: (number | null)[] = new Array(count);
  const p: (number | null)[] = new Array(count);
  let isSaid = false;
  let isWhole = false;
  for (let i = 0; i < count; i++) {
    let lag = 0;
    let w = 0;
    let w2 = 0;
    const begin = start[i]!;
    const end = start[i + 1]!;
    for (let e = begin; e < end; e++) {
      const one = weight[e]!;
      lag += one * away[to[e]!]!;
      w += one;
      w2 += one * one;
    }
    // Nobody stands in a row twice, so one neighbour beside itself is enough.
    const isAlone = end === begin || (end === begin + 1 && to[begin] === i);
    const own = away[i]!;
    const meanHere = which === 'gi' ? -own / n : 0;
    const varianceHere = (which === 'gi' ? squares - own * own : squares) / n - meanHere * meanHere;
    const variance = (varianceHere * (n * w2 - w * w)) / (n - 1);
    isWhole ||= !isAlone && n * w2 - w * w <= NOTHING * w * w;
    if (isAlone || varianceHere <= NOTHING * (squares / count) || n * w2 - w * w <= NOTHING * w * w) {
      z[i] = null;
      p[i] = null;
      continue;
    }
    const score = (lag - w * meanHere) / Math.sqrt(variance);
    z[i] = score;
    p[i] = normalTwoSided(score);
    isSaid = true;
  }
  return isSaid ? said({ z, p }) : notSaid(isWhole ? 'all-neighbours' : 'no-neighbours');
}

export type GlobalG = {
  readonly g: number;
  readonly expected: number;
  readonly variance: number;
  readonly z: number;
  /** One-sided, towards where it deviates; and two-sided. */
  readonly pOneSided: number;
  readonly p: number;
};

/** Getis & Ord 1992 (doi 10.1111/j.1538-4632.1992.tb00261.x), with binary weights and no place its own neighbour. */
export function globalG(values: ArrayLike<number>, weights: Weights): Answer<GlobalG> {
  const n = values.length;
  if (n < 4) return notSaid(n === 0 ? 'empty' : 'too-few-places');
  const { s0, s1, s2 } = constantsOf(weights);
  if (s0 === 0) return notSaid('no-neighbours');
  let [m1, m2, m3, m4] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value < 0) return notSaid('negative');
    m1 += value;
    m2 += value ** 2;
    m3 += value ** 3;
    m4 += value ** 4;
  }
  const pairs = m1 * m1 - m2;
  if (m1 === 0 || pairs <= NOTHING * m2) return notSaid('all-zero');
  if (isFlat(values)) return notSaid('all-equal');
  let sum = 0;
  for (let i = 0; i < n; i++)
    for (let e = weights.start[i]!; e < weights.start[i + 1]!; e++)
      sum += weights.weight[e]! * values[i]! * values[weights.to[e]!]!;
  const g = sum / pairs;
  const expected = s0 / (n * (n - 1));
  const s02 = s0 * s0;
  const b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s02;
  const b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s02);
  const b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s02);
  const b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s02;
  const b4 = s1 - s2 + s02;
  const square = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1 ** 4;
  const variance = square / (pairs * pairs * n * (n - 1) * (n - 2) * (n - 3)) - expected * expected;
  if (variance <= 0) return notSaid('all-equal');
  const z = (g - expected) / Math.sqrt(variance);
  return said({ g, expected, variance, z, pOneSided: normalBelow(-Math.abs(z)), p: normalTwoSided(z) });
}
