// Any text file a city sends comes in row by row, with the right line numbers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, expect, test } from 'vitest';
import { BadInput } from '../../server/errors.ts';
import { type BrokenRow, type Row, readCsvRows } from '../../server/tables/read-csv.ts';

const folder = mkdtempSync(join(tmpdir(), 'cuadra-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Buffer) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, content);
  const csv = await readCsvRows(path);
  const rows: Row[] = [];
  const broken: BrokenRow[] = [];
  for await (const batch of csv.batches) {
    rows.push(...batch.rows);
    broken.push(...batch.broken);
  }
  return { rows, broken, found: csv.found };
}
const cells = async (content: string | Buffer) => (await read(content)).rows.map((row) => row.cells);

test.for([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['bar', '|'],
])('the delimiter is found: %s', async ([, delimiter]) => {
  const lines = [
    ['id', 'delito', 'nota'],
    ['1', 'Robo', 'a'],
    ['2', 'Fraude', 'b'],
  ];
  expect(await cells(lines.map((line) => line.join(delimiter)).join('\n'))).toEqual(lines);
});

test('a semicolon file with decimal commas keeps them', async () => {
  expect(await cells('id;lon;lat\n1;-99,13;19,43\n2;-99,14;19,44\n')).toEqual([
    ['id', 'lon', 'lat'],
    ['1', '-99,13', '19,43'],
    ['2', '-99,14', '19,44'],
  ]);
});

test.for([
  ['UTF-8', 'utf8', false],
  ['UTF-8 with a byte-order mark', 'utf8', true],
  ['Windows-1252', 'win1252', false],
  ['UTF-16 little-endian', 'utf16le', true],
  ['UTF-16 little-endian without a mark', 'utf16le', false],
  ['UTF-16 big-endian', 'utf16be', true],
] as const)('accents arrive whole from %s', async ([, encoding, addBOM]) => {
  const text = 'año,delito\n2024,Daño a vía pública\n2023,Extorsión – “cobro”\n';
  expect(await cells(iconv.encode(text, encoding, { addBOM }))).toEqual([
    ['año', 'delito'],
    ['2024', 'Daño a vía pública'],
    ['2023', 'Extorsión – “cobro”'],
  ]);
});

test('a line in Windows-1252 inside a UTF-8 file is read as what it is, and counted', async () => {
  const content = Buffer.concat([
    Buffer.from('a,b\n1,Peñón\n'),
    iconv.encode('2,Peñón\n', 'win1252'),
    Buffer.from('3,Peñón\n'),
  ]);
  const { rows, found } = await read(content);
  expect(rows.map((row) => row.cells[1])).toEqual(['b', 'Peñón', 'Peñón', 'Peñón']);
  expect(found).toMatchObject({ encoding: 'windows-1252', legacyLines: 1 });
});

test('gzip is looked through, whatever the name', async () => {
  expect(await cells(gzipSync('a,b\n1,2\n'))).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
});

test('NUL bytes are dropped and counted', async () => {
  const { rows, found } = await read('a,b\n1,x\0y\n');
  expect(rows[1]?.cells).toEqual(['1', 'xy']);
  expect(found.nulBytes).toBe(1);
});

test('line numbers count blank lines and the lines inside quotes', async () => {
  const { rows } = await read('a,b\r\n\r\n1,"two\r\nlines"\r\n2,"with ""quotes"", and\r\n\r\ncomma"\r\n3,x');
  expect(rows).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 3, cells: ['1', 'two\r\nlines'] },
    { line: 5, cells: ['2', 'with "quotes", and\r\n\r\ncomma'] },
    { line: 8, cells: ['3', 'x'] },
  ]);
});

test('old line ends (CR alone) and mixed ones end lines', async () => {
  expect(await cells('a,b\r1,2\r3,4')).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
  ]);
  expect(await cells('a,b\n1,2\r\n3,4\n')).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
  ]);
});

test.each([
  ['among line feeds', 'a,b\n1,2\r3,4\n5,6\n', 4],
  ['behind the header', 'a,b\r1,2\n3,4\n', 3],
  ['up to the end', 'a,b\n1,2\r3,4\r5,6', 4],
])('a carriage return alone ends a row %s', async (_, text, rows) => {
  const read = await cells(text);
  expect(read).toEqual(
    [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ].slice(0, rows),
  );
});

