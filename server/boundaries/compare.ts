// How two versions of a layer differ, place by place.

import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { LayerChange } from './contract.ts';
import type { StoredLayer } from './history.ts';

/** Smaller differences in area are rounding of coordinates on their way through another format. */
const LEAST_CHANGE_M2 = 1;
/** Areas compared per statement: below a second on the embedded engine. */
const COMPARED_AT_ONCE = 100;
/** Lines and points are only looked at for being the same. */
const LINES_COMPARED_AT_ONCE = 1000;
const OUTLINES_AT_ONCE = 500;
/** More would be a smear on a map, and megabytes. */
const MOST_OUTLINES = 6000;
/** A tenth of a metre. */
const DECIMALS = 6;
const TABLE_OF = { areas: 'area', context: 'area', streets: 'segment', points: 'reference_point' } as const;

export type Compared = { readonly changes: readonly LayerChange[]; readonly same: number };

/** Places of two versions by code: only in one, or in both with another name or other ground. */
export async function compareVersions(
  database: Database,
  { id }: Jurisdiction,
  layer: StoredLayer,
  from: number,
  until: number,
): Promise<Compared> {
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
    const different = await differences(db, id, layer, from, until, chunk);
    for (const { code, a, b } of chunk) {
      const name = after.get(code)!.name;
      const m2 = different.get(a);
      const areaM2 = isArea ? (m2 ?? 0) : null;
      if (m2 !== undefined) changes.push({ code, name, change: 'moved', fromId: a, untilId: b, areaM2 });
      else if (before.get(code)!.name !== name) {
        changes.push({ code, name, change: 'renamed', fromId: a, untilId: b, areaM2 });
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

/** Ground in one but not the other, in m², for the pairs whose geometry differs; 0 for lines and points. */
async function differences(
  db: Kysely<Tables>,
  id: number,
  { layerId, type }: StoredLayer,
  from: number,
  until: number,
  pairs: readonly { readonly a: number; readonly b: number }[],
): Promise<Map<number, number>> {
  const table = sql.table(TABLE_OF[type]);
  const isArea = TABLE_OF[type] === 'area';
  // The grid keeps the embedded engine from exceptions it cannot catch (coverage.ts).
  const m2 = isArea ? sql`ST_Area(ST_SymDifference(one.geom, other.geom, 1e-9::float8)::geography)` : sql`0::float8`;
  const { rows } = await sql<{ a: number; m2: number }>`
    with changed as materialized (
      select a, ${m2} as m2
      from unnest(${pairs.map(({ a }) => a)}::int[], ${pairs.map(({ b }) => b)}::int[]) as pair (a, b)
      join ${table} one on one.jurisdiction_id = ${id} and one.layer_id = ${layerId} and one.version = ${from}
        and one.place_id = a
      join ${table} other on other.jurisdiction_id = ${id} and other.layer_id = ${layerId} and other.version = ${until}
        and other.place_id = b
      where not ST_OrderingEquals(one.geom, other.geom)
    )
    select a, m2 from changed where m2 >= ${isArea ? LEAST_CHANGE_M2 : 0}`.execute(db);
  return new Map(rows.map(({ a, m2: square }) => [a, Math.round(square)]));
}
