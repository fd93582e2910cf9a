// The analyses over HTTP, on the small world: against the same methods given the same counts, and what they refuse.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  ChangeAnswer,
  ConcentrationAnswer,
  DensityAnswer,
  EmergingAnswer,
  GridHotspotsAnswer,
  HotspotsAnswer,
  NearRepeatAnswer,
  OfNotPlaced,
  SaidBeside,
  StreetDensityAnswer,
} from '../../server/analysis/contract.ts';
import type { RatesAnswer, ScoringAnswer, StabilityAnswer } from '../../server/rating/contract.ts';
import { concentration } from '../../server/statistics/concentration.ts';
import type { AoristicAnswer, ClocksAnswer, TrendAnswer } from '../../server/timing/contract.ts';
import { type Analysed, openAnalysed } from '../support/analysed.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { poissonUpTo } from '../support/poisson.ts';
import { AREAS, HEAD, OFFENCES, randomIncidents, SEGMENTS, writeWorld } from '../support/small-world.ts';

const incidents = randomIncidents(900, 7);
const visible = incidents.filter(
  ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
);
const perPlace = (place: 'area' | 'segment', features: number, from = '0', until = '9') =>
  Array.from(
    { length: features },
    (_, i) => visible.filter((each) => each[place] === i + 1 && each.day >= from && each.day < until).length,
  );

const RING = 'within=poly:-100,18;-98,18;-98,20;-100,20';
let analysed: Analysed;
let base: string;

beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  analysed = await openAnalysed(database);
  base = `${analysed.base}/small`;
});
afterAll(async () => {
  await analysed.close();
  await emptyTables(await openTestDatabase());
});

const answerTo = <T>(path: string, viewer?: string): Promise<T> => analysed.answerTo<T>(`small/${path}`, viewer);

test('hot spots name every place, echo every parameter, and count as counts do', async () => {
  const found = await answerTo<HotspotsAnswer>(
    'hotspots?layer=barrios&weights=knn:2&style=W&correction=fdr&permutations=99',
  );
  expect(found.parameters).toMatchObject({
    ...{ method: 'gi-star', weights: 'knn:2', style: 'W', value: 'count', correction: 'fdr', permutations: 99 },
    ...{ seed: 1, from: null, until: null },
  });
  expect(found.ids).toEqual(Array.from({ length: AREAS }, (_, i) => String(i + 1)));
  expect(found.values).toEqual(perPlace('area', AREAS));
  expect([found.z.length, found.p.length, found.class.length, found.permutationP?.length]).toEqual([6, 6, 6, 6]);
  expect(found.layerVersion).toBe(2);
});

test('concentration is that of the counts, the fullest first with what they hold', async () => {
  const found = await answerTo<ConcentrationAnswer>('concentration?layer=streets&limit=3');
  const counts = perPlace('segment', SEGMENTS);
  expect(found).toMatchObject({ gini: (concentration(counts) as { gini: number }).gini, places: SEGMENTS });
  expect(found.rows.map(({ count }) => count)).toEqual(counts.toSorted((a, b) => b - a).slice(0, 3));
});

test('change is against the months before, or against what is asked; nothing before is a reason', async () => {
  const found = await answerTo<ChangeAnswer>('change?layer=barrios&from=2024-07-01&until=2024-12-01');
  expect(found.previousPeriod).toEqual({ from: '2024-02-01', until: '2024-07-01' });
  expect(found.before).toEqual(perPlace('area', AREAS, '2024-02-01', '2024-07-01'));
  expect(found.after).toEqual(perPlace('area', AREAS, '2024-07-01', '2024-12-01'));
  expect(found.parameters).toMatchObject({ daysBefore: 151, daysAfter: 153 });
  const year = 'change?layer=barrios&from=2024-01-01&until=2025-01-01';
  const asked = await answerTo<ChangeAnswer>(`${year}&before=2023-07-01..2024-01-01`);
  expect(asked.before).toEqual(perPlace('area', AREAS, '2023-07-01', '2024-01-01'));
  expect(asked.direction).toEqual(Array(AREAS).fill('none'));
  expect(await answerTo<ChangeAnswer>('change?layer=barrios')).toMatchObject({ reason: 'no-earlier-period', ids: [] });
  // November 2024 has nine days of weekends and October eight, and what lies beyond the data was not looked at.
  const weekends = await answerTo<ChangeAnswer>('change?layer=barrios&weekday=6,7&from=2024-11-01&until=2024-12-01');
  expect([weekends.parameters.daysBefore, weekends.parameters.daysAfter]).toEqual([8, 9]);
  const beyond = await answerTo<ChangeAnswer>('change?layer=barrios&from=2024-01-01&until=2099-01-01');
  expect(beyond.parameters.until! < '2025-03').toBe(true);
});

