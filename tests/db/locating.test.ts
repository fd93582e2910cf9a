// Incidents without a point in Tiny Town (tests/tinytown/ANSWERS.md has the map), found by the names in their rows; what
// each name means there was read off the map by hand.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { totalsOf } from '../../server/counts/counts.ts';
import { createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { undoDelivery } from '../../server/deliveries/undo.ts';
import { sqlAnswers } from '../../server/engine/sql.ts';
import { readState } from '../../server/filter/catalogue.ts';
import { EVERYTHING, type Filter, parseFilter } from '../../server/filter/contract.ts';
import { findLayer, findWithin } from '../../server/filter/places.ts';
import { resolveFilter } from '../../server/filter/plan.ts';
import { removeAlias, saveAlias } from '../../server/geocoding/aliases.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { listPlaceNames } from '../../server/geocoding/query.ts';
import { placeNamesAgain } from '../../server/geocoding/rematch.ts';
import { checkImport } from '../../server/incidents/dry-run.ts';
import { type ImportOptions, importIncidents } from '../../server/incidents/import.ts';
import type { AreasOptions } from '../../server/layers/contract.ts';
import { listIncidents } from '../../server/listing/query.ts';
import { importAreas, importStreets } from '../../server/publishing/load-layer.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const tiny = (name: string) => join(import.meta.dirname, '../tinytown', name);
const FILE = { sourceLayer: null, crs: null, encoding: null, title: null };
const NAMED = { ...FILE, code: 'clave', name: 'nombre' };
const GENERIC = { preset: 'generic', source: null, kind: null, replaces: null, confirmed: false, map: {} };
const OPTIONS: ImportOptions = { ...GENERIC, through: null };
const WATCH = { onProgress: () => {}, onReject: () => {}, signal: new AbortController().signal };
const taxonomy = loadTaxonomy();

/** What a row says (calle, cruce, colonia, alcaldia), then area, street and municipality by hand ('' = none). */
const ROWS = [
  ['colonia', ',,ALAMEDA,', '01', '', 'P', 'area'],
  ['with its kind', ',,Barrio Nuevo,', '02', '', 'P', 'area'],
  ['without its kind', ',,Nuevo,', '02', '', 'P', 'area'],
  ['in its municipality', ',,Col. Centro,PUEBLO CHICO', '03', '', 'P', 'area'],
  ['a street in one area', 'AV. DOS,,,', '03', '', 'P', 'street'],
  ['a street in two areas', 'Calle Olmo,,,', '', '', 'P', 'street'],
  ['a street in an area', 'Avenida Uno,,Alameda,', '01', 'S3', 'P', 'street'],
  ['a corner', 'Calle Olmo,Avenida Uno,,', '01', 'S1', 'P', 'crossing'],
  ['a corner in one cell', 'Olmo esq. con Avenida Dos,,Centro,', '03', 'S2', 'P', 'crossing'],
  ['streets that do not meet', 'Avenida Uno,Avenida Dos,,', '', '', 'P', 'street'],
  ['the municipality alone', ',,,Pueblo Chico', '', '', 'P', 'area'],
  ['nothing known', ',,Las Flores,', '', '', '', 'none'],
  ['nothing known, again', ',,LAS FLORES,', '', '', '', 'none'],
  ['nothing said', ',,SIN DATO,', '', '', '', 'none'],
] as const;

let database: Database;
let city: Jurisdiction;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'cuadra-locating-'));
});
beforeEach(async () => {
  await emptyTables(database);
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'tiny', name: 'Pueblo Chico', ...zone });
});
afterAll(async () => {
  await emptyTables(database);
  rmSync(folder, { recursive: true, force: true });
});

const areas = (options: Partial<AreasOptions> = {}, file = 'areas.geojson') =>
  importAreas(
    { database, placeLayer },
    city,
    tiny(file),
    { ...NAMED, layer: 'areas', type: 'areas', population: null, ...options },
    () => {},
  );
