// Whether what is asked about happens at other hours than something else: another period, other offences, other places.

import type * as z from 'zod';
import type { SaidBeside } from '../analysis/contract.ts';
import { type AnalysisDeps, closedRange, comparedRanges, leftOutOfTimes } from '../analysis/values.ts';
import type { Asking } from '../counts/asking.ts';
import { BadInput } from '../errors.ts';
import { type Plan, rangeText } from '../filter/plan.ts';
import { againstEven, type ClockComparison, compareClocks } from '../statistics/clocks.ts';
import { type Counted, countedIn, hoursIn } from './cells-of-time.ts';
import type { ClocksAnswer, TIMINGS } from './contract.ts';

const REFERENCE = 'Pearson’s χ²; adjusted residuals, Haberman 1973, doi 10.2307/2529686; Benjamini & Hochberg 1995';

export async function answerClocks(
  _: AnalysisDeps,
  asking: Asking<z.output<(typeof TIMINGS)['clocks']>>,
): Promise<ClocksAnswer & Partial<SaidBeside>> {
  const { snapshot, plan, own, narrowed } = asking;
  const { unit, against, level } = own;
  const isOfPeriods = against === 'before' || against.includes('..');
  const ranges = isOfPeriods
    ? comparedRanges(asking, against === 'before' ? null : { text: against, parameter: 'against' })
    : null;
  const range = ranges?.later ?? plan.range;
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: { unit, against, level, ...rangeText(range), reference: REFERENCE },
    previousPeriod: ranges && (rangeText(ranges.earlier) as NonNullable<ClocksAnswer['previousPeriod']>),
  };
  const nothing = {
    ...{ first: [], second: [], unknownFirst: 0, unknownSecond: 0, chiSquared: null, degrees: null, p: null },
    ...{ residual: [], adjustedP: [], direction: [], sparse: 0 },
    hours: null,
  };
  if (against === 'even') {
    const range = closedRange(asking);
    if (!range) return { ...about, reason: 'empty', ...nothing, notPlaced: await leftOutOfTimes(asking, 0, []) };
    const { counts, unknown, excluded } = await countedIn(snapshot.answers, { ...plan, range }, unit);
    const said = againstEven(counts, hoursIn(range, plan, unit));
    const told = {
      ...{ ...about, parameters: { ...about.parameters, ...rangeText(range) } },
      notPlaced: await leftOutOfTimes(asking, excluded, [range]),
    };
    if (said.reason !== null) return { ...told, ...nothing, reason: unknown > 0 ? 'no-hours' : said.reason };
    const { expected, ...compared } = said;
    return {
      ...{ ...told, ...compared, first: expected, second: [...counts], unknownFirst: 0, unknownSecond: unknown },
      direction: directions(said, level),
      hours: null,
    };
  }
  const second = await countedIn(snapshot.answers, { ...plan, range }, unit);
  let first: Counted;
  const ofBoth = async (excluded: number) => ({
    notPlaced: await leftOutOfTimes(asking, excluded, ranges ? [range, ranges.earlier] : [range]),
  });
  let beside: Partial<SaidBeside> = {};
  if (ranges) first = await countedIn(snapshot.answers, { ...plan, range: ranges.earlier }, unit);
  else if (isOfPeriods)
    return { ...about, reason: 'no-earlier-period', ...nothing, ...(await ofBoth(second.excluded)) };
  else {
    const all = wholeOf(plan, against);
    // The others may hold what is not told so finely, though what is asked about does not.
    if (narrowed.leavesOut(all)) beside = { leavesOutSensitive: true };
    const whole = await countedIn(snapshot.answers, narrowed.narrow(all), unit);
    // What is asked about is part of the whole; the rest is the other.
    const counts = whole.counts.map((count, cell) => Math.max(0, count - second.counts[cell]!));
    const rest = (of: 'unknown' | 'excluded') => Math.max(0, whole[of] - second[of]);
    first = { counts, unknown: rest('unknown'), excluded: rest('excluded') };
  }
  // Two periods need not have as many Saturdays, or a 31st: what is compared is how much there was in the hours they had.
  const hours = ranges && {
    first: hoursIn(ranges.earlier, plan, unit),
    second: hoursIn(ranges.later, plan, unit),
  };
  const told = { ...about, ...beside, ...(await ofBoth(first.excluded + second.excluded)) };
  const said = compareClocks(first.counts, second.counts, hours);
  if (said.reason !== null) {
    const knowsNoHour = [first, second].some(
      ({ counts, unknown }) => unknown > 0 && counts.every((each) => each === 0),
    );
    return { ...told, reason: knowsNoHour ? 'no-hours' : said.reason, ...nothing };
  }
  const { chiSquared, degrees, p, residual, adjustedP, sparse } = said;
  return {
    ...{ ...told, reason: null, first: [...first.counts], second: [...second.counts] },
    ...{ unknownFirst: first.unknown, unknownSecond: second.unknown, chiSquared, degrees, p, residual, adjustedP },
    ...{ direction: directions(said, level), sparse },
    hours: hours && { first: [...hours.first], second: [...hours.second] },
  };
}

const directions = ({ adjustedP, residual }: ClockComparison, level: number) =>
  adjustedP.map((each, i) => (each !== null && each <= level ? (residual[i]! > 0 ? 'up' : 'down') : 'none'));

/** Throws BadInput where there is no rest: nothing was left out. */
function wholeOf(plan: Plan, against: string): Plan {
  if (against === 'other-offences') {
    if (plan.offenceIds === null) throw new BadInput('against', 'all offences are asked about: there are no others');
    return { ...plan, offenceIds: null };
  }
  if (plan.within === null) throw new BadInput('against', 'every place is asked about: there are no others');
  return { ...plan, within: null };
}
