// Whether a series rises or falls: Mann–Kendall (Mann 1945, doi 10.2307/1907187; Kendall 1975, with ties) and Sen's
// slope (1968, doi 10.1080/01621459.1968.10480934) with the interval of Gilbert 1987, p. 218; and how much it changes in
// a year, by Poisson regression with a yearly wave.

import { type Answer, notSaid, said } from './contract.ts';
import { normalQuantile, normalTwoSided, studentReach, studentTwoSided } from './distributions.ts';

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

/** All pairs are looked at and their slopes kept: 160 MB. */
const MOST_STEPS = 6400;

export function mannKendall(values: ArrayLike<number>, { level = 0.05 } = {}): Answer<Trend> {
  const n = values.length;
  if (n === 0) return notSaid('empty');
  if (n < 4) return notSaid('too-few-steps');
  if (n > MOST_STEPS) return notSaid('too-large');
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

export type LogTrend = {
  /** Change from one step to the same step a year later: 0.1 is a tenth more. */
  readonly perYear: number;
  readonly low: number;
  readonly high: number;
  readonly z: number;
  /** Two-sided: of Student's t where the counts scatter more than chance would have it, else normal. */
  readonly p: number;
  /** Pearson's χ² ÷ degrees of freedom, 1 where it is less: intervals are never narrower than chance makes them. */
  readonly dispersion: number;
  /** What the model expects of each step; with `until`, also of those that were not fitted. */
  readonly fitted: readonly number[];
};
export type LogTrendOptions = {
  /** Days of each step: a long month may hold more. */
  readonly days: ArrayLike<number>;
  readonly stepsPerYear: number;
  /** A yearly wave, sine and cosine. */
  readonly season: boolean;
  readonly trend?: boolean;
  readonly level?: number;
  /** Only so many first steps are fitted. */
  readonly until?: number;
};

const MOST_ROUNDS = 50;

/**
 * Poisson regression with a logarithmic link (McCullagh & Nelder 1989, 6.2), offset by the days. With a dispersion above 1,
 * which is estimated of the same few steps, it is R's glm(family = quasipoisson), else glm(family = poisson).
 */
export function logTrend(
  values: ArrayLike<number>,
  { days, stepsPerYear, season, trend = true, level = 0.05, until = values.length }: LogTrendOptions,
): Answer<LogTrend> {
  const steps = values.length;
  const width = 1 + (trend ? 1 : 0) + (season ? 2 : 0);
  if (until < width + 2) return notSaid('too-few-steps');
  let [total, time] = [0, 0];
  for (let i = 0; i < steps; i++) {
    if (values[i]! < 0) return notSaid('negative');
    if (!(days[i]! > 0)) return notSaid('no-denominator');
  }
  for (let i = 0; i < until; i++) {
    total += values[i]!;
    time += days[i]!;
  }
  if (total === 0) return notSaid('all-zero');
  const rows = Array.from({ length: steps }, (_, i) => {
    const angle = (2 * Math.PI * i) / stepsPerYear;
    // Years from the middle of what is fitted.
    const years = (i - (until - 1) / 2) / stepsPerYear;
    return Float64Array.from([1, ...(trend ? [years] : []), ...(season ? [Math.sin(angle), Math.cos(angle)] : [])]);
  });
  const beta = new Float64Array(width);
  beta[0] = Math.log(total / time);
  const meanOf = (i: number) => {
    let sum = Math.log(days[i]!);
    for (let k = 0; k < width; k++) sum += rows[i]![k]! * beta[k]!;
    return Math.exp(Math.max(-40, Math.min(40, sum)));
  };
  let inverse: Float64Array | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const information = new Float64Array(width * width);
    const score = new Float64Array(width);
    for (let i = 0; i < until; i++) {
      const mean = meanOf(i);
      for (let a = 0; a < width; a++) {
        score[a]! += rows[i]![a]! * (values[i]! - mean);
        for (let b = 0; b < width; b++) information[a * width + b]! += rows[i]![a]! * rows[i]![b]! * mean;
      }
    }
    inverse = inverted(information, width);
    // All of it in one step or two: no line and no wave is steep enough.
    if (!inverse) return notSaid('in-few-steps');
    let most = 0;
    for (let a = 0; a < width; a++) {
      let step = 0;
      for (let b = 0; b < width; b++) step += inverse[a * width + b]! * score[b]!;
      // A long step of few incidents would overshoot.
      step = Math.max(-2, Math.min(2, step));
      beta[a]! += step;
      most = Math.max(most, Math.abs(step));
    }
    if (most < 1e-10) break;
  }
  let chiSquared = 0;
  for (let i = 0; i < until; i++) chiSquared += (values[i]! - meanOf(i)) ** 2 / meanOf(i);
  const degrees = until - width;
  const dispersion = Math.max(1, chiSquared / degrees);
  const slope = trend ? beta[1]! : 0;
  const error = trend ? Math.sqrt(inverse![width + 1]! * dispersion) : 0;
  const isScattered = dispersion > 1;
  const reach = (isScattered ? studentReach(level, degrees) : -normalQuantile(level / 2)) * error;
  const z = error > 0 ? slope / error : 0;
  return said({
    perYear: Math.expm1(slope),
    ...{ low: Math.expm1(slope - reach), high: Math.expm1(slope + reach) },
    ...{ z, p: isScattered ? studentTwoSided(z, degrees) : normalTwoSided(z), dispersion },
    fitted: Array.from({ length: steps }, (_, i) => meanOf(i)),
  });
}

/** Gauss–Jordan; null for a matrix that has no inverse. */
function inverted(matrix: Float64Array, n: number): Float64Array | null {
  const work = matrix.slice();
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(work[row * n + column]!) > Math.abs(work[pivot * n + column]!)) pivot = row;
    const value = work[pivot * n + column]!;
    if (Math.abs(value) < 1e-12) return null;
    for (let k = 0; k < n; k++) {
      for (const m of [work, out]) {
        const held = m[pivot * n + k]!;
        m[pivot * n + k] = m[column * n + k]!;
        m[column * n + k] = held / value;
      }
    }
    for (let row = 0; row < n; row++) {
      const factor = row === column ? 0 : work[row * n + column]!;
      if (factor === 0) continue;
      for (let k = 0; k < n; k++) for (const m of [work, out]) m[row * n + k]! -= factor * m[column * n + k]!;
    }
  }
  return out;
}
