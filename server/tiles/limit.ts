// The limit of a jurisdiction as a page draws it under everything else: light, so a little less exact than it is kept.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { simplified } from './layers.ts';

/** About 5 m: some pixels at most, where streets are looked at one by one. */
const STEP_DEGREES = 0.00005;
const DECIMALS = 5;

/** GeoJSON; null where no limit is known. */
export async function drawnLimit(database: Database, jurisdictionId: number): Promise<object | null> {
  const { rows } = await sql<{ geojson: string | null }>`
    select ST_AsGeoJSON(${simplified(sql`limit_geom`, STEP_DEGREES, true)}, ${DECIMALS}::int) as geojson
    from jurisdiction where jurisdiction_id = ${jurisdictionId}`.execute(database.db);
  const geojson = rows[0]?.geojson ?? null;
  return geojson === null ? null : JSON.parse(geojson);
}
