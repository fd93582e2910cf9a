// The thread that computes analyses, one at a time: each client in its turn, none for somebody who has left, and ended
// where one takes more than it may.

import { Worker } from 'node:worker_threads';
import { askerLeaves, inTurnOf } from '../db/costly.ts';
import { BadInput } from '../errors.ts';
import { withinLimits } from '../jobs/limits.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { Questions } from './compute.ts';

/** Whoever still waits for the thread then is told to come back. */
const WAIT_MS = 60_000;
const LONGEST_S = 10;
const MOST_MB = 512;

export type Analyst = <Name extends keyof Questions>(
  name: Name,
  of: Questions[Name]['ask'],
) => Promise<Questions[Name]['answer']>;

/** The thread is started by the first question. Throws BadInput for one that takes too long or too much memory. */
export function openAnalyst(longestMs = LONGEST_S * 1000): Analyst {
  const turns = {};
  let thread: Thread | null = null;
  let worker: Worker;
  return (name, of) =>
    inTurnOf(turns, { most: 1, waitMs: WAIT_MS }, async () => {
      if (!thread || thread.hasEnded()) {
        worker = startWorker();
        thread = threadOf(worker);
      }
      const [asked, asking] = [thread, worker];
      // Nobody waits for it any more: what it would still compute is left to the next.
      const leaves = askerLeaves();
      const leave = () => void asked.close();
      leaves.addEventListener('abort', leave, { once: true });
      try {
        return await withinLimits(
          asking,
          { longestMs, mostMb: MOST_MB },
          async () => (await asked.ask({ name, of })) as Questions[typeof name]['answer'],
          tooMuch,
        );
      } catch (error) {
        leaves.throwIfAborted();
        // V8 ends a thread whose heap is full.
        throw asked.hasEnded() ? tooMuch() : error;
      } finally {
        leaves.removeEventListener('abort', leave);
      }
    });
}

const tooMuch = () =>
  new BadInput('layer', `takes more than ${LONGEST_S} seconds or ${MOST_MB} MB: choose fewer data or neighbours`);
const startWorker = () =>
  new Worker(new URL('./analysis-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
