// What may be said about a change between two counts: both numbers first, words only when they hold.

import { MIN_PREVIOUS_FOR_CHANGE } from '../../server/counts/contract.ts';

export type Direction = 'up' | 'down' | 'unclear' | 'same';
export type Change = {
  readonly direction: Direction;
  /** Per cent; null when the earlier count is too small to divide by, or no direction is claimed. */
  readonly percent: number | null;
};

/**
 * Two counts compared. A direction is claimed only when they differ by more than two standard errors of the
 * difference of two Poisson counts, |a − b| > 2√(a + b).
 */
export function changeBetween(before: number, now: number): Change {
  if (before === now) return { direction: 'same', percent: null };
  if (Math.abs(now - before) <= 2 * Math.sqrt(now + before)) return { direction: 'unclear', percent: null };
  const percent = before >= MIN_PREVIOUS_FOR_CHANGE ? ((now - before) / before) * 100 : null;
  return { direction: now > before ? 'up' : 'down', percent };
}
