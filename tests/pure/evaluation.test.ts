// Whether a measure helped: fake measures are not called a success, real ones are found and sized, and the months that
// are compared are the right ones.

import { describe, expect, test } from 'vitest';
import { dayOf, monthOf } from '../../server/calendar/days.ts';
import { comparableTo, countOf, type MonthlyCounts } from '../../server/evaluation/comparable.ts';
import { pairOfTimes } from '../../server/evaluation/compare.ts';
import { couldBeSeen, evaluate } from '../../server/evaluation/evaluate.ts';
import { openNear } from '../../server/evaluation/near.ts';
import { scatterOf } from '../../server/evaluation/scatter.ts';
import { countedDays, windowsOf } from '../../server/evaluation/windows.ts';
import { quotients } from '../../server/statistics/displacement.ts';
import { wanderingCity as city, dice, FEATURES, normal } from '../support/wandering-city.ts';

const ONE = { from: 0, until: 36 };

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

describe('the months that are compared', () => {
  const month = (text: string) => monthOf(dayOf(`${text}-01`));
  const day = (text: string) => dayOf(text);
  const data = { from: day('2023-01-01'), until: day('2026-01-01') };

  test('a year after 1 January 2025, the place known of by other ways: the year before, matched on the one before that', () => {
    const found = windowsOf({ from: day('2025-01-01'), until: null }, null, data);
    expect(found).toEqual({
      after: { from: month('2025-01'), until: month('2026-01') },
      before: { from: month('2024-01'), until: month('2025-01') },
      matching: { from: month('2023-01'), until: month('2024-01') },
      ...{ matchedOn: 'earlier', isSeasonal: true, daysLeftOut: 0, isTooShort: false },
    });
  });

  test('the year that selected the place is never its «before»', () => {
    const year = { from: day('2024-01-01'), until: day('2025-01-01') };
    const found = windowsOf({ from: day('2025-01-01'), until: null }, year, data);
    expect(found.before).toEqual({ from: month('2023-01'), until: month('2024-01') });
    expect(found).toMatchObject({
      matching: { from: month('2024-01'), until: month('2025-01') },
      matchedOn: 'selection',
    });
    // Nor is any month it only touches.
    const late = { from: day('2023-12-20'), until: day('2024-12-31') };
    expect(windowsOf({ from: day('2025-02-01'), until: null }, late, data).before!.until).toBeLessThanOrEqual(
      month('2023-12'),
    );
  });

  test('broken months count on neither side, and how many days that is is told', () => {
    const found = windowsOf({ from: day('2025-03-10'), until: day('2025-06-11') }, null, data);
    expect(found.after).toEqual({ from: month('2025-04'), until: month('2025-06') });
    expect(found.before).toEqual({ from: month('2024-04'), until: month('2024-06') });
    expect(found.daysLeftOut).toBe(22 + 10);
  });

  test('without the same months of an earlier year the nearest are taken and called by their name; without any, none', () => {
    const short = { from: day('2024-08-01'), until: day('2026-01-01') };
    const found = windowsOf({ from: day('2025-01-01'), until: null }, null, short);
    expect(found).toMatchObject({ before: { from: month('2024-08'), until: month('2025-01') }, isSeasonal: false });
    expect(windowsOf({ from: day('2024-09-01'), until: null }, null, short).before).toBeNull();
    expect(windowsOf({ from: day('2025-12-15'), until: null }, null, data).after).toBeNull();
  });

  test('a measure that is over without a whole month is too short; one still going on has not begun to be measured', () => {
    const short = (until: string | null) =>
      windowsOf({ from: day('2025-03-10'), until: until === null ? null : day(until) }, null, data);
    expect(short('2025-03-30')).toMatchObject({ after: null, isTooShort: true });
    expect(short('2025-04-20')).toMatchObject({ after: null, isTooShort: true });
    expect(short('2025-05-01').isTooShort).toBe(false);
    const late = { from: day('2025-12-10'), until: day('2026-01-20') };
    expect(windowsOf(late, null, data)).toMatchObject({ after: null, isTooShort: false });
    expect(windowsOf({ ...late, until: null }, null, data)).toMatchObject({ after: null, isTooShort: false });
  });

  test('of months before those that are counted nothing is known: a measure of then has no «before»', () => {
    const counted = countedDays(day('2008-05-17'), day('2025-12-31'));
    expect(counted).toEqual({ from: day('2016-01-01'), until: day('2026-01-01') });
    expect(countedDays(day('2020-05-17'), day('2025-12-31')).from).toBe(day('2020-05-17'));
    const old = { from: day('2016-03-01'), until: day('2017-03-01') };
    expect(windowsOf(old, null, counted).before).toBeNull();
    expect(windowsOf({ from: day('2017-01-01'), until: null }, null, counted).before!.from).toBe(month('2016-01'));
  });
});

