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
  const owners = new Map<string, number[]>();
  const key = ([x, y]: Corner) =>
    tolerance > 0 ? `${Math.round(x / tolerance)} ${Math.round(y / tolerance)}` : `${x} ${y}`;
  for (const [area, rings] of areas.entries()) {
    const own = new Set<string>();
    for (const ring of rings) {
      const corners = ring.map(key);
      for (const [i, corner] of corners.entries()) {
        if (rule === 'queen') own.add(corner);
        const before = corners[i === 0 ? corners.length - 1 : i - 1]!;
        if (rule === 'rook' && before !== corner)
          own.add(before < corner ? `${before}|${corner}` : `${corner}|${before}`);
      }
    }
    for (const part of own) {
      const others = owners.get(part);
      if (others) others.push(area);
      else owners.set(part, [area]);
    }
  }
  return weightsOf(areas.length, pairsOf(owners.values()));
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
