// The areas a gap lies between: those that hold the ground just beyond its border, the longest stretch first. Pure.

import { boxSearch, type Edges, isInside } from '../geometry/edges.ts';
import type { Ring } from '../geometry/shape.ts';

/** Beyond the border by a centimetre: nearer lies the rounding of what was overlaid. */
const BEYOND_DEGREES = 1e-7;
/** The longest sides of a gap tell its neighbours; a river bank has thousands. */
const MOST_SIDES = 60;
/** Nobody reads the names around more gaps. */
const MOST_GAPS = 500;

/** `around` answers the indices of `count` areas around the shell of a gap; nothing once it has been asked very often. */
export function neighboursOfGaps(edges: Edges, count: number): (shell: Ring) => number[] {
  const search = boxSearch(count, (area) => edges.boxes[area]!);
  let asked = 0;
  return (shell) => {
    if (++asked > MOST_GAPS) return [];
    const lengths = new Map<number, number>();
    for (const { x, y, dx, dy, length } of sidesOf(shell)) {
      for (const turn of [1, -1]) {
        const at = [x - (turn * dy * BEYOND_DEGREES) / length, y + (turn * dx * BEYOND_DEGREES) / length] as const;
        search([...at, ...at], (area) => {
          if (isInside(edges, area, ...at)) lengths.set(area, (lengths.get(area) ?? 0) + length);
          return false;
        });
      }
    }
    return [...lengths].sort(([a, far], [b, further]) => further - far || a - b).map(([area]) => area);
  };
}

function sidesOf(shell: Ring) {
  const sides = shell.slice(1).map(([x1, y1], i) => {
    const [x0, y0] = shell[i]!;
    const [dx, dy] = [x1 - x0, y1 - y0];
    return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, dx, dy, length: Math.hypot(dx, dy) };
  });
  return sides
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_SIDES);
}
