// Whether a ring surely bounds a valid polygon, told exactly, so that the database need not be asked. Pure.

import Flatbush from 'flatbush';
import { orient2d } from 'robust-predicates';
import { segmentsMeet } from './segments.ts';
import type { Polygon, Ring } from './shape.ts';

/** From so many edges on, an index is quicker than looking at each pair. */
const INDEX_FROM = 60;
/** Pairs of edges looked at for each edge, on average; where they lie closer it takes the other look. */
const MOST_CLOSE_PER_EDGE = 60;

/** True for one closed ring without holes that nowhere touches itself; false only means that it takes a closer look. */
export function isSurelyValid(polygons: readonly Polygon[]): boolean {
  const [polygon, ...others] = polygons;
  return polygon?.length === 1 && others.length === 0 && isSimple(polygon[0]!);
}

function isSimple(ring: Ring): boolean {
  const corners = ring.filter(([x, y], i) => i === 0 || x !== ring[i - 1]![0] || y !== ring[i - 1]![1]);
  const edges = corners.length - 1;
  if (edges < 3) return false;
  const apart = (e: number, f: number) => f - e > 1 && f - e < edges - 1;
  for (let e = 0; e < edges; e++) {
    if (turnsBack(corners[e]!, corners[e + 1]!, corners[e + 2] ?? corners[1]!)) return false;
  }
  if (edges < INDEX_FROM) {
    for (let e = 0; e < edges; e++) {
      for (let f = e + 2; f < edges; f++) if (apart(e, f) && meet(corners, e, f)) return false;
    }
    return true;
  }
  const boxOf = (e: number): [number, number, number, number] => {
    const [[ax, ay], [bx, by]] = [corners[e]!, corners[e + 1]!];
    return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
  };
  const index = new Flatbush(edges);
  for (let e = 0; e < edges; e++) index.add(...boxOf(e));
  index.finish();
  let left = edges * MOST_CLOSE_PER_EDGE;
  for (let e = 0; e < edges; e++) {
    const close = index.search(...boxOf(e), (f) => apart(e, f) && left-- > 0);
    if (left < 0 || close.some((f) => meet(corners, e, f))) return false;
  }
  return true;
}

/** Whether b–c lies along a–b, in the opposite direction. */
function turnsBack([ax, ay]: Ring[number], [bx, by]: Ring[number], [cx, cy]: Ring[number]): boolean {
  return orient2d(ax, ay, bx, by, cx, cy) === 0 && (ax - bx) * (cx - bx) + (ay - by) * (cy - by) >= 0;
}

/** Whether edges e and f cross or touch. */
function meet(corners: Ring, e: number, f: number): boolean {
  const [[ax, ay], [bx, by]] = [corners[e]!, corners[e + 1]!];
  const [[cx, cy], [dx, dy]] = [corners[f]!, corners[f + 1]!];
  return segmentsMeet(ax, ay, bx, by, cx, cy, dx, dy);
}
