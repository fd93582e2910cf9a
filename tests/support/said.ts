// What a method said, where a test must have a number.

import type { Answer, Said } from '../../server/statistics/contract.ts';

/** What is said, or the test fails with the reason. */
export function saidOf<T>(answer: Answer<T>): Said<T> {
  if (answer.reason !== null) throw new Error(answer.reason);
  return answer;
}
