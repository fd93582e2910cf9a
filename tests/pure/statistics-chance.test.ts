// What chance alone brings: tails of sums of very many neighbours, and cities in which nothing stands out, of which hardly one
// may show anything, whatever is asked of it.

import { expect, test } from 'vitest';
import { localG } from '../../server/statistics/local-g.ts';
import { withinDistance } from '../../server/statistics/neighbours.ts';
import { randomFrom } from '../../server/statistics/random.ts';
import { skewedP, sumTails } from '../../server/statistics/skewness.ts';
import { styled } from '../../server/statistics/weights.ts';
import { meanPai, NULL_QUESTIONS, showingOf } from '../support/null-cities.ts';

function saidOf<T extends object>(answer: T): Extract<T, { reason: null }> {
  expect(answer).toMatchObject({ reason: null });
  return answer as Extract<T, { reason: null }>;
}

test('of very many neighbours the tails are near those of the binomial, and of sums folded one by one', () => {
  const tenth = sumTails(Array.from({ length: 100 }, (_, i) => +(i < 10)));
  const logs = [0];
  for (let k = 1; k <= 1000; k++) logs.push(logs[k - 1]! + Math.log(k));
  const chance = (k: number) =>
    Math.exp(logs[1000]! - logs[k]! - logs[1000 - k]! + k * Math.log(0.1) + (1000 - k) * Math.log(0.9));
  const between = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => chance(from + i)).reduce((a, b) => a + b, 0);
  for (const k of [50, 70, 85, 115, 130, 160, 200]) {
    const { low, high } = tenth(1000, k);
    expect(low / between(0, k)).toBeCloseTo(1, 2);
    expect(high / between(k, 1000)).toBeCloseTo(1, 2);
  }
  const skewed = [0, 0, 0, 0, 1, 1, 2, 5, 11, 30];
  let sums = Float64Array.of(1);
  for (let drawn = 0; drawn < 300; drawn++) {
    const next = new Float64Array(sums.length + 30);
    for (const [sum, share] of sums.entries()) for (const one of skewed) next[sum + one]! += share / 10;
    sums = next;
  }
  const tails = sumTails(skewed);
  for (const sum of [700, 1000, 1300, 1800, 2200, 2700]) {
    const { low, high } = tails(300, sum);
    expect(low / sums.slice(0, sum + 1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 1.7);
    expect(high / sums.slice(sum).reduceRight((a, b) => a + b, 0)).toBeCloseTo(1, 1.7);
  }
  // Nothing is below all, or above.
  expect([tails(300, 0).high, tails(300, 9000).low]).toEqual([1, 1]);
  expect(tails(300, 0).low).toBeCloseTo(0.4 ** 300, 200);
});
test('rates with a thousand neighbours each are judged within the time of an answer, as dealing them anew would', () => {
  const random = randomFrom(11);
  const [x, y] = [0, 1].map(() => Array.from({ length: 1800 }, () => random.share()));
  const values = Array.from({ length: 1800 }, () => 100 / (random.share() + 0.01));
  const own = styled(withinDistance({ x: x!, y: y! }, 0.65)!, 'B', true);
  const { z } = saidOf(localG(values, own, 'gi-star'));
  const before = process.cpuUsage();
  const p = skewedP(values, own, z);
  const { user } = process.cpuUsage(before);
  expect(user / 1e6).toBeLessThan(8);
  const drawn = own.start[1]! - own.start[0]!;
  expect(drawn).toBeGreaterThan(400);
  let seen = 0;
  for (let e = own.start[0]!; e < own.start[1]!; e++) seen += values[own.to[e]!]!;
  const dealt = Array.from({ length: 2000 }, () => {
    let sum = 0;
    for (let k = 0; k < drawn; k++) sum += values[random.below(1800)]!;
    return sum;
  });
  const share = (isIn: (sum: number) => boolean) => dealt.filter(isIn).length / 2000;
  const smaller = Math.min(
    share((sum) => sum >= seen),
    share((sum) => sum <= seen),
  );
  expect(Math.abs(p[0]! - Math.min(1, 2 * smaller))).toBeLessThan(0.06);
});

/** At one in twenty, one series of 24 cities in eight hundred has more; of eight, one in two thousand. */
const [CITIES, MOST] = [24, 5];
const [FEW, MOST_OF_FEW] = [8, 3];
/** They take a second for a few. */
const LONG = ['hotspots areas, rates', 'trend, any place', 'trend, watch'];

test.each(Object.keys(NULL_QUESTIONS))(
  'of cities in which nothing stands out hardly one shows anything by %s',
  (name) => {
    const [cities, most] = LONG.includes(name) ? [FEW, MOST_OF_FEW] : [CITIES, MOST];
    expect(showingOf(name, cities, 7)).toBeLessThanOrEqual(most);
  },
);

test('no map of such a city is better than ground taken at random; of equal places the emptier comes first', () => {
  const pai = meanPai(100, 7);
  expect(pai).toBeLessThan(1.03);
  expect(pai).toBeGreaterThan(0.85);
});
