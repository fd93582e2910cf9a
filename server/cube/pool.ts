// A fixed number of worker threads that scan cubes, one question at a time each.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Cube } from '../engine/layout.ts';
import type { AnswerTo, CubeQuestion } from '../engine/scan.ts';
import { Unavailable } from '../errors.ts';
import type { Plan } from '../filter/plan.ts';
import { atMost } from '../http/at-most.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { ScanRequest } from './scan-worker.ts';

/** Questions that may wait for a worker; more than this and the server says it is busy. */
const MAX_WAITING = 500;

export type ScanPool = {
  /** How many are scanned by at once. */
  readonly threads: number;
  /** Throws Unavailable when the worker died under the question or too many wait. */
  ask<Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q): Promise<AnswerTo<Q>>;
  close(): Promise<void>;
};

export type ScanPoolOptions = {
  readonly log: Logger;
  /** Threads; by default one less than the cores, at least two: one large scan is shared by all. */
  readonly size?: number;
  readonly startWorker?: () => Worker;
};

/** Starts a worker, and more when there is something to do for them; one that ends is replaced, and the question it had fails with Unavailable. */
export function createScanPool({ log, size, startWorker = start }: ScanPoolOptions): ScanPool {
  const threads = size ?? Math.max(2, availableParallelism() - 1);
  const inTurn = atMost(threads, MAX_WAITING);
  const all = new Set<Thread>();
  let closed = false;
  const begin = (): Thread => {
    const worker = startWorker();
    const thread = threadOf(worker);
    all.add(thread);
    worker.on('error', (error) => log.error({ err: error }, 'a scan worker failed'));
    worker.on('exit', (code) => {
      all.delete(thread);
      if (!closed) log.warn({ code }, 'a scan worker ended and is started again');
    });
    return thread;
  };
  const free = [begin()];

  return {
    threads,
    ask<Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q) {
      return inTurn(async () => {
        if (closed) throw new Unavailable('the server is stopping');
        const rested = free.pop();
        const thread = !rested || rested.hasEnded() ? begin() : rested;
        try {
          return (await thread.ask({ cube, plan, question } satisfies ScanRequest)) as AnswerTo<Q>;
        } catch (error) {
          if (!thread.hasEnded()) throw error;
          throw new Unavailable(closed ? 'the server is stopping' : 'counting was interrupted');
        } finally {
          free.push(thread);
        }
      });
    },
    async close() {
      closed = true;
      await Promise.all([...all].map((thread) => thread.close()));
    },
  };
}

function start(): Worker {
  return new Worker(new URL('./scan-worker.ts', import.meta.url));
}
