// A fixed number of worker threads that scan cubes, one question at a time each.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Cube } from '../engine/layout.ts';
import type { AnswerTo, CubeQuestion } from '../engine/scan.ts';
import { Unavailable } from '../errors.ts';
import type { Plan } from '../filter/plan.ts';
import type { ScanReply, ScanRequest } from './scan-worker.ts';

/** Questions that may wait for a worker; more than this and the server says it is busy. */
const MAX_WAITING = 500;

export type ScanPool = {
  /** Throws Unavailable when the worker died under the question or too many wait. */
  ask<Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q): Promise<AnswerTo<Q>>;
  close(): Promise<void>;
};

type Job = { readonly request: ScanRequest; resolve(answer: unknown): void; reject(error: Error): void };
type Seat = { worker: Worker; job: Job | null };

export type ScanPoolOptions = {
  readonly log: Logger;
  /** Threads; by default one less than the cores, at least one. */
  readonly size?: number;
  readonly startWorker?: () => Worker;
};

/** Starts the workers; one that ends is replaced, and the question it had fails with Unavailable. */
export function createScanPool({ log, size, startWorker = start }: ScanPoolOptions): ScanPool {
  const waiting: Job[] = [];
  let closed = false;

  const fill = (seat: Seat) => {
    if (seat.job) return;
    const job = waiting.shift();
    if (!job) return;
    seat.job = job;
    seat.worker.postMessage(job.request);
  };

  const seats = Array.from({ length: size ?? Math.max(1, availableParallelism() - 1) }, (): Seat => {
    const seat: Seat = { worker: startWorker(), job: null };
    const attend = () => {
      const { worker } = seat;
      worker.on('message', (reply: ScanReply) => {
        const { job } = seat;
        seat.job = null;
        if ('answer' in reply) job?.resolve(reply.answer);
        else job?.reject(new Error(reply.problem));
        fill(seat);
      });
      worker.on('error', (error) => log.error({ err: error }, 'a scan worker failed'));
      worker.on('exit', (code) => {
        if (closed) return;
        log.warn({ code }, 'a scan worker ended and is started again');
        const { job } = seat;
        seat.job = null;
        job?.reject(new Unavailable('counting was interrupted'));
        seat.worker = startWorker();
        attend();
        fill(seat);
      });
    };
    attend();
    return seat;
  });

  return {
    ask<Q extends CubeQuestion>(cube: Cube, plan: Plan, question: Q) {
      return new Promise<AnswerTo<Q>>((resolve, reject) => {
        if (closed || waiting.length >= MAX_WAITING) return reject(new Unavailable('too many questions at once'));
        waiting.push({ request: { cube, plan, question }, resolve: resolve as (answer: unknown) => void, reject });
        const free = seats.find((seat) => seat.job === null);
        if (free) fill(free);
      });
    },
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.reject(new Unavailable('the server is stopping'));
      for (const seat of seats) seat.job?.reject(new Unavailable('the server is stopping'));
      await Promise.all(seats.map((seat) => seat.worker.terminate()));
    },
  };
}

function start(): Worker {
  return new Worker(new URL('./scan-worker.ts', import.meta.url));
}
