// Which column of a map file is taken for the code of its areas, and what is none: moments, measures, a missing table.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../server/geometry/contract.ts';
import { chooseColumns, codeOf } from '../../server/mapfiles/columns.ts';
import { readFeatures } from '../../server/mapfiles/formats.ts';

const NO_WISH = { code: null, name: null, population: null };
const choose = (rows: readonly Properties[]) => chooseColumns(rows, NO_WISH);

describe('a column of moments is no code, though it differs in every row:', () => {
  test.each<[string, unknown, unknown]>([
    ['updated_at', '2024-03-01T10:00:00Z', '2024-03-01T10:00:01Z'],
    ['updated_at', '2024-03-01 10:00:00.123+00', '2024-03-02 10:00:00.5+00'],
    ['edicion', '2024/03/01 10:00:00', '2024/03/02 10:00:00'],
    ['FECHA_ACT', '31/01/2024', '01/02/2024'],
    ['fecha', '31-01-24', '01-02-24'],
    ['last_edited_date', '1705375800000', '1705375800001'],
    ['CreationDate', 1705375800000, 1705375800001],
    ['created_date', 'Tue, 16 Jan 2024 03:30:00 GMT', 'Wed, 17 Jan 2024 03:30:00 GMT'],
    ['ts', '1705375800', '1705375801'],
    ['cualquiera', '1705375800000', '1705375800001'],
    ['clave_fecha', '2024-03-01', '2024-03-02'],
    ['sello', '20240301T101500Z', '20240301T101501Z'],
  ])('%s with %j', (column, first, second) => {
    const rows = [
      { [column]: first, nombre: 'Centro' },
      { [column]: second, nombre: 'Norte' },
    ];
    expect(choose(rows)).toMatchObject({ code: ['nombre'], name: null });
  });

  test('which leaves a number of the software where there is nothing else', () => {
    const rows = [
      { objectid: 1, updated_at: '2024-03-01T10:00:00Z', zona: 'A' },
      { objectid: 2, updated_at: '2024-03-01T11:00:00Z', zona: 'A' },
    ];
    expect(choose(rows).code).toEqual(['objectid']);
  });
});

describe('a key is a code, whatever stands beside it:', () => {
  test.each<[string, unknown, unknown]>([
    ['BoroCode', '1', '2'],
    ['BoroCode', 1, 2],
    ['geoid', '36061', '36047'],
    ['GEOID20', '360610001', '360610002'],
    ['CVEGEO', '1500100010010', '1500100010025'],
    ['cve_mun', '002', '003'],
    ['d_codigo', '01000', '01010'],
    ['CODIGO_INE', '28079', '28006'],
    ['COD_DANE', '11001', '11002'],
    ['CD_MUN', '3550308', '3550309'],
    ['wd24cd', 'E05001935', 'E05001936'],
    // Parts of a key may look like a short date.
    ['clave', '12-03-04', '12-03-05'],
  ])('%s with %j', (column, first, second) => {
    const rows = [
      { updated_at: '2024-03-01T10:00:00Z', area: '1234.5678', [column]: first, nombre: 'Centro' },
      { updated_at: '2024-03-01T11:00:00Z', area: '34.5', [column]: second, nombre: 'Norte' },
    ];
    expect(choose(rows).code).toEqual([column]);
  });
});

test('areas and coordinates written as text are measures', () => {
  const rows = [
    { superficie: '1234.5678', x: '-99.12345', nombre: 'Centro' },
    { superficie: '34.5', x: '-99.2', nombre: 'Norte' },
  ];
  expect(choose(rows).code).toEqual(['nombre']);
});

