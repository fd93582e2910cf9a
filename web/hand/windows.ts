// Windows of time that move over the data: how long each is, how far it steps, and where it stands at each step.

import { addDays, addMonths, monthStart } from '../store/days.ts';

/** `days` or `months` of length, moved by `step` of the same unit. */
export type WindowKind = { readonly unit: 'days' | 'months'; readonly length: number; readonly step: number };

export const WINDOW_KINDS = {
  day: { unit: 'days', length: 1, step: 1 },
  week: { unit: 'days', length: 7, step: 1 },
  fourWeeks: { unit: 'days', length: 28, step: 7 },
  month: { unit: 'months', length: 1, step: 1 },
  quarter: { unit: 'months', length: 3, step: 1 },
  year: { unit: 'months', length: 12, step: 1 },
} as const satisfies Record<string, WindowKind>;
export type WindowName = keyof typeof WINDOW_KINDS;

/** Half-open, as everywhere. */
export type TimeWindow = { readonly from: string; readonly until: string };

/**
 * The windows that lie wholly within the days known, first to last, the last ending with them: at the last day for days, at
 * the last whole month for months. `until` = the day after the last one known to be complete.
 */
export function windowsOver(known: TimeWindow, { unit, length, step }: WindowKind): readonly TimeWindow[] {
  const add = unit === 'days' ? addDays : addMonths;
  const end = unit === 'days' ? known.until : monthStart(known.until);
  const first = unit === 'days' || known.from.endsWith('-01') ? known.from : addMonths(monthStart(known.from), 1);
  const found: TimeWindow[] = [];
  for (let k = 0; ; k++) {
    const until = add(end, -k * step);
    const from = add(until, -length);
    if (from < first) return found.reverse();
    found.push({ from, until });
  }
}

/** So many of them, evenly sampleOf, the first and the last among them. */
export function sampleOf<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!);
}
