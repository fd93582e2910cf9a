// Where street lines cross or end beside each other without a common vertex, and the lines with one put there. Pure.

import Flatbush from 'flatbush';
import { crossingShare } from '../geometry/segments.ts';
import type { Corner, Line } from '../geometry/shape.ts';

/** A line that ends nearer to another is meant to end on it. */
const END_WITHIN_M = 1;
/** A vertex this near to a line lies on it. */
const ON_LINE_M = 0.02;
const M_PER_DEGREE = 111_200;
/** As of the network's vertices: 1 cm. */
const GRID = 1e7;
/** Pairs of edges whose boxes meet: drawn streets have two for every edge. Lines beyond are no street map. */
const CLOSE_PAIRS_FREE = 2_000_000;
const CLOSE_PAIRS_PER_EDGE = 20;
const MOST_FOUND = 200_000;

/** A line of the file. Those of another level (bridges, tunnels) pass over or under without meeting. */
export type Drawn = { readonly name: string | null; readonly line: Line; readonly level: string };

export type Missing = {
  readonly kind: 'crossing' | 'end' | 'level';
  readonly at: Corner;
  readonly lines: readonly [one: number, other: number];
  /** How far the end is from the other line. */
  readonly gapM: number;
};
export type Junctions = {
  readonly missing: readonly Missing[];
  /** False where lines lie too close together to look at all of them; then nothing is told. */
  readonly whole: boolean;
  /** The lines in the order given, with a vertex where each missing one belongs. */
  split(): Line[];
};

/** A vertex to be put into an edge (`edge` = index of its first vertex), `share` of the way along it. */
type Insert = { readonly edge: number; readonly share: number; readonly at: Corner };

/** The nearest line to the end of another. */
type Near = { readonly at: Corner; readonly lines: Missing['lines']; readonly foot: Foot; readonly edge: number };

