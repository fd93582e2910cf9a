// What filters, periods, rates and series mean, on cases worked out by hand.

import { describe, expect, test } from 'vitest';
import { type DayCounts, dataThrough } from '../../server/calendar/data-through.ts';
import { addMonths, dayOf, monthOf, monthStart, textOf, weekdayOf } from '../../server/calendar/days.ts';
import { clockOf } from '../../server/counts/clock.ts';
import { type CountsAnswer, decodeCounts, encodeCounts } from '../../server/counts/contract.ts';
import { countsAnswer } from '../../server/counts/counts.ts';
import { gridFor, heatOf } from '../../server/counts/heat.ts';
import { denominatorYear, rateOf } from '../../server/counts/rates.ts';
import { seriesOf } from '../../server/counts/series.ts';
import { changeOf, topOf } from '../../server/counts/top.ts';
import type { CatalogueSource } from '../../server/filter/catalogue.ts';
import { EVERYTHING, type Filter, parseFilter } from '../../server/filter/contract.ts';
import { type PlanContext, previousRange, rangeText, resolveFilter } from '../../server/filter/plan.ts';
import { describeSources, fillersOf } from '../../server/filter/source-profile.ts';

const nothing = {
  matched: 0,
  unlocated: 0,
  withheld: 0,
  excluded: { partlyInRange: 0, unknownHour: 0, unknownDay: 0 },
  leftOut: 0,
};

describe('days', () => {
  test.each([
    ['1970-01-01', 0, 3],
    ['1969-12-29', -3, 0],
    ['2024-02-29', 19782, 3],
    ['2000-01-01', 10957, 5],
  ])('%s is day %i and weekday %i from Monday', (text, day, weekday) => {
    expect(dayOf(text)).toBe(day);
    expect(textOf(day)).toBe(text);
    expect(weekdayOf(day)).toBe(weekday);
  });

  test('months begin on their first day, also before 1970', () => {
    expect(textOf(monthStart(monthOf(dayOf('2024-02-29'))))).toBe('2024-02-01');
    expect(textOf(monthStart(-1))).toBe('1969-12-01');
    expect(textOf(addMonths(dayOf('2024-03-31'), -1))).toBe('2024-02-29');
    expect(textOf(addMonths(dayOf('2024-01-15'), 12))).toBe('2025-01-15');
  });
});

describe('data through', () => {
  /** `count` incidents on each of the given days of each month from `first`, as months go by. */
  const monthly = (first: string, volumes: readonly number[], lastDays?: readonly number[]) => {
    const start = monthOf(dayOf(first));
    const entries = volumes.flatMap((volume, i): [number, number][] => {
      if (volume === 0) return [];
      const begin = monthStart(start + i);
      const last = begin + ((lastDays?.[i] ?? 28) - 1);
      return volume === 1
        ? [[begin, 1]]
        : [
            [begin, volume - 1],
            [last, 1],
          ];
    });
    return { days: entries.map(([day]) => day), counts: entries.map(([, count]) => count) };
  };
  const through = (counts: Parameters<typeof dataThrough>[0], live = false) => {
    const day = dataThrough(counts, live);
    return day === null ? null : textOf(day);
  };

  test('is the end of the last month when all are alike', () => {
    expect(through(monthly('2024-01-01', new Array(12).fill(100)))).toBe('2024-12-31');
  });

  test('does not follow two stray rows of the next January', () => {
    expect(through(monthly('2023-01-01', [...new Array(24).fill(100), 2]))).toBe('2024-12-31');
  });

  test('does not follow a stray row after empty months', () => {
    expect(through(monthly('2025-01-01', [...new Array(12).fill(100), 0, 0, 1]))).toBe('2025-12-31');
  });

  test('takes a month of exactly half the median and not one below', () => {
    expect(through(monthly('2024-01-01', [...new Array(12).fill(100), 50]))).toBe('2025-01-31');
    expect(through(monthly('2024-01-01', [...new Array(12).fill(100), 49]))).toBe('2024-12-31');
  });

  test('leaves out a month that was cut off on the 20th, though it is more than half full', () => {
    expect(through(monthly('2024-01-01', [...new Array(12).fill(100), 65], [...new Array(12).fill(28), 20]))).toBe(
      '2024-12-31',
    );
  });

  test('of a live source is a day', () => {
    const days = Array.from({ length: 14 }, (_, i) => dayOf('2024-06-01') + i);
    expect(through({ days, counts: [...new Array(13).fill(10), 3] }, true)).toBe('2024-06-13');
  });

  test('of nothing is nothing', () => {
    expect(through({ days: [], counts: [] })).toBeNull();
  });
});

