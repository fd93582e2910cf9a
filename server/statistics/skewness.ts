// p of a neighbourhood's sum by the values' own distribution: counts are skewed, and the normal distribution calls too many
// high sums rare. As many values as there are neighbours are drawn from all places, and the distribution of their sum is
// worked out by folding: what dealing the values anew (Anselin 1995, doi 10.1111/j.1538-4632.1995.tb00338.x) comes to when
// it is done often enough. Drawn with replacement: where places are few, the tails are somewhat larger than dealt ones.

import { normalTwoSided } from './distributions.ts';
import type { Weights } from './weights.ts';

/** So many products are summed at most; larger or finer values are gathered in steps before. */
const MOST_PRODUCTS = 60_000_000;
const FEWEST_STEPS = 200;

/**
 * Two-sided, twice the smaller tail, of Gi, Gi* and the conditional local Moran alike; null where `z` is. Neighbours that
 * weigh differently are judged by the normal distribution.
 */
export function skewedP(values: ArrayLike<number>, weights: Weights, z: readonly (number | null)[]): (number | null)[] {
  const { start, to } = weights;
  const drawnAt = (i: number) => start[i + 1]! - start[i]!;
  const most = z.reduce<number>((known, score, i) => (score === null ? known : Math.max(known, drawnAt(i))), 0);
  const steps = inSteps(values, most);
  const found = z.map((score) => (score === null ? null : normalTwoSided(score)));
  const alike: number[][] = Array.from({ length: most + 1 }, () => []);
  for (const [i, score] of z.entries()) if (score !== null && weighAlike(weights, i)) alike[drawnAt(i)]!.push(i);
  for (const { drawn, below, above } of tailsOf(steps.of, (count) => alike[count]!.length > 0, most)) {
    // A value may be half a step off: the tails begin as much nearer.
    const slack = steps.areExact ? 0 : Math.ceil(drawn / 2);
    for (const i of alike[drawn]!) {
      let sum = 0;
      for (let e = start[i]!; e < start[i + 1]!; e++) sum += steps.of[to[e]!]!;
      const low = below[Math.min(sum + slack, below.length - 1)]!;
      const high = above[Math.max(sum - slack, 0)]!;
      found[i] = Math.min(1, 2 * Math.min(low, high));
    }
  }
  return found;
}

function weighAlike({ start, weight }: Weights, i: number): boolean {
  for (let e = start[i]! + 1; e < start[i + 1]!; e++) {
    if (Math.abs(weight[e]! - weight[start[i]!]!) > 1e-12 * weight[e]!) return false;
  }
  return true;
}

/** The values as whole steps above the least of them: by ones where they are counts that are few enough. */
function inSteps(values: ArrayLike<number>, drawn: number): { readonly of: Int32Array; readonly areExact: boolean } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let areWhole = true;
  const different = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    areWhole &&= Number.isInteger(value);
    different.add(value);
  }
  const range = greatest - least;
  const products = (steps: number) => (drawn * drawn * steps * Math.min(different.size, steps + 1)) / 2;
  let steps = range;
  if (!areWhole || products(range) > MOST_PRODUCTS) {
    steps = Math.floor(Math.sqrt((2 * MOST_PRODUCTS) / Math.max(1, drawn * drawn)));
    steps = Math.max(FEWEST_STEPS, Math.min(steps, 20_000));
    // Whole values are never cut finer than they are.
    if (areWhole) steps = Math.min(steps, range);
  }
  const areExact = areWhole && steps === range;
  const step = areExact ? 1 : range / steps;
  const of = Int32Array.from({ length: values.length }, (_, i) =>
    step > 0 ? Math.round((values[i]! - least) / step) : 0,
  );
  return { of, areExact };
}

type Tails = { readonly below: Float64Array; readonly above: Float64Array };

/**
 * By how many are drawn, 0 to `most`, where that is asked for: the probability of a sum of at most, and of at least, so many
 * steps. One after the other, since all of them together may be gigabytes.
 */
function* tailsOf(
  steps: Int32Array,
  isAsked: (drawn: number) => boolean,
  most: number,
): Generator<Tails & { readonly drawn: number }> {
  const share = new Map<number, number>();
  for (const step of steps) share.set(step, (share.get(step) ?? 0) + 1 / steps.length);
  const shares = [...share];
  const greatest = Math.max(0, ...share.keys());
  let chance = Float64Array.of(1);
  if (isAsked(0)) yield { drawn: 0, ...cumulated(chance) };
  for (let drawn = 1; drawn <= most; drawn++) {
    const next = new Float64Array(drawn * greatest + 1);
    for (let sum = 0; sum < chance.length; sum++) {
      const here = chance[sum]!;
      if (here > 0) for (const [step, one] of shares) next[sum + step]! += here * one;
    }
    chance = next;
    if (isAsked(drawn)) yield { drawn, ...cumulated(chance) };
  }
}

/** Each tail summed from its own end, so that a small one is not lost beside 1. */
function cumulated(chance: Float64Array): Tails {
  const below = new Float64Array(chance.length);
  const above = new Float64Array(chance.length);
  let sum = 0;
  for (let i = 0; i < chance.length; i++) {
    sum += chance[i]!;
    below[i] = sum;
  }
  sum = 0;
  for (let i = chance.length - 1; i >= 0; i--) {
    sum += chance[i]!;
    above[i] = sum;
  }
  return { below, above };
}
