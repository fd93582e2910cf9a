// Areas into the database, repaired there, in statements short enough for an engine with one session.

import { sql } from 'kysely';
import { inLanes } from '../db/concurrently.ts';
import type { Database } from '../db/open.ts';
import { crossingsOf } from '../geometry/crossings.ts';
import { isSurelyValid } from '../geometry/ring-validity.ts';
import type { Corner, Polygon } from '../geometry/shape.ts';
import { multiPolygonWkb } from '../geometry/wkb.ts';
import type { VersionKey } from './versions.ts';

export type AreaRow = {
  readonly code: string;
  readonly name: string;
  readonly class: string | null;
  readonly parent: string | null;
  /** One figure per population of the layer. */
  readonly residents: readonly (number | null)[];
  readonly polygons: readonly Polygon[];
};

/**
 * `repairable`: ST_MakeValid leaves an area of it. `hopeless`: nothing but lines and points. `tangled`: repairing it
 * would hold the database.
 */
export type Fault =
  | { readonly fault: 'none' }
  | { readonly fault: 'tangled' }
  | {
      readonly fault: 'repairable' | 'hopeless';
      readonly reason: string;
      readonly at: Corner | null;
      /** Area after the repair less that before; before, the two halves of a crossed ring cancel out. */
      readonly changeM2: number;
      /** What ST_MakeValid leaves of it, empty where hopeless. */
      readonly repaired: readonly Polygon[];
    };

export type Population = { readonly year: number; readonly source: string };

// Below a second of checking or storing on the embedded engine of a busy machine.
const CHUNK_VERTICES = 10_000;
const CHUNK_ROWS = 250;
/** Crossings of one shape, more than any real file has in a ring that went wrong. ST_MakeValid costs by their square. */
export const MOST_CROSSINGS = 500;
/** Corners visited again: those of many loops at one corner cost most of all. */
const MOST_TOUCHES = 100;
/** Work of repairs (crossings.ts) that takes as long as checking one vertex. */
const WORK_PER_VERTEX = 10;
/**
 * A shape to repair is put on a grid of a tenth of a millimetre first. Corners that differ by rounding alone make GEOS
 * throw where it nodes them, from which the embedded engine does not recover: row and session are lost.
 */
const GRID_DEGREES = 1e-9;
/** Work of all repairs of a file together; what is beyond is not repaired. */
const MOST_WORK_OF_FILE = 5_000_000;

/** What is wrong with each shape in the sense of ST_IsValid. Rings must be closed (geometry/shape.ts). */
export async function findFaults(
  database: Database,
  shapes: readonly (readonly Polygon[])[],
  onProgress: (share: number) => void,
): Promise<Fault[]> {
  const faults = new Map<readonly Polygon[], Fault>();
  const doubtful: Doubtful[] = [];
  let left = MOST_WORK_OF_FILE;
  for (const polygons of shapes) {
    if (isSurelyValid(polygons)) continue;
    const { tangled, crossings, touches, work } = crossingsOf(polygons.flat(), MOST_CROSSINGS);
    if (tangled) {
      faults.set(polygons, { fault: 'tangled' });
      continue;
    }
    const mayRepair = touches <= MOST_TOUCHES && work <= left;
    // Without crossings it may well be valid, and is then not repaired.
    if (crossings > 0 && mayRepair) left -= work;
    const weight = mayRepair ? Math.max(verticesOf(polygons), work / WORK_PER_VERTEX) : verticesOf(polygons);
    doubtful.push({ polygons, mayRepair, weight });
  }
  const found = await askForFaults(database, doubtful, onProgress);
  for (const [index, { polygons }] of doubtful.entries()) faults.set(polygons, found[index]!);
  return shapes.map((polygons) => faults.get(polygons) ?? { fault: 'none' });
}

/** To be looked at by the database, and repaired by it if it may; `weight` in vertices. */
type Doubtful = { readonly polygons: readonly Polygon[]; readonly mayRepair: boolean; readonly weight: number };

async function askForFaults(
  { db }: Database,
  shapes: readonly Doubtful[],
  onProgress: (share: number) => void,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const chunk of chunksOf(shapes, ({ weight }) => weight)) {
    const { rows } = await sql<FaultRow>`
      with shape as materialized (
        select n, may_repair, ST_GeomFromWKB(decode(hex, 'hex'), 4326) as geom
        from unnest(
          ${chunk.map(({ polygons }) => multiPolygonWkb(polygons))}::text[],
          ${chunk.map(({ mayRepair }) => mayRepair)}::boolean[]
        ) with ordinality as given (hex, may_repair, n)
      ),
      checked as materialized (select n, may_repair, geom, ST_IsValid(geom) as valid from shape),
      repaired as materialized (
        select n, geom, ST_IsValidDetail(geom) as detail,
          ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_SnapToGrid(geom, ${GRID_DEGREES}::float8)), 3)) as fixed
        from checked where not valid and may_repair
      )
      select not valid and not may_repair as tangled, reason(detail) as reason, ST_X(location(detail)) as lon, ST_Y(location(detail)) as lat,
        ST_IsEmpty(fixed) as hopeless, ST_AsGeoJSON(fixed, 15) as fixed,
        ST_Area(fixed::geography) - ST_Area(repaired.geom::geography) as "changeM2"
      from checked left join repaired using (n) order by n`.execute(db);
    // On the embedded engine a geometry GEOS cannot take makes its row vanish instead of raising an error.
    if (rows.length !== chunk.length) throw new Error(`checked ${rows.length} of ${chunk.length} shapes`);
    faults.push(...rows.map(faultOf));
    onProgress(faults.length / shapes.length);
  }
  return faults;
}

