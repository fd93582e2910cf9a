// The thread that computes analyses, one at a time: each client in its turn, none for somebody who has left, and ended
// where one takes more than it may.

import { Worker } from 'node:worker_threads';
import { askerLeaves, inTurnOf } from '../db/costly.ts';
import { BadInput } from '../errors.ts';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { Questions } from './compute.ts';

/** Whoever still waits for the thread then is told to come back. */
const WAIT_MS = 60_000;
const LONGEST_S = 10;
const MOST_MB = 512;
const LEAST_WAIT_MS = 20;
const LOOK_MS = 100;

export type Analyst = <Name extends keyof Questions>(
  name: Name,
  of: Questions[Name]['ask'],
) => Promise<Questions[Name]['answer']>;

/**
 * All that a thread holds, in megabytes: its limit of memory is one of what the engine keeps itself, and typed arrays lie
 * outside of that.
 */
async function heldMb(worker: Worker): Promise<number> {
  const held = await worker.getHeapStatistics().catch(() => null);
  return held ? (held.used_heap_size + held.external_memory) / 2 ** 20 : 0;
}

/** What a thread has computed so far; null where it does not run. */
async function computedMs(worker: Worker): Promise<number | null> {
  const used = await worker.cpuUsage().catch(() => null);
  return used && (used.user + used.system) / 1000;
}

/**
 * The thread is started by the first question. Throws BadInput for one that takes too long or too much memory. What counts is
 * the time it computes: a machine that is busy with other things is no fault of the question.
 */
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
      const before = (await computedMs(asking)) ?? 0;
      let isLate = false;
      let isOver = false;
      let alarm: NodeJS.Timeout;
      const look = async () => {
        const [computed, held] = [await computedMs(asking), await heldMb(asking)];
        if (isOver || asked.hasEnded()) return;
        // One that has not begun yet has computed nothing.
        const left = held > MOST_MB ? 0 : before + longestMs - (computed ?? before);
        if (left > 0) {
          alarm = setTimeout(look, Math.min(LOOK_MS, Math.max(left, LEAST_WAIT_MS)));
          return;
        }
        isLate = true;
        void asked.close();
      };
      alarm = setTimeout(look, Math.min(LOOK_MS, longestMs));
      // Nobody waits for it any more: what it would still compute is left to the next.
      const leaves = askerLeaves();
      const leave = () => void asked.close();
      leaves.addEventListener('abort', leave, { once: true });
      try {
        return (await asked.ask({ name, of })) as Questions[typeof name]['answer'];
      } catch (error) {
        leaves.throwIfAborted();
        if (!isLate && !asked.hasEnded()) throw error;
        throw new BadInput(
          'layer',
          `takes more than ${LONGEST_S} seconds or ${MOST_MB} MB: choose fewer data or neighbours`,
        );
      } finally {
        isOver = true;
        clearTimeout(alarm);
        leaves.removeEventListener('abort', leave);
      }
    });
}

const startWorker = () =>
  new Worker(new URL('./analysis-worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MOST_MB } });
