// Versions of a layer: written beside the current one, then published in one step. Areas and streets share this.

import { basename } from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { UNPLACED_SRID, utmSrid } from '../access/jurisdictions.ts';
import { databaseClock } from '../db/clock.ts';
import type { LayerType } from '../db/contract.ts';
import { raiseDataVersion, type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput } from '../errors.ts';
import type { placeLayer } from '../geocoding/placement.ts';
import { placeAgain } from '../geocoding/rematch.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { Check } from '../mapfiles/contract.ts';
import { hashOf } from '../mapfiles/formats.ts';
import type { Note } from '../text/contract.ts';
import type { OnProgress } from './contract.ts';

/**
 * What an import did. Areas: read = stored + unchanged + rejected. Streets: `read` counts lines, `stored` segments,
 * `rejected` lines. `unchanged` is all of them when the same file came again: then there is no new version.
 */
export type LayerReport = {
  readonly read: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly repaired: number;
  readonly rejected: number;
  readonly layer: string;
  readonly version: number;
  readonly seconds: number;
  readonly notes: readonly Note[];
};

/** `placeLayer` puts the incidents already there on the new version before anybody sees it. */
export type LayerDeps = { readonly database: Database; readonly placeLayer: typeof placeLayer };

export type LayerWish = {
  readonly code: string;
  readonly title: string | null;
  readonly type: LayerType;
  /** The day from which these are the boundaries, YYYY-MM-DD; undefined = today. */
  readonly validFrom?: string | null;
  /** Aborted: nothing is published, and what was written is removed. */
  readonly signal?: AbortSignal;
};

/** Where the rows of a version being written belong. */
export type VersionKey = { readonly jurisdictionId: number; readonly layerId: number; readonly version: number };

/** What was read from the file, ready to be stored; `write` stores the rows under the version's key. */
export type Content = {
  readonly read: number;
  readonly rejected: number;
  readonly repaired: number;
  readonly features: number;
  readonly bounds: Bounds;
  readonly notes: readonly Note[];
  readonly checks: readonly Check[];
  write(writer: Database, key: VersionKey, onProgress: OnProgress): Promise<void>;
  /** Frees what `write` needs. */
  close?(): Promise<void>;
};

/** Codes as the schema takes them; `streets` is the one layer of lines. */
const LAYER_CODE = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * Makes a new version of a layer out of the file at `path` and publishes it, or finds that the same file with the same
 * `options` is the current version. Readers see the old version until the last step. Throws BadInput, Conflict when
 * the jurisdiction is being written, and whatever `prepare` throws; then nothing has changed for readers.
 */
export function importVersion(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  wish: LayerWish,
  path: string,
  options: Readonly<Record<string, unknown>>,
  prepare: () => Promise<Content>,
  tell: OnProgress,
): Promise<LayerReport> {
  const onProgress: OnProgress = (fraction, step) => {
    wish.signal?.throwIfAborted();
    tell(fraction, step);
  };
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  if (!LAYER_CODE.test(wish.code)) throw new BadInput('layer', 'a layer code is small letters, digits, - and _');
  const how = JSON.stringify(options, Object.keys(options).sort());
  return withJurisdictionLock(
    deps.database,
    jurisdiction.id,
    async (writer) => {
      const { db } = writer;
      onProgress(null, 'reading');
      const sha256 = await hashOf(path);
      const layer = await findLayer(db, jurisdiction.id, wish);
      const current = layer?.current_version ?? null;
      const earlier =
        layer && current !== null ? await findVersion(db, jurisdiction.id, layer.layer_id, current) : null;
      if (earlier?.file_sha256 === sha256 && earlier.report.options === how) {
        const { read, rejected } = earlier.report;
        const unchanged = { read, stored: 0, unchanged: earlier.features, repaired: 0, rejected, notes: [] };
        return { ...unchanged, layer: wish.code, version: current!, seconds: seconds() };
      }

      const content = await prepare();
      try {
        const located = await locateJurisdiction(db, jurisdiction, content.bounds);
        const key = await openVersion(db, jurisdiction.id, wish, { fileName: basename(path), sha256 });
        return await writeAndPublish(writer, key, located, content).catch(async (error: unknown) => {
          // Whoever opens the next version removes it first.
          if (!(await writer.isLost())) await removeUnpublished(db, jurisdiction.id, key.layerId);
          throw error;
        });
      } finally {
        await content.close?.();
      }
    },
    basename(path),
  );

  async function writeAndPublish(
    writer: Writer,
    key: VersionKey,
    located: Jurisdiction,
    content: Content,
  ): Promise<LayerReport> {
    await content.write(writer, key, onProgress);
    await content.close?.();
    if (wish.type === 'areas' || wish.type === 'streets') {
      const placing = { layerId: key.layerId, version: key.version, layer: wish.code, type: wish.type };
      onProgress(0, 'placing');
      await deps.placeLayer(writer, located, placing, (share) => onProgress(share, 'placing'));
    }
    onProgress(null, 'publishing');
    const { read, rejected, repaired, features, notes, checks } = content;
    const report = { read, stored: features, unchanged: 0, repaired, rejected, notes };
    await publish(writer, key, wish, content, { ...report, options: how, checks });
    // Its names may tell where incidents without a point are on the other layers, too.
    const quiet = { signal: new AbortController().signal, onProgress: () => {} };
    if (wish.type === 'areas' || wish.type === 'streets') await placeAgain(writer, located, null, quiet);
    return { ...report, layer: wish.code, version: key.version, seconds: seconds() };
  }
}

