// The map's drawing order and its markers: what is chosen hides no street, and no marker another.

import { expect, test } from 'vitest';
import type { LayerRow } from '../../server/layers/contract.ts';
import { closeZoom } from '../../web/map/close-zoom.ts';
import { spread } from '../../web/map/markers.ts';
import { classNotes, drawnView, NO_RATE } from '../../web/map/picture.ts';
import { ribbonOf } from '../../web/map/ribbons.ts';
import { spotFor } from '../../web/map/snapshot.ts';
import { ABOVE_HEAT, buildStyle, highlight, patternOpacity, selectionGap } from '../../web/map/style.ts';
import { groupStreets } from '../../web/store/catchments.ts';
import { isWithin, nearestFeature } from '../../web/tips/nearest.ts';

const layer = (code: string, type: LayerRow['type']): LayerRow => ({
  layer: code,
  title: code,
  type,
  version: 1,
  features: 100,
  bounds: null,
  tiles: `/tiles/${code}.json`,
  hasPopulation: false,
});
const style = buildStyle(
  [layer('colonias', 'areas'), layer('sectores', 'areas'), layer('streets', 'streets'), layer('agua', 'context')],
  new Map(),
  (path) => path,
);
const place = (id: string) => style.layers.findIndex((each) => each.id === id);

test('the line round a chosen area lies below the streets that run along it, whichever layer it is of', () => {
  for (const area of ['colonias', 'sectores']) {
    expect(place(`select-${area}-line`)).toBeGreaterThan(place(`outline-${area}`));
    expect(place(`select-${area}-line`)).toBeLessThan(place('street-data-casing'));
    expect(place(`select-${area}-line`)).toBeGreaterThan(place(ABOVE_HEAT));
  }
  expect(place('select-streets-line')).toBeGreaterThan(place('street-data'));
});

test('heat lies over the ground and below every line and name', () => {
  expect(place(ABOVE_HEAT)).toBeGreaterThan(place('street-base'));
  for (const id of ['street-data', 'label-colonias', 'marker-disc'])
    expect(place(id)).toBeGreaterThan(place(ABOVE_HEAT));
});

const nearest = (points: readonly { x: number; y: number }[]) =>
  Math.min(...points.flatMap((a, i) => points.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y))));

test('markers that would cover each other are pushed apart, and not far', () => {
  const piled = [
    { x: 100, y: 100 },
    { x: 104, y: 100 },
    { x: 100, y: 100 },
    { x: 108, y: 103 },
    { x: 300, y: 300 },
  ];
  const apart = spread(piled, 26);
  expect(nearest(apart)).toBeGreaterThan(25);
  expect(apart[4]).toBe(piled[4]);
  const moved = apart.map(({ x, y }, i) => Math.hypot(x - piled[i]!.x, y - piled[i]!.y));
  expect(Math.max(...moved)).toBeLessThan(40);
});

test('five markers on one spot stand apart too', () => {
  expect(
    nearest(
      spread(
        Array.from({ length: 5 }, () => ({ x: 10, y: 10 })),
        26,
      ),
    ),
  ).toBeGreaterThan(25);
});

test('without areas heat is drawn wherever areas would be', () => {
  const drawn = (view: 'auto' | 'areas' | 'streets' | 'heat', zoom: number, streets: boolean) =>
    [true, false].map((hasAreas) => drawnView(view, zoom, streets, hasAreas));
  expect(drawn('auto', 15, false)).toEqual(['areas', 'heat']);
  expect(drawn('auto', 15, true)).toEqual(['streets', 'streets']);
  expect(drawn('areas', 15, true)).toEqual(['areas', 'heat']);
  expect(drawn('streets', 9, false)).toEqual(['areas', 'heat']);
  expect(drawn('auto', 9, true)).toEqual(['heat', 'heat']);
});

test('a small map goes so close that what was found is about half of it, and never closer than is useful', () => {
  // At 60° a pixel is half of one on the equator: 2 km are 160 px there at 12.5 m per pixel.
  const zoom = closeZoom(60, 2000);
  expect(40_075_016.686 / 512 / 2 ** zoom / 2).toBeCloseTo(12.5, 6);
  expect(closeZoom(19.4, 2730)).toBeLessThan(13);
  expect(closeZoom(19.4, 3)).toBe(17);
  expect(closeZoom(19.4, 0)).toBe(17);
});

test('streets that are told together have one figure, one length and one name to be asked by; others stay alone', () => {
  // The first three are told by the second, the fourth has no point, the fifth stands alone.
  const groups = groupStreets([2, 2, 2, 0, 5]);
  expect(['1', '2', '3', '4', '5', '6'].map(groups.middleOf)).toEqual(['2', '2', '2', '4', '5', '6']);
  expect(groups.with('3')).toEqual(['1', '2', '3']);
  expect(groups.with('4')).toEqual(['4']);
  const { classes, places } = groups.widen({
    classes: new Map([
      ['2', 1],
      ['5', 3],
    ]),
    ...{ places: [1, 0, 1, 0], held: [1, 1, 1, 1], tooFew: false },
  });
  expect([...classes]).toEqual([
    ['1', 1],
    ['2', 1],
    ['3', 1],
    ['5', 3],
  ]);
  expect(places).toEqual([3, 0, 1, 0]);
  const rows = new Map(
    [40, 60, 100, 30, 80].map((lengthM, i) => [`${i + 1}`, { id: `${i + 1}`, code: `k${i + 1}`, name: '', lengthM }]),
  );
  expect([...groups.lengths(rows).values()].map(({ lengthM }) => lengthM)).toEqual([40, 200, 100, 30, 80]);
  expect(groupStreets([]).lengths(rows)).toBe(rows);
});

