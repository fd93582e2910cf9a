// Turns lines that cross into a planar graph: shared nodes where they meet, and the faces between them.

import Flatbush from 'flatbush';
import { crossing, distance, mix, nearestAlong, signedArea, type XY } from './geometry.ts';

/** Nodes by number, and for each input line the nodes it runs through, in order. */
export type Noded = { readonly nodes: readonly XY[]; readonly lines: readonly (readonly number[])[] };

// Vertices closer than this are one node, and a vertex this close to a line is on it.
const TOLERANCE_M = 1.2;

/** Finds or makes the node at a point; points within the tolerance share one. */
export function nodeRegistry(toleranceM: number) {
  const nodes: XY[] = [];
  const cells = new Map<number, number[]>();
  const key = (i: number, j: number): number => i * 1_000_003 + j;
  const find = (p: XY): number => {
    const i = Math.floor(p[0] / toleranceM);
    const j = Math.floor(p[1] / toleranceM);
    let best = -1;
    let bestM = toleranceM;
    for (let di = -1; di <= 1; di++) {
      for (let dj = -1; dj <= 1; dj++) {
        const cell = cells.get(key(i + di, j + dj));
        if (!cell) continue;
        for (const id of cell) {
          const away = distance(nodes[id]!, p);
          if (away < bestM) {
            best = id;
            bestM = away;
          }
        }
      }
    }
    return best;
  };
  const add = (p: XY): number => {
    const cell = key(Math.floor(p[0] / toleranceM), Math.floor(p[1] / toleranceM));
    const list = cells.get(cell);
    if (list) list.push(nodes.length);
    else cells.set(cell, [nodes.length]);
    nodes.push(p);
    return nodes.length - 1;
  };
  const at = (p: XY): number => {
    const found = find(p);
    return found >= 0 ? found : add(p);
  };
  return { nodes, find, add, at };
}

type Cut = { readonly t: number; readonly node: number };
type Stretch = { readonly line: number; readonly a: number; readonly b: number; cuts: Cut[] | null };

function cutAt(stretch: Stretch, t: number, node: number): void {
  if (stretch.cuts) stretch.cuts.push({ t, node });
  else stretch.cuts = [{ t, node }];
}

/** Whether a node lies on a stretch; if it is not one of its ends, the stretch is cut there. */
function touches(nodes: readonly XY[], stretch: Stretch, node: number): boolean {
  if (node === stretch.a || node === stretch.b) return true;
  const [p, a, b] = [nodes[node]!, nodes[stretch.a]!, nodes[stretch.b]!];
  if (p[0] < Math.min(a[0], b[0]) - TOLERANCE_M || p[0] > Math.max(a[0], b[0]) + TOLERANCE_M) return false;
  if (p[1] < Math.min(a[1], b[1]) - TOLERANCE_M || p[1] > Math.max(a[1], b[1]) + TOLERANCE_M) return false;
  const t = nearestAlong(p, a, b);
  if (distance(p, mix(a, b, t)) > TOLERANCE_M) return false;
  cutAt(stretch, t, node);
  return true;
}

/** Gives every crossing and touching of the lines a shared node. */
export function noded(lines: readonly (readonly XY[])[]): Noded {
  const registry = nodeRegistry(TOLERANCE_M);
  const { nodes } = registry;
  const stretches: Stretch[] = [];
  lines.forEach((line, index) => {
    for (let i = 0; i + 1 < line.length; i++) {
      const a = registry.at(line[i]!);
      const b = registry.at(line[i + 1]!);
      if (a !== b) stretches.push({ line: index, a, b, cuts: null });
    }
  });
  for (const [i, j] of nearbyPairs(nodes, stretches)) {
    const [one, two] = [stretches[i]!, stretches[j]!];
    let met = touches(nodes, one, two.a);
    met = touches(nodes, one, two.b) || met;
    met = touches(nodes, two, one.a) || met;
    met = touches(nodes, two, one.b) || met;
    if (met) continue;
    const [a, b] = [nodes[one.a]!, nodes[one.b]!];
    const hit = crossing(a, b, nodes[two.a]!, nodes[two.b]!);
    if (!hit) continue;
    const node = registry.at(mix(a, b, hit.t));
    cutAt(one, hit.t, node);
    cutAt(two, hit.u, node);
  }
  const runs: number[][] = lines.map(() => []);
  for (const { line, a, b, cuts } of stretches) {
    const run = runs[line]!;
    if (run.at(-1) !== a) run.push(a);
    for (const { node } of cuts?.sort((p, q) => p.t - q.t) ?? []) if (run.at(-1) !== node) run.push(node);
    if (run.at(-1) !== b) run.push(b);
  }
  return { nodes, lines: runs };
}

