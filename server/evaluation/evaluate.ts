// Did it help: the treated place against its controls by the weighted displacement difference, with the scatter of such
// places, and against fake measures at places and dates where there was none. Pure.

import { quotients, type Wdd, wdd } from '../statistics/displacement.ts';
import { type Comparable, countOf, countsIn, type MonthlyCounts, type Unit } from './comparable.ts';
import {
  type Displaced,
  type EvaluationAnswer,
  LEAST_PLACEBOS,
  type ScatteredEstimate,
  type Verdict,
} from './contract.ts';
import { type FakeChange, scatterOf, standardised } from './scatter.ts';
import { lengthOf, type Months } from './windows.ts';

export type ComparedPlaces = {
  readonly counts: MonthlyCounts;
  readonly treated: readonly number[];
  readonly comparable: Comparable;
  readonly controls: readonly Unit[];
  /** Places around some: none where it is not looked at. */
  readonly ringOf: (places: readonly number[]) => readonly number[];
  readonly before: Months;
  readonly after: Months;
  readonly matching: Months;
  /** Fake dates lie within these, and their months overlap none of `chosenBy`. */
  readonly known: Months;
  readonly noticed: number;
  readonly chosenBy: Months | null;
};
type Numbers = Pick<
  EvaluationAnswer,
  'counts' | 'local' | 'ring' | 'total' | 'quotients' | 'smallestDetectable' | 'scatter'
> & {
  readonly verdict: Verdict;
  readonly displaced: Displaced;
  readonly placebo:
    | (Omit<NonNullable<EvaluationAnswer['placebo']>, 'dates'> & { readonly dates: readonly FakeDate[] })
    | null;
  readonly ringPlaces: readonly number[];
};
export type FakeDate = {
  readonly from: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
};

const SURE = 1.959963984540054;
export const TOO_FEW = 20;
/** One-sided. */
const LEVEL = 0.025;

const NOT_SAID = {
  ...{ counts: null, local: null, ring: null, total: null, quotients: null, smallestDetectable: null, scatter: null },
  ...{ placebo: null, displaced: null },
} as const;

/** One sum of places against another, each before and after. */
export type Pair = {
  readonly own: readonly [number, number];
  readonly other: readonly [number, number];
  readonly size: number;
  /** Variances where they are not the counts themselves: those of weighed counts. */
  readonly squares?: { readonly own: readonly [number, number]; readonly other: readonly [number, number] };
};

export function evaluate(compared: ComparedPlaces): Numbers {
  const { counts, treated, controls, ringOf, before, after, matching, comparable } = compared;
  const ringPlaces = ringOf(treated);
  const lengths = [lengthOf(before) / lengthOf(after), 1] as const;
  const inBefore = countsIn(counts, before);
  const inAfter = countsIn(counts, after);
  const inMatching = countsIn(counts, matching);
  const both = (places: readonly number[]) => [inBefore(places), inAfter(places)] as const;
  const controlPlaces = controls.flatMap(({ places }) => places);
  const size = unitsIn(controls, comparable.treatedLevel);
  if (size === 0) return { ...NOT_SAID, verdict: 'nothing-to-compare', ringPlaces };
  const local: Pair = { own: both(treated), other: both(controlPlaces), size };

  // Around: the rings of the controls, brought to the level of the ring.
  const taken = new Set([...treated, ...ringPlaces]);
  const ringsOf = (units: readonly Unit[], without: ReadonlySet<number>) =>
    [...new Set(units.flatMap(({ places }) => ringOf(places)))].filter((place) => !without.has(place));
  const otherRing = ringPlaces.length ? ringsOf(controls, taken) : [];
  const ringLevel = inMatching(ringPlaces);
  const otherLevel = inMatching(otherRing);
  const ring: Pair | null =
    ringLevel > 0 && otherLevel > 0
      ? { own: both(ringPlaces), other: both(otherRing), size: otherLevel / ringLevel }
      : null;

  const usable = fakesOf(comparable.placebos, controls, both, lengths);
  const alpha = scatterOf(usable);
  const fakeRings = ring
    ? comparable.placebos.flatMap(({ places }) => {
        const around = ringOf(places);
        const level = inMatching(around);
        return level > 0
          ? [differenceOf({ own: both(around), other: ring.other, size: otherLevel / level }, lengths)]
          : [];
      })
    : [];
  const ringAlpha = fakeRings.length >= LEAST_PLACEBOS ? scatterOf(fakeRings) : alpha;

  const published = wdd(
    {
      ...{ treated: local.own, control: local.other },
      ...(ring && { displacement: ring.own, displacementControl: ring.other }),
    },
    {
      periods: lengths,
      areas: { treated: 1, control: size, displacement: 1, displacementControl: ring?.size ?? 1 },
    },
  );
  if (published.reason !== null) return { ...NOT_SAID, verdict: 'nothing-to-compare', ringPlaces };
  const own = differenceOf(local, lengths);
  const localEstimate = withScatter(published.local, [{ alpha, mean: own.mean }]);
  const ringMean = ring ? differenceOf(ring, lengths).mean : 0;
  const ringEstimate = ring && withScatter(published.displaced, [{ alpha: ringAlpha, mean: ringMean }]);
  const isSparse = [...local.own, ...local.other].some((count) => count < TOO_FEW);
  const z = usable.map((each) => standardised(each, alpha)).sort((a, b) => a - b);
  const ownZ = standardised(own, alpha);
  const asGood = z.filter((each) => each <= ownZ).length;
  const p = (1 + asGood) / (1 + z.length);
  const verdict = isSparse ? 'too-few' : verdictOf(localEstimate, z, ownZ);
  return {
    verdict,
    displaced: ringEstimate && displacedOf(localEstimate, ringEstimate),
    counts: {
      ...{ treated: local.own, control: local.other, controlSize: size },
      ...{ displacement: ring?.own ?? null, displacementControl: ring?.other ?? null },
      displacementControlSize: ring?.size ?? null,
    },
    local: localEstimate,
    ring: ringEstimate,
    total:
      ring &&
      withScatter(published.total, [
        { alpha, mean: own.mean },
        { alpha: ringAlpha, mean: ringMean },
      ]),
    quotients: quotients(
      { treated: local.own, control: local.other, ...(ring && { displacement: ring.own }) },
      lengths,
    ),
    smallestDetectable: detectable(local, lengths, alpha),
    scatter: Math.sqrt(alpha),
    placebo: { places: z.length, asGood, p, z, ownZ, dates: fakeDates(compared, local, controlPlaces, alpha) },
    ringPlaces,
  };
}

