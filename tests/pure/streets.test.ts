// Street lines to segments: where they are split and joined, and which streets they cross.

import { expect, test } from 'vitest';
import type { Line } from '../../server/geometry/shape.ts';
import type { RoadClass } from '../../server/streets/classes.ts';
import { buildNetwork, lengthM, type StreetLine, type StreetSegment } from '../../server/streets/network.ts';

const street = (name: string | null, line: Line, roadClass: RoadClass = 4, code: string | null = null): StreetLine => ({
  name,
  roadClass,
  code,
  line,
});

/** Segments without code and length, in the order of their ends, so that expectations can be written by hand. */
const drawn = (segments: readonly StreetSegment[]) =>
  segments
    .map(({ name, line, crossingFrom, crossingTo }) => ({ name, line: line.join(' '), crossingFrom, crossingTo }))
    .sort((a, b) => (a.line < b.line ? -1 : 1));

test('a street is split where another ends on one of its vertices', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
      [2, 0],
    ]),
    street('B', [
      [1, 0],
      [1, 1],
    ]),
  ]);
  expect(drawn(segments)).toEqual([
    { name: 'A', line: '0,0 1,0', crossingFrom: null, crossingTo: 'B' },
    { name: 'B', line: '1,0 1,1', crossingFrom: 'A', crossingTo: null },
    { name: 'A', line: '1,0 2,0', crossingFrom: 'B', crossingTo: null },
  ]);
});

test('two streets that share an inner vertex cross there', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
      [2, 0],
    ]),
    street('B', [
      [1, -1],
      [1, 0],
      [1, 1],
    ]),
  ]);
  expect(drawn(segments).map(({ line }) => line)).toEqual(['0,0 1,0', '1,-1 1,0', '1,0 1,1', '1,0 2,0']);
});

test('a bridge, which shares no vertex with the street below, splits nothing', () => {
  const { segments } = buildNetwork([
    street('Bridge', [
      [0, 0],
      [2, 2],
    ]),
    street('Below', [
      [0, 2],
      [2, 0],
    ]),
  ]);
  expect(drawn(segments)).toEqual([
    { name: 'Bridge', line: '0,0 2,2', crossingFrom: null, crossingTo: null },
    { name: 'Below', line: '0,2 2,0', crossingFrom: null, crossingTo: null },
  ]);
});

test('vertices within a centimetre are the same corner', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
    ]),
    street('B', [
      [1.000_000_02, 0.000_000_03],
      [1, 1],
    ]),
    street('C', [
      [1, -0.000_000_04],
      [2, 0],
    ]),
  ]);
  expect(drawn(segments).find(({ name }) => name === 'A')?.crossingTo).toBe('B');
});

test('pieces of one street are joined where nothing else meets them, those of another are not', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
    ]),
    street('A', [
      [2, 0],
      [1, 0],
    ]),
    street('B', [
      [2, 0],
      [3, 0],
    ]),
  ]);
  expect(drawn(segments)).toEqual([
    { name: 'A', line: '0,0 1,0 2,0', crossingFrom: null, crossingTo: 'B' },
    { name: 'B', line: '2,0 3,0', crossingFrom: 'A', crossingTo: null },
  ]);
});

test('unnamed pieces are joined only within their class', () => {
  const joined = buildNetwork([
    street(null, [
      [0, 0],
      [1, 0],
    ]),
    street(null, [
      [1, 0],
      [2, 0],
    ]),
  ]);
  expect(joined.segments).toHaveLength(1);
  const apart = buildNetwork([
    street(
      null,
      [
        [0, 0],
        [1, 0],
      ],
      4,
    ),
    street(
      null,
      [
        [1, 0],
        [2, 0],
      ],
      5,
    ),
  ]);
  expect(apart.segments).toHaveLength(2);
});

test('the crossing is the most important of the other named streets', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
    ]),
    street(
      'Calle',
      [
        [1, 0],
        [1, 1],
      ],
      4,
    ),
    street(
      null,
      [
        [1, 0],
        [2, 1],
      ],
      1,
    ),
    street(
      'Avenida',
      [
        [1, 0],
        [2, 0],
      ],
      2,
    ),
  ]);
  expect(drawn(segments).find(({ name }) => name === 'A')?.crossingTo).toBe('Avenida');
});

