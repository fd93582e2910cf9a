// The percentage of a start: one number over all steps that only grows, and grows while a step lasts.

import { expect, test } from 'vitest';
import { createProgress } from '../../server/start/progress.ts';

/** A clock that is put forward by hand. */
function slowClock() {
  let now = 0;
  return { read: () => now, forward: (seconds: number) => (now += seconds * 1000) };
}

test('it nears the end of a step, two thirds of the way when the expected time is over, and never passes it', () => {
  const clock = slowClock();
  const progress = createProgress(clock.read);
  progress.toward('database', 75, 3);
  expect(progress.now()).toEqual({ step: 'database', percent: 0 });
  clock.forward(3);
  expect(progress.now().percent).toBe(50);
  clock.forward(12);
  expect(progress.now().percent).toBe(68);
  clock.forward(10_000);
  expect(progress.now().percent).toBe(74);
});

test('a step that takes five times as long still moves in every tenth of its time', () => {
  const clock = slowClock();
  const progress = createProgress(clock.read);
  progress.toward('database', 75, 3);
  const seen = Array.from({ length: 10 }, () => {
    clock.forward(1.5);
    return progress.now().percent;
  });
  expect(new Set(seen).size).toBe(10);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('the next step goes on from there, and one that would end below does not turn back', () => {
  const clock = slowClock();
  const progress = createProgress(clock.read);
  progress.toward('database', 90, 1);
  clock.forward(1);
  progress.toward('demo', 30, 1);
  clock.forward(5);
  expect(progress.now()).toEqual({ step: 'demo', percent: 60 });
  progress.toward('cube', 100, 1);
  clock.forward(1_000_000);
  expect(progress.now()).toEqual({ step: 'cube', percent: 99 });
});
