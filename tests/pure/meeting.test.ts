// The weekly meeting: weeks, bands of what was to be expected, arrows, streets scored and near repeats, by hand.

import { expect, test } from 'vitest';
import { newRule } from '../../server/alerts/contract.ts';
import { weeksToLook } from '../../server/alerts/keep-watch.ts';
import { highsIn, repeatsBeyondChance, seriesHistory } from '../../server/alerts/look.ts';
import { dayOf, textOf } from '../../server/calendar/days.ts';
import { bandOfCounts, chanceOfCount, countProbabilities, expectedBand } from '../../server/meetings/expected-band.ts';
import { scoreOf } from '../../server/meetings/hot-streets.ts';
import { repeatsIn } from '../../server/meetings/repeats.ts';
import { withArrows } from '../../server/meetings/table.ts';
import { mondayOf, weekOf } from '../../server/meetings/weeks.ts';
import { seeded } from '../support/small-world.ts';

test('weeks are those of ISO 8601, also where the year of the week is not that of the day', () => {
  // Of the calendar itself: 2020 has 53 weeks, and the last days of 2024 lie in the first week of 2025.
  const known = [
    ['2026-11-16', '2026-W47'],
    ['2020-12-31', '2020-W53'],
    ['2021-01-03', '2020-W53'],
    ['2021-01-04', '2021-W01'],
    ['2024-12-30', '2025-W01'],
  ] as const;
  expect(known.map(([day]) => weekOf(dayOf(day)))).toEqual(known.map(([, week]) => week));
  expect(mondayOf('2026-W47')).toBe(dayOf('2026-11-16'));
  expect(mondayOf('2020-W53')).toBe(dayOf('2020-12-28'));
  expect(mondayOf('2021-W53')).toBeNull();
});

test('a band holds the central run of counts that is nearest to 95 %', () => {
  // ppois(c(4, 16, 17), 10) = 0.02925, 0.97296, 0.98572: 5 to 16 hold 0.9437, 5 to 17 hold 0.9565, which is further off.
  expect(bandOfCounts(10, 1)).toEqual({ low: 5, high: 16 });
  // Poisson with mean 2: 0 to 4 hold 0.9473, 0 to 5 hold 0.9834.
  expect(bandOfCounts(2, 1)).toEqual({ low: 0, high: 4 });
});

test('counts that stray more than Poisson are negative binomial, as sums of binomial coefficients say', () => {
  // Mean 10 and variance 20: size 10 and p = 1/2, so P(k) = C(k + 9, k) / 2^(k + 10).
  const exact = (k: number) => {
    let choose = 1;
    for (let i = 1; i <= k; i++) choose = (choose * (9 + i)) / i;
    return choose / 2 ** (k + 10);
  };
  const at = countProbabilities(10, 2);
  for (const k of [0, 1, 5, 10, 25]) expect(at[k]).toBeCloseTo(exact(k), 12);
  const upTo = (k: number) => Array.from({ length: k + 1 }, (_, i) => exact(i)).reduce((sum, each) => sum + each, 0);
  const band = { expected: 10, dispersion: 2, season: null, low: 0, high: 0 };
  expect(chanceOfCount(3, band)).toBeCloseTo(2 * upTo(3), 9);
  expect(chanceOfCount(20, band)).toBeCloseTo(2 * (1 - upTo(19)), 9);
});

/** A Poisson number, or one of a mean that is gamma itself: variance = dispersion × mean. */
function weeksWithoutChange(mean: number, dispersion: number, count: number, random: () => number): number[] {
  const poisson = (of: number): number => {
    let left = of;
    let k = 0;
    for (; left > 20; left -= 20) k += poisson(20);
    let p = Math.exp(-left);
    let sum = p;
    const u = random();
    let i = 0;
    while (u > sum && i < 200) {
      p *= left / ++i;
      sum += p;
    }
    return k + i;
  };
  // A gamma with a whole shape is a sum of exponentials; shapes are chosen whole below.
  const level = () => {
    if (dispersion === 1) return mean;
    const shape = Math.round(mean / (dispersion - 1));
    let sum = 0;
    for (let i = 0; i < shape; i++) sum -= Math.log(1 - random());
    return (sum / shape) * mean;
  };
  return Array.from({ length: count }, () => poisson(level()));
}

const WITHOUT_CHANGE = [
  [1, 1],
  [4, 1],
  [4, 3],
  [12, 2],
  [30, 1],
  [30, 4],
  [90, 2],
] as const;

test('bands hold 95 ± 1.5 % of weeks, and of four, in which nothing changed', () => {
  const random = seeded(47);
  for (const span of [1, 4]) {
    let [held, all] = [0, 0];
    for (const [mean, dispersion] of WITHOUT_CHANGE) {
      let mine = 0;
      const runs = 300;
      for (let run = 0; run < runs; run++) {
        const weeks = weeksWithoutChange(mean, dispersion, 120 + span, random);
        const band = expectedBand(weeks.slice(0, -span), span)!;
        const came = weeks.slice(-span).reduce((sum, each) => sum + each, 0);
        if (came >= band.low && came <= band.high) mine++;
      }
      expect([mean, dispersion, mine / runs > 0.9]).toEqual([mean, dispersion, true]);
      held += mine;
      all += runs;
    }
    expect(Math.abs(held / all - 0.95)).toBeLessThan(0.015);
  }
});

