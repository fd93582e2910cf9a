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

/** How long each cell was in either row. */
export type CellLengths = { readonly first: ArrayLike<number>; readonly second: ArrayLike<number> };

/**
 * Of what lies in a cell of both rows, the second should have the share that its length and one ratio for all give it: a
 * logistic regression with an intercept, offset by the lengths. Where these are alike, and unless given they are, that is
 * Pearson's table. A cell that one of both never had is left out.
 */
export function compareClocks(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  lengths: CellLengths | null = null,
): Answer<ClockComparison> {
  if (first.length === 0) return notSaid('empty');
  if (Array.from(first).some((each, i) => each < 0 || second[i]! < 0)) return notSaid('negative');
  const used = Array.from({ length: first.length }, (_, i) => i).filter(
    (i) => first[i]! + second[i]! > 0 && (!lengths || (lengths.first[i]! > 0 && lengths.second[i]! > 0)),
  );
  const sum = (of: (i: number) => number) => used.reduce((total, i) => total + of(i), 0);
  const [a, b] = [sum((i) => first[i]!), sum((i) => second[i]!)];
  if (a === 0 || b === 0) return notSaid('all-zero');
  const both = (i: number) => first[i]! + second[i]!;
  const odds = (i: number) => (lengths ? lengths.second[i]! / lengths.first[i]! : 1);
  // The ratio at which the second row adds up to what it has, between bounds that halve.
  let [low, high] = [Math.log(b / a) - 60, Math.log(b / a) + 60];
  const shareAt = (log: number, i: number) => 1 / (1 + Math.exp(-log) / odds(i));
  for (let round = 0; lengths && round < 200 && high - low > 1e-15 * Math.abs(low); round++) {
    const middle = (low + high) / 2;
    if (sum((i) => both(i) * shareAt(middle, i)) < b) low = middle;
    else high = middle;
  }
  const ratio = lengths ? (low + high) / 2 : Math.log(b / a);
  const spreadOf = (i: number) => both(i) * shareAt(ratio, i) * (1 - shareAt(ratio, i));
  const spreads = sum(spreadOf);
  let chiSquared = 0;
  let sparse = 0;
  const residual: (number | null)[] = Array.from({ length: first.length }, () => null);
  for (const i of used) {
    const there = both(i) * shareAt(ratio, i);
    const here = both(i) - there;
    const away = second[i]! - there;
    chiSquared += away ** 2 / here + away ** 2 / there;
    if (Math.min(here, there) < 5) sparse++;
    const spread = spreadOf(i) * (1 - spreadOf(i) / spreads);
    residual[i] = spread > 0 ? away / Math.sqrt(spread) : null;
  }
  const hours = used.length;
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
