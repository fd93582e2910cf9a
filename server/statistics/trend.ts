// Whether a series rises or falls: Mann–Kendall (Mann 1945, doi 10.2307/1907187; Kendall 1975, with ties) and Sen's
// slope (1968, doi 10.1080/01621459.1968.10480934) with the interval of Gilbert 1987, p. 218.

import { type Answer, notSaid, said } from './contract.ts';
import { normalQuantile, normalTwoSided } from './distributions.ts';

export type Trend = {
  readonly s: number;
  readonly variance: number;
  readonly tau: number;
  readonly z: number;
  readonly p: number;
  /** The median of the slopes of all pairs, per step. */
  readonly slopePerStep: number;
  readonly slopeLow: number;
  readonly slopeHigh: number;
  readonly direction: 'up' | 'down' | 'none';
};

export function mannKendall(values: ArrayLike<number>, { level = 0.05 } = {}): Answer<Trend> {
  const n = values.length;
  if (n === 0) return notSaid('empty');
  if (n < 4) return notSaid('too-few-steps');
  let s = 0;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n - 1; i++)
    for (let j = i + 1; j < n; j++) {
      s += Math.sign(values[j]! - values[i]!);
      slopes[at++] = (values[j]! - values[i]!) / (j - i);
    }
  const tied = new Map<number, number>();
  for (let i = 0; i < n; i++) tied.set(values[i]!, (tied.get(values[i]!) ?? 0) + 1);
  let ties = 0;
  for (const t of tied.values()) ties += t * (t - 1) * (2 * t + 5);
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  if (variance === 0) return notSaid('all-equal');
  const z = s === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  const p = normalTwoSided(z);
  slopes.sort();
  const width = -normalQuantile(level / 2) * Math.sqrt(variance);
  return said({
    ...{ s, variance, z, p, tau: s / slopes.length },
    slopePerStep: (slopes[(slopes.length - 1) >> 1]! + slopes[slopes.length >> 1]!) / 2,
    slopeLow: ranked(slopes, (slopes.length - width) / 2),
    slopeHigh: ranked(slopes, (slopes.length + width) / 2 + 1),
    direction: p <= level ? (s > 0 ? 'up' : 'down') : 'none',
  });
}

/** The value of a rank from 1, in between two where the rank is. */
function ranked(sorted: Float64Array, rank: number): number {
  const held = Math.min(Math.max(rank, 1), sorted.length);
  const below = Math.floor(held) - 1;
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (held - 1 - below) * (sorted[above]! - sorted[below]!);
}
