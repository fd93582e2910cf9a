// Looks up layers and their versions as addresses name them: `colonias`, `colonias@2`.

import { type Kysely, sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import type { LayerType } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { NotFound } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { TiledVersion } from './layers.ts';

/** A published version of a layer: a later one than the current is still being imported. */
export type Version = TiledVersion & {
  readonly layer: string;
  readonly title: string;
  readonly type: LayerType;
  readonly features: number;
  readonly bounds: Bounds | null;
  readonly hasPopulation: boolean;
  /** Changes when the same address comes to mean other content: a jurisdiction removed and loaded anew. */
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
  return rows[0];
}

/** The current version of every layer that has one, in the order they were added. */
export async function listVersions(database: Database, viewer: Viewer, jurisdiction: string): Promise<Version[]> {
  const { id } = await findJurisdiction(database, viewer, jurisdiction);
  const versions = await selectVersions(database.db, id, sql`v.version = l.current_version`);
  return versions.filter((version) => maySee(viewer, version));
}

/** Who is let see counts by area is given areas to draw, and neither streets nor points. */
const maySee = ({ scope }: Viewer, { type }: Pick<Version, 'type'>) => scope.level !== 'totals' || type === 'areas';

async function selectVersions(db: Kysely<Tables>, jurisdictionId: number, which: ReturnType<typeof sql>) {
  const { rows } = await sql<Omit<Version, 'bounds'> & { box: (number | null)[] }>`
    select l.jurisdiction_id as "jurisdictionId", l.layer_id as "layerId", v.version, l.code as layer, l.title, l.type,
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
  return rows.map(({ box: [west, south, east, north], ...row }): Version => {
    const known = west != null && south != null && east != null && north != null;
    return { ...row, bounds: known ? [west, south, east, north] : null };
  });
}
