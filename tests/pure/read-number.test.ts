// Figures by the convention of their column, clocks written as one number, and cells read back as they were written.

import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { openClockEvidence } from '../../server/reading/clock-evidence.ts';
import { csvLine, withoutGuard } from '../../server/text/contract.ts';
import { figureOf, figuresOf } from '../../server/text/read-number.ts';

function read(...values: unknown[]) {
  const { decimal, notes } = figuresOf(values, null);
  return { decimal, values: values.map((value) => figureOf(value, decimal)), notes: notes.map(({ code }) => code) };
}

test('whole numbers keep their thousands, however they are parted', () => {
  const columns = [
    [
      ['3,071', '15.208', '8 214', '4.100'],
      [3071, 15208, 8214, 4100],
    ],
    [
      ["7'021", '6\u00a0118', '5\u202f907', '812'],
      [7021, 6118, 5907, 812],
    ],
    [
      ['1.234.567', '2,345,678'],
      [1234567, 2345678],
    ],
    [['4.100', '12.50'], [4, 13], 'point'],
    [['4.100', '12,5'], [4100, 13], 'comma'],
    [['4,100', '1,234.5'], [4100, 1235], 'point'],
    [['4.100,0', '2.200'], [4100, 2200], 'comma'],
    [['0.250', '7'], [0, 7], 'point'],
  ] as const;
  for (const [values, figures, decimal = null] of columns)
    expect(read(...values)).toMatchObject({ decimal, values: figures });
});

test('what stands for "not known" is named and is no figure; the rest that is no number is named too', () => {
  expect(read(99999999, -6, '999999', '-1', 'N/D', null, '', 412)).toEqual({
    decimal: null,
    values: ['sentinel', 'sentinel', 'sentinel', 'sentinel', null, null, null, 412],
    notes: ['residents-sentinel', 'residents-unread'],
  });
  expect(read(15.208, 4100).notes).toEqual(['numbers-fractions']);
});

test('the decimal mark that was stated decides, and how a column was read is told with an example', () => {
  expect(figuresOf(['15.208'], 'point').notes).toEqual([{ code: 'numbers-point', count: 1, example: '15.208 → 15' }]);
  expect(figuresOf(['15.208', '7'], null).notes).toEqual([
    { code: 'numbers-thousands', count: 1, example: '15.208 → 15208' },
  ]);
  expect(read('1,5', '2.5', '3,7').notes).toContain('numbers-mixed');
});

/** How a column of these is read; what is asked where it stays open. */
function formOf(cells: readonly string[]) {
  const evidence = openClockEvidence('hora');
  for (const cell of cells) evidence.add(cell);
  try {
    return evidence.form(null);
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  [['5', '930', '2350'], true],
  [['45', '8'], true],
  [['0005', '0010'], true],
  [['5', '23', '0'], false],
  [['9:30', '2350'], false],
  [['2024', '2567', '1999'], false],
  [['1', '930', '2400'], true],
  [['1', '930', '9999', '99'], true],
  [['1', '5', '30', '45', '130', '905', '1200', '1745', '2359', '2365'], true],
  [['5', '23', '99'], false],
])('a column of %j runs hours and minutes together: %s', (cells, expected) => {
  expect(formOf(cells) === 'hhmm').toBe(expected);
});

test.each([
  [['5', '930', '93000', '235959'], true],
  [['00250', '21510'], false],
  [['5', '930', '2350'], false],
  [['123456', '930000', '998877'], false],
  [['9:30', '123456'], false],
])('a column of %j runs hours, minutes and seconds together: %s', (cells, expected) => {
  expect(formOf(cells) === 'hhmmss').toBe(expected);
});

test('clocks that all stand between one and twelve are asked about: morning and afternoon may be lost', () => {
  const twelve = Array.from({ length: 60 }, (_, i) => `${String(1 + (i % 12)).padStart(2, '0')}:${10 + (i % 45)}:00`);
  expect(formOf(twelve)).toBe(
    'what does 01:10:00 mean in column hora: 01:10 (--map "hora=hours") or – (--map "hora=discard")? 60 rows depend on it',
  );
  // One of the other half of the day, one that says its half, too few, or a shift of few hours: these are clocks of a whole day.
  for (const other of ['13:05:00', '00:20', '11:05 p. m.']) expect(formOf([...twelve, other])).toBe('hours');
  expect(formOf(twelve.slice(0, 9))).toBe('hours');
  // Twelve of them are enough where 12 is among them; of eleven hours without it they may be a morning's.
  expect(formOf(twelve.slice(0, 12))).toContain('12 rows depend on it');
  expect(formOf(twelve.slice(0, 40).filter((clock) => clock < '12'))).toBe('hours');
  expect(formOf(twelve.map((clock) => clock.slice(0, 5).replace(':', '')))).toContain('(--map "hora=hhmm") or –');
  expect(formOf(twelve.filter((clock) => clock > '06:'))).toBe('hours');
  // What stands for no hour says nothing.
  expect(formOf([...twelve, '00:00'])).not.toBe('hours');
});

test('numbers that are hours in one form and minutes in another are asked about, unless the column decides', () => {
  const hours = Array.from({ length: 100 }, (_, i) => String(i % 24));
  expect(formOf([...hours, '930'])).toBe('hours');
  const asked = 'what does 7 mean in column hora: 00:07 (--map "hora=hhmm") or 07:00 (--map "hora=hours")?';
  expect(formOf(['7', '12', '20', '930'])).toBe(`${asked} 3 rows depend on it`);
  expect(formOf(['7', '9:30', '2350'])).toBe(`${asked} 1 rows depend on it`);
  expect(formOf(['7', '2575', '2350', '930'])).toBe(`${asked} 1 rows depend on it`);
  expect(formOf(['1', '2', '3', '12', '24'])).toBe('hours');
  const seconds = 'what does 930 mean in column hora: 00:09:30 (--map "hora=hhmmss") or 09:30 (--map "hora=hhmm")?';
  expect(formOf(['930', '1015', '2350', '101500'])).toBe(`${seconds} 3 rows depend on it`);
});

test.each([
  [['0.5', '0.25', '.75', '0'], 'fraction'],
  [['0,5', '0,3', '1'], 'fraction'],
  [['0.510416667', '15:30'], 'fraction'],
  [['8.25', '8.5', '8.75', '13'], 'decimal'],
  [['8.30', '13.45', '22.15', '0.05'], 'hmm'],
  [['8.30', '13.45', '22.99', ...Array(30).fill('9.05')], 'hmm'],
  [['8', '13', '0.0'], 'hours'],
])('a column of %j has the clocks of the form %s', (cells, expected) => {
  expect(formOf(cells)).toBe(expected);
});

test('decimals that may be minutes or a share of the hour or of the day are asked about', () => {
  expect(formOf(['0.30', '0.45'])).toBe(
    'what does 0.30 mean in column hora: 07:12 (--map "hora=fraction") or 00:30 (--map "hora=hmm")? 2 rows depend on it',
  );
  expect(formOf(['8.30', '8.3', '9.15'])).toBe(
    'what does 8.3 mean in column hora: 08:30 (--map "hora=hmm") or 08:18 (--map "hora=decimal")? 3 rows depend on it',
  );
});

test.each(['-99,18', "'-99,18", "''=x", '=1+1', '\t=1', '  @a', "'a", "O'Higgins", '-cmd', "' =x"])(
  'the cell %j is read back as it was written',
  (cell) => {
    const [row] = Papa.parse<string[]>(csvLine([cell])).data;
    expect(withoutGuard(row![0]!)).toBe(cell);
  },
);
