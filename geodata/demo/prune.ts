// Cleans a street network after drawing: loose ends, and parts that hang together with nothing.

import { edgeKey } from './planar.ts';

/** One straight stretch between two nodes, of the drawn line it came from. */
export type Edge = { readonly a: number; readonly b: number; readonly line: number; readonly lengthM: number };
export type Edges = Map<number, Edge>;

/** How many edges meet at each node. */
export function degrees(edges: Edges): Map<number, number> {
  const degree = new Map<number, number>();
  for (const { a, b } of edges.values()) {
    degree.set(a, (degree.get(a) ?? 0) + 1);
    degree.set(b, (degree.get(b) ?? 0) + 1);
  }
  return degree;
}

function edgesAround(edges: Edges): Map<number, Edge[]> {
  const around = new Map<number, Edge[]>();
  for (const edge of edges.values()) {
    for (const node of [edge.a, edge.b]) {
      const list = around.get(node);
      if (list) list.push(edge);
      else around.set(node, [edge]);
    }
  }
  return around;
}

/** Removes loose ends shorter than their line allows, again and again: removing one can bare another. */
export function pruneLooseEnds(edges: Edges, leastM: (line: number) => number): void {
  for (let round = 0; round < 8; round++) {
    const around = edgesAround(edges);
    let removed = 0;
    for (const [node, list] of around) {
      if (list.length !== 1) continue;
      const chain = looseChain(node, list[0]!, around);
      const lengthM = chain.reduce((sum, edge) => sum + edge.lengthM, 0);
      if (lengthM >= leastM(chain[0]!.line)) continue;
      for (const { a, b } of chain) edges.delete(edgeKey(a, b));
      removed++;
    }
    if (removed === 0) return;
  }
}

/** The edges from a loose end to the first junction (or to the other loose end). */
function looseChain(node: number, first: Edge, around: ReadonlyMap<number, readonly Edge[]>): Edge[] {
  const chain = [first];
  let at = first.a === node ? first.b : first.a;
  for (;;) {
    const edge = chain.at(-1)!;
    const onward = around.get(at)!.filter((other) => other !== edge);
    if (onward.length !== 1) return chain;
    chain.push(onward[0]!);
    at = onward[0]!.a === at ? onward[0]!.b : onward[0]!.a;
  }
}

/** Keeps the largest connected part. */
export function keepLargestPart(edges: Edges): void {
  const around = edgesAround(edges);
  const part = new Map<number, number>();
  const sizes: number[] = [];
  for (const start of around.keys()) {
    if (part.has(start)) continue;
    const stack = [start];
    part.set(start, sizes.length);
    let size = 0;
    while (stack.length) {
      const node = stack.pop()!;
      for (const { a, b } of around.get(node)!) {
        size++;
        const other = a === node ? b : a;
        if (part.has(other)) continue;
        part.set(other, sizes.length);
        stack.push(other);
      }
    }
    sizes.push(size);
  }
  const largest = sizes.indexOf(Math.max(...sizes));
  for (const [key, { a }] of edges) if (part.get(a) !== largest) edges.delete(key);
}
