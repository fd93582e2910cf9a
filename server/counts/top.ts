// The places with most incidents, beside what they had in the period before.

import type { PlaceCounts } from '../engine/answers.ts';
import type { RankedBy } from '../filter/contract.ts';
import type { Places } from '../filter/places.ts';
import { MIN_PREVIOUS_FOR_CHANGE, type TopRow } from './contract.ts';
import { type Measure, rateOf } from './rates.ts';

/**
 * Most incidents first, or the highest rate, then those without a rate by their incidents; equal ones by id. Places
 * without incidents are left out. `before` null = nothing to compare with.
 */
export function topOf(
  now: PlaceCounts,
  before: PlaceCounts | null,
  places: Places,
  measure: Measure,
  limit: number,
  by: RankedBy = 'count',
): TopRow[] {
  const ids = by === 'rate' ? rankedByRate(now.counts, measure, limit) : ranked(now.counts, limit);
  return ids.map((id) => {
    const count = now.counts[id]!;
    const previous = before ? (before.counts[id] ?? 0) : null;
    const crossings = places.crossings[id];
    return {
      id: String(id),
      code: places.codes[id]!,
      name: places.names[id]!,
      count,
      rate: rateOf(measure, id, count),
      previous,
      change: previous === null ? null : changeOf(count, previous),
      ...(crossings ? { crossings } : {}),
    };
  });
}

/** More places than any layer has; counts below 2^26 keep the keys exact. */
const ID_SPAN = 2 ** 27;

/** Ids by descending count, then ascending id. Sorted as plain numbers: cities have a hundred thousand segments. */
function ranked(counts: Uint32Array, limit: number): number[] {
  const keys = new Float64Array(counts.length);
  for (let id = 1; id < counts.length; id++) keys[id] = counts[id]! > 0 ? counts[id]! * ID_SPAN - id : 0;
  keys.sort().reverse();
  const used = keys.indexOf(0); // place 0, at least
  return Array.from(keys.subarray(0, Math.min(limit, used)), (key) => ID_SPAN - (key % ID_SPAN));
}

function rankedByRate(counts: Uint32Array, measure: Measure, limit: number): number[] {
  const found: { id: number; count: number; rate: number }[] = [];
  counts.forEach((count, id) => {
    if (id > 0 && count > 0) found.push({ id, count, rate: rateOf(measure, id, count) ?? -1 });
  });
  found.sort((a, b) => b.rate - a.rate || b.count - a.count || a.id - b.id);
  return found.slice(0, limit).map(({ id }) => id);
}

/** Percent, to one decimal; null when the earlier count is too small to divide by. */
export function changeOf(count: number, previous: number): number | null {
  if (previous < MIN_PREVIOUS_FOR_CHANGE) return null;
  return Math.round(((count - previous) / previous) * 1000) / 10;
}
