// The layers of a public view: areas with their residents, and streets, as they are published beside the rows. They are
// copied feature by feature the same way from one jurisdiction to its view and from a file to another installation.

import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Writer } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import type { Corner, Line, Polygon } from '../geometry/shape.ts';
import { lineWkb, multiPolygonWkb, polygonsOfWkb } from '../geometry/wkb.ts';

export type PublicLayer = {
  readonly layerId: number;
  readonly code: string;
  readonly title: string;
  readonly type: 'areas' | 'streets';
  readonly version: number;
  readonly features: number;
  readonly bounds: readonly [number, number, number, number] | null;
  /** Changes with whatever the version holds, the residents of its areas included. */
  readonly stamp: string;
};

export type PublicArea = {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly areaKm2: number;
  readonly class: string | null;
  readonly parent: string | null;
  /** Where its name is drawn, in EPSG:3857. */
  readonly label: readonly [x: number, y: number];
  readonly residents: readonly (readonly [year: number, residents: number, source: string])[];
  readonly polygons: readonly Polygon[];
};
export type PublicSegment = {
  readonly id: number;
  readonly code: string;
  readonly name: string | null;
  readonly roadClass: number;
  readonly lengthM: number;
  readonly crossings: readonly [from: string | null, to: string | null];
  readonly line: Line;
};
export type PublicFeature = PublicArea | PublicSegment;

/** Rows of a statement: areas may have ten thousand corners each, a segment a handful. */
const AT_ONCE = { areas: 100, streets: 2000 } as const;

/** The current versions of areas and streets. */
export async function publicLayersOf({ db }: Pick<Database, 'db'>, jurisdictionId: number): Promise<PublicLayer[]> {
  const { rows } = await sql<Omit<PublicLayer, 'bounds'> & { box: (number | null)[] }>`
    select l.layer_id as "layerId", l.code, l.title, l.type, v.version, v.features,
      array[v.west, v.south, v.east, v.north] as box,
      coalesce(v.report ->> 'stamp', v.file_sha256 || ' ' || extract(epoch from v.created_at)::text) as stamp
    from layer l
    join layer_version v on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id
      and v.version = l.current_version
    where l.jurisdiction_id = ${jurisdictionId} and l.type in ('areas', 'streets')
    order by l.layer_id`.execute(db);
  const layers: PublicLayer[] = [];
  for (const { box, ...row } of rows) {
    const bounds = box.some((each) => each === null) ? null : (box as unknown as PublicLayer['bounds']);
    const stamp = row.stamp.length === STAMP_CHARS ? row.stamp : await stampOf(db, jurisdictionId, row);
    layers.push({ ...row, bounds, stamp });
  }
  return layers;
}

const STAMP_CHARS = 32;

async function stampOf(
  db: Database['db'],
  jurisdictionId: number,
  layer: Pick<PublicLayer, 'layerId' | 'version' | 'stamp'>,
) {
  const { rows } = await sql`
    select place_id, year, residents, source from population
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
    order by place_id, year`.execute(db);
  const hash = createHash('sha256').update(layer.stamp).update(JSON.stringify(rows));
  return hash.digest('hex').slice(0, STAMP_CHARS);
}

type Of = Pick<PublicLayer, 'layerId' | 'version' | 'type'>;
const ofVersion = (jurisdictionId: number, { layerId, version }: Of): RawBuilder<unknown> =>
  sql`jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}`;

/** Everything of a layer version, by id, a statement at a time. */
export async function* featuresOf(
  database: Database,
  jurisdictionId: number,
  layer: Of,
): AsyncGenerator<PublicFeature[]> {
  for (let after = 0; ; ) {
    const page = await (layer.type === 'areas' ? readAreas : readSegments)(database, jurisdictionId, layer, after);
    if (page.length > 0) yield page;
    if (page.length < AT_ONCE[layer.type]) return;
    after = page.at(-1)!.id;
  }
}

