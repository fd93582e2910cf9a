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
    unpackTo: folder,
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
    for await (const each of items) read.push(JSON.parse(each));
    expect(read).toEqual(odd);
    expect(JSON.parse(around())).toMatchObject({ name: 'features', features: [], last: '"features":[{}]' });
  }
});
