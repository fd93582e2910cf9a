// Nothing is asked while the page changes who it speaks for: the server ends what the viewer before had asked, and refuses the
// next one what is not theirs.

import type { Ask } from './api.ts';

export type Hush = {
  readonly ask: Ask;
  /** Calls off what is under way until `change` has failed, when it is asked again; for good where it succeeds. */
  during(change: () => Promise<unknown>): Promise<void>;
};

export function createHush(ask: Ask): Hush {
  const underWay = new Set<AbortController>();
  /** Settles when questions may be asked; never once the viewer has changed, for whom the page begins anew. */
  let silence = Promise.resolve();

  return {
    ask: async (path, signal) => {
      for (;;) {
        await silence;
        const stop = new AbortController();
        const callOff = () => stop.abort();
        if (signal.aborted) callOff();
        signal.addEventListener('abort', callOff);
        underWay.add(stop);
        try {
          return await ask(path, stop.signal);
        } catch (error) {
          if (signal.aborted || !stop.signal.aborted) throw error;
        } finally {
          underWay.delete(stop);
          signal.removeEventListener('abort', callOff);
        }
      }
    },
    during: async (change) => {
      let speak = () => {};
      silence = new Promise((resolve) => {
        speak = resolve;
      });
      for (const stop of underWay) stop.abort();
      try {
        await change();
      } catch (error) {
        speak();
        throw error;
      }
    },
  };
}
