// What the public are answered: from the published file alone, by the same code as everybody. A town of our own, small
// enough to try everything.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction, listJurisdictions } from '../../server/access/jurisdictions.ts';
import { checkInstallation } from '../../server/check/installation.ts';
import { accessRoutes } from '../../server/counts/jurisdiction-routes.ts';
import { createOverview } from '../../server/counts/overview.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { problems } from '../../server/http/problems.ts';
import { incidentRoutes } from '../../server/listing/routes.ts';
import { protectionRoutes } from '../../server/protection/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { layerRoutes } from '../../server/tiles/layer-routes.ts';
import { tileRoutes } from '../../server/tiles/routes.ts';
import { reportOn, runOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { seeded } from '../support/small-world.ts';

const taxonomy = loadTaxonomy();
/** Four colonias in a row, each 0.01° wide with an avenue of ten segments of 105 m; two sectors of two colonias each. */
const [WEST, SOUTH] = [-99.2, 19.4];
const square = (west: number, east: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, SOUTH],
      [east, SOUTH],
      [east, SOUTH + 0.01],
      [west, SOUTH + 0.01],
      [west, SOUTH],
    ],
  ],
});
const at = (metres: number) => Number((WEST + metres / 100_000).toFixed(5));
const collection = (features: readonly object[]) => JSON.stringify({ type: 'FeatureCollection', features });
const feature = (geometry: object, properties: object) => ({ type: 'Feature', geometry, properties });
const COLONIAS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];
const SECTORS = ['s1', 's2'];
const WIDTH = 0.005;

const ROBBERY = 'Robo a transeúnte en vía pública';
const CAR = 'Robo de vehículo automotor';
const FAMILY = 'Violencia familiar';
const ABUSE = 'Abuso sexual';

type Told = {
  readonly day: string;
  readonly hour: string;
  readonly label: string;
  readonly lon: string;
  readonly lat: string;
};

/** Incidents of 2023 and the first five days of January 2024, with coordinates of which no digit is public. */
function incidents(): Told[] {
  const random = seeded(12);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: 420 }, (_, n) => {
    const date =
      n < 400 ? new Date(Date.UTC(2023, 0, 1 + Math.floor(random() * 365))) : new Date(Date.UTC(2024, 0, 1 + (n % 5)));
    const hasPoint = random() > 0.05;
    return {
      day: date.toISOString().slice(0, 10),
      hour: `${String(Math.floor(random() * 24)).padStart(2, '0')}:17`,
      label: pick([ROBBERY, ROBBERY, CAR, CAR, FAMILY, ABUSE]),
      lon: hasPoint ? (WEST + random() * COLONIAS.length * WIDTH).toFixed(7) : '',
      lat: hasPoint ? (SOUTH + 0.0047 + random() * 0.0006).toFixed(7) : '',
    };
  });
}

const list = incidents();
const csv = (rows: readonly Told[]) =>
  [
    'folio,fecha,hora,delito,longitud,latitud',
    ...rows.map((row, n) => [`T${n}`, row.day, row.hour, row.label, row.lon, row.lat].join()),
  ].join('\n');

let database: Database;
let folder: string;
let cubes: Cubes;
let server: Server;
let base: string;
let viewer: Viewer = PUBLIC;

const run = <T = Record<string, unknown>>(...words: readonly string[]) =>
  reportOn<T>(database, { dataDir: folder, databaseUrl: null }, words);
const refused = async (...words: readonly string[]) =>
  (await runOn(database, { dataDir: folder, databaseUrl: null }, words)).stderr;

async function load(): Promise<void> {
  await writeFile(
    join(folder, 'colonias.geojson'),
    collection(
      COLONIAS.map((code, n) =>
        feature(square(WEST + n * WIDTH, WEST + (n + 1) * WIDTH), {
          clave: code,
          nombre: `Colonia ${code}`,
          pob: 2000 + n,
        }),
      ),
    ),
  );
  await writeFile(
    join(folder, 'sectores.geojson'),
    collection(
      SECTORS.map((code, n) =>
        feature(square(WEST + n * 4 * WIDTH, WEST + (n + 1) * 4 * WIDTH), { clave: code, nombre: `Sector ${code}` }),
      ),
    ),
  );
  await writeFile(
    join(folder, 'calles.geojson'),
    collection(
      Array.from({ length: 40 }, (_, n) =>
        feature(
          {
            type: 'LineString',
            coordinates: [
              [at(n * 100), SOUTH + 0.005],
              [at((n + 1) * 100), SOUTH + 0.005],
            ],
          },
          { clave: `k${n}`, nombre: 'Avenida Larga' },
        ),
      ),
    ),
  );
  await writeFile(join(folder, 'town.csv'), csv(list));
  await run('jurisdiction', 'add', 'town', '--name', 'Pueblo', '--timezone', 'America/Mexico_City');
  const into = ['--jurisdiction', 'town', '--code', 'clave', '--name', 'nombre'];
  await run('import', 'areas', 'sectores.geojson', '--layer', 'sectores', ...into);
  await run('import', 'areas', 'colonias.geojson', '--layer', 'colonias', ...into, '--population', 'pob:2020');
  await run('import', 'streets', 'calles.geojson', ...into);
  await run(
    'import',
    'incidents',
    'town.csv',
    '--jurisdiction',
    'town',
    '--preset',
    'generic',
    '--through',
    '2024-01-05',
  );
}

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-public-'));
  await load();
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const overview = createOverview({ database, cubes, file: join(folder, 'overview.json'), log: quietLog });
  const app = express();
  app.set('query parser', 'simple');
  app.use((request, _response, next) => {
    request.viewer = viewer;
    next();
  });
  app.use('/tiles', tileRoutes({ database }));
  const deps = { database, cubes, taxonomy, overview, config: { basemapStyle: null } };
  for (const routes of [accessRoutes, layerRoutes, statsRoutes, protectionRoutes, exportRoutes, incidentRoutes])
    app.use('/api/v1', routes(deps));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await emptyTables(await openTestDatabase());
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, code = 'town') => fetch(`${base}${path.replaceAll('town', code)}`);
const answer = async <T = any>(path: string, code?: string): Promise<T> => {
  const response = await get(path, code);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
};
const counts = (question: string) => answer(`/api/v1/town/counts?${question}`);
const through = '2024-01-01';
const published = list.filter(({ day }) => day < through);
const coloniaOf = ({ lon }: Told) => (lon === '' ? null : COLONIAS[Math.floor((Number(lon) - WEST) / WIDTH)]!);

test('until a city switches it on the public know of no jurisdiction; afterwards of its view alone', async () => {
  expect((await get('/api/v1/town/counts?layer=colonias')).status).toBe(404);
  expect(await answer('/api/v1/jurisdictions')).toEqual([]);
  const { made, isOn } = await run<any>('protect', 'on', 'town', '--licence', 'CC BY 4.0');
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
  const sensitive = 'offence=familiar,sexual&from=2023-01-01&until=2024-01-01';
  const bySector = await counts(`layer=sectores&${sensitive}`);
  expect(bySector.counts.every((count: number) => count % 5 === 0)).toBe(true);
  for (const layer of ['colonias', 'streets']) {
    const { totals, ids } = await counts(`layer=${layer}&${sensitive}`);
    expect([ids, totals]).toEqual([
      [],
      { matched: bySector.totals.matched, mapped: 0, unlocated: 0, outside: 0, withheld: bySector.totals.matched },
    ]);
  }
  expect((await counts(`layer=sectores&offence=familiar&from=2023-02-01&until=2023-03-01`)).totals.matched).toBe(0);
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
