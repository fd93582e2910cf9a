// What is compared with the period before, what is not for want of data, and since when there are data to compare with:
// by hand, on sources of a few years.

import { describe, expect, test } from 'vitest';
import { closedRange, rangeOfHistory } from '../../server/analysis/values.ts';
import { dataSince } from '../../server/calendar/data-through.ts';
import { dayOf, monthOf, monthStart, textOf } from '../../server/calendar/days.ts';
import { comparedWith, daysCompared, gapsOf, periodBefore } from '../../server/counts/before.ts';
import type { Plan } from '../../server/filter/plan.ts';
import { sameSourcesSince, toldByAll } from '../../server/filter/source-profile.ts';
import { gapsIn, toldOf } from '../../web/store/gaps.ts';

type Source = Parameters<typeof comparedWith>[3][number];
const DAILY = [100, 0, 0, 0];
const MONTHLY = [0, 0, 0, 100];

/** So many records on each `step`th day from one day to before another, but for none in a gap. */
function source(sourceId: number, from: string, until: string, each = 3, gap = ['', ''], step = 1): Source {
  const days: number[] = [];
  for (let day = dayOf(from); day < dayOf(until); day += step) {
    if (gap[0] === '' || day < dayOf(gap[0]!) || day >= dayOf(gap[1]!)) days.push(day);
  }
  const known = { days, counts: days.map(() => each) };
  return { sourceId, days: known, precisions: DAILY, firstDay: days[0] ?? null, lastDay: days.at(-1) ?? null };
}
function monthly(sourceId: number, months: readonly string[], each: number): Source {
  const days = months.map((month) => dayOf(`${month}-01`));
  const lastDay = days.at(-1)! + 27;
  return { sourceId, days: { days, counts: days.map(() => each) }, precisions: MONTHLY, firstDay: days[0]!, lastDay };
}
const range = (from: string, until: string) => ({ from: dayOf(from), until: dayOf(until) });
const why = (sources: readonly Source[], now: [string, string], before: [string, string], sourceIds = [1, 2]) =>
  comparedWith({ sourceIds, weekdays: [] }, range(...now), range(...before), sources).reason;

const JANUARY: [string, string] = ['2019-01-01', '2019-02-01'];
const DECEMBER: [string, string] = ['2018-12-01', '2019-01-01'];
const FEBRUARY: [string, string] = ['2019-02-01', '2019-03-01'];

test('January is not compared with a December that was never delivered, February is with January', () => {
  const data = [source(1, '2019-01-01', '2024-01-01')];
  expect(why(data, JANUARY, DECEMBER)).toBe('before-data');
  expect(why(data, FEBRUARY, JANUARY)).toBeNull();
});

test('nor with a December whose last days alone were delivered', () => {
  expect(why([source(1, '2018-12-20', '2024-01-01')], JANUARY, DECEMBER)).toBe('before-data');
});

test('of two sources both must have begun; a source that is not counted does not matter, nor one that ended long before', () => {
  const long = source(1, '2016-01-01', '2024-01-01');
  expect(why([long, source(2, '2019-01-10', '2024-01-01')], JANUARY, DECEMBER)).toBe('before-data');
  expect(why([long, source(2, '2019-01-10', '2024-01-01')], JANUARY, DECEMBER, [1])).toBeNull();
  expect(why([long, source(2, '2017-12-20', '2018-11-25')], JANUARY, DECEMBER)).toBeNull();
  expect(why([long, source(2, '2020-01-01', '2024-01-01')], JANUARY, DECEMBER)).toBeNull();
});

test('what a source counted then and nobody counts now would look like a fall; a handful does not', () => {
  const long = source(1, '2016-01-01', '2024-01-01');
  // Five days of three.
  const ended = source(2, '2018-12-20', '2018-12-25');
  expect(why([long, ended], JANUARY, DECEMBER)).toBe('after-data');
  expect(why([long, ended], JANUARY, DECEMBER, [1])).toBeNull();
  expect(why([long, source(2, '2018-12-20', '2018-12-23')], JANUARY, DECEMBER)).toBeNull();
  expect(why([source(1, '2016-01-01', '2019-01-01')], JANUARY, DECEMBER)).toBe('after-data');
});

test('how often the weekdays asked for come in both periods is told where it is not as often', () => {
  // November 2025 begins on a Saturday and ends on a Sunday: five of each, October had four.
  const months = [range('2025-11-01', '2025-12-01'), range('2025-10-01', '2025-11-01')] as const;
  expect(daysCompared({ weekdays: [6, 7] }, ...months)).toEqual({ before: 8, now: 10 });
  expect(daysCompared({ weekdays: [5] }, ...months)).toEqual({ before: 5, now: 4 });
  expect(daysCompared({ weekdays: [1] }, ...months)).toBeNull();
  expect(daysCompared({ weekdays: [] }, ...months)).toBeNull();
});

