// Trends, ranks, funnels, years, squares, deals and what a density may be off or take: against values others published, hand work, and chance.

import { describe, expect, test } from 'vitest';
import { trendsOf } from '../../server/analysis/compute-places.ts';
import { squareNeighbours } from '../../server/analysis/compute-surfaces.ts';
import { compareClocks } from '../../server/statistics/clocks.ts';
import { rankCorrelation, stability } from '../../server/statistics/concentration.ts';
import { touching } from '../../server/statistics/contiguity.ts';
import { KERNELS } from '../../server/statistics/contract.ts';
import { rossiScore } from '../../server/statistics/cusum.ts';
import { studentReach, studentTwoSided } from '../../server/statistics/distributions.ts';
import {
  bandwidthOf,
  binnedDensity,
  centresOf,
  exactDensity,
  kernelOf,
  sharedDensity,
} from '../../server/statistics/kernel-density.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { dealNeighbours } from '../../server/statistics/permutations.ts';
import { randomFrom } from '../../server/statistics/random.ts';
import { funnelLimits, poissonQuantile } from '../../server/statistics/rates.ts';
import { skewedP } from '../../server/statistics/skewness.ts';
import { logTrend } from '../../server/statistics/trend.ts';
import { styled, weightsOf, weightsOfRows } from '../../server/statistics/weights.ts';
import { saidOf } from '../support/said.ts';

