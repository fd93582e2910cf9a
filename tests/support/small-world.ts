// A small city put straight into the tables, with everything that can go wrong about an incident in it: no point, a place
// by its name only, in no place, no hour, only a month, told again by a later delivery, gone, not published yet, and a neighbour's.

import { sql } from 'kysely';
import type { Database } from '../../server/db/open.ts';
import { readState } from '../../server/filter/catalogue.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { PlanWithin } from '../../server/filter/plan.ts';

export const WORLD = { id: 7, code: 'small' } as const;
export const NEIGHBOUR = { id: 8, code: 'beside' } as const;
/** Leaves of the committed taxonomy, and one that stands in no list. */
export const OFFENCES = [
  'fgj.violencia-familiar',
  'fgj.robo-de-objetos',
  'fgj.homicidio-por-arma-de-fuego',
  'fgj.del-espacio',
];
export const HEAD = 5;
export const AREAS = 6;
export const SEGMENTS = 9;
const BLOCK = 64;
/** A jurisdiction or layer version whose bounds are not known. */
export const noBox = { west: null, south: null, east: null, north: null };

export type WorldIncident = {
  readonly source: number;
  readonly offence: number;
  readonly day: string;
  readonly minute: number | null;
  readonly datePrecision: number;
  readonly point: readonly [lon: number, lat: number] | null;
  /** Without a point, for the place is not told. */
  readonly withheld?: boolean;
  readonly from: number;
  readonly until: number | null;
  readonly area: number;
  readonly segment: number;
};

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Incidents over 2023 and 2024 on a lattice of 0.01°, so that drawn polygons often run through them. */
export function randomIncidents(count: number, seed: number): WorldIncident[] {
  const random = seeded(seed);
  const pick = (n: number) => Math.floor(random() * n);
  return Array.from({ length: count }, () => {
    const datePrecision = [0, 0, 0, 1, 2, 3][pick(6)]!;
    const date = new Date(Date.UTC(2023, 0, 1 + pick(731)));
    if (datePrecision === 3) date.setUTCDate(1);
    const from = 1 + pick(HEAD + 1);
    const located = random() > 0.15;
    const placed = located || random() > 0.4;
    return {
      source: 1 + pick(3),
      offence: 1 + pick(OFFENCES.length),
      day: date.toISOString().slice(0, 10),
      minute: datePrecision > 1 || random() < 0.05 ? null : pick(1440),
      datePrecision,
      point: located ? [-99 + pick(12) / 100, 19 + pick(12) / 100] : null,
      from,
      until: random() < 0.15 ? from + 1 + pick(3) : null,
      area: placed ? Math.max(0, pick(AREAS + 2) - 1) : 0,
      segment: placed ? Math.max(0, pick(SEGMENTS + 3) - 2) : 0,
    };
  });
}

