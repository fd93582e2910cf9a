// The thread that computes analyses, one at a time, and is ended where one takes more than it may.

import { Worker } from 'node:worker_threads';
import { BadInput } from '../errors.ts';
import { atMost } from '../http/at-most.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { Questions } from './compute.ts';

/** Analyses that may wait for the thread; more than this and the server says it is busy. */
const MAX_WAITING = 50;
const LONGEST_S = 10;
const MOST_MB = 512;

export type Analyst = <Name extends keyof Questions>(
  name: Name,
  of: Questions[Name]['ask'],
) => Promise<Questions[Name]['answer']>;

/** The thread is started by the first question. Throws BadInput for one that takes too long or too much memory. */
export function openAnalyst(longestMs = LONGEST_S * 1000): Analyst {
  const inTurn = atMost(1, MAX_WAITING);
  let thread: Thread | null = null;
  return (name, of) =>
    inTurn(async () => {
      if (!thread || thread.hasEnded()) thread = threadOf(startWorker());
      const asked = thread;
      let isLate = false;
      const alarm = setTimeout(() => {
        isLate = true;
        void asked.close();
      }, longestMs);
      try {
        return (await asked.ask({ name, of })) as Questions[typeof name]['answer'];
      } catch (error) {
        if (!isLate && !asked.hasEnded()) throw error;
        throw new BadInput(
          'layer',
          `takes more than ${LONGEST_S} seconds or ${MOST_MB} MB: choose fewer data or neighbours`,
        );
      } finally {
        clearTimeout(alarm);
      }
    });
}

const startWorker = () =>
  new Worker(new URL('./analysis-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
