// The line round where half of them lie: it encloses half of the incidents, and is the same from afar and close up.

import { describe, expect, test } from 'vitest';
import type { HeatAnswer } from '../../server/counts/contract.ts';
import { type Density, densityAt, densityOf, type Laid, tellsHalf } from '../../web/map/heat.ts';
import { areaAboveKm2, hidesRings, isolines } from '../../web/map/isolines.ts';
import { answerWithin, withinLimit } from '../../web/map/within-limit.ts';

/** A grid of whole degrees at the equator; a value for each cell, rows from the north. */
const grid = (rows: readonly (readonly number[])[]): Laid => ({
  box: [0, 0, rows[0]!.length / 1000, rows.length / 1000],
  columns: rows[0]!.length,
  rows: rows.length,
  values: Float32Array.from(rows.flat()),
});
const isClosed = (path: readonly (readonly [number, number])[]) => String(path[0]) === String(path.at(-1));
/** Twice the area by the shoelace formula, positive against the clock. */
const turn = (ring: readonly (readonly [number, number])[]) =>
  ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);

describe('isolines', () => {
  test('one dense cell has one ring, half-way to its neighbours', () => {
    const [ring, ...more] = isolines(
      grid([
        [0, 0, 0],
        [0, 2, 0],
        [0, 0, 0],
      ]),
      1,
    );
    expect(more).toEqual([]);
    expect(isClosed(ring!)).toBe(true);
    // The middle of the middle cell is at 0.0015; half a cell to each side.
    const xs = ring!.map(([x]) => x);
    expect([Math.min(...xs), Math.max(...xs)].map((x) => x.toFixed(4))).toEqual(['0.0010', '0.0020']);
    expect(Math.abs(turn(ring!)) / 2).toBeCloseTo(0.0005 ** 2 * 2, 9);
  });

  test('a hole turns the other way round', () => {
    const rings = isolines(
      grid([
        [0, 0, 0, 0, 0],
        [0, 2, 2, 2, 0],
        [0, 2, 0, 2, 0],
        [0, 2, 2, 2, 0],
        [0, 0, 0, 0, 0],
      ]),
      1,
    );
    expect(rings.map(isClosed)).toEqual([true, true]);
    expect(Math.sign(turn(rings[0]!)) * Math.sign(turn(rings[1]!))).toBe(-1);
  });

  test('what leaves the grid stays open, and two corners that only touch stay apart', () => {
    const cut = isolines(
      grid([
        [2, 2],
        [0, 0],
      ]),
      1,
    );
    expect(cut.map(isClosed)).toEqual([false]);
    const touching = [
      [0, 0, 0, 0],
      [0, 1.2, 0, 0],
      [0, 0, 1.2, 0],
      [0, 0, 0, 0],
    ];
    expect(isolines(grid(touching), 1)).toHaveLength(2);
    expect(isolines(grid([...touching.map((row) => row.map((value) => value * 3))]), 1)).toHaveLength(1);
  });
});

describe('half of them', () => {
  const at = (i: number, spread: number): [number, number, number] => [
    -99.13 + Math.cos(i * 2.4) * Math.sqrt(i) * spread,
    19.43 + Math.sin(i * 2.4) * Math.sqrt(i) * spread,
    1,
  ];
  const points = [
    ...Array.from({ length: 60 }, (_, i) => at(i, 0.0004)),
    ...Array.from({ length: 60 }, (_, i) => at(i, 0.008)),
  ];
  const density = densityOf({ dataVersion: 1, cellM: 25, points }, 300, 1, null)!;

  test('lie within the line, which is much smaller than where all of them lie', () => {
    const inside = points.filter(([lon, lat]) => densityAt(density, [lon, lat]) >= density.half).length;
    expect(inside / points.length).toBeCloseTo(0.5, 1);
    expect(areaAboveKm2(density, density.half) * 5).toBeLessThan(areaAboveKm2(density, density.single / 2));
    expect(isolines(density, density.half).every(isClosed)).toBe(true);
  });

  test('are not told of under thirty', () => {
    const of = (incidents: number) => tellsHalf({ ...density, incidents } as Density);
    expect([of(29), of(30)]).toEqual([false, true]);
  });
});

test('a ring of a few pixels is for close up, and that it is not drawn is known', () => {
  const cells = grid([
    [0, 0, 0],
    [0, 2, 0],
    [0, 0, 0],
  ]);
  const density: Density = { ...cells, cellKm2: 0.0124, max: 2, incidents: 40, single: 1, usual: 1, half: 1 };
  // 0.001° is 111 m; of 12 pixels when one is 9.3 m, which is at zoom 13.04.
  expect(hidesRings(density, 13)).toBe(true);
  expect(hidesRings(density, 14.2)).toBe(false);
});

describe('heat and the limit', () => {
  const all = { cellKm2: 0.0124, max: 9, incidents: 40, single: 1, usual: 1, half: 1 };
  const density: Density = {
    ...grid([
      [9, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 5, 1],
      [1, 1, 1, 1],
    ]),
    ...all,
  };
  const ring = (west: number, south: number, east: number, north: number) => [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];

  test('ends there: cells whose middle lies outside are nothing, and the greatest is one inside', () => {
    const limit: GeoJSON.Polygon = { type: 'Polygon', coordinates: [ring(0.001, 0, 0.0041, 0.003)] };
    const kept = withinLimit(density, limit);
    expect([...kept.values]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 5, 1, 0, 1, 1, 1]);
    expect(kept.max).toBe(5);
    expect(density.max).toBe(9);
  });

  test('goes round a hole, into every part, and is whole where no limit is known', () => {
    const parts: GeoJSON.MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [[ring(-1, 0.002, 1, 1)], [ring(-1, -1, 0.004, 0.002), ring(0.002, 0.001, 0.003, 0.002)]],
    };
    expect([...withinLimit(density, parts).values]).toEqual([9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
    expect(withinLimit(density, null)).toBe(density);
    expect(withinLimit(density, { type: 'MultiPolygon', coordinates: [] })).toBe(density);
  });

  test('leaves incidents beyond it, in a hole and between its parts uncounted', () => {
    const points: HeatAnswer['points'] = [
      [0.5, 0.5, 3],
      [2.5, 0.5, 4],
      [0.25, 0.25, 5],
      [1.5, 0.5, 6],
      [0.5, 1.5, 7],
    ];
    const answer: HeatAnswer = { dataVersion: 1, cellM: 200, points };
    const parts: GeoJSON.MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [[ring(0, 0, 1, 1), ring(0.2, 0.2, 0.3, 0.3)], [ring(2, 0, 3, 1)]],
    };
    expect(answerWithin(answer, parts).points).toEqual([points[0], points[1]]);
    expect(answerWithin(answer, null)).toBe(answer);
  });
});
