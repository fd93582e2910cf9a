// What is known of each source whatever the filter: how its incidents spread over the days, how exact its times are,
// and which minutes are written for want of a time.

import { type DayCounts, dataSince, dataThrough } from '../calendar/data-through.ts';
import { type Day, dayOf, monthOf, monthStart, quarterOf } from '../calendar/days.ts';
import { DATE_PRECISIONS, type DatePrecision } from '../db/contract.ts';
import type { CatalogueSource } from './catalogue.ts';
import type { Filler } from './contract.ts';

export type SourceFacts = {
  readonly sourceId: number;
  readonly incidents: number;
  readonly days: DayCounts;
  /** Incidents by index in DATE_PRECISIONS. */
  readonly precisions: readonly number[];
  readonly fillers: readonly Filler[];
};

/** A source with its facts and the day up to which it is complete. */
export type SourceInfo = CatalogueSource & Profile;
type Profile = {
  readonly incidents: number;
  readonly precisions: readonly number[];
  readonly fillers: readonly Filler[];
  readonly firstDay: Day | null;
  /** Of a month or quarter known as such, its last. */
  readonly lastDay: Day | null;
  /** The day from which on it tells of all there is: what lies before are stray records. */
  readonly since: Day | null;
  readonly through: Day | null;
  readonly days: DayCounts;
};

/** Joins what a source says of itself with what its incidents say; what was declared on import goes first. */
export function describeSources<S extends Pick<CatalogueSource, 'sourceId' | 'live' | 'declaredThrough'>>(
  sources: readonly S[],
  facts: readonly SourceFacts[],
): (S & Profile)[] {
  return sources.map((source) => {
    const found = facts.find(({ sourceId }) => sourceId === source.sourceId);
    const days: DayCounts = found?.days ?? { days: [], counts: [] };
    return {
      ...source,
      incidents: found?.incidents ?? 0,
      precisions: found?.precisions ?? DATE_PRECISIONS.map(() => 0),
      fillers: found?.fillers ?? [],
      firstDay: days.days[0] ?? null,
      lastDay: lastDayOf(days, found?.precisions ?? []),
      days,
      since: dataSince(days),
      through: source.declaredThrough === null ? dataThrough(days, source.live) : dayOf(source.declaredThrough),
    };
  });
}

/** The first day from which on each source of a plan that has incidents tells of all there is; null without any. */
export function toldSince(
  { sourceIds }: { readonly sourceIds: readonly number[] },
  sources: readonly Pick<SourceInfo, 'sourceId' | 'since'>[],
): Day | null {
  const days = sources.flatMap(({ sourceId, since }) =>
    sourceIds.includes(sourceId) && since !== null ? [since] : [],
  );
  return days.length ? Math.max(...days) : null;
}

/** Where so many records of a source should have been and none is, they are not there: by chance it is once in 20,000 times. */
export const EXPECTED_IN_A_GAP = 10;
/** Whatever has told nothing for longer than a quarter takes is not waited for. */
const AWAITED_DAYS = 92;
const YEAR_DAYS = 364;

type Told = Pick<SourceInfo, 'sourceId' | 'through' | 'days'>;
type Asked = { readonly sourceIds: readonly number[] };

/**
 * Sources of a plan that do not tell of all days up to one: a monthly file beside a feed, or a source that ended. Counted
 * together with the others, their silence reads as a fall. `isAwaited`: it ended so lately that more may come.
 */
export function sourcesBehind<S extends Told>(
  { sourceIds }: Asked,
  sources: readonly S[],
  day: Day,
): { readonly source: S; readonly through: Day; readonly isAwaited: boolean }[] {
  return sources.flatMap((source) => {
    const { through } = source;
    if (!sourceIds.includes(source.sourceId) || through === null || through >= day) return [];
    if ((day - through) * perDayUpTo(source.days, through) < EXPECTED_IN_A_GAP) return [];
    return [{ source, through, isAwaited: day - through <= AWAITED_DAYS }];
  });
}

/** In the year that ends with a day, or in what there is of it. */
function perDayUpTo({ days, counts }: DayCounts, through: Day): number {
  const first = Math.max(days[0] ?? through, through - YEAR_DAYS + 1);
  const sum = counts.reduce((all, count, i) => (days[i]! >= first && days[i]! <= through ? all + count : all), 0);
  return sum / (through - first + 1);
}

/** Of `through`, the last day that all those tell of which are still waited for. */
export function toldByAll(plan: Asked, sources: readonly Told[], through: Day): Day {
  const awaited = sourcesBehind(plan, sources, through).filter(({ isAwaited }) => isAwaited);
  return Math.min(through, ...awaited.map((each) => each.through));
}

/** The first day from which up to another the same sources tell of all there is; null without any. */
export function sameSourcesSince(
  plan: Asked,
  sources: readonly (Told & Pick<SourceInfo, 'since'>)[],
  day: Day,
): Day | null {
  const since = toldSince(plan, sources);
  return since === null
    ? null
    : Math.max(since, ...sourcesBehind(plan, sources, day).map(({ through }) => through + 1));
}

