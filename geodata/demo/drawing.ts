// Everything drawn before it is woven into a network: great roads, park rings, roundabouts, local streets.

import type { CoarseLine, District } from './districts.ts';
import { centroid, clipped, distance, inside, nearestEdge, type XY } from './geometry.ts';
import { localStreets } from './patterns.ts';
import type { Plan, RoadClass } from './plan.ts';
import { noded, nodeRegistry } from './planar.ts';
import type { Random } from './random.ts';
import type { LocalLine } from './weave.ts';

export type Drawn = {
  readonly kind: 'great' | 'local' | 'country' | 'park' | 'roundabout';
  readonly line: readonly XY[];
  /** Null: a boundary without a road (limit, river). */
  readonly class: RoadClass | null;
  readonly name: string | null;
  readonly district: number | null;
  readonly gapShare: number;
  readonly deadEnd: boolean;
};

// Ends of local streets closer than this on a great road are made to meet: no five-metre blocks.
const SAME_CORNER_M = 17;
export const ROUNDABOUT_RADIUS_M = 34;

const plain = (kind: Drawn['kind'], name: string | null, roadClass: RoadClass | null, line: readonly XY[]): Drawn => ({
  kind,
  line,
  class: roadClass,
  name,
  district: null,
  gapShare: 0,
  deadEnd: roadClass === 'camino',
});

/** Moves the ends of local streets that land on their district's ring to a corner already there. */
function landed(line: readonly XY[], ring: readonly XY[], corners: ReturnType<typeof nodeRegistry>): readonly XY[] {
  const land = (p: XY): XY => {
    if (nearestEdge(p, ring).distanceM > 1) return p;
    const corner = corners.find(p);
    if (corner >= 0 && nearestEdge(corners.nodes[corner]!, ring).distanceM < 1) return corners.nodes[corner]!;
    corners.add(p);
    return p;
  };
  return [land(line[0]!), ...line.slice(1, -1), land(line.at(-1)!)];
}

/** The corners great roads make among themselves. */
function greatCorners(coarse: readonly CoarseLine[]): ReturnType<typeof nodeRegistry> {
  const corners = nodeRegistry(SAME_CORNER_M);
  const meetings = noded(coarse.map(({ line }) => line));
  const uses = new Map<number, number>();
  for (const line of meetings.lines) {
    line.forEach((node, i) => {
      uses.set(node, (uses.get(node) ?? 0) + (i === 0 || i === line.length - 1 ? 1 : 2));
    });
  }
  for (const [node, count] of uses) if (count > 2) corners.at(meetings.nodes[node]!);
  return corners;
}

/** Where principal avenues meet, there is a roundabout. */
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

/** Two footpaths across a park, from ring to ring. */
function footpaths({ name, ring }: Plan['parks'][number]): Drawn[] {
  const [x, y] = centroid(ring);
  return [0.3, 1.9].flatMap((angle) => {
    const [dx, dy] = [Math.cos(angle) * 600, Math.sin(angle) * 600];
    const across = clipped(
      [
        [x - dx, y - dy],
        [x + dx, y + dy],
      ],
      [ring],
    );
    return across.map((line) => plain('park', `Andador ${name}`, 'andador', line));
  });
}

const circle = ([x, y]: XY): XY[] =>
  Array.from({ length: 25 }, (_, i): XY => {
    const angle = ((i % 24) / 24) * 2 * Math.PI;
    return [x + Math.cos(angle) * ROUNDABOUT_RADIUS_M, y + Math.sin(angle) * ROUNDABOUT_RADIUS_M];
  });

/** All lines, great roads first: where two run along the same edge, the earlier one is the street. */
export function drawEverything(
  plan: Plan,
  coarse: readonly CoarseLine[],
  districts: readonly District[],
  random: Random,
): { drawn: Drawn[]; roundabouts: XY[] } {
  const corners = greatCorners(coarse);
  const roundabouts = findRoundabouts(coarse);
  const local = districts.flatMap((district, index) => {
    const holes = [...plan.parks.map((park) => park.ring), plan.reservoir];
    const within = holes.filter((ring) => ring.some((p) => inside(p, [district.ring])));
    return localStreets(district, within, random.fork(`district ${index}`)).map(
      (piece: LocalLine): Drawn => ({
        kind: piece.country ? 'country' : 'local',
        line: landed(piece.line, district.ring, corners),
        class: piece.class,
        name: null,
        district: index,
        gapShare: piece.gapShare,
        deadEnd: piece.deadEnd,
      }),
    );
  });
  const drawn = [
    ...coarse.map(({ name, class: roadClass, line }) => plain('great', name || null, roadClass, line)),
    ...plan.parks.map(({ name, ring }) => plain('park', `Circuito ${name}`, 'calle', ring)),
    ...plan.parks.flatMap(footpaths),
    ...local,
    ...roundabouts.map((centre) => plain('roundabout', null, 'avenida principal', circle(centre))),
  ];
  return { drawn, roundabouts };
}