async function readAreas({ db }: Database, jurisdictionId: number, layer: Of, after: number): Promise<PublicArea[]> {
  const { rows } = await sql<Omit<PublicArea, 'polygons' | 'residents'> & { wkb: Buffer }>`
    select place_id as id, code, name, area_km2 as "areaKm2", class, parent,
      array[ST_X(label_3857), ST_Y(label_3857)] as label, ST_AsBinary(geom, 'NDR') as wkb
    from area where ${ofVersion(jurisdictionId, layer)} and place_id > ${after}
    order by place_id limit ${AT_ONCE.areas}`.execute(db);
  const { rows: told } = await sql<{ id: number; year: number; residents: number; source: string }>`
    select place_id as id, year, residents, source from population
    where ${ofVersion(jurisdictionId, layer)} and place_id > ${after} and place_id <= ${rows.at(-1)?.id ?? after}
    order by place_id, year`.execute(db);
  const residents = Map.groupBy(told, ({ id }) => id);
  return rows.map(({ wkb, ...row }) => ({
    ...row,
    residents: (residents.get(row.id) ?? []).map((each) => [each.year, each.residents, each.source] as const),
    polygons: polygonsOfWkb(wkb),
  }));
}

async function readSegments(
  { db }: Database,
  jurisdictionId: number,
  layer: Of,
  after: number,
): Promise<PublicSegment[]> {
  const { rows } = await sql<Omit<PublicSegment, 'line'> & { wkb: Buffer }>`
    select place_id as id, code, name, road_class as "roadClass", length_m as "lengthM",
      array[crossing_from, crossing_to] as crossings, ST_AsBinary(geom, 'NDR') as wkb
    from segment where ${ofVersion(jurisdictionId, layer)} and place_id > ${after}
    order by place_id limit ${AT_ONCE.streets}`.execute(db);
  return rows.map(({ wkb, ...row }) => ({ ...row, line: lineOf(wkb) }));
}

function lineOf(wkb: Uint8Array): Line {
  const shape = readWkb(wkb);
  const run = shape.kind === 'lines' ? shape.runs[0]! : [];
  return Array.from({ length: run.length / 2 }, (_, i): Corner => [run[i * 2]!, run[i * 2 + 1]!]);
}

/** Writes a version beside the current one; nobody sees it before it is published with the rows. */
export async function writeLayer(
  writer: Writer,
  jurisdictionId: number,
  layer: PublicLayer,
  pages: AsyncIterable<readonly PublicFeature[]>,
): Promise<void> {
  const { db } = writer;
  const key = { jurisdiction_id: jurisdictionId, layer_id: layer.layerId };
  await dropVersion(writer, jurisdictionId, layer);
  await db
    .insertInto('layer')
    .values({ ...key, code: layer.code, title: layer.title, type: layer.type, current_version: null })
    .onConflict((conflict) => conflict.columns(['jurisdiction_id', 'layer_id']).doUpdateSet({ title: layer.title }))
    .execute();
  const [west, south, east, north] = layer.bounds ?? [null, null, null, null];
  await db
    .insertInto('layer_version')
    .values({
      ...{ ...key, version: layer.version, features: layer.features, west, south, east, north, published_at: null },
      ...{ file_name: 'protected', file_sha256: layer.stamp, report: JSON.stringify({ stamp: layer.stamp }) },
    })
    .execute();
  for await (const page of pages) {
    for (let from = 0; from < page.length; from += AT_ONCE[layer.type]) {
      const some = page.slice(from, from + AT_ONCE[layer.type]);
      if (layer.type === 'areas') await writeAreas(writer, jurisdictionId, layer, some as readonly PublicArea[]);
      else await writeSegments(writer, jurisdictionId, layer, some as readonly PublicSegment[]);
    }
  }
}

