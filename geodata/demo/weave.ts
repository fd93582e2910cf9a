// Two families of streets woven across a district: from ruled grids to crooked lanes, by the numbers given.

import { centroid, clipped, distance, nearestEdge, resampled, rotated, type XY } from './geometry.ts';
import type { RoadClass } from './plan.ts';
import { type Random, smoothNoise } from './random.ts';

/** One line of streets. `gapShare` = share of its blocks left out; a `deadEnd` keeps its loose end. */
export type LocalLine = {
  readonly line: readonly XY[];
  readonly class: RoadClass;
  readonly gapShare: number;
  readonly deadEnd: boolean;
  /** A country lane: stands even where nothing is built. */
  readonly country?: boolean;
};

/** Spacing of the two families of streets, how uneven it is, how much they bend, and what share of blocks is joined. */
export type Weave = {
  readonly longM: number;
  readonly crossM: number;
  readonly uneven: number;
  readonly bendM: number;
  readonly bendScaleM: number;
  readonly gaps: readonly [long: number, cross: number];
};

/** Lines across the ring, in the frame turned by `turn` about the ring's centre. */
export function weave(
  ring: readonly XY[],
  holes: readonly (readonly XY[])[],
  turn: number,
  plan: Weave,
  random: Random,
): LocalLine[] {
  const middle = centroid(ring);
  const local = ring.map((p) => rotated([p[0] - middle[0], p[1] - middle[1]], -turn));
  const range = (axis: 0 | 1): [number, number] => [
    Math.min(...local.map((p) => p[axis])),
    Math.max(...local.map((p) => p[axis])),
  ];
  const [west, east] = range(0);
  const [south, north] = range(1);
  const seed = random.below(1e9);
  const bendX = smoothNoise(seed, plan.bendScaleM);
  const bendY = smoothNoise(seed + 1, plan.bendScaleM);
  const place = (u: number, v: number): XY => {
    const [x, y] = rotated([u + bendX(u, v) * plan.bendM, v + bendY(u, v) * plan.bendM], turn);
    return [x + middle[0], y + middle[1]];
  };
  const step = plan.bendM > 10 ? 24 : 60;
  const positions = (from: number, until: number, spacing: number): number[] => {
    const count = Math.max(1, Math.round((until - from) / spacing));
    const even = (until - from) / count;
    return Array.from(
      { length: count - 1 },
      (_, i) => from + (i + 1 + random.between(-plan.uneven, plan.uneven)) * even,
    );
  };
  const sampled = (from: number, until: number): number[] => {
    const count = Math.max(2, Math.ceil((until - from) / step));
    return Array.from({ length: count + 1 }, (_, i) => from + ((until - from) * i) / count);
  };
  const wide = east - west >= north - south;
  const [along, across] = wide ? [plan.crossM, plan.longM] : [plan.longM, plan.crossM];
  const vertical = positions(west, east, along).map((u) => sampled(south - 80, north + 80).map((v) => place(u, v)));
  const horizontal = positions(south, north, across).map((v) => sampled(west - 80, east + 80).map((u) => place(u, v)));
  const families: [XY[][], number, number][] = [
    [vertical, along, wide ? plan.gaps[1] : plan.gaps[0]],
    [horizontal, across, wide ? plan.gaps[0] : plan.gaps[1]],
  ];
  return families.flatMap(([lines, spacing, gapShare]) =>
    lines
      .flatMap((line) => clipped(line, [ring, ...holes]))
      .flatMap((piece) => apartFrom(piece, [ring, ...holes], spacing * 0.5))
      .map((line): LocalLine => ({ line, class: 'calle', gapShare, deadEnd: plan.gaps[1] > 0.3 })),
  );
}

/** Leaves out the stretches that run beside a ring closer than half a block: they would double the street there. */
function apartFrom(line: readonly XY[], rings: readonly (readonly XY[])[], clearM: number): XY[][] {
  const points = resampled(line, 12);
  const beside = points.map((p, i) => {
    const before = points[Math.max(0, i - 1)]!;
    const after = points[Math.min(points.length - 1, i + 1)]!;
    const length = distance(before, after) || 1;
    return rings.some((ring) => {
      const near = nearestEdge(p, ring);
      if (near.distanceM > clearM) return false;
      const a = ring[near.edge]!;
      const b = ring[near.edge + 1]!;
      const cosine =
        ((after[0] - before[0]) * (b[0] - a[0]) + (after[1] - before[1]) * (b[1] - a[1])) /
        length /
        (distance(a, b) || 1);
      return Math.abs(cosine) > 0.82;
    });
  });
  if (!beside.includes(true)) return [[...line]];
  const pieces: XY[][] = [];
  let run: XY[] = [];
  points.forEach((p, i) => {
    if (!beside[i]) run.push(p);
    if ((beside[i] || i === points.length - 1) && run.length) {
      if (run.length > 2) pieces.push(run);
      run = [];
    }
  });
  return pieces;
}
