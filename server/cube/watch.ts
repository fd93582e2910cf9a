// The data state of each jurisdiction, read again for nearly every question, and never in the way of one for long.

import { NotFound } from '../errors.ts';
import type { DataState } from '../filter/catalogue.ts';

/** A state this young is taken as it is. */
const FRESH_MS = 50;
/** While an import holds the embedded engine, a state this old will do … */
const USABLE_MS = 8000;
/** … after having waited this long for a new one. */
const PATIENCE_MS = 300;

type Known = { state: DataState | null; readAt: number; reading: Promise<DataState | null> | null };

/** Reads one by its id; whoever asks in the same moment is answered by one question for all of them. */
export function together<T>(readMany: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>) {
  let next: { readonly ids: Set<number>; readonly found: Promise<ReadonlyMap<number, T>> } | null = null;
  return async (id: number): Promise<T | null> => {
    if (!next) {
      const ids = new Set<number>();
      const asked = Promise.resolve().then(() => {
        next = null;
        return readMany([...ids]);
      });
      next = { ids, found: asked };
    }
    next.ids.add(id);
    return (await next.found).get(id) ?? null;
  };
}

/** `read` answers null where there is no such state; then NotFound is thrown. */
export function watchStates(read: (id: number) => Promise<DataState | null>, now: () => number = Date.now) {
  const known = new Map<number, Known>();

  const readAgain = (id: number, entry: Known): Promise<DataState | null> => {
    const askedAt = now();
    entry.reading ??= read(id)
      .then((state) => {
        entry.state = state;
        entry.readAt = askedAt;
        if (state === null) known.delete(id);
        return state;
      })
      .finally(() => {
        entry.reading = null;
      });
    return entry.reading;
  };

  return {
    async read(id: number): Promise<DataState> {
      let entry = known.get(id);
      if (!entry) {
        entry = { state: null, readAt: 0, reading: null };
        known.set(id, entry);
      }
      const age = now() - entry.readAt;
      if (entry.state && age < FRESH_MS) return entry.state;
      const reading = readAgain(id, entry);
      if (entry.state && age < USABLE_MS) {
        const old = entry.state;
        reading.catch(() => {});
        let timer: NodeJS.Timeout | undefined;
        const patience = new Promise<DataState>((resolve) => {
          timer = setTimeout(() => resolve(old), PATIENCE_MS);
        });
        const state = await Promise.race([reading, patience]).finally(() => clearTimeout(timer));
        if (state) return state;
      } else {
        const state = await reading;
        if (state) return state;
      }
      throw new NotFound('no such data');
    },
  };
}
