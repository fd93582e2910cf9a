// Work that finds a jurisdiction taken waits until whoever writes to it is done, and says whom it waits for.

import { setTimeout as sleep } from 'node:timers/promises';
import { Busy } from '../errors.ts';
import { type WrittenBy, whoWrites } from './lock.ts';
import type { Database } from './open.ts';

const LOOK_EVERY_MS = 500;
const TRY_AGAIN_MS = 50;

export type TurnWatch = {
  readonly signal: AbortSignal;
  /** Told once for every writer waited for. */
  readonly onWait: (writer: WrittenBy) => void;
};

/** Begins the work again whenever it is Busy, once the jurisdiction is free. Rejects when the signal is aborted meanwhile. */
export async function inItsTurn<T>(
  database: Database,
  jurisdictionId: number,
  { signal, onWait }: TurnWatch,
  work: () => Promise<T>,
): Promise<T> {
  let told: string | null = null;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
    }
    for (;;) {
      const writer = await whoWrites(database, jurisdictionId);
      if (writer === null) break;
      if (told !== writer.since) onWait(writer);
      told = writer.since;
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
    signal.throwIfAborted();
    // Between looking and trying a feed may take it for a moment, again and again: nobody spins on that.
    await sleep(TRY_AGAIN_MS, undefined, { signal });
  }
}
