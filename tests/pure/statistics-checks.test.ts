// The methods of analysis against slow and plain ways to the same numbers, on what odd data they meet, and on chance.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concentration } from '../../server/statistics/concentration.ts';
import { meeting, touching } from '../../server/statistics/contiguity.ts';
import { quotients, wdd } from '../../server/statistics/displacement.ts';
import {
  gammaBelow,
  gammaQuantile,
  poissonAt,
  poissonFrom,
  poissonUpTo,
} from '../../server/statistics/distributions.ts';
import { classesOf, spdepClasses } from '../../server/statistics/false-discoveries.ts';
import { globalG, localG } from '../../server/statistics/local-g.ts';
import { globalMoran, localMoran } from '../../server/statistics/moran.ts';
import { knox } from '../../server/statistics/near-repeat.ts';
import { nearestNeighbours, withinDistance } from '../../server/statistics/neighbours.ts';
import { dealNeighbours } from '../../server/statistics/permutations.ts';
import { changes } from '../../server/statistics/poisson-change.ts';
import { randomFrom, shuffle } from '../../server/statistics/random.ts';
import { empiricalBayes, funnel } from '../../server/statistics/rates.ts';
import { skewedP } from '../../server/statistics/skewness.ts';
import { mannKendall } from '../../server/statistics/trend.ts';
import { islandsOf, type Links, styled, weightsOf } from '../../server/statistics/weights.ts';
import { poisson } from '../support/by-chance.ts';
import { saidOf } from '../support/said.ts';

const rows = ({ count, start, to }: Links) =>
  Array.from({ length: count }, (_, i) => [...to.subarray(start[i]!, start[i + 1]!)]);
/** n × n squares as polygons. */
const lattice = (n: number) =>
  Array.from({ length: n * n }, (_, i) => {
    const [x, y] = [i % n, Math.floor(i / n)];
    return [
      [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
        [x, y],
      ] as const,
    ];
  });
function* orders(values: readonly number[]): Generator<number[]> {
  if (values.length === 0) yield [];
  for (const [i, first] of values.entries())
    for (const rest of orders(values.filter((_, k) => k !== i))) yield [first, ...rest];
}
const momentsOver = (all: readonly number[]) => {
  const mean = all.reduce((a, b) => a + b) / all.length;
  return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length };
};

