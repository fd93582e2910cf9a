// Reading boundary files: formats and their quirks, caps, the guess of columns, the shape of geometries.

import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { BadInput, TooLarge } from '../../server/errors.ts';
import { withArchive } from '../../server/files/unzip.ts';
import type { Geometry, Properties } from '../../server/geometry/contract.ts';
import { linesOf, polygonsOf } from '../../server/geometry/shape.ts';
import { shapesOf } from '../../server/layers/collect.ts';
import { cellText, chooseColumns, codeOf, residentsOf } from '../../server/mapfiles/columns.ts';
import type { ReadOptions, SourceFile } from '../../server/mapfiles/contract.ts';
import { openFindings } from '../../server/mapfiles/findings.ts';
import { readFeatures } from '../../server/mapfiles/formats.ts';
import { convertWithGdal } from '../../server/mapfiles/gdal.ts';

const UPLOADS = join(import.meta.dirname, '../uploads');
const AS_IS: ReadOptions = { sourceLayer: null, crs: null, encoding: null };
const upload = (name: string) => join(UPLOADS, name);

const scratch = mkdtempSync(join(tmpdir(), 'cuadra-test-files-'));
// Temporary files go to a folder of this run, so that what is left behind can be seen.
beforeAll(() => void vi.stubEnv('TMPDIR', scratch));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});
const written = (name: string, content: string | Buffer) => {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
};

/** Code, name and the south-west corner to 1e-6 degrees (a tenth of a metre), in the order of codes. */
const squares = (source: SourceFile) =>
  source.features
    .map(({ properties, geometry }) => {
      const flat = (geometry!.coordinates as number[][]).flat(Number.POSITIVE_INFINITY) as number[];
      const corner = [0, 1].map((axis) => Math.min(...flat.filter((_, index) => index % 2 === axis)).toFixed(6));
      return [properties.CVE, properties.NOMBRE ?? properties.name, ...corner].join(' ');
    })
    .sort();
const SQUARES = [
  '002 SAN JOSÉ -99.200000 19.400000',
  '009 PEÑÓN -99.190000 19.400000',
  '010 CAÑADA -99.200000 19.410000',
];

describe('the same three squares come out of', () => {
  test.each<[string, Partial<ReadOptions>, number | null, string[]]>([
    ['squares.geojson', {}, 4326, []],
    ['squares-crs-member.geojson', {}, 32614, []],
    ['squares-metres-without-crs.geojson', { crs: 32614 }, 32614, []],
    ['shapefile-6372-windows-1252-nested.zip', {}, 6372, ['encoding-guessed']],
    ['shapefile-without-prj.zip', { crs: 6372, encoding: 'ANSI 1252' }, 6372, []],
    ['shapefile-without-shx.zip', {}, 6372, ['encoding-guessed']],
    ['shapefile-inegi-prj.zip', {}, 6372, ['encoding-guessed']],
    ['geopackage-two-layers.zip', { sourceLayer: 'colonias' }, 4326, []],
    ['two-shapefiles.zip', { sourceLayer: 'sur' }, 6372, ['encoding-guessed']],
    ['squares.kml', {}, 4326, []],
    ['squares.kmz', {}, 4326, []],
    ['squares.geojsonl', {}, 4326, []],
    ['squares.fgb', {}, 4326, []],
    ['squares.gml', {}, 32614, []],
    ['squares.topojson', { crs: 4326 }, 4326, []],
    ['squares-wkt.csv', { crs: 4326 }, 4326, []],
  ])('%s', async (name, options, code, notes) => {
    const source = await readFeatures(upload(name), { ...AS_IS, ...options });
    expect(squares(source)).toEqual(SQUARES);
    expect(source.crs.code).toBe(code);
    expect(source.notes.map((note) => note.code)).toEqual(notes);
  });
});

test('a loose shapefile is read with its parts, whatever the case of their names and even if nobody may write them', async () => {
  const parts = ['SHP', 'SHX', 'DBF', 'PRJ'].map((extension) => ({
    path: `datos/capa/SQUARES.${extension}`,
    as: extension === 'SHP' ? 'Squares.shp' : `SQUARES.${extension}`,
  }));
  await withArchive(upload('shapefile-6372-windows-1252-nested.zip'), (archive) => archive.extract(parts, scratch));
  for (const { as } of parts) chmodSync(join(scratch, as), 0o444);
  expect(squares(await readFeatures(join(scratch, 'Squares.shp'), AS_IS))).toEqual(SQUARES);
});

