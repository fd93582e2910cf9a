// The table of a meeting: for each offence the week, the last 28 days and the year to date, beside the year before, the
// mean of three years and what chance would bring; arrows only as far as few of them are false over the whole table.

import { addMonths, type Day, monthStart, textOf, yearOf } from '../calendar/days.ts';
import { comparedWith } from '../counts/before.ts';
import type { Snapshot } from '../cube/store.ts';
import type { DayTally } from '../engine/answers.ts';
import type { Plan, Range } from '../filter/plan.ts';
import { sameSourcesSince, sourcesBehind, toldSince } from '../filter/source-profile.ts';
import { normalTwoSided } from '../statistics/distributions.ts';
import { adjusted } from '../statistics/false-discoveries.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { MeetingCell, MeetingRow } from './contract.ts';
import { chanceOfCount, type ExpectedBand, expectedBand, WEEKS_USED } from './expected-band.ts';

/** Rows of their own; what comes less often is told together. */
const MOST_ROWS = 12;
export const ARROW_LEVEL = 0.05;
const YEARS_MEANT = 3;
/** As many weeks as nearly make a year, so that weekdays fall on weekdays. */
const YEAR_DAYS = 364;
const WEEKS_OF_A_YEAR = 52;

type Group = { readonly code: string; readonly offences: readonly string[]; readonly ids: readonly number[] };
type Known = Pick<Snapshot, 'offences' | 'choices'>;

/** Leaves by the offence a commander speaks of: the third level of the tree, or the second where it has no third. */
export function offenceGroups(taxonomy: Taxonomy, { offences, choices }: Known, plan: Plan): Group[] {
  const tree = taxonomy.withChoices(choices);
  const asked = plan.offenceIds === null ? null : new Set(plan.offenceIds);
  const groups = new Map<string, { code: string; offences: string[]; ids: number[] }>();
  for (const { offenceId, code } of offences) {
    if (asked && !asked.has(offenceId)) continue;
    const fromRoot = [...tree.ancestors(code)].reverse();
    const named = fromRoot[2] ?? fromRoot[1] ?? fromRoot[0] ?? code;
    const group = groups.get(named) ?? { code: named, offences: [], ids: [] };
    group.offences.push(code);
    group.ids.push(offenceId);
    groups.set(named, group);
  }
  return [...groups.values()];
}

/** Incidents of each day, by day since the first of them. */
type Series = { readonly from: Day; readonly sums: Float64Array };

const within = ({ from, sums }: Series, range: Range): number => {
  const at = (day: Day) => sums[Math.min(Math.max(day - from, 0), sums.length - 1)]!;
  return at(range.until) - at(range.from);
};

function seriesFrom({ days }: DayTally, { from, until }: Range): Series {
  const sums = new Float64Array(Math.max(0, until - from) + 1);
  for (const [day, count] of days) if (day >= from && day < until) sums[day - from + 1]! += count;
  for (let i = 1; i < sums.length; i++) sums[i]! += sums[i - 1]!;
  return { from, sums };
}

export type TableAsked = {
  readonly taxonomy: Taxonomy;
  readonly snapshot: Snapshot;
  /** Its range is not looked at. */
  readonly plan: Plan;
  readonly monday: Day;
  /** Days of the week that the sources do not tell of yet. */
  readonly missingDays: number;
  readonly titleOf: (code: string) => string;
  readonly words: { readonly total: string; readonly other: string };
};

