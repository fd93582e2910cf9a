// Whether two clocks are the same: Pearson's chi-squared of two rows of hours, and which hours differ (adjusted
// residuals, Haberman 1973, doi 10.2307/2529686, with the false discoveries of all hours held).

import { type Answer, notSaid, said } from './contract.ts';
import { chiSquaredAbove, normalTwoSided } from './distributions.ts';
import { adjusted } from './false-discoveries.ts';

export type Comparison = {
  readonly chiSquared: number;
  readonly degrees: number;
  readonly p: number;
  /** Per hour, positive where the second has a larger share; null where neither has anything. */
  readonly residual: readonly (number | null)[];
  readonly adjustedP: readonly (number | null)[];
  /** Hours with fewer than five expected in a row: above a fifth of them, p is not to be relied on. */
  readonly sparse: number;
};

export function compareClocks(first: ArrayLike<number>, second: ArrayLike<number>): Answer<Comparison> {
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