test('a month of silence in a source that tells daily is a gap, a quiet week of one that tells little is none', () => {
  const silent = ['2018-12-10', '2018-12-20'];
  expect(why([source(1, '2016-01-01', '2024-01-01', 3, silent)], JANUARY, DECEMBER)).toBe('gap');
  expect(why([source(1, '2016-01-01', '2024-01-01', 1, silent, 4)], JANUARY, DECEMBER)).toBeNull();
  expect(why([source(1, '2016-01-01', '2024-01-01', 3, ['2018-10-01', '2018-11-30'])], JANUARY, DECEMBER)).toBeNull();
});

test('the gaps of a source are the stretches it is silent in and should not be, and a window over one is told so', () => {
  const gaps = (of: Source) => gapsOf(of).map(({ from, until }) => ({ from: textOf(from), until: textOf(until) }));
  const daily = gaps(source(1, '2016-01-01', '2024-01-01', 3, ['2018-12-10', '2019-02-20']));
  expect(daily).toEqual([{ from: '2018-12-10', until: '2019-02-20' }]);
  expect(gaps(source(1, '2016-01-01', '2024-01-01', 1, ['2018-12-10', '2018-12-16'], 4))).toEqual([]);
  expect(gaps(monthly(1, ['2018-10', '2018-12', '2019-01'], 600))).toEqual([
    { from: '2018-11-01', until: '2018-12-01' },
  ]);
  const told = (from: string, until: string, sources = [{ from: '2016-01-01', gaps: daily }]) =>
    toldOf({ from, until }, sources);
  expect(told('2019-01-01', '2019-02-01')).toBe('none');
  expect(told('2018-12-01', '2019-01-01')).toBe('partly');
  expect(told('2018-11-01', '2018-12-10')).toBe('whole');
  const other = { from: '2016-01-01', gaps: [] };
  expect(told('2019-01-01', '2019-02-01', [{ from: '2016-01-01', gaps: daily }, other])).toBe('partly');
});

test('what is known by month fills its month; a month that lacks is a gap', () => {
  const whole = ['2018-10', '2018-11', '2018-12', '2019-01', '2019-02'];
  expect(why([monthly(1, whole, 600)], JANUARY, DECEMBER)).toBeNull();
  expect(why([monthly(1, whole.toSpliced(2, 1), 600)], JANUARY, DECEMBER)).toBe('gap');
});

test('the days of which a source delivered nothing are named, those before it began and after it ended are not', () => {
  const march = source(1, '2019-01-01', '2019-06-01', 3, ['2019-03-01', '2019-04-01']);
  const text = ({ from, until }: { readonly from: number; readonly until: number }) => [textOf(from), textOf(until)];
  expect(gapsOf(march, range('2018-01-01', '2020-01-01')).map(text).slice(1)).toEqual([['2019-03-01', '2019-04-01']]);
  expect(gapsOf(march, range('2019-01-01', '2019-06-01')).map(text)).toEqual([['2019-03-01', '2019-04-01']]);
  expect(gapsOf(source(1, '2019-01-01', '2019-06-01'), range('2019-01-01', '2019-06-01'))).toEqual([]);
});

test('of a stretch of days it is said how many of them nothing is known of, and of which source', () => {
  const sources = [
    { title: 'Fiscalía', gaps: [{ from: '2019-03-01', until: '2019-04-01' }] },
    { title: '911', gaps: [] },
  ];
  expect(gapsIn({ from: '2019-03-01', until: '2019-04-01' }, sources)).toEqual({ days: 31, titles: ['Fiscalía'] });
  expect(gapsIn({ from: '2019-03-25', until: '2019-04-08' }, sources)).toEqual({ days: 7, titles: ['Fiscalía'] });
  expect(gapsIn({ from: '2019-04-01', until: '2019-05-01' }, sources)).toEqual({ days: 0, titles: [] });
});

test('a range with an open end has no period before, and where nothing is known there is nothing to compare with', () => {
  const plan: Plan = {
    range: { ...range(...JANUARY), until: 2_932_897 },
    sourceIds: [1],
    offenceIds: null,
    hours: null,
    weekdays: [],
    byNight: false,
    within: null,
    inside: null,
    scope: null,
  };
  expect(periodBefore(plan, null, [source(1, '2016-01-01', '2024-01-01')])).toEqual({
    range: null,
    reason: 'open-range',
  });
  expect(why([], JANUARY, DECEMBER)).toBe('before-data');
});