export async function tableOf(asked: TableAsked): Promise<MeetingRow[]> {
  const { taxonomy, snapshot, plan, monday } = asked;
  const until = monday + 7;
  const yearStart = monthStart((yearOf(until - 1) - 1970) * 12);
  const from = Math.min(addMonths(yearStart, -12 * YEARS_MEANT), until - (WEEKS_USED + 4) * 7, monday - 3 * YEAR_DAYS);
  const range = { from, until };
  const groups = offenceGroups(taxonomy, snapshot, plan);
  // Only those with a row of their own are asked for by day: a city knows many more kinds of offences.
  const lastYear = { from: until - WEEKS_OF_A_YEAR * 7, until };
  const [tally, { offences }] = await Promise.all([
    snapshot.answers.byDay({ ...plan, range }),
    snapshot.answers.bySlot({ ...plan, range: lastYear }),
  ]);
  const total = seriesFrom(tally, range);
  const ranked = groups
    .map((group) => ({ group, count: group.ids.reduce((sum, id) => sum + (offences.get(id) ?? 0), 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.group.code < b.group.code ? -1 : 1));
  const named = ranked.length > MOST_ROWS + 1 ? ranked.slice(0, MOST_ROWS) : ranked;
  const shown = await Promise.all(
    named.map(async ({ group }) => {
      const found = await snapshot.answers.byDay({ ...plan, range, offenceIds: [...group.ids] });
      return { group, series: seriesFrom(found, range) };
    }),
  );
  const cells = (series: Series) => cellsOf(asked, series, yearStart);
  const rows: (Omit<MeetingRow, 'week' | 'days28' | 'year'> & { series: Series })[] = [
    { of: 'total', title: asked.words.total, offences: [], series: total },
    ...shown.map(({ group, series }) => ({
      ...{ of: 'offence' as const, title: asked.titleOf(group.code), offences: group.offences, series },
    })),
  ];
  // What is left of the whole: also of what came in earlier years alone.
  const sums = total.sums.map((sum, day) => sum - shown.reduce((of, { series }) => of + series.sums[day]!, 0));
  if (sums.at(-1)! > 0) {
    const isShown = new Set(shown.map(({ group }) => group.code));
    const rest = groups.filter(({ code }) => !isShown.has(code));
    rows.push({
      ...{ of: 'other' as const, title: asked.words.other, offences: rest.flatMap((group) => group.offences) },
      series: { from, sums },
    });
  }
  return withArrows(rows.map(({ series, ...row }) => ({ ...row, ...cells(series) })));
}

/** A cell before the whole table is known, with how often chance brings as much. */
type Judged = Omit<MeetingCell, 'verdict'> & { readonly p: number | null; readonly isMore: boolean };
type JudgedRow = Omit<MeetingRow, 'week' | 'days28' | 'year'> & Readonly<Record<'week' | 'days28' | 'year', Judged>>;

function cellsOf({ plan, snapshot, monday, missingDays }: TableAsked, series: Series, yearStart: Day) {
  const until = monday + 7;
  const isComplete = missingDays === 0;
  const { sources } = snapshot;
  // Two days of a week are not held against seven of another, nor what one source tells against what two told.
  const behind = sourcesBehind(plan, sources, until - 1);
  const told = (range: Range, earlier: Range) =>
    isComplete &&
    behind.every(({ through }) => through < earlier.from) &&
    comparedWith(plan, range, earlier, sources).range !== null;
  const first = toldSince(plan, sources) ?? Number.POSITIVE_INFINITY;
  const alike = sameSourcesSince(plan, sources, until - 1) ?? Number.POSITIVE_INFINITY;
  const weeksTo = (end: Day): number[] => {
    const weeks: number[] = [];
    for (let start = end - 7; start >= Math.max(series.from, alike) && weeks.length < WEEKS_USED; start -= 7)
      weeks.unshift(within(series, { from: start, until: start + 7 }));
    return weeks;
  };
  const missingIn = (range: Range) => Math.max(0, Math.min(range.until, first) - range.from) + missingDays;
  const before = (range: Range, yearsBack: (years: number) => Range) => {
    const one = yearsBack(1);
    const three = [1, 2, 3].map(yearsBack);
    const isToldThrice = three.every((each) => told(range, each));
    return {
      lastYear: told(range, one) ? { ...textsOf(one), count: within(series, one) } : null,
      meanOfThree: isToldThrice ? three.reduce((sum, each) => sum + within(series, each), 0) / YEARS_MEANT : null,
    };
  };
  const ofWeeks = (span: number): Judged & { readonly made: ExpectedBand | null } => {
    const range = { from: until - 7 * span, until };
    const count = within(series, range);
    const made = isComplete ? expectedBand(weeksTo(range.from), span) : null;
    const shift = (years: number) => ({
      from: range.from - years * YEAR_DAYS,
      until: range.until - years * YEAR_DAYS,
    });
    return {
      ...textsOf(range),
      ...{ count, missingDays: missingIn(range) },
      ...before(range, shift),
      band: made && bandTold(made),
      p: made && chanceOfCount(count, made),
      isMore: made !== null && count > made.expected,
      made,
    };
  };
  const { made: _, ...week } = ofWeeks(1);
  const { made, ...days28 } = ofWeeks(4);
  const range = { from: yearStart, until };
  const count = within(series, range);
  const compared = before(range, (years) => ({
    from: addMonths(range.from, -12 * years),
    // By the last day: by the day after it a 28 February before a leap day would lose itself.
    until: addMonths(range.until - 1, -12 * years) + 1,
  }));
  const then = compared.lastYear?.count ?? null;
  const spread = then === null ? 0 : Math.sqrt((made?.dispersion ?? 1) * (count + then));
  const year: Judged = {
    ...textsOf(range),
    ...{ count, missingDays: missingIn(range) },
    ...compared,
    band: null,
    p: isComplete && spread > 0 ? normalTwoSided((count - then!) / spread) : null,
    isMore: then !== null && count > then,
  };
  return { week, days28, year };
}

const bandTold = ({ expected, low, high, season }: ExpectedBand): NonNullable<MeetingCell['band']> => ({
  ...{ expected: Math.round(expected * 10) / 10, low, high },
  season: season === null ? null : Math.round(season * 1000) / 1000,
});

const textsOf = ({ from, until }: Range) => ({ from: textOf(from), until: textOf(until) });

const PERIODS_TOLD = ['week', 'days28', 'year'] as const;

/** Arrows only where the chance, adjusted over every cell of the table, is at most the level. */
export function withArrows(rows: readonly JudgedRow[]): MeetingRow[] {
  const judged = adjusted(rows.flatMap((row) => PERIODS_TOLD.map((period) => row[period].p)));
  const cell = (row: number, period: number, { p: _, isMore, ...rest }: Judged): MeetingCell => {
    const chance = judged[row * PERIODS_TOLD.length + period];
    if (chance === null || chance === undefined) return { ...rest, verdict: 'unknown' };
    return { ...rest, verdict: chance > ARROW_LEVEL ? 'usual' : isMore ? 'up' : 'down' };
  };
  return rows.map((row, i) => ({
    ...row,
    week: cell(i, 0, row.week),
    days28: cell(i, 1, row.days28),
    year: cell(i, 2, row.year),
  }));
}
