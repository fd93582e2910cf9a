// Two questions compared on the map: one scale for both, and a difference told only where chance does not explain it.

import { expect, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import { EVERYTHING, type Filter } from '../../server/filter/contract.ts';
import { clearest, differenceOf } from '../../web/compare/difference.ts';
import { daysAsked, exposures, mayShare, type Side } from '../../web/compare/exposure.ts';
import { sharedBounds } from '../../web/compare/same-scale.ts';
import { LEGEND } from '../../web/store/url.ts';

const counts = (of: Record<string, number>) => ({ ids: Object.keys(of), counts: Object.values(of) });
const YEAR = { a: 365, b: 365, unjudged: null };

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
  const alike = differenceOf(counts({ 1: 100 }), counts({ 1: 25 }), { a: 360, b: 90, unjudged: null });
  expect(alike.places[0]!.direction).toBe('none');
  const denser = differenceOf(counts({ 1: 100 }), counts({ 1: 100 }), { a: 360, b: 90, unjudged: null });
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
  expect(sharedBounds({ answer: low, years: 1 }, { answer: high, years: 1 }, choice)).toEqual({
    bounds: [2, 40, 60],
    measure: 'rate',
    isSampled: false,
  });
  // A rate of half a year is twice that a year.
  expect(sharedBounds({ answer: low, years: 1 }, { answer: high, years: 0.5 }, choice)).toEqual({
    bounds: [2, 80, 120],
    measure: 'rate',
    isSampled: false,
  });
  expect(sharedBounds({ answer: low, years: 1 }, { answer: answer({ 1: 9 }, false), years: 1 }, choice)).toBeNull();
});

const side = (from: string, until: string, filter: Partial<Filter> = {}, offences: Side['offences'] = null): Side => ({
  filter: { ...EVERYTHING, ...filter },
  days: { from, until },
  offences,
});

test('what is asked for longer has longer: the weekdays of the calendar and the hours asked for', () => {
  // 1 February 2024 was a Thursday, of a February with 29 days: five Thursdays, four of each other day.
  expect([4, 5, 7].map((day) => daysAsked({ from: '2024-02-01', until: '2024-03-01' }, [day]))).toEqual([5, 4, 4]);
  expect(daysAsked({ from: '2024-02-01', until: '2024-03-01' }, [])).toBe(29);
  const week = side('2024-03-04', '2024-04-01', { weekdays: [1, 2, 3, 4, 5] });
  const weekend = side('2024-03-04', '2024-04-01', { weekdays: [6, 7], hours: { from: 22, until: 4 } });
  expect(exposures({ a: week, b: weekend })).toEqual({ a: 20 * 24, b: 8 * 6 });
  // Ten in each of the hours that are asked for, in both: not a difference.
  const alike = differenceOf(counts({ 1: 4800 }), counts({ 1: 480 }), {
    ...exposures({ a: week, b: weekend }),
    unjudged: null,
  });
  expect(alike.whole).toBe('none');
});

test('an incident that may be on both sides is no difference: days, hours, weekdays, offences and places set them apart', () => {
  const parents = new Map([
    ['theft', null],
    ['theft.street', 'theft'],
    ['homicide', null],
  ]);
  const march = side('2024-03-01', '2024-04-01');
  const share = (a: Side, b: Side) => mayShare({ a, b }, parents);
  const asked = (filter: Partial<Filter>, offences: Side['offences'] = null) =>
    side('2024-03-01', '2024-04-01', filter, offences);
  expect(share(march, side('2024-01-01', '2025-01-01'))).toBe(true);
  expect(share(march, side('2023-03-01', '2024-03-01'))).toBe(false);
  expect(share(asked({ weekdays: [1, 2] }), asked({ weekdays: [6, 7] }))).toBe(false);
  expect(share(asked({ hours: { from: 22, until: 6 } }), asked({ hours: { from: 6, until: 22 } }))).toBe(false);
  expect(share(asked({ hours: { from: 22, until: 6 } }), asked({ hours: { from: 5, until: 22 } }))).toBe(true);
  expect(share(asked({}, ['theft']), asked({}, ['homicide']))).toBe(false);
  expect(share(asked({}, ['theft']), asked({}, ['theft.street']))).toBe(true);
  const within = (code: string): Filter['within'] => ({
    type: 'place',
    layer: 'sectores',
    version: null,
    place: { code },
  });
  expect(share(asked({ within: within('a') }), asked({ within: within('b') }))).toBe(false);
  expect(share(asked({ within: within('a') }), asked({}))).toBe(true);
  const told = differenceOf(counts({ 1: 900 }), counts({ 1: 9 }), { a: 1, b: 1, unjudged: 'shared' });
  expect([told.whole, told.more, told.places[0]!.direction]).toEqual(['none', 0, 'none']);
});