async function writeAreas(
  { db }: Database,
  jurisdictionId: number,
  { layerId, version }: Of,
  areas: readonly PublicArea[],
) {
  await sql`
    insert into area (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, class, parent, geom, label_3857)
    select ${jurisdictionId}, ${layerId}, ${version}, id, code, name, area_km2, class, parent,
      ST_GeomFromWKB(decode(wkb, 'hex'), 4326), ST_SetSRID(ST_MakePoint(x, y), 3857)
    from unnest(
      ${areas.map(({ id }) => id)}::int[], ${areas.map(({ code }) => code)}::text[],
      ${areas.map(({ name }) => name)}::text[], ${areas.map(({ areaKm2 }) => areaKm2)}::float8[],
      ${areas.map((area) => area.class)}::text[], ${areas.map(({ parent }) => parent)}::text[],
      ${areas.map(({ polygons }) => multiPolygonWkb(polygons))}::text[],
      ${areas.map(({ label }) => label[0])}::float8[], ${areas.map(({ label }) => label[1])}::float8[]
    ) as given (id, code, name, area_km2, class, parent, wkb, x, y)`.execute(db);
  const told = areas.flatMap(({ id, residents }) => residents.map((each) => [id, ...each] as const));
  if (told.length === 0) return;
  await sql`
    insert into population (jurisdiction_id, layer_id, version, place_id, year, residents, source)
    select ${jurisdictionId}, ${layerId}, ${version}, id, year, residents, source
    from unnest(${told.map(([id]) => id)}::int[], ${told.map((each) => each[1])}::int[],
      ${told.map((each) => each[2])}::int[], ${told.map((each) => each[3])}::text[])
      as given (id, year, residents, source)`.execute(db);
}

async function writeSegments(
  { db }: Database,
  jurisdictionId: number,
  { layerId, version }: Of,
  segments: readonly PublicSegment[],
) {
  await sql`
    insert into segment
      (jurisdiction_id, layer_id, version, place_id, code, name, road_class, length_m, crossing_from, crossing_to, geom)
    select ${jurisdictionId}, ${layerId}, ${version}, id, code, name, road_class, length_m, crossing_from, crossing_to,
      ST_GeomFromWKB(decode(wkb, 'hex'), 4326)
    from unnest(
      ${segments.map(({ id }) => id)}::int[], ${segments.map(({ code }) => code)}::text[],
      ${segments.map(({ name }) => name)}::text[], ${segments.map(({ roadClass }) => roadClass)}::smallint[],
      ${segments.map(({ lengthM }) => lengthM)}::float8[], ${segments.map(({ crossings }) => crossings[0])}::text[],
      ${segments.map(({ crossings }) => crossings[1])}::text[], ${segments.map(({ line }) => lineWkb(line))}::text[]
    ) as given (id, code, name, road_class, length_m, crossing_from, crossing_to, wkb)`.execute(db);
}

const ROWS_AT_ONCE = 5000;

/** Removes what there is of a version, in short statements. */
async function dropVersion({ db }: Database, jurisdictionId: number, layer: Of): Promise<void> {
  for (const table of ['placement', 'population', 'area', 'segment', 'layer_version'] as const) {
    for (;;) {
      const { numAffectedRows } = await sql`
        delete from ${sql.table(table)} where jurisdiction_id = ${jurisdictionId} and ctid = any(array(
          select ctid from ${sql.table(table)} where ${ofVersion(jurisdictionId, layer)} limit ${ROWS_AT_ONCE}))`.execute(
        db,
      );
      if (Number(numAffectedRows ?? 0) < ROWS_AT_ONCE) break;
    }
  }
}

/** Removes versions that are not shown any more, or never were. */
export async function dropUnshown(database: Database, jurisdictionId: number): Promise<void> {
  const { rows } = await sql<Of>`
    select v.layer_id as "layerId", v.version, l.type
    from layer_version v join layer l on l.jurisdiction_id = ${jurisdictionId} and l.layer_id = v.layer_id
    where v.jurisdiction_id = ${jurisdictionId} and v.version is distinct from l.current_version`.execute(database.db);
  for (const layer of rows) await dropVersion(database, jurisdictionId, layer);
}
