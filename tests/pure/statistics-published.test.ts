// The methods of analysis against values that others published, or that another program gives, each with its source.

import { describe, expect, test } from 'vitest';
import { aoristic } from '../../server/statistics/aoristic.ts';
import { compareClocks } from '../../server/statistics/clocks.ts';
import { concentration } from '../../server/statistics/concentration.ts';
import { estimated, quotients, wdd, wddOfHarm } from '../../server/statistics/displacement.ts';
import { chiSquaredAbove, normalBelow, normalQuantile, normalTwoSided } from '../../server/statistics/distributions.ts';
import { adjusted, criticalP, esdaThreshold } from '../../server/statistics/false-discoveries.ts';
import { bandwidthOf } from '../../server/statistics/kernel-density.ts';
import { globalG, localG } from '../../server/statistics/local-g.ts';
import { localMoran } from '../../server/statistics/moran.ts';
import { withinDistance } from '../../server/statistics/neighbours.ts';
import { networkDensity } from '../../server/statistics/network-density.ts';
import { eTest } from '../../server/statistics/poisson-change.ts';
import { scorePrediction } from '../../server/statistics/prediction-scores.ts';
import { empiricalBayes, poissonInterval } from '../../server/statistics/rates.ts';
import { styled, weightsOf } from '../../server/statistics/weights.ts';

/** What is said, or the test fails. */
function saidOf<T extends object>(answer: T): Extract<T, { reason: null }> {
  expect(answer).toMatchObject({ reason: null });
  return answer as Extract<T, { reason: null }>;
}
const near = (values: readonly (number | null)[], published: readonly number[], digits: number) => {
  expect(values.length).toBe(published.length);
  for (const [i, value] of published.entries()) expect(values[i]).toBeCloseTo(value, digits);
};

describe('G of Getis and Ord (six points, pysal/esda esda/tests/test_getisord.py and docstrings of esda/getisord.py)', () => {
  const weights = withinDistance({ x: [10, 20, 40, 15, 30, 30], y: [10, 10, 10, 20, 20, 30] }, 15)!;
  const values = [2, 3, 3.2, 5, 8, 7];

  test('global G and its one-sided p', () => {
    const { g, pOneSided } = saidOf(globalG(values, weights));
    expect(g).toBeCloseTo(0.55709779, 8);
    expect(pOneSided).toBeCloseTo(0.1729, 4);
  });
  test('Gi of six places', () => {
    near(
      saidOf(localG(values, styled(weights, 'B', false), 'gi')).z,
      [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941],
      7,
    );
  });
  test('Gi* of six places, for binary weights; row-standardised ones give the same', () => {
    const published = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331];
    near(saidOf(localG(values, styled(weights, 'B', true), 'gi-star')).z, published, 8);
    near(saidOf(localG(values, styled(weights, 'W', true), 'gi-star')).z, published, 8);
  });
});

describe('local Moran (ten places of De Smith, Goodchild & Longley; docstring of Moran_Local in pysal)', () => {
  const neighbours = [
    [2, 4],
    [1, 5],
    [4, 7],
    [1, 3, 5, 8],
    [2, 4, 6, 9],
    [5, 10],
    [3, 8],
    [4, 7, 9],
    [5, 8, 10],
    [6, 9],
  ];
  const weights = styled(
    weightsOf(
      10,
      neighbours.flatMap((row, i) => row.map((j) => [i, j - 1] as const)),
    ),
    'W',
    false,
  );
  const values = [2.24, 3.1, 4.55, -5.15, -4.39, 0.46, 5.54, 9.02, -2.09, -3.06];

  test('I of each, with squares divided by n − 1 as there', () => {
    near(
      saidOf(localMoran(values, weights, { divisor: 'n-1' })).i,
      [
        -0.11409277, -0.19940543, -0.13351408, -0.51770383, 0.48095009, 0.12208113, 1.19148298, -0.58144305, 0.07101383,
        0.34314301,
      ],
      8,
    );
  });
  test('quadrants 4, 4, 4, 2, 3, 3, 1, 4, 3, 3', () => {
    const names = ['high-high', 'low-high', 'low-low', 'high-low'];
    const { quadrant } = saidOf(localMoran(values, weights));
    expect(quadrant.map((name) => names.indexOf(name!) + 1)).toEqual([4, 4, 4, 2, 3, 3, 1, 4, 3, 3]);
  });
});