const municipality = () => areas({ layer: 'municipio', code: 'nombre' }, 'limit.geojson');
const streets = () => importStreets({ database, placeLayer }, city, tiny('streets.geojson'), NAMED, () => {});
async function layers(): Promise<void> {
  await areas();
  await municipality();
  await streets();
}
function file(rows: readonly string[], name = 'words.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, ['folio,fecha,delito,calle,cruce,colonia,alcaldia,longitud,latitud', ...rows, ''].join('\n'));
  return path;
}
/** The rows, and one with a point in 02 whose words say something else. */
const lines = () => [
  ...ROWS.map(([, words], i) => `W${i},2024-03-0${(i % 9) + 1},Robo de vehículo automotor,${words},,`),
  'P,2024-03-09,Robo de vehículo automotor,Avenida Dos,,Centro,,-99.107,19.4012',
];
const deliver = (rows = lines()) => importIncidents(database, city, file(rows), OPTIONS, WATCH);

/** Folio → code of its place on a layer, now. */
async function placesOn(layer: string): Promise<Record<string, string>> {
  const table = sql.table(layer === 'streets' ? 'segment' : 'area');
  const { rows } = await sql<{ folio: string; code: string | null }>`
    select i.source_key as folio, a.code from incident i
    join layer l on l.jurisdiction_id = i.jurisdiction_id and l.code = ${layer}
    left join lateral (
      select p.place_ids[i.incident_id - p.first_incident_id + 1] as place_id from placement p
      where p.jurisdiction_id = i.jurisdiction_id and p.layer_id = l.layer_id and p.version = l.current_version
        and p.first_incident_id <= i.incident_id order by p.first_incident_id desc limit 1
    ) as block on true
    left join ${table} a on a.jurisdiction_id = i.jurisdiction_id and a.layer_id = l.layer_id
      and a.version = l.current_version and a.place_id = block.place_id
    where i.jurisdiction_id = ${city.id} and i.until_delivery is null order by i.incident_id`.execute(database.db);
  return Object.fromEntries(rows.map(({ folio, code }) => [folio, code ?? '']));
}
async function everywhere(): Promise<string[][]> {
  const [area, street, town] = [await placesOn('areas'), await placesOn('streets'), await placesOn('municipio')];
  return ROWS.map(([what], i) => [what, area[`W${i}`]!, street[`W${i}`]!, town[`W${i}`] ? 'P' : '']);
}
const BY_HAND = ROWS.map(([what, , area, street, town]) => [what, area, street, town]);

async function totals(layer: string, filter: Partial<Filter> = {}) {
  const cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  try {
    await cubes.warm(city);
    const snapshot = await cubes.snapshot(city);
    expect(snapshot.engine).toBe('cube');
    const asked = { ...EVERYTHING, ...filter };
    const within = await findWithin(database, snapshot, asked.within);
    const plan = resolveFilter(asked, { ...snapshot, taxonomy }, within);
    const at = await findLayer(database, snapshot, layer);
    const bySql = sqlAnswers(database, city.id, (await readState(database, city.id))!);
    const found = await snapshot.answers.byPlace(plan, at);
    expect(found).toEqual(await bySql.byPlace(plan, at));
    return totalsOf(found);
  } finally {
    await cubes.close();
  }
}

