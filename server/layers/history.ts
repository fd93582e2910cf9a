// The versions of a layer: what there are, going back to one, removing and restoring.

import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { LayerType } from '../db/contract.ts';
import { raiseDataVersion, type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { Conflict, NotFound } from '../errors.ts';
import type { Check } from '../mapfiles/contract.ts';
import type { LayerVersionRow, RemovedLayer } from './contract.ts';

export type StoredLayer = {
  readonly layerId: number;
  readonly code: string;
  readonly title: string;
  readonly type: LayerType;
  /** Null while removed, or while its first version is being written. */
  readonly current: number | null;
  readonly removed: number | null;
};

/** Throws NotFound; a removed layer is found. */
export async function findStoredLayer({ db }: Database, { id }: Jurisdiction, code: string): Promise<StoredLayer> {
  const { rows } = await sql<StoredLayer>`
    select layer_id as "layerId", code, title, type, current_version as current, removed_version as removed
    from layer where jurisdiction_id = ${id} and code = ${code}`.execute(db);
  if (!rows[0]) throw new NotFound(`no layer ${code.slice(0, 60)}`);
  return rows[0];
}

/** Every published version, the newest first; those removed are marked. */
export async function listLayerVersions(
  { db }: Database,
  { id }: Jurisdiction,
  layer: StoredLayer,
): Promise<LayerVersionRow[]> {
  const { rows } = await sql<LayerVersionRow>`
    select version, version = ${layer.current ?? layer.removed} and ${layer.current !== null}::boolean as current,
      to_char(valid_from, 'YYYY-MM-DD') as "validFrom", to_json(published_at) #>> '{}' as "publishedAt",
      removed_at is not null as removed, features, file_name as "fileName",
      coalesce((report ->> 'read')::int, 0) as read, coalesce((report ->> 'rejected')::int, 0) as rejected,
      coalesce((report ->> 'repaired')::int, 0) as repaired
    from layer_version
    where jurisdiction_id = ${id} and layer_id = ${layer.layerId} and published_at is not null
    order by version desc`.execute(db);
  return rows;
}

/** Layers out of use, by title. */
export async function listRemovedLayers({ db }: Database, { id }: Jurisdiction): Promise<RemovedLayer[]> {
  const { rows } = await sql<RemovedLayer>`
    select l.code as layer, l.title, l.type, v.version, v.features
    from layer l
    join layer_version v
      on v.jurisdiction_id = ${id} and v.layer_id = l.layer_id and v.version = l.removed_version
    where l.jurisdiction_id = ${id} and l.current_version is null
    order by l.title, l.code`.execute(db);
  return rows;
}

/** What was found wrong with the file of a version. Throws NotFound. */
export async function readChecks({ db }: Database, { id }: Jurisdiction, layer: StoredLayer, version: number) {
  const { rows } = await sql<{ checks: Check[] | null }>`
    select report -> 'checks' as checks from layer_version
    where jurisdiction_id = ${id} and layer_id = ${layer.layerId} and version = ${version} and published_at is not null`.execute(
    db,
  );
  if (!rows[0]) throw new NotFound(`no version ${version} of ${layer.code}`);
  return rows[0].checks ?? [];
}

/** Makes an earlier version the current one; its incidents have been placed all along. Throws NotFound, Conflict. */
export async function returnTo(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string,
  version: number,
): Promise<void> {
  await change(database, jurisdiction, code, async (trx, layer) => {
    if (layer.current === null) throw new Conflict(`layer ${code} is removed; restore it first`);
    await requireVersion(trx, jurisdiction.id, layer, version, false);
    await setLayer(trx, jurisdiction.id, layer, { current_version: version });
  });
}

/** Takes a version out of use. The current one cannot be: go back to another first. Undone by restoreVersion. */
export async function removeVersion(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string,
  version: number,
): Promise<void> {
  await change(database, jurisdiction, code, async (trx, layer) => {
    if (version === layer.current) throw new Conflict(`version ${version} is the current one: return to another first`);
    await requireVersion(trx, jurisdiction.id, layer, version, false);
    await setRemoved(trx, jurisdiction.id, layer, version, new Date());
  });
}

export async function restoreVersion(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string,
  version: number,
  placeAgain: PlaceAgain,
): Promise<void> {
  await change(
    database,
    jurisdiction,
    code,
    async (trx, layer) => {
      await requireVersion(trx, jurisdiction.id, layer, version, true);
      await setRemoved(trx, jurisdiction.id, layer, version, null);
    },
    placeAgain,
  );
}

/** Takes a whole layer out of use. Undone by restoreLayer. */
export async function removeLayer(database: Database, jurisdiction: Jurisdiction, code: string): Promise<void> {
  await change(database, jurisdiction, code, async (trx, layer) => {
    if (layer.current === null) throw new NotFound(`no layer ${code}`);
    await setLayer(trx, jurisdiction.id, layer, { current_version: null, removed_version: layer.current });
  });
}

/** Sees to the incidents that came while a layer was away, as the one writer of its jurisdiction. */
export type PlaceAgain = (writer: Writer, layer: StoredLayer) => Promise<void>;

export async function restoreLayer(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string,
  placeAgain: PlaceAgain,
): Promise<void> {
  await change(
    database,
    jurisdiction,
    code,
    async (trx, layer) => {
      if (layer.removed === null) throw new Conflict(`layer ${code} is not removed`);
      await setLayer(trx, jurisdiction.id, layer, { current_version: layer.removed, removed_version: null });
    },
    placeAgain,
  );
}

async function change(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string,
  write: (trx: Kysely<Tables>, layer: StoredLayer) => Promise<void>,
  before: PlaceAgain = async () => {},
): Promise<void> {
  await withJurisdictionLock(database, jurisdiction.id, async (writer) => {
    const layer = await findStoredLayer(writer, jurisdiction, code);
    await before(writer, layer);
    await writer.publishing(async (trx) => {
      await write(trx, layer);
      await raiseDataVersion(trx, jurisdiction.id);
    });
  });
}

/** Throws NotFound for one that is not there, or is removed where it must not be. */
export async function requireVersion(
  trx: Kysely<Tables>,
  jurisdictionId: number,
  { layerId, code }: StoredLayer,
  version: number,
  removed: boolean,
): Promise<void> {
  const found = await trx
    .selectFrom('layer_version')
    .select('version')
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('layer_id', '=', layerId)
    .where('version', '=', version)
    .where('published_at', 'is not', null)
    .where('removed_at', removed ? 'is not' : 'is', null)
    .executeTakeFirst();
  if (!found) throw new NotFound(`no ${removed ? 'removed ' : ''}version ${version} of ${code}`);
}

async function setRemoved(trx: Kysely<Tables>, id: number, { layerId }: StoredLayer, version: number, at: Date | null) {
  await trx
    .updateTable('layer_version')
    .set({ removed_at: at })
    .where('jurisdiction_id', '=', id)
    .where('layer_id', '=', layerId)
    .where('version', '=', version)
    .execute();
}

async function setLayer(
  trx: Kysely<Tables>,
  id: number,
  { layerId }: StoredLayer,
  set: { current_version: number | null; removed_version?: number | null },
) {
  await trx.updateTable('layer').set(set).where('jurisdiction_id', '=', id).where('layer_id', '=', layerId).execute();
}
