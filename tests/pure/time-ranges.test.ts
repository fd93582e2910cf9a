// Ranges of time and reports beside the time of the fact: what is read, what is only noted, and that local time stays.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recordHash } from '../../server/reading/batch.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-ranges-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(preset: string, lines: readonly string[], map: Record<string, string> = {}) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, lines.join('\n'));
  const file = openIncidentFile(path, { preset, map, bounds: null, taxonomy, unpackTo: folder });
  const incidents: Incident[] = [];
  for await (const rows of file.rows) incidents.push(...rows.incidents);
  return { incidents, notes: file.notes(), columns: file.columns() };
}

/** One generic row: when it began, ended and was reported, as day and minute of the day. */
async function range(cells: Partial<Record<'fecha' | 'hora' | 'hasta' | 'horaHasta' | 'denuncia', string>>) {
  const row = { fecha: '2024-05-06', hora: '22:00', hasta: '', horaHasta: '', denuncia: '', ...cells };
  const { incidents, notes } = await read('generic', [
    'fecha,hora,fecha_hasta,hora_hasta,fecha_denuncia,delito',
    `${Object.values(row).join(',')},Robo`,
  ]);
  const { untilOn, untilMinute, reportedOn, reportedMinute } = incidents[0]!;
  return {
    until: [untilOn, untilMinute],
    reported: [reportedOn, reportedMinute],
    notes: notes.flatMap(({ code }) => (code === 'offence-unknown' ? [] : [code])),
  };
}

test('the FGJ layouts tell when the file was opened, and a missing hour of the fact is not taken from there', async () => {
  const csv = await read('fgj-cdmx', [
    'fecha_inicio,hora_inicio,fecha_hecho,hora_hecho,delito,colonia_catalogo',
    '2024-08-31,12:05:00,2024-07-30,,FRAUDE,Centro',
    '2024-08-31 00:00:00,,2024-07-30,09:00:00,FRAUDE,Centro',
    'NaT,NaT,2024-07-30,09:00:00,FRAUDE,Centro',
  ]);
  expect(csv.columns).toMatchObject({ reportedDate: 'fecha_inicio', reportedTime: 'hora_inicio', date: 'fecha_hecho' });
  expect(csv.incidents).toMatchObject([
    { minuteOfDay: null, datePrecision: 'day', reportedOn: '2024-08-31', reportedMinute: 725 },
    { minuteOfDay: 540, reportedOn: '2024-08-31', reportedMinute: null },
    { minuteOfDay: 540, reportedOn: null, reportedMinute: null },
  ]);
  expect(csv.notes).toEqual([]);
  const sheet = await read('fgj-cdmx', [
    'ID_CI,FECHA DE INICIO,HORA DE INICIO,FECHA DE LOS HECHOS,HORA DE LOS HECHOS,DELITO,COLONIA HECHOS',
    'CI-1,06/03/2025,7:30,05/03/2025,,FRAUDE,CENTRO',
  ]);
  expect(sheet.incidents).toMatchObject([
    { occurredOn: '2025-03-05', minuteOfDay: null, reportedOn: '2025-03-06', reportedMinute: 450 },
  ]);
});

test('the closing of a 911 call is neither a report nor the end of a range', async () => {
  const { incidents } = await read('c5-911', [
    'folio,categoria_incidente_c4,incidente_c4,fecha_creacion,hora_creacion,fecha_cierre,hora_cierre,codigo_cierre',
    'C5/1,Robo,Robo-Transeúnte,2024-05-06,10:00:00,2024-05-06,11:00:00,A',
  ]);
  expect(incidents).toMatchObject([{ minuteOfDay: 600, untilOn: null, reportedOn: null }]);
});

test('a range is kept with its end, with or without an hour', async () => {
  expect(await range({ hasta: '2024-05-07', horaHasta: '07:30' })).toMatchObject({
    until: ['2024-05-07', 450],
    notes: [],
  });
  expect(await range({ hasta: '2024-05-06' })).toMatchObject({ until: ['2024-05-06', null], notes: [] });
  expect(await range({ hasta: '2024-05-07 07:30' })).toMatchObject({ until: ['2024-05-07', 450] });
  expect(await range({ fecha: '2024-05', hora: '', hasta: '2024-05-20' })).toMatchObject({
    until: ['2024-05-20', null],
  });
  expect(await range({})).toEqual({ until: [null, null], reported: [null, null], notes: [] });
});

test('an end before the beginning is noted and dropped; what cannot be read as a day too', async () => {
  const dropped = { until: [null, null] };
  expect(await range({ hasta: '2024-05-05' })).toMatchObject({ ...dropped, notes: ['until-before'] });
  expect(await range({ hasta: '2024-05-06', horaHasta: '21:59' })).toMatchObject({
    ...dropped,
    notes: ['until-before'],
  });
  expect(await range({ hasta: '2024-05-06', horaHasta: '22:00' })).toMatchObject({ until: ['2024-05-06', 1320] });
  expect(await range({ hasta: '2024-06' })).toMatchObject({ ...dropped, notes: ['until-unreadable'] });
  expect(await range({ hasta: 'luego' })).toMatchObject({ ...dropped, notes: ['until-unreadable'] });
});

