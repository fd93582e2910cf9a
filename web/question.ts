// A question that follows a path: asks when it changes, calls off the one before, keeps the last good answer.

import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Ask, type Path, Problem } from './api.ts';

export type Answered<T> = { readonly path: Path<T>; readonly value: T; readonly at: number };

export type Question<T> = {
  /** The last good answer, which may be to an earlier path while `waitingSince` is set. */
  readonly answered: ReadonlySignal<Answered<T> | null>;
  /** Milliseconds of the clock, or null when nothing is under way. */
  readonly waitingSince: ReadonlySignal<number | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  ask(): void;
};

/** `path` null = nothing to ask: the answer is dropped. `scope` = the part of a path whose change drops the old answer. */
export function createQuestion<T>(
  path: ReadonlySignal<Path<T> | null>,
  ask: Ask,
  scope: (path: string) => string = (text) => text.split('/').slice(0, 4).join('/'),
): Question<T> {
  const answered = signal<Answered<T> | null>(null);
  const waitingSince = signal<number | null>(null);
  const problem = signal<Problem | null>(null);
  let running: AbortController | null = null;

  const start = (wanted: Path<T> | null): void => {
    running?.abort();
    running = null;
    problem.value = null;
    const old = answered.peek();
    if (wanted === null || (old && scope(old.path) !== scope(wanted))) answered.value = null;
    if (wanted === null || answered.peek()?.path === wanted) {
      waitingSince.value = null;
      if (wanted === null) return;
    }
    const mine = new AbortController();
    running = mine;
    if (answered.peek()?.path !== wanted) waitingSince.value = Date.now();
    ask(wanted, mine.signal).then(
      (value) => {
        if (running !== mine) return;
        waitingSince.value = null;
        answered.value = { path: wanted, value, at: Date.now() };
      },
      (error: unknown) => {
        if (running !== mine) return;
        waitingSince.value = null;
        problem.value = error instanceof Problem ? error : new Problem(0, 'internal', String(error));
      },
    );
  };
  effect(() => start(path.value));
  return { answered, waitingSince, problem, ask: () => start(path.peek()) };
}
