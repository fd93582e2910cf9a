// Street lines that cross, or end beside another, without a common vertex: they are told, and split when that is wished.

import { expect, test } from 'vitest';
import type { Corner, Line } from '../../server/geometry/shape.ts';
import { chooseStreetColumns, levelOf } from '../../server/streets/columns.ts';
import { type Drawn, findMissing } from '../../server/streets/junctions.ts';
import { buildNetwork } from '../../server/streets/network.ts';

/** Metres east and north of 99.2° W, 19.4° N, as the code measures them. */
const at = (east: number, north: number): Corner => [
  -99.2 + east / (111_200 * Math.cos((19.4 * Math.PI) / 180)),
  19.4 + north / 111_200,
];
type Metres = readonly [east: number, north: number];
const street = (name: string, corners: readonly Metres[], level = ''): Drawn => ({
  name,
  level,
  line: corners.map(([east, north]) => at(east, north)),
});
const told = (lines: readonly Drawn[]) => {
  const { missing } = findMissing(lines);
  const count = (kind: string) => missing.filter((each) => each.kind === kind).length;
  return { crossing: count('crossing'), end: count('end'), level: count('level') };
};
const segmentsOf = (lines: readonly Drawn[], split: boolean) => {
  const drawn = split ? findMissing(lines).split() : lines.map(({ line }) => line);
  const named = lines.map(({ name }, i) => ({ name, roadClass: 4 as const, code: null, line: drawn[i]! }));
  return buildNetwork(named).segments;
};
/** Lengths to ten metres: a degree north of 19.4° is 110.7 km, which the code takes for 111.2. */
const names = (lines: readonly Drawn[], split = true) =>
  segmentsOf(lines, split).map(({ name, lengthM }) => `${name} ${Math.round(lengthM / 10) * 10}`);

const WEST_EAST = street('Oriente', [
  [0, 0],
  [300, 0],
]);
const SOUTH_NORTH = street('Norte', [
  [100, -50],
  [100, 150],
]);

test('two lines that cross are two segments each once they are split, and cross each other', () => {
  const lines = [WEST_EAST, SOUTH_NORTH];
  expect(told(lines)).toEqual({ crossing: 1, end: 0, level: 0 });
  expect(names(lines, false)).toHaveLength(2);
  expect(names(lines).sort()).toEqual(['Norte 150', 'Norte 50', 'Oriente 100', 'Oriente 200']);
  const crossings = segmentsOf(lines, true).flatMap(({ crossingFrom, crossingTo }) => [crossingFrom, crossingTo]);
  expect(crossings.filter((each) => each !== null).sort()).toEqual(['Norte', 'Norte', 'Oriente', 'Oriente']);
});

test.each<[string, readonly Metres[], number]>([
  [
    'stops 20 cm short',
    [
      [200, 0.2],
      [200, 90],
    ],
    4,
  ],
  [
    'runs 40 cm over',
    [
      [200, -0.4],
      [200, 90],
    ],
    4,
  ],
  [
    'stops two metres short',
    [
      [200, 2],
      [200, 90],
    ],
    3,
  ],
  [
    'begins half a metre beside the end of the other',
    [
      [300.5, 0.2],
      [300, 90],
    ],
    3,
  ],
])('a street that %s', (_, corners, segments) => {
  const lines = [WEST_EAST, SOUTH_NORTH, street('Cerrada', corners)];
  const isNear = segments === 4 || corners[0]![0] > 300;
  expect(told(lines)).toEqual({ crossing: 1, end: isNear ? 1 : 0, level: 0 });
  const meets = segmentsOf(lines, true).find(({ name }) => name === 'Cerrada')!;
  expect([meets.crossingFrom, meets.crossingTo].includes('Oriente')).toBe(isNear);
  // Oriente is cut at Norte, and where the other ends on it.
  expect(names(lines).filter((name) => name.startsWith('Oriente'))).toHaveLength(segments === 4 ? 3 : 2);
});

