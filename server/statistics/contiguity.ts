// Neighbours that touch: areas with a common corner (queen) or a common edge (rook), and street segments that meet at a
// junction.

import { type Weights, weightsOf } from './weights.ts';

type Corner = readonly [x: number, y: number];
/** The rings of one area: its outlines and holes, all alike. */
export type Rings = readonly (readonly Corner[])[];

/**
 * Queen: one common corner is enough. Rook: two common corners that follow each other in both. Corners are the same
 * when their coordinates agree to `tolerance`; neighbours whose outlines have different corners along the same line do
 * not count as touching there.
 */
export function touching(areas: readonly Rings[], rule: 'queen' | 'rook', tolerance = 0): Weights {
  const corners = cornersOf(areas);
  const { area, x, y, next, before } = corners;
  const near = nearCorners(corners, tolerance);
  const isSame = (a: number, b: number) => Math.abs(x[a]! - x[b]!) <= tolerance && Math.abs(y[a]! - y[b]!) <= tolerance;
  const pairs = function* (): Generator<[number, number]> {
    for (let a = 0; a < area.length; a++) {
      // An edge shorter than the tolerance is a corner.
      if (rule === 'rook' && isSame(a, next[a]!)) continue;
      for (const b of near(a)) {
        if (area[b] === area[a]) continue;
        const isEdge = () => isSame(next[a]!, next[b]!) || isSame(next[a]!, before[b]!);
        if (rule === 'rook' && !isEdge()) continue;
        yield [area[a]!, area[b]!];
        yield [area[b]!, area[a]!];
      }
    }
  };
  return weightsOf(areas.length, pairs());
}

type Corners = {
  /** Which area each is of; which corner follows it in its ring, and which comes before. */
  readonly area: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly next: readonly number[];
  readonly before: readonly number[];
};

/** A corner that is said twice on end, as the first of a ring is, counts once. */
function cornersOf(areas: readonly Rings[]): Corners {
  const [area, x, y, next, before]: number[][] = [[], [], [], [], []];
  for (const [owner, rings] of areas.entries())
    for (const ring of rings) {
      const [first, last] = [area!.length, ring.at(-1)];
      for (const [i, corner] of ring.entries()) {
        const other = i === 0 ? (ring.length > 1 ? last : undefined) : ring[i - 1];
        if (other && other[0] === corner[0] && other[1] === corner[1]) continue;
        area!.push(owner);
        x!.push(corner[0]);
        y!.push(corner[1]);
      }
      const end = area!.length;
      for (let at = first; at < end; at++) {
        next!.push(at + 1 < end ? at + 1 : first);
        before!.push(at > first ? at - 1 : end - 1);
      }
    }
  return { area: area!, x: x!, y: y!, next: next!, before: before! };
}

/** The corners that agree with one to the tolerance, itself with them: rounding would part some that lie nearer. */
function nearCorners({ x, y }: Corners, tolerance: number): (corner: number) => number[] {
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const [west, south] = [least(x), least(y)];
  const extent = Math.max(-least(x.map((each) => -each)) - west, -least(y.map((each) => -each)) - south);
  // Squares of some tolerances: mostly one is looked at, and never more than four.
  const side = Math.max(4 * tolerance, extent / 1e6) || 1;
  const [columnOf, rowOf] = [
    (at: number) => Math.floor((at - west) / side),
    (at: number) => Math.floor((at - south) / side),
  ];
  const cells = new Map<number, number[]>();
  const numberOf = (column: number, row: number) => column * 2 ** 26 + row;
  for (let i = 0; i < x.length; i++) {
    const number = numberOf(columnOf(x[i]!), rowOf(y[i]!));
    const there = cells.get(number);
    if (there) there.push(i);
    else cells.set(number, [i]);
  }
  return (corner) => {
    const [atX, atY] = [x[corner]!, y[corner]!];
    const found: number[] = [];
    for (let column = columnOf(atX - tolerance); column <= columnOf(atX + tolerance); column++)
      for (let row = rowOf(atY - tolerance); row <= rowOf(atY + tolerance); row++)
        for (const other of cells.get(numberOf(column, row)) ?? [])
          if (Math.abs(x[other]! - atX) <= tolerance && Math.abs(y[other]! - atY) <= tolerance) found.push(other);
    return found;
  };
}

/** Segments that end at the same junction. A segment is given by the two junctions it joins. */
export function meeting(from: ArrayLike<number>, to: ArrayLike<number>): Weights {
  const atNode = new Map<number, number[]>();
  for (let i = 0; i < from.length; i++)
    for (const node of new Set([from[i]!, to[i]!])) {
      const there = atNode.get(node);
      if (there) there.push(i);
      else atNode.set(node, [i]);
    }
  return weightsOf(from.length, pairsOf(atNode.values()));
}

function* pairsOf(groups: Iterable<readonly number[]>): Generator<[number, number]> {
  for (const group of groups) for (const a of group) for (const b of group) if (a !== b) yield [a, b];
}
