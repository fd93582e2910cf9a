// Where most points lie, the largest group of neighbouring cells, and what stands apart from it.

import { expect, test } from 'vitest';
import { cornerOf, degreeCell, mainCells } from '../../server/geometry/whereabouts.ts';
import { watchStrays } from '../../server/reading/stray-points.ts';

test.each([
  [-99.13, 19.43, [-100, 19]],
  [0, 0, [0, 0]],
  [180, 90, [179, 89]],
  [-180, -90, [-180, -90]],
] as const)('%f, %f lies in the cell of a degree whose corner it is told', (lon, lat, corner) => {
  expect(cornerOf(degreeCell(lon, lat))).toEqual(corner);
});

test('most points are in the group that holds most, over a gap of a cell and over the date line', () => {
  const cells = (...points: readonly (readonly [lon: number, lat: number, count: number])[]) =>
    new Map(points.map(([lon, lat, count]) => [degreeCell(lon, lat), count]));
  const main = (counts: ReadonlyMap<number, number>) => [...mainCells(counts)].map(cornerOf);
  expect(main(cells([-58.4, -34.6, 7], [58.4, 34.6, 9], [-56.2, -34.9, 3]))).toEqual([
    [-59, -35],
    [-57, -35],
  ]);
  expect(main(cells([179.5, -17, 4], [-179.5, -17, 4], [10, 10, 7]))).toHaveLength(2);
  expect(main(new Map())).toEqual([]);
});

test('where nobody said yet where the city is, points apart from most are doubted, by what may be wrong with them', () => {
  const strays = watchStrays('UTC');
  for (const [lon, lat] of [
    [-58.41, -34.61],
    [-58.39, -34.59],
    [-57.95, -34.92],
    [-58.4, 34.6],
    [58.4, -34.6],
    [-34.6, -58.4],
  ] as const)
    strays.add(lon, lat);
  expect(strays.notes()).toEqual([
    { code: 'coordinates-sign', count: 2, example: '-58.4, 34.6' },
    { code: 'coordinates-far', count: 1, example: '-34.6, -58.4' },
  ]);
});

test.each([
  // The column as it should be, without its sign, and with its axes the other way round.
  ['America/Argentina/Buenos_Aires', -57.95, -34.92, null],
  ['America/Argentina/Buenos_Aires', 57.95, -34.92, 'coordinates-sign'],
  ['America/Argentina/Buenos_Aires', -57.95, 34.92, 'coordinates-sign'],
  ['America/Argentina/Buenos_Aires', -34.92, -57.95, 'coordinates-axes'],
  ['Europe/London', -3.19, 55.95, null],
  ['Europe/London', 55.95, -3.19, 'coordinates-axes'],
  ['America/Chicago', -106.4, 31.8, null],
  ['America/Sao_Paulo', -51.2, -30.03, null],
  ['America/Sao_Paulo', -23.55, -46.63, 'coordinates-axes'],
  ['America/Tijuana', -117, 32.5, null],
  ['America/Bogota', 2.35, 48.86, 'coordinates-far'],
  ['UTC', 2.35, 48.86, null],
] as const)('in the zone %s all points at %f, %f are doubted as %s', (timezone, lon, lat, code) => {
  const strays = watchStrays(timezone);
  for (let i = 0; i < 3; i++) strays.add(lon + i / 100, lat);
  const example = `${lon}, ${lat} (${timezone})`;
  expect(strays.notes()).toEqual(code === null ? [] : [{ code, count: 3, example }]);
});
