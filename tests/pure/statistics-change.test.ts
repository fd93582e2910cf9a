// Near repeats, change, trend and emerging patterns against slow and plain ways to the same numbers, and on chance.

import { describe, expect, test } from 'vitest';
import { cusum, poissonReference } from '../../server/statistics/cusum.ts';
import { emergingOf } from '../../server/statistics/emerging.ts';
import { knox } from '../../server/statistics/near-repeat.ts';
import { changes } from '../../server/statistics/poisson-change.ts';
import { randomFrom } from '../../server/statistics/random.ts';
import { mannKendall } from '../../server/statistics/trend.ts';
import { poisson } from '../support/by-chance.ts';
import { saidOf } from '../support/said.ts';

describe('near repeats', () => {
  const random = randomFrom(8);
  const count = 60;
  const x = Array.from({ length: count }, () => random.below(500));
  const y = Array.from({ length: count }, () => random.below(500));
  const day = Array.from({ length: count }, () => random.below(30));
  const options = {
    distancesM: [0, 1, 100, 200, Number.POSITIVE_INFINITY],
    days: [0, 7, 14, Number.POSITIVE_INFINITY],
    runs: 99,
    seed: 4,
  };

  test.each(['manhattan', 'euclidean'] as const)(
    '%s pairs as counted one by one, open last bands included',
    (metric) => {
      const slow = options.distancesM.slice(1).map(() => options.days.slice(1).map(() => 0));
      for (let i = 0; i < count; i++)
        for (let j = i + 1; j < count; j++) {
          const [dx, dy] = [Math.abs(x[i]! - x[j]!), Math.abs(y[i]! - y[j]!)];
          const apart = metric === 'manhattan' ? dx + dy : Math.hypot(dx, dy);
          const [row, column] = [options.distancesM, options.days].map((limits, which) =>
            limits.findLastIndex((limit) => (which === 0 ? apart : Math.abs(day[i]! - day[j]!)) >= limit),
          );
          slow[row!]![column!]!++;
        }
      const found = saidOf(knox({ x, y }, day, { ...options, metric }));
      expect(found.observed).toEqual(slow);
      expect(found.pairs).toBe((count * (count - 1)) / 2);
      expect(knox({ x, y }, day, { ...options, metric })).toEqual(found);
    },
  );
  test('a band holds its lower limit and not its upper one; a planted repeat stands out', () => {
    const two = knox({ x: [0, 100], y: [0, 0] }, [0, 7], {
      ...options,
      distancesM: [0, 100, 200],
      days: [0, 7, 14],
      metric: 'manhattan',
    });
    expect(saidOf(two).observed).toEqual([
      [0, 0],
      [0, 1],
    ]);
    const many = Array.from({ length: 40 }, (_, i) => i >> 1);
    const planted = knox(
      { x: many.map((pair, i) => pair * 5000 + (i % 2) * 10), y: many.map(() => 0) },
      many.map((pair, i) => pair * 30 + (i % 2)),
      { ...options, distancesM: [0, 100], days: [0, 7], metric: 'manhattan' },
    );
    expect(saidOf(planted).observed).toEqual([[20]]);
    expect(saidOf(planted).p).toEqual([[0.01]]);
  });
});

describe('change and trend', () => {
  test('a null table of 1,920 cells shows hardly an arrow', () => {
    const random = randomFrom(12);
    const table = () => Array.from({ length: 1920 }, () => poisson(5, random));
    const arrows = Array.from(
      { length: 5 },
      () => changes(table(), table(), {}).filter(({ direction }) => direction !== 'none').length,
    );
    expect(arrows.filter((count) => count > 1)).toEqual([]);
  });
  test('a real change is told, with its direction, also where the periods differ in length', () => {
    expect(changes([20, 5], [80, 5], {})[0]).toMatchObject({ direction: 'up' });
    expect(changes([200, 50], [40, 25], { lengthBefore: 2 })[0]).toMatchObject({ direction: 'down' });
    expect(changes([200, 50], [100, 25], { lengthBefore: 2 }).map(({ direction }) => direction)).toEqual([
      'none',
      'none',
    ]);
  });
  test('Mann–Kendall and Sen (scipy 1.17.1: kendalltau of ten values with a tie, theilslopes 1.6 from 1.0 to 2.4)', () => {
    const found = saidOf(mannKendall([12, 15, 11, 18, 18, 20, 19, 24, 22, 30]));
    expect(found).toMatchObject({ s: 36, slopePerStep: 1.6, direction: 'up' });
    expect(found.variance).toBeCloseTo(124, 12);
    expect(found.z).toBeCloseTo(35 / Math.sqrt(124), 12);
    expect([found.slopeLow, found.slopeHigh].map((slope) => Math.round(slope * 10) / 10)).toEqual([1, 2.4]);
  });
  test('cumulated sums, worked by hand', () => {
    const found = saidOf(cusum([10, 12, 14, 9, 15], { target: 10, allowance: 1, limit: 5 }));
    expect(found).toMatchObject({ high: [0, 1, 4, 2, 6], low: [0, 0, 0, 0, 0], firstHigh: 4, firstLow: null });
    expect(poissonReference(4, 8)).toBeCloseTo(4 / Math.LN2, 12);
    expect(poissonReference(4, 4)).toBeNull();
  });
  test.each([
    [[0, 0, 0, 0, 1], 'new'],
    [[-1, 0, 0, 0, 1], 'new'],
    [[0, 0, 0, 1, 1], 'consecutive'],
    [[0, 1, 0, 1, 1], 'sporadic'],
    [[0, 1, -1, 1, 1], 'oscillating'],
    [[1, 1, 1, 1, 0], null],
    [[...Array(10).fill(1), 0], 'historical'],
    [Array(10).fill(1), 'persistent'],
    [[0, 0, 0], null],
  ])('%j is %s', (steps, pattern) => {
    expect(emergingOf(steps, steps)?.pattern ?? null).toBe(pattern);
    expect(
      emergingOf(
        steps.map((step) => -step),
        steps.map((step) => -step),
      )?.side ?? null,
    ).toBe(pattern && 'cold');
  });
  test('hot throughout: intensifying or diminishing by the trend of z', () => {
    const hot = Array(8).fill(1);
    expect(emergingOf(hot, [2, 2.5, 3, 3.2, 3.5, 4, 5, 6])?.pattern).toBe('intensifying');
    expect(emergingOf(hot, [6, 5, 4, 3.5, 3.2, 3, 2.5, 2])?.pattern).toBe('diminishing');
  });
});
