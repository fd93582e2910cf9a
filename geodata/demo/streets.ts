// Weaves great roads and local streets into one network whose lines share a vertex wherever they meet.

import { type CoarseLine, type District, RIVERBANK_M } from './districts.ts';
import { distance, inside, nearestEdge, type XY } from './geometry.ts';
import { type LocalLine, localStreets } from './patterns.ts';
import type { Plan, RoadClass } from './plan.ts';
import { edgeKey, noded, nodeRegistry } from './planar.ts';
import { hashText, type Random } from './random.ts';

/** A street before it has a name: nodes in order, and the district whose streets it belongs to (null: a great road). */
export type Street = {
  readonly nodes: readonly number[];
  readonly class: RoadClass;
  readonly name: string | null;
  readonly district: number | null;
  /** Which drawn line it is part of: pieces of one line bear one name. */
  readonly line: number;
};

export type Network = {
  readonly nodes: readonly XY[];
  readonly streets: readonly Street[];
  /** Edges along which districts meet (roads, river, limit), for drawing the areas on the same vertices. */
  readonly borders: readonly { readonly a: number; readonly b: number; readonly river: boolean }[];
  readonly roundabouts: readonly XY[];
};

type Drawn = {
  readonly line: readonly XY[];
  readonly class: RoadClass | null;
  readonly name: string | null;
  readonly district: number | null;
  readonly gapShare: number;
  readonly deadEnd: boolean;
  readonly coarse: boolean;
};

// Ends of local streets closer than this on a great road are made to meet: no five-metre blocks.
const SAME_CORNER_M = 17;
const ROUNDABOUT_RADIUS_M = 34;
// A loose end shorter than this is an error of drawing, not a dead end.
const LEAST_DEAD_END_M = 32;

const fromCoarse = ({ line, class: roadClass, name }: CoarseLine): Drawn => ({
  line,
  class: roadClass,
  name: name || null,
  district: null,
  gapShare: 0,
  deadEnd: roadClass === 'camino',
  coarse: true,
});

/** Moves the ends of local streets that land on their district's ring to a corner already there. */
function landed(piece: LocalLine, ring: readonly XY[], corners: ReturnType<typeof nodeRegistry>): readonly XY[] {
  const land = (p: XY): XY => {
    if (nearestEdge(p, ring).distanceM > 1) return p;
    const corner = corners.find(p);
    if (corner >= 0 && nearestEdge(corners.nodes[corner]!, ring).distanceM < 1) return corners.nodes[corner]!;
    corners.add(p);
    return p;
  };
  const line = piece.line;
  return [land(line[0]!), ...line.slice(1, -1), land(line.at(-1)!)];
}

function draw(plan: Plan, coarse: readonly CoarseLine[], districts: readonly District[], random: Random): Drawn[] {
  const drawn = coarse.map(fromCoarse);
  const corners = nodeRegistry(SAME_CORNER_M);
  const meetings = noded(coarse.map(({ line }) => line));
  const uses = new Map<number, number>();
  for (const line of meetings.lines) {
    line.forEach((node, i) => {
      const ends = i === 0 || i === line.length - 1 ? 1 : 2;
      uses.set(node, (uses.get(node) ?? 0) + ends);
    });
  }
  for (const [node, count] of uses) if (count > 2) corners.at(meetings.nodes[node]!);
  for (const park of plan.parks)
    drawn.push({ ...fromCoarse({ name: `Circuito ${park.name}`, class: 'calle', line: park.ring }), coarse: false });
  districts.forEach((district, index) => {
    const holes = plan.parks.map((park) => park.ring).filter((ring) => ring.some((p) => inside(p, [district.ring])));
    for (const piece of localStreets(district, holes, random.fork(`district ${index}`))) {
      drawn.push({
        line: landed(piece, district.ring, corners),
        class: piece.class,
        name: null,
        district: index,
        gapShare: piece.gapShare,
        deadEnd: piece.deadEnd,
        coarse: false,
      });
    }
  });
  return drawn;
}

/** Where two or more principal avenues meet, away from the old centre, there is a roundabout. */
function findRoundabouts(coarse: readonly CoarseLine[]): XY[] {
  const great = coarse.filter((line) => line.class === 'avenida principal');
  const graph = noded(great.map(({ line }) => line));
  const names = new Map<number, Set<string>>();
  graph.lines.forEach((line, i) => {
    for (const node of line) names.set(node, (names.get(node) ?? new Set()).add(great[i]!.name));
  });
  const centres: XY[] = [];
  for (const [node, meeting] of names) {
    const p = graph.nodes[node]!;
    if (meeting.size > 1 && centres.every((other) => distance(other, p) > 300)) centres.push(p);
  }
  return centres;
}

type Edge = { readonly a: number; readonly b: number; readonly line: number; readonly lengthM: number };

