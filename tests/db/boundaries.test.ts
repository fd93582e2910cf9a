// Files of areas and streets to published versions of a layer, on the engine of the suite.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import { withJurisdictionLock } from '../../server/db/lock.ts';
import type { Database } from '../../server/db/open.ts';
import { BadInput, Conflict, NotFound } from '../../server/errors.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import type { AreasOptions, StreetsOptions } from '../../server/layers/contract.ts';
import { importLimit, limitFromAreas } from '../../server/layers/limit.ts';
import type { LayerReport } from '../../server/layers/versions.ts';
import { importAreas, importStreets } from '../../server/publishing/load-layer.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const upload = (name: string) => resolve(import.meta.dirname, '../uploads', name);
const GUESS = { sourceLayer: null, crs: null, encoding: null, title: null, code: null, name: null };
const AREAS: AreasOptions = { ...GUESS, layer: 'colonias', type: 'areas', population: null };
const STREETS: StreetsOptions = GUESS;

let database: Database;
let city: Jurisdiction;

beforeAll(async () => {
  database = await openTestDatabase();
});

beforeEach(async () => {
  await emptyTables(database);
  const added = { code: 'city', name: 'City', timezone: 'America/Mexico_City', srid: null };
  city = await addJurisdiction(database, STAFF, added);
});

const areas = (file: string, options: Partial<AreasOptions> = {}, place = placeLayer): Promise<LayerReport> =>
  importAreas({ database, placeLayer: place }, city, upload(file), { ...AREAS, ...options }, () => {});

const rows = async <T>(query: ReturnType<typeof sql<T>>): Promise<T[]> => (await query.execute(database.db)).rows;
const state = async () =>
  (
    await rows(sql<{ version: number; token: string }>`
      select data_version as version, data_token as token from data_state where jurisdiction_id = ${city.id}`)
  )[0]!;
const layers = () =>
  rows(sql<{ code: string; title: string; type: string; current: number | null }>`
    select code, title, type, current_version as current from layer where jurisdiction_id = ${city.id} order by code`);

/** km² between two parallels and two meridians on the WGS 84 ellipsoid (Snyder 1987, authalic latitude, eq. 3-12). */
function quadrangleKm2(west: number, south: number, east: number, north: number): number {
  const a = 6378.137;
  const e = Math.sqrt(0.00669437999014);
  const q = (degrees: number) => {
    const s = Math.sin((degrees * Math.PI) / 180);
    return (1 - e * e) * (s / (1 - e * e * s * s) + Math.log((1 + e * s) / (1 - e * s)) / (2 * e));
  };
  return ((a * a) / 2) * (((east - west) * Math.PI) / 180) * (q(north) - q(south));
}
const SQUARE_KM2 = quadrangleKm2(-99.2, 19.4, -99.19, 19.41);

