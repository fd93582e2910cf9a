// Areas as directed edges between numbered corners, their inside on the left. Neighbours drawn with the same corners
// share edges in opposite directions; what is left over is the border of the whole, and whatever does not fit. Pure.

import Flatbush from 'flatbush';
import { CROSSES, HOLDS, rayMeets } from './segments.ts';
import { boundsOf, type Polygon, type Ring } from './shape.ts';

export type Box = readonly [west: number, south: number, east: number, north: number];

export type Edges = {
  /** Coordinates of corner c. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Corners of edge e. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Edges start[a] … start[a + 1] - 1 are those of area a, ring by ring. */
  readonly start: Int32Array;
  readonly boxes: readonly Box[];
  /** Whether an edge from corner to corner belongs to this area, or (null) to any. */
  has(from: number, to: number, area: number | null): boolean;
  /** Whether the area has this corner. */
  touches(corner: number, area: number): boolean;
};

export function edgesOf(areas: readonly { readonly polygons: readonly Polygon[] }[]): Edges {
  let room = 0;
  for (const { polygons } of areas) for (const rings of polygons) for (const ring of rings) room += ring.length;
  const corners = numberCorners(room);
  const [from, to, owner] = [new Int32Array(room), new Int32Array(room), new Int32Array(room)];
  const start = new Int32Array(areas.length + 1);
  let count = 0;
  for (const [area, { polygons }] of areas.entries()) {
    for (const rings of polygons) {
      for (const [index, ring] of rings.entries()) {
        const first = count;
        for (let i = 1; i < ring.length; i++) {
          const [a, b] = [corners.number(ring[i - 1]!), corners.number(ring[i]!)];
          if (a === b) continue;
          from[count] = a;
          to[count] = b;
          owner[count] = area;
          count += 1;
        }
        if (isCounterClockwise(ring) !== (index === 0)) reverse(from, to, first, count);
      }
    }
    start[area + 1] = count;
  }
  const edgeTable = hashTable(count, (e) => hashOf(from[e]!, to[e]!));
  const cornerTable = hashTable(count, (e) => hashOf(from[e]!, owner[e]!));
  return {
    ...corners,
    from: from.subarray(0, count),
    to: to.subarray(0, count),
    start,
    boxes: areas.map(({ polygons }) => boundsOf(polygons.flatMap(([shell = []]) => shell))),
    has: (a, b, area) =>
      edgeTable(hashOf(a, b), (e) => from[e] === a && to[e] === b && (area === null || owner[e] === area)),
    touches: (corner, area) => cornerTable(hashOf(corner, area), (e) => from[e] === corner && owner[e] === area),
  };
}

const hashOf = (a: number, b: number) => (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) >>> 0;

/** Chained by position: a test whether any of `count` things of that hash fulfils a condition. */
function hashTable(count: number, hash: (index: number) => number) {
  const mask = sizeFor(count) - 1;
  const heads = new Int32Array(mask + 1).fill(-1);
  const next = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const slot = mix(hash(i)) & mask;
    next[i] = heads[slot]!;
    heads[slot] = i;
  }
  return (of: number, fulfils: (index: number) => boolean): boolean => {
    for (let i = heads[mix(of) & mask]!; i >= 0; i = next[i]!) if (fulfils(i)) return true;
    return false;
  };
}

const sizeFor = (count: number) => 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
const mix = (hash: number) => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7;

/** Numbers equal positions alike. */
function numberCorners(room: number) {
  const x = new Float64Array(room);
  const y = new Float64Array(room);
  const mask = sizeFor(room) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const pair = new Float64Array(2);
  const bits = new Uint32Array(pair.buffer);
  let count = 0;
  const number = ([lon, lat]: Ring[number]): number => {
    // Adding 0 makes one zero of both.
    pair[0] = lon + 0;
    pair[1] = lat + 0;
    let slot = mix(hashOf(bits[0]! ^ Math.imul(bits[1]!, 31), bits[2]! ^ Math.imul(bits[3]!, 31))) & mask;
    for (; slots[slot]! >= 0; slot = (slot + 1) & mask) {
      const corner = slots[slot]!;
      if (x[corner] === pair[0] && y[corner] === pair[1]) return corner;
    }
    slots[slot] = count;
    x[count] = pair[0];
    y[count] = pair[1];
    return count++;
  };
  return { x, y, number };
}