/** Builds the whole street network of the plan. */
export function buildNetwork(
  plan: Plan,
  coarse: readonly CoarseLine[],
  districts: readonly District[],
  random: Random,
): Network {
  const roundabouts = findRoundabouts(coarse);
  const circles = roundabouts.map(
    (c): Drawn => ({
      ...fromCoarse({
        name: 'Glorieta',
        class: 'avenida principal',
        line: Array.from({ length: 25 }, (_, i): XY => {
          const angle = ((i % 24) / 24) * 2 * Math.PI;
          return [c[0] + Math.cos(angle) * ROUNDABOUT_RADIUS_M, c[1] + Math.sin(angle) * ROUNDABOUT_RADIUS_M];
        }),
      }),
      coarse: false,
    }),
  );
  const drawn = [...draw(plan, coarse, districts, random), ...circles];
  const firstCircle = drawn.length - circles.length;
  const once = noded(drawn.map(({ line }) => line));
  const graph = noded(once.lines.map((line) => line.map((node) => once.nodes[node]!)));
  const { nodes } = graph;

  const borders = new Map<number, { a: number; b: number; river: boolean }>();
  const edges = new Map<number, Edge>();
  graph.lines.forEach((line, index) => {
    const { class: roadClass, coarse: isCoarse } = drawn[index]!;
    for (let i = 0; i + 1 < line.length; i++) {
      const [a, b] = [line[i]!, line[i + 1]!];
      const key = edgeKey(a, b);
      if (isCoarse && !borders.has(key)) borders.set(key, { a, b, river: roadClass === null });
      if (roadClass !== null && !edges.has(key))
        edges.set(key, { a, b, line: index, lengthM: distance(nodes[a]!, nodes[b]!) });
    }
  });

  const onMotorway = new Set<number>();
  graph.lines.forEach((line, index) => {
    if (drawn[index]!.class === 'autopista') for (const node of line) onMotorway.add(node);
  });
  const middle = (edge: Edge): XY => [
    (nodes[edge.a]![0] + nodes[edge.b]![0]) / 2,
    (nodes[edge.a]![1] + nodes[edge.b]![1]) / 2,
  ];
  for (const [key, edge] of edges) {
    const { coarse: isCoarse, gapShare, class: roadClass } = drawn[edge.line]!;
    const points = [nodes[edge.a]!, middle(edge), nodes[edge.b]!];
    const local = !isCoarse && edge.line < firstCircle;
    const minor = local || roadClass === 'camino';
    const wet =
      minor &&
      points.some((p) => nearestEdge(p, plan.river).distanceM < RIVERBANK_M - 8 || inside(p, [plan.reservoir]));
    const fenced = local && (onMotorway.has(edge.a) || onMotorway.has(edge.b));
    const circled =
      edge.line < firstCircle && roundabouts.some((c) => distance(c, points[1]!) < ROUNDABOUT_RADIUS_M - 1);
    if (wet || fenced || circled) edges.delete(key);
    else if (gapShare > 0 && local) markGap(key, edge, gapShare);
  }
  dropGaps();
  pruneLooseEnds();
  keepLargestPart();
  return { nodes, streets: streetsOf(), borders: [...borders.values()], roundabouts };

  function markGap(_key: number, _edge: Edge, _share: number): void {}

  /** Leaves out whole blocks: all edges of a line between two junctions, by a draw that depends on that block alone. */
  function dropGaps(): void {
    const degree = degrees();
    graph.lines.forEach((line, index) => {
      const { gapShare } = drawn[index]!;
      if (gapShare === 0) return;
      let block: number[] = [];
      for (let i = 0; i + 1 < line.length; i++) {
        block.push(edgeKey(line[i]!, line[i + 1]!));
        if ((degree.get(line[i + 1]!) ?? 0) === 2 && i + 2 < line.length) continue;
        const draw = hashText(`${index} ${line[i + 1]}`, random.below(1)) / 4294967296;
        if (draw < gapShare) for (const key of block) if (edges.get(key)?.line === index) edges.delete(key);
        block = [];
      }
    });
  }

  function degrees(): Map<number, number> {
    const degree = new Map<number, number>();
    for (const { a, b } of edges.values()) {
      degree.set(a, (degree.get(a) ?? 0) + 1);
      degree.set(b, (degree.get(b) ?? 0) + 1);
    }
    return degree;
  }

  function neighbours(): Map<number, Edge[]> {
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

  /** Removes loose ends that are too short, and all loose ends of streets that are meant to go through. */
  function pruneLooseEnds(): void {
    for (let round = 0; round < 6; round++) {
      const around = neighbours();
      let removed = 0;
      for (const [node, list] of around) {
        if (list.length !== 1) continue;
        const chain: Edge[] = [];
        let [at, edge] = [node, list[0]!];
        for (;;) {
          chain.push(edge);
          at = edge.a === at ? edge.b : edge.a;
          const onward = around.get(at)!.filter((other) => other !== edge);
          if (onward.length !== 1) break;
          edge = onward[0]!;
        }
        const { coarse: isCoarse, deadEnd, class: roadClass } = drawn[chain[0]!.line]!;
        const lengthM = chain.reduce((sum, { lengthM: m }) => sum + m, 0);
        const least = isCoarse && roadClass !== 'camino' ? 0 : deadEnd ? LEAST_DEAD_END_M : 95;
        if (lengthM >= least) continue;
        for (const { a, b } of chain) edges.delete(edgeKey(a, b));
        removed++;
      }
      if (removed === 0) return;
    }
  }

  function keepLargestPart(): void {
    const around = neighbours();
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

  function streetsOf(): Street[] {
    const streets: Street[] = [];
    graph.lines.forEach((line, index) => {
      const { class: roadClass, name, district } = drawn[index]!;
      if (roadClass === null) return;
      let run: number[] = [];
      const close = (): void => {
        if (run.length > 1) streets.push({ nodes: run, class: roadClass, name, district, line: index });
        run = [];
      };
      line.forEach((node, i) => {
        if (run.length === 0) run.push(node);
        const next = line[i + 1];
        if (next !== undefined && edges.get(edgeKey(node, next))?.line === index) run.push(next);
        else close();
      });
    });
    return streets;
  }
}