test('places near others are those a search of all of them finds', () => {
  const roll = dice(3);
  const x = Float64Array.from({ length: 400 }, () => roll() * 5000);
  const y = Float64Array.from({ length: 400 }, () => roll() * 900);
  const near = openNear({ x, y });
  const distance = (a: number, b: number) => Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
  const all = Array.from(x, (_, i) => i);
  for (const metres of [50, 300, 2000])
    expect(near.within([7, 99], metres)).toEqual(
      all.filter((i) => i !== 7 && i !== 99 && Math.min(distance(i, 7), distance(i, 99)) <= metres),
    );
  for (const size of [1, 5, 60])
    expect(near.cluster(12, size)).toEqual([...all].sort((a, b) => distance(a, 12) - distance(b, 12)).slice(0, size));
});

test('chance alone has no scatter beyond it, and more scatter is told as more', () => {
  const roll = dice(11);
  const fakes = (alpha: number) =>
    Array.from({ length: 200 }, () => ({
      ...{ difference: Math.sqrt(200 + alpha * 100 ** 2) * normal(roll), variance: 200, mean: 100 },
    }));
  expect(scatterOf(fakes(0))).toBeLessThan(0.01);
  // 20 % up and down: α = 0.04; what is told is at least likely to hold it, and not far above.
  expect(scatterOf(fakes(0.04))).toBeGreaterThan(0.034);
  expect(scatterOf(fakes(0.04))).toBeLessThan(0.07);
});

/** Twelve months each of before and after, `each` a month at 60 places. */
const flat = (each: number, after = each) => ({
  first: 0,
  months: Array.from({ length: 36 }, (_, month) =>
    Uint32Array.from({ length: 61 }, (_, place) => (month >= 24 && place === 1 ? after : each)),
  ),
});
const against = (counts: MonthlyCounts, controls: number) => {
  const matching = { from: 0, until: 12 };
  const comparable = comparableTo([0], counts, matching, { features: 60, banned: new Set([0]), cluster: () => [] });
  const used = comparable.controls.slice(0, controls);
  const before = { from: 12, until: 24 };
  const after = { from: 24, until: 36 };
  return evaluate({
    ...{ counts, treated: [0], comparable, controls: used, ringOf: () => [], before, after, matching },
    ...{ known: ONE, noticed: 24, chosenBy: null },
  });
};

test('the least that can be seen, from counts alone, is what is published: 20 before in both 88 %, 100 39 %', () => {
  // Half-widths of the 95 % interval where nothing changes, for one control of the same size.
  const published = [
    [20, 17.5, 0.88],
    [50, 27.7, 0.55],
    [100, 39, 0.39],
    [200, 55, 0.28],
  ] as const;
  for (const [before, halfWidth, share] of published) {
    const counts = { first: 0, months: [Uint32Array.of(0, before, before), Uint32Array.of(0, before, before)] };
    const months = { from: 1, until: 2 };
    const comparable = { treatedLevel: before, controls: [], placebos: [], levelsDiffer: false };
    const control = [{ places: [1], level: before }];
    const { smallestDetectable } = couldBeSeen(counts, [0], comparable, control, months, null, 1);
    expect(smallestDetectable!.drop).toBeCloseTo(halfWidth, 0);
    expect(smallestDetectable!.drop).toBeCloseTo(1.959963984540054 * Math.sqrt(4 * before), 9);
    expect(smallestDetectable!.share).toBeCloseTo(share, 2);
  }
});

