// The thread that compares the places of evaluations, one at a time, and is ended where one takes more than it may.

import { Worker } from 'node:worker_threads';
import { BadInput } from '../errors.ts';
import { atMost } from '../http/at-most.ts';
import { withinLimits } from '../jobs/limits.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { CompareAnswer, CompareAsked } from './compare.ts';

const MAX_WAITING = 50;
const LONGEST_S = 30;
const MOST_MB = 512;

export type Comparer = (asked: CompareAsked) => Promise<CompareAnswer>;

/** The thread is started by the first question. Throws BadInput for one that takes too long or too much memory. */
export function openComparer(): Comparer {
  const inTurn = atMost(1, MAX_WAITING);
  let thread: Thread | null = null;
  let worker: Worker;
  return (question) =>
    inTurn(async () => {
      if (!thread || thread.hasEnded()) {
        worker = startWorker();
        thread = threadOf(worker);
      }
      const asked = thread;
      try {
        return await withinLimits(
          worker,
          { longestMs: LONGEST_S * 1000, mostMb: MOST_MB },
          async () => (await asked.ask(question)) as CompareAnswer,
          tooMuch,
        );
      } catch (error) {
        throw asked.hasEnded() ? tooMuch() : error;
      }
    });
}

const tooMuch = () =>
  new BadInput('ringM', `takes more than ${LONGEST_S} seconds or ${MOST_MB} MB: choose fewer data or neighbours`);
const startWorker = () =>
  new Worker(new URL('./compare-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