test('an end that is only an hour lies on the same day, or on the next where it is earlier, which is noted', async () => {
  const hours = async (from: string, to: string) => {
    const { incidents, notes } = await read('generic', [
      'fecha,hora,hora_hasta,delito',
      `2024-12-31,${from},${to},Fraude`,
    ]);
    return [incidents[0]!.untilOn, incidents[0]!.untilMinute, ...notes.map(({ code }) => code)];
  };
  expect(await hours('10:00', '12:15')).toEqual(['2024-12-31', 735]);
  expect(await hours('22:00', '02:00')).toEqual(['2025-01-01', 120, 'until-next-day']);
  expect(await hours('22:00', '')).toEqual([null, null]);
});

test('a report before the fact is kept as it is, and noted', async () => {
  expect(await range({ denuncia: '2024-05-05' })).toMatchObject({
    reported: ['2024-05-05', null],
    notes: ['reported-before'],
  });
  expect(await range({ denuncia: '2024-05-06 21:00' })).toMatchObject({ notes: ['reported-before'] });
  expect(await range({ denuncia: '2024-05-06' })).toMatchObject({ reported: ['2024-05-06', null], notes: [] });
  expect(await range({ denuncia: 'ayer' })).toMatchObject({ reported: [null, null], notes: ['reported-unreadable'] });
});

test('columns can be named for the end and the report by any of their words', async () => {
  const { columns } = await read('generic', ['cuando,termino,aviso,que', '2024-05-06,2024-05-07,2024-05-08,Fraude'], {
    cuando: 'date',
    termino: 'dateUntil',
    aviso: 'fecha_denuncia',
    que: 'offence',
  });
  expect(columns).toEqual({ date: 'cuando', dateUntil: 'termino', reportedDate: 'aviso', offence: 'que' });
});

// Clocks went from 2:00 to 3:00 on 3 April 2022 and from 2:00 back to 1:00 on 30 October 2022 in Mexico City.
test.for([
  ['2022-04-03', '02:30'],
  ['2022-10-30', '01:30'],
])('an hour that a change of clocks skips or repeats stays as written: %s %s', async ([day, hour]) => {
  const { incidents, notes } = await read('fgj-cdmx', [
    'fecha_inicio,hora_inicio,fecha_hecho,hora_hecho,delito,colonia_catalogo',
    `${day},${hour}:00,${day},${hour}:00,FRAUDE,Centro`,
  ]);
  const minute = Number(hour!.slice(0, 2)) * 60 + 30;
  expect(incidents).toMatchObject([
    { occurredOn: day, minuteOfDay: minute, datePrecision: 'minute', reportedOn: day, reportedMinute: minute },
  ]);
  expect(notes).toEqual([]);
});

test('a record without a range or a report keeps the hash it was stored with before these were read', () => {
  const plain: Incident = {
    ...{ line: 2, key: 'A', occurredOn: '2024-03-01', minuteOfDay: 600, datePrecision: 'minute' },
    ...{ untilOn: null, untilMinute: null, reportedOn: null, reportedMinute: null },
    ...{ offence: 'generic.robo', label: 'Robo', lon: -99.1, lat: 19.4, placeText: 'Centro', placeParts: null },
  };
  // printf 'A\x1f2024-03-01\x1f600\x1fminute\x1fgeneric.robo\x1f-99.1\x1f19.4\x1fCentro' | sha1sum, first 8 bytes
  expect(recordHash(plain)).toBe(Buffer.from('b15f96fbc29716fa', 'hex').readBigInt64LE());
  const hashes = [
    plain,
    { ...plain, untilOn: '2024-03-01' },
    { ...plain, untilOn: '2024-03-01', untilMinute: 610 },
    { ...plain, reportedOn: '2024-03-01' },
    { ...plain, reportedOn: '2024-03-01', reportedMinute: 610 },
  ].map(recordHash);
  expect(new Set(hashes).size).toBe(5);
});

test('a number beside a month is its year where each of the column can be one, and told; else all are days of no year', async () => {
  const months = async (dates: readonly string[]) => {
    const { incidents, notes } = await read('generic', ['fecha,delito', ...dates.map((date) => `${date},Fraude`)]);
    return [...incidents.map(({ occurredOn }) => occurredOn), ...notes.map(({ code, count }) => `${code} ${count}`)];
  };
  expect(await months(['ago 24', 'Ago. 24', 'ene.24', 'dic-23', 'Marzo de 2023'])).toEqual([
    ...['2024-08-01', '2024-08-01', '2024-01-01', '2023-12-01', '2023-03-01', 'month-short-year 4'],
  ]);
  expect(await months(['Mar-01', 'Mar-27', 'Mar-31', '2024-03-05'])).toEqual(['2024-03-05']);
  expect(await months(['Mar 5', 'Mar 24'])).toEqual([]);
});
