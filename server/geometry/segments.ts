// The exact tests of plane geometry, each once: where a ray meets an edge, whether two segments meet, and where they cross.
// Coordinates are numbers of any unit; whatever rounding would blur is decided by robust predicates. Pure.

import { orient2d } from 'robust-predicates';

/** What the edges of a ring say of a point, edge by edge: it lies inside when the ray to the east crosses an odd number. */
export const PASSES = 0;
export const CROSSES = 1;
/** The point lies on the edge itself. */
export const HOLDS = 2;

/** How a ray to the east from (x, y) meets the edge a–b, whose lower end belongs to it and whose upper does not. */
export function rayMeets(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  x: number,
  y: number,
): typeof PASSES | typeof CROSSES | typeof HOLDS {
  if (ay > y === by > y) {
    // Whole above the ray, or below but for what lies level with it.
    if (ay !== y && by !== y) return PASSES;
    if (ay === by) return (ax <= x && x <= bx) || (bx <= x && x <= ax) ? HOLDS : PASSES;
    return (ay === y ? ax : bx) === x ? HOLDS : PASSES;
  }
  if (ax < x && bx < x) return PASSES;
  if (ax > x && bx > x) return CROSSES;
  // Negative: the point lies left of the edge seen from a to b.
  const side = orient2d(ax, ay, bx, by, x, y);
  if (side === 0) return HOLDS;
  return side < 0 === by > ay ? CROSSES : PASSES;
}

/** Whether the segments p–q and u–v cross or touch, ends included. */
export function segmentsMeet(
  px: number,
  py: number,
  qx: number,
  qy: number,
  ux: number,
  uy: number,
  vx: number,
  vy: number,
): boolean {
  if (Math.max(px, qx) < Math.min(ux, vx) || Math.max(ux, vx) < Math.min(px, qx)) return false;
  if (Math.max(py, qy) < Math.min(uy, vy) || Math.max(uy, vy) < Math.min(py, qy)) return false;
  // On one line they meet because their boxes do.
  return !sameSide(px, py, qx, qy, ux, uy, vx, vy) && !sameSide(ux, uy, vx, vy, px, py, qx, qy);
}

/** Whether they meet elsewhere than at an end of both; the same segment twice, either way round, does not. */
export function segmentsMeetApart(
  px: number,
  py: number,
  qx: number,
  qy: number,
  ux: number,
  uy: number,
  vx: number,
  vy: number,
): boolean {
  const [pu, pv] = [px === ux && py === uy, px === vx && py === vy];
  const [qu, qv] = [qx === ux && qy === uy, qx === vx && qy === vy];
  if (!pu && !pv && !qu && !qv) return segmentsMeet(px, py, qx, qy, ux, uy, vx, vy);
  if ((pu && qv) || (pv && qu)) return false;
  // From a common end they part, unless one lies along the other.
  const [cx, cy] = pu || pv ? [px, py] : [qx, qy];
  const [ox, oy] = pu || pv ? [qx, qy] : [px, py];
  const [dx, dy] = pu || qu ? [vx, vy] : [ux, uy];
  return orient2d(cx, cy, ox, oy, dx, dy) === 0 && (ox - cx) * (dx - cx) + (oy - cy) * (dy - cy) > 0;
}

/** How far along p–q it crosses u–v, from 0 to 1; null where they do not, or only touch. */
export function crossingShare(
  px: number,
  py: number,
  qx: number,
  qy: number,
  ux: number,
  uy: number,
  vx: number,
  vy: number,
): number | null {
  const [toU, toV] = [orient2d(px, py, qx, qy, ux, uy), orient2d(px, py, qx, qy, vx, vy)];
  if (toU === 0 || toV === 0 || toU > 0 === toV > 0) return null;
  const [toP, toQ] = [orient2d(ux, uy, vx, vy, px, py), orient2d(ux, uy, vx, vy, qx, qy)];
  if (toP === 0 || toQ === 0 || toP > 0 === toQ > 0) return null;
  return toP / (toP - toQ);
}

/** Whether c and d lie on the same side of the line a–b, neither on it. */
function sameSide(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): boolean {
  const toC = orient2d(ax, ay, bx, by, cx, cy);
  if (toC === 0) return false;
  const toD = orient2d(ax, ay, bx, by, dx, dy);
  return toC > 0 ? toD > 0 : toD < 0;
}
