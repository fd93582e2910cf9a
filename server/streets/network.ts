// Street lines to segments between junctions, each with a stable code and the streets it crosses. Pure.

import { createHash } from 'node:crypto';
import type { Corner, Line } from '../geometry/shape.ts';
import type { RoadClass } from './classes.ts';

/** A line as its source has it. `code`, where the source has one of its own, is kept and stops merging. */
export type StreetLine = {
  readonly name: string | null;
  readonly roadClass: RoadClass;
  readonly code: string | null;
  readonly line: Line;
};

export type StreetSegment = {
  readonly code: string;
  readonly name: string | null;
  readonly roadClass: RoadClass;
  /** Along the WGS 84 ellipsoid. */
  readonly lengthM: number;
  /** The most important other street at the start and at the end; null where there is none with a name. */
  readonly crossingFrom: string | null;
  readonly crossingTo: string | null;
  readonly line: Line;
};

/** A line as it was before it was left out. */
export type LeftOut = { readonly name: string | null; readonly line: Line };
export type Network = {
  readonly segments: readonly StreetSegment[];
  /** Pieces that lay exactly on another piece and were left out. */
  readonly duplicates: readonly LeftOut[];
  /** Lines left out because all of their vertices are the same. */
  readonly dots: readonly LeftOut[];
};

/** Vertices this close (1e-7 degrees, 1 cm) are the same. */
const GRID = 1e7;
const CODE_LENGTH = 12;

/** A stretch of one line between two nodes; `nodes` are the keys of all its vertices. */
type Piece = {
  readonly name: string | null;
  readonly roadClass: RoadClass;
  readonly source: string | null;
  readonly line: Line;
  readonly nodes: readonly string[];
};

/**
 * Splits lines where they share a vertex or one ends on a vertex of another, and joins pieces of one street that meet
 * where nothing else does. Lines that cross without a common vertex (bridges) do not touch. The result does not depend
 * on the order or direction of the lines; segments come in byte order of their codes.
 */
export function buildNetwork(lines: readonly StreetLine[]): Network {
  const all = lines.map(withNodes);
  const pieces = split(all.filter(({ nodes }) => nodes.length > 1));
  const unique = withoutDuplicates(pieces);
  const kept = new Set(unique);
  const joined = join(unique);
  const nodes = endsByNode(joined);
  const crossings = (piece: Piece, node: string) => crossingAt(nodes.get(node) ?? [], piece);
  const segments = withCodes(joined).map(({ piece, code }) => ({
    code,
    name: piece.name,
    roadClass: piece.roadClass,
    lengthM: lengthM(piece.line),
    crossingFrom: crossings(piece, piece.nodes[0]!),
    crossingTo: crossings(piece, piece.nodes.at(-1)!),
    line: piece.line,
  }));
  return {
    segments,
    duplicates: pieces.filter((piece) => !kept.has(piece)),
    dots: all.filter(({ nodes }) => nodes.length < 2),
  };
}

const onGrid = (degrees: number) => Math.round(degrees * GRID);
const nodeOf = ([lon, lat]: Corner) => `${onGrid(lon)} ${onGrid(lat)}`;

/** The line as a piece without vertices that fall together after rounding. */
function withNodes({ name, roadClass, code, line }: StreetLine): Piece {
  const nodes = line.map(nodeOf);
  const distinct = (_: unknown, index: number) => nodes[index] !== nodes[index - 1];
  return { name, roadClass, source: code, line: line.filter(distinct), nodes: nodes.filter(distinct) };
}

function split(lines: readonly Piece[]): Piece[] {
  const seen = new Set<string>();
  const junctions = new Set<string>();
  for (const { nodes } of lines) {
    junctions.add(nodes[0]!).add(nodes.at(-1)!);
    for (const node of nodes) {
      if (seen.has(node)) junctions.add(node);
      seen.add(node);
    }
  }
  const pieces: Piece[] = [];
  for (const whole of lines) {
    let start = 0;
    for (const [end, node] of whole.nodes.entries()) {
      if (end === 0 || !junctions.has(node)) continue;
      const part = { line: whole.line.slice(start, end + 1), nodes: whole.nodes.slice(start, end + 1) };
      pieces.push(directed({ ...whole, ...part }));
      start = end;
    }
  }
  return pieces;
}

/** From its western (else southern) end on, so that the direction a line was drawn in makes no difference. */
function directed(piece: Piece): Piece {
  const [west, south] = piece.line[0]!.map(onGrid) as Corner;
  const [east, north] = piece.line.at(-1)!.map(onGrid) as Corner;
  const order = west - east || south - north || compare(piece.nodes.join(), piece.nodes.toReversed().join());
  return order <= 0 ? piece : { ...piece, line: piece.line.toReversed(), nodes: piece.nodes.toReversed() };
}

