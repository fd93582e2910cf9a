// The cube's counting on a handful of rows, and the exact point-in-polygon test, worked out by hand.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../geodata/demo/random.ts';
import { dayOf, textOf, weekdayOf } from '../../server/calendar/days.ts';
import { chooseSnapshot, latestOfEach } from '../../server/cube/choice.ts';
import { createMemory } from '../../server/cube/memory.ts';
import type { BuiltCube, Snapshot } from '../../server/cube/snapshots.ts';
import { watchStates } from '../../server/cube/watch.ts';
import type { StagedGroup, StagedRows } from '../../server/engine/build.ts';
import { buildCube } from '../../server/engine/build.ts';
import { viewCube } from '../../server/engine/layout.ts';
import { coveredBy } from '../../server/engine/polygon.ts';
import { scan } from '../../server/engine/scan.ts';
import { slotTable } from '../../server/engine/truth.ts';
import { EVERYTHING, type Filter, parseFilter } from '../../server/filter/contract.ts';
import { type Plan, resolveFilter } from '../../server/filter/plan.ts';
import { quietLog } from '../support/log.ts';

const NO_DAYS = { days: [], counts: [] };
const layer = { layerId: 1, version: 1, features: 3 };

type Row = {
  readonly day: string;
  readonly hour: number | null;
  readonly time?: 0 | 1 | 2 | 3;
  readonly withheld?: true;
  readonly at: readonly [x: number, y: number] | null;
  readonly place?: number;
  readonly offence?: number;
};
// Friday 5 January 2024 and the days around it.
const rows: readonly Row[] = [
  { day: '2024-01-05', hour: 23, at: [5, 5], place: 1, offence: 2 },
  { day: '2024-01-06', hour: 1, at: [6, 6], place: 1 },
  { day: '2024-01-06', hour: 21, at: [50, 5], place: 2 },
  { day: '2024-01-07', hour: 1, at: [500, 500], place: 0 },
  { day: '2024-01-05', hour: null, time: 1, at: [7, 7], place: 3 },
  { day: '2024-01-09', hour: null, time: 1, at: null },
  { day: '2024-01-01', hour: null, time: 2, at: [8, 8], place: 3 },
  { day: '2023-12-31', hour: 12, at: null },
];
/** What protected data tell of the quarter besides. */
const protectedRows: readonly Row[] = [
  { day: '2024-01-01', hour: null, time: 3, at: null, place: 2, withheld: true },
  { day: '2024-01-01', hour: null, time: 3, at: null, withheld: true },
];

function staged(rows: readonly Row[]): StagedRows {
  const combos = rows.map(({ day, hour, time, offence = 1 }) => ({
    offenceId: offence,
    sourceId: 1,
    weekday: (time ?? 0) > 1 ? 7 : weekdayOf(dayOf(day)),
    hour: hour ?? 24,
  }));
  const groups = rows.map(
    ({ day, time = 0, at, place, withheld }): StagedGroup => ({
      ground: at ? 'point' : withheld ? 'withheld' : place ? 'name' : 'none',
      time,
      day: dayOf(day),
      rows: 1,
    }),
  );
  const each = Uint32Array.from(rows, (_, i) => i);
  return {
    rows: rows.length,
    combo: each,
    lon: Int32Array.from(rows, ({ at }) => at?.[0] ?? 0),
    lat: Int32Array.from(rows, ({ at }) => at?.[1] ?? 0),
    keys: [{ layer, column: Uint32Array.from(rows, ({ place = 0 }) => place) }],
    // Rows of one slice and day share a group.
    ...merge(groups, each),
    combos,
  };
}

function merge(groups: StagedRows['groups'], each: Uint32Array): Pick<StagedRows, 'groups' | 'group'> {
  const keys = groups.map(({ ground, time, day }) => `${ground}${time}${day}`);
  const names = [...new Set(keys)];
  return {
    groups: names.map((name) => ({
      ...groups[keys.indexOf(name)]!,
      rows: keys.filter((key) => key === name).length,
    })),
    group: each.map((i) => names.indexOf(keys[i]!)),
  };
}

