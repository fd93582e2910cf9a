// Whole columns of dates and times: in which order they stand, which moments they mean, and what is asked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openZone } from '../../server/calendar/time-zone.ts';
import type { DateOrder, Incident } from '../../server/reading/contract.ts';
import { DateDoubt } from '../../server/reading/date-doubt.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-dates-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Choices = {
  dateOrder?: DateOrder;
  times?: string;
  timezone?: string;
  map?: Record<string, string>;
  preset?: string;
};

async function read(lines: readonly string[], { map = {}, preset = 'generic', ...choices }: Choices = {}) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, lines.join('\n'));
  const file = openIncidentFile(path, { preset, map, bounds: null, taxonomy, unpackTo: folder, ...choices });
  const incidents: Incident[] = [];
  const rejects: string[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects.map(({ line, reason }) => `${line} ${reason}`));
  }
  const notes = file.notes().filter(({ code }) => code !== 'offence-unknown');
  return { incidents, rejects, notes, codes: notes.map(({ code, count }) => `${code} ${count}`) };
}
const two = (n: number) => String(n).padStart(2, '0');
const moment = (day: string, minute: number | null) =>
  minute === null ? day : `${day} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
/** What one column of dates becomes. */
async function column(dates: readonly string[], choices: Choices = {}) {
  const found = await read(['date,offence', ...dates.map((date) => `"${date}",Robbery`)], choices);
  return { ...found, when: found.incidents.map(({ occurredOn, minuteOfDay }) => moment(occurredOn, minuteOfDay)) };
}
async function question(reading: Promise<unknown>) {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DateDoubt);
  return (error as DateDoubt).question;
}

test('a proof anywhere in the file decides every row, however late it comes', async () => {
  // 40,000 rows sorted by date, month first: the first megabyte holds nothing but the first eleven days.
  const rows = Array.from({ length: 40_000 }, (_, i) => `05/${two(1 + Math.floor(i / 3500))}/2023 01:15:00 PM`);
  const { incidents, codes } = await column([...rows, '05/29/2023 01:15:00 PM']);
  expect(new Set(incidents.map(({ occurredOn }) => occurredOn.slice(0, 7)))).toEqual(new Set(['2023-05']));
  expect(codes).toEqual(['dates-month-first 1']);
});

test('a file that proves no order is asked about, with the months of both readings', async () => {
  const dates = ['07/01/2023', '07/02/2023', '07/02/2023', '07/07/2023'];
  const { column: name, rows, readings } = await question(column(dates));
  expect([name, rows]).toEqual(['date', 3]);
  expect(readings).toMatchObject([
    { order: 'dmy', example: { text: '07/01/2023', date: '2023-01-07' }, against: null },
    { order: 'mdy', example: { text: '07/01/2023', date: '2023-07-01' }, against: null },
  ]);
  expect(readings.map(({ months }) => months)).toEqual([
    [
      { month: '2023-01', count: 1 },
      { month: '2023-02', count: 2 },
      { month: '2023-07', count: 1 },
    ],
    [{ month: '2023-07', count: 4 }],
  ]);
  const chosen = await column(dates, { dateOrder: 'mdy' });
  expect(chosen.when).toEqual(['2023-07-01', '2023-07-02', '2023-07-02', '2023-07-07']);
  expect(chosen.notes).toEqual([
    { code: 'date-order-stated', count: 3, example: 'date: 07/01/2023 → 2023-07-01 (mdy, 75 %)' },
  ]);
});

test('dates that prove both orders are asked about with the rows; what was chosen leaves the others unread', async () => {
  const dates = ['17/03/2022', '03/17/2022', '05/03/2022'];
  const { readings } = await question(column(dates));
  expect(readings.map(({ order, against }) => [order, against?.line, against?.text])).toEqual([
    ['dmy', 3, '03/17/2022'],
    ['mdy', 2, '17/03/2022'],
  ]);
  const chosen = await column(dates, { dateOrder: 'dmy' });
  expect(chosen.when).toEqual(['2022-03-17', '2022-03-05']);
  expect(chosen.rejects).toEqual(['3 no-month']);
  await question(column(['03/17/2022'], { dateOrder: 'dmy' }));
});

test('each column has its own order', async () => {
  const rows = ['date,reported_date,offence', '04/05/2021,28/05/2021,Robbery', '04/26/2021,09/06/2021,Robbery'];
  const { incidents } = await read(rows);
  expect(incidents.map(({ occurredOn, reportedOn }) => [occurredOn, reportedOn])).toEqual([
    ['2021-04-05', '2021-05-28'],
    ['2021-04-26', '2021-06-09'],
  ]);
  const open = ['date,reported_date,offence', '2021-05-14,06/05/2021,Robbery'];
  expect((await question(read(open))).column).toBe('reported_date');
});

test('a spreadsheet of another country that turned half of the dates is undone', async () => {
  // Written 09/05, 09/11, 09/08 and 09/23, 09/30 month first; opened where the day stands first.
  const { when, notes } = await column([
    ...['2023-05-09', '2023-11-09 14:30:00', '2023-08-09', '09/23/2023', '9/30/2023 08:15'],
  ]);
  expect(when).toEqual(['2023-09-05', '2023-09-11 14:30', '2023-09-08', '2023-09-23', '2023-09-30 08:15']);
  expect(notes).toContainEqual({ code: 'dates-half-converted', count: 3, example: '2023-05-09 → 2023-09-05' });
  const kept = await column(['2023-09-05', '2023-09-11', '13/09/2023', '29/09/2023']);
  expect(kept.when).toEqual(['2023-09-05', '2023-09-11', '2023-09-13', '2023-09-29']);
});

test.for([
  [
    ['22-11-05', '23-01-31', '22-12-30', '22-12-02'],
    undefined,
    ['2022-11-05', '2023-01-31', '2022-12-30', '2022-12-02'],
  ],
  [['05.11.22', '31.01.22'], undefined, ['2022-11-05', '2022-01-31']],
  [['22/11/05'], 'ymd', ['2022-11-05']],
  [['2022-30-11', '2022-05-11'], 'ydm', ['2022-11-30', '2022-11-05']],
  [['20221105', '5-nov-22', 'Nov 5, 2022', '5 de noviembre de 2022'], undefined, Array(4).fill('2022-11-05')],
] as const)('%j', async ([dates, dateOrder, expected]) => {
  expect((await column(dates, dateOrder ? { dateOrder } : {})).when).toEqual(expected);
});

test('one date in two digits may be read three ways, and so may a few of one day of the month; a year and a day that change places are asked about', async () => {
  expect((await question(column(['10/11/12']))).readings.map(({ order }) => order)).toEqual(['dmy', 'mdy', 'ymd']);
  expect((await question(column(['01/03/22', '01/03/23']))).readings.map(({ order }) => order)).toEqual([
    ...(['dmy', 'mdy', 'ymd'] as const),
  ]);
  expect((await question(column(['2022-30-11', '2022-05-11']))).readings.map(({ order }) => order)).toEqual([
    'ymd',
    'ydm',
  ]);
});

test('moments with an offset become local time, in every notation', async () => {
  const { when, notes } = await column(
    [
      ...['2023-08-20T04:10:00Z', '2023-08-20 04:10:00+00', '2023-08-20T04:10:00.000+00:00', '2023/08/19 22:10:00-06'],
      ...['2023-08-19T22:10:00-06:00', '2023-08-19T22:10-0600', 'Sun, 20 Aug 2023 04:10:00 GMT'],
      ...['Sat, 19 Aug 2023 23:10:00 -0500', '20230820T041000Z', '2023-08-19 22:10:00'],
    ],
    { timezone: 'America/Mexico_City' },
  );
  expect(when).toEqual(Array(10).fill('2023-08-19 22:10'));
  expect(notes).toEqual([{ code: 'times-converted', count: 9, example: '2023-08-20T04:10:00Z → 2023-08-19 22:10' }]);
});

test.for([
  ['America/New_York', '2023-03-12T06:59:00Z', '2023-03-12 01:59'],
  ['America/New_York', '2023-03-12T07:00:00Z', '2023-03-12 03:00'],
  ['America/New_York', '2023-11-05T05:30:00Z', '2023-11-05 01:30'],
  ['America/New_York', '2023-11-05T06:30:00Z', '2023-11-05 01:30'],
  ['America/New_York', '2023-11-06T03Z', '2023-11-05 22:00'],
  ['Asia/Kolkata', '2023-12-31T20:00:00Z', '2024-01-01 01:30'],
])('in %s %s is %s', async ([timezone, text, expected]) => {
  expect((await column([text!], { timezone: timezone! })).when).toEqual([expected]);
});

test('dates of nothing but midnight stay dates, whatever offset they carry', async () => {
  const zone = { timezone: 'America/Bogota' };
  const utc = await column(['2023-06-14T00:00:00Z', '2023-06-30T00:00:00.000Z'], zone);
  expect(utc.when).toEqual(['2023-06-14', '2023-06-30']);
  expect(utc.codes).toEqual(['midnight-is-no-hour 2']);
  // Midnight at the place, written as UTC.
  expect((await column(['2023-06-14T05:00:00Z', '2023-06-30T05:00:00Z'], zone)).when).toEqual([
    '2023-06-14',
    '2023-06-30',
  ]);
  expect((await column(['2023-06-14T00:00:00Z', '2023-06-30T00:20:00Z'], zone)).when).toEqual([
    '2023-06-13 19:00',
    '2023-06-29 19:20',
  ]);
  expect((await column(['06/14/2023 12:00:00 AM', '06/30/2023 12:00:00 AM'], zone)).when).toEqual([
    '2023-06-14',
    '2023-06-30',
  ]);
  expect((await column(['06/14/2023 12:00:00 AM', '06/30/2023 12:00:00 PM'], zone)).when).toEqual([
    '2023-06-14 00:00',
    '2023-06-30 12:00',
  ]);
});

test('seconds and milliseconds are moments where the whole column is made of them, and unread where not', async () => {
  const zone = { timezone: 'Europe/Madrid' };
  // date -u -d '2023-07-01 22:45' +%s
  expect((await column(['1688251500', '1688251560'], zone)).when).toEqual(['2023-07-02 00:45', '2023-07-02 00:46']);
  const ms = await column(['1688251500000', '1688251560000', ''], zone);
  expect(ms.when).toEqual(['2023-07-02 00:45', '2023-07-02 00:46']);
  expect(ms.codes).toEqual(['dates-epoch 2', 'times-converted 2']);
  expect((await column(['2023-07-15', '2023-07-16', '1688251500000'], zone)).rejects).toEqual(['4 no-month']);
});

test('what times mean can be said of a source', async () => {
  const zone = { timezone: 'America/Toronto' };
  const dates = ['2023-01-16 03:30:00', '2023-01-16T04:00:00+00:00'];
  expect((await column(dates, { ...zone, times: 'utc' })).when).toEqual(['2023-01-15 22:30', '2023-01-15 23:00']);
  expect((await column(dates, { ...zone, times: 'America/Vancouver' })).when).toEqual([
    '2023-01-16 06:30',
    '2023-01-15 23:00',
  ]);
  const local = await column(dates, { ...zone, times: 'local' });
  expect(local.when).toEqual(['2023-01-16 03:30', '2023-01-16 04:00']);
  expect(local.codes).toEqual(['time-zone-ignored 1']);
  await expect(column(dates, { ...zone, times: 'Mars/Base' })).rejects.toThrow('no such time zone: Mars/Base');
  // In columns of their own too, with the end of a range.
  const { incidents } = await read(
    ['date,time,end_time,offence', '2023-01-16,03:30,05:30,Robbery', '2023-01-17,,,Robbery'],
    { ...zone, times: 'utc' },
  );
  expect(incidents.map((one) => [one.occurredOn, one.minuteOfDay, one.untilOn, one.untilMinute])).toEqual([
    ['2023-01-15', 1350, '2023-01-16', 30],
    ['2023-01-17', null, null, null],
  ]);
});

test('a day with its hour in another column is no moment of UTC; a column of midnights is no hour', async () => {
  const { incidents, codes } = await read(
    ['date,time,offence', '2023-01-16T00:00:00Z,21:30,Robbery', '2023-01-18T00:00:00Z,,Robbery'],
    { timezone: 'America/Toronto' },
  );
  expect(incidents.map((one) => moment(one.occurredOn, one.minuteOfDay))).toEqual(['2023-01-16 21:30', '2023-01-18']);
  expect(codes).toEqual([]);
  const midnights = await read(['date,time,offence', '2023-01-16,12:00:00 AM,Theft', '2023-01-18,12:00:00 AM,Theft']);
  expect(midnights.incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([null, null]);
  expect(midnights.codes).toEqual(['midnight-is-no-hour 2']);
});

test('times that clocks skip or show twice are noted and stay as written', async () => {
  const { when, codes } = await column(
    ['2023-03-26 02:30:00', '2023-10-29 02:30:00', '2023-10-29 03:00:00', '2023-06-15 02:30:00'],
    { timezone: 'Europe/Madrid' },
  );
  expect(when[0]).toBe('2023-03-26 02:30');
  expect(codes).toEqual(['time-in-gap 1', 'time-in-fold 1']);
});

test('a month does not stand in for a column of dates that nobody reads', async () => {
  const rows = ['happened,year,month,offence', '2023-09-15 21:40,2023,9,Robbery', '2023-09-16 02:10,2023,9,Robbery'];
  await expect(read(rows)).rejects.toThrow('these columns hold dates: happened (2023-09-15 21:40)');
  expect((await read(rows, { map: { happened: 'date' } })).incidents[1]).toMatchObject({ minuteOfDay: 130 });
  expect((await read(rows, { map: { happened: 'discard' } })).incidents[1]).toMatchObject({ datePrecision: 'month' });
});

test('every hour of three years is converted as the zone’s own calendar says', () => {
  for (const timeZone of ['Europe/London', 'America/Santiago', 'Australia/Lord_Howe']) {
    const zone = openZone(timeZone);
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    for (let hour = Date.UTC(2022, 0, 1) / 3_600_000; hour < Date.UTC(2025, 0, 1) / 3_600_000; hour += 5) {
      const wall = zone.toWall(hour * 60);
      const told = new Date(wall * 60_000).toISOString().slice(0, 16).replace('T', ' ');
      if (told !== format.format(hour * 3_600_000)) expect(`${timeZone} ${told}`).toBe(format.format(hour * 3_600_000));
      if (zone.oddity(wall) === null && zone.toUtc(wall) !== hour * 60) expect(told).toBe('the moment it came from');
    }
  }
});

test('day numbers of a spreadsheet are dates where the whole column is made of them, and unread where not', async () => {
  // 45,292 is the first of January 2024; a quarter of a day is six hours.
  const { when, notes } = await column(['45292', '45293.25', '45322,75']);
  expect(when).toEqual(['2024-01-01', '2024-01-02 06:00', '2024-01-31 18:00']);
  expect(notes).toEqual([{ code: 'dates-serial', count: 3, example: '45292 → 2024-01-01' }]);
  expect((await column(['45292', '2024-01-15'])).rejects).toEqual(['2 no-month']);
  expect((await column(['12345', '99999'])).rejects).toEqual(['2 no-month', '3 no-month']);
  const timed = await read(['fecha,hora,delito', '45292,10:20,ROBO']);
  expect(timed.incidents[0]).toMatchObject({ occurredOn: '2024-01-01', minuteOfDay: 620 });
});

test('a zone behind the date is there by habit where the column of hours says the same hour', async () => {
  const rows = (hours: readonly string[]) => [
    'date,hour,type',
    ...['2023-08-20 02:10:00+00', '2023-01-05 00:40:00+00', '2023-01-06 17:05:00+00'].map(
      (date, i) => `${date},${hours[i]},Theft`,
    ),
  ];
  const habit = await read(rows(['2', '0', '17']), { timezone: 'America/Chicago' });
  expect(habit.incidents.map(({ occurredOn, minuteOfDay }) => [occurredOn, minuteOfDay])).toEqual([
    ['2023-08-20', 120],
    ['2023-01-05', 0],
    ['2023-01-06', 1020],
  ]);
  expect(habit.notes).toContainEqual({ code: 'time-zone-ignored', count: 3, example: '2023-08-20 02:10:00+00' });
  const moved = await read(rows(['21', '18', '11']), { timezone: 'America/Chicago' });
  expect(moved.incidents.map(({ occurredOn, minuteOfDay }) => [occurredOn, minuteOfDay])).toEqual([
    ['2023-08-19', 1260],
    ['2023-01-04', 1080],
    ['2023-01-06', 660],
  ]);
});

test.each([
  ['after a date in three numbers', (clock: string, i: number) => `${two(13 + (i % 12))}/04/2024 ${clock}`],
  ['after a date with the year first', (clock: string, i: number) => `2024-04-${two(13 + (i % 12))} ${clock}:00`],
  ['after a date in words', (clock: string, i: number) => `${two(13 + (i % 12))}-abr-2024 ${clock}`],
])('clocks of twelve hours %s are asked about: morning and afternoon may be lost', async (_, write) => {
  const clocks = Array.from({ length: 24 }, (_, i) => `${two(1 + (i % 12))}:${two((i * 7) % 60)}`);
  const dates = clocks.map(write);
  await expect(column(dates)).rejects.toThrow(
    /what does 01:00(:00)? mean in column date: 01:00 \(--map "date=date:hours"\) or – \(--map "date=date:discard"\)\? 24 rows depend on it/,
  );
  const [kept, dropped] = await Promise.all([
    column(dates, { map: { date: 'date:hours' } }),
    column(dates, { map: { date: 'date:discard' } }),
  ]);
  expect(kept.when.slice(0, 3)).toEqual(['2024-04-13 01:00', '2024-04-14 02:07', '2024-04-15 03:14']);
  expect(dropped.when.slice(0, 3)).toEqual(['2024-04-13', '2024-04-14', '2024-04-15']);
  // One after noon, one of the hour after midnight, or one that says its half: these are clocks of a whole day.
  for (const other of ['13:05', '00:20', '11:05 p. m.'])
    expect((await column([...dates, write(other, 9).replace('m.:00', 'm.')])).incidents).toHaveLength(25);
});

test.each([
  ['fecha_utc,delito', '2024-02-20 03:15,Hurto', { fecha_utc: 'date' }, 'column fecha_utc says so (2024-02-20 03:15)'],
  ['Fecha (UTC),delito', '2024-02-20T03:15:00,Hurto', { 'Fecha (UTC)': 'date' }, 'column Fecha (UTC) says so'],
  ['fecha,horaGMT,delito', '2024-02-20,03:15,Hurto', { horaGMT: 'time' }, 'column horaGMT says so (03:15)'],
  ['fecha,hora,zona,delito', '2024-02-20,03:15,UTC,Hurto', {}, 'column zona says so (UTC)'],
  ['fecha,timezone,delito', '2024-02-20 03:15,+00:00,Hurto', {}, 'column timezone says so (+00:00)'],
])('times that are of UTC by %s are asked about', async (header, row, map, told) => {
  await expect(read([header, row], { map })).rejects.toThrow(told);
  const timezone = 'America/Mexico_City';
  const when = async (times: string) => {
    const { occurredOn, minuteOfDay } = (await read([header, row], { map, times, timezone })).incidents[0]!;
    return [occurredOn, minuteOfDay];
  };
  expect(await when('utc')).toEqual(['2024-02-19', 21 * 60 + 15]);
  expect(await when('local')).toEqual(['2024-02-20', 195]);
});

test('days that are those of UTC by their clocks are asked about, and become days of here', async () => {
  const timezone = 'Europe/Madrid';
  const lines = Array.from({ length: 12 }, (_, i) => i + 10);
  // Midnight of Madrid is 23:00 of the day before in winter, 22:00 in summer.
  const midnights = lines.map((day, i) => `2023-0${i % 2 ? 7 : 1}-${day} ${i % 2 ? 22 : 23}:00:00,Hurto`);
  await expect(read(['fecha,delito', ...midnights], { timezone })).rejects.toThrow(
    'are the times of UTC? column fecha',
  );
  const utc = await read(['fecha,delito', ...midnights], { timezone, times: 'utc' });
  expect(utc.incidents.slice(0, 2).map(({ occurredOn, minuteOfDay }) => [occurredOn, minuteOfDay])).toEqual([
    ['2023-01-11', null],
    ['2023-07-12', null],
  ]);
  const apart = lines.map((day) => `2023-01-${day}T23:${day}:00,0:${day},Hurto`);
  await expect(read(['fecha,hora,delito', ...apart], { timezone })).rejects.toThrow('are the times of UTC?');
  const [first] = (await read(['fecha,hora,delito', ...apart], { timezone, times: 'utc' })).incidents;
  expect(first).toMatchObject({ occurredOn: '2023-01-11', minuteOfDay: 10 });
  const [local] = (await read(['fecha,hora,delito', ...apart], { timezone, times: 'local' })).incidents;
  expect(local).toMatchObject({ occurredOn: '2023-01-10', minuteOfDay: 10 });
});

test.each([
  ['the hour beside it is of here', '00:00 18:00,03:15 21:15,20:30 14:30', ['05 18:00', '05 21:15', '06 14:30']],
  ['a noon in every row is no hour', '12:00 02:30,12:00 06:10,12:00 23:00', ['05 20:30', '06 00:10', '06 17:00']],
  ['nor is midnight', '00:00 18:00,00:00 09:20', ['06 12:00', '06 03:20']],
])('clocks of UTC behind the dates: %s', async (_, clocks, expected) => {
  // Mexico City is six hours behind.
  const rows = clocks.split(',').map((both) => `2024-03-06 ${both.replace(' ', ':00,')},Hurto`);
  const { incidents } = await read(['fecha,hora,delito', ...rows], { timezone: 'America/Mexico_City', times: 'utc' });
  expect(incidents.map((one) => moment(one.occurredOn, one.minuteOfDay).slice(8))).toEqual(expected);
});

test('midnight of a zone that is written is a moment among others that show the hour beside them', async () => {
  const rows = ['2024-03-06T00:00:00Z,18:00,Hurto', '2024-03-06T03:15:00Z,21:15,Hurto'];
  const { incidents } = await read(['fecha,hora,delito', ...rows], { timezone: 'America/Mexico_City' });
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2024-03-05', '2024-03-05']);
});

test('minutes of the day that look like clocks in part are asked about', async () => {
  const minutes = Array.from({ length: 30 }, (_, i) =>
    `2023-01-${(i % 28) + 1},${(i * 97 + 481) % 1440},Hurto`.replace(/-(\d),/, '-0$1,'),
  );
  await expect(read(['fecha,hora,delito', ...minutes])).rejects.toThrow(/what does \d{3,4} mean in column hora/);
});

test('days alone, clocks with their offset and another zone beside them leave nothing to ask about UTC', async () => {
  for (const [header, row] of [
    ['fecha_utc,delito', '2024-02-20,Hurto'],
    ['fecha_utc,delito', '2024-02-20 03:15:00Z,Hurto'],
    ['fecha_utc,zona,delito', '2024-02-20,UTC,Hurto'],
  ])
    expect((await read([header!, row!], { map: { fecha_utc: 'date' } })).incidents).toHaveLength(1);
  const beside = await read(['fecha,hora,zona,delito', '2024-02-20,03:15,CST,Hurto']);
  expect(beside.notes).toEqual([{ code: 'unread-zone', count: 1, example: 'zona: CST' }]);
  expect(
    (await read(['fecha,hora,zona,delito', '2024-02-20,03:15,UTC,Hurto'], { map: { zona: 'discard' } })).notes,
  ).toEqual([]);
});