describe('areas', () => {
  test('are stored in byte order of their codes, with names as written, area, label, population and bounds', async () => {
    const before = await state();
    const report = await areas('squares.geojson', { title: 'Colonias' });
    expect(report).toMatchObject({
      read: 3,
      stored: 3,
      unchanged: 0,
      repaired: 0,
      rejected: 0,
      layer: 'colonias',
      version: 1,
    });
    expect(Object.fromEntries(report.notes.map(({ code, example }) => [code, example]))).toEqual({
      crs: 'EPSG:4326',
      'column-code': 'CVE',
      'column-name': 'NOMBRE',
      'column-population': 'POB2020:2020',
    });
    const stored = await rows(sql<{ place_id: number; code: string; name: string; km2: number; labelled: boolean }>`
      select place_id, code, name, area_km2 as km2, ST_Covers(geom_3857, label_3857) as labelled
      from area where jurisdiction_id = ${city.id} order by place_id`);
    expect(stored.map(({ place_id, code, name, labelled }) => [place_id, code, name, labelled])).toEqual([
      [1, '002', 'SAN JOSÉ', true],
      [2, '009', 'PEÑÓN', true],
      [3, '010', 'CAÑADA', true],
    ]);
    expect(stored[0]!.km2 / SQUARE_KM2).toBeCloseTo(1, 6);
    const population = await rows(sql`select place_id, year, residents, source from population order by place_id`);
    expect(population).toEqual([
      { place_id: 2, year: 2020, residents: 2500, source: 'POB2020, squares.geojson' },
      { place_id: 3, year: 2020, residents: 1500, source: 'POB2020, squares.geojson' },
    ]);
    expect(await layers()).toEqual([{ code: 'colonias', title: 'Colonias', type: 'areas', current: 1 }]);
    const after = await state();
    expect(after.version).toBe(before.version + 1);
    expect(after.token).not.toBe(before.token);
  });

  test('tell a jurisdiction where it is: its bounds, and the UTM zone it is measured in', async () => {
    await areas('squares.geojson');
    const located = await findJurisdiction(database, STAFF, 'city');
    expect(located.srid).toBe(32614);
    expect(located.bounds).toEqual([-99.2, 19.4, -99.18, 19.42]);
  });

  test('from the same file with the same options are left alone; with other options they are a new version', async () => {
    await areas('squares.geojson');
    const before = await state();
    const again = await areas('squares.geojson');
    expect(again).toMatchObject({ read: 3, stored: 0, unchanged: 3, rejected: 0, version: 1 });
    expect(await state()).toEqual(before);
    const named = await areas('squares.geojson', { name: 'CVE' });
    expect(named).toMatchObject({ stored: 3, unchanged: 0, version: 2 });
    expect((await state()).version).toBe(before.version + 1);
    const names = await rows(sql<{ version: number; name: string }>`
      select version, name from area where jurisdiction_id = ${city.id} and place_id = 1 order by version`);
    expect(names).toEqual([
      { version: 1, name: 'SAN JOSÉ' },
      { version: 2, name: '002' },
    ]);
  });

  test('with faults are repaired where that leaves an area, else rejected with the reason', async () => {
    const report = await areas('shapes-one-fault-each.geojson', { code: 'CVE' });
    expect(report).toMatchObject({ read: 12, stored: 4, repaired: 2, rejected: 8 });
    const notes = Object.fromEntries(report.notes.map(({ code, count, example }) => [code, [count, example]]));
    expect(notes).toEqual({
      crs: [1, 'EPSG:4326'],
      'column-code': [1, 'CVE'],
      'ring-closed': [1, '01 ring not closed'],
      'geometry-repaired': [1, '02 bow tie'],
      'geometry-missing': [1, '#3'],
      'geometry-type': [1, '#4'],
      'coordinates-not-finite': [1, '#6'],
      'geometry-without-area': [1, '07 no area'],
      'geometry-empty': [1, '#8'],
      'coordinates-not-degrees': [1, '#9'],
      'code-repeated': [1, '05 with heights'],
      'code-missing': [1, '#12'],
      'heights-dropped': [1, '#5'],
    });
    const stored = await rows(sql<{ code: string; km2: number; valid: boolean; flat: boolean }>`
      select code, area_km2 as km2, ST_IsValid(geom) as valid, ST_NDims(geom) = 2 as flat
      from area where jurisdiction_id = ${city.id} order by place_id`);
    expect(stored.map(({ code }) => code)).toEqual([
      '01 ring not closed',
      '02 bow tie',
      '05 with heights',
      '11 collection',
    ]);
    expect(stored.every(({ valid, flat }) => valid && flat)).toBe(true);
    // A bow tie over the diagonals of a square covers half of it.
    expect(stored.map(({ km2 }) => Math.round((km2 / SQUARE_KM2) * 1e4) / 1e4)).toEqual([1, 0.5, 1, 1]);
  });

  test('of a context layer carry water or park', async () => {
    const report = await areas('context.geojson', { layer: 'contexto', type: 'context' });
    expect(report).toMatchObject({ read: 3, stored: 2, rejected: 1 });
    expect(report.notes).toContainEqual({ code: 'class-unknown', count: 1, example: 'playa' });
    expect(await rows(sql`select code, class from area order by place_id`)).toEqual([
      { code: 'bosque', class: 'park' },
      { code: 'rio', class: 'water' },
    ]);
    await expect(areas('context.geojson', { layer: 'contexto' })).rejects.toThrow(BadInput);
  });

  test('get the incidents already there before anybody sees the version', async () => {
    await placeIncidentAt(-99.185, 19.405);
    let publishedWhilePlacing: unknown;
    await areas('squares.geojson', {}, async (...placing) => {
      publishedWhilePlacing = (await layers())[0]?.current;
      return placeLayer(...placing);
    });
    expect(publishedWhilePlacing).toBeNull();
    expect(await rows(sql`select version, place_ids from placement`)).toEqual([{ version: 1, place_ids: [2] }]);
  });

  test('of an import that broke off are never seen, and the next one clears them away', async () => {
    await areas('squares.geojson');
    const before = await state();
    const breakOff = () => Promise.reject(new Error('killed'));
    await expect(areas('squares-crs-member.geojson', {}, breakOff)).rejects.toThrow('killed');
    expect(await state()).toEqual(before);
    expect(await layers()).toMatchObject([{ current: 1 }]);
    const report = await areas('shapes-one-fault-each.geojson', { code: 'CVE' });
    expect(report.version).toBe(2);
    const counts = await rows(sql`
      select version, count(*)::int as areas from area where jurisdiction_id = ${city.id} group by 1 order by 1`);
    expect(counts).toEqual([
      { version: 1, areas: 3 },
      { version: 2, areas: 4 },
    ]);
  });

  test('are refused while somebody else writes to the jurisdiction', async () => {
    await withJurisdictionLock(database, city.id, async () => {
      await expect(areas('squares.geojson')).rejects.toThrow(Conflict);
    });
    await expect(areas('squares.geojson')).resolves.toMatchObject({ version: 1 });
  });

  test('without a single polygon, or under the name of the street layer, are refused and leave nothing', async () => {
    await expect(areas('streets-inegi.geojson')).rejects.toThrow(/geometry-type 4/);
    await expect(areas('squares.geojson', { layer: 'streets' })).rejects.toThrow(BadInput);
    await expect(areas('squares.geojson', { layer: 'Colonias 2' })).rejects.toThrow(BadInput);
    expect(await layers()).toEqual([]);
  });
});