/** So many incidents on the first day of each of the months up to one. */
function monthly(until: string, months: number, count: number): DayCounts {
  const last = monthOf(dayOf(until));
  const days = Array.from({ length: months }, (_, i) => monthStart(last - months + 1 + i));
  return { days, counts: days.map(() => count) };
}
const clock = (through: string | null, days: DayCounts = { days: [], counts: [] }) => ({
  ...{ live: false, declaredThrough: null, days },
  through: through === null ? null : dayOf(through),
});
const context: PlanContext = {
  sources: [
    { sourceId: 1, code: 'fgj', kind: 'incident', ...clock('2024-12-31', monthly('2024-12-31', 72, 18_000)) },
    { sourceId: 2, code: 'old', kind: 'incident', ...clock('2016-12-31', monthly('2016-12-31', 48, 2800)) },
    { sourceId: 3, code: 'c5', kind: 'call', ...clock(null) },
  ],
  offences: [
    { offenceId: 1, code: 'a.x' },
    { offenceId: 2, code: 'a.y' },
    { offenceId: 3, code: 'b.z' },
  ],
  taxonomy: {
    subtree: (codes, leaves) => new Set(leaves.filter((leaf) => codes.some((code) => leaf.startsWith(code)))),
    themeOffences: () => ['b'],
    withChoices: () => {
      throw new Error('nothing was said of these labels');
    },
  },
};
const plan = (filter: Partial<Filter>) => resolveFilter({ ...EVERYTHING, ...filter }, context, null);

describe('a filter', () => {
  test.each([
    ['week', '2024-12-25', '2025-01-01'],
    ['28d', '2024-12-04', '2025-01-01'],
    ['12m', '2024-01-01', '2025-01-01'],
    ['ytd', '2024-01-01', '2025-01-01'],
  ] as const)('period %s ends with the day the data is complete to', (period, from, until) => {
    expect(rangeText(plan({ period }).range)).toEqual({ from, until });
  });

  test('period of a source that ended counts to its own end', () => {
    expect(rangeText(plan({ period: '12m', source: 'old' }).range)).toEqual({
      from: '2016-01-01',
      until: '2017-01-01',
    });
  });

  test('a small source that reaches further does not set the clock of all, nor does one that ended', () => {
    const extract = {
      sourceId: 4,
      code: 'extract',
      kind: 'incident',
      ...clock('2025-01-31', monthly('2025-01-31', 60, 110)),
    } as const;
    const sources = [...context.sources, extract];
    const period = (source: string | null) =>
      rangeText(resolveFilter({ ...EVERYTHING, period: '12m', source }, { ...context, sources }, null).range);
    expect(period(null)).toEqual({ from: '2024-01-01', until: '2025-01-01' });
    expect(period('extract')).toEqual({ from: '2024-02-01', until: '2025-02-01' });
  });

  test('what one of several sources declares stands', () => {
    const declared = { ...clock('2025-03-31', monthly('2025-01-31', 3, 5)), declaredThrough: '2025-03-31' };
    const sources = [...context.sources, { sourceId: 4, code: 'said', kind: 'incident', ...declared } as const];
    const { range } = resolveFilter({ ...EVERYTHING, period: 'week' }, { ...context, sources }, null);
    expect(rangeText(range).until).toBe('2025-04-01');
  });

  test('without dates is open at both ends', () => {
    expect(rangeText(plan({}).range)).toEqual({ from: null, until: null });
  });

  test('asks for the sources of its kind alone, and for the leaves of what it names', () => {
    expect(plan({}).sourceIds).toEqual([1, 2]);
    expect(plan({ kind: 'call' }).sourceIds).toEqual([3]);
    expect(plan({ source: 'c5' }).sourceIds).toEqual([]);
    expect(plan({}).offenceIds).toBeNull();
    expect(plan({ offences: ['a'] }).offenceIds).toEqual([1, 2]);
    expect(plan({ theme: 'any' }).offenceIds).toEqual([3]);
    expect(() => plan({ source: 'none' })).toThrow(expect.objectContaining({ parameter: 'source' }));
  });

  test('counts nights only where hours wrap', () => {
    expect(plan(parseFilter({ hour: '20-2', weekdayOf: 'shift' })).byNight).toBe(true);
    expect(plan(parseFilter({ hour: '8-20', weekdayOf: 'shift' })).byNight).toBe(false);
    expect(plan(parseFilter({ hour: '20-2' })).byNight).toBe(false);
  });
});

