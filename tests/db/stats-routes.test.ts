// The questions over HTTP, on the small world; expected numbers are counted from its incidents by plain filters.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import {
  COUNTS_TYPE,
  type CountsAnswer,
  decodeCounts,
  type SummaryAnswer,
  type TopAnswer,
} from '../../server/counts/contract.ts';
import { createExtents } from '../../server/counts/extent.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { problems } from '../../server/http/problems.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { AREAS, HEAD, randomIncidents, SEGMENTS, type WorldIncident, writeWorld } from '../support/small-world.ts';

const incidents = randomIncidents(900, 7);
const visible = incidents.filter(
  ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
);

let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;

beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-routes-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express().use(asStaff);
  app.set('query parser', 'simple');
  app.use('/api/v1', statsRoutes({ database, cubes, taxonomy: loadTaxonomy() }));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/small`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(await openTestDatabase());
  await rm(dataDir, { recursive: true, force: true });
});

const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${base}/${path}`, { headers });
async function answerTo<T>(path: string): Promise<T> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}
const perPlace = (matched: readonly WorldIncident[], place: 'area' | 'segment', features: number): number[] =>
  Array.from({ length: features }, (_, i) => matched.filter((each) => each[place] === i + 1).length);

test('counts name every place with incidents, the days the filter came to mean, and totals that add up', async () => {
  const in2023 = visible.filter(({ day }) => day < '2024-01-01');
  const answer = await answerTo<CountsAnswer>('counts?layer=barrios&from=2023-01-01&until=2024-01-01');
  const expected = perPlace(in2023, 'area', AREAS);
  expect(answer.ids).toEqual(expected.flatMap((count, i) => (count ? [String(i + 1)] : [])));
  expect(answer.counts).toEqual(expected.filter((count) => count > 0));
  const unlocated = in2023.filter(({ point, area }) => !point && !area).length;
  const mapped = expected.reduce((sum, count) => sum + count, 0);
  const outside = in2023.length - unlocated - mapped;
  expect(answer.totals).toEqual({ matched: in2023.length, mapped, unlocated, outside, withheld: 0 });
  expect([answer.from, answer.until, answer.layerVersion]).toEqual(['2023-01-01', '2024-01-01', 2]);
});

test('rates divide by the residents of the latest census up to the year of until; too small a place has none', async () => {
  const answer = await answerTo<CountsAnswer>('counts?layer=barrios&until=2019-01-01&from=2000-01-01');
  expect(answer.denominator).toEqual({ year: 2010, source: 'censo 2010' });
  const all = await answerTo<CountsAnswer>('counts?layer=barrios');
  expect(all.denominator).toEqual({ year: 2020, source: 'censo 2020' });
  const first = all.ids.indexOf('1');
  expect(all.rates![first]).toBeCloseTo((all.counts[first]! / 2520) * 100_000, 4);
  expect(all.rates![all.ids.indexOf(String(AREAS))]).toBeNull();
});

test('a street shorter than 50 m counts as 50 m', async () => {
  const all = await answerTo<CountsAnswer>('counts?layer=streets');
  expect(all.rateUnit).toBe('perKm');
  expect(all.rates![all.ids.indexOf('1')]).toBeCloseTo((all.counts[all.ids.indexOf('1')]! / 50) * 1000, 4);
  expect(all.rates![all.ids.indexOf('9')]).toBeCloseTo((all.counts[all.ids.indexOf('9')]! / 180) * 1000, 4);
});

test('the compact form says what the JSON says', async () => {
  const plain = await answerTo<CountsAnswer>('counts?layer=streets&weekday=5,6');
  const compact = await ask('counts?layer=streets&weekday=5,6', { accept: COUNTS_TYPE });
  expect(compact.headers.get('content-type')).toContain(COUNTS_TYPE);
  const decoded = decodeCounts(await compact.arrayBuffer());
  expect({ ...decoded, rates: null }).toEqual({ ...plain, rates: null });
  decoded.rates!.forEach((rate, i) => {
    if (rate === null) expect(plain.rates![i]).toBeNull();
    else expect(rate).toBeCloseTo(plain.rates![i]!, 3);
  });
});