/** By the area relative to the first corner, where rounding matters least. */
function isCounterClockwise(ring: Ring): boolean {
  const [x0, y0] = ring[0]!;
  let doubled = 0;
  for (let i = 1; i < ring.length; i++) {
    const [[ax, ay], [bx, by]] = [ring[i - 1]!, ring[i]!];
    doubled += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return doubled > 0;
}

function reverse(from: Int32Array, to: Int32Array, first: number, end: number): void {
  const [heads, tails] = [from.slice(first, end).reverse(), to.slice(first, end).reverse()];
  from.set(tails, first);
  to.set(heads, first);
}

/**
 * The edges with nobody on their right, as lines from junction to junction or around: they hold the whole border of all
 * areas together, so every gap is bounded by them.
 */
export function openLines({ x, y, from, to, has }: Edges): [number, number][][] {
  const leaving = new Map<number, number[]>();
  const degree = new Map<number, number>();
  const seen = new Set<string>();
  let open = 0;
  for (let e = 0; e < from.length; e++) {
    const [a, b] = [from[e]!, to[e]!];
    const key = `${a} ${b}`;
    if (has(b, a, null) || seen.has(key)) continue;
    seen.add(key);
    open += 1;
    const list = leaving.get(a);
    if (list) list.push(b);
    else leaving.set(a, [b]);
    degree.set(a, (degree.get(a) ?? 0) + 1);
    degree.set(b, (degree.get(b) ?? 0) + 1);
  }
  const lines: [number, number][][] = [];
  const follow = (begin: number) => {
    let at = begin;
    const line: [number, number][] = [[x[at]!, y[at]!]];
    do {
      at = leaving.get(at)!.pop()!;
      open -= 1;
      line.push([x[at]!, y[at]!]);
    } while (at !== begin && degree.get(at) === 2 && leaving.get(at)?.length);
    lines.push(line);
  };
  for (const [corner, ends] of leaving) if (degree.get(corner) !== 2) while (ends.length) follow(corner);
  if (open > 0) for (const [corner, ends] of leaving) while (ends.length) follow(corner);
  return lines;
}

/** By counting the edges a ray to the east crosses; on the border counts as inside. */
export function isInside({ x, y, from, to, start, boxes }: Edges, area: number, atX: number, atY: number): boolean {
  const [west, south, east, north] = boxes[area]!;
  if (atX < west || atX > east || atY < south || atY > north) return false;
  let inside = false;
  for (let e = start[area]!; e < start[area + 1]!; e++) {
    const [p, q] = [from[e]!, to[e]!];
    const met = rayMeets(x[p]!, y[p]!, x[q]!, y[q]!, atX, atY);
    if (met === HOLDS) return true;
    if (met === CROSSES) inside = !inside;
  }
  return inside;
}

/** Whether any of the first `count` areas holds a position. */
export function coverTest(edges: Edges, count: number): (x: number, y: number) => boolean {
  const search = boxSearch(count, (area) => edges.boxes[area]!);
  return (x, y) => search([x, y, x, y], (area) => isInside(edges, area, x, y));
}

export function boundsOfEdge({ x, y, from, to }: Edges, e: number): Box {
  const [p, q] = [from[e]!, to[e]!];
  return [Math.min(x[p]!, x[q]!), Math.min(y[p]!, y[q]!), Math.max(x[p]!, x[q]!), Math.max(y[p]!, y[q]!)];
}

/** A test whether one of `count` boxes meets another, and fulfils a condition beside. */
export function boxSearch(count: number, boxOf: (index: number) => Box) {
  const index = new Flatbush(Math.max(1, count));
  if (count === 0) index.add(Infinity, Infinity, -Infinity, -Infinity);
  for (let i = 0; i < count; i++) index.add(...boxOf(i));
  index.finish();
  return (box: Box, fulfils: (index: number) => boolean = () => true): boolean => index.search(...box).some(fulfils);
}
