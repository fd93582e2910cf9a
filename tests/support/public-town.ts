// A town of our own whose public view is worked out by hand, the questions there are about it, and the portal that answers
// them as whoever is asking.

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import type { Viewer } from '../../server/access/contract.ts';
import { analysisRoutes, openAnalyses } from '../../server/analysis/routes.ts';
import { columnRoutes } from '../../server/columns/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { accessRoutes } from '../../server/counts/jurisdiction-routes.ts';
import { createOverview } from '../../server/counts/overview.ts';
import { regionRoutes } from '../../server/counts/region-routes.ts';
import { statsRoutes } from '../../server/counts/routes.ts';
import { createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { exportRoutes } from '../../server/exports/routes.ts';
import { askAsSender } from '../../server/http/ask-through.ts';
import { problems } from '../../server/http/problems.ts';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';
import { lessonRoutes } from '../../server/lessons/routes.ts';
import { incidentRoutes } from '../../server/listing/routes.ts';
import { benchmarkRoutes } from '../../server/official-totals/routes.ts';
import { protectionRoutes } from '../../server/protection/routes.ts';
import { ratingRoutes } from '../../server/rating/routes.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { layerRoutes } from '../../server/tiles/layer-routes.ts';
import { regionLimitRoutes } from '../../server/tiles/region-limits.ts';
import { tileRoutes } from '../../server/tiles/routes.ts';
import { timingRoutes } from '../../server/timing/routes.ts';
import { tipRoutes } from '../../server/tips/routes.ts';
import { quietLog } from './log.ts';
import { seeded } from './small-world.ts';

/** Four colonias in a row, each 0.01° wide with an avenue of ten segments of 105 m; two sectors of two colonias each. */
export const [WEST, SOUTH] = [-99.2, 19.4];
export const square = (west: number, east: number) => ({
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
export const collection = (features: readonly object[]) => JSON.stringify({ type: 'FeatureCollection', features });
export const feature = (geometry: object, properties: object) => ({ type: 'Feature', geometry, properties });
export const COLONIAS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];
export const SECTORS = ['s1', 's2'];
export const WIDTH = 0.005;

export const ROBBERY = 'Robo a transeúnte en vía pública';
export const CAR = 'Robo de vehículo automotor';
const FAMILY = 'Violencia familiar';
const ABUSE = 'Abuso sexual';

export type Told = {
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
      lon: hasPoint ? `${(WEST + random() * COLONIAS.length * WIDTH).toFixed(5)}37` : '',
      lat: hasPoint ? `${(SOUTH + 0.0047 + random() * 0.0006).toFixed(5)}73` : '',
    };
  });
}

export const list = incidents();
export const csv = (rows: readonly Told[]) =>
  [
    'folio,fecha,hora,delito,longitud,latitud',
    ...rows.map((row, n) => [`T${n}`, row.day, row.hour, row.label, row.lon, row.lat].join()),
  ].join('\n');

// biome-ignore lint/suspicious/noExplicitAny: whatever was asked, compared with what is expected
export type Answer = any;
/** The questions over HTTP, each asked as `viewer`. */
export type Portal = { readonly base: string; close(): Promise<void> };
export async function openPortal(database: Database, folder: string, viewer: () => Viewer): Promise<Portal> {
  const cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const overview = createOverview({ database, cubes, file: join(folder, 'overview.json'), log: quietLog });
  const app = express();
  app.set('query parser', 'simple').set('trust proxy', true);
  app.use((request, _response, next) => {
    request.viewer = viewer();
    next();
  });
  app.use('/tiles', tileRoutes({ database }));
  const deps = {
    database,
    cubes,
    taxonomy: loadTaxonomy(),
    overview,
    config: { basemapStyle: null, access: 'accounts' as const, embedOrigins: [] },
  };
  for (const routes of [accessRoutes, layerRoutes, statsRoutes, protectionRoutes, exportRoutes, incidentRoutes])
    app.use('/api/v1', routes(deps));
  const stats = openStats(deps);
  const analyses = openAnalyses(stats);
  app.use('/api/v1', regionRoutes(stats), columnRoutes(stats), benchmarkRoutes(deps));
  app.use('/api/v1', analysisRoutes(analyses), ratingRoutes(analyses), timingRoutes(analyses));
  app.use('/api/v1', tipRoutes({ database, now: () => new Date() }), regionLimitRoutes({ database }));
  app.use('/api/v1', lessonRoutes({ database, now: () => new Date(), askAs: askAsSender }));
  app.use(problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await cubes.close();
    },
  };
}

