// How often chance alone would put such neighbours around a place: values of all others are dealt out anew, seeded.
// Drawn until enough deals were as extreme or the most are reached (Besag & Clifford 1991, doi
// 10.1093/biomet/78.2.301), because 999 deals cannot pass a control of false discoveries over tens of thousands of
// places.

import { type Random, randomFrom } from './random.ts';
import type { Weights } from './weights.ts';

export type Dealing = {
  readonly seed: number;
  /** The most deals for one place. */
  readonly most: number;
  /** A place is decided once so many deals were as extreme as what is; unless given, all deals are drawn. */
  readonly enough?: number;
};
export type Dealt = {
  /** Two-sided, by the distance of the neighbours' sum from what is expected of it; null without neighbours. */
  readonly p: readonly (number | null)[];
  readonly deals: Uint32Array;
};

/** With so many times as many values as are drawn hardly one is drawn twice. */
const SPARSE = 8;

/** Valid for Gi, Gi* and the conditional local Moran alike, which all order deals by the sum over the other places. */
export function dealNeighbours(values: ArrayLike<number>, weights: Weights, dealing: Dealing): Dealt {
  const count = values.length;
  const random = randomFrom(dealing.seed);
  const deals = new Uint32Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  // The values of all places but the one looked at, in their order.
  const pool = Float64Array.from({ length: Math.max(count - 1, 0) }, (_, k) => values[k + 1]!);
  // The deal in which each value was drawn last.
  const drawnIn = new Uint32Array(pool.length);
  let dealNumber = 0;
  const p: (number | null)[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0) pool[i - 1] = values[i - 1]!;
    p.push(count < 3 ? null : dealAround(i));
  }
  return { p, deals };

  function dealAround(i: number): number | null {
    const drawn: number[] = [];
    let observed = 0;
    let total = 0;
    for (let e = weights.start[i]!; e < weights.start[i + 1]!; e++) {
      if (weights.to[e] === i) continue;
      drawn.push(weights.weight[e]!);
      observed += weights.weight[e]! * values[weights.to[e]!]!;
      total += weights.weight[e]!;
    }
    if (drawn.length === 0) return null;
    const expected = (total * (sum - values[i]!)) / (count - 1);
    const far = Math.abs(observed - expected) * (1 - 1e-12);
    return decided(drawn, expected, far, i, random);
  }

  function decided(drawn: readonly number[], expected: number, far: number, i: number, chance: Random): number {
    const weigh = Float64Array.from(drawn);
    const from = new Uint32Array(drawn.length);
    const isSparse = drawn.length * SPARSE <= pool.length;
    let extreme = 0;
    for (let deal = 1; deal <= dealing.most; deal++) {
      const dealt = isSparse ? dealtApart(weigh, chance) : dealtFromAll(weigh, from, chance);
      if (Math.abs(dealt - expected) >= far) extreme++;
      if (dealing.enough !== undefined && extreme >= dealing.enough) {
        deals[i] = deal;
        return extreme / deal;
      }
    }
    deals[i] = dealing.most;
    return (extreme + 1) / (dealing.most + 1);
  }

  /** Few of many: whatever was drawn already is drawn again. */
  function dealtApart(weigh: Float64Array, chance: Random): number {
    if (dealNumber === 0xffff_ffff) {
      drawnIn.fill(0);
      dealNumber = 0;
    }
    dealNumber++;
    let dealt = 0;
    for (let k = 0; k < weigh.length; k++) {
      let j = chance.below(pool.length);
      while (drawnIn[j] === dealNumber) j = chance.below(pool.length);
      drawnIn[j] = dealNumber;
      dealt += weigh[k]! * pool[j]!;
    }
    return dealt;
  }

  /** Many of few: put in another order, and back, so that the pool stays as it was. */
  function dealtFromAll(weigh: Float64Array, from: Uint32Array, chance: Random): number {
    let dealt = 0;
    for (let k = 0; k < weigh.length; k++) {
      const j = k + chance.below(pool.length - k);
      from[k] = j;
      const kept = pool[k]!;
      pool[k] = pool[j]!;
      pool[j] = kept;
      dealt += weigh[k]! * pool[k]!;
    }
    for (let k = weigh.length - 1; k >= 0; k--) {
      const j = from[k]!;
      const kept = pool[k]!;
      pool[k] = pool[j]!;
      pool[j] = kept;
    }
    return dealt;
  }
}
