// A question that follows a path: asks when it changes, calls off the one before, keeps the last good answer. Asked again
// while an answer is under way it lets that one come: where data change faster than answers do, some must arrive.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Path, Problem } from './api.ts';

export type Answered<T> = { readonly path: Path<T>; readonly value: T; readonly at: number };

export type Asking<T> = (path: Path<T>, signal: AbortSignal) => Promise<T>;
export type Question<T> = {
  /** The last good answer, which may be to an earlier path while `waitingSince` is set. */
  readonly answered: ReadonlySignal<Answered<T> | null>;
  /** That answer is to an earlier path: what stands beside it of the filter is not yet, or never, true of it. */
  readonly isOld: ReadonlySignal<boolean>;
  /** Milliseconds of the clock, or null when nothing is under way. */
  readonly waitingSince: ReadonlySignal<number | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Asks again: now, or once more when the answer under way is there, however often it is called meanwhile. */
  ask(): void;
};

/** `path` null = nothing to ask: the answer is dropped. `scope` = the part of a path whose change drops the old answer. */
export function createQuestion<T>(
  path: ReadonlySignal<Path<T> | null>,
  ask: Asking<T>,
  scope: (path: string) => string = (text) => text.split('/').slice(0, 4).join('/'),
): Question<T> {
  const answered = signal<Answered<T> | null>(null);
  const waitingSince = signal<number | null>(null);
  const problem = signal<Problem | null>(null);
  let running: { readonly path: Path<T>; readonly stop: AbortController } | null = null;
  let isWantedAgain = false;

  const start = (wanted: Path<T> | null): void => {
    running?.stop.abort();
    running = null;
    isWantedAgain = false;
    problem.value = null;
    const old = answered.peek();
    if (wanted === null || (old && scope(old.path) !== scope(wanted))) answered.value = null;
    if (wanted === null || answered.peek()?.path === wanted) {
      waitingSince.value = null;
      if (wanted === null) return;
    }
    const mine = { path: wanted, stop: new AbortController() };
    running = mine;
    if (answered.peek()?.path !== wanted) waitingSince.value = Date.now();
    /** What came is shown first; whoever hears of it may ask another question, which calls off this one. */
    const end = (show: () => void): void => {
      if (running !== mine) return;
      const again = isWantedAgain;
      running = null;
      isWantedAgain = false;
      waitingSince.value = null;
      show();
      if (again && running === null && path.peek() === wanted) start(wanted);
    };
    ask(wanted, mine.stop.signal).then(
      (value) =>
        end(() => {
          answered.value = { path: wanted, value, at: Date.now() };
        }),
      (error: unknown) =>
        end(() => {
          problem.value = error instanceof Problem ? error : new Problem(0, 'internal', String(error));
        }),
    );
  };
  const askAgain = (): void => {
    const wanted = path.peek();
    if (running && running.path === wanted) isWantedAgain = true;
    else start(wanted);
  };
  effect(() => start(path.value));
  const isOld = computed(() => answered.value !== null && answered.value.path !== path.value);
  return { answered, isOld, waitingSince, problem, ask: askAgain };
}
