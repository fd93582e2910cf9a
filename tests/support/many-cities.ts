// Many small cities at once, written straight into the tables: what an installation of hundreds of municipalities holds.

import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../server/db/tables.ts';

/** Areas of the one layer each city has; an incident out of six lies in none. */
const AREAS = 5;
/** Every so many cities one has neither limits nor layers of its own to say where it lies. */
const WITHOUT_BOUNDS = 5;

export type ManyCities = {
  /** The first of consecutive ids. */
  readonly first: number;
  readonly cities: number;
  /** Of each city; the third part of them calls of a live feed, a few without a point, and from March 2024 on. */
  readonly incidents: number;
};

/** Adds the cities `muni-ID`, a degree of longitude for every twenty. */
export async function addManyCities(db: Kysely<Tables>, { first, cities, incidents }: ManyCities): Promise<void> {
  const ids = sql`generate_series(${first}::int, ${first + cities - 1}::int) as id`;
  await sql`insert into jurisdiction (jurisdiction_id, code, name, timezone, srid, west, south, east, north)
    select id, 'muni-' || id, 'Municipio ' || id, 'America/Mexico_City', 32614, west, south, east, north
    from ${ids}
    left join lateral (select ${westOf} as west, 19 as south, ${westOf} + 0.05 as east, 19.05 as north
      where id % ${WITHOUT_BOUNDS} > 0) box on true`.execute(db);
  await sql`insert into data_state (jurisdiction_id, data_token, head_delivery, next_incident_id)
    select id, 'muni ' || id, 1, ${incidents + 1}::int from ${ids}`.execute(db);
  await sql`insert into layer (jurisdiction_id, layer_id, code, title, type, current_version)
    select id, 1, 'colonias', 'Colonias', 'areas', 1 from ${ids}`.execute(db);
  await sql`insert into layer_version (jurisdiction_id, layer_id, version, features, file_name, file_sha256)
    select id, 1, 1, ${AREAS}::int, 'f', 's' from ${ids}`.execute(db);
  await sql`insert into area (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, geom, label_3857)
    select id, 1, 1, n, 'c' || n, 'Colonia ' || n, 1,
      ST_Multi(ST_MakeEnvelope(${westOf} + n * 0.01, 19, ${westOf} + n * 0.01 + 0.01, 19.05, 4326)),
      ST_Transform(ST_SetSRID(ST_MakePoint(${westOf} + n * 0.01, 19.02), 4326), 3857)
    from ${ids}, generate_series(1, ${AREAS}::int) n`.execute(db);
  await sql`insert into source (jurisdiction_id, source_id, code, kind, title, preset, live)
    select id, n, case n when 1 then 'fgj' else 'c5' end, case n when 1 then 'incident' else 'call' end, 't', 'p', n = 2
    from ${ids}, generate_series(1, 2) n`.execute(db);
  await sql`insert into offence (jurisdiction_id, offence_id, code, labels)
    select id, n, (array['patrimonio.robo.vehiculo', 'vida.lesiones', 'unclassified'])[n], '{x}'
    from ${ids}, generate_series(1, 3) n`.execute(db);
  await sql`insert into delivery (jurisdiction_id, delivery, source_id, file_name, file_sha256, preset, mode,
      first_incident_id, next_incident_id)
    select id, 1, 1, 'f', 's', 'p', 'add', 1, ${incidents + 1}::int from ${ids}`.execute(db);
  await sql`insert into incident (jurisdiction_id, incident_id, from_delivery, source_id, offence_id, occurred_on,
      minute_of_day, date_precision, place_precision, lon, lat, record_hash)
    select id, n, 1, 1 + (n % 3 = 0)::int, 1 + n % 3, date '2024-03-01' + (n * 7 + id) % 600, n * 11 % 1440, 0,
      case when n % 20 = 0 then 4 else 0 end, ${unlessTwentieth(sql`${westOf} + n * 7 % 500 * 0.0001`)},
      ${unlessTwentieth(sql`19 + n * 13 % 500 * 0.0001`)}, n
    from ${ids}, generate_series(1, ${incidents}::int) n`.execute(db);
  await sql`insert into placement (jurisdiction_id, layer_id, version, first_incident_id, place_ids)
    select id, 1, 1, 1, array(select case when n % 20 = 0 then 0 else n % ${AREAS + 1} end
      from generate_series(1, ${incidents}::int) n) from ${ids}`.execute(db);
}

const westOf = sql`(-100 - id % 20 * 0.05 + id / 20 * 0.05)`;
const unlessTwentieth = (value: ReturnType<typeof sql>) => sql`case when n % 20 > 0 then ${value} end`;
