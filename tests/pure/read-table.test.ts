// Workbooks and archives of incidents: the layouts offices deliver, and what is refused before it does harm.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { BadInput, TooLarge } from '../../server/errors.ts';
import { detectFile } from '../../server/imports/detect.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { type IncidentFileOptions, openIncidentFile } from '../../server/reading/incident-file.ts';
import type { Reject } from '../../server/reading/map-rows.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { zipOf } from '../support/zip.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  preset: string,
  name: string,
  content: Buffer | string,
  sheet: string | null = null,
  more: Partial<IncidentFileOptions> = {},
) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const unpackTo = mkdtempSync(join(folder, 'unpack-'));
  const file = openIncidentFile(path, { preset, map: {}, bounds: null, taxonomy, unpackTo, sheet, ...more });
  const incidents: Incident[] = [];
  const rejects: Reject[] = [];
  for await (const rows of file.rows) {
    incidents.push(...rows.incidents);
    rejects.push(...rows.rejects);
  }
  return { incidents, rejects, notes: file.notes() };
}
async function detect(name: string, content: Buffer | string) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const unpackTo = mkdtempSync(join(folder, 'unpack-'));
  return detectFile(path, { unpackTo, sheet: null, bounds: null, taxonomy });
}
type Cell = string | number | Date | null;
const sheetOf = (rows: readonly (readonly Cell[])[]) =>
  rows.map((row) =>
    row.map((value) =>
      value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy' } : value === null ? null : { value },
    ),
  );
const workbook = async (rows: readonly (readonly Cell[])[]) =>
  (await writeWorkbook(sheetOf(rows)).toBuffer()) as Buffer;

const FGJ = [
  ...[
    'ID',
    'ID_CI',
    'CT - INICIO AP',
    'FECHA DE INICIO',
    'HORA DE INICIO',
    'FECHA DE LOS HECHOS',
    'HORA DE LOS HECHOS',
  ],
  ...['TIPO IMPACTO', 'DELITO', 'CALLE 1 HECHOS', 'COLONIA HECHOS', 'ALCALDÍA HECHOS', 'COORD. X', 'COORD. Y'],
];
const fgjRow = (id: string, date: Cell, time: Cell, x: Cell, y: Cell): Cell[] => [
  ...[1, id, 'CT1', '01/02/2025', '10:00', date, time, 'ALTO IMPACTO'],
  ...['ROBO A NEGOCIO CON VIOLENCIA', 'SIN CALLES DE SAP', 'CENTRO', 'CUAUHTEMOC', x, y],
];

test.for([1, 4, 5])('the FGJ workbook is read with %i rows of titles above its header', async (titles) => {
  const above = Array.from({ length: titles }, (_, i): Cell[] => [i === 0 ? 'Incidencia delictiva 2025' : null]);
  const content = await workbook([
    ...above,
    FGJ,
    fgjRow('CI-1', '01/02/2025', '9:05', -99.13, 19.43),
    fgjRow('CI-2', new Date('2025-02-03T00:00:00Z'), '21:40:00', 19.43, -99.13),
    fgjRow('CI-3', '04/02/2025', 'SIN REGISTRO', 'SIN REGISTRO', 'SIN REGISTRO'),
  ]);
  const { incidents, notes } = await read('fgj-cdmx', 'fgj.xlsx', content);
  expect(
    incidents.map(({ key, occurredOn, minuteOfDay, lon, lat }) => [key, occurredOn, minuteOfDay, lon, lat]),
  ).toEqual([
    ['CI-1', '2025-02-01', 545, -99.13, 19.43],
    ['CI-2', '2025-02-03', 1300, -99.13, 19.43],
    ['CI-3', '2025-02-04', null, null, null],
  ]);
  expect(incidents[0]!.line).toBe(titles + 2);
  expect(notes.find(({ code }) => code === 'axes-swapped')?.count).toBe(1);
  expect(await detect('fgj.xlsx', content)).toMatchObject({
    preset: 'fgj-cdmx',
    confidence: 1,
    headerLine: titles + 1,
  });
});

