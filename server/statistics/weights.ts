// Who is whose neighbour, and how much: one row per place, as in a sparse matrix; the sums that tests of all places
// need (Cliff & Ord 1981, p. 19).

import type { Style } from './contract.ts';

/** The neighbours of place i stand from `start[i]` to before `start[i + 1]`, in rising order. */
export type Weights = {
  readonly count: number;
  readonly start: Uint32Array;
  readonly to: Uint32Array;
  readonly weight: Float64Array;
};

/** What is said twice weighs once; the larger weight holds. */
export function weightsOf(
  count: number,
  pairs: Iterable<readonly [from: number, to: number, weight?: number]>,
): Weights {
  const rows: Map<number, number>[] = Array.from({ length: count }, () => new Map());
  for (const [from, to, weight = 1] of pairs) rows[from]!.set(to, Math.max(weight, rows[from]!.get(to) ?? 0));
  const start = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) start[i + 1] = start[i]! + rows[i]!.size;
  const to = new Uint32Array(start[count]!);
  const weight = new Float64Array(start[count]!);
  let at = 0;
  for (const row of rows)
    for (const [neighbour, value] of [...row].sort(([a], [b]) => a - b)) {
      to[at] = neighbour;
      weight[at++] = value;
    }
  return { count, start, to, weight };
}

/** Each neighbour weighs 1; `rowOf` answers the neighbours of a place in rising order. Null beyond so many in all. */
export function weightsOfRows(
  count: number,
  most: number,
  rowOf: (place: number) => ArrayLike<number>,
): Weights | null {
  const start = new Uint32Array(count + 1);
  let to = new Uint32Array(1024);
  for (let i = 0; i < count; i++) {
    const row = rowOf(i);
    const end = start[i]! + row.length;
    if (end > most) return null;
    if (end > to.length) {
      const larger = new Uint32Array(Math.max(end, to.length * 2));
      larger.set(to);
      to = larger;
    }
    to.set(row, start[i]!);
    start[i + 1] = end;
  }
  const edges = start[count]!;
  return { count, start, to: to.slice(0, edges), weight: new Float64Array(edges).fill(1) };
}

/** Only the places kept, numbered anew in their order. */
export function subset({ count, start, to, weight }: Weights, kept: ArrayLike<boolean>): Weights {
  const number = new Int32Array(count).fill(-1);
  let places = 0;
  for (let i = 0; i < count; i++) if (kept[i]) number[i] = places++;
  const pairs = function* (): Generator<[number, number, number]> {
    for (let i = 0; i < count; i++)
      for (let e = start[i]!; kept[i] && e < start[i + 1]!; e++)
        if (kept[to[e]!]) yield [number[i]!, number[to[e]!]!, weight[e]!];
  };
  return weightsOf(places, pairs());
}

/** As a statistic wants them: with each place among its own neighbours or not, and in a style. */
export function styled(weights: Weights, style: Style, withSelf: boolean): Weights {
  const { count } = weights;
  const start = new Uint32Array(count + 1);
  const to = new Uint32Array(weights.to.length + count);
  const weight = new Float64Array(weights.to.length + count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const first = at;
    let sum = 0;
    let isIn = !withSelf;
    const put = (neighbour: number, value: number) => {
      to[at] = neighbour;
      weight[at++] = value;
      sum += value;
    };
    for (let e = weights.start[i]!; e < weights.start[i + 1]!; e++) {
      const neighbour = weights.to[e]!;
      if (neighbour === i) continue;
      if (!isIn && neighbour > i) {
        put(i, 1);
        isIn = true;
      }
      put(neighbour, weights.weight[e]!);
    }
    if (!isIn) put(i, 1);
    if (style === 'W' && sum > 0) for (let e = first; e < at; e++) weight[e]! /= sum;
    start[i + 1] = at;
  }
  return { count, start, to: to.slice(0, at), weight: weight.slice(0, at) };
}

/** Places without a neighbour other than themselves. */
export function islandsOf({ count, start, to }: Weights): number[] {
  const islands: number[] = [];
  for (let i = 0; i < count; i++) {
    const neighbours = to.subarray(start[i]!, start[i + 1]!);
    if (neighbours.every((neighbour) => neighbour === i)) islands.push(i);
  }
  return islands;
}

/** The weighted sum of the neighbours' values, per place. */
export function lagOf({ count, start, to, weight }: Weights, values: ArrayLike<number>): Float64Array {
  const lag = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let e = start[i]!; e < start[i + 1]!; e++) sum += weight[e]! * values[to[e]!]!;
    lag[i] = sum;
  }
  return lag;
}

/** S0, S1 and S2 of Cliff & Ord. */
export function constantsOf(weights: Weights): { readonly s0: number; readonly s1: number; readonly s2: number } {
  const { count, start, to, weight } = weights;
  const rows = new Float64Array(count);
  const columns = new Float64Array(count);
  let s0 = 0;
  let s1 = 0;
  for (let i = 0; i < count; i++)
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      const j = to[e]!;
      const there = weight[e]!;
      s0 += there;
      rows[i]! += there;
      columns[j]! += there;
      s1 += there * there + there * weightBetween(weights, j, i);
    }
  let s2 = 0;
  for (let i = 0; i < count; i++) s2 += (rows[i]! + columns[i]!) ** 2;
  return { s0, s1, s2 };
}

function weightBetween({ start, to, weight }: Weights, from: number, wanted: number): number {
  let low = start[from]!;
  let high = start[from + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (to[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low < start[from + 1]! && to[low] === wanted ? weight[low]! : 0;
}