/** Pairs of stretches whose boxes meet, in a fixed order. */
function* nearbyPairs(nodes: readonly XY[], stretches: readonly Stretch[]): Generator<readonly [number, number]> {
  const boxes = new Float64Array(stretches.length * 4);
  const index = new Flatbush(stretches.length);
  stretches.forEach((stretch, i) => {
    const [a, b] = [nodes[stretch.a]!, nodes[stretch.b]!];
    boxes[i * 4] = Math.min(a[0], b[0]) - TOLERANCE_M;
    boxes[i * 4 + 1] = Math.min(a[1], b[1]) - TOLERANCE_M;
    boxes[i * 4 + 2] = Math.max(a[0], b[0]) + TOLERANCE_M;
    boxes[i * 4 + 3] = Math.max(a[1], b[1]) + TOLERANCE_M;
    index.add(boxes[i * 4]!, boxes[i * 4 + 1]!, boxes[i * 4 + 2]!, boxes[i * 4 + 3]!);
  });
  index.finish();
  for (let i = 0; i < stretches.length; i++) {
    const found = index.search(
      boxes[i * 4]!,
      boxes[i * 4 + 1]!,
      boxes[i * 4 + 2]!,
      boxes[i * 4 + 3]!,
      (j: number) => j > i,
    );
    for (const j of found.sort((p, q) => p - q)) yield [i, j];
  }
}

/** A face of the graph: nodes anticlockwise (first not repeated), and for each step the neighbour across it is known by edge. */
export type Face = { readonly nodes: readonly number[]; readonly areaM2: number };

export const edgeKey = (a: number, b: number): number => (a < b ? a * 4_194_304 + b : b * 4_194_304 + a);
/** Names one side of an edge: the face on the left when walking from a to b. */
export const sideKey = (a: number, b: number): number => a * 4_194_304 + b;

/** All bounded faces of a planar graph, and which face lies left of each directed edge. */
export function facesOf(nodes: readonly XY[], edges: Iterable<readonly [number, number]>) {
  const around = new Map<number, number[]>();
  const link = (a: number, b: number): void => {
    const list = around.get(a);
    if (!list) around.set(a, [b]);
    else if (!list.includes(b)) list.push(b);
  };
  for (const [a, b] of edges) {
    link(a, b);
    link(b, a);
  }
  for (const [node, neighbours] of around) {
    const [x, y] = nodes[node]!;
    const angle = (other: number): number => Math.atan2(nodes[other]![1] - y, nodes[other]![0] - x);
    neighbours.sort((p, q) => angle(p) - angle(q));
  }
  const leftOf = new Map<number, number>();
  const faces: Face[] = [];
  const seen = new Set<number>();
  for (const [start, neighbours] of around) {
    for (const second of neighbours) {
      if (seen.has(sideKey(start, second))) continue;
      const walk: number[] = [];
      let [a, b] = [start, second];
      while (!seen.has(sideKey(a, b))) {
        seen.add(sideKey(a, b));
        walk.push(a);
        const options = around.get(b)!;
        const next = options[(options.indexOf(a) - 1 + options.length) % options.length]!;
        [a, b] = [b, next];
      }
      const areaM2 = signedArea([...walk, walk[0]!].map((node) => nodes[node]!));
      if (areaM2 <= 0) continue;
      for (let i = 0; i < walk.length; i++) leftOf.set(sideKey(walk[i]!, walk[(i + 1) % walk.length]!), faces.length);
      faces.push({ nodes: walk, areaM2 });
    }
  }
  return { faces, leftOf };
}
