// Tiny Town through the whole of it: command line, importer, placing, cube, API. Expected: tests/tinytown/ANSWERS.md.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type {
  ClockAnswer,
  CountsAnswer,
  HeatAnswer,
  OffenceRow,
  SeriesAnswer,
  SourceRow,
  TopAnswer,
} from '../../server/counts/contract.ts';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import type { FeatureRow, ZoneAnswer } from '../../server/layers/contract.ts';
import { reportOf } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { importIncidents, loadTinyTownBy } from '../support/tinytown.ts';

/** A running server must notice what a command changed elsewhere within this time. */
const NOTICED_WITHIN_MS = 10_000;

let server: TestServer;
let imported: IncidentsReport;

beforeAll(async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `tinytown_${randomUUID().slice(0, 8)}`));
  server = await startServer({ databaseUrl });
  imported = await loadTinyTownBy((args) => reportOf(server, args));
  const deadline = Date.now() + NOTICED_WITHIN_MS;
  while (Date.now() < deadline && (await counts('areas')).totals.matched < 12) await sleep(200);
});

afterAll(async () => {
  if (!server) return;
  expect(await server.stop()).toBe(0);
  server.assertLogClean();
  server.remove();
});

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${server.origin}/api/v1/tiny/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const counts = (layer: string, filter = '') => ask<CountsAnswer>(`counts?layer=${layer}${filter && `&${filter}`}`);

/** `{code: count}` of the places that have a count. */
async function byCode(layer: string, filter = ''): Promise<Record<string, number>> {
  const [answer, { features }] = await Promise.all([
    counts(layer, filter),
    ask<{ features: readonly FeatureRow[] }>(`layers/${layer}/features`),
  ]);
  const codes = new Map(features.map(({ id, code }) => [id, code]));
  const pairs = answer.ids.map((id, i) => [codes.get(id) ?? id, answer.counts[i] ?? 0] as const);
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}

const totals = (matched: number, mapped: number, unlocated: number, outside: number) => ({
  matched,
  mapped,
  unlocated,
  outside,
  withheld: 0,
});

describe('importing', () => {
  test('twelve rows are stored and the one without an offence is rejected', () => {
    expect(imported).toMatchObject({
      read: 13,
      stored: 12,
      changed: 0,
      unchanged: 0,
      gone: 0,
      rejected: 1,
      unlocated: 1,
    });
    expect(imported.placed).toEqual({ areas: 10, streets: 9 });
    expect(imported.outside).toEqual({ areas: 1, streets: 2 });
  });

  test('the same file again changes nothing', async () => {
    const before = await counts('areas');
    const again = await importIncidents(server);
    expect(again).toMatchObject({ read: 13, stored: 0, changed: 0, unchanged: 12, gone: 0, rejected: 1 });
    expect(await counts('areas')).toEqual(before);
  });
});

describe('counting', () => {
  test('every incident is in one area, outside all of them, or without a point', async () => {
    expect(await byCode('areas')).toEqual({ '01': 5, '02': 2, '03': 3 });
    expect((await counts('areas')).totals).toEqual(totals(12, 10, 1, 1));
  });

  test('every incident is on one street, too far from all of them, beyond the limit, or without a point', async () => {
    expect(await byCode('streets')).toEqual({ S1: 2, S2: 1, S3: 3, S4: 1, S5: 1, S6: 1 });
    expect((await counts('streets')).totals).toEqual(totals(12, 9, 1, 2));
  });

  test('ids are places of the layer in the order of their codes', async () => {
    const { features } = await ask<{ features: readonly FeatureRow[] }>('layers/areas/features');
    expect(features.map(({ id, code, name, population }) => [id, code, name, population])).toEqual([
      ['1', '01', 'Alameda', 2000],
      ['2', '02', 'Barrio Nuevo', 900],
      ['3', '03', 'Centro', 1500],
    ]);
    expect(features.map(({ areaKm2 }) => areaKm2)).toEqual([
      expect.closeTo(0.0465, 4),
      expect.closeTo(0.0465, 4),
      expect.closeTo(0.093, 4),
    ]);
  });

  test('a drawn zone is measured, and its residents follow the parts of areas that lie in it', async () => {
    const zone = (within: string) => ask<ZoneAnswer>(`layers/areas/zone?within=${within}`);
    expect(await zone('poly:-99.11,19.4;-99.107,19.4;-99.107,19.402;-99.11,19.402')).toMatchObject({
      ...{ layer: 'areas', layerVersion: 1, whole: 1, cut: 1, residents: 2450, reason: null, census: { year: 2020 } },
      ...{
        zoneKm2: expect.closeTo(0.0698, 4),
        insideKm2: expect.closeTo(0.0698, 4),
        layerKm2: expect.closeTo(0.186, 3),
      },
    });
    const piece = await zone('poly:-99.1095,19.4005;-99.1085,19.4005;-99.1085,19.4015;-99.1095,19.4015');
    expect(piece).toMatchObject({ whole: 0, cut: 1, residents: null, reason: 'parts' });
    const place = await fetch(`${server.origin}/api/v1/tiny/layers/areas/zone?within=areas:01`);
    expect([place.status, await place.json()]).toMatchObject([422, { parameter: 'within' }]);
  });

  test('street lengths are those of the ground', async () => {
    const { features } = await ask<{ features: readonly FeatureRow[] }>('layers/streets/features');
    const lengths = Object.fromEntries(features.map(({ code, lengthM }) => [code, lengthM ?? 0]));
    const worked = { S1: 110.7, S2: 110.7, S3: 105, S4: 210.1, S5: 105, S6: 105 };
    for (const [code, lengthM] of Object.entries(worked)) {
      expect(Math.abs((lengths[code] ?? 0) - lengthM), code).toBeLessThan(lengthM * 0.002);
    }
  });

  test('no area has a rate from fewer than ten incidents', async () => {
    const { rates } = await counts('areas');
    expect((rates ?? []).filter((rate) => rate !== null)).toEqual([]);
  });
});

