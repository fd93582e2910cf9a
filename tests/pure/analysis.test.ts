// The neighbourhoods an analysis works out from shapes, and the thread that computes: what it answers and what it ends.

import { expect, test } from 'vitest';
import { openAnalyst } from '../../server/analysis/analyst.ts';
import { compute, type Hotspots } from '../../server/analysis/compute.ts';
import { hexagonsOf } from '../../server/analysis/compute-hexagons.ts';
import { gridsOver } from '../../server/analysis/grids.ts';
import { type NeighbourGround, neighbourhoodOf } from '../../server/analysis/neighbourhood.ts';
import { stepsOf } from '../../server/analysis/values.ts';
import { dayOf, textOf } from '../../server/calendar/days.ts';
import { askedBy } from '../../server/db/costly.ts';
import { BadInput } from '../../server/errors.ts';
import type { Polygon } from '../../server/geometry/shape.ts';
import { lineWkb, multiPolygonWkb } from '../../server/geometry/wkb.ts';

const metric = { srid: 32614, proj4text: '+proj=utm +zone=14 +datum=WGS84 +units=m +no_defs' };
function groundOf(type: NeighbourGround['type'], hex: readonly string[]): NeighbourGround {
  const shapes = hex.map((each) => Buffer.from(each, 'hex'));
  let end = 0;
  const ends = Uint32Array.from(shapes, (shape) => (end += shape.length));
  const wkb = new Uint8Array(end);
  for (const [i, shape] of shapes.entries()) wkb.set(shape, i === 0 ? 0 : ends[i - 1]!);
  return {
    type,
    metric,
    features: shapes.length,
    places: { placeIds: Int32Array.from(shapes, (_, i) => i + 1), ends, wkb },
  };
}
const N = 12;
const square = (i: number): Polygon => {
  const [x, y] = [-99 + (i % N) / 100, 19 + Math.floor(i / N) / 100];
  return [
    [
      [x, y],
      [x + 0.01, y],
      [x + 0.01, y + 0.01],
      [x, y + 0.01],
      [x, y],
    ],
  ];
};
const city = groundOf(
  'areas',
  Array.from({ length: N * N }, (_, i) => multiPolygonWkb([square(i)])),
);
const of = (ground: NeighbourGround, rule: string, place: number) => {
  const { start, to } = neighbourhoodOf(ground, rule)!;
  return [...to.subarray(start[place]!, start[place + 1]!)];
};

test.each([
  ['queen', [0, 1, 2, 12, 14, 24, 25, 26]],
  ['rook', [1, 12, 14, 25]],
  ['knn:4', [1, 12, 14, 25]],
  // A hundredth of a degree is 1,052 m eastwards and 1,107 m northwards here.
  ['distance:1080', [12, 14]],
  ['distance:1200', [1, 12, 14, 25]],
])('areas are neighbours by %s', (rule, expected) => {
  expect(of(city, rule, 13)).toEqual(expected);
});

test('streets are neighbours where they meet, and along the network as far as asked', () => {
  // A street of three parts of 105 m each, and one of 111 m that leaves it at its first junction.
  const line = (...corners: [number, number][]) => lineWkb(corners.map(([x, y]) => [-99 + x / 1000, 19 + y / 1000]));
  const streets = groundOf('streets', [
    line([0, 0], [1, 0]),
    line([1, 0], [2, 0]),
    line([2, 0], [3, 0]),
    line([1, 0], [1, 1]),
  ]);
  expect([0, 1, 2, 3].map((place) => of(streets, 'queen', place))).toEqual([[1, 3], [0, 2, 3], [1], [0, 1]]);
  expect(of(streets, 'network:100', 0)).toEqual([]);
  expect(of(streets, 'network:110', 0)).toEqual([1, 3]);
  expect(of(streets, 'network:215', 0)).toEqual([1, 2, 3]);
});

