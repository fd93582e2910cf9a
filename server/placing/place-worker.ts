// The worker behind a placer: builds the indexes once, then answers chunks of points in the order they come.

import { parentPort, workerData } from 'node:worker_threads';
import { buildIndexes, type CopiedRequest, type Ground, type PlaceRequest, placeChunk, placeCopied } from './ground.ts';

const indexes = buildIndexes(workerData as Ground);

parentPort!.on('message', (request: PlaceRequest | CopiedRequest) => {
  if ('copied' in request) {
    const answer = placeCopied(indexes, request);
    parentPort!.postMessage(answer, [answer.rows.buffer]);
    return;
  }
  const placed = placeChunk(indexes, request.lon, request.lat);
  parentPort!.postMessage(
    placed,
    placed.map((placeIds) => placeIds.buffer),
  );
});
