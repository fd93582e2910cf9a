// Gi* of the streets of the demo city, whose neighbours are those that meet them at a junction, and those that meet these.

import type { City } from '../../geodata/demo/city.ts';
import type { XY } from '../../geodata/demo/geometry.ts';
import { meeting } from '../../server/statistics/contiguity.ts';
import type { HotClass } from '../../server/statistics/contract.ts';
import { classesOf } from '../../server/statistics/false-discoveries.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { skewedP } from '../../server/statistics/skewness.ts';
import { styled, type Weights, weightsOf } from '../../server/statistics/weights.ts';

type OnSegment = { readonly segment: number };
type Found = {
  readonly z: readonly (number | null)[];
  readonly classes: readonly HotClass[];
  /** By the normal distribution, as R has it. */
  readonly normalClasses: readonly HotClass[];
};

export function streetsOf({ segments }: City): (rows: readonly OnSegment[]) => Found {
  const junctions = new Map<string, number>();
  const junction = (p: XY) => {
    const known = junctions.get(String(p)) ?? junctions.size;
    junctions.set(String(p), known);
    return known;
  };
  const ends = (at: 0 | -1) => segments.map(({ line }) => junction(line.at(at)!));
  const weights = styled(twoAway(meeting(ends(0), ends(-1))), 'B', true);
  return (rows) => {
    const counts = new Float64Array(segments.length);
    for (const { segment } of rows) counts[segment]!++;
    const found = localG(counts, weights, 'gi-star');
    if (found.reason !== null) throw new Error(found.reason);
    const classes = classesOf(found.z, skewedP(counts, weights, found.z), 'fdr-skew');
    return { z: found.z, classes, normalClasses: classesOf(found.z, found.p, 'fdr') };
  };
}

function twoAway({ count, start, to }: Weights): Weights {
  const near = (i: number) => [...to.subarray(start[i]!, start[i + 1]!)];
  const pairs = Array.from({ length: count }, (_, i) =>
    near(i).flatMap((j) => [j, ...near(j)].map((k) => [i, k] as const)),
  );
  return weightsOf(
    count,
    pairs.flat().filter(([i, k]) => i !== k),
  );
}