test('closed lines of a drawing are areas, told apart by the layers they are drawn on', async () => {
  const findings = openFindings();
  const shapes = shapesOf(await readFeatures(upload('squares.dxf'), { ...AS_IS, crs: 32614 }), findings);
  expect(shapes.map(({ properties }) => properties.Layer)).toEqual(['010', '009', '002']);
  expect(findings.list()).toMatchObject([{ code: 'closed-line-as-area', count: 3 }]);
});

test('a layer of a GeoPackage in another reference system is turned into degrees', async () => {
  const source = await readFeatures(upload('geopackage-two-layers.zip'), { ...AS_IS, sourceLayer: 'sectores' });
  expect(squares(source)).toEqual(SQUARES.slice(0, 2));
  expect(source.crs.code).toBe(32614);
});

test('a GeoPackage is read from whatever folder the command was given in', async () => {
  const here = process.cwd();
  process.chdir(scratch);
  const reading = readFeatures(upload('geopackage-two-layers.zip'), { ...AS_IS, sourceLayer: 'colonias' });
  expect(squares(await reading.finally(() => process.chdir(here)))).toEqual(SQUARES);
});

describe('is refused, naming what the caller can do:', () => {
  test.each<[string, Partial<ReadOptions>, string, RegExp]>([
    ['squares-metres-without-crs.geojson', {}, 'crs', /does not say its coordinate system/],
    ['squares-metres-without-crs.geojson', { crs: 4326 }, 'crs', /EPSG:4326/],
    ['shapefile-without-prj.zip', {}, 'crs', /does not say its coordinate system/],
    ['shapefile-html-for-prj.zip', {}, 'crs', /does not say its coordinate system/],
    ['geopackage-two-layers.zip', {}, 'source-layer', /colonias, sectores/],
    ['geopackage-two-layers.zip', { sourceLayer: 'barrios' }, 'source-layer', /colonias, sectores/],
    ['two-shapefiles.zip', {}, 'source-layer', /norte, sur/],
    ['shapefile-without-prj.zip', { crs: 6372, encoding: 'klingon' }, 'encoding', /klingon/],
    ['only-a-drawing.zip', {}, 'file', /DXF/],
    ['zip-slip.zip', {}, 'file', /archive cannot be read/],
    ['link.zip', {}, 'file', /link/],
    ['missing.gpkg', {}, 'file', /ENOENT/],
  ])('%s %j', async (name, options, parameter, message) => {
    const refusal = readFeatures(upload(name), { ...AS_IS, ...options });
    await expect(refusal).rejects.toThrow(BadInput);
    await expect(refusal).rejects.toMatchObject({ parameter, message: expect.stringMatching(message) });
  });

  test.each([
    ['an empty file', 'empty.geojson', ''],
    ['a text', 'text.geojson', 'not a map'],
    ['a truncated archive', 'broken.zip', 'PK\x03\x04 and then nothing'],
    ['a GeoPackage that is none', 'none.gpkg', 'SQLite format 3\0 and then nothing'],
    ['a collection without features', 'none.geojson', '{"type":"FeatureCollection","features":[]}'],
    ['a DWG drawing', 'plano.dwg', 'AC1027'],
  ])('%s', async (_, name, content) => {
    await expect(readFeatures(written(name, content), AS_IS)).rejects.toMatchObject({ parameter: 'file' });
  });

  test('and leaves no temporary files', () => {
    expect(tmpdir()).toBe(scratch);
    expect(readdirSync(scratch).filter((name) => name.startsWith('cuadra-file-'))).toEqual([]);
  });
});

test('GeoJSON in Windows-1252 keeps its letters and says that it was guessed', async () => {
  const text = JSON.stringify({
    type: 'Feature',
    properties: { CVE: 'ñ' },
    geometry: { type: 'Point', coordinates: [1, 2] },
  });
  const source = await readFeatures(written('latin.geojson', Buffer.from(text, 'latin1')), AS_IS);
  expect(source.features[0]?.properties.CVE).toBe('ñ');
  expect(source.notes.map((note) => note.code)).toEqual(['encoding-guessed']);
});

describe('an archive is let in only', () => {
  const path = upload('two-shapefiles.zip');
  const inflate = (limits: { entries: number; bytes: number; ratio: number }) =>
    withArchive(
      path,
      async (archive) => archive.extract([{ path: 'sur.dbf', as: `${crypto.randomUUID()}.dbf` }], scratch),
      limits,
    );

  test('up to a number of entries', async () => {
    await expect(inflate({ entries: 7, bytes: 1e6, ratio: 100 })).rejects.toThrow(TooLarge);
    await expect(inflate({ entries: 8, bytes: 1e6, ratio: 100 })).resolves.toBeUndefined();
  });

  test('up to a size of what comes out of it', async () => {
    await expect(inflate({ entries: 8, bytes: 500, ratio: 100 })).rejects.toThrow(TooLarge);
  });
});

