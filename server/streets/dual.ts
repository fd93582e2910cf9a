// Streets drawn as two lines, one for each way: which segments have another of their name running beside them. Pure.

import Flatbush from 'flatbush';
import type { Corner, Line } from '../geometry/shape.ts';
import { lengthM, type StreetSegment } from './network.ts';

/** Nearer lines are one line drawn twice, farther ones two streets. */
const LEAST_APART_M = 3;
const MOST_APART_M = 35;
const MOST_ANGLE_DEGREES = 20;
const STEP_M = 20;
/** A shorter stretch beside another is the mouth of a junction, not a carriageway. */
const LEAST_BESIDE_M = 30;
const M_PER_DEGREE = 111_200;

export type Beside = { readonly segment: StreetSegment; readonly besideM: number; readonly at: Corner };

/** Named segments along at least 30 m and half of which another of the same name runs, in the order given. */
export function dualCarriageways(segments: readonly StreetSegment[]): Beside[] {
  const named = segments.filter(({ name }) => name !== null);
  const pieces = named.flatMap((segment) => piecesOf(segment));
  if (pieces.length === 0) return [];
  const index = new Flatbush(pieces.length);
  for (const { x0, y0, x1, y1 } of pieces) {
    index.add(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1));
  }
  index.finish();
  const besideM = new Map<StreetSegment, number>();
  for (const piece of pieces) {
    const { segment, x0, y0, x1, y1, lengthM: wholeM } = piece;
    const steps = Math.max(1, Math.round(wholeM / STEP_M));
    for (let step = 0; step < steps; step++) {
      const share = (step + 0.5) / steps;
      const [x, y] = [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
      const near = index.search(x - MOST_APART_M, y - MOST_APART_M, x + MOST_APART_M, y + MOST_APART_M, (i) => {
        const other = pieces[i]!;
        return other.segment !== segment && other.segment.name === segment.name && runsBeside(piece, other, x, y);
      });
      if (near.length > 0) besideM.set(segment, (besideM.get(segment) ?? 0) + wholeM / steps);
    }
  }
  return named.flatMap((segment) => {
    const m = besideM.get(segment) ?? 0;
    if (m < LEAST_BESIDE_M || m < segment.lengthM / 2) return [];
    return [{ segment, besideM: Math.round(m), at: middleOfLine(segment.line) }];
  });
}

type Piece = {
  readonly segment: StreetSegment;
  /** In metres east and north of the equator, near enough for streets side by side. */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly lengthM: number;
};

function piecesOf(segment: StreetSegment): Piece[] {
  const plane = ([lon, lat]: Corner) => [lon * M_PER_DEGREE * Math.cos((lat * Math.PI) / 180), lat * M_PER_DEGREE];
  return segment.line.slice(1).map((to, i) => {
    const [x0, y0] = plane(segment.line[i]!) as Corner;
    const [x1, y1] = plane(to) as Corner;
    return { segment, x0, y0, x1, y1, lengthM: lengthM([segment.line[i]!, to]) };
  });
}

/** Whether the foot of the point on the other piece lies within it, some metres off, and both lead the same way. */
function runsBeside(a: Piece, b: Piece, x: number, y: number): boolean {
  const [ax, ay] = [a.x1 - a.x0, a.y1 - a.y0];
  const [bx, by] = [b.x1 - b.x0, b.y1 - b.y0];
  const b2 = bx * bx + by * by;
  const along = ((x - b.x0) * bx + (y - b.y0) * by) / b2;
  if (!(along >= 0 && along <= 1)) return false;
  const apart = Math.hypot(b.x0 + along * bx - x, b.y0 + along * by - y);
  if (apart < LEAST_APART_M || apart > MOST_APART_M) return false;
  const cosine = Math.abs(ax * bx + ay * by) / Math.sqrt((ax * ax + ay * ay) * b2);
  return cosine >= Math.cos((MOST_ANGLE_DEGREES * Math.PI) / 180);
}

/** Half way along a line. */
export function middleOfLine(line: Line): Corner {
  let left = lengthM(line) / 2;
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!];
    const stepM = lengthM([from, to]);
    if (stepM >= left && stepM > 0) {
      const share = left / stepM;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    left -= stepM;
  }
  return line.at(-1)!;
}
