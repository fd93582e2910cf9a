// The order of dates and the zone of times on the command line: asked for, stated, and the same file again.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { commandsOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-choices-'));
const cuadra = commandsOn<IncidentsReport>(database, folder);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => emptyTables(database));

test('an order nobody knows is asked for, with both readings; what is stated is told with its share', async () => {
  await cuadra('jurisdiction', 'add', 'lakeside', '--name', 'Lakeside', '--timezone', 'America/Chicago');
  const rows = ['id,date,offense', '1,06/02/2022 09:30:00 PM,Theft', '2,06/06/2022 01:00:00 AM,Theft'];
  writeFileSync(join(folder, 'june.csv'), rows.join('\n'));
  const load = ['import', 'incidents', 'june.csv', '--jurisdiction', 'lakeside', '--preset', 'generic'];
  for (const asked of [load, [...load, '--dry-run']]) {
    const { status, err } = await cuadra(...asked);
    expect(status).toBe(1);
    expect(err).toContain('day/month/year: 06/02/2022 09:30:00 PM would be 6 Feb 2022; 2022-02: 1, 2022-06: 1');
    expect(err).toContain('month/day/year: 06/02/2022 09:30:00 PM would be 2 Jun 2022; 2022-06: 2');
    expect(err).toMatch(/ --date-order dmy\n.* --date-order mdy$/);
  }
  expect((await cuadra(...load, '--date-order', 'month-first')).err).toContain('--date-order dmy|mdy|ymd|ydm');
  expect((await cuadra(...load, '--times', 'Nowhere')).err).toContain('--times local|utc|ZONE');

  const stated = [...load, '--date-order', 'mdy', '--times', 'utc'];
  const { report } = await cuadra(...stated);
  expect(report).toMatchObject({ read: 2, stored: 2 });
  expect(report!.notes.filter(({ code }) => code !== 'offence-unknown')).toEqual([
    {
      ...{ code: 'date-order-stated', count: 1 },
      example: 'date: 06/02/2022 09:30:00 PM → 2022-06-02 (mdy, 50 %)',
    },
    { code: 'times-converted', count: 2, example: '06/02/2022 09:30:00 PM → 2022-06-02 16:30' },
  ]);
  const { rows: stored } = await sql<{ line: string }>`
    select concat_ws(' ', source_key, occurred_on, minute_of_day) as line from incident order by 1`.execute(
    database.db,
  );
  expect(stored.map(({ line }) => line)).toEqual(['1 2022-06-02 990', '2 2022-06-05 1200']);
  expect((await cuadra(...stated)).report).toMatchObject({ stored: 0, changed: 0, unchanged: 2 });
  expect((await cuadra(...load, '--date-order', 'mdy')).report).toMatchObject({ stored: 0, changed: 2 });
});
