// Lets a few costly things run at once, some wait, and turns the rest away.

import { Unavailable } from '../errors.ts';

export type Limit = <T>(run: () => Promise<T>) => Promise<T>;

/** At most `running` at once and `waiting` behind them; beyond that Unavailable. */
export function limitTo(running: number, waiting: number): Limit {
  let busy = 0;
  const queue: (() => void)[] = [];
  return async (run) => {
    if (busy >= running) {
      if (queue.length >= waiting) throw new Unavailable('too many questions at once');
      await new Promise<void>((resolve) => queue.push(resolve));
    } else busy++;
    try {
      return await run();
    } finally {
      const next = queue.shift();
      if (next) next();
      else busy--;
    }
  };
}