export function findMissing(lines: readonly Drawn[]): Junctions {
  const edges = edgesOf(lines);
  const vertices = linesByVertex(lines);
  const crossings = new Map<string, Missing>();
  const ends = new Map<string, Near>();
  const inserts = new Map<number, Insert[]>();
  let left = CLOSE_PAIRS_FREE + CLOSE_PAIRS_PER_EDGE * edges.count;

  const insertInto = (line: number, insert: Insert) => {
    const list = inserts.get(line);
    if (list) list.push(insert);
    else inserts.set(line, [insert]);
  };
  const tellCrossing = (at: Corner, one: number, other: number, change: () => void): void => {
    const key = `${nodeOf(at)} ${Math.min(one, other)} ${Math.max(one, other)}`;
    if (crossings.has(key)) return;
    const kind = lines[one]!.level === lines[other]!.level ? 'crossing' : 'level';
    crossings.set(key, { kind, at, lines: [one, other], gapM: 0 });
    if (kind === 'crossing') change();
  };

  /** Whether a vertex of edge e lies on edge f, or ends beside it: then nothing else is to be said of the two. */
  const meetsAt = (e: number, index: number, f: number): boolean => {
    const [one, other] = [edges.line[e]!, edges.line[f]!];
    const at = lines[one]!.line[index]!;
    const isEnd = index === 0 || index === lines[one]!.line.length - 1;
    const foot = footOn(edges, f, at);
    if (foot.awayM > (isEnd ? END_WITHIN_M : ON_LINE_M)) return false;
    // The next edge but one of a line may begin beside this one.
    if (one === other && (isEnd || Math.abs(edges.first[e]! - edges.first[f]!) <= 2)) return true;
    const node = nodeOf(at);
    if (one !== other && vertices.get(node)?.includes(other)) return true;
    if (!isEnd) {
      tellCrossing(at, one, other, () => insertInto(other, { edge: edges.first[f]!, share: foot.share, at }));
    } else if (lines[one]!.level === lines[other]!.level) {
      const nearest = ends.get(node);
      const near: Near = { at, lines: [one, other], foot, edge: edges.first[f]! };
      if (!nearest || isNearer(lines, near, nearest)) ends.set(node, near);
    }
    return true;
  };

  const look = (e: number, f: number): void => {
    if (sharesVertex(lines, edges, e, f)) return;
    const [i, j] = [edges.first[e]!, edges.first[f]!];
    const met = [meetsAt(e, i, f), meetsAt(e, i + 1, f), meetsAt(f, j, e), meetsAt(f, j + 1, e)];
    const share = met.includes(true) ? null : shareOf(edges, e, f);
    if (share === null) return;
    const [one, other] = [edges.line[e]!, edges.line[f]!];
    const [p, q] = [lines[one]!.line[i]!, lines[one]!.line[i + 1]!];
    const at: Corner = [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
    tellCrossing(at, one, other, () => {
      insertInto(one, { edge: i, share, at });
      insertInto(other, { edge: j, share: footOn(edges, f, at).share, at });
    });
  };

  const whole = eachClosePair(edges, (e, f) => {
    left -= 1;
    if (left >= 0) look(e, f);
    return left >= 0 && crossings.size + ends.size <= MOST_FOUND;
  });
  if (!whole) return { missing: [], whole, split: () => lines.map(({ line }) => line) };
  const { joined, moves } = joinEnds(lines, ends, insertInto);
  return {
    missing: [...crossings.values(), ...joined],
    whole,
    split: () => lines.map(({ line }, index) => withVertices(line, inserts.get(index) ?? [], moves)),
  };
}

/** By distance, then by where the other line begins, so that the order of the lines makes no difference. */
function isNearer(lines: readonly Drawn[], a: Near, b: Near): boolean {
  const start = ({ lines: [, other] }: Near) => nodeOf(lines[other]!.line[0]!);
  return a.foot.awayM < b.foot.awayM || (a.foot.awayM === b.foot.awayM && start(a) < start(b));
}

/** Ends near a vertex of the other line move there; others become a vertex of it. Of two ends, one moves. */
function joinEnds(
  lines: readonly Drawn[],
  ends: ReadonlyMap<string, Near>,
  insertInto: (line: number, insert: Insert) => void,
): { readonly joined: Missing[]; readonly moves: Map<string, Corner> } {
  const joined: Missing[] = [];
  const moves = new Map<string, Corner>();
  const targets = new Set<string>();
  for (const [node, { at, lines: pair, foot, edge }] of [...ends].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (targets.has(node)) continue;
    joined.push({ kind: 'end', at, lines: pair, gapM: foot.awayM });
    if (foot.nearM > END_WITHIN_M) {
      insertInto(pair[1], { edge, share: foot.share, at });
      continue;
    }
    const corner = lines[pair[1]]!.line[foot.corner]!;
    const target = moves.get(nodeOf(corner)) ?? corner;
    moves.set(node, target);
    targets.add(nodeOf(target));
  }
  return { joined, moves };
}

type Edges = {
  readonly count: number;
  readonly perLon: number;
  /** In metres east and north of the equator, near enough for what lies within some metres. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly line: Int32Array;
  /** Index in its line of the vertex an edge begins with. */
  readonly first: Int32Array;
};

const onGrid = (degrees: number) => Math.round(degrees * GRID);
const nodeOf = ([lon, lat]: Corner) => `${onGrid(lon)} ${onGrid(lat)}`;

function edgesOf(lines: readonly Drawn[]): Edges {
  const count = lines.reduce((sum, { line }) => sum + Math.max(0, line.length - 1), 0);
  const [x, y, u, v] = Array.from({ length: 4 }, () => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [line, first] = [new Int32Array(count), new Int32Array(count)];
  // One scale for all, so that equal degrees are equal metres; a street map is no larger than some degrees.
  const middle = lines[0]?.line[0]?.[1] ?? 0;
  const perLon = M_PER_DEGREE * Math.cos((middle * Math.PI) / 180);
  let e = 0;
  for (const [index, { line: at }] of lines.entries()) {
    for (let i = 1; i < at.length; i++, e++) {
      x[e] = at[i - 1]![0] * perLon;
      y[e] = at[i - 1]![1] * M_PER_DEGREE;
      u[e] = at[i]![0] * perLon;
      v[e] = at[i]![1] * M_PER_DEGREE;
      line[e] = index;
      first[e] = i - 1;
    }
  }
  return { count, perLon, x, y, u, v, line, first };
}

function linesByVertex(lines: readonly Drawn[]): Map<string, number[]> {
  const vertices = new Map<string, number[]>();
  for (const [index, { line }] of lines.entries()) {
    for (const at of line) {
      const node = nodeOf(at);
      const list = vertices.get(node);
      if (list) list.push(index);
      else vertices.set(node, [index]);
    }
  }
  return vertices;
}

function sharesVertex(lines: readonly Drawn[], { line, first }: Edges, e: number, f: number): boolean {
  const ends = (edge: number) => {
    const at = lines[line[edge]!]!.line;
    return [at[first[edge]!]!, at[first[edge]! + 1]!] as const;
  };
  const [p, q] = ends(e);
  const [r, s] = ends(f);
  const same = (a: Corner, b: Corner) => onGrid(a[0]) === onGrid(b[0]) && onGrid(a[1]) === onGrid(b[1]);
  return same(p, r) || same(p, s) || same(q, r) || same(q, s);
}

type Foot = ReturnType<typeof footOn>;

/** How far a position is from an edge, how far along it that is, and its vertex (index in the line) nearest to it. */
function footOn({ perLon, x, y, u, v, first }: Edges, f: number, [lon, lat]: Corner) {
  const [px, py] = [lon * perLon, lat * M_PER_DEGREE];
  const [dx, dy] = [u[f]! - x[f]!, v[f]! - y[f]!];
  const along = ((px - x[f]!) * dx + (py - y[f]!) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.min(1, Math.max(0, along));
  const awayM = Math.hypot(x[f]! + share * dx - px, y[f]! + share * dy - py);
  const [fromM, toM] = [Math.hypot(x[f]! - px, y[f]! - py), Math.hypot(u[f]! - px, v[f]! - py)];
  return { share, awayM, nearM: Math.min(fromM, toM), corner: first[f]! + (toM < fromM ? 1 : 0) };
}

function shareOf({ x, y, u, v }: Edges, e: number, f: number): number | null {
  return crossingShare(x[e]!, y[e]!, u[e]!, v[e]!, x[f]!, y[f]!, u[f]!, v[f]!);
}

/** Shows pairs of edges whose boxes, grown by the reach of an end, meet, until `look` answers false. */
function eachClosePair(edges: Edges, look: (e: number, f: number) => boolean): boolean {
  const { count, x, y, u, v } = edges;
  if (count < 2) return true;
  const index = new Flatbush(count);
  const box = (e: number, grow: number) =>
    [
      Math.min(x[e]!, u[e]!) - grow,
      Math.min(y[e]!, v[e]!) - grow,
      Math.max(x[e]!, u[e]!) + grow,
      Math.max(y[e]!, v[e]!) + grow,
    ] as const;
  for (let e = 0; e < count; e++) index.add(...box(e, 0));
  index.finish();
  let goesOn = true;
  for (let e = 0; e < count && goesOn; e++) {
    // A search cannot be broken off; what is left of it costs no more than the boxes there are.
    index.search(...box(e, END_WITHIN_M), (f) => {
      if (f > e && goesOn) goesOn = look(e, f);
      return false;
    });
  }
  return goesOn;
}

/** The line with further vertices, ends moved to where they belong. */
function withVertices(line: Line, inserts: readonly Insert[], moves: ReadonlyMap<string, Corner>): Line {
  const moved = (at: Corner) => moves.get(nodeOf(at)) ?? at;
  if (inserts.length === 0 && moves.size === 0) return line;
  const sorted = inserts.toSorted((a, b) => a.edge - b.edge || a.share - b.share);
  const result: Line = [];
  let next = 0;
  for (const [index, at] of line.entries()) {
    result.push(moved(at));
    for (; sorted[next]?.edge === index; next++) result.push(moved(sorted[next]!.at));
  }
  return result;
}
