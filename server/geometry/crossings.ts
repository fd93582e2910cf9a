// How often the edges of a shape meet, counted before a database sees it: to repair or overlay a shape costs by its
// crossings, and neither engine can be told to stop. Whatever is counted, the counting ends early. Pure.

import Flatbush from 'flatbush';
import { segmentsMeetApart } from './segments.ts';

type Corner = readonly [x: number, y: number];
export type ClosedRing = readonly Corner[];
type Box = [west: number, south: number, east: number, north: number];

/** Pairs of edges whose boxes meet; noding looks at each. Drawn shapes have one or two for every edge. */
const MOST_CLOSE_PAIRS = 1_000_000;
const MOST_CLOSE_PER_EDGE = 4;
/** Pairs of rings whose boxes meet, one within the other for instance; to tell which holds which costs by them. */
const MOST_CLOSE_RINGS = 300_000;
/** Repairing peels a tangle layer by layer, each time over all that is left: layers times edges. */
const MOST_WORK = 100_000;
/** So many layers are peeled of a shape of any size, as long as its vertices are let in at all. */
const FEW_LAYERS = 3;

export type Tangle = {
  /** Pairs of edges that cross, touch or lie on each other elsewhere than at a corner of both. */
  readonly crossings: number;
  /** Corners visited again; those of a border that two rings share count as one. */
  readonly touches: number;
  /** More crossings than let in, or edges too close together to count them: no database may see it. */
  readonly tangled: boolean;
  /** What repairing costs, in edges looked at. Infinite beyond what is let in. */
  readonly work: number;
};

/** How closed rings meet themselves and each other. Gives up beyond `most` crossings. */
export function crossingsOf(rings: readonly ClosedRing[], most: number): Tangle {
  const nested = closeRings(rings);
  if (nested > MOST_CLOSE_RINGS) return { crossings: 0, touches: 0, tangled: true, work: Infinity };
  const edges = edgesIn(rings);
  const { count, from, ring, first, size } = edges;
  let crossings = 0;
  let everywhere = 0;
  // How many loops between two meetings of one ring with itself an edge is part of: as a difference from edge to edge.
  const steps = new Int32Array(count + 1);
  const whole = eachClosePair(edges, (e, f) => {
    if (!meetApart(edges, e, f)) return true;
    crossings += 1;
    if (ring[e] !== ring[f]) everywhere += 1;
    else {
      const begin = first[ring[e]!]!;
      const [low, high] = e < f ? [e, f] : [f, e];
      if (high - low <= size[ring[e]!]! / 2) addTo(steps, low, high);
      else {
        addTo(steps, begin, low);
        addTo(steps, high, begin + size[ring[e]!]! - 1);
      }
    }
    return crossings <= most;
  });
  const touches = visitsAgain(edges);
  if (!whole) return { crossings, touches, tangled: true, work: Infinity };
  let depth = 0;
  let deepest = 0;
  for (let e = 0; e < count; e++) {
    depth += steps[e]!;
    deepest = Math.max(deepest, depth);
  }
  const layers = 1 + deepest + everywhere + touches;
  const work = (from.length + 2 * crossings) * layers + nested;
  return {
    crossings,
    touches,
    tangled: false,
    work: work > MOST_WORK && (layers > FEW_LAYERS || nested > MOST_WORK) ? Infinity : work,
  };
}

/** How often lines meet elsewhere than at corners of both; infinite beyond `most`, and where it is too close to tell. */
export function countCrossings(lines: readonly (readonly Corner[])[], most: number): number {
  if (closeRings(lines) > MOST_CLOSE_RINGS) return Infinity;
  const edges = edgesIn(lines);
  let crossings = 0;
  const whole = eachClosePair(edges, (e, f) => {
    if (meetApart(edges, e, f)) crossings += 1;
    return crossings <= most;
  });
  return whole ? crossings : Infinity;
}

/** Pairs of lines whose boxes meet; no more than one beyond the limit are counted. */
function closeRings(lines: readonly (readonly Corner[])[]): number {
  if (lines.length < 2) return 0;
  const boxes = lines.map((line) => boundsOf(line));
  return countPairs(
    boxes.length,
    (i) => boxes[i]!,
    MOST_CLOSE_RINGS,
    () => true,
  ).pairs;
}

function boundsOf(line: readonly Corner[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of line) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return [west, south, east, north];
}

type EdgeList = {
  readonly count: number;
  readonly from: readonly Corner[];
  readonly to: readonly Corner[];
  /** Which line an edge is of; where the edges of a line begin, and how many there are. */
  readonly ring: readonly number[];
  readonly first: readonly number[];
  readonly size: readonly number[];
};

/** Edges without length left out. */
function edgesIn(lines: readonly (readonly Corner[])[]): EdgeList {
  const from: Corner[] = [];
  const to: Corner[] = [];
  const ring: number[] = [];
  const first: number[] = [];
  const size: number[] = [];
  for (const [index, line] of lines.entries()) {
    first.push(from.length);
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!];
      if (a[0] === b[0] && a[1] === b[1]) continue;
      from.push(a);
      to.push(b);
      ring.push(index);
    }
    size.push(from.length - first[index]!);
  }
  return { count: from.length, from, to, ring, first, size };
}

/** Shows every pair of edges whose boxes meet until `look` answers false; false when it did, or there are too many. */
function eachClosePair({ count, from, to }: EdgeList, look: (e: number, f: number) => boolean): boolean {
  const boxOf = (e: number) => boundsOf([from[e]!, to[e]!]);
  return countPairs(count, boxOf, MOST_CLOSE_PAIRS + MOST_CLOSE_PER_EDGE * count, look).whole;
}

/** Pairs among `count` boxes that meet, until there are more than `most` or `look` answers false. */
function countPairs(count: number, boxOf: (i: number) => Box, most: number, look: (e: number, f: number) => boolean) {
  let pairs = 0;
  let whole = true;
  if (count < 2) return { pairs, whole };
  const index = new Flatbush(count);
  for (let e = 0; e < count; e++) index.add(...boxOf(e));
  index.finish();
  for (let e = 0; e < count && whole; e++) {
    index.search(...boxOf(e), (f) => {
      // A search cannot be broken off; what is left of it costs no more than the boxes there are.
      if (f <= e || !whole) return false;
      pairs += 1;
      whole = pairs <= most && look(e, f);
      return false;
    });
  }
  return { pairs, whole };
}

/** Corners visited again, less those along an edge that was there already: a border of two rings counts once. */
function visitsAgain({ count, from, to }: EdgeList): number {
  const corners = new Set<string>();
  const edges = new Map<string, number>();
  let again = 0;
  for (let e = 0; e < count; e++) {
    const [a, b] = [String(from[e]), String(to[e])];
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const copies = edges.get(key) ?? 0;
    edges.set(key, copies + 1);
    // The second copy stands for a border of two; a third is no border.
    if (copies > 1) again += copies;
    else if (copies === 1) again -= 1;
    if (corners.has(a)) again += 1;
    else corners.add(a);
  }
  return Math.max(0, again);
}

/** Whether edges meet elsewhere than at a corner of both; the same edge twice does not. */
function meetApart({ from, to }: EdgeList, e: number, f: number): boolean {
  const [[px, py], [qx, qy]] = [from[e]!, to[e]!];
  const [[ux, uy], [vx, vy]] = [from[f]!, to[f]!];
  return segmentsMeetApart(px, py, qx, qy, ux, uy, vx, vy);
}

function addTo(steps: Int32Array, low: number, high: number): void {
  steps[low]! += 1;
  steps[high + 1]! -= 1;
}
