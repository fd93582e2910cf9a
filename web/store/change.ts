// What may be said about a change between two counts: both numbers first, words only when they hold.

import { type DaysCompared, MIN_PREVIOUS_FOR_CHANGE } from '../../server/counts/contract.ts';

export type Direction = 'up' | 'down' | 'unclear' | 'same';
export type Change = {
  readonly direction: Direction;
  /** Per cent; null when the earlier count is too small to divide by, or no direction is claimed. */
  readonly percent: number | null;
};

/**
 * Two counts compared. A direction is claimed only when they differ by more than two standard errors of the
 * difference of two Poisson counts, |a − b| > 2√(a + b). Where the periods have unequal `days` each is held against its share
 * of them: |b − (a + b)s| > 2√((a + b)s(1 − s)), which is the same where s is a half.
 */
export function changeBetween(before: number, now: number, days: DaysCompared = { before: 1, now: 1 }): Change {
  // By day, times the days of both: whole numbers, so that what is the same is told to be.
  const away = now * days.before - before * days.now;
  if (away === 0) return { direction: 'same', percent: null };
  const scatter = Math.sqrt((now + before) * days.before * days.now);
  if (Math.abs(away) <= 2 * scatter) return { direction: 'unclear', percent: null };
  const expected = before * days.now;
  const percent = before >= MIN_PREVIOUS_FOR_CHANGE && expected > 0 ? (away / expected) * 100 : null;
  return { direction: away > 0 ? 'up' : 'down', percent };
}

/** How a change stands beside that of the rest of the city; `few` = counts under ten say nothing. */
export type BesideRest = 'more' | 'less' | 'alike' | 'few';

/**
 * Whether a count changed by another factor than that of everywhere else: the logarithm of the ratio of both factors
 * against two standard errors of four Poisson counts, 2√(1/a + 1/b + 1/c + 1/d).
 */
export function besideRest(here: CountsBeforeNow, rest: CountsBeforeNow): BesideRest {
  const counts = [here.before, here.now, rest.before, rest.now];
  if (counts.some((count) => count < MIN_PREVIOUS_FOR_CHANGE)) return 'few';
  const ratio = Math.log(here.now / here.before / (rest.now / rest.before));
  const error = Math.sqrt(counts.reduce((sum, count) => sum + 1 / count, 0));
  return Math.abs(ratio) <= 2 * error ? 'alike' : ratio > 0 ? 'more' : 'less';
}

type CountsBeforeNow = { readonly before: number; readonly now: number };