test('lines that have their vertices are left alone, also where three meet or a loop closes', () => {
  const lines = [
    street('A', [
      [0, 0],
      [100, 0],
      [200, 0],
    ]),
    street('B', [
      [100, 0],
      [100, 80],
    ]),
    street('C', [
      [100, -70],
      [100, 0],
    ]),
    street('Glorieta', [
      [200, 0],
      [210, 10],
      [220, 0],
      [210, -10],
      [200, 0],
    ]),
  ];
  expect(told(lines)).toEqual({ crossing: 0, end: 0, level: 0 });
  expect(findMissing(lines).split()).toEqual(lines.map(({ line }) => line));
});

test('a vertex of one line on the other is a crossing, told once', () => {
  const lines = [
    WEST_EAST,
    street('Quebrada', [
      [50, -40],
      [60, 0.005],
      [70, 40],
    ]),
  ];
  expect(told(lines)).toEqual({ crossing: 1, end: 0, level: 0 });
  expect(names(lines)).toHaveLength(4);
});

test('a line that crosses itself is cut there', () => {
  const lines = [
    street('Lazo', [
      [0, 0],
      [100, 0],
      [100, 50],
      [50, 50],
      [50, -50],
    ]),
  ];
  expect(told(lines)).toEqual({ crossing: 1, end: 0, level: 0 });
  expect(names(lines).length).toBeGreaterThan(1);
});

test('bridges and tunnels are not split, and counted apart', () => {
  const bridge = street(
    'Puente',
    [
      [100, -50],
      [100, 150],
    ],
    '1 bridge',
  );
  expect(told([WEST_EAST, bridge])).toEqual({ crossing: 0, end: 0, level: 1 });
  expect(names([WEST_EAST, bridge])).toHaveLength(2);
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ bridge: 'yes', layer: '1' }, '1 bridge'],
  [{ bridge: 'no', layer: null }, ''],
  [{ bridge: 'F', tunnel: 'F', layer: 0 }, ''],
  [{ bridge: 'viaduct' }, 'bridge'],
  [{ tunnel: true }, 'tunnel'],
  [{ PUENTE: 'N', NIVEL: '-1' }, '-1'],
  // The layers of a drawing are no heights.
  [{ Layer: 'EJES DE CALLE' }, ''],
  [{ f_zlev: 1, t_zlev: 0 }, '1'],
])('%j is on the level %j', (row, level) => {
  expect(levelOf(row, chooseStreetColumns([row], { code: null, name: null }))).toBe(level);
});

test('the order of the lines and their direction make no difference', () => {
  const lines = [
    WEST_EAST,
    SOUTH_NORTH,
    street('Cerrada', [
      [200, 0.3],
      [200, 90],
    ]),
    street('Otra', [
      [250, 60],
      [250, 0.6],
    ]),
    street('Punta', [
      [300.4, 0.3],
      [340, 60],
    ]),
    street('Diagonal', [
      [20, -60],
      [280, 80],
    ]),
  ];
  const turned = lines.toReversed().map((each) => ({ ...each, line: each.line.toReversed() as Line }));
  const outlines = (given: readonly Drawn[]) =>
    segmentsOf(given, true).map(({ code, name, lengthM }) => `${code} ${name} ${lengthM.toFixed(3)}`);
  expect(outlines(turned)).toEqual(outlines(lines));
  expect(told(turned)).toEqual(told(lines));
});

test('a city of 62,500 streets drawn across each other is looked through and split', () => {
  const [side, blockM] = [250, 80];
  // Each line crosses one block's worth of the next, without a vertex anywhere.
  const lines = Array.from({ length: side * side }, (_, i) => {
    const [east, north] = [(i % side) * blockM, Math.floor(i / side) * blockM];
    return i % 2 === 0
      ? street(`O${i}`, [
          [east - 60, north],
          [east + 60, north],
        ])
      : street(`N${i}`, [
          [east, north - 60],
          [east, north + 60],
        ]);
  });
  const { missing, whole, split } = findMissing(lines);
  expect(whole).toBe(true);
  expect(missing.length).toBeGreaterThan(side);
  expect(split()).toHaveLength(lines.length);
});

test('lines that lie upon each other beyond all measure are not looked through', () => {
  const lines = Array.from({ length: 3000 }, (_, i) =>
    street(`L${i}`, [
      [i / 100, 0],
      [300 - i / 100, 200 + i / 50],
    ]),
  );
  expect(findMissing(lines)).toMatchObject({ whole: false, missing: [] });
});
