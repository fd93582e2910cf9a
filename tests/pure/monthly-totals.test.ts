// Tables of monthly totals with each of their quirks, in hand-written rows.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, expect, test } from 'vitest';
import writeSheet from 'write-excel-file/node';
import { detectFile } from '../../server/imports/detect.ts';
import { openCategories, readCategories } from '../../server/official-totals/categories.ts';
import { compareTotals } from '../../server/official-totals/compare.ts';
import type { MonthlyTotal } from '../../server/official-totals/map-rows.ts';
import { monthInName } from '../../server/official-totals/published.ts';
import { type MonthlyFileOptions, readMonthlyFile } from '../../server/official-totals/read-file.ts';
import type { RejectedRow } from '../../server/tables/reject-file.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { zipOf } from '../support/zip.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-monthly-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MONTHS = 'Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre';
const WORDS = 'Bien jurídico afectado,Tipo de delito,Subtipo de delito,Modalidad';
const MUNICIPAL = `Año,Clave_Ent,Entidad,Cve. Municipio,Municipio,${WORDS},${MONTHS}`;
const STATE = `Año,Clave_Ent,Entidad,${WORDS},${MONTHS}`;
const BURGLARY = 'El patrimonio,Robo,Robo a casa habitación,Con violencia';
const MURDER = 'La vida y la Integridad corporal,Homicidio,Homicidio doloso,Con arma de fuego';
const YEAR = '1,2,3,4,5,6,7,8,9,10,11,12';
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

async function read(content: string | Buffer, given: Partial<MonthlyFileOptions> & { name?: string } = {}) {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const rejects: RejectedRow[] = [];
  const { name = 'Calvillo', ...options } = given;
  const file = await readMonthlyFile(path, {
    keep: { areas: null, before: [], name },
    fileName: 'tabla.csv',
    sheet: null,
    unpackTo: mkdtempSync(join(folder, 'unpack-')),
    taxonomy,
    onReject: (reject) => rejects.push(reject),
    onProgress: () => {},
    ...options,
  });
  return { ...file, rejects };
}
const table = (header: string, ...rows: readonly string[]) => [header, ...rows, ''].join('\r\n');
const municipal = (...rows: readonly string[]) => table(MUNICIPAL, ...rows);

test('a municipal table: the municipality of the jurisdiction’s name is kept, the others are left out', async () => {
  const { totals, ...file } = await read(
    municipal(
      `2024,1,Aguascalientes,1001,Aguascalientes,${BURGLARY},${YEAR}`,
      `2024,1,Aguascalientes,1003,Calvillo,${BURGLARY},${YEAR}`,
      `2024,1,Aguascalientes,1003,Calvillo,${MURDER},0,0,0,0,0,0,0,0,0,0,0,1`,
    ),
  );
  expect(file).toMatchObject({ level: 'municipality', kind: 'incident', read: 3, rejected: 0, leftOut: 1 });
  expect(file.kept).toEqual(['01003']);
  expect(file.areas).toEqual([
    { code: '01001', name: 'Aguascalientes', state: 'Aguascalientes', rows: 1 },
    { code: '01003', name: 'Calvillo', state: 'Aguascalientes', rows: 2 },
  ]);
  expect(totals[0]).toEqual({
    area: '01003',
    year: 2024,
    category: 'Robo / Robo a casa habitación / Con violencia',
    sex: '',
    age: '',
    offence: 'patrimonio.robo.casa.con-violencia',
    counts: COUNTS,
  });
  expect(totals[1]).toMatchObject({ offence: 'vida.homicidio.doloso.arma-de-fuego' });
});

