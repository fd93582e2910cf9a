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
