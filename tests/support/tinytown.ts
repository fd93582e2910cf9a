// Loads tests/tinytown into an installation by its own commands, or starts a server on a copy of one that was loaded so.

import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { openDatabase } from '../../server/db/open.ts';
import type { IncidentsReport } from '../../server/incidents/import.ts';
import { type Home, reportAt, reportOf, reportOn } from './cli.ts';
import { quietLog } from './log.ts';
import { asApplication, copyDatabase, createDatabase } from './postgres.ts';
import { startServer, type TestServer } from './server.ts';

const file = (name: string) => join(import.meta.dirname, '../tinytown', name);

/** Runs a command and answers its report. */
type Report = <T = Record<string, unknown>>(args: readonly string[]) => Promise<T>;

/**
 * Where a server runs: jurisdiction `tiny` with its limit, layer `areas`, streets and the incidents; answers the incidents'
 * report.
 */
export function loadTinyTown(home: Home): Promise<IncidentsReport> {
  return loadTinyTownBy((args) => reportAt(home, args));
}

/** The same by commands that are run otherwise, as on a database that is open already. */
export async function loadTinyTownBy(report: Report): Promise<IncidentsReport> {
  const zone = ['--timezone', 'America/Mexico_City'];
  await report(['jurisdiction', 'add', 'tiny', '--name', 'Pueblo Chico', ...zone, '--limit', file('limit.geojson')]);
  const into = ['--jurisdiction', 'tiny'];
  const columns = ['--code', 'clave', '--name', 'nombre'];
  const population = ['--population', 'poblacion_2020:2020'];
  await report(['import', 'areas', file('areas.geojson'), '--layer', 'areas', ...into, ...columns, ...population]);
  await report(['import', 'streets', file('streets.geojson'), ...into, ...columns]);
  return report(importing);
}

const importing = ['import', 'incidents', file('incidents.csv'), '--jurisdiction', 'tiny', '--preset', 'generic'];

export const importIncidents = (home: Home) => reportOf<IncidentsReport>(home, importing);

/** Vitest gives every test file fresh modules, so what the process shares hangs on globalThis. */
const shared = globalThis as { cuadraTinyTown?: Promise<Home> };
const LOADED = 'tinytown_loaded';

/** The installation the copies are of, which no process has open; it ends with the suite. */
async function loaded(): Promise<Home> {
  const url = inject('databaseUrl');
  const home: Home = {
    dataDir: mkdtempSync(join(inject('dataDir') ?? tmpdir(), 'cuadra-tinytown-')),
    databaseUrl: url && (await createDatabase(url, LOADED)),
  };
  const database = await openDatabase({ ...home, log: quietLog });
  try {
    await loadTinyTownBy((args) => reportOn(database, home, args));
  } finally {
    await database.close();
    if (url) rmSync(home.dataDir, { recursive: true });
  }
  return home;
}

/**
 * A server of its own on Tiny Town, on the engine of the suite; loading it anew would cost each file ten seconds. On
 * PostgreSQL its user owns nothing: whatever it answers, it answers under row security.
 */
export async function startTinyTown(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  shared.cuadraTinyTown ??= loaded();
  const from = await shared.cuadraTinyTown;
  const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-server-'));
  if (from.databaseUrl === null) cpSync(from.dataDir, dataDir, { recursive: true });
  const name = `tinytown_${randomUUID().slice(0, 8)}`;
  const databaseUrl = from.databaseUrl && (await copyDatabase(LOADED, from.databaseUrl, name));
  const bound: Record<string, string> = databaseUrl
    ? { DATABASE_URL: await asApplication(databaseUrl), DATABASE_ADMIN_URL: databaseUrl }
    : {};
  return startServer({ databaseUrl, dataDir, env: { ...bound, ...env } });
}

/** A layer `casas` of one area, drawn round a few metres in Centro; under another name it is another version. */
export async function drawHouse(server: TestServer, nombre: string): Promise<void> {
  const [west, south, east, north] = [-99.1092, 19.4029, -99.109, 19.4031];
  const along = [west, south, east, south, east, north, west, north, west, south];
  const ring = Array.from({ length: 5 }, (_, n) => along.slice(2 * n, 2 * n + 2));
  const geometry = { type: 'Polygon', coordinates: [ring] };
  const feature = { type: 'Feature', properties: { clave: 'c', nombre }, geometry };
  const file = join(server.dataDir, 'casa.geojson');
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
  const into = ['--layer', 'casas', '--jurisdiction', 'tiny', '--code', 'clave', '--name', 'nombre'];
  await reportAt(server, ['import', 'areas', file, ...into]);
}
