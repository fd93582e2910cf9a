// What a preview finds in a small invented state: whose municipality it is, overlaps, gaps, and codes that were cut.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import type { Database } from '../../server/db/open.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { type Preview, uploadChoices } from '../../server/layers/contract.ts';
import { importLimit } from '../../server/layers/limit.ts';
import type { CheckCode } from '../../server/mapfiles/contract.ts';
import { searchCrs } from '../../server/mapfiles/crs.ts';
import { importAreas, importPoints, importStreets } from '../../server/publishing/load-layer.ts';
import { previewFile } from '../../server/publishing/preview.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

/** 0.01° × 0.01° at 19.4°: 1,050.4 m × 1,107.0 m (tests/tinytown/ANSWERS.md has the length of a degree there). */
const CELL_M2 = 1_162_700;
const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };

let database: Database;
let city: Jurisdiction;
const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-preview-'));

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Box = readonly [west: number, south: number, east: number, north: number];
type Cell = { readonly properties: Readonly<Record<string, unknown>>; readonly box: Box };

/** Boxes in hundredths of a degree from 99.2° W, 19.4° N. */
function written(name: string, cells: readonly Cell[]): string {
  const at = (x: number, y: number) => [Number((-99.2 + x / 100).toFixed(7)), Number((19.4 + y / 100).toFixed(7))];
  const features = cells.map(({ properties, box: [w, s, e, n] }) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Polygon', coordinates: [[at(w, s), at(e, s), at(e, n), at(w, n), at(w, s)]] },
  }));
  const path = join(scratch, name);
  writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}

beforeEach(async () => {
  await emptyTables(database);
  const added = { code: 'city', name: 'City', timezone: 'America/Mexico_City', srid: null };
  const bare = await addJurisdiction(database, STAFF, added);
  const limit = written('limit.geojson', [{ properties: {}, box: [0, 0, 3, 3] }]);
  await importLimit(database, bare, limit, AS_THE_FILE_SAYS);
  city = await findJurisdiction(database, STAFF, 'city');
});

/** Eight cells around an empty one, the first reaching a tenth over its neighbour; three cells of the next town. */
function state(): string {
  const mine = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => [x, y] as const)).filter(([x, y]) => x !== 1 || y !== 1);
  const cell = (x: number, y: number, town: string, more = 0): Cell => ({
    properties: { CVEGEO: `09${town}0001${x}${y}0A`, NOMGEO: `Área ${x}${y}`, CVE_MUN: town },
    box: [x, y, x + 1 + more, y + 1],
  });
  return written('estado.geojson', [
    ...mine.map(([x, y], i) => cell(x, y, '007', i === 0 ? 0.1 : 0)),
    ...[5, 6, 7].map((x) => cell(x, 0, '008')),
  ]);
}

const preview = (path: string, choices: object = {}) =>
  previewFile(database, city, path, uploadChoices.parse({ type: 'areas', ...choices }));
const found = (seen: Preview, wanted: CheckCode) => seen.checks.find(({ code }) => code === wanted);

describe('a file of a whole state', () => {
  test('is cut to the municipality by its column, with the overlap and the gap measured', async () => {
    const seen = await preview(state());
    expect(seen.mine).toEqual({ only: 'CVE_MUN=007', inside: 8, total: 11, on: true });
    expect(seen).toMatchObject({ read: 11, features: 8, only: 'CVE_MUN=007', blocked: false });
    expect(seen.use).toMatchObject({ code: 'CVEGEO', name: 'NOMGEO' });
    expect(found(seen, 'not-mine')).toMatchObject({ count: 3, done: 'left-out' });
    const [overlap] = found(seen, 'overlap')!.items;
    expect(overlap!.areaM2! / (CELL_M2 / 10)).toBeCloseTo(1, 2);
    expect(overlap!.at![0]).toBeCloseTo(-99.1895, 3);
    const gap = found(seen, 'gap')!;
    expect(gap.count).toBe(1);
    expect(gap.items[0]!.areaM2! / CELL_M2).toBeCloseTo(1, 2);
    // The one that overlaps lies along a tenth of a side: it comes last, and is not named any more.
    expect(gap.items[0]!.detail!.split(', ').sort()).toEqual(['Área 01', 'Área 10', 'Área 12', 'Área 21', '…']);
    expect(found(seen, 'outside')).toBeUndefined();
    expect(seen.geojson.features).toHaveLength(8);
  });

  test('is taken whole when that is wanted, and what lies outside is told', async () => {
    const seen = await preview(state(), { only: null });
    expect(seen).toMatchObject({ features: 11, only: null });
    expect(found(seen, 'outside')).toMatchObject({ count: 3, level: 'warning' });
    expect(found(seen, 'outside')!.items.map(({ detail }) => detail)).toEqual(['100 %', '100 %', '100 %']);
  });

  test('is cut by place where no column tells', async () => {
    expect(await preview(state(), { only: 'overlap' })).toMatchObject({ features: 8 });
    await expect(preview(state(), { only: 'CVE_MUN=099' })).resolves.toMatchObject({
      blocked: true,
      problem: { parameter: 'only' },
    });
  });
});