test('a tap means the street that runs nearest, and one beyond the limit is known to lie outside', () => {
  const street = (name: string, coordinates: number[][]) => ({
    name,
    geometry: { type: 'LineString', coordinates } as const,
  });
  const near = street('near', [
    [-99.1, 19.4],
    [-99.09, 19.4],
  ]);
  const far = street('far', [
    [-99.095, 19.401],
    [-99.095, 19.41],
  ]);
  expect(nearestFeature([far, near], [-99.095, 19.4004])?.name).toBe('near');
  expect(nearestFeature([far, near], [-99.095, 19.4006])?.name).toBe('far');
  // Beyond the end of a line it is the end that counts.
  expect(nearestFeature([near, far], [-99.08, 19.4])?.name).toBe('near');
  expect(nearestFeature([], [-99, 19])).toBeNull();
  const ring = (west: number, east: number) => [
    [west, 19],
    [east, 19],
    [east, 20],
    [west, 20],
    [west, 19],
  ];
  const limit = {
    type: 'MultiPolygon' as const,
    coordinates: [[ring(-100, -99), ring(-99.6, -99.4)], [ring(-98, -97)]],
  };
  expect([-99.5, -99.7, -98.5, -97.5].map((lon) => isWithin(limit, [lon, 19.5]))).toEqual([false, true, false, true]);
  expect(isWithin(null, [0, 0])).toBeNull();
});

test('on paper an area bears the number of its class where there is room, and none where it has no rate', () => {
  const at = [-99.1, 19.4] as const;
  // At zoom 12 a pixel is some 18 m, at 14 some 4.5 m: 100 m are 6 pixels, or 22.
  const features = new Map([
    ['1', { at, areaKm2: 1 }],
    ['2', { at, areaKm2: 1 }],
    ['3', { at, areaKm2: 0.01 }],
  ]);
  const classes = new Map([
    ['1', 4],
    ['2', NO_RATE],
    ['3', 5],
  ]);
  expect(classNotes(classes, features, 12)).toEqual([{ at, text: '4' }]);
  expect(classNotes(classes, features, 14).map(({ text }) => text)).toEqual(['4', '5']);
});

test('a number on paper stands wholly within its own area, off names and off the border, or nowhere', () => {
  // Two areas side by side, 0 to 40 and 40 to 100 across, 0 to 60 down; nothing is filled around them.
  const areas = [
    { id: 'west', part: [0, 0, 40, 60] },
    { id: 'east', part: [40, 0, 100, 60] },
  ] as const;
  const meets = (a: readonly number[], b: readonly number[]) =>
    a[0]! <= b[2]! && b[0]! <= a[2]! && a[1]! <= b[3]! && b[1]! <= a[3]!;
  const areasIn = (part: readonly number[]) => areas.filter((area) => meets(area.part, part)).map(({ id }) => id);
  const spot = (x: number, y: number, name: readonly number[] = [-9, -9, -9, -9]) =>
    spotFor({ x, y, half: 5, isFree: (part) => !meets(part, name), areasIn });
  // A line of 11 pixels and 2 below it: from 7 to 20 pixels under the middle of the area.
  expect(spot(20, 30)).toEqual([15, 37, 25, 50]);
  // Below lies a name: in the middle.
  expect(spot(20, 30, [0, 45, 40, 60])).toEqual([15, 23, 25, 36]);
  // Three pixels from the border with the other area: beside it, to the west.
  expect(spot(37, 30)).toEqual([18, 23, 28, 36]);
  expect(spot(43, 30)).toEqual([52, 23, 62, 36]);
  // At the lower edge of the city: above, not over the edge.
  expect(spot(20, 57)).toEqual([15, 34, 25, 47]);
  expect(spot(20, 30, [0, 0, 40, 60])).toBeNull();
});

test('what tiles under way were coloured by stays an expression of their state, whatever is shown meanwhile', () => {
  const written = [
    ...[highlight(null, 1), highlight(2, 1), patternOpacity(true), patternOpacity(false)],
    ...[selectionGap(true), selectionGap(false)],
  ];
  for (const each of written) expect(JSON.stringify(each)).toContain('feature-state');
});

/** Metres east and north of a corner, as degrees on the equator, where both are as long. */
const DEGREES = 360 / 40_075_016.686;
const ground = (points: readonly (readonly [number, number])[]) =>
  points.map(([x, y]) => [x * DEGREES, y * DEGREES] as const);
const metres = (ring: readonly (readonly [number, number])[] | null) =>
  ring?.map((at) => at.map((degrees) => Math.round((degrees / DEGREES) * 100) / 100 + 0));

test('a column of a street stands on a ribbon of even width, which turns with it', () => {
  expect(
    metres(
      ribbonOf(
        ground([
          [0, 0],
          [100, 0],
        ]),
        5,
      ),
    ),
  ).toEqual([
    [0, 5],
    [100, 5],
    [100, -5],
    [0, -5],
    [0, 5],
  ]);
  // A right angle: the corners lie where both sides meet.
  const bent = ground([
    [0, 0],
    [100, 0],
    [100, 0],
    [100, 100],
  ]);
  expect(metres(ribbonOf(bent, 5))).toEqual([
    [0, 5],
    [95, 5],
    [95, 100],
    [105, 100],
    [105, -5],
    [0, -5],
    [0, 5],
  ]);
});

test('a street that turns back has no spike, and one without length no column', () => {
  const back = metres(
    ribbonOf(
      ground([
        [0, 0],
        [100, 0],
        [0, 1],
      ]),
      5,
    ),
  )!;
  for (const [x, y] of back) expect(Math.hypot(Math.max(0, -x!, x! - 100), y!)).toBeLessThanOrEqual(11);
  expect(
    ribbonOf(
      ground([
        [3, 4],
        [3, 4],
      ]),
      5,
    ),
  ).toBeNull();
});
