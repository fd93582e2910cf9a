// Of measures that never were in the demo city at most one in twenty is called a success, also at last year's hottest places.

import { expect, test } from 'vitest';
import { dayOf, monthOf } from '../../server/calendar/days.ts';
import { demoMonths } from '../support/demo-months.ts';
import { judgeFakes } from '../support/fake-measures.ts';

const demo = demoMonths();
const january = monthOf(dayOf('2025-01-01'));
const starts = [0, 1, 2, 3, 4, 5, 6].map((later) => january + later);

test.each([
  ['colonias', 'hottest'],
  ['colonias', 'any'],
  ['streets', 'hottest'],
  ['streets', 'any'],
] as const)('of fake measures at %s, %s', (layer, at) => {
  const { counts, places, improving } = demo[layer];
  const told = judgeFakes({ counts, places, starts, fakes: 350, at, without: improving });
  expect(told.said).toBeGreaterThan(100);
  expect(told.fell / told.said).toBeLessThanOrEqual(0.05);
  expect(told.rose / told.said).toBeLessThanOrEqual(0.05);
});