describe('filtering', () => {
  test.each([
    ['from=2022-03-15&until=2022-04-04', 1, { partlyInRange: 1, unknownHour: 0, unknownDay: 0 }],
    ['from=2022-02-01&until=2022-02-15', 1, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
    ['theme=espacio-publico', 10, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
    ['offence=patrimonio.robo', 12, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
    ['offence=patrimonio.robo.casa', 2, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
    ['offence=patrimonio.robo.casa,patrimonio.robo.vehiculo', 5, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
    ['hour=23-2', 5, { partlyInRange: 0, unknownHour: 2, unknownDay: 0 }],
    ['weekday=2', 1, { partlyInRange: 0, unknownHour: 0, unknownDay: 1 }],
    ['weekday=5&hour=22-3', 3, { partlyInRange: 0, unknownHour: 0, unknownDay: 1 }],
    ['weekday=5&hour=22-3&weekdayOf=shift', 4, { partlyInRange: 0, unknownHour: 0, unknownDay: 1 }],
    ['kind=call', 0, { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }],
  ])('%s matches %i', async (filter, matched, excluded) => {
    const answer = await counts('areas', filter);
    expect(answer.totals.matched).toBe(matched);
    expect(answer.excluded).toEqual(excluded);
    const { mapped, unlocated, outside, withheld } = answer.totals;
    expect(mapped + unlocated + outside + withheld).toBe(matched);
  });

  test('a place of one layer narrows the counts of another', async () => {
    expect(await byCode('streets', 'within=areas:01')).toEqual({ S1: 2, S3: 3 });
    expect(await byCode('areas', 'within=streets:S3')).toEqual({ '01': 3 });
    const drawn = 'poly:-99.1095,19.4007;-99.1075,19.4007;-99.1075,19.4015;-99.1095,19.4015';
    expect(await byCode('areas', `within=${drawn}`)).toEqual({ '01': 3 });
  });

  test('inside a layer, F09 counts nowhere, and every answer says so', async () => {
    const inside = { layer: 'areas', layerVersion: 1, leftOut: 1 };
    expect(await counts('areas', 'inside=areas')).toMatchObject({ totals: totals(11, 10, 1, 0), inside });
    expect(await counts('streets', 'inside=areas')).toMatchObject({ totals: totals(11, 9, 1, 1), inside });
    const series = await ask<SeriesAnswer>('series?inside=areas&from=2022-01-01&until=2022-08-01');
    expect([series.buckets.map(({ count }) => count), series.inside]).toEqual([[3, 2, 1, 2, 1, 1, 1], inside]);
    const clock = await ask<ClockAnswer>('clock?inside=areas');
    expect([clock.total, clock.counts[4]![22], clock.inside]).toEqual([11, 0, inside]);
    const offences = await ask<OffenceRow[]>('offences?inside=areas');
    expect(offences.find(({ code }) => code === 'patrimonio.robo')!.incidents).toBe(11);
    const heat = await ask<HeatAnswer>('heat?inside=areas');
    expect([heat.points.reduce((sum, [, , weight]) => sum + weight, 0), heat.inside]).toEqual([10, inside]);
    expect((await ask<{ features: unknown[] }>('incidents?inside=areas')).features).toHaveLength(11);
    const [source] = await ask<SourceRow[]>('sources');
    const placed = await counts('areas', `inside=areas&placed=${source!.code}`);
    expect(placed).toMatchObject({ totals: totals(10, 10, 0, 0), inside: { ...inside, leftOut: 2 } });
    expect((await fetch(`${server.origin}/api/v1/tiny/clock?placed=${source!.code}`)).status).toBe(422);
    const unknown = await fetch(`${server.origin}/api/v1/tiny/clock?inside=areas&placed=${source!.code},1`);
    expect(unknown.status).toBe(422);
    expect(await unknown.json()).toMatchObject({ parameter: 'placed', detail: 'no existe la fuente 1' });
    expect(await counts('areas')).not.toHaveProperty('inside');
    expect((await fetch(`${server.origin}/api/v1/tiny/clock?inside=nowhere`)).status).toBe(422);
  });

  test('the shift is the one Friday night, into Saturday', async () => {
    expect(await byCode('areas', 'weekday=5&hour=22-3&weekdayOf=shift')).toEqual({ '01': 2, '02': 1 });
    expect(await byCode('areas', 'weekday=5&hour=22-3')).toEqual({ '01': 2 });
  });

  test('a bad value is refused and named', async () => {
    const response = await fetch(`${server.origin}/api/v1/tiny/counts?layer=areas&from=2022-13-01`);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('from');
    const page = await fetch(`${server.origin}/api/v1/tiny/incidents?after=2022-99-99_1`);
    expect([page.status, await page.json()]).toMatchObject([422, { parameter: 'after' }]);
  });

  test('a jurisdiction no database could hold is simply not there', async () => {
    expect((await fetch(`${server.origin}/api/v1/%00/layers`)).status).toBe(404);
  });
});

describe('over time', () => {
  test('months are gap-free and hold every incident once', async () => {
    const { buckets } = await ask<SeriesAnswer>('series?from=2022-01-01&until=2022-08-01&step=month');
    expect(buckets.map(({ from, count }) => [from, count])).toEqual([
      ['2022-01-01', 3],
      ['2022-02-01', 2],
      ['2022-03-01', 1],
      ['2022-04-01', 2],
      ['2022-05-01', 2],
      ['2022-06-01', 1],
      ['2022-07-01', 1],
    ]);
  });

  test('days count from midnight to midnight', async () => {
    const { buckets } = await ask<SeriesAnswer>('series?from=2022-01-03&until=2022-01-10&step=day');
    expect(buckets.map(({ count }) => count)).toEqual([1, 0, 0, 0, 1, 1, 0]);
    const [june, july] = await Promise.all([
      counts('areas', 'from=2022-06-01&until=2022-07-01'),
      counts('areas', 'from=2022-07-01'),
    ]);
    expect([june.totals.matched, july.totals.matched]).toEqual([1, 1]);
  });

  test('weeks begin on Monday and say when the range cuts them', async () => {
    const { buckets } = await ask<SeriesAnswer>('series?from=2022-01-01&until=2022-01-15&step=week');
    expect(buckets.map(({ from, count }) => [from, count])).toEqual([
      ['2021-12-27', 0],
      ['2022-01-03', 3],
      ['2022-01-10', 0],
    ]);
    expect([buckets[0]?.partial, buckets[2]?.partial]).toEqual([true, true]);
  });

  test('the clock holds what has an hour, also the hour the clocks skipped', async () => {
    const { counts: grid, unknownHour, unknownDay, total } = await ask<ClockAnswer>('clock');
    const cells = grid.flatMap((hours, weekday) =>
      hours.flatMap((count, hour) => (count ? [[weekday + 1, hour, count]] : [])),
    );
    expect(cells).toEqual([
      [1, 8, 1],
      [1, 12, 1],
      [1, 20, 1],
      [4, 23, 1],
      [5, 0, 1],
      [5, 22, 1],
      [5, 23, 1],
      [6, 0, 1],
      [6, 1, 1],
      [7, 2, 1],
    ]);
    expect({ unknownHour, unknownDay, total }).toEqual({ unknownHour: 1, unknownDay: 1, total: 12 });
  });

  test('the ranking is by count, then by code', async () => {
    const all = await ask<TopAnswer>('top?layer=areas&from=2022-01-01&until=2022-08-01');
    expect(all.rows.map(({ code, name, count }) => [code, name, count])).toEqual([
      ['01', 'Alameda', 5],
      ['03', 'Centro', 3],
      ['02', 'Barrio Nuevo', 2],
    ]);
    const quarter = await ask<TopAnswer>('top?layer=areas&from=2022-04-01&until=2022-07-01');
    expect(quarter.rows.map(({ code, count, change }) => [code, count, change])).toEqual([
      ['01', 1, null],
      ['02', 1, null],
      ['03', 1, null],
    ]);
  });
});