describe('the period before', () => {
  const before = (from: string, until: string, period: Filter['period'] = null) => {
    const range = previousRange({ from: dayOf(from), until: dayOf(until) }, period);
    return range && [textOf(range.from), textOf(range.until)];
  };
  test('of a year is the year before, leap day or not', () => {
    expect(before('2024-01-01', '2025-01-01')).toEqual(['2023-01-01', '2024-01-01']);
  });
  test('of June is May', () => {
    expect(before('2024-06-01', '2024-07-01')).toEqual(['2024-05-01', '2024-06-01']);
  });
  test('of 28 days is the 28 days before', () => {
    expect(before('2024-12-04', '2025-01-01')).toEqual(['2024-11-06', '2024-12-04']);
  });
  test('of the year to date is the same days a year earlier', () => {
    expect(before('2024-01-01', '2024-06-16', 'ytd')).toEqual(['2023-01-01', '2023-06-16']);
  });
  test('of an open range is none', () => {
    expect(previousRange(plan({}).range, null)).toBeNull();
  });
});

describe('rates', () => {
  const denominator = { year: 2020, source: 'censo' };
  const residents = { unit: 'per100kResidents', residents: Float64Array.of(0, 20_000, 999), denominator } as const;
  test('are per 100,000 residents, of 1,000 and 10 incidents or more', () => {
    expect(rateOf(residents, 1, 30)).toBe(150);
    expect(rateOf(residents, 1, 9)).toBeNull();
    expect(rateOf(residents, 2, 30)).toBeNull();
    expect(rateOf(null, 1, 30)).toBeNull();
  });
  test('are per km of street, a stub counting as 50 m', () => {
    const lengthM = { unit: 'perKm', lengthM: Float64Array.of(0, 200, 10) } as const;
    expect(rateOf(lengthM, 1, 20)).toBe(100);
    expect(rateOf(lengthM, 2, 20)).toBe(400);
  });
  test('are unknown where the residents are', () => {
    expect(rateOf({ ...residents, residents: Float64Array.of(0, Number.NaN) }, 1, 30)).toBeNull();
  });
  test.each([
    ['2024-01-01', 2020],
    ['2020-06-01', 2020],
    ['2015-01-01', 2010],
    ['2000-01-01', 2010],
    [null, 2020],
  ])('until %s use the census of %i', (until, year) => {
    expect(denominatorYear([2020, 2010], until)).toBe(year);
  });
  test('of change need ten before', () => {
    expect(changeOf(15, 10)).toBe(50);
    expect(changeOf(2, 3)).toBeNull();
    expect(changeOf(0, 9)).toBeNull();
    expect(changeOf(20, 30)).toBe(-33.3);
  });
});

