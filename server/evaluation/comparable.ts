// Places like the treated one: as many together, of a like level and course in the months of matching, neither it nor
// around it nor under another measure. The nearest by level are the controls; all of them serve as fake measures. Pure.

import { MOST_PLACEBOS } from './contract.ts';
import type { Months } from './windows.ts';

/** Counts by month: of each month, by place id from 1; [0] = no place. */
export type MonthlyCounts = { readonly first: number; readonly months: readonly ArrayLike<number>[] };

/** Some places together, numbered from 0. */
export type Unit = { readonly places: readonly number[]; readonly level: number };
export type Comparable = {
  readonly treatedLevel: number;
  readonly controls: readonly Unit[];
  readonly placebos: readonly Unit[];
  readonly levelsDiffer: boolean;
};

const PROPOSED = 20;
const LEAST_CONTROLS = 3;
/** As many times more or less than the treated place, to be a control, and to be a fake measure. */
const LIKE = 2.5;
const FAR = 5;
const MOST_SEEDS = 3000;
const MOST_SEEDED = 300_000;
/** How much a like course counts beside a like level. */
const COURSE = 0.25;

export function countOf({ first, months }: MonthlyCounts, places: readonly number[], { from, until }: Months): number {
  let sum = 0;
  for (let month = from; month < until; month++) {
    const counts = months[month - first];
    if (counts) for (const place of places) sum += counts[place + 1] ?? 0;
  }
  return sum;
}

/** The same of many places together, and of many such: each place is added up once. */
export function countsIn(counts: MonthlyCounts, window: Months): (places: readonly number[]) => number {
  const of = levels(counts, window, (counts.months[0]?.length ?? 1) - 1);
  return (places) => {
    let sum = 0;
    for (const place of places) sum += of[place] ?? 0;
    return sum;
  };
}

export function comparableTo(
  treated: readonly number[],
  counts: MonthlyCounts,
  matching: Months,
  {
    features,
    banned,
    cluster,
  }: {
    readonly features: number;
    readonly banned: ReadonlySet<number>;
    readonly cluster: (seed: number, size: number) => readonly number[];
  },
): Comparable {
  const middle = Math.ceil((matching.from + matching.until) / 2);
  const halves = [
    { from: matching.from, until: middle },
    { from: middle, until: matching.until },
  ] as const;
  const early = levels(counts, halves[0], features);
  const late = levels(counts, halves[1], features);
  const sum = (of: Float64Array, places: readonly number[]) => places.reduce((total, place) => total + of[place]!, 0);
  const course = (places: readonly number[]) => Math.log((sum(late, places) + 1) / (sum(early, places) + 1));
  const treatedLevel = sum(early, treated) + sum(late, treated);
  const ownCourse = course(treated);
  const found: (Unit & { readonly unlike: number })[] = [];
  if (treatedLevel > 0)
    for (const seed of seedsOf(features, treated.length, banned)) {
      const places = treated.length === 1 ? [seed] : cluster(seed, treated.length);
      if (places.length < treated.length || places.some((place) => banned.has(place))) continue;
      const level = sum(early, places) + sum(late, places);
      if (level * FAR < treatedLevel || level > treatedLevel * FAR) continue;
      const unlike = Math.abs(Math.log(level / treatedLevel)) + COURSE * Math.abs(course(places) - ownCourse);
      found.push({ places, level, unlike });
    }
  found.sort((a, b) => a.unlike - b.unlike || a.places[0]! - b.places[0]!);
  const placebos = apart(found);
  const like = placebos.filter(({ level }) => level * LIKE >= treatedLevel && level <= treatedLevel * LIKE);
  const levelsDiffer = like.length < LEAST_CONTROLS;
  return { treatedLevel, controls: (levelsDiffer ? placebos : like).slice(0, PROPOSED), placebos, levelsDiffer };
}

function levels({ first, months }: MonthlyCounts, { from, until }: Months, features: number): Float64Array {
  const of = new Float64Array(features);
  for (let month = from; month < until; month++) {
    const counts = months[month - first];
    if (counts) for (let place = 0; place < features; place++) of[place]! += counts[place + 1] ?? 0;
  }
  return of;
}

/** Every place, or of very many, where several belong together, some all over the list: fewer, the more belong together. */
function* seedsOf(features: number, size: number, banned: ReadonlySet<number>): Generator<number> {
  const step = size === 1 ? 1 : Math.max(1, Math.floor(features / Math.min(MOST_SEEDS, MOST_SEEDED / size)));
  for (let seed = 0; seed < features; seed += step) if (!banned.has(seed)) yield seed;
}

/** The most alike that share no place. */
function apart(units: readonly Unit[]): Unit[] {
  const taken = new Set<number>();
  const kept: Unit[] = [];
  for (const unit of units) {
    if (kept.length === MOST_PLACEBOS) break;
    if (unit.places.some((place) => taken.has(place))) continue;
    for (const place of unit.places) taken.add(place);
    kept.push({ places: unit.places, level: unit.level });
  }
  return kept;
}
