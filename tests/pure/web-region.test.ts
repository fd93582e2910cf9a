// The map above the municipality: how cities are ranked, and how their limits become a drawing.

import { expect, test } from 'vitest';
import type { RegionRow } from '../../server/counts/contract.ts';
import { drawLimits } from '../../web/region/draw-limits.ts';
import { growthOf, ranked } from '../../web/region/rank.ts';

const row = (code: string, given: Partial<RegionRow>): RegionRow => ({
  ...{ code, name: code, synthetic: false, residents: null, residentsYear: null, from: null, until: null },
  ...{ count: null, reason: null, rate: null, before: null, beforeReason: null, ...given },
});

test('cities stand by what is asked, and those of which it is not known last, by name', () => {
  const rows = [
    row('b', { count: 10, rate: null }),
    row('a', { count: 20, rate: null }),
    row('c', { count: 5, rate: 90, before: 10 }),
    row('d', { count: 50, rate: 30, before: 40 }),
    row('e', { reason: 'no-data' }),
  ];
  const codes = (by: 'rate' | 'count' | 'growth') =>
    ranked(rows, by)
      .map(({ code }) => code)
      .join('');
  expect(codes('rate')).toBe('cdabe');
  expect(codes('count')).toBe('dabce');
  expect(codes('growth')).toBe('dcabe');
});

test('a city grew by its number over the base year’s; from none nothing can be said', () => {
  expect(growthOf({ count: 15, before: 10 })).toBeCloseTo(0.5);
  expect(growthOf({ count: 5, before: 10 })).toBeCloseTo(-0.5);
  expect(growthOf({ count: 0, before: 10 })).toBe(-1);
  expect(growthOf({ count: 15, before: 0 })).toBeNull();
  expect(growthOf({ count: null, before: 10 })).toBeNull();
});

const square = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];

test('limits are drawn with north up, and as wide as they are at that latitude', () => {
  // At 60° a degree of longitude is half as long as one of latitude: one beside the other they are 1 wide and 1 high.
  const limits = [
    { code: 'west', geometry: { type: 'Polygon', coordinates: [square(10, 59.5, 1)] } },
    { code: 'east', geometry: { type: 'MultiPolygon', coordinates: [[square(11, 59.5, 1)]] } },
  ];
  const drawing = drawLimits({ limits })!;
  expect(drawing.width).toBe(1000);
  expect(drawing.height).toBeCloseTo(1000, 0);
  expect(drawing.outlines.map(({ code }) => code)).toEqual(['west', 'east']);
  // South-west corner first: at the left margin, at the bottom.
  expect(drawing.outlines[0]!.path.startsWith('M12.0,988.0L500.0,988.0L500.0,12.0')).toBe(true);
  expect(drawing.outlines[1]!.path.startsWith('M500.0,988.0L988.0,988.0')).toBe(true);
});

test('without limits there is no drawing', () => {
  expect(drawLimits({ limits: [] })).toBeNull();
  expect(drawLimits({ limits: [{ code: 'a', geometry: null }] })).toBeNull();
});
