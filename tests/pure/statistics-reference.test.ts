// The methods against programs of the field: the tables of support/statistics-reference.json, computed once by the R program beside
// them (spdep, spatstat, surveillance; versions at the head of the tables). They are written with 15 digits.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareClocks } from '../../server/statistics/clocks.ts';
import type { Style } from '../../server/statistics/contract.ts';
import {
  chiSquaredAbove,
  gammaQuantile,
  normalQuantile,
  normalTwoSided,
} from '../../server/statistics/distributions.ts';
import { adjusted } from '../../server/statistics/false-discoveries.ts';
import { bandwidthOf, exactDensity } from '../../server/statistics/kernel-density.ts';
import { globalG, localG } from '../../server/statistics/local-g.ts';
import { globalMoran, localMoran } from '../../server/statistics/moran.ts';
import { knox } from '../../server/statistics/near-repeat.ts';
import { nearestNeighbours, withinDistance } from '../../server/statistics/neighbours.ts';
import { networkDensity } from '../../server/statistics/network-density.ts';
import { empiricalBayes, poissonInterval } from '../../server/statistics/rates.ts';
import { mannKendall } from '../../server/statistics/trend.ts';
import { type Links, styled, weightsOf } from '../../server/statistics/weights.ts';
import { saidOf } from '../support/said.ts';

const R = JSON.parse(readFileSync(join(import.meta.dirname, '../support/statistics-reference.json'), 'utf8'));

/** To nine digits of what the other program says; null where it says none. */
function expectClose(ours: readonly (number | null)[], theirs: readonly (number | null)[]): void {
  expect(ours).toHaveLength(theirs.length);
  for (const [at, value] of theirs.entries()) {
    if (value === null) expect(ours[at], `at ${at}`).toBeNull();
    else
      expect(Math.abs(ours[at]! - value), `at ${at}: ${ours[at]} ≠ ${value}`).toBeLessThan(
        1e-9 * (1 + Math.abs(value)),
      );
  }
}

describe.each(['queen', 'within', 'nearest'])('places with neighbours by %s, as spdep', (name) => {
  const { neighbours, values, globalG: whole, ...by } = R.places[name];
  const pairs = (neighbours as number[][]).flatMap((to, from) => to.map((other) => [from, other] as const));
  const weights = weightsOf(values.length, pairs);

  test.each(['B', 'W'] as Style[])('Gi and Gi*, style %s', (style) => {
    expectClose(saidOf(localG(values, styled(weights, style, false), 'gi')).z, by[style].gi);
    const star = saidOf(localG(values, styled(weights, style, true), 'gi-star')).z;
    // A place alone with itself has no z here; spdep gives that of its own value.
    expectClose(
      star,
      by[style].giStar.map((z: number, at: number) => (neighbours[at].length ? z : null)),
    );
  });

  test.each(['B', 'W'] as Style[])('local Moran, conditional and total, style %s', (style) => {
    const w = styled(weights, style, false);
    const known = (of: (number | null)[]) => of.map((z, at) => (neighbours[at].length ? z : null));
    const conditional = saidOf(localMoran(values, w));
    expectClose(conditional.i, known(by[style].i));
    expectClose(conditional.z, known(by[style].zConditional));
    expectClose(saidOf(localMoran(values, w, { moments: 'total' })).z, known(by[style].zTotal));
  });

  test.each(['B', 'W'] as Style[])('global Moran under both assumptions, style %s', (style) => {
    const { i, expected, randomVariance, randomP, normalVariance, normalP } = by[style].moran;
    const ours = saidOf(globalMoran(values, styled(weights, style, false)));
    const { normality, randomisation } = ours;
    expectClose(
      [ours.i, ours.expected, randomisation!.variance, randomisation!.p, normality!.variance, normality!.p],
      [i, expected, randomVariance, randomP, normalVariance, normalP],
    );
  });

  test('global G', () => {
    if (!whole) return expect(neighbours.some((to: number[]) => to.length === 0)).toBe(true);
    const { g, expected, variance, p } = saidOf(globalG(values, styled(weights, 'B', false)));
    expectClose([g, expected, variance, p], [whole.g, whole.expected, whole.variance, whole.p].flat(2));
  });
});

test('neighbours within a distance and the four nearest are those of dnearneigh and knearneigh', () => {
  const at = (a: number, b: number) =>
    Float64Array.from({ length: 60 }, (_, k) => ((a * (k + 1) ** 2 + b * (k + 1)) % 10_007) % 1000);
  const points = { x: at(37, 11), y: at(53, 29) };
  const listed = (weights: Links | null) => {
    const { start, to } = weights!;
    return Array.from({ length: 60 }, (_, i) => [...to.subarray(start[i]!, start[i + 1]!)]);
  };
  expect(listed(withinDistance(points, 110))).toEqual(R.places.within.neighbours);
  expect(listed(nearestNeighbours(points, 4))).toEqual(R.places.nearest.neighbours);
});

