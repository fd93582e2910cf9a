// Which points a drawn ring covers: exact even-odd test in integer units, the boundary counted as inside (ST_Covers).

import { orient2d } from 'robust-predicates';

export type IntegerRing = { readonly xs: readonly number[]; readonly ys: readonly number[] };

/** A test for points against a ring; self-crossing rings are read by the even-odd rule. */
export function coveredBy({ xs, ys }: IntegerRing): (x: number, y: number) => boolean {
  const west = Math.min(...xs);
  const east = Math.max(...xs);
  const south = Math.min(...ys);
  const north = Math.max(...ys);
  return (x, y) => {
    if (x < west || x > east || y < south || y > north) return false;
    let inside = false;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      const ax = xs[j]!;
      const ay = ys[j]!;
      const bx = xs[i]!;
      const by = ys[i]!;
      if (ay === by) {
        if (y === ay && x >= Math.min(ax, bx) && x <= Math.max(ax, bx)) return true;
        continue;
      }
      if (y < Math.min(ay, by) || y > Math.max(ay, by)) continue;
      const side = orient2d(ax, ay, bx, by, x, y);
      if (side === 0) return true;
      // An edge counts when it crosses the level of the point (lower end included) to the right of it.
      if (ay > y !== by > y && side > 0 === ay > by) inside = !inside;
    }
    return inside;
  };
}
