// The PostgreSQL wire protocol as the embedded engine needs it: many connections, one session, one owner at a time.
// The engine runs whole messages in one go, so this file cuts the streams of its clients into batches (up to Sync,
// Query or Flush), gives a connection the engine until its transaction ends, and mends what the engine gets wrong:
// it answers COPY … FROM STDIN only when all data is there, and repeats ReadyForQuery after an error.

import type { MessagePort } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';

const EMPTY = Buffer.alloc(0);
const COPY_FROM = /^\s*copy\b[\s\S]*\bfrom\s+stdin\b/i;
const COPY_IN_RESPONSE = Buffer.from([0x47, 0, 0, 0, 7, 0, 0, 0]);
const SSL_REQUEST = 80877103;
const CANCEL_REQUEST = 80877102;
const READY_FOR_QUERY_BYTES = 6;
/** Two ReadyForQuery messages: what must be held back to see whether the engine repeated it. */
const HELD_BYTES = 2 * READY_FOR_QUERY_BYTES;
const IDLE = 'I'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const FLUSH = 'H'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);
const COPY_DONE = 'c'.charCodeAt(0);
const COPY_FAIL = 'f'.charCodeAt(0);

type Frame = { readonly bytes: Buffer; readonly kind: 'startup' | 'message' | 'copy' };
type Connection = {
  readonly port: MessagePort;
  unread: Buffer;
  readonly frames: Frame[];
  copy: Buffer[] | null;
  started: boolean;
  closed: boolean;
};

/** Serves connections over message ports; `onBusy` is told the moment a batch starts (ms since epoch) and ends (0). */
export function serveConnections(engine: PGlite, onBusy: (sinceMs: number) => void): (port: MessagePort) => void {
  const waiting: Connection[] = [];
  let owner: Connection | null = null;
  let running = false;

  const send = (connection: Connection, bytes: Uint8Array) => {
    if (connection.closed || bytes.length === 0) return;
    const copy = new Uint8Array(bytes);
    connection.port.postMessage(copy, [copy.buffer]);
  };

  const close = (connection: Connection) => {
    if (connection.closed) return;
    connection.closed = true;
    const index = waiting.indexOf(connection);
    if (index >= 0) waiting.splice(index, 1);
    connection.frames.length = 0;
    connection.port.close();
    if (owner === connection) void pump();
  };

  const receive = (connection: Connection, bytes: Buffer) => {
    const data = connection.unread.length ? Buffer.concat([connection.unread, bytes]) : bytes;
    let at = 0;
    for (;;) {
      const tag = connection.started ? 1 : 0;
      if (data.length - at < tag + 4) break;
      const length = tag + data.readUInt32BE(at + tag);
      if (data.length - at < length) break;
      const message = data.subarray(at, at + length);
      at += length;
      if (!connection.started) {
        const code = message.readUInt32BE(4);
        if (code === SSL_REQUEST) send(connection, Buffer.from('N'));
        else if (code !== CANCEL_REQUEST) {
          connection.started = true;
          connection.frames.push({ bytes: message, kind: 'startup' });
        }
        continue;
      }
      const type = message[0];
      if (type === TERMINATE) return close(connection);
      if (connection.copy) {
        connection.copy.push(message);
        if (type === COPY_DONE || type === COPY_FAIL) {
          connection.frames.push({ bytes: Buffer.concat(connection.copy), kind: 'copy' });
          connection.copy = null;
        }
      } else if (type === QUERY && COPY_FROM.test(message.toString('utf8', 5, Math.min(length, 2000)))) {
        connection.copy = [message];
        send(connection, COPY_IN_RESPONSE);
      } else connection.frames.push({ bytes: message, kind: 'message' });
    }
    connection.unread = data.subarray(at);
    if (connection.frames.length) {
      if (owner !== connection && !waiting.includes(connection)) waiting.push(connection);
      void pump();
    }
  };

  /** Runs one batch and answers the transaction status the engine ended in, or null when it gave none. */
  const run = async (connection: Connection, batch: readonly Frame[]): Promise<number | null> => {
    const last = batch.at(-1)!;
    const isCopy = last.kind === 'copy';
    const expectsReady = isCopy || last.kind === 'startup' || last.bytes[0] === SYNC || last.bytes[0] === QUERY;
    let skipCopyResponse = isCopy; // already sent, when COPY began
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
        send(connection, all.subarray(0, Math.max(0, all.length - HELD_BYTES)));
        held = Buffer.from(all.subarray(Math.max(0, all.length - HELD_BYTES)));
      },
    });
    let status: number | null = null;
    for (let at = held.length - READY_FOR_QUERY_BYTES; isReadyForQuery(held, at); at -= READY_FOR_QUERY_BYTES) {
      status = held[at + 5]!;
      held = held.subarray(0, at);
    }
    if (!expectsReady) status = null;
    send(connection, status === null ? held : Buffer.concat([held, Buffer.from([0x5a, 0, 0, 0, 5, status])]));
    return status;
  };

  const pump = async () => {
    if (running) return;
    running = true;
    try {
      for (;;) {
        owner ??= waiting.shift() ?? null;
        const connection = owner;
        if (!connection) return;
        if (connection.closed) {
          owner = null;
          if (engine.isInTransaction()) await engine.exec('rollback');
          continue;
        }
        const end = connection.frames.findIndex(endsBatch);
        if (end < 0) return; // it owns the engine and has yet to say more
        onBusy(Date.now());
        const status = await run(connection, connection.frames.splice(0, end + 1));
        onBusy(0);
        if (status === IDLE) {
          owner = null;
          if (connection.frames.length) waiting.push(connection);
        }
      }
    } finally {
      running = false;
    }
  };

  return (port) => {
    const connection: Connection = { port, unread: EMPTY, frames: [], copy: null, started: false, closed: false };
    port.on('message', (message: Uint8Array | null) => {
      if (message === null) close(connection);
      else receive(connection, Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    });
    port.on('close', () => close(connection));
  };
}

function endsBatch(frame: Frame): boolean {
  const type = frame.bytes[0];
  return frame.kind !== 'message' || type === SYNC || type === QUERY || type === FLUSH;
}

function isReadyForQuery(bytes: Buffer, at: number): boolean {
  return at >= 0 && bytes.readUInt32BE(at) === 0x5a000000 && bytes[at + 4] === 5;
}
