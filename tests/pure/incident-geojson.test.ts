// Incidents delivered as points of GeoJSON: properties are columns, the point is the place, and nothing is lost on the way.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { detectFile } from '../../server/imports/detect.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import type { Reject } from '../../server/reading/map-rows.ts';
import { jsonItems } from '../../server/tables/json-items.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { zipOf } from '../support/zip.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-test-points-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function read(name: string, content: string | Buffer, map: Record<string, string> = {}) {
  const file = openIncidentFile(written(name, content), {
    preset: 'generic',
    map,
    bounds: null,
    taxonomy,
    unpackTo: mkdtempSync(join(folder, 'zip-')),
  });
  const incidents: Incident[] = [];
  const rejects: Reject[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects);
  }
  return { incidents, rejects, notes: file.notes(), columns: file.columns() };
}

const feature = (
  n: number,
  more: object = {},
  geometry: unknown = { type: 'Point', coordinates: [Number((-99.1 - n / 1000).toFixed(3)), 19.4] },
) => ({
  type: 'Feature',
  properties: { id: `g${n}`, fecha: `2024-05-0${n}`, hora: '10:30', delito: 'Extorsión', ...more },
  geometry,
});
const collection = (features: readonly unknown[], more: object = {}) =>
  JSON.stringify({ type: 'FeatureCollection', ...more, features });
const THREE = [1, 2, 3].map((n) => feature(n));
const places = (incidents: readonly Incident[]) => incidents.map(({ lon, lat }) => `${lon} ${lat}`);
const HERE = ['-99.101 19.4', '-99.102 19.4', '-99.103 19.4'];

describe('the three incidents come out of', () => {
  test.each<[string, string, string | Buffer]>([
    ['a collection', 'a.geojson', collection(THREE)],
    ['one printed over many lines', 'b.json', JSON.stringify(JSON.parse(collection(THREE)), null, 2)],
    [
      'one with its system behind',
      'c.geojson',
      `{"features":${JSON.stringify(THREE)},"type":"FeatureCollection","name":"features"}`,
    ],
    ['a feature on every line', 'd.geojsonl', THREE.map((each) => JSON.stringify(each)).join('\n')],
    ['lines with record separators', 'e.geojsons', THREE.map((each) => `\u001e${JSON.stringify(each)}\n`).join('')],
    ['a bare list', 'f.json', JSON.stringify(THREE)],
    ['a gzipped one', 'g.geojson.gz', gzipSync(collection(THREE))],
    ['one in a zip', 'h.zip', zipOf({ 'entrega/puntos.geojson': collection(THREE) })],
    ['plain JSON in a zip', 'h2.zip', zipOf({ 'puntos.json': collection(THREE) })],
    ['records on lines in a zip', 'h3.zip', zipOf({ 'p.jsonl': THREE.map((each) => JSON.stringify(each)).join('\n') })],
    ['a gzipped one in a zip', 'h4.zip', zipOf({ 'p.geojson.gz': gzipSync(collection(THREE)) })],
    ['one with a byte-order mark', 'i.geojson', `\uFEFF${collection(THREE)}`],
    [
      'points of one in a set',
      'j.geojson',
      collection(
        THREE.map((each) => ({
          ...each,
          geometry: { type: 'MultiPoint', coordinates: [(each.geometry as { coordinates: unknown }).coordinates] },
        })),
      ),
    ],
    [
      'what map services answer',
      'k.json',
      JSON.stringify({
        spatialReference: { wkid: 4326 },
        features: THREE.map(({ properties, geometry }) => ({
          attributes: properties,
          geometry: { x: (geometry as { coordinates: number[] }).coordinates[0], y: 19.4 },
        })),
      }),
    ],
  ])('%s', async (_, name, content) => {
    const { incidents, rejects, columns } = await read(name, content);
    expect(rejects).toEqual([]);
    expect(places(incidents)).toEqual(HERE);
    expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2024-05-01', '2024-05-02', '2024-05-03']);
    expect(columns).toMatchObject({ key: 'id', date: 'fecha', offence: 'delito', point: 'geometry.coordinates' });
  });

  test('a list of plain records, which have no point', async () => {
    const { incidents } = await read(
      'plain.json',
      JSON.stringify(THREE.map(({ properties }) => ({ ...properties, longitud: '-99.1', latitud: 19.4 }))),
    );
    expect(places(incidents)).toEqual(Array(3).fill('-99.1 19.4'));
  });
});