test('a source that tells less far than the others holds the week back for a quarter, then it ended; a small one never', () => {
  const feed = {
    ...source(1, '2024-01-01', '2026-11-29', 20),
    through: dayOf('2026-11-28'),
    since: dayOf('2024-01-01'),
  };
  const file = (until: string, each: number, step = 1) => {
    const told = source(2, '2024-01-01', until, each, ['', ''], step);
    return { ...told, through: dayOf(until) - 1, since: dayOf('2024-01-01') };
  };
  const last = dayOf('2026-11-28');
  const both = { sourceIds: [1, 2] };
  const allTo = (sources: Parameters<typeof toldByAll>[1], plan = both) => textOf(toldByAll(plan, sources, last));
  const alike = (sources: Parameters<typeof sameSourcesSince>[1]) => textOf(sameSourcesSince(both, sources, last)!);
  expect([allTo([feed, file('2026-11-01', 100)]), alike([feed, file('2026-11-01', 100)])]).toEqual([
    '2026-10-31',
    '2026-11-01',
  ]);
  expect(allTo([feed, file('2026-11-01', 100)], { sourceIds: [1] })).toBe('2026-11-28');
  expect([allTo([feed, file('2026-07-01', 100)]), alike([feed, file('2026-07-01', 100)])]).toEqual([
    '2026-11-28',
    '2026-07-01',
  ]);
  // One a week: in four weeks four are missing, which is no sign that they are.
  expect([allTo([feed, file('2026-11-01', 1, 7)]), alike([feed, file('2026-11-01', 1, 7)])]).toEqual([
    '2026-11-28',
    '2024-01-01',
  ]);
});

describe('the day from which data are complete', () => {
  /** So many incidents on the tenth of each month. */
  const since = (start: string, volumes: readonly number[]) => {
    const month = monthOf(dayOf(start));
    const told = volumes.flatMap((count, i) => (count ? [{ day: monthStart(month + i) + 9, count }] : []));
    const day = dataSince({ days: told.map(({ day }) => day), counts: told.map(({ count }) => count) });
    return day === null ? null : textOf(day);
  };
  const year = new Array(12).fill(100);

  test('is that of the first record when all months are alike, be they few and small', () => {
    expect(since('2024-01-01', year)).toBe('2024-01-10');
    expect(since('2024-01-01', [1, 0, 2, 1])).toBe('2024-01-10');
  });
  test('is not that of one stray years before, nor of a thin tail of deeds reported late', () => {
    expect(since('2010-01-01', [1, ...new Array(167).fill(0), ...year])).toBe('2024-01-01');
    expect(since('2019-01-01', [...new Array(60).fill(2), ...year])).toBe('2024-01-01');
    expect(since('2023-10-01', [1, 4, 30, ...year])).toBe('2024-01-01');
  });
  test('takes a month of exactly half the median and not one below', () => {
    expect(since('2023-12-01', [50, ...year])).toBe('2023-12-10');
    expect(since('2023-12-01', [49, ...year])).toBe('2024-01-01');
  });
  test('goes back beyond months of silence, and of nothing is nothing', () => {
    expect(since('2022-01-01', [...year, 0, 0, 0, ...year])).toBe('2022-01-10');
    expect(since('2022-01-01', [])).toBeNull();
  });
});

test('what is counted over the years lies within the days all sources tell of, from the day that was asked for on', () => {
  const of = (sourceId: number, since: string) => ({
    ...{ sourceId, code: `s${sourceId}`, kind: 'police', live: false, since: dayOf(since) },
    ...{ declaredThrough: '2024-12-31', through: dayOf('2024-12-31'), days: { days: [], counts: [] } },
  });
  const range = (from: string | null, until: string, period: string | null = null, take = rangeOfHistory) => {
    const told = take({
      plan: { range: { from: dayOf(from ?? '2024-10-01'), until: dayOf(until) }, sourceIds: [1, 2] },
      filter: { kind: 'police', source: null, from, period },
      snapshot: { sources: [of(1, '2020-01-01'), of(2, '2021-07-01'), of(3, '2024-12-01')] },
    } as unknown as Parameters<typeof closedRange>[0]);
    return told && `${textOf(told.from)}..${textOf(told.until)}`;
  };
  expect(range(null, '2025-01-01', 'ytd')).toBe('2021-07-01..2025-01-01');
  expect(range('2023-01-01', '2024-06-01')).toBe('2023-01-01..2024-06-01');
  expect(range('2019-01-01', '2026-09-01')).toBe('2021-07-01..2025-01-01');
  expect(range(null, '2024-11-01', null, closedRange)).toBe('2024-10-01..2024-11-01');
  expect(range('2025-02-01', '2026-01-01')).toBeNull();
});

test('two days are not compared by a weekday that one of them is not', () => {
  const told = [source(1, '2018-01-01', '2024-01-01')];
  // 5 January 2019 was a Saturday.
  const [saturday, friday, weekBefore] = ['2019-01-05', '2019-01-04', '2018-12-29'].map((day) => ({
    ...{ from: dayOf(day), until: dayOf(day) + 1 },
  }));
  const plan = { sourceIds: [1], weekdays: [6] };
  expect(comparedWith(plan, saturday!, friday!, told)).toEqual({ range: null, reason: 'no-such-day' });
  expect(comparedWith(plan, friday!, saturday!, told).reason).toBe('no-such-day');
  expect(comparedWith(plan, saturday!, weekBefore!, told)).toEqual({ range: weekBefore, reason: null });
});
