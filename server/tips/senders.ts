// How often somebody sends, without knowing who: an address is only ever seen as a hash whose salt lives for an hour, in
// memory alone, and is forgotten with all it counted.

import { createHmac, randomBytes } from 'node:crypto';
import { TooMany } from '../errors.ts';

const HOUR_MS = 3600_000;
/** Behind one address of a telephone network live many. */
const AN_HOUR = 12;
const MOST_SENDERS = 100_000;

type Senders = {
  /** Throws TooMany. */
  count(address: string): void;
};

export function openSenders(now: () => Date): Senders {
  let salt = randomBytes(32);
  let hour = 0;
  const counted = new Map<string, number>();
  return {
    count(address) {
      const at = now().getTime();
      if (Math.floor(at / HOUR_MS) !== hour || counted.size >= MOST_SENDERS) {
        hour = Math.floor(at / HOUR_MS);
        salt = randomBytes(32);
        counted.clear();
      }
      const sender = createHmac('sha256', salt).update(address).digest('base64url').slice(0, 16);
      const before = counted.get(sender) ?? 0;
      if (before >= AN_HOUR)
        throw new TooMany('too many tips from here', Math.ceil(((hour + 1) * HOUR_MS - at) / 1000));
      counted.set(sender, before + 1);
    },
  };
}
