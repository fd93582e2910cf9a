// Map files: preview of 1,814 neighbourhoods from each format against ogr2ogr, and publishing against one UPDATE.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, findJurisdiction } from '../../server/access/jurisdictions.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { uploadChoices } from '../../server/layers/contract.ts';
import type { Check } from '../../server/mapfiles/contract.ts';
import { importAreas } from '../../server/publishing/load-layer.ts';
import { previewFile } from '../../server/publishing/preview.ts';
import { REAL_DATA } from '../support/real-data.ts';
import { CITY } from './city.ts';
import {
  type BenchContext,
  type BenchLine,
  interleave,
  line,
  missingLine,
  NO_POSTGIS,
  spreadOf,
  timeMs,
} from './contract.ts';

const FOLDER = join(REAL_DATA, 'uploads/cdmx-derived');
/** File, and what must be said of it beside. */
const FILES: readonly (readonly [file: string, crs: number | null])[] = [
  ['colonias_6372_latin1.zip', null],
  ['colonias_32614_noprj_nocpg_latin1.zip', 32614],
  ['colonias.kml', null],
  ['colonias.kmz', null],
  ['colonias.fgb', null],
  ['colonias.geojsonl', null],
  ['colonias_32614.geojson', null],
  ['../../cdmx/colonias_iecm.gpkg', null],
];
const COLONIAS = 1814;
const BEATS = 847;
const PREVIEW_ROUNDS = 5;
/** At most four times as long as ogr2ogr. */
const PREVIEW_TARGET = 0.25;
const PUBLISH_ROUNDS = 3;
const PUBLISH_TARGET = 10;

/** Ours: read, checked for faults, overlaps and gaps, and drawn. Theirs: turned into GeoJSON. */
async function previews({ say, emptyDatabase, scratch }: BenchContext): Promise<BenchLine[]> {
  const absent = (why: string) => FILES.map(([file]) => missingLine(`upload preview ${basename(file)}`, COLONIAS, why));
  if (!existsSync(FOLDER)) return absent('the real data are not there');
  if (spawnSync('ogr2ogr', ['--version']).status !== 0) return absent('ogr2ogr is not installed');
  const databaseUrl = await emptyDatabase();
  if (databaseUrl === null) return absent(NO_POSTGIS);
  const folder = scratch();
  const database = await openDatabase({ databaseUrl, dataDir: folder, log: pino({ level: 'silent' }) });
  try {
    const added = { code: 'cdmx', name: 'Ciudad de México', timezone: 'America/Mexico_City', srid: null };
    const city = await addJurisdiction(database, STAFF, added);
    const lines: BenchLine[] = [];
    for (const [file, crs] of FILES) {
      say(`previewing ${file}`);
      const path = join(FOLDER, file);
      const choices = uploadChoices.parse({ type: 'areas', crs });
      const { read } = await previewFile(database, city, path, choices);
      // By its name it holds the neighbourhoods as well; it holds the police beats.
      const expected = file === 'colonias_32614.geojson' ? BEATS : COLONIAS;
      if (read !== expected) throw new Error(`${file}: read ${read} of ${expected}`);
      const target = join(folder, 'theirs.geojson');
      const theirs = async () => {
        rmSync(target, { force: true });
        const source = file.endsWith('.zip') ? `/vsizip/${path}` : path;
        const srs = crs === null ? [] : ['-s_srs', `EPSG:${crs}`];
        const { status } = spawnSync('ogr2ogr', ['-f', 'GeoJSON', '-t_srs', 'EPSG:4326', ...srs, target, source]);
        if (status !== 0) throw new Error(`ogr2ogr cannot read ${file}`);
      };
      const times = await interleave(PREVIEW_ROUNDS, () => previewFile(database, city, path, choices), theirs);
      const name = `upload preview ${basename(file)}`;
      const note = 'ours: read, checked and drawn, the reader being warm as after the first upload; at most 10 s';
      lines.push(line({ name, rows: read, baseline: 'ogr2ogr', unit: 'ms', ...times, target: PREVIEW_TARGET, note }));
    }
    return lines;
  } finally {
    await database.close();
  }
}

/**
 * Ours: the whole import of a new layer, incidents placed. Theirs: one UPDATE of a table of points, made anew for every
 * round, with the index of the areas ready.
 */
