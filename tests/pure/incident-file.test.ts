// Each kind of incident file with its quirks, in hand-written rows.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Bounds } from '../../server/geometry/contract.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import type { Reject } from '../../server/reading/map-rows.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-incidents-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  preset: string,
  content: string | Buffer,
  { map = {}, bounds = null }: { map?: Record<string, string>; bounds?: Bounds | null } = {},
) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, content);
  const file = openIncidentFile(path, { preset, map, bounds, taxonomy, unpackTo: folder });
  const incidents: Incident[] = [];
  const rejects: Reject[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects);
  }
  return { incidents, rejects, notes: file.notes(), columns: file.columns() };
}

/** One generic row with the given cells over good ones. */
async function one(
  cells: Partial<Record<'fecha' | 'hora' | 'delito' | 'lon' | 'lat' | 'lugar', string>>,
  bounds: Bounds | null = null,
) {
  const row = {
    fecha: '2024-05-06',
    hora: '10:30',
    delito: 'Extorsión',
    lon: '-99.1',
    lat: '19.4',
    lugar: 'Centro',
    ...cells,
  };
  const { incidents, rejects, notes } = await read(
    'generic',
    `fecha;hora;delito;lon;lat;lugar\n${Object.values(row).join(';')}\n`,
    { bounds },
  );
  return { incident: incidents[0], reject: rejects[0], notes };
}

test('two labels that only differ behind what is kept of them stay two', async () => {
  const long = 'Daño en propiedad ajena '.repeat(12);
  const { incidents } = await read('generic', `fecha,delito\n2024-05-06,${long}culposo\n2024-05-07,${long}doloso\n`);
  expect(new Set(incidents.map(({ offence }) => offence)).size).toBe(2);
  expect(new Set(incidents.map(({ label }) => label)).size).toBe(2);
  expect(Math.max(...incidents.map(({ label }) => label.length))).toBeLessThanOrEqual(200);
});

test('a header that comes again in another order stops the file; the same one is a row that is none', async () => {
  const again = (header: string) =>
    `fecha,delito,colonia\n2024-05-06,Extorsión,Roma\n${header}\n2024-05-07,Fraude,Juárez\n`;
  await expect(read('generic', again('Fecha,Colonia,Delito'))).rejects.toThrow(
    'line 3 names the columns again in another order (Fecha, Colonia, Delito)',
  );
  const { incidents, rejects } = await read('generic', again('FECHA,Delito,colonia'));
  expect([incidents.length, rejects.map(({ line }) => line)]).toEqual([2, [3]]);
});

test('rows of nothing but a day, an offence and a number that is mostly one are asked about, whatever its name', async () => {
  const rows = (column: string) => [
    `fecha,delito,${column}`,
    ...Array.from({ length: 12 }, (_, i) => `2024-05-${i + 10},Fraude,${i % 3 ? 1 : i + 1}`),
  ];
  const tell = (column: string, map = {}) => read('generic', rows(column).join('\n'), { map });
  expect((await tell('magnitud', { magnitud: 'quantity' })).incidents).toHaveLength(30);
  for (const name of ['magnitud', 'carpetas_iniciadas', 'perdidas', 'Denominador'])
    await expect(tell(name)).rejects.toThrow(`column ${name} counts 30 in the first 12 rows`);
  for (const name of ['cuadrante', 'Prioridad', 'cve_mun', 'idMunicipio', 'semana_epi', 'id delegación'])
    expect([name, (await tell(name)).incidents.length]).toEqual([name, 12]);
  // A code of two values; a number that never falls, as the week of a sorted file.
  const unasked = (cells: string) => `fecha,delito,magnitud${cells.replaceAll(/./g, '\n2024-05-10,Fraude,$&')}`;
  for (const cells of ['12112111211', '11111222334'])
    expect((await read('generic', unasked(cells))).incidents).toHaveLength(11);
});

