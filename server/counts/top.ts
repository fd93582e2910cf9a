// The places with most incidents, beside what they had in the period before.

import type { PlaceCounts } from '../engine/answers.ts';
import type { RankedBy } from '../filter/contract.ts';
import type { Places } from '../filter/places.ts';
import { type DaysCompared, MIN_PREVIOUS_FOR_CHANGE, type TopRow } from './contract.ts';
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
  days: DaysCompared | null = null,
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
      change: previous === null ? null : changeOf(count, previous, days),
      ...(crossings ? { crossings } : {}),
    };
  });
}

/** Ids by descending count, then ascending id. */
function ranked(counts: Uint32Array, limit: number): number[] {
  return firstOf(placesIn(counts), limit, (a, b) => counts[b]! - counts[a]! || a - b);
}

function rankedByRate(counts: Uint32Array, measure: Measure, limit: number): number[] {
  const rates = Float64Array.from(counts, (count, id) => rateOf(measure, id, count) ?? -1);
  return firstOf(placesIn(counts), limit, (a, b) => rates[b]! - rates[a]! || counts[b]! - counts[a]! || a - b);
}

function placesIn(counts: Uint32Array): Uint32Array {
  const ids = new Uint32Array(counts.length);
  let found = 0;
  for (let id = 1; id < counts.length; id++) {
    ids[found] = id;
    found += +(counts[id]! > 0);
  }
  return ids.subarray(0, found);
}

/**
 * The first of them in order. Only what may be among these is sorted: cities have a hundred thousand segments, and a list
 * shows a few hundred.
 */
function firstOf(ids: Uint32Array, limit: number, compare: (a: number, b: number) => number): number[] {
  let best: number[] = [];
  let last: number | null = null;
  const cut = () => {
    best = best.sort(compare).slice(0, limit);
    last = best.length === limit ? (best.at(-1) ?? null) : null;
  };
  for (const id of ids) {
    if (last !== null && compare(id, last) > 0) continue;
    best.push(id);
    if (best.length >= 2 * limit) cut();
  }
  cut();
  return best;
}

/** Percent, to one decimal; by day where the periods have unequal days; null when the earlier count is too small to divide by. */
export function changeOf(count: number, previous: number, days: DaysCompared | null = null): number | null {
  if (previous < MIN_PREVIOUS_FOR_CHANGE) return null;
  const expected = days ? (previous * days.now) / days.before : previous;
  return Number.isFinite(expected) && expected > 0 ? Math.round(((count - expected) / expected) * 1000) / 10 : null;
}
