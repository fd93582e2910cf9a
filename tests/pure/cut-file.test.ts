// Files that are cut: as long as what wrote them allows, or broken off in the middle of a row, and those that only look so.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import { cutNotes } from '../../server/tables/cut-file.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-cut-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The marks found in a file, and how many of its rows are incidents. */
async function marksOf(content: string | Buffer) {
  const path = join(folder, 'file.csv');
  writeFileSync(path, content);
  const file = openIncidentFile(path, { preset: 'generic', map: {}, bounds: null, taxonomy, unpackTo: folder });
  let incidents = 0;
  for await (const rows of file.rows) incidents += rows.incidents.length;
  return { incidents, marks: file.notes().filter(({ code }) => code.startsWith('cut-')) };
}

const HEADER = 'id,fecha,delito,lugar';
const ROW = '1,2024-05-06,Fraude,Centro';

test.each([
  ['in a cell before the last', '2,2024-05-07,Fra', 2],
  ['in an open quote', '2,2024-05-07,"Fraude, con', 2],
])('a last row that breaks off %s is told', async (_where, last, rows) => {
  const text = [HEADER, ROW, last].join('\n');
  for (const content of [text, gzipSync(text)]) {
    const { incidents, marks } = await marksOf(content);
    expect(incidents).toBe(1);
    expect(marks).toMatchObject([{ code: 'cut-in-row' }]);
    expect(marks[0]!.count).toBeLessThanOrEqual(rows);
  }
});

test.each([
  ['without the end of its last line', [HEADER, ROW, ROW].join('\n')],
  ['with a short row and more behind it', [HEADER, '1,2024-05-06', ROW].join('\n')],
  ['with a short last row that has its end', `${[HEADER, ROW, '1,2024-05-06'].join('\n')}\n`],
])('a file %s is not taken as cut', async (_how, text) => {
  expect((await marksOf(text)).marks).toEqual([]);
});

test.each([
  [999, null],
  [1000, 'cut-by-page'],
  [2000, 'cut-by-page'],
  [5000, 'cut-by-page'],
  [50_000, 'cut-by-page'],
  [50_001, null],
  [65_535, 'cut-by-sheet'],
  [65_536, 'cut-by-sheet'],
  [1_048_575, 'cut-by-sheet'],
  [1_048_576, 'cut-by-sheet'],
])('%i rows: %s', (rows, code) => {
  expect(cutNotes(rows, false).map((note) => note.code)).toEqual(code === null ? [] : [code]);
});
