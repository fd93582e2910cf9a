// A count beside the same a year before and the days just before; arrows only where chance does not explain them, and over a
// table with the false ones held together.

import { addMonths, monthOf, textOf } from '../calendar/days.ts';
import { comparedWith, periodBefore } from '../counts/before.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Breakdown } from '../engine/answers.ts';
import type { Period } from '../filter/contract.ts';
import { OPEN_DAY, type Plan, type Range } from '../filter/plan.ts';
import { sameSourcesSince } from '../filter/source-profile.ts';
import { expectedBand, WEEKS_USED } from '../meetings/expected-band.ts';
import { ARROW_LEVEL, offenceGroups } from '../meetings/table.ts';
import { normalTwoSided } from '../statistics/distributions.ts';
import { adjusted } from '../statistics/false-discoveries.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { BriefingVerdict, FigureData } from './contract.ts';

/** Of a single figure: |a − b| beyond twice its scatter, as chance brings in about one of twenty. */
const STANDS_OUT = 2;
const MOST_ROWS = 14;
const YEAR_DAYS = 364;

type Beside = Extract<FigureData, { kind: 'headline' }>['last'];
type DaysCount = NonNullable<Beside['before']>;

/** The same days of the year before; null without data of all of them, or with an open end. */
export function yearBefore(plan: Plan, { sources }: Pick<Snapshot, 'sources'>): Range | null {
  const { from, until } = plan.range;
  if (from <= -OPEN_DAY || until >= OPEN_DAY) return null;
  // Whole months beside whole months; other days beside those 52 weeks before, so that weekdays fall on weekdays.
  const isMonths = addMonths(from, monthOf(until) - monthOf(from)) === until && until > from;
  const earlier = isMonths
    ? { from: addMonths(from, -12), until: addMonths(until, -12) }
    : { from: from - YEAR_DAYS, until: until - YEAR_DAYS };
  return comparedWith(plan, plan.range, earlier, sources).range;
}

/** Variance ÷ mean of the weeks before, as far as they go back; 1 where they are too few to tell. */
async function dispersionOf({ answers, sources }: Snapshot, plan: Plan): Promise<number> {
  const { until } = plan.range;
  const first = until >= OPEN_DAY ? null : sameSourcesSince(plan, sources, until - 1);
  if (first === null) return 1;
  const count = Math.max(0, Math.min(WEEKS_USED, Math.floor((until - first) / 7)));
  const from = until - 7 * count;
  const { days } = await answers.byDay({ ...plan, range: { from, until } });
  const weeks = new Array<number>(count).fill(0);
  for (const [day, n] of days) weeks[Math.floor((day - from) / 7)]! += n;
  return expectedBand(weeks, 1)?.dispersion ?? 1;
}

const scatter = (count: number, before: number, dispersion: number) => Math.sqrt(dispersion * (count + before));

function verdictOf(count: number, before: DaysCount | null, dispersion: number): BriefingVerdict {
  if (before === null) return 'unknown';
  const spread = scatter(count, before.count, dispersion);
  if (Math.abs(count - before.count) <= STANDS_OUT * spread) return 'unclear';
  return count > before.count ? 'up' : 'down';
}

const told = (range: Range | null, count: number | undefined): DaysCount | null =>
  range && count !== undefined ? { from: textOf(range.from), until: textOf(range.until), count } : null;

/** `isWhole`: part of a period is held against nothing. */
export async function headlineOf(snapshot: Snapshot, plan: Plan, period: Period | null, isWhole: boolean) {
  const { answers, sources } = snapshot;
  const just = isWhole ? periodBefore(plan, period, sources).range : null;
  const year = isWhole ? yearBefore(plan, snapshot) : null;
  const [found, last, then, dispersion] = await Promise.all([
    answers.bySlot(plan),
    just && answers.byDay({ ...plan, range: just }),
    year && answers.byDay({ ...plan, range: year }),
    dispersionOf(snapshot, plan),
  ]);
  const beside = (before: DaysCount | null): Beside => ({
    count: found.matched,
    before,
    verdict: verdictOf(found.matched, before, dispersion),
  });
  return { found, last: beside(told(just, last?.matched)), year: beside(told(year, then?.matched)) };
}

