// Burglaries, thefts of vehicles and the like that followed another near in place and time, this week: which belong
// together, and how many chance would have brought (pairs near in place × share of pairs near in time, Knox 1964).

import type { Day } from '../calendar/days.ts';
import { gridOf, type PlanarPoints } from '../statistics/neighbours.ts';
import { REPEAT_DAYS, REPEAT_METRES } from './contract.ts';

type Points = PlanarPoints & { readonly day: ArrayLike<number> };

type Found = {
  readonly followed: number;
  readonly expected: number;
  /** Indexes of what belongs together, those with the most first; the first of each followed the others this week. */
  readonly series: readonly (readonly number[])[];
};

/** `points`: of the week from `monday` and of the eight weeks before it at least, in order of their days. */
export function repeatsIn({ x, y, day }: Points, monday: Day): Found {
  const count = day.length;
  const grid = gridOf({ x, y }, REPEAT_METRES);
  const share = shareOfDays(day, monday);
  const followedBy = new Map<number, number[]>();
  let expected = 0;
  for (let i = 0; i < count; i++) {
    if (day[i]! < monday) continue;
    let near = 0;
    const before: number[] = [];
    grid.near(x[i]!, y[i]!, REPEAT_METRES, (j) => {
      if (j === i || Math.hypot(x[i]! - x[j]!, y[i]! - y[j]!) > REPEAT_METRES) return;
      near++;
      const apart = day[i]! - day[j]!;
      if (apart >= 0 && apart <= REPEAT_DAYS && (apart > 0 || j < i)) before.push(j);
    });
    if (before.length) followedBy.set(i, before);
    expected += 1 - (1 - share(day[i]!)) ** near;
  }
  return { followed: followedBy.size, expected, series: seriesOf(followedBy) };
}

/** One of this week with those before it that lie near: the largest first, each incident in one series. */
function seriesOf(followedBy: ReadonlyMap<number, readonly number[]>): number[][] {
  const taken = new Set<number>();
  const ranked = [...followedBy].sort(([a, before], [b, others]) => others.length - before.length || b - a);
  const series: number[][] = [];
  for (const [last, before] of ranked) {
    if (taken.has(last)) continue;
    const free = before.filter((each) => !taken.has(each));
    if (free.length === 0) continue;
    for (const each of [last, ...free]) taken.add(each);
    series.push([last, ...free]);
  }
  return series.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

/** Which share of all days of incidents lies within the days before one. */
function shareOfDays(day: ArrayLike<number>, monday: Day): (of: Day) => number {
  const all = Array.from({ length: day.length }, (_, i) => day[i]!);
  const known = new Map<Day, number>();
  for (let of = monday; of < monday + 7; of++)
    known.set(of, all.filter((each) => each <= of && each >= of - REPEAT_DAYS).length / Math.max(1, all.length));
  return (of) => known.get(of) ?? 0;
}
