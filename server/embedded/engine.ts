// Embedded PostGIS behind the same `pg.Pool` a real server is reached through: the engine runs in a worker thread and
// each connection is an in-memory stream. Statements cannot be cancelled in it, so a watchdog ends the whole worker
// when one runs too long, and opens it again on the same folder.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { EngineRequest, WorkerInput } from './engine-worker.ts';

const WATCH_EVERY_MS = 1000;
const BOOT_AGAIN_MS = 2000;

export type Engine = {
  readonly poolConfig: pg.PoolConfig;
  /** Longest a statement may run before the engine is restarted under it. */
  setStatementLimit(ms: number): void;
  stop(): Promise<void>;
};

/** Opens (or creates) the database in `folder`. Rejects when the engine cannot start. */
export async function startEngine(folder: string, statementLimitMs: number, log: Logger): Promise<Engine> {
  mkdirSync(dirname(folder), { recursive: true });
  const busySince = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const since = new BigInt64Array(busySince);
  let limitMs = statementLimitMs;
  let stopping = false;

  const boot = async (): Promise<Worker> => {
    Atomics.store(since, 0, 0n);
    const workerData: WorkerInput = { folder, busySince };
    const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { workerData });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the embedded database ended with code ${code} while starting`)));
    });
    worker.removeAllListeners();
    worker.once('error', (error) => reopen(`failed: ${error.message}`, worker));
    worker.once('exit', () => reopen('ended', worker));
    return worker;
  };

  let current = boot();
  const reopen = (why: string, failed: Worker) => {
    if (stopping) return;
    failed.removeAllListeners();
    failed.on('error', () => {}); // it is being replaced; what it still has to say changes nothing
    log.warn({ why }, 'embedded database restarts');
    current = failed.terminate().then(bootUntilUp);
    current.catch(() => {}); // it is given up only while the program ends
  };
  /** Whoever connects meanwhile waits, or is told to come back. */
  const bootUntilUp = async (): Promise<Worker> => {
    for (;;) {
      try {
        return await boot();
      } catch (error) {
        log.error({ error: String(error) }, 'embedded database does not restart');
        if (stopping) throw error;
        await sleep(BOOT_AGAIN_MS);
      }
    }
  };
  await current;

  const watchdog = setInterval(() => {
    const startedAt = Number(Atomics.load(since, 0));
    if (startedAt === 0 || Date.now() - startedAt < limitMs) return;
    Atomics.store(since, 0, 0n);
    current.then(
      (worker) => reopen(`a statement ran longer than ${limitMs} ms`, worker),
      () => {},
    );
  }, WATCH_EVERY_MS);
  watchdog.unref();

  return {
    // `stream` may be any factory of a duplex; the types only know sockets.
    poolConfig: { stream: () => connect(() => current), user: 'postgres', database: 'postgres' } as never,
    setStatementLimit: (ms) => {
      limitMs = ms;
    },
    stop: async () => {
      stopping = true;
      clearInterval(watchdog);
      const worker = await current.catch(() => null);
      if (!worker) return;
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage({ stop: true } satisfies EngineRequest);
      await exited;
    },
  };
}

/** A stream that pg takes for a socket; opened while the engine restarts, it waits for the new one. */
function connect(worker: () => Promise<Worker>): Duplex {
  const { port1: port, port2 } = new MessageChannel();
  const stream = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      post(port, bytes);
      done();
    },
    writev(chunks, done) {
      post(port, Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)));
      done();
    },
    final(done) {
      port.postMessage(null);
      done();
    },
    destroy(error, done) {
      port.postMessage(null);
      port.close();
      done(error);
    },
  });
  port.on('message', (bytes: Uint8Array) => stream.push(Buffer.from(bytes.buffer)));
  // Ending the readable side is not enough: pg waits for 'close' before it gives up its queries.
  port.on('close', () => stream.destroy());
  worker().then(
    (ready) => ready.postMessage({ port: port2 } satisfies EngineRequest, [port2]),
    (error) => stream.destroy(error),
  );
  return Object.assign(stream, {
    connect: () => process.nextTick(() => stream.emit('connect')),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => port.ref(),
    unref: () => port.unref(),
  });
}

function post(port: MessagePort, bytes: Buffer): void {
  const copy = new Uint8Array(bytes);
  port.postMessage(copy, [copy.buffer]);
}
