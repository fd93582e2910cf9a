// Which areas may overlap, told exactly from their edges, so that only those need an overlay in the database. Pure.

import Flatbush from 'flatbush';
import { type Box, boundsOfEdge, type Edges, isInside } from './edges.ts';
import { segmentsMeetApart } from './segments.ts';

/** From so many pairs of edges on, an index is quicker than looking at each. */
const INDEX_FROM = 4000;

/** Pairs of edges looked at of two areas. */
const MOST_CLOSE_PAIRS = 2_000_000;

/** Pairs of areas whose boxes meet, in order. */
export function* neighbours(boxes: readonly Box[]): Generator<[number, number]> {
  if (boxes.length < 2) return;
  const index = new Flatbush(boxes.length);
  for (const box of boxes) index.add(...box);
  index.finish();
  for (const [a, box] of boxes.entries()) {
    const others = index.search(...box, (b) => b > a).sort((b, c) => b - c);
    for (const b of others) yield [a, b];
  }
}

/**
 * How often the edges of two valid areas meet elsewhere than at corners of both; infinite beyond `most`, and where they
 * lie too close together to tell. Null when the areas surely have no ground in common: they share edges in opposite
 * directions only, no other edges of theirs meet, and none of one runs inside the other.
 */
export function meetingsOf(edges: Edges, a: number, b: number, most: number): number | null {
  const common = commonBox(edges.boxes[a]!, edges.boxes[b]!);
  const ofA = unshared(edges, a, b, common);
  const ofB = unshared(edges, b, a, common);
  const meetings = countMeetings(edges, ofA.list, ofB.list, most);
  const isApart = meetings === 0 && !ofA.sameWay && !ofB.sameWay;
  return isApart && !runsInside(edges, ofA.list, b) && !runsInside(edges, ofB.list, a) ? null : meetings;
}

function commonBox(a: Box, b: Box): Box {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

/** Edges of an area in the box that the other does not have, and whether there is one that it has the same way round. */
function unshared({ x, y, from, to, start, has }: Edges, area: number, other: number, box: Box) {
  const [west, south, east, north] = box;
  const list: number[] = [];
  let sameWay = false;
  for (let e = start[area]!; e < start[area + 1]!; e++) {
    const [p, q] = [from[e]!, to[e]!];
    if (Math.max(x[p]!, x[q]!) < west || Math.min(x[p]!, x[q]!) > east) continue;
    if (Math.max(y[p]!, y[q]!) < south || Math.min(y[p]!, y[q]!) > north) continue;
    if (has(q, p, other)) continue;
    if (has(p, q, other)) sameWay = true;
    else list.push(e);
  }
  return { list, sameWay };
}

/** Pairs of edges that cross or touch elsewhere than at a corner of both; infinite beyond `most`. */
function countMeetings(edges: Edges, ofA: readonly number[], ofB: readonly number[], most: number): number {
  let meetings = 0;
  if (ofA.length * ofB.length < INDEX_FROM) {
    for (const e of ofA) for (const f of ofB) if (edgesMeet(edges, e, f)) meetings += 1;
    return meetings > most ? Infinity : meetings;
  }
  const index = new Flatbush(ofB.length);
  for (const f of ofB) index.add(...boundsOfEdge(edges, f));
  index.finish();
  let left = MOST_CLOSE_PAIRS;
  for (const e of ofA) {
    const close = index.search(...boundsOfEdge(edges, e), () => left-- > 0);
    for (const at of close) if (edgesMeet(edges, e, ofB[at]!)) meetings += 1;
    if (left < 0 || meetings > most) return Infinity;
  }
  return meetings;
}

function edgesMeet({ x, y, from, to }: Edges, e: number, f: number): boolean {
  const [p, q, u, v] = [from[e]!, to[e]!, from[f]!, to[f]!];
  return segmentsMeetApart(x[p]!, y[p]!, x[q]!, y[q]!, x[u]!, y[u]!, x[v]!, y[v]!);
}

/**
 * Whether one of the runs of edges between corners of `area` lies inside it. As no edges meet, a run is inside or
 * outside as a whole; three of its edges are asked, since one may lie too close to the border to tell.
 */
function runsInside(edges: Edges, list: readonly number[], area: number): boolean {
  const { from, to } = edges;
  for (let begin = 0; begin < list.length; ) {
    let end = begin + 1;
    while (
      end < list.length &&
      list[end] === list[end - 1]! + 1 &&
      from[list[end]!] === to[list[end - 1]!] &&
      !edges.touches(from[list[end]!]!, area)
    )
      end += 1;
    const asked = [list[begin]!, list[(begin + end) >> 1]!, list[end - 1]!];
    if (asked.some((e) => middleIsInside(edges, e, area))) return true;
    begin = end;
  }
  return false;
}

/** Of the middle of an edge; on the border counts as inside. */
function middleIsInside(edges: Edges, e: number, area: number): boolean {
  const { x, y, from, to } = edges;
  return isInside(edges, area, (x[from[e]!]! + x[to[e]!]!) / 2, (y[from[e]!]! + y[to[e]!]!) / 2);
}
