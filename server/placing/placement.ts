// Writes which place each incident fell in.

import type pg from 'pg';
import { copyIn } from '../db/copy.ts';
import type { LayerVersion } from './ground.ts';

/** Ids in one row of `placement`. */
export const BLOCK = 4096;

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
