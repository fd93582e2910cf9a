// Streets of two carriageways: told by another line of the same name beside them, and by nothing else.

import { expect, test } from 'vitest';
import type { Line } from '../../server/geometry/shape.ts';
import { dualCarriageways } from '../../server/streets/dual.ts';
import { buildNetwork } from '../../server/streets/network.ts';

/** At 19.4° N a degree of latitude is 110,692 m and one of longitude 105,042 m (tests/tinytown/ANSWERS.md). */
const at = (eastM: number, northM: number): Line[number] => [-99.2 + eastM / 105_042, 19.4 + northM / 110_692];
const line = (...places: readonly (readonly [number, number])[]): Line => places.map(([x, y]) => at(x, y));

function beside(...streets: readonly (readonly [string | null, Line])[]) {
  const lines = streets.map(([name, drawn]) => ({ name, roadClass: 3 as const, code: null, line: drawn }));
  const found = dualCarriageways(buildNetwork(lines).segments);
  return found.map(({ segment, besideM }) => `${segment.name} ${besideM}`).sort();
}

const road = (y: number, from = 0, until = 200) => line([from, y], [until, y]);

test('two lines of one name fifteen metres apart are both told, with their metres', () => {
  expect(beside(['Reforma', road(0)], ['Reforma', road(15)])).toEqual(['Reforma 200', 'Reforma 200']);
});

test('a shorter one beside a longer tells how far it goes along', () => {
  expect(beside(['Reforma', road(0)], ['Reforma', road(15, 0, 120)])).toEqual(['Reforma 120', 'Reforma 120']);
});

test.each([
  ['another name', [['Reforma', road(0)] as const, ['Juárez', road(15)] as const]],
  ['no name', [[null, road(0)] as const, [null, road(15)] as const]],
  ['fifty metres apart: two streets', [['Norte 1', road(0)] as const, ['Norte 1', road(50)] as const]],
  ['one after the other', [['Reforma', road(0)] as const, ['Reforma', road(0, 210, 400)] as const]],
  ['round a corner', [['Cerrada', line([0, 0], [0, 200])] as const, ['Cerrada', line([5, 205], [205, 205])] as const]],
  ['beside it only at a mouth', [['Vía', road(0)] as const, ['Vía', line([100, 15], [120, 15])] as const]],
])('not with %s', (_, streets) => {
  expect(beside(...streets)).toEqual([]);
});
