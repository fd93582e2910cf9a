// Keeps one record that cannot be stored from taking those of others with it: what fails together is stored in parts,
// until the record is alone.

import { isConnectionLost } from '../db/open.ts';
import { statusOf } from '../errors.ts';
import type { FeedTold } from './contract.ts';

/** Enough to find a few faulty ones among thousands; more is no fault of single records. */
const MOST_TRIES = 120;
/** Data and constraints are the fault of what is stored. */
const FAULT_OF_DATA = /^2[23]/;
/** Connections, resources, limits and stops are not. */
const FAULT_OF_SERVER = /^(08|25|40|53|55|57|58|F0)/;

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? '');
const mayBeTheirs = (error: unknown) =>
  statusOf(error).status === 500 && !isConnectionLost(error) && !FAULT_OF_SERVER.test(codeOf(error));

/**
 * What became of each, in order. A record is rejected when it fails alone and the fault is certainly its own: by the
 * kind of error, or because others could be stored. Otherwise throws, as `store` did; what was stored until then is
 * "unchanged" when it is sent again.
 */
export async function storeApart<T>(
  records: readonly T[],
  store: (records: readonly T[]) => Promise<FeedTold[]>,
  onFaulty: (error: unknown) => void,
): Promise<FeedTold[]> {
  let tries = 0;
  let stored = 0;
  const uncertain: unknown[] = [];
  const inParts = async (some: readonly T[]): Promise<FeedTold[]> => {
    try {
      tries += 1;
      const told = await store(some);
      stored += some.length;
      return told;
    } catch (error) {
      if (!mayBeTheirs(error) || tries >= MOST_TRIES) throw error;
      if (some.length > 1) {
        const half = Math.ceil(some.length / 2);
        return [...(await inParts(some.slice(0, half))), ...(await inParts(some.slice(half)))];
      }
      if (!FAULT_OF_DATA.test(codeOf(error))) {
        // It may have been a passing fault.
        tries += 1;
        const again = await store(some).catch((second) => void uncertain.push(second));
        if (again) return again;
      }
      onFaulty(error);
      return [{ outcome: 'rejected', reason: 'the record cannot be stored' }];
    }
  };
  const told = await inParts(records);
  if (uncertain.length && stored === 0) throw uncertain[0];
  return told;
}
