// Draws the streets of one district in the manner of its style: grids, loops, cerradas, hillside lanes, factory blocks.

import type { District } from './districts.ts';
import {
  centroid,
  clipped,
  distance,
  inside,
  lengthOf,
  mainDirection,
  nearestEdge,
  resampled,
  rotated,
  signedArea,
  type XY,
} from './geometry.ts';
import type { RoadClass, Style } from './plan.ts';
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
type Weave = {
  readonly longM: number;
  readonly crossM: number;
  readonly uneven: number;
  readonly bendM: number;
  readonly bendScaleM: number;
  readonly gaps: readonly [long: number, cross: number];
};

const WEAVES: Record<Exclude<Style, 'loops' | 'cerradas'>, Weave> = {
  colonial: { longM: 88, crossM: 96, uneven: 0.16, bendM: 7, bendScaleM: 240, gaps: [0.03, 0.05] },
  barrio: { longM: 78, crossM: 102, uneven: 0.22, bendM: 16, bendScaleM: 300, gaps: [0.07, 0.16] },
  grid: { longM: 71, crossM: 138, uneven: 0.06, bendM: 3, bendScaleM: 500, gaps: [0.02, 0.1] },
  popular: { longM: 63, crossM: 132, uneven: 0.12, bendM: 6, bendScaleM: 400, gaps: [0.04, 0.2] },
  hillside: { longM: 60, crossM: 96, uneven: 0.25, bendM: 78, bendScaleM: 300, gaps: [0.12, 0.38] },
  industrial: { longM: 190, crossM: 260, uneven: 0.12, bendM: 4, bendScaleM: 600, gaps: [0.05, 0.12] },
  rural: { longM: 95, crossM: 120, uneven: 0.2, bendM: 24, bendScaleM: 350, gaps: [0.12, 0.3] },
};

const LANES: Weave = { longM: 640, crossM: 820, uneven: 0.25, bendM: 110, bendScaleM: 480, gaps: [0.06, 0.12] };

/** The streets of a district, clipped to its ring less the holes (parks, water). */
export function localStreets(district: District, holes: readonly (readonly XY[])[], random: Random): LocalLine[] {
  const { ring, style } = district;
  if (style === 'rural') return countryside(district, holes, random);
  if (style === 'loops') return loops(ring, holes, random);
  if (style === 'cerradas') return cerradas(ring, holes, random);
  if (style !== 'hillside') return weave(ring, holes, mainDirection(ring), WEAVES[style], random);
  const lanes = weave(ring, holes, mainDirection(ring) + random.between(-0.4, 0.4), WEAVES.hillside, random);
  // Steps where the hill is too steep for cars.
  return lanes.map((lane): LocalLine => (random.chance(0.12) ? { ...lane, class: 'andador' } : lane));
}

/** Lines across the ring, in the frame turned by `turn` about the ring's centre. */
function weave(
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

/** Contour rings at growing distance from the district's edge, tied together by a loose cross weave. */
function loops(ring: readonly XY[], holes: readonly (readonly XY[])[], random: Random): LocalLine[] {
  const gap = random.between(62, 74);
  const contours = insetContours(ring, gap, random);
  const ties = weave(
    ring,
    holes,
    mainDirection(ring),
    { longM: 105, crossM: 125, uneven: 0.2, bendM: 10, bendScaleM: 300, gaps: [0.16, 0.22] },
    random,
  );
  return [
    ...contours
      .flatMap((line) => (holes.length ? clipped(line, [ring, ...holes]) : [line]))
      .map((line): LocalLine => ({ line, class: 'calle', gapShare: 0.03, deadEnd: false })),
    ...ties,
  ];
}

/** Closed lines at gap, 2 gap, … inside a ring (marching squares over the distance to it), smoothed. */
function insetContours(ring: readonly XY[], gapM: number, random: Random): XY[][] {
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

/** Combs of dead-end cerradas on a few through streets. */
function cerradas(ring: readonly XY[], holes: readonly (readonly XY[])[], random: Random): LocalLine[] {
  const turn = mainDirection(ring);
  const spines = weave(
    ring,
    holes,
    turn,
    { longM: 178, crossM: 330, uneven: 0.05, bendM: 9, bendScaleM: 350, gaps: [0, 0] },
    random,
  );
  const stubs: LocalLine[] = [];
  for (const spine of spines) {
    const points = resampled(spine.line, random.between(52, 62));
    for (let i = 1; i + 1 < points.length; i++) {
      const [before, here, after] = [points[i - 1]!, points[i]!, points[i + 1]!];
      const length = distance(before, after);
      const normal: XY = [-(after[1] - before[1]) / length, (after[0] - before[0]) / length];
      for (const side of [1, -1]) {
        if (random.chance(0.12)) continue;
        const reach = random.between(58, 76);
        const end: XY = [here[0] + normal[0] * side * reach, here[1] + normal[1] * side * reach];
        const clear = [ring, ...holes].every((r) => nearestEdge(end, r).distanceM > 24);
        const crossesSpine = spines.some((other) => other !== spine && nearestEdge(end, other.line).distanceM < 34);
        if (inside(end, [ring, ...holes]) && clear && !crossesSpine)
          stubs.push({ line: [here, end], class: 'privada', gapShare: 0, deadEnd: true });
      }
    }
  }
  return [...spines, ...stubs];
}

/** Open country: field lanes, the last blocks of town beside it, and perhaps a village on a few crooked streets. */
function countryside(district: District, holes: readonly (readonly XY[])[], random: Random): LocalLine[] {
  const { ring } = district;
  const lanes = weave(ring, holes, mainDirection(ring) + random.between(-0.3, 0.3), LANES, random);
  const { edgeOfTown } = district;
  const edge = edgeOfTown === 'industrial' || edgeOfTown === 'hillside' ? edgeOfTown : 'popular';
  const town = edgeOfTown === 'rural' ? [] : weave(ring, holes, mainDirection(ring), WEAVES[edge], random);
  return [
    ...lanes.map((lane): LocalLine => ({ ...lane, class: 'camino', deadEnd: true, country: true })),
    ...town,
    ...village(ring, random),
  ];
}

function village(ring: readonly XY[], random: Random): LocalLine[] {
  const middle = centroid(ring);
  if (!inside(middle, [ring]) || random.chance(0.25)) return [];
  const near = nearestEdge(middle, ring);
  const reach = Math.min(random.between(170, 320), near.distanceM - 60);
  if (reach < 130) return [];
  const shape = Array.from({ length: 10 }, (_, i): XY => {
    const angle = (i / 10) * 2 * Math.PI;
    const r = reach * random.between(0.75, 1.1);
    return [middle[0] + Math.cos(angle) * r, middle[1] + Math.sin(angle) * r];
  });
  const streets = weave([...shape, shape[0]!], [], random.between(0, 1.5), WEAVES.rural, random);
  const road: LocalLine = {
    line: resampled([middle, ring[near.edge]!], 70),
    class: 'camino',
    gapShare: 0,
    deadEnd: true,
    country: true,
  };
  return [...streets.map((line): LocalLine => ({ ...line, deadEnd: true, country: true })), road];
}
