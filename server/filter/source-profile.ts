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
