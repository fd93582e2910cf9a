// What the headline compares lately, and the days it says it is of: by days, or by whole months where no more is known.

import { describe, expect, test } from 'vitest';
import { dayOf, textOf } from '../../server/calendar/days.ts';
import { recentRange, tellsMonths } from '../../server/counts/summary.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { createTranslator } from '../../server/i18n/translator.ts';
import { coveredDays } from '../../web/store/covered.ts';
import { createFormats } from '../../web/store/formats.ts';
import { daysText, periodToText } from '../../web/store/words.ts';

const range = (from: string, until: string) => ({ from: dayOf(from), until: dayOf(until) });
const words = { t: createTranslator('es'), f: createFormats('es') };

describe('what is recent', () => {
  const recent = (from: string, until: string, through: string | null, byMonth: boolean) => {
    const found = recentRange(range(from, until), through === null ? null : dayOf(through), byMonth);
    return found && [found.before.from, found.range.from, found.range.until].map(textOf);
  };

  test('is 28 complete days beside the 28 before them', () => {
    expect(recent('2025-01-01', '2026-01-01', '2025-12-31', false)).toEqual(['2025-11-06', '2025-12-04', '2026-01-01']);
    expect(recent('2025-01-01', '2026-01-01', '2025-06-30', false)).toEqual(['2025-05-06', '2025-06-03', '2025-07-01']);
  });

  test('is the last whole month beside the one before it where only the month is known', () => {
    expect(recent('2018-03-01', '2019-03-01', '2019-02-28', true)).toEqual(['2019-01-01', '2019-02-01', '2019-03-01']);
    expect(recent('2018-03-01', '2019-03-01', '2019-02-20', true)).toEqual(['2018-12-01', '2019-01-01', '2019-02-01']);
    expect(recent('2018-03-01', '2018-12-15', '2019-02-28', true)).toEqual(['2018-10-01', '2018-11-01', '2018-12-01']);
  });

  test('is nothing where the range is too short for it, or nothing is complete', () => {
    expect(recent('2025-12-20', '2026-01-01', '2025-12-31', false)).toBeNull();
    expect(recent('2019-02-10', '2019-03-01', '2019-02-28', true)).toBeNull();
    expect(recent('2025-01-01', '2026-01-01', null, false)).toBeNull();
  });

  test('goes by months when more than a few records are known by their month alone', () => {
    const [monthly, daily] = [
      { incidents: 100, precisions: [0, 0, 0, 100] },
      { incidents: 900, precisions: [900, 0, 0, 0] },
    ];
    expect(tellsMonths([monthly])).toBe(true);
    expect(tellsMonths([daily])).toBe(false);
    expect(tellsMonths([monthly, daily])).toBe(true);
    expect(tellsMonths([{ incidents: 1000, precisions: [985, 0, 0, 15] }])).toBe(false);
    expect(tellsMonths([])).toBe(false);
  });
});

describe('the days of the headline', () => {
  const bath = [{ from: '2018-10-01', until: '2019-03-01', through: '2019-02-28' }];

  test('are those the data cover of what was asked', () => {
    expect(coveredDays({ from: '2018-03-01', until: '2019-03-01' }, bath)).toEqual({
      from: '2018-10-01',
      until: '2019-03-01',
    });
    expect(coveredDays({ from: '2018-11-01', until: null }, bath)).toEqual({ from: '2018-11-01', until: '2019-03-01' });
    expect(
      coveredDays({ from: null, until: null }, [...bath, { from: '2017-01-01', until: '2018-02-01', through: null }]),
    ).toEqual({
      from: '2017-01-01',
      until: '2019-03-01',
    });
  });

  test('go on to the day the source is complete to, though nothing happened on the last of them', () => {
    const quiet = [{ from: '2019-01-08', until: '2024-12-28', through: '2024-12-31' }];
    expect(coveredDays({ from: '2024-01-01', until: '2025-01-01' }, quiet)).toEqual({
      from: '2024-01-01',
      until: '2025-01-01',
    });
  });

  test('are none where there are no data of them', () => {
    expect(coveredDays({ from: '2030-01-01', until: '2031-01-01' }, bath)).toBeNull();
    expect(coveredDays({ from: null, until: null }, [{ from: null, until: null, through: null }])).toBeNull();
  });

  test('are written by months where only the month is known', () => {
    const covered = { from: '2018-10-01', until: '2019-03-01' };
    expect(daysText(words, EVERYTHING, covered, true)).toBe('oct 2018–feb 2019');
    expect(daysText(words, EVERYTHING, covered, false)).toBe('1 oct 2018–28 feb 2019');
    expect(daysText(words, { ...EVERYTHING, period: '12m' }, null, true)).toBe('Últimos 12 meses');
  });
});

test('a period that ended long ago says so by its name', () => {
  const last = { ...EVERYTHING, period: '12m' } as const;
  expect(periodToText(words, last, '2025-12-31', '2026-11-28')).toBe('12 meses hasta dic 2025');
  expect(periodToText(words, { ...last, period: '28d' }, '2025-12-20', '2026-11-28')).toBe('28 días hasta 20 dic 2025');
  expect(periodToText(words, last, '2026-10-31', '2026-11-28')).toBe('Últimos 12 meses');
  expect(periodToText(words, last, null, '2026-11-28')).toBe('Últimos 12 meses');
  expect(
    periodToText(words, { ...EVERYTHING, from: '2024-01-01', until: '2024-02-01' }, '2025-12-31', '2026-11-28'),
  ).toBe('1–31 ene 2024');
});
