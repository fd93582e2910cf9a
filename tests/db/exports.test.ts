// Incidents as files: everything the filter matches, once, with totals that agree.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import express from 'express';
import { sql } from 'kysely';
import Papa from 'papaparse';
import readSheets from 'read-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { problems } from '../../server/http/problems.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { HEAD, OFFENCES, randomIncidents, writeWorld } from '../support/small-world.ts';

/** More than a page of what is visible. */
const incidents = randomIncidents(3900, 11);
const visible = incidents
  .map((incident, i) => ({ ...incident, id: String(i + 1) }))
  .filter(({ from, until, source }) => from <= HEAD && (until === null || until > HEAD) && source !== 3);

const LABELS = ['Robo en vía pública, niñez', ...OFFENCES.slice(1).toSorted()];

let cubes: Cubes;
let dataDir: string;
let server: Server;
let base: string;
beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, incidents);
  await sql`update offence set labels = ${LABELS.slice(0, 1)}::text[] where offence_id = 1`.execute(database.db);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-exports-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  const app = express().use(asStaff);
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

test('the columns are named by their codes, or on demand in the words of either language', async () => {
  const heads = async (query: string) => {
    const text = await (await fetch(`${base}/incidents.csv?from=2023-01-01&until=2023-01-02&${query}`)).text();
    return text.split('\r\n')[0]!.split(',').slice(3, 6);
  };
  expect(await heads('')).toEqual(['date', 'datePrecision', 'hour']);
  expect(await heads('headings=words&lang=es')).toEqual(['Fecha', 'Precisión del momento', 'Hora']);
  expect(await heads('headings=words&lang=en')).toEqual(['Date', 'Precision of the time', 'Hour']);
  expect((await fetch(`${base}/incidents.csv?headings=nice`)).status).toBe(422);
});

test('a CSV says where its totals and the meaning of its columns stand', async () => {
  const file = await fetch(`${base}/incidents.csv?source=fgj&hour=20-2&lang=es`);
  const link = /^<([^>]+)>; rel="describedby"$/.exec(file.headers.get('link') ?? '')?.[1] ?? '';
  const response = await fetch(new URL(link, base));
  expect(response.headers.get('content-disposition')).toContain('-acerca-de.csv');
  const { data } = Papa.parse<string[]>((await response.text()).slice(1), { skipEmptyLines: true });
  const said = new Map(data.map(([item, value]) => [item, value]));
  const rows = Papa.parse((await file.text()).slice(1), { header: true, skipEmptyLines: true }).data.length;
  expect(said.get('Incidentes en el archivo')).toBe(String(rows));
  expect(said.get('De ellos, con punto en el mapa')).toBe(String(rows - Number(file.headers.get('cuadra-unlocated'))));
  const unknown = visible.filter(
    ({ source, minute, datePrecision }) => source === 1 && (datePrecision > 1 || minute === null),
  );
  const outside = [
    'se piden horas y no se conoce la hora',
    'solo se conoce el mes o el trimestre y el periodo no lo abarca completo',
  ];
  expect(outside.reduce((sum, why) => sum + Number(said.get(`Fuera del archivo: ${why}`)), 0)).toBe(unknown.length);
  expect([...said.keys()].filter((item) => item?.includes(' · '))).toHaveLength(15);
});

/** The whole file on the disk, for other programs to open. */
async function geopackage(query: string): Promise<{ path: string; response: Response }> {
  const response = await fetch(`${base}/incidents.gpkg?${query}`);
  expect(response.status).toBe(200);
  const path = join(dataDir, 'incidents.gpkg');
  await writeFile(path, Buffer.from(await response.arrayBuffer()));
  return { path, response };
}

test('the GeoPackage holds every incident once, with its point or none, and a table that adds them up', async () => {
  const { path, response } = await geopackage('lang=es');
  expect(response.headers.get('content-type')).toBe('application/geopackage+sqlite3');
  const file = new DatabaseSync(path, { readOnly: true });
  const count = (where: string) => file.prepare(`select count(*) as n from incidents where ${where}`).get()!.n;
  expect(count('true')).toBe(visible.length);
  expect(count('geom is null')).toBe(visible.filter(({ point }) => !point).length);
  const labels = file.prepare('select distinct label from incidents order by 1').all();
  expect(labels.map(({ label }) => label)).toEqual([...LABELS].sort());
  const about = file.prepare("select value from about where item = 'Incidentes en el archivo'").get();
  expect(about).toEqual({ value: String(visible.length) });
  expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  file.close();
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('cuadra-export-'))).toEqual([]);
});

