// Densities against the sum over every point, at places worked by hand, and along streets.

import { describe, expect, test } from 'vitest';
import { KERNELS, SPLITS } from '../../server/statistics/contract.ts';
import {
  bandwidthOf,
  binnedDensity,
  centresOf,
  densityRatio,
  edgeShares,
  exactDensity,
} from '../../server/statistics/kernel-density.ts';
import { lineKernel, networkDensity } from '../../server/statistics/network-density.ts';
import { randomFrom } from '../../server/statistics/random.ts';
import { saidOf } from '../support/said.ts';

describe('density', () => {
  const random = randomFrom(3);
  const points = {
    x: Array.from({ length: 400 }, () => 1000 + random.share() * 1000),
    y: Array.from({ length: 400 }, () => random.share() * 800),
  };
  const grid = { west: 1000, south: 0, cellM: 25, columns: 40, rows: 32 };

  test.each(KERNELS)(
    '%s on cells of a tenth of its width is within the printed bound of point by point, and that within 1 %% of the peak',
    (kernel) => {
      const bandwidth = bandwidthOf(kernel, { sigmaM: kernel === 'quartic' ? 88.4 : 125 });
      const exact = exactDensity(points, centresOf(grid), kernel, bandwidth);
      const peak = Math.max(...exact);
      const worstOf = (density: Float64Array) => Math.max(...exact.map((value, i) => Math.abs(value - density[i]!)));
      const sharp = saidOf(binnedDensity(points, grid, kernel, bandwidth));
      expect(sharp.left).toBe(0);
      expect(worstOf(sharp.density)).toBeLessThanOrEqual(sharp.errorBound);
      expect(sharp.errorBound / peak).toBeLessThan(0.002);
      // As the cube tells them: by cells of a four-hundredth of the radius, each as if all of it lay in the middle.
      const fineM = kernel === 'quartic' ? bandwidth.radiusM / 400 : bandwidth.sigmaM / 150;
      const told = (at: readonly number[]) => at.map((each) => (Math.floor(each / fineM) + 0.5) * fineM);
      const moved = { x: told(points.x), y: told(points.y) };
      const { density, errorBound } = saidOf(binnedDensity(moved, grid, kernel, bandwidth, fineM / Math.SQRT2));
      expect(worstOf(density)).toBeLessThanOrEqual(errorBound);
      expect(errorBound / peak).toBeLessThan(0.01);
    },
  );
  test('exact at hand-worked places: 3/(πR²) at the point, (3/4)² of it half way, nothing at the radius', () => {
    const at = { x: [0, 50, 100], y: [0, 0, 0] };
    const density = exactDensity({ x: [0], y: [0] }, at, 'quartic', bandwidthOf('quartic', { radiusM: 100 }));
    const peak = 3 / (Math.PI * 1e4);
    for (const [i, share] of [1, 0.5625, 0].entries()) expect(density[i]).toBeCloseTo(peak * share, 15);
  });
  test('an even city is even up to its edge with the edges corrected, and fades without', () => {
    const even = centresOf(grid);
    const bandwidth = bandwidthOf('quartic', { radiusM: 250 });
    const { density } = saidOf(binnedDensity(even, grid, 'quartic', bandwidth));
    const shares = edgeShares(grid, null, 'quartic', bandwidth);
    expect(density[0]! * 25 * 25).toBeLessThan(0.4);
    for (const i of [0, 39, 700, 1279]) expect((density[i]! * 25 * 25) / shares[i]!).toBeCloseTo(1, 2);
  });
  test('a ratio of densities is null where nobody lives', () => {
    expect(densityRatio(Float64Array.of(2, 1), Float64Array.of(4, 0))).toEqual([0.5, null]);
  });
  test('along streets the continuous split loses nothing, the discontinuous only at dead ends; no step at a junction', () => {
    const star = { from: [0, 0, 0], to: [1, 2, 3], lengthM: [40, 40, 40] };
    const fine = [0, 1, 2].flatMap((segment) =>
      Array.from({ length: 800 }, (_, k) => ({ segment, atM: (k + 0.5) / 20 })),
    );
    for (const split of SPLITS) {
      const { density } = saidOf(networkDensity(star, [{ segment: 0, atM: 8 }], fine, 'quartic', 25, split));
      expect(density.reduce((sum, value) => sum + value, 0) / 20).toBeCloseTo(1, 5);
    }
    const atJunction = [0, 1].map((segment) => ({ segment, atM: 0 }));
    const { density } = saidOf(networkDensity(star, [{ segment: 0, atM: 8 }], atJunction, 'quartic', 25, 'continuous'));
    expect(density[0]).toBeCloseTo(density[1]!, 12);
    expect(density[0]).toBeCloseTo((2 / 3) * lineKernel('quartic', 25).at(8), 12);
  });
});