test('keys come with and without leading zeros, and of the municipality alone', async () => {
  const row = (state: string, area: string, year: string) =>
    `${year},${state},Aguascalientes,${area},Calvillo,${BURGLARY},${YEAR}`;
  const { totals, rejects } = await read(
    municipal(row('1', '1003', '2021'), row('01', '01003', '2022'), row('01', '003', '2023'), row('1', '9003', '2024')),
  );
  expect(totals.map(({ area, year }) => [area, year])).toEqual([
    ['01003', 2021],
    ['01003', 2022],
    ['01003', 2023],
  ]);
  expect(rejects).toMatchObject([{ line: 5, field: 'Cve. Municipio', value: '9003', reason: 'area-unreadable' }]);
});

test('Windows-1252, UTF-8 with a byte-order mark, and a header encoded twice read the same', async () => {
  const text = municipal(`2024,9,Ciudad de México,9015,Cuauhtémoc,${BURGLARY},${YEAR}`);
  const twice = iconv.encode(iconv.decode(Buffer.from(MUNICIPAL), 'windows-1252'), 'utf8');
  const rest = Buffer.from(text.slice(MUNICIPAL.length));
  const ways = [
    iconv.encode(text, 'windows-1252'),
    Buffer.from(`\uFEFF${text}`),
    Buffer.concat([twice, rest]),
    Buffer.concat([iconv.encode('ï»¿', 'utf8'), twice, rest]),
    gzipSync(text),
  ];
  for (const bytes of ways) {
    const { totals, kept } = await read(bytes, { name: 'Cuauhtémoc' });
    expect(kept).toEqual(['09015']);
    expect(totals).toMatchObject([{ offence: 'patrimonio.robo.casa.con-violencia', counts: COUNTS }]);
  }
});

test('a state table has no municipal columns; the state is known by name, or by what was kept before', async () => {
  const text = table(STATE, `2024,1,Aguascalientes,${MURDER},${YEAR}`, `2024,09,Ciudad de México,${MURDER},${YEAR}`);
  const byName = await read(text, { name: 'Ciudad de México' });
  expect([byName.level, byName.kept]).toEqual(['state', ['09']]);
  const before = await read(text, { keep: { areas: null, before: ['01003'], name: 'Calvillo' } });
  expect(before.kept).toEqual(['01']);
  const neither = await read(text);
  expect([neither.kept, neither.totals, neither.leftOut]).toEqual([[], [], 2]);
});

test('where several municipalities share the name, the state behind a comma decides, else a person', async () => {
  const row = (state: string, name: string) =>
    `2024,${state.slice(0, 2)},${name},${state},Benito Juárez,${MURDER},${YEAR}`;
  const text = municipal(row('09014', 'Ciudad de México'), row('23005', 'Quintana Roo'));
  const unclear = await read(text, { name: 'Municipio de Benito Juárez' });
  expect(unclear.kept).toEqual([]);
  expect(unclear.candidates.map(({ code, state }) => [code, state])).toEqual([
    ['09014', 'Ciudad de México'],
    ['23005', 'Quintana Roo'],
  ]);
  expect((await read(text, { name: 'Benito Juárez, Quintana Roo' })).kept).toEqual(['23005']);
  expect((await read(text, { keep: { areas: ['09014', '23005'], before: [], name: 'X' } })).kept).toHaveLength(2);
});

test('a jurisdiction with the name of a state keeps all its municipalities', async () => {
  const { kept, totals } = await read(
    municipal(
      `2024,9,Ciudad de México,9015,Cuauhtémoc,${MURDER},${YEAR}`,
      `2024,9,Ciudad de México,9014,Benito Juárez,${MURDER},${YEAR}`,
      `2024,1,Aguascalientes,1003,Calvillo,${MURDER},${YEAR}`,
    ),
    { name: 'Ciudad de México' },
  );
  expect([kept, totals.length]).toEqual([['09014', '09015'], 2]);
});