test('a workbook that a spreadsheet of another country half converted is read as it was written', async () => {
  const on = (day: string) => new Date(`${day}T00:00:00Z`);
  // 10/02, 10/07 and 10/19, 10/30 month first, opened where the day stands first: two became dates of other months.
  const { incidents, notes } = await read(
    'generic',
    'half.xlsx',
    await workbook([
      ['date', 'reported_date', 'offence'],
      [on('2022-02-10'), '2022-10-20T05:30:00Z', 'Fraude'],
      [on('2022-07-10'), '2022-10-20T06:00:00Z', 'Fraude'],
      ['10/19/2022', null, 'Fraude'],
      ['10/30/2022', null, 'Fraude'],
    ]),
  );
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual([
    '2022-10-02',
    '2022-10-07',
    '2022-10-19',
    '2022-10-30',
  ]);
  expect(incidents[0]).toMatchObject({ reportedOn: '2022-10-20', reportedMinute: 330 });
  expect(notes).toContainEqual({ code: 'dates-half-converted', count: 2, example: '2022-02-10 → 2022-10-02' });
});

test('times that a workbook keeps as shares of a day are clocks, whatever stands beside them as text', async () => {
  const content = await workbook([
    ['fecha', 'hora', 'delito'],
    ['2025-02-01', 0.5, 'Robo'],
    ['2025-02-02', 0.25, 'Robo'],
    ['2025-02-03', '03:15 p.m. hrs', 'Robo'],
    ['2025-02-04', '15:30 hrs.', 'Robo'],
    ['2025-02-05', 0.0625, 'Robo'],
  ]);
  const { incidents } = await read('generic', 'horas.xlsx', content);
  expect(incidents.map(({ minuteOfDay }) => minuteOfDay)).toEqual([720, 360, 915, 930, 90]);
});

test('a workbook of victims is recognised by sex and age, which are not read', async () => {
  const header = [...FGJ, 'SEXO', 'EDAD'];
  const content = await workbook([
    ['Víctimas'],
    header,
    [...fgjRow('CI-1', '01/02/2025', '9:05', -99.13, 19.43), 'F', '31'],
  ]);
  const detection = await detect('victimas.xlsx', content);
  expect(detection).toMatchObject({ preset: 'fgj-cdmx-victimas', confidence: 1 });
  expect(detection.columns.filter(({ name }) => /SEXO|EDAD/.test(name)).map(({ field }) => field)).toEqual([
    null,
    null,
  ]);
});

