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
const TABLE_OF = { areas: 'area', context: 'area', streets: 'segment', points: 'reference_point' } as const;

/** Places of two versions by code: only in one, or in both with another name or other ground. */
export async function compareVersions(
  database: Database,
  { id }: Jurisdiction,
  layer: StoredLayer,
  from: number,
  until: number,
): Promise<LayerChange[]> {
  const { db } = database;
  if (from === until) throw new BadInput('until', 'two different versions are compared');
  const [before, after] = [await places(db, id, layer, from), await places(db, id, layer, until)];
  const changes: LayerChange[] = [];
  const shared: { code: string; a: number; b: number }[] = [];
  for (const [code, { id: a, name }] of before) {
    const other = after.get(code);
    if (other) shared.push({ code, a, b: other.id });
    else changes.push({ code, name, change: 'removed', fromId: a, untilId: null, areaM2: null });
  }
  for (const [code, { id: b, name }] of after) {
    if (!before.has(code)) changes.push({ code, name, change: 'added', fromId: null, untilId: b, areaM2: null });
  }
  for (let at = 0; at < shared.length; at += COMPARED_AT_ONCE) {
    const chunk = shared.slice(at, at + COMPARED_AT_ONCE);
    const different = await differences(db, id, layer, from, until, chunk);
    for (const { code, a, b } of chunk) {
      const name = after.get(code)!.name;
      const areaM2 = different.get(a);
      if (areaM2 !== undefined) changes.push({ code, name, change: 'moved', fromId: a, untilId: b, areaM2 });
      else if (before.get(code)!.name !== name) {
        changes.push({ code, name, change: 'renamed', fromId: a, untilId: b, areaM2: 0 });
      }
    }
  }
  return changes;
}

async function places(db: Kysely<Tables>, id: number, { layerId, type, code }: StoredLayer, version: number) {
  const { rows } = await sql<{ id: number; code: string; name: string | null }>`
    select place_id as id, code, name from ${sql.table(TABLE_OF[type])}
    where jurisdiction_id = ${id} and layer_id = ${layerId} and version = ${version} order by place_id`.execute(db);
  if (rows.length === 0) throw new NotFound(`no version ${version} of ${code}`);
  return new Map(rows.map(({ id: placeId, code: of, name }) => [of, { id: placeId, name: name ?? '' }]));
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
