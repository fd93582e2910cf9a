// `npm run check:uploads`: every boundary file of the real data gives the right layer or the right refusal, printed as a
// table and compared with ogr2ogr; the same neighbourhoods come out the same from every format.
// The data lie beside the project (../shared/data, or CUADRA_REAL_DATA); without them this says so and ends well.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { sql } from 'kysely';
import { type Jurisdiction, STAFF } from '../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../server/access/jurisdictions.ts';
import { type Database, openDatabase } from '../server/db/open.ts';
import { BadInput } from '../server/errors.ts';
import { placeLayer } from '../server/geocoding/placement.ts';
import { type Preview, type UploadType, uploadChoices } from '../server/layers/contract.ts';
import { findStoredLayer, readChecks } from '../server/layers/history.ts';
import { importLimit } from '../server/layers/limit.ts';
import { importAreas } from '../server/publishing/load-layer.ts';
import { previewFile } from '../server/publishing/preview.ts';
import { quietLog } from './support/log.ts';
import { startCluster } from './support/postgres.ts';
import { REAL_DATA, realFile } from './support/real-data.ts';

const FOLDER = 'uploads';
const FOLDERS = [FOLDER, 'bath', 'cdmx', 'streets-mx'];
/** Of the whole area; repairing and reprojecting in another order costs less. */
const AREA_TOLERANCE = 1e-6;
const NOTHING_CHOSEN = { sourceLayer: null, crs: null };
const REFERENCE = 'cdmx/colonias_iecm.gpkg';
const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };
/** Of what is no plain layer in a known place: what must come of it. Files not named here must give all features. */
const EXPECTED: readonly (readonly [RegExp, RegExp])[] = [
  [/badzip\.zip$/, /^refused file: the archive cannot be read/],
  [/noshp\.zip$/, /^refused file: the shapefile counties lacks its \.shp/],
  [/(no-dbf|empty-shp)\.zip$|noname\.kml$/, /problem numbered: the (features|shapefile)/],
  [/32614_noprj_nocpg_latin1/, /EPSG:32614 guess/],
  [/SHP_Exclude|htmlprj/, /EPSG:4326 guess/],
  // GDAL takes two placemarks of one folder for one.
  [/twopoints\.kml$/, /^points 2 of 2/],
  [/selfclosing\.kml$/, /^refused type: .* holds no usable/],
  [/_wkt\.csv$/, /EPSG:4326 guess/],
  [/nogeomplacemark\.kml$/, /^refused type: .* holds no usable/],
  [/(gxmultitrack|multitrack|gxtrack|non_gx_multitrack)\.kml$/, /^streets|^points/],
];

if (realFile(FOLDER) === null || realFile(REFERENCE) === null) {
  console.log(`check:uploads skipped: no real data at ${REAL_DATA} (CUADRA_REAL_DATA names another folder)`);
  process.exit(0);
}

