// How two versions of a layer differ, place by place.

import { setImmediate as turn } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, NotFound } from '../errors.ts';
import { edgesOf } from '../geometry/edges.ts';
import { meetingsOf } from '../geometry/overlap-candidates.ts';
import { polygonsOfWkb } from '../geometry/wkb.ts';
import type { LayerChange } from './contract.ts';
import type { StoredLayer } from './history.ts';

/** Smaller differences in area are rounding of coordinates on their way through another format. */
const LEAST_CHANGE_M2 = 1;
/** Areas compared per statement: below a second on the embedded engine. */
const COMPARED_AT_ONCE = 100;
/** Corners of both versions loaded and overlaid per statement, and crossings, unless a single pair has more. */
const CORNERS_AT_ONCE = 20_000;
const CROSSINGS_AT_ONCE = 6000;
/** Crossings of the two outlines of a place beyond which the ground that changed is not measured. */
const MOST_CROSSINGS_COMPARED = 3000;
/** Lines and points are only looked at for being the same. */
const LINES_COMPARED_AT_ONCE = 1000;
const OUTLINES_AT_ONCE = 500;
/** More would be a smear on a map, and megabytes. */
const MOST_OUTLINES = 6000;
/** A tenth of a metre. */
const DECIMALS = 6;
const TABLE_OF = { areas: 'area', context: 'area', streets: 'segment', points: 'reference_point' } as const;

export type ComparedVersions = { readonly changes: readonly LayerChange[]; readonly same: number };

/** Places of two versions by code: only in one, or in both with another name or other ground. */
export async function compareVersions(
  database: Database,
  { id }: Jurisdiction,
  layer: StoredLayer,
  from: number,
  until: number,
): Promise<ComparedVersions> {
  const { db } = database;
  const isArea = TABLE_OF[layer.type] === 'area';
  if (from === until) throw new BadInput('until', 'two different versions are compared');
  const [before, after] = [await places(db, id, layer, from), await places(db, id, layer, until)];
  const changes: LayerChange[] = [];
  const shared: { code: string; a: number; b: number }[] = [];
  for (const [code, { id: a, name, areaM2 }] of before) {
    const other = after.get(code);
    if (other) shared.push({ code, a, b: other.id });
    else changes.push({ code, name, change: 'removed', fromId: a, untilId: null, areaM2 });
  }
  for (const [code, { id: b, name, areaM2 }] of after) {
    if (!before.has(code)) changes.push({ code, name, change: 'added', fromId: null, untilId: b, areaM2 });
  }
  const apart = changes.length;
  const atOnce = isArea ? COMPARED_AT_ONCE : LINES_COMPARED_AT_ONCE;
  for (let at = 0; at < shared.length; at += atOnce) {
    const chunk = shared.slice(at, at + atOnce);
    const different = await differences(db, { id, layer, from, until }, chunk);
    for (const { code, a, b } of chunk) {
      const name = after.get(code)!.name;
      const areaM2 = different.get(a);
      if (areaM2 !== undefined) changes.push({ code, name, change: 'moved', fromId: a, untilId: b, areaM2 });
      else if (before.get(code)!.name !== name) {
        changes.push({ code, name, change: 'renamed', fromId: a, untilId: b, areaM2: isArea ? 0 : null });
      }
    }
  }
  return { changes, same: shared.length - (changes.length - apart) };
}

/** The shapes of changed places as GeoJSON, those of the earlier version first; of very many some thousand. */
export async function outlinesOf(
  { db }: Database,
  { id }: Jurisdiction,
  { layerId, type }: StoredLayer,
  changes: readonly LayerChange[],
  from: number,
  until: number,
) {
  const sides = [
    { side: 'from', version: from, ids: changes.map(({ fromId }) => fromId) },
    { side: 'until', version: until, ids: changes.map(({ untilId }) => untilId) },
  ] as const;
  const features: object[] = [];
  for (const { side, version, ids } of sides) {
    const of = new Map(ids.flatMap((placeId, i) => (placeId === null ? [] : [[placeId, changes[i]!] as const])));
    const wanted = [...of.keys()].slice(0, MOST_OUTLINES);
    for (let at = 0; at < wanted.length; at += OUTLINES_AT_ONCE) {
      const { rows } = await sql<{ id: number; shape: string }>`
        select place_id as id, ST_AsGeoJSON(geom, ${DECIMALS}::int) as shape from ${sql.table(TABLE_OF[type])}
        where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version}
          and place_id = any(${wanted.slice(at, at + OUTLINES_AT_ONCE)}::int[])
        order by place_id`.execute(db);
      for (const { id: placeId, shape } of rows) {
        const { code, name, change } = of.get(placeId)!;
        features.push({ type: 'Feature', properties: { code, name, change, side }, geometry: JSON.parse(shape) });
      }
    }
  }
  return { type: 'FeatureCollection' as const, features };
}

