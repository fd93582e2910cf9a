// Placing points in areas and on street segments, against the SQL that does the same with spatial indexes.

import pg from 'pg';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { openDatabase } from '../../server/db/open.ts';
import { keptLayers } from '../../server/placing/load.ts';
import type { LayerVersion } from '../../server/placing/packed-places.ts';
import { openPlacerOf, type Placer } from '../../server/placing/place.ts';
import { STREET_REACH_M, TIE_M } from '../../server/placing/segment-index.ts';
import { quietLog } from '../support/log.ts';
import { CITY } from './city.ts';
import { type BenchContext, type BenchLine, interleave, line, missingLine, NO_POSTGIS } from './contract.ts';

const NAME = 'placing';
/** SQL needs about 10 s for so many nearest segments; the rate does not depend on how many there are. */
const MOST_POINTS = 100_000;
const ROUNDS = 3;
const TARGET = 10;

/** Each point's place, 0 for none, in the order of the points. */
const COVERS = `select coalesce((select min(place_id) from bench_placing.area where ST_Covers(geom, point.geom)), 0) as place_id
  from bench_placing.point order by i`;
const NEAREST = `select case when metres <= ${STREET_REACH_M} then place_id else 0 end as place_id
  from bench_placing.point cross join lateral (
    select place_id, ST_Distance(segment.geom, point.metric) as metres
    from bench_placing.segment order by segment.geom <-> point.metric limit 1
  ) as nearest order by i`;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const home = await context.city();
  if (home?.databaseUrl == null) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const database = await openDatabase({ ...home, log: quietLog });
  const client = new pg.Client({ connectionString: home.databaseUrl });
  await client.connect();
  try {
    const jurisdiction = await findJurisdiction(database, STAFF, CITY);
    const layers = await keptLayers(database, jurisdiction.id);
    const layer = (type: LayerVersion['type']) => layers.find((each) => each.type === type)!;
    context.say('building the tables of the baselines');
    await prepareTables(client, jurisdiction.id, jurisdiction.srid, layer('areas'), layer('streets'));
    const points = await readPoints(client);
    const inAreas = await openPlacerOf(database, jurisdiction, [layer('areas')]);
    const onStreets = await openPlacerOf(database, jurisdiction, [layer('streets')]);
    try {
      return [
        await measure('areas', 'SQL ST_Covers, serial', client, COVERS, inAreas, points),
        await measure('streets', 'SQL <-> LIMIT 1, serial', client, NEAREST, onStreets, points),
      ];
    } finally {
      await inAreas.close();
      await onStreets.close();
    }
  } finally {
    await client.query('drop schema if exists bench_placing cascade');
    await client.end();
    await database.close();
  }
}

async function prepareTables(client: pg.Client, id: number, srid: number, areas: LayerVersion, streets: LayerVersion) {
  const of = ({ layerId, version }: LayerVersion) =>
    `where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version}`;
  await client.query(`
    set max_parallel_workers_per_gather = 0;
    drop schema if exists bench_placing cascade;
    create schema bench_placing;
    create table bench_placing.point as
      select row_number() over () as i, lon, lat, geom, ST_Transform(geom, ${srid}) as metric
      from (
        select lon, lat, ST_SetSRID(ST_MakePoint(lon, lat), 4326) as geom from incident
        where jurisdiction_id = ${id} and lon is not null order by incident_id limit ${MOST_POINTS}
      ) as located;
    create table bench_placing.area as select place_id, geom from area ${of(areas)};
    create index on bench_placing.area using gist (geom);
    create table bench_placing.segment as select place_id, ST_Transform(geom, ${srid}) as geom from segment ${of(streets)};
    create index on bench_placing.segment using gist (geom)`);
  for (const table of ['point', 'area', 'segment']) await client.query(`vacuum analyze bench_placing.${table}`);
}

type Points = { readonly lon: Float64Array; readonly lat: Float64Array };

async function readPoints(client: pg.Client): Promise<Points> {
  const { rows } = await client.query<{ lon: number; lat: number }>(
    'select lon, lat from bench_placing.point order by i',
  );
  return { lon: Float64Array.from(rows, ({ lon }) => lon), lat: Float64Array.from(rows, ({ lat }) => lat) };
}

async function measure(
  type: LayerVersion['type'],
  baseline: string,
  client: pg.Client,
  statement: string,
  placer: Placer,
  { lon, lat }: Points,
): Promise<BenchLine> {
  const ours = () => placer.place(lon, lat);
  const theirs = () => client.query<{ place_id: number }>(statement);
  const [placed] = await ours();
  const { rows } = await theirs();
  const differing = rows.flatMap(({ place_id }, i) =>
    place_id === placed!.placeIds[i] ? [] : [{ i: i + 1, ours: placed!.placeIds[i]!, theirs: place_id }],
  );
  const ties = type === 'streets' ? await countTies(client, differing) : 0;
  if (rows.length !== lon.length || differing.length > ties) {
    throw new Error(`answers differ for ${differing.length - ties} of ${rows.length} points (${type})`);
  }
  const times = await interleave(ROUNDS, ours, theirs);
  const pointsPerSecond = Math.round((rows.length / times.ours.median) * 1000);
  const note = `${pointsPerSecond.toLocaleString('en')} points/s${ties ? `; ${ties} ties go to the lowest id` : ''}`;
  return line({ name: `${NAME} ${type}`, rows: rows.length, baseline, unit: 'ms', ...times, target: TARGET, note });
}

type Difference = { readonly i: number; readonly ours: number; readonly theirs: number };

/** `<->` takes any of several nearest segments, we the lowest id: how many of the differences are such ties. */
async function countTies(client: pg.Client, differing: readonly Difference[]): Promise<number> {
  const { rows } = await client.query<{ ties: number }>(
    `select count(*)::int as ties from unnest($1::int[], $2::int[], $3::int[]) as d (i, ours, theirs)
     join bench_placing.point using (i)
     join bench_placing.segment a on a.place_id = d.ours
     join bench_placing.segment b on b.place_id = d.theirs
     where abs(ST_Distance(a.geom, metric) - ST_Distance(b.geom, metric)) <= ${TIE_M}`,
    [differing.map(({ i }) => i), differing.map(({ ours }) => ours), differing.map(({ theirs }) => theirs)],
  );
  return rows[0]!.ties;
}
