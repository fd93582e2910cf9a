// How areas lie to each other and to their jurisdiction: overlaps, gaps, slivers, parts outside. Bounded in time.

import Flatbush from 'flatbush';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { type Area, middleOf } from './collect.ts';
import type { CheckCode } from './contract.ts';
import type { Findings } from './findings.ts';
import { boundsOf, type Polygon, type Ring } from './validate.ts';

/** Smaller overlaps and gaps are rounding. */
const LEAST_M2 = 1;
/** A part narrower than this on average is no area anybody meant to draw. */
const SLIVER_WIDTH_M = 2;
/** A border drawn by another hand wanders; more than this share of an area outside is worth telling. */
const LEAST_OUTSIDE_SHARE = 0.01;
/**
 * Overlays are made on a grid of a tenth of a millimetre. Without one GEOS tries plain floating point first and recovers
 * by catching its own exceptions, which the embedded engine cannot: there the row vanishes and the session breaks.
 */
const GRID_DEGREES = 1e-9;
/** Vertices per statement: below a second on the embedded engine. */
const CHUNK_VERTICES = 6000;
const METRES_PER_DEGREE = 111_195;

/**
 * Adds overlaps, gaps, slivers and parts outside the jurisdiction's limit to the findings. The areas must be valid: the
 * embedded engine never returns from overlaying others. What `budgetMs` does not suffice for is said not to be checked.
 */
export async function checkCoverage(
  database: Database,
  jurisdictionId: number,
  areas: readonly Area[],
  findings: Findings,
  budgetMs: number,
): Promise<void> {
  findSlivers(areas, findings);
  const began = performance.now();
  // Overlaps take longest and may use what the others leave.
  const checks = [
    ['gap', findGaps, 1 / 3],
    ['outside', findOutside, 2 / 3],
    ['overlap', findOverlaps, 1],
  ] as const satisfies readonly (readonly [CheckCode, unknown, number])[];
  for (const [code, find, share] of checks) {
    const deadline = began + budgetMs * share;
    const whole = await find({ database, jurisdictionId, areas, findings, deadline });
    if (!whole) findings.add('coverage-not-checked', { detail: code });
  }
}

type Job = {
  readonly database: Database;
  readonly jurisdictionId: number;
  readonly areas: readonly Area[];
  readonly findings: Findings;
  readonly deadline: number;
};

const isOver = ({ deadline }: Job) => performance.now() > deadline;

/** Pairs of areas whose boxes meet, in chunks of neighbours; the intersection is measured on the ellipsoid. */
async function findOverlaps(job: Job): Promise<boolean> {
  const { database, areas, findings } = job;
  for (const pairs of chunksOf(neighbours(areas), ([a, b]) => weight(areas[a]!) + weight(areas[b]!))) {
    if (isOver(job)) return false;
    const used = [...new Set(pairs.flat())];
    const { rows } = await sql<{ a: number; b: number; m2: number; lon: number; lat: number }>`
      with shape as materialized (
        select id, ST_GeomFromGeoJSON(text) as geom
        from unnest(${used}::int[], ${used.map((index) => geojson(areas[index]!.polygons))}::text[]) as given (id, text)
      ),
      common as materialized (
        select a, b, ST_CollectionExtract(ST_Intersection(one.geom, other.geom, ${GRID_DEGREES}::float8), 3) as geom
        from unnest(${pairs.map(([a]) => a)}::int[], ${pairs.map(([, b]) => b)}::int[]) as pair (a, b)
        join shape one on one.id = a join shape other on other.id = b
        where one.geom && other.geom
      )
      select a, b, m2, ST_X(at) as lon, ST_Y(at) as lat
      from (
        select a, b, ST_Area(geom::geography) as m2, ST_PointOnSurface(geom) as at from common where not ST_IsEmpty(geom)
      ) as measured where m2 >= ${LEAST_M2}`.execute(database.db);
    for (const { a, b, m2, lon, lat } of rows) {
      const { feature, code, name } = areas[a]!;
      findings.add('overlap', { feature, code, name, at: place(lon, lat), areaM2: whole(m2), detail: areas[b]!.code });
    }
  }
  return true;
}

function neighbours(areas: readonly Area[]): [number, number][] {
  if (areas.length < 2) return [];
  const boxes = areas.map(({ polygons }) => boundsOf(polygons.flatMap(([shell = []]) => shell)));
  const index = new Flatbush(areas.length);
  for (const box of boxes) index.add(...box);
  index.finish();
  return boxes.flatMap((box, a) =>
    index
      .search(...box)
      .filter((b) => b > a)
      .map((b): [number, number] => [a, b]),
  );
}

