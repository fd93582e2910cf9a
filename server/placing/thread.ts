// A thread that places points, with the grounds it holds: one for each import, one for all the cities that feed.

import { Worker } from 'node:worker_threads';
import type { CopiedRequest, Ground, PlaceRequest, ToPlacing } from './packed-places.ts';

export type PlacingThread = {
  /** Hands a ground over, whose packed geometry is moved and not copied. */
  hold(ground: Ground): {
    /** Answered in the order asked; `given` is moved. */
    ask(request: PlaceRequest | CopiedRequest, given: ArrayBuffer[]): Promise<unknown>;
    letGo(): void;
  };
  hasEnded(): boolean;
  close(): Promise<void>;
};

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void };

export function startPlacing(): PlacingThread {
  const worker = new Worker(new URL('./place-worker.ts', import.meta.url));
  const waiting: Waiting[] = [];
  let ended: Error | null = null;
  let last = 0;
  const end = (reason: Error) => {
    ended ??= reason;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (answer: unknown) => waiting.shift()?.resolve(answer));
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => end(new Error('the placing worker has ended')));
  worker.unref();
  const tell = (message: ToPlacing, given: ArrayBuffer[]) => worker.postMessage(message, given);

  return {
    hold(ground) {
      last += 1;
      const id = last;
      tell(
        { id, ground },
        ground.layers.map(({ places }) => places.wkb.buffer),
      );
      return {
        ask(request, given) {
          if (ended) throw ended;
          worker.ref();
          return new Promise<unknown>((resolve, reject) => {
            waiting.push({ resolve, reject });
            tell({ id, ...request }, given);
          }).finally(() => waiting.length === 0 && worker.unref());
        },
        letGo: () => tell({ id, over: true }, []),
      };
    },
    hasEnded: () => ended !== null,
    close: async () => {
      await worker.terminate();
    },
  };
}
