// The headline: how many, against the period before, and how the last 28 days went.

import type { Period } from '../incidents/contract.ts';
import type { Answers, LayerVersion, PlaceCounts } from './answers.ts';
import { type Before, comparedWith, periodBefore } from './before.ts';
import type { Compared, SummaryAnswer } from './contract.ts';
import { totalsOf } from './counts.ts';
import { type Day, textOf } from './days.ts';
import type { SourceInfo } from './facts.ts';
import { type Plan, type Range, rangeText } from './plan.ts';

const DAYS = 28;

/** Asks for the range, the one before, and the same of the last 28 complete days inside the range. */
export async function summaryOf(
  answers: Answers,
  plan: Plan,
  layer: LayerVersion,
  period: Period | null,
  through: Day | null,
  sources: readonly SourceInfo[],
): Promise<Omit<SummaryAnswer, 'dataVersion'>> {
  const count = (range: Range): Promise<PlaceCounts> => answers.byPlace({ ...plan, range }, layer);
  const compare = async (
    range: Range,
    { range: earlier, reason: previousReason }: Before,
  ): Promise<Compared & { found: PlaceCounts }> => {
    const [found, before] = await Promise.all([count(range), earlier && count(earlier)]);
    const previous = earlier &&
      before && { from: textOf(earlier.from), until: textOf(earlier.until), matched: before.matched };
    return { ...rangeText(range), matched: found.matched, previous, previousReason, found };
  };

  const last = lastDays(plan.range, through);
  const [{ found, ...whole }, recent] = await Promise.all([
    compare(plan.range, periodBefore(plan, period, sources)),
    last && compare(last, comparedWith(plan, last, { from: last.from - DAYS, until: last.from }, sources)),
  ]);
  let last28Days: SummaryAnswer['last28Days'] = null;
  if (recent) {
    const { found: recentFound, ...days } = recent;
    last28Days = { ...days, totals: totalsOf(recentFound) };
  }
  return {
    ...whole,
    totals: totalsOf(found),
    excluded: found.excluded,
    through: through === null ? null : textOf(through),
    last28Days,
  };
}

function lastDays(range: Range, through: Day | null): Range | null {
  if (through === null) return null;
  const until = Math.min(range.until, through + 1);
  const from = until - DAYS;
  return from >= range.from ? { from, until } : null;
}
