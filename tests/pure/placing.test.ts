// Points on areas and segments, against answers worked out by hand.

import { expect, test } from 'vitest';
import { projection } from '../../server/geometry/projection.ts';
import { readWkb } from '../../server/geometry/read-wkb.ts';
import { areaIndex, type IndexedArea } from '../../server/placing/area-index.ts';
import { mayPlaceOnStreets } from '../../server/placing/place.ts';
import { type IndexedSegment, segmentIndex } from '../../server/placing/segment-index.ts';

const ring = (...corners: [number, number][]) => Float64Array.from([...corners, corners[0]!].flat());
const box = (x0: number, y0: number, x1: number, y1: number) => ring([x0, y0], [x1, y0], [x1, y1], [x0, y1]);
const area = (placeId: number, ...polygons: Float64Array[][]): IndexedArea => ({ placeId, polygons });

test('a point inside, outside, on an edge and on a corner of a square', () => {
  const { find } = areaIndex([area(7, [box(0, 0, 4, 4)])]);
  expect(find(1, 1)).toBe(7);
  expect(find(5, 1)).toBe(0);
  expect(find(4, 1)).toBe(7);
  expect(find(0, 0)).toBe(7);
  expect(find(4, 4)).toBe(7);
  expect(find(2, 4)).toBe(7);
  expect(find(Number.NaN, 1)).toBe(0);
  expect(find(1, Number.POSITIVE_INFINITY)).toBe(0);
});

test('a hole is outside and its edge is inside', () => {
  const { find } = areaIndex([area(1, [box(0, 0, 10, 10), box(4, 4, 6, 6)])]);
  expect(find(5, 5)).toBe(0);
  expect(find(4, 5)).toBe(1);
  expect(find(6, 6)).toBe(1);
  expect(find(3, 5)).toBe(1);
});

test('an island inside the hole of its own multipolygon belongs to it', () => {
  const { find } = areaIndex([area(1, [box(0, 0, 10, 10), box(2, 2, 8, 8)], [box(4, 4, 6, 6)])]);
  expect(find(5, 5)).toBe(1);
  expect(find(3, 5)).toBe(0);
  expect(find(1, 5)).toBe(1);
});

test('parts of a multipolygon far apart are one place, and the space between them is none', () => {
  const { find } = areaIndex([area(3, [box(0, 0, 1, 1)], [box(100, 0, 101, 1)])]);
  expect(find(0.5, 0.5)).toBe(3);
  expect(find(100.5, 0.5)).toBe(3);
  expect(find(50, 0.5)).toBe(0);
});

test('on a shared border and in an overlap the lowest place_id wins, however they are listed', () => {
  const left = area(2, [box(0, 0, 5, 5)]);
  const right = area(1, [box(5, 0, 10, 5)]);
  const over = area(3, [box(4, 0, 6, 5)]);
  for (const areas of [
    [left, right, over],
    [over, right, left],
  ]) {
    const { find } = areaIndex(areas);
    expect(find(5, 2)).toBe(1);
    expect(find(4.5, 2)).toBe(2);
    expect(find(5.5, 2)).toBe(1);
  }
});

test('an area wholly inside another is found only where its number is lower', () => {
  const inner = box(40, 40, 60, 60);
  const outer = box(0, 0, 100, 100);
  expect(areaIndex([area(1, [inner]), area(2, [outer])]).find(50, 50)).toBe(1);
  expect(areaIndex([area(2, [inner]), area(1, [outer])]).find(50, 50)).toBe(1);
  expect(areaIndex([area(1, [inner]), area(2, [outer])]).find(10, 10)).toBe(2);
});

test('crossings are counted right where the ray passes exactly through corners', () => {
  // A diamond and a crown: the ray to the right from (1, 2) meets corners at y = 2.
  const diamond = area(1, [ring([2, 0], [4, 2], [2, 4], [0, 2])]);
  const crown = area(2, [ring([10, 0], [18, 0], [18, 4], [16, 2], [14, 4], [12, 2], [10, 4])]);
  const { find } = areaIndex([diamond, crown]);
  expect(find(1, 2)).toBe(1);
  expect(find(-1, 2)).toBe(0);
  expect(find(6, 2)).toBe(0);
  expect(find(11, 2)).toBe(2);
  expect(find(12, 2)).toBe(2);
  expect(find(12, 3)).toBe(0);
  expect(find(14, 3)).toBe(2);
  expect(find(14, 4)).toBe(2);
});

test('a point the width of a rounding error beside a slanted edge is on the side it is on', () => {
  // The edge from (0, 0) to (3, 1) passes the double 0.1 at y = 0.1 / 3, which no double is.
  const { find } = areaIndex([area(1, [ring([0, 0], [3, 1], [0, 1])])]);
  const y = 0.1 / 3;
  const step = 2 ** -57;
  expect(find(0.1, y + step)).toBe(1);
  expect(find(0.1, y - step)).toBe(0);
});

test('no areas and an area without corners find nothing', () => {
  expect(areaIndex([]).find(0, 0)).toBe(0);
  expect(areaIndex([area(1)]).find(0, 0)).toBe(0);
});

const plane = (x: number, y: number, out: Float64Array, at: number) => {
  out[at] = x;
  out[at + 1] = y;
};
const segment = (placeId: number, ...line: number[]): IndexedSegment => ({ placeId, line: Float64Array.from(line) });

test('the nearest segment is found by its line, not by its ends or its box', () => {
  const { find } = segmentIndex([segment(1, 0, 0, 100, 100), segment(2, 70, 20, 90, 20)], { project: plane });
  expect(find(60, 20)).toBe(2); // 10 m from 2, 28 m from 1, inside the box of 1
  expect(find(40, 30)).toBe(1); // 7 m from 1
  expect(find(110, 100)).toBe(1); // 10 m beyond its end
});

