// Counts per place, with totals in which every matched incident stands exactly once.

import type { PlaceCounts } from '../engine/answers.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { CountsAnswer, Totals } from './contract.ts';
import { type Measure, rateOf } from './rates.ts';

export function totalsOf({ matched, unlocated, withheld, counts }: PlaceCounts): Totals {
  const outside = counts[0]!;
  return { matched, mapped: matched - unlocated - withheld - outside, unlocated, outside, withheld };
}

/** Ids as they are told: a map, a list and a window that is dragged ask for the same ones over and over. */
const ID_TEXTS: string[] = [];
const textOfId = (id: number): string => {
  for (let next = ID_TEXTS.length; next <= id; next++) ID_TEXTS.push(String(next));
  return ID_TEXTS[id]!;
};

/** The places with incidents, by id. */
export function countsAnswer(
  dataVersion: number,
  layer: AskedLayer,
  found: PlaceCounts,
  measure: Measure,
  range: { readonly from: string | null; readonly until: string | null },
): CountsAnswer {
  const ids: string[] = [];
  const counts: number[] = [];
  const rates: (number | null)[] = [];
  for (let id = 1; id < found.counts.length; id++) {
    const count = found.counts[id]!;
    if (count === 0) continue;
    ids.push(textOfId(id));
    counts.push(count);
    if (measure) rates.push(rateOf(measure, id, count));
  }
  return {
    dataVersion,
    layer: layer.code,
    layerVersion: layer.version,
    ids,
    counts,
    rates: measure ? rates : null,
    rateUnit: layer.type === 'streets' ? 'perKm' : 'per100kResidents',
    denominator: measure?.unit === 'per100kResidents' ? measure.denominator : null,
    totals: totalsOf(found),
    excluded: found.excluded,
    ...range,
  };
}