describe('false discoveries', () => {
  // Benjamini & Hochberg 1995, section 4: fifteen comparisons of two treatments.
  const p = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];

  test('Benjamini and Hochberg reject the four smallest of their fifteen, at 0.0095', () => {
    expect(criticalP(p, 0.05)).toBe(0.0095);
    expect(adjusted(p).filter((value) => value! <= 0.05)).toHaveLength(4);
  });
  test('esda.fdr answers level ÷ n where none passes (78 counties: 0.001282051 at 0.1, 0.000641026 at 0.05)', () => {
    const none = Array.from({ length: 78 }, () => 0.5);
    expect(esdaThreshold(none, 0.1)).toBeCloseTo(0.001282051, 9);
    expect(esdaThreshold(none, 0.05)).toBeCloseTo(0.000641026, 9);
  });
});

describe('distributions', () => {
  test.each([
    // Abramowitz & Stegun 1964, table 26.1.
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.99865010196837],
  ])('the normal distribution up to %f (Abramowitz & Stegun, table 26.1)', (z, published) => {
    expect(normalBelow(z)).toBeCloseTo(published, 14);
  });
  test.each([
    [0.95, 1.64485363],
    [0.975, 1.95996398],
    [0.995, 2.5758293],
  ])('the normal quantile of %f (Abramowitz & Stegun, table 26.5)', (p, published) => {
    expect(normalQuantile(p)).toBeCloseTo(published, 7);
  });
  test('far out nothing is lost: two-sided p of z = 10 is 1.523970604832094e−23 (scipy 1.17.1, norm.sf)', () => {
    expect(normalTwoSided(10) / 2 / 7.61985302e-24).toBeCloseTo(1, 8);
  });
  test.each([
    [3.841458821, 1, 0.05],
    [18.30703805, 10, 0.05],
    [23.20925116, 10, 0.01],
  ])('chi-squared %f with %i degrees of freedom (Abramowitz & Stegun, table 26.8)', (x, degrees, p) => {
    expect(chiSquaredAbove(x, degrees)).toBeCloseTo(p, 9);
  });
  test.each([
    // Pearson & Hartley 1966, Biometrika Tables I, table 40.
    [0, 0, 3.69],
    [1, 0.0253, 5.57],
    [2, 0.242, 7.22],
    [3, 0.619, 8.77],
    [4, 1.09, 10.24],
    [5, 1.62, 11.67],
    [10, 4.8, 18.39],
    [20, 12.22, 30.89],
    [30, 20.24, 42.83],
    [50, 37.11, 65.92],
  ])('95 %% of a count of %i (Garwood; Biometrika Tables, table 40)', (count, low, high) => {
    const interval = poissonInterval(count);
    const digits = low === 0 || low >= 1 ? 2 : low < 0.1 ? 4 : 3;
    expect(interval.low).toBeCloseTo(low, digits);
    expect(Math.abs(interval.high - high)).toBeLessThan(0.0051);
  });
});

describe('rates', () => {
  test('empirical Bayes of six areas (PySAL, doc/users/tutorials/smoothing.rst)', () => {
    const { rate } = saidOf(empiricalBayes([18, 5, 8, 7, 3, 8], [190, 45, 45, 50, 160, 150]));
    near(rate, [0.09080775, 0.09252352, 0.12332267, 0.10753624, 0.03301368, 0.05934766], 8);
  });
});