test('what emerges goes by whole steps; an even city has hardly a pattern', async () => {
  const found = await answerTo<EmergingAnswer>('emerging?layer=barrios&weights=knn:2&from=2023-01-01&until=2024-01-01');
  expect(found.steps).toEqual(Array.from({ length: 12 }, (_, i) => `2023-${String(i + 1).padStart(2, '0')}-01`));
  expect(found.ids.length).toBeLessThan(3);
});

test('a trend ends with the data, however late an end is asked for, and tells what is in no place', async () => {
  const found = await answerTo<TrendAnswer>('trend?layer=barrios&until=9999-12-31');
  expect(found.steps).toEqual(perMonth.map(([month]) => month));
  expect(found.notPlaced.map(({ unlocated, outside }) => unlocated + outside)).toEqual(
    perMonth.map(([, none]) => none),
  );
  const later = await answerTo<TrendAnswer>('trend?layer=barrios&from=2023-07-01&until=2024-10-01');
  expect(later.steps).toEqual(found.steps.slice(6, 21));
});
test('a day without an hour, until which something was, weighs on all its hours and begins at none', async () => {
  const { pool } = await openTestDatabase();
  await pool.query('update incident set until_on = occurred_on where jurisdiction_id = 7 and minute_of_day is null');
  const { hours, byBeginning, exact, spread } = await answerTo<AoristicAnswer>('aoristic');
  const ofDay = visible.filter(({ datePrecision }) => datePrecision < 3);
  const withHour = ofDay.filter(({ minute }) => minute !== null).length;
  expect([exact, spread]).toEqual([withHour, ofDay.length - withHour]);
  const sum = (all: readonly number[]) => Math.round(all.reduce((total, each) => total + each, 0));
  expect([sum(hours), sum(byBeginning)]).toEqual([ofDay.length, withHour]);
});
/** The months of both years, and how many incidents are in no area in each. */
const perMonth = Array.from({ length: 24 }, (_, i) => {
  const [from, until] = [i, i + 1].map((month) => new Date(Date.UTC(2023, month, 1)).toISOString().slice(0, 10));
  const none = visible.filter(({ area, day }) => area === 0 && day >= from! && day < until!).length;
  return [from!, none] as const;
});

const sumOf = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);

test('a rate has the exact interval of its count, is drawn towards the whole as Marshall does, and judged by its tails', async () => {
  const found = await answerTo<RatesAnswer>('rates?layer=barrios');
  const counts = perPlace('area', AREAS);
  const residents = [2520, 3020, 3520, 4020, 4520];
  expect([found.counts, found.base, found.rate[5]]).toEqual([counts, [...residents, null], null]);
  const [events, base] = [sumOf(counts.slice(0, 5)), sumOf(residents)];
  const mean = events / base;
  expect(found.whole).toMatchObject({ count: events, base });
  expect(found.whole!.rate).toBeCloseTo(mean * 100_000, 6);
  const squares = sumOf(residents.map((r, i) => r * (counts[i]! / r - mean) ** 2));
  const between = Math.max(0, squares / base - mean / (base / 5));
  for (const [i, r] of residents.entries()) {
    const count = counts[i]!;
    expect(found.rate[i]).toBeCloseTo((count / r) * 100_000, 3);
    // Of the ends of the interval one in forty is as far off as the count.
    expect(poissonUpTo(count, (found.high[i]! * r) / 100_000)).toBeCloseTo(0.025, 5);
    expect(1 - poissonUpTo(count - 1, (found.low[i]! * r) / 100_000)).toBeCloseTo(0.025, 5);
    const trust = between / (between + mean / r);
    expect(found.smoothed[i]).toBeCloseTo((trust * (count / r) + (1 - trust) * mean) * 100_000, 3);
    const tails = [poissonUpTo(count, r * mean), 1 - poissonUpTo(count - 1, r * mean)];
    expect(found.p[i]).toBeCloseTo(Math.min(1, 2 * Math.min(...tails)), 9);
  }
  expect(found.notPlaced.outside).toBe(visible.filter(({ point, area }) => point && !area).length);
});

