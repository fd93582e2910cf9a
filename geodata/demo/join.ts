// Joins pieces of one street that meet where no other street does, so that it is split at true junctions only.

import type { NamedStreet } from './signs.ts';

/** How many street vertices lie on each node; an inner vertex counts one, a closed street's first counts two. */
export function usesOf(streets: readonly NamedStreet[], nodeCount: number): Uint8Array {
  const uses = new Uint8Array(nodeCount);
  for (const { nodes } of streets) for (const node of nodes) uses[node]!++;
  return uses;
}

/** The same streets with fewer, longer lines. Closed streets start at a junction, where they have one. */
export function joinPieces(streets: readonly NamedStreet[], nodeCount: number): NamedStreet[] {
  const uses = usesOf(streets, nodeCount);
  const pieces = new Map<number, NamedStreet>(streets.map((street, i) => [i, street]));
  const ends = new Map<number, number[]>();
  for (const [i, { nodes }] of pieces) {
    for (const node of [nodes[0]!, nodes.at(-1)!]) ends.set(node, [...(ends.get(node) ?? []), i]);
  }
  for (const [node, [first, second, third]] of ends) {
    if (uses[node] !== 2 || first === undefined || second === undefined || third !== undefined) continue;
    const [one, two] = [pieces.get(first)!, pieces.get(second)!];
    if (!sameStreet(one, two)) continue;
    if (first === second) {
      pieces.set(first, { ...one, nodes: startedAtJunction(one.nodes, uses) });
      continue;
    }
    const head = one.nodes.at(-1) === node ? one.nodes : one.nodes.toReversed();
    const tail = two.nodes[0] === node ? two.nodes : two.nodes.toReversed();
    pieces.set(first, { ...one, nodes: [...head, ...tail.slice(1)] });
    pieces.delete(second);
    const far = ends.get(tail.at(-1)!)!;
    ends.set(tail.at(-1)!, far.toSpliced(far.indexOf(second), 1, first));
  }
  return [...pieces.values()];
}

// Unsigned streets are one street when equally important, as the importer sees it.
const LOCAL = new Set<string>(['calle', 'privada', 'camino']);

function sameStreet(one: NamedStreet, two: NamedStreet): boolean {
  if (one.name !== two.name) return false;
  return one.name !== null || one.class === two.class || (LOCAL.has(one.class) && LOCAL.has(two.class));
}

function startedAtJunction(ring: readonly number[], uses: Uint8Array): readonly number[] {
  const start = ring.findIndex((node, i) => i > 0 && i < ring.length - 1 && uses[node]! > 1);
  return start < 0 ? ring : [...ring.slice(start), ...ring.slice(1, start + 1)];
}
