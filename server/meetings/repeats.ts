// Burglaries, thefts of vehicles and the like that followed another near in place and time, this week: which belong
// together, and how many chance would have brought (pairs near in place × share of pairs near in time, Knox 1964).

import type { Day } from '../calendar/days.ts';
import { gridOf, type PlanarPoints } from '../statistics/neighbours.ts';
import { REPEAT_DAYS, REPEAT_METRES } from './contract.ts';

export type Points = PlanarPoints & { readonly day: ArrayLike<number> };

export type Found = {
  readonly followed: number;
  readonly expected: number;
  /** Indexes of what belongs together, those with the most first; each holds one that followed this week. */
  readonly series: readonly (readonly number[])[];
};

/** `points`: of the week from `monday` and of the eight weeks before it at least. */
export function repeatsIn({ x, y, day }: Points, monday: Day): Found {
  const count = day.length;
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const grid = gridOf({ x, y }, REPEAT_METRES);
  const follows = new Uint8Array(count);
  // Of each incident of the week: how many near it in place, and how likely a day of these is one that counts.
  const share = shareOfDays(day, monday);
  let expected = 0;
  for (let i = 0; i < count; i++) {
    if (day[i]! < monday - REPEAT_DAYS) continue;
    let near = 0;
    grid.near(x[i]!, y[i]!, REPEAT_METRES, (j) => {
      if (j === i || Math.hypot(x[i]! - x[j]!, y[i]! - y[j]!) > REPEAT_METRES) return;
      near++;
      const apart = day[i]! - day[j]!;
      if (apart < 0 || apart > REPEAT_DAYS || (apart === 0 && j > i)) return;
      parent[rootOf(i)] = rootOf(j);
      if (day[i]! >= monday) follows[i] = 1;
    });
    if (day[i]! >= monday) expected += 1 - (1 - share(day[i]!)) ** near;
  }
  const members = Map.groupBy(
    Array.from({ length: count }, (_, i) => i).filter((i) => day[i]! >= monday - 2 * REPEAT_DAYS),
    rootOf,
  );
  const series = [...members.values()]
    .filter((each) => each.some((i) => follows[i]))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  return { followed: follows.reduce((sum, each) => sum + each, 0), expected, series };
}

/** Which share of all days of incidents lies within the days before one. */
function shareOfDays(day: ArrayLike<number>, monday: Day): (of: Day) => number {
  const all = Array.from({ length: day.length }, (_, i) => day[i]!);
  const known = new Map<Day, number>();
  for (let of = monday; of < monday + 7; of++)
    known.set(of, all.filter((each) => each <= of && each >= of - REPEAT_DAYS).length / Math.max(1, all.length));
  return (of) => known.get(of) ?? 0;
}
