// Questions the data changed under, asked again of what is there then; as of one state, deliveries do not disturb them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/open.ts';
import { Outdated } from '../errors.ts';
import { type DataState, readState } from '../filter/catalogue.ts';
import { onlyDeliveriesSince } from './recent.ts';

const ATTEMPTS = 3;
/** Until the state is read anew: see cube/watch.ts. */
const AGAIN_AFTER_MS = 100;

/** Attempts it again while it throws Outdated, a few times. Nothing of a failed attempt may have been sent. */
export async function askAgain<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Outdated) || left === 0) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

/** Throws Outdated when what was read as of `state` may not be: more than deliveries came since. */
export async function refuseOutdated(database: Database, jurisdictionId: number, state: DataState): Promise<void> {
  const now = await readState(database, jurisdictionId);
  if (!now || !onlyDeliveriesSince(state, now)) throw new Outdated('the data changed meanwhile');
}