test('the limit of a jurisdiction is the union of the polygons, and its bounds', async () => {
  await importLimit(database, city, upload('squares.geojson'), GUESS);
  const limited = await findJurisdiction(database, STAFF, 'city');
  expect(limited).toMatchObject({ hasLimit: true, srid: 32614, bounds: [-99.2, 19.4, -99.18, 19.42] });
  const [limit] = await rows(sql<{ parts: number; km2: number }>`
    select ST_NumGeometries(limit_geom) as parts, ST_Area(limit_geom::geography) / 1e6 as km2
    from jurisdiction where jurisdiction_id = ${city.id}`);
  const km2 = 2 * SQUARE_KM2 + quadrangleKm2(-99.2, 19.41, -99.19, 19.42);
  expect(limit!.parts).toBe(1);
  expect(limit!.km2 / km2).toBeCloseTo(1, 6);
  // Its layers do not widen a jurisdiction that has a limit.
  await areas('shapes-one-fault-each.geojson', { code: 'CVE' });
  expect((await findJurisdiction(database, STAFF, 'city')).bounds).toEqual(limited.bounds);
});

test('the areas of a version become the limit together, holes between them filled and told; or one of them does', async () => {
  // Eight squares of a hundredth of a degree round one that is missing.
  const squares = [0, 1, 2]
    .flatMap((x) => [0, 1, 2].map((y) => [x, y] as const))
    .filter(([x, y]) => x !== 1 || y !== 1);
  const file = join(mkdtempSync(join(tmpdir(), 'cuadra-ring-')), 'ring.geojson');
  const features = squares.map(([x, y]) => {
    const [west, south, east, north] = [-99.2 + x / 100, 19.4 + y / 100, -99.19 + x / 100, 19.41 + y / 100];
    const ring = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ];
    const geometry = { type: 'Polygon', coordinates: [ring] };
    return { type: 'Feature', properties: { clave: `c${x}${y}`, nombre: `Cuadro ${x} ${y}` }, geometry };
  });
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  await areas(file);
  const wish = { layer: 'colonias', version: 1, area: null };
  const whole = await limitFromAreas(database, city, wish, () => {});
  expect(whole).toMatchObject({ areas: 8, holes: 1 });
  expect(whole.areaKm2 / quadrangleKm2(-99.2, 19.4, -99.17, 19.43)).toBeCloseTo(1, 6);
  expect(whole.holesKm2 / quadrangleKm2(-99.19, 19.41, -99.18, 19.42)).toBeCloseTo(1, 6);
  const limited = await findJurisdiction(database, STAFF, 'city');
  expect(limited.hasLimit).toBe(true);
  for (const [at, value] of [-99.2, 19.4, -99.17, 19.43].entries()) expect(limited.bounds![at]).toBeCloseTo(value, 8);
  const one = await limitFromAreas(database, city, { ...wish, area: 'c21' }, () => {});
  expect(one).toMatchObject({ areas: 1, holes: 0, holesKm2: 0 });
  expect(one.areaKm2 / quadrangleKm2(-99.18, 19.41, -99.17, 19.42)).toBeCloseTo(1, 6);
  await expect(limitFromAreas(database, city, { ...wish, area: 'c11' }, () => {})).rejects.toThrow(NotFound);
  await expect(limitFromAreas(database, city, { ...wish, version: 2 }, () => {})).rejects.toThrow(NotFound);
});