/** Some of them as protected data tell them: by quarter, and some of these without more of the place than an area. */
export function partlyProtected(incidents: readonly WorldIncident[]): WorldIncident[] {
  return incidents.map((incident, i): WorldIncident => {
    if (i % 4 !== 0) return incident;
    const [year, month] = [incident.day.slice(0, 4), Number(incident.day.slice(5, 7))];
    const day = `${year}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
    const quarter = { ...incident, day, minute: null, datePrecision: 4 };
    return i % 8 === 0 ? { ...quarter, point: null, withheld: true, segment: 0 } : quarter;
  });
}

/** Writes both jurisdictions; the neighbour holds the same incidents under the same ids. */
export async function writeWorld(database: Database, incidents: readonly WorldIncident[]): Promise<void> {
  for (const { id, code } of [WORLD, NEIGHBOUR]) await writeJurisdiction(database, id, code, incidents);
}

async function writeJurisdiction({ db }: Database, id: number, code: string, incidents: readonly WorldIncident[]) {
  const key = { jurisdiction_id: id };
  await db
    .insertInto('jurisdiction')
    .values({
      ...key,
      code,
      name: code,
      timezone: 'America/Mexico_City',
      srid: 32614,
      west: -99,
      south: 19,
      east: -98.8,
      north: 19.2,
    })
    .execute();
  await db
    .insertInto('data_state')
    .values({ ...key, data_token: `token-${code}`, head_delivery: HEAD, next_incident_id: incidents.length + 1 })
    .execute();
  await db
    .insertInto('layer')
    .values([
      { ...key, layer_id: 1, code: 'barrios', title: 'Barrios', type: 'areas', current_version: 2 },
      { ...key, layer_id: 2, code: 'streets', title: 'Calles', type: 'streets', current_version: 1 },
    ])
    .execute();
  for (const [layer_id, version, features] of [
    [1, 1, AREAS],
    [1, 2, AREAS],
    [2, 1, SEGMENTS],
  ] as const) {
    await db
      .insertInto('layer_version')
      .values({
        ...key,
        layer_id,
        version,
        features,
        file_name: 'f',
        file_sha256: `${layer_id}-${version}`,
        report: '{}',
        ...noBox,
      })
      .execute();
  }
  for (const version of [1, 2]) {
    await sql`
      insert into area (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, geom, label_3857)
      select ${id}, 1, ${version}, n, 'b' || n, 'Barrio ' || n, 1,
        ST_Multi(ST_MakeEnvelope(-99 + n * 0.01, 19, -98.99 + n * 0.01, 19.1, 4326)),
        ST_Transform(ST_SetSRID(ST_MakePoint(-98.995 + n * 0.01, 19.05), 4326), 3857)
      from generate_series(1, ${AREAS}::int) n`.execute(db);
  }
  await sql`
    insert into population (jurisdiction_id, layer_id, version, place_id, year, residents, source)
    select ${id}, 1, 2, n, year, n * 500 + year, 'censo ' || year
    from generate_series(1, ${AREAS - 1}::int) n, (values (2010), (2020)) y (year)`.execute(db);
  await sql`
    insert into segment (jurisdiction_id, layer_id, version, place_id, code, name, road_class, length_m,
      crossing_from, crossing_to, geom)
    select ${id}, 2, 1, n, 's' || n, nullif('Calle ' || n, 'Calle 3'), 4, n * 20, 'A', 'B',
      ST_SetSRID(ST_MakeLine(ST_MakePoint(-99, 19 + n * 0.01), ST_MakePoint(-98.99, 19 + n * 0.01)), 4326)
    from generate_series(1, ${SEGMENTS}::int) n`.execute(db);
  await db
    .insertInto('source')
    .values([
      { ...key, source_id: 1, code: 'fgj', kind: 'incident', title: 'Fiscalía', preset: 'p', accuracy_m: 200 },
      { ...key, source_id: 2, code: 'otra', kind: 'incident', title: 'Otra', preset: 'p', accuracy_m: null },
      { ...key, source_id: 3, code: 'c5', kind: 'call', title: 'C5', preset: 'p', accuracy_m: 30 },
    ])
    .execute();
  await db
    .insertInto('offence')
    .values(OFFENCES.map((offence, i) => ({ ...key, offence_id: i + 1, code: offence, labels: [offence] })))
    .execute();
  await db
    .insertInto('incident')
    .values(
      incidents.map((incident, i) => ({
        ...key,
        incident_id: i + 1,
        from_delivery: incident.from,
        until_delivery: incident.until,
        source_id: incident.source,
        offence_id: incident.offence,
        occurred_on: incident.day,
        minute_of_day: incident.minute,
        date_precision: incident.datePrecision,
        place_precision: incident.withheld ? 5 : incident.point ? 0 : 4,
        lon: incident.point?.[0] ?? null,
        lat: incident.point?.[1] ?? null,
        record_hash: i,
      })),
    )
    .execute();
  const blocks = Array.from({ length: Math.ceil(incidents.length / BLOCK) }, (_, block) => block * BLOCK);
  for (const [layer_id, version, place] of [
    [1, 1, (incident: WorldIncident) => (incident.area % AREAS) + (incident.area ? 1 : 0)],
    [1, 2, (incident: WorldIncident) => incident.area],
    [2, 1, (incident: WorldIncident) => incident.segment],
  ] as const) {
    await db
      .insertInto('placement')
      .values(
        blocks.map((from) => ({
          ...key,
          layer_id,
          version,
          first_incident_id: from + 1,
          place_ids: incidents.slice(from, from + BLOCK).map(place),
        })),
      )
      .execute();
  }
}

/** Publishes copies of some incidents as new ones, placed in area 1 and on segment 2, and ends others. */
export async function deliver(database: Database, copied: number, ended: number): Promise<void> {
  const { head, nextIncidentId } = (await readState(database, WORLD.id))!;
  const number = head + 1;
  const { rows } = await sql<{ id: string }>`
    insert into incident
    select jurisdiction_id, ${nextIncidentId}::bigint + row_number() over (order by incident_id) - 1, ${number}, null, source_id,
      offence_id, occurred_on, minute_of_day, date_precision, place_precision, lon, lat, place_text_id, source_key, record_hash
    from incident where jurisdiction_id = ${WORLD.id} and incident_id <= ${copied} returning incident_id as id`.execute(
    database.db,
  );
  for (const [layer, version, place] of [
    [1, 1, 3],
    [1, 2, 1],
    [2, 1, 2],
  ] as const) {
    if (rows.length === 0) break;
    await sql`insert into placement values (${WORLD.id}, ${layer}, ${version}, ${nextIncidentId}, ${rows.map(() => place)})`.execute(
      database.db,
    );
  }
  await sql`update incident set until_delivery = ${number} where jurisdiction_id = ${WORLD.id} and incident_id = any(array(
    select incident_id from incident where jurisdiction_id = ${WORLD.id} and until_delivery is null
    order by md5(incident_id::text) limit ${ended}))`.execute(database.db);
  const next = nextIncidentId + rows.length;
  await sql`insert into delivery (jurisdiction_id, delivery, source_id, file_name, file_sha256, preset, mode, via, first_incident_id,
      next_incident_id)
    values (${WORLD.id}, ${number}, 1, 'f', '', 'p', 'add', 'feed', ${nextIncidentId}, ${next})`.execute(database.db);
  await sql`update data_state set head_delivery = ${number}, next_incident_id = ${next}, data_version = data_version + 1,
    data_token = ${`delivery ${number}`} where jurisdiction_id = ${WORLD.id}`.execute(database.db);
}

/** Drawn polygons by points as they are, and by the middles of cells as whoever may not see exact points is told. */
export function sometimesByCell(within: PlanWithin | null, { weekdays }: Pick<Filter, 'weekdays'>): PlanWithin | null {
  return within?.type === 'polygon' && weekdays.length % 2 === 0
    ? { ...within, cell: { width: 2375, height: 2246 } }
    : within;
}