const planOf = (filter: Partial<Filter>, within: Plan['within'] = null, inside: Plan['inside'] = null): Plan =>
  resolveFilter(
    { ...EVERYTHING, ...filter },
    {
      sources: [
        { sourceId: 1, code: 's', kind: 'incident', through: null, declaredThrough: null, live: false, days: NO_DAYS },
      ],
      offences: [
        { offenceId: 1, code: 'one' },
        { offenceId: 2, code: 'two' },
      ],
      taxonomy: {
        subtree: (codes) => new Set(codes),
        themeOffences: () => [],
        withChoices: () => {
          throw new Error('nothing was said of these labels');
        },
      },
    },
    within,
    inside,
  );
async function byPlace(
  filter: Partial<Filter>,
  within: Plan['within'] = null,
  inside: Plan['inside'] = null,
  of = rows,
) {
  const plan = planOf(filter, within, inside);
  const { counts, ...rest } = scan(await buildCube(staged(of)), plan, { by: 'place', layer }) as {
    counts: Uint32Array;
  };
  return { counts: [...counts], ...rest };
}
const none = { partlyInRange: 0, unknownHour: 0, unknownDay: 0 };

describe('a cube', () => {
  test('counts everything once', async () => {
    expect(await byPlace({})).toEqual({
      counts: [1, 2, 1, 2],
      matched: 8,
      unlocated: 2,
      withheld: 0,
      excluded: none,
      leftOut: 0,
    });
  });

  test('takes a quarter only when all of it is asked for, and tells a withheld place from an unknown one', async () => {
    const of = (from: string, until: string) => byPlace({ from, until }, null, null, [...rows, ...protectedRows]);
    expect(await of('2024-01-01', '2024-04-01')).toMatchObject({
      counts: [1, 2, 2, 2],
      matched: 9,
      unlocated: 1,
      withheld: 1,
    });
    for (const [from, until] of [
      ['2024-01-01', '2024-03-31'],
      ['2024-03-01', '2024-05-01'],
      ['2024-01-02', '2024-07-01'],
    ] as const) {
      expect(await of(from, until)).toMatchObject({
        withheld: 0,
        excluded: { partlyInRange: from === '2024-01-02' ? 3 : 2 },
      });
    }
    expect(await of('2024-04-01', '2024-07-01')).toMatchObject({ matched: 0, excluded: none });
    expect(await of('2023-10-01', '2024-01-01')).toMatchObject({ matched: 1, excluded: none });
  });

  test('takes a month only when all of it is asked for', async () => {
    expect(await byPlace({ from: '2024-01-01', until: '2024-02-01' })).toMatchObject({ matched: 7, excluded: none });
    expect(await byPlace({ from: '2024-01-01', until: '2024-01-31' })).toMatchObject({
      matched: 6,
      excluded: { ...none, partlyInRange: 1 },
    });
    expect(await byPlace({ from: '2024-01-10', until: '2024-01-20' })).toMatchObject({
      matched: 0,
      excluded: { ...none, partlyInRange: 1 },
    });
  });

  test('Friday night by the clock is Friday from 20 and Friday before 2', async () => {
    expect(await byPlace(parseFilter({ weekday: '5', hour: '20-2' }))).toMatchObject({
      counts: [0, 1, 0, 0],
      excluded: { partlyInRange: 0, unknownHour: 1, unknownDay: 1 },
    });
  });

  test('Friday night by the shift goes on until Saturday at 2', async () => {
    expect(await byPlace(parseFilter({ weekday: '5', hour: '20-2', weekdayOf: 'shift' }))).toMatchObject({
      counts: [0, 2, 0, 0],
      excluded: { partlyInRange: 0, unknownHour: 1, unknownDay: 1 },
    });
  });

  test('tells offences apart', async () => {
    expect(await byPlace({ offences: ['two'] })).toMatchObject({ counts: [0, 1, 0, 0], matched: 1 });
  });

  test('within a place or a polygon has no rows without a point', async () => {
    expect(await byPlace({}, { type: 'place', layerId: 1, version: 1, placeId: 3 })).toMatchObject({
      counts: [0, 0, 0, 2],
      unlocated: 0,
    });
    // A triangle whose long side runs through (5,5), (6,6), (7,7) and (8,8).
    expect(await byPlace({}, { type: 'polygon', xs: [0, 7, 7], ys: [0, 0, 7] })).toMatchObject({
      counts: [0, 2, 0, 1],
      matched: 3,
    });
  });

  test('inside a layer leaves out what has a point in no place of it, and says how many', async () => {
    const inside = { layerId: 1, version: 1, placed: [] };
    expect(await byPlace({}, null, inside)).toEqual({
      counts: [0, 2, 1, 2],
      matched: 7,
      unlocated: 2,
      withheld: 0,
      excluded: none,
      leftOut: 1,
    });
    expect(await byPlace({ placed: ['s'] }, null, inside)).toEqual({
      counts: [0, 2, 1, 2],
      matched: 5,
      unlocated: 0,
      withheld: 0,
      excluded: none,
      leftOut: 3,
    });
  });
});

