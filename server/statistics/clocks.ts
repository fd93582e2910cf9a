// Whether two clocks are the same, or one is even: Pearson's chi-squared of rows of hours, and which hours differ
// (adjusted residuals, Haberman 1973, doi 10.2307/2529686, with the false discoveries of all hours held).

import { type Answer, notSaid, said } from './contract.ts';
import { chiSquaredAbove, normalTwoSided } from './distributions.ts';
import { adjusted } from './false-discoveries.ts';

export type ClockComparison = {
  readonly chiSquared: number;
  readonly degrees: number;
  readonly p: number;
  /** Per hour, positive where the second has a larger share; null where neither has anything. */
  readonly residual: readonly (number | null)[];
  readonly adjustedP: readonly (number | null)[];
  /** Hours with fewer than five expected in a row: above a fifth of them, p is not to be relied on. */
  readonly sparse: number;
};

export function compareClocks(first: ArrayLike<number>, second: ArrayLike<number>): Answer<ClockComparison> {
  if (first.length === 0) return notSaid('empty');
  let [a, b] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    a += first[i]!;
    b += second[i]!;
  }
  if (a === 0 || b === 0) return notSaid('all-zero');
  const all = a + b;
  let chiSquared = 0;
  let hours = 0;
  let sparse = 0;
  const residual = Array.from({ length: first.length }, (_, i) => {
    const both = first[i]! + second[i]!;
    if (both === 0) return null;
    hours++;
    const [here, there] = [(both * a) / all, (both * b) / all];
    chiSquared += (first[i]! - here) ** 2 / here + (second[i]! - there) ** 2 / there;
    if (Math.min(here, there) < 5) sparse++;
    const spread = there * (1 - both / all) * (1 - b / all);
    return spread > 0 ? (second[i]! - there) / Math.sqrt(spread) : null;
  });
  if (hours < 2) return notSaid('all-equal');
  const adjustedP = adjusted(residual.map((value) => (value === null ? null : normalTwoSided(value))));
  return said({
    chiSquared,
    degrees: hours - 1,
    p: chiSquaredAbove(chiSquared, hours - 1),
    residual,
    adjustedP,
    sparse,
  });
}

/** Against an even spread over how long each cell was; null of cells that never were. `expected` is of each. */
export function againstEven(
  counts: ArrayLike<number>,
  length: ArrayLike<number>,
): Answer<ClockComparison & { readonly expected: readonly number[] }> {
  let [all, time, cells] = [0, 0, 0];
  for (let i = 0; i < counts.length; i++) {
    all += counts[i]!;
    time += length[i]!;
    cells += +(length[i]! > 0);
  }
  if (all === 0) return notSaid('all-zero');
  if (cells < 2) return notSaid('all-equal');
  const expected = Array.from(counts, (_, i) => (all * length[i]!) / time);
  let chiSquared = 0;
  const residual = expected.map((mean, i) => {
    if (mean === 0) return null;
    chiSquared += (counts[i]! - mean) ** 2 / mean;
    return (counts[i]! - mean) / Math.sqrt(mean * (1 - length[i]! / time));
  });
  return said({
    ...{ chiSquared, degrees: cells - 1, p: chiSquaredAbove(chiSquared, cells - 1), residual, expected },
    adjustedP: adjusted(residual.map((value) => (value === null ? null : normalTwoSided(value)))),
    sparse: expected.filter((mean) => mean > 0 && mean < 5).length,
  });
}
