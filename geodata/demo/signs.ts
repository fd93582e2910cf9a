// Puts up the street signs: every drawn line gets one name along its whole course.

import type { District } from './districts.ts';
import { joinPieces } from './join.ts';
import { signPainter } from './names.ts';
import type { RoadClass } from './plan.ts';
import type { Random } from './random.ts';
import type { Network } from './streets.ts';

export type NamedStreet = {
  readonly nodes: readonly number[];
  readonly class: RoadClass;
  readonly name: string | null;
};

export function nameStreets(network: Network, districts: readonly District[], random: Random): NamedStreet[] {
  const paint = signPainter(
    districts.map(({ style }) => style),
    random,
  );
  const names = new Map<number, string | null>();
  const streets: NamedStreet[] = [];
  for (const street of network.streets) {
    if (!names.has(street.line)) {
      if (street.name) names.set(street.line, street.name);
      else if (street.roundabout) names.set(street.line, paint.roundabout());
      else if (street.district === null) names.set(street.line, paint.great(street.class));
      else names.set(street.line, paint.local(street.district, street.class));
    }
    streets.push({ nodes: street.nodes, class: street.class, name: names.get(street.line)! });
  }
  return joinPieces(streets, network.nodes.length);
}