test('the eight-column FGJ layout, with both ways it writes days and hours', async () => {
  const { incidents, rejects, notes, columns } = await read(
    'fgj-cdmx',
    [
      'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud',
      '2022-02-11,13:50:00,2022,FRAUDE,16 De Septiembre,ALVARO OBREGON,19.39995,-99.2119',
      '2024-11-05 06:30:00,06:30:00:00,2024,"PRODUCCIÓN, IMPRESIÓN, ENAJENACIÓN, DISTRIBUCIÓN, ALTERACIÓN O FALSIFICACIÓN DE TÍTULOS AL PORTADOR, DOCUMENTOS DE CRÉDITO PÚBLICOS O VALES DE CANJE",Centro,CUAUHTEMOC,19.43261234567,-99.13321234567',
      '2024-11-05 00:00:00,,2024,AMENAZAS,,CUAUHTEMOC,19.4,-100.2325',
    ].join('\n'),
  );
  expect(rejects).toEqual([]);
  expect(notes).toEqual([{ code: 'coordinates-far', count: 1, example: '-100.2325, 19.4' }]);
  expect(columns).toMatchObject({
    date: 'fecha_hecho',
    time: 'hora_hecho',
    offence: 'delito',
    neighbourhood: 'colonia_catalogo',
    borough: 'alcaldia_hecho',
  });
  expect(incidents).toEqual([
    {
      line: 2,
      key: null,
      occurredOn: '2022-02-11',
      minuteOfDay: 13 * 60 + 50,
      datePrecision: 'minute',
      untilOn: null,
      untilMinute: null,
      reportedOn: null,
      reportedMinute: null,
      offence: 'fgj.fraude',
      label: 'FRAUDE',
      lon: -99.2119,
      lat: 19.39995,
      placeText: '16 De Septiembre',
      placeParts: null,
    },
    expect.objectContaining({ occurredOn: '2024-11-05', minuteOfDay: 390, lon: -99.13321234567, lat: 19.43261234567 }),
    expect.objectContaining({ minuteOfDay: null, datePrecision: 'day', placeText: null, lon: -100.2325, lat: 19.4 }),
  ]);
});

test('the full FGJ layout in Windows-1252: the day of the fact, never the day of the report', async () => {
  const content = [
    'anio_inicio,mes_inicio,fecha_inicio,hora_inicio,anio_hecho,mes_hecho,fecha_hecho,hora_hecho,delito,categoria_delito,competencia,fiscalia,agencia,unidad_investigacion,colonia_hecho,colonia_catalogo,alcaldia_hecho,municipio_hecho,latitud,longitud',
    '2024,Agosto,2024-08-31,12:00:00,2024,Julio,2024-07-30,,ROBO A NEGOCIO CON VIOLENCIA,X,FUERO COMUN,F,A,U,PEÑÓN,Peñón De Los Baños,VENUSTIANO CARRANZA,CDMX,19.43,-99.08',
    '2024,Agosto,2024-08-31,12:00:00,2023,August,,,ROBO A NEGOCIO CON VIOLENCIA,X,FUERO COMUN,F,A,U,,,,CDMX,,',
    '2024,Agosto,2024-08-31,12:00:00,2023,data,,,ROBO A NEGOCIO CON VIOLENCIA,X,FUERO COMUN,F,A,U,,,,CDMX,,',
  ].join('\r\n');
  const { incidents, rejects, notes } = await read('fgj-cdmx', Buffer.from(content, 'latin1'));
  expect(incidents).toMatchObject([
    { occurredOn: '2024-07-30', datePrecision: 'day', minuteOfDay: null, placeText: 'Peñón De Los Baños' },
    { occurredOn: '2023-08-01', datePrecision: 'month', lon: null, lat: null },
  ]);
  expect(rejects).toMatchObject([{ line: 4, field: 'fecha_hecho', value: '', reason: 'no-month' }]);
  expect(notes).toEqual([
    { code: 'encoding', count: 1, example: 'windows-1252' },
    { code: 'day-unreadable', count: 1, example: '' },
  ]);
});

