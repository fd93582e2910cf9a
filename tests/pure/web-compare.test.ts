// Two questions compared on the map: one scale for both, and a difference told only where chance does not explain it.

import { expect, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { clearest, differenceOf } from '../../web/compare/difference.ts';
import { sharedBounds } from '../../web/compare/same-scale.ts';
import { LEGEND } from '../../web/store/url.ts';

const counts = (of: Record<string, number>) => ({ ids: Object.keys(of), counts: Object.values(of) });
const YEAR = { a: 365, b: 365 };

test('A and B differ where the counts do by more than chance, also in a place where one of them has none', () => {
  const found = differenceOf(counts({ 1: 60, 2: 12, 3: 3, 4: 0 }), counts({ 1: 20, 2: 10, 5: 40, 4: 0 }), YEAR);
  expect(found.places).toEqual([
    { id: '1', a: 60, b: 20, direction: 'up' },
    { id: '2', a: 12, b: 10, direction: 'none' },
    { id: '3', a: 3, b: 0, direction: 'none' },
    { id: '5', a: 0, b: 40, direction: 'down' },
  ]);
  expect([found.more, found.fewer, found.whole]).toEqual([1, 1, 'none']);
  expect(clearest(found, 5).map(({ id }) => id)).toEqual(['1', '5']);
  expect(clearest(found, 1).map(({ id }) => id)).toEqual(['1']);
});

test('periods of different length are compared by what happened per day', () => {
  const alike = differenceOf(counts({ 1: 100 }), counts({ 1: 25 }), { a: 360, b: 90 });
  expect(alike.places[0]!.direction).toBe('none');
  const denser = differenceOf(counts({ 1: 100 }), counts({ 1: 100 }), { a: 360, b: 90 });
  expect([denser.places[0]!.direction, denser.whole]).toEqual(['down', 'down']);
});

test('of many places that differ by chance alone none is told: what one test would call clear is one of many here', () => {
  // p of 16 against 5 is about 0.018 alone, 0.018 × 40 among forty.
  const pair = differenceOf(counts({ 1: 16 }), counts({ 1: 5 }), YEAR);
  expect(pair.places[0]!.direction).toBe('up');
  const a = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, i === 0 ? 16 : 10]));
  const b = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, i === 0 ? 5 : 10]));
  expect(differenceOf(counts(a), counts(b), YEAR).more).toBe(0);
});

test('both maps share the classes of all values together; a rate and a count share none', () => {
  const answer = (values: Record<string, number>, hasRates: boolean) =>
    ({ ...counts(values), rates: hasRates ? Object.values(values) : null }) as unknown as CountsAnswer;
  const choice = { ...LEGEND, classes: 3 };
  const [low, high] = [answer({ 1: 1, 2: 2, 3: 3 }, true), answer({ 1: 40, 2: 50, 3: 60 }, true)];
  // Quantiles of 1, 2, 3, 40, 50, 60 in three classes.
  expect(sharedBounds({ answer: low, years: 1 }, { answer: high, years: 1 }, choice)).toEqual([2, 40, 60]);
  // A rate of half a year is twice that a year.
  expect(sharedBounds({ answer: low, years: 1 }, { answer: high, years: 0.5 }, choice)).toEqual([2, 80, 120]);
  expect(sharedBounds({ answer: low, years: 1 }, { answer: answer({ 1: 9 }, false), years: 1 }, choice)).toBeNull();
});