test('a ring road of one piece and a street drawn over itself come out whole', () => {
  const ring = buildNetwork([
    street('Ring', [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ]),
  ]);
  expect(ring.segments.map(({ line }) => line.length)).toEqual([4]);
  const twoHalves = buildNetwork([
    street('Ring', [
      [0, 0],
      [1, 0],
      [1, 1],
    ]),
    street('Ring', [
      [0, 0],
      [0, 1],
      [1, 1],
    ]),
  ]);
  expect(twoHalves.segments.map(({ line }) => line.length)).toEqual([5]);
});

test('a line drawn twice counts once, with the better name and class', () => {
  const { segments, duplicates, dots } = buildNetwork([
    street(
      null,
      [
        [0, 0],
        [1, 0],
      ],
      4,
    ),
    street(
      'A',
      [
        [1, 0],
        [0, 0],
      ],
      4,
    ),
    street('Dot', [
      [5, 5],
      [5, 5.000_000_01],
    ]),
  ]);
  expect(drawn(segments)).toEqual([{ name: 'A', line: '0,0 1,0', crossingFrom: null, crossingTo: null }]);
  expect([duplicates.length, dots.length]).toEqual([1, 1]);
});

test('neither the order nor the direction of the lines changes anything', () => {
  const lines = [
    street('A', [
      [0, 0],
      [1, 0],
      [2, 0],
    ]),
    street('A', [
      [2, 0],
      [3, 1],
    ]),
    street('B', [
      [1, -1],
      [1, 0],
      [1, 1],
    ]),
    street('B', [
      [1, 1],
      [0, 1],
      [0, 0],
    ]),
    street(
      null,
      [
        [3, 1],
        [4, 1],
      ],
      5,
    ),
  ];
  const turned = lines.map((line) => ({ ...line, line: line.line.toReversed() })).toReversed();
  expect(buildNetwork(turned)).toEqual(buildNetwork(lines));
});

test('a code stays while name and corners stay, whatever happens elsewhere', () => {
  const before = buildNetwork([
    street('A', [
      [0, 0],
      [1, 0],
    ]),
    street('B', [
      [1, 0],
      [2, 0],
    ]),
  ]).segments;
  const after = buildNetwork([
    street('New', [
      [7, 7],
      [8, 8],
    ]),
    street('B', [
      [1, 0],
      [1.5, 0.1],
      [2, 0],
    ]),
    street('A', [
      [0, 0],
      [1, 0],
    ]),
  ]).segments;
  const codeOf = (segments: readonly StreetSegment[], name: string) =>
    segments.find((segment) => segment.name === name)?.code;
  expect(codeOf(after, 'A')).toBe(codeOf(before, 'A'));
  expect(codeOf(after, 'B')).toBe(codeOf(before, 'B'));
  expect(codeOf(after, 'A')).not.toBe(codeOf(after, 'B'));
});

test('two ways between the same corners under one name get different codes', () => {
  const { segments } = buildNetwork([
    street('A', [
      [0, 0],
      [0.5, 0.5],
      [1, 0],
    ]),
    street('A', [
      [0, 0],
      [0.5, -0.5],
      [1, 0],
    ]),
    street('B', [
      [0, 0],
      [-1, 0],
    ]),
    street('B', [
      [1, 0],
      [2, 0],
    ]),
  ]);
  expect(new Set(segments.map(({ code }) => code)).size).toBe(4);
});

test("the source's own codes are kept, numbered where its line was split, and segments stand in their byte order", () => {
  const { segments } = buildNetwork([
    street(
      'A',
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
      4,
      'z9',
    ),
    street(
      'B',
      [
        [1, 0],
        [1, 1],
      ],
      4,
      'a1',
    ),
  ]);
  expect(segments.map(({ code }) => code)).toEqual(['a1', 'z9-1', 'z9-2']);
});

test('lengths agree with the geodesics of PROJ', () => {
  // geod -I +ellps=WGS84 (PROJ 9.1.1)
  expect(
    lengthM([
      [-99.2, 19.4],
      [-99.199, 19.4],
    ]),
  ).toBeCloseTo(105.037864, 4);
  expect(
    lengthM([
      [-99.199, 19.4],
      [-99.199, 19.401],
    ]),
  ).toBeCloseTo(110.6969, 4);
  expect(
    lengthM([
      [-2.36, 51.38],
      [-2.35, 51.39],
    ]),
  ).toBeCloseTo(1312.4056, 2);
});