describe('a series', () => {
  const range = { from: dayOf('2024-01-03'), until: dayOf('2024-01-16') };
  const days = [
    [dayOf('2024-01-03'), 2],
    [dayOf('2024-01-15'), 5],
  ] as const;
  test('by week has no gaps, begins on Mondays and marks cut weeks', () => {
    expect(
      seriesOf({ ...nothing, days, months: [], quarters: [] }, range, 'week', dayOf('2024-12-31')).buckets,
    ).toEqual([
      { from: '2024-01-01', count: 2, partial: true },
      { from: '2024-01-08', count: 0, partial: false },
      { from: '2024-01-15', count: 5, partial: true },
    ]);
  });
  test('puts incidents known by month only in months, and says how many have no day', () => {
    const found = { ...nothing, days, months: [[dayOf('2024-01-01'), 4]] as const, quarters: [] };
    const year = { from: dayOf('2024-01-01'), until: dayOf('2024-03-01') };
    expect(seriesOf(found, year, 'month', dayOf('2024-01-31'))).toEqual({
      step: 'month',
      buckets: [
        { from: '2024-01-01', count: 11, partial: false },
        { from: '2024-02-01', count: 0, partial: true },
      ],
      unknownDay: 0,
      unknownMonth: 0,
    });
    expect(seriesOf(found, year, 'day', null).unknownDay).toBe(4);
  });
  test('tells incidents known by quarter only aside, and never spreads them over its months', () => {
    const found = { ...nothing, days, months: [], quarters: [[dayOf('2024-01-01'), 9]] as const };
    const quarter = { from: dayOf('2024-01-01'), until: dayOf('2024-04-01') };
    const { buckets, unknownDay, unknownMonth } = seriesOf(found, quarter, 'month', null);
    expect([buckets.map(({ count }) => count), unknownDay, unknownMonth]).toEqual([[7, 0, 0], 0, 9]);
  });
  test('of an open range covers what there is', () => {
    const { buckets } = seriesOf({ ...nothing, days, months: [], quarters: [] }, plan({}).range, 'day', null);
    expect([buckets.length, buckets[0]!.from, buckets.at(-1)!.from]).toEqual([13, '2024-01-03', '2024-01-15']);
  });
  test('of too many days is refused', () => {
    expect(() =>
      seriesOf({ ...nothing, days, months: [], quarters: [] }, { from: -719_162, until: 0 }, 'day', null),
    ).toThrow('step');
  });
});

describe('a ranking', () => {
  const found = (...counts: number[]) => ({ ...nothing, counts: Uint32Array.of(...counts) });
  const names = ['', 'A', 'B', 'C', 'D'];
  const places = { codes: names, names, crossings: [null, null, null, null, null], lengthM: null, population: [] };
  test('is by count, then by id, without the empty and without those in no place', () => {
    const rows = topOf(found(99, 5, 0, 12, 5), found(0, 4, 40, 10, 6), places, null, 10);
    expect(rows.map(({ id, name, count, previous, change }) => [id, name, count, previous, change])).toEqual([
      ['3', 'C', 12, 10, 20],
      ['1', 'A', 5, 4, null],
      ['4', 'D', 5, 6, null],
    ]);
    expect(topOf(found(99, 5, 0, 12, 5), null, places, null, 1)).toMatchObject([
      { id: '3', previous: null, change: null },
    ]);
    expect(topOf(found(99, 5, 5, 12, 5), null, places, null, 2).map(({ id }) => id)).toEqual(['3', '1']);
    expect(topOf(found(99, 0, 0, 0, 0), null, places, null, 5)).toEqual([]);
    // Twelve in ten days after ten in eight: 12.5 were to be expected.
    const [unequal] = topOf(found(0, 0, 0, 12, 0), found(0, 0, 0, 10, 0), places, null, 1, 'count', {
      before: 8,
      now: 10,
    });
    expect(unequal!.change).toBe(-4);
  });
});

test('the clock shows every matched incident once', () => {
  const slots = new Uint32Array(200);
  slots[0 * 25 + 8] = 3; // Monday, 8 o'clock
  slots[6 * 25 + 23] = 2; // Sunday, 23 o'clock
  slots[2 * 25 + 24] = 4; // Wednesday, hour unknown
  slots[7 * 25 + 24] = 1; // only the month known
  const clock = clockOf({ ...nothing, matched: 10, slots, offences: new Map() }, []);
  expect([clock.counts.length, clock.counts[0]!.length]).toEqual([7, 24]);
  expect([clock.counts[0]![8], clock.counts[6]![23]]).toEqual([3, 2]);
  expect([clock.unknownHour, clock.unknownDay, clock.total]).toEqual([4, 1, 10]);
});

