// A Filter made definite: days as integers, ids instead of codes, one verdict on every incident. Both engines (cube and
// SQL) answer plans, so what a filter means is decided here and nowhere else.

import { type Clock, throughTogether } from '../calendar/data-through.ts';
import { addMonths, type Day, dayOf, monthOf, monthStart, textOf, yearOf } from '../calendar/days.ts';
import type { Kind } from '../db/contract.ts';
import { BadInput } from '../errors.ts';
import type { Position } from '../geometry/contract.ts';
import { crossingsOf } from '../geometry/crossings.ts';
import { isUnconfirmed } from '../taxonomy/contract.ts';
import type { OffenceChoices, Taxonomy } from '../taxonomy/taxonomy.ts';
import type { Filter, Period } from './contract.ts';
import { type GroundCell, UNITS_PER_DEGREE } from './ground-cell.ts';

/** Half-open; an open end stands at ±OPEN_DAY, beyond every date PostgreSQL and this program can hold. */
export type Range = { readonly from: Day; readonly until: Day };
export const OPEN_DAY = 2_932_897;

export type PlanWithin =
  | { readonly type: 'place'; readonly layerId: number; readonly version: number; readonly placeId: number }
  | {
      readonly type: 'polygon';
      readonly xs: readonly number[];
      readonly ys: readonly number[];
      /** Each point counts as lying in the middle of its cell; unsaid: where it lies. */
      readonly cell?: GroundCell;
    };

/** The areas whoever asks is bound to. */
export type PlanScope = { readonly layerId: number; readonly version: number; readonly placeIds: readonly number[] };

/**
 * An incident matches when its source, offence and place are asked for, its whole date period lies in the range, and
 * its weekday and hour are asked for. One that could match but for what is not known of it is *excluded*, for the first
 * of these reasons that holds: only its month is known and the range holds part of that month (`partlyInRange`);
 * weekdays are asked for and only its month is known (`unknownDay`); hours are asked for and its hour is not known
 * (`unknownHour`). "Could match": at some weekday and hour that agree with what is known of it.
 */
export type Plan = {
  readonly range: Range;
  readonly sourceIds: readonly number[];
  /** Null = every offence. */
  readonly offenceIds: readonly number[] | null;
  /** `from` > `until` wraps over midnight. */
  readonly hours: { readonly from: number; readonly until: number } | null;
  /** ISO 1–7; empty = every day. */
  readonly weekdays: readonly number[];
  /** Hours after midnight of a wrapping range belong to the weekday the night began. */
  readonly byNight: boolean;
  readonly within: PlanWithin | null;
  /**
   * What has a point in no place of this layer version is left out: it is not of this municipality. Of the sources
   * `placed` so is what has no point, unless it is known by its words to be in one.
   */
  readonly inside: { readonly layerId: number; readonly version: number; readonly placed: readonly number[] } | null;
  /**
   * What lies in none of these areas, by its point or else by its words, is not there at all: neither matched nor excluded
   * nor left out. Null = whoever asks is bound to none.
   */
  readonly scope: PlanScope | null;
};

/** Every incident of these sources, whenever, whatever and wherever it was. */
export function everythingOf(sourceIds: readonly number[]): Plan {
  return {
    range: { from: -OPEN_DAY, until: OPEN_DAY },
    sourceIds,
    offenceIds: null,
    hours: null,
    weekdays: [],
    byNight: false,
    within: null,
    inside: null,
    scope: null,
  };
}

/** What a filter's codes stand for in one jurisdiction. */
export type PlanContext = {
  readonly sources: readonly ({
    readonly sourceId: number;
    readonly code: string;
    readonly kind: Kind;
  } & Clock)[];
  readonly offences: readonly { readonly offenceId: number; readonly code: string }[];
  readonly taxonomy: Pick<Taxonomy, 'subtree' | 'themeOffences' | 'withChoices'>;
  /** What people say labels are; none unless said. */
  readonly choices?: OffenceChoices;
};

