// The thread behind placers: builds the indexes of each ground once, then answers chunks of points in the order they come.

import { answerWith } from '../jobs/thread.ts';
import { buildIndexes, type PlaceIndex, placeChunk, placeCopied, type ToPlacing } from './packed-places.ts';

const held = new Map<number, PlaceIndex[]>();

answerWith(answer, (found) => {
  if (found === null) return [];
  return 'rows' in found ? [found.rows.buffer] : found.map(({ buffer }) => buffer);
});

/** Null where there is nothing to say. */
function answer(message: ToPlacing) {
  const { id } = message;
  if ('ground' in message) held.set(id, buildIndexes(message.ground));
  else if ('over' in message) held.delete(id);
  else if ('copied' in message) return placeCopied(held.get(id)!, message);
  else return placeChunk(held.get(id)!, message.lon, message.lat);
  return null;
}
