// Incidents as files: everything the filter matches, once, with totals that agree.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import Papa from 'papaparse';
import readSheets from 'read-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { loadTaxonomy } from '../../server/incidents/taxonomy.ts';
import { problems } from '../../server/problems.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { HEAD, randomIncidents, writeWorld } from '../support/small-world.ts';

/** More than a page of what is visible. */
const incidents = randomIncidents(3900, 11);
const visible = incidents
  .map((incident, i) => ({ ...incident, id: String(i + 1) }))
  .filter(({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3);

let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;
beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-exports-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express();
  app.set('query parser', 'simple');
  app.use('/api/v1', exportRoutes({ database, cubes, taxonomy: loadTaxonomy() }));
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

test('the CSV holds every visible incident once, newest first, behind a byte-order mark', async () => {
  const response = await fetch(`${base}/incidents.csv`);
  expect(response.headers.get('content-disposition')).toMatch(/small-incident-v\d+\.csv/);
  const text = Buffer.from(await response.arrayBuffer()).toString();
  expect(text.startsWith('\uFEFFid,kind,source,date,')).toBe(true);
  const { data } = Papa.parse<Record<string, string>>(text.slice(1), { header: true, skipEmptyLines: true });
  expect(data.map(({ id }) => id).sort()).toEqual(visible.map(({ id }) => id).sort());
  expect(data.length).toBeGreaterThan(1000);
  const dates = data.map(({ date }) => date!);
  expect(dates).toEqual(dates.toSorted().reverse());
  expect(Number(response.headers.get('cuadra-matched'))).toBe(visible.length);
  expect(data.filter(({ lon }) => lon === '').length).toBe(Number(response.headers.get('cuadra-unlocated')));
  const one = visible[0]!;
  const row = data.find(({ id }) => id === one.id)!;
  expect([row.date, row.lon]).toEqual([one.day, one.point ? String(one.point[0]) : '']);
});

test('exports obey the filter, and GeoJSON ends with the totals it adds up to', async () => {
  const response = await fetch(`${base}/incidents.geojson?from=2023-01-01&until=2024-01-01&source=fgj`);
  const body = await response.json();
  expect(body.features.length).toBe(body.totals.matched);
  expect(body.features.length).toBe(Number(response.headers.get('cuadra-matched')));
  expect(body.features.length).toBeGreaterThan(100);
  for (const { properties } of body.features) {
    expect(properties.source).toBe('fgj');
    expect(properties.date.slice(0, 4)).toBe('2023');
  }
});

test('the workbook holds the rows, what they are and what they add up to', async () => {
  const response = await fetch(`${base}/incidents.xlsx?source=fgj&lang=en`);
  expect(response.headers.get('content-disposition')).toContain('.xlsx');
  const [rows, about] = await readSheets(Buffer.from(await response.arrayBuffer()));
  const matched = visible.filter(({ source }) => source === 1).length;
  expect(rows!.data.length).toBe(matched + 1);
  expect(rows!.data[0]!.slice(0, 4)).toEqual(['id', 'kind', 'source', 'date']);
  expect(about!.data.slice(0, 3).map((row) => row.slice(0, 2))).toEqual([
    ['Question', 'source=fgj'],
    ['Data version', Number(response.headers.get('cuadra-data-version'))],
    ['Incidents in this file', matched],
  ]);
});

test('a reader that goes away half-way does no harm', async () => {
  const stop = new AbortController();
  const response = await fetch(`${base}/incidents.geojson`, { signal: stop.signal });
  await response.body!.getReader().read();
  stop.abort();
  expect((await fetch(`${base}/incidents.csv?from=2023-01-01&until=2023-01-02`)).status).toBe(200);
});

test('a filter that cannot be used is refused before anything is sent', async () => {
  expect((await fetch(`${base}/incidents.csv?from=yesterday`)).status).toBe(422);
  expect((await fetch(`${base}/incidents.csv?limit=5`)).status).toBe(422);
});
