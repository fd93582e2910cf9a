// What the public are answered: from the published file alone, by the same code as everybody. A town of our own, small
// enough to try everything.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction, listJurisdictions } from '../../server/access/jurisdictions.ts';
import { checkInstallation } from '../../server/check/installation.ts';
import { receiveColumns } from '../../server/columns/receive.ts';
import type { Database } from '../../server/db/open.ts';
import { makeView } from '../../server/protection/view.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOn, runOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import {
  type Answer,
  analyses,
  asAnother,
  CAR,
  COLONIAS,
  collection,
  csv,
  FILES,
  feature,
  LAYERS,
  LISTS,
  list,
  loadTown,
  MONTHS,
  openPortal,
  PLACES,
  type Portal,
  plain,
  questions,
  ROBBERY,
  STRETCHES,
  square,
  type Told,
  tiles,
  WEST,
  WIDTH,
} from '../support/public-town.ts';

const LONG = { timeout: 120_000 };
const taxonomy = loadTaxonomy();
let database: Database;
let folder: string;
let portal: Portal;
let viewer: Viewer = PUBLIC;
const open = () => openPortal(database, folder, () => viewer);

const run = <T = Record<string, unknown>>(...words: readonly string[]) =>
  reportOn<T>(database, { dataDir: folder, databaseUrl: null }, words);