async function findLayer(db: Kysely<Tables>, jurisdictionId: number, wish: LayerWish) {
  const layer = await db
    .selectFrom('layer')
    .select(['layer_id', 'type', 'current_version'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('code', '=', wish.code)
    .executeTakeFirst();
  if (layer && layer.current_version !== null && layer.type !== wish.type) {
    throw new BadInput('layer', `layer ${wish.code} holds ${layer.type}, not ${wish.type}`);
  }
  return layer;
}

type StoredReport = { readonly options: string; readonly read: number; readonly rejected: number };

async function findVersion(db: Kysely<Tables>, jurisdictionId: number, layerId: number, version: number) {
  const row = await db
    .selectFrom('layer_version')
    .select(['file_sha256', 'features', 'report'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('layer_id', '=', layerId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return { ...row, report: row.report as StoredReport };
}

/** A jurisdiction added without limit or srid is measured in the UTM zone of the first layer it loads. */
export async function locateJurisdiction(
  db: Kysely<Tables>,
  jurisdiction: Jurisdiction,
  [west, south, east, north]: Bounds,
): Promise<Jurisdiction> {
  const { rows } = await sql<{ srid: number }>`
    update jurisdiction
    set srid = case when srid = ${UNPLACED_SRID} then ${utmSrid((west + east) / 2, (south + north) / 2)} else srid end
    where jurisdiction_id = ${jurisdiction.id}
    returning srid`.execute(db);
  return { ...jurisdiction, srid: rows[0]!.srid };
}

/** The key of the next version, its row written without features; what a killed import left under it is removed. */
async function openVersion(
  db: Kysely<Tables>,
  jurisdictionId: number,
  wish: LayerWish,
  file: { readonly fileName: string; readonly sha256: string },
): Promise<VersionKey> {
  const { rows } = await sql<{ layer_id: number }>`
    with next as (select coalesce(max(layer_id), 0) + 1 as id from layer where jurisdiction_id = ${jurisdictionId})
    insert into layer (jurisdiction_id, layer_id, code, title, type)
    select ${jurisdictionId}, next.id, ${wish.code}, ${wish.title ?? capitalised(wish.code)}, ${wish.type} from next
    on conflict (jurisdiction_id, code) do update
      set type = case when layer.current_version is null then excluded.type else layer.type end
    returning layer_id`.execute(db);
  const { layer_id: layerId } = rows[0]!;
  await removeUnpublished(db, jurisdictionId, layerId);
  const published = await sql<{ latest: number | null }>`
    select max(version) as latest from layer_version
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and published_at is not null`.execute(db);
  const version = (published.rows[0]?.latest ?? 0) + 1;
  await db
    .insertInto('layer_version')
    .values({
      jurisdiction_id: jurisdictionId,
      layer_id: layerId,
      version,
      features: 0,
      file_name: file.fileName,
      file_sha256: file.sha256,
      report: '{}',
      published_at: null,
      valid_from: wish.validFrom ?? null,
    })
    .execute();
  return { jurisdictionId, layerId, version };
}

/** What was written of versions nobody has seen. */
async function removeUnpublished(db: Kysely<Tables>, jurisdictionId: number, layerId: number) {
  const unpublished = await db
    .selectFrom('layer_version')
    .select('version')
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('layer_id', '=', layerId)
    .where('published_at', 'is', null)
    .execute();
  for (const { version } of unpublished) {
    for (const table of TABLES_OF_A_VERSION) {
      await sql`delete from ${sql.table(table)} where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId}
        and version = ${version}`.execute(db);
    }
  }
}

/** Children first. */
const TABLES_OF_A_VERSION = [
  'placement',
  'place_match',
  'place_name',
  'population',
  'area',
  'segment',
  'reference_point',
  'layer_version',
] as const;

/** The one step in which readers go over to the new version. */
async function publish(
  writer: Writer,
  { jurisdictionId, layerId, version }: VersionKey,
  wish: LayerWish,
  { features, bounds: [west, south, east, north] }: Content,
  report: unknown,
): Promise<void> {
  await writer.publishing(async (trx) => {
    const { today } = await databaseClock(trx);
    await trx
      .updateTable('layer_version')
      .set({
        features,
        west,
        south,
        east,
        north,
        report: JSON.stringify(report),
        published_at: new Date(),
        valid_from: sql`coalesce(valid_from, ${today}::date)`,
      })
      .where('jurisdiction_id', '=', jurisdictionId)
      .where('layer_id', '=', layerId)
      .where('version', '=', version)
      .execute();
    await trx
      .updateTable('layer')
      .set({ current_version: version, removed_version: null, ...(wish.title !== null && { title: wish.title }) })
      .where('jurisdiction_id', '=', jurisdictionId)
      .where('layer_id', '=', layerId)
      .execute();
    await spanLayers(trx, jurisdictionId);
    await raiseDataVersion(trx, jurisdictionId);
  });
}

/** A jurisdiction without a limit of its own reaches as far as its layers. */
async function spanLayers(trx: Kysely<Tables>, jurisdictionId: number): Promise<void> {
  const { rows } = await sql<Record<'west' | 'south' | 'east' | 'north', number | null>>`
    select min(v.west) as west, min(v.south) as south, max(v.east) as east, max(v.north) as north
    from layer l
    join layer_version v
      on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id and v.version = l.current_version
    where l.jurisdiction_id = ${jurisdictionId}`.execute(trx);
  await trx
    .updateTable('jurisdiction')
    .set(rows[0]!)
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('limit_geom', 'is', null)
    .execute();
}

/** A layer nobody gave a title is called by its code: `alcaldias` reads «Alcaldias». */
function capitalised(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll(/[-_]/g, ' ');
}