describe('a trend by Poisson regression', () => {
  test('is that of the deaths from AIDS in Australia, 1983 to 1986 (Whyte et al. 1987; Dobson 1990)', () => {
    const deaths = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45];
    const found = saidOf(logTrend(deaths, { days: deaths.map(() => 1), stepsPerYear: 1, season: false, level: 0.05 }));
    // glm(deaths ~ quarter, poisson): 0.25652 (standard error 0.02204); here its error is widened by the dispersion.
    expect(Math.log1p(found.perYear)).toBeCloseTo(0.25652, 4);
    const error = Math.log1p(found.perYear) / found.z / Math.sqrt(found.dispersion);
    expect(error).toBeCloseTo(0.02204, 4);
  });

  test('has the p and the interval of R, glm(family = quasipoisson), where counts scatter; of poisson where they do not', () => {
    const counts = [3, 5, 2, 8, 6, 9, 4, 12, 7, 10, 15, 9, 11, 8, 20, 14, 13, 22, 9, 25];
    const months = { days: counts.map(() => 1), stepsPerYear: 12, season: true };
    const scattered = saidOf(logTrend(counts, months));
    expect(scattered.dispersion).toBeCloseTo(1.468644561453778, 9);
    expect(scattered.p).toBeCloseTo(2.123499032928379e-4, 12);
    expect(scattered.low).toBeCloseTo(0.6866759488631016, 9);
    expect(scattered.high).toBeCloseTo(2.903139628573241, 9);
    const even = [5, 5, 6, 5, 6, 6, 6, 7, 6, 7, 7, 7];
    const steady = saidOf(logTrend(even, { days: even.map(() => 1), stepsPerYear: 12, season: false }));
    expect(steady.p).toBeCloseTo(0.3517225071731517, 9);
    expect([steady.low, steady.high]).toEqual([
      expect.closeTo(-0.3429938095702096, 9),
      expect.closeTo(2.256309541787902, 9),
    ]);
    expect(studentTwoSided(12, 3)).toBeCloseTo(0.001245015800789336, 15);
    expect(studentTwoSided(8, 200) / 9.879200909330695e-14).toBeCloseTo(1, 9);
    expect([1, 5, 200].map((degrees) => studentReach(0.05, degrees))).toEqual(
      [12.70620473617469, 2.570581835636314, 1.971896223633908].map((t) => expect.closeTo(t, 10)),
    );
  });

  test('of nine steps of a place without a trend that scatters says one in twenty times that there is one', () => {
    const random = randomFrom(8);
    const places = 1500;
    // Triples of incidents: the variance is three times the mean.
    const counts = () => 3 * poissonQuantile(random.share(), 5);
    let told = 0;
    for (let place = 0; place < places; place++) {
      const values = Array.from({ length: 9 }, counts);
      const found = logTrend(values, { days: values.map(() => 30), stepsPerYear: 12, season: true });
      if (found.reason === null && found.p <= 0.05) told++;
    }
    // By the normal distribution it was one in eleven.
    expect(told / places).toBeLessThan(0.065);
  });

  test('with all of it in the last step says that it lies in few steps, not that all are the same', () => {
    for (const before of [7, 23]) {
      const values = [...new Array<number>(before).fill(0), 1000];
      const found = logTrend(values, { days: values.map(() => 30), stepsPerYear: 12, season: before > 7 });
      expect(found).toEqual({ reason: 'in-few-steps' });
    }
  });

  test('finds a steady rise and a yearly wave exactly, whatever the months’ lengths', () => {
    const days = Array.from({ length: 36 }, (_, i) => 28 + (i % 4));
    const values = days.map((d, i) => d * 40 * 1.1 ** (i / 12) * Math.exp(0.3 * Math.sin((2 * Math.PI * i) / 12)));
    const found = saidOf(logTrend(values, { days, stepsPerYear: 12, season: true }));
    expect(found.perYear).toBeCloseTo(0.1, 8);
    expect(found.dispersion).toBe(1);
  });

  test('of a city without one calls hardly a place rising, falling or out of its own level', () => {
    const random = randomFrom(11);
    const poisson = (mean: number) => {
      const floor = Math.exp(-mean);
      let count = 0;
      for (let p = random.share(); p > floor; p *= random.share()) count++;
      return count;
    };
    const places = 200;
    const steps = Array.from({ length: 36 }, () => Float64Array.from({ length: places }, () => poisson(12)));
    const options = { days: steps.map(() => 30), stepsPerYear: 12, season: true, watch: 6, level: 0.05 };
    const { adjustedP, trends, watched } = saidOf(trendsOf({ steps, ...options }));
    expect(adjustedP.filter((p) => p !== null && p <= 0.05).length).toBeLessThanOrEqual(1);
    expect(trends.filter((each) => each !== null && each.p <= 0.05).length).toBeLessThan(places * 0.08);
    expect(watched.filter((each) => each?.side).length).toBeLessThanOrEqual(1);
    // Three times as varied, with a year before: level, wave and spread are hardly known, and chance gets far.
    const wild = (mean: number) => 3 * poisson(mean / 3);
    const few = Array.from({ length: 14 }, () => Float64Array.from({ length: places }, () => wild(30)));
    const told = saidOf(trendsOf({ ...options, steps: few, days: few.map(() => 30) })).watched;
    expect(told.filter((each) => each !== null).length).toBe(places);
    expect(told.filter((each) => each?.side).length).toBeLessThanOrEqual(1);
  });

  test('a place that doubled in its last steps is told with the step since when', () => {
    const quiet = Array.from({ length: 24 }, (_, i) => 20 + (i % 3));
    const steps = [...quiet, 21, 40, 42, 41].map((each) => Float64Array.of(each));
    const options = { days: steps.map(() => 30), stepsPerYear: 12, season: false, watch: 4, level: 0.05 };
    const { watched } = saidOf(trendsOf({ steps, ...options }));
    expect(watched[0]).toMatchObject({ side: 'high', since: 25, observed: 144 });
    expect(rossiScore(25, 25)).toBe(0);
    const sudden = [...quiet.map(() => 0), 0, 0, 12, 18].map((each) => Float64Array.of(each));
    expect(saidOf(trendsOf({ steps: sudden, ...options })).watched[0]).toEqual({
      ...{ side: 'high', since: 26, observed: 30, expected: 0 },
    });
  });
});