test('places without a value are left out of the test and are null in the answer', () => {
  const weights = neighbourhoodOf(city, 'queen')!;
  const values = Float64Array.from({ length: N * N }, (_, i) => (i % N < 3 && i < 36 ? 60 : 20 + (i % 3)));
  values[140] = Number.NaN;
  const asked = {
    values,
    weights,
    method: 'gi-star',
    style: 'B',
    correction: 'fdr-skew',
    permutations: 0,
    seed: 1,
  } as const;
  const found = compute({ name: 'hotspots', of: asked }) as Hotspots;
  expect([found.z.length, found.z[140], found.class[140], found.class[13]]).toEqual([144, null, 0, 3]);
});

test('where all are neighbours of all, the histories of places say that, and not that nothing happened', () => {
  const step = Float64Array.from({ length: N * N }, (_, i) => i % 7);
  const of = {
    steps: [step, step],
    weights: neighbourhoodOf(city, 'knn:200')!,
    style: 'B',
    correction: 'fdr',
  } as const;
  expect(compute({ name: 'emerging', of })).toEqual({ reason: 'all-neighbours' });
});

test('the thread answers as the function does, and ends what takes too long by name', async () => {
  const analyst = openAnalyst(300);
  const weights = neighbourhoodOf(city, 'queen')!;
  const values = Float64Array.from({ length: N * N }, (_, i) => 20 + ((i * 7) % 5));
  const asked = {
    values,
    weights,
    method: 'gi-star',
    style: 'B',
    correction: 'none',
    permutations: 0,
    seed: 1,
  } as const;
  const endless = { x: values.slice(), y: values.slice(), day: values.slice() };
  const options = { distancesM: [0, 1000], days: [0, 1000], metric: 'manhattan', runs: 10_000_000, seed: 1 } as const;
  await expect(analyst('nearRepeat', { ...endless, options })).rejects.toThrow(BadInput);
  const patient = openAnalyst();
  expect(await patient('hotspots', asked)).toEqual(compute({ name: 'hotspots', of: asked }));
});

test('who leaves ends what the thread computes for them, and whoever waits behind is answered', async () => {
  const analyst = openAnalyst();
  const at = Float64Array.from({ length: 200 }, (_, i) => i);
  const options = { distancesM: [0, 1000], days: [0, 1000], metric: 'manhattan', runs: 10_000_000, seed: 1 } as const;
  const leaver = new AbortController();
  const begun = performance.now();
  const left = askedBy({ client: 'a', signal: leaver.signal }, () =>
    analyst('nearRepeat', { x: at, y: at, day: at, options }),
  );
  const behind = askedBy({ client: 'b', signal: new AbortController().signal }, () =>
    analyst('stability', { years: [Float64Array.of(1, 2), Float64Array.of(2, 1)], share: 0.5 }),
  );
  setTimeout(() => leaver.abort(), 100);
  await expect(left).rejects.toMatchObject({ name: 'AbortError' });
  expect(await behind).toMatchObject({ reason: null });
  // Alone it would have computed for ten seconds, until it is ended by name.
  expect(performance.now() - begun).toBeLessThan(8000);
});

test('streets so many junctions away are reached by passing no more, each once', () => {
  // A row of five blocks.
  const block = (x: number) =>
    lineWkb([
      [-99 + x / 1000, 19],
      [-99 + (x + 1) / 1000, 19],
    ]);
  const row = groundOf('streets', [0, 1, 2, 3, 4].map(block));
  expect([0, 2].map((place) => of(row, 'junctions:1', place))).toEqual([[1], [1, 3]]);
  expect([0, 2].map((place) => of(row, 'junctions:2', place))).toEqual([
    [1, 2],
    [0, 1, 3, 4],
  ]);
});

