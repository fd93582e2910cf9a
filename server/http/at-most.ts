// Keeps work that many ask for from taking everything at once.

import pLimit from 'p-limit';
import { Unavailable } from '../errors.ts';

/** Runs at most `running` at once; the rest wait in order, and beyond `waiting` they are refused with Unavailable. */
export function atMost(running: number, waiting: number) {
  const limit = pLimit(running);
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= waiting) throw new Unavailable('too much is being made at once');
    return limit(work);
  };
}