/** Into the jurisdiction `town`, by files in the folder the commands run in. */
export async function loadTown(folder: string, run: (...words: readonly string[]) => Promise<unknown>): Promise<void> {
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

export const MONTHS = Array.from({ length: 13 }, (_, n) => new Date(Date.UTC(2023, n, 1)).toISOString().slice(0, 10));
/** Every stretch of whole months of the year. */
export const STRETCHES = MONTHS.flatMap((from, n) => MONTHS.slice(n + 1).map((until) => `from=${from}&until=${until}`));
export const LAYERS = ['colonias', 'sectores', 'streets'];
const OFFENCES = [
  'generic.robo-a-transeunte-en-via-publica',
  'generic.robo-de-vehiculo-automotor',
  'patrimonio',
  'familia',
  'sexual',
];
const POLYGONS = [0.2, 1, 3.5].map((width) => {
  const [east, north] = [(WEST + width * WIDTH).toFixed(4), (SOUTH + 0.0062).toFixed(4)];
  return `poly:${WEST},${SOUTH};${east},${SOUTH};${east},${north};${WEST},${north}`;
});
export const PLACES = [
  ...COLONIAS.map((code) => `colonias:${code}`),
  ...SECTORS.map((code) => `sectores:${code}`),
  'streets:k7',
  ...POLYGONS,
];

/** Public questions of every kind, about every area, month, offence and street. */
export function* questions(): Generator<string> {
  const city = '/api/v1/town';
  for (const list of ['jurisdictions', 'portal?city=town', 'region/limits']) yield `/api/v1/${list}`;
  const lists = ['layers', 'limit', 'offences', 'themes', 'sources', 'summary', 'clock'];
  for (const list of [...lists, 'protection', 'catchments', 'tips/form', 'scope', 'lessons']) yield `${city}/${list}`;
  yield `${city}/heat?zoom=15`;
  for (const layer of LAYERS) {
    yield `${city}/layers/${layer}`;
    // Of colonias there is another version at the end.
    if (layer !== 'colonias') yield `/tiles/town/${layer}/1.json`;
    yield `${city}/layers/${layer}/features`;
    yield `${city}/top?layer=${layer}&limit=50&from=2023-07-01&until=2024-01-01`;
    yield `${city}/summary?layer=${layer}&period=12m`;
    for (const month of MONTHS.slice(0, 12).map((from, n) => `from=${from}&until=${MONTHS[n + 1]}`)) {
      yield `${city}/counts?layer=${layer}&${month}`;
      for (const offence of OFFENCES) yield `${city}/counts?layer=${layer}&${month}&offence=${offence}`;
    }
    for (const offence of OFFENCES) yield `${city}/counts?layer=${layer}&offence=${offence}`;
  }
  for (const place of PLACES) {
    yield `${city}/series?step=month&within=${place}`;
    yield `${city}/offences?within=${place}`;
    yield `${city}/counts?layer=colonias&within=${place}&offence=familia`;
  }
}
/** What the public may ask of every analysis there is, the columns that travel and the map above the municipality. */
export function* analyses(): Generator<string> {
  const city = '/api/v1/town';
  const year = 'from=2023-01-01&until=2024-01-01';
  yield `/api/v1/region?year=2023`;
  // Each asks the others as whoever reads it, and shows what they answer.
  for (const { code } of lessonCatalogue().lessons.es) yield `${city}/lessons/${code}`;
  yield `${city}/benchmark`;
  yield `${city}/incident-places.json`;
  yield `${city}/incidents.arrow`;
  yield `${city}/layers/colonias/zone?within=${POLYGONS[0]}`;
  for (const layer of LAYERS) {
    for (const name of ['hotspots', 'concentration', 'rates']) yield `${city}/${name}?layer=${layer}&${year}`;
    for (const name of ['stability', 'scoring', 'trend']) yield `${city}/${name}?layer=${layer}`;
    yield `${city}/change?layer=${layer}&from=2023-07-01&until=2024-01-01&before=2023-01-01..2023-07-01`;
    yield `${city}/emerging?layer=${layer}&${year}&step=month`;
    yield `${city}/hotspots?layer=${layer}&${year}&offence=familia`;
  }
  yield `${city}/density?${year}`;
  yield `${city}/density?offence=familia,sexual`;
  yield `${city}/street-density?layer=streets&${year}`;
  yield `${city}/grid-hotspots?cell=100&${year}`;
  yield `${city}/grid-hotspots?shape=h3&resolution=9&method=lisa&${year}`;
  for (const unit of ['hour', 'weekday']) yield `${city}/clocks?unit=${unit}&from=2023-07-01&until=2024-01-01`;
  for (const unit of ['month', 'payday']) yield `${city}/clocks?unit=${unit}&against=even&${year}`;
}
/** Asked as from many addresses: how often one may ask is tried elsewhere. */
let sent = 0;
export const asAnother = () => ({ 'x-forwarded-for': `10.1.${++sent >> 8}.${sent & 255}` });
export const tiles = (z: number, x: number, y: number) =>
  LAYERS.map((layer) => `/tiles/town/${layer}/1/${z}/${x}/${y}.mvt`);
export const FILES = ['/api/v1/town/protected.csv', '/api/v1/town/protected-layers.geojson'];
export const LISTS = ['csv', 'geojson', 'gpkg'].map((ending) => `/api/v1/town/incidents.${ending}`);

/** What makes one installation differ from another, and what an edition is called. */
export const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each) =>
    // Where tiles are, and a stamp of when their layer was published here.
    key === 'tiles' ||
    (['dataVersion', 'delivered', 'publishedAt', 'id', 'next'].includes(key) && typeof each !== 'object')
      ? null
      : each,
  );
