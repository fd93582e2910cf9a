// The blocks of street between junctions, with the spots on each where a point is nearer to it than to any other.

import Flatbush from 'flatbush';
import { distance, distanceToEdge, lengthOf, resampled, type XY } from './geometry.ts';
import { usesOf } from './join.ts';
import type { RoadClass } from './plan.ts';
import type { NamedStreet } from './signs.ts';

/** A spot on the street line; any point within `freeM` of it is nearer to this segment than to any other. */
export type Spot = { readonly at: XY; readonly freeM: number };

export type Segment = {
  readonly name: string | null;
  readonly class: RoadClass;
  readonly line: readonly XY[];
  readonly lengthM: number;
  readonly middle: XY;
  readonly spots: readonly Spot[];
};

const SPOT_EVERY_M = 9;
const LEAST_FREE_M = 2.5;
const MOST_FREE_M = 9;

/** Splits streets where they share a vertex with another street, as the importer does. */
export function splitStreets(nodes: readonly XY[], streets: readonly NamedStreet[]): Segment[] {
  const uses = usesOf(streets, nodes.length);
  const lines: { street: NamedStreet; line: XY[] }[] = [];
  for (const street of streets) {
    let line: XY[] = [];
    street.nodes.forEach((node, i) => {
      line.push(nodes[node]!);
      if (i > 0 && (uses[node]! > 1 || i === street.nodes.length - 1)) {
        lines.push({ street, line });
        line = [nodes[node]!];
      }
    });
  }
  const spots = freeSpots(lines.map(({ line }) => line));
  return lines.map(({ street, line }, i): Segment => {
    const points = resampled(line, lengthOf(line) / 2);
    return {
      name: street.name,
      class: street.class,
      line,
      lengthM: lengthOf(line),
      middle: points[1]!,
      spots: spots[i]!,
    };
  });
}

function freeSpots(lines: readonly (readonly XY[])[]): Spot[][] {
  const edges: { owner: number; a: XY; b: XY }[] = [];
  lines.forEach((line, owner) => {
    for (let i = 0; i + 1 < line.length; i++) edges.push({ owner, a: line[i]!, b: line[i + 1]! });
  });
  const index = new Flatbush(edges.length);
  for (const { a, b } of edges)
    index.add(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1]));
  index.finish();
  const reach = 2 * MOST_FREE_M + 1;
  return lines.map((line, owner) => {
    const xs = line.map((p) => p[0]);
    const ys = line.map((p) => p[1]);
    const near = index
      .search(Math.min(...xs) - reach, Math.min(...ys) - reach, Math.max(...xs) + reach, Math.max(...ys) + reach)
      .map((i) => edges[i]!)
      .filter((edge) => edge.owner !== owner);
    const points =
      distance(line[0]!, line.at(-1)!) < 1 && line.length < 3 ? [] : resampled(line, SPOT_EVERY_M).slice(1, -1);
    return points.flatMap((at): Spot[] => {
      let clearM = reach;
      for (const { a, b } of near) clearM = Math.min(clearM, distanceToEdge(at, a, b));
      const freeM = Math.min(MOST_FREE_M, clearM * 0.48);
      return freeM >= LEAST_FREE_M ? [{ at, freeM }] : [];
    });
  });
}
