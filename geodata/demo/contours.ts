// Closed lines inside a ring at equal steps from its edge, for streets that loop around a neighbourhood.

import { inside, lengthOf, nearestEdge, resampled, signedArea, type XY } from './geometry.ts';
import { type Random, smoothNoise } from './random.ts';

/** Closed lines at gap, 2 gap, … inside a ring (marching squares over the distance to it), smoothed. */
export function insetContours(ring: readonly XY[], gapM: number, random: Random): XY[][] {
  const cell = 20;
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  const [west, south] = [Math.min(...xs) - cell, Math.min(...ys) - cell];
  const columns = Math.ceil((Math.max(...xs) - west) / cell) + 2;
  const rows = Math.ceil((Math.max(...ys) - south) / cell) + 2;
  const wobble = smoothNoise(random.below(1e9), 180);
  const depth = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const p: XY = [west + i * cell, south + j * cell];
      depth[j * columns + i] = inside(p, [ring]) ? nearestEdge(p, ring).distanceM + wobble(p[0], p[1]) * 9 : -1;
    }
  }
  const deepest = depth.reduce((a, b) => Math.max(a, b), 0);
  const lines: XY[][] = [];
  for (let level = gapM; level < deepest - 22; level += gapM * 1.05)
    lines.push(...contour(depth, columns, rows, level, [west, south], cell));
  return lines
    .filter((line) => lengthOf(line) > 150 && Math.abs(signedArea(line)) > 3000)
    .map((line) => resampled(chaikin(chaikin(line)), 26));
}

function contour(
  depth: Float64Array,
  columns: number,
  rows: number,
  level: number,
  [west, south]: XY,
  cell: number,
): XY[][] {
  // Cell edges are named by their lower-left corner and direction; each crossed edge leads to the next one.
  const next = new Map<number, number>();
  const at = new Map<number, XY>();
  const value = (i: number, j: number): number => depth[j * columns + i]! - level;
  const point = (i: number, j: number, upward: boolean): number => {
    const name = (j * columns + i) * 2 + (upward ? 1 : 0);
    const a = value(i, j);
    const b = upward ? value(i, j + 1) : value(i + 1, j);
    const t = a / (a - b);
    at.set(name, [west + (i + (upward ? 0 : t)) * cell, south + (j + (upward ? t : 0)) * cell]);
    return name;
  };
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)].map((v) => v > 0);
      const edges = [
        () => point(i, j, false),
        () => point(i + 1, j, true),
        () => point(i, j + 1, false),
        () => point(i, j, true),
      ];
      for (let k = 0; k < 4; k++) {
        // Walk with the deep side on the left: enter where a shallow corner follows a deep one, leave at the next change.
        if (!(corners[k] && !corners[(k + 1) % 4])) continue;
        let m = k;
        do m = (m + 3) % 4;
        while (corners[m] === corners[(m + 1) % 4]);
        next.set(edges[k]!(), edges[m]!());
      }
    }
  }
  const lines: XY[][] = [];
  const used = new Set<number>();
  for (const start of next.keys()) {
    if (used.has(start)) continue;
    const line: XY[] = [];
    for (let name: number | undefined = start; name !== undefined && !used.has(name); name = next.get(name)) {
      used.add(name);
      line.push(at.get(name)!);
    }
    if (line.length > 6) lines.push([...line, line[0]!]);
  }
  return lines;
}

/** Corner cutting on a closed line. */
function chaikin(line: readonly XY[]): XY[] {
  const points = line.slice(0, -1).flatMap((a, i): XY[] => {
    const b = line[i + 1]!;
    return [
      [a[0] * 0.75 + b[0] * 0.25, a[1] * 0.75 + b[1] * 0.25],
      [a[0] * 0.25 + b[0] * 0.75, a[1] * 0.25 + b[1] * 0.75],
    ];
  });
  return [...points, points[0]!];
}