async function publishing(context: BenchContext, cdmx: boolean): Promise<BenchLine[]> {
  const { say, scratch } = context;
  const name = `upload publish and re-place${cdmx ? ' (real CDMX)' : ''}`;
  const loaded = cdmx ? await context.cdmx() : null;
  const home = cdmx ? loaded?.home : await context.city();
  if (!home) return [missingLine(name, context.rows, cdmx ? 'no real data or no PostGIS' : NO_POSTGIS)];
  const [code, layer] = cdmx ? ['cdmx', 'colonias'] : [CITY, 'areas'];
  const database = await openDatabase({ ...home, log: pino({ level: 'silent' }) });
  const client = new pg.Client({ connectionString: home.databaseUrl! });
  try {
    await client.connect();
    const jurisdiction = await findJurisdiction(database, STAFF, code);
    const folder = scratch();
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'areas.geojson');
    writeFileSync(path, await areasAsGeojson(client, jurisdiction.id, layer));
    await client.query(`
      drop schema if exists bench_upload cascade;
      create schema bench_upload;
      create table bench_upload.area as
        select place_id, geom from area where jurisdiction_id = ${jurisdiction.id} and version = 1
          and layer_id = (select layer_id from layer where jurisdiction_id = ${jurisdiction.id} and code = '${layer}');
      create index on bench_upload.area using gist (geom);
      analyze bench_upload.area`);
    const choices = uploadChoices.parse({ type: 'areas', code: 'code', name: 'name' });
    const { checks } = await previewFile(database, jurisdiction, path, choices);
    const ours: number[] = [];
    const theirs: number[] = [];
    let updated = 0;
    for (let round = 0; round <= PUBLISH_ROUNDS; round++) {
      say(`publishing and placing, round ${round} of ${PUBLISH_ROUNDS}`);
      ours.push(await timeMs(() => publish(database, code, path, `bench${round}`, checks)));
      await client.query(`
        drop table if exists bench_upload.point;
        create table bench_upload.point as
          select incident_id, ST_SetSRID(ST_MakePoint(lon, lat), 4326) as geom, null::int as place_id from incident
          where jurisdiction_id = ${jurisdiction.id} and lon is not null`);
      await client.query('vacuum analyze bench_upload.point');
      const update = async () => {
        const { rowCount } = await client.query(
          'update bench_upload.point p set place_id = a.place_id from bench_upload.area a where ST_Intersects(a.geom, p.geom)',
        );
        updated = rowCount ?? 0;
      };
      theirs.push(await timeMs(update));
    }
    const { rows } = await client.query<{ points: number }>('select count(*)::int as points from bench_upload.point');
    const note = `${updated} of ${rows[0]!.points} rows updated; ours, previewed before, reads, checks, stores and places`;
    const sides = { ours: spreadOf(ours.slice(1)), theirs: spreadOf(theirs.slice(1)) };
    const subject = { name, rows: rows[0]!.points, baseline: 'UPDATE … ST_Intersects', unit: 'ms' };
    return [line({ ...subject, ...sides, target: PUBLISH_TARGET, note })];
  } finally {
    await client.query('drop schema if exists bench_upload cascade').catch(() => {});
    await client.end();
    await database.close();
  }
}

/** As the page does it: after a preview, which has looked for overlaps and gaps. */
async function publish(
  database: Database,
  code: string,
  path: string,
  layer: string,
  shown: readonly Check[],
): Promise<void> {
  const jurisdiction = await findJurisdiction(database, STAFF, code);
  const choices = { sourceLayer: null, crs: null, encoding: null, code: 'code', name: 'name', population: null };
  const options = { ...choices, layer, title: null, type: 'areas' } as const;
  await importAreas({ database, placeLayer }, jurisdiction, path, options, () => {}, { shown });
}

async function areasAsGeojson(client: pg.Client, id: number, layer: string): Promise<string> {
  const { rows } = await client.query<{ feature: string }>(
    `select json_build_object('type', 'Feature', 'properties', json_build_object('code', code, 'name', name),
       'geometry', ST_AsGeoJSON(geom, 15)::json)::text as feature
     from area where jurisdiction_id = $1 and version = 1
       and layer_id = (select layer_id from layer where jurisdiction_id = $1 and code = $2)`,
    [id, layer],
  );
  return `{"type":"FeatureCollection","features":[${rows.map(({ feature }) => feature).join(',')}]}`;
}

export const bench = async (context: BenchContext): Promise<BenchLine[]> => [
  ...(await previews(context)),
  ...(await publishing(context, false)),
  ...(await publishing(context, true)),
];