type FaultRow = {
  readonly tangled: boolean;
  readonly reason: string | null;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly hopeless: boolean;
  readonly fixed: string;
  readonly changeM2: number;
};

function faultOf({ tangled, reason, lon, lat, hopeless, fixed, changeM2 }: FaultRow): Fault {
  if (tangled) return { fault: 'tangled' };
  if (reason === null) return { fault: 'none' };
  const at: Corner | null = lon === null || lat === null ? null : [lon, lat];
  const repaired = hopeless ? [] : (JSON.parse(fixed) as { coordinates: Polygon[] }).coordinates;
  return { fault: hopeless ? 'hopeless' : 'repairable', reason, at, changeM2, repaired };
}

/** Writes the rows as places 1, 2, … of the version, in the order given, and their populations. */
export async function storeAreas(
  { db, engine }: Database,
  { jurisdictionId, layerId, version }: VersionKey,
  areas: readonly AreaRow[],
  populations: readonly Population[],
  onProgress: (share: number) => void,
): Promise<void> {
  let stored = 0;
  await inLanes(engine, numbered(chunksOf(areas, (area) => verticesOf(area.polygons))), async ({ ids, chunk }) => {
    await sql`
      with shape as materialized (
        select id, code, name, class, parent,
          ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_GeomFromWKB(decode(hex, 'hex'), 4326)), 3)) as geom
        from unnest(
          ${ids}::int[], ${chunk.map(({ code }) => code)}::text[], ${chunk.map(({ name }) => name)}::text[],
          ${chunk.map((area) => area.class)}::text[], ${chunk.map(({ parent }) => parent)}::text[],
          ${chunk.map(({ polygons }) => multiPolygonWkb(polygons))}::text[]
        ) as given (id, code, name, class, parent, hex)
      )
      insert into area
        (jurisdiction_id, layer_id, version, place_id, code, name, area_km2, class, parent, geom, label_3857)
      select ${jurisdictionId}, ${layerId}, ${version}, id, code, name, ST_Area(geom::geography) / 1e6, class, parent,
        geom,
        ST_Transform(ST_PointOnSurface(geom), 3857)
      from shape`.execute(db);
    stored += chunk.length;
    onProgress(stored / areas.length);
  });
  const key = { jurisdictionId, layerId, version };
  for (const [which, population] of populations.entries()) {
    const rows = areas.flatMap(({ residents }, index) => {
      const count = residents[which] ?? null;
      return count === null ? [] : [{ placeId: index + 1, residents: count }];
    });
    await storePopulation(db, key, population, rows);
  }
}

/** Writes residents of one year, over what was written for that year before. */
export async function storePopulation(
  db: Database['db'],
  { jurisdictionId, layerId, version }: VersionKey,
  { year, source }: Population,
  rows: readonly { readonly placeId: number; readonly residents: number }[],
): Promise<void> {
  await sql`
    insert into population (jurisdiction_id, layer_id, version, place_id, year, residents, source)
    select ${jurisdictionId}, ${layerId}, ${version}, id, ${year}, residents, ${source}
    from unnest(${rows.map(({ placeId }) => placeId)}::int[], ${rows.map(({ residents }) => residents)}::int[])
      as given (id, residents)
    on conflict (jurisdiction_id, layer_id, version, place_id, year)
      do update set residents = excluded.residents, source = excluded.source`.execute(db);
}

/** The union of the shapes becomes the limit of the jurisdiction. */
export async function storeLimit(
  db: Database['db'],
  jurisdictionId: number,
  shapes: readonly (readonly Polygon[])[],
): Promise<void> {
  await sql`
    with shape as materialized (
      select ST_CollectionExtract(ST_MakeValid(ST_GeomFromWKB(decode(hex, 'hex'), 4326)), 3) as geom
      from unnest(${shapes.map(multiPolygonWkb)}::text[]) as given (hex)
    ),
    whole as materialized (select ST_Multi(ST_CollectionExtract(ST_Union(geom), 3)) as geom from shape)
    update jurisdiction set limit_geom = whole.geom,
      west = ST_XMin(whole.geom), south = ST_YMin(whole.geom), east = ST_XMax(whole.geom), north = ST_YMax(whole.geom)
    from whole where jurisdiction_id = ${jurisdictionId}`.execute(db);
}

/** Place ids count through the chunks. */
function* numbered<T>(chunks: Iterable<readonly T[]>) {
  let before = 0;
  for (const chunk of chunks) {
    const first = before + 1;
    before += chunk.length;
    yield { chunk, ids: chunk.map((_, index) => first + index) };
  }
}

const verticesOf = (polygons: readonly Polygon[]) =>
  polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);

function* chunksOf<T>(items: readonly T[], weightOf: (item: T) => number): Generator<T[]> {
  let chunk: T[] = [];
  let vertices = 0;
  for (const item of items) {
    const weight = weightOf(item);
    if (chunk.length > 0 && (vertices + weight > CHUNK_VERTICES || chunk.length === CHUNK_ROWS)) {
      yield chunk;
      chunk = [];
      vertices = 0;
    }
    chunk.push(item);
    vertices += weight;
  }
  if (chunk.length > 0) yield chunk;
}
