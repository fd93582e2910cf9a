// What the public may know: places that stand for many doors, counts that give no small number away, and a file that adds
// up to what the police count.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, monthOf } from '../../server/calendar/days.ts';
import type { ReadRows } from '../../server/cube/read.ts';
import { isEnough, layCatchments, middlesOf, type ProtectedSegment } from '../../server/protection/catchments.ts';
import { type ProtectedRow, SAFE_RULES } from '../../server/protection/contract.ts';
import { sensitiveClassOf } from '../../server/protection/dataset.ts';
import { protect } from '../../server/protection/derive.ts';
import { roundCells } from '../../server/protection/rounding.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { seeded } from '../support/small-world.ts';

/** An avenue from west to east, each segment meeting the next. */
function avenue(area: number, lat: number, lengths: readonly number[], firstId = 1): ProtectedSegment[] {
  let metres = 0;
  return lengths.map((lengthM, i) => {
    const middle = metres + lengthM / 2;
    metres += lengthM;
    const [from, to] = [`${lat} ${metres - lengthM}`, `${lat} ${metres}`];
    return { id: firstId + i, area, lengthM, lon: middle / 100_000, lat, from, to };
  });
}

describe('catchments', () => {
  const rules = { ...SAFE_RULES, segmentsPerPoint: 4, metresPerPoint: 450 };

  test('grow along the street until they hold enough, and stand at the middle of their middle segment', () => {
    const streets = avenue(7, 19, Array(10).fill(100));
    const { points, pointOf } = layCatchments(streets, rules);
    expect(points).toEqual([
      { area: 7, lat: 19, lon: 0.0025 },
      { area: 7, lat: 19, lon: 0.0075 },
    ]);
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => pointOf.get(id))).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test('what is left over joins the nearest; an area with too little street has no point', () => {
    const lane = avenue(7, 19.001, [60, 60], 20);
    const village = avenue(8, 19.5, [300, 300, 300], 30);
    const { points, pointOf, pointsIn } = layCatchments(
      [...avenue(7, 19, Array(5).fill(100)), ...lane, ...village],
      rules,
    );
    expect(points).toHaveLength(1);
    expect([20, 21].map((id) => pointOf.get(id))).toEqual([0, 0]);
    expect([30, 31, 32].map((id) => pointOf.get(id))).toEqual([undefined, undefined, undefined]);
    expect([pointsIn.get(7), pointsIn.get(8)]).toEqual([[0], undefined]);
  });

  test('where the addresses are known they count, not the length of the street', () => {
    const homes = [3, 3, 1, 1, 9, 0, 2];
    const streets = avenue(7, 19, [80, 60, 60, 60, 60, 60, 60]).map((each, i) => ({ ...each, addresses: homes[i]! }));
    const { points, middles, pointOf } = layCatchments(streets, rules);
    // 3 + 3 + 1 + 1 are eight; nine stand alone; two are too few and join the nearest.
    expect(streets.map(({ id }) => pointOf.get(id))).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(points).toHaveLength(2);
    expect(middlesOf({ points, middles, pointOf, pointsIn: new Map() }, 8)).toEqual([2, 2, 2, 2, 6, 6, 6, 0]);
    expect(layCatchments(streets.slice(0, 3), rules).points).toEqual([]);
  });

  const town = fc
    .array(
      fc.record({
        area: fc.integer({ min: 1, max: 3 }),
        lengthM: fc.integer({ min: 20, max: 250 }),
        ends: fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })),
        at: fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 })),
      }),
      { maxLength: 60 },
    )
    .map((list) =>
      list.map(({ area, lengthM, ends: [from, to], at: [x, y] }, i): ProtectedSegment => {
        const place = { lon: -99 + x / 10_000, lat: 19 + y / 10_000 };
        return { id: i + 1, area, lengthM, ...place, from: `${area} ${from}`, to: `${area} ${to}` };
      }),
    );

  test('in any town each holds enough, lies in one area, and takes every segment of it; order makes no difference', () => {
    fc.assert(
      fc.property(town, fc.infiniteStream(fc.nat()), (streets, numbers) => {
        const { points, pointOf, pointsIn } = layCatchments(streets, rules);
        const members = Map.groupBy(streets, ({ id }) => pointOf.get(id) ?? -1);
        for (const [point, list] of members) {
          if (point === -1) continue;
          expect(isEnough(list, rules)).toBe(true);
          expect(new Set(list.map(({ area }) => area))).toEqual(new Set([points[point]!.area]));
          const middles = list.map(({ lon, lat }) => [lon, lat]);
          expect(middles).toContainEqual([points[point]!.lon, points[point]!.lat]);
        }
        for (const [area, list] of Map.groupBy(streets, (street) => street.area)) {
          const isServed = isEnough(list, rules);
          expect(list.every(({ id }) => pointOf.has(id) === isServed)).toBe(true);
          expect(pointsIn.has(area)).toBe(isServed);
        }
        const key = new Map(streets.map((street) => [street, numbers.next().value as number]));
        const shuffled = [...streets].sort((a, b) => key.get(a)! - key.get(b)!);
        expect(layCatchments(shuffled, rules).points).toEqual(points);
      }),
      { numRuns: 300 },
    );
  });
});