describe('chance and distributions', () => {
  test('the generator repeats itself from a seed; its values and orders are even', () => {
    const [a, b] = [randomFrom(1821), randomFrom(1821)];
    expect(Array.from({ length: 5 }, () => a.next())).toEqual(Array.from({ length: 5 }, () => b.next()));
    const seen = new Uint32Array(6);
    for (let i = 0; i < 60_000; i++) {
      const items = Uint32Array.of(0, 1, 2);
      shuffle(items, a);
      seen[[...orders([0, 1, 2])].findIndex((order) => order.join() === items.join())]!++;
    }
    for (const count of seen) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
  test.each([
    // scipy 1.17.1, gamma.ppf.
    [0.001, 2.5, 0.1051063],
    [0.5, 2.5, 2.1757301],
    [0.999, 2.5, 10.25750283],
    [0.025, 250, 219.967996],
  ])('the gamma quantile %f of shape %f is %f, and back', (p, shape, value) => {
    expect(gammaQuantile(p, shape)).toBeCloseTo(value, 6);
    expect(gammaBelow(gammaQuantile(p, shape), shape)).toBeCloseTo(p, 12);
  });
  test.each([
    // scipy 1.17.1, poisson.cdf.
    [0, 0.5, 0.60653066],
    [3, 4, 0.43347012],
    [200, 180, 0.93479371],
  ])('at most %i of a mean of %f', (count, mean, p) => {
    expect(poissonUpTo(count, mean)).toBeCloseTo(p, 8);
    expect(poissonUpTo(count, mean) + poissonFrom(count + 1, mean)).toBeCloseTo(1, 12);
  });
  test('the rule |a − b| > 2√(a + b) fires by chance in 1.7 % of cells with a mean of 2 and in 4.0–4.5 % of others', () => {
    const fires = (mean: number) => {
      let sum = 0;
      for (let a = 0; a < 200; a++)
        for (let b = 0; b < 200; b++)
          if (Math.abs(a - b) > 2 * Math.sqrt(a + b)) sum += poissonAt(a, mean) * poissonAt(b, mean);
      return sum;
    };
    expect(fires(2)).toBeCloseTo(0.017, 3);
    expect(fires(5)).toBeGreaterThan(0.0395);
    expect(fires(50)).toBeLessThan(0.0455);
  });
});

describe('neighbours', () => {
  test('squares that touch: queen 8, rook 4 inside; corners 3 and 2', () => {
    const [queen, rook] = [rows(touching(lattice(3), 'queen')), rows(touching(lattice(3), 'rook'))];
    expect([queen[4], queen[0]]).toEqual([
      [0, 1, 2, 3, 5, 6, 7, 8],
      [1, 3, 4],
    ]);
    expect([rook[4], rook[0]]).toEqual([
      [1, 3, 5, 7],
      [1, 3],
    ]);
  });
  test('segments that meet at a junction; a loop and a far one', () => {
    expect(rows(meeting([1, 2, 3, 9, 2], [2, 3, 1, 8, 2]))).toEqual([[1, 2, 4], [0, 2, 4], [0, 1], [], [0, 1]]);
    expect(islandsOf(meeting([1, 2, 9], [2, 3, 8]))).toEqual([2]);
  });
  test('by distance and by number as when every pair is looked at', () => {
    const random = randomFrom(5);
    const points = {
      x: Array.from({ length: 90 }, () => random.below(30)),
      y: Array.from({ length: 90 }, () => random.below(30)),
    };
    const apart = (i: number, j: number) => (points.x[i]! - points.x[j]!) ** 2 + (points.y[i]! - points.y[j]!) ** 2;
    const others = (i: number) => points.x.map((_, j) => j).filter((j) => j !== i);
    expect(rows(withinDistance(points, 5)!)).toEqual(
      points.x.map((_, i) => others(i).filter((j) => apart(i, j) <= 25)),
    );
    const k4 = points.x.map((_, i) =>
      others(i)
        .sort((a, b) => apart(i, a) - apart(i, b) || a - b)
        .slice(0, 4)
        .sort((a, b) => a - b),
    );
    expect(rows(nearestNeighbours(points, 4)!)).toEqual(k4);
    expect(rows(nearestNeighbours({ x: [1, 1], y: [2, 2] }, 5)!)).toEqual([[1], [0]]);
  });
});

describe('hot spots against all orders of the values', () => {
  const values = [2, 3, 3.2, 5, 8, 7];
  const near = withinDistance({ x: [10, 20, 40, 15, 30, 30], y: [10, 10, 10, 20, 20, 30] }, 15)!;
  const weights = styled(near, 'B', false);
  const every = [...orders(values)];

  test('mean and variance of Moran’s I and of global G are those over all 720', () => {
    const used = styled(weights, 'W', false);
    const found = saidOf(globalMoran(values, used));
    const i = momentsOver(every.map((order) => saidOf(globalMoran(order, used)).i));
    expect(i.mean).toBeCloseTo(found.expected, 12);
    expect(i.variance).toBeCloseTo(found.randomisation!.variance, 12);
    const g = momentsOver(every.map((order) => saidOf(globalG(order, weights)).g));
    expect(g.mean).toBeCloseTo(saidOf(globalG(values, weights)).expected, 12);
    expect(g.variance).toBeCloseTo(saidOf(globalG(values, weights)).variance, 12);
  });
  test('z of local Moran, total and conditional, are by the moments over all orders', () => {
    const used = styled(weights, 'W', false);
    for (const moments of ['total', 'conditional'] as const) {
      const found = saidOf(localMoran(values, used, { moments }));
      for (let place = 0; place < 6; place++) {
        const kept = every.filter((order) => moments === 'total' || order[place] === values[place]);
        const { mean, variance } = momentsOver(kept.map((order) => saidOf(localMoran(order, used)).i[place]!));
        expect(found.z[place]).toBeCloseTo((found.i[place]! - mean) / Math.sqrt(variance), 9);
      }
    }
  });
  test('Gi is z of the neighbours’ sum over all orders that leave the place alone', () => {
    const used = styled(weights, 'B', false);
    const found = saidOf(localG(values, used, 'gi'));
    const lag = (order: readonly number[], place: number) => rows(used)[place]!.reduce((sum, j) => sum + order[j]!, 0);
    for (let place = 0; place < 6; place++) {
      const kept = every.filter((order) => order[place] === values[place]);
      const { mean, variance } = momentsOver(kept.map((order) => lag(order, place)));
      expect(found.z[place]).toBeCloseTo((lag(values, place) - mean) / Math.sqrt(variance), 9);
    }
  });
  test('dealt p is near that of all orders, repeats by its seed, and stops early where all is decided', () => {
    const used = styled(weights, 'B', true);
    const dealt = dealNeighbours(values, used, { seed: 7, most: 20_000 });
    expect(dealNeighbours(values, used, { seed: 7, most: 20_000 }).p).toEqual(dealt.p);
    const own = styled(weights, 'B', false);
    for (let place = 0; place < 6; place++) {
      const kept = every.filter((order) => order[place] === values[place]);
      const lag = (order: readonly number[]) => rows(own)[place]!.reduce((sum, j) => sum + order[j]!, 0);
      const { mean } = momentsOver(kept.map(lag));
      const far = Math.abs(lag(values) - mean) - 1e-9;
      const exact = kept.filter((order) => Math.abs(lag(order) - mean) >= far).length / kept.length;
      expect(Math.abs(dealt.p[place]! - exact)).toBeLessThan(0.02);
    }
    const early = dealNeighbours(values, used, { seed: 7, most: 99_999, enough: 20 });
    expect(early.deals.every((deals) => deals < 10_000)).toBe(true);
  });
  // By the normal distribution alone 28 % of the sparsest cities do.
  test.each([0.1, 0.5, 2, 20])(
    'on 200 cities with %f incidents a place and no hot spot at most 5 %% show any',
    (mean) => {
      const random = randomFrom(99);
      const queen = touching(lattice(12), 'queen');
      const [self, row] = [styled(queen, 'B', true), styled(queen, 'W', false)];
      const showing = [0, 0];
      for (let city = 0; city < 200; city++) {
        const counts = Array.from({ length: 144 }, () => poisson(mean, random));
        const gi = saidOf(localG(counts, self, 'gi-star')).z;
        const moran = saidOf(localMoran(counts, row)).z;
        const shows = [
          classesOf(gi, skewedP(counts, self, gi), 'fdr-skew'),
          classesOf(moran, skewedP(counts, row, moran), 'fdr-skew'),
        ].map((classes) => classes.some((found) => Math.abs(found) >= 2));
        for (const [i, isShown] of shows.entries()) if (isShown) showing[i]!++;
      }
      expect(Math.max(...showing)).toBeLessThanOrEqual(10);
    },
  );
  test('p by the values themselves is that of all pairs, triples and so on that can be drawn', () => {
    const counts = [0, 0, 1, 0, 7, 2];
    const used = styled(weights, 'B', false);
    const p = skewedP(counts, used, saidOf(localG(counts, used, 'gi')).z);
    for (const [place, near] of rows(used).entries()) {
      const sums = near.reduce<number[]>((drawn) => drawn.flatMap((sum) => counts.map((one) => sum + one)), [0]);
      const seen = near.reduce((sum, j) => sum + counts[j]!, 0);
      const share = (isIn: (sum: number) => boolean) => sums.filter(isIn).length / sums.length;
      const smaller = Math.min(
        share((sum) => sum >= seen),
        share((sum) => sum <= seen),
      );
      expect(p[place]).toBeCloseTo(Math.min(1, 2 * smaller), 12);
    }
  });
  test('and that of values dealt often, for counts, for rates, and for values too far apart to be told one by one', () => {
    const random = randomFrom(3);
    const few = Array.from({ length: 400 }, () => Math.floor(1 / (random.share() + 0.02)));
    for (const values of [few, few.map((count) => count / 7), few.map((count) => count * 1_000_003)]) {
      const own = styled(touching(lattice(20), 'queen'), 'B', true);
      const p = skewedP(values, own, saidOf(localG(values, own, 'gi-star')).z);
      const [least, greatest] = [Math.min(...values), Math.max(...values)];
      const dealt = Array.from({ length: 4000 }, () => {
        let sum = 0;
        for (let k = 0; k < 9; k++) sum += values[Math.floor(random.share() * values.length)]!;
        return sum;
      });
      for (const [place, near] of rows(own).entries()) {
        if (near.length !== 9 || place % 5 > 0) continue;
        const seen = near.reduce((sum, j) => sum + values[j]!, 0);
        const rounding = (greatest - least) * 1e-9;
        const above = dealt.filter((sum) => sum >= seen - rounding).length / 4000;
        const below = dealt.filter((sum) => sum <= seen + rounding).length / 4000;
        expect(Math.abs(p[place]! - Math.min(1, 2 * Math.min(above, below)))).toBeLessThan(0.06);
      }
    }
  });
  test('where half of the places have none and few have hundreds, a neighbourhood without any is not cold', () => {
    const random = randomFrom(5);
    const counts = Array.from({ length: 400 }, () =>
      random.share() < 0.5 ? 0 : Math.floor(1 / (random.share() + 0.002)),
    );
    const self = styled(touching(lattice(20), 'queen'), 'B', true);
    const { z } = saidOf(localG(counts, self, 'gi-star'));
    const p = skewedP(counts, self, z);
    const empty = rows(self).flatMap((near, i) => (near.every((j) => counts[j] === 0) ? [p[i]!] : []));
    expect(empty.length).toBeGreaterThan(1);
    // Nine drawn of 400 without any, one after the other, are had in one of eighty.
    expect(Math.min(...empty)).toBeGreaterThan(0.02);
    expect(classesOf(z, p, 'fdr-skew').filter((found) => found < 0)).toEqual([]);
  });
  test('a planted hot spot and a cold one are told by the sign of z, by our classes and by spdep’s cut', () => {
    const counts = Array.from({ length: 144 }, (_, i) =>
      i % 12 < 3 && i < 36 ? 60 : i % 12 > 8 && i > 108 ? 2 : 20 + (i % 3),
    );
    const { z, p } = saidOf(localG(counts, styled(touching(lattice(12), 'queen'), 'B', true), 'gi-star'));
    expect([classesOf(z, p, 'fdr')[13], spdepClasses(z, p)[13]]).toEqual([3, 1]);
    expect(classesOf(z, p, 'none')[131]).toBeLessThan(0);
  });
});

describe('no data is a reason, never a number that is none', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 9 });
  const isFilled = (value: unknown): boolean =>
    typeof value === 'number'
      ? Number.isFinite(value)
      : typeof value !== 'object' || value === null || Object.values(value).every(isFilled);

  test('of small and odd data every method says numbers or why not', () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 3 }), (first, second, k) => {
        const n = Math.min(first.length, second.length);
        const [a, b] = [first.slice(0, n), second.slice(0, n)];
        const weights = nearestNeighbours({ x: a, y: b }, k)!;
        const answers: unknown[] = [
          localG(a, styled(weights, 'W', true), 'gi-star'),
          localG(a, styled(weights, 'B', false), 'gi'),
          globalG(a, styled(weights, 'B', false)),
          globalMoran(a, styled(weights, 'W', false)),
          localMoran(a, styled(weights, 'W', false)),
          concentration(a),
          empiricalBayes(a, b),
          funnel(a, b),
          mannKendall(a),
          changes(a, b, {}),
          knox({ x: a, y: b }, a, { distancesM: [0, 1, 3], days: [0, 2, 4], metric: 'manhattan', runs: 9, seed: 1 }),
          wdd({ treated: [a[0] ?? 0, b[0] ?? 0], control: [a[1] ?? 0, b[1] ?? 0] }),
          quotients({
            treated: [a[0] ?? 0, b[0] ?? 0],
            control: [a[1] ?? 0, b[1] ?? 0],
            displacement: [a[2] ?? 0, b[2] ?? 0],
          }),
        ];
        expect(answers.filter((answer) => !isFilled(answer))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
  test('empty, all zero, all the same, no neighbours and no residents have names', () => {
    const alone = weightsOf(4, []);
    expect(localG([], weightsOf(0, []), 'gi-star')).toEqual({ reason: 'empty' });
    expect(localG([3, 3, 3, 3], styled(alone, 'B', true), 'gi-star')).toEqual({ reason: 'all-equal' });
    expect(localG([1, 2, 3, 4], styled(alone, 'B', true), 'gi-star')).toEqual({ reason: 'no-neighbours' });
    expect(concentration([0, 0])).toEqual({ reason: 'all-zero' });
    expect(empiricalBayes([1], [0])).toEqual({ reason: 'no-denominator' });
    expect(mannKendall([1, 2])).toEqual({ reason: 'too-few-steps' });
  });
});