describe('lines and points of a whole state', () => {
  type Row = { readonly properties: Readonly<Record<string, unknown>>; readonly coordinates: unknown };
  const features = (name: string, type: 'LineString' | 'Point', rows: readonly Row[]): string => {
    const path = join(scratch, name);
    const list = rows.map(({ properties, coordinates }) => ({
      type: 'Feature',
      properties,
      geometry: { type, coordinates },
    }));
    writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: list }));
    return path;
  };
  /** The limit ends at 99.17° W; a degree of longitude there is 105,042 m, so that 0.00001° are 1.05 m. */
  const eastOfLimit = (metres: number) => -99.17 + metres / 105_042;
  const upright = (lon: number) => [
    [lon, 19.41],
    [lon, 19.415],
  ];
  const axes = () =>
    features(
      'ejes.geojson',
      'LineString',
      (
        [
          ['Dentro', '007', upright(-99.185)],
          ['Borde', '008', upright(eastOfLimit(58))],
          ['Lejos', '008', upright(eastOfLimit(62))],
          // From the next town to the one behind, without a vertex in between.
          [
            'Cruza',
            '008',
            [
              [-99.25, 19.42],
              [-99.1, 19.42],
            ],
          ],
          [
            'Diagonal afuera',
            '008',
            [
              [-99.25, 19.4],
              [-99.15, 19.5],
            ],
          ],
          ['Otra', '009', upright(-98.9)],
        ] as const
      ).map(([NOMVIAL, CVE_MUN, coordinates]) => ({
        properties: { NOMVIAL, TIPOVIAL: 'Calle', CVE_MUN },
        coordinates,
      })),
    );

  test('streets are cut to those in reach of the limit, whole, whatever municipality owns them', async () => {
    const seen = await preview(axes(), { type: 'streets' });
    expect(seen.mine).toEqual({ only: 'overlap', inside: 3, total: 6, on: true });
    expect(seen).toMatchObject({ read: 6, features: 3, only: 'overlap', blocked: false });
    expect(found(seen, 'not-mine')).toMatchObject({ count: 3, done: 'left-out' });
    const names = (seen.geojson.features as { properties: { name: string } }[]).map(
      ({ properties }) => properties.name,
    );
    expect(names.sort()).toEqual(['Calle Borde', 'Calle Cruza', 'Calle Dentro']);
    expect(await preview(axes(), { type: 'streets', only: null })).toMatchObject({ features: 6, only: null });
    expect(await preview(axes(), { type: 'streets', only: 'CVE_MUN=009' })).toMatchObject({ features: 1 });
  });

  test('an import keeps the same ones, and without being told keeps them all', async () => {
    const choice = { ...AS_THE_FILE_SAYS, title: null, code: null, name: null };
    const streets = (only: string | null) =>
      importStreets({ database, placeLayer }, city, axes(), { ...choice, only }, () => {});
    expect(await streets('overlap')).toMatchObject({ read: 6, stored: 3, rejected: 3 });
    expect(await streets(null)).toMatchObject({ read: 6, stored: 6, rejected: 0 });
  });

  test('lamps are cut by the column of the municipality where it agrees with the place, else by place', async () => {
    const lamp = (CVE_MUN: string, lon: number) => ({ properties: { CVE_MUN }, coordinates: [lon, 19.415] });
    const state = [lamp('007', -99.19), lamp('007', -99.18), lamp('008', -99.1), lamp('008', -99.11)];
    const seen = await preview(features('lamparas.geojson', 'Point', state), { type: 'points' });
    expect(seen.mine).toEqual({ only: 'CVE_MUN=007', inside: 2, total: 4, on: true });
    expect(seen).toMatchObject({ read: 4, features: 2, only: 'CVE_MUN=007' });
    const unmarked = state.map((each) => ({ ...each, properties: { tipo: 'LED' } }));
    const byPlace = await preview(features('sin-municipio.geojson', 'Point', unmarked), { type: 'points' });
    expect(byPlace).toMatchObject({ features: 2, only: 'overlap' });
    const stored = await importPoints(
      { database, placeLayer },
      city,
      join(scratch, 'lamparas.geojson'),
      { ...AS_THE_FILE_SAYS, layer: 'lamparas', title: null, code: null, name: null, only: 'CVE_MUN=007' },
      () => {},
    );
    expect(stored).toMatchObject({ read: 4, stored: 2, rejected: 2 });
  });
});

