// How often edges meet, against a look at every pair, and where the counting is given up.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { polygonOf } from '../../server/filter/plan.ts';
import { countCrossings, crossingsOf } from '../../server/geometry/crossings.ts';

type Corner = [x: number, y: number];
const MANY = 1_000_000;

/** Every pair of edges, in whole numbers, without an index. */
function brutally(rings: readonly (readonly Corner[])[]): number {
  const edges = rings.flatMap((ring) =>
    ring.slice(1).flatMap((to, i) => (String(to) === String(ring[i]) ? [] : [[ring[i]!, to] as const])),
  );
  const turn = ([ax, ay]: Corner, [bx, by]: Corner, [cx, cy]: Corner) =>
    Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
  const between = (a: Corner, b: Corner, p: Corner) =>
    turn(a, b, p) === 0 &&
    p.every((at, i) => at >= Math.min(a[i]!, b[i]!) && at <= Math.max(a[i]!, b[i]!)) &&
    String(p) !== String(a) &&
    String(p) !== String(b);
  let found = 0;
  for (const [i, [a, b]] of edges.entries()) {
    for (const [c, d] of edges.slice(i + 1)) {
      const crosses = turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
      const touches = between(a, b, c) || between(a, b, d) || between(c, d, a) || between(c, d, b);
      if (crosses || touches) found += 1;
    }
  }
  return found;
}

const corner = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }));
const closed = fc.array(corner, { minLength: 3, maxLength: 14 }).map((open): Corner[] => [...open, open[0]!]);

test('the crossings of any rings are those a look at every pair of edges finds', () => {
  fc.assert(
    fc.property(fc.array(closed, { minLength: 1, maxLength: 4 }), (rings) => {
      const expected = brutally(rings);
      expect(crossingsOf(rings, MANY).crossings).toBe(expected);
      expect(countCrossings(rings, MANY)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

/** A star of n corners that steps over `step` of them: n × (step - 1) crossings. */
const star = (n: number, step: number): Corner[] =>
  Array.from({ length: n + 1 }, (_, i) => {
    const angle = (2 * Math.PI * ((i % n) * step)) / n;
    return [-99.1 + 0.1 * Math.cos(angle), 19.4 + 0.1 * Math.sin(angle)];
  });

test('the crossings of stars are those of the formula, and counting them ends at the limit', () => {
  expect(crossingsOf([star(5, 2)], 100)).toMatchObject({ crossings: 5, tangled: false });
  expect(crossingsOf([star(41, 10)], 500)).toMatchObject({ crossings: 369, tangled: false });
  expect(crossingsOf([star(501, 250)], 500)).toMatchObject({ crossings: 501, tangled: true });
});

test('edges too close together to be counted are a tangle, crossing or not', () => {
  const comb: Corner[] = Array.from({ length: 6000 }, (_, i) => [i + (i % 2) * 6000, (i % 2) * 6000 + i * 0.001]);
  expect(countCrossings([comb], MANY)).toBe(Number.POSITIVE_INFINITY);
  expect(crossingsOf([[...comb, [9000, -9000], comb[0]!]], MANY).tangled).toBe(true);
});

test('rings in rings in rings are a tangle without a crossing', () => {
  const square = (h: number): Corner[] => [
    [-h, -h],
    [h, -h],
    [h, h],
    [-h, h],
    [-h, -h],
  ];
  const nested = Array.from({ length: 2000 }, (_, i) => square(i + 1));
  expect(crossingsOf(nested, MANY).tangled).toBe(true);
  expect(crossingsOf(nested.slice(0, 100), MANY)).toMatchObject({ crossings: 0, tangled: false });
});

test('a spiral cut home costs by its turns times its edges, small loops along a border by their edges alone', () => {
  const turns = 300;
  const spiral: Corner[] = Array.from({ length: turns * 20 + 1 }, (_, i) => {
    const radius = 1 - i / (turns * 20 + 40);
    return [radius * Math.cos((i / 20) * 2 * Math.PI), radius * Math.sin((i / 20) * 2 * Math.PI)];
  });
  expect(crossingsOf([[...spiral, [2, 0.07], spiral[0]!]], 500)).toMatchObject({ tangled: false, work: Infinity });
  const loops: Corner[] = Array.from({ length: 300 }, (_, i): Corner[] => [
    [i * 10, 0],
    [i * 10 + 6, 0],
    [i * 10 + 6, 2],
    [i * 10 + 3, -2],
  ]).flat();
  const looped = crossingsOf([[...loops, [3000, 0], [3000, 99], [0, 99], [0, 0]]], 500);
  expect(looped.crossings).toBe(300);
  expect(looped.work).toBeLessThan(10_000);
});

test('two areas that share a border corner by corner touch once', () => {
  const border: Corner[] = Array.from({ length: 50 }, (_, i) => [i % 3, i]);
  const left: Corner[] = [...border, [-10, 49], [-10, 0], border[0]!];
  const right: Corner[] = [...border, [10, 49], [10, 0], border[0]!];
  expect(crossingsOf([left, right], 500)).toMatchObject({ crossings: 0, touches: 1, tangled: false });
});

test('a polygon drawn with a few loops is taken, a tangle refused with the limit named', () => {
  expect(polygonOf(star(5, 2)).type).toBe('polygon');
  expect(polygonOf(star(11, 5)).type).toBe('polygon');
  const refused = expect.objectContaining({
    parameter: 'within',
    message: 'the polygon crosses itself more than 50 times',
  });
  expect(() => polygonOf(star(499, 249))).toThrow(refused);
  const hub = Array.from({ length: 450 }, (_, i): Corner => (i % 3 ? [-99 + i / 1e4, 19.1] : [-99, 19]));
  expect(() => polygonOf(hub)).toThrow(refused);
});