const cluster = await startCluster();
const scratch = mkdtempSync(join(tmpdir(), 'cuadra-uploads-'));
const database = await openDatabase({ databaseUrl: cluster.url, dataDir: scratch, log: quietLog });
let failures = 0;
try {
  const city = await mexicoCity(database);
  await sameEverywhere(database, city);
  await repairedLikeByHand(database, city);
  await everyFile(database, city);
} finally {
  await database.close();
  await cluster.stop();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(failures === 0 ? 'check:uploads: all as expected' : `check:uploads: ${failures} not as expected`);
process.exitCode = failures === 0 ? 0 : 1;

function judge(ok: boolean, text: string): void {
  if (!ok) failures += 1;
  console.log(`${ok ? 'ok    ' : 'WRONG '} ${text}`);
}

async function mexicoCity(on: Database): Promise<Jurisdiction> {
  const added = { code: 'cdmx', name: 'Ciudad de México', timezone: 'America/Mexico_City', srid: null };
  await importLimit(
    on,
    await addJurisdiction(on, STAFF, added),
    join(REAL_DATA, 'cdmx/alcaldias_limite.geojson'),
    AS_THE_FILE_SAYS,
  );
  return findJurisdiction(on, STAFF, 'cdmx');
}

async function everyFile(on: Database, city: Jurisdiction): Promise<void> {
  const inFolder = (folder: string) =>
    readdirSync(join(REAL_DATA, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  for (const [index, path] of FOLDERS.flatMap(inFolder).sort().entries()) {
    // The other parts of loose shapefiles and the schema of a GML are read with them; tables are no maps.
    if (['', '.shx', '.dbf', '.prj', '.qpj', '.cpg', '.xsd', '.gz'].includes(extname(path))) continue;
    if (/\.(csv|json)$/.test(path) && !path.startsWith(FOLDER)) continue;
    const file = join(REAL_DATA, path);
    const began = performance.now();
    const outcome = await outcomeOf(on, city, file);
    const ms = Math.round(performance.now() - began);
    const gdal = countByOgr(file);
    const expected = EXPECTED.find(([name]) => name.test(path))?.[1];
    const whole = gdal === null || outcome.read === gdal;
    const area = await areasAgree(on, city, file, outcome.areas, `file${index}`);
    const ok = (expected ? expected.test(outcome.text) : outcome.read !== null && whole) && area.ok;
    judge(ok, `${path} → ${outcome.text} (${ms} ms; ogr2ogr reads ${gdal ?? 'nothing'}${area.text})`);
  }
}

/** Areas of the file as they would be stored, against those ogr2ogr gives, both in an equal-area projection. */
async function areasAgree(
  on: Database,
  city: Jurisdiction,
  file: string,
  seen: Preview | null,
  layer: string,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  if (seen === null || seen.problem !== null) return { ok: true, text: '' };
  const crs = seen.crs.from === 'guess' ? seen.crs.used.code : null;
  const sourceLayer = seen.layers.length > 1 ? seen.sourceLayer : null;
  const theirs = areaByOgr(file, { sourceLayer, crs });
  // An unclosed ring, which we close, has no area there; nor has what it cannot open.
  if (!Number.isFinite(theirs)) return { ok: true, text: '; its areas not compared: ogr2ogr gives none' };
  const columns = { code: seen.use.code, name: null, population: null, only: null };
  const options = { ...AS_THE_FILE_SAYS, ...columns, crs, sourceLayer, layer, title: null, type: 'areas' } as const;
  await importAreas({ database: on, placeLayer }, city, file, options, () => {});
  const ours = await sumKm2(on, city, layer);
  const differs = Math.abs(ours - theirs) / theirs;
  const text = `; ${ours.toPrecision(7)} km², ogr2ogr ${theirs.toPrecision(7)}`;
  return { ok: differs < AREA_TOLERANCE, text };
}

type Outcome = { readonly text: string; readonly read: number | null; readonly areas: Preview | null };

/** As areas, else as streets, else as points. */
async function outcomeOf(on: Database, city: Jurisdiction, path: string): Promise<Outcome> {
  let refusal: Outcome = { text: '', read: null, areas: null };
  for (const type of ['areas', 'streets', 'points'] satisfies UploadType[]) {
    try {
      const seen = await previewFile(on, city, path, uploadChoices.parse({ type }));
      const { read, features, crs, checks, problem, layers } = seen;
      const where = `${crs.used.code ? `EPSG:${crs.used.code}` : crs.used.name || 'unnamed CRS'} ${crs.from}`;
      const found = checks.map(({ code, count }) => `${code} ${count}`).join(', ');
      const several = layers.length > 1 ? `, layers ${layers.map(({ name }) => name).join(' ')}` : '';
      const open = problem ? `; problem ${problem.parameter}: ${problem.detail.slice(0, 80)}` : '';
      const text = `${type} ${features} of ${read}, ${where}${several}; ${found || 'no findings'}${open}`;
      return { text, read, areas: type === 'areas' ? seen : null };
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      if (refusal.text === '')
        refusal = { text: `refused ${error.parameter}: ${error.message}`, read: null, areas: null };
      if (error.parameter !== 'type') return refusal;
    }
  }
  return refusal;
}

/** Features of the first layer as GDAL itself reads it, or null where it does not. */
function countByOgr(path: string): number | null {
  const source = path.endsWith('.zip') ? `/vsizip/${path}` : path;
  const target = join(scratch, 'count.geojsonl');
  rmSync(target, { force: true });
  const layers = run('ogrinfo', ['-ro', '-q', source])
    .split('\n')
    .flatMap((line) => /^\d+: (.+?)(?: \([^)]*\))?$/.exec(line)?.[1] ?? []);
  if (layers[0] === undefined) return null;
  const listed = run('ogrinfo', ['-ro', '-so', source, layers[0]]);
  const count = /^Feature Count: (\d+)$/m.exec(listed)?.[1];
  return count === undefined || layers.length > 1 ? null : Number(count);
}

function run(command: string, args: readonly string[]): string {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e9 });
  return stdout ?? '';
}