/** Incidents known by month or quarter only stand at its first day and may have been on any day of it. */
export function lastDayOf({ days }: DayCounts, precisions: readonly number[]): Day | null {
  const last = days.at(-1);
  if (last === undefined) return null;
  const { from, until } = periodAt(last, precisions);
  return last === from ? until - 1 : last;
}

/**
 * The days that what stands at this one may have been on. Of a source that tells some by month and others by quarter
 * nothing is said beyond the month.
 */
export function periodAt(day: Day, precisions: readonly number[]): { readonly from: Day; readonly until: Day } {
  const tells = (precision: DatePrecision) => (precisions[DATE_PRECISIONS.indexOf(precision)] ?? 0) > 0;
  const month = monthOf(day);
  if (tells('month')) return { from: monthStart(month), until: monthStart(month + 1) };
  if (!tells('quarter')) return { from: day, until: day + 1 };
  return { from: monthStart(quarterOf(month)), until: monthStart(quarterOf(month) + 3) };
}

/** Facts after some incidents came and some went; filler minutes are those of before. */
export function changedFacts(
  before: readonly SourceFacts[],
  added: readonly SourceFacts[],
  ended: readonly SourceFacts[],
): SourceFacts[] {
  const ids = new Set([...before, ...added].map(({ sourceId }) => sourceId));
  const of = (facts: readonly SourceFacts[], id: number) => facts.find(({ sourceId }) => sourceId === id);
  return [...ids].map((sourceId) => {
    const [was, plus, minus] = [of(before, sourceId), of(added, sourceId), of(ended, sourceId)];
    const days = new Map<number, number>();
    for (const [facts, sign] of [
      [was, 1],
      [plus, 1],
      [minus, -1],
    ] as const) {
      facts?.days.days.forEach((day, i) => void days.set(day, (days.get(day) ?? 0) + sign * facts.days.counts[i]!));
    }
    const inOrder = [...days].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
    return {
      sourceId,
      incidents: (was?.incidents ?? 0) + (plus?.incidents ?? 0) - (minus?.incidents ?? 0),
      days: { days: inOrder.map(([day]) => day), counts: inOrder.map(([, count]) => count) },
      precisions: DATE_PRECISIONS.map(
        (_, i) => (was?.precisions[i] ?? 0) + (plus?.precisions[i] ?? 0) - (minus?.precisions[i] ?? 0),
      ),
      fillers: was?.fillers ?? plus?.fillers ?? [],
    };
  });
}

const MINUTES = 1440;
const TIMES_THE_NEIGHBOURS = 3;
/** Below this many incidents in one minute a peak may be chance. */
const MIN_FILLER_INCIDENTS = 30;

/** Minutes of the day that hold more than three times the same minute of either hour beside them. */
export function fillersOf(perMinute: ArrayLike<number>): Filler[] {
  const fillers: Filler[] = [];
  for (let at = 0; at < MINUTES; at++) {
    const count = perMinute[at] ?? 0;
    const before = perMinute[(at + MINUTES - 60) % MINUTES] ?? 0;
    const after = perMinute[(at + 60) % MINUTES] ?? 0;
    if (count >= MIN_FILLER_INCIDENTS && count > TIMES_THE_NEIGHBOURS * Math.max(before, after)) {
      fillers.push({ hour: Math.floor(at / 60), minute: at % 60, count });
    }
  }
  return fillers;
}

/** Collects the facts of all sources while their incidents are read in any order. */
export function collectFacts() {
  const sources = new Map<number, { days: Map<number, number>; minutes: Uint32Array; precisions: number[] }>();
  const of = (sourceId: number) => {
    let facts = sources.get(sourceId);
    if (!facts) {
      facts = { days: new Map(), minutes: new Uint32Array(MINUTES), precisions: DATE_PRECISIONS.map(() => 0) };
      sources.set(sourceId, facts);
    }
    return facts;
  };
  return {
    addDay(sourceId: number, day: number, count: number): void {
      const { days } = of(sourceId);
      days.set(day, (days.get(day) ?? 0) + count);
    },
    addMinute(sourceId: number, minuteOfDay: number, count: number): void {
      of(sourceId).minutes[minuteOfDay]! += count;
    },
    addPrecision(sourceId: number, precision: number, count: number): void {
      of(sourceId).precisions[precision]! += count;
    },
    facts(): SourceFacts[] {
      return [...sources]
        .sort(([a], [b]) => a - b)
        .map(([sourceId, { days, minutes, precisions }]) => {
          const inOrder = [...days].sort(([a], [b]) => a - b);
          return {
            sourceId,
            incidents: inOrder.reduce((sum, [, count]) => sum + count, 0),
            days: { days: inOrder.map(([day]) => day), counts: inOrder.map(([, count]) => count) },
            precisions,
            fillers: fillersOf(minutes),
          };
        });
    },
  };
}
