// Water and green for the map: the river with its changing width, the reservoir, parks, the main square, gardens.

import type { Areas, Polygon } from './areas.ts';
import { centroid, clipped, distance, inside, lengthOf, signedArea, type XY } from './geometry.ts';
import type { Plan } from './plan.ts';
import { facesOf } from './planar.ts';
import { smoothNoise } from './random.ts';
import type { NamedStreet } from './signs.ts';

export type ContextFeature = { readonly class: 'water' | 'park'; readonly name: string; readonly polygon: Polygon };

function riverPolygon(plan: Plan): Polygon {
  const river = clipped(plan.river, [plan.limit])[0]!;
  const width = smoothNoise(7, 420);
  const bank = (side: 1 | -1): XY[] =>
    river.map((p, i) => {
      const a = river[Math.max(0, i - 1)]!;
      const b = river[Math.min(river.length - 1, i + 1)]!;
      const length = distance(a, b);
      const metres = side * (21 + 6 * width(p[0] + side * 900, p[1]));
      return [p[0] - ((b[1] - a[1]) / length) * metres, p[1] + ((b[0] - a[0]) / length) * metres];
    });
  const [left, right] = [bank(1), bank(-1)];
  return [[...right, ...left.toReversed(), right[0]!]];
}

/** Blocks small and round enough to be a garden, one for every second colonia, plus the main square. */
export function drawContext(
  plan: Plan,
  areas: Areas,
  nodes: readonly XY[],
  streets: readonly NamedStreet[],
): ContextFeature[] {
  const edges = streets.flatMap(({ nodes: run }) => run.slice(1).map((b, i) => [run[i]!, b] as const));
  const blocks = facesOf(nodes, edges)
    .faces.map((face) => [...face.nodes, face.nodes[0]!].map((node) => nodes[node]!))
    .filter((ring) => {
      const round = (4 * Math.PI * Math.abs(signedArea(ring))) / lengthOf(ring) ** 2;
      return signedArea(ring) > 2_500 && signedArea(ring) < 16_000 && round > 0.45;
    });
  const nearest = (p: XY): XY[] | undefined =>
    blocks.reduce<XY[] | undefined>(
      (best, ring) => (!best || distance(centroid(ring), p) < distance(centroid(best), p) ? ring : best),
      undefined,
    );
  const square = nearest([0, 0]);
  const gardens = areas.colonias
    .filter((colonia, i) => i % 2 === 0 && colonia.style !== 'rural' && colonia.style !== 'industrial')
    .flatMap((colonia): ContextFeature[] => {
      const ring = nearest(colonia.centre);
      if (!ring || ring === square || !inside(centroid(ring), colonia.polygon)) return [];
      return [{ class: 'park', name: `Jardín ${colonia.name}`, polygon: [ring] }];
    });
  return [
    { class: 'water', name: 'Río San Telmo', polygon: riverPolygon(plan) },
    { class: 'water', name: 'Presa El Sauz', polygon: [plan.reservoir] },
    ...plan.parks.map(({ name, ring }): ContextFeature => ({ class: 'park', name, polygon: [ring] })),
    ...(square ? [{ class: 'park', name: 'Plaza de Armas', polygon: [square] } as const] : []),
    ...gardens,
  ];
}
