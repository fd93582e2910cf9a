// Which places of a layer are neighbours, from their shapes as the database gives them. Runs in the worker.

import { type MetricSystem, projection } from '../geometry/projection.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import type { PackedPlaces } from '../placing/packed-places.ts';
import { meeting, type Rings, touching } from '../statistics/contiguity.ts';
import { MOST_NEIGHBOURS, nearestNeighbours, withinDistance } from '../statistics/neighbours.ts';
import { type Links, weightsOfRows } from '../statistics/weights.ts';

export type NeighbourGround = {
  readonly places: PackedPlaces;
  readonly features: number;
  readonly type: 'areas' | 'streets';
  readonly metric: MetricSystem;
};

/** A tenth of a metre: corners of one boundary that two files round apart are the same. */
const SAME_CORNER_DEGREES = 1e-6;

/** Place i of the weights is place id i + 1. Null where there are too many neighbours for one answer. */
export function neighbourhoodOf(ground: NeighbourGround, rule: string): Links | null {
  const [kind, amount] = rule.split(':');
  if (
    ground.type === 'streets' &&
    (kind === 'queen' || kind === 'rook' || kind === 'network' || kind === 'junctions')
  ) {
    const { from, to, lengthM } = junctionsOf(ground);
    if (kind === 'junctions') return junctionsAway(meeting(from, to), Number(amount));
    return kind === 'network' ? alongStreets(from, to, lengthM, Number(amount)) : meeting(from, to);
  }
  if (kind === 'queen' || kind === 'rook') return touching(ringsOf(ground), kind, SAME_CORNER_DEGREES);
  const centres = middlesOfPlaces(ground);
  if (kind === 'knn') return nearestNeighbours(centres, Number(amount));
  return withinDistance(centres, Number(amount));
}

function* shapesOf({ places: { placeIds, ends, wkb } }: NeighbourGround) {
  for (let i = 0; i < placeIds.length; i++)
    yield { at: placeIds[i]! - 1, shape: readWkb(wkb.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!)) };
}

function ringsOf(ground: NeighbourGround): Rings[] {
  const rings: Rings[] = Array.from({ length: ground.features }, () => []);
  for (const { at, shape } of shapesOf(ground)) {
    if (shape.kind !== 'polygons') continue;
    rings[at] = shape.polygons.flatMap((polygon) =>
      polygon.map((run) => Array.from({ length: run.length / 2 }, (_, k) => [run[k * 2]!, run[k * 2 + 1]!] as const)),
    );
  }
  return rings;
}

export type Middles = { readonly x: Float64Array; readonly y: Float64Array; readonly size: Float64Array };

/** The middle of each area's outline by area, of each segment by length; metres. Its size: square metres, or metres. */
export function middlesOfPlaces(ground: NeighbourGround): Middles {
  const project = projection(ground.metric);
  const [x, y] = [new Float64Array(ground.features), new Float64Array(ground.features)];
  const size = new Float64Array(ground.features);
  for (const { at, shape } of shapesOf(ground)) {
    const runs = shape.kind === 'polygons' ? shape.polygons.map(([outline]) => outline!) : shape.runs;
    let [sum, sumX, sumY] = [0, 0, 0];
    for (const run of runs) {
      const corners = projected(run, project);
      for (let k = 2; k < corners.length; k += 2) {
        const [ax, ay, bx, by] = [corners[k - 2]!, corners[k - 1]!, corners[k]!, corners[k + 1]!];
        // Triangles from the first corner, so that nothing is lost in large coordinates.
        const weight =
          shape.kind === 'polygons'
            ? (ax - corners[0]!) * (by - corners[1]!) - (bx - corners[0]!) * (ay - corners[1]!)
            : Math.hypot(bx - ax, by - ay);
        const [mx, my] =
          shape.kind === 'polygons'
            ? [(corners[0]! + ax + bx) / 3, (corners[1]! + ay + by) / 3]
            : [(ax + bx) / 2, (ay + by) / 2];
        sum += weight;
        sumX += weight * mx;
        sumY += weight * my;
      }
    }
    const [first] = runs;
    const corner = first ? projected(first.subarray(0, 2), project) : [0, 0];
    x[at] = sum === 0 ? corner[0]! : sumX / sum;
    y[at] = sum === 0 ? corner[1]! : sumY / sum;
    size[at] = shape.kind === 'polygons' ? areaOf(shape.polygons, project) : sum;
  }
  return { x, y, size };
}