test('hexagons bear the names and corners H3 publishes, touch six others, and hold what lies in them', () => {
  // The example of h3-js: 37.3615593, −122.0553238 of resolution 5 lies in 85283473fffffff.
  const grid = { west: -122.6553238, south: 36.9115593, cellWidth: 0.01, cellHeight: 0.01, columns: 120, rows: 90 };
  const here = 45 * grid.columns + 60;
  const cells = new Int32Array(grid.columns * grid.rows).fill(1);
  const fine = { grid, cells: Uint32Array.of(0, here), counts: Uint32Array.of(2, 5) };
  const found = hexagonsOf({ resolution: 5, city: { grid, cells }, fine });
  const at = found.ids.indexOf('85283473fffffff');
  expect([found.counts[at], found.elsewhere]).toEqual([5, 0]);
  expect(found.rings[at]).toEqual([
    ...[-121.91508, 37.271356, -121.862223, 37.353926, -121.92355, 37.428341],
    ...[-122.037735, 37.420129, -122.090429, 37.337556, -122.029101, 37.263198],
  ]);
  const { start, to } = found.weights;
  const around = (i: number) => [...to.subarray(start[i]!, start[i + 1]!)];
  expect(around(at)).toHaveLength(6);
  expect(around(at).every((other) => around(other).includes(at))).toBe(true);
  // Of a city of one square alone there is one hexagon, and what lies in others is said.
  const alone = hexagonsOf({ resolution: 5, city: { grid, cells: cells.map((_, i) => Number(i === here)) }, fine });
  expect([alone.ids, [...alone.counts], alone.elsewhere]).toEqual([['85283473fffffff'], [5], 2]);
});

test('steps are the last ones before the end, however far off the beginning lies', () => {
  const range = { from: dayOf('0001-01-01'), until: dayOf('9999-12-31') };
  const texts = (step: 'week' | '28d' | 'month', of = range, most = 2) =>
    stepsOf(of, step, most).map(({ from, until }) => `${textOf(from)}..${textOf(until)}`);
  expect(texts('week')).toEqual(['9999-12-10..9999-12-17', '9999-12-17..9999-12-24', '9999-12-24..9999-12-31']);
  expect(texts('28d', range, 1)).toEqual(['9999-11-05..9999-12-03', '9999-12-03..9999-12-31']);
  expect(texts('month')).toEqual(['9999-09-01..9999-10-01', '9999-10-01..9999-11-01', '9999-11-01..9999-12-01']);
  const months = { from: dayOf('2024-01-15'), until: dayOf('2024-04-20') };
  expect(texts('month', months, 120)).toEqual(['2024-02-01..2024-03-01', '2024-03-01..2024-04-01']);
  expect(texts('week', { from: months.from, until: months.from + 6 }, 120)).toEqual([]);
});

// At 19.35° N a degree is 111,320 m northwards and 105,032 m eastwards.
test.each([
  ['45 × 63 km by a radius of 400 m', [-99.4, 19.067, -98.971555, 19.632934], 107.5, 108, 89.46],
  ['2 × 2 km by a radius of 20 m', [-99.1, 19.341, -99.080958, 19.358966], 4.04, 81, 10.08],
  ['a grid that ends where the bounds do', [-99.1, 19.3, -99.1 + 0.0015, 19.3 + 0.0015], 11.132, 1, 1000],
] as const)(
  'no point of the bounds is lost by cells rounded to whole units: %s',
  (_, bounds, cellM, cuts, unitsHigh) => {
    const { fine, grid } = gridsOver([...bounds], cellM, cuts);
    expect(Math.abs(fine.cellHeight - unitsHigh)).toBeLessThanOrEqual(0.5);
    const [width, height] = [fine.cellWidth * fine.columns, fine.cellHeight * fine.rows];
    const [east, north] = [Math.round(bounds[2] * 1e7) - fine.west, Math.round(bounds[3] * 1e7) - fine.south];
    // What lies on the edge itself is in a cell too; none lies beyond it whole.
    expect([east < width, north < height]).toEqual([true, true]);
    expect(width - east).toBeLessThanOrEqual(Math.round(grid.cellWidth * 1e7) + 1);
    expect(height - north).toBeLessThanOrEqual(Math.round(grid.cellHeight * 1e7) + 1);
    expect([fine.west <= bounds[0] * 1e7, fine.south <= bounds[1] * 1e7]).toEqual([true, true]);
    // Each fine cell is told by one whole number of 32 bits.
    expect(fine.columns * fine.rows).toBeLessThan(2 ** 32);
  },
);
