// What a table of residents and a layer have in common is found, told, and asked about where two things fit.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction } from '../../server/access/jurisdictions.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { withInegiKey } from '../../server/layers/inegi-key.ts';
import { importPopulation, previewPopulation } from '../../server/layers/population.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-key-'));
let city: Jurisdiction;

const NAMES = ['Peña Blanca', 'San José', 'El Álamo', 'Centro'];
/** Squares side by side. */
function squares(codes: readonly string[]) {
  const features = codes.map((code, i) => {
    const [west, east] = [-99 + i / 100, -99 + (i + 1) / 100];
    const ring = [
      [west, 19],
      [east, 19],
      [east, 19.01],
      [west, 19.01],
      [west, 19],
    ];
    return {
      type: 'Feature',
      properties: { clave: code, nombre: NAMES[i] },
      geometry: { type: 'Polygon', coordinates: [ring] },
    };
  });
  return JSON.stringify({ type: 'FeatureCollection', features });
}

beforeAll(async () => {
  city = await addJurisdiction(database, STAFF, {
    ...{ code: 'villa', name: 'Villa', timezone: 'America/Mexico_City', srid: 32614 },
  });
  for (const [layer, codes] of [
    ['zeros', ['0101', '0102', '0103', '0104']],
    ['long', ['090150001', '090150002', '090150003', '090150004']],
  ] as const) {
    const path = join(folder, `${layer}.geojson`);
    writeFileSync(path, squares(codes));
    const columns = { title: null, code: 'clave', name: 'nombre', population: null };
    const options = { ...{ sourceLayer: null, crs: null, encoding: null }, ...columns, layer, type: 'areas' } as const;
    await importAreas({ database, placeLayer }, city, path, options, () => {});
  }
});
afterAll(async () => {
  await emptyTables(database);
  rmSync(folder, { recursive: true, force: true });
});

const NOTHING = { code: null, name: null, population: null };
function table(lines: readonly string[]): string {
  const path = join(folder, 'habitantes.csv');
  writeFileSync(path, [...lines, ''].join('\n'));
  return path;
}
const load = (layer: string, lines: readonly string[], options = {}) =>
  importPopulation(database, city, table(lines), { layer, ...NOTHING, ...options });
async function residents(layer: string): Promise<number[]> {
  const { rows } = await sql<{ residents: number }>`
    select p.residents from population p join layer l using (jurisdiction_id, layer_id)
    where l.code = ${layer} and p.year = 2020 order by p.place_id`.execute(database.db);
  return rows.map((row) => row.residents);
}

test('codes are found whether or not a spreadsheet cut their zeros', async () => {
  const report = await load('zeros', ['cve_geo,pob2020', '101,10', '102,20', '103,30', '199,5']);
  expect(report.keys).toEqual([{ column: 'cve_geo', of: 'code', how: 'zeros', matched: 3 }]);
  expect(report).toMatchObject({ stored: 3, byCode: 3, byName: 0, unmatched: 1, unmatchedRows: ['199'] });
  expect(await residents('zeros')).toEqual([10, 20, 30]);
});

test('codes are found with the prefix of state and municipality on either side', async () => {
  const short = await load('long', ['clave,pob2020', '0001,1', '0002,2', '0003,3', '0004,4']);
  expect(short.keys).toEqual([{ column: 'clave', of: 'code', how: 'prefix', matched: 4 }]);
  expect(await residents('long')).toEqual([1, 2, 3, 4]);
  const long = await load('zeros', ['cvegeo,pob2020', '90150101,7', '90150102,8', '90150103,9', '90150104,6']);
  expect(long.keys).toEqual([{ column: 'cvegeo', of: 'code', how: 'prefix', matched: 4 }]);
  expect(await residents('zeros')).toEqual([7, 8, 9, 6]);
});

test('rows of another municipality with the same endings belong to no area', async () => {
  const lines = ['cvegeo,pob2020', '90150101,7', '90150102,8', '90160101,1000', '90160102,2000'];
  await expect(load('zeros', lines)).rejects.toThrow('no row belongs to an area of the layer');
});

test('names are found without accents and case, in a column of any name', async () => {
  const report = await load('zeros', [
    'lugar de censo,pob2020',
    'PENA BLANCA,11',
    'Col. San Jose,12',
    'el alamo,13',
    'CENTRO,14',
  ]);
  expect(report.keys).toEqual([{ column: 'lugar de censo', of: 'name', how: 'folded', matched: 4 }]);
  expect(await residents('zeros')).toEqual([11, 12, 13, 14]);
});

