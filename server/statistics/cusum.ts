// Whether a series left its own level: cumulated sums of what exceeds an allowance (Page 1954, doi
// 10.1093/biomet/41.1-2.100; tabular form as in the NIST/SEMATECH e-Handbook 6.3.2.3; for counts Lucas 1985, doi
// 10.1080/00401706.1985.10488030).

import { type Answer, notSaid, said } from './contract.ts';

export type Cusum = {
  readonly high: readonly number[];
  readonly low: readonly number[];
  /** The first steps at which a sum passed the limit; null where it never did. */
  readonly firstHigh: number | null;
  readonly firstLow: number | null;
};
export type CusumOptions = { readonly target: number; readonly allowance: number; readonly limit: number };

export function cusum(values: ArrayLike<number>, { target, allowance, limit }: CusumOptions): Answer<Cusum> {
  if (values.length === 0) return notSaid('empty');
  const high: number[] = [];
  const low: number[] = [];
  let [up, down] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    up = Math.max(0, up + values[i]! - target - allowance);
    down = Math.max(0, down + target - allowance - values[i]!);
    high.push(up);
    low.push(down);
  }
  const first = (sums: readonly number[]) => {
    const at = sums.findIndex((sum) => sum > limit);
    return at < 0 ? null : at;
  };
  return said({ high, low, firstHigh: first(high), firstLow: first(low) });
}

/** Which count per step tells a usual mean from a raised (or lowered) one best; null where they are the same. */
export function poissonReference(usual: number, changed: number): number | null {
  if (!(usual > 0 && changed > 0) || usual === changed) return null;
  return (changed - usual) / (Math.log(changed) - Math.log(usual));
}

/** Allowance and limit of Rossi, Lampugnani & Marchi 1999, as surveillance's algo.cusum takes them: a false alarm in 500. */
export const ROSSI = { allowance: 1.04, limit: 2.26 } as const;

/**
 * A count against what its own history expects, made nearly normal (Rossi, Lampugnani & Marchi 1999, doi
 * 10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q).
 */
export const rossiScore = (count: number, expected: number): number =>
  (count - 3 * expected + 2 * Math.sqrt(count * expected)) / (2 * Math.sqrt(expected));