test('a formula gives the value it had, an empty row in between keeps the line numbers', async () => {
  const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>fecha</t></is></c><c r="B1" t="inlineStr"><is><t>delito</t></is></c></row>
    <row r="4"><c r="A4" t="str"><f>TEXT(1,"0")</f><v>2024-05-06</v></c><c r="B4" t="inlineStr"><is><t>Extorsión</t></is></c></row>
    </sheetData></worksheet>`;
  const { incidents } = await read('generic', 'formula.xlsx', bookOf({ Hoja: sheet }));
  expect(incidents).toMatchObject([{ line: 4, occurredOn: '2024-05-06', label: 'Extorsión' }]);
});

test('sheets with the same header are read together, the others are named; one can be asked for', async () => {
  const sheet = (
    fecha: string,
  ) => `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1"><c r="A1" t="inlineStr"><is><t>fecha</t></is></c><c r="B1" t="inlineStr"><is><t>delito</t></is></c></row>
    <row r="2"><c r="A2" t="inlineStr"><is><t>${fecha}</t></is></c><c r="B2" t="inlineStr"><is><t>Extorsión</t></is></c></row>
    </sheetData></worksheet>`;
  const empty =
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData></sheetData></worksheet>';
  const book = bookOf({ Portada: empty, Enero: sheet('2023-05-06'), Julio: sheet('2024-05-06') });
  const first = await read('generic', 'sheets.xlsx', book);
  expect(first.incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2023-05-06', '2024-05-06']);
  expect(first.notes).toContainEqual({ code: 'sheets-together', count: 2, example: 'Enero, Julio' });
  expect(first.notes).toContainEqual({ code: 'sheets-left-out', count: 1, example: 'Portada' });
  expect((await read('generic', 'sheets.xlsx', book, 'Julio')).incidents[0]!.occurredOn).toBe('2024-05-06');
  await expect(read('generic', 'sheets.xlsx', book, 'Agosto')).rejects.toMatchObject({ parameter: 'sheet' });
  const other = bookOf({ Enero: sheet('2023-05-06'), Calles: sheet('2023-05-07').replace('delito', 'tipo') });
  await expect(read('generic', 'sheets.xlsx', other)).rejects.toThrow(
    'several sheets hold data in different columns: Enero, Calles; say which one with --sheet',
  );
  expect((await read('generic', 'sheets.xlsx', other, 'Calles')).incidents[0]!.occurredOn).toBe('2023-05-07');
});

/** The least a workbook is made of (ECMA-376, SpreadsheetML). */
function bookOf(sheets: Readonly<Record<string, string>>, states: Readonly<Record<string, string>> = {}): Buffer {
  const names = Object.keys(sheets);
  const ns = 'http://schemas.openxmlformats.org';
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="${ns}/package/2006/content-types"/>`,
    'xl/workbook.xml': `<workbook xmlns="${ns}/spreadsheetml/2006/main" xmlns:r="${ns}/officeDocument/2006/relationships"><sheets>${names
      .map(
        (name, i) =>
          `<sheet name="${name}" sheetId="${i + 1}"${states[name] ? ` state="${states[name]}"` : ''} r:id="rId${i + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${ns}/package/2006/relationships">${names
      .map(
        (_, i) =>
          `<Relationship Id="rId${i + 1}" Type="${ns}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    ...Object.fromEntries(names.map((name, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheets[name]!])),
  });
}

test('merged cells say the same of every row, hidden sheets are left out, errors and bare formulas are told', async () => {
  const text = (ref: string, value: string) => `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const ns = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const sheet = `<worksheet xmlns="${ns}"><sheetData>
    <row r="1">${text('A1', 'fecha')}${text('B1', 'delito')}${text('C1', 'colonia')}${text('D1', 'hora')}</row>
    <row r="2">${text('A2', '2023-05-06')}${text('B2', 'Fraude')}${text('C2', 'Roma')}<c r="D2" t="e"><v>#N/A</v></c></row>
    <row r="3">${text('B3', 'Extorsión')}<c r="D3"><f>TIME(9,0,0)</f></c></row>
    <row r="4">${text('A4', '2023-05-08')}${text('B4', 'Fraude')}</row></sheetData>
    <mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="C2:C4"/></mergeCells></worksheet>`;
  const book = (states: Readonly<Record<string, string>>) => bookOf({ Hoja: sheet, Vieja: sheet }, states);
  const { incidents, notes } = await read('generic', 'merged.xlsx', book({ Vieja: 'hidden' }));
  expect(incidents.map(({ occurredOn, placeText }) => [occurredOn, placeText])).toEqual([
    ['2023-05-06', 'Roma'],
    ['2023-05-06', 'Roma'],
    ['2023-05-08', 'Roma'],
  ]);
  expect(notes).toEqual(
    expect.arrayContaining([
      { code: 'sheets-left-out', count: 1, example: 'Vieja' },
      { code: 'cells-merged', count: 3, example: '2023-05-06' },
      { code: 'cells-in-error', count: 1, example: 'D2' },
      { code: 'formulas-uncalculated', count: 1, example: 'D3' },
    ]),
  );
  expect((await read('generic', 'merged.xlsx', book({ Vieja: 'veryHidden' }), 'Vieja')).incidents).toHaveLength(3);
  // As programs write names in XML: an apostrophe, signs by their numbers, and a sign that ends elements.
  for (const [name, told] of [
    ["Robo d'auto", "Robo d'auto"],
    ['P&#225;gina &#x26; m&#xE1;s', 'Página & más'],
    ['a > b', 'a > b'],
  ]) {
    const hidden = await read('generic', 'hidden.xlsx', bookOf({ Hoja: sheet, [name!]: sheet }, { [name!]: 'hidden' }));
    expect(hidden.notes).toContainEqual({ code: 'sheets-left-out', count: 1, example: told });
  }
});

test('a number merged over rows counts in the first of them only, and the others are told', async () => {
  const cell = (ref: string, value: string) => `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const row = (n: number, day: string, more = '') =>
    `<row r="${n}">${cell(`A${n}`, day)}${cell(`B${n}`, 'Fraude')}${more}</row>`;
  const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
    <row r="1">${cell('A1', 'fecha')}${cell('B1', 'delito')}${cell('C1', 'casos')}</row>
    ${row(2, '2023-05-06', '<c r="C2"><v>3</v></c>')}${row(3, '2023-05-07')}${row(4, '2023-05-08')}</sheetData>
    <mergeCells count="1"><mergeCell ref="C2:C4"/></mergeCells></worksheet>`;
  const book = bookOf({ Hoja: sheet });
  await expect(read('generic', 'casos.xlsx', book)).rejects.toThrow('column casos counts 3 in the first 1 rows');
  const { incidents, rejects } = await read('generic', 'casos.xlsx', book, null, { map: { casos: 'quantity' } });
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2023-05-06', '2023-05-06', '2023-05-06']);
  expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'no-quantity'],
    [4, 'no-quantity'],
  ]);
});