test('the point of a feature goes before columns of coordinates, unless somebody chooses those', async () => {
  const content = collection(
    THREE.map((each) => ({ ...each, properties: { ...each.properties, lon: -99.5, lat: 19.9 } })),
  );
  expect(places((await read('both.geojson', content)).incidents)).toEqual(HERE);
  const chosen = await read('both.geojson', content, { lon: 'lon', lat: 'lat' });
  expect(places(chosen.incidents)).toEqual(Array(3).fill('-99.5 19.9'));
});

test('moments, long numbers and texts with quotes stay what they are', async () => {
  const text = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":12345678901234567890,"fecha":1705375800000,"delito":"HURTO \\"menor\\" \\\\ {[","lugar":null},"geometry":{"type":"Point","coordinates":[-3.7,40.42,650]}}]}`;
  const { incidents } = await read('odd.geojson', text);
  // 16 January 2024, 03:30 UTC.
  expect(incidents).toMatchObject([
    { key: '12345678901234567890', occurredOn: '2024-01-16', lon: -3.7, lat: 40.42, label: 'HURTO "menor" \\ {[' },
  ]);
});

test('features without a point are kept without a place, others told', async () => {
  const line = {
    type: 'LineString',
    coordinates: [
      [-99, 19],
      [-99.1, 19],
    ],
  };
  const features = [...THREE, feature(4, {}, null), feature(5, {}, line), feature(6, { turno: 'noche' })];
  const { incidents, notes } = await read('mixed.geojson', collection(features));
  expect(incidents).toHaveLength(6);
  expect(incidents.filter(({ lon }) => lon === null)).toHaveLength(2);
  expect(notes).toContainEqual({ code: 'not-a-point', count: 1, example: 'LineString' });
});

test('a file cut by the server that wrote it says so, and so do columns that come late', async () => {
  const many = Array.from({ length: 2100 }, (_, i) => feature(1 + (i % 9), i < 2050 ? {} : { turno: 'noche' }));
  const { incidents, notes } = await read('late.geojson', collection(many, { exceededTransferLimit: true }));
  expect(incidents).toHaveLength(2100);
  expect(notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['columns-late', 'cut-by-server']));
  expect(notes.find(({ code }) => code === 'columns-late')?.example).toBe('turno');
});

const record = (n: number, more: object = {}) => ({ id: `r${n}`, fecha: `2024-06-0${n}`, delito: 'Fraude', ...more });
const TWO = [record(1), record(2, { lon: '-99.1', lat: '19.4' })];

describe('records are found in what a service answers:', () => {
  test.each<[string, object, string]>([
    ['a list under its name', { incidents: TWO }, 'incidents: 2'],
    ['a list deep inside', { status: 'ok', data: { total: 2, rows: TWO } }, 'data.rows: 2'],
    [
      'a CKAN answer, whose columns are a list as well',
      { success: true, result: { fields: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], records: TWO, total: 2 } },
      'result.records: 2, result.fields: 3',
    ],
    ['a map in an envelope', { response: { type: 'FeatureCollection', features: THREE } }, 'response.features: 3'],
    ['much beside one long list', { stations: [{ id: 1 }], items: [...TWO, record(3)] }, 'items: 3, stations: 1'],
  ])('%s', async (_, content, told) => {
    const text = JSON.stringify(content, null, 1);
    const { incidents, rejects, notes } = await read('wrapped.json', text);
    expect(rejects).toEqual([]);
    expect(incidents.map(({ key }) => key?.slice(1))).toEqual(['1', '2', '3'].slice(0, incidents.length));
    expect(notes.find(({ code }) => code === 'json-list')).toEqual({ code: 'json-list', count: 1, example: told });
  });

  test('a record on every line keeps the lists it holds', async () => {
    const lines = TWO.map((each) => JSON.stringify({ ...each, victims: [{ age: 20 }, { age: 30 }] }));
    const { incidents, notes } = await read('lines.json', lines.join('\n'));
    expect(incidents.map(({ key }) => key)).toEqual(['r1', 'r2']);
    expect(notes.map(({ code }) => code)).not.toContain('json-list');
  });

  test.each<[string, unknown, RegExp]>([
    ['two lists as long', { a: TWO, b: TWO }, /several lists \(a: 2, b: 2\)/],
    ['columns instead of records', { fecha: ['2024-06-01'], delito: ['Fraude'] }, /no list of records/],
    ['rows without names', { meta: {}, data: [['2024-06-01', 'Fraude']] }, /no list of records/],
    ['rows under numbers', { 0: record(1), 1: record(2) }, /no list of records/],
    ['a table of lists', [['fecha'], ['2024-06-01']], /no list of records/],
    ['an empty answer', { incidents: [] }, /no list of records/],
  ])('%s: refused', async (_, content, message) => {
    await expect(read('no-list.json', JSON.stringify(content))).rejects.toMatchObject({
      parameter: 'file',
      message: expect.stringMatching(message),
    });
  });
});