test.skipIf(spawnSync('ogrinfo', ['--version']).status !== 0)(
  'GDAL opens the GeoPackage and finds the same in it',
  async () => {
    const { path } = await geopackage('from=2023-01-01&until=2024-01-01');
    const expected = await (await fetch(`${base}/incidents.geojson?from=2023-01-01&until=2024-01-01`)).json();
    const summary = spawnSync('ogrinfo', ['-so', path, 'incidents'], { encoding: 'utf8' });
    expect(summary.stderr).toBe('');
    expect(summary.stdout).toContain(`Feature Count: ${expected.features.length}`);
    expect(summary.stdout).toContain('ID["EPSG",4326]');
    expect(summary.stdout).toMatch(/^date: Date/m);
    expect(summary.stdout).toMatch(/^hour: Integer/m);
    const { stdout } = spawnSync('ogr2ogr', ['-f', 'GeoJSON', '-preserve_fid', '/vsistdout/', path, 'incidents'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    type Feature = { id: number; geometry: unknown; properties: Record<string, unknown> };
    const seen = (features: readonly Feature[]) =>
      features
        .map(({ id, geometry, properties }) => [Number(id), geometry, properties.label, properties.hour])
        .sort(([a], [b]) => Number(a) - Number(b));
    expect(seen(JSON.parse(stdout).features)).toEqual(seen(expected.features));
  },
);

test('a place’s and a drawn area’s incidents are the same in a file as in the list', async () => {
  const ids = async (query: string) => {
    const { features } = await (await fetch(`${base}/incidents.geojson?${query}`)).json();
    return features.map(({ id }: { id: string }) => id);
  };
  for (const n of [1, 4]) {
    for (const [place, inside] of [
      [`barrios:b${n}`, visible.filter(({ area }) => area === n)],
      [`streets:s${n}`, visible.filter(({ segment }) => segment === n)],
    ] as const) {
      const within = await ids(`within=${place}`);
      expect(within.toSorted()).toEqual(inside.map(({ id }) => id).toSorted());
      expect(within.length).toBeGreaterThan(50);
    }
  }
  const box = [-98.985, 19.015, -98.925, 19.075] as const;
  const [w, s, e, n] = box;
  const drawn = await ids(`within=poly:${w},${s};${e},${s};${e},${n};${w},${n}`);
  const inBox = visible.filter(
    ({ point }) => point && point[0] >= w && point[0] <= e && point[1] >= s && point[1] <= n,
  );
  expect(drawn.toSorted()).toEqual(inBox.map(({ id }) => id).toSorted());
});

test('inside a layer, a file leaves out what lies elsewhere, and says what it counts and how many that is', async () => {
  const elsewhere = visible.filter(({ point, area }) => point && !area).map(({ id }) => id);
  expect(elsewhere.length).toBeGreaterThan(50);
  const response = await fetch(`${base}/incidents.geojson?inside=barrios`);
  const { features, totals } = await response.json();
  const ids = features.map(({ id }: { id: string }) => id);
  expect([...ids, ...elsewhere].toSorted()).toEqual(visible.map(({ id }) => id).toSorted());
  expect(totals).toMatchObject({
    matched: visible.length - elsewhere.length,
    inside: { layer: 'barrios', layerVersion: 2, leftOut: elsewhere.length },
  });
  expect(response.headers.get('cuadra-left-out')).toBe(String(elsewhere.length));
  const about = async (query: string) => {
    const text = await (await fetch(`${base}/incidents-about.csv?lang=en&${query}`)).text();
    return new Map(Papa.parse<string[]>(text.slice(1), { skipEmptyLines: true }).data.map(([item, is]) => [item, is]));
  };
  const inside = await about('inside=barrios');
  expect(inside.get('What counts')).toBe(
    'What has a point in one of the areas of the layer barrios (version 2), and what has no point',
  );
  expect(inside.get('Not in this file: with a point outside these areas')).toBe(String(elsewhere.length));
  const known = visible.filter(({ area }) => area).map(({ id }) => id);
  const placed = await (await fetch(`${base}/incidents.geojson?inside=barrios&placed=fgj,otra`)).json();
  expect(placed.features.map(({ id }: { id: string }) => id).toSorted()).toEqual(known.toSorted());
  expect(known.length).toBeLessThan(ids.length);
  const strict = await about('inside=barrios&placed=fgj,otra');
  expect(strict.get('What counts')).toBe(
    'What has a point in one of the areas of the layer barrios (version 2), and what has no point; ' +
      'of fgj, otra only where it is known to be of one of them',
  );
  expect(strict.get('Not in this file: with a point outside these areas, or without location and of fgj, otra')).toBe(
    String(visible.length - known.length),
  );
  const spared = visible.filter(({ area, point, source }) => area || (!point && source === 2)).map(({ id }) => id);
  const one = await (await fetch(`${base}/incidents.geojson?inside=barrios&placed=fgj`)).json();
  expect(one.features.map(({ id }: { id: string }) => id).toSorted()).toEqual(spared.toSorted());
  expect(one.totals).toMatchObject({ matched: spared.length, inside: { leftOut: visible.length - spared.length } });
  expect([known.length < spared.length, spared.length < ids.length]).toEqual([true, true]);
  expect((await fetch(`${base}/incidents.csv?inside=barrios&placed=fgj,nobody`)).status).toBe(422);
  const all = await about('');
  expect(all.get('What counts')).toContain('also what has a point outside the municipality');
  expect(all.has('Not in this file: with a point outside these areas')).toBe(false);
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