test('what is asked again of the same data is not sent again', async () => {
  const first = await ask('clock?hour=20-2');
  const etag = first.headers.get('etag')!;
  expect((await ask('clock?hour=20-2', { 'if-none-match': etag })).status).toBe(304);
  expect((await ask('clock?hour=20-3', { 'if-none-match': etag })).status).toBe(200);
});

test('the ranking compares with the same span before', async () => {
  const top = await answerTo<TopAnswer>('top?layer=streets&from=2024-01-01&until=2025-01-01&limit=3');
  expect(top.previousPeriod).toEqual({ from: '2023-01-01', until: '2024-01-01' });
  const now = perPlace(
    visible.filter(({ day }) => day >= '2024-01-01'),
    'segment',
    SEGMENTS,
  );
  const before = perPlace(
    visible.filter(({ day }) => day < '2024-01-01'),
    'segment',
    SEGMENTS,
  );
  expect(top.rows.map(({ count }) => count)).toEqual(now.toSorted((a, b) => b - a).slice(0, 3));
  for (const { id, count, previous, name, crossings } of top.rows) {
    expect([count, previous]).toEqual([now[Number(id) - 1], before[Number(id) - 1]]);
    expect([name, crossings]).toEqual([id === '3' ? '' : `Calle ${id}`, ['A', 'B']]);
  }
});

test('weekends of a month are compared by their days, in the list and in the headline', async () => {
  // November 2024 has nine of them, October eight.
  const asked = 'weekday=6,7&from=2024-11-01&until=2024-12-01';
  const days = { before: 8, now: 9 };
  const { previousPeriod } = await answerTo<TopAnswer>(`top?layer=barrios&${asked}`);
  expect(previousPeriod).toEqual({ from: '2024-10-01', until: '2024-11-01', days });
  expect((await answerTo<SummaryAnswer>(`summary?${asked}`)).previous?.days).toEqual(days);
  const february = 'weekday=6&from=2023-02-01&until=2023-03-01';
  // Four Saturdays each, though January before was of no data.
  expect((await answerTo<TopAnswer>(`top?layer=barrios&${february}`)).previousPeriod).not.toHaveProperty('days');
});

test('nothing is compared with a period no data cover, nor with that of a range without beginning or end', async () => {
  for (const [query, reason] of [
    ['from=2023-01-01&until=2024-01-01', 'before-data'],
    ['from=2023-06-01', 'open-range'],
    ['until=2024-01-01', 'open-range'],
  ] as const) {
    const top = await answerTo<TopAnswer>(`top?layer=barrios&${query}`);
    expect([top.previousPeriod, top.previousReason]).toEqual([null, reason]);
    expect(top.rows.length).toBeGreaterThan(3);
    expect(top.rows.filter(({ previous, change }) => previous !== null || change !== null)).toEqual([]);
    const summary = await answerTo<SummaryAnswer>(`summary?layer=barrios&${query}`);
    expect([summary.previous, summary.previousReason]).toEqual([null, reason]);
  }
  const { previousReason, previous } = await answerTo<SummaryAnswer>(
    'summary?layer=barrios&from=2024-01-01&until=2025-01-01',
  );
  expect(previousReason).toBeNull();
  expect(previous?.matched).toBe(visible.filter(({ day }) => day < '2024-01-01').length);
});

test('a month in the series holds what happened in it', async () => {
  const { buckets } = await answerTo<{ buckets: { from: string; count: number; partial: boolean }[] }>(
    'series?step=month&from=2023-03-01&until=2023-06-01',
  );
  const inMonth = (month: string) => visible.filter(({ day }) => day.startsWith(month)).length;
  expect(buckets).toEqual(
    ['2023-03', '2023-04', '2023-05'].map((m) => ({ from: `${m}-01`, count: inMonth(m), partial: false })),
  );
});

test('places ranked by rate come from the highest down, then those without one by their incidents', async () => {
  const { rows } = await answerTo<TopAnswer>('top?layer=barrios&by=rate&limit=100');
  const counts = await answerTo<CountsAnswer>('counts?layer=barrios');
  expect(rows).toHaveLength(counts.ids.length);
  const rates = rows.map(({ rate }) => rate ?? -1);
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  expect(rates[0]).toBe(Math.max(...counts.rates!.map((rate) => rate ?? -1)));
  const without = rows.filter(({ rate }) => rate === null).map(({ count }) => count);
  expect(without.length).toBeGreaterThan(0);
  expect(without).toEqual(without.toSorted((a, b) => b - a));
});