async function sameEverywhere(on: Database, city: Jurisdiction): Promise<void> {
  const load = (layer: string, path: string, choice: { crs?: number; sourceLayer?: string; encoding?: string } = {}) =>
    importAreas(
      { database: on, placeLayer },
      city,
      path,
      {
        ...AS_THE_FILE_SAYS,
        ...choice,
        layer,
        title: null,
        type: 'areas',
        code: 'CVEUT',
        name: 'NOMUT',
        population: null,
      },
      () => {},
    );
  const reference = await load('reference', join(REAL_DATA, REFERENCE));
  judge(
    reference.stored === 1814,
    `${REFERENCE}: ${reference.stored} areas, ogr2ogr reads ${countByOgr(join(REAL_DATA, REFERENCE))}`,
  );
  const ours = (await sumKm2(on, city, 'reference')).toFixed(4);
  const theirs = areaByOgr(join(REAL_DATA, REFERENCE)).toFixed(4);
  judge(ours === theirs, `${REFERENCE}: ${ours} km² in EPSG:6933, ogr2ogr ${theirs} km²`);
  const files: [string, Parameters<typeof load>[2]?][] = [
    ['colonias_6372_latin1.zip'],
    ['colonias_3857.zip'],
    ['colonias_32614_utf8.zip'],
    ['colonias_32614_noprj_nocpg_latin1.zip', { crs: 32614 }],
    ['two_layers_nested.zip', { sourceLayer: 'colonias' }],
    ['colonias.kml'],
    ['colonias.kmz'],
    ['colonias.fgb'],
    ['colonias.geojsonl'],
  ];
  for (const [index, [file, choice]] of files.entries()) {
    const report = await load(`l${index}`, join(REAL_DATA, FOLDER, 'cdmx-derived', file), choice);
    const { rows } = await sql<{ shared: number; names: number; share: number }>`
      select count(*)::int as shared, count(*) filter (where a.name <> b.name)::int as names,
        sum(ST_Area(ST_SymDifference(a.geom, b.geom)::geography)) / sum(ST_Area(a.geom::geography)) as share
      from area a join layer la on la.jurisdiction_id = a.jurisdiction_id and la.layer_id = a.layer_id and la.code = 'reference'
      join area b on b.jurisdiction_id = a.jurisdiction_id and b.code = a.code
      join layer lb on lb.jurisdiction_id = b.jurisdiction_id and lb.layer_id = b.layer_id and lb.code = ${`l${index}`}
      where a.jurisdiction_id = ${city.id}`.execute(on.db);
    const { shared, names, share } = rows[0]!;
    const ok = shared === report.stored && names === 0 && share < 1e-4 && report.stored + report.rejected === 1814;
    const lost = report.rejected ? `, ${report.rejected} without geometry` : '';
    judge(
      ok,
      `${file}: ${report.stored} areas${lost}, other names ${names}, differs by ${(share * 100).toExponential(1)} %`,
    );
  }
}

async function sumKm2(on: Database, { id }: Jurisdiction, layer: string): Promise<number> {
  const { rows } = await sql<{ km2: number }>`
    select sum(ST_Area(ST_Transform(a.geom, 6933))) / 1e6 as km2 from area a
    join layer l on l.jurisdiction_id = a.jurisdiction_id and l.layer_id = a.layer_id
    where a.jurisdiction_id = ${id} and l.code = ${layer}`.execute(on.db);
  return rows[0]!.km2;
}

