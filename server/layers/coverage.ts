// How areas lie to each other and to their jurisdiction: overlaps, gaps, slivers, parts outside. Bounded by counted work,
// so that what is too large to check depends on the file and never on how busy the machine is.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { Unavailable } from '../errors.ts';
import { countCrossings } from '../geometry/crossings.ts';
import { boundsOfEdge, boxSearch, coverTest, type Edges, edgesOf, isInside, openLines } from '../geometry/edges.ts';
import { meetingsOf, neighbours } from '../geometry/overlap-candidates.ts';
import type { Polygon, Ring } from '../geometry/shape.ts';
import { lineWkb, multiPolygonWkb } from '../geometry/wkb.ts';
import type { Check, CheckCode } from '../mapfiles/contract.ts';
import type { Findings } from '../mapfiles/findings.ts';
import { neighboursOfGaps } from './around.ts';
import { loadLimitPolygons } from './clip-to-jurisdiction.ts';
import { type Area, middleOf } from './collect.ts';

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
/** Of the border of the whole and whatever does not fit: they are noded in one statement. */
const MOST_OPEN_CORNERS = { embedded: 60_000, postgis: 1_000_000 };
/** Crossings of two areas, of an area with the limit, and of all open lines together: overlays cost by them. */
const MOST_CROSSINGS_OF_PAIR = 3000;
const MOST_CROSSINGS_OF_WHOLE = 20_000;
/** Vertices and crossings overlaid in all, of overlaps and of parts outside each; the 1,814 colonias need 233,000. */
const MOST_OVERLAID = 1_200_000;
/** Edges looked at to tell which areas may overlap, and what a pair costs besides; the colonias need 1.4 million. */
const MOST_EDGES_LOOKED_AT = 150_000_000;
const EDGES_PER_PAIR = 50;
/** Nothing let in takes so long, unless the machine has come to a stop. */
const STUCK_MS = 300_000;
/** Areas around a gap that are named. */
const MOST_NAMED = 4;
const METRES_PER_DEGREE = 111_195;

/**
 * Adds overlaps, gaps, slivers and parts outside the jurisdiction's limit to the findings. The areas must be valid: the
 * embedded engine never returns from overlaying others. What would cost too much is said not to be checked. Throws
 * Unavailable after `stuckMs`.
 */
export async function checkCoverage(
  database: Database,
  jurisdictionId: number,
  areas: readonly Area[],
  findings: Findings,
  stuckMs = STUCK_MS,
): Promise<void> {
  findSlivers(areas, findings);
  const edges = edgesOf(areas);
  const deadline = performance.now() + stuckMs;
  const checks = [
    ['gap', findGaps],
    ['outside', findOutside],
    ['overlap', findOverlaps],
  ] as const satisfies readonly (readonly [CheckCode, unknown])[];
  for (const [code, find] of checks) {
    const whole = await find({ database, jurisdictionId, areas, edges, findings, deadline });
    if (!whole) findings.add('coverage-not-checked', { detail: code });
  }
}

const COVERAGE_CODES: readonly CheckCode[] = ['overlap', 'gap', 'sliver', 'outside', 'coverage-not-checked'];

/** What checkCoverage found before in the same areas, without looking again. */
export function repeatCoverage(before: readonly Check[], findings: Findings): void {
  for (const { code, count, items } of before) {
    if (!COVERAGE_CODES.includes(code)) continue;
    for (const item of items) findings.add(code, item);
    if (count > items.length) findings.add(code, {}, count - items.length);
  }
}

type Job = {
  readonly database: Database;
  readonly jurisdictionId: number;
  readonly areas: readonly Area[];
  readonly edges: Edges;
  readonly findings: Findings;
  readonly deadline: number;
};

/** Throws Unavailable when the machine has stopped working: that is a failure, and no property of the file. */
function refuseStuck({ deadline }: Job): void {
  if (performance.now() > deadline) throw new Unavailable('looking for overlaps and gaps did not end: try again');
}