type OffencesTold = Pick<Extract<FigureData, { kind: 'offences' }>, 'rows' | 'others' | 'all'> & {
  readonly found: Breakdown;
};

/** By the offence a commander speaks of, beside the same days of the year before. */
export async function offencesOf(
  taxonomy: Taxonomy,
  snapshot: Snapshot,
  plan: Plan,
  isWhole: boolean,
): Promise<OffencesTold> {
  const { answers } = snapshot;
  const year = isWhole ? yearBefore(plan, snapshot) : null;
  const [found, then] = await Promise.all([answers.bySlot(plan), year && answers.bySlot({ ...plan, range: year })]);
  const groups = offenceGroups(taxonomy, snapshot, plan);
  const sumOf = (ids: readonly number[], { offences }: Breakdown) =>
    ids.reduce((sum, id) => sum + (offences.get(id) ?? 0), 0);
  const ranked = groups
    .map(({ code, ids }) => ({ code, ids, count: sumOf(ids, found), earlier: then ? sumOf(ids, then) : 0 }))
    .filter((row) => row.count > 0 || row.earlier > 0)
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  const named = ranked.length > MOST_ROWS + 1 ? ranked.slice(0, MOST_ROWS) : ranked;
  const rest = ranked.slice(named.length);
  const spread = async (ids: readonly number[] | null) =>
    dispersionOf(snapshot, ids ? { ...plan, offenceIds: [...ids] } : plan);
  const before = (count: number) => (then ? told(year, count) : null);
  const row = async (ids: readonly number[] | null, count: number, earlier: number) => ({
    ...{ count, before: before(earlier), dispersion: await spread(ids) },
  });
  const all = await row(null, found.matched, then?.matched ?? 0);
  const shown = await Promise.all(
    named.map(async ({ code, ids, count, earlier }) => ({ code, ...(await row(ids, count, earlier)) })),
  );
  const sum = (value: (row: (typeof rest)[number]) => number) => rest.reduce((total, each) => total + value(each), 0);
  const others = rest.length
    ? [
        await row(
          rest.flatMap(({ ids }) => ids),
          sum(({ count }) => count),
          sum(({ earlier }) => earlier),
        ),
      ]
    : [];
  const tree = taxonomy.withChoices(snapshot.choices);
  const titleOf = (code: string, language: 'es' | 'en') =>
    tree.title(code, language, snapshot.offences.find((row) => row.code === code)?.labels[0]);
  const judged = judge([all, ...shown, ...others]);
  return {
    found,
    all: judged[0]!,
    rows: shown.map(({ code }, i) => ({
      ...judged[i + 1]!,
      ...{ code, titles: { es: titleOf(code, 'es'), en: titleOf(code, 'en') } },
    })),
    others: others.length ? judged.at(-1)! : null,
  };
}

/** Arrows of a table: the chances of all its rows adjusted together. */
export function judge(
  rows: readonly { readonly count: number; readonly before: DaysCount | null; readonly dispersion: number }[],
): Beside[] {
  const chances = adjusted(
    rows.map(({ count, before, dispersion }) => {
      const spread = before === null ? 0 : scatter(count, before.count, dispersion);
      return spread > 0 ? normalTwoSided((count - before!.count) / spread) : null;
    }),
  );
  return rows.map(({ count, before }, i) => {
    const chance = chances[i] ?? null;
    const verdict: BriefingVerdict =
      before === null || chance === null
        ? 'unknown'
        : chance > ARROW_LEVEL
          ? 'unclear'
          : count > before.count
            ? 'up'
            : 'down';
    return { count, before, verdict };
  });
}
