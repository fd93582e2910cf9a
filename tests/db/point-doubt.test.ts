// Points that are none or lie elsewhere stop a file until somebody has looked; one column with the whole point is read.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { commandsOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-points-'));
const cuadra = commandsOn<IncidentsReport>(database, folder);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => emptyTables(database));
beforeEach(() =>
  cuadra('jurisdiction', 'add', 'pampa', '--name', 'Pampa', '--timezone', 'America/Argentina/Buenos_Aires'),
);

const load = (...more: string[]) =>
  cuadra('import', 'incidents', 'puntos.csv', '--jurisdiction', 'pampa', '--preset', 'generic', ...more);
const write = (...points: string[]) =>
  writeFileSync(
    join(folder, 'puntos.csv'),
    ['id,fecha,delito,geo_point_2d', ...points.map((point, i) => `${i + 1},2023-03-15,HURTO,"${point}"`)].join('\n'),
  );

test('a file with many points that are none is stored only once somebody has confirmed them', async () => {
  write('-34.61, -58.41', '0.0, 3e-8', '', '-34.63, -58.43', '(-1, -1)');
  for (const asked of [await load('--dry-run'), await load()]) {
    expect(asked.status).toBe(1);
    expect(asked.err.split('\n')).toEqual([
      'Rows with a doubtful point, or none that can be used: 2 of 5. Are they stored so?',
      '  - Coordinates of zero: not used: 1',
      '  - Filler coordinates (-1, -1; a pole): not used: 1',
      'To answer, run it again like this:',
      expect.stringMatching(/ --confirm-points$/),
      'If they should not be stored so:',
      '  if the point is in other columns, or whole in one (put its name in the place of COLUMN):',
      expect.stringMatching(/ --map COLUMN=lon --map COLUMN=lat$/),
      expect.stringMatching(/ --map COLUMN=point$/),
      '  to store them without points and place them by name:',
      expect.stringMatching(/ --map geo_point_2d=discard$/),
      '  if they are in metres (UTM, Lambert), turn them into degrees first (WGS 84, EPSG:4326)',
    ]);
  }
  expect((await load('--confirm-points')).report).toMatchObject({ read: 5, stored: 5, unlocated: 3 });
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', source_key, lon, lat) as line from incident order by incident_id`.execute(database.db);
  expect(rows.map(({ line }) => line)).toEqual(['1 -58.41 -34.61', '2', '3', '4 -58.43 -34.63', '5']);
});

test('empty cells and one doubtful point in a hundred stop nothing', async () => {
  write(...Array.from({ length: 99 }, (_, i) => (i % 2 ? '' : `-34.6${i}, -58.4${i}`)), 'junto al río');
  const { report } = await load();
  expect(report).toMatchObject({ read: 100, stored: 100, unlocated: 50 });
  expect(report!.notes).toContainEqual({ code: 'coordinates-unreadable', count: 1, example: 'junto al río' });
});

test('swapped columns, decimal commas and metres: what to do instead is said with the columns of the file', async () => {
  const lines = ['fecha;delito;X;Y', '2023-03-15;HURTO;4.567.890;1.234.567', '2023-03-16;HURTO;4567890;1234567'];
  writeFileSync(join(folder, 'puntos.csv'), lines.join('\n'));
  const { err } = await load('--dry-run');
  for (const line of ['--map X=lat --map Y=lon', '--numbers comma', '--map X=discard --map Y=discard'])
    expect(err).toContain(line);
  expect(err).not.toContain('4567890');
  expect((await load('--map', 'X=discard', '--map', 'Y=discard')).report).toMatchObject({ stored: 2, unlocated: 2 });
});