/** Holes of the union of all areas; united in groups first, each in one short statement. */
async function findGaps(job: Job): Promise<boolean> {
  const { database, areas, findings } = job;
  const sorted = areas.toSorted((a, b) => (middleOf(a.polygons)?.[0] ?? 0) - (middleOf(b.polygons)?.[0] ?? 0));
  const groups: Buffer[] = [];
  for (const group of chunksOf(sorted, weight)) {
    if (isOver(job)) return false;
    const shapes = group.map(({ polygons }) => geojson(polygons));
    const united = await unite(
      database,
      sql`select ST_GeomFromGeoJSON(text) from unnest(${shapes}::text[]) as g (text)`,
    );
    if (united === null) return false;
    groups.push(united);
  }
  if (isOver(job)) return false;
  const union = await unite(database, sql`select ST_GeomFromWKB(wkb, 4326) from unnest(${groups}::bytea[]) as g (wkb)`);
  if (union === null) return false;
  const { rows } = await sql<{ m2: number; lon: number; lat: number }>`
    with ring as (
      select (ST_DumpRings(part.geom)).* from ST_Dump(ST_GeomFromWKB(${union}, 4326)) as part
      where ST_NumInteriorRings(part.geom) > 0
    ),
    hole as (select ST_Area(geom::geography) as m2, ST_PointOnSurface(geom) as at from ring where path[1] > 0)
    select m2, ST_X(at) as lon, ST_Y(at) as lat from hole where m2 >= ${LEAST_M2}`.execute(database.db);
  for (const { m2, lon, lat } of rows) findings.add('gap', { at: place(lon, lat), areaM2: whole(m2) });
  return true;
}

/** As well-known binary: text would round, and what rounding makes invalid cannot be united again. */
async function unite({ db }: Database, shapes: RawBuilder<unknown>): Promise<Buffer | null> {
  const { rows } = await sql<{ union: Buffer }>`
    with shape (geom) as materialized (${shapes}), valid as materialized (select geom from shape where ST_IsValid(geom))
    select ST_AsBinary(ST_Multi(ST_CollectionExtract(ST_Union(geom, ${GRID_DEGREES}::float8), 3))) as union from valid`.execute(
    db,
  );
  return rows[0]?.union ?? null;
}

async function findOutside(job: Job): Promise<boolean> {
  const { database, jurisdictionId, areas, findings } = job;
  const entries = areas.map((area, index) => ({ area, index }));
  for (const chunk of chunksOf(entries, ({ area }) => weight(area))) {
    if (isOver(job)) return false;
    const { rows } = await sql<{ id: number; m2: number; share: number }>`
      with shape as materialized (
        select id, ST_GeomFromGeoJSON(text) as geom
        from unnest(
          ${chunk.map(({ index }) => index)}::int[], ${chunk.map(({ area }) => geojson(area.polygons))}::text[]
        ) as given (id, text)
      ),
      border as materialized (
        select limit_geom as geom from jurisdiction where jurisdiction_id = ${jurisdictionId} and limit_geom is not null
      ),
      measured as materialized (
        select id, ST_Area(ST_Difference(shape.geom, border.geom, ${GRID_DEGREES}::float8)::geography) as m2, ST_Area(shape.geom::geography) as all_m2
        from shape, border where not ST_Covers(border.geom, shape.geom)
      )
      select id, m2, m2 / all_m2 as share from measured
      where m2 >= ${LEAST_M2} and m2 > all_m2 * ${LEAST_OUTSIDE_SHARE}`.execute(database.db);
    for (const { id, m2, share } of rows) {
      const { feature, code, name, polygons } = areas[id]!;
      const detail = `${Math.round(share * 100)} %`;
      findings.add('outside', { feature, code, name, at: middleOf(polygons), areaM2: whole(m2), detail });
    }
  }
  return true;
}

function findSlivers(areas: readonly Area[], findings: Findings): void {
  for (const { feature, code, name, polygons } of areas) {
    for (const [shell = []] of polygons) {
      const { areaM2, perimeterM } = measure(shell);
      if ((2 * areaM2) / perimeterM >= SLIVER_WIDTH_M) continue;
      findings.add('sliver', { feature, code, name, at: middleOf([[shell]]), areaM2: whole(areaM2) });
    }
  }
}

/** On a plane touching the earth at the ring, within a percent. */
function measure(ring: Ring): { areaM2: number; perimeterM: number } {
  const [lon0, lat0] = ring[0] ?? [0, 0];
  const perLon = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const plane = ring.map(([lon, lat]) => [(lon - lon0) * perLon, (lat - lat0) * METRES_PER_DEGREE] as const);
  let doubled = 0;
  let perimeterM = 0;
  for (let i = 1; i < plane.length; i++) {
    const [[x0, y0], [x1, y1]] = [plane[i - 1]!, plane[i]!];
    doubled += x0 * y1 - x1 * y0;
    perimeterM += Math.hypot(x1 - x0, y1 - y0);
  }
  return { areaM2: Math.abs(doubled) / 2, perimeterM };
}

const place = (lon: number, lat: number) => [Number(lon.toFixed(6)), Number(lat.toFixed(6))] as const;
const whole = (m2: number) => Math.round(m2);
const geojson = (polygons: readonly Polygon[]) => JSON.stringify({ type: 'MultiPolygon', coordinates: polygons });
const weight = ({ polygons }: { readonly polygons: readonly Polygon[] }) =>
  polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);

function* chunksOf<T>(items: readonly T[], weightOf: (item: T) => number): Generator<T[]> {
  let chunk: T[] = [];
  let vertices = 0;
  for (const item of items) {
    chunk.push(item);
    vertices += weightOf(item);
    if (vertices < CHUNK_VERTICES) continue;
    yield chunk;
    chunk = [];
    vertices = 0;
  }
  if (chunk.length > 0) yield chunk;
}