/** Pairs of areas that may share ground, in chunks; the intersection is measured on the ellipsoid. */
async function findOverlaps(job: Job): Promise<boolean> {
  const { areas, edges, findings } = job;
  const pairs: { pair: [number, number]; crossings: number }[] = [];
  let isWhole = true;
  let looks = 0;
  for (const pair of neighbours(edges.boxes)) {
    refuseStuck(job);
    looks += EDGES_PER_PAIR + sizeOf(edges, pair[0]) + sizeOf(edges, pair[1]);
    if (looks > MOST_EDGES_LOOKED_AT) return false;
    const crossings = meetingsOf(edges, ...pair, MOST_CROSSINGS_OF_PAIR);
    if (crossings === Infinity) isWhole = false;
    else if (crossings !== null) pairs.push({ pair, crossings });
  }
  const weightOf = ([a, b]: [number, number]) => weight(areas[a]!) + weight(areas[b]!);
  const chunks = chunksOf(pairs, ({ pair, crossings }) => weightOf(pair) + 2 * crossings);
  const found = await eachChunk(job, chunks, (chunk) =>
    measureOverlaps(
      job,
      chunk.map(({ pair }) => pair),
    ),
  );
  for (const { a, b, m2, lon, lat } of found.rows) {
    const { feature, code, name } = areas[a]!;
    findings.add('overlap', { feature, code, name, at: place(lon, lat), areaM2: whole(m2), detail: areas[b]!.code });
  }
  return found.whole && isWhole;
}

type Overlap = {
  readonly a: number;
  readonly b: number;
  readonly m2: number;
  readonly lon: number;
  readonly lat: number;
};