describe('names', () => {
  test('are found on every layer as exactly as they say', async () => {
    await layers();
    const report = await deliver();
    expect(await everywhere()).toEqual(BY_HAND);
    expect((await placesOn('areas')).P).toBe('02');
    expect(report).toMatchObject({ stored: 15, unlocated: 14, placed: { areas: 9, streets: 4, municipio: 12 } });
    const told = Object.fromEntries(report.notes.map(({ code, count, example }) => [code, [count, example]]));
    expect(told).toMatchObject({
      'placed-by-crossing': [2, null],
      'placed-by-street': [4, null],
      'placed-by-area': [5, null],
      'place-unknown': [2, expect.stringMatching(/^las flores \(2\)$/i)],
    });
  });

  test('are found on layers that come later, in any order', async () => {
    await deliver();
    await streets();
    await areas();
    await municipality();
    expect(await everywhere()).toEqual(BY_HAND);
  });

  test('stand in one total each, counted alike by cube and tables, and within a place', async () => {
    await layers();
    await deliver();
    expect(await totals('areas')).toEqual({ matched: 15, mapped: 9, unlocated: 6, outside: 0, withheld: 0 });
    expect(await totals('streets')).toMatchObject({ matched: 15, mapped: 4, unlocated: 11, outside: 0 });
    expect(await totals('streets', parseFilter({ within: 'areas:01' }))).toMatchObject({ matched: 3, mapped: 2 });
    const drawn = 'poly:-99.2,19.3;-99,19.3;-99,19.5;-99.2,19.5';
    expect(await totals('areas', parseFilter({ within: drawn }))).toMatchObject({ matched: 1, mapped: 1 });
  });

  test('tell how exactly each incident is placed, and give it no point', async () => {
    await layers();
    await deliver();
    const state = (await readState(database, city.id))!;
    const cubes = await createCubes({ database, dataDir: folder, budgetMb: 0, log: quietLog });
    const plan = resolveFilter(EVERYTHING, { ...(await cubes.snapshot(city)), taxonomy }, null);
    const listed = await listIncidents(database, STAFF, city, state, plan, { limit: 100, after: null });
    await cubes.close();
    const precisions = listed.sort((a, b) => Number(a.id) - Number(b.id)).map((each) => each.placePrecision);
    expect(precisions).toEqual([...ROWS.map((row) => row[5]), 'point']);
    expect(listed.filter(({ lon }) => lon !== null)).toHaveLength(1);
  });

  test('are told before anything is stored', async () => {
    await layers();
    const { notes } = await checkImport(database, city, file(lines()), OPTIONS, WATCH);
    expect(notes.map(({ code, count }) => [code, count])).toEqual([
      ['placed-by-crossing', 2],
      ['placed-by-street', 4],
      ['placed-by-area', 5],
      ['place-unknown', 2],
    ]);
  });

  test('come back with a delivery whose end was undone', async () => {
    await layers();
    await deliver();
    const again = await importIncidents(
      database,
      city,
      file(lines().map((line) => line.replace('2024-03', '2024-04'))),
      { ...OPTIONS, idRule: 'id' },
      WATCH,
    );
    expect(again.changed).toBe(15);
    await undoDelivery(database, city, 2, { via: 'command', signal: WATCH.signal });
    expect(await everywhere()).toEqual(BY_HAND);
  });
});

describe('a neighbourhood and its borough', () => {
  const two = (name: string, west: number, parent: string) => ({
    type: 'Feature',
    properties: { clave: `${parent}-${name}`, nombre: name, alcaldia: parent },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [west, 19.4],
          [west + 0.01, 19.4],
          [west + 0.01, 19.41],
          [west, 19.41],
          [west, 19.4],
        ],
      ],
    },
  });
  /** Boroughs Norte and Sur, each with a Centro; only Norte has a Juárez and the two parts of Doctores. */
  async function namesakes(parent: string | null): Promise<void> {
    const layer = (name: string, features: object[]) => {
      const path = join(folder, `${name}.geojson`);
      writeFileSync(path, JSON.stringify({ type: 'FeatureCollection', features }));
      return path;
    };
    const small = [
      ['Centro', -99.1, 'Norte'],
      ['Juárez', -99.09, 'Norte'],
      ['Doctores I', -99.08, 'Norte'],
      ['Doctores II', -99.07, 'Norte'],
      ['Centro', -99.05, 'Sur'],
    ] as const;
    const large = [
      { ...two('Norte', -99.1, ''), geometry: box(-99.1, -99.06) },
      { ...two('Sur', -99.05, ''), geometry: box(-99.05, -99.01) },
    ];
    const load = (code: string, path: string, by: string | null) =>
      importAreas(
        { database, placeLayer },
        city,
        path,
        { ...NAMED, layer: code, type: 'areas', population: null, parent: by },
        () => {},
      );
    await load('alcaldias', layer('alcaldias', large), null);
    const all = small.map(([name, west, by]) => two(name, west, by));
    const rows = parent === null ? all.map(withoutParent) : all;
    await load('areas', layer('colonias', rows), parent);
  }
  const box = (west: number, east: number) => ({
    type: 'Polygon',
    coordinates: [
      [
        [west, 19.39],
        [east, 19.39],
        [east, 19.42],
        [west, 19.42],
        [west, 19.39],
      ],
    ],
  });
  const withoutParent = ({ properties: { clave, nombre }, ...feature }: ReturnType<typeof two>) => ({
    ...feature,
    properties: { clave, nombre },
  });
  const SAID = [
    [',,Centro,Norte', 'Norte-Centro', '-Norte'],
    [',,Centro,SUR', 'Sur-Centro', '-Sur'],
    [',,Centro,', '', ''], // which of the two is not said
    [',,Juárez,Norte', 'Norte-Juárez', '-Norte'],
    [',,Juárez,Sur', '', ''], // one of the two words is wrong
    [',,Doctores,Norte', '', '-Norte'], // one of its two parts, in Norte anyway
    [',,Doctores,Sur', '', ''],
    [',,Las Flores,Sur', '', '-Sur'], // unknown, which is no reason to doubt the borough
  ] as const;

  test.each(['alcaldia', null])('are taken together (parents from column %s)', async (parent) => {
    await namesakes(parent);
    await deliver(SAID.map(([words], i) => `W${i},2024-03-01,Robo de vehículo automotor,${words},,`));
    const [area, borough] = [await placesOn('areas'), await placesOn('alcaldias')];
    expect(SAID.map(([words], i) => [words, area[`W${i}`], borough[`W${i}`]])).toEqual(SAID);
    const { names } = await listPlaceNames(database, city, 'areas', 20);
    expect(names.find(({ name, within }) => name === 'doctores' && within === 'norte')?.dividedInto).toBe(2);
  });
});