test('before it begins, a fake measure is not compared with itself: places that vary are not taken for steady ones', () => {
  // Place 1 goes from 100 to 200, place 2 stays at 100; place 1 is the only control, so it is no fake measure.
  const months = [Uint32Array.of(0, 100, 100, 100), Uint32Array.of(0, 100, 200, 100)];
  const [wild, still] = [
    { places: [1], level: 100 },
    { places: [2], level: 100 },
  ];
  const comparable = { treatedLevel: 100, controls: [wild!], placebos: [wild!, still!], levelsDiffer: false };
  const [earlier, before] = [
    { from: 0, until: 1 },
    { from: 1, until: 2 },
  ];
  const { scatter } = couldBeSeen({ first: 0, months }, [0], comparable, [wild!], before!, [earlier!, before!], 1);
  // 0 less 100, of counts 100 + 100 + 100 + 200, about a mean of 100.
  expect(scatter! ** 2).toBeCloseTo(scatterOf([{ difference: -100, variance: 500, mean: 100 }]), 12);
});

test('how much places vary is told of two times of like length: one month tells more of chance than of places', () => {
  const known = { from: 0, until: 36 };
  const year = (from: number) => ({ from, until: from + 12 });
  expect(pairOfTimes(year(12), known)).toEqual([year(0), year(12)]);
  expect(pairOfTimes(year(1), known)).toEqual([year(1), year(13)]);
  expect(pairOfTimes(year(28), { from: 24, until: 44 })).toBeNull();
  // The hottest of last year, a year of «before» that begins with the second month there is.
  const shares = [1, 2, 3].map((seed) => {
    const counts = city(seed, 0.15);
    const [place] = hottest(counts, 1, year(24));
    const comparable = comparableTo([place!], counts, year(24), {
      ...{ features: FEATURES, banned: new Set([place!]), cluster: () => [] },
    });
    const times = pairOfTimes(year(1), known);
    return couldBeSeen(counts, [place!], comparable, comparable.controls, year(1), times, 12).smallestDetectable!
      .share!;
  });
  // Places that wander by 15 % a year: twice the scatter is about a third; never more than all there is.
  for (const share of shares) expect([share > 0.2, share < 0.7, share]).toEqual([true, true, share]);
});

test('the gross effect is of as long a time before as after', () => {
  // 10 a month for two years, then 4 a month for one: 240 over two years are 120 over one.
  const told = quotients({ treated: [240, 48], control: [480, 240], displacement: [240, 120] }, [24, 12]);
  expect(told).toMatchObject({ grossEffect: 72, totalNetEffect: 72, bufferMeasure: 0 });
  expect(told.netEffect).toBeCloseTo(0.3, 12);
});

test('fewer than 20 in a cell are too few to know, whatever they say', () => {
  expect(against(flat(2, 1), 5).verdict).toBe('too-few');
  expect(against(flat(10, 4), 5).verdict).toBe('fell');
  expect(against(flat(10, 22), 5).verdict).toBe('rose');
  expect(against(flat(10), 5).verdict).toBe('unclear');
});

test('the counts alone give the published difference, brought to one place of the size of the treated', () => {
  // Treated 120 → 48, five controls of its size 600 → 600: −72, variance 120 + 48 + 1200/25.
  const told = against(flat(10, 4), 5);
  expect(told.local!.estimate).toBeCloseTo(-72, 9);
  expect(told.local!.poisson.variance).toBeCloseTo(216, 9);
  expect(told.placebo).toMatchObject({ places: 59, asGood: 0 });
  expect(told.placebo!.p).toBeCloseTo(1 / 60, 12);
});