async function measureOverlaps({ database, areas }: Job, pairs: readonly [number, number][]): Promise<Overlap[]> {
  const used = [...new Set(pairs.flat())];
  const { rows } = await sql<Overlap>`
    with shape as materialized (
      select id, ST_GeomFromWKB(decode(hex, 'hex'), 4326) as geom
      from unnest(${used}::int[], ${used.map((index) => multiPolygonWkb(areas[index]!.polygons))}::text[])
        as given (id, hex)
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
  return rows;
}

/** Ground that is enclosed by areas and in none: faces between the open edges, of which each point is asked. */
async function findGaps({ database, areas, edges, findings }: Job): Promise<boolean> {
  const lines = openLines(edges);
  if (lines.reduce((sum, line) => sum + line.length, 0) > MOST_OPEN_CORNERS[database.engine]) return false;
  if (countCrossings(lines, MOST_CROSSINGS_OF_WHOLE) === Infinity) return false;
  const { rows } = await sql<{ m2: number; lon: number; lat: number; shell: string }>`
    with line as materialized (
      select ST_GeomFromWKB(decode(hex, 'hex'), 4326) as geom from unnest(${lines.map(lineWkb)}::text[]) as given (hex)
    ),
    noded as materialized (select ST_UnaryUnion(ST_Collect(geom), ${GRID_DEGREES}::float8) as geom from line),
    face as materialized (select (ST_Dump(ST_Polygonize(geom))).geom from noded),
    measured as materialized (
      select ST_Area(geom::geography) as m2, ST_PointOnSurface(geom) as at, ST_ExteriorRing(geom) as shell from face
    )
    select m2, ST_X(at) as lon, ST_Y(at) as lat, ST_AsGeoJSON(shell, 9) as shell from measured where m2 >= ${LEAST_M2}`.execute(
    database.db,
  );
  const covered = coverTest(edges, areas.length);
  const around = neighboursOfGaps(edges, areas.length);
  const gaps = rows.filter(({ lon, lat }) => !covered(lon, lat)).sort((a, b) => b.m2 - a.m2);
  for (const { m2, lon, lat, shell } of gaps) {
    const beside = around(JSON.parse(shell).coordinates).map((index) => areas[index]!);
    const named = beside.slice(0, MOST_NAMED).map(({ name, code }) => name ?? code);
    const detail = named.length ? `${named.join(', ')}${beside.length > MOST_NAMED ? ', …' : ''}` : null;
    findings.add('gap', { at: place(lon, lat), areaM2: whole(m2), detail });
  }
  return true;
}

/** Areas near the border of the jurisdiction are measured; the others are wholly inside or wholly outside. */
async function findOutside(job: Job): Promise<boolean> {
  const { database, jurisdictionId, areas, edges, findings } = job;
  const limit = await loadLimitPolygons(database, jurisdictionId);
  if (limit === null) return true;
  const border = edgesOf([{ polygons: limit }]);
  const nearBorder = boxSearch(border.from.length, (e) => boundsOfEdge(border, e));
  const cornerOf = (corner: number) => [border.x[corner]!, border.y[corner]!] as const;
  let isWhole = true;
  const asked = areas.flatMap((area, index) => {
    const close: (readonly (readonly [number, number])[])[] = [];
    nearBorder(edges.boxes[index]!, (e) => {
      close.push([cornerOf(border.from[e]!), cornerOf(border.to[e]!)]);
      return false;
    });
    const [lon, lat] = area.polygons[0]![0]![0]!;
    if (close.length === 0) return isInside(border, 0, lon, lat) ? [] : [{ area, index, crossings: 0 }];
    refuseStuck(job);
    const crossings = countCrossings([...area.polygons.flat(), ...close], MOST_CROSSINGS_OF_PAIR);
    if (crossings === Infinity) isWhole = false;
    return crossings === Infinity ? [] : [{ area, index, crossings }];
  });
  const found = await eachChunk(
    job,
    chunksOf(asked, ({ area, crossings }) => weight(area) + 2 * crossings),
    async (chunk) => {
      const { rows } = await sql<{ id: number; m2: number; share: number }>`
      with shape as materialized (
        select id, ST_GeomFromWKB(decode(hex, 'hex'), 4326) as geom
        from unnest(
          ${chunk.map(({ index }) => index)}::int[], ${chunk.map(({ area }) => multiPolygonWkb(area.polygons))}::text[]
        ) as given (id, hex)
      ),
      border as materialized (
        select limit_geom as geom from jurisdiction where jurisdiction_id = ${jurisdictionId} and limit_geom is not null
      ),
      measured as materialized (
        select id, ST_Area(ST_Difference(shape.geom, border.geom, ${GRID_DEGREES}::float8)::geography) as m2,
          ST_Area(shape.geom::geography) as all_m2
        from shape, border where not ST_Covers(border.geom, shape.geom)
      )
      select id, m2, m2 / all_m2 as share from measured
      where m2 >= ${LEAST_M2} and m2 > all_m2 * ${LEAST_OUTSIDE_SHARE}`.execute(database.db);
      return rows;
    },
  );
  for (const { id, m2, share } of found.rows) {
    const { feature, code, name, polygons } = areas[id]!;
    const detail = `${Math.round(share * 100)} %`;
    findings.add('outside', { feature, code, name, at: middleOf(polygons), areaM2: whole(m2), detail });
  }
  return found.whole && isWhole;
}

/** Asks for each chunk, two at once where the database has more than one session; not `whole` past MOST_OVERLAID. */
async function eachChunk<Item, Row>(
  job: Job,
  chunks: Iterable<Chunk<Item>>,
  ask: (chunk: Item[]) => Promise<Row[]>,
): Promise<{ rows: Row[]; whole: boolean }> {
  const answers: Row[][] = [];
  const affordable: Item[][] = [];
  let overlaid = 0;
  let whole = true;
  for (const { items, vertices } of chunks) {
    overlaid += vertices;
    whole &&= overlaid <= MOST_OVERLAID;
    if (whole) affordable.push(items);
  }
  const left = affordable.entries();
  const work = async () => {
    for (const [index, items] of left) {
      refuseStuck(job);
      answers[index] = await ask(items);
    }
  };
  await Promise.all(job.database.engine === 'postgis' ? [work(), work()] : [work()]);
  return { rows: answers.flat(), whole };
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
const weight = ({ polygons }: { readonly polygons: readonly Polygon[] }) =>
  polygons.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);

const sizeOf = ({ start }: Edges, area: number) => start[area + 1]! - start[area]!;

type Chunk<Item> = { readonly items: Item[]; readonly vertices: number };

function* chunksOf<T>(items: readonly T[], weightOf: (item: T) => number): Generator<Chunk<T>> {
  let chunk: T[] = [];
  let vertices = 0;
  for (const item of items) {
    chunk.push(item);
    vertices += weightOf(item);
    if (vertices < CHUNK_VERTICES) continue;
    yield { items: chunk, vertices };
    chunk = [];
    vertices = 0;
  }
  if (chunk.length > 0) yield { items: chunk, vertices };
}
