// What is not read is said: columns that look like something, rows that stand for several cases, files that may be cut.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-unread-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(lines: readonly (string | Buffer)[], map: Readonly<Record<string, string>> = {}) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, lines[0] instanceof Buffer ? lines[0] : lines.join('\n'));
  const file = openIncidentFile(path, { preset: 'generic', map, bounds: null, taxonomy, unpackTo: folder });
  const incidents: Incident[] = [];
  const rejects: string[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects.map(({ line, reason }) => `${line} ${reason}`));
  }
  const notes = file.notes().filter(({ code }) => code !== 'offence-unknown');
  return { incidents, rejects, notes };
}

test('columns that look like dates, times, places and offences are named with a line that reads them', async () => {
  const header = 'fecha,delito,Fecha de registro,Hr_aviso,modalidad,Comuna,agente,folio_interno,vacia';
  const { notes } = await read([
    header,
    '2022-11-20,Hurto,21/11/2022 08:15,8:15,Con violencia,Comuna Sur,Tres,77,',
    '2022-11-25,Hurto,27/11/2022,22:05,Sin violencia,Comuna Norte,Dos,78,',
  ]);
  expect(notes).toEqual([
    { code: 'unread-date', count: 1, example: '--map "Fecha de registro=reportedDate"' },
    { code: 'unread-time', count: 1, example: '--map "Hr_aviso=time"' },
    { code: 'unread-offence', count: 1, example: '--map "modalidad=offence"' },
    { code: 'unread-place', count: 1, example: '--map "Comuna=borough"' },
  ]);
  const seen = { 'Fecha de registro': 'discard', Hr_aviso: 'time', modalidad: 'discard', Comuna: 'discard' };
  const again = await read([header, '2022-11-20,Hurto,21/11/2022,8:15,Con violencia,Sur,Tres,77,'], seen);
  expect(again.notes).toEqual([]);
  expect(again.incidents[0]!.minuteOfDay).toBe(495);
});

test.each([
  ['TIPO_DELITO_ID', 'robo-de-vehiculo', true],
  ['TIPO_DELITO_ID', 'RV-12', false],
])('an id of offences %s like %s is a label only where it is written in words', async (name, cell, isLabel) => {
  const { notes } = await read([`fecha,delito,${name}`, `2022-11-20,Hurto,${cell}`]);
  expect(notes.map(({ code }) => code)).toEqual(isLabel ? ['unread-offence'] : []);
});

test('coordinates that are not read are named, each with its axis; where there is a point they are not', async () => {
  const rows = ['2022-11-20,Hurto,-70.65,-33.44', '2022-11-21,Hurto,-70.66,-33.45'];
  const { notes } = await read(['fecha,delito,GEO_LON,Latitud del hecho', ...rows]);
  expect(notes).toEqual([
    { code: 'unread-point', count: 2, example: '--map "GEO_LON=lon" · --map "Latitud del hecho=lat"' },
  ]);
  expect((await read(['fecha,delito,lon,lat,geo_lon', ...rows.map((row) => `${row},-70.6`)])).notes).toEqual([]);
});

test('a month stands in for no date of seconds since 1970 either', async () => {
  await expect(read(['delito,year,month,event_date', 'Hurto,2023,11,1700000000000'])).rejects.toThrow(
    'these columns hold dates: event_date (1700000000000); say which is the date with --map "event_date=date"',
  );
});

test.each(['CANT', 'Hechos', 'numero_de_hechos'])('a column %s of numbers is asked about', async (name) => {
  const lines = [`fecha,delito,${name}`, '2024-03-01,ROBO,2', '2024-03-02,ROBO,3'];
  await expect(read(lines)).rejects.toThrow(`column ${name} counts 5 in the first 2 rows`);
});

test('a row that stands for several cases is asked about, and then counted so often or once', async () => {
  const lines = ['fecha,delito,Num_Casos', '2022-11-20,Hurto,1', '2022-11-21,Hurto,4', '2022-11-22,Robo,x'];
  const counts = lines.slice(0, 3);
  await expect(read(counts)).rejects.toThrow(
    'does a row stand for several cases? column Num_Casos counts 5 in the first 2 rows; say --map "Num_Casos=quantity" to count them so, or --map "Num_Casos=discard" to count each row once',
  );
  const counted = await read(lines, { Num_Casos: 'quantity' });
  expect(counted.incidents.map(({ occurredOn }) => occurredOn)).toEqual([
    '2022-11-20',
    ...Array.from({ length: 4 }, () => '2022-11-21'),
  ]);
  expect(counted.rejects).toEqual(['4 no-quantity']);
  expect(counted.notes).toContainEqual({ code: 'rows-of-several', count: 3, example: null });
  expect((await read(counts, { Num_Casos: 'discard' })).incidents).toHaveLength(2);
  expect((await read(['fecha,delito,total', '2022-11-20,Hurto,1', '2022-11-21,Hurto,1'])).incidents).toHaveLength(2);
});

