// Whether what is asked about happens at other hours than something else: another period, other offences, other places.

import type * as z from 'zod';
import { type AnalysisDeps, rangeIn } from '../analysis/values.ts';
import type { Asking } from '../counts/asking.ts';
import { periodBefore } from '../counts/before.ts';
import { type Breakdown, HOURS, SLOTS, UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { type Plan, rangeText } from '../filter/plan.ts';
import { compareClocks } from '../statistics/clocks.ts';
import type { ClocksAnswer, ClockUnit, TIMINGS } from './contract.ts';

const REFERENCE = 'Pearson’s χ²; adjusted residuals, Haberman 1973, doi 10.2307/2529686; Benjamini & Hochberg 1995';

export async function answerClocks(
  _: AnalysisDeps,
  asking: Asking<z.output<(typeof TIMINGS)['clocks']>>,
): Promise<ClocksAnswer> {
  const { snapshot, plan, filter, own, narrowed } = asking;
  const { unit, against, level } = own;
  const earlier =
    against === 'before'
      ? periodBefore(plan, filter.period, snapshot.sources).range
      : against.includes('..')
        ? rangeIn(against, 'against')
        : null;
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: { unit, against, level, ...rangeText(plan.range), reference: REFERENCE },
    previousPeriod: earlier && (rangeText(earlier) as NonNullable<ClocksAnswer['previousPeriod']>),
  };
  const nothing = {
    ...{ first: [], second: [], unknownFirst: 0, unknownSecond: 0, chiSquared: null, degrees: null, p: null },
    ...{ residual: [], adjustedP: [], direction: [], sparse: 0 },
  };
  const asked = await snapshot.answers.bySlot(plan);
  let other: Uint32Array;
  if (earlier) other = (await snapshot.answers.bySlot({ ...plan, range: earlier })).slots;
  else if (against === 'before') return { ...about, reason: 'no-earlier-period', ...nothing };
  else {
    const whole = await snapshot.answers.bySlot(narrowed.narrow(wholeOf(plan, against)));
    // What is asked about is part of the whole; the rest is the other.
    other = Uint32Array.from({ length: SLOTS }, (_, slot) => Math.max(0, whole.slots[slot]! - asked.slots[slot]!));
  }
  const [first, second] = [clockBy(unit, other), clockBy(unit, asked.slots)];
  const said = compareClocks(first.counts, second.counts);
  if (said.reason !== null) {
    const knowsNoHour = [first, second].some(
      ({ counts, unknown }) => unknown > 0 && counts.every((each) => each === 0),
    );
    return { ...about, reason: knowsNoHour ? 'no-hours' : said.reason, ...nothing };
  }
  const { chiSquared, degrees, p, residual, adjustedP, sparse } = said;
  return {
    ...{ ...about, reason: null, first: [...first.counts], second: [...second.counts] },
    ...{ unknownFirst: first.unknown, unknownSecond: second.unknown, chiSquared, degrees, p, residual, adjustedP },
    direction: adjustedP.map((each, i) =>
      each !== null && each <= level ? (residual[i]! > 0 ? 'up' : 'down') : 'none',
    ),
    sparse,
  };
}

/** Throws BadInput where there is no rest: nothing was left out. */
function wholeOf(plan: Plan, against: string): Plan {
  if (against === 'other-offences') {
    if (plan.offenceIds === null) throw new BadInput('against', 'all offences are asked about: there are no others');
    return { ...plan, offenceIds: null };
  }
  if (plan.within === null) throw new BadInput('against', 'every place is asked about: there are no others');
  return { ...plan, within: null };
}

function clockBy(
  unit: ClockUnit,
  slots: Breakdown['slots'],
): { readonly counts: Float64Array; readonly unknown: number } {
  const counts = new Float64Array(unit === 'hour' ? UNKNOWN_HOUR : unit === 'weekday' ? UNKNOWN_WEEKDAY : 168);
  let unknown = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const [weekday, hour] = [Math.floor(slot / HOURS), slot % HOURS];
    const isKnown = (unit === 'weekday' || hour !== UNKNOWN_HOUR) && weekday !== UNKNOWN_WEEKDAY;
    if (!isKnown) unknown += slots[slot]!;
    else counts[unit === 'hour' ? hour : unit === 'weekday' ? weekday : weekday * UNKNOWN_HOUR + hour]! += slots[slot]!;
  }
  return { counts, unknown };
}
