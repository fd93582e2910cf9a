// Whether files of an archive, or sheets of a workbook, hold the same records, which would count twice.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import type { Incident } from '../../server/reading/contract.ts';
import { watchOverlaps } from '../../server/reading/id-rule.ts';
import { openIncidentFile } from '../../server/reading/incident-file.ts';
import type { IdRule } from '../../server/tables/contract.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { zipOf } from '../support/zip.ts';

const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-overlaps-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, content: Buffer, idRule: IdRule | null = null) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const unpackTo = mkdtempSync(join(folder, 'unpack-'));
  const file = openIncidentFile(path, { preset: 'generic', map: {}, bounds: null, taxonomy, unpackTo, idRule });
  const incidents: Incident[] = [];
  for await (const rows of file.rows) incidents.push(...rows.incidents);
  return incidents;
}

test('files of an archive that hold the same records are not counted twice', async () => {
  const rows = (month: string) =>
    Array.from({ length: 12 }, (_, i) => `2023-${month}-${i + 10},1${i % 10}:07,Fraude\n`).join('');
  const header = 'fecha,hora,delito\n';
  const both = zipOf({ 'mayo.csv': header + rows('05'), 'mayo-junio.csv': header + rows('05') + rows('06') });
  await expect(read('meses.zip', both)).rejects.toThrow(
    'mayo-junio.csv and mayo.csv hold at least 12 equal rows, which would count twice',
  );
  const asked = await read('meses.zip', both).catch(({ question }) => question);
  expect(asked).toEqual({ about: 'overlap', parts: ['mayo-junio.csv', 'mayo.csv'], rows: 12 });
  expect(await read('meses.zip', both, 'id+file')).toHaveLength(36);
  const apart = zipOf({ 'mayo.csv': header + rows('05'), 'junio.csv': header + rows('06') });
  expect(await read('meses.zip', apart)).toHaveLength(24);
});

test('files are compared by all their rows say, by the share of the smaller, and sheets as well', async () => {
  const lines = (from: number, count: number, street: string) =>
    Array.from({ length: count }, (_, i) => {
      const day = new Date(Date.UTC(2023, 0, 1 + ((from + i) % 300))).toISOString().slice(0, 10);
      return `${day},${10 + Math.floor((from + i) / 300)}:00,Fraude,${street}`;
    });
  const zip = (files: Record<string, string[]>) =>
    zipOf(
      Object.fromEntries(
        Object.entries(files).map(([name, rows]) => [`${name}.csv`, `fecha,hora,delito,calle\n${rows.join('\n')}\n`]),
      ),
    );
  const boroughs = { centro: lines(0, 40, 'Madero'), norte: lines(0, 40, 'Reforma'), sur: lines(0, 40, '') };
  expect(await read('a.zip', zip(boroughs))).toHaveLength(120);
  expect(await read('b.zip', zip({ a: lines(0, 40, ''), b: lines(0, 41, '') }))).toHaveLength(81);
  for (const [small, large] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const files = { [small]: lines(0, 50, 'Madero'), [large]: lines(40, 1000, 'Madero') };
    await expect(read('c.zip', zip(files))).rejects.toThrow('a.csv and b.csv hold at least 10 equal rows');
  }
  const sheet = (rows: readonly string[]) =>
    ['fecha,hora,delito,calle', ...rows].map((line) => line.split(',').map((value) => ({ value })));
  const book = async (...sheets: (readonly string[])[]) =>
    (await writeWorkbook(sheets.map((rows, i) => ({ data: sheet(rows), sheet: `Hoja${i + 1}` }))).toBuffer()) as Buffer;
  const same = await book(lines(0, 30, 'Madero'), lines(0, 20, 'Madero'));
  await expect(read('same.xlsx', same)).rejects.toThrow('Hoja1 and Hoja2 hold at least 20 equal rows');
  const apart = await book(lines(0, 30, 'Madero'), lines(30, 20, 'Madero'));
  expect(await read('apart.xlsx', apart)).toHaveLength(50);
});

test('of many rows a share is remembered, and a small part that stands in a large one is still found', () => {
  const incident = (key: string): Incident => ({
    ...{ line: 1, key, occurredOn: '2023-05-06', minuteOfDay: null, datePrecision: 'day', offence: 'a.b', label: 'b' },
    ...{ untilOn: null, untilMinute: null, reportedOn: null, reportedMinute: null },
    ...{ lon: null, lat: null, placeText: null, placeParts: null },
  });
  const overlaps = watchOverlaps(null);
  const part = (name: string, from: number, count: number) => {
    const { look, check } = overlaps.open(name);
    for (let i = from; i < from + count; i++) look(incident(`${i}`));
    check();
  };
  part('2023.csv', 0, 120_000);
  part('2024.csv', 120_000, 60_000);
  expect(() => part('mayo.csv', 50_000, 1000)).toThrow(/^2023.csv and mayo.csv hold at least \d{3} equal rows/);
});