test('a file of exactly one page of a portal may be cut, one row more is not', async () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `${i},2022-11-20,Hurto`);
  expect((await read(['id,fecha,delito', ...lines])).notes).toContainEqual({
    ...{ code: 'cut-by-page', count: 2000 },
    example: null,
  });
  expect((await read(['id,fecha,delito', ...lines, '2000,2022-11-20,Hurto'])).notes).toEqual([]);
});

test('hours and minutes written as one number are read by their column, from the first row on', async () => {
  const { incidents, notes } = await read([
    'fecha,hora,delito',
    '2022-11-20,7,Hurto',
    '2022-11-20,815,Hurto',
    '2022-11-20,2205,Hurto',
  ]);
  expect(incidents.map(({ minuteOfDay, datePrecision }) => [minuteOfDay, datePrecision])).toEqual([
    [7, 'minute'],
    [495, 'minute'],
    [1325, 'minute'],
  ]);
  expect(notes).toEqual([{ code: 'hour-run-together', count: 3, example: '7' }]);
  const hours = await read(['fecha,hora,delito', '2022-11-20,7,Hurto', '2022-11-20,22,Hurto']);
  expect(hours.incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([420, 1320]);
});

test.each([
  'victimas',
  'TOTAL_VICTIMAS',
  'VictimCount',
  'Number of victims',
  'Nº de vítimas',
  'casos_registrados',
  'Hechos delictivos',
  'nº de ocorrências',
  'QTDE',
  'Recorded Crimes',
  'total_mes',
  'valor',
])('a column %s may count what each row stands for, and is asked about', async (name) => {
  const lines = [`fecha,delito,${name}`, '2024-03-01,ROBO,1', '2024-03-02,ROBO,5'];
  await expect(read(lines)).rejects.toThrow(`column ${name} counts 6 in the first 2 rows`);
  expect((await read(lines, { [name]: 'quantity' })).incidents).toHaveLength(6);
  expect((await read(lines, { [name]: 'discard' })).incidents).toHaveLength(2);
});

test.each(['num_ext', 'numero de caso', 'Case number', 'registro', 'mes', 'periodo', 'anio_registro', 'edad'])(
  'a column %s counts nothing',
  async (name) => {
    const { notes } = await read([`fecha,delito,${name}`, '2024-03-01,ROBO,12', '2024-03-02,ROBO,5']);
    expect(notes).toEqual([]);
  },
);

test.each(['personas', 'Nº de personas', 'heridos'])(
  'a column %s counts no cases: it is named, and a row counts once until somebody says otherwise',
  async (name) => {
    const lines = [`fecha,delito,${name}`, '2024-03-01,ROBO,1', '2024-03-02,ROBO,0', '2024-03-03,ROBO,4'];
    const { incidents, notes } = await read(lines);
    expect(incidents).toHaveLength(3);
    expect(notes).toEqual([{ code: 'unread-quantity', count: 1, example: `--map "${name}=quantity"` }]);
    expect((await read(lines, { [name]: 'discard' })).notes).toEqual([]);
    expect((await read([lines[0]!, '2024-03-01,ROBO,3'], { [name]: 'quantity' })).incidents).toHaveLength(3);
  },
);

test('a count of cases is asked about whatever else its column holds, and told where it is mostly no number', async () => {
  const of = (...cells: string[]) => ['fecha,delito,No. de eventos', ...cells.map((cell) => `2024-03-01,ROBO,${cell}`)];
  await expect(read(of('1', '0', '2'))).rejects.toThrow('column No. de eventos counts 3 in the first 3 rows');
  await expect(read(of('1', '1', '3', 's/d', 'x', '1', '1'))).rejects.toThrow('counts 7 in the first 5 rows');
  for (const cells of [
    ['x', 'y', '2'],
    ['1500', '2300'],
  ])
    expect((await read(of(...cells))).notes).toEqual([
      { code: 'unread-quantity', count: 1, example: '--map "No. de eventos=quantity"' },
    ]);
  expect((await read(['n,fecha,delito', '1,2024-03-01,ROBO', '2,2024-03-01,ROBO'])).notes).toEqual([]);
});

test('what 7 means among hours and minutes is said by the column, and kept with it', async () => {
  const lines = ['fecha,hora,delito', ...['7', '12', '20', '930'].map((hour) => `2022-11-20,${hour},Hurto`)];
  await expect(read(lines)).rejects.toThrow('what does 7 mean in column hora: 00:07 (--map "hora=hhmm")');
  const minutes = async (form: string) => (await read(lines, { hora: form })).incidents.map((each) => each.minuteOfDay);
  expect(await minutes('hhmm')).toEqual([7, 12, 20, 570]);
  expect(await minutes('hours')).toEqual([420, 720, 1200, 570]);
});

test('columns of coordinates under other names are named, a row of totals is no incident', async () => {
  const { notes } = await read([
    'fecha,delito,Latitud WGS84,coordenadas_x',
    '2024-03-01,ROBO,19.43,-99.13',
    '2024-03-02,ROBO,19.44,-99.14',
  ]);
  expect(notes).toEqual([
    { code: 'unread-point', count: 2, example: '--map "Latitud WGS84=lat" · --map "coordenadas_x=lon"' },
  ]);
  const totals = ['Total', 'TOTAL GENERAL:', 'Subtotal', 'Gran total'].map((label) => `2024-03-02,${label}`);
  const { incidents, rejects } = await read(['fecha,delito', '2024-03-01,ROBO TOTAL', ...totals]);
  expect(incidents.map(({ label }) => label)).toEqual(['ROBO TOTAL']);
  expect(rejects).toEqual([3, 4, 5, 6].map((line) => `${line} no-offence`));
});

test('columns of one name are told apart, and the proposal names the one that is meant', async () => {
  const lines = ['fecha,delito,Fecha,fecha', '2022-11-20,Hurto,2022-11-22,21', '2022-11-25,Hurto,2022-11-26,22'];
  const { notes } = await read(lines);
  expect(notes).toEqual([{ code: 'unread-date', count: 1, example: '--map "Fecha (2)=date"' }]);
  const { incidents } = await read(lines, { 'Fecha (2)': 'date' });
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2022-11-22', '2022-11-26']);
});

test.each([
  ['Report Type Description', ['Initial', 'Coplogic Supplement', 'Vehicle Supplement'], 2],
  ['tipo_de_reporte', ['Inicial', 'Ampliación de declaración', 'Inicial'], 1],
  ['Is Supplement', ['N', 'Y', 'N'], 1],
  ['report_type', ['Initial', 'Online', 'Initial'], 0],
])('rows that a column %s of %j calls supplements are told', async (name, kinds, count) => {
  const { incidents, notes } = await read([
    `fecha,delito,${name}`,
    ...kinds.map((kind, i) => `2022-11-2${i},Hurto,${kind}`),
  ]);
  expect(incidents).toHaveLength(3);
  expect(notes.filter(({ code }) => code === 'supplements').map((note) => note.count)).toEqual(count ? [count] : []);
  const left = await read([`fecha,delito,${name}`, ...kinds.map((kind, i) => `2022-11-2${i},Hurto,${kind}`)], {
    [name]: 'supplement',
  });
  expect([left.incidents.length, left.rejects.filter((line) => line.endsWith(' supplement')).length]).toEqual([
    3 - count,
    count,
  ]);
});

test.each(['VICTIM_COUNT', 'VICTIM_CNT', 'victim_cnt', 'NUM_TESTIGOS', 'witness_count', 'TestigosTotal'])(
  'a column %s counts persons and is none of their data',
  async (name) => {
    const { notes } = await read([`fecha,delito,${name}`, '2022-11-20,Hurto,1', '2022-11-21,Hurto,1']);
    expect(notes.map(({ code }) => code)).not.toContain('personal-columns');
  },
);

test.each([
  ['1234.0 1235.0 1236.00', ['1234', '1235', '1236'], 3],
  ['1234.0 - 7.0', ['1234', null, '7'], 2],
  ['1234.0 1235.5 1236.0', ['1234.0', '1235.5', '1236.0'], 0],
  ['1234.0 A-7.0 1236.0', ['1234.0', 'A-7.0', '1236.0'], 0],
])('ids %s are whole numbers only if all of the column are, which is told', async (ids, keys, told) => {
  const row = (id: string, i: number) => `2022-11-2${i},Hurto,${id === '-' ? '' : id}`;
  const { incidents, notes } = await read(['fecha,delito,folio', ...ids.split(' ').map(row)]);
  expect(incidents.map(({ key }) => key)).toEqual(keys);
  const first = ids.split(' ')[0]!;
  expect(notes.filter(({ code }) => code === 'key-float')).toEqual(
    told ? [{ code: 'key-float', count: told, example: first }] : [],
  );
});

test.each([
  ['Robo &amp; asalto', 'Robo & asalto'],
  ['Lesi&oacute;n', 'Lesión'],
  ['Da&#241;o', 'Daño'],
  ['Da&#xF1;o', 'Daño'],
  ['Da&amp;ntilde;o', 'Daño'],
  ['Robo &lt; 50 &unknown; A&B;', 'Robo < 50 &unknown; A&B;'],
])('the label %s is %s, and it is told', async (written, label) => {
  const { incidents, notes } = await read(['fecha,delito,lugar', `2022-11-20,${written},Centro`]);
  expect(incidents[0]!.label).toBe(label);
  expect(notes).toContainEqual({ code: 'html-entities', count: 1, example: written });
});

test.each([
  ['macintosh', 'Lesi\x97n en v\x92a p\x9cblica', 'Lesión en vía pública'],
  ['macintosh', 'Allanamiento sin da\x96o, m\x8edico', 'Allanamiento sin daño, médico'],
  ['windows-1252', 'Lesi\xf3n, Driver\x92s license', 'Lesión, Driver’s license'],
  ['windows-1252', 'Norte\x96sur, don\x92t', 'Norte–sur, don’t'],
])('text of %s is told by its bytes: %j is %s', async (encoding, written, label) => {
  const bytes = Buffer.from(`fecha;delito\n2022-11-20;${written}\n`, 'latin1');
  const { incidents, notes } = await read([bytes]);
  expect(incidents[0]!.label).toBe(label);
  expect(notes).toContainEqual({ code: 'encoding', count: 1, example: encoding });
});

test('a single id with other signs, far down, keeps all ids of the file as they are', async () => {
  const many = Array.from({ length: 40_000 }, (_, i) => `2022-11-20,Hurto,${i}.0`);
  const { incidents } = await read(['fecha,delito,folio', ...many, '2022-11-20,Hurto,B-1']);
  expect(incidents[7]!.key).toBe('7.0');
});

test.each(['INCIDENT_NUMBER', 'Incident No', 'CASE NUMBER', 'case_no', 'Report Number', 'No. de expediente'])(
  'a record is known again by its column %s',
  async (name) => {
    const { incidents } = await read([`fecha,delito,${name}`, '2022-11-20,Hurto,A-7', '2022-11-21,Hurto,A-8']);
    expect(incidents.map(({ key }) => key)).toEqual(['A-7', 'A-8']);
  },
);

test('year, month and day in columns of their own are a date; a column of weekdays is none', async () => {
  const { incidents } = await read(['año,mes,dia,hora,delito', '2022,11,20,08:15,Hurto', '2022,2,30,09:15,Hurto']);
  expect(incidents.map((each) => [each.occurredOn, each.datePrecision, each.minuteOfDay])).toEqual([
    ['2022-11-20', 'minute', 495],
    ['2022-02-01', 'month', null],
  ]);
  const { incidents: named, notes } = await read(['year,month,day,offense', '2022,11,Sunday,Hurto']);
  expect(named[0]).toMatchObject({ occurredOn: '2022-11-01', datePrecision: 'month' });
  expect(notes.map(({ code }) => code)).not.toContain('day-unreadable');
});

test.each([
  ['tz', 'America/New_York'],
  ['utc_offset', '-05:00'],
  ['Time Zone', 'EST'],
])('a column %s of %s beside the times is told', async (name, zone) => {
  const { notes } = await read([`fecha,hora,delito,${name}`, `2022-11-20,08:15,Hurto,${zone}`]);
  expect(notes).toContainEqual({ code: 'unread-zone', count: 1, example: `${name}: ${zone}` });
});

test('a finer offence that is not read is named', async () => {
  const { notes } = await read(['fecha,tipo,subtipo', '2022-11-20,Robo,Robo de celular']);
  expect(notes).toEqual([{ code: 'unread-offence', count: 1, example: '--map "subtipo=offence"' }]);
});

test('times with points as Oracle writes them, and minus signs of a word processor, are read', async () => {
  const { incidents } = await read([
    'fecha,delito,lat,lon',
    '02-MAR-24 02.15.00.000000 PM,Hurto,19.43,\u221299.13',
    '13-MAR-24 11.05.00.000000 AM,Hurto,19.44,\u201399.14',
  ]);
  expect(incidents.map((each) => [each.occurredOn, each.minuteOfDay, each.lon])).toEqual([
    ['2024-03-02', 855, -99.13],
    ['2024-03-13', 665, -99.14],
  ]);
});

test('the minute and the half of the day in columns of their own belong to the hour', async () => {
  const { incidents } = await read([
    'fecha,hora,minuto,AM/PM,delito',
    '2022-11-20,8,5,PM,Hurto',
    '2022-11-21,12,40,a. m.,Hurto',
    '2022-11-22,,,,Hurto',
  ]);
  expect(incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([20 * 60 + 5, 40, null]);
  const { notes } = await read(['fecha,hora,turno,delito', '2022-11-20,08:05,PM,Hurto', '2022-11-21,09:05,AM,Hurto']);
  expect(notes).toEqual([{ code: 'unread-time', count: 1, example: '--map "turno=half"' }]);
});

test('what stands behind a clock is an offset or, where there are more than a place has, the end of a range', async () => {
  const rows = (ends: readonly string[]) => [
    'fecha,hora,delito',
    ...ends.map((end, i) => `2022-11-2${i},${10 + i}:15-${end},Hurto`),
  ];
  const ranges = await read(rows(['11:00', '12:30', '13:15', '14:00']));
  expect(ranges.incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([615, 675, 735, 795]);
  expect(ranges.notes).toEqual([{ code: 'hour-range', count: 4, example: '10:15-11:00' }]);
  const offsets = await read(rows(['05:00', '06:00', '05:00', '06:00']));
  expect(offsets.incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([915, 1035, 1035, 1155]);
});

test('days that stand for none, and days to come, are told and kept', async () => {
  const { incidents, notes } = await read([
    'fecha,delito',
    '1900-01-01,Hurto',
    '2022-11-25,Hurto',
    '2099-11-25,Hurto',
    '1970-01-01,Hurto',
  ]);
  expect(incidents).toHaveLength(4);
  expect(notes).toEqual([
    { code: 'date-placeholder', count: 2, example: '1900-01-01' },
    { code: 'date-to-come', count: 1, example: '2099-11-25' },
  ]);
});

test('labels that differ by what is not seen are one, and noughts kept by a formula are kept', async () => {
  const { incidents } = await read([
    'folio,fecha,delito',
    '="007",2022-11-20,Hurto\u200b',
    '="008",2022-11-25,Hur\u00adto',
  ]);
  expect(incidents.map(({ key, label }) => `${key} ${label}`)).toEqual(['007 Hurto', '008 Hurto']);
});

test('geometry that is no point in degrees is named; a set of one point is the point', async () => {
  const metres = await read(['fecha,delito,wkt', '2022-11-20,Hurto,SRID=32614;POINT(480001 2140001)']);
  expect(metres.notes).toEqual([{ code: 'unread-geometry', count: 1, example: 'wkt: SRID=32614;POINT' }]);
  const one = await read(['fecha,delito,wkt', '2022-11-20,Hurto,MULTIPOINT((-99.13 19.43))']);
  expect(one.incidents[0]).toMatchObject({ lon: -99.13, lat: 19.43 });
});

test('a column that counts more cases than a row of incidents stands for is asked about', async () => {
  const sums = read(['anio,mes,delito,conteo', '2022,1,Hurto,1204', '2022,2,Hurto,1350']);
  await expect(sums).rejects.toThrow('column conteo counts 2554 in the first 2 rows');
});

test('hours and minutes that a program turned into decimals are read, and the one column of points whatever its name', async () => {
  const of = (...hours: string[]) => read(['fecha,hora,delito', ...hours.map((hour) => `2022-11-20,${hour},Hurto`)]);
  expect((await of('5.0', '830.0', '2205.0', '')).incidents.map((each) => each.minuteOfDay)).toEqual([
    5,
    510,
    1325,
    null,
  ]);
  expect((await of('8.0', '14.0', '23.0')).incidents.map((each) => each.minuteOfDay)).toEqual([480, 840, 1380]);
  const { notes } = await read(['fecha,delito,time_occ', '2022-11-20,Hurto,830.0', '2022-11-21,Hurto,1415.0']);
  expect(notes).toEqual([{ code: 'unread-time', count: 1, example: '--map "time_occ=time"' }]);
  const points = (header: string, cell: string) => read([`fecha,delito,${header}`, `2022-11-20,Hurto,${cell}`]);
  const { incidents } = await points('sitio', '"(19.4, -99.1)"');
  expect([incidents[0]!.lon, incidents[0]!.lat]).toEqual([-99.1, 19.4]);
  const several = await points('sitio,otro', '"(19.4, -99.1)","(19.5, -99.2)"');
  expect([several.incidents[0]!.lon, several.notes.map(({ code }) => code)]).toEqual([null, ['unread-point']]);
});
