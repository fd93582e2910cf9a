// The methods of analysis against values that others published, or that another program gives: every one in the list of
// support/published-values.ts, each with its source; and the sheet people read is written from that list.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { estimated } from '../../server/statistics/displacement.ts';
import { PUBLISHED } from '../support/published-values.ts';
import { LANGUAGES, referenceSheet, sheetPath } from '../support/reference-sheet.ts';

test.each(PUBLISHED.map((each) => [each.en, each.source, each] as const))('%s (%s)', (_, __, published) => {
  const ours = published.ours();
  expect(ours).toHaveLength(published.values.length);
  for (const [i, value] of published.values.entries()) {
    // To the last published digit: the published value may be rounded by half of it.
    const most = Math.max(0.5 * 10 ** -published.decimals, Math.abs(value) * 1e-15) * (1 + 1e-6);
    expect(Math.abs(ours[i]! - value), `${ours[i]} ≠ ${value}`).toBeLessThanOrEqual(most);
  }
});

test('there are at least sixty of them, all with a source', () => {
  const values = PUBLISHED.reduce((sum, { values: each }) => sum + each.length, 0);
  expect(values).toBeGreaterThanOrEqual(60);
  expect(PUBLISHED.filter(({ source }) => source.trim() === '')).toEqual([]);
});

test.each(LANGUAGES)(
  'the sheet people read is that of the list (%s; node tests/support/reference-sheet.ts)',
  (language) => {
    expect(readFileSync(sheetPath(language), 'utf8')).toBe(referenceSheet(language));
  },
);

test('with 10 before in both, the interval of no change ends where the smallest visible drop begins', () => {
  expect(estimated(0, 40).high).toBeCloseTo(12.4, 1);
});
