// The PostgreSQL wire protocol as the embedded engine needs it: many connections, one session, one owner at a time. The
// engine runs whole batches in one go; a connection has it until its transaction ends.

import type { MessagePort } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { IDLE, runBatch } from './wire-batch.ts';
import { type FrameReader, nextBatch, openFrameReader, readFrames } from './wire-frames.ts';

type Connection = FrameReader & { readonly port: MessagePort; closed: boolean };

/** Who has the engine, and who waits for it. */
type Turns = {
  readonly engine: PGlite;
  readonly onBusy: (sinceMs: number) => void;
  readonly waiting: Connection[];
  owner: Connection | null;
  running: boolean;
};

/** Serves connections over message ports; `onBusy` is told the moment a batch starts (ms since epoch) and ends (0). */
export function serveConnections(engine: PGlite, onBusy: (sinceMs: number) => void): (port: MessagePort) => void {
  const turns: Turns = { engine, onBusy, waiting: [], owner: null, running: false };
  return (port) => {
    const connection: Connection = { ...openFrameReader(), port, closed: false };
    port.on('message', (message: Uint8Array | null) => {
      if (message === null) close(turns, connection);
      else receive(turns, connection, Buffer.from(message.buffer, message.byteOffset, message.byteLength));
    });
    port.on('close', () => close(turns, connection));
  };
}

function receive(turns: Turns, connection: Connection, bytes: Buffer): void {
  if (!readFrames(connection, bytes, (reply) => send(connection, reply))) close(turns, connection);
  if (connection.frames.length === 0) return;
  if (turns.owner !== connection && !turns.waiting.includes(connection)) turns.waiting.push(connection);
  void pump(turns);
}

function send({ port, closed }: Connection, bytes: Uint8Array): void {
  if (closed || bytes.length === 0) return;
  const copy = new Uint8Array(bytes);
  port.postMessage(copy, [copy.buffer]);
}

function close(turns: Turns, connection: Connection): void {
  if (connection.closed) return;
  connection.closed = true;
  const index = turns.waiting.indexOf(connection);
  if (index >= 0) turns.waiting.splice(index, 1);
  connection.frames.length = 0;
  connection.port.close();
  if (turns.owner === connection) void pump(turns);
}

/** Runs what can be run, one batch after the other. */
async function pump(turns: Turns): Promise<void> {
  if (turns.running) return;
  turns.running = true;
  try {
    while (await runNext(turns));
  } finally {
    turns.running = false;
  }
}

/** False when nobody waits, or the owner has yet to say more. */
async function runNext(turns: Turns): Promise<boolean> {
  const { engine, onBusy, waiting } = turns;
  turns.owner ??= waiting.shift() ?? null;
  const connection = turns.owner;
  if (!connection) return false;
  if (connection.closed) {
    turns.owner = null;
    if (engine.isInTransaction()) await engine.exec('rollback');
    return true;
  }
  const batch = nextBatch(connection);
  if (batch.length === 0) return false;
  onBusy(Date.now());
  const status = await runBatch(engine, batch, (bytes) => send(connection, bytes));
  onBusy(0);
  if (status === IDLE) {
    turns.owner = null;
    if (connection.frames.length) waiting.push(connection);
  }
  return true;
}
