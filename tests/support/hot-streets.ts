// Gi* of the streets of the demo city, whose neighbours are those that meet them at a junction, and those that meet these;
// and of cities in which nothing is hot.

import type { City } from '../../geodata/demo/city.ts';
import type { XY } from '../../geodata/demo/geometry.ts';
import { compute, type Hotspots } from '../../server/analysis/compute.ts';
import { ANALYSES } from '../../server/analysis/contract.ts';
import { meeting } from '../../server/statistics/contiguity.ts';
import type { Answer, HotClass } from '../../server/statistics/contract.ts';
import { classesOf } from '../../server/statistics/false-discoveries.ts';
import { localG } from '../../server/statistics/local-g.ts';
import { randomFrom, shuffle } from '../../server/statistics/random.ts';
import { skewedP } from '../../server/statistics/skewness.ts';
import { styled, type Weights, weightsOf } from '../../server/statistics/weights.ts';

type OnSegment = { readonly segment: number };
type Found = {
  readonly z: readonly (number | null)[];
  readonly classes: readonly HotClass[];
  /** By the normal distribution, as R has it. */
  readonly normalClasses: readonly HotClass[];
};

/** Two junctions away, as streets are compared unless told otherwise. */
export function aroundStreets({ segments }: City): Weights {
  const junctions = new Map<string, number>();
  const junction = (p: XY) => {
    const known = junctions.get(String(p)) ?? junctions.size;
    junctions.set(String(p), known);
    return known;
  };
  const ends = (at: 0 | -1) => segments.map(({ line }) => junction(line.at(at)!));
  return twoAway(meeting(ends(0), ends(-1)));
}

export function streetsOf(city: City): (rows: readonly OnSegment[]) => Found {
  const weights = styled(aroundStreets(city), 'B', true);
  return (rows) => {
    const counts = new Float64Array(city.segments.length);
    for (const { segment } of rows) counts[segment]!++;
    const found = localG(counts, weights, 'gi-star');
    if (found.reason !== null) throw new Error(found.reason);
    const classes = classesOf(found.z, skewedP(counts, weights, found.z), 'fdr-skew');
    return { z: found.z, classes, normalClasses: classesOf(found.z, found.p, 'fdr') };
  };
}

/** Of so many cities with these counts, dealt anew over their places, how many show a place that is hot or cold. */
export function showingByChance(counts: Float64Array, weights: Weights, cities: number) {
  const { style, correction, method, permutations, seed } = ANALYSES.hotspots.parse({ layer: 'any' });
  const random = randomFrom(cities);
  const places = Uint32Array.from(counts, (_, i) => i);
  const showing = { at95: 0, at90: 0 };
  for (let city = 0; city < cities; city++) {
    shuffle(places, random);
    const values = Float64Array.from(places, (i) => counts[i]!);
    const asked = { values, weights, style, correction, method, permutations, seed };
    const found = compute({ name: 'hotspots', of: asked }) as Answer<Hotspots>;
    if (found.reason !== null) throw new Error(found.reason);
    if (found.class.some((each) => Math.abs(each) >= 2)) showing.at95++;
    if (found.class.some((each) => each !== 0)) showing.at90++;
  }
  return showing;
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