test('victims come with sex and age, and are a kind of their own', async () => {
  const header = `${STATE.replace(',Enero', ',Sexo,Rango de edad,Enero')}`;
  const row = (sex: string) => `2024,1,Aguascalientes,${MURDER},${sex},Adultos (18 y más),${YEAR}`;
  const { kind, totals, rejects } = await read(table(header, row('Hombre'), row('Mujer')), { name: 'Aguascalientes' });
  expect(kind).toBe('victim');
  expect(rejects).toEqual([]);
  expect(totals.map(({ sex, age }) => [sex, age])).toEqual([
    ['Hombre', 'Adultos (18 y más)'],
    ['Mujer', 'Adultos (18 y más)'],
  ]);
});

test('since 2026 victims come per municipality too', async () => {
  const header = `${MUNICIPAL.replace(',Enero', ',Sexo,Rango de edad,Enero')}`;
  const { kind, level, totals } = await read(
    table(header, `2026,01,Aguascalientes,01003,Calvillo,${MURDER},Mujer,Menores de edad (0-17),${YEAR}`),
  );
  expect([level, kind]).toEqual(['municipality', 'victim']);
  expect(totals).toMatchObject([{ area: '01003', sex: 'Mujer', age: 'Menores de edad (0-17)' }]);
});

const CALVILLO_2026 = (counts: string) => municipal(`2026,01,Aguascalientes,01003,Calvillo,${MURDER},${counts}`);
const UNPUBLISHED = [null, null, null, null];

test('blank months are not zero', async () => {
  const { totals, notes } = await read(CALVILLO_2026('3,0,1,2,4,0,0,5,,,,'));
  expect(totals[0]!.counts).toEqual([3, 0, 1, 2, 4, 0, 0, 5, ...UNPUBLISHED]);
  expect(notes).toEqual([]);
});

test('months after the one in the file’s name are not published, though they ship as zero', async () => {
  for (const fileName of ['RNID-Delitos_Municipal-2026-ago2026.csv', 'Municipal-Delitos_ago26.csv']) {
    const { totals, notes } = await read(CALVILLO_2026('3,0,1,2,4,0,0,0,0,0,0,0'), { fileName });
    expect(totals[0]!.counts).toEqual([3, 0, 1, 2, 4, 0, 0, 0, ...UNPUBLISHED]);
    expect(notes).toEqual([{ code: 'months-unpublished', count: 4, example: '2026-09' }]);
  }
});

test('the name of the file inside an archive counts too', async () => {
  const zip = zipOf({
    'leeme.pdf': 'x',
    'RNID-Delitos_Municipal-2026-ago2026.csv': CALVILLO_2026('3,0,1,2,4,0,0,0,0,0,0,0'),
  });
  const { totals, notes } = await read(zip, { fileName: 'delitos.zip' });
  expect(totals[0]!.counts.slice(8)).toEqual(UNPUBLISHED);
  expect(notes.map(({ code }) => code)).toEqual(['file-in-archive', 'months-unpublished']);
});

test('a dictionary beside the table is passed over, and said', async () => {
  const zip = zipOf({
    'Diccionario.csv': 'campo,significado\nAño,Año de registro\n',
    'RNID-Delitos_Municipal-2026-ago2026.csv': CALVILLO_2026(YEAR),
    'RNID-Delitos_Municipal-2025-dic2025.xls': 'x',
  });
  const { totals, notes } = await read(zip, { fileName: 'delitos.zip' });
  expect(totals).toHaveLength(1);
  expect(notes).toContainEqual({ code: 'files-left-out', count: 1, example: 'Diccionario.csv' });
  expect(notes).toContainEqual({
    code: 'files-left-out',
    count: 1,
    example: 'RNID-Delitos_Municipal-2025-dic2025.xls',
  });
  const path = join(folder, 'dos.zip');
  writeFileSync(path, zip);
  const options = { unpackTo: mkdtempSync(join(folder, 'unpack-')), sheet: null, bounds: null, taxonomy };
  expect(await detectFile(path, options)).toMatchObject({ preset: 'sesnsp', confidence: 1 });
  await expect(read('a,b\n1,2\n')).rejects.toThrow('not a table of monthly totals');
  await expect(read('')).rejects.toThrow('empty');
});