test('files of an archive are read one after another, of any kind', async () => {
  const archive = zipOf({
    'entrega/2024-02.tsv': 'fecha\tdelito\n2024-02-01\tExtorsión\n2024-02-02\tExtorsión\n',
    'entrega/2024-01.csv': 'fecha,delito\n2024-01-01,Extorsión\n',
    'entrega/leeme.pdf': 'no data',
    '__MACOSX/entrega/._2024-01.csv': 'x',
  });
  const { incidents, notes } = await read('generic', 'entrega.zip', archive);
  expect(incidents.map(({ occurredOn }) => occurredOn)).toEqual(['2024-01-01', '2024-02-01', '2024-02-02']);
  expect(notes.filter(({ code }) => code === 'file-in-archive').map(({ example }) => example)).toEqual([
    '2024-01.csv',
    '2024-02.tsv',
  ]);
});

test.for([
  ['a workbook behind a password', 'd0cf11e0a1b11ae1', /password/],
  ['a workbook cut short', '504b030414000600080000002100', /cannot be read/],
] as const)('%s is refused and says why', async ([, head, reason]) => {
  const content = Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(2000, 1)]);
  await expect(read('generic', 'bad.xlsx', content)).rejects.toThrow(BadInput);
  await expect(read('generic', 'bad.xlsx', content)).rejects.toThrow(reason);
});

test('a workbook whose parts are no workbook is refused', async () => {
  await expect(read('generic', 'bad.xlsx', zipOf({ 'xl/workbook.xml': '<nonsense' }))).rejects.toThrow(BadInput);
  const office = (parts: Record<string, string>) => read('generic', 'bad.xlsx', zipOf(parts));
  await expect(office({ '[Content_Types].xml': '<a/>', 'word/document.xml': '<a/>' })).rejects.toThrow(/of Word/);
  await expect(office({ '[Content_Types].xml': '<a/>', 'xl/workbook.bin': 'x' })).rejects.toThrow(/xlsb/);
  await expect(office({ mimetype: 'application/vnd.oasis…', 'content.xml': '<a/>' })).rejects.toThrow(/OpenDocument/);
  await expect(read('generic', 'bad.zip', zipOf({ 'nothing.pdf': 'x' }))).rejects.toThrow(/no CSV, TSV or XLSX/);
});

test('a bomb is refused before it is inflated, as archive and as workbook', async () => {
  const zeros = Buffer.alloc(30_000_000);
  await expect(read('generic', 'bomb.zip', zipOf({ 'a.csv': zeros }))).rejects.toThrow(TooLarge);
  await expect(read('generic', 'bomb.xlsx', zipOf({ 'xl/workbook.xml': '<a/>', 'xl/big.xml': zeros }))).rejects.toThrow(
    TooLarge,
  );
});

test('calls count by their closing code; the others are kept as unconfirmed', async () => {
  const { incidents, notes } = await read(
    'c5-911',
    'llamadas.csv',
    `folio,categoria_incidente_c4,incidente_c4,anio_creacion,mes_creacion,fecha_creacion,hora_creacion,codigo_cierre,clas_con_f_alarma,colonia_cierre,manzana,latitud,longitud
C5/20220110/02402,Robo,Robo-Transeúnte,2022,Enero,2022-01-10,08:15:00,A,URGENCIAS,CENTRO,9.01E+14,19.43,-99.13
C5/20220110/02403,Robo,Robo-Transeúnte,2022,Enero,2022-01-10,08:20:00,(F) Falsa,FALSA ALARMA,CENTRO,9.01E+14,19.43,-99.13
C5/20220110/02404,Robo,Robo-Transeúnte,2022,Enero,2022-01-10,08:25:00,D,DELITO,CENTRO,9.01E+14,19.43,-99.13
C5/20220110/02405,Robo,Robo-Transeúnte,2022,Enero,2022-01-10,08:30:00,,DELITO,CENTRO,9.01E+14,19.43,-99.13
`,
  );
  expect(incidents.map(({ key, offence }) => [key?.slice(-1), offence])).toEqual([
    ['2', 'c5.robo-transeunte'],
    ['3', 'sin-confirmar.c5-robo-transeunte'],
    ['4', 'sin-confirmar.c5-robo-transeunte'],
    ['5', 'c5.robo-transeunte'],
  ]);
  expect(taxonomy.ancestors('sin-confirmar.c5-robo-transeunte')).toEqual(['sin-confirmar']);
  expect(notes.find(({ code }) => code === 'call-unconfirmed')?.count).toBe(2);
});

