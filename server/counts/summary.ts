// The headline: how many, against the period before, and how the last 28 days went.

import { addMonths, type Day, monthOf, monthStart, textOf } from '../calendar/days.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Answers, PlaceCounts } from '../engine/answers.ts';
import type { Period } from '../filter/contract.ts';
import type { CountedLayer } from '../filter/places.ts';
import { type Plan, type Range, rangeText } from '../filter/plan.ts';
import type { SourceInfo } from '../filter/source-profile.ts';
import { type Before, comparedWith, daysCompared, periodBefore } from './before.ts';
import type { Compared, SummaryAnswer } from './contract.ts';
import { totalsOf } from './counts.ts';

const DAYS = 28;
const DAY = DATE_PRECISIONS.indexOf('day');
const MOST_MONTHS_LEFT_OUT = 0.02;

/** Without a layer nothing is outside. Asks for the range, the one before, and the same of what is recent inside the range. */
export async function summaryOf(
  answers: Answers,
  plan: Plan,
  layer: CountedLayer | null,
  period: Period | null,
  through: Day | null,
  sources: readonly SourceInfo[],
): Promise<Omit<SummaryAnswer, 'dataVersion'>> {
  const count = async (range: Range): Promise<PlaceCounts> => {
    if (layer) return answers.byPlace({ ...plan, range }, layer);
    const { slots: _, offences: __, ...tally } = await answers.bySlot({ ...plan, range });
    return { ...tally, counts: new Uint32Array(1) };
  };
  const compare = async (
    range: Range,
    { range: earlier, reason: previousReason }: Before,
  ): Promise<Compared & { found: PlaceCounts }> => {
    const [found, before] = await Promise.all([count(range), earlier && count(earlier)]);
    const days = earlier && daysCompared(plan, range, earlier);
    const previous = earlier &&
      before && {
        from: textOf(earlier.from),
        until: textOf(earlier.until),
        matched: before.matched,
        outside: before.counts[0]!,
        ...(days && { days }),
      };
    const { matched } = found;
    return { ...rangeText(range), matched, outside: found.counts[0]!, previous, previousReason, found };
  };

  const byMonth = tellsMonths(sources.filter(({ sourceId }) => plan.sourceIds.includes(sourceId)));
  const last = recentRange(plan.range, through, byMonth);
  const [{ found, ...whole }, recent] = await Promise.all([
    compare(plan.range, periodBefore(plan, period, sources)),
    last && compare(last.range, comparedWith(plan, last.range, last.before, sources)),
  ]);
  let told: SummaryAnswer['last28Days'] = null;
  if (recent) {
    const { found: recentFound, ...days } = recent;
    told = { ...days, totals: totalsOf(recentFound) };
  }
  return {
    ...whole,
    totals: totalsOf(found),
    excluded: found.excluded,
    through: through === null ? null : textOf(through),
    last28Days: byMonth ? null : told,
    lastMonth: byMonth ? told : null,
  };
}

/** Whether 28 days would leave out what is known by its month or quarter alone: a few such records among many do not matter. */
export function tellsMonths(sources: readonly Pick<SourceInfo, 'incidents' | 'precisions'>[]): boolean {
  const all = sources.reduce((sum, { incidents }) => sum + incidents, 0);
  const coarser = (precisions: readonly number[]) => precisions.slice(DAY + 1).reduce((sum, each) => sum + each, 0);
  const months = sources.reduce((sum, { precisions }) => sum + coarser(precisions), 0);
  return months > all * MOST_MONTHS_LEFT_OUT;
}

/** The last 28 complete days of a range, or its last complete month, and what they are compared with. */
export function recentRange(
  range: Range,
  through: Day | null,
  byMonth: boolean,
): { readonly range: Range; readonly before: Range } | null {
  if (through === null) return null;
  const end = Math.min(range.until, through + 1);
  const until = byMonth ? monthStart(monthOf(end)) : end;
  const back = (day: Day) => (byMonth ? addMonths(day, -1) : day - DAYS);
  const from = back(until);
  return from >= range.from ? { range: { from, until }, before: { from: back(from), until: from } } : null;
}
