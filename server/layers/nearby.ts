// How many reference points of each layer lie in an area, or along a stretch of street.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { PointsNearby } from './contract.ts';

/** A lamp or a stop belongs to a street when it stands this close to its middle line; at a corner to both. */
export const ALONG_STREET_M = 20;
/** Web Mercator stretches by 1/cos(latitude): at 60 degrees twice. */
const MERCATOR_STRETCH = 2;

type Place = { readonly layerId: number; readonly version: number; readonly placeId: number };

/** Every layer of points in use, also those with none here, by title. */
export async function countNearby(
  { db }: Database,
  { id, srid }: Jurisdiction,
  { layerId, version, placeId }: Place,
): Promise<PointsNearby[]> {
  const isPlace = sql`jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version} and place_id = ${placeId}`;
  const { rows } = await sql<PointsNearby>`
    with area_here as (select geom, geom_3857 from area where ${isPlace}),
    street_here as (
      select ST_Transform(geom, ${srid}::int) as geom, ST_Expand(geom_3857, ${ALONG_STREET_M * MERCATOR_STRETCH}::float8) as box
      from segment where ${isPlace}
    ),
    found as (
      select p.layer_id, p.version, p.place_id from area_here a
      join reference_point p on p.jurisdiction_id = ${id} and p.geom_3857 && a.geom_3857 and ST_Covers(a.geom, p.geom)
      union all
      select p.layer_id, p.version, p.place_id from street_here s
      join reference_point p on p.jurisdiction_id = ${id} and p.geom_3857 && s.box
        and ST_DWithin(ST_Transform(p.geom, ${srid}::int), s.geom, ${ALONG_STREET_M}::float8)
    )
    select l.code as layer, l.title, count(f.place_id)::int as count
    from layer l
    left join found f on f.layer_id = l.layer_id and f.version = l.current_version
    where l.jurisdiction_id = ${id} and l.type = 'points' and l.current_version is not null
    group by l.code, l.title order by l.title`.execute(db);
  return rows;
}
