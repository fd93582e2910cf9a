// Whether a series left its own level: cumulated sums of what exceeds an allowance (Page 1954, doi
// 10.1093/biomet/41.1-2.100; tabular form as in the NIST/SEMATECH e-Handbook 6.3.2.3; for counts Lucas 1985, doi
// 10.1080/00401706.1985.10488030).

import { type Answer, notSaid, said } from './contract.ts';
import { randomFrom } from './random.ts';

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

/** Sums dealt by chance: of a thousandth of them ten lie beyond. */
const DRAWN = 9999;

/**
 * How far the sums of the last steps get by chance alone, either way, where level, wave and spread are only known from a few
 * steps before: drawn from the normal distribution, fitted and summed as the data are (Jones, Champ & Rigdon 2004, doi
 * 10.1198/004017004000000400). The limit for a known level passes far more often. `design` has a row per step. Ascending.
 */
export function chanceSums(design: readonly Float64Array[], last: number, allowance: number, seed = 1): Float64Array {
  const [steps, width] = [design.length - last, design[0]?.length ?? 0];
  const basis = orthonormal(design.slice(0, steps), width);
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.share())) * Math.cos(2 * Math.PI * random.share());
  const drawn = new Float64Array(steps);
  return Float64Array.from({ length: DRAWN }, () => {
    let rest = 0;
    for (let i = 0; i < steps; i++) {
      drawn[i] = normal();
      rest += drawn[i]! ** 2;
    }
    const fitted = basis.columns.map((column) => column.reduce((sum, each, i) => sum + each * drawn[i]!, 0));
    for (const each of fitted) rest -= each * each;
    const spread = Math.sqrt(Math.max(rest, 1e-300) / (steps - width));
    let [up, down, most] = [0, 0, 0];
    for (let k = 0; k < last; k++) {
      const row = basis.rowOf(design[steps + k]!);
      const score = (normal() - row.reduce((sum, each, c) => sum + each * fitted[c]!, 0)) / spread;
      up = Math.max(0, up + score - allowance);
      down = Math.max(0, down - score - allowance);
      most = Math.max(most, up, down);
    }
    return most;
  }).sort();
}

/** Gram–Schmidt: columns at right angles that span those of a design, and any row of it in them. */
function orthonormal(rows: readonly Float64Array[], width: number) {
  const columns: Float64Array[] = [];
  const ways: ((row: ArrayLike<number>, before: readonly number[]) => number)[] = [];
  for (let c = 0; c < width; c++) {
    const column = Float64Array.from(rows, (row) => row[c]!);
    const shares = columns.map((other) => other.reduce((sum, each, i) => sum + each * column[i]!, 0));
    for (const [k, other] of columns.entries())
      for (let i = 0; i < column.length; i++) column[i]! -= shares[k]! * other[i]!;
    const length = Math.hypot(...column);
    columns.push(column.map((each) => each / length));
    ways.push((row, before) => (row[c]! - before.reduce((sum, each, k) => sum + each * shares[k]!, 0)) / length);
  }
  const rowOf = (row: ArrayLike<number>): number[] => {
    const found: number[] = [];
    for (const way of ways) found.push(way(row, found));
    return found;
  };
  return { columns, rowOf };
}

/** How often chance alone gets as far; `sums` ascending. */
export function chanceOf(sum: number, sums: Float64Array): number {
  let [low, high] = [0, sums.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! < sum) low = middle + 1;
    else high = middle;
  }
  return (sums.length - low + 1) / (sums.length + 1);
}

/**
 * A count against what its own history expects, made nearly normal (Rossi, Lampugnani & Marchi 1999, doi
 * 10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q).
 */
export const rossiScore = (count: number, expected: number): number =>
  (count - 3 * expected + 2 * Math.sqrt(count * expected)) / (2 * Math.sqrt(expected));