describe('latitude before longitude', () => {
  const ring = (cells: readonly (readonly [number, number])[]) => cells.map(([lon, lat]) => `${lat},${lon}`);
  const square = [
    [-99.19, 19.41],
    [-99.18, 19.41],
    [-99.18, 19.42],
    [-99.19, 19.42],
    [-99.19, 19.41],
  ] as const;
  const files = {
    'ejes.geojson': JSON.stringify({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: { CVE: '1' },
          geometry: { type: 'Polygon', coordinates: [square.map(([lon, lat]) => [lat, lon])] },
        },
      ],
    }),
    'ejes.kml': `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>1</name><Polygon><outerBoundaryIs><LinearRing><coordinates>${ring(square).join(' ')}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`,
    'ejes.csv': `CVE,wkt\n1,"POLYGON((${square.map(([lon, lat]) => `${lat} ${lon}`).join(',')}))"\n`,
  };
  const write = (name: keyof typeof files) => {
    const path = join(scratch, name);
    writeFileSync(path, files[name]);
    return path;
  };

  test.each(['ejes.geojson', 'ejes.kml', 'ejes.csv'] as const)('is known in %s, and turned when told', async (name) => {
    const path = write(name);
    const seen = await preview(path);
    expect(seen).toMatchObject({ read: 1, blocked: true, crs: { axes: 'seem-swapped', fits: true } });
    expect(found(seen, 'axes-swapped')).toMatchObject({ level: 'blocking', done: 'refused', count: 1 });
    const { at, detail } = found(seen, 'axes-swapped')!.items[0]!;
    expect(at!.map((degrees) => degrees.toFixed(3))).toEqual(['-99.185', '19.415']);
    expect(detail).toBe('lon 19.4150, lat -99.1850');
    const turned = await preview(path, { swapAxes: true });
    expect(turned).toMatchObject({ blocked: false, features: 1, crs: { axes: 'turned', fits: true } });
    expect(turned.crs.bounds!.map((degrees) => degrees.toFixed(2))).toEqual(['-99.19', '19.41', '-99.18', '19.42']);
    expect(found(turned, 'axes-turned')).toMatchObject({ level: 'info', count: 1 });
  });

  test.each(['ejes.geojson', 'ejes.kml', 'ejes.csv'] as const)(
    'stops an import of %s by that name, and is turned when told',
    async (name) => {
      const options = { ...AS_THE_FILE_SAYS, title: null, code: null, name: null, population: null, layer: 'ejes' };
      const load = (more: object) =>
        importAreas({ database, placeLayer }, city, write(name), { ...options, type: 'areas', ...more }, () => {});
      await expect(load({})).rejects.toThrow(/latitude stands before longitude \(x 19\.41 to 19\.42, y -99\.19 to/);
      const report = await load({ swapAxes: true });
      expect(report).toMatchObject({ stored: 1 });
      expect(report.notes).toContainEqual({ code: 'axes-turned', count: 1, example: null });
      expect((await findJurisdiction(database, STAFF, 'city')).bounds).toEqual(city.bounds);
    },
  );

  test('within what both could be is known by where the jurisdiction lies, and can be left as it is', async () => {
    const bath = await addJurisdiction(database, STAFF, {
      code: 'bath',
      name: 'Bath',
      timezone: 'Europe/London',
      srid: null,
    });
    const box = (name: string, at: (lon: number, lat: number) => number[]) => {
      const path = join(scratch, name);
      const ring = [at(-2.4, 51.3), at(-2.3, 51.3), at(-2.3, 51.4), at(-2.4, 51.4), at(-2.4, 51.3)];
      const feature = {
        type: 'Feature',
        properties: { code: 'a' },
        geometry: { type: 'Polygon', coordinates: [ring] },
      };
      writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
      return path;
    };
    await importLimit(
      database,
      bath,
      box('bath.geojson', (lon, lat) => [lon, lat]),
      AS_THE_FILE_SAYS,
    );
    const located = await findJurisdiction(database, STAFF, 'bath');
    const swapped = box('swapped.geojson', (lon, lat) => [lat, lon]);
    const seen = (choices: object) =>
      previewFile(database, located, swapped, uploadChoices.parse({ type: 'areas', ...choices }));
    expect(await seen({})).toMatchObject({ blocked: true, crs: { axes: 'seem-swapped', fits: true } });
    expect(await seen({ swapAxes: true })).toMatchObject({ blocked: false, crs: { axes: 'turned' } });
    const left = await seen({ swapAxes: false });
    expect(left).toMatchObject({ blocked: true, crs: { axes: 'as-written', fits: false } });
    expect(left.checks[0]).toMatchObject({ code: 'crs-elsewhere' });
  });
});

