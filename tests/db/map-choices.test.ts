// What a map file leaves open and somebody decides: a reference system, codes, whether streets are split.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import type { Database } from '../../server/db/open.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { type Preview, uploadChoices } from '../../server/layers/contract.ts';
import { importLimit } from '../../server/layers/limit.ts';
import type { CheckCode } from '../../server/mapfiles/contract.ts';
import { importAreas, importPoints, importStreets } from '../../server/publishing/load-layer.ts';
import { previewFile } from '../../server/publishing/preview.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { zipOf } from '../support/zip.ts';

const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };
const UNNAMED = { ...AS_THE_FILE_SAYS, title: null, code: null, name: null };
let database: Database;
let city: Jurisdiction;
const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-choices-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const written = (name: string, value: unknown) => {
  const path = join(scratch, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

const ring = (x: number, y: number) => [
  [x, y],
  [x + 0.01, y],
  [x + 0.01, y + 0.01],
  [x, y + 0.01],
  [x, y],
];
const polygon = (x: number, y: number) => ({ type: 'Polygon', coordinates: [ring(x, y)] });
const wkt = (x: number, y: number) =>
  `"POLYGON ((${ring(x, y)
    .map((at) => at.join(' '))
    .join(', ')}))"`;

beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  const added = { code: 'city', name: 'City', timezone: 'America/Mexico_City', srid: null };
  const bare = await addJurisdiction(database, STAFF, added);
  // A bare polygon is limit enough.
  await importLimit(
    database,
    bare,
    written('limit.geojson', {
      type: 'Polygon',
      coordinates: [ring(-99.2, 19.4).map(([x, y]) => [x! === -99.2 ? x : -99.1, y! === 19.4 ? y : 19.5])],
    }),
    AS_THE_FILE_SAYS,
  );
  city = await findJurisdiction(database, STAFF, 'city');
});

const preview = (path: string, choices: object = {}) =>
  previewFile(database, city, path, uploadChoices.parse({ type: 'areas', ...choices }));
const found = (seen: Preview, wanted: CheckCode) => seen.checks.find(({ code }) => code === wanted);
const areas = (path: string, more: object = {}) =>
  importAreas(
    { database, placeLayer },
    city,
    path,
    { ...UNNAMED, layer: 'capa', type: 'areas', population: null, ...more },
    () => {},
  );

/** GDAL starts anew for every file, which takes long where others work, too. */
describe('a table of WKT without a system', { timeout: 180_000 }, () => {
  const here = () => written('here.csv', `clave,nombre,wkt\nA,Uno,${wkt(-99.2, 19.4)}\nB,Dos,${wkt(-99.19, 19.4)}\n`);

  test('whose degrees lie in the city is read, and the guess is told', async () => {
    const seen = await preview(here());
    expect(seen).toMatchObject({
      features: 2,
      blocked: false,
      crs: { used: { code: 4326 }, from: 'guess', fits: true },
    });
    expect(found(seen, 'crs-degrees')).toMatchObject({ level: 'warning', done: 'kept' });
    const report = await areas(here());
    expect(report).toMatchObject({ stored: 2 });
    expect(report.notes).toContainEqual({ code: 'crs-degrees', count: 1, example: 'EPSG:4326' });
  });

  test('can be corrected, and asks where the degrees lie elsewhere', async () => {
    expect(await preview(here(), { crs: 6365 })).toMatchObject({ crs: { used: { code: 6365 }, from: 'given' } });
    const away = written('away.csv', `clave,wkt\nA,${wkt(-70, 10)}\n`);
    const seen = await preview(away);
    expect(seen.blocked).toBe(true);
    expect(found(seen, 'crs-guessed')).toMatchObject({ level: 'blocking' });
    await expect(areas(away)).rejects.toMatchObject({
      parameter: 'crs',
      message: expect.stringContaining('it lies elsewhere'),
    });
    expect(await areas(away, { crs: 4326 })).toMatchObject({ stored: 1 });
  });
});

test('of the files in an archive the one of the wanted kind is taken, and another can be chosen', async () => {
  const of = (geometry: object, CVE: string) =>
    JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { CVE }, geometry }] });
  const line = { type: 'LineString', coordinates: ring(-99.2, 19.4).slice(0, 2) };
  const path = join(scratch, 'marco.zip');
  writeFileSync(path, zipOf({ '09a.geojson': of(polygon(-99.2, 19.4), 'A'), '09e.geojson': of(line, 'E') }));
  expect(await preview(path)).toMatchObject({ sourceLayer: '09a', problem: null });
  expect(await preview(path, { type: 'streets' })).toMatchObject({ sourceLayer: '09e', problem: null, features: 1 });
  const wrong = await preview(path, { sourceLayer: '09e' });
  expect(wrong).toMatchObject({ blocked: true, problem: { parameter: 'type' } });
  expect(wrong.layers.map(({ name }) => name)).toEqual(['09a', '09e']);
  await expect(preview(written('solo.geojson', JSON.parse(of(line, 'E'))))).rejects.toMatchObject({
    parameter: 'type',
  });
});

test('residents are shown as they are read before anything is published', async () => {
  const feature = (clave: string, HABITANTES_2015: string, west: number) => ({
    type: 'Feature',
    properties: { clave, HABITANTES_2015 },
    geometry: polygon(west, 19.4),
  });
  const features = [feature('A', '3.456', -99.2), feature('B', '78.901', -99.19), feature('C', '-9', -99.18)];
  const file = written('habitantes.geojson', { type: 'FeatureCollection', features });
  const options = { code: 'clave', population: 'HABITANTES_2015' };
  expect((await preview(file, options)).residents).toEqual([
    { code: 'numbers-thousands', count: 2, example: '3.456 → 3456' },
    { code: 'residents-sentinel', count: 1, example: '-9' },
  ]);
});