test('an id that a spreadsheet has rounded is not taken for an id', async () => {
  const { incidents, notes } = await read('generic', 'ids.csv', 'folio,fecha,delito\n9.01E+14,2024-01-01,Extorsión\n');
  expect(incidents[0]!.key).toBeNull();
  expect(notes).toContainEqual({ code: 'key-destroyed', count: 1, example: '9.01E+14' });
});

test.for([
  [
    'fgj-cdmx',
    'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud\n2022-02-11,13:50:00,2022,FRAUDE,Centro,CUAUHTEMOC,19.4,-99.2\n',
  ],
  [
    'fgj-cdmx',
    'ao_hechos,mes_hechos,fecha_hechos,hora_hechos,delito,colonia_hechos,alcaldia_hechos,latitud,longitud\n2018,Enero,2018-01-02,10:00,FRAUDE,Centro,CUAUHTEMOC,19.4,-99.2\n',
  ],
  [
    'fgj-cdmx-victimas',
    'anio_inicio,fecha_hecho,hora_hecho,delito,sexo,edad,calidad_juridica,colonia_hecho,alcaldia_hecho,latitud,longitud\n2022,2022-02-11,13:50:00,FRAUDE,Femenino,31,OFENDIDO,Centro,CUAUHTEMOC,19.4,-99.2\n',
  ],
  [
    'sspdf',
    '"cuadrante","crime","date","hour","year","month","lat","long","id"\n"N-1.1.18","VIOLACION",2013-01-01,"10:07",2013,1,19.5,-99.1,1\n',
  ],
  [
    'police-uk',
    'Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n,2018-10,A,A,-2.5,51.4,On or near X,E1,B,Burglary,,\n',
  ],
  [
    'c5-viales',
    'folio,fecha_creacion,hora_creacion,dia_semana,incidente_c4,alcaldia_inicio,codigo_cierre,clas_con_f_alarma,tipo_entrada,colonia_catalogo,longitud,latitud\nC5/1,2022-01-01,10:00:00,Sábado,Atropellado,CENTRO,A,URGENCIAS,LLAMADA,CENTRO,-99.1,19.4\n',
  ],
] as const)('a file of %s is recognised by its header', async ([preset, content]) => {
  expect(await detect('file.csv', content)).toMatchObject({ preset, confidence: 1 });
});

test('an unknown file is offered as generic, with what each column would be and nothing of columns about persons', async () => {
  const detection = await detect('own.csv', 'Fecha;Motivo;Nombre del denunciante;Nota\n01/02/2024;Robo;Juana;abc\n');
  expect(detection).toMatchObject({ preset: 'generic', delimiter: ';', headerLine: 1 });
  expect(detection.confidence).toBeLessThan(0.5);
  expect(detection.columns).toEqual([
    { name: 'Fecha', field: 'date', personal: false, samples: ['01/02/2024'] },
    { name: 'Motivo', field: 'offence', personal: false, samples: ['Robo'] },
    { name: 'Nombre del denunciante', field: null, personal: true, samples: [] },
    { name: 'Nota', field: null, personal: false, samples: ['abc'] },
  ]);
  expect(detection.examples).toMatchObject([{ line: 2, incident: { occurredOn: '2024-02-01' } }]);
  expect(JSON.stringify(detection)).not.toContain('Juana');
});

test('a file with no column that could be a date is shown for mapping', async () => {
  expect(await detect('odd.csv', 'uno,dos\n1,2\n')).toMatchObject({ preset: 'generic', confidence: 0, examples: [] });
});

test('a number of more digits than a workbook keeps is no id', async () => {
  const rows = [
    ['id', 'fecha', 'delito'],
    [123456789012345, '2024-05-13', 'Robo'],
    [2 ** 53 * 1.5, '2024-05-14', 'Robo'],
  ];
  const { incidents, notes } = await read('generic', 'digits.xlsx', await workbook(rows as Cell[][]));
  expect(incidents.map(({ key }) => key)).toEqual(['123456789012345', null]);
  expect(notes.map(({ code, count }) => `${code} ${count}`)).toContain('key-destroyed 1');
});