test('keys without their leading zeros are no code, by guess or by wish', async () => {
  const cut = written('cut.geojson', [
    { properties: { CVEGEO: '9007', clave: 'a' }, box: [0, 0, 1, 1] },
    { properties: { CVEGEO: '9008', clave: 'b' }, box: [1, 0, 2, 1] },
  ]);
  expect((await preview(cut)).use.code).toBe('clave');
  expect(await preview(cut, { code: 'CVEGEO' })).toMatchObject({
    blocked: true,
    problem: { parameter: 'code', detail: expect.stringMatching(/leading zeros, as in 9007/) },
  });
});

test('reference systems are found by number and by name, the usual ones first', async () => {
  expect((await searchCrs(database, '')).slice(0, 2).map(({ code }) => code)).toEqual([4326, 6372]);
  expect((await searchCrs(database, 'EPSG:32614')).map(({ code }) => code)).toEqual([32614]);
  expect((await searchCrs(database, 'utm zone 14n')).map(({ code }) => code)).toContain(32614);
});

test('reference systems are found by the state of Mexico they are for, and say which these are', async () => {
  const zones = async (query: string) =>
    new Set((await searchCrs(database, query)).map(({ name }) => /UTM zone (\d+N)$/.exec(name)?.[1]));
  expect(await zones('morelos')).toEqual(new Set(['14N']));
  expect(await zones('CDMX')).toEqual(new Set(['14N']));
  expect(await zones('quintana roo')).toEqual(new Set(['16N']));
  expect(await zones('nuevo león wgs')).toEqual(new Set(['14N']));
  expect(await zones('Michoacan')).toEqual(new Set(['13N', '14N']));
  const [first] = await searchCrs(database, 'EPSG:32614');
  expect(first?.states).toEqual(expect.arrayContaining(['Guerrero', 'Morelos', 'Ciudad de México']));
  expect((await searchCrs(database, 'EPSG:27700')).map(({ states }) => states)).toEqual([[]]);
});

test('a file of another kind than is asked for is refused by what it holds', async () => {
  const lamps = join(scratch, 'luces.geojson');
  const geometry = { type: 'Point', coordinates: [-99.19, 19.41] };
  const lamp = { type: 'Feature', properties: { id: 'L1' }, geometry };
  writeFileSync(lamps, JSON.stringify({ type: 'FeatureCollection', features: [lamp] }));
  await expect(preview(lamps)).rejects.toThrow('the layer luces holds only points, not areas');
  await expect(preview(lamps, { type: 'streets' })).rejects.toThrow('the layer luces holds only points, not lines');
  await expect(preview(state(), { type: 'points' })).rejects.toThrow('the layer estado holds only areas, not points');
});
