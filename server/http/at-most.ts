// Keeps work that many ask for from taking everything at once.

import { Unavailable } from '../errors.ts';

/** Runs at most `running` at once; the rest wait in order, and beyond `waiting` they are refused with Unavailable. */
export function atMost(running: number, waiting: number) {
  let free = running;
  const queue: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else {
      if (queue.length >= waiting) throw new Unavailable('too much is being made at once');
      // Whoever finishes hands its place over, so `free` stays as it is.
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
