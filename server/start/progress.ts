// How far the start is, for /readyz and the progress page: one number over all steps, which neither falls nor stands.

import type { StartStep } from '../i18n/server-pages.ts';

export type Readiness = { readonly step: StartStep | 'ready'; readonly percent: number };

export type Progress = {
  /** `step` is under way and ends at `percent`, after about so many seconds. */
  toward(step: StartStep, percent: number, seconds: number): void;
  /** Meanwhile the number nears that end, ever more slowly, since nobody can say how long a busy machine takes. */
  now(): Readiness;
};

/** `clock` = milliseconds that only go forward. */
export function createProgress(clock: () => number): Progress {
  let step: StartStep = 'database';
  let from = 0;
  let until = 0;
  let expectedMs = 1;
  let since = clock();
  const percent = () => {
    const elapsed = clock() - since;
    // Two thirds of the way when the expected time is over, nine tenths after five times as long.
    return from + (until - from) * (elapsed / (elapsed + expectedMs / 2));
  };
  return {
    toward(nextStep, nextUntil, seconds) {
      from = percent();
      until = Math.max(from, nextUntil);
      expectedMs = Math.max(1, seconds * 1000);
      since = clock();
      step = nextStep;
    },
    now: () => ({ step, percent: Math.floor(percent()) }),
  };
}
