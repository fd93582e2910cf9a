// The worker behind a placer: builds the indexes once, then answers chunks of points in the order they come.

import { parentPort, workerData } from 'node:worker_threads';
import { buildIndexes, type Ground, type PlaceRequest, placeChunk } from './ground.ts';

const indexes = buildIndexes(workerData as Ground);

parentPort!.on('message', ({ lon, lat }: PlaceRequest) => {
  const placed = placeChunk(indexes, lon, lat);
  parentPort!.postMessage(
    placed,
    placed.map((placeIds) => placeIds.buffer),
  );
});