test('without a month in the name, empty months at the end of the last year are not published', async () => {
  const text = table(
    STATE,
    `2025,1,Aguascalientes,${MURDER},1,0,0,0,0,0,0,0,0,0,0,0`,
    `2026,1,Aguascalientes,${MURDER},1,0,0,0,0,0,0,0,0,0,0,0`,
    `2026,1,Aguascalientes,${BURGLARY},0,0,0,0,0,0,0,2,0,0,0,0`,
  );
  const { totals } = await read(text, { name: 'Aguascalientes' });
  expect(totals[0]!.counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(totals[1]!.counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, ...UNPUBLISHED]);
});

test('a month in the name that the file itself contradicts is not believed', async () => {
  const { totals, notes } = await read(CALVILLO_2026('3,0,1,2,4,0,0,0,7,0,0,0'), { fileName: 'ago2026.csv' });
  expect(totals[0]!.counts).toEqual([3, 0, 1, 2, 4, 0, 0, 0, 7, null, null, null]);
  expect(notes.map(({ code, example }) => [code, example])).toEqual([
    ['months-after-name', '2026-08'],
    ['months-unpublished', '2026-10'],
  ]);
});

test.for([
  ['RNID-Delitos_Municipal-2026-ago2026.zip', '2026-08'],
  ['Municipal-Delitos-2015-2025_ago2026.csv', '2026-08'],
  ['IDEFC_NM_dic24.csv', '2024-12'],
  ['RNID-Victimas_Estatal-2026-septiembre2026.csv', '2026-09'],
  ['Estatal Delitos - Marzo de 2026.xlsx', '2026-03'],
  ['Municipal-Delitos-2015-2025.csv', null],
  ['tramayo2026.csv', null],
] as const)('%s was published up to %s', ([name, month]) => {
  expect(monthInName(name)).toBe(month);
});

test('a workbook and spreadsheet numbers read as their CSV would', async () => {
  const cells = municipal(`2024,1,Aguascalientes,1003,Calvillo,${BURGLARY},${YEAR}`).trim().split('\r\n');
  const rows = cells.map((line, i) =>
    line.split(',').map((value) => (i && /^\d+$/.test(value) ? { value: Number(value) } : { value })),
  );
  const path = join(folder, 'libro.xlsx');
  await writeSheet(rows, {}).toFile(path);
  const { totals } = await read(readFileSync(path));
  expect(totals).toMatchObject([{ area: '01003', year: 2024, counts: COUNTS }]);
  const spelled = await read(
    municipal(`2024.0,1,Aguascalientes,1003,Calvillo,${BURGLARY},"1,204",7.0${',0'.repeat(10)}`),
  );
  expect(spelled.totals[0]!.counts.slice(0, 2)).toEqual([1204, 7]);
});

test('lines that cannot be read come back with their reason', async () => {
  const row = (year: string, words: string, counts: string) =>
    `${year},1,Aguascalientes,1003,Calvillo,${words},${counts}`;
  const {
    read: lines,
    totals,
    rejects,
  } = await read(
    municipal(
      row('2024', MURDER, YEAR),
      row('2024', MURDER, YEAR),
      row('', BURGLARY, YEAR),
      row('2024', 'El patrimonio,,,', YEAR),
      row('2024', BURGLARY, YEAR.replace('3', 'tres')),
      '2024,1,Aguascalientes',
    ),
  );
  expect([lines, totals.length]).toEqual([6, 1]);
  expect(rejects.map(({ line, field, value, reason }) => [line, field, value, reason])).toEqual([
    [3, 'Tipo de delito', 'Homicidio', 'row-repeated'],
    [4, 'Año', '', 'year-unreadable'],
    [5, 'Tipo de delito', '', 'no-offence'],
    [6, 'Marzo', 'tres', 'count-unreadable'],
    [7, null, '3', 'column-count'],
  ]);
});

