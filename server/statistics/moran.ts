// Moran's I: are like values near each other, over the whole (Cliff & Ord 1981) and at each place (Anselin 1995, doi
// 10.1111/j.1538-4632.1995.tb00338.x; its moments by Sokal, Oden & Thomson 1998, doi
// 10.1111/j.1538-4632.1998.tb00406.x). As spdep: places without neighbours are not counted in n; local moments are
// conditional unless asked otherwise.

import { type Answer, notSaid, type Quadrant, said } from './contract.ts';
import { normalBelow, normalTwoSided } from './distributions.ts';
import { isFlat } from './local-g.ts';
import { constantsOf, islandsOf, type Weights } from './weights.ts';

type Test = {
  readonly variance: number;
  readonly z: number;
  readonly pOneSided: number;
  readonly p: number;
};
export type GlobalMoran = {
  readonly i: number;
  readonly expected: number;
  /** Null where chance leaves no room: fewer than four places. */
  readonly normality: Test | null;
  readonly randomisation: Test | null;
  readonly islands: number;
};

export function globalMoran(values: ArrayLike<number>, weights: Weights): Answer<GlobalMoran> {
  if (values.length === 0) return notSaid('empty');
  const islands = islandsOf(weights).length;
  const n = values.length - islands;
  const { s0, s1, s2 } = constantsOf(weights);
  if (s0 === 0) return notSaid(values.length < 3 ? 'too-few-places' : 'no-neighbours');
  if (n < 3) return notSaid('too-few-places');
  if (isFlat(values)) return notSaid('all-equal');
  const { deviations, squares, fourths } = momentsOf(values);
  let crossed = 0;
  for (let i = 0; i < values.length; i++)
    for (let e = weights.start[i]!; e < weights.start[i + 1]!; e++)
      crossed += weights.weight[e]! * deviations[i]! * deviations[weights.to[e]!]!;
  const i = ((n / s0) * crossed) / squares;
  const expected = -1 / (n - 1);
  const s02 = s0 * s0;
  const kurtosis = (values.length * fourths) / (squares * squares);
  const normal = (n * n * s1 - n * s2 + 3 * s02) / (s02 * (n * n - 1)) - expected * expected;
  const random =
    n < 4
      ? 0
      : (n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s02) - kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s02)) /
          ((n - 1) * (n - 2) * (n - 3) * s02) -
        expected * expected;
  const testOf = (variance: number): Test | null => {
    if (variance <= 1e-15) return null;
    const z = (i - expected) / Math.sqrt(variance);
    return { variance, z, pOneSided: normalBelow(-Math.abs(z)), p: normalTwoSided(z) };
  };
  return said({ i, expected, normality: testOf(normal), randomisation: testOf(random), islands });
}

export type LocalMoran = {
  readonly i: readonly (number | null)[];
  readonly z: readonly (number | null)[];
  readonly p: readonly (number | null)[];
  /** By the signs of a value and of its neighbours' mean, both against the mean of all. */
  readonly quadrant: readonly (Quadrant | null)[];
};

export type LocalMoranOptions = {
  /** `conditional`: the place keeps its own value; `total`: all values are exchanged. */
  readonly moments?: 'conditional' | 'total';
  /** Divides the squares by n (spdep, GeoDa's older release) or by n − 1 (GeoDa, esda). */
  readonly divisor?: 'n' | 'n-1';
};

export function localMoran(
  values: ArrayLike<number>,
  weights: Weights,
  { moments = 'conditional', divisor = 'n' }: LocalMoranOptions = {},
): Answer<LocalMoran> {
  const n = values.length;
  if (n === 0) return notSaid('empty');
  if (n < 4) return notSaid('too-few-places');
  if (isFlat(values)) return notSaid('all-equal');
  const { deviations, squares, fourths } = momentsOf(values);
  const m2 = squares / (divisor === 'n' ? n : n - 1);
  const b2 = (n * fourths) / (squares * squares);
  const i: (number | null)[] = [];
  const z: (number | null)[] = [];
  const quadrant: (Quadrant | null)[] = [];
  let isWhole = false;
  for (let place = 0; place < n; place++) {
    let lag = 0;
    let w = 0;
    let w2 = 0;
    for (let e = weights.start[place]!; e < weights.start[place + 1]!; e++) {
      const weight = weights.weight[e]!;
      lag += weight * deviations[weights.to[e]!]!;
      w += weight;
      w2 += weight * weight;
    }
    const own = deviations[place]!;
    if (w === 0) {
      i.push(null);
      z.push(null);
      quadrant.push(null);
      continue;
    }
    const here = (own / m2) * lag;
    const [expected, variance] =
      moments === 'total'
        ? [
            -w / (n - 1),
            (w2 * (n - b2)) / (n - 1) + ((w * w - w2) * (2 * b2 - n)) / ((n - 1) * (n - 2)) - (w / (n - 1)) ** 2,
          ]
        : [
            -(own * own * w) / ((n - 1) * m2),
            (own / m2) ** 2 * (n / (n - 2)) * (w2 - (w * w) / (n - 1)) * (squares / n - (own * own) / (n - 1)),
          ];
    // With all others as neighbours, alike, nothing is left to chance.
    isWhole ||= (n - 1) * w2 - w * w <= 1e-13 * w * w;
    i.push(here);
    z.push(variance > 1e-15 ? (here - expected) / Math.sqrt(variance) : null);
    quadrant.push(own > 0 ? (lag > 0 ? 'high-high' : 'high-low') : lag > 0 ? 'low-high' : 'low-low');
  }
  if (i.every((value) => value === null)) return notSaid('no-neighbours');
  if (isWhole && z.every((value) => value === null)) return notSaid('all-neighbours');
  return said({ i, z, p: z.map((value) => (value === null ? null : normalTwoSided(value))), quadrant });
}

function momentsOf(values: ArrayLike<number>) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  const deviations = Float64Array.from({ length: values.length }, (_, i) => values[i]! - mean);
  let squares = 0;
  let fourths = 0;
  for (const deviation of deviations) {
    squares += deviation ** 2;
    fourths += deviation ** 4;
  }
  return { deviations, squares, fourths };
}