test('what stands among features and records and is none is rejected by its number', async () => {
  const geometry = { type: 'Point', coordinates: [-99.1, 19.4] };
  const among = await read('among.geojson', collection([null, 7, THREE[0], geometry, {}, 'x', [THREE[2]], THREE[1]]));
  expect(among.incidents.map(({ line, key }) => `${line} ${key}`)).toEqual(['3 g1', '8 g2']);
  expect(among.rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual(
    [1, 2, 4, 5, 6, 7].map((line) => `${line} no-record`),
  );
  const list = await read('among.json', JSON.stringify([null, TWO[0], true, TWO[1]], null, 2));
  expect([list.incidents.map(({ line }) => line), list.rejects.map(({ line }) => line)]).toEqual([
    [2, 4],
    [1, 3],
  ]);
});

test.each<[string, unknown, string, string | null]>([
  ['texts', { type: 'Point', coordinates: ['-99.5', ' 19,25'] }, '-99.5 19.25', null],
  ['texts of a service', { x: '-99.5', y: '19.25' }, '-99.5 19.25', null],
  [
    'a set of one, twice',
    {
      type: 'MultiPoint',
      coordinates: [
        [-99.5, 19.25],
        [-99.5, 19.25],
      ],
    },
    '-99.5 19.25',
    null,
  ],
  [
    'a collection of one',
    { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [-99.5, 19.25] }] },
    '-99.5 19.25',
    null,
  ],
  [
    'a set of two',
    {
      type: 'MultiPoint',
      coordinates: [
        [-99.5, 19.25],
        [-99, 19],
      ],
    },
    'null null',
    'not-a-point MultiPoint (2)',
  ],
  ['words', { type: 'Point', coordinates: ['aquí', 'allá'] }, 'null null', 'coordinates-unreadable ["aquí","allá"]'],
  ['one number', { type: 'Point', coordinates: [-99.5] }, 'null null', 'coordinates-unreadable [-99.5]'],
  ['nothing', { type: 'Point', coordinates: [null, null] }, 'null null', null],
])('a point of %s is read where it is certain, else told', async (_, geometry, place, told) => {
  const { incidents, notes } = await read('odd-point.geojson', collection([...THREE, feature(4, {}, geometry)]));
  expect(places(incidents).at(-1)).toBe(place);
  const of = notes
    .filter(({ code }) => /point|coordinates/.test(code))
    .map(({ code, example }) => `${code} ${example}`);
  expect(of).toEqual(told === null ? [] : [told]);
});

test('points that are all unreadable are told, not left out', async () => {
  const { notes } = await read('words.geojson', collection([feature(1, {}, { type: 'Point', coordinates: 'aquí' })]));
  expect(notes).toContainEqual({ code: 'coordinates-unreadable', count: 1, example: '"aquí"' });
});

