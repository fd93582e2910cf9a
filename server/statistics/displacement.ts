// Did a measure help, and did crime move next door: the Weighted Displacement Difference with its variance (Wheeler &
// Ratcliffe 2018, doi 10.1186/s40163-018-0085-5; unequal times, areas and harm as Wheeler 2020–2021 and ptools), and
// the quotients of Bowers & Johnson 2003 and POP Tool Guide 10, appendix C.

import { type Answer, notSaid, said } from './contract.ts';
import { normalQuantile, normalTwoSided } from './distributions.ts';

/** Counts before and after. */
export type BeforeAfter = readonly [before: number, after: number];
export type CountedPlaces = {
  readonly treated: BeforeAfter;
  readonly control: BeforeAfter;
  /** Around the treated place; and the control for it. */
  readonly displacement?: BeforeAfter;
  readonly displacementControl?: BeforeAfter;
};
export type Unequal = {
  /** How long before and after were, in any unit. */
  readonly periods?: BeforeAfter;
  readonly areas?: {
    readonly treated: number;
    readonly control: number;
    readonly displacement?: number;
    readonly displacementControl?: number;
  };
};

export type Estimate = {
  readonly estimate: number;
  readonly variance: number;
  readonly se: number;
  /** Null where there is no variance: all counts are 0. */
  readonly z: number | null;
  readonly p: number | null;
  readonly low: number;
  readonly high: number;
};
export type Wdd = {
  /** Negative: fewer crimes than the controls lead to expect. */
  readonly total: Estimate;
  readonly local: Estimate;
  readonly displaced: Estimate;
  /** The smallest drop that would stand out, had nothing changed but the controls. */
  readonly smallestDetectable: number;
  /** Of the treated place's count before; null where that is 0. */
  readonly smallestDetectableShare: number | null;
  /** A count below 20 in treated or control: too few to know. */
  readonly isSparse: boolean;
};

const TOO_FEW = 20;

/** Each count is divided by the length of its period and the area of its place. */
export function wdd(places: CountedPlaces, { periods = [1, 1], areas }: Unequal = {}, level = 0.95): Answer<Wdd> {
  const none: BeforeAfter = [0, 0];
  const { treated, control, displacement = none, displacementControl = none } = places;
  if ([treated, control, displacement, displacementControl].flat().some((count) => count < 0))
    return notSaid('negative');
  const sizes = [periods[0], periods[1], areas?.treated ?? 1, areas?.control ?? 1];
  const rings = [areas?.displacement ?? 1, areas?.displacementControl ?? 1];
  if (![...sizes, ...rings].every((size) => size > 0)) return notSaid('no-denominator');
  const change = ([before, after]: BeforeAfter, area = 1) => ({
    difference: after / (periods[1] * area) - before / (periods[0] * area),
    variance: after / (periods[1] * area) ** 2 + before / (periods[0] * area) ** 2,
    still: before / (periods[0] * area) ** 2 + (before * periods[1]) / periods[0] / (periods[1] * area) ** 2,
  });
  const [t, c] = [change(treated, areas?.treated), change(control, areas?.control)];
  const [d, cd] = [change(displacement, areas?.displacement), change(displacementControl, areas?.displacementControl)];
  const local = estimated(t.difference - c.difference, t.variance + c.variance, level);
  const displaced = estimated(d.difference - cd.difference, d.variance + cd.variance, level);
  const total = estimated(
    local.estimate + displaced.estimate,
    t.variance + c.variance + d.variance + cd.variance,
    level,
  );
  const smallestDetectable = -normalQuantile((1 - level) / 2) * Math.sqrt(t.still + c.still + d.still + cd.still);
  const before = treated[0] / (periods[0] * (areas?.treated ?? 1));
  return said({
    ...{ total, local, displaced, smallestDetectable },
    smallestDetectableShare: before > 0 ? smallestDetectable / before : null,
    isSparse: [...treated, ...control].some((count) => count < TOO_FEW),
  });
}

export function estimated(estimate: number, variance: number, level = 0.95): Estimate {
  const se = Math.sqrt(variance);
  const width = -normalQuantile((1 - level) / 2) * se;
  const z = se > 0 ? estimate / se : null;
  return {
    ...{ estimate, variance, se, z, low: estimate - width, high: estimate + width },
    p: z === null ? null : normalTwoSided(z),
  };
}

/** Several kinds of crime as one sum, each weighed by its harm. */
export function wddOfHarm(kinds: readonly Estimate[], harm: readonly number[], level = 0.95): Answer<Estimate> {
  if (kinds.length === 0) return notSaid('empty');
  const sum = (value: (kind: Estimate, weight: number) => number) =>
    kinds.reduce((total, kind, i) => total + value(kind, harm[i]!), 0);
  return said(
    estimated(
      sum((kind, weight) => weight * kind.estimate),
      sum((kind, weight) => weight * weight * kind.variance),
      level,
    ),
  );
}

/**
 * The quotients, each with its own sign; null where a denominator is 0. Gross, net and total net effect are positive
 * for fewer crimes; the success and the buffer measure, like the WDD, negative. The WDQ only says something where the
 * success measure is negative: above 0 the gain spread, from 0 to −1 part of it moved, below −1 more moved than was
 * won.
 */
export type Quotients = {
  readonly grossEffect: number;
  readonly netEffect: number | null;
  readonly successMeasure: number | null;
  readonly bufferMeasure: number | null;
  readonly wdq: number | null;
  readonly totalNetEffect: number | null;
};

/** Of periods of unequal length: the gross effect is of as long as after; the others are the same whatever the lengths. */
export function quotients(
  { treated, control, displacement }: CountedPlaces,
  [long, short]: BeforeAfter = [1, 1],
): Quotients {
  const [t0, t1] = treated;
  const [c0, c1] = control;
  const hasControl = c0 > 0 && c1 > 0;
  const success = hasControl ? t1 / c1 - t0 / c0 : null;
  const buffer = hasControl && displacement ? displacement[1] / c1 - displacement[0] / c0 : null;
  const trend = c0 > 0 ? c1 / c0 : null;
  return {
    grossEffect: (t0 * short) / long - t1,
    netEffect: success === null ? null : -success || 0,
    successMeasure: success,
    bufferMeasure: buffer,
    wdq: buffer === null || success === null || success === 0 ? null : buffer / success,
    totalNetEffect:
      trend === null || !displacement ? null : t0 * trend - t1 + (displacement[0] * trend - displacement[1]),
  };
}
