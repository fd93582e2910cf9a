// Matched incidents by weekday and hour, and the minutes that stand for "time not written down".

import { type Breakdown, HOURS, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import type { Filler } from '../filter/contract.ts';
import type { ClockAnswer } from './contract.ts';

/** Each matched incident is in one cell, or in `unknownDay` (only its month or quarter is known), or in `unknownHour`. */
export function clockOf({ slots, matched }: Breakdown, fillers: readonly Filler[]): Omit<ClockAnswer, 'dataVersion'> {
  const counts = Array.from({ length: UNKNOWN_WEEKDAY }, (_, weekday) =>
    Array.from(slots.subarray(weekday * HOURS, weekday * HOURS + UNKNOWN_HOUR)),
  );
  let unknownHour = 0;
  for (let weekday = 0; weekday < UNKNOWN_WEEKDAY; weekday++) unknownHour += slots[weekday * HOURS + UNKNOWN_HOUR]!;
  const unknownDay = slots.subarray(UNKNOWN_WEEKDAY * HOURS).reduce((sum, count) => sum + count, 0);
  return { counts, unknownHour, unknownDay, total: matched, filler: fillers };
}

/** Filler minutes of the sources asked for, over all their incidents whatever else is filtered. */
export function fillersTogether(
  sources: readonly { readonly sourceId: number; readonly fillers: readonly Filler[] }[],
  sourceIds: readonly number[],
): Filler[] {
  const sums = new Map<number, number>();
  for (const { sourceId, fillers } of sources) {
    if (!sourceIds.includes(sourceId)) continue;
    for (const { hour, minute, count } of fillers)
      sums.set(hour * 60 + minute, (sums.get(hour * 60 + minute) ?? 0) + count);
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([at, count]) => ({ hour: Math.floor(at / 60), minute: at % 60, count }));
}
