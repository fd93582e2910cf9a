// The thread behind placers: builds the indexes of each ground once, then answers chunks of points in the order they come.

import { parentPort } from 'node:worker_threads';
import { buildIndexes, type PlaceIndex, placeChunk, placeCopied, type ToPlacing } from './packed-places.ts';

const held = new Map<number, PlaceIndex[]>();

parentPort!.on('message', (message: ToPlacing) => {
  const { id } = message;
  if ('ground' in message) held.set(id, buildIndexes(message.ground));
  else if ('over' in message) held.delete(id);
  else if ('copied' in message) {
    const answer = placeCopied(held.get(id)!, message);
    parentPort!.postMessage(answer, [answer.rows.buffer]);
  } else {
    const placed = placeChunk(held.get(id)!, message.lon, message.lat);
    parentPort!.postMessage(
      placed,
      placed.map((placeIds) => placeIds.buffer),
    );
  }
});