describe('rounded counts', () => {
  test('a table by hand: the total stays near, and the cells that fall short most go up', () => {
    // 3 + 4 + 1 + 2 = 10: two go up; row a and column y miss most, then what is left of row b.
    const cells = [
      { row: 'a', column: 'x', count: 3 },
      { row: 'a', column: 'y', count: 4 },
      { row: 'b', column: 'x', count: 1 },
      { row: 'b', column: 'y', count: 2 },
    ];
    expect(roundCells(cells, 5)).toEqual([5, 5, 0, 0]);
  });

  test('one small number alone becomes none or the base', () => {
    const alone = (count: number) => roundCells([{ row: 'a', column: 'x', count }], 5);
    expect([1, 2, 3, 4, 5, 7, 8].map((count) => alone(count)[0])).toEqual([0, 0, 5, 5, 5, 5, 10]);
  });

  const table = fc
    .uniqueArray(
      fc.record({
        row: fc.constantFrom('a', 'b', 'c', 'd'),
        column: fc.constantFrom('x', 'y', 'z'),
        count: fc.integer({ min: 1, max: 23 }),
      }),
      { selector: ({ row, column }) => row + column, maxLength: 12 },
    )
    .filter((cells) => cells.length > 0);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  test('are multiples of the base, each less than a base off, all together half of one; order makes no difference', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 10 }), (cells, base) => {
        const rounded = roundCells(cells, base);
        for (const [i, count] of rounded.entries()) {
          expect(count % base).toBe(0);
          expect(Math.abs(count - cells[i]!.count)).toBeLessThan(base);
        }
        expect(Math.abs(sum(rounded) - sum(cells.map(({ count }) => count)))).toBeLessThanOrEqual(base / 2);
        expect(roundCells([...cells].reverse(), base)).toEqual([...rounded].reverse());
      }),
      { numRuns: 1000 },
    );
  });

  test('no count is known by its table: at least three true counts of each cell give the same one', () => {
    const counts = Array.from({ length: 25 }, (_, count) => count);
    const tables = counts.flatMap((a) => counts.map((b) => [a, b] as const));
    const told = ([a, b]: readonly [number, number]) =>
      roundCells(
        [
          { row: 'a', column: 'x', count: a },
          { row: 'b', column: 'x', count: b },
        ],
        5,
      );
    // Beyond 24 others would give the largest of them too.
    for (const [cells, list] of Map.groupBy(tables, (table) => told(table).join(' '))) {
      if (cells.split(' ').some((cell) => Number(cell) >= 20)) continue;
      expect(new Set(list.map(([a]) => a)).size).toBeGreaterThanOrEqual(3);
      expect(new Set(list.map(([, b]) => b)).size).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the class an offence is counted under', () => {
  const taxonomy = loadTaxonomy();
  test.each([
    ['sexual.violacion.simple', 'sexual'],
    ['familia.violencia-familiar', 'familia'],
    ['vida.feminicidio', 'vida.feminicidio'],
    ['no-delito.suicidio', 'no-delito.suicidio'],
    ['vida.homicidio.doloso', null],
    ['fgj.no-such-label-at-all', 'unclassified'],
    ['sin-confirmar.c5-violencia-familiar', 'sin-confirmar'],
  ])('%s: %s', (code, expected) => expect(sensitiveClassOf(taxonomy, code)).toBe(expected));
});

describe('the dataset', () => {
  /** Incidents as the cube reads them, written plainly. */
  type Plain = {
    day: string;
    hour: number | null;
    offence: number;
    at: readonly [lon: number, lat: number] | null;
    area: number;
    coarse: number;
    street: number;
  };
  const ORDINARY = 1;
  const SEXUAL = 2;
  const UNKNOWN_HOUR = 24;

  function stage(list: readonly Plain[]): ReadRows {
    const column = (of: (each: Plain) => number) => Uint32Array.from(list, of);
    const layer = { layerId: 1, version: 1, features: 9 };
    return {
      rows: list.length,
      group: Uint32Array.from(list, (_, i) => i),
      combo: Uint32Array.from(list, (_, i) => i),
      lon: Int32Array.from(list, ({ at }) => (at ? Math.round(at[0] * 1e7) : -2_147_483_648)),
      lat: Int32Array.from(list, ({ at }) => (at ? Math.round(at[1] * 1e7) : -2_147_483_648)),
      keys: [column(({ area }) => area), column(({ coarse }) => coarse), column(({ street }) => street)].map(
        (each) => ({
          layer,
          column: each,
        }),
      ),
      groups: list.map(({ day }) => ({ ground: 'point', time: 0, day: dayOf(day), rows: 1 })),
      combos: list.map(({ offence, hour }) => ({
        offenceId: offence,
        sourceId: 1,
        weekday: 0,
        hour: hour ?? UNKNOWN_HOUR,
      })),
      facts: [],
    };
  }

  const rules = { ...SAFE_RULES, metresPerPoint: 400 };
  // Area 1 (centro) has a street of four segments, area 2 (norte) a lane that is too little for a point.
  const catchments = layCatchments([...avenue(1, 19, [100, 100, 110, 100]), ...avenue(2, 19.01, [80, 80], 11)], rules);
  const geography = {
    finest: { code: 'colonias', codes: ['', 'centro', 'norte'] },
    coarse: { code: 'sectores', codes: ['', 's1', 's2'] },
    catchments,
    named: new Set([1]),
    namedCoarse: new Set([1]),
  };
  const offences = new Map([
    [ORDINARY, { code: 'fgj.robo', label: 'Robo', sensitiveClass: null }],
    [SEXUAL, { code: 'fgj.abuso', label: 'Abuso', sensitiveClass: 'sexual' }],
  ]);
  const sources = new Map([[1, { code: 'fgj', kind: 'incident', untilMonth: monthOf(dayOf('2024-06-01')) }]]);
  const keys = { finest: 0, coarse: 1, streets: 2 };
  const make = (list: readonly Plain[]) => protect(stage(list), keys, offences, sources, geography, rules);
  const plain = (of: Partial<Plain>): Plain => ({
    ...{ day: '2024-03-09', hour: 22, offence: ORDINARY, at: [0.00071, 19.0001] as const },
    ...{ area: 1, coarse: 1, street: 1, ...of },
  });
  const row = (of: Partial<ProtectedRow>): ProtectedRow => ({
    ...{ source: 'fgj', kind: 'incident', offence: 'fgj.robo', label: 'Robo', period: '2024-03' },
    ...{ layer: 'colonias', area: 'centro', lon: 0.00255, lat: 19, count: 1, ...of },
  });

  test('an ordinary incident stands at the middle of its catchment, in its month, whatever its day and hour', async () => {
    expect((await make([plain({}), plain({ day: '2024-03-30', hour: 18, street: 4 })])).rows).toEqual([
      row({ count: 2 }),
    ]);
    expect((await make([plain({ hour: null })])).rows).toEqual([row({})]);
  });

  test('beside a border the nearest point of its own area stands for it, so that areas keep their totals', async () => {
    // Its street is counted to area 1, the incident to area 2, which is too small to be named.
    expect((await make([plain({ area: 2 })])).rows).toEqual([row({ layer: null, area: null, lon: null, lat: null })]);
    // Known by the words of its area alone it has no point, but its area.
    const byWords = plain({ at: null, street: 0 });
    expect((await make([byWords])).rows).toEqual([row({ lon: null, lat: null })]);
    // The other way about: the lane of area 2, the incident in area 1.
    expect((await make([plain({ street: 11 })])).rows).toEqual([row({})]);
  });

  test('what lies outside and what is too recent is left out, and said to the operator alone', async () => {
    const { rows, account } = await make([
      plain({ area: 0, coarse: 0 }),
      plain({ day: '2024-06-01' }),
      plain({ at: null, area: 0, coarse: 0, street: 0 }),
    ]);
    expect(rows).toEqual([row({ layer: null, area: null, lon: null, lat: null })]);
    expect(account).toMatchObject({ incidents: 3, outside: 1, tooRecent: 1, withoutPlace: 1, atPoints: 0 });
  });

  test('a sensitive one has no point, no hour, no label: a quarter, a coarse area, a multiple of five', async () => {
    const told = async (count: number, of: Partial<Plain> = {}) =>
      (await make(Array.from({ length: count }, () => plain({ offence: SEXUAL, ...of })))).rows;
    expect(await told(7)).toEqual([
      row({
        ...{ offence: 'sexual', label: null, period: '2024-Q1' },
        ...{ layer: 'sectores', area: 's1', lon: null, lat: null, count: 5 },
      }),
    ]);
    expect(await told(2)).toEqual([]);
    // An area drawn round a few houses is not named: that something happened there would be known by it.
    expect(await told(7, { coarse: 2 })).toEqual([
      row({
        ...{ offence: 'sexual', label: null, period: '2024-Q1' },
        ...{ layer: null, area: null, lon: null, lat: null, count: 5 },
      }),
    ]);
    // The second quarter is not over while June is missing.
    expect(await told(9, { day: '2024-05-31' })).toEqual([]);
  });

  const incident: fc.Arbitrary<Plain> = fc.record({
    day: fc.constantFrom('2023-12-31', '2024-01-01', '2024-02-29', '2024-04-15', '2024-06-02'),
    hour: fc.option(fc.integer({ min: 0, max: 23 })),
    offence: fc.constantFrom(ORDINARY, ORDINARY, SEXUAL),
    at: fc.option(
      fc.tuple(fc.double({ min: 0, max: 0.004, noNaN: true }), fc.double({ min: 19, max: 19.01, noNaN: true })),
    ),
    area: fc.integer({ min: 0, max: 2 }),
    coarse: fc.integer({ min: 0, max: 2 }),
    street: fc.constantFrom(0, 1, 2, 3, 4, 11, 12),
  });

  test('in any town areas keep their true totals by month, and no point of a record is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(incident, { maxLength: 80 }), async (list) => {
        const { rows, account } = await make(list);
        const ordinary = rows.filter(({ period }) => !period.includes('Q'));
        const counted = (months: readonly string[], area: string | null) =>
          ordinary
            .filter((each) => months.includes(each.period) && each.area === area)
            .reduce((total, { count }) => total + count, 0);
        for (const month of ['2023-12', '2024-01', '2024-02', '2024-04', '2024-06']) {
          for (const [area, code] of [[1, 'centro'] as const, [2, 'norte'] as const]) {
            const truth = list.filter(
              (each) => each.offence === ORDINARY && each.day.startsWith(month) && each.area === area,
            );
            expect(counted([month], code)).toBe(month === '2024-06' || code === 'norte' ? 0 : truth.length);
          }
        }
        const places = new Set(catchments.points.map(({ lon, lat }) => `${lon.toFixed(6)} ${lat.toFixed(6)}`));
        for (const { lon, lat } of rows)
          if (lon !== null) expect(places).toContain(`${lon.toFixed(6)} ${lat!.toFixed(6)}`);
        const { tooRecent, outside, atPoints, byArea, tooSmall, withoutPlace, sensitive } = account;
        expect(tooRecent + outside + atPoints + byArea + tooSmall + withoutPlace + sensitive).toBe(list.length);
      }),
      { numRuns: 300 },
    );
  });

  test('whatever is added up of sensitive counts, and whatever is taken away, is no small number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(incident, { maxLength: 80 }),
        fc.func(fc.boolean()),
        fc.func(fc.boolean()),
        async (list, isOfOne, isOfOther) => {
          const { rows } = await make(list);
          const sensitive = rows.filter(({ offence }) => offence === 'sexual');
          const total = (of: (row: ProtectedRow) => boolean) =>
            sensitive.filter((each) => of(each)).reduce((sum, { count }) => sum + count, 0);
          expect(Math.abs(total(isOfOne) - total(isOfOther)) % 5).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('of ten thousand pairs of questions at random about a larger town none is a small count of sensitive offences apart', async () => {
    const { rows } = await make(fc.sample(incident, { numRuns: 3000, seed: 5 }));
    const sensitive = rows.filter(({ offence }) => offence === 'sexual');
    const periods = [...new Set(sensitive.map(({ period }) => period))];
    const areas = [...new Set(sensitive.map(({ area }) => area))];
    expect([periods.length > 1, areas.length > 1]).toEqual([true, true]);
    const random = seeded(9);
    const some = <T>(list: readonly T[]) => new Set(list.filter(() => random() < 0.5));
    const answer = () => {
      const [when, where] = [some(periods), some(areas)];
      return sensitive.reduce(
        (sum, { period, area, count }) => sum + (when.has(period) && where.has(area) ? count : 0),
        0,
      );
    };
    const small = Array.from({ length: 10_000 }, () => Math.abs(answer() - answer())).filter((n) => n > 0 && n < 5);
    expect(small).toEqual([]);
  });

  test('the order of the incidents and of the rows tells nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(incident, { maxLength: 40 }), async (list) => {
        expect((await make([...list].reverse())).rows).toEqual((await make(list)).rows);
      }),
      { numRuns: 100 },
    );
  });
});
