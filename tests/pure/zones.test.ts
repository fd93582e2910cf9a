// Zones drawn on the map, in metres on the ground; who lives in one; and its change beside that of the rest. Worked out by
// hand; the lengths of a degree are those published of WGS 84 (at 30° north 110.852 km of latitude and 96.486 km of longitude).

import { expect, test } from 'vitest';
import { residentsWithin } from '../../server/tiles/zone.ts';
import {
  circleRing,
  distanceM,
  type LonLat,
  lengthM,
  readCoordinates,
  ringKm2,
  stripRing,
  unusable,
} from '../../web/map/zone-shapes.ts';
import { besideRest } from '../../web/store/change.ts';

const [KM_EAST, KM_NORTH] = [1 / 96.486, 1 / 110.852];
const HERE: LonLat = [-99, 30];
const away = (eastKm: number, northKm: number): LonLat => [HERE[0] + eastKm * KM_EAST, HERE[1] + northKm * KM_NORTH];

test('a circle of 1 km round a point has its corners 1 km from it, east and north first', () => {
  const ring = circleRing(HERE, 1000);
  expect(ring).toHaveLength(48);
  const [east, north] = [ring[0]!, ring[12]!];
  expect(east[0]).toBeCloseTo(-98.98964, 5);
  expect(east[1]).toBeCloseTo(30, 5);
  expect(north[0]).toBeCloseTo(-99, 5);
  expect(north[1]).toBeCloseTo(30.00902, 5);
  for (const corner of ring) expect(Math.abs(distanceM(HERE, corner) - 1000)).toBeLessThan(1.5);
  // A regular polygon of 48 corners: 24 sin(7.5°) = 3.13263.
  expect(ringKm2(ring)).toBeCloseTo(3.1326, 2);
});

test('the strip along a street is as wide as said, goes on beyond both ends, and turns its corner', () => {
  // 200 m to the east: 25 m on either side and beyond each end.
  const straight = stripRing([HERE, away(0.2, 0)], 25)!;
  expect(straight).toHaveLength(4);
  expect(ringKm2(straight)).toBeCloseTo(0.05 * 0.25, 4);
  expect(Math.max(...straight.map(([lon]) => lon))).toBeCloseTo(away(0.225, 0)[0], 5);
  expect(Math.min(...straight.map(([, lat]) => lat))).toBeCloseTo(away(0, -0.025)[1], 5);
  // 200 m east, then 200 m north: two strips of 225 m by 50 m whose corner square is counted once and filled outside.
  const bent = stripRing([HERE, away(0.2, 0), away(0.2, 0.2)], 25)!;
  expect(ringKm2(bent)).toBeCloseTo(2 * 0.05 * 0.225, 4);
  expect(lengthM([HERE, away(0.2, 0), away(0.2, 0.2)])).toBeCloseTo(400, 0);
  expect(stripRing([HERE, HERE], 25)).toBeNull();
});

test('what cannot be asked about is told before it is asked, and coordinates are read latitude first', () => {
  const many = Array.from({ length: 501 }, (_, index): LonLat => [index / 1000, index % 2]);
  expect([unusable(many), unusable(many.slice(1)), unusable([HERE, HERE, away(1, 0)])]).toEqual([
    'corners',
    null,
    'flat',
  ]);
  expect(readCoordinates('19.4326, -99.1332')).toEqual([-99.1332, 19.4326]);
  expect(readCoordinates('19.4326 -99.1332')).toEqual([-99.1332, 19.4326]);
  expect([readCoordinates('Avenida 5'), readCoordinates('99.1, 19.4'), readCoordinates('12')]).toEqual([
    null,
    null,
    null,
  ]);
});

test('residents of a zone follow the parts of areas in it, and are not told where mere pieces lie in it', () => {
  const whole = { share: 1, areaKm2: 2, residents: 3000 };
  const half = { share: 0.5, areaKm2: 4, residents: 1000 };
  expect(residentsWithin([whole, half])).toEqual({ insideKm2: 4, whole: 1, cut: 1, residents: 3500, reason: null });
  // 3,000 of 3,400 come from a tenth of an area.
  const piece = { share: 0.1, areaKm2: 20, residents: 30_000 };
  expect(residentsWithin([{ ...whole, residents: 400 }, piece])).toMatchObject({ residents: null, reason: 'parts' });
  expect(residentsWithin([whole, { ...half, residents: null }])).toMatchObject({ residents: null, reason: 'unknown' });
  expect(residentsWithin([])).toMatchObject({ insideKm2: 0, residents: null, reason: 'unknown' });
});

test('a change is told apart from that of the rest only beyond two standard errors, and never of a few', () => {
  const rest = { before: 10_000, now: 10_000 };
  // ln 1.5 = 0.405 against 2√(1/100 + 1/150 + 2/10,000) = 0.260; ln 1.2 = 0.182 against 2√(1/100 + 1/120 + …) = 0.272.
  expect(besideRest({ before: 100, now: 150 }, rest)).toBe('more');
  expect(besideRest({ before: 150, now: 100 }, rest)).toBe('less');
  expect(besideRest({ before: 100, now: 120 }, rest)).toBe('alike');
  // As everywhere: by half.
  expect(besideRest({ before: 100, now: 150 }, { before: 10_000, now: 15_000 })).toBe('alike');
  expect(besideRest({ before: 9, now: 90 }, rest)).toBe('few');
});