test('the FGJ layout without coordinates: every row is unlocated, NaT is no hour', async () => {
  const { incidents, rejects, notes } = await read(
    'fgj-cdmx',
    [
      'anio_inicio,mes_inicio,fecha_inicio,fecha_hecho,hora_hecho,delito,categoria_delito,fiscalia,agencia,unidad_investigacion,colonia_catalogo,alcaldia_hecho,anio_hecho',
      '2024,Agosto,2024-08-31 00:00:00,1975-01-30 00:00:00,06:00:00,PRIVACION DE LA LIBERTAD PERSONAL,X,F,A,U,San Angel,ALVARO OBREGON,1975',
      '2024,Agosto,2024-08-31 00:00:00,2024-01-30 00:00:00,NaT:00,SECUESTRO,X,F,A,U,,,2024',
      '2024,Diciembre,2024-12-20 16:27:50,,NaT:00,SECUESTRO,X,F,A,U,,IZTAPALAPA,',
    ].join('\n'),
  );
  expect(incidents).toMatchObject([
    {
      occurredOn: '1975-01-30',
      minuteOfDay: 360,
      lon: null,
      lat: null,
      offence: 'fgj.privacion-de-la-libertad-personal',
    },
    { occurredOn: '2024-01-30', minuteOfDay: null, datePrecision: 'day' },
  ]);
  expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([[4, 'no-month']]);
  expect(notes).toEqual([]);
});

test('the sheets of the FGJ saved as CSV: titles above the header, COORD X is latitude in one delivery', async () => {
  const { incidents, notes } = await read(
    'fgj-cdmx',
    [
      'Fiscalía General de Justicia,,,,,,',
      ',,,,,,',
      'ID_CI,FECHA DE LOS HECHOS,HORA DE LOS HECHOS,DELITO,COLONIA HECHOS,COORD. X,COORD. Y',
      'CI-1,05/03/2025,9:05,ROBO A NEGOCIO CON VIOLENCIA,CENTRO,19.43,-99.13',
      'CI-2,25/03/2025,21:05:00,ROBO A NEGOCIO CON VIOLENCIA,CENTRO,SIN REGISTRO,SIN REGISTRO',
    ].join('\n'),
  );
  expect(incidents).toMatchObject([
    { line: 4, key: 'CI-1', occurredOn: '2025-03-05', minuteOfDay: 545, lon: -99.13, lat: 19.43 },
    { line: 5, key: 'CI-2', occurredOn: '2025-03-25', minuteOfDay: 1265, lon: null, lat: null },
  ]);
  expect(notes).toEqual([{ code: 'axes-swapped', count: 1, example: '19.43, -99.13' }]);
});

test('SSPDF: NA coordinates, unspecified cuadrante, hours without colon', async () => {
  const { incidents, notes } = await read(
    'sspdf',
    [
      '"cuadrante","crime","date","hour","year","month","lat","long","id"',
      '"N-1.1.18","ROBO A TRANSEUNTE C.V.",2013-01-01,"10:07",2013,1,19.5440795241155,-99.1247208081161,1',
      '"(NO ESPECIFICADO)","VIOLACION",2014-06-30,"00250",2014,6,NA,NA,2',
    ].join('\n'),
  );
  expect(incidents).toMatchObject([
    {
      key: '1',
      placeText: 'N-1.1.18',
      lat: 19.5440795241155,
      lon: -99.1247208081161,
      offence: 'sspdf.robo-a-transeunte-c-v',
    },
    { key: '2', placeText: null, lat: null, lon: null, minuteOfDay: 25 },
  ]);
  expect(notes).toEqual([{ code: 'hour-run-together', count: 1, example: '00250' }]);
});

test('police.uk: month only, no id for anti-social behaviour, no location', async () => {
  const { incidents, rejects } = await read(
    'police-uk',
    [
      'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context',
      ',2018-10,A,A,-2.511761,51.409966,On or near Caernarvon Close,E01014399,Bath 001A,Anti-social behaviour,,',
      'abc,2018-10,A,A,,,No Location,,,Burglary,Under investigation,',
      'abc,2018-10,A,A,,,No Location,,,Burglary,Under investigation,',
    ].join('\n'),
  );
  expect(rejects).toEqual([]);
  expect(incidents).toMatchObject([
    {
      key: null,
      occurredOn: '2018-10-01',
      datePrecision: 'month',
      minuteOfDay: null,
      placeText: 'On or near Caernarvon Close',
    },
    { key: 'abc', placeText: null, lon: null },
    { key: 'abc', line: 4 },
  ]);
});

