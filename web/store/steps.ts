// Changes that can be taken back and made again, as in any program that lets one try things.

import { computed, type ReadonlySignal, signal } from '@preact/signals';

export type Steps<T> = {
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** Notes a change; what had been taken back is gone. */
  did(before: T, after: T): void;
  /** What stood before the last change, or null; `now` is what redo leads back to. */
  undo(now: T): T | null;
  redo(now: T): T | null;
};

/** So far back a change can be taken; before that Back of the browser leads. */
export const MOST_CHANGES_KEPT = 100;

/** `isSame` = whether two states are one to whoever looks, so that no step between them is taken back in vain. */
export function createSteps<T>(isSame: (a: T, b: T) => boolean): Steps<T> {
  const past = signal<readonly T[]>([]);
  const future = signal<readonly T[]>([]);
  const move = (from: typeof past, to: typeof past, now: T): T | null => {
    const next = from.peek().at(-1);
    if (next === undefined) return null;
    from.value = from.peek().slice(0, -1);
    to.value = [...to.peek(), now];
    return next;
  };
  return {
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    did(before, after) {
      if (isSame(before, after)) return;
      past.value = [...past.peek(), before].slice(-MOST_CHANGES_KEPT);
      future.value = [];
    },
    undo: (now) => move(past, future, now),
    redo: (now) => move(future, past, now),
  };
}
