// All that is computed of an evaluation once its counts, months and places are known: the places like it, and the numbers.
// Pure; it runs in a thread of its own, as it looks at the surroundings of hundreds of fake measures.

import { type Comparable, comparableTo, countOf, type MonthlyCounts, type Unit } from './comparable.ts';
import { couldBeSeen, evaluate } from './evaluate.ts';
import { evaluateHarm, type HarmNumbers } from './evaluate-harm.ts';
import type { HarmCounts } from './harm-counts.ts';
import { openNear, type PlaceMiddles } from './near.ts';
import { lengthOf, type Months } from './windows.ts';

/** Around streets those whose middle is so near, around areas those that touch them. */
export type Around =
  | { readonly metres: number }
  | { readonly start: ArrayLike<number>; readonly to: ArrayLike<number> }
  | null;

export type CompareAsked = {
  readonly counts: MonthlyCounts;
  readonly treated: readonly number[];
  readonly features: number;
  readonly middles: PlaceMiddles;
  readonly around: Around;
  /** Places of other measures: no controls, and no fake measures. */
  readonly others: readonly number[];
  /** Controls chosen by hand; null = those most alike. */
  readonly chosen: readonly number[] | null;
  readonly matching: Months;
  readonly before: Months;
  /** Null = it has not begun: what could be seen is told, of so many months. */
  readonly after: Months | null;
  readonly known: Months;
  readonly noticed: number;
  readonly chosenBy: Months | null;
  /** Null where nothing is weighed. */
  readonly harm: HarmCounts | null;
};
export type CompareAnswer = {
  readonly comparable: Pick<Comparable, 'treatedLevel' | 'levelsDiffer'>;
  readonly controls: readonly Unit[];
  /** Places like it that are no controls, the most alike first. */
  readonly alike: readonly number[];
  readonly ringPlaces: readonly number[];
  readonly numbers: ReturnType<typeof evaluate> | null;
  readonly seen: ReturnType<typeof couldBeSeen> | null;
  readonly harm: HarmNumbers | null;
};

/** Months that a measure that has not begun is taken to last. */
const A_YEAR = 12;

export function compare(asked: CompareAsked): CompareAnswer {
  const { counts, treated, features, others, chosen, matching, before, after, known } = asked;
  const near = openNear(asked.middles);
  const ringOf = remembered(ringsBy(asked.around, near.within));
  const ringPlaces = ringOf(treated);
  const comparable = comparableTo(treated, counts, matching, {
    ...{ features, banned: new Set([...treated, ...ringPlaces, ...others]), cluster: near.cluster },
  });
  const controls =
    chosen?.map((place): Unit => ({ places: [place], level: countOf(counts, [place], matching) })) ??
    comparable.controls;
  const { treatedLevel, levelsDiffer } = comparable;
  const used = new Set(controls.flatMap(({ places }) => places));
  const alike = comparable.placebos.flatMap(({ places }) => places).filter((place) => !used.has(place));
  const about = { comparable: { treatedLevel, levelsDiffer }, controls, alike, ringPlaces };
  if (!after) {
    const seen = couldBeSeen(counts, treated, comparable, controls, before, pairOfTimes(before, known), A_YEAR);
    return { ...about, numbers: null, seen, harm: null };
  }
  const { noticed, chosenBy } = asked;
  const places = { counts, treated, comparable, controls, ringOf, before, after, matching, known };
  const weighed = asked.harm && {
    ...{ harm: asked.harm, treated, controls, placebos: comparable.placebos, ringOf },
    lengths: [lengthOf(before), lengthOf(after)] as const,
  };
  return {
    ...about,
    ...{ numbers: evaluate({ ...places, noticed, chosenBy }), seen: null, harm: weighed && evaluateHarm(weighed) },
  };
}

/**
 * Two times in which such places can be seen to go up and down: «before» and the months before it, or after it where
 * these are more; null where neither are half as many, as fewer tell more of chance than of the places.
 */
export function pairOfTimes(before: Months, known: Months): readonly [Months, Months] | null {
  const length = lengthOf(before);
  const earlier = { from: Math.max(known.from, before.from - length), until: before.from };
  const later = { from: before.until, until: Math.min(known.until, before.until + length) };
  const isLater = lengthOf(later) > lengthOf(earlier);
  if (Math.max(lengthOf(earlier), lengthOf(later)) * 2 < length) return null;
  return isLater ? [before, later] : [earlier, before];
}

/** The surroundings of the same list of places are found once. */
function remembered(ringOf: (places: readonly number[]) => readonly number[]): typeof ringOf {
  const known = new WeakMap<readonly number[], readonly number[]>();
  return (places) => {
    const found = known.get(places) ?? ringOf(places);
    known.set(places, found);
    return found;
  };
}

function ringsBy(
  around: Around,
  within: (places: readonly number[], metres: number) => number[],
): (places: readonly number[]) => readonly number[] {
  if (around === null) return () => [];
  if ('metres' in around) return (places) => within(places, around.metres);
  const { start, to } = around;
  return (places) => {
    const found = new Set<number>();
    for (const place of places) for (let k = start[place]!; k < start[place + 1]!; k++) found.add(to[k]!);
    for (const place of places) found.delete(place);
    return [...found].sort((a, b) => a - b);
  };
}
