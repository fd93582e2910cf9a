// Whether a measure helped, weighed by harm: published values, what a few grave crimes can say, and fake measures.

import { expect, test } from 'vitest';
import { comparableTo } from '../../server/evaluation/comparable.ts';
import { evaluateHarm, type HarmPlaces } from '../../server/evaluation/evaluate-harm.ts';
import { wanderingCity as city, dice, FEATURES } from '../support/wandering-city.ts';

/** ptools, tests/testthat/test-wdd.R: five kinds of crime at the treated place and its control, before and after. */
const KINDS = [
  [
    [130, 74],
    [133, 91],
  ],
  [
    [327, 202],
    [388, 305],
  ],
  [
    [398, 190],
    [148, 97],
  ],
  [
    [144, 92],
    [86, 64],
  ],
  [
    [183, 96],
    [94, 67],
  ],
] as const;
const WEIGHTS = [3, 2, 5, 7, 10];

/** `level`: what every place weighed while places were matched. */
function weighed(kinds: readonly (readonly (readonly [number, number])[])[], weights: readonly number[], level = 1) {
  const places = kinds[0]!.length;
  const sums = (at: 0 | 1, power: 1 | 2) =>
    Float64Array.from({ length: places + 1 }, (_, id) =>
      id === 0 ? 0 : kinds.reduce((sum, kind, k) => sum + weights[k]! ** power * kind[id - 1]![at], 0),
    );
  const period = (at: 0 | 1) => ({ sums: sums(at, 1), squares: sums(at, 2) });
  const same = Float64Array.from({ length: places + 1 }, (_, id) => (id === 0 ? 0 : level));
  const none = new Float64Array(places + 1);
  return {
    ...{ matching: { sums: same, squares: same }, before: period(0), after: period(1) },
    withoutWeight: { before: none, after: none },
  };
}
const comparedBy = (harm: HarmPlaces['harm'], of: Partial<HarmPlaces> = {}) =>
  evaluateHarm({
    ...{ harm, treated: [0], controls: [{ places: [1], level: 1 }], placebos: [], lengths: [12, 12] },
    ringOf: () => [],
    ...of,
  });

test('weighed by harm, five kinds of crime give the published difference, error and interval', () => {
  const told = comparedBy(weighed(KINDS, WEIGHTS));
  const { variance, se, z, low, high } = told.local!.poisson;
  expect(told.local!.estimate).toBeCloseTo(-1721, 9);
  expect(se).toBeCloseTo(304.10360077, 7);
  expect(variance).toBeCloseTo(304.10360077 ** 2, 4);
  expect([z, low, high].map((each) => each!.toFixed(5))).toEqual(['-5.65926', '-2317.03211', '-1124.96789']);
  // Without fake measures nothing is claimed.
  expect(told.verdict).toBe('nothing-to-compare');
});

test('one grave crime among small ones is not twenty: the sum stands on as few as it would take of one weight', () => {
  // 40 of weight 1 and one of weight 100: 140² / (40 + 100²) = 1.95.
  const cell = [40, 40] as const;
  const grave = weighed(
    [
      [cell, cell],
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [1, 100],
  );
  const told = comparedBy(grave);
  expect(told).toMatchObject({ effective: 1, verdict: 'too-few', treated: [140, 140], control: [140, 140] });
  const even = weighed(
    [
      [cell, cell],
      [cell, cell],
    ],
    [1, 2],
  );
  // 120² / (40 + 160) = 72.
  expect(comparedBy(even).effective).toBe(72);
});

test('of fake measures at most 5 % are called a success by harm, with a grave crime in twenty', () => {
  let [fell, rose, said] = [0, 0, 0];
  for (let seed = 1; seed <= 4; seed++) {
    const [small, grave] = [city(seed, 0.15), city(seed + 50, 0.15)];
    const roll = dice(seed);
    const rare = { first: 0, months: grave.months.map((month) => Array.from(month, (n) => +(roll() < n / 60))) };
    const sumIn = (from: number, power: 1 | 2) =>
      Float64Array.from({ length: FEATURES + 1 }, (_, id) => {
        let sum = 0;
        for (let month = from; month < from + 12; month++)
          sum += small.months[month]![id]! * 5 ** power + rare.months[month]![id]! * 60 ** power;
        return sum;
      });
    const period = (from: number) => ({ sums: sumIn(from, 1), squares: sumIn(from, 2) });
    const none = new Float64Array(FEATURES + 1);
    const harm = {
      ...{ matching: period(12), before: period(0), after: period(24) },
      withoutWeight: { before: none, after: none },
    };
    // The places with most harm in the year that chose them.
    const chosen = Array.from({ length: FEATURES }, (_, place) => place)
      .sort((a, b) => harm.matching.sums[b + 1]! - harm.matching.sums[a + 1]!)
      .slice(0, 60);
    for (const place of chosen) {
      const matching = { from: 12, until: 24 };
      const { controls, placebos } = comparableTo([place], small, matching, {
        ...{ features: FEATURES, banned: new Set([place]), cluster: () => [] },
      });
      const { verdict } = comparedBy(harm, { treated: [place], controls, placebos });
      if (verdict === 'fell') fell++;
      if (verdict === 'rose') rose++;
      if (verdict !== 'too-few') said++;
    }
  }
  expect(said).toBeGreaterThan(150);
  expect(fell).toBeLessThanOrEqual(said * 0.05);
  expect(rose).toBeLessThanOrEqual(said * 0.05);
});
