// `npm run check:names [-- --embedded]`: places by name on real data: a file without coordinates is imported, and where
// incidents have a point, what their words alone would say is held against it. Needs the data check-real.ts does.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { openDatabase } from '../server/db/open.ts';
import type { IncidentsReport } from '../server/incidents/import.ts';
import { type Home, reportOf } from './support/cli.ts';
import { quietLog } from './support/log.ts';
import { compareWithPoints, type Told } from './support/names-against-points.ts';
import { type Cluster, startCluster } from './support/postgres.ts';
import { CDMX_LAYERS, REAL_DATA, realFile } from './support/real-data.ts';

const WITHOUT_POINTS = 'cdmx/fgj_libertad_no_coords.csv';
const WITH_POINTS = 'cdmx/sample_fgj_10k.csv';
const BATH_MONTHS = ['2018-10', '2018-11', '2018-12', '2019-01', '2019-02'];
const BATH_LSOA = /^Bath and North East Somerset/;

if (realFile(WITHOUT_POINTS) === null) {
  console.log(`check:names skipped: no real data at ${REAL_DATA} (CUADRA_REAL_DATA names another folder)`);
  process.exit(0);
}
const cluster: Cluster | null = process.argv.includes('--embedded') ? null : await startCluster();
const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-names-'));
const home: Home = { dataDir, databaseUrl: cluster?.url ?? null };
let wrong = 0;
try {
  await mexicoCity();
  await bath();
} finally {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = wrong ? 1 : 0;

async function mexicoCity(): Promise<void> {
  const into = ['--jurisdiction', 'cdmx'];
  await reportOf(home, ['jurisdiction', 'add', 'cdmx', '--name', 'CDMX', '--timezone', 'America/Mexico_City']);
  for (const layer of ['alcaldias', 'colonias'] as const) {
    await reportOf(home, ['import', 'areas', join(REAL_DATA, CDMX_LAYERS[layer]), '--layer', layer, ...into]);
  }
  const file = join(REAL_DATA, WITHOUT_POINTS);
  const report = await reportOf<IncidentsReport>(home, ['import', 'incidents', file, ...into]);
  expect('without coordinates: rows read', 6660, report.read);
  expect('without coordinates: stored and rejected', 6660, report.stored + report.rejected);
  expect('without coordinates: without a point', report.stored, report.unlocated);
  tell('without coordinates: seconds', report.seconds);
  for (const [layer, placed] of Object.entries(report.placed)) tell(`without coordinates: placed in ${layer}`, placed);
  for (const { code, count, example } of report.notes)
    tell(`without coordinates: ${code}`, `${count} ${example ?? ''}`);

  const told = rowsOf(readFileSync(join(REAL_DATA, WITH_POINTS), 'utf8')).map((row): Told => {
    const { colonia_catalogo: neighbourhood, alcaldia_hecho: borough } = row;
    const parts = { ...(neighbourhood ? { neighbourhood } : {}), ...(borough ? { borough } : {}) };
    return { text: { text: '', parts }, lon: Number(row.longitud), lat: Number(row.latitud) };
  });
  await compare('cdmx', told);
}

async function bath(): Promise<void> {
  const into = ['--jurisdiction', 'bath'];
  await reportOf(home, ['jurisdiction', 'add', 'bath', '--name', 'Bath', '--timezone', 'Europe/London']);
  const at = (name: string) => join(REAL_DATA, 'bath', name);
  await reportOf(home, ['import', 'streets', at('banes_os_roads.geojson'), ...into, '--name', 'distname']);
  const wards = at('banes_ons_census_2011_ward.geojson');
  await reportOf(home, ['import', 'areas', wards, '--layer', 'wards', ...into]);
  const rows = BATH_MONTHS.flatMap((month) =>
    rowsOf(gunzipSync(readFileSync(at(`${month}-avon-and-somerset-street.csv.gz`))).toString()),
  );
  const told = rows.flatMap(({ Location: text, Longitude: lon, Latitude: lat, 'LSOA name': lsoa }) =>
    BATH_LSOA.test(lsoa ?? '') && text && lon
      ? [{ text: { text, parts: {} }, lon: Number(lon), lat: Number(lat) } satisfies Told]
      : [],
  );
  await compare('bath', told);
}

async function compare(code: string, told: readonly Told[]): Promise<void> {
  const database = await openDatabase({ ...home, log: quietLog });
  const { rows, texts, seconds, layers } = await compareWithPoints(database, code, told);
  await database.close();
  tell(`${code}: rows with a point, texts, seconds`, `${rows}, ${texts}, ${seconds.toFixed(1)}`);
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  for (const [layer, { all, exact }] of Object.entries(layers)) {
    const found = all.agree + all.differ;
    tell(`${code}: ${layer}: found by name`, percent(found, found + all.unmatched));
    tell(`${code}: ${layer}: of these where the point is`, percent(all.agree, found));
    tell(`${code}: ${layer}: by the very name`, percent(exact.agree, exact.agree + exact.differ));
  }
}

function rowsOf(csv: string): Record<string, string>[] {
  return Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
}

function tell(what: string, found: unknown): void {
  console.log(`      ${what.padEnd(58)} ${found}`);
}

function expect(what: string, expected: number, found: number): void {
  if (expected !== found) wrong++;
  console.log(`${expected === found ? 'ok   ' : 'WRONG'} ${what.padEnd(58)} ${found}`);
}