describe('GDAL is ended', () => {
  const run = (limits: { seconds: number; rssBytes: number }) =>
    convertWithGdal(
      { file: upload('squares.kml'), folder: scratch, openOptions: [], settings: {} },
      () => ({ layer: 'squares', sourceCrs: null }),
      limits,
    );

  test('when it takes too long', async () => {
    await expect(run({ seconds: 0.05, rssBytes: 1e9 })).rejects.toThrow(/longer than 0.05 s/);
  });

  test.runIf(process.platform === 'linux')('when it takes too much memory', async () => {
    await expect(run({ seconds: 60, rssBytes: 1e6 })).rejects.toThrow(/more than 1 MB/);
  });
});

const NO_WISH = { code: null, name: null, population: null };
/** Two rows with different values in every column, the second given. */
const rowsOf = (first: Properties, second: Properties = {}) => [
  first,
  {
    ...Object.fromEntries(
      Object.entries(first).map(([key, value]) => [key, typeof value === 'number' ? value + 1 : `${value}2`]),
    ),
    ...second,
  },
];

describe('the code column is', () => {
  test.each<[string, Properties[]]>([
    ['CVEGEO', rowsOf({ CVE_MUN: '002', CVEGEO: '09002', NOMGEO: 'Azcapotzalco' })],
    ['CVEUT', rowsOf({ ENT: '9', CVEDT: '2', NOMDT: 'X', CVEUT: '02-001', NOMUT: 'AGUILERA', ID: 1 }, { CVEDT: '2' })],
    ['Nomenclatu', rowsOf({ _id: 1, id: 0, Sector: 'NORTE', Cve_Sector: 3, Nomenclatu: 'P-1.4.8' })],
    ['wd11cd', rowsOf({ gid: 2167, wd11cd: 'E05001935', wd11cdo: '00HANP', wd11nm: 'Abbey' })],
    ['d_codigo', rowsOf({ id: 7, d_codigo: '01000' })],
    [
      'code',
      rowsOf({ name: 'West Harptree CP', area_code: 'CPC', unit_id: 550, code: 'E04000' }, { area_code: 'CPC' }),
    ],
    ['Clave', rowsOf({ objectid: 1, barrio: 'Centro', Clave: 'B1' })],
    ['zona', rowsOf({ fid: 1, nombre: 'Uno', zona: 'Z1' })],
    ['nombre', rowsOf({ fid: 1, nombre: 'Uno' })],
    ['id', rowsOf({ gid: 1, id: 'P-1.4.8', sector: 'SAN ANGEL' }, { sector: 'SAN ANGEL' })],
    ['fid', rowsOf({ fid: 1, sector: 'SAN ANGEL' }, { sector: 'SAN ANGEL' })],
    ['_id', rowsOf({ geo: '{"type":"Polygon"}', _id: 1 }, { geo: '{"type":"Point"}' })],
    ['_id', rowsOf({ WKT: 'POLYGON ((0 0,1 0,1 1,0 0))', _id: 1 }, { WKT: 'POLYGON ((0 0,1 0,1 2,0 0))' })],
    ['NOM', rowsOf({ CVE: '01', NOM: 'Uno' }, { CVE: null })],
  ])('%s among %j', (expected, rows) => {
    expect(chooseColumns(rows, NO_WISH).code).toEqual([expected]);
  });

  test('asked for when nothing differs in every row', () => {
    const rows = [{ sector: 'A' }, { sector: 'A' }];
    expect(() => chooseColumns(rows, NO_WISH)).toThrow(/sector/);
    expect(() => chooseColumns(rows, { ...NO_WISH, code: 'zona' })).toThrow(BadInput);
    expect(chooseColumns(rows, { ...NO_WISH, code: 'SECTOR' }).code).toEqual(['sector']);
  });

  test('several joined by + where they are wished for', () => {
    const rows = [
      { alcaldia: 'TLALPAN', colonia: 'Centro' },
      { alcaldia: 'TLAHUAC', colonia: 'Centro' },
    ];
    const { code, name } = chooseColumns(rows, { ...NO_WISH, code: 'alcaldia+colonia', name: 'colonia' });
    expect(rows.map((row) => codeOf(row, code))).toEqual(['TLALPAN/Centro', 'TLAHUAC/Centro']);
    expect(name).toBe('colonia');
    expect(codeOf({ alcaldia: 'TLALPAN', colonia: null }, code)).toBeNull();
  });

  test('never one whose digits a spreadsheet has cut', () => {
    const rows = [
      { CVEGEO: '9.01E+14', other: 'a' },
      { CVEGEO: '9.02E+14', other: 'b' },
    ];
    expect(chooseColumns(rows, NO_WISH).code).toEqual(['other']);
    expect(() => chooseColumns(rows, { ...NO_WISH, code: 'CVEGEO' })).toThrow(/spreadsheet/);
  });
});

