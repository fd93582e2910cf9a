// Writes which place each incident fell in, and places the incidents that are already there on a new layer version.

import type pg from 'pg';
import type { Jurisdiction } from '../access/contract.ts';
import { copyIn, copyOut } from '../db/copy.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { matchStored, openLocator, textsInUse } from '../locating/locator.ts';
import type { LayerVersion } from './ground.ts';
import { keptLayers } from './load.ts';
import { openPlacerOf } from './place.ts';
import { STREET_REACH_M } from './segment-index.ts';

/** Ids in one row of `placement`. */
const BLOCK = 4096;
/** Ids read, placed and written in one go: short statements, and about 2 MB of memory. */
const RANGE = 12 * BLOCK;

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
  await copyIn(
    client,
    'copy placement (jurisdiction_id, layer_id, version, first_incident_id, place_ids) from stdin',
    placementRows([jurisdictionId, layerId, version], firstIncidentId, placeIds),
  );
}

function* placementRows(key: readonly number[], firstIncidentId: number, placeIds: Int32Array): Generator<Buffer> {
  for (let from = 0; from < placeIds.length; from += BLOCK) {
    const block = placeIds.subarray(from, from + BLOCK).join(',');
    yield Buffer.from(`${key.join('\t')}\t${firstIncidentId + from}\t{${block}}\n`);
  }
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
  const locator = openLocator(database, jurisdiction);
  const placer = await openPlacerOf(database, jurisdiction, [layer]);
  let placed = 0;
  let outside = 0;
  try {
    const last = await incidentBound(database, jurisdiction.id, 'max', 0);
    let next = await incidentBound(database, jurisdiction.id, 'min', 0);
    const first = next ?? 0;
    while (next !== null && last !== null) {
      const from: number = next;
      const client = await database.pool.connect();
      let failed: Error | undefined;
      try {
        const points = await readPoints(client, jurisdiction.id, layer.type, from);
        const [{ placeIds } = { placeIds: new Int32Array() }] = await placer.place(points.lon, points.lat);
        await locator.look(points.placeTextId);
        locator.fill([{ ...layer, placeIds }], points.lon, points.placeTextId);
        for (let i = 0; i < placeIds.length; i++) {
          if (!points.counts[i]) continue;
          if (placeIds[i]) placed++;
          else if (points.counts[i] === WITH_POINT) outside++;
        }
        await writePlacement(client, jurisdiction.id, layer, from, placeIds.subarray(0, points.length));
      } catch (error) {
        failed = error as Error;
        throw error;
      } finally {
        client.release(failed);
      }
      onProgress(Math.min(1, (from + RANGE - first) / (last - first + 1)));
      next = await incidentBound(database, jurisdiction.id, 'min', from + RANGE);
    }
  } finally {
    await placer.close();
  }
  return { placed, outside };
}

/**
 * Places every incident on the streets anew: what decides about streets, the limit and the metric system, has changed.
 * Until the data version rises at the end, cubes go on answering from before.
 */
export async function placeStreetsAgain(database: Database, jurisdiction: Jurisdiction): Promise<void> {
  await withJurisdictionLock(database, jurisdiction.id, async () => {
    const streets = (await keptLayers(database, jurisdiction.id)).filter(({ type }) => type === 'streets');
    for (const layer of streets) await placeLayer(database, jurisdiction, layer, () => {});
    if (streets.length) await raiseDataVersion(database.db, jurisdiction.id);
  });
}

/** The lowest or highest incident id from `from` on, or null. */
async function incidentBound(database: Database, jurisdictionId: number, bound: 'min' | 'max', from: number) {
  const { rows } = await database.pool.query<{ id: string | null }>(
    `select ${bound}(incident_id) as id from incident where jurisdiction_id = $1 and incident_id >= $2`,
    [jurisdictionId, from],
  );
  return rows[0]?.id == null ? null : Number(rows[0].id);
}

/**
 * The points of incidents from…from + RANGE - 1 by position; NaN where there is no incident, no point, or, for
 * streets, a point too coarse to say which street. `placeTextId` = the words of one without a point, else 0. `counts` =
 * a visible incident that has a point (1) or none (2).
 */
async function readPoints(
  client: pg.PoolClient,
  jurisdictionId: number,
  type: LayerVersion['type'],
  from: number,
): Promise<Points> {
  // COPY takes no parameters; all that is put in are numbers of our own.
  const onStreets = `(s.snapped or coalesce(s.accuracy_m, 0) <= ${STREET_REACH_M})`;
  const statement = `copy (
    select (i.incident_id - ${from})::int, i.lon, i.lat, ${type === 'streets' ? onStreets : 'true'},
      i.from_delivery <= d.head_delivery and coalesce(i.until_delivery > d.head_delivery, true), i.place_text_id
    from incident i
    join source s on s.jurisdiction_id = i.jurisdiction_id and s.source_id = i.source_id
    join data_state d on d.jurisdiction_id = i.jurisdiction_id
    where i.jurisdiction_id = ${jurisdictionId} and i.incident_id >= ${from} and i.incident_id < ${from + RANGE}
  ) to stdout (format binary)`;
  const chunks: Buffer[] = [];
  for await (const chunk of copyOut(client, statement)) chunks.push(chunk);

  const lon = new Float64Array(RANGE).fill(Number.NaN);
  const lat = new Float64Array(RANGE).fill(Number.NaN);
  const counts = new Uint8Array(RANGE);
  const placeTextId = new Int32Array(RANGE);
  let length = 0;
  for (const [position, x, y, usable, visible, text] of binaryRows(Buffer.concat(chunks))) {
    const at = position!.readInt32BE();
    length = Math.max(length, at + 1);
    const hasPoint = x && y;
    counts[at] = visible!.readUInt8() * (hasPoint ? WITH_POINT : WITHOUT_POINT);
    if (!hasPoint) placeTextId[at] = text?.readInt32BE() ?? 0;
    else if (usable!.readUInt8() !== 0) {
      lon[at] = x.readDoubleBE();
      lat[at] = y.readDoubleBE();
    }
  }
  const upTo = <T extends Float64Array | Int32Array | Uint8Array>(column: T) => column.subarray(0, length) as T;
  return { lon: upTo(lon), lat: upTo(lat), placeTextId: upTo(placeTextId), counts: upTo(counts), length };
}

type Points = {
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  readonly placeTextId: Int32Array;
  readonly counts: Uint8Array;
  readonly length: number;
};
const WITH_POINT = 1;
const WITHOUT_POINT = 2;

/** The fields of each row of a binary COPY (PostgreSQL manual, "Binary Format" of COPY); null = SQL null. */
function* binaryRows(bytes: Buffer): Generator<(Buffer | null)[]> {
  const SIGNATURE_AND_FLAGS = 15;
  let at = SIGNATURE_AND_FLAGS + 4 + bytes.readInt32BE(SIGNATURE_AND_FLAGS);
  for (;;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    if (fields < 0) return;
    const row: (Buffer | null)[] = [];
    for (let field = 0; field < fields; field++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
    yield row;
  }
}