test('a carriage return inside a cell stays where the pieces are no rows', async () => {
  expect(await cells('a,b,c\n1,x\ry,3\n1,"p\rq",2\n')).toEqual([
    ['a', 'b', 'c'],
    ['1', 'x\ry', '3'],
    ['1', 'p\rq', '2'],
  ]);
});

test('rows with too many or too few cells come as they are', async () => {
  expect(await cells('a,b\n1\n1,2,3\n')).toEqual([['a', 'b'], ['1'], ['1', '2', '3']]);
});

test('a quote inside an unquoted cell is a character like any other', async () => {
  expect(await cells('a,b\n1,5" pipe\n2,x\n')).toEqual([
    ['a', 'b'],
    ['1', '5" pipe'],
    ['2', 'x'],
  ]);
});

test('a quote that never closes costs its own line and no other', async () => {
  const { rows, broken } = await read('a,b\n1,"open\n2,x\n3,"shut"\n4,y\n');
  expect(rows.map((row) => row.line)).toEqual([1, 3, 4, 5]);
  expect(rows[2]?.cells).toEqual(['3', 'shut']);
  expect(broken).toEqual([{ line: 2, reason: 'unclosed-quote' }]);
});

test('a quote left open early in a long file is given up for that line', async () => {
  const filler = Array.from({ length: 60_000 }, (_, index) => `${index},some words here`).join('\n');
  const { rows, broken } = await read(`a,b\n1,"open\n${filler}\n`);
  expect(broken).toEqual([{ line: 2, reason: 'unclosed-quote' }]);
  expect(rows).toHaveLength(60_001);
  expect(rows.at(-1)).toEqual({ line: 60_002, cells: ['59999', 'some words here'] });
});

test.for([
  ['bare', 'x'.repeat(10_000_000)],
  ['quoted', `"${'x'.repeat(10_000_000)}"`],
])('a cell of 10 MB is a rejected row, not memory: %s', async ([, cell]) => {
  const { rows, broken } = await read(`a,b\n1,2\n3,${cell}\n5,6\n`);
  expect(rows.map((row) => [row.line, ...row.cells])).toEqual([
    [1, 'a', 'b'],
    [2, '1', '2'],
    [4, '5', '6'],
  ]);
  expect(broken).toEqual([{ line: 3, reason: 'record-too-long' }]);
});

test('a cell of 100 kB is a rejected row', async () => {
  const { rows, broken } = await read(`a,b\n1,${'x'.repeat(100_000)}\n3,4\n`);
  expect(rows.map((row) => row.line)).toEqual([1, 3]);
  expect(broken).toEqual([{ line: 2, reason: 'cell-too-long' }]);
});

test('a file of nothing but open quotes is refused', async () => {
  await expect(read('"a,b\n'.repeat(50_000))).rejects.toThrow(BadInput);
});

test.for([
  ['a spreadsheet', Buffer.from('PK\u0003\u0004rest of a zip archive')],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0, 0, 0, 5])],
  ['damaged gzip', gzipSync('a,b\n1,2\n'.repeat(10_000)).subarray(0, 60)],
] as const)('%s is refused as a file', async ([, content]) => {
  await expect(read(content)).rejects.toThrow(expect.objectContaining({ parameter: 'file' }));
});

test('an empty file has no rows', async () => {
  expect((await read('')).rows).toEqual([]);
});

test('any table comes back cell by cell with its line numbers, across block borders', async () => {
  const quoted = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const cell = fc.string({ unit: fc.constantFrom(...'abcñé€窃 ,"\n;'), maxLength: 12 });
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.tuple(
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 600 }),
      ),
    );
  await fc.assert(
    fc.asyncProperty(table, async ([rows, times]) => {
      const header = rows[0]!.map((_, index) => `column${index}`);
      const all = [header, ...Array.from({ length: times }, () => rows).flat()].map((row, index) => [
        String(index),
        ...row,
      ]);
      let line = 1;
      const expected = all.map((row) => {
        const at = { line, cells: row };
        line += 1 + row.join('').split('\n').length - 1;
        return at;
      });
      const text = all.map((row) => row.map(quoted).join(',')).join('\n');
      const { rows: read_, broken } = await read(text);
      expect(broken).toEqual([]);
      expect(read_).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('NUL is left out of a file of any encoding, and counted', async () => {
  const text = 'a,b\r\n1\0,x\0y\r\n';
  for (const content of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    const { rows, found } = await read(content);
    expect(rows.map((row) => row.cells)).toEqual([
      ['a', 'b'],
      ['1', 'xy'],
    ]);
    expect(found.nulBytes).toBe(2);
  }
});