test('the headline says how many of what matched lie outside, now and before', async () => {
  const summary = await answerTo<SummaryAnswer>('summary?layer=barrios&from=2024-01-01&until=2025-01-01');
  const outsideIn = (year: string) =>
    visible.filter(({ day, point, area }) => day.startsWith(year) && point && !area).length;
  expect(outsideIn('2024')).toBeGreaterThan(0);
  expect([summary.outside, summary.totals.outside]).toEqual([outsideIn('2024'), outsideIn('2024')]);
  expect(summary.previous?.outside).toBe(outsideIn('2023'));
});

test('without a layer the headline is of all that matched, and nothing is outside', async () => {
  const in2024 = visible.filter(({ day }) => day.startsWith('2024'));
  const unlocated = in2024.filter(({ point }) => !point).length;
  const { totals, previous } = await answerTo<SummaryAnswer>('summary?from=2024-01-01&until=2025-01-01');
  const mapped = in2024.length - unlocated;
  expect(totals).toEqual({ matched: in2024.length, mapped, unlocated, outside: 0, withheld: 0 });
  expect(previous).toMatchObject({ matched: visible.length - in2024.length, outside: 0 });
});

test('where the incidents lie is known without limits and layers', async () => {
  const jurisdiction = await findJurisdiction(await openTestDatabase(), STAFF, 'small');
  const bounds = await createExtents()(await cubes.snapshot(jurisdiction));
  // Twelve by twelve points a hundredth of a degree apart, in cells of a quarter of that.
  expect(bounds?.map((degrees) => degrees.toFixed(4))).toEqual(['-99.0000', '19.0000', '-98.8875', '19.1125']);
});

test('offences are counted under a filter, whichever of them it chooses', async () => {
  const roots = async (query: string) =>
    (await answerTo<{ parent: string | null; incidents: number }[]>(`offences?${query}`))
      .filter(({ parent }) => parent === null)
      .reduce((sum, { incidents: count }) => sum + count, 0);
  const in2023 = visible.filter(({ day }) => day < '2024-01-01').length;
  expect(await roots('from=2023-01-01&until=2024-01-01')).toBe(in2023);
  expect(await roots('from=2023-01-01&until=2024-01-01&theme=espacio-publico')).toBe(in2023);
  expect((await ask('offences?offnce=x')).status).toBe(422);
});

test('offences sum up their subtree', async () => {
  const rows = await answerTo<{ code: string; parent: string | null; incidents: number }[]>('offences');
  const roots = rows.filter(({ parent }) => parent === null);
  expect(roots.reduce((sum, { incidents: count }) => sum + count, 0)).toBe(visible.length);
  for (const row of rows) {
    const children = rows.filter(({ parent }) => parent === row.code);
    if (children.length) expect(row.incidents).toBe(children.reduce((sum, child) => sum + child.incidents, 0));
  }
});

test.each([
  ['counts?layer=barrios&offnce=x', 'offnce'],
  ['counts?layer=nowhere', 'layer'],
  ['counts', 'layer'],
  ['counts?layer=barrios&offence=no.such', 'offence'],
  ['counts?layer=barrios&theme=no-such', 'theme'],
  ['counts?layer=barrios&within=barrios:zzz', 'within'],
  ['counts?layer=barrios&source=nobody', 'source'],
  ['top?layer=barrios&limit=0', 'limit'],
  ['series?step=year', 'step'],
  ['heat?bbox=1,2,3', 'bbox'],
  ['clock?from=2024-02-30', 'from'],
  ['themes?x=1', 'x'],
  ['counts?layer=barrios&constructor=1', 'constructor'],
  ['counts?layer=barrios&within=barrios:a%00b', 'within'],
  ['counts?layer=barrios&lang=fr', 'lang'],
  ['counts?layer=barrios&weekday=1e0', 'weekday'],
])('%s is refused, naming %s', async (path, parameter) => {
  const response = await ask(path);
  expect(response.status).toBe(422);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ type: 'bad-input', parameter });
});