/** Makes a filter definite, for whoever may see the whole jurisdiction; questions of viewers go by planFor. Throws BadInput naming the parameter for codes that do not exist. */
export function resolveFilter(
  filter: Filter,
  context: PlanContext,
  within: PlanWithin | null,
  inside: { readonly layerId: number; readonly version: number } | null = null,
): Plan {
  const sources = sourcesAsked(filter, context.sources);
  const idOf = (parameter: 'source' | 'placed', code: string) => {
    const source = context.sources.find((each) => each.code === code);
    if (!source) throw new BadInput(parameter, `no such source: ${code}`);
    return source.sourceId;
  };
  if (filter.source !== null) idOf('source', filter.source);
  const placed = filter.placed.map((code) => idOf('placed', code));
  const { hours, weekdays } = filter;
  return {
    range: rangeOf(filter, throughOf(filter, context.sources)),
    sourceIds: sources.map((source) => source.sourceId),
    offenceIds: offenceIdsOf(filter, context),
    hours,
    weekdays: weekdays.length === 7 ? [] : weekdays,
    byNight: filter.weekdayOf === 'shift' && hours !== null && hours.from > hours.until,
    within,
    inside: inside && { layerId: inside.layerId, version: inside.version, placed },
    scope: null,
  };
}

/** A ring drawn by hand crosses itself now and then; what a database makes of one costs by its crossings. */
export const MOST_CROSSINGS_DRAWN = 50;

/** A drawn ring in integer units. Throws BadInput for a tangle, which no database is asked about. */
export function polygonOf(ring: readonly Position[]): PlanWithin {
  const corners = ring.map(
    ([lon, lat]) => [Math.round(lon * UNITS_PER_DEGREE), Math.round(lat * UNITS_PER_DEGREE)] as const,
  );
  const { tangled, touches } = crossingsOf([[...corners, corners[0]!]], MOST_CROSSINGS_DRAWN);
  if (tangled || touches > MOST_CROSSINGS_DRAWN) {
    throw new BadInput('within', `the polygon crosses itself more than ${MOST_CROSSINGS_DRAWN} times`);
  }
  return { type: 'polygon', xs: corners.map(([x]) => x), ys: corners.map(([, y]) => y) };
}

/** The day up to which the sources a filter asks for are complete; null without data. */
export function throughOf(filter: Filter, sources: PlanContext['sources']): Day | null {
  return throughTogether(sourcesAsked(filter, sources));
}

function sourcesAsked(filter: Filter, sources: PlanContext['sources']): PlanContext['sources'] {
  return sources.filter(({ kind, code }) => kind === filter.kind && (filter.source === null || code === filter.source));
}

function rangeOf(filter: Filter, through: Day | null): Range {
  if (filter.period !== null) return through === null ? { from: 0, until: 0 } : periodTo(filter.period, through);
  return {
    from: filter.from === null ? -OPEN_DAY : dayOf(filter.from),
    until: filter.until === null ? OPEN_DAY : dayOf(filter.until),
  };
}

/** The period that ends with the day `through`, that day included. */
function periodTo(period: Period, through: Day): Range {
  const until = through + 1;
  switch (period) {
    case 'week':
      return { from: until - 7, until };
    case '28d':
      return { from: until - 28, until };
    case '12m':
      return { from: addMonths(until, -12), until };
    case 'ytd':
      return { from: monthStart((yearOf(through) - 1970) * 12), until };
  }
}

function offenceIdsOf(filter: Filter, { offences, taxonomy: lists, choices }: PlanContext): number[] | null {
  const taxonomy = choices ? lists.withChoices(choices) : lists;
  const codes = filter.theme === null ? filter.offences : taxonomy.themeOffences(filter.theme);
  if (codes.length === 0) {
    const counted = offences.filter((offence) => !isUnconfirmed(offence.code));
    return counted.length === offences.length ? null : counted.map((offence) => offence.offenceId);
  }
  const leaves = taxonomy.subtree(
    codes,
    offences.map((offence) => offence.code),
  );
  return offences.filter((offence) => leaves.has(offence.code)).map((offence) => offence.offenceId);
}

/** The dates of a range as the API gives them: null = open. */
export function rangeText({ from, until }: Range): { from: string | null; until: string | null } {
  return { from: from <= -OPEN_DAY ? null : textOf(from), until: until >= OPEN_DAY ? null : textOf(until) };
}

/**
 * The period a range is compared with; null when an end is open. Year to date: the same days a year earlier. A whole
 * number of months: as many months just before (so that incidents known by month only can be compared at all). Any
 * other range: as many days just before.
 */
export function previousRange({ from, until }: Range, period: Period | null): Range | null {
  if (from <= -OPEN_DAY || until >= OPEN_DAY) return null;
  if (period === 'ytd') return { from: addMonths(from, -12), until: addMonths(until, -12) };
  const months = monthOf(until) - monthOf(from);
  if (months > 0 && addMonths(from, months) === until) return { from: addMonths(from, -months), until: from };
  return { from: from - (until - from), until: from };
}