describe('an alias', () => {
  const FLORES = { name: 'flores', within: '' };
  const again = () => placeNamesAgain(database, city, FLORES, WATCH);

  test('puts every incident of a name in its place, and taking it back takes them out', async () => {
    await layers();
    await deliver();
    const before = await listPlaceNames(database, city, null, 10);
    expect(before).toMatchObject({ layer: 'areas', withoutPoint: 14, matched: 8, unmatched: 6 });
    expect(before.names.map(({ words, incidents }) => [words.toLowerCase(), incidents])).toEqual([['las flores', 2]]);

    await saveAlias(database, city, { ...FLORES, words: 'Las Flores', layer: 'areas', code: '03' });
    expect(await again()).toBe(2);
    expect(await placesOn('areas')).toMatchObject({ W11: '03', W12: '03', W13: '' });
    expect((await placesOn('municipio')).W11).toBe('Pueblo Chico');
    expect(await totals('areas')).toMatchObject({ mapped: 11, unlocated: 4 });
    const after = await listPlaceNames(database, city, 'areas', 10);
    expect(after).toMatchObject({ matched: 10, names: [], aliases: [{ words: 'Las Flores', place: 'Centro' }] });

    await removeAlias(database, city, 'flores', '');
    await again();
    expect(await everywhere()).toEqual(BY_HAND);
  });

  test('holds for the next delivery and the next version of the layer', async () => {
    await layers();
    await saveAlias(database, city, { ...FLORES, words: 'Las Flores', layer: 'areas', code: '02' });
    await deliver();
    expect((await placesOn('areas')).W11).toBe('02');
    await areas({ population: 'poblacion_2020:2020' });
    expect((await placesOn('areas')).W11).toBe('02');
  });

  test('can say that the words name no place, and the name is listed no more', async () => {
    await layers();
    await deliver();
    await saveAlias(database, city, { ...FLORES, words: 'Las Flores', layer: null, code: null });
    await again();
    expect(await listPlaceNames(database, city, null, 10)).toMatchObject({ unmatched: 6, names: [] });
  });

  test('is refused for a place that is not there', async () => {
    await layers();
    const alias = { ...FLORES, words: 'Las Flores', layer: 'areas', code: '99' };
    await expect(saveAlias(database, city, alias)).rejects.toThrow('no such place');
    await expect(saveAlias(database, city, { ...alias, layer: 'streets' })).rejects.toThrow('no such layer of areas');
  });
});