describe('days on which nothing can match are passed over, and rows shared among threads, with the same numbers', () => {
  const random = seeded(7);
  const pick = (below: number) => Math.floor(random.next() * below);
  const many = Array.from({ length: 4000 }, (): Row => {
    const hour = pick(5) ? pick(24) : null;
    const day = textOf(dayOf('2024-01-01') + pick(200));
    return { day, hour, time: hour === null ? 1 : 0, at: [1, 1], place: pick(4) };
  });
  /** Row by row, as the words of the question say it. */
  const counted = ({ weekdays, hours }: Filter, from: string, until: string, byNight: boolean) => {
    const counts = [0, 0, 0, 0];
    for (const { day, hour, place } of many) {
      if (day < from || day >= until) continue;
      const isIn =
        hours && hour !== null
          ? hours.from < hours.until
            ? hour >= hours.from && hour < hours.until
            : hour >= hours.from || hour < hours.until
          : hours === null;
      const night = byNight && hours && hour !== null && hours.from > hours.until && hour < hours.until ? 1 : 0;
      const weekday = ((weekdayOf(dayOf(day)) - night + 7) % 7) + 1;
      if (isIn && (weekdays.length === 0 || weekdays.includes(weekday))) counts[place!]!++;
    }
    return counts;
  };

  test.each([
    ['5,6,7', '20-2', 'clock', '2024-01-01', '2024-07-19'],
    ['5,6,7', '20-2', 'shift', '2024-01-06', '2024-03-03'],
    ['7', undefined, 'clock', '2024-01-07', '2024-01-08'],
    ['1,3', '8-17', 'clock', '2024-02-01', '2024-03-01'],
    ['1', '22-6', 'shift', '2024-02-06', '2024-02-07'],
    [undefined, '20-2', 'shift', '2024-01-01', '2024-07-01'],
  ])('weekdays %s, hours %s by the %s, %s to %s', async (weekday, hour, weekdayOf, from, until) => {
    const filter = parseFilter({ ...(weekday && { weekday }), ...(hour && { hour }), weekdayOf, from, until });
    const cube = await buildCube(staged(many));
    const plan = planOf(filter);
    const whole = scan(cube, plan, { by: 'place', layer });
    expect([...whole.counts]).toEqual(counted(filter, from, until, weekdayOf === 'shift'));
    // Also where the rows of each combination are found without the others, in blocks that days and periods cut anywhere.
    const inBlocks = await buildCube(staged(many), undefined, 500);
    expect(viewCube(inBlocks).slices.map(({ byCombo }) => byCombo?.starts.length)).toEqual([7 * 4001, 2 * 4001]);
    for (const question of [{ by: 'place', layer }, { by: 'slot' }, { by: 'day' }] as const)
      expect(scan(inBlocks, plan, question)).toEqual(scan(cube, plan, question));
    const shares = [0, 1, 2].map((index) => scan(cube, plan, { by: 'place', layer, share: { index, of: 3 } }));
    expect(whole.counts.map((_, place) => shares.reduce((sum, { counts }) => sum + counts[place]!, 0))).toEqual(
      whole.counts,
    );
    expect(shares.reduce((sum, { excluded }) => sum + excluded.unknownHour, 0)).toBe(whole.excluded.unknownHour);
    expect(Math.max(...shares.map(({ matched }) => matched))).toBeLessThan(whole.matched || 1);
    const { days, matched } = scan(cube, plan, { by: 'day' });
    expect(days.reduce((sum, [, count]) => sum + count, 0)).toBe(whole.matched);
    expect([matched, scan(cube, plan, { by: 'slot' }).matched]).toEqual([whole.matched, whole.matched]);
  });
});

