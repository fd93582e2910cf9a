// `npm run check:real [-- --embedded]`: loads the real Mexico City and Bath and compares with what is known of them.
// The data lie beside the project (../shared/data, or CUADRA_REAL_DATA); without them this says so and ends well.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { JurisdictionRow } from '../server/access/contract.ts';
import type { CountsAnswer, SeriesAnswer } from '../server/counts/contract.ts';
import { openDatabase } from '../server/db/open.ts';
import type { IncidentsReport } from '../server/incidents/import.ts';
import type { FeatureRow } from '../server/layers/contract.ts';
import { type Home, reportOf } from './support/cli.ts';
import { quietLog } from './support/log.ts';
import { type Cluster, startCluster } from './support/postgres.ts';
import { CDMX_INCIDENTS, importCdmxIncidents, loadCdmxLayers, REAL_DATA, realFile } from './support/real-data.ts';
import { everySet, revisionOfAll } from './support/real-sets.ts';
import { startServer } from './support/server.ts';

const BATH_MONTHS = ['2018-10', '2018-11', '2018-12', '2019-01', '2019-02'];
const BATH_STREETS = 'bath/banes_os_roads.geojson';
const BATH_WARDS = 'bath/banes_ons_census_2011_ward.geojson';

/** `expected` null = reported, not judged. */
type Finding = { readonly what: string; readonly expected: string | null; readonly found: string };

const embedded = process.argv.includes('--embedded');
const findings: Finding[] = [];
const note = (what: string, expected: unknown, found: unknown) =>
  findings.push({ what, expected: expected === null ? null : String(expected), found: String(found) });

if (realFile(CDMX_INCIDENTS) === null || realFile(BATH_STREETS) === null) {
  console.log(`check:real skipped: no real data at ${REAL_DATA} (CUADRA_REAL_DATA names another folder)`);
  process.exit(0);
}