test('two columns that give the residents to different areas are asked about, not chosen between', async () => {
  const lines = ['clave,nombre,pob2020', '0101,San José,1', '0102,Peña Blanca,2', '0103,El Álamo,3', '0104,Centro,4'];
  const asked = 'two columns fit, to different areas: --code "clave" (4) or --name "nombre" (4) of 4 rows; say which';
  await expect(load('zeros', lines)).rejects.toThrow(asked);
  const preview = await previewPopulation(database, city, table(lines), { layer: 'zeros', ...NOTHING });
  expect(preview.problem).toEqual({ parameter: 'code', detail: asked });
  await load('zeros', lines, { code: 'clave' });
  expect(await residents('zeros')).toEqual([1, 2, 3, 4]);
  await load('zeros', lines, { name: 'nombre' });
  expect(await residents('zeros')).toEqual([2, 1, 3, 4]);
});

test('a column that only counts the rows is no code', async () => {
  const path = join(folder, 'cuenta.geojson');
  writeFileSync(path, squares(['1', '2', '3', '4']));
  const columns = { title: null, code: 'clave', name: 'nombre', population: null };
  const options = {
    ...{ sourceLayer: null, crs: null, encoding: null },
    ...columns,
    layer: 'cuenta',
    type: 'areas',
  } as const;
  await importAreas({ database, placeLayer }, city, path, options, () => {});
  await expect(load('cuenta', ['renglon,otra,pob2020', '1,x,9', '2,y,8', '3,z,7', '4,w,6'])).rejects.toThrow(
    'which column tells the area? renglon, otra, pob2020',
  );
});

test('a table of women and men is no table of residents; one area alone with two figures is left without', async () => {
  const parts = [
    'clave,sexo,poblacion',
    ...['0101', '0102', '0103'].flatMap((code) => [`${code},M,40`, `${code},H,38`]),
  ];
  await expect(load('zeros', parts, { population: 'poblacion:2020' })).rejects.toThrow(
    'the areas have several figures of one year (0101: 40, 38)',
  );
  const lines = ['clave,poblacion', '0101,11', '0102,22', '0103,33', '0104,44', '0104,45'];
  const report = await load('zeros', lines, { population: 'poblacion:2020' });
  expect(report.notes).toContainEqual({ code: 'residents-in-parts', count: 1, example: '0104: 44, 45' });
  expect(report).toMatchObject({ read: 5, stored: 3, repeated: 1 });
});

test('the key of a census table is put together from its columns, each row of its own level', async () => {
  // As INEGI publishes it: totals of the municipality and of a locality, then localities; a spreadsheet has cut the noughts.
  const report = await load(
    'long',
    [
      'ENTIDAD,NOM_ENT,MUN,NOM_MUN,LOC,NOM_LOC,POBTOT',
      '9,Ciudad de México,15,Cuauhtémoc,0,Total del municipio,100',
      '9,Ciudad de México,15,Cuauhtémoc,1,Uno,60',
      '9,Ciudad de México,15,Cuauhtémoc,2,Dos,40',
      '9,Ciudad de México,15,Cuauhtémoc,9998,Localidades de una vivienda,*',
    ],
    { population: 'POBTOT:2020' },
  );
  expect(report).toMatchObject({ stored: 2, byCode: 2, byName: 0, unmatched: 2 });
  expect(report.keys).toEqual([{ column: 'CVEGEO', of: 'code', how: 'plain', matched: 2 }]);
  expect((await residents('long')).slice(0, 2)).toEqual([60, 40]);
});

test('a census row of a block is no row of its AGEB', () => {
  const row = (AGEB: string, MZA: string) => ({ CVE_ENT: '09', CVE_MUN: '015', CVE_LOC: '0001', CVE_AGEB: AGEB, MZA });
  const keys = withInegiKey([row('008A', '000'), row('008-A', '012'), row('0000', '000')]).map(({ CVEGEO }) => CVEGEO);
  expect(keys).toEqual(['090150001008A', '090150001008A012', '090150001']);
  expect(withInegiKey([{ MUN: '015', POBTOT: 3 }])).toEqual([{ MUN: '015', POBTOT: 3 }]);
});