test('years: what each held in how few areas, how much of it on those of the year before', async () => {
  const found = await answerTo<StabilityAnswer>('stability?layer=barrios&years=2&share=0.5');
  const years = [perPlace('area', AREAS, '2023', '2024'), perPlace('area', AREAS, '2024', '2025')] as const;
  const fullest = (counts: readonly number[]) =>
    counts.map((_, i) => i).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const half = years.map((counts) => {
    const order = fullest(counts);
    const most = order.findIndex((_, k) => sumOf(order.slice(0, k + 1).map((i) => counts[i]!)) >= sumOf(counts) / 2);
    return order.slice(0, most + 1);
  });
  expect(found.years.map(({ from, total, holding }) => [from, total, holding])).toEqual([
    ['2023-01-01', sumOf(years[0]), half[0]!.length],
    ['2024-01-01', sumOf(years[1]), half[1]!.length],
  ]);
  expect(found.years[1]!.held).toBeCloseTo(sumOf(half[0]!.map((i) => years[1][i]!)) / sumOf(years[1]), 12);
  expect(found.years[1]!.kept).toBeCloseTo(half[1]!.filter((i) => half[0]!.includes(i)).length / half[1]!.length, 12);
  const times = new Map(found.ids.map((id, i) => [id, found.times[i]]));
  for (let i = 0; i < AREAS; i++)
    expect(times.get(String(i + 1)) ?? 0).toBe(half.filter((held) => held.includes(i)).length);
});

test('a map of the last days is scored by what came after: hits, hit rate and PAI of areas of one size', async () => {
  const found = await answerTo<ScoringAnswer>('scoring?layer=barrios&weights=knn:2&days=92&learn=365&shares=0.2,0.51');
  expect(found.parameters).toMatchObject({ heldOutFrom: '2024-10-01', learnedFrom: '2023-10-02' });
  const after = perPlace('area', AREAS, '2024-10-01', '2025-01-01');
  const recent = perPlace('area', AREAS, '2024-07-01', '2024-10-01');
  expect(found.heldOut).toBe(sumOf(after));
  const [first, second] = found.methods.find(({ method }) => method === 'recent')!.rows;
  const order = after.map((_, i) => i).sort((a, b) => recent[b]! - recent[a]! || after[a]! - after[b]!);
  const hits = (most: number) => sumOf(order.slice(0, most).map((i) => after[i]!));
  expect([first!.places, first!.hits, second!.places, second!.hits]).toEqual([1, hits(1), 3, hits(3)]);
  expect(second!.hitRate).toBeCloseTo(hits(3) / sumOf(after), 12);
  expect(second!.pai).toBeCloseTo(hits(3) / sumOf(after) / 0.5, 2);
  const best = sumOf(after.toSorted((a, b) => b - a).slice(0, 3));
  expect(second!.pei).toBeCloseTo(hits(3) / best, 2);
});

test('weekdays of twice 52 weeks are compared by Pearson’s χ², each by its adjusted residual', async () => {
  const found = await answerTo<ClocksAnswer>(
    'clocks?unit=weekday&from=2024-01-01&until=2024-12-30&against=2023-01-02..2024-01-01',
  );
  const perWeekday = (from: string, until: string) => {
    const of = visible.filter(({ day, datePrecision }) => day >= from && day < until && datePrecision < 3);
    return [...'0123456'].map((k) => of.filter(({ day }) => (new Date(day).getUTCDay() + 6) % 7 === Number(k)).length);
  };
  const [first, second] = [perWeekday('2023-01-02', '2024-01-01'), perWeekday('2024-01-01', '2024-12-30')];
  expect([found.first, found.second, found.degrees]).toEqual([first, second, 6]);
  const [a, b] = [sumOf(first), sumOf(second)];
  const expected = (k: number, row: number) => ((first[k]! + second[k]!) * row) / (a + b);
  const chi = sumOf(
    first.map(
      (x, k) => (x - expected(k, a)) ** 2 / expected(k, a) + (second[k]! - expected(k, b)) ** 2 / expected(k, b),
    ),
  );
  expect(found.chiSquared).toBeCloseTo(chi, 9);
  // For six degrees the tail has a short form.
  expect(found.p).toBeCloseTo(Math.exp(-chi / 2) * (1 + chi / 2 + chi ** 2 / 8), 9);
  const spread = (k: number) => expected(k, b) * (1 - (first[k]! + second[k]!) / (a + b)) * (1 - b / (a + b));
  for (const [k, residual] of found.residual.entries())
    expect(residual).toBeCloseTo((second[k]! - expected(k, b)) / Math.sqrt(spread(k)), 9);
});