test('Spanish and English column names, whatever their accents, case and spaces', async () => {
  const spanish = await read(
    'generic',
    'Folio,FECHA,Hora,Tipo de Delito,Longitud,Latitud,Colonia\n7,16/05/2024,10:30,Extorsión,-99.1,19.4,Centro\n',
  );
  const english = await read(
    'generic',
    'id;datetime;offence;x;y;street\n7;2024-05-16 10:30;Extortion;-99,1;19,4;Centro\n',
  );
  const expected = {
    key: '7',
    occurredOn: '2024-05-16',
    minuteOfDay: 630,
    datePrecision: 'minute',
    lon: -99.1,
    lat: 19.4,
    placeText: 'Centro',
  };
  expect([spanish.incidents, english.incidents]).toMatchObject([[expected], [expected]]);
  expect([...spanish.incidents, ...english.incidents].map(({ offence }) => taxonomy.parentOf(offence))).toEqual([
    'patrimonio.extorsion',
    'patrimonio.extorsion',
  ]);
});

test('named columns go before the preset, and what cannot be meant is refused', async () => {
  const content = 'cuando,que,fecha,delito\n2024-05-06,Fraude,2020-01-01,Robo\n';
  const { incidents } = await read('generic', content, { map: { Cuando: 'date', que: 'offence' } });
  expect(incidents).toMatchObject([{ occurredOn: '2024-05-06', label: 'Fraude' }]);
  const refused: Record<string, string>[] = [
    { nada: 'date' },
    { cuando: 'nothing' },
    { 'Nombre del denunciante': 'place' },
  ];
  for (const map of refused) {
    await expect(read('generic', content, { map })).rejects.toThrow(expect.objectContaining({ parameter: 'map' }));
  }
  await expect(read('generic', 'a,b\n1,2\n')).rejects.toThrow(expect.objectContaining({ parameter: 'map' }));
  await expect(read('generic', '')).rejects.toThrow(expect.objectContaining({ parameter: 'file' }));
  await expect(read('nothing', 'a,b\n')).rejects.toThrow(expect.objectContaining({ parameter: 'preset' }));
});

test('columns about persons are named and leave no trace, in rejects neither', async () => {
  const secret = 'JUAN SECRETO';
  const header =
    'fecha,delito,Nombre del denunciante,TELÉFONO,CURP,RFC,Domicilio del denunciante,narrativa,Correo electrónico,nombre_colonia';
  const personal = [secret, secret, secret, secret, secret, secret, secret].join(',');
  const result = await read(
    'generic',
    `${header}\n2024-05-06,Fraude,${personal},Centro\nayer,Fraude,${personal},Centro\n2024-05-06,Fraude,${personal}\n`,
  );
  expect(JSON.stringify(result)).not.toContain(secret);
  expect(result.rejects.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'no-month'],
    [4, 'column-count'],
  ]);
  expect(result.notes).toEqual([
    {
      code: 'personal-columns',
      count: 7,
      example: 'Nombre del denunciante, TELÉFONO, CURP, RFC, Domicilio del denunciante, narrativa, Correo electrónico',
    },
    { code: 'unread-place', count: 1, example: '--map "nombre_colonia=neighbourhood"' },
  ]);
});

test('a row is rejected for its month, its offence or its columns, and for nothing else', async () => {
  expect((await one({ fecha: '2024' })).reject).toMatchObject({
    line: 2,
    field: 'fecha',
    value: '2024',
    reason: 'no-month',
  });
  expect((await one({ delito: ' ' })).reject).toMatchObject({
    line: 2,
    field: 'delito',
    value: ' ',
    reason: 'no-offence',
  });
  expect((await one({ lugar: 'a;b' })).reject).toMatchObject({
    line: 2,
    field: null,
    value: '7',
    reason: 'column-count',
  });
  for (const cells of [
    { hora: 'noche' },
    { lon: 'x' },
    { delito: '???' },
    { lugar: '' },
    { fecha: '2024-05' },
    { lat: '999' },
  ]) {
    const { incident, reject } = await one(cells);
    expect(reject).toBeUndefined();
    expect(incident).toBeDefined();
  }
});

