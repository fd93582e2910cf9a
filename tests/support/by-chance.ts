// Counts drawn by chance.

import type { Random } from '../../server/statistics/random.ts';

/** A count of this mean; of a large one, whose e^−mean would be none, as a sum of smaller ones. */
export function poisson(mean: number, random: Random): number {
  if (mean > 500) return poisson(mean / 2, random) + poisson(mean / 2, random);
  const least = Math.exp(-mean);
  let count = 0;
  for (let p = random.share(); p > least; p *= random.share()) count++;
  return count;
}
