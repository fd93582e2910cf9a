// Which points a drawn ring covers: exact even-odd test in integer units, the boundary counted as inside (ST_Covers).

import { CROSSES, HOLDS, rayMeets } from '../geometry/segments.ts';

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
      const [ay, by] = [ys[j]!, ys[i]!];
      // Nearly every edge: looked at here, since a call for each would take as long again.
      if (y < Math.min(ay, by) || y > Math.max(ay, by)) continue;
      const met = rayMeets(xs[j]!, ay, xs[i]!, by, x, y);
      if (met === HOLDS) return true;
      if (met === CROSSES) inside = !inside;
    }
    return inside;
  };
}
