// Did it help, by harm: the same places and months compared in sums of weights, with the variance of such sums, the scatter
// and the fake measures found in them. Pure.

import { type Estimate, estimated } from '../statistics/displacement.ts';
import type { Unit } from './comparable.ts';
import { type HarmAnswer, LEAST_PLACEBOS } from './contract.ts';
import { differenceOf, displacedOf, type Pair, TOO_FEW, unitsIn, verdictOf, withScatter } from './evaluate.ts';
import type { HarmCounts, Weighed } from './harm-counts.ts';
import { scatterOf, standardised } from './scatter.ts';

export type HarmPlaces = {
  readonly harm: HarmCounts;
  readonly treated: readonly number[];
  readonly controls: readonly Unit[];
  readonly placebos: readonly Unit[];
  readonly ringOf: (places: readonly number[]) => readonly number[];
  /** How long before and after are. */
  readonly lengths: readonly [before: number, after: number];
};
export type HarmNumbers = Omit<HarmAnswer, 'source' | 'weights' | 'unused' | 'sentence'>;

/** As many times more or less harm than the treated place, to be a fake measure. */
const FAR = 5;

const sumOf = (of: Float64Array, places: readonly number[]) =>
  places.reduce((sum, place) => sum + (of[place + 1] ?? 0), 0);

export function evaluateHarm({ harm, treated, controls, placebos, ringOf, lengths: whole }: HarmPlaces): HarmNumbers {
  const lengths = [whole[0] / whole[1], 1] as const;
  const both = (which: keyof Weighed, places: readonly number[]) =>
    [sumOf(harm.before[which], places), sumOf(harm.after[which], places)] as const;
  const pairOf = (own: readonly number[], other: readonly number[], size: number): Pair => ({
    ...{ own: both('sums', own), other: both('sums', other), size },
    squares: { own: both('squares', own), other: both('squares', other) },
  });
  const levelled = (units: readonly Unit[]) =>
    units.map(({ places }): Unit => ({ places, level: sumOf(harm.matching.sums, places) }));
  const placesOf = (units: readonly Unit[]) => units.flatMap(({ places }) => places);
  const [ownLevel, compared] = [sumOf(harm.matching.sums, treated), levelled(controls)];
  const size = unitsIn(compared, ownLevel);
  const local = pairOf(treated, placesOf(compared), size || 1);
  const { before, after } = harm.withoutWeight;
  const told = {
    ...{ treated: local.own, control: null, effective: effectiveOf(local), local: null, ring: null, total: null },
    ...{ placebo: null, displaced: null, withoutWeight: [sumOf(before, treated), sumOf(after, treated)] as const },
  };
  if (size === 0) return { ...told, verdict: 'nothing-to-compare' };

  const like = levelled(placebos).filter(({ level }) => level * FAR >= ownLevel && level <= ownLevel * FAR);
  const fakes = like.flatMap((unit) => {
    const own = new Set(unit.places);
    const others = compared.filter(({ places }) => !places.some((place) => own.has(place)));
    const otherSize = unitsIn(others, unit.level);
    return otherSize > 0 ? [differenceOf(pairOf(unit.places, placesOf(others), otherSize), lengths)] : [];
  });
  const alpha = scatterOf(fakes);
  const change = differenceOf(local, lengths);
  const plain = (pair: Pair): Estimate => {
    const { difference, variance } = differenceOf(pair, lengths);
    return estimated(difference, variance);
  };
  const localEstimate = withScatter(plain(local), [{ alpha, mean: change.mean }]);

  const ringPlaces = ringOf(treated);
  const taken = new Set([...treated, ...ringPlaces]);
  const ringsOf = (units: readonly Unit[]) =>
    [...new Set(units.flatMap(({ places }) => ringOf(places)))].filter((place) => !taken.has(place));
  const otherRing = ringPlaces.length ? ringsOf(compared) : [];
  const level = (places: readonly number[]) => sumOf(harm.matching.sums, places);
  const [ringLevel, otherLevel] = [level(ringPlaces), level(otherRing)];
  const ring = ringLevel > 0 && otherLevel > 0 ? pairOf(ringPlaces, otherRing, otherLevel / ringLevel) : null;
  const fakeRings = ring
    ? like.flatMap(({ places }) => {
        const around = ringOf(places);
        const aroundLevel = level(around);
        return aroundLevel > 0 ? [differenceOf(pairOf(around, otherRing, otherLevel / aroundLevel), lengths)] : [];
      })
    : [];
  const ringAlpha = fakeRings.length >= LEAST_PLACEBOS ? scatterOf(fakeRings) : alpha;
  const ringMean = ring ? differenceOf(ring, lengths).mean : 0;
  const ringEstimate = ring && withScatter(plain(ring), [{ alpha: ringAlpha, mean: ringMean }]);
  const [a, b] = [plain(local), ring && plain(ring)];
  const total =
    b &&
    withScatter(estimated(a.estimate + b.estimate, a.variance + b.variance), [
      { alpha, mean: change.mean },
      { alpha: ringAlpha, mean: ringMean },
    ]);
  const z = fakes.map((each) => standardised(each, alpha));
  const ownZ = standardised(change, alpha);
  const asGood = z.filter((each) => each <= ownZ).length;
  return {
    ...told,
    control: [local.other[0] / size, local.other[1] / size],
    verdict: told.effective < TOO_FEW ? 'too-few' : verdictOf(localEstimate, z, ownZ),
    displaced: ringEstimate && displacedOf(localEstimate, ringEstimate),
    ...{ local: localEstimate, ring: ringEstimate, total },
    placebo: { places: z.length, asGood, p: (1 + asGood) / (1 + z.length) },
  };
}

/** Of a sum of weights: how many incidents of one weight would stray as much beside their number. */
function effectiveOf({ own, other, squares }: Pair): number {
  const cells = [...own, ...other].map((sum, i) => {
    const square = [...squares!.own, ...squares!.other][i]!;
    return square > 0 ? sum ** 2 / square : 0;
  });
  return Math.floor(Math.min(...cells) + 1e-9);
}
