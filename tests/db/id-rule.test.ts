// Ids that start again are no key: asked, answered, and never reaching outside a period that is replaced.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { commandsOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-ids-'));
const cuadra = commandsOn<IncidentsReport>(database, folder);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => emptyTables(database));
beforeEach(() => cuadra('jurisdiction', 'add', 'valle', '--name', 'Valle', '--timezone', 'America/Monterrey'));

const load = (file: string, ...more: string[]) =>
  cuadra('import', 'incidents', file, '--jurisdiction', 'valle', '--preset', 'generic', ...more);

/** A file of rows counted from 1, a day apart from `day` of the month on. */
function write(name: string, month: string, day: number, rows: number, offence = 'FRAUDE') {
  const lines = Array.from(
    { length: rows },
    (_, i) => `${i + 1},${month}-${String(day + i).padStart(2, '0')},${offence}`,
  );
  writeFileSync(join(folder, name), ['id,fecha,delito', ...lines].join('\n'));
}

async function months(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat(to_char(occurred_on::date, 'YYYY-MM'), ' ', count(*)) as line from incident
    where until_delivery is null group by to_char(occurred_on::date, 'YYYY-MM') order by 1`.execute(database.db);
  return rows.map(({ line }) => line);
}

test('ids that start again every month are asked about; within the month they are keys, also for what came before', async () => {
  write('mayo.csv', '2023-05', 3, 21);
  write('junio.csv', '2023-06', 4, 17);
  await load('mayo.csv');
  for (const asked of [await load('junio.csv'), await load('junio.csv', '--dry-run')]) {
    expect(asked.status).toBe(1);
    const [question, , ...answers] = asked.err.split('\n');
    expect(question).toBe(
      'The ids are no key: of 17 records with the id of a stored one, 17 change their date (id 1: 3 May 2023 stored, 4 Jun 2023 in the file). What is a record known again by?',
    );
    expect(answers.map((line) => line.split(' --id-rule ')[1])).toEqual(['id+month', 'id']);
  }
  expect(await months()).toEqual(['2023-05 21']);
  expect((await load('junio.csv', '--id-rule', 'folio')).err).toContain('--id-rule id|id+month|id+file|none');

  expect((await load('junio.csv', '--id-rule', 'id+month')).report).toMatchObject({ stored: 17, changed: 0 });
  expect(await months()).toEqual(['2023-05 21', '2023-06 17']);
  // The months before come again, as they were and corrected.
  expect((await load('mayo.csv', '--id-rule', 'id+month')).report).toMatchObject({ stored: 0, unchanged: 21 });
  write('mayo.csv', '2023-05', 3, 21, 'ROBO');
  expect((await load('mayo.csv', '--id-rule', 'id+month')).report).toMatchObject({ stored: 0, changed: 21 });
  expect(await months()).toEqual(['2023-05 21', '2023-06 17']);
});

test('ids that start again in every file are asked about; within the file they are keys, and without any nothing is', async () => {
  write('a.csv', '2023-05', 1, 6);
  write('b.csv', '2023-05', 12, 6);
  write('c.csv', '2023-05', 20, 6);
  await load('a.csv');
  expect((await load('b.csv')).err).toContain(' --id-rule id+file\n');
  expect((await load('b.csv', '--id-rule', 'id+file')).report).toMatchObject({ stored: 6, changed: 0 });
  expect((await load('c.csv', '--id-rule', 'none')).report).toMatchObject({ stored: 6, changed: 0 });
  write('b.csv', '2023-05', 12, 6, 'ROBO');
  expect((await load('b.csv', '--id-rule', 'id+file')).report).toMatchObject({ stored: 0, changed: 6 });
  expect(await months()).toEqual(['2023-05 18']);
});

test('a record whose date was corrected stays one, and it is told where it moved to another month', async () => {
  write('mayo.csv', '2023-05', 10, 9);
  await load('mayo.csv');
  writeFileSync(join(folder, 'fix.csv'), 'id,fecha,delito\n4,2023-04-30,FRAUDE');
  const { report } = await load('fix.csv');
  expect(report).toMatchObject({ stored: 0, changed: 1 });
  expect(report!.notes).toContainEqual({
    ...{ code: 'ids-of-other-month', count: 1 },
    example: '4: 2023-05-13 → 2023-04-30',
  });
  write('todo.csv', '2023-06', 10, 9);
  expect((await load('todo.csv', '--id-rule', 'id')).report).toMatchObject({ stored: 0, changed: 9 });
});

test('replacing a period touches no record outside it, whatever the ids say', async () => {
  write('mayo.csv', '2023-05', 5, 7);
  write('junio.csv', '2023-06', 5, 4);
  await load('mayo.csv', '--mode', 'replace', '--period', '2023-05-01..2023-06-01');
  const june = ['--mode', 'replace', '--period', '2023-06-01..2023-07-01'];
  const { report } = await load('junio.csv', ...june);
  expect(report).toMatchObject({ stored: 4, changed: 0, gone: 0 });
  expect(report!.notes).toContainEqual({
    ...{ code: 'ids-outside-period', count: 4 },
    example: '1: 2023-05-05 → 2023-06-05',
  });
  expect(await months()).toEqual(['2023-05 7', '2023-06 4']);
  write('junio.csv', '2023-06', 5, 4, 'ROBO');
  expect((await load('junio.csv', ...june)).report).toMatchObject({ stored: 0, changed: 4, gone: 0 });
  expect(await months()).toEqual(['2023-05 7', '2023-06 4']);
});

test('ids that start again within one file are asked about at the first import already', async () => {
  const rows = ['2023-05', '2023-06', '2023-07'].flatMap((month) =>
    [1, 2, 3].map((id) => `${id},${month}-${String(10 + id)},FRAUDE`),
  );
  writeFileSync(join(folder, 'trimestre.csv'), ['id,fecha,delito', ...rows].join('\n'));
  for (const asked of [await load('trimestre.csv', '--dry-run'), await load('trimestre.csv')]) {
    const [question, , ...answers] = asked.err.split('\n');
    expect(question).toBe(
      'The ids start again within the file: of 6 records that repeat one, 6 are of another month (id 1: 11 May 2023 and 11 Jun 2023). What is a record known by?',
    );
    expect(answers.map((line) => line.split(' --id-rule ')[1])).toEqual(['id+month', 'id']);
  }
  expect(await months()).toEqual([]);
  expect((await load('trimestre.csv', '--id-rule', 'id+month')).report).toMatchObject({ stored: 9 });
  // Several persons of one case share its id, on its day or a few months later: that is no counter.
  const persons = ['2023-05-11', '2023-05-11', '2023-05-11', '2023-06-02'].map((day) => `C-1,${day},ROBO`);
  writeFileSync(join(folder, 'caso.csv'), ['id,fecha,delito', ...persons].join('\n'));
  expect((await load('caso.csv', '--source', 'other')).report).toMatchObject({ stored: 4 });
});

test('a source that has ids from now on, or none any more, is told to be known by neither', async () => {
  write('con.csv', '2023-05', 3, 12);
  const rows = Array.from({ length: 12 }, (_, i) => `2023-05-${String(3 + i).padStart(2, '0')},FRAUDE`);
  writeFileSync(join(folder, 'sin.csv'), ['fecha,delito', ...rows].join('\n'));
  const changes = async (file: string, ...more: string[]) => {
    const { status, report } = await load(file, ...more);
    expect(status).toBe(0);
    return report!.notes.filter(({ code }) => code.startsWith('ids-'));
  };
  expect(await changes('sin.csv')).toEqual([]);
  const appeared = [{ code: 'ids-appeared', count: 12, example: '1' }];
  expect(await changes('con.csv', '--dry-run')).toEqual(appeared);
  // As a replacement nothing is there twice.
  const year = ['--mode', 'replace', '--period', '2023-01-01..2024-01-01', '--confirm'];
  // Beside the period that is replaced they are, and so they are when only some months of the source have ids.
  const july = Array.from({ length: 6 }, (_, i) => `J${i},2023-07-0${i + 1},FRAUDE`);
  writeFileSync(join(folder, 'julio.csv'), ['id,fecha,delito', ...july].join('\n'));
  const june = ['--mode', 'replace', '--period', '2023-06-01..2023-07-01', '--confirm', '--dry-run'];
  expect(await changes('con.csv', ...june)).toEqual(appeared);
  expect(await changes('julio.csv', '--id-rule', 'id')).toEqual([]);
  expect(await changes('con.csv', '--dry-run')).toEqual(appeared);
  expect(await changes('con.csv', ...year)).toEqual([]);
  expect(await months()).toEqual(['2023-05 12']);
  expect(await changes('sin.csv', '--dry-run')).toEqual([{ code: 'ids-gone', count: 12, example: null }]);
  // Nothing keeps them from counting twice but somebody who says that they are others.
  const refused = await load('sin.csv');
  expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('12')]);
  expect(await months()).toEqual(['2023-05 12']);
  // Other months cannot be the same records.
  write('junio.csv', '2023-06', 3, 5);
  expect(await changes('junio.csv', '--id-rule', 'none', '--dry-run')).toEqual([]);
});

test('ids that a spreadsheet wrote anew are the same records on the same day, and named on another', async () => {
  const file = (name: string, ids: readonly string[], day = 1) => {
    const rows = ids.map((id, i) => `"${id.replaceAll('"', '""')}",2024-02-${String(day + i).padStart(2, '0')},FRAUDE`);
    writeFileSync(join(folder, name), ['id,fecha,delito', ...rows].join('\n'));
  };
  const told = async (name: string, ...more: string[]) => {
    const { status, report } = await load(name, ...more);
    expect(status).toBe(0);
    const { stored, changed, unchanged, notes } = report!;
    return [`${stored} ${changed} ${unchanged}`, notes.filter(({ code }) => /^(ids|key)-/.test(code))];
  };
  file('texto.csv', ['00071', '1234', '650001', 'A-7', '0088']);
  expect(await told('texto.csv')).toEqual(['5 0 0', []]);
  // Zeros cut, decimals added, thousands marked; an id in powers of ten that is whole.
  file('hoja.csv', ['71', '1234.0', '"650,001"'.replaceAll('"', ''), 'A-7', "'0088"]);
  const rewritten = { code: 'ids-rewritten', count: 4, example: '00071 → 71' };
  expect(await told('hoja.csv', '--dry-run')).toEqual(['0 4 1', [rewritten]]);
  expect(await told('hoja.csv')).toEqual(['0 4 1', [rewritten]]);
  expect(await months()).toEqual(['2024-02 5']);
  file('potencias.csv', ['x', 'x', '6.50001E+05', 'A-7']);
  const powers = { code: 'key-float', count: 1, example: '6.50001E+05' };
  const back = { code: 'ids-rewritten', count: 1, example: '650,001 → 650001' };
  expect(await told('potencias.csv', '--dry-run')).toEqual(['2 1 1', [powers, back]]);
  file('otro-dia.csv', ['0071', '3'], 20);
  expect(await told('otro-dia.csv')).toEqual(['2 0 0', [{ code: 'ids-alike', count: 1, example: '71 → 0071' }]]);
  // Two ids of the source that differ by a zero stay two, whichever comes first.
  file('dos.csv', ['017', '17', '17'], 5);
  await load('dos.csv', '--source', 'otra');
  writeFileSync(join(folder, 'uno.csv'), 'id,fecha,delito\n17,2024-02-06,ROBO\n');
  expect(await told('uno.csv', '--source', 'otra')).toEqual(['0 1 0', []]);
});