describe('is refused, saying why:', () => {
  test.each<[string, string, RegExp]>([
    [
      'a map of areas',
      collection([
        feature(1, {}, { type: 'Polygon', coordinates: [[[0, 1]]] }),
        feature(2, {}, { type: 'Polygon', coordinates: [[[0, 0]]] }),
      ]),
      /no points but Polygon/,
    ],
    [
      'points in metres',
      collection(THREE, { crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::25830' } } }),
      /EPSG::25830: save it again in WGS 84/,
    ],
    [
      'points of a service in metres',
      JSON.stringify({ spatialReference: { wkid: 102100, latestWkid: 3857 }, features: [] }).replace(
        '[]',
        JSON.stringify(THREE),
      ),
      /EPSG:3857/,
    ],
    ['a file that is cut', collection(THREE).slice(0, -40), /cut/],
    ['a feature with a fault', collection(THREE).replace('"hora":', 'hora:'), /feature 1 is not well-formed/],
  ])('%s', async (_, content, message) => {
    await expect(read('refused.geojson', content)).rejects.toMatchObject({
      parameter: 'file',
      message: expect.stringMatching(message),
    });
  });
});

test('it is recognised by its columns before it is imported', async () => {
  const seen = await detectFile(written('seen.geojson', collection(THREE)), {
    unpackTo: folder,
    sheet: null,
    bounds: null,
    taxonomy,
  });
  expect(seen).toMatchObject({ preset: 'generic', headerLine: 1, delimiter: null });
  expect(seen.columns.map(({ name, field }) => `${name} ${field}`)).toContain('geometry.coordinates point');
  expect(seen.examples[0]).toMatchObject({ line: 1, incident: { lon: -99.101, lat: 19.4 } });
});

test('however the pieces of a file are cut, its features are the same', async () => {
  const odd = [
    { a: '}]{["\\', b: { features: [1, { c: 2 }] } },
    { a: 'ñ"', b: [] },
  ];
  const text = JSON.stringify({ name: 'features', 'x\\"': 1, features: odd, last: '"features":[{}]' }, null, 1);
  for (let size = 1; size < text.length; size++) {
    async function* pieces() {
      for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
    }
    const { items, around } = jsonItems(pieces());
    const read: unknown[] = [];
    for await (const each of items) read.push(JSON.parse(each!));
    expect(read).toEqual(odd);
    expect(JSON.parse(around())).toMatchObject({ name: 'features', features: [], last: '"features":[{}]' });
  }
});

test('what describes the data of a zip is named and not read; one table in two forms is refused', async () => {
  const csv = 'fecha,delito\n2024-05-01,Extorsión\n';
  const { incidents, notes } = await read(
    'm.zip',
    zipOf({ 'a.csv': csv, 'metadata.json': '{"a":[{"b":1}]}', 'colonias.shp': 'x', 'leame.pdf': 'x' }),
  );
  expect(incidents).toHaveLength(1);
  expect(notes).toContainEqual({ code: 'files-left-out', count: 2, example: 'colonias.shp, metadata.json' });
  const twice = read('n.zip', zipOf({ 'a.csv': csv, 'a.geojson': collection(THREE) }));
  await expect(twice).rejects.toThrow('the archive holds one table in several forms (a.csv, a.geojson)');
});

test('a file that stands twice in a zip is read once, and the other is named', async () => {
  const csv = 'fecha,delito\n2024-05-01,Extorsión\n';
  const other = 'fecha,delito\n2024-05-02,Extorsión\n';
  const { incidents, notes } = await read('o.zip', zipOf({ 'a.csv': csv, 'copia/a.csv': csv, 'b.csv': other }));
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2024-05-01', '2024-05-02']);
  expect(notes).toContainEqual({ code: 'files-left-out', count: 1, example: 'a.csv' });
});

test('a description that stands first in a zip hides nothing else that was not read', async () => {
  const csv = 'fecha,delito\n2024-05-01,Extorsión\n';
  const named = async (description: string, text: string) => {
    const files = { [description]: text, 'carpetas.csv': csv, 'copia/carpetas.csv': csv, 'febrero.xls': 'x' };
    const { incidents, notes } = await read('s.zip', zipOf(files));
    expect(incidents).toHaveLength(1);
    return notes.filter(({ code }) => code === 'files-left-out').map(({ count, example }) => [count, example]);
  };
  const others = [2, 'febrero.xls, carpetas.csv'];
  expect(await named('LEEME.txt', 'Datos abiertos.\nSaludos.\n')).toEqual([others, [1, 'LEEME.txt']]);
  expect(await named('LEEME.txt', 'Datos abiertos.\n'.repeat(30))).toEqual([others, [1, 'LEEME.txt']]);
  expect(await named('LEEME.txt', '')).toEqual([others, [1, 'LEEME.txt']]);
  expect(await named('notas.txt', 'Datos abiertos.\n')).toEqual([others, [1, 'notas.txt']]);
});

test('a text or a dictionary beside the data of a zip is left out by name; data in other columns is refused', async () => {
  const csv = 'fecha,delito\n2024-05-01,Extorsión\n';
  const dictionary = 'campo,descripción\nfecha,día del hecho\ndelito,lo que pasó\n';
  const { incidents, notes } = await read(
    'p.zip',
    zipOf({ 'a.csv': csv, 'diccionario.csv': dictionary, 'LEAME.txt': 'Datos abiertos.\nSaludos.\n' }),
  );
  expect(incidents).toHaveLength(1);
  expect(notes.filter(({ code }) => code === 'files-left-out').map(({ example }) => example)).toEqual([
    'LEAME.txt',
    'diccionario.csv',
  ]);
  const other = 'cuando,que\n2024-06-01,Extorsión\n';
  await expect(read('q.zip', zipOf({ 'a.csv': csv, 'b.csv': other }))).rejects.toThrow('no column for date, offence');
  await expect(read('r.zip', zipOf({ 'diccionario.csv': dictionary }))).rejects.toThrow('no column for date, offence');
});