test('reach is 60 m unless set, and a point exactly at it is still on the street', () => {
  const street = [segment(5, 0, 0, 100, 0)];
  expect(segmentIndex(street, { project: plane }).find(50, 60)).toBe(5);
  expect(segmentIndex(street, { project: plane }).find(50, 60.001)).toBe(0);
  expect(segmentIndex(street, { project: plane, reachM: 10 }).find(50, 11)).toBe(0);
});

test('distances within a millimetre are equal and the lowest place_id wins', () => {
  const streets = [segment(9, 0, 10, 100, 10), segment(4, 0, -10, 100, -10)];
  const { find } = segmentIndex(streets, { project: plane });
  expect(find(50, 0)).toBe(4);
  expect(find(50, 0.0004)).toBe(4); // 9.9996 m from 9, 10.0004 m from 4: 0.8 mm apart
  expect(find(50, 0.001)).toBe(9); // 2 mm apart
});

test('a tie is found whichever way the search grows, near or far', () => {
  // 15 m is where a first look around the point ends.
  for (const m of [14.9993, 14.9998, 15.0002, 40]) {
    const streets = [segment(9, 0, m, 100, m), segment(4, 0, -m - 0.0005, 100, -m - 0.0005)];
    expect(segmentIndex(streets, { project: plane }).find(50, 0)).toBe(4);
  }
  // A long slanted street whose box reaches the point, though it is far, must not hide a nearer one outside that box.
  const slanted = segment(1, -10, 40, 60, -10);
  expect(segmentIndex([slanted, segment(2, -100, -16, 100, -16)], { project: plane }).find(0, 0)).toBe(2);
});

test('outside the limit there is no segment, on it there is', () => {
  const limit = areaIndex([area(1, [box(0, 0, 50, 50)])]);
  const { find } = segmentIndex([segment(1, 0, 10, 100, 10)], { project: plane, limit });
  expect(find(49, 12)).toBe(1);
  expect(find(50, 12)).toBe(1);
  expect(find(51, 12)).toBe(0);
});

test('a segment of no length is a point, and unlocated points are on nothing', () => {
  const { find } = segmentIndex([segment(1, 10, 10, 10, 10)], { project: plane });
  expect(find(13, 14)).toBe(1);
  expect(find(Number.NaN, Number.NaN)).toBe(0);
  expect(segmentIndex([], { project: plane }).find(0, 0)).toBe(0);
});

test('only points as exact as the reach, or snapped by their source, may colour streets', () => {
  expect(mayPlaceOnStreets({ accuracyM: 200, snapped: false })).toBe(false);
  expect(mayPlaceOnStreets({ accuracyM: 60, snapped: false })).toBe(true);
  expect(mayPlaceOnStreets({ accuracyM: 200, snapped: true })).toBe(true);
  expect(mayPlaceOnStreets({ accuracyM: null, snapped: false })).toBe(true);
});

// Made by cs2cs (PROJ 9.1): echo LAT LON | cs2cs -f %.6f EPSG:4326 EPSG:SRID
const KNOWN: [srid: number, lon: number, lat: number, x: number, y: number][] = [
  [32614, -99.133209, 19.432608, 486_016.386828, 2_148_701.105797],
  [32613, -103.3496, 20.6597, 671_927.849634, 2_285_360.261058],
  [32630, -2.3597, 51.3811, 544_560.326574, 5_692_400.578562],
  [32721, -57.6359, -25.2822, 435_978.016009, 7_203_652.319654],
  [32616, -84.000001, 9.9281, 829_000.808278, 1_098_949.028894],
  [32614, -102.99, 32.7, 125_887.769092, 3_625_074.01203],
  [32630, -6.2, 70.5, 380_831.156536, 7_824_771.34527],
];

test('UTM agrees with PROJ to a hundredth of a millimetre', () => {
  const out = new Float64Array(2);
  for (const [srid, lon, lat, x, y] of KNOWN) {
    projection({ srid, proj4text: '' })(lon, lat, out, 0);
    expect(Math.hypot(out[0]! - x, out[1]! - y)).toBeLessThan(1e-5);
  }
});

test('other metric systems are projected from their definition', () => {
  const out = new Float64Array(2);
  const proj4text = '+proj=utm +zone=14 +datum=WGS84 +units=m +no_defs';
  projection({ srid: 9999, proj4text })(-99, 0, out, 0);
  expect(out[0]).toBeCloseTo(500_000, 6); // the central meridian of zone 14 and the equator
  expect(out[1]).toBeCloseTo(0, 6);
});

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

test('well-known binary is read in both byte orders', () => {
  const little = readWkb(hex('01 01000000 000000000000f03f 0000000000000040'));
  const big = readWkb(hex('00 00000001 3ff0000000000000 4000000000000000'));
  expect(little).toEqual({ kind: 'points', runs: [Float64Array.of(1, 2)] });
  expect(big).toEqual(little);
});

test('of a collection only the parts of the highest dimension remain', () => {
  // GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 2 1))
  const collection = readWkb(
    hex(`00 00000007 00000002
      00 00000001 3ff0000000000000 4000000000000000
      00 00000002 00000002 3ff0000000000000 4000000000000000 4000000000000000 3ff0000000000000`),
  );
  expect(collection).toEqual({ kind: 'lines', runs: [Float64Array.of(1, 2, 2, 1)] });
});

test('damaged or three-dimensional binaries are refused', () => {
  expect(() => readWkb(hex('00 00000002 7fffffff'))).toThrow('damaged');
  expect(() => readWkb(hex('00 000003e9 3ff0000000000000'))).toThrow('two-dimensional');
});