/** Beyond chance and scatter, and seldom so far off among the fake measures. */
export function verdictOf(
  { low, high }: ScatteredEstimate,
  z: readonly number[],
  ownZ: number,
): 'fell' | 'rose' | 'unclear' | 'nothing-to-compare' {
  if (z.length < LEAST_PLACEBOS) return 'nothing-to-compare';
  const chance = (asFar: (each: number) => boolean) => (1 + z.filter(asFar).length) / (1 + z.length);
  if (high < 0 && chance((each) => each <= ownZ) <= LEVEL) return 'fell';
  return low > 0 && chance((each) => each >= ownZ) <= LEVEL ? 'rose' : 'unclear';
}

/** Fake measures, each against the controls it is no part of: against itself nothing ever changes. */
function fakesOf(
  placebos: readonly Unit[],
  controls: readonly Unit[],
  both: (places: readonly number[]) => readonly [number, number],
  lengths: readonly [number, number],
): FakeChange[] {
  return placebos.flatMap((unit) => {
    const own = new Set(unit.places);
    const others = controls.filter(({ places }) => !places.some((place) => own.has(place)));
    const size = unitsIn(others, unit.level);
    if (size === 0) return [];
    return [
      differenceOf({ own: both(unit.places), other: both(others.flatMap(({ places }) => places)), size }, lengths),
    ];
  });
}

/** How many units of a level some others amount to. */
export const unitsIn = (units: readonly Unit[], level: number): number =>
  level > 0 ? units.reduce((sum, unit) => sum + unit.level, 0) / level : 0;

/** As `wdd` has it: each count by the length of its period and the size of its places. */
export function differenceOf({ own, other, size, squares }: Pair, [length]: readonly [number, number]): FakeChange {
  const { own: ownSquares, other: otherSquares } = squares ?? { own, other };
  return {
    difference: own[1] - own[0] / length - (other[1] - other[0] / length) / size,
    variance:
      ownSquares[1] + ownSquares[0] / length ** 2 + (otherSquares[1] + otherSquares[0] / length ** 2) / size ** 2,
    mean: (own[1] + own[0] / length) / 2,
  };
}

type Spread = { readonly alpha: number; readonly mean: number };

/**
 * The effects that would not be refused: of each the place is taken to have had, without it, so many more or fewer, and
 * its usual ups and downs are those of that count. So the end away from 0 lies farther off than the other.
 */
