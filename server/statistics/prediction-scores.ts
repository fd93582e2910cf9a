// How good a map of hot spots was, by what came after: hit rate, PAI (Chainey, Tompson & Uhlig 2008, doi
// 10.1057/palgrave.sj.8350066), PEI (Hunt 2016) and RRI (Levine 2008), cumulated from the place held to be worst.

import { type Answer, notSaid, said } from './contract.ts';

export type Scored = {
  /** The places in the order of the prediction, the worst first; of equal ones that with fewer incidents first. */
  readonly order: Uint32Array;
  readonly hitRate: readonly number[];
  readonly areaShare: readonly number[];
  readonly pai: readonly number[];
  /** PAI ÷ the best that as much area could have had; null where nothing could be hit. */
  readonly pei: readonly (number | null)[];
  /** Predicted ÷ observed; null before the first is observed. */
  readonly rri: readonly (number | null)[];
};

/** `size`: the area or length of each place. The best choice takes the densest, the last of them in part. */
export function scorePrediction(
  observed: ArrayLike<number>,
  predicted: ArrayLike<number>,
  size: ArrayLike<number> | null,
): Answer<Scored> {
  const n = observed.length;
  if (n === 0) return notSaid('empty');
  const sizeOf = (i: number) => size?.[i] ?? 1;
  let all = 0;
  let area = 0;
  for (let i = 0; i < n; i++) {
    if (observed[i]! < 0 || sizeOf(i) < 0) return notSaid('negative');
    all += observed[i]!;
    area += sizeOf(i);
  }
  if (all === 0) return notSaid('all-zero');
  if (area === 0) return notSaid('no-denominator');
  const density = (values: ArrayLike<number>, i: number) =>
    sizeOf(i) > 0 ? values[i]! / sizeOf(i) : values[i]! > 0 ? Number.POSITIVE_INFINITY : 0;
  const ranked = (values: ArrayLike<number>, then: (a: number, b: number) => number) =>
    Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => {
      const [here, there] = [density(values, a), density(values, b)];
      return here === there ? then(a, b) || a - b : here > there ? -1 : 1;
    });
  const order = ranked(predicted, (a, b) => observed[a]! - observed[b]!);
  const best = bestOf(
    ranked(observed, () => 0),
    observed,
    sizeOf,
  );
  const hitRate: number[] = [];
  const areaShare: number[] = [];
  const pai: number[] = [];
  const pei: (number | null)[] = [];
  const rri: (number | null)[] = [];
  let hits = 0;
  let taken = 0;
  let expected = 0;
  for (const i of order) {
    hits += observed[i]!;
    taken += sizeOf(i);
    expected += predicted[i]!;
    const most = best(taken);
    hitRate.push(hits / all);
    areaShare.push(taken / area);
    pai.push(taken > 0 ? hits / all / (taken / area) : 0);
    pei.push(most > 0 ? hits / most : null);
    rri.push(hits > 0 ? expected / hits : null);
  }
  return said({ order, hitRate, areaShare, pai, pei, rri });
}

/** The most incidents that an area of this size could have held; asked with rising sizes. */
function bestOf(order: Uint32Array, observed: ArrayLike<number>, sizeOf: (i: number) => number) {
  let at = 0;
  let held = 0;
  let used = 0;
  return (size: number): number => {
    while (at < order.length && used + sizeOf(order[at]!) <= size * (1 + 1e-12)) {
      used += sizeOf(order[at]!);
      held += observed[order[at++]!]!;
    }
    if (at === order.length) return held;
    return held + (observed[order[at]!]! * Math.max(0, size - used)) / sizeOf(order[at]!);
  };
}
