// Encodes the large tiles, off the event loop.

import { parentPort } from 'node:worker_threads';
import { type EncodeInput, encodeTile } from './encode.ts';

parentPort!.on('message', ({ id, input }: { id: number; input: EncodeInput }) => {
  try {
    parentPort!.postMessage({ id, bytes: encodeTile(input) });
  } catch (error) {
    parentPort!.postMessage({ id, problem: String(error) });
  }
});