describe('change', () => {
  test.each([
    // Krishnamoorthy & Thomson 2004, as tested by ptools (tests/testthat/test-etest.R).
    [0, 3, 0.0884],
    [6, 2, 0.1749],
    [2, 6, 0.1749],
    // Worked out from the definition, and the same in scipy 1.17.1.
    [20, 10, 0.0688],
    [25, 16, 0.1648],
  ])('E-test of %i and %i', (before, after, published) => {
    expect(saidOf(eTest(before, after)).p).toBeCloseTo(published, 4);
  });
  test.each([
    [0, 100, 3, 100, 0.08837900929018157],
    [2, 100, 6, 100, 0.1748748209437075],
    [25, 2, 16, 1, 0.46072218239086815],
    [5, 1, 40, 4, 0.08053536501752913],
  ])(
    'E-test of %i in %i and %i in %i (scipy 1.17.1, poisson_means_test)',
    (before, lengthBefore, after, lengthAfter, p) => {
      expect(saidOf(eTest(before, after, lengthBefore, lengthAfter)).p).toBeCloseTo(p, 9);
    },
  );
  test('two rows of three (Agresti 2007, p. 39: X² = 30.07, p = 2.954e−07)', () => {
    const { chiSquared, degrees, p } = saidOf(compareClocks([762, 327, 468], [484, 239, 477]));
    expect(chiSquared).toBeCloseTo(30.070149095754672, 9);
    expect(degrees).toBe(2);
    expect(p / 2.9535891832117595e-7).toBeCloseTo(1, 9);
  });
});

describe('concentration and scores', () => {
  test.each([
    [[5, 2, 1, 0, 0, 0, 0, 0, 0, 0], 0.8, 0.75],
    [[10, 8, 2, 0, 0, 0, 0, 0, 0, 0], 0.78, 0.78],
  ])('Gini of %j (Bernasco & Steenbeek 2017)', (counts, gini, generalised) => {
    const found = saidOf(concentration(counts));
    expect(found.gini).toBeCloseTo(gini, 12);
    expect(found.generalisedGini).toBeCloseTo(generalised, 12);
  });
  test('PAI 2, 1.5, 1, PEI 1, RRI 1/2, 5/9, 2/3 (ptools, tests/testthat/test-pai.R)', () => {
    const { pai, pei, rri } = saidOf(scorePrediction([6, 3, 0], [3, 2, 1], null));
    near(pai, [2, 1.5, 1], 12);
    near(pei, [1, 1, 1], 12);
    near(rri, [3 / 6, 5 / 9, 6 / 9], 12);
  });
});

describe('time and density', () => {
  test('10:30–12:00 lies a third at ten and two thirds at eleven (aoristic 2.0.0)', () => {
    const hours = aoristic([{ fromMinute: 630, untilMinute: 720 }]);
    expect(hours[10]).toBeCloseTo(1 / 3, 12);
    expect(hours[11]).toBeCloseTo(2 / 3, 12);
    expect(hours[12]).toBe(0);
  });
  test('10:00–11:00 lies all in the tenth hour; an end before the beginning puts all there (aoristic 2.0.0)', () => {
    expect(aoristic([{ fromMinute: 600, untilMinute: 660 }])[10]).toBe(1);
    expect(aoristic([{ fromMinute: 600, untilMinute: 500 }])[10]).toBe(1);
    expect(aoristic([{ fromMinute: 600, untilMinute: null }])[10]).toBe(1);
  });
  test('more than 168 hours is 1/168 in each (aoristic 2.0.0)', () => {
    const hours = aoristic([{ fromMinute: 0, untilMinute: 168 * 60 + 1 }]);
    expect([...hours].every((hour) => Math.abs(hour - 1 / 168) < 1e-15)).toBe(true);
  });
  test('the radius of a quartic is √8 = 2.83 times its standard deviation', () => {
    expect(bandwidthOf('quartic', { sigmaM: 100 }).radiusM).toBeCloseTo(282.8427, 4);
  });
  test('a star of four arms, discontinuous: a third beyond the junction (spNetwork, test_nkde_manual_bws.R)', () => {
    const star = { from: [0, 0, 0, 0], to: [1, 2, 3, 4], lengthM: [20, 20, 20, 20] };
    const quartic = (d: number, bw: number) => (15 / 16) * (1 - (d / bw) ** 2) ** 2;
    const at = [{ segment: 1, atM: 3 }];
    const ten = saidOf(networkDensity(star, [{ segment: 0, atM: 3 }], at, 'quartic', 10, 'discontinuous')).density[0]!;
    const twelve = saidOf(networkDensity(star, [{ segment: 2, atM: 3.2 }], at, 'quartic', 12, 'discontinuous'))
      .density[0]!;
    expect(ten + twelve).toBeCloseTo(quartic(6, 10) / 10 / 3 + quartic(6.2, 12) / 12 / 3, 12);
  });
});