describe('streets', () => {
  const streets = () =>
    importStreets({ database, placeLayer }, city, upload('streets-inegi.geojson'), STREETS, () => {});

  test('are stored as segments between junctions, with class, length and crossings', async () => {
    const steps = new Set<string>();
    const report = await importStreets(
      { database, placeLayer },
      city,
      upload('streets-inegi.geojson'),
      STREETS,
      (_, step) => steps.add(step),
    );
    expect(report).toMatchObject({ read: 4, stored: 5, rejected: 1, layer: 'streets', version: 1 });
    expect([...steps]).toEqual(['reading', 'checking', 'storing', 'placing', 'publishing']);
    const stored = await rows(sql<Record<'name' | 'class' | 'from' | 'to' | 'line' | 'measured', unknown>>`
      select name, road_class as class, crossing_from as "from", crossing_to as "to",
        substring(ST_AsText(geom) from '[^(]*[)]$') as line, abs(length_m - ST_Length(geom::geography)) < 0.001 as measured
      from segment where jurisdiction_id = ${city.id} order by ST_AsText(geom) collate "C"`);
    expect(stored.map((row) => [row.name, row.class, row.from, row.to, row.line])).toEqual([
      [null, 5, 'Avenida Juárez', null, '-99.198 19.4,-99.198 19.401)'],
      ['Calle Morelos', 4, null, 'Avenida Juárez', '-99.199 19.399,-99.199 19.4)'],
      ['Avenida Juárez', 3, 'Calle Morelos', null, '-99.199 19.4,-99.198 19.4)'],
      ['Calle Morelos', 4, 'Avenida Juárez', null, '-99.199 19.4,-99.199 19.401)'],
      ['Avenida Juárez', 3, null, 'Calle Morelos', '-99.2 19.4,-99.199 19.4)'],
    ]);
    expect(stored.every(({ measured }) => measured)).toBe(true);
    expect(await layers()).toEqual([{ code: 'streets', title: 'Streets', type: 'streets', current: 1 }]);
  });

  test('from the same file are left alone', async () => {
    await streets();
    expect(await streets()).toMatchObject({ read: 4, stored: 0, unchanged: 5, rejected: 1, version: 1 });
  });
});

/** One visible incident with a point. */
async function placeIncidentAt(lon: number, lat: number): Promise<void> {
  await sql`insert into source (jurisdiction_id, source_id, code, kind, title, preset)
    values (${city.id}, 1, 's', 'incident', 'S', 'generic')`.execute(database.db);
  await sql`insert into offence (jurisdiction_id, offence_id, code, labels)
    values (${city.id}, 1, 'x.robo', '{ROBO}')`.execute(database.db);
  await sql`insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, occurred_on,
      date_precision, place_precision, lon, lat, record_hash)
    values (${city.id}, 1, 0, 1, 1, '2024-01-01', 2, 0, ${lon}, ${lat}, 1)`.execute(database.db);
}