test('months are compared with the days there were of each, and days since wages were paid by the calendar', async () => {
  const asked = 'unit=month&against=even&from=2024-01-01&until=2025-01-01';
  const found = await answerTo<ClocksAnswer>(`clocks?${asked}`);
  const of = visible.filter(({ day, datePrecision }) => day.startsWith('2024') && datePrecision < 4);
  const perMonth = Array.from(
    { length: 12 },
    (_, k) => of.filter(({ day }) => Number(day.slice(5, 7)) === k + 1).length,
  );
  expect(found.second).toEqual(perMonth);
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const expected = days.map((each) => (each / 366) * sumOf(perMonth));
  for (const [k, mean] of expected.entries()) expect(found.first[k]).toBeCloseTo(mean, 9);
  expect([found.degrees, found.parameters.against]).toEqual([11, 'even']);
  expect(found.chiSquared).toBeCloseTo(sumOf(expected.map((mean, k) => (perMonth[k]! - mean) ** 2 / mean)), 9);
  // Of June 2024 the 15th was a Saturday and the 30th a Sunday: paid on the 14th and the 28th.
  const june = await answerTo<ClocksAnswer>('clocks?unit=payday&against=even&from=2024-06-01&until=2024-07-01');
  const share = sumOf(june.first) / 30;
  expect(june.first.map((mean) => Math.round((mean / share) * 1000) / 1000)).toEqual([
    ...[2, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0],
  ]);
});

test('a trend solves the equations of Poisson regression, whatever the lengths of the months', async () => {
  const { whole, steps } = await answerTo<TrendAnswer>('trend?layer=barrios&season=none');
  const counts = perMonth.map(([from], i) => sumOf(perPlace('area', AREAS, from, perMonth[i + 1]?.[0] ?? '2025')));
  const [fitted, days] = [whole!.fitted!, steps.map((from, i) => daysFrom(from, steps[i + 1] ?? '2025-01-01'))];
  expect(whole!.counts).toEqual(counts);
  expect(sumOf(fitted)).toBeCloseTo(sumOf(counts), 4);
  expect(sumOf(fitted.map((each, i) => i * each))).toBeCloseTo(sumOf(counts.map((each, i) => i * each)), 3);
  const perDay = fitted.map((each, i) => each / days[i]!);
  expect(perDay[12]! / perDay[0]! - 1).toBeCloseTo(whole!.trend!.perYear, 6);
  expect(perDay[1]! / perDay[0]!).toBeCloseTo(perDay[23]! / perDay[22]!, 9);
  const pearson = sumOf(counts.map((each, i) => (each - fitted[i]!) ** 2 / fitted[i]!)) / (counts.length - 2);
  expect(whole!.trend!.dispersion).toBeCloseTo(Math.max(1, pearson), 6);
});
const daysFrom = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / 86_400_000;

test('the density adds up to the incidents with a point, and states radius, sigma and its error', async () => {
  const found = await answerTo<DensityAnswer>('density?radius=300&cell=60');
  const { columns, rows, cellWidth, cellHeight } = found.grid!;
  expect(found.density).toHaveLength(columns * rows);
  expect(found.parameters).toMatchObject({ radiusM: 300, sigmaM: 300 / Math.sqrt(8), cellM: 60 });
  expect(found.errorBound).toBeGreaterThan(0);
  const km2 = cellWidth * 111.32 * Math.cos((19.05 * Math.PI) / 180) * cellHeight * 111.32;
  const sum = found.density.reduce((total, value) => total + value, 0) * km2;
  // Points on the border keep part of their kernel outside.
  expect(sum).toBeLessThanOrEqual(found.incidents * 1.02);
  expect(sum).toBeGreaterThan(found.incidents * 0.5);
});

test('near repeats count every pair of days and points there are', async () => {
  const found = await answerTo<NearRepeatAnswer>('near-repeat?distances=0,inf&days=0,inf&runs=19');
  const located = visible.filter(({ point, datePrecision }) => point && datePrecision < 3).length;
  expect(found.incidents).toBe(located);
  expect(found.observed).toEqual([[(located * (located - 1)) / 2]]);
});

