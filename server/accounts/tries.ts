// How often a password may be tried: for one account, and from one address. Counted before the work, given back for a
// right one. In memory, of bounded size: a restart forgives.

import { LRUCache } from 'lru-cache';
import { TooMany } from '../errors.ts';

const WINDOW_MS = 15 * 60_000;
const OF_ACCOUNT = 10;
const OF_ADDRESS = 50;
const KNOWN = 100_000;

export type Tries = {
  /** Counts a try; throws TooMany. Answers what takes it back when it was a right one. */
  begin(account: string, address: string): () => void;
};

export function openTries(now: () => number): Tries {
  type Count = { readonly since: number; tries: number };
  const counts = new LRUCache<string, Count>({ max: KNOWN });
  /** Where somebody signed in to an account before: strangers who try it elsewhere do not lock its owner out. */
  const owners = new LRUCache<string, true>({ max: KNOWN });

  const count = (key: string): Count => {
    const known = counts.get(key);
    if (known && now() - known.since < WINDOW_MS) return known;
    const begun = { since: now(), tries: 0 };
    counts.set(key, begun);
    return begun;
  };
  return {
    begin(account, address) {
      const pair = `${account} ${address}`;
      const kept = [
        [count(owners.has(pair) ? `pair ${pair}` : `account ${account}`), OF_ACCOUNT],
        [count(`address ${address}`), OF_ADDRESS],
      ] as const;
      for (const [{ since, tries }, most] of kept)
        if (tries >= most)
          throw new TooMany('too many tries to sign in', Math.ceil((since + WINDOW_MS - now()) / 1000));
      for (const [each] of kept) each.tries++;
      return () => {
        for (const [each] of kept) each.tries--;
        owners.set(pair, true);
      };
    },
  };
}
