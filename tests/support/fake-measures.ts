// Measures that never were: at the hottest places of the year before or at any, from several months on, each evaluated as the
// program does it; and how many of them would be called a success.

import { monthOf, monthStart } from '../../server/calendar/days.ts';
import { countOf, type MonthlyCounts } from '../../server/evaluation/comparable.ts';
import { compare } from '../../server/evaluation/compare.ts';
import type { Verdict } from '../../server/evaluation/contract.ts';
import { windowsOf } from '../../server/evaluation/windows.ts';

export type FakesAsked = {
  /** Every month there are data of. */
  readonly counts: MonthlyCounts;
  readonly places: number;
  /** The months the measures begin in; each goes on for a year, or as long as there are data. */
  readonly starts: readonly number[];
  readonly fakes: number;
  /** `hottest`: chosen by the year before, which is said; `any`: not chosen by figures, among those with twenty in that year. */
  readonly at: 'hottest' | 'any';
  /** Where something was done in truth. */
  readonly without?: ReadonlySet<number>;
};
export type FakesJudged = {
  readonly tried: number;
  readonly verdicts: ReadonlyMap<Verdict, number>;
  /** Of those of which anything is said at all: neither too few nor without comparison. */
  readonly said: number;
  readonly fell: number;
  readonly rose: number;
};

const A_YEAR = 12;
const ENOUGH = 20;

export function judgeFakes(asked: FakesAsked): FakesJudged {
  const { counts, places, starts, fakes } = asked;
  const end = counts.first + counts.months.length;
  const data = { from: monthStart(counts.first), until: monthStart(end) };
  const none = new Float64Array(places);
  const verdicts = new Map<Verdict, number>();
  let tried = 0;
  for (const [i, start] of starts.entries()) {
    const wanted = Math.ceil((fakes - tried) / (starts.length - i));
    for (const place of placesFor(asked, start, wanted)) {
      const year = { from: monthStart(start - A_YEAR), until: monthStart(start) };
      const selection = asked.at === 'hottest' ? year : null;
      const days = { from: monthStart(start), until: monthStart(Math.min(start + A_YEAR, end)) };
      const { before, after, matching } = windowsOf(days, selection, data);
      if (!before || !after || !matching) throw new Error('no months to compare with: begin later');
      const { numbers } = compare({
        ...{ counts, features: places, treated: [place], middles: { x: none, y: none }, around: null, others: [] },
        ...{ chosen: null, matching, before, after, harm: null, known: { from: counts.first, until: end } },
        ...{ noticed: start, chosenBy: selection && { from: monthOf(selection.from), until: start } },
      });
      verdicts.set(numbers!.verdict, (verdicts.get(numbers!.verdict) ?? 0) + 1);
      tried++;
    }
  }
  const of = (verdict: Verdict) => verdicts.get(verdict) ?? 0;
  const said = of('fell') + of('rose') + of('unclear');
  return { tried, verdicts, said, fell: of('fell'), rose: of('rose') };
}

/** The hottest of the year before, or some all over the list. */
function placesFor({ counts, places, at, without }: FakesAsked, start: number, wanted: number): readonly number[] {
  const year = { from: start - A_YEAR, until: start };
  const inYear = Array.from({ length: places }, (_, place) => countOf(counts, [place], year));
  const usable = inYear.flatMap((count, place) => (count >= ENOUGH && !without?.has(place) ? [place] : []));
  if (at === 'hottest') return usable.sort((a, b) => inYear[b]! - inYear[a]! || a - b).slice(0, wanted);
  const step = Math.max(1, Math.floor(usable.length / wanted));
  return usable.filter((_, i) => (i + start) % step === 0).slice(0, wanted);
}
