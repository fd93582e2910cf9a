// Reads the geometry of a layer version from the database, packed so that a worker can take it over whole.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { MetricSystem } from '../geometry/projection.ts';
import type { LayerVersion, PackedPlaces } from './packed-places.ts';

// Rows per statement: a borough can have ten thousand corners, a segment has a handful.
const AREAS_PER_READ = 200;
const SEGMENTS_PER_READ = 5000;

/** `stamp` changes when the same version comes to mean other content: another installation's was restored. */
type KeptLayer = LayerVersion & { readonly stamp?: string };

/**
 * Every version of areas or streets that can be asked about, by layer id, the current one first: links to older versions
 * go on counting, and any of them can become current again at once. Older ones are called `LAYER@VERSION`.
 */
export async function keptLayers(database: Database, jurisdictionId: number): Promise<KeptLayer[]> {
  const { rows } = await sql<KeptLayer & { current: boolean }>`
    select l.layer_id as "layerId", v.version, l.code as layer, l.type, v.version = l.current_version as current,
      v.created_at::text as stamp
    from layer l
    join layer_version v on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id
    where l.jurisdiction_id = ${jurisdictionId} and l.type in ('areas', 'streets')
      and l.current_version is not null and v.published_at is not null and v.removed_at is null
    order by l.layer_id, v.version = l.current_version desc, v.version desc`.execute(database.db);
  return rows.map(({ current, ...version }) =>
    current ? version : { ...version, layer: `${version.layer}@${version.version}` },
  );
}

/** Every place of the version, in degrees. */
export async function loadPlaces(
  database: Database,
  jurisdictionId: number,
  { layerId, version, type }: LayerVersion,
): Promise<PackedPlaces> {
  const [table, limit] = type === 'areas' ? ['area', AREAS_PER_READ] : ['segment', SEGMENTS_PER_READ];
  const places: { place_id: number; wkb: Buffer }[] = [];
  for (;;) {
    const { rows } = await sql<{ place_id: number; wkb: Buffer }>`
      select place_id, ST_AsBinary(geom, 'NDR') as wkb from ${sql.table(table)}
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
        and place_id > ${places.at(-1)?.place_id ?? 0}
      order by place_id limit ${limit}`.execute(database.db);
    places.push(...rows);
    if (rows.length < limit) return pack(places);
  }
}

/** The jurisdiction's limit as a single place numbered 1, or null when it has none. */
export async function loadLimit(database: Database, jurisdictionId: number): Promise<PackedPlaces | null> {
  const { rows } = await sql<{ wkb: Buffer | null }>`
    select ST_AsBinary(limit_geom, 'NDR') as wkb from jurisdiction where jurisdiction_id = ${jurisdictionId}`.execute(
    database.db,
  );
  const wkb = rows[0]?.wkb;
  return wkb ? pack([{ place_id: 1, wkb }]) : null;
}

export async function loadMetricSystem(database: Database, srid: number): Promise<MetricSystem> {
  const { rows } = await sql<{ proj4text: string }>`
    select proj4text from spatial_ref_sys where srid = ${srid}`.execute(database.db);
  if (!rows[0]) throw new Error(`the database does not know reference system ${srid}`);
  return { srid, proj4text: rows[0].proj4text };
}

function pack(places: readonly { readonly place_id: number; readonly wkb: Buffer }[]): PackedPlaces {
  const wkb = new Uint8Array(places.reduce((sum, place) => sum + place.wkb.length, 0));
  const placeIds = new Int32Array(places.length);
  const ends = new Uint32Array(places.length);
  let end = 0;
  places.forEach((place, i) => {
    wkb.set(place.wkb, end);
    end += place.wkb.length;
    placeIds[i] = place.place_id;
    ends[i] = end;
  });
  return { placeIds, ends, wkb };
}
