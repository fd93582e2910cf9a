// Runs one batch of messages in the embedded engine and mends what it gets wrong in its answer: it answers COPY … FROM
// STDIN only when all data is there, and repeats ReadyForQuery after an error.

import type { PGlite } from '@electric-sql/pglite';
import { COPY_IN_RESPONSE, expectsReady, type Frame } from './wire-frames.ts';

const EMPTY = Buffer.alloc(0);
const READY_FOR_QUERY_BYTES = 6;
/** Two ReadyForQuery messages: what must be held back to see whether the engine repeated it. */
const HELD_BYTES = 2 * READY_FOR_QUERY_BYTES;
/** The status of a session that is in no transaction. */
export const IDLE: number = 'I'.charCodeAt(0);

/** Answers the transaction status the engine ended in, or null when it gave none. */
export async function runBatch(
  engine: PGlite,
  batch: readonly Frame[],
  send: (bytes: Uint8Array) => void,
): Promise<number | null> {
  const last = batch.at(-1)!;
  let skipCopyResponse = last.kind === 'copy'; // already sent, when COPY began
  let held: Buffer = EMPTY;
  const message = batch.length === 1 ? last.bytes : Buffer.concat(batch.map((frame) => frame.bytes));
  await engine.execProtocolRawStream(new Uint8Array(message), {
    onRawData: (data) => {
      let bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      if (skipCopyResponse) {
        skipCopyResponse = false;
        if (bytes[0] === COPY_IN_RESPONSE[0]) bytes = bytes.subarray(1 + bytes.readUInt32BE(1));
      }
      const all = held.length ? Buffer.concat([held, bytes]) : bytes;
      send(all.subarray(0, Math.max(0, all.length - HELD_BYTES)));
      held = Buffer.from(all.subarray(Math.max(0, all.length - HELD_BYTES)));
    },
  });
  let status: number | null = null;
  for (let at = held.length - READY_FOR_QUERY_BYTES; isReadyForQuery(held, at); at -= READY_FOR_QUERY_BYTES) {
    status = held[at + 5]!;
    held = held.subarray(0, at);
  }
  if (!expectsReady(last)) status = null;
  send(status === null ? held : Buffer.concat([held, Buffer.from([0x5a, 0, 0, 0, 5, status])]));
  return status;
}

function isReadyForQuery(bytes: Buffer, at: number): boolean {
  return at >= 0 && bytes.readUInt32BE(at) === 0x5a000000 && bytes[at + 4] === 5;
}