async function places(db: Kysely<Tables>, id: number, { layerId, type, code }: StoredLayer, version: number) {
  await requireUse(db, id, layerId, code, version);
  const areaM2 = TABLE_OF[type] === 'area' ? sql`round(area_km2 * 1e6)` : sql`null`;
  const { rows } = await sql<{ id: number; code: string; name: string | null; areaM2: number | null }>`
    select place_id as id, code, name, ${areaM2}::float8 as "areaM2" from ${sql.table(TABLE_OF[type])}
    where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version} order by place_id`.execute(db);
  return new Map(
    rows.map(({ id: placeId, code: of, name, areaM2 }) => [of, { id: placeId, name: name ?? '', areaM2 }]),
  );
}

async function requireUse(db: Kysely<Tables>, id: number, layerId: number, code: string, version: number) {
  const found = await db
    .selectFrom('layer_version')
    .select('removed_at')
    .where('jurisdiction_id', '=', id)
    .where('layer_id', '=', layerId)
    .where('version', '=', version)
    .where('published_at', 'is not', null)
    .executeTakeFirst();
  if (!found) throw new NotFound(`no version ${version} of ${code}`);
  if (found.removed_at !== null) throw new NotFound(`version ${version} of ${code} was removed; it can be restored`);
}

type Versions = {
  readonly id: number;
  readonly layer: StoredLayer;
  readonly from: number;
  readonly until: number;
};
type Pair = { readonly a: number; readonly b: number };

/** Places whose ground differs, with what is in one but not the other in m²; null for lines, points and the intricate. */
async function differences(
  db: Kysely<Tables>,
  versions: Versions,
  pairs: readonly Pair[],
): Promise<Map<number, number | null>> {
  const isArea = TABLE_OF[versions.layer.type] === 'area';
  const { rows } = await sql<Pair & { corners: number }>`
    select a, b, ${isArea ? sql`ST_NPoints(one.geom) + ST_NPoints(other.geom)` : sql`0`} as corners
    from ${joined(versions, pairs)} where not ST_OrderingEquals(one.geom, other.geom)`.execute(db);
  const found = new Map<number, number | null>();
  if (!isArea) for (const { a } of rows) found.set(a, null);
  else {
    for (const chunk of chunksOf(rows, ({ corners }) => corners, CORNERS_AT_ONCE)) {
      for (const [a, m2] of await measure(db, versions, chunk)) {
        if (m2 === null || m2 >= LEAST_CHANGE_M2) found.set(a, m2 && Math.round(m2));
      }
    }
  }
  return found;
}

/** An overlay costs by the crossings, and no database can be told to stop: they are counted before. */
async function measure(
  db: Kysely<Tables>,
  versions: Versions,
  pairs: readonly Pair[],
): Promise<Map<number, number | null>> {
  const { rows: shapes } = await sql<Pair & { one: Buffer; other: Buffer }>`
    select a, b, ST_AsBinary(one.geom, 'NDR') as one, ST_AsBinary(other.geom, 'NDR') as other
    from ${joined(versions, pairs)}`.execute(db);
  const measured = new Map<number, number | null>();
  const plain: (Pair & { crossings: number })[] = [];
  for (const { a, b, one, other } of shapes) {
    const edges = edgesOf([{ polygons: polygonsOfWkb(one) }, { polygons: polygonsOfWkb(other) }]);
    const crossings = meetingsOf(edges, 0, 1, MOST_CROSSINGS_COMPARED) ?? 0;
    if (crossings === Infinity) measured.set(a, null);
    else plain.push({ a, b, crossings });
    // Others are answered in between.
    await turn();
  }
  for (const chunk of chunksOf(plain, ({ crossings }) => crossings, CROSSINGS_AT_ONCE)) {
    // The grid keeps the embedded engine from exceptions it cannot catch (coverage.ts).
    const { rows } = await sql<{ a: number; m2: number }>`
      select a, ST_Area(ST_SymDifference(one.geom, other.geom, 1e-9::float8)::geography) as m2
      from ${joined(versions, chunk)}`.execute(db);
    for (const { a, m2 } of rows) measured.set(a, m2);
  }
  return measured;
}

function joined({ id, layer: { layerId, type }, from, until }: Versions, pairs: readonly Pair[]) {
  const table = sql.table(TABLE_OF[type]);
  return sql`unnest(${pairs.map(({ a }) => a)}::int[], ${pairs.map(({ b }) => b)}::int[]) as pair (a, b)
    join ${table} one on one.jurisdiction_id = ${id} and one.layer_id = ${layerId} and one.version = ${from}
      and one.place_id = a
    join ${table} other on other.jurisdiction_id = ${id} and other.layer_id = ${layerId} and other.version = ${until}
      and other.place_id = b`;
}

function* chunksOf<T>(items: readonly T[], weightOf: (item: T) => number, most: number): Generator<T[]> {
  let chunk: T[] = [];
  let weight = 0;
  for (const item of items) {
    chunk.push(item);
    weight += weightOf(item);
    if (weight < most) continue;
    yield chunk;
    chunk = [];
    weight = 0;
  }
  if (chunk.length > 0) yield chunk;
}
