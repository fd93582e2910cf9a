// p of a neighbourhood's sum by the values' own distribution: counts are skewed, and the normal distribution calls too many
// high sums rare. As many values as there are neighbours are drawn from all places, and the distribution of their sum is
// worked out by folding: what dealing the values anew (Anselin 1995, doi 10.1111/j.1538-4632.1995.tb00338.x) comes to when
// it is done often enough. Drawn with replacement: where places are few, the tails are somewhat larger than dealt ones. Of very
// many neighbours the tails are approximated by the saddlepoint (Lugannani & Rice 1980, doi 10.2307/1426607; of whole values
// Daniels 1987, doi 10.2307/1403269), which is off by about one part in as many as are drawn.

import { normalBelow, normalTwoSided } from './distributions.ts';
import type { Weights } from './weights.ts';

/** So many products are summed at most; larger or finer values are gathered in steps before. */
const MOST_PRODUCTS = 60_000_000;
const FEWEST_STEPS = 200;
/** Rates of a thousand neighbours would take twenty times as many: a second is enough to fold. */
const MOST_FOLDED = 1_000_000_000;

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
  const mayFold = Math.min(most, mostFolded(steps.of));
  // As far as any place is asked about.
  const folded = alike.findLastIndex((places, drawn) => drawn <= mayFold && places.length > 0);
  const tails = mayFold < most ? sumTails(values) : null;
  for (let drawn = mayFold + 1; drawn <= most; drawn++) {
    for (const i of alike[drawn]!) {
      let sum = 0;
      for (let e = start[i]!; e < start[i + 1]!; e++) sum += values[to[e]!]!;
      const { low, high } = tails!(drawn, sum);
      found[i] = Math.min(1, 2 * Math.min(low, high));
    }
  }
  for (const { drawn, below, above } of tailsOf(steps.of, (count) => alike[count]!.length > 0, folded)) {
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

/** As many as may be drawn for the folding to end in time. */
function mostFolded(steps: Int32Array): number {
  const greatest = steps.reduce((a, b) => Math.max(a, b), 0);
  return Math.floor(Math.sqrt((2 * MOST_FOLDED) / Math.max(1, greatest * new Set(steps).size)));
}

/** Finer than this the values are not told apart: those of a cell are taken at their mean. */
const CELLS = 1000;
const MOST_HALVINGS = 200;
/** So near the middle either tail is about a half. */
const MIDDLE = 0.02;

/** The probability that so many values, drawn anew, come to at most, and to at least, a sum: by the saddlepoint. */
export function sumTails(
  values: ArrayLike<number>,
): (drawn: number, sum: number) => { readonly low: number; readonly high: number } {
  const all = Array.from(values);
  const [least, greatest] = all.reduce(([a, b], each) => [Math.min(a, each), Math.max(b, each)], [Infinity, -Infinity]);
  const range = greatest - least;
  const areWhole = all.every(Number.isInteger);
  const cells = Map.groupBy(all, (value) =>
    areWhole && range < CELLS ? value : Math.floor(((value - least) / range) * CELLS),
  );
  // Between 0 and 1, so that what is raised to e stays small.
  const at = [...cells.values()].map((of) => of.reduce((sum, each) => sum + (each - least) / range, 0) / of.length);
  const share = [...cells.values()].map((of) => of.length / all.length);
  const [lowest, highest] = [Math.min(...at), Math.max(...at)];
  const [first, last] = [share[at.indexOf(lowest)]!, share[at.indexOf(highest)]!];
  /** The logarithm of the mean of exp(s·value), and its first two derivatives. */
  const cumulants = (s: number) => {
    const shift = s > 0 ? s : 0;
    let [whole, one, two] = [0, 0, 0];
    for (let k = 0; k < at.length; k++) {
      const weight = share[k]! * Math.exp(s * at[k]! - shift);
      whole += weight;
      one += weight * at[k]!;
      two += weight * at[k]! ** 2;
    }
    const mean = one / whole;
    return { log: Math.log(whole) + shift, mean, variance: Math.max(0, two / whole - mean * mean) };
  };
  return (drawn, sum) => {
    const mean = (sum / drawn - least) / range;
    if (mean <= lowest) return { low: first ** drawn, high: 1 };
    if (mean >= highest) return { low: 1, high: last ** drawn };
    let [under, over, s] = [-1e6, 1e6, 0];
    let found = cumulants(s);
    for (let step = 0; step < MOST_HALVINGS && (found.mean - mean) ** 2 > 1e-20 * found.variance; step++) {
      if (found.mean < mean) under = s;
      else over = s;
      const next = s + (mean - found.mean) / found.variance;
      const before = s;
      s = next > under && next < over ? next : (under + over) / 2;
      if (s === before) break;
      found = cumulants(s);
    }
    const w = Math.sign(s) * Math.sqrt(Math.max(0, 2 * drawn * (s * mean - found.log)));
    const spread = Math.sqrt(drawn * found.variance);
    if (Math.abs(w) < MIDDLE || spread === 0) return { low: 0.5, high: 0.5 };
    // Of whole values a sum stands for as much as lies half a unit around it.
    const u = areWhole ? -Math.expm1(-s / range) * range * spread : s * spread;
    const mirrored = areWhole ? -Math.expm1(s / range) * range * spread : -s * spread;
    const height = Math.exp(-w * w * 0.5) / Math.sqrt(2 * Math.PI);
    const within = (p: number) => Math.min(1, Math.max(0, p));
    return {
      low: within(normalBelow(w) + height * (1 / mirrored + 1 / w)),
      high: within(normalBelow(-w) + height * (1 / u - 1 / w)),
    };
  };
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