test('areas that share an edge are neighbours however the corners of the second were rounded', () => {
  const ring = (west: number, off: number) =>
    [
      [west, 0],
      [west + 0.01, 0],
      [west + 0.01, 0.01],
      [west, 0.01],
      [west, 0],
    ].map(([x, y]) => [x! + off, y! + off] as const);
  // Seven decimals: some of these lie on two sides of half a step of 1e-6.
  for (let at = 0; at < 40; at++) {
    const west = -99.1234567 + at * 1e-7;
    const both = [[ring(west, 0)], [ring(west + 0.01, 1e-7)]];
    for (const rule of ['queen', 'rook'] as const) expect([...touching(both, rule, 1e-6).to]).toEqual([1, 0]);
  }
  // Two that meet at a corner, and two whose edges are two tolerances apart.
  const corner = [[ring(0, 0)], [ring(0.01, 0).map(([x, y]) => [x, y + 0.01] as const)]];
  expect([touching(corner, 'queen', 1e-6).to.length, touching(corner, 'rook', 1e-6).to.length]).toEqual([2, 0]);
  expect(touching([[ring(0, 0)], [ring(0.010_002, 0)]], 'queen', 1e-6).to).toHaveLength(0);
});

test('ranks correlate as in the textbook example of hours of television and IQ: −29/165', () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 12);
  expect(
    rankCorrelation(
      iq,
      iq.map(() => 3),
    ),
  ).toBeNull();
});

test('years: which places hold half, how many already did, and what the old ones hold now', () => {
  const found = saidOf(
    stability(
      [
        [6, 4, 2, 0],
        [0, 6, 5, 1],
      ],
      0.5,
    ),
  );
  expect(found.years[0]).toMatchObject({ total: 12, holding: 1, kept: null });
  expect(found.years[1]).toMatchObject({ total: 12, holding: 1, kept: 0, held: 0 });
  expect([...found.times]).toEqual([1, 1, 0, 0]);
  expect(stability([[1, 2]], 0.5)).toMatchObject({ reason: 'too-few-steps' });
});

test('a funnel lies between the quantiles of Poisson (R: qpois)', () => {
  expect([0.025, 0.975, 0.001, 0.999].map((share) => poissonQuantile(share, 10))).toEqual([4, 17, 2, 21]);
  const [first, last] = [funnelLimits(0.01, 1000, 4000)[0]!, funnelLimits(0.01, 1000, 4000).at(-1)!];
  expect([first.low95, first.high95, Math.round(last.base)]).toEqual([4, 17, 4000]);
});

test('squares touch by edge or by corner, and not around the end of a row', () => {
  // Three columns; the middle of the second row is not compared.
  const cells = Uint32Array.of(0, 1, 2, 3, 5);
  const of = (rule: 'queen' | 'rook', i: number) => {
    const { start, to } = squareNeighbours(cells, 3, rule);
    return [...to.subarray(start[i]!, start[i + 1]!)].map((each) => cells[each]);
  };
  expect([of('queen', 1), of('rook', 1), of('queen', 2), of('rook', 3)]).toEqual([[0, 2, 3, 5], [0, 2], [1, 5], [0]]);
});

test('of few neighbours dealt from many values none is drawn twice', () => {
  // Two neighbours, and of the twenty other values only theirs are 1: one deal of C(20, 2) = 190; drawn with return 1 of 100.
  const values = Array.from({ length: 21 }, (_, i) => (i === 4 || i === 9 ? 1 : 0));
  const { p } = dealNeighbours(
    values,
    weightsOf(21, [
      [0, 4],
      [0, 9],
    ]),
    { seed: 1, most: 20_000 },
  );
  expect(Math.abs(p[0]! - 1 / 190)).toBeLessThan(0.0025);
});