describe('areas without columns', () => {
  const bare = () =>
    written('bare.geojson', { type: 'GeometryCollection', geometries: [polygon(-99.2, 19.4), polygon(-99.19, 19.4)] });

  test('are a question, and numbered when somebody agrees', async () => {
    expect(await preview(bare())).toMatchObject({ blocked: true, read: 2, problem: { parameter: 'numbered' } });
    await expect(areas(bare())).rejects.toThrow(
      'the features have no columns, so no code: they can be numbered (--numbered)',
    );
    const seen = await preview(bare(), { numbered: true });
    expect(seen).toMatchObject({ blocked: false, features: 2, problem: null, use: { code: null } });
    expect(found(seen, 'features-numbered')).toMatchObject({ count: 2 });
    expect(await areas(bare(), { numbered: true })).toMatchObject({ stored: 2 });
    const { rows } = await sql<{ code: string }>`select code from area order by code`.execute(database.db);
    expect(rows.map(({ code }) => code)).toEqual(['1', '2']);
  });

  test('and rows that no column tells apart, too', async () => {
    const feature = (geometry: object) => ({
      type: 'Feature',
      properties: { zona: 'A', updated_at: '2024-01-01' },
      geometry,
    });
    const alike = written('alike.geojson', {
      type: 'FeatureCollection',
      features: [feature(polygon(-99.2, 19.4)), feature(polygon(-99.19, 19.4))],
    });
    expect(await preview(alike)).toMatchObject({ blocked: true, problem: { parameter: 'code' } });
    expect(await preview(alike, { numbered: true })).toMatchObject({ blocked: false, features: 2 });
  });
});

describe('streets without a common vertex', () => {
  const line = (name: string, corners: readonly (readonly [number, number])[], more: object = {}) => ({
    type: 'Feature',
    properties: { FULLNAME: name, ...more },
    geometry: { type: 'LineString', coordinates: corners },
  });
  const lines = (more: object = {}) =>
    written('calles.geojson', {
      type: 'FeatureCollection',
      features: [
        line('W First St', [
          [-99.19, 19.42],
          [-99.17, 19.42],
        ]),
        line(
          'N Second Ave',
          [
            [-99.18, 19.41],
            [-99.18, 19.43],
          ],
          more,
        ),
        // 0.000004° north of the first street: 44 cm.
        line('Short Ct', [
          [-99.175, 19.420004],
          [-99.175, 19.43],
        ]),
      ],
    });
  const streets = (path: string, more: object = {}) =>
    importStreets({ database, placeLayer }, city, path, { ...UNNAMED, ...more }, () => {});

  test('are told with their names and places, and split when that is wished', async () => {
    const seen = await preview(lines(), { type: 'streets' });
    expect(seen).toMatchObject({ features: 3, blocked: false, use: { name: 'FULLNAME' } });
    expect(found(seen, 'unnamed-segments')).toBeUndefined();
    expect(found(seen, 'lines-cross')).toMatchObject({ count: 1, level: 'warning' });
    expect(found(seen, 'lines-cross')!.items[0]).toMatchObject({ at: [-99.18, 19.42] });
    expect(found(seen, 'ends-near')!.items).toMatchObject([{ name: 'Short Ct', detail: '0.44 m, W First St' }]);
    const split = await preview(lines(), { type: 'streets', split: true });
    expect(split).toMatchObject({ features: 6, blocked: false });
    expect(found(split, 'lines-split')).toMatchObject({ count: 1, done: 'repaired' });
    expect(found(split, 'ends-joined')).toMatchObject({ count: 1 });
    expect(await streets(lines())).toMatchObject({ read: 3, stored: 3 });
    const report = await streets(lines(), { split: true });
    expect(report).toMatchObject({ read: 3, stored: 6, version: 2 });
    expect(report.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['lines-split', 'ends-joined']));
    const { rows } = await sql<{ name: string; crossings: string }>`
      select name, concat_ws(' ', crossing_from, crossing_to) as crossings from segment
      where version = 2 and name = 'Short Ct'`.execute(database.db);
    expect(rows).toEqual([{ name: 'Short Ct', crossings: 'W First St' }]);
  });

  test('but bridges', async () => {
    const seen = await preview(lines({ bridge: 'yes' }), { type: 'streets', split: true });
    expect(seen.features).toBe(4);
    expect(found(seen, 'levels-cross')).toMatchObject({ count: 1, level: 'info' });
  });
});

describe('points with dates and offences', () => {
  const point = (n: number) => ({
    type: 'Feature',
    properties: { folio: `a${n}`, fecha: `2024-05-0${n}`, delito: 'Extorsión' },
    geometry: { type: 'Point', coordinates: [-99.18, 19.42] },
  });
  const points = () => written('hechos.geojson', { type: 'FeatureCollection', features: [1, 2, 3].map(point) });

  test('are told to be incidents, as whatever they are loaded', async () => {
    const words = /holds 3 points with dates and offences: import it as incidents/;
    await expect(preview(points())).rejects.toThrow(words);
    await expect(preview(points(), { type: 'streets' })).rejects.toThrow(words);
    expect(found(await preview(points(), { type: 'points' }), 'points-are-incidents')).toMatchObject({ count: 3 });
    const report = await importPoints(
      { database, placeLayer },
      city,
      points(),
      { ...UNNAMED, layer: 'hechos' },
      () => {},
    );
    expect(report.notes.map(({ code }) => code)).toContain('points-are-incidents');
  });
});