export function withScatter(
  { estimate, variance, se, z, low, high }: Wdd['local'],
  spreads: readonly [Spread, ...Spread[]],
): ScatteredEstimate {
  const [{ alpha, mean }, ...others] = spreads;
  const fixed = variance + others.reduce((sum, other) => sum + other.alpha * other.mean ** 2, 0);
  const whole = Math.sqrt(fixed + alpha * mean ** 2);
  const told = { estimate, poisson: { variance, se, z, low, high }, se: whole, z: whole > 0 ? estimate / whole : null };
  // (estimate − effect)² = sure² · (fixed + α·(mean − effect/2)²)
  const sure = SURE ** 2;
  const a = 1 - (sure * alpha) / 4;
  const b = -2 * estimate + sure * alpha * mean;
  const c = estimate ** 2 - sure * (fixed + alpha * mean ** 2);
  const root = Math.sqrt(b ** 2 - 4 * a * c);
  // Where places of the kind double and halve, every effect could be: at least the plain interval is given.
  if (!(a > 0.1) || Number.isNaN(root)) return { ...told, low: estimate - SURE * whole, high: estimate + SURE * whole };
  return { ...told, low: (-b - root) / (2 * a), high: (-b + root) / (2 * a) };
}

/** Around it nothing stands out only where less than half of what was won could have moved there unseen. */
export function displacedOf(local: ScatteredEstimate, ring: ScatteredEstimate): Displaced {
  if (ring.low > 0) return 'moved';
  if (ring.high < 0) return 'spread';
  return ring.high <= Math.abs(local.estimate) / 2 ? 'as-elsewhere' : 'unclear';
}

/** Had nothing changed but the length of the periods: what would just stand out. */
function detectable({ own, other, size }: Pair, [length]: readonly [number, number], alpha: number) {
  const expected = own[0] / length;
  const still = own[0] / length ** 2 + expected + (other[0] / length ** 2 + other[0] / length) / size ** 2;
  const drop = SURE * Math.sqrt(still + alpha * expected ** 2);
  return { drop, share: expected > 0 ? drop / expected : null };
}

/** The same place and controls, the measure at every month at which it, or what chose the place, was not. */
function fakeDates(
  { counts, treated, before, after, known, noticed, chosenBy }: ComparedPlaces,
  { size }: Pair,
  controls: readonly number[],
  alpha: number,
): FakeDate[] {
  const dates: FakeDate[] = [];
  const byMonth = (places: readonly number[]) => {
    const months = counts.months.map((_, i) =>
      countOf(counts, places, { from: counts.first + i, until: counts.first + i + 1 }),
    );
    return ({ from, until }: Months) =>
      months.slice(Math.max(0, from - counts.first), until - counts.first).reduce((sum, each) => sum + each, 0);
  };
  const [inTreated, inControls] = [byMonth(treated), byMonth(controls)];
  const back = after.from - before.from;
  const meets = (a: Months, b: Months | null) => b !== null && a.from < b.until && b.from < a.until;
  for (let from = known.from + back; from + lengthOf(after) <= noticed; from++) {
    const then = { from, until: from + lengthOf(after) };
    const at = { from: from - back, until: from - back + lengthOf(before) };
    if (meets(then, chosenBy) || meets(at, chosenBy) || at.until > then.from) continue;
    const pair = {
      own: [inTreated(at), inTreated(then)] as const,
      other: [inControls(at), inControls(then)] as const,
      size,
    };
    const { difference, variance, mean } = differenceOf(pair, [lengthOf(before) / lengthOf(after), 1]);
    const width = SURE * Math.sqrt(variance + alpha * mean ** 2);
    dates.push({ from, estimate: difference, low: difference - width, high: difference + width });
  }
  return dates;
}

/**
 * What could be seen, before there is an «after»: from the counts of «before», and from how places changed between two times
 * in which there was no measure. Without these the counts alone say it, which is too little.
 */
export function couldBeSeen(
  counts: MonthlyCounts,
  treated: readonly number[],
  comparable: Comparable,
  controls: readonly Unit[],
  before: Months,
  /** Between which the scatter of such places shows; null = it is not known. */
  times: readonly [Months, Months] | null,
  months: number,
): Pick<EvaluationAnswer, 'smallestDetectable' | 'scatter'> {
  const size = unitsIn(controls, comparable.treatedLevel);
  if (size === 0) return { smallestDetectable: null, scatter: null };
  const fakesBetween = ([first, second]: readonly [Months, Months]) =>
    fakesOf(
      ...([comparable.placebos, controls] as const),
      (places) => [countOf(counts, places, first), countOf(counts, places, second)] as const,
      [lengthOf(first) / lengthOf(second), 1],
    );
  const others = controls.flatMap(({ places }) => places);
  const alpha = times ? scatterOf(fakesBetween(times)) : 0;
  const inBefore = (places: readonly number[]) => [countOf(counts, places, before), 0] as const;
  const pair = { own: inBefore(treated), other: inBefore(others), size };
  return {
    smallestDetectable: detectable(pair, [lengthOf(before) / months, 1], alpha),
    scatter: times ? Math.sqrt(alpha) : null,
  };
}
