// Long work in short statements, as many side by side as the engine has use for.

import type { Database } from './open.ts';

/** On a server with connections of its own one statement computes while another is read or written. */
const LANES = { postgis: 2, embedded: 1 } as const;

/** Works off the items in order. After a failure no further item is begun, and the first failure is thrown. */
export async function inLanes<T>(
  engine: Database['engine'],
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  const lane = async () => {
    for (let next = left.next(); !next.done && !failed; next = left.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES[engine] }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}