test('an hour that cannot be read is unknown, and noted; an hour without minutes is an hour', async () => {
  const bad = await one({ hora: '24:00' });
  expect(bad.incident).toMatchObject({ minuteOfDay: null, datePrecision: 'day' });
  expect(bad.notes).toEqual([{ code: 'hour-unreadable', count: 1, example: '24:00' }]);
  expect((await one({ hora: '' })).notes).toEqual([]);
  expect((await one({ hora: '14' })).incident).toMatchObject({ minuteOfDay: 840, datePrecision: 'hour' });
  expect((await one({ fecha: '2024-05', hora: '14:00' })).incident).toMatchObject({
    minuteOfDay: null,
    datePrecision: 'month',
  });
});

test('broken words are repaired and counted, unknown offences listed with how often', async () => {
  const { incidents, notes } = await read(
    'fgj-cdmx',
    [
      'fecha_hecho,hora_hecho,delito,colonia_catalogo',
      '2024-05-06,10:00,ROBO A TRANSEUNTE EN VÖA PéBLICA CON VIOLENCIA,MéXICO NUEVO',
      '2024-05-06,10:00,VIOLACIàN,DOCTORES',
      '2024-05-06,10:00,ROBO DE NUBES,DOCTORES',
      '2024-05-06,10:00,Robo de nubes,DOCTORES',
      '2024-05-06,10:00,ROBO DE NUBES,DOCTORES',
    ].join('\n'),
  );
  expect(incidents.map(({ label }) => label).slice(0, 2)).toEqual([
    'ROBO A TRANSEUNTE EN VÍA PÚBLICA CON VIOLENCIA',
    'VIOLACIÓN',
  ]);
  expect(incidents[0]?.placeText).toBe('MéXICO NUEVO');
  expect(incidents[0]?.offence).toBe('fgj.robo-a-transeunte-en-via-publica-con-violencia');
  expect(notes).toEqual([
    { code: 'mojibake', count: 2, example: 'ROBO A TRANSEUNTE EN VÖA PéBLICA CON VIOLENCIA' },
    { code: 'offence-unknown', count: 2, example: 'ROBO DE NUBES' },
    { code: 'offence-unknown', count: 1, example: 'Robo de nubes' },
  ]);
});

test('times with AM and PM and the month first are read where the dates show it', async () => {
  const { incidents, notes } = await read(
    'generic',
    'date,offence\n03/04/2024 12:05:00 AM,Robbery\n03/25/2024 01:05:00 PM,Robbery\n',
  );
  expect(incidents).toMatchObject([
    { occurredOn: '2024-03-04', minuteOfDay: 5, datePrecision: 'minute' },
    { occurredOn: '2024-03-25', minuteOfDay: 785 },
  ]);
  expect(notes).toEqual([{ code: 'dates-month-first', count: 1, example: 'date' }]);
});

test('the day comes first where the dates show it; where they show nothing, or both, it is asked', async () => {
  const file = async (...dates: string[]) => {
    const { incidents } = await read('generic', ['date,offence', ...dates.map((date) => `${date},Robbery`)].join('\n'));
    return incidents.map(({ occurredOn }) => occurredOn);
  };
  expect(await file('03/04/2024', '25/04/2024')).toEqual(['2024-04-03', '2024-04-25']);
  await expect(file('03/04/2024')).rejects.toThrow(
    'dmy (03/04/2024 = 2024-04-03; 2024-04: 1) or mdy (03/04/2024 = 2024-03-04; 2024-03: 1); say --date-order dmy|mdy',
  );
  await expect(file('03/04/2024', '25/04/2024', '04/25/2024')).rejects.toThrow(
    'does not fit line 4, 04/25/2024, and 0 more',
  );
});