test('an unknown hour may be any hour that is asked for', () => {
  const slots = slotTable(planOf(parseFilter({ weekday: '5', hour: '20-2', weekdayOf: 'shift' })));
  const at = (weekday: number, hour: number) => slots[weekday * 25 + hour];
  expect([at(4, 20), at(4, 1), at(5, 1), at(5, 20)]).toEqual([1, 0, 1, 0]);
  expect([at(4, 24), at(5, 24), at(6, 24), at(7, 24)]).toEqual([1, 1, 0, 1]);
});

describe('a ring covers', () => {
  const far = 1_800_000_000;
  test.each([
    ['inside', [5, 5], true],
    ['on a side', [10, 5], true],
    ['on a corner', [0, 0], true],
    ['on the level of a corner, outside', [-1, 10], false],
    ['just outside', [11, 5], false],
  ] as const)('a point %s of a square: %j %s', (_, [x, y], covered) => {
    expect(coveredBy({ xs: [0, 10, 10, 0], ys: [0, 0, 10, 10] })(x, y)).toBe(covered);
  });

  test('no point of the notch of a concave ring', () => {
    const covers = coveredBy({ xs: [0, 10, 10, 5, 0], ys: [0, 0, 10, 2, 10] });
    expect([covers(5, 5), covers(5, 2), covers(5, 1), covers(1, 8)]).toEqual([false, true, true, true]);
  });

  test('both halves of a ring that crosses itself', () => {
    const covers = coveredBy({ xs: [0, 10, 0, 10], ys: [0, 0, 10, 10] });
    expect([covers(5, 1), covers(5, 9), covers(5, 5), covers(1, 5)]).toEqual([true, true, true, false]);
  });

  test('a point one unit off the longest possible side, exactly', () => {
    const covers = coveredBy({ xs: [-far, far, far], ys: [-far / 2, far / 2, -far / 2] });
    expect([covers(0, 0), covers(1_000_000_002, 500_000_001), covers(1_000_000_001, 500_000_001)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('the watched data state', () => {
  const state = (token: string) => ({ dataVersion: 1, token, head: 1, nextIncidentId: 1 });
  test('is read again soon, and an old one serves while the database is held', async () => {
    let clock = 1000;
    let answer: Promise<ReturnType<typeof state> | null> = Promise.resolve(state('a'));
    const watch = watchStates(
      () => answer,
      () => clock,
    );
    expect((await watch.read(1)).token).toBe('a');
    answer = Promise.resolve(state('b'));
    clock += 1000;
    expect((await watch.read(1)).token).toBe('b');
    const held = Promise.withResolvers<ReturnType<typeof state>>();
    answer = held.promise;
    clock += 1000;
    expect((await watch.read(1)).token).toBe('b');
    clock += 8000;
    const late = watch.read(1);
    expect(await Promise.race([late.then(() => 'early'), sleep(350, 'waits')])).toBe('waits');
    held.resolve(state('c'));
    expect((await late).token).toBe('c');
  });

  test('of what is not there is NotFound', async () => {
    await expect(watchStates(async () => null).read(1)).rejects.toMatchObject({ name: 'NotFound' });
  });
});

test('a cube whose answers go with what came since stays in memory before one nobody asks for', async () => {
  const state = (token: string) => ({ dataVersion: 1, token, head: 1, nextIncidentId: 1 });
  const built = (token: string) =>
    ({ snapshot: { token }, bytes: 400 * 1024, base: { state: state(token) } }) as unknown as BuiltCube;
  const memory = createMemory(1, quietLog, () => {});
  for (const id of [1, 2]) memory.keep(id, built('a'));
  const recent = { token: 'b' } as Snapshot;
  const noMore = () => Promise.reject(new Error('not to be asked for'));
  const deps = {
    snapshots: { bySql: noMore, byCubeAndRecent: async () => recent },
    memory,
    builds: { begin: () => expect.unreachable(), settled: noMore },
    known: { bySql: latestOfEach<Snapshot>(), recent: latestOfEach<Snapshot | null>() },
  };
  expect(await chooseSnapshot(deps, 1, state('b'))).toBe(recent);
  memory.keep(3, built('a'));
  expect([...memory.all()].map(([id]) => id)).toEqual([1, 3]);
});
