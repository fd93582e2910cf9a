// Weaves everything drawn into one network whose streets share a vertex wherever they meet.

import { type CoarseLine, type District, RIVERBANK_M } from './districts.ts';
import { type Drawn, drawEverything, ROUNDABOUT_RADIUS_M } from './drawing.ts';
import { distance, inside, mix, nearestEdge, type XY } from './geometry.ts';
import type { Plan, RoadClass } from './plan.ts';
import { edgeKey, type Noded, noded } from './planar.ts';
import { degrees, type Edge, type Edges, keepLargestPart, pruneLooseEnds } from './prune.ts';
import type { Random } from './random.ts';

/** A street before it is signed. Streets of one drawn `line` bear one name; `district` null: a great road. */
export type Street = {
  readonly nodes: readonly number[];
  readonly class: RoadClass;
  readonly name: string | null;
  readonly roundabout: boolean;
  readonly district: number | null;
  readonly line: number;
};

export type Network = {
  readonly nodes: readonly XY[];
  readonly streets: readonly Street[];
  /** Edges along which districts meet (roads, river, limit): areas are drawn on the same vertices. */
  readonly borders: readonly { readonly a: number; readonly b: number; readonly road: boolean }[];
};

// A loose end shorter than this is an error of drawing, not a dead end.
const LEAST_DEAD_END_M = 32;
const LEAST_THROUGH_END_M = 95;
// Great roads may run out of the municipality, but not a few metres past the road they end on.
const LEAST_OVERHANG_M = 150;
// Streets thin out between these degrees of urbanity.
const FRINGE = { from: 0.46, until: 0.62 } as const;

/** Builds the whole street network of the plan. */
export function buildNetwork(
  plan: Plan,
  coarse: readonly CoarseLine[],
  districts: readonly District[],
  urban: (p: XY) => number,
  random: Random,
): Network {
  const { drawn, roundabouts } = drawEverything(plan, coarse, districts, random);
  // Twice: drawing a vertex onto a nearby line bends that line a little, which can make a new crossing.
  const once = noded(drawn.map(({ line }) => line));
  const graph = noded(once.lines.map((line) => line.map((node) => once.nodes[node]!)));
  const { borders, edges } = sortEdges(graph, drawn);
  removeMisplaced(edges, graph, drawn, roundabouts, plan);
  leaveOutBlocks(edges, graph, drawn, urban, random);
  pruneLooseEnds(edges, (line) => {
    const { kind, deadEnd, class: roadClass } = drawn[line]!;
    if (kind === 'great' && roadClass !== 'camino') return LEAST_OVERHANG_M;
    return deadEnd ? LEAST_DEAD_END_M : LEAST_THROUGH_END_M;
  });
  keepLargestPart(edges);
  return { nodes: graph.nodes, streets: runs(edges, graph, drawn), borders };
}

function sortEdges(graph: Noded, drawn: readonly Drawn[]) {
  const borders = new Map<number, { a: number; b: number; road: boolean }>();
  const edges: Edges = new Map();
  graph.lines.forEach((line, index) => {
    const { class: roadClass, kind } = drawn[index]!;
    for (let i = 0; i + 1 < line.length; i++) {
      const [a, b] = [line[i]!, line[i + 1]!];
      const key = edgeKey(a, b);
      if (kind === 'great' && !borders.has(key)) borders.set(key, { a, b, road: roadClass !== null });
      if (roadClass !== null && !edges.has(key)) {
        edges.set(key, { a, b, line: index, lengthM: distance(graph.nodes[a]!, graph.nodes[b]!) });
      }
    }
  });
  return { borders: [...borders.values()], edges };
}

/** Whether a point lies near a long line; far stretches are passed over in one step. */
function nearness(line: readonly XY[], metres: number): (p: XY) => boolean {
  const chunks: { part: readonly XY[]; centre: XY; reachM: number }[] = [];
  for (let i = 0; i + 1 < line.length; i += 12) {
    const part = line.slice(i, i + 13);
    const centre = part[Math.floor(part.length / 2)]!;
    chunks.push({ part, centre, reachM: metres + Math.max(...part.map((p) => distance(p, centre))) });
  }
  return (p) => chunks.some((c) => distance(c.centre, p) <= c.reachM && nearestEdge(p, c.part).distanceM < metres);
}

/** Local streets in the water or run into the motorway, and whatever crosses a roundabout's island. */
function removeMisplaced(
  edges: Edges,
  graph: Noded,
  drawn: readonly Drawn[],
  roundabouts: readonly XY[],
  plan: Plan,
): void {
  const { nodes } = graph;
  const motorway = new Set<number>();
  graph.lines.forEach((line, index) => {
    if (drawn[index]!.class === 'autopista') for (const node of line) motorway.add(node);
  });
  const byRiver = nearness(plan.river, RIVERBANK_M - 8);
  for (const [key, edge] of edges) {
    const { kind, class: roadClass } = drawn[edge.line]!;
    const [a, b] = [nodes[edge.a]!, nodes[edge.b]!];
    const middle = mix(a, b, 0.5);
    const local = kind === 'local' || kind === 'country';
    const minor = local || roadClass === 'camino';
    const wet = minor && [a, middle, b].some((p) => byRiver(p) || inside(p, [plan.reservoir]));
    const fenced = local && (motorway.has(edge.a) || motorway.has(edge.b));
    const circled = kind !== 'roundabout' && roundabouts.some((c) => distance(c, middle) < ROUNDABOUT_RADIUS_M - 1);
    if (wet || fenced || circled) edges.delete(key);
  }
}

/** Leaves out whole blocks of local streets: here and there in town, more and more towards the fields. */
function leaveOutBlocks(
  edges: Edges,
  graph: Noded,
  drawn: readonly Drawn[],
  urban: (p: XY) => number,
  random: Random,
): void {
  const degree = degrees(edges);
  const draw = random.fork('gaps');
  graph.lines.forEach((line, index) => {
    const { gapShare, kind } = drawn[index]!;
    if (kind !== 'local' && kind !== 'country') return;
    let block: number[] = [];
    for (let i = 0; i + 1 < line.length; i++) {
      block.push(edgeKey(line[i]!, line[i + 1]!));
      if (degree.get(line[i + 1]!) === 2 && i + 2 < line.length) continue;
      const built =
        kind === 'country' ? 1 : (urban(graph.nodes[line[i]!]!) - FRINGE.from) / (FRINGE.until - FRINGE.from);
      const share = built <= 0 ? 1 : gapShare + Math.max(0, 1 - built) * 0.55;
      if (draw.chance(share)) for (const key of block) if (edges.get(key)?.line === index) edges.delete(key);
      block = [];
    }
  });
}

/** The unbroken runs of each drawn line that are left. */
function runs(edges: ReadonlyMap<number, Edge>, graph: Noded, drawn: readonly Drawn[]): Street[] {
  const streets: Street[] = [];
  graph.lines.forEach((line, index) => {
    const { class: roadClass, name, district, kind } = drawn[index]!;
    if (roadClass === null) return;
    let run: number[] = [];
    line.forEach((node, i) => {
      run.push(node);
      const next = line[i + 1];
      if (next !== undefined && edges.get(edgeKey(node, next))?.line === index) return;
      if (run.length > 1) {
        streets.push({ nodes: run, class: roadClass, name, roundabout: kind === 'roundabout', district, line: index });
      }
      run = [];
    });
  });
  return streets;
}
