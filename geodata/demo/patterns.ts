// Draws the streets of one district in the manner of its style: grids, loops, cerradas, hillside lanes, factory blocks.

import { insetContours } from './contours.ts';
import type { District } from './districts.ts';
import { centroid, clipped, distance, inside, mainDirection, nearestEdge, resampled, type XY } from './geometry.ts';
import type { Style } from './plan.ts';
import type { Random } from './random.ts';
import { type LocalLine, type Weave, weave } from './weave.ts';

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