test.each<[string | null, Properties[]]>([
  ['NOMUT', rowsOf({ NOMDT: 'AZCAPOTZALCO', CVEUT: '02-001', NOMUT: 'AGUILERA' })],
  ['wd11nm', rowsOf({ wd11cd: 'E05001935', Name: 'Abbey', wd11nm: 'Abbey' })],
  ['NOMGEO', rowsOf({ CVEGEO: '09002', NOMGEO: 'Azcapotzalco' })],
  ['colonia', rowsOf({ clave: '1', alcaldia: 'A', colonia: 'Centro' })],
  [null, [1, 2, 3].map((n) => ({ Nomenclatu: `P-${n}`, sector: 'NORTE' }))],
])('the name column is %s among %j', (expected, rows) => {
  expect(chooseColumns(rows, NO_WISH).name).toBe(expected);
});

test.each<[Properties, string | null, unknown]>([
  [{ CVEUT: 'a', SUMPOB1: 10 }, null, { column: 'SUMPOB1', year: 2020, yearAssumed: true }],
  [{ CVE: 'a', POB2010: 10 }, null, { column: 'POB2010', year: 2010, yearAssumed: false }],
  [{ CVE: 'a', 'Total usua': 10 }, null, null],
  [{ CVE: 'a', 'Total usua': 10 }, 'Total usua:2011', { column: 'Total usua', year: 2011, yearAssumed: false }],
  [{ CVE: 'a', POBTOT: 0 }, null, null],
])('the population of %j, asked for as %j, is %j', (row, wish, expected) => {
  const rows = [row, { ...row, CVE: 'b', CVEUT: 'b' }];
  expect(
    chooseColumns(rows, { ...NO_WISH, code: Object.keys(row)[0]!, population: wish }).populations[0] ?? null,
  ).toEqual(expected);
});

test('a population without a year is asked for it', () => {
  const rows = rowsOf({ CVE: 'a', gente: 5 });
  expect(() => chooseColumns(rows, { ...NO_WISH, population: 'gente' })).toThrow(/gente:YEAR/);
});

test('withheld figures are no number, and codes lose padding but no zeros', () => {
  expect(['*', 'N/D', '', null, -1, '1,234', 12.6, '7'].map((value) => residentsOf(value))).toEqual([
    null,
    null,
    null,
    null,
    null,
    1234,
    13,
    7,
  ]);
  expect(['  0012 ', 'a\0\0', '', ' ', null, 7].map(cellText)).toEqual(['0012', 'a', null, null, null, '7']);
});

describe('a polygon', () => {
  const square = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ];
  const polygon = (...rings: unknown[]): Geometry => ({ type: 'Polygon', coordinates: rings });

  test('with an open ring is closed', () => {
    expect(polygonsOf(polygon(square.slice(0, 4)))).toEqual({ rejected: null, parts: [[square]], closed: true });
  });

  test('loses heights, and holes that are no rings', () => {
    const tall = square.map(([x, y]) => [x, y, 2240]);
    expect(
      polygonsOf(
        polygon(tall, [
          [0.5, 0.5],
          [0.6, 0.6],
          [0.5, 0.5],
        ]),
      ),
    ).toEqual({
      rejected: null,
      parts: [[square]],
      closed: false,
    });
  });

  test('is taken out of a collection, lines are not', () => {
    const line = {
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    };
    const collection = { type: 'GeometryCollection', geometries: [line, polygon(square)] };
    expect(polygonsOf(collection)).toMatchObject({ parts: [[square]] });
    expect(polygonsOf(line)).toEqual({ rejected: 'geometry-type' });
    expect(linesOf(collection)).toMatchObject({
      parts: [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    });
  });

  test.each<[string, Geometry | null]>([
    ['geometry-missing', null],
    ['geometry-empty', { type: 'MultiPolygon', coordinates: [] }],
    ['geometry-empty', polygon()],
    [
      'geometry-empty',
      polygon([
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'coordinates-not-finite',
      polygon([
        [0, 0],
        [1, Number.NaN],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'coordinates-not-finite',
      polygon([
        [0, 0],
        [null, 1],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'coordinates-not-degrees',
      polygon([
        [0, 0],
        [1e308, 1],
        [1, 1],
        [0, 0],
      ]),
    ],
    [
      'coordinates-not-degrees',
      polygon([
        [19, -99],
        [19, -98],
        [20, -98],
        [19, -99],
      ]),
    ],
  ])('is rejected: %s', (reason, geometry) => {
    expect(polygonsOf(geometry)).toEqual({ rejected: reason });
  });
});