test('streets are compared two junctions away unless told otherwise, squares and streets count every incident', async () => {
  const streets = await answerTo<HotspotsAnswer>('hotspots?layer=streets');
  expect(streets.parameters.weights).toBe('junctions:2');
  const squares = await answerTo<GridHotspotsAnswer>('grid-hotspots?cell=500');
  const located = visible.filter(({ point }) => point).length;
  expect(squares.counts.reduce((sum, count) => sum + count, 0) + squares.elsewhere).toBeLessThanOrEqual(located);
  const hexagons = await answerTo<GridHotspotsAnswer>(
    'grid-hotspots?shape=h3&resolution=8&method=lisa&permutations=99',
  );
  expect(hexagons.parameters).toMatchObject({
    ...{ shape: 'h3', resolution: 8, method: 'lisa' },
    style: 'W',
    permutations: 99,
  });
  const { ids, rings } = hexagons.hexagons!;
  expect([ids.length, rings.length, hexagons.quadrant!.length]).toEqual(
    hexagons.counts.map(() => ids.length).slice(0, 3),
  );
  const total = (of: GridHotspotsAnswer) => sumOf(of.counts) + of.elsewhere;
  expect(total(hexagons)).toBe(total(squares));
  const alike = hexagons.quadrant!.map((each) => each === 'high-high' || each === 'low-low');
  // A place that is like those around it has a local I, and so a score, above the mean of chance.
  for (const [i, z] of hexagons.z.entries()) if (z !== null && Math.abs(z) > 1) expect(z > 0).toBe(alike[i]);
  const along = await answerTo<StreetDensityAnswer>('street-density?layer=streets&radius=200');
  expect(along.counts).toEqual(perPlace('segment', SEGMENTS));
  expect(along.parameters).toMatchObject({ radiusM: 200, split: 'discontinuous', kernel: 'quartic' });
});

test('what an answer counts and what it says to leave out are together all there is', async () => {
  const left = ({ notPlaced }: OfNotPlaced) => sumOf(Object.values(notPlaced));
  const hot = await answerTo<HotspotsAnswer>('hotspots?layer=barrios');
  const few = await answerTo<ConcentrationAnswer>('concentration?layer=streets');
  const along = await answerTo<StreetDensityAnswer>('street-density?layer=streets');
  const over = await answerTo<DensityAnswer>('density?radius=300&cell=60');
  const near = await answerTo<NearRepeatAnswer>('near-repeat?runs=19');
  const squares = await answerTo<GridHotspotsAnswer>('grid-hotspots?cell=500');
  const change = await answerTo<ChangeAnswer>('change?layer=barrios&from=2024-07-01&until=2025-01-01');
  const counted = [sumOf(hot.values as number[]), few.total, along.incidents, over.incidents, near.incidents];
  const answers = [hot, few, along, over, near, squares] as const;
  const together = [...counted, sumOf(squares.counts)].map((each, i) => each + left(answers[i]!));
  expect(together).toEqual(answers.map(() => visible.length));
  const year = visible.filter(({ day }) => day.startsWith('2024')).length;
  expect(change.whole!.before + change.whole!.after + left(change)).toBe(year);
});

test('an empty selection, and one that cannot be said, is a reason and no numbers', async () => {
  for (const [path, reason] of [
    ['hotspots?layer=barrios&weights=knn:2&from=1990-01-01&until=1990-02-01', 'all-zero'],
    ['concentration?layer=barrios&from=1990-01-01&until=1990-02-01', 'all-zero'],
    ['near-repeat?from=1990-01-01&until=1990-02-01', 'empty'],
    ['density?from=1990-01-01&until=1990-02-01', 'empty'],
    ['emerging?layer=barrios&from=2024-01-01&until=2024-02-01', 'too-few-steps'],
  ] as const)
    expect([path, await answerTo<object>(path)]).toEqual([path, expect.objectContaining({ reason })]);
});

test('of one place, the others are no places where nothing happened: they are in no share or mean, and that is said', async () => {
  const within = `within=barrios:${(await answerTo<ConcentrationAnswer>('concentration?layer=barrios')).rows[0]!.code}`;
  const { places, part } = await answerTo<ConcentrationAnswer>(`concentration?layer=streets&${within}`);
  expect([places < SEGMENTS, part!.places]).toEqual([true, places]);
  const rates = await answerTo<RatesAnswer>(`rates?layer=barrios&${within}`);
  expect([rates.base.filter((each) => each !== null).length, rates.part?.places]).toEqual([1, 1]);
  // A drawn ring around all of the town leaves none out.
  const drawn = await answerTo<HotspotsAnswer>(`hotspots?layer=barrios&${RING}`);
  expect(drawn.part).toEqual({ places: AREAS, elsewhere: 0 });
});

