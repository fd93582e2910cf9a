// Whether a measure helped: fake measures are not called a success, real ones are found and sized, and the months that
// are compared are the right ones.

import { describe, expect, test } from 'vitest';
import { dayOf, monthOf } from '../../server/calendar/days.ts';
import { comparableTo, countOf, type MonthlyCounts } from '../../server/evaluation/comparable.ts';
import { couldBeSeen, evaluate } from '../../server/evaluation/evaluate.ts';
import { openNear } from '../../server/evaluation/near.ts';
import { scatterOf } from '../../server/evaluation/scatter.ts';
import { windowsOf } from '../../server/evaluation/windows.ts';

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const normal = (roll: () => number) => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
function poisson(mean: number, roll: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(roll)));
  const end = Math.exp(-mean);
  let [count, product] = [0, roll()];
  while (product > end) {
    count++;
    product *= roll();
  }
  return count;
}

const FEATURES = 500;
const ONE = { from: 0, until: 36 };

/** Three years of a city: few places with very much, each wandering from year to year, the whole falling by a fifth. */
function city(seed: number, wander: number): MonthlyCounts {
  const roll = dice(seed);
  const months = Array.from({ length: 36 }, () => new Uint32Array(FEATURES + 1));
  for (let place = 1; place <= FEATURES; place++) {
    let level = Math.exp(1 + 1.1 * normal(roll));
    for (let month = 0; month < 36; month++) {
      if (month % 12 === 0 && month > 0) level *= Math.exp(wander * normal(roll) - wander ** 2 / 2);
      const season = 1 + 0.15 * Math.sin((month / 12) * 2 * Math.PI);
      months[month]![place] = poisson(level * season * 0.8 ** (month / 36), roll);
    }
  }
  return { first: 0, months };
}

function judged(counts: MonthlyCounts, place: number, selected: boolean) {
  const [matching, before, after] = selected
    ? [
        { from: 12, until: 24 },
        { from: 0, until: 12 },
        { from: 24, until: 36 },
      ]
    : [
        { from: 0, until: 12 },
        { from: 12, until: 24 },
        { from: 24, until: 36 },
      ];
  const treated = [place];
  const comparable = comparableTo(treated, counts, matching, {
    features: FEATURES,
    banned: new Set(treated),
    cluster: () => [],
  });
  return evaluate({
    ...{ counts, treated, comparable, controls: comparable.controls, ringOf: () => [] },
    ...{ before, after, matching, known: ONE, noticed: 24, chosenBy: selected ? matching : null },
  });
}

const hottest = (counts: MonthlyCounts, most: number, year = { from: 12, until: 24 }) =>
  Array.from({ length: FEATURES }, (_, place) => place)
    .sort((a, b) => countOf(counts, [b], year) - countOf(counts, [a], year))
    .slice(0, most);

describe('of fake measures at most 5 % are called a success', () => {
  // Without wandering the counts are Poisson's; with it they go up and down far more than that.
  test.each([0, 0.15, 0.3])('at the hottest places of last year, wandering %d', (wander) => {
    let [fell, rose, tried] = [0, 0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const counts = city(seed * 7 + wander * 100, wander);
      for (const place of hottest(counts, 25)) {
        const { verdict } = judged(counts, place, true);
        tried++;
        if (verdict === 'fell') fell++;
        if (verdict === 'rose') rose++;
      }
    }
    expect(tried).toBe(500);
    expect(fell).toBeLessThanOrEqual(25);
    expect(rose).toBeLessThanOrEqual(25);
  });

  test('at places of all levels that were not chosen by their figures', () => {
    const counts = city(5, 0.2);
    let [fell, said] = [0, 0];
    for (let place = 0; place < FEATURES; place++) {
      const { verdict } = judged(counts, place, false);
      if (verdict === 'fell') fell++;
      if (verdict !== 'too-few') said++;
    }
    expect(said).toBeGreaterThan(250);
    expect(fell).toBeLessThanOrEqual(said * 0.05);
  });
});

test('a measure that halves crime is found about as often as theory says, and its size lies within the interval', () => {
  let [found, within, tried] = [0, 0, 0];
  for (let seed = 1; seed <= 15; seed++) {
    const counts = city(seed, 0.15);
    const roll = dice(seed + 1000);
    for (const place of hottest(counts, 60).slice(20, 30)) {
      const was = counts.months.map((month) => month[place + 1]!);
      let gone = 0;
      for (let month = 24; month < 36; month++) {
        const kept = Array.from({ length: was[month]! }, () => +(roll() < 0.5)).reduce((sum, each) => sum + each, 0);
        gone += was[month]! - kept;
        (counts.months[month] as Uint32Array)[place + 1] = kept;
      }
      const { verdict, local } = judged(counts, place, true);
      tried++;
      if (verdict === 'fell') found++;
      if (local && local.low <= -gone && -gone <= local.high) within++;
      for (let month = 24; month < 36; month++) (counts.months[month] as Uint32Array)[place + 1] = was[month]!;
    }
  }
  expect(found).toBeGreaterThanOrEqual(tried * 0.4);
  expect(within).toBeGreaterThanOrEqual(tried * 0.9);
});
