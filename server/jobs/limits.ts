// What a thread may take: ended once it has computed too long or holds too much. V8's own limit counts the heap alone;
// typed arrays lie outside it, and most of what an analysis holds is typed arrays.

import type { Worker } from 'node:worker_threads';

export type Limits = {
  /** Of computing: a machine that is busy with other things is no fault of the question. */
  readonly longestMs: number;
  readonly mostMb: number;
};

const LOOK_MS = 100;
const LEAST_WAIT_MS = 20;
const MB = 2 ** 20;

/** What a thread has computed so far; null where it does not run. */
async function computedMs(worker: Worker): Promise<number | null> {
  const used = await worker.cpuUsage().catch(() => null);
  return used && (used.user + used.system) / 1000;
}

/** What it holds, typed arrays with it. */
async function heldMb(worker: Worker): Promise<number> {
  const held = await worker.getHeapStatistics().catch(() => null);
  return held ? (held.used_heap_size + held.external_memory + held.malloced_memory) / MB : 0;
}

/** Answers as `work` does; where the thread takes more than it may before, it is ended and `over` is thrown. */
export async function withinLimits<T>(
  worker: Worker,
  { longestMs, mostMb }: Limits,
  work: () => Promise<T>,
  over: () => Error,
): Promise<T> {
  const before = (await computedMs(worker)) ?? 0;
  let isBeyond = false;
  let isOver = false;
  let alarm: NodeJS.Timeout;
  const look = async () => {
    const [computed, held] = await Promise.all([computedMs(worker), heldMb(worker)]);
    if (isOver) return;
    // One that has not begun yet has computed nothing; of one that has ended work() tells.
    const left = before + longestMs - (computed ?? before);
    if (left > 0 && held <= mostMb) {
      alarm = setTimeout(look, Math.max(LEAST_WAIT_MS, Math.min(left, LOOK_MS)));
      return;
    }
    isBeyond = true;
    void worker.terminate();
  };
  alarm = setTimeout(look, LOOK_MS);
  try {
    return await work();
  } catch (error) {
    throw isBeyond ? over() : error;
  } finally {
    isOver = true;
    clearTimeout(alarm);
  }
}
