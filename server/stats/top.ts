// The places with most incidents, beside what they had in the period before.

import type { PlaceCounts } from './answers.ts';
import { MIN_PREVIOUS_FOR_CHANGE, type TopRow } from './contract.ts';
import type { Places } from './places.ts';
import { type Measure, rateOf } from './rates.ts';

/** Most incidents first, equal ones by id; places without incidents are left out. */
export function topOf(
  now: PlaceCounts,
  before: PlaceCounts | null,
  places: Places,
  measure: Measure,
  limit: number,
): TopRow[] {
  const ids: number[] = [];
  for (let id = 1; id < now.counts.length; id++) if (now.counts[id]! > 0) ids.push(id);
  ids.sort((a, b) => now.counts[b]! - now.counts[a]! || a - b);
  return ids.slice(0, limit).map((id) => {
    const count = now.counts[id]!;
    const previous = before?.counts[id] ?? 0;
    const crossings = places.crossings[id];
    return {
      id: String(id),
      code: places.codes[id]!,
      name: places.names[id]!,
      count,
      rate: rateOf(measure, id, count),
      previous,
      change: before ? changeOf(count, previous) : null,
      ...(crossings ? { crossings } : {}),
    };
  });
}

/** Percent, to one decimal; null when the earlier count is too small to divide by. */
export function changeOf(count: number, previous: number): number | null {
  if (previous < MIN_PREVIOUS_FOR_CHANGE) return null;
  return Math.round(((count - previous) / previous) * 1000) / 10;
}
