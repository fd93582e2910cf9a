// Divides the municipality into the districts that become colonias: faces between great roads, split by avenues.

import {
  centroid,
  clipped,
  distance,
  inside,
  lengthOf,
  mainDirection,
  mix,
  nearestEdge,
  offset,
  resampled,
  rotated,
  signedArea,
  type XY,
} from './geometry.ts';
import { type GreatRoad, type Plan, type RoadClass, type Style, styleAt, TOWN, urbanity } from './plan.ts';
import { edgeKey, facesOf, noded } from './planar.ts';
import type { Random } from './random.ts';

/** One future colonia: the ring its streets fill, what is built there, and, where town reaches into fields, what town. */
export type District = { readonly ring: readonly XY[]; readonly style: Style; readonly edgeOfTown: Style };

/** A line of the coarse network: a road, or a bare boundary (`class` null): limit, river, field edge. */
export type CoarseLine = { readonly name: string; readonly class: RoadClass | null; readonly line: readonly XY[] };

/** How far the riverside avenues keep from the middle of the river. */
export const RIVERBANK_M = 52;

type Piece = { ring: XY[]; urban: number; target: number };

const TARGET_M2: Record<Style, number> = {
  colonial: 330_000,
  barrio: 300_000,
  grid: 380_000,
  popular: 360_000,
  loops: 420_000,
  cerradas: 420_000,
  hillside: 420_000,
  industrial: 1_100_000,
  rural: 4_500_000,
};

/** The coarse lines before any district is split: limit, river with its banks, great roads inside the limit. */
function skeleton(plan: Plan): CoarseLine[] {
  const inTown = (line: readonly XY[], name: string): CoarseLine[] =>
    clipped(line, [plan.outerRing]).map((piece) => ({ name, class: 'avenida', line: piece }));
  const withinLimit = (road: GreatRoad): CoarseLine[] =>
    clipped(road.line, [plan.limit]).map((line) => ({ name: road.name, class: road.class, line }));
  return [
    { name: '', class: null, line: plan.limit },
    ...plan.roads.flatMap(withinLimit),
    ...clipped(plan.river, [plan.limit]).map((line) => ({ name: '', class: null, line })),
    ...inTown(offset(plan.river, RIVERBANK_M), 'Paseo de la Ribera Norte'),
    ...inTown(offset(plan.river, -RIVERBANK_M), 'Paseo de la Ribera Sur'),
  ];
}

function ringsBetween(lines: readonly CoarseLine[]): XY[][] {
  const graph = noded(lines.map(({ line }) => line));
  const edges = new Map<number, readonly [number, number]>();
  for (const line of graph.lines) {
    for (let i = 0; i + 1 < line.length; i++) edges.set(edgeKey(line[i]!, line[i + 1]!), [line[i]!, line[i + 1]!]);
  }
  return facesOf(graph.nodes, edges.values()).faces.map((face) =>
    [...face.nodes, face.nodes[0]!].map((node) => graph.nodes[node]!),
  );
}

/** Cuts a ring across its long side near the middle; null when no clean cut is found. */
function cut(ring: XY[], random: Random, anchors: XY[]): { parts: [XY[], XY[]]; chord: XY[] } | null {
  const turn = mainDirection(ring);
  const middle = centroid(ring);
  const local = ring.map((p) => rotated([p[0] - middle[0], p[1] - middle[1]], -turn));
  const span = (axis: 0 | 1): number => Math.max(...local.map((p) => p[axis])) - Math.min(...local.map((p) => p[axis]));
  const along = span(0) >= span(1) ? 0 : 1;
  const low = Math.min(...local.map((p) => p[along]));
  for (let attempt = 0; attempt < 14; attempt++) {
    const at = low + span(along) * random.between(0.5 - 0.02 * (attempt + 4), 0.5 + 0.02 * (attempt + 4));
    const tilt = random.between(-0.12, 0.12) * (1 + attempt / 8);
    const far = 9_000;
    const ends: XY[] = [-far, far].map((v) => (along === 0 ? [at + v * tilt, v] : [v, at + v * tilt]));
    const world = ends.map((p): XY => {
      const [x, y] = rotated(p, turn);
      return [x + middle[0], y + middle[1]];
    });
    const pieces = clipped(world, [ring]).filter((piece) => piece.length === 2);
    const longest = pieces.sort((a, b) => lengthOf(b) - lengthOf(a))[0];
    if (!longest) continue;
    const parts = splitAlong(ring, longest, anchors, random);
    if (parts) return parts;
  }
  return null;
}