/** Of pieces on the same vertices the most important stays, by class, then with a name, then by name. */
function withoutDuplicates(pieces: readonly Piece[]): Piece[] {
  const kept = new Map<string, Piece>();
  for (const piece of pieces) {
    const key = piece.nodes.join();
    const other = kept.get(key);
    if (!other || compareRank(piece, other) < 0) kept.set(key, piece);
  }
  return [...kept].sort(([a], [b]) => compare(a, b)).map(([, piece]) => piece);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compareRank = (a: Piece, b: Piece) =>
  a.roadClass - b.roadClass ||
  Number(a.name === null) - Number(b.name === null) ||
  compare(a.name ?? '', b.name ?? '') ||
  compare(a.source ?? '', b.source ?? '');

type End = { readonly piece: Piece; readonly atStart: boolean };

function endsByNode(pieces: readonly Piece[]): Map<string, End[]> {
  const ends = new Map<string, End[]>();
  const add = (node: string, end: End) => {
    const list = ends.get(node);
    if (list) list.push(end);
    else ends.set(node, [end]);
  };
  for (const piece of pieces) {
    add(piece.nodes[0]!, { piece, atStart: true });
    add(piece.nodes.at(-1)!, { piece, atStart: false });
  }
  return ends;
}

/** Pieces of one street that meet where no third one does are one segment. */
function join(pieces: readonly Piece[]): Piece[] {
  const ends = endsByNode(pieces);
  const next = (piece: Piece, node: string): Piece | null => {
    const [a, b, more] = ends.get(node) ?? [];
    if (!a || !b || more || a.piece === b.piece) return null;
    const other = a.piece === piece ? b.piece : a.piece;
    return continues(piece, other) ? other : null;
  };
  const done = new Set<Piece>();
  const joined: Piece[] = [];
  for (const piece of pieces) {
    if (done.has(piece)) continue;
    done.add(piece);
    const chain = [piece];
    let back = piece.nodes[0]!;
    let front = piece.nodes.at(-1)!;
    for (let other = next(piece, front); other && !done.has(other); other = next(other, front)) {
      done.add(other);
      chain.push(other);
      front = farEnd(other, front);
    }
    for (let other = next(piece, back); other && !done.has(other); other = next(other, back)) {
      done.add(other);
      chain.unshift(other);
      back = farEnd(other, back);
    }
    joined.push(chain.length === 1 ? piece : directed(chained(chain, back)));
  }
  return joined;
}

const continues = (a: Piece, b: Piece) =>
  a.name === b.name && a.source === b.source && (a.name !== null || a.roadClass === b.roadClass);

const farEnd = (piece: Piece, node: string) => (piece.nodes[0] === node ? piece.nodes.at(-1)! : piece.nodes[0]!);

function chained(chain: readonly Piece[], start: string): Piece {
  let at = start;
  const line: Line = [];
  const nodes: string[] = [];
  for (const piece of chain) {
    const forward = piece.nodes[0] === at;
    const skip = line.length > 0 ? 1 : 0;
    line.push(...(forward ? piece.line : piece.line.toReversed()).slice(skip));
    nodes.push(...(forward ? piece.nodes : piece.nodes.toReversed()).slice(skip));
    at = nodes.at(-1)!;
  }
  const roadClass = Math.min(...chain.map((piece) => piece.roadClass)) as RoadClass;
  return { ...chain[0]!, roadClass, line, nodes };
}

function crossingAt(ends: readonly End[], piece: Piece): string | null {
  const others = ends.map((end) => end.piece).filter((other) => other.name !== null && other.name !== piece.name);
  return others.sort(compareRank)[0]?.name ?? null;
}

/**
 * The source's own code (with -1, -2, … where its line was split), else a hash of name and ends: the same street
 * between the same corners keeps its code in the next file. Where several share both, the vertices decide the order.
 */
function withCodes(pieces: readonly Piece[]): { piece: Piece; code: string }[] {
  const groups = Map.groupBy(pieces, baseCode);
  const coded = [...groups].flatMap(([base, group]) => {
    if (group.length === 1) return [{ piece: group[0]!, code: base }];
    const sorted = group.toSorted((a, b) => compare(a.nodes.join(), b.nodes.join()));
    return sorted.map((piece, index) => ({ piece, code: `${base}-${index + 1}` }));
  });
  return coded.sort((a, b) => Buffer.compare(Buffer.from(a.code), Buffer.from(b.code)));
}

function baseCode({ source, name, nodes }: Piece): string {
  if (source !== null) return source;
  const ends = [nodes[0]!, nodes.at(-1)!].sort().join();
  return createHash('sha256')
    .update(`${name ?? ''}\n${ends}`)
    .digest('hex')
    .slice(0, CODE_LENGTH);
}

const EQUATOR_M = 6_378_137;
const ECCENTRICITY_2 = 0.00669437999014;
const RADIANS = Math.PI / 180;

/**
 * Length in metres along the WGS 84 ellipsoid, with its radii of curvature at the middle of each step (for steps of
 * street length within a millionth of the geodesic).
 */
export function lengthM(line: Line): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [lon0, lat0] = line[i - 1]!;
    const [lon1, lat1] = line[i]!;
    const middle = ((lat0 + lat1) / 2) * RADIANS;
    const w2 = 1 - ECCENTRICITY_2 * Math.sin(middle) ** 2;
    const meridian = (EQUATOR_M * (1 - ECCENTRICITY_2)) / w2 ** 1.5;
    const normal = EQUATOR_M / Math.sqrt(w2);
    sum += Math.hypot(meridian * (lat1 - lat0) * RADIANS, normal * Math.cos(middle) * (lon1 - lon0) * RADIANS);
  }
  return sum;
}
