// The analyses over HTTP, on the small world: against the same methods given the same counts, and what they refuse.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import type {
  ChangeAnswer,
  ConcentrationAnswer,
  DensityAnswer,
  EmergingAnswer,
  GridHotspotsAnswer,
  HotspotsAnswer,
  NearRepeatAnswer,
  StreetDensityAnswer,
} from '../../server/analysis/contract.ts';
import { analysisRoutes, openAnalyses } from '../../server/analysis/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { problems } from '../../server/http/problems.ts';
import { concentration } from '../../server/statistics/concentration.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import type { AoristicAnswer, TrendAnswer } from '../../server/timing/contract.ts';
import { timingRoutes } from '../../server/timing/routes.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { AREAS, HEAD, randomIncidents, SEGMENTS, writeWorld } from '../support/small-world.ts';

const incidents = randomIncidents(900, 7);
const visible = incidents.filter(
  ({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3,
);
const perPlace = (place: 'area' | 'segment', features: number, from = '0', until = '9') =>
  Array.from(
    { length: features },
    (_, i) => visible.filter((each) => each[place] === i + 1 && each.day >= from && each.day < until).length,
  );

/** Who asks, by a header of the tests alone. */
const VIEWERS: Record<string, Viewer> = {
  staff: STAFF,
  planner: { ...STAFF, role: 'planner' },
  public: PUBLIC,
};
let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;

beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-analysis-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express().use((request: Request, _response: Response, next: NextFunction) => {
    request.viewer = VIEWERS[String(request.headers['x-viewer'] ?? 'staff')]!;
    next();
  });
  app.set('query parser', 'simple');
  const analyses = openAnalyses(openStats({ database, cubes, taxonomy: loadTaxonomy() }));
  app.use('/api/v1', analysisRoutes(analyses), timingRoutes(analyses));
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

async function answerTo<T>(path: string, viewer = 'staff'): Promise<T> {
  const response = await fetch(`${base}/${path}`, { headers: { 'x-viewer': viewer } });
  const body = await response.json();
  expect([response.status, body]).toEqual([200, expect.anything()]);
  return body as T;
}

test('hot spots name every place, echo every parameter, and count as counts do', async () => {
  const found = await answerTo<HotspotsAnswer>(
    'hotspots?layer=barrios&weights=knn:2&style=W&correction=fdr&permutations=99',
  );
  expect(found.parameters).toMatchObject({
    ...{
      method: 'gi-star',
      weights: 'knn:2',
      style: 'W',
      value: 'count',
      correction: 'fdr',
      permutations: 99,
      seed: 1,
    },
    ...{ from: null, until: null },
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
  const along = await answerTo<StreetDensityAnswer>('street-density?layer=streets&radius=200');
  expect(along.counts).toEqual(perPlace('segment', SEGMENTS));
  expect(along.parameters).toMatchObject({ radiusM: 200, split: 'discontinuous', kernel: 'quartic' });
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