/** Where a cut may end on a ring: an avenue across the road if one ends nearby, else the point itself. */
function landing(ring: XY[], p: XY, anchors: readonly XY[]): { edge: number; point: XY } {
  let { edge } = nearestEdge(p, ring);
  let point = p;
  for (const anchor of anchors) {
    const near = nearestEdge(anchor, ring);
    if (near.distanceM < 0.5 && distance(anchor, p) < 90 && (point === p || distance(anchor, p) < distance(point, p))) {
      point = anchor;
      edge = near.edge;
    }
  }
  return { edge, point };
}

/** Avenues are laid out by eye: a slight bow or an S rather than a ruled line. */
function bowed(a: XY, b: XY, random: Random): XY[] {
  const bow = random.between(-0.055, 0.055);
  const sway = random.between(-0.03, 0.03);
  return resampled([a, b], 50).map((p, i, all): XY => {
    const t = i / (all.length - 1);
    const shift = bow * Math.sin(Math.PI * t) + sway * Math.sin(2 * Math.PI * t);
    return i === 0 || t === 1 ? p : [p[0] - (b[1] - a[1]) * shift, p[1] + (b[0] - a[0]) * shift];
  });
}

function splitAlong(
  ring: XY[],
  chord: XY[],
  anchors: XY[],
  random: Random,
): { parts: [XY[], XY[]]; chord: XY[] } | null {
  const first = landing(ring, chord[0]!, anchors);
  const second = landing(ring, chord[1]!, anchors);
  if (first.edge === second.edge) return null;
  const [a, b] = first.edge < second.edge ? [first, second] : [second, first];
  const line = bowed(a.point, b.point, random);
  const inner = line.slice(1, -1);
  if (inner.some((p) => !inside(p, [ring]) || nearestEdge(p, ring).distanceM < 25)) return null;
  const dedupe = (points: XY[]): XY[] => points.filter((p, i) => i === 0 || distance(p, points[i - 1]!) > 0.01);
  const one = dedupe([a.point, ...ring.slice(a.edge + 1, b.edge + 1), b.point, ...inner.toReversed(), a.point]);
  const two = dedupe([
    b.point,
    ...ring.slice(b.edge + 1, -1),
    ...ring.slice(0, a.edge + 1),
    a.point,
    ...inner,
    b.point,
  ]);
  const areas = [one, two].map((part) => Math.abs(signedArea(part)));
  if (Math.min(...areas) < 0.28 * (areas[0]! + areas[1]!)) return null;
  return { parts: [one, two], chord: line };
}

/** Splits the largest district (for its kind of town) until there are `count`. */
export function divide(plan: Plan, count: number, random: Random) {
  const lines = skeleton(plan);
  const urban = urbanity(random.below(1e9));
  const measured = (ring: XY[]): Piece => {
    const middle = centroid(ring);
    const style = styleAt(middle, urban(middle), 0.99);
    const builtShare = ring.filter((p) => urban(mix(middle, p, 0.6)) > TOWN).length / ring.length;
    const target = style === 'rural' && builtShare > 0.1 ? 1_500_000 : TARGET_M2[style];
    return { ring, urban: urban(middle), target };
  };
  // Strips between the river and its avenues, and the main square, are no districts of their own.
  const sliver = (ring: readonly XY[]): boolean => {
    const area = Math.abs(signedArea(ring));
    return area / (lengthOf(ring) / 2) < 1.15 * RIVERBANK_M && area < 400_000;
  };
  const rings = ringsBetween(lines);
  const pieces = rings.filter((ring) => !sliver(ring)).map(measured);
  const anchors: XY[] = [];
  const stuck = new Set<Piece>();
  while (pieces.length < count) {
    const largest = pieces
      .filter((piece) => !stuck.has(piece))
      .reduce((a, b) => (signedArea(b.ring) / b.target > signedArea(a.ring) / a.target ? b : a));
    const result = cut(largest.ring, random, anchors);
    if (!result) {
      stuck.add(largest);
      continue;
    }
    pieces.splice(pieces.indexOf(largest), 1, ...result.parts.map(measured));
    anchors.push(result.chord[0]!, result.chord.at(-1)!);
    const middle = mix(result.chord[0]!, result.chord.at(-1)!, 0.5);
    const built = urban(middle);
    const roadClass = built < TOWN ? 'camino' : Math.hypot(...middle) < 1000 ? 'calle' : 'avenida';
    lines.push({ name: '', class: roadClass, line: result.chord });
  }
  const districts = pieces.map((piece): District => {
    const densest = piece.ring.reduce((a, b) => (urban(b) > urban(a) ? b : a));
    const lot = random.next();
    return {
      ring: piece.ring,
      style: styleAt(centroid(piece.ring), piece.urban, lot),
      edgeOfTown: styleAt(densest, urban(densest), 0.99),
    };
  });
  return { lines, districts, urban };
}
