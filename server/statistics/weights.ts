// Who is whose neighbour, and how much: one row per place, as in a sparse matrix; the sums that tests of all places
// need (Cliff & Ord 1981, p. 19).

import type { Style } from './contract.ts';

/** The neighbours of place i stand from `start[i]` to before `start[i + 1]`, in rising order. */
export type Links = {
  readonly count: number;
  readonly start: Uint32Array;
  readonly to: Uint32Array;
  /** Null where each weighs 1, which millions of neighbours are kept without. */
  readonly weight: Float64Array | null;
};
export type Weights = Links & { readonly weight: Float64Array };

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
export function weightsOfRows(count: number, most: number, rowOf: (place: number) => ArrayLike<number>): Links | null {
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
  return { count, start, to: to.slice(0, start[count]!), weight: null };
}

/** Only the places kept, numbered anew in their order. */
export function subset({ count, start, to, weight }: Links, kept: ArrayLike<boolean>): Links {
  const number = new Int32Array(count).fill(-1);
  let places = 0;
  for (let i = 0; i < count; i++) if (kept[i]) number[i] = places++;
  const isLeft = (e: number) => kept[to[e]!]!;
  const starts = new Uint32Array(places + 1);
  for (let i = 0; i < count; i++) {
    if (!kept[i]) continue;
    const own = number[i]!;
    starts[own + 1] = starts[own]!;
    for (let e = start[i]!; e < start[i + 1]!; e++) if (isLeft(e)) starts[own + 1]!++;
  }
  const left = new Uint32Array(starts[places]!);
  const weighs = weight && new Float64Array(left.length);
  let at = 0;
  for (let i = 0; i < count; i++)
    for (let e = start[i]!; kept[i] && e < start[i + 1]!; e++) {
      if (!isLeft(e)) continue;
      if (weighs) weighs[at] = weight![e]!;
      left[at++] = number[to[e]!]!;
    }
  return { count: places, start: starts, to: left, weight: weighs };
}

/** As a statistic wants them: with each place among its own neighbours or not, and in a style. */
export function styled(links: Links, style: Style, withSelf: boolean): Weights {
  const { count } = links;
  let own = 0;
  for (let i = 0; i < count; i++)
    for (let e = links.start[i]!; e < links.start[i + 1]!; e++) if (links.to[e] === i) own++;
  const edges = links.to.length - own + (withSelf ? count : 0);
  const start = new Uint32Array(count + 1);
  const to = new Uint32Array(edges);
  const weight = new Float64Array(edges);
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
    for (let e = links.start[i]!; e < links.start[i + 1]!; e++) {
      const neighbour = links.to[e]!;
      if (neighbour === i) continue;
      if (!isIn && neighbour > i) {
        put(i, 1);
        isIn = true;
      }
      put(neighbour, links.weight ? links.weight[e]! : 1);
    }
    if (!isIn) put(i, 1);
    if (style === 'W' && sum > 0) for (let e = first; e < at; e++) weight[e]! /= sum;
    start[i + 1] = at;
  }
  return { count, start, to, weight };
}

/** Places without a neighbour other than themselves. */
export function islandsOf({ count, start, to }: Links): number[] {
  const islands: number[] = [];
  for (let i = 0; i < count; i++) {
    const neighbours = to.subarray(start[i]!, start[i + 1]!);
    if (neighbours.every((neighbour) => neighbour === i)) islands.push(i);
  }
  return islands;
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
