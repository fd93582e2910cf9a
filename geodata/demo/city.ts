// San Telmo del Río from a seed: plan, districts, streets, areas and green, before anything happens in it.

import { type Areas, buildAreas } from './areas.ts';
import { type ContextFeature, drawContext } from './context.ts';
import { divide } from './districts.ts';
import type { XY } from './geometry.ts';
import { drawPlan } from './plan.ts';
import { seeded } from './random.ts';
import { type Segment, splitStreets } from './segments.ts';
import { type NamedStreet, nameStreets } from './signs.ts';
import { buildNetwork } from './streets.ts';

export const COLONIAS = 120;

export type City = {
  readonly seed: number;
  readonly nodes: readonly XY[];
  readonly streets: readonly NamedStreet[];
  readonly segments: readonly Segment[];
  readonly areas: Areas;
  readonly context: readonly ContextFeature[];
};

export function buildCity(seed: number): City {
  const random = seeded(seed);
  const plan = drawPlan(random.fork('plan'));
  const { lines, districts, urban } = divide(plan, COLONIAS, random.fork('districts'));
  const network = buildNetwork(plan, lines, districts, urban, random.fork('streets'));
  const streets = nameStreets(network, districts, random.fork('signs'));
  const areas = buildAreas(network, districts, random.fork('areas'));
  return {
    seed,
    nodes: network.nodes,
    streets,
    segments: splitStreets(network.nodes, streets),
    areas,
    context: drawContext(plan, areas, network.nodes, streets),
  };
}