describe('Weighted Displacement Difference (ptools, tests/testthat/test-wdd.R, and the papers it names)', () => {
  const paper = {
    treated: [207, 110],
    control: [308, 318],
    displacement: [178, 157],
    displacementControl: [150, 140],
  } as const;

  test('three made cases: −10, −10, −20', () => {
    const fall = [20, 10] as const;
    const still = [20, 20] as const;
    expect(saidOf(wdd({ treated: fall, control: still })).local.estimate).toBe(-10);
    const around = { control: still, displacementControl: still, displacement: fall };
    expect(saidOf(wdd({ ...around, treated: still })).displaced.estimate).toBe(-10);
    expect(saidOf(wdd({ ...around, treated: fall })).total.estimate).toBe(-20);
  });
  test('the paper: −118, variance 1568, z −2.98, −196 to −40; −107 (30.7) and −11 (25.0)', () => {
    const { total, local, displaced } = saidOf(wdd(paper));
    expect(total).toMatchObject({ estimate: -118, variance: 1568 });
    expect([total.se, total.z!, total.low, total.high].map((value) => Math.round(value * 100) / 100)).toEqual([
      39.6, -2.98, -195.61, -40.39,
    ]);
    expect([local.estimate, Math.round(local.se * 10) / 10]).toEqual([-107, 30.7]);
    expect([displaced.estimate, displaced.se]).toEqual([-11, 25]);
  });
  test('two years before, one after: −20, √115', () => {
    const { total } = saidOf(wdd({ treated: [80, 20], control: [100, 50] }, { periods: [2, 1] }));
    expect(total.estimate).toBe(-20);
    expect(total.se).toBeCloseTo(Math.sqrt(115), 12);
  });
  test('unequal areas: −99.69444444, 35.4280755, −2.813995483, −169.1321965 to −30.25669241', () => {
    const areas = { control: 0.9, treated: 1.2, displacementControl: 1.6, displacement: 1.5 };
    const { total } = saidOf(wdd(paper, { areas }));
    near(
      [total.estimate, total.se, total.z, total.low, total.high],
      [-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241],
      7,
    );
  });
  test('five crimes weighed by their harm: −1721, 304.10360077, −5.65925558, −2317.03210507 to −1124.96789493', () => {
    const kinds = [
      [
        [133, 91],
        [130, 74],
      ],
      [
        [388, 305],
        [327, 202],
      ],
      [
        [148, 97],
        [398, 190],
      ],
      [
        [86, 64],
        [144, 92],
      ],
      [
        [94, 67],
        [183, 96],
      ],
    ] as const;
    const estimates = kinds.map(([control, treated]) => saidOf(wdd({ treated, control })).local);
    const { estimate, se, z, low, high } = saidOf(wddOfHarm(estimates, [3, 2, 5, 7, 10]));
    near([estimate, se, z, low, high], [-1721, 304.10360077, -5.65925558, -2317.03210507, -1124.96789493], 7);
  });
  test('its quotient is 0.258: the gain spread (Bowers & Johnson 2003)', () => {
    expect(quotients(paper).wdq).toBeCloseTo(0.258, 3);
  });
  test.each([
    [10, 12.4],
    [20, 17.5],
    [50, 27.7],
    [100, 39.2],
    [200, 55.4],
  ])(
    'with %i before in both a drop below %f cannot be seen (Wheeler & Ratcliffe 2018, from the variance)',
    (n, smallest) => {
      const found = saidOf(wdd({ treated: [n, n], control: [n, n] }));
      expect(found.smallestDetectable).toBeCloseTo(smallest, 1);
      expect(estimated(0, 4 * n).high).toBeCloseTo(smallest, 1);
    },
  );
});
