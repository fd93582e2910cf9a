// What became of a place that is or was hot: the categories of Esri's emerging hot-spot analysis as its pages define
// them now (17 with those of cold spots). sfdep differs: its «new» needs exactly one significant step of either sign,
// its «consecutive» no two, its «sporadic» no hot last step; it corrects no false discoveries.

import type { Emerging, Pattern } from './contract.ts';
import { mannKendall } from './trend.ts';

/** The share of steps in which a place is hot to be hot all along. */
const NEARLY_ALL = 0.9;

/**
 * `steps` are 1 where the place was a significant hot spot, −1 a cold one, 0 neither, oldest first; `z` its scores,
 * whose trend tells the intensifying from the diminishing. Null: no pattern.
 */
export function emergingOf(steps: ArrayLike<number>, z: ArrayLike<number>, { level = 0.05 } = {}): Emerging {
  if (steps.length === 0) return null;
  for (const side of ['hot', 'cold'] as const) {
    const sign = side === 'hot' ? 1 : -1;
    const pattern = patternOf(
      Array.from({ length: steps.length }, (_, i) => steps[i]! * sign),
      () => {
        const trend = mannKendall(
          Array.from({ length: z.length }, (_, i) => z[i]! * sign),
          { level },
        );
        return trend.reason === null ? trend.direction : 'none';
      },
    );
    if (pattern !== null) return { side, pattern };
  }
  return null;
}

/** Of one side: its own steps are 1, the other side's −1. */
function patternOf(steps: readonly number[], trend: () => 'up' | 'down' | 'none'): Pattern | null {
  const hot = steps.filter((step) => step === 1).length;
  if (hot === 0) return null;
  const isLast = steps.at(-1) === 1;
  const isNearlyAll = hot >= NEARLY_ALL * steps.length;
  if (!isLast) return isNearlyAll ? 'historical' : null;
  const run = steps.length - 1 - steps.findLastIndex((step) => step !== 1);
  const isFirstRun = run === hot;
  if (isFirstRun && run === 1) return 'new';
  if (isNearlyAll) {
    const direction = trend();
    return direction === 'up' ? 'intensifying' : direction === 'down' ? 'diminishing' : 'persistent';
  }
  if (isFirstRun) return 'consecutive';
  return steps.includes(-1) ? 'oscillating' : 'sporadic';
}
