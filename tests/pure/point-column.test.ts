// A point in one column: the ways it is written, which column it is, and what is no point.

import { expect, test } from 'vitest';
import { refuseDoubtedPoints } from '../../server/reading/doubted-points.ts';
import { splitPoint, withPointColumn } from '../../server/reading/point-column.ts';
import { openPoints } from '../../server/reading/read-point.ts';

test.each([
  ['POINT (-58.41 -34.62)', '-58.41', '-34.62'],
  ['SRID=4326;POINT(-58.41 -34.62)', '-58.41', '-34.62'],
  ['point z (-58.41 -34.62 12.5)', '-58.41', '-34.62'],
  ['(-34.62, -58.41)', '-58.41', '-34.62'],
  ['AV. RIVADAVIA 4800\nBUENOS AIRES\n(-34.62, -58.41)', '-58.41', '-34.62'],
  ['-34.62,-58.41', '-58.41', '-34.62'],
  ['-34.62 -58.41', '-58.41', '-34.62'],
  ['-34.62° , -58.41°', '-58.41', '-34.62'],
  ['-34,62; -58,41', '-58,41', '-34,62'],
  ['-34,62, -58,41', '-58,41', '-34,62'],
  ['{"type":"Point","coordinates":[-58.41,-34.62]}', '-58.41', '-34.62'],
  ["{'longitude': '-58.41', 'human_address': '', 'latitude': '-34.62'}", '-58.41', '-34.62'],
  ['{"lat": -34.62, "lng": -58.41}', '-58.41', '-34.62'],
  ['Latitud: -34.62, Longitud: -58.41', '-58.41', '-34.62'],
  [`34°37'12"S 58°24'36"W`, `58°24'36"W`, `34°37'12"S`],
  ['W58 24 36, S34 37 12', 'W58 24 36', 'S34 37 12'],
  ['34.62S58.41W', '58.41W', '34.62S'],
  ['0101000020E610000000000000000024400000000000003440', '10', '20'],
])('the point of %j is read', (cell, lon, lat) => {
  expect(splitPoint(cell)).toEqual({ lon, lat });
});

test.each([
  'AV. RIVADAVIA 4800',
  '',
  "{'latitude': '', 'longitude': ''}",
  'lat: -34,62, lon: -58,41',
  '12',
  'LINESTRING (1 2, 3 4)',
  '1,2',
  '(a, b)',
])('%j holds no point', (cell) => {
  expect(splitPoint(cell)).toBeNull();
});

const rows = (...cells: string[]) => cells.map((cell, i) => ({ line: i + 2, cells: ['2024-01-05', 'ROBO', cell] }));
const columnsOf = (place: boolean) => ({
  width: 3,
  fields: {
    date: { index: 0, name: 'fecha' },
    offence: { index: 1, name: 'delito' },
    ...(place ? { place: { index: 2, name: 'Location' } } : {}),
  },
  personal: [],
});

test('a column of points is taken by its name and its cells, and is no place in words', () => {
  const header = ['fecha', 'delito', 'Location'];
  const found = withPointColumn(columnsOf(true), header, rows('(-34.6, -58.4)', '', '(-34.7, -58.5)'), {});
  expect(found.fields.point).toEqual({ index: 2, name: 'Location' });
  expect(found.fields.place).toBeUndefined();
  expect(withPointColumn(columnsOf(true), header, rows('PARQUE', '(-34.7, -58.5)'), {}).fields.point).toBeUndefined();
  expect(withPointColumn(columnsOf(true), header, rows('(1, 2)'), { location: 'place' }).fields.place).toBeDefined();
  for (const name of ['the_geom', 'Georeferencia', 'geo_point_2d', 'Coordenadas', 'WKT', 'Lat_Lon', 'Ubicación'])
    expect(withPointColumn(columnsOf(false), ['a', 'b', name], rows('-34.6,-58.4'), {}).fields.point?.name).toBe(name);
});

test('the point of one column is checked as two columns are, and its axes set right by the bounds', () => {
  const told: string[] = [];
  const fields = { point: { index: 0, name: 'punto' } };
  const read = openPoints({ width: 1, fields, personal: [] }, [-58.6, -34.8, -58.3, -34.5], (code) => told.push(code));
  expect(read(['-34.62, -58.41'])).toMatchObject({ lon: -58.41, lat: -34.62 });
  expect(read(['-58.41, -34.62'])).toMatchObject({ lon: -58.41, lat: -34.62 });
  for (const cell of ['(0, 0)', 'calle sin número', 'POINT EMPTY', 'N/A', '(34.62, -58.41)']) read([cell]);
  expect(told).toEqual(['axes-swapped', 'coordinates-zero', 'coordinates-unreadable', 'coordinates-sign']);
});

test('more than one in a hundred doubtful points are a question, few of them or empty cells are none', () => {
  const notes = (count: number) => [
    { code: 'coordinates-zero', count, example: '0, 0' },
    { code: 'coordinates-far', count: 2, example: '3, 50' },
    { code: 'axes-swapped', count: 90, example: '1, 2' },
  ];
  expect(() => refuseDoubtedPoints({ read: 500, notes: notes(3), pointColumns: [] })).not.toThrow();
  expect(() => refuseDoubtedPoints({ read: 500, notes: notes(4), pointColumns: [] })).toThrow(
    '6 of 500 rows have a doubtful point or none that can be used: coordinates-zero 4 (0, 0); coordinates-far 2 (3, 50); look at the columns, and say --confirm-points to store them so',
  );
});
