// Running totals down a slice: what its rows come to up to each of several. The rows between two of them then cost one
// subtraction, however many they are, so that a window moved over the days is counted without looking at its rows again
// (Moritz et al., Falcon, CHI 2019, keep the same of a whole table).

import type { SliceView } from './layout.ts';
import { lowerBound } from './truth.ts';

/** What some rows come to: as many as match, as many left out, and by key. */
export type Sum = { readonly passed: number; readonly leftOut: number };

export type RunningTotals = {
  /** The rows at which there is a total, ascending; the first is that of the slice. */
  readonly at: Uint32Array;
  readonly passed: Uint32Array;
  readonly leftOut: Uint32Array;
  /** `width` keys for each. */
  readonly byKey: Uint32Array;
  readonly width: number;
};

/** `add` adds rows `lo` … `hi` − 1 to their keys, and says what they come to. */
export function runningTotals(
  at: Uint32Array,
  width: number,
  add: (byKey: Uint32Array, lo: number, hi: number) => Sum,
): RunningTotals {
  const [passed, leftOut] = [new Uint32Array(at.length), new Uint32Array(at.length)];
  const byKey = new Uint32Array(at.length * width);
  for (let i = 1; i < at.length; i++) {
    const own = byKey.subarray(i * width, (i + 1) * width);
    own.set(byKey.subarray((i - 1) * width, i * width));
    const sum = add(own, at[i - 1]!, at[i]!);
    passed[i] = passed[i - 1]! + sum.passed;
    leftOut[i] = leftOut[i - 1]! + sum.leftOut;
  }
  return { at, passed, leftOut, byKey, width };
}

export type Stretch = Sum & { readonly lo: number; readonly hi: number; addTo(byKey: Uint32Array): void };

/** The longest stretch between two totals inside rows `lo` … `hi` − 1; null where there is none. */
export function stretchWithin(totals: RunningTotals, lo: number, hi: number): Stretch | null {
  const { at, passed, leftOut, byKey, width } = totals;
  const first = lowerBound(at, lo);
  const last = lowerBound(at, hi + 1) - 1;
  if (last <= first) return null;
  return {
    lo: at[first]!,
    hi: at[last]!,
    passed: passed[last]! - passed[first]!,
    leftOut: leftOut[last]! - leftOut[first]!,
    addTo(into) {
      const [before, after] = [first * width, last * width];
      for (let key = 0; key < width; key++) into[key]! += byKey[after + key]! - byKey[before + key]!;
    },
  };
}

/** Every `step` rows of a slice, beginning with its first. */
export function evenly({ firstRow, rows }: SliceView, step: number): Uint32Array {
  return Uint32Array.from({ length: Math.floor(rows / step) + 1 }, (_, i) => firstRow + i * step);
}

export const bytesOf = ({ at, byKey }: RunningTotals): number => 12 * at.length + 4 * byKey.length;
