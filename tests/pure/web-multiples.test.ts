// Small maps: what each is of, the tiles their one geometry is taken from, and the one scale they share.

import { expect, test } from 'vitest';
import type { CountsAnswer, OffenceRow } from '../../server/counts/contract.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { fetchSlices, highest, onOneScale } from '../../web/multiples/many.ts';
import { tilesOver } from '../../web/multiples/shapes.ts';
import { slicesOf } from '../../web/multiples/slices.ts';
import { partsAsked } from '../../web/store/offence-tree.ts';
import { LEGEND } from '../../web/store/url.ts';

const COVERED = { from: '2025-02-10', until: '2026-05-20' };
const keys = (...asked: Parameters<typeof slicesOf>) => slicesOf(...asked).map(({ key }) => key);

test('the hours are those asked for, also past midnight; months are whole ones, twelve at most', () => {
  expect(keys('hour', EVERYTHING, null, [])).toHaveLength(24);
  const night = { ...EVERYTHING, hours: { from: 22, until: 2 } };
  expect(slicesOf('hour', night, null, []).map(({ patch }) => patch.hours)).toEqual([
    { from: 22, until: 23 },
    { from: 23, until: 24 },
    { from: 0, until: 1 },
    { from: 1, until: 2 },
  ]);
  expect(keys('weekday', { ...EVERYTHING, weekdays: [5, 6] }, null, [])).toEqual(['5', '6']);
  const months = slicesOf('month', EVERYTHING, COVERED, []);
  expect([months.length, months[0]!.patch, months.at(-1)!.patch]).toEqual([
    12,
    { period: null, from: '2025-05-01', until: '2025-06-01' },
    { period: null, from: '2026-04-01', until: '2026-05-01' },
  ]);
  expect(keys('month', EVERYTHING, { from: '2026-03-02', until: '2026-05-01' }, [])).toEqual(['2026-04-01']);
  expect(keys('month', EVERYTHING, null, [])).toEqual([]);
});

test('the hours after midnight of a night are of the day after the one it began on', () => {
  const friday = { ...EVERYTHING, hours: { from: 23, until: 1 }, weekdays: [5, 7], weekdayOf: 'shift' as const };
  expect(slicesOf('hour', friday, null, []).map(({ patch }) => patch)).toEqual([
    { hours: { from: 23, until: 24 }, weekdays: [5, 7], weekdayOf: 'clock' },
    { hours: { from: 0, until: 1 }, weekdays: [1, 6], weekdayOf: 'clock' },
  ]);
  const clock = slicesOf('hour', { ...friday, weekdayOf: 'clock' }, null, []);
  expect(clock.at(-1)!.patch.weekdays).toEqual([5, 7]);
});

test('offences are what the question asks for: those named, what is below a single one, what of all is in the theme', () => {
  const row = (code: string, parent: string | null, incidents: number) =>
    ({ code, parent, incidents, title: code, labels: [] }) as unknown as OffenceRow;
  const rows = [
    row('property', null, 90),
    row('theft', 'property', 60),
    ...['t1', 't2', 't3', 't4'].map((code, i) => row(code, 'theft', 15 + i)),
    row('fraud', 'property', 30),
    row('life', null, 7),
    row('homicide', 'life', 7),
    row('none', 'life', 0),
  ];
  const codes = (named: string[], theme: string[] | null = null) =>
    partsAsked(rows, named, theme).map((part) => [part.code, part.codes.join(), part.incidents]);
  expect(codes([]).map(([code]) => code)).toEqual(['fraud', 't4', 't3', 't2', 't1', 'homicide']);
  expect(codes(['t1', 'fraud'])).toEqual([
    ['t1', 't1', 15],
    ['fraud', 'fraud', 30],
  ]);
  expect(codes(['theft']).map(([code]) => code)).toEqual(['t4', 't3', 't2', 't1']);
  expect(codes(['homicide'])).toEqual([['homicide', 'homicide', 7]]);
  expect(codes([], ['theft', 'homicide']).map(([code]) => code)).toEqual(['t4', 't3', 't2', 't1', 'homicide']);
  expect(keys('offence', EVERYTHING, null, partsAsked(rows, [], ['t1', 'none']))).toEqual(['t1']);
});

test('the tiles cover the city, few for areas, and all of a zoom that has every street', () => {
  // Mexico City, some 45 by 60 km.
  const city = [-99.37, 19.04, -98.94, 19.6] as const;
  const areas = tilesOver(city, false)!;
  expect([areas.length <= 6, new Set(areas.map(({ z }) => z)).size]).toEqual([true, 1]);
  const streets = tilesOver(city, true)!;
  // A tile of zoom 12 is 9.2 km wide there.
  expect([streets.length, streets[0]!.z]).toEqual([6 * 8, 12]);
  expect(tilesOver([-110, 10, -90, 30], true)).toBeNull();
});

const answer = (of: Record<string, number>, rates: (number | null)[] | null = null) =>
  ({
    ids: Object.keys(of),
    counts: Object.values(of),
    rates,
    from: '2025-01-01',
    until: '2026-01-01',
  }) as unknown as CountsAnswer;
const SOURCES = [{ from: '2020-01-01', until: '2026-06-01' }];
const slice = (key: string) => ({ key, patch: {} });

test('a colour means the same in every map, and one without rates takes the others to counts', () => {
  const found = [
    { slice: slice('1'), answer: answer({ 7: 1, 8: 2 }) },
    { slice: slice('2'), answer: answer({ 7: 30, 8: 40 }) },
    { slice: slice('3'), answer: answer({}) },
  ];
  const many = onOneScale(found, { ...LEGEND, classes: 3 }, SOURCES);
  // Quantiles of 1, 2, 30, 40 in three classes: the second, the third and the last of them.
  expect([many.byRate, many.bounds]).toEqual([false, [2, 30, 40]]);
  expect(many.maps.map(({ classes }) => [...classes.values()])).toEqual([[1, 1], [2, 3], []]);
  expect(many.maps.map(highest)).toEqual(['8', '8', null]);
  const mixed = onOneScale(
    [
      { slice: slice('1'), answer: answer({ 7: 10 }, [100]) },
      { slice: slice('2'), answer: answer({ 7: 3 }, [null]) },
    ],
    LEGEND,
    SOURCES,
  );
  expect([mixed.byRate, mixed.bounds]).toEqual([false, [3, 10]]);
});

test('a few are asked at a time and come in order', async () => {
  let open = 0;
  let most = 0;
  const slices = Array.from({ length: 9 }, (_, i) => ({ key: String(i), patch: { weekdays: [i] } }));
  const told: number[] = [];
  const found = await fetchSlices(
    slices,
    async ({ weekdays }) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 9 - weekdays![0]!));
      open -= 1;
      return answer({ [weekdays![0]!]: 1 });
    },
    (done) => told.push(done),
  );
  expect(most).toBe(4);
  expect(found.map((each) => each.answer.ids[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
