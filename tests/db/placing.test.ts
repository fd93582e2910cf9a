// Placing against PostGIS: the same ids as ST_Covers and ST_Distance for every point, the awkward ones among them.

import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Jurisdiction } from '../../server/access/contract.ts';
import type { Database } from '../../server/db/open.ts';
import { placeLayer } from '../../server/geocoding/placement.ts';
import { projection } from '../../server/geometry/projection.ts';
import { openPlacer } from '../../server/placing/place.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { mosaic, pointsOn, randomOf, streetGrid } from '../support/ground.ts';

const SRID = 32614;
const JURISDICTION: Jurisdiction = {
  id: 7,
  code: 'placing',
  name: 'Placing',
  timezone: 'America/Mexico_City',
  srid: SRID,
  bounds: null,
  hasLimit: false,
  synthetic: true,
};
const EXACT = { accuracyM: 10, snapped: false };
const COLONIAS = { layerId: 1, version: 1, layer: 'colonias', type: 'areas' } as const;
const STREETS = { layerId: 2, version: 3, layer: 'streets', type: 'streets' } as const;

let database: Database;
let points = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  points = database.engine === 'postgis' ? 100_000 : 6000;
});

beforeEach(async () => {
  await emptyTables(database);
  const { db } = database;
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid)
    values (7, 'placing', 'Placing', 'America/Mexico_City', ${SRID})`.execute(db);
  await sql`insert into data_state (jurisdiction_id, data_token, head_delivery) values (7, 'x', 1)`.execute(db);
  for (const { layerId, version, layer, type } of [COLONIAS, STREETS]) {
    await sql`insert into layer (jurisdiction_id, layer_id, code, title, type, current_version)
      values (7, ${layerId}, ${layer}, ${layer}, ${type}, ${version})`.execute(db);
    await sql`insert into layer_version (jurisdiction_id, layer_id, version, features, file_name, file_sha256)
      values (7, ${layerId}, ${version}, 0, 'x', 'x')`.execute(db);
  }
});

afterEach(() => emptyTables(database));

async function storeAreas(areas: readonly string[]): Promise<void> {
  await sql`insert into area (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, geom, label_3857)
    select 7, 1, 1, n, n::text, n::text, 1, ST_Multi(g), ST_Transform(ST_PointOnSurface(g), 3857)
    from unnest(${[...areas]}::text[]) with ordinality as t(wkt, n), lateral ST_GeomFromText(wkt, 4326) as g`.execute(
    database.db,
  );
  const { rows } = await sql<{ invalid: number }>`
    select count(*) filter (where not ST_IsValid(geom))::int as invalid from area`.execute(database.db);
  expect(rows[0]?.invalid).toBe(0);
}

async function storeStreets(lines: readonly string[]): Promise<void> {
  await sql`insert into segment (jurisdiction_id, layer_id, version, place_id, code, road_class, length_m, geom)
    select 7, 2, 3, n, n::text, 4, 100, ST_GeomFromText(wkt, 4326)
    from unnest(${[...lines]}::text[]) with ordinality as t(wkt, n)`.execute(database.db);
}

/** Runs `oracle` on a temporary table point(i, geom); answers place ids by position. */
async function askPostgis(lon: Float64Array, lat: Float64Array, oracle: string): Promise<Int32Array> {
  const client = await database.pool.connect();
  try {
    await client.query('create temporary table point (i int, geom geometry(Point, 4326))');
    await client.query(
      `insert into point select n - 1, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
       from unnest($1::float8[], $2::float8[]) with ordinality as t(lon, lat, n) where lon <> 'NaN'`,
      [[...lon], [...lat]],
    );
    await client.query('create index on point using gist (geom)');
    await client.query(
      `create temporary table metric as select place_id, ST_Transform(geom, ${SRID}) as geom from segment`,
    );
    await client.query('create index on metric using gist (geom)');
    await client.query('analyze point, area, metric');
    const { rows } = await client.query<{ i: number; place_id: number }>(oracle);
    const placeIds = new Int32Array(lon.length);
    for (const { i, place_id } of rows) placeIds[i] = place_id;
    return placeIds;
  } finally {
    await client.query('drop table if exists point, metric');
    client.release();
  }
}

const COVERING = `select i, min(place_id) as place_id from point join area on ST_Covers(area.geom, point.geom) group by i`;
const NEAREST = `
  with near as (
    select i, place_id, ST_Distance(metric.geom, p.geom) as m
    from (select i, ST_Transform(geom, ${SRID}) as geom from point) as p
    join metric on ST_DWithin(metric.geom, p.geom, 60)
  ), ranked as (
    select i, place_id, m, min(m) over (partition by i) as shortest from near
  )
  select i, min(place_id) as place_id from ranked where m <= shortest + 0.001 group by i`;

async function place(lon: Float64Array, lat: Float64Array, source = EXACT) {
  const placer = await openPlacer(database, JURISDICTION, source);
  try {
    return await placer.place(lon, lat);
  } finally {
    await placer.close();
  }
}

describe('against PostGIS', () => {
  test('every point is in the area ST_Covers gives, lowest code first', async () => {
    const { wkt, rings } = mosaic();
    await storeAreas(wkt);
    const { lon, lat } = pointsOn(rings, points, 1);
    const [areas] = await place(lon, lat);
    const expected = await askPostgis(lon, lat, COVERING);
    expect(expected.filter((id) => id > 0).length).toBeGreaterThan(points / 2);
    expect(differences(areas!.placeIds, expected)).toEqual([]);
  });

  test('every point is on the segment ST_Distance gives within 60 m, ties to the lowest id', async () => {
    const { wkt, lines } = streetGrid();
    await storeStreets(wkt);
    const { lon, lat } = pointsOn(lines, points, 2);
    const placed = await place(lon, lat);
    const expected = await askPostgis(lon, lat, NEAREST);
    expect(expected.filter((id) => id > 0).length).toBeGreaterThan(points / 2);
    expect(expected.filter((id) => id === 0).length).toBeGreaterThan(points / 50);
    expect(differences(placed[1]!.placeIds, expected)).toEqual([]);
  });

  test('with a limit, points outside it are on no segment', async () => {
    const { wkt, lines } = streetGrid();
    await storeStreets(wkt);
    const limit = 'MULTIPOLYGON(((-99.05 19, -99.03 19.0004, -99.035 19.03, -99.05 19.02, -99.05 19)))';
    await sql`update jurisdiction set limit_geom = ST_GeomFromText(${limit}, 4326)`.execute(database.db);
    const { lon, lat } = pointsOn(lines, 4000, 3);
    const placed = await place(lon, lat);
    const inLimit = `where ST_Covers(ST_GeomFromText('${limit}', 4326), point.geom)`;
    const expected = await askPostgis(lon, lat, NEAREST.replace('from point)', `from point ${inLimit})`));
    expect(expected.filter((id) => id > 0).length).toBeGreaterThan(500);
    expect(differences(placed[1]!.placeIds, expected)).toEqual([]);
  });

  test('UTM is that of ST_Transform to a hundredth of a millimetre', async () => {
    const random = randomOf(4);
    const lon = Float64Array.from({ length: 2000 }, () => -102 + random() * 6);
    const lat = Float64Array.from({ length: 2000 }, () => 14 + random() * 18);
    const { rows } = await database.pool.query<{ x: number; y: number }>(
      `select ST_X(g) as x, ST_Y(g) as y from unnest($1::float8[], $2::float8[]) with ordinality as t(lon, lat, n),
       lateral ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), ${SRID}) as g order by n`,
      [[...lon], [...lat]],
    );
    const project = projection({ srid: SRID, proj4text: '' });
    const out = new Float64Array(2);
    const errorsM = rows.map(({ x, y }, i) => {
      project(lon[i]!, lat[i]!, out, 0);
      return Math.hypot(out[0]! - x, out[1]! - y);
    });
    expect(Math.max(...errorsM)).toBeLessThan(1e-5);
  });
});

describe('incidents already there', () => {
  const square = 'POLYGON((-99.02 18.98, -98.98 18.98, -98.98 19.02, -99.02 19.02, -99.02 18.98))';
  const street = 'LINESTRING(-99.02 19, -98.98 19)';

  /** Source 1 is exact, 2 coarse, 3 coarse but snapped. Ids 1 to 5, and two far beyond a gap. */
  beforeEach(async () => {
    await storeAreas([square]);
    await storeStreets([street]);
    const { db } = database;
    await sql`insert into source (jurisdiction_id, source_id, code, kind, title, preset, accuracy_m, snapped) values
      (7, 1, 'a', 'incident', 'a', 'generic', null, false),
      (7, 2, 'b', 'incident', 'b', 'generic', 200, false),
      (7, 3, 'c', 'incident', 'c', 'generic', 200, true)`.execute(db);
    await sql`insert into offence (jurisdiction_id, offence_id, code, labels) values (7, 1, 'x', '{}')`.execute(db);
    const rows: [id: number, source: number, lon: number | null, lat: number | null, until: number | null][] = [
      [1, 1, -99, 19, null],
      [2, 2, -99, 19, null],
      [3, 3, -99, 19, null],
      [4, 1, null, null, null],
      [5, 1, -98, 19, null],
      [200_000, 1, -99, 19.01, null],
      [200_001, 1, -99, 19, 1],
    ];
    for (const [id, source, lon, lat, until] of rows) {
      await sql`insert into incident (jurisdiction_id, incident_id, from_delivery, until_delivery, source_id, offence_id,
          occurred_on, date_precision, place_precision, lon, lat, record_hash)
        values (7, ${id}, 1, ${until}, ${source}, 1, '2024-01-01', 2, 0, ${lon}, ${lat}, ${id})`.execute(db);
    }
  });

  const stored = async (layerId: number) => {
    const { rows } = await sql<{ first: string; place_ids: number[] }>`
      select first_incident_id as first, place_ids from placement
      where jurisdiction_id = 7 and layer_id = ${layerId} order by first_incident_id`.execute(database.db);
    return rows.map(({ first, place_ids }) => [Number(first), place_ids]);
  };

  test('are placed on a new layer version by blocks of ids, across gaps', async () => {
    const shares: number[] = [];
    const report = await placeLayer(database, JURISDICTION, COLONIAS, (share) => shares.push(share));
    expect(await stored(1)).toEqual([
      [1, [1, 1, 1, 0, 0]],
      [200_000, [1, 1]],
    ]);
    expect(report).toEqual({ placed: 4, outside: 1 }); // the last incident no longer counts
    expect(shares.at(-1)).toBe(1);
  });

  test('are on no street when their source is coarser than the reach, unless it snapped them', async () => {
    const report = await placeLayer(database, JURISDICTION, STREETS, () => undefined);
    expect(await stored(2)).toEqual([
      [1, [1, 0, 1, 0, 0]],
      [200_000, [0, 1]],
    ]);
    expect(report).toEqual({ placed: 2, outside: 3 });
  });

  test('are placed anew when it is asked again, without a trace of the first time', async () => {
    await placeLayer(database, JURISDICTION, COLONIAS, () => undefined);
    await sql`update incident set lon = -98 where incident_id = 1`.execute(database.db);
    await placeLayer(database, JURISDICTION, COLONIAS, () => undefined);
    expect((await stored(1))[0]).toEqual([1, [0, 1, 1, 0, 0]]);
  });

  test('a coarse source is placed in areas but on no street', async () => {
    const [areas, streets] = await place(Float64Array.of(-99), Float64Array.of(19), { accuracyM: 200, snapped: false });
    expect([areas!.placeIds[0], streets!.placeIds[0]]).toEqual([1, 0]);
  });
});

/** The first few points that differ, to be read when the test fails. */
function differences(ours: Int32Array, theirs: Int32Array): unknown[] {
  const found: unknown[] = [];
  for (let i = 0; i < theirs.length && found.length < 5; i++) {
    if (ours[i] !== theirs[i]) found.push({ i, ours: ours[i], theirs: theirs[i] });
  }
  return found;
}
