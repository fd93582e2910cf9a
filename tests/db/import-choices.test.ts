// The choices of an import on the command line, and kept under a name: said once, they come back and mean the same.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { csv, LAYOUTS } from '../support/city-layouts.ts';
import { commandsOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { zipOf } from '../support/zip.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-choices-'));
const cuadra = commandsOn<IncidentsReport>(database, folder);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => emptyTables(database));
beforeEach(() => cuadra('jurisdiction', 'add', 'bogota', '--name', 'Bogotá', '--timezone', 'America/Bogota'));

const load = (file: string, ...more: string[]) =>
  cuadra('import', 'incidents', file, '--jurisdiction', 'bogota', ...more);
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

async function stored() {
  const { rows } = await sql<{ day: string; offence: string; n: number }>`
    select occurred_on as day, o.code as offence, count(*)::int as n
    from incident i join offence o using (jurisdiction_id, offence_id)
    group by occurred_on, o.code order by 1, 2`.execute(database.db);
  return rows;
}

test('a layout without an offence is known by its header and asks for the label, which comes back with its reading', async () => {
  const layout = LAYOUTS.bogotá!;
  const rows = layout.rows.slice(0, 3).map((cells) => cells.with(-1, '2'));
  write('hurto.csv', csv({ ...layout, rows }));
  expect(await load('hurto.csv')).toMatchObject({
    status: 1,
    err: expect.stringContaining('the file looks like bogota, but no column says the offence: say --offence LABEL'),
  });
  const first = await load('hurto.csv', '--offence', 'HURTO A PERSONAS', '--save-reading', 'hurto');
  expect(first.report).toMatchObject({ read: 6, stored: 6, rejected: 0 });
  expect(await stored()).toEqual(
    ['01', '02', '03'].map((day) => ({ day: `2024-03-${day}`, offence: 'generic.hurto-a-personas', n: 2 })),
  );

  write('abril.csv', csv({ ...layout, rows: layout.rows.slice(0, 2).map((cells) => cells.with(4, '05/04/2024')) }));
  expect((await load('abril.csv', '--reading', 'hurto')).report).toMatchObject({ stored: 2 });
  expect(await load('abril.csv', '--reading', 'otra')).toMatchObject({
    status: 1,
    err: expect.stringContaining('no saved reading otra (there are: hurto)'),
  });
});

test('every choice is kept in a reading; what the command says goes before it', async () => {
  write('raro.csv', 'f;d;x;y;n\n03/04/2024 22:00;Fraude;-74,1;4,6;1.000\n04/04/2024 01:00;Fraude;-74,1;4,6;2');
  const map = ['f=date', 'd=offence', 'x=lon', 'y=lat', 'n=quantity'].flatMap((pair) => ['--map', pair]);
  const said = ['--preset', 'generic', '--source', 'local', '--date-order', 'dmy', '--times', 'utc'];
  const more = ['--numbers', 'comma', '--id-rule', 'none', '--confirm-points', '--save-reading', 'raro'];
  expect((await load('raro.csv', ...map, ...said, ...more)).report).toMatchObject({ read: 1002, stored: 1002 });
  // 22:00 of the third in UTC is 17:00 in Bogotá, and one in the morning of the fourth still the third.
  expect(await stored()).toEqual([{ day: '2024-04-03', offence: 'generic.fraude', n: 1002 }]);

  const { rows } = await sql<{ mapping: object }>`select mapping from saved_preset`.execute(database.db);
  expect(rows[0]!.mapping).toEqual({
    ...{ preset: 'generic', source: 'local', kind: null, sheet: null, replaces: null, through: null, areas: null },
    map: { f: 'date', d: 'offence', x: 'lon', y: 'lat', n: 'quantity' },
    ...{ dateOrder: 'dmy', times: 'utc', numbers: 'comma', offence: null, idRule: 'none', confirmPoints: true },
  });

  write('mas.csv', 'f;d;x;y;n\n05/06/2024 12:00;Fraude;-74,1;4,6;3');
  expect((await load('mas.csv', '--reading', 'raro', '--date-order', 'mdy')).report).toMatchObject({ stored: 3 });
  expect((await stored()).at(-1)).toEqual({ day: '2024-05-06', offence: 'generic.fraude', n: 3 });
});

test.each([
  ['--numbers', 'dot', '--numbers comma|point'],
  ['--offence', ' ', '--offence LABEL'],
  ['--id-rule', 'ids', '--id-rule id|id+month|id+file|none'],
])('%s %s is refused with what there is', async (option, value, words) => {
  write('x.csv', 'fecha,delito\n2024-01-01,Fraude\n');
  expect(await load('x.csv', '--preset', 'generic', option, value)).toMatchObject({
    status: 1,
    err: expect.stringContaining(words),
  });
});

test('without a word 1.000 is neither one case nor a thousand', async () => {
  write('mil.csv', 'fecha;delito;casos\n2024-01-01;Fraude;1.000\n2024-01-02;Fraude;2');
  const { report } = await load('mil.csv', '--preset', 'generic', '--map', 'casos=quantity');
  expect(report).toMatchObject({ stored: 2, rejected: 1 });
  expect(
    (await load('mil.csv', '--preset', 'generic', '--map', 'casos=quantity', '--numbers', 'point')).report,
  ).toMatchObject({ rejected: 0 });
});

test('equal rows of two files of an archive are stored twice only where somebody says that they differ', async () => {
  const rows = (month: string) =>
    Array.from({ length: 12 }, (_, i) => `\n2022-${month}-${i + 10},10:07,Fraude`).join('');
  const header = 'fecha,hora,delito';
  const files = { 'a.csv': header + rows('03'), 'b.csv': header + rows('03') + rows('04') };
  writeFileSync(join(folder, 'meses.zip'), zipOf(files));
  const { err } = await load('meses.zip', '--preset', 'generic');
  expect(err).toContain('a.csv and b.csv hold at least 12 equal rows');
  expect(err).toMatch(/meses\.zip .* --id-rule id\+file$/);
  const { report } = await load('meses.zip', '--preset', 'generic', '--id-rule', 'id+file');
  expect(report).toMatchObject({ read: 36, stored: 36 });
});
