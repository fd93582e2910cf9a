// What sources write as coordinates: a point kept to the last digit, no point, or a doubt that is named.

import { expect, test } from 'vitest';
import type { Bounds } from '../../server/geometry/contract.ts';
import { recordHash } from '../../server/reading/batch.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { readPoint } from '../../server/reading/read-point.ts';
import { watchPiles } from '../../server/reading/stray-points.ts';

const TOWN: Bounds = [-99.2, 19.3, -99, 19.5];

test.for([
  ['NA', 'NA', null],
  ['', '', null],
  ['(NO ESPECIFICADO)', 'sin registro', null],
  ['0', '0', 'coordinates-zero'],
  ['3.1e-7', '-0.0000004', 'coordinates-zero'],
  ['0', '19.4', 'coordinates-zero'],
  ['-99.1', '2e-9', 'coordinates-zero'],
  ['0', '-90', 'coordinates-zero'],
  ['-1', '-1', 'coordinates-placeholder'],
  ['88', '88', 'coordinates-placeholder'],
  ['-117.25', '90', 'coordinates-placeholder'],
  ['-99.1', '', 'coordinates-incomplete'],
  ['-99.1', 'x', 'coordinates-unreadable'],
  ['-99.1', '1e400', 'coordinates-unreadable'],
  ['999', '999', 'coordinates-out-of-world'],
  ['485123.2', '2147123.9', 'coordinates-out-of-world'],
])('no point comes of %s, %s', ([lon, lat, note]) => {
  for (const bounds of [TOWN, null]) expect(readPoint(lon!, lat!, bounds)).toEqual({ lon: null, lat: null, note });
});

test.for([
  ['99.1', '19.4', 'coordinates-sign'],
  ['99.1', '-19.4', 'coordinates-sign'],
  ['-89.62', '20.97', 'coordinates-far'],
  ['-100.2325', '19.4', 'coordinates-far'],
])('%s, %s is kept as delivered, and named', ([lon, lat, note]) => {
  expect(readPoint(lon!, lat!, TOWN)).toEqual({ lon: Number(lon), lat: Number(lat), note });
});

test('a city on the meridian or on the equator keeps its points there', () => {
  expect(readPoint('0.0000001', '51.4779', [-0.5, 51.2, 0.4, 51.7])).toEqual({ lon: 1e-7, lat: 51.4779, note: null });
  expect(readPoint('-78.45', '0', [-78.6, -0.4, -78.3, 0.1])).toEqual({ lon: -78.45, lat: 0, note: null });
});

test('axes are swapped only when the point makes sense the other way round and not as written', () => {
  const swapped = { lon: -99.1, lat: 19.4, note: 'axes-swapped' };
  expect(readPoint('19.4', '-99.1', TOWN)).toEqual(swapped);
  expect(readPoint('19.4', '-99.1', null)).toEqual(swapped);
  const bath: Bounds = [-2.7, 51.2, -2.2, 51.5];
  expect(readPoint('51.41', '-2.51', bath)).toEqual({ lon: -2.51, lat: 51.41, note: 'axes-swapped' });
  expect(readPoint('51.41', '-2.51', null)).toEqual({ lon: 51.41, lat: -2.51, note: null });
  expect(readPoint('-99,12345678', '19,4', TOWN)).toEqual({ lon: -99.12345678, lat: 19.4, note: null });
});

test.each([
  [`99°7'30"W`, `19°24'0"N`],
  ['99 07 30 O', '19 24 00 N'],
  ['W 99° 7.5\u2032', 'N 19° 24\u2032'],
  ['99.125W', '19.4N'],
  ['99,125 Oeste', '19,4 Norte'],
  [`-99°07'30"`, `19°24'`],
])('%s, %s is degrees with decimals, which is told', (lon, lat) => {
  let told = 0;
  const read = readPoint(lon, lat, TOWN, null, () => told++);
  expect([read.lon!.toFixed(9), read.lat!.toFixed(9), read.note, told]).toEqual([
    '-99.125000000',
    '19.400000000',
    null,
    1,
  ]);
  const letters = /[NWO]/.test(lon);
  expect(readPoint(lat, lon, TOWN).note).toBe('axes-swapped');
  // Two of one axis are no point.
  if (letters) expect(readPoint(lon, lon, TOWN)).toMatchObject({ lon: null, note: 'coordinates-unreadable' });
});

test('minutes of sixty and more, and a letter against its sign, are no degrees', () => {
  for (const lon of [`99°75'W`, '-99.1 E', '99 7.5 30 W', '99W30N'])
    expect(readPoint(lon, '19.4', TOWN).note).toBe('coordinates-unreadable');
});

test('coordinates are kept to the last digit, and a digit below a centimetre makes no other record', () => {
  const exact = readPoint('-99.13320799999998', '19.432607700000002', TOWN);
  expect(exact).toEqual({ lon: -99.13320799999998, lat: 19.432607700000002, note: null });
  const incident: Incident = {
    line: 1,
    key: null,
    occurredOn: '2024-05-06',
    minuteOfDay: null,
    datePrecision: 'day',
    untilOn: null,
    untilMinute: null,
    reportedOn: null,
    reportedMinute: null,
    offence: 'generic.x',
    label: 'x',
    lon: exact.lon,
    lat: exact.lat,
    placeText: null,
    placeParts: null,
  };
  expect(recordHash({ ...incident, lon: -99.133208, lat: 19.4326077 })).toBe(recordHash(incident));
  expect(recordHash({ ...incident, lon: -99.1332081 })).not.toBe(recordHash(incident));
});

test('a point that many rows share and points of two decimals are told; streets with many records are not', () => {
  const told = (points: readonly (readonly [number, number])[]) => {
    const piles = watchPiles();
    for (const [lon, lat] of points) piles.add(lon, lat);
    return piles.notes();
  };
  const many = (count: number, of: (i: number) => readonly [number, number]) =>
    Array.from({ length: count }, (_, i) => of(i));
  const city = many(200, (i) => [-74.08123 - i / 7000, 4.60817 + (i % 13) / 900]);
  expect(told(city)).toEqual([]);
  // A street corner of every tenth record, twice over, is how crime is.
  expect(told([...city, ...many(80, (i) => [-74.1 - (i % 3) / 997, 4.61873])])).toEqual([]);
  expect(told([...city, ...many(35, () => [-74.07209, 4.71099])])).toEqual([
    { code: 'points-piled', count: 35, example: '-74.07209, 4.71099' },
  ]);
  expect(told(many(40, (i) => [-74 - (i % 9) / 100, 4.6 + (i % 7) / 100]))).toEqual([
    { code: 'points-coarse', count: 40, example: '-74, 4.6' },
  ]);
});