/** How often a band of weeks with a season of their own holds the next; the last week there is is the `phase`th of its year. */
function heldOf(
  season: (week: number) => number,
  mean: number,
  phase: () => number,
  years: number,
  random: () => number,
) {
  let [held, seasonal] = [0, 0];
  const runs = 300;
  for (let run = 0; run < runs; run++) {
    const weeks = Math.round(years * 52.18);
    const last = phase();
    const counts = Array.from({ length: weeks + 1 }, (_, i) => {
      const week = (((last - weeks + i) % 52.18) + 52.18) % 52.18;
      return weeksWithoutChange(mean * season(week), 1, 1, random)[0]!;
    });
    const band = expectedBand(counts.slice(0, -1), 1)!;
    if (counts.at(-1)! >= band.low && counts.at(-1)! <= band.high) held++;
    if (band.season !== null) seasonal++;
  }
  return [held / runs, seasonal / runs] as const;
}

test('bands hold 95 ± 1.5 % where a season comes back each year, and the week of Christmas as well', () => {
  const random = seeded(8);
  const anyWeek = () => random() * 52.18;
  const wave = (size: number) => (week: number) => 1 + size * Math.sin((week / 52.18) * 2 * Math.PI);
  const christmas = (week: number) => (week > 50.5 || week < 1 ? 0.7 : 1);
  const tried = [4, 30, 90].flatMap((mean) =>
    [wave(0.2), christmas, (week: number) => wave(0.15)(week) * christmas(week)].map(
      (season) => heldOf(season, mean, anyWeek, 3.5, random)[0],
    ),
  );
  for (const held of tried) expect(held).toBeGreaterThan(0.91);
  expect(Math.abs(tried.reduce((sum, held) => sum + held, 0) / tried.length - 0.95)).toBeLessThan(0.015);
  // 90 a week, 63 at Christmas: of three years it is known, of one it is news each time.
  const [known, unknown] = [3.5, 1.5].map((years) => heldOf(christmas, 90, () => 51.5, years, random));
  expect([known![1], unknown![1]]).toEqual([1, 0]);
  expect(known![0]).toBeGreaterThan(0.88);
  expect(unknown![0]).toBeLessThan(0.4);
});

test('what the same weeks were is believed as far as it is more than chance', () => {
  // 100 a week and three times 70, a year apart. Over five weeks, those in the middle for more: 270 less than
  // 2,700 (1, 2, 3, 2, 1), so an excess of -0.1 with a variance of 300 · (19 + 81/32) / 2700²: drawn in to 0.918. Of what
  // that leaves, 210 of 275, -0.237 with 300 · (1 + 1/32) / 275² is drawn in to 0.797. 0.918 · 0.797 = 0.732.
  const weeks = Array.from({ length: 213 }, (_, i) => ([213 - 52, 213 - 104, 213 - 157].includes(i) ? 70 : 100));
  expect(expectedBand(weeks, 1)!.season).toBeCloseTo(0.732, 2);
  // Three less of a hundred are chance; nothing is corrected by it.
  const chance = weeks.map((count) => (count === 70 ? 97 : 100));
  expect(expectedBand(chance, 1)!.season).toBe(1);
  expect(expectedBand(weeks.slice(-100), 1)!.season).toBeNull();
});

test('a level that rose shows as soon as the week after, and few weeks before make no band', () => {
  const random = seeded(3);
  const weeks = weeksWithoutChange(30, 1, 104, random);
  expect(expectedBand(weeks, 1)!.high).toBeLessThan(60);
  expect(expectedBand(weeks.slice(0, 38), 1)).toBeNull();
  expect(expectedBand(new Array(104).fill(0), 1)).toBeNull();
});

test('of a hundred tables without change at most one in twenty shows an arrow, and none shows two', () => {
  const random = seeded(11);
  const cell = (p: number | null) => ({
    ...{
      from: '',
      until: '',
      count: 1,
      missingDays: 0,
      lastYear: null,
      meanOfThree: null,
      band: null,
      p,
      isMore: true,
    },
  });
  const tables = Array.from({ length: 100 }, () =>
    Array.from({ length: 14 }, () => {
      const counted = ([4, 20] as const).map((mean) => {
        const weeks = weeksWithoutChange(mean, 1, 61, random);
        return chanceOfCount(weeks.at(-1)!, expectedBand(weeks.slice(0, -1), 1)!);
      });
      return {
        ...{ of: 'offence' as const, title: '', offences: [] },
        ...{ week: cell(counted[0]!), days28: cell(counted[1]!), year: cell(null) },
      };
    }),
  );
  const arrows = tables.map(
    (table) =>
      withArrows(table)
        .flatMap(({ week, days28 }) => [week, days28])
        .filter(({ verdict }) => verdict === 'up').length,
  );
  expect(arrows.filter((count) => count > 0).length).toBeLessThanOrEqual(7); // 5 are meant; 7 are within one in ten
  expect(Math.max(...arrows)).toBeLessThanOrEqual(1);
  const [row] = withArrows([{ ...tables[0]![0]!, week: cell(1e-6) }, ...tables[0]!.slice(1)]);
  expect([row!.week.verdict, row!.year.verdict]).toEqual(['up', 'unknown']);
});