test('noon on the dot is filler when it towers over eleven and one o’clock; full hours alike are not', () => {
  const minutes = new Array<number>(1440).fill(2);
  for (let hour = 0; hour < 24; hour++) minutes[hour * 60] = 100;
  minutes[12 * 60] = 301;
  minutes[5] = 20;
  expect(fillersOf(minutes)).toEqual([{ hour: 12, minute: 0, count: 301 }]);
});

describe('the heat grid', () => {
  test('has cells of the size it says, on the same lines wherever the map looks', () => {
    const { grid, cellM } = gridFor([-99.2, 19.3, -99.1, 19.4], 15, 19.35);
    expect(cellM).toBe(25);
    expect((grid.cellHeight / 1e7) * 111_320).toBeCloseTo(25, 1);
    expect((grid.cellWidth / 1e7) * 111_320 * Math.cos((19.35 * Math.PI) / 180)).toBeCloseTo(25, 1);
    const moved = gridFor([-99.1987, 19.3123, -99.1, 19.4], 15, 19.35).grid;
    expect((moved.west - grid.west) % grid.cellWidth).toBe(0);
    expect((moved.south - grid.south) % grid.cellHeight).toBe(0);
  });
  test('gives the middle of each cell', () => {
    const grid = { west: -100, south: 200, cellWidth: 10_000, cellHeight: 20_000, columns: 3, rows: 2 };
    const found = { ...nothing, cells: Uint32Array.of(0, 4), counts: Uint32Array.of(7, 1) };
    expect(heatOf(found, grid, 5).points).toEqual([
      [0.00049, 0.00102, 7],
      [0.00149, 0.00302, 1],
    ]);
  });
});

test('a source known by month reaches to the end of its last one', () => {
  const source = { sourceId: 1, declaredThrough: null, live: false } as CatalogueSource;
  const lastDayWith = (precisions: readonly number[], last: string) => {
    const days = { days: [dayOf('2018-10-01'), dayOf(last)], counts: [5, 5] };
    const [described] = describeSources([source], [{ sourceId: 1, incidents: 10, days, precisions, fillers: [] }]);
    return textOf(described!.lastDay!);
  };
  expect(lastDayWith([0, 0, 0, 10], '2019-02-01')).toBe('2019-02-28');
  expect(lastDayWith([10, 0, 0, 0], '2019-02-01')).toBe('2019-02-01');
  expect(lastDayWith([0, 0, 5, 5], '2019-02-11')).toBe('2019-02-11');
});

test('areas without a census say what their rates would be, streets always per km', () => {
  const found = { ...nothing, counts: Uint32Array.of(0, 3) };
  const layer = { layerId: 1, code: 'l', version: 1, features: 1 };
  const open = { from: null, until: null };
  const areas = countsAnswer(1, { ...layer, type: 'areas' }, found, null, open);
  expect([areas.rates, areas.rateUnit, areas.denominator]).toEqual([null, 'per100kResidents', null]);
  const lengthM = Float64Array.of(0, 100);
  const streets = countsAnswer(1, { ...layer, type: 'streets' }, found, { unit: 'perKm', lengthM }, open);
  expect([streets.rateUnit, streets.denominator]).toEqual(['perKm', null]);
});

test('counts come back from their compact form as they went in', () => {
  const answer: CountsAnswer = {
    dataVersion: 3,
    layer: 'colonías',
    layerVersion: 2,
    ids: ['1', '70000'],
    counts: [5, 4_000_000_000],
    rates: [null, 0.5],
    rateUnit: 'perKm',
    denominator: null,
    totals: { matched: 9, mapped: 5, unlocated: 1, outside: 3, withheld: 0 },
    excluded: { partlyInRange: 0, unknownHour: 2, unknownDay: 0 },
    from: '2024-01-01',
    until: null,
  };
  expect(decodeCounts(encodeCounts(answer).buffer)).toEqual(answer);
  expect(decodeCounts(encodeCounts({ ...answer, rates: null }).buffer)).toEqual({ ...answer, rates: null });
  expect(() => decodeCounts(new ArrayBuffer(16))).toThrow('not counts');
});
