// Whether two counts differ by more than chance: the E-test of Krishnamoorthy & Thomson 2004 (doi
// 10.1016/S0378-3758(02)00408-1), Wheeler's Z of square roots, and tables of many counts with their false arrows held.

import { type Answer, notSaid, said } from './contract.ts';
import { normalTwoSided, poissonAt } from './distributions.ts';
import { adjusted } from './false-discoveries.ts';

/** Beyond so many standard deviations nothing of a Poisson distribution is left that matters at 1e-12. */
const REACH = 9;
/** Larger counts are normal to more digits than the sums keep. */
const MOST_SUMMED = 50_000;

/** Two-sided p that both rates are the same; `before` and `after` in periods of these lengths (any unit). */
export function eTest(
  before: number,
  after: number,
  lengthBefore = 1,
  lengthAfter = 1,
): Answer<{ readonly p: number }> {
  if (before < 0 || after < 0) return notSaid('negative');
  if (!(lengthBefore > 0 && lengthAfter > 0)) return notSaid('no-denominator');
  if (before + after === 0) return notSaid('all-zero');
  const far = Math.abs(distance(before, after, lengthBefore, lengthAfter));
  if (far === 0) return said({ p: 1 });
  if (before + after > MOST_SUMMED) return said({ p: normalTwoSided(far) });
  const rate = (before + after) / (lengthBefore + lengthAfter);
  const first = poissonTable(rate * lengthBefore);
  const second = poissonTable(rate * lengthAfter);
  // For each count before, the counts after that are as far off lie above one bound or below another.
  // Summed outside, so that a p far below 1e-16 is not lost beside 1.
  let outside = 0;
  for (let i = first.from; i < first.from + first.at.length; i++) {
    const isNear = (j: number) => Math.abs(distance(i, j, lengthBefore, lengthAfter)) < far * (1 - 1e-12);
    const middle = Math.round((i * lengthAfter) / lengthBefore);
    // The distance rises with the count after, so what is near is one run of counts around the middle.
    const low = leastNear(isNear, middle);
    const high = mostNear(isNear, middle, second.from + second.at.length);
    outside += first.at[i - first.from]! * (low > high ? 1 : below(second, low) + above(second, high));
  }
  return said({ p: Math.min(1, outside) });
}

function leastNear(isNear: (j: number) => boolean, middle: number): number {
  if (!isNear(middle)) return isNear(middle + 1) ? middle + 1 : middle + 2;
  let low = -1;
  let high = middle;
  while (high - low > 1) {
    const between = (low + high) >> 1;
    if (isNear(between)) high = between;
    else low = between;
  }
  return high;
}

function mostNear(isNear: (j: number) => boolean, middle: number, beyond: number): number {
  if (!isNear(middle)) return isNear(middle + 1) ? middle + 1 : middle - 1;
  let low = middle;
  let high = Math.max(beyond, middle + 1);
  if (isNear(high)) return high;
  while (high - low > 1) {
    const between = (low + high) >> 1;
    if (isNear(between)) low = between;
    else high = between;
  }
  return low;
}

/** Standard errors between two rates; 0 where both are. */
function distance(before: number, after: number, lengthBefore: number, lengthAfter: number): number {
  const variance = before / lengthBefore ** 2 + after / lengthAfter ** 2;
  return variance === 0 ? 0 : (after / lengthAfter - before / lengthBefore) / Math.sqrt(variance);
}

/** Of the counts from `from` on: the probability of each, of all below it and of all from it on. */
type PoissonTable = {
  readonly from: number;
  readonly at: Float64Array;
  readonly under: Float64Array;
  readonly over: Float64Array;
};

function poissonTable(mean: number): PoissonTable {
  const spread = REACH * Math.sqrt(mean) + 30;
  const from = Math.max(0, Math.floor(mean - spread));
  const at = Float64Array.from({ length: Math.ceil(mean + spread) - from + 1 }, (_, i) => poissonAt(from + i, mean));
  const under = new Float64Array(at.length + 1);
  const over = new Float64Array(at.length + 1);
  for (let i = 0; i < at.length; i++) under[i + 1] = under[i]! + at[i]!;
  for (let i = at.length - 1; i >= 0; i--) over[i] = over[i + 1]! + at[i]!;
  return { from, at, under, over };
}

const clamped = (value: number, { at }: PoissonTable) => Math.min(Math.max(value, 0), at.length);
const below = (table: PoissonTable, count: number): number => table.under[clamped(count - table.from, table)]!;
const above = (table: PoissonTable, count: number): number => table.over[clamped(count + 1 - table.from, table)]!;

/**
 * Wheeler's Z, 2(√after − √before). The alarm at 3 is meant for a `before` that is known; where it is a count itself Z
 * has a variance of 2 and 3 is passed by chance in about 4 % of cells.
 */
export const wheelerZ = (before: number, after: number): number => 2 * (Math.sqrt(after) - Math.sqrt(before));

export type Change = {
  readonly before: number;
  readonly after: number;
  /** Null where nothing happened in either. */
  readonly p: number | null;
  /** Adjusted over the whole table (Benjamini–Hochberg). */
  readonly adjustedP: number | null;
  readonly direction: 'up' | 'down' | 'none';
};

/** Many pairs of counts of the same two periods; an arrow only where the adjusted p is at most the level. */
export function changes(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  { lengthBefore = 1, lengthAfter = 1, level = 0.05 },
): Change[] {
  const known = new Map<string, number | null>();
  const p = Array.from({ length: before.length }, (_, i) => {
    const key = `${before[i]} ${after[i]}`;
    const before_ = known.get(key);
    if (before_ !== undefined) return before_;
    const tested = eTest(before[i]!, after[i]!, lengthBefore, lengthAfter);
    const value = tested.reason === null ? tested.p : null;
    known.set(key, value);
    return value;
  });
  const judged = adjusted(p);
  return p.map((value, i) => {
    const isClear = judged[i] !== null && judged[i]! <= level;
    const rose = after[i]! / lengthAfter > before[i]! / lengthBefore;
    return {
      ...{ before: before[i]!, after: after[i]!, p: value, adjustedP: judged[i]! },
      direction: isClear ? (rose ? 'up' : 'down') : 'none',
    };
  });
}
