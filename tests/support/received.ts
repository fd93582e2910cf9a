// The columns of a small world after their journey.

import { arrowOf } from '../../server/columns/arrow.ts';
import { receiveColumns } from '../../server/columns/receive.ts';
import type { Snapshot } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { buildCube } from '../../server/engine/build.ts';
import { readPlaces } from '../../server/filter/places.ts';
import { everythingOf } from '../../server/filter/plan.ts';
import { WORLD } from './small-world.ts';

/** The columns of all there is, as they travel, read by whoever receives them: a cube of blocks so small that it has many. */
export async function receivedFrom(database: Database, snapshot: Snapshot) {
  const layers = await Promise.all(
    snapshot.layers.map(async (layer) => ({ ...layer, ...(await readPlaces(database, WORLD.id, layer)) })),
  );
  const bytes = arrowOf({
    ...{ cubes: snapshot.cubes!, layers, withPoints: false, streetsWithheld: new Set<number>() },
    plan: everythingOf(snapshot.sources.map(({ sourceId }) => sourceId)),
    offences: new Map(snapshot.offences.map(({ offenceId, code }) => [offenceId, code])),
    sources: new Map(snapshot.sources.map(({ sourceId, code }) => [sourceId, code])),
    about: {
      ...{ jurisdiction: WORLD.code, dataVersion: snapshot.dataVersion, question: '', sources: [] },
      ...{ excluded: { partlyInRange: 0, unknownHour: 0, unknownDay: 0 }, leftOut: null },
      ...{ leavesOutSensitive: false, isProtected: false, sensitiveLeftOut: 0 },
    },
  });
  const { about, offences, sources, rows } = receiveColumns(bytes);
  const layerAt = (layerId: number) =>
    about.layers.findIndex(({ code }) => code === snapshot.layers.find((each) => each.layerId === layerId)?.code);
  return { offences, sources, layerAt, cube: await buildCube(rows, undefined, 20) };
}
