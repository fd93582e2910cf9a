// The published file of Tiny Town, worked out by hand from the map in tests/tinytown/ANSWERS.md.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProtectedReport } from '../../server/terminal/tell-protected.ts';
import { commandsOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { loadTinyTownBy } from '../support/tinytown.ts';

const ROBBERY = 'Robo a transeúnte en vía pública';
const CAR = 'Robo de vehículo automotor';
const HOME = 'Robo a casa habitación';

let folder: string;
let cuadra: ReturnType<typeof commandsOn<ProtectedReport>>;
beforeAll(async () => {
  const database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-protection-'));
  cuadra = commandsOn<ProtectedReport>(database, folder);
  await loadTinyTownBy(async <T>(words: readonly string[]) => {
    const through = words.includes('incidents') ? ['--through', '2022-07-31'] : [];
    const { status, err, report } = await cuadra(...words, ...through);
    expect([status, err]).toEqual([0, '']);
    return report as T;
  });
});
afterAll(async () => {
  await emptyTables(await openTestDatabase());
  await rm(folder, { recursive: true, force: true });
});

test('each incident stands at the middle of its catchment; one beside other towns is left out', async () => {
  const { report } = await cuadra('protect', 'export', 'tiny', 'open.csv', '--segments', '2', '--metres', '200');
  expect(report).toMatchObject({
    ...{ rows: 9, counted: 11, areas: 'areas', sensitiveAreas: null, points: 2 },
    account: {
      incidents: 12,
      outside: 1,
      tooRecent: 0,
      atPoints: 8,
      byArea: 0,
      tooSmall: 2,
      withoutPlace: 1,
      sensitive: 0,
    },
  });
  const text = await readFile(join(folder, 'open.csv'), 'utf8');
  const { data, meta } = Papa.parse<Record<string, string>>(text.replace('\uFEFF', ''), {
    header: true,
    skipEmptyLines: true,
  });
  expect(meta.fields).toEqual(['source', 'kind', 'offence', 'label', 'period', 'layer', 'area', 'lon', 'lat', 'count']);
  // S1 and S3 (216 m) are a catchment of area 01, S2, S5 and S6 one of area 03; S4 alone is too little
  // for area 02 to be named. The
  // middle of S1 is nearest to the middle of both, that of S2 to the middle of the three.
  const in01 = '01 -99.108 19.4015';
  const in03 = '03 -99.108 19.4025';
  const told = data.map(({ label, period, area, lon, lat, count }) =>
    [count, period, label, area, lon, lat].join(' ').replaceAll(/\s+/g, ' ').trim(),
  );
  expect(told.toSorted()).toEqual(
    [
      `3 2022-01 ${ROBBERY} ${in01}`,
      `1 2022-02 ${CAR}`,
      `1 2022-02 ${HOME} ${in03}`,
      `1 2022-03 ${CAR} ${in03}`,
      `1 2022-04 ${ROBBERY} ${in03}`,
      `1 2022-04 ${ROBBERY}`,
      `1 2022-05 ${ROBBERY}`,
      `1 2022-06 ${CAR} ${in01}`,
      `1 2022-07 ${HOME} ${in01}`,
    ].toSorted(),
  );
});

test('with the safe rules the town is too small for any place to be told', async () => {
  const { report } = await cuadra('protect', 'export', 'tiny', 'safe.csv', '--hours', 'none');
  expect(report).toMatchObject({
    points: 0,
    account: { atPoints: 0, byArea: 0, tooSmall: 10, withoutPlace: 1, outside: 1 },
  });
  expect(await readFile(join(folder, 'safe.csv'), 'utf8')).not.toMatch(/-99|19\.4|,0[123],/);
});

test('a file there is stays unless --force is said; what is no rule and no layer is refused by name', async () => {
  await cuadra('protect', 'export', 'tiny', 'kept.csv');
  const before = await readFile(join(folder, 'kept.csv'), 'utf8');
  expect(await cuadra('protect', 'export', 'tiny', 'kept.csv', '--hours', 'none')).toMatchObject({
    status: 1,
    err: expect.stringContaining('--force'),
  });
  expect(await readFile(join(folder, 'kept.csv'), 'utf8')).toBe(before);
  const refused: [string[], string][] = [
    [['--hours', '6'], 'hours are not published'],
    [['--base', '1'], 'at least 2'],
    [['--areas', 'nowhere'], 'nowhere'],
    [['--sensitive-areas', 'streets'], 'streets'],
  ];
  for (const [words, reason] of refused) {
    const { status, err } = await cuadra('protect', 'export', 'tiny', 'never.csv', ...words);
    expect([status, err]).toEqual([1, expect.stringContaining(reason)]);
  }
  expect(existsSync(join(folder, 'never.csv'))).toBe(false);
  expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
});