const cluster: Cluster | null = embedded ? null : await startCluster({ shared_buffers: '512MB', max_wal_size: '4GB' });
const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-real-'));
const home: Home = { dataDir, databaseUrl: cluster?.url ?? null };
try {
  await timed('every set, by its layout alone', () => everySet(home, note));
  await mexicoCity();
  const revision = await timed('Mexico City, a revision and its undo', () => revisionOfAll(home, note, dataDir));
  await bath();
  await throughTheApi(revision.rows);
  await streetNames();
} finally {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
report();

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.error(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

async function mexicoCity(): Promise<void> {
  await timed('Mexico City, three layers', () => loadCdmxLayers(home));
  const { read, stored, rejected, placed, outside } = await timed('Mexico City, incidents', () =>
    importCdmxIncidents(home),
  );
  note('cdmx: rows read', 1_302_640, read);
  note('cdmx: rows stored', 1_302_640, stored);
  note('cdmx: rows rejected', 0, rejected);
  for (const [layer, percent] of [
    ['alcaldias', '99.94'],
    ['colonias', '99.88'],
    ['cuadrantes', '99.68'],
  ] as const) {
    const inside = placed[layer] ?? 0;
    note(`cdmx: % of the points in ${layer}`, percent, ((100 * inside) / (inside + (outside[layer] ?? 0))).toFixed(2));
  }
  const again = await timed('Mexico City, the same file again', () => importCdmxIncidents(home));
  note('cdmx: again, rows stored', 0, again.stored);
  note('cdmx: again, rows unchanged', 1_302_640, again.unchanged);
}

async function bath(): Promise<void> {
  const into = ['--jurisdiction', 'bath'];
  await reportOf(home, [
    'jurisdiction',
    'add',
    'bath',
    '--name',
    'Bath and North East Somerset',
    '--timezone',
    'Europe/London',
  ]);
  await timed('Bath, streets', () =>
    reportOf(home, ['import', 'streets', join(REAL_DATA, BATH_STREETS), ...into, '--name', 'distname']),
  );
  await timed('Bath, wards', () =>
    reportOf(home, ['import', 'areas', join(REAL_DATA, BATH_WARDS), '--layer', 'wards', ...into]),
  );
  let stored = 0;
  for (const month of BATH_MONTHS) {
    const file = join(REAL_DATA, `bath/${month}-avon-and-somerset-street.csv.gz`);
    const of = await reportOf<IncidentsReport>(home, ['import', 'incidents', file, ...into]);
    stored += of.stored;
  }
  note('bath: rows stored of five files', 69_096, stored);
}

async function throughTheApi(revisedRows: number): Promise<void> {
  const server = await startServer(home);
  const ask = async <T>(path: string) => (await (await fetch(`${server.origin}/api/v1/${path}`)).json()) as T;
  const jurisdictions = await ask<JurisdictionRow[]>('jurisdictions');
  const cdmx = jurisdictions.find(({ code }) => code === 'cdmx');
  note('cdmx: data through', '2024-12-31', Object.values(cdmx?.through.incident ?? {}).join(' '));
  const opening = await ask<CountsAnswer>('cdmx/counts?layer=colonias&period=12m');
  note('cdmx: the opening period', '2024-01-01 – 2025-01-01', `${opening.from} – ${opening.until}`);
  note('cdmx: incidents in it', null, opening.totals.matched);
  const asOf = async (delivery: number) => {
    const { buckets } = await ask<SeriesAnswer>(`cdmx/series?step=month&asOf=${delivery}`);
    return buckets.reduce((sum, { count }) => sum + count, 0);
  };
  const [first, revised, undone] = [await asOf(1), await asOf(2), await asOf(3)];
  note('cdmx: as of the first delivery', 1_302_640, first);
  note('cdmx: as of the revision', revisedRows, revised);
  note('cdmx: as of the undo', 1_302_640, undone);

  const wards = await ask<CountsAnswer>('bath/counts?layer=wards');
  note('bath: incidents kept', 69_096, wards.totals.matched);
  note('bath: incidents in a ward', 5_687, wards.totals.mapped);
  const { features } = await ask<{ features: readonly FeatureRow[] }>('bath/layers/wards/features');
  const abbey = features.find(({ name }) => name === 'Abbey');
  note('bath: incidents in Abbey', 1_229, wards.counts[wards.ids.indexOf(abbey?.id ?? '')]);
  const streets = await ask<CountsAnswer>('bath/counts?layer=streets');
  note('bath: incidents on a street', null, streets.totals.mapped);
  await server.stop();
  server.assertLogClean();
}

/** Of the incidents in the wards whose Location is the name of a street, how many were placed on a segment of that name; road numbers apart. */
async function streetNames(): Promise<void> {
  const database = await openDatabase({ ...home, log: quietLog });
  const { rows } = await sql<{ named: number; right: number }>`
    with bath as (select jurisdiction_id from jurisdiction where code = 'bath'),
    layers as (select l.* from layer l join bath using (jurisdiction_id)),
    segments as (
      select s.place_id, s.name from segment s
      join layers l on l.jurisdiction_id = s.jurisdiction_id and l.layer_id = s.layer_id and l.current_version = s.version
    ),
    placed as (
      select l.code as layer, p.first_incident_id + u.at - 1 as incident_id, u.place_id from placement p
      join layers l on l.jurisdiction_id = p.jurisdiction_id and l.layer_id = p.layer_id and l.current_version = p.version
      cross join unnest(p.place_ids) with ordinality as u (place_id, at)
      where u.place_id > 0
    ),
    named as (
      select i.incident_id, regexp_replace(t.text, '^On or near ', '') as name
      from incident i join bath using (jurisdiction_id)
      join place_text t on t.jurisdiction_id = i.jurisdiction_id and t.place_text_id = i.place_text_id
    )
    select count(*)::int as named, count(*) filter (where s.name = n.name)::int as right
    from named n join placed w on w.incident_id = n.incident_id and w.layer = 'wards'
    left join placed p on p.incident_id = n.incident_id and p.layer = 'streets'
    left join segments s on s.place_id = p.place_id
    where n.name in (select name from segments) and n.name !~ '^[AB][0-9]+$'`.execute(database.db);
  await database.close();
  const { named = 0, right = 0 } = rows[0] ?? {};
  note('bath: in a ward, Location is a street name', 4_359, named);
  note('bath: of these on a segment of that name', null, `${right} (${((100 * right) / named).toFixed(1)} %)`);
}

function report(): void {
  const wrong = findings.filter(({ expected, found }) => expected !== null && expected !== found);
  for (const { what, expected, found } of findings) {
    const verdict = expected === null ? '      ' : expected === found ? 'ok    ' : 'WRONG ';
    console.log(`${verdict}${what.padEnd(52)} ${found}${verdict === 'WRONG ' ? `, expected ${expected}` : ''}`);
  }
  console.log(`${findings.length - wrong.length} as known, ${wrong.length} not`);
  process.exitCode = wrong.length ? 1 : 0;
}
