// What is left of many tests when the share of false findings is held (Benjamini & Hochberg 1995, doi
// 10.1111/j.2517-6161.1995.tb02031.x), and the three conventions that programs of the field have for it.

import type { Correction, HotClass } from './contract.ts';

/** As R's p.adjust(…, "fdr"): what was not tested (null) is not counted among the tests. */
export function adjusted(p: readonly (number | null)[]): (number | null)[] {
  // Sorted as numbers, which is many times faster than places by a comparison; equal p are adjusted alike.
  const sorted = Float64Array.from(p.filter((value) => value !== null)).sort();
  const tests = sorted.length;
  const least = new Float64Array(tests);
  let below = 1;
  for (let i = tests - 1; i >= 0; i--) {
    below = Math.min(below, (sorted[i]! * tests) / (i + 1));
    least[i] = below;
  }
  return p.map((value) => (value === null ? null : least[lastAt(sorted, value)]!));
}

/** The last place at which a value stands. */
function lastAt(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The largest p that passes at this level, or null where none does. */
export function criticalP(p: readonly (number | null)[], level: number): number | null {
  const tested = Float64Array.from(p.filter((value) => value !== null)).sort();
  for (let i = tested.length - 1; i >= 0; i--) if (tested[i]! <= ((i + 1) * level) / tested.length) return tested[i]!;
  return null;
}

/** As esda.fdr: the line's height where the last p lies strictly below it; level ÷ n where none does. */
export function esdaThreshold(p: readonly number[], level: number): number {
  const sorted = [...p].sort((a, b) => a - b);
  const line = (i: number) => ((i + 1) * level) / sorted.length;
  for (let i = sorted.length - 1; i >= 0; i--) if (sorted[i]! < line(i)) return line(i);
  return level / sorted.length;
}

/** Hot or cold by the sign of z; `p` is that of the correction. */
export function classesOf(
  z: readonly (number | null)[],
  p: readonly (number | null)[],
  correction: Correction,
): HotClass[] {
  const judged = correction === 'none' ? p : adjusted(p);
  return z.map((value, i) => {
    const share = judged[i];
    if (value === null || share === null || share === undefined) return 0;
    const certainty = share <= 0.01 ? 3 : share <= 0.05 ? 2 : share <= 0.1 ? 1 : 0;
    return (value < 0 ? -certainty || 0 : certainty) as HotClass;
  });
}

/**
 * As spdep's hotspot(): adjusted p below 0.005 is hot or cold, by the sign of z (spdep itself by the value's own side).
 */
export const spdepClasses = (z: readonly (number | null)[], p: readonly (number | null)[]): (-1 | 0 | 1)[] => {
  const judged = adjusted(p);
  return z.map((value, i) => (value === null || judged[i] === null || judged[i]! >= 0.005 ? 0 : value < 0 ? -1 : 1));
};
