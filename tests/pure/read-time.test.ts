// Dates and hours in every notation the sources use.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDate, readMonth, readTime } from '../../server/reading/read-time.ts';

const inOrder = (yearLast: 'dmy' | 'mdy' | 'ymd') => ({ yearFirst: 'ymd', yearLast }) as const;
const day = (text: string, order: 'dmy' | 'mdy' = 'dmy') => {
  const read = readDate(text, inOrder(order));
  return (
    read && `${read.date} ${read.precision}${read.note ? ` ${read.note}` : ''}${read.rest ? ` | ${read.rest}` : ''}`
  );
};
const clock = (text: string) => {
  const read = readTime(text);
  if (!read) return null;
  const hour = String(Math.floor(read.minute / 60)).padStart(2, '0');
  return `${hour}:${String(read.minute % 60).padStart(2, '0')} ${read.precision}${read.note ? ` ${read.note}` : ''}`;
};

test.for([
  ['2024-03-09', '2024-03-09 day'],
  ['2024-3-9', '2024-03-09 day'],
  ['2024/03/09', '2024-03-09 day'],
  ['20240309', '2024-03-09 day'],
  ['2024-11-05 06:30:00', '2024-11-05 day | 06:30:00'],
  ['2024-11-05T06:30:00', '2024-11-05 day | 06:30:00'],
  ['2024-11-05T06:30:00.000Z', '2024-11-05 day | 06:30:00.000'],
  ['2018-10', '2018-10-01 month'],
  ['10/2018', '2018-10-01 month'],
  ['09/03/2024', '2024-03-09 day'],
  ['9.3.2024', '2024-03-09 day'],
  ['09-03-24', '2024-03-09 day'],
  ['09/03/99', '1999-03-09 day'],
  ['09/03/2024 18:05', '2024-03-09 day | 18:05'],
  ['5 de agosto de 2024', '2024-08-05 day'],
  ['05-ago-2024', '2024-08-05 day'],
  ['5-AGO-24', '2024-08-05 day'],
  ['August 5, 2024', '2024-08-05 day'],
  ['5 August 2024 14:10', '2024-08-05 day | 14:10'],
  ['Agosto de 2024', '2024-08-01 month'],
  ['sept. 2024', '2024-09-01 month'],
  ['7 de março de 2023', '2023-03-07 day'],
  ['18/out/2021', '2021-10-18 day'],
  ['jun-19', '2019-06-01 month month-short-year'],
  ["Jun '19", '2019-06-01 month month-short-year'],
  ['14/05/2022 - 16/05/2022', '2022-05-14 day date-range'],
  ['2022-05-14 al 2022-05-16', '2022-05-14 day date-range'],
  ['29/02/2024', '2024-02-29 day'],
  ['31/02/2024', '2024-02-01 month day-unreadable'],
  ['2023-02-29', '2023-02-01 month day-unreadable'],
])('the date %s is %s', ([text, expected]) => {
  expect(day(text!)).toBe(expected);
});

test.for(['07-jun', '7 jun', 'Jun 7', 'Jun 19', 'jun-30', '14-dez'])('%s is a day of no year, not a month', (text) => {
  expect(day(text)).toBeNull();
});

test('a date that fits only the other order is not read', () => {
  expect(day('03/25/2024')).toBeNull();
  expect(day('25/03/2024', 'mdy')).toBeNull();
  expect(day('03/04/2024', 'mdy')).toBe('2024-03-04 day');
  expect(day('03/04/2024', 'dmy')).toBe('2024-04-03 day');
});

test.for(['', 'data', 'agosto', '2024', '13/2024', '00/00/0000', '0222-01-05', '2024-13-01', '45292', 'ayer', '12:30'])(
  'no month can be read from "%s"',
  (text) => {
    expect(day(text)).toBeNull();
  },
);

test('a month in a column of its own is a number, a Spanish or English name, or year and month', () => {
  const month = (text: string, year: string) => readMonth(text, year)?.date ?? null;
  expect(month('Agosto', '2024')).toBe('2024-08-01');
  expect(month('August', '2024')).toBe('2024-08-01');
  expect(month('8', '2024')).toBe('2024-08-01');
  expect(month('2024-08', '')).toBe('2024-08-01');
  expect(month('data', '2024')).toBeNull();
  expect(month('Agosto', '')).toBeNull();
  expect(month('13', '2024')).toBeNull();
});

test.for([
  ['13:50:00', '13:50 minute'],
  ['06:30:00:00', '06:30 minute'],
  ['8:05', '08:05 minute'],
  ['23:59:59.999', '23:59 minute'],
  ['00:00', '00:00 minute'],
  ['06:30:00.000Z', '06:30 minute'],
  ['14:30-06:00', '14:30 minute'],
  ['1:05 PM', '13:05 minute'],
  ['12:05 a. m.', '00:05 minute'],
  ['12:05 p.m.', '12:05 minute'],
  ['14:30 hrs', '14:30 minute'],
  ['15:30 hrs.', '15:30 minute'],
  ['15:30 Hs.', '15:30 minute'],
  ['03:15 p.m. hrs', '15:15 minute'],
  ['3:15 hrs. p. m.', '15:15 minute'],
  ['3 p. m.', '15:00 hour'],
  ['03:15p', '15:15 minute'],
  ['12:00 m.', '12:00 minute'],
  ['00:20 a. m.', '00:20 minute'],
  ['3:15 de la tarde', '15:15 minute'],
  ['12:10 de la noche', '00:10 minute'],
  ['10 de la noche', '22:00 hour'],
  ['5:40 de la mañana', '05:40 minute'],
  ['0.510416667', '12:15 minute'],
  ['45366.510416667', '12:15 minute'],
  ['14h', '14:00 hour'],
  ['14', '14:00 hour'],
  ['7 pm', '19:00 hour'],
  ['1899-12-30 18:20:00', '18:20 minute'],
  ['00250', '00:25 minute hour-run-together'],
  ['21510', '21:51 minute hour-run-together'],
  ['1430', '14:30 minute hour-run-together'],
  ['143005', '14:30 minute hour-run-together'],
])('the hour %s is %s', ([text, expected]) => {
  expect(clock(text!)).toBe(expected);
});

test.for(['24:00', '25:10', '12:60', '13:00 pm', 'noche', '99999', '-1:00'])(
  'no hour can be read from "%s"',
  (text) => {
    expect(clock(text)).toBeNull();
  },
);

test('every day of two centuries is read the same in each notation', () => {
  const anyDay = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2100-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(anyDay, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [year, month, dayOfMonth] = iso.split('-');
      const long = (locale: string) =>
        new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
      const notations = [
        iso,
        `${dayOfMonth}/${month}/${year}`,
        long('es-MX'),
        long('en-GB'),
        long('en-US'),
        `${iso}T00:00:00`,
      ];
      expect(notations.map((text) => readDate(text, inOrder('dmy'))?.date)).toEqual(notations.map(() => iso));
      expect(readDate(`${month}/${dayOfMonth}/${year}`, inOrder('mdy'))?.date).toBe(iso);
    }),
  );
});

test('every minute of the day is read the same on both clocks', () => {
  for (let minute = 0; minute < 1440; minute++) {
    const at = new Date(Date.UTC(2024, 0, 1, 0, minute));
    const format = (locale: string, hour12: boolean) =>
      new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', hour12, timeZone: 'UTC' }).format(at);
    const expected = at.toISOString().slice(11, 16);
    expect([
      readTime(expected)?.minute,
      readTime(format('en-US', true))?.minute,
      readTime(format('es-MX', true))?.minute,
    ]).toEqual([minute, minute, minute]);
  }
});
