// The published file of Tiny Town, worked out by hand from the map in tests/tinytown/ANSWERS.md.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

test('more complete months can be held back, and where there are addresses these are counted', async () => {
  const exported = async (...words: string[]) => {
    const { report } = await cuadra('protect', 'export', 'tiny', 'more.csv', '--force', ...words);
    return report as unknown as { points: number; sources: { through: string }[]; account: { tooRecent: number } };
  };
  const little = ['--segments', '2', '--metres', '200'];
  const [usual, later] = [await exported(...little), await exported(...little, '--months-behind', '2')];
  const month = ({ sources: [first] }: typeof usual) => Date.parse(first!.through) + 86_400_000;
  const [from, until] = [new Date(month(later)), new Date(month(usual))];
  from.setUTCMonth(from.getUTCMonth() + 2);
  expect(from).toEqual(until);
  expect((await exported('--months-behind', '600')).account.tooRecent).toBe(12);

  expect((await cuadra('protect', 'export', 'tiny', 'x.csv', '--addresses', 'nada')).err).toMatch(/nada/);
  const streets = JSON.parse(await readFile(join(import.meta.dirname, '../tinytown/streets.geojson'), 'utf8'));
  const [a, b] = streets.features.find((each: { properties: { clave: string } }) => each.properties.clave === 'S1')
    .geometry.coordinates;
  // Eight doors along S1, and a house of twenty flats that is one address, on S4.
  const doors = Array.from({ length: 8 }, (_, i) => [
    a[0] + ((b[0] - a[0]) * (i + 1)) / 9,
    a[1] + ((b[1] - a[1]) * (i + 1)) / 9,
  ]);
  const [x, y] = [-99.107, 19.401];
  const features = [...doors, ...Array(20).fill([x, y])].map((coordinates, i) => ({
    type: 'Feature',
    properties: { clave: `d${i}`, nombre: `${i}` },
    geometry: { type: 'Point', coordinates },
  }));
  await writeFile(join(folder, 'domicilios.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
  const into = ['--jurisdiction', 'tiny', '--code', 'clave', '--name', 'nombre'];
  expect(await cuadra('import', 'points', 'domicilios.geojson', '--layer', 'domicilios', ...into)).toMatchObject({
    status: 0,
  });
  // A layer that is called so is found; S1 alone is enough now, whatever its length.
  expect((await exported()).points).toBe(1);
});