/** Square metres, without the holes. */
function areaOf(polygons: readonly (readonly ArrayLike<number>[])[], project: ReturnType<typeof projection>): number {
  let all = 0;
  for (const polygon of polygons)
    for (const [k, run] of polygon.entries()) {
      const corners = projected(run, project);
      let twice = 0;
      for (let c = 2; c < corners.length; c += 2)
        twice +=
          (corners[c - 2]! - corners[0]!) * (corners[c + 1]! - corners[1]!) -
          (corners[c]! - corners[0]!) * (corners[c - 1]! - corners[1]!);
      all += ((k === 0 ? 1 : -1) * Math.abs(twice)) / 2;
    }
  return all;
}

function projected(run: ArrayLike<number>, project: ReturnType<typeof projection>): Float64Array {
  const corners = new Float64Array(run.length);
  for (let k = 0; k < run.length; k += 2) project(run[k]!, run[k + 1]!, corners, k);
  return corners;
}

export type StreetEnds = { readonly from: Int32Array; readonly to: Int32Array; readonly lengthM: Float64Array };

export function junctionsOf(ground: NeighbourGround): StreetEnds {
  const project = projection(ground.metric);
  const numbers = new Map<string, number>();
  const junction = (lon: number, lat: number) => {
    const key = `${Math.round(lon * 1e7)} ${Math.round(lat * 1e7)}`;
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const from = new Int32Array(ground.features).fill(-1);
  const to = new Int32Array(ground.features).fill(-1);
  const lengthM = new Float64Array(ground.features);
  for (const { at, shape } of shapesOf(ground)) {
    const [run] = shape.kind === 'lines' ? shape.runs : [];
    if (!run) continue;
    from[at] = junction(run[0]!, run[1]!);
    to[at] = junction(run[run.length - 2]!, run[run.length - 1]!);
    const corners = projected(run, project);
    for (let k = 2; k < corners.length; k += 2)
      lengthM[at]! += Math.hypot(corners[k]! - corners[k - 2]!, corners[k + 1]! - corners[k - 1]!);
  }
  return { from, to, lengthM };
}

/** Segments that are reached by passing so many junctions at the most. */
function junctionsAway(next: Links, most: number): Links | null {
  const seenFor = new Int32Array(next.count).fill(-1);
  return weightsOfRows(next.count, MOST_NEIGHBOURS, (place) => {
    const reached = [place];
    seenFor[place] = place;
    let first = 0;
    for (let gone = 0; gone < most; gone++) {
      const end = reached.length;
      for (; first < end; first++)
        for (let e = next.start[reached[first]!]!; e < next.start[reached[first]! + 1]!; e++) {
          const other = next.to[e]!;
          if (seenFor[other] === place) continue;
          seenFor[other] = place;
          reached.push(other);
        }
    }
    return reached.slice(1).sort((a, b) => a - b);
  });
}

/** Segments whose middles are so near to each other along the streets. */
function alongStreets(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  lengthM: ArrayLike<number>,
  most: number,
): Links | null {
  const at = new Map<number, number[]>();
  for (let i = 0; i < from.length; i++)
    for (const node of new Set([from[i]!, to[i]!])) at.set(node, [...(at.get(node) ?? []), i]);
  return weightsOfRows(from.length, MOST_NEIGHBOURS, (place) => {
    const reached = new Map<number, number>();
    const found = new Set<number>();
    const open: [distance: number, node: number][] = [
      [lengthM[place]! / 2, from[place]!],
      [lengthM[place]! / 2, to[place]!],
    ];
    while (open.length > 0) {
      // Few are open at once: the nearest is looked for.
      let next = 0;
      for (let k = 1; k < open.length; k++) if (open[k]![0] < open[next]![0]) next = k;
      const [distance, node] = open.splice(next, 1)[0]!;
      if (distance > most || (reached.get(node) ?? Number.POSITIVE_INFINITY) <= distance) continue;
      reached.set(node, distance);
      for (const segment of at.get(node)!) {
        if (segment !== place && distance + lengthM[segment]! / 2 <= most) found.add(segment);
        const other = from[segment] === node ? to[segment]! : from[segment]!;
        open.push([distance + lengthM[segment]!, other]);
      }
    }
    return [...found].sort((a, b) => a - b);
  });
}
