// Looks up layers and their versions as addresses name them: `colonias`, `colonias@2`.

import { type Kysely, sql } from 'kysely';
import type { Scope, Viewer } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import type { LayerType } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { nameOfAnswer } from '../db/program.ts';
import type { Tables } from '../db/tables.ts';
import { NotFound } from '../errors.ts';
import { isLayerShared } from '../filter/scope.ts';
import type { Bounds } from '../geometry/contract.ts';
import { inVersion, type TiledVersion } from './layers.ts';

/** A published version of a layer: a later one than the current is still being imported. */
export type Version = TiledVersion & {
  readonly layer: string;
  readonly title: string;
  readonly type: LayerType;
  readonly features: number;
  readonly bounds: Bounds | null;
  readonly hasPopulation: boolean;
  readonly current: number;
  /**
   * Changes when the same address comes to mean other content: a jurisdiction removed and loaded anew, or another viewer
   * who is let see some of its places.
   */
  readonly stamp: string;
};

const REFERENCE = /^([a-z0-9][a-z0-9_-]{0,62})(?:@([1-9]\d{0,5}))?$/;

/** `L` = the current version, `L@V` = that one. Throws NotFound, for the jurisdiction too. */
export async function findVersion(
  database: Database,
  viewer: Viewer,
  jurisdiction: string,
  reference: string,
): Promise<Version> {
  const { id } = await findJurisdiction(database, viewer, jurisdiction);
  const [, layer, version] = REFERENCE.exec(reference) ?? [];
  if (!layer) throw new NotFound('no such layer');
  const rows = await selectVersions(
    database.db,
    id,
    sql`l.code = ${layer}
    and v.version = ${version === undefined ? sql`l.current_version` : Number(version)}`,
  );
  if (!rows[0] || !maySee(viewer, rows[0])) throw new NotFound('no such layer or version');
  return asShared(database.db, viewer, rows[0]);
}

/** The current version of every layer that has one, in the order they were added. */
export async function listVersions(database: Database, viewer: Viewer, jurisdiction: string): Promise<Version[]> {
  const { id } = await findJurisdiction(database, viewer, jurisdiction);
  const versions = await selectVersions(database.db, id, sql`v.version = l.current_version`);
  const shared = versions.filter((version) => maySee(viewer, version));
  return Promise.all(shared.map((version) => asShared(database.db, viewer, version)));
}

/** Who is let see counts by area is given areas to draw, and neither streets nor points; by areas, no other ones. */
const maySee = ({ scope }: Viewer, version: Version) => isLayerShared(version, version.current, scope);

/** For whoever is let see areas of another authority: these alone, and the streets and points that lie in them. */
async function asShared(db: Kysely<Tables>, { scope }: Viewer, version: Version): Promise<Version> {
  const { areas, level } = scope;
  if (level === undefined || areas === null) return version;
  const shared: Version = {
    ...version,
    only: onlyIn(version, areas),
    stamp: `${version.stamp}-${nameOfAnswer([areas.layer, ...[...areas.codes].sort()])}`,
  };
  const table = { areas: 'area', context: 'area', streets: 'segment', points: 'reference_point' }[version.type];
  const { rows } = await sql<{ features: number; box: (number | null)[] }>`
    select count(*)::int as features, array[ST_XMin(ST_Extent(geom)), ST_YMin(ST_Extent(geom)), ST_XMax(ST_Extent(geom)),
      ST_YMax(ST_Extent(geom))] as box
    from ${sql.table(table)} where ${inVersion(shared)}`.execute(db);
  return { ...shared, features: rows[0]!.features, bounds: boundsOf(rows[0]!.box) };
}

const MIDDLES = { streets: sql`ST_LineInterpolatePoint(place.geom, 0.5)`, points: sql`place.geom` } as const;

function onlyIn(
  { jurisdictionId, layerId, version, type }: Version,
  { layer, codes }: NonNullable<Scope['areas']>,
): NonNullable<TiledVersion['only']> {
  const all = sql`any(${[...codes]}::text[])`;
  if (type !== 'streets' && type !== 'points') return sql`code = ${all}`;
  return sql`place_id in (
    select place.place_id from layer l
    join area a on a.jurisdiction_id = ${jurisdictionId} and a.layer_id = l.layer_id and a.version = l.current_version
      and a.code = ${all}
    join ${sql.table(type === 'streets' ? 'segment' : 'reference_point')} place on place.jurisdiction_id = ${jurisdictionId}
      and place.layer_id = ${layerId} and place.version = ${version} and place.geom_3857 && a.geom_3857
      and ST_Covers(a.geom, ${MIDDLES[type]})
    where l.jurisdiction_id = ${jurisdictionId} and l.code = ${layer} and l.type = 'areas')`;
}

async function selectVersions(db: Kysely<Tables>, jurisdictionId: number, which: ReturnType<typeof sql>) {
  const { rows } = await sql<Omit<Version, 'bounds'> & { box: (number | null)[] }>`
    select l.jurisdiction_id as "jurisdictionId", l.layer_id as "layerId", v.version, l.code as layer, l.title, l.type,
      l.current_version as current,
      v.features, array[v.west, v.south, v.east, v.north] as box,
      exists (
        select from population p where p.jurisdiction_id = ${jurisdictionId} and p.layer_id = v.layer_id
          and p.version = v.version
      ) as "hasPopulation",
      left(v.file_sha256, 8) || to_hex(extract(epoch from v.created_at)::bigint) as stamp
    from layer l
    join layer_version v on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id
    where l.jurisdiction_id = ${jurisdictionId} and l.current_version is not null
      and v.published_at is not null and v.removed_at is null and ${which}
    order by l.layer_id`.execute(db);
  return rows.map(({ box, ...row }): Version => ({ ...row, bounds: boundsOf(box) }));
}

function boundsOf([west, south, east, north]: readonly (number | null)[]): Bounds | null {
  const known = west != null && south != null && east != null && north != null;
  return known ? [west, south, east, north] : null;
}