describe('without columns', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-bare-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const square = (x: number) => [
    [
      [x, 19],
      [x + 0.01, 19],
      [x + 0.01, 19.01],
      [x, 19.01],
      [x, 19],
    ],
  ];
  const polygon = { type: 'Polygon', coordinates: square(-99) };
  const bare = {
    Polygon: polygon,
    MultiPolygon: { type: 'MultiPolygon', coordinates: [square(-99), square(-98)] },
    GeometryCollection: { type: 'GeometryCollection', geometries: [polygon, { ...polygon, coordinates: square(-98) }] },
    Feature: { type: 'Feature', geometry: polygon },
    FeatureCollection: {
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: {}, geometry: polygon }],
    },
    list: [{ type: 'Feature', properties: null, geometry: polygon }],
  };

  test.each<[keyof typeof bare, number]>([
    ['Polygon', 1],
    ['MultiPolygon', 1],
    ['GeometryCollection', 2],
    ['Feature', 1],
    ['FeatureCollection', 1],
    ['list', 1],
  ])('a %s of GeoJSON is read', async (kind, count) => {
    const path = join(scratch, `${kind}.geojson`);
    writeFileSync(path, JSON.stringify(bare[kind]));
    const { features, format } = await readFeatures(path, { sourceLayer: null, crs: null, encoding: null });
    expect(format).toBe('geojson');
    expect(features).toHaveLength(count);
    expect(features[0]).toMatchObject({
      properties: {},
      geometry: { type: bare[kind] === bare.MultiPolygon ? 'MultiPolygon' : 'Polygon' },
    });
    const rows = features.map(({ properties }) => properties);
    // No word of shapefiles.
    expect(() => choose(rows)).toThrow(/^the features have no columns, so no code: they can be numbered/);
    expect(chooseColumns(rows, { ...NO_WISH, numbered: true })).toMatchObject({ code: [], name: null });
  });

  test('a code that is wished for goes before numbers', () => {
    const rows = [{ a: 'x' }, { a: 'x' }];
    expect(chooseColumns(rows, { ...NO_WISH, numbered: true }).code).toEqual([]);
    expect(chooseColumns(rows, { ...NO_WISH, code: 'a', numbered: true }).code).toEqual(['a']);
  });
});

describe('residents are guessed of columns that hold all of them:', () => {
  test.each<[Properties, readonly string[]]>([
    [{ POBFEM2020: 30, POBMAS2020: 28, POBTOT2020: 58 }, ['POBTOT2020:2020']],
    [{ POBREZA_2020: 31.5, POB_KM2_2020: 900 }, []],
    [{ POB2010: 40, POB2020: 58 }, ['POB2010:2010', 'POB2020:2020']],
    [{ 'Población total 2015': 58 }, ['Población total 2015:2015']],
    [{ TotPop_2021: 58 }, ['TotPop_2021:2021']],
  ])('%j', (row, expected) => {
    const rows = ['A', 'B'].map((clave) => ({ clave, ...row }));
    expect(choose(rows).populations.map(({ column, year }) => `${column}:${year}`)).toEqual(expected);
  });
});

describe('what is not taken although it is called so is told:', () => {
  const rowsOf = (column: string, values: readonly unknown[]) =>
    values.map((value, i) => ({ [column]: value, nombre: ['Centro', 'Norte', 'Sur', 'Oriente'][i] }));

  test.each<[string, readonly unknown[], string | null]>([
    ['CVE_COL', ['09-1', '09-2', null, '09-4'], 'CVE_COL'],
    ['clave', ['a', 'b', 'b', 'd'], 'clave'],
    ['CVEGEO', ['10140001', '10140002', '10140003', '10140004'], 'CVEGEO'],
    ['codigo', ['9.01E+14', '9.01E+14', '9.01E+14', '9.02E+14'], 'codigo'],
    ['cve_mun', ['014', '014', '015', '015'], null],
    ['clave_fecha', ['2024-03-01', '2024-03-02', '2024-03-03', '2024-03-04'], null],
    ['clave', ['a', 'b', 'c', 'd'], null],
  ])('a code %s of %j', (column, values, told) => {
    expect(choose(rowsOf(column, values)).passedOver.code).toBe(told);
  });

  test('residents without a year, or whose figures are none', () => {
    expect(choose(rowsOf('poblacion', [1200, 800, 0, 30])).passedOver.residents).toBe('poblacion');
    expect(choose(rowsOf('POBTOT', [99999999, -6, -6, -6])).passedOver.residents).toBe('POBTOT');
    expect(choose(rowsOf('POBTOT', [1200, -6, -6, -6])).passedOver.residents).toBeNull();
    expect(choose(rowsOf('poblacion', [null, null, null, null])).passedOver.residents).toBeNull();
  });
});

test('codes that a program has made decimals are whole again, where all of them are', () => {
  const rows = (values: readonly string[]) => values.map((clave) => ({ clave }));
  const codesOf = (of: ReturnType<typeof rows>) => {
    const { code, decimalCodes } = choose(of);
    return of.map((row) => codeOf(row, code, decimalCodes));
  };
  expect(codesOf(rows(['9001.0', '9002.0']))).toEqual(['9001', '9002']);
  expect(codesOf(rows(['1.0', '1.1']))).toEqual(['1.0', '1.1']);
});