test('p.adjust(…, "fdr")', () => expectClose(adjusted(R.adjusted.p), R.adjusted.fdr));

test('EBest of thirty areas: mean, variance between areas and rates', () => {
  const { events, residents, rate, a, b } = R.empiricalBayes;
  const ours = saidOf(empiricalBayes(events, residents));
  expectClose([ours.variance, ours.mean], [a, b]);
  expectClose(ours.rate, rate);
});

test('poisson.test at 95 % and 99 %', () => {
  for (const { count, low, high, low99, high99 } of R.poissonInterval) {
    const [ours, wide] = [poissonInterval(count), poissonInterval(count, 0.99)];
    expectClose([ours.low, ours.high, wide.low, wide.high], [low, high, low99, high99]);
  }
});

test('pnorm, qnorm, qgamma and pchisq, far out too', () => {
  const { z, twoSided, q, quantile, shape, gamma, chi } = R.distributions;
  for (const [at, value] of z.entries()) expect(normalTwoSided(value) / twoSided[at]).toBeCloseTo(1, 9);
  expectClose(q.map(normalQuantile), quantile);
  expectClose(
    shape.map((a: number) => gammaQuantile(0.975, a)),
    gamma,
  );
  expectClose(
    [chiSquaredAbove(0.1, 1), chiSquaredAbove(3.84, 1), chiSquaredAbove(20, 7), chiSquaredAbove(80, 23)],
    chi,
  );
});

test('chisq.test of two clocks, with its standardised residuals', () => {
  const { first, second, chiSquared, p, residual } = R.clocks;
  const ours = saidOf(compareClocks(first, second));
  expectClose([ours.chiSquared, ours.p], [chiSquared, p]);
  expectClose(ours.residual, residual);
});

test('Mann–Kendall and Sen, as cor.test and the median of all slopes', () => {
  const [rising, tied] = R.trend;
  const ours = saidOf(mannKendall(rising.values));
  expectClose([ours.z, ours.p, ours.slopePerStep], [rising.z, rising.p, rising.slope]);
  const ofTied = saidOf(mannKendall(tied.values));
  expectClose([ofTied.z, ofTied.p, ofTied.slopePerStep], [tied.z, tied.p, tied.slope]);
});

test('pairs near in space and time, as surveillance::knox', () => {
  const { x, y, day, tables } = R.knox;
  for (const { distance, days, near, expected, table } of tables) {
    const limits = { distancesM: [0, distance, Number.POSITIVE_INFINITY], days: [0, days, Number.POSITIVE_INFINITY] };
    const ours = saidOf(knox({ x, y }, day, { ...limits, metric: 'euclidean', runs: 0, seed: 1 }));
    expect(ours.observed.flat()).toHaveLength(4);
    expect([...ours.observed.flat()].sort()).toEqual([...table].sort());
    expect(ours.observed[0]![0]).toBe(near);
    expectClose([ours.expected[0]![0]!], [expected]);
  }
});

test('density.ppp at the points, gaussian and quartic, with σ as its bandwidth', () => {
  const { x, y, gaussian, quartic } = R.density;
  for (const [kernel, { sigma, density }] of [
    ['gaussian', gaussian],
    ['quartic', quartic],
  ] as const) {
    const ours = exactDensity({ x, y }, { x, y }, kernel, bandwidthOf(kernel, { sigmaM: sigma }));
    for (const [at, value] of density.entries()) expect(Math.abs(ours[at]! - value)).toBeLessThan(1e-6 * value);
  }
});

test.each(['discontinuous', 'continuous'] as const)('densityEqualSplit along streets, %s', (split) => {
  const { from, to, length, radius, events } = R.network;
  const network = { from, to, lengthM: length };
  const placed = (of: { segment: number[]; share: number[] }) =>
    of.segment.map((segment, k) => ({ segment, atM: of.share[k]! * length[segment] }));
  const theirs = R.network[split];
  const ours = saidOf(networkDensity(network, placed(events), placed(theirs), 'quartic', radius, split));
  for (const [at, value] of theirs.density.entries()) {
    expect(Math.abs(ours.density[at]! - value), `at ${at}: ${ours.density[at]} ≠ ${value}`).toBeLessThan(1e-9);
  }
});