test('what a planner is not told by street is in no number of streets, and how many that is', async () => {
  const asked = 'from=2023-01-01&until=2025-01-01';
  // Of what is in no list it is not known whether it is sensitive.
  const least = ['fgj.violencia-familiar', 'fgj.del-espacio'];
  const isSensitive = ({ offence }: { offence: number }) => least.includes(OFFENCES[offence - 1]!);
  const between = (from: string, until: string) => visible.filter(({ day }) => day >= from && day < until);
  for (const [viewer, withheld] of [
    ['planner', between('2023-01-01', '2025-01-01').filter(isSensitive).length],
    ['staff', 0],
  ] as const) {
    const rates = await answerTo<RatesAnswer & SaidBeside>(`rates?layer=streets&${asked}`, viewer);
    expect([viewer, rates.notPlaced.withheld]).toEqual([viewer, withheld]);
    expect([rates.leavesOutSensitive, rates.arePlacesMoved]).toEqual([withheld > 0, false]);
  }
  const { years } = await answerTo<StabilityAnswer>('stability?layer=streets&years=2', 'planner');
  expect(years.map(({ notPlaced }) => notPlaced.withheld)).toEqual([
    between('2023', '2024').filter(isSensitive).length,
    between('2024', '2025').filter(isSensitive).length,
  ]);
  const byArea = await answerTo<SaidBeside>(`hotspots?layer=barrios&${asked}`, 'planner');
  const ordinary = await answerTo<SaidBeside>('hotspots?layer=streets&offence=patrimonio', 'planner');
  expect([byArea.leavesOutSensitive, ordinary.leavesOutSensitive]).toEqual([false, false]);
  // How many there are in a drawn area would itself be told too finely.
  const drawn = await answerTo<RatesAnswer & SaidBeside>(`rates?layer=barrios&${RING}&${asked}`, 'planner');
  expect([drawn.leavesOutSensitive, drawn.notPlaced.withheld]).toEqual([true, 0]);
});

test.each([
  ['hotspots?layer=barrios&weights=bishop', 'weights'],
  ['hotspots?layer=barrios&method=magic', 'method'],
  ['hotspots?layer=nowhere', 'layer'],
  ['density?cell=5&radius=50', 'cell'],
  ['density?radius=300&sigma=100', 'sigma'],
  ['near-repeat?distances=0,5,2', 'distances'],
  ['emerging?layer=barrios', 'from'],
  ['emerging?layer=barrios&from=2015-01-01&until=2025-01-01&step=week', 'step'],
  ['change?layer=barrios&before=2024-02-31..2024-03-01', 'before'],
  ['change?layer=barrios&from=2024-05-01&until=2024-09-01&before=2024-02-01..2024-06-01', 'before'],
])('%s is refused by name', async (path, parameter) => {
  const response = await fetch(`${base}/${path}`);
  const problem = (await response.json()) as { readonly parameter: string };
  expect([response.status, problem.parameter]).toEqual([422, parameter]);
});

test('whoever may not see exact points is given the density of cells, near that of the points themselves', async () => {
  const path = 'density?cell=400&radius=2000&offence=patrimonio';
  const [exact, byCells] = [await answerTo<DensityAnswer>(path), await answerTo<DensityAnswer>(path, 'planner')];
  expect([byCells.incidents, byCells.density.length]).toEqual([exact.incidents, exact.density.length]);
  expect(exact.incidents).toBeGreaterThan(50);
  // A point moves by less than 20 m to the middle of its cell, and by 94 m where it is told exactly on cells of 400 m.
  const most = exact.peak / 10;
  for (const [i, density] of exact.density.entries())
    expect([i, Math.abs(density - byCells.density[i]!) <= most]).toEqual([i, true]);
});

test('the public may ask so often a minute and no more; whoever works here is not counted with them', async () => {
  const asked = async (viewer: string) =>
    (await fetch(`${base}/concentration?layer=barrios`, { headers: { 'x-viewer': viewer } })).status;
  const answers: number[] = [];
  for (let i = 0; i < 34; i++) answers.push(await asked('public'));
  // The public see nothing of a town without a view; what is refused is refused before that is looked up.
  expect([answers[0], answers.filter((status) => status === 429).length]).toEqual([404, 4]);
  expect(await asked('staff')).toBe(200);
});