function areaByOgr(
  path: string,
  { sourceLayer, crs }: { readonly sourceLayer: string | null; readonly crs: number | null } = NOTHING_CHOSEN,
): number {
  const target = join(scratch, 'area.gpkg');
  rmSync(target, { force: true });
  const source = path.endsWith('.zip') ? `/vsizip/${path}` : path;
  const chosen = [...(crs === null ? [] : ['-s_srs', `EPSG:${crs}`]), '-oo', 'GEOM_POSSIBLE_NAMES=WKT,wkt,geom'];
  const layers = sourceLayer === null ? [] : [sourceLayer];
  const how = ['-t_srs', 'EPSG:6933', '-makevalid', '-nlt', 'GEOMETRY', '-nln', 'a'];
  run('ogr2ogr', [...how, ...chosen, target, source, ...layers]);
  const [, m2 = ''] =
    /area \(Real\) = ([\d.e+]+)/.exec(
      run('ogrinfo', ['-ro', '-q', '-dialect', 'OGRSQL', '-sql', 'select sum(OGR_GEOM_AREA) as area from a', target]),
    ) ?? [];
  // Where GDAL's own writer fails there is nothing to compare with.
  return Number(m2) > 0 ? Number(m2) / 1e6 : Number.NaN;
}

/** The file of 2013 with its faults, repaired here, against the same file repaired by hand. */
async function repairedLikeByHand(on: Database, city: Jurisdiction): Promise<void> {
  const load = (layer: string, file: string) =>
    importAreas(
      { database: on, placeLayer },
      city,
      join(REAL_DATA, FOLDER, 'cuadrantes-2013-dirty', file),
      { ...AS_THE_FILE_SAYS, layer, title: null, type: 'areas', code: 'id', name: null, population: null },
      () => {},
    );
  const dirty = await load('dirty', 'cuadrantes-sspdf.shp');
  const clean = await load('clean', 'cuadrantes-sspdf-no-errors.shp');
  judge(
    dirty.stored === clean.stored,
    `cuadrantes-2013: ${dirty.stored} areas, ${dirty.repaired} repaired; by hand ${clean.stored}`,
  );
  // The hand that repaired also gave some beats other codes, so each is compared with the one it lies on.
  const { rows } = await sql<{ code: string; twin: string; m2: number; share: number }>`
    select a.code, b.code as twin, ST_Area(ST_SymDifference(a.geom, b.geom)::geography) as m2,
      ST_Area(ST_SymDifference(a.geom, b.geom)::geography) / ST_Area(b.geom::geography) as share
    from area a join layer la on la.jurisdiction_id = a.jurisdiction_id and la.layer_id = a.layer_id and la.code = 'dirty'
    join layer lb on lb.jurisdiction_id = a.jurisdiction_id and lb.code = 'clean'
    cross join lateral (
      select c.code, c.geom from area c
      where c.jurisdiction_id = lb.jurisdiction_id and c.layer_id = lb.layer_id and c.geom && a.geom
      order by ST_Area(ST_Intersection(c.geom, a.geom)) desc limit 1
    ) b
    where a.jurisdiction_id = ${city.id} order by m2 desc`.execute(on.db);
  const checks = await readChecks(on, city, await findStoredLayer(on, city, 'dirty'), 1);
  const repaired = checks.find(({ code }) => code === 'geometry-repaired')?.items.map(({ code }) => code) ?? [];
  // The hand also took overlaps away, which we report and leave: those explain what differs by as much.
  const overlaps = checks.find(({ code }) => code === 'overlap')?.items ?? [];
  const isOverlap = ({ code, m2 }: { readonly code: string; readonly m2: number }) =>
    overlaps.some((item) => [item.code, item.detail].includes(code) && Math.abs(item.areaM2! - m2) < m2 / 100);
  const astray = rows.filter((row) => repaired.includes(row.code) && row.share > 0.01 && !isOverlap(row));
  judge(
    astray.length === 0,
    `cuadrantes-2013: ${repaired.length - astray.length} of ${repaired.length} repaired agree within 1 %, or but for an overlap reported`,
  );
  const different = rows.filter(({ code, twin, m2 }) => m2 >= 1 || code !== twin);
  console.log(`cuadrantes-2013: ${different.length} areas differ by 1 m² or more, or in their code`);
  for (const { code, twin, m2, share } of different) {
    const other = code === twin ? '' : ` (there ${twin})`;
    const how = repaired.includes(code) ? ', repaired here' : '';
    console.log(`       ${code}${other}: ${Math.round(m2)} m², ${(share * 100).toFixed(3)} %${how}`);
  }
}
