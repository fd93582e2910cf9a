// A thread that places points, with the grounds it holds: one for each import, one for all the cities that feed.

import { Worker } from 'node:worker_threads';
import { type Thread, threadOf } from '../jobs/thread.ts';
import type { CopiedRequest, Ground, PlaceRequest, ToPlacing } from './packed-places.ts';

export type PlacingThread = Pick<Thread, 'hasEnded' | 'close'> & {
  /** Hands a ground over, whose packed geometry is moved and not copied. */
  hold(ground: Ground): {
    /** Answered in the order asked; `given` is moved. */
    ask(request: PlaceRequest | CopiedRequest, given: ArrayBuffer[]): Promise<unknown>;
    letGo(): void;
  };
};

export function startPlacing(): PlacingThread {
  const { ask, ...thread } = threadOf(new Worker(new URL('./place-worker.ts', import.meta.url)));
  const tell = (message: ToPlacing, given: ArrayBuffer[]) => ask(message, given);
  let last = 0;
  return {
    ...thread,
    hold(ground) {
      last += 1;
      const id = last;
      const buffers = ground.layers.map(({ places }) => places.wkb.buffer);
      const held = tell({ id, ground }, buffers);
      held.catch(() => {}); // whoever asks is told
      return {
        ask: async (request, given) => (await Promise.all([held, tell({ id, ...request }, given)]))[1],
        letGo: () => void tell({ id, over: true }, []).catch(() => {}),
      };
    },
  };
}
