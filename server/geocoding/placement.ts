// Writes which place each incident fell in, and places the incidents that are already there on a new layer version.

import type pg from 'pg';
import type { Jurisdiction } from '../access/contract.ts';
import { inLanes } from '../db/concurrently.ts';
import { copyIn, copyOut } from '../db/copy.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { keptLayers } from '../placing/load.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import { openPlacerOf, type Placer } from '../placing/place.ts';
import { placementRows, RANGE, USABLE, VISIBLE } from '../placing/placement-codec.ts';
import { STREET_REACH_M } from '../placing/segment-index.ts';
import { matchStored, textsInUse } from './locator.ts';

const INTO_PLACEMENT = 'copy placement (jurisdiction_id, layer_id, version, first_incident_id, place_ids) from stdin';

/**
 * Writes the places of incidents firstIncidentId, +1, +2, … on one layer version, `placeIds` being in that order.
 * The ids must not have places on that version yet. At most a few ten thousand at once, as with any COPY.
 */
export async function writePlacement(
  client: pg.PoolClient,
  jurisdictionId: number,
  { layerId, version }: Pick<LayerVersion, 'layerId' | 'version'>,
  firstIncidentId: number,
  placeIds: Int32Array,
): Promise<void> {
  if (placeIds.length === 0) return;
  await copyIn(client, INTO_PLACEMENT, placementRows([jurisdictionId, layerId, version], firstIncidentId, placeIds));
}

/** Incidents that count today: in a place, by their point or by their words, and with a point but in no place. */
export type LayerPlacing = { readonly placed: number; readonly outside: number };

/**
 * Places every incident of the jurisdiction on one layer version, replacing what was placed on it before. The caller
 * holds the jurisdiction's lock. `onProgress` hears how far it is, from 0 to 1.
 */
export async function placeLayer(
  database: Database,
  jurisdiction: Jurisdiction,
  layer: LayerVersion,
  onProgress: (share: number) => void,
): Promise<LayerPlacing> {
  const key = [jurisdiction.id, layer.layerId, layer.version];
  await database.pool.query('delete from placement where jurisdiction_id = $1 and layer_id = $2 and version = $3', key);
  await matchStored(database, jurisdiction, await textsInUse(database, jurisdiction.id), layer);
  const placer = await openPlacerOf(database, jurisdiction, [layer]);
  const total = { placed: 0, outside: 0 };
  try {
    const ranges = await rangesOf(database, jurisdiction.id);
    let done = 0;
    await inLanes(database.engine, ranges, async (first) => {
      const { placed, outside } = await placeRange(database, placer, key, layer.type, first);
      total.placed += placed;
      total.outside += outside;
      done += 1;
      onProgress(done / ranges.length);
    });
  } finally {
    await placer.close();
  }
  return total;
}

async function placeRange(
  { pool }: Database,
  placer: Placer,
  key: readonly number[],
  type: LayerVersion['type'],
  first: number,
): Promise<LayerPlacing> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    const copied = await copyPoints(client, key, type, first);
    const { rows, ...counted } = await placer.placeCopied(copied, key, first);
    if (rows.length > 0) await copyIn(client, INTO_PLACEMENT, [Buffer.from(rows)]);
    return counted;
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    client.release(failed);
  }
}

/**
 * Places every incident on the streets anew: what decides about streets, the limit and the metric system, has changed.
 * Until the data version rises at the end, cubes go on answering from before.
 */
export async function placeStreetsAgain(database: Database, jurisdiction: Jurisdiction): Promise<void> {
  await withJurisdictionLock(database, jurisdiction.id, async (writer) => {
    const streets = (await keptLayers(writer, jurisdiction.id)).filter(({ type }) => type === 'streets');
    for (const layer of streets) await placeLayer(writer, jurisdiction, layer, () => {});
    if (streets.length) await writer.publishing((trx) => raiseDataVersion(trx, jurisdiction.id));
  });
}

/** The first id of every range of ids that holds an incident. */
async function rangesOf({ pool }: Database, jurisdictionId: number): Promise<number[]> {
  const ranges: number[] = [];
  for (;;) {
    const from = ranges.length === 0 ? 0 : ranges.at(-1)! + RANGE;
    const { rows } = await pool.query<{ id: string | null }>(
      'select min(incident_id) as id from incident where jurisdiction_id = $1 and incident_id >= $2',
      [jurisdictionId, from],
    );
    if (rows[0]?.id == null) return ranges;
    ranges.push(Number(rows[0].id));
  }
}

/**
 * The incidents from…from + RANGE - 1 as placement-codec.ts unpacks them, in one value: a row each would keep the thread that
 * answers people busy. For streets a point too coarse to say which street is not usable. What words name is what
 * matchStored found.
 */
async function copyPoints(
  client: pg.PoolClient,
  [jurisdictionId, layerId, version]: readonly number[],
  type: LayerVersion['type'],
  from: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // COPY takes no parameters; all that is put in are numbers of our own.
  const usable = type === 'streets' ? `(s.snapped or coalesce(s.accuracy_m, 0) <= ${STREET_REACH_M})` : 'true';
  const visible = 'i.from_delivery <= d.head_delivery and coalesce(i.until_delivery > d.head_delivery, true)';
  const statement = `copy (
    select string_agg(
      int4send((i.incident_id - ${from})::int)
        || float8send(coalesce(i.lon, 'NaN')::float8) || float8send(coalesce(i.lat, 'NaN')::float8)
        || int2send((case when ${usable} then ${USABLE} else 0 end + case when ${visible} then ${VISIBLE} else 0 end)::smallint)
        || int4send(coalesce(m.place_id, 0)),
      ''::bytea)
    from incident i
    join source s on s.jurisdiction_id = ${jurisdictionId} and s.source_id = i.source_id
    join data_state d on d.jurisdiction_id = ${jurisdictionId}
    left join place_match m on i.lon is null and m.jurisdiction_id = ${jurisdictionId}
      and m.place_text_id = i.place_text_id and m.layer_id = ${layerId} and m.version = ${version}
    where i.jurisdiction_id = ${jurisdictionId} and i.incident_id >= ${from} and i.incident_id < ${from + RANGE}
  ) to stdout (format binary)`;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of copyOut(client, statement)) {
    chunks.push(chunk);
    bytes += chunk.length;
  }
  const copied = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    copied.set(chunk, at);
    at += chunk.length;
  }
  return copied;
}
