// Gi* of the streets of the demo city, whose neighbours are those that meet them at a junction.

import type { City } from '../../geodata/demo/city.ts';
import type { XY } from '../../geodata/demo/geometry.ts';
import { meeting } from '../../server/statistics/contiguity.ts';
import type { HotClass } from '../../server/statistics/contract.ts';
import { classesOf } from '../../server/statistics/false-discoveries.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { skewedP } from '../../server/statistics/skewness.ts';
import { styled } from '../../server/statistics/weights.ts';

type OnSegment = { readonly segment: number };
type Found = { readonly z: readonly (number | null)[]; readonly classes: readonly HotClass[] };

export function streetsOf({ segments }: City): (rows: readonly OnSegment[]) => Found {
  const junctions = new Map<string, number>();
  const junction = (p: XY) => {
    const known = junctions.get(String(p)) ?? junctions.size;
    junctions.set(String(p), known);
    return known;
  };
  const ends = (at: 0 | -1) => segments.map(({ line }) => junction(line.at(at)!));
  const weights = styled(meeting(ends(0), ends(-1)), 'B', true);
  return (rows) => {
    const counts = new Float64Array(segments.length);
    for (const { segment } of rows) counts[segment]!++;
    const found = localG(counts, weights, 'gi-star');
    if (found.reason !== null) throw new Error(found.reason);
    return { z: found.z, classes: classesOf(found.z, skewedP(counts, weights, found.z, true), 'fdr-skew') };
  };
}
