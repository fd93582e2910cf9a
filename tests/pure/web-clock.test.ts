// The clock: which cells a filter selects, what a drag means, and when hours stand out.

import { describe, expect, test } from 'vitest';
import type { ClockAnswer } from '../../server/counts/contract.ts';
import { gathered, isSelected, peakOf, selectionOf } from '../../web/charts/clock.ts';

const FRIDAY = 4;
const SATURDAY = 5;
const SUNDAY = 6;

describe('cells a filter selects', () => {
  const night = { hours: { from: 20, until: 2 }, weekdays: [5, 6], weekdayOf: 'shift' as const };

  test('a night belongs to the day it began', () => {
    expect(isSelected(night, { day: FRIDAY, hour: 20 })).toBe(true);
    expect(isSelected(night, { day: SATURDAY, hour: 1 })).toBe(true);
    expect(isSelected(night, { day: SUNDAY, hour: 1 })).toBe(true);
    expect(isSelected(night, { day: FRIDAY, hour: 1 })).toBe(false);
    expect(isSelected(night, { day: SUNDAY, hour: 20 })).toBe(false);
    expect(isSelected(night, { day: SATURDAY, hour: 2 })).toBe(false);
  });

  test('by the calendar the small hours belong to their own day', () => {
    const clock = { ...night, weekdayOf: 'clock' as const };
    expect(isSelected(clock, { day: FRIDAY, hour: 1 })).toBe(true);
    expect(isSelected(clock, { day: SUNDAY, hour: 1 })).toBe(false);
  });

  test('without days or hours nothing is selected', () => {
    expect(isSelected({ hours: null, weekdays: [], weekdayOf: 'clock' }, { day: 0, hour: 0 })).toBe(false);
  });
});

test('a drag either way selects the days and hours it crosses', () => {
  const expected = { weekdays: [5, 6], hours: { from: 20, until: 24 } };
  expect(selectionOf({ day: FRIDAY, hour: 20 }, { day: SATURDAY, hour: 23 }, 1)).toEqual(expected);
  expect(selectionOf({ day: SATURDAY, hour: 23 }, { day: FRIDAY, hour: 20 }, 1)).toEqual(expected);
  expect(selectionOf({ day: FRIDAY, hour: 18 }, { day: FRIDAY, hour: 18 }, 3)).toEqual({
    weekdays: [5],
    hours: { from: 18, until: 21 },
  });
});

test('a drag over the whole week or day leaves it open', () => {
  expect(selectionOf({ day: 0, hour: 8 }, { day: 6, hour: 9 }, 1)).toEqual({
    weekdays: [],
    hours: { from: 8, until: 10 },
  });
  expect(selectionOf({ day: 2, hour: 0 }, { day: 2, hour: 23 }, 1)).toEqual({ weekdays: [3], hours: null });
});

describe('hours that stand out', () => {
  const even = () => Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 2));
  const answer = (counts: number[][], more: Partial<ClockAnswer> = {}): ClockAnswer => ({
    dataVersion: 1,
    counts,
    unknownHour: 0,
    unknownDay: 0,
    total: counts.flat().reduce((sum, count) => sum + count, 0),
    filler: [],
    ...more,
  });

  test('are the three hours of two days in a row that hold most', () => {
    const counts = even();
    for (const day of [FRIDAY, SATURDAY]) for (const hour of [20, 21, 22]) counts[day]![hour] = 30;
    expect(peakOf(answer(counts))).toEqual({ weekdays: [5, 6], from: 20, until: 23 });
  });

  test('may pass midnight, named by the day they began', () => {
    const counts = even();
    counts[FRIDAY]![23] = 30;
    counts[SATURDAY]!.splice(0, 2, 30, 30);
    counts[SATURDAY]![23] = 30;
    counts[SUNDAY]!.splice(0, 2, 30, 30);
    expect(peakOf(answer(counts))).toEqual({ weekdays: [5, 6], from: 23, until: 2 });
  });

  test('are not hours written by habit', () => {
    const counts = even();
    for (const day of counts) day[12] = 200;
    counts[0]![8] = 40;
    // The three hours up to eight, on Monday and the day after: without the habit, noon would hold most.
    const filler = [{ hour: 12, minute: 0, count: 1400 }];
    expect(peakOf(answer(counts, { filler }))).toEqual({ weekdays: [1, 2], from: 6, until: 9 });
  });

  test('do not exist where every hour is alike, or with fewer than 30', () => {
    expect(peakOf(answer(even()))).toBeNull();
    const few = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
    few[0]![0] = 29;
    expect(peakOf(answer(few))).toBeNull();
  });

  test('hold more than chance gives the fullest of all 168 there are', () => {
    // 168 in a week: six to six hours. P(16 or more) = 0.00051, P(17 or more) = 0.00018; 0.05 / 168 lies between.
    const week = (window: number[]) => {
      const counts = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 1));
      for (const day of [FRIDAY, SATURDAY]) for (const hour of [20, 21, 22]) counts[day]![hour] = window.pop()!;
      const more = counts.flat().reduce((sum, count) => sum + count, 0) - 168;
      for (let hour = 0; hour < more; hour++) counts[0]![hour] = 0;
      return answer(counts);
    };
    expect(peakOf(week([3, 3, 3, 3, 2, 2]))).toBeNull();
    expect(peakOf(week([3, 3, 3, 3, 3, 2]))).toEqual({ weekdays: [5, 6], from: 20, until: 23 });
  });
});

test('three-hour columns add up', () => {
  const row = Array.from({ length: 24 }, (_, hour) => hour);
  expect(gathered([row], 3)[0]).toEqual([3, 12, 21, 30, 39, 48, 57, 66]);
});