test('last week’s hot streets are scored by what came on them', () => {
  // Streets 1 to 4; street 2 was hottest, then 1 and 3 alike; 4 had none and so was not chosen.
  expect(scoreOf([9, 3, 5, 3, 0], [7, 0, 2, 1, 1], [0, 100, 50, 50, 200], null)).toEqual({
    ...{ streets: 3, caught: 3, all: 4, lengthShare: 0.5 },
  });
  expect(scoreOf([0, 0], [0, 4], null, null)).toBeNull();
  // Of a sector that streets 1 to 3 lie in, the fourth is no part: 200 of 200 m.
  expect(scoreOf([9, 3, 5, 3, 0], [7, 0, 2, 1, 1], [0, 100, 50, 50, 200], new Set([1, 2, 3]))!.lengthShare).toBe(1);
});

test('who followed whom within 200 m and 14 days, and what belongs together', () => {
  const monday = 700;
  // A (day 690) ← B (701, 100 m): follows. C lies 250 m from A and 150 m from B, day 702: follows B. D is far. E is of
  // 30 days before, at the place of A: too long ago for B.
  const points = { x: [0, 0, 100, 250, 5000], y: [0, 0, 0, 0, 0], day: [671, 690, 701, 702, 703] };
  const found = repeatsIn(points, monday);
  expect(found.followed).toBe(2);
  expect(found.series.map((each) => [...each].sort())).toEqual([[2, 3]].concat([]));
  expect(found.expected).toBeGreaterThan(0);
});

test('a rule about a series is wrong in far less than a week in twenty where nothing changes', () => {
  const random = seeded(5);
  let [weeks, alarms] = [0, 0];
  for (const [mean, dispersion] of WITHOUT_CHANGE) {
    const told = seriesHistory(weeksWithoutChange(mean, dispersion, 180, random), 104);
    weeks += told.weeks;
    alarms += told.alarms;
  }
  expect(weeks).toBe(104 * WITHOUT_CHANGE.length);
  expect(alarms / weeks).toBeLessThan(0.04);
});

test('near repeats of one kind are held against the chance of all kinds that were looked at', () => {
  // ppois(3, 1, lower.tail = FALSE) = 0.0190 for four or more: below 0.025 alone, not five times.
  const found = [{ followed: 4, expected: 1 }];
  expect(repeatsBeyondChance(found, 1)).toEqual(found);
  expect(repeatsBeyondChance(found, 5)).toEqual([]);
});

test('every week that a delivery brings is looked at, up to eight, but none that a rule was silenced in', () => {
  const last = dayOf('2024-12-23'); // a Monday
  const weeks = (lookedTo: string | null, mutedUntil: string | null) => {
    const { mondays, missed } = weeksToLook({ lookedTo, mutedUntil }, last);
    return [mondays.map(textOf), missed] as const;
  };
  expect(weeks(null, null)).toEqual([['2024-12-23'], 0]);
  expect(weeks('2024-12-29', null)).toEqual([[], 0]);
  expect(weeks('2024-12-08', null)).toEqual([['2024-12-09', '2024-12-16', '2024-12-23'], 0]);
  const [many, missed] = weeks('2024-09-29', null);
  expect([many.length, many[0], missed]).toEqual([8, '2024-11-04', 5]);
  // Silenced until a Wednesday: the week it lies in is told, those before are not.
  expect(weeks('2024-12-01', '2024-12-18')).toEqual([['2024-12-16', '2024-12-23'], 0]);
  expect(weeks('2024-12-01', '2025-01-15')).toEqual([['2024-12-23'], 0]);
  expect(weeksToLook({ lookedTo: null, mutedUntil: null }, null)).toEqual({ mondays: [], missed: 0 });
});

test('of streets without change hardly ever one is a new high; one with five times as much is', () => {
  const random = seeded(9);
  const before = [0, ...weeksWithoutChange(20, 1, 400, random)];
  const now = [0, ...weeksWithoutChange(20 / 52, 1, 400, random)];
  expect(highsIn(now, before)).toEqual([]);
  before[7] = 20;
  now[7] = 8;
  expect(highsIn(now, before)).toEqual([7]);
});

test('a rule is refused whose filter names what no filter has: dropped, it would watch over everything', () => {
  const asked = (filter: Record<string, string>) =>
    newRule.safeParse({ kind: 'series', title: 'Robos', filter }).success;
  expect(asked({ offence: 'patrimonio.robo', within: 'sectores:S01' })).toBe(true);
  expect(asked({ offences: 'patrimonio.robo', within: 'sectores:S01' })).toBe(false);
  expect(asked({ theme: 'espacio-publico', from: '2026-01-01' })).toBe(false);
});