test('every listed category hangs under its legal interest', () => {
  const { interests, categories } = readCategories();
  const nodes = new Set(taxonomy.nodes.map(({ code }) => code));
  expect([...Object.values(interests), ...Object.values(categories)].filter((code) => !nodes.has(code))).toEqual([]);
  expect(Object.keys(categories).length).toBeGreaterThan(80);
});

test('a category the list lacks is taken by its words, else counted under its interest and said', async () => {
  const nodeOf = openCategories(taxonomy);
  const life = 'La vida y la Integridad corporal';
  expect(nodeOf([life, 'Tentativa de feminicidio', 'Tentativa de feminicidio', 'Con arma blanca'])).toEqual({
    offence: 'vida.tentativa-de-feminicidio',
    known: true,
  });
  expect(nodeOf(['Otros bienes jurídicos', 'Usurpación de identidad', '', ''])).toEqual({
    offence: 'otros.identidad',
    known: true,
  });
  // A word of the tree under another interest proves nothing.
  expect(nodeOf(['La familia', 'Robo nuevo', 'Despojo', 'Otro'])).toEqual({ offence: 'familia', known: false });
  const { totals, notes } = await read(
    municipal(`2024,1,X,1003,Calvillo,El patrimonio,Delito nuevo,De agua,Otro,${YEAR}`),
  );
  expect(totals).toMatchObject([{ offence: 'patrimonio' }]);
  expect(notes).toEqual([{ code: 'category-unknown', count: 1, example: 'Delito nuevo / De agua / Otro' }]);
});

test('the layout is recognised with certainty, and no other file for it', async () => {
  const path = join(folder, 'detect.csv');
  const options = {
    unpackTo: folder,
    sheet: null,
    bounds: null,
    taxonomy,
    name: 'RNID-Delitos_Municipal-2026-ago2026.csv',
  };
  writeFileSync(path, CALVILLO_2026(YEAR));
  expect(await detectFile(path, options)).toMatchObject({
    preset: 'sesnsp',
    confidence: 1,
    monthly: { level: 'municipality', kind: 'incident', publishedThrough: '2026-08' },
  });
  writeFileSync(path, 'Año,Entidad,Delito,Enero,Febrero\n2024,X,Robo,1,2\n');
  expect(await detectFile(path, options)).toMatchObject({ preset: 'generic', confidence: 0 });
});

function total(category: string, counts: readonly (number | null)[], more: Partial<MonthlyTotal> = {}): MonthlyTotal {
  const filled = [...counts, ...new Array(12 - counts.length).fill(null)];
  return { area: '01003', year: 2025, category, sex: '', age: '', offence: 'vida.homicidio', counts: filled, ...more };
}

test('a revision tells what is new, changed, the same and gone, and by how much past totals moved', () => {
  const before = [total('A', [5, 5]), total('B', [1, 1]), total('C', [2, 2]), total('A', [9], { year: 2024 })];
  const now = [total('a', [5, 1, 7]), total('B', [1, 1, 0]), total('D', [0, 0, 3])];
  const compared = compareTotals(now, before);
  expect(compared).toMatchObject({ stored: 1, changed: 2, unchanged: 0, gone: 1, monthsKept: 0 });
  expect(compared.goneByYear).toEqual([{ year: 2025, gone: 1, before: 3 }]);
  // January and February: 5+5 + 1+1 + 2+2 before; 5+1 + 1+1 + 0+0 now.
  expect(compared.revised).toEqual([{ area: '01003', offence: 'vida.homicidio', year: 2025, before: 16, now: 8 }]);
  expect(compareTotals(before, before)).toMatchObject({ unchanged: 4, written: [], ended: [], revised: [] });
});

test('an older file does not take back months it does not publish', () => {
  const compared = compareTotals([total('A', [5])], [total('A', [5, 6])]);
  expect(compared).toMatchObject({ unchanged: 1, changed: 0, monthsKept: 1, written: [] });
});