const refusal = async (...words: readonly string[]) =>
  (await runOn(database, { dataDir: folder, databaseUrl: null }, words)).stderr;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-public-'));
  await loadTown(folder, run);
  portal = await open();
});
afterAll(async () => {
  await portal.close();
  await emptyTables(await openTestDatabase());
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(portal.base + path, { headers: asAnother() });
const answer = async <T = Answer>(path: string): Promise<T> => {
  const response = await get(path);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
};
/** What differs between installations left out. */
const said = async (path: string) => {
  if (!path.endsWith('.arrow')) return plain(await answer(path));
  const { about, rows, ...names } = receiveColumns(new Uint8Array(await (await get(path)).arrayBuffer()));
  const { groups, group, combos, combo, keys } = rows;
  const wordsOf = (row: number) => {
    const { offenceId, sourceId, ...when } = combos[combo[row]!]!;
    const { rows: _, ...of } = groups[group[row]!]!;
    const places = keys.map(({ column }, layer) => names.codes[layer]![column[row]!] ?? '');
    return JSON.stringify([names.offences[offenceId], names.sources[sourceId], when, of, places]);
  };
  // In whatever order within a day.
  return { about: plain(about), rows: Array.from(group, (_, row) => wordsOf(row)).sort() };
};
const counts = (question: string) => answer(`/api/v1/town/counts?${question}`);
const through = '2024-01-01';
const published = list.filter(({ day }) => day < through);
const coloniaOf = ({ lon }: Told) => (lon === '' ? null : COLONIAS[Math.floor((Number(lon) - WEST) / WIDTH)]!);

test('until a city switches it on the public know of no jurisdiction; afterwards of its view alone', async () => {
  expect((await get('/api/v1/town/counts?layer=colonias')).status).toBe(404);
  expect(await answer('/api/v1/jurisdictions')).toEqual([]);
  const { made, isOn } = await run<Answer>('protect', 'on', 'town', '--licence', 'CC BY 4.0');
  expect([isOn, made.view, made.stored.ended]).toEqual([true, 'made', 0]);
  expect(await answer('/api/v1/jurisdictions')).toMatchObject([{ code: 'town', name: 'Pueblo', until: '2024-01-01' }]);
  const view = await findJurisdiction(database, PUBLIC, 'town');
  const own = await findJurisdiction(database, STAFF, 'town');
  expect(view.id).not.toBe(own.id);
  expect((await listJurisdictions(database, STAFF)).map(({ id }) => id)).toEqual([own.id]);
  for (const code of ['town/public', 'town%2Fpublic']) {
    expect((await get(`/api/v1/${code}/counts?layer=colonias`)).status).toBe(404);
  }
  await expect(findJurisdiction(database, STAFF, 'town/public')).rejects.toThrow('no jurisdiction');
});

test('ordinary offences keep the totals of the police by area and month; the hour is not told', async () => {
  for (const [label, offence] of [
    [ROBBERY, 'generic.robo-a-transeunte-en-via-publica'],
    [CAR, 'generic.robo-de-vehiculo-automotor'],
  ] as const) {
    for (const [from, until] of [
      ['2023-01-01', '2023-02-01'],
      ['2023-07-01', '2023-08-01'],
      ['2023-01-01', '2024-01-01'],
    ] as const) {
      const told = await counts(`layer=colonias&offence=${offence}&from=${from}&until=${until}`);
      const truth = published.filter((each) => each.label === label && each.day >= from && each.day < until);
      const byId = new Map(told.ids.map((id: string, i: number) => [Number(id), told.counts[i]]));
      const expected = COLONIAS.map((code) => truth.filter((each) => coloniaOf(each) === code).length);
      expect(COLONIAS.map((_, i) => byId.get(i + 1) ?? 0)).toEqual(expected);
      expect(told.totals).toMatchObject({ matched: truth.length, withheld: 0, outside: 0 });
    }
  }
  const clock = await answer('/api/v1/town/clock?offence=patrimonio');
  expect([clock.total > 0, clock.unknownDay]).toEqual([true, clock.total]);
  expect(
    (await answer('/api/v1/town/series?step=day')).buckets.every(({ count }: { count: number }) => count === 0),
  ).toBe(true);
});

test('sensitive offences are told by quarter and sector, rounded, and withheld wherever places are finer', async () => {
  const sensitive = 'offence=familia,sexual&from=2023-01-01&until=2024-01-01';
  const bySector = await counts(`layer=sectores&${sensitive}`);
  expect(bySector.counts.every((count: number) => count % 5 === 0)).toBe(true);
  for (const layer of ['colonias', 'streets']) {
    const { totals, ids } = await counts(`layer=${layer}&${sensitive}`);
    expect([ids, totals]).toEqual([
      [],
      { matched: bySector.totals.matched, mapped: 0, unlocated: 0, outside: 0, withheld: bySector.totals.matched },
    ]);
  }
  expect((await counts(`layer=sectores&offence=familia&from=2023-02-01&until=2023-03-01`)).totals.matched).toBe(0);
  const series = await answer(`/api/v1/town/series?step=month&${sensitive}`);
  expect([series.unknownMonth, series.buckets.every(({ count }: { count: number }) => count === 0)]).toEqual([
    bySector.totals.matched,
    true,
  ]);
});

test('staff and the public, asked in turn, are each given their own', async () => {
  const asked = '/api/v1/town/counts?layer=colonias';
  const seen: number[] = [];
  for (const each of [PUBLIC, STAFF, PUBLIC, STAFF]) {
    viewer = each;
    seen.push((await answer(asked)).totals.matched);
  }
  viewer = PUBLIC;
  expect(seen).toEqual([seen[0], list.length, seen[0], list.length]);
  expect(seen[0]).toBeLessThan(list.length);
});

test('finer than by area, analyses of the public say that the protection moved the places, and no largest error', async () => {
  const asked = (path: string) => answer(`/api/v1/town/${path}`);
  const fine = ['concentration?layer=streets', 'near-repeat?runs=19', 'grid-hotspots?cell=500', 'density?radius=500'];
  const found = await Promise.all([...fine, 'concentration?layer=colonias'].map(asked));
  expect(found.map(({ arePlacesMoved }) => arePlacesMoved)).toEqual([true, true, true, true, false]);
  expect([found[3].reason, found[3].errorBound]).toEqual([null, null]);
});

test('no table, sum or difference of answers gives a small count of a sensitive offence away', async () => {
  let asked = 0;
  for (const layer of LAYERS) {
    for (const stretch of STRETCHES) {
      const all = await counts(`layer=${layer}&${stretch}`);
      const ordinary = await counts(`layer=${layer}&${stretch}&offence=patrimonio`);
      const by = (told: Answer, id: string): number => told.counts[told.ids.indexOf(id)] ?? 0;
      const rests = Object.keys(all.totals).map((key) => all.totals[key] - ordinary.totals[key]);
      rests.push(...all.ids.map((id: string) => by(all, id) - by(ordinary, id)));
      rests.push(all.excluded.partlyInRange - ordinary.excluded.partlyInRange);
      expect([stretch, rests.filter((rest) => rest % 5 !== 0)]).toEqual([stretch, []]);
      asked++;
    }
  }
  for (const place of PLACES) {
    for (const offence of ['familia', 'sexual', 'familia,sexual']) {
      const { totals } = await counts(`layer=sectores&within=${place}&offence=${offence}`);
      expect([place, totals.matched % 5]).toEqual([place, 0]);
      if (!place.startsWith('sectores')) expect(totals.matched).toBe(0);
    }
  }
  expect(asked).toBe(LAYERS.length * 78);
});

test('no pair of answers, of whatever areas, parents, months and drawn polygons, is a small count apart', async () => {
  const ends = (months: number) => MONTHS.filter((_, n) => n % months === 0);
  const ranges = [1, 3, 12].flatMap((months) =>
    ends(months)
      .slice(1)
      .map((until, n) => `from=${ends(months)[n]}&until=${until}`),
  );
  const places = ['', ...PLACES.map((place) => `&within=${place}`)];
  const matched = async (question: string): Promise<number> =>
    (await counts(`layer=sectores&${question}`)).totals.matched;
  /** What is said of sensitive offences, outright and as what is left of all offences without the ordinary ones. */
  const said: { readonly question: string; readonly count: number }[] = [];
  for (const range of ranges) {
    const asked = places.map(async (place) => {
      const of = (offence: string) => matched(`${range}${place}&offence=${offence}`);
      const [all, ordinary] = await Promise.all([matched(`${range}${place}`), of('patrimonio')]);
      const outright = await Promise.all(['familia', 'sexual', 'familia,sexual'].map(of));
      for (const count of [all - ordinary, ...outright]) said.push({ question: range + place, count });
    });
    await Promise.all(asked);
  }
  expect(said.length).toBe(17 * 15 * 4);
  const apart = said.flatMap((one, n) =>
    said.slice(n + 1).flatMap((other) => {
      const [less, sum] = [Math.abs(one.count - other.count), one.count + other.count];
      return (less > 0 && less < 5) || (sum > 0 && sum < 5) ? [[one, other]] : [];
    }),
  );
  expect(apart.slice(0, 3)).toEqual([]);
  // There are such counts to be found: of a quarter of the true cells so many as no answer is.
  const cells = Map.groupBy(
    published.filter(({ label, lon }) => label !== ROBBERY && label !== CAR && lon !== ''),
    (each) => [each.label, Math.floor((Number(each.day.slice(5, 7)) - 1) / 3), coloniaOf(each)].join(),
  );
  expect([...cells.values()].filter(({ length }) => length < 5).length).toBeGreaterThan(cells.size / 4);
});

test('the exact point of no record is in any byte the public are sent, as a number or as text', LONG, async () => {
  const bodies: Buffer[] = [];
  const all = [...questions(), ...analyses(), ...FILES, ...LISTS];
  for (const path of [...all, ...tiles(14, 3677, 7299), ...tiles(12, 919, 1824)]) {
    const response = await get(path);
    expect([path, [200, 204].includes(response.status)]).toEqual([path, true]);
    bodies.push(Buffer.from(await response.arrayBuffer()));
  }
  const sent = Buffer.concat(bodies);
  // Corners of hexagons lie where H3 puts them, whatever the data.
  const written = sent.toString('latin1').replaceAll(/"rings":\[[-\d.,[\]]*\]/g, '');
  for (const text of ['"withheld"', '"hexagons":{"ids":["89']) expect(written).toContain(text);
  for (const { lon, lat } of list.filter((each) => each.lon !== '')) {
    for (const text of [lon, lat]) {
      expect(written.includes(text.slice(0, -1))).toBe(false);
      const double = Buffer.alloc(8);
      double.writeDoubleLE(Number(text));
      expect(sent.includes(double) || sent.includes(double.reverse())).toBe(false);
    }
  }
});

test('cube and tables give the public the same numbers, and earlier editions are not looked back at', async () => {
  const watch = { database, taxonomy, dataDir: folder, log: quietLog };
  expect(await checkInstallation(watch, () => {})).toMatchObject({ ok: true, jurisdictions: 2 });
});

describe('the view after new data', () => {
  const viewState = async () => {
    const { id } = await findJurisdiction(database, PUBLIC, 'town');
    const { rows } = await sql<{ head: number; version: number; next: number; kept: number }>`
      select head_delivery as head, data_version as version, next_incident_id::int as next,
        (select count(*)::int from incident i where i.jurisdiction_id = ${id}) as kept
      from data_state where jurisdiction_id = ${id}`.execute(database.db);
    return rows[0]!;
  };
  /** What is counted at the present version; the portal learns of one a moment later. */
  const presentCounts = async (question: string) => {
    const { version } = await viewState();
    await expect.poll(async () => (await counts(question)).dataVersion).toBe(version);
    return counts(question);
  };
  const importTown = (until: string) =>
    run('import', 'incidents', 'town.csv', '--jurisdiction', 'town', '--preset', 'generic', '--through', until);
  const renew = async () => (await run<Answer>('protect', 'on', 'town')).made;

  test('is not made again of the same data, and a month that is not over changes nothing in it', async () => {
    const before = await viewState();
    expect((await renew()).view).toBe('current');
    const live = list.map((row) => (row.day < through ? row : { ...row, hour: '11:11' }));
    await writeFile(join(folder, 'town.csv'), csv(live));
    await importTown('2024-01-06');
    expect((await renew()).stored).toBeNull();
    expect(await viewState()).toEqual(before);
  });

  test('a complete month brings its rows alone, all at once, and what was corrected goes', async () => {
    const before = await viewState();
    const first = list.findIndex(({ label, lon }) => label === CAR && lon !== '');
    const corrected = list.map((row, n) => (n === first ? { ...row, label: ROBBERY } : row));
    await writeFile(join(folder, 'town.csv'), csv(corrected));
    await importTown('2024-01-31');
    const january = list.filter(({ day, label }) => day >= through && [ROBBERY, CAR].includes(label)).length;
    const { stored } = await renew();
    // Sensitive offences of January wait for the end of the quarter.
    expect([stored.added, stored.ended]).toEqual([january + 1, 1]);
    expect((await viewState()).kept).toBe(before.kept + january + 1);
    expect((await answer('/api/v1/jurisdictions'))[0].until).toBe('2024-02-01');
  });

  test('a new version of a layer is shown with the rows placed on it', async () => {
    await writeFile(
      join(folder, 'colonias.geojson'),
      collection(
        COLONIAS.map((code, n) =>
          feature(square(WEST + n * WIDTH, WEST + (n + 1) * WIDTH), {
            clave: code,
            nombre: `Barrio ${code}`,
            pob: 900,
          }),
        ),
      ),
    );
    const before = await presentCounts('layer=colonias');
    await run(
      ...['import', 'areas', 'colonias.geojson', '--layer', 'colonias', '--jurisdiction', 'town'],
      ...['--code', 'clave', '--name', 'nombre', '--population', 'pob:2020'],
    );
    expect((await renew()).stored).toMatchObject({ added: 0, ended: 0 });
    const after = await presentCounts('layer=colonias');
    expect([after.layerVersion, after.counts, after.totals]).toEqual([2, before.counts, before.totals]);
  });

  test('is made once by several at the same time', async () => {
    await run('jurisdiction', 'set', 'town', '--srid', '32614');
    await writeFile(join(folder, 'town.csv'), csv(list));
    await importTown('2024-01-31');
    const deps = { database, taxonomy, log: quietLog };
    const jurisdiction = await findJurisdiction(database, STAFF, 'town');
    const made = await Promise.allSettled([1, 2, 3].map(() => makeView(deps, jurisdiction)));
    const views = made.map((each) => (each.status === 'fulfilled' ? each.value.view : each.reason.constructor.name));
    expect(views.filter((view) => view === 'made')).toHaveLength(1);
    expect(views.every((view) => ['made', 'current', 'Busy'].includes(view))).toBe(true);
  });
});

test('a second installation that was given the published file alone answers every public question the same', {
  timeout: 240_000,
}, async () => {
  expect(await refusal('import', 'protected', 'published.csv')).toContain('published-layers.geojson');
  await run('protect', 'export', 'town', 'published.csv');
  const asked = [...questions(), ...analyses()];
  const before = new Map<string, unknown>();
  for (const path of asked) before.set(path, await said(path));
  const drawn = async () => Promise.all(tiles(14, 3677, 7299).map(async (path) => (await get(path)).arrayBuffer()));
  const listed = async () => {
    const { features } = await answer('/api/v1/town/incidents?limit=1000');
    return features.map((each: object) => JSON.stringify(plain(each))).sort();
  };
  const files = async () =>
    Promise.all(FILES.map(async (path) => Buffer.from(await (await get(path)).arrayBuffer()).toString()));
  const [tilesBefore, listedBefore, filesBefore] = [await drawn(), await listed(), await files()];
  expect(filesBefore).toEqual(
    await Promise.all(
      ['published.csv', 'published-layers.geojson'].map((name) => readFile(join(folder, name), 'utf8')),
    ),
  );

  await portal.close();
  await emptyTables(database);
  await rm(join(folder, 'town.csv'));
  const report = await run<Answer>('import', 'protected', 'published.csv');
  portal = await open();
  expect(report.stored.added).toBe(report.incidents);
  for (const path of asked) expect([path, await said(path)]).toEqual([path, before.get(path)]);
  expect(await drawn()).toEqual(tilesBefore);
  expect(await listed()).toEqual(listedBefore);
  expect(await files()).toEqual(filesBefore);
  expect((await run<Answer>('import', 'protected', 'published.csv')).stored).toBeNull();
  expect(await refusal('protect', 'on', 'town')).toContain('published file');
});

test('files that are no pair, or were altered, are refused, and what is shown stays', async () => {
  const rows = await readFile(join(folder, 'published.csv'), 'utf8');
  await writeFile(join(folder, 'altered.csv'), rows.replace(/,1(\r?\n)/, ',2$1'));
  const before = await counts('layer=colonias');
  const layers = ['--layers', 'published-layers.geojson'];
  expect(await refusal('import', 'protected', 'altered.csv', ...layers)).toContain('another file of rows');
  expect(await refusal('import', 'protected', 'published-layers.geojson', ...layers)).not.toBe('');
  expect(await refusal('import', 'protected', 'published.csv', '--layers', 'published.csv')).toContain('layers');
  expect(await counts('layer=colonias')).toEqual(before);
});
