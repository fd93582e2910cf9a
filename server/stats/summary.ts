// The headline: how many, against the period before, and how the last 28 days went.

import type { Period } from '../incidents/contract.ts';
import type { Answers, LayerVersion, PlaceCounts } from './answers.ts';
import type { Compared, SummaryAnswer } from './contract.ts';
import { totalsOf } from './counts.ts';
import { type Day, textOf } from './days.ts';
import { type Plan, previousRange, type Range, rangeText } from './plan.ts';

const DAYS = 28;

/** Asks for the range, the one before, and the same of the last 28 complete days inside the range. */
export async function summaryOf(
  answers: Answers,
  plan: Plan,
  layer: LayerVersion,
  period: Period | null,
  through: Day | null,
): Promise<Omit<SummaryAnswer, 'dataVersion'>> {
  const count = (range: Range): Promise<PlaceCounts> => answers.byPlace({ ...plan, range }, layer);
  const compared = async (range: Range, found: PlaceCounts, earlier: Range | null): Promise<Compared> => ({
    ...rangeText(range),
    matched: found.matched,
    previous: earlier && {
      from: textOf(earlier.from),
      until: textOf(earlier.until),
      matched: (await count(earlier)).matched,
    },
  });

  const { range } = plan;
  const found = await count(range);
  const last = lastDays(range, through);
  const lastFound = last && (await count(last));
  return {
    ...(await compared(range, found, previousRange(range, period))),
    totals: totalsOf(found),
    excluded: found.excluded,
    through: through === null ? null : textOf(through),
    last28Days:
      last && lastFound
        ? {
            ...(await compared(last, lastFound, { from: last.from - DAYS, until: last.from })),
            totals: totalsOf(lastFound),
          }
        : null,
  };
}

function lastDays(range: Range, through: Day | null): Range | null {
  if (through === null) return null;
  const until = Math.min(range.until, through + 1);
  const from = until - DAYS;
  return from >= range.from ? { from, until } : null;
}