test('a place with twenty thousand neighbours of 160,000 is dealt in time that grows as they do', () => {
  // One neighbour has the only incident: an eighth of all deals gives it to one of them.
  const values = new Uint8Array(160_001);
  values[1] = 1;
  const weights = weightsOf(
    values.length,
    Array.from({ length: 20_000 }, (_, k) => [0, k + 1]),
  );
  const begun = performance.now();
  const { p } = dealNeighbours(values, weights, { seed: 1, most: 100 });
  expect(Math.abs(p[0]! - 1 / 8)).toBeLessThan(0.1);
  // Searching what was drawn takes half a minute.
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('two clocks whose hours came more or less often are compared by how often, as R’s glm with an offset does', () => {
  const lengths = { first: [4, 5, 5, 4], second: [5, 4, 4, 4] };
  const found = saidOf(compareClocks([10, 20, 30, 5], [30, 25, 20, 9], lengths));
  // R 4.2.2: f <- glm(cbind(s, f) ~ 1, binomial, offset = log(h2 / h1)); sum(residuals(f, "pearson")^2), rstandard(f, type = "pearson").
  expect(found.chiSquared).toBeCloseTo(5.87660830342, 9);
  for (const [i, value] of [1.713229780615, 0.419479743263, -2.265367282945, 0.464582137326].entries())
    expect(found.residual[i]).toBeCloseTo(value, 6);
  // Twice as many of everything on days there were twice as many of is no difference, and a 31st that one never had no cell.
  const even = saidOf(compareClocks([8, 8, 8], [16, 8, 0], { first: [1, 1, 1], second: [2, 1, 0] }));
  expect([even.p, even.degrees, even.residual[2]]).toEqual([expect.closeTo(1, 6), 1, null]);
});

describe('a density', () => {
  const [radiusM, movedM] = [100, 12.5 * Math.SQRT2];
  const bandwidth = bandwidthOf('quartic', { radiusM });
  const peak = 3 / (Math.PI * radiusM ** 2);
  const one = { west: 0, south: 0, cellM: 2, columns: 1, rows: 1 };

  // Told by cells of 25 m, an incident may be 17.7 m from where it is told; the quartic is (1 − d²/R²)² of its peak.
  test.each([
    ['told in the cell itself but lies 17.7 m off', 1, 1 - (1 - 0.03125) ** 2],
    ['told beyond the radius but lies within it', 1 + 110, (1 - ((110 - movedM) / 100) ** 2) ** 2],
  ])('states an error that covers an incident %s', (_, x, share) => {
    const { errors, errorBound, left } = saidOf(binnedDensity({ x: [x], y: [1] }, one, 'quartic', bandwidth, movedM));
    expect([left, errorBound]).toEqual([0, errors[0]]);
    expect(errorBound / peak).toBeGreaterThanOrEqual(share);
    // The quartic falls nowhere by more than 8 / (3√3) of its peak a radius.
    expect(errorBound / peak).toBeLessThan((8 / (3 * Math.sqrt(3))) * (movedM / radiusM) + 0.001);
  });

  test('is exact in the middles of cells, and a pile of a million elsewhere in the row leaves no trace', () => {
    const grid = { west: 0, south: 0, cellM: 50, columns: 400, rows: 3 };
    const points = { x: [25, 15_025], y: [75, 75], weight: [1e6, 1] };
    const { density } = saidOf(binnedDensity(points, grid, 'quartic', bandwidthOf('quartic', { radiusM: 500 })));
    const peak = 3 / (Math.PI * 500 ** 2);
    for (const [away, row, share] of [
      [0, 1, 1],
      [5, 1, 0.5625],
      [-6, 1, 0.4096],
      [9, 1, 0.0361],
      [3, 2, 0.81],
      [10, 1, 0],
      [-10, 1, 0],
      [60, 1, 0],
      [-150, 0, 0],
    ] as const)
      expect(density[row * 400 + 300 + away]! / peak).toBeCloseTo(share, 12);
    expect(density[400]! / peak).toBeCloseTo(1e6, 5);
  });
  test.each(KERNELS)(
    '%s of what is shared between corners half a cell apart is within what each cell is told to be off, and that within 1 %% of the peak',
    (kernel) => {
      const random = randomFrom(5);
      const drawn = (most: number) => Array.from({ length: 400 }, () => random.share() ** 2 * most);
      const points = { x: drawn(1000), y: drawn(800) };
      const grid = { west: 0, south: 0, cellM: 25, columns: 40, rows: 32 };
      const bandwidth = bandwidthOf(kernel, { sigmaM: kernel === 'quartic' ? 88.4 : 125 });
      const exact = exactDensity(points, centresOf(grid), kernel, bandwidth);
      const shares = new Float64Array(81 * 65);
      for (const [i, x] of points.x.entries()) {
        const [east, north] = [x / 12.5, points.y[i]! / 12.5];
        for (const column of [Math.floor(east), Math.floor(east) + 1])
          for (const row of [Math.floor(north), Math.floor(north) + 1])
            shares[row * 81 + column]! += 7 * (1 - Math.abs(east - column)) * (1 - Math.abs(north - row));
      }
      const { density, errors, errorBound } = saidOf(sharedDensity(shares, 7, grid, 2, kernel, bandwidth));
      const off = exact.map((value, i) => Math.abs(value - density[i]!) - errors[i]!);
      // A gaussian is cut where it is 1.5e-8 of its peak, of each of 400.
      expect(Math.max(...off)).toBeLessThan(6e-6 * kernelOf(kernel, bandwidth)(0));
      expect([Math.max(...errors), errorBound < Math.max(...exact) / 100]).toEqual([errorBound, true]);
    },
  );
  test('of cells far larger than its radius takes little memory, and of more than there is room for none', () => {
    const before = process.memoryUsage().arrayBuffers;
    const large = { west: 0, south: 0, cellM: 5000, columns: 2, rows: 2 };
    const narrow = bandwidthOf('quartic', { radiusM: 20 });
    const { density } = saidOf(binnedDensity({ x: [2500], y: [7500] }, large, 'quartic', narrow));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250e6);
    expect(density[2]).toBeCloseTo(3 / (Math.PI * 400), 12);
    // Where all points are inside, a wide kernel needs no more room than a narrow one; far outside they need 9,900 cells each way.
    const small = { west: 0, south: 0, cellM: 1, columns: 101, rows: 101 };
    const wide = bandwidthOf('quartic', { radiusM: 5000 });
    const inside = saidOf(binnedDensity({ x: [50.5], y: [50.5] }, small, 'quartic', wide));
    expect(inside.density[50 * 101 + 50]! / (3 / (Math.PI * 25e6))).toBeCloseTo(1, 9);
    expect(binnedDensity({ x: [4900], y: [50] }, small, 'quartic', wide)).toEqual({ reason: 'too-large' });
  });
});

test('p by the values themselves, with a thousand neighbours each, is that of the binomial distribution, in little memory', () => {
  // The 999 that follow each in a circle; of the first, so many have an incident, and of all a third.
  const after = (i: number) => Uint32Array.from({ length: 999 }, (_, k) => (i + 1 + k) % 1800).sort();
  const near = weightsOfRows(1800, 2_000_000, after)!;
  const seen = (within: number) =>
    Array.from({ length: 1800 }, (_, i) => ((i > 0 && i <= within) || i >= 1200 + within ? 1 : 0));
  const used = styled(near, 'B', false);
  const before = process.resourceUsage().maxRSS;
  // R: 2 * min(pbinom(s, 999, 1/3), 1 - pbinom(s - 1, 999, 1/3)).
  for (const [sum, expected] of [
    [300, 0.0280681604438534],
    [360, 0.0765653863562088],
    [380, 0.00199225514640533],
  ] as const) {
    const values = seen(sum);
    const p = skewedP(values, used, saidOf(localG(values, used, 'gi')).z);
    expect(p[0]).toBeCloseTo(expected, 9);
  }
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(300_000);
});
