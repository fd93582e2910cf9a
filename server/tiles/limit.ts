// The limit of a jurisdiction as a page draws it under everything else: light, so a little less exact than it is kept.
// Where none is known, what its larger areas cover together stands in for it.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { inVersion, simplified } from './layers.ts';
import type { Version } from './versions.ts';

/** About 5 m: some pixels at most, where streets are looked at one by one. */
const STEP_DEGREES = 0.00005;
const DECIMALS = 5;
/** To join more areas takes longer than a map should wait. */
const MOST_JOINED = 60;

/** GeoJSON; null where none is known. */
export async function drawnLimit(database: Database, jurisdictionId: number): Promise<object | null> {
  const { rows } = await sql<{ geojson: string | null }>`
    select ST_AsGeoJSON(${simplified(sql`limit_geom`, STEP_DEGREES, true)}, ${DECIMALS}::int) as geojson
    from jurisdiction where jurisdiction_id = ${jurisdictionId}`.execute(database.db);
  const geojson = rows[0]?.geojson ?? null;
  return geojson === null ? null : JSON.parse(geojson);
}

/** What the areas of a layer cover, without the slivers that neighbours leave between them; null of too many. */
export async function joinedAreas(database: Database, version: Version): Promise<object | null> {
  if (version.type !== 'areas' || version.features > MOST_JOINED) return null;
  const { rows } = await sql<{ geojson: string | null }>`
    with whole as materialized (
      select ST_Union(geom) as geom from area
      where ${inVersion(version)}
    ),
    shell as materialized (select ST_MakePolygon(ST_ExteriorRing((ST_Dump(geom)).geom)) as geom from whole),
    filled as materialized (select ST_Multi(ST_Union(geom)) as geom from shell)
    select ST_AsGeoJSON(${simplified(sql`geom`, STEP_DEGREES, true)}, ${DECIMALS}::int) as geojson from filled`.execute(
    database.db,
  );
  const geojson = rows[0]?.geojson ?? null;
  return geojson === null ? null : JSON.parse(geojson);
}
