// How few places hold how much: Lorenz curve, Gini, and the generalised Gini of Bernasco & Steenbeek 2017 (doi
// 10.1007/s10940-016-9324-7) for more places than incidents, where even the most equal spread leaves places empty.

import { type Answer, notSaid, said } from './contract.ts';

export type Concentration = {
  readonly places: number;
  readonly total: number;
  readonly gini: number;
  readonly generalisedGini: number;
  /** Corrected for few places: × m ÷ (m − 1), m the smaller of places and incidents; null for one. */
  readonly unbiasedGini: number | null;
  /** From the fullest place: which share of the places holds which share of the incidents. */
  readonly lorenz: readonly { readonly places: number; readonly incidents: number }[];
  /** The least places that hold so much of all, and what share of the places they are. */
  readonly holding: readonly { readonly share: number; readonly count: number; readonly placesShare: number }[];
};

const SHARES = [0.25, 0.5, 0.8] as const;
/** A curve of more points than this is drawn no finer. */
const LORENZ_POINTS = 200;

export function concentration(counts: ArrayLike<number>): Answer<Concentration> {
  const n = counts.length;
  if (n === 0) return notSaid('empty');
  const falling = Float64Array.from({ length: n }, (_, i) => counts[i]!)
    .sort()
    .reverse();
  if (falling[n - 1]! < 0) return notSaid('negative');
  let total = 0;
  let ranked = 0;
  for (const [i, count] of falling.entries()) {
    total += count;
    ranked += (n - i) * count;
  }
  if (total === 0) return notSaid('all-zero');
  // Σ over the rising order of the running sums is Σ (n − rank + 1)·count, read here from the other end.
  const rising = (n + 1) * total - ranked;
  const gini = (n + 1 - (2 * rising) / total) / n;
  const least = Math.min(n, total);
  const lorenz: { places: number; incidents: number }[] = [{ places: 0, incidents: 0 }];
  const holding: { share: number; count: number; placesShare: number }[] = [];
  let sum = 0;
  const step = Math.max(1, Math.ceil(n / LORENZ_POINTS));
  for (const [i, count] of falling.entries()) {
    sum += count;
    while (holding.length < SHARES.length && sum >= SHARES[holding.length]! * total * (1 - 1e-12))
      holding.push({ share: SHARES[holding.length]!, count: i + 1, placesShare: (i + 1) / n });
    if ((i + 1) % step === 0 || i === n - 1) lorenz.push({ places: (i + 1) / n, incidents: sum / total });
  }
  return said({
    ...{ places: n, total, gini, lorenz, holding },
    generalisedGini: Math.max(1, n / total) * (gini - 1) + 1,
    unbiasedGini: least > 1 ? (gini * least) / (least - 1) : null,
  });
}

export type YearOfPlaces = {
  readonly total: number;
  readonly gini: number | null;
  readonly generalisedGini: number | null;
  /** The least places that hold `share` of the year. */
  readonly holding: number;
  /** Of these, the part that was among those of the year before. */
  readonly kept: number | null;
  /** The part of this year's incidents on the year before's places. */
  readonly held: number | null;
  /** Spearman's rank correlation with the year before. */
  readonly correlation: number | null;
};

/** Whether the same places hold the crime year after year (Weisburd 2015, doi 10.1111/1745-9125.12070). */
export function stability(
  years: readonly ArrayLike<number>[],
  share: number,
): Answer<{ readonly years: readonly YearOfPlaces[]; readonly times: Uint8Array }> {
  const places = years[0]?.length ?? 0;
  if (places === 0) return notSaid('empty');
  if (years.length < 2) return notSaid('too-few-steps');
  const times = new Uint8Array(places);
  let before: { readonly counts: ArrayLike<number>; readonly top: ReadonlySet<number> } | null = null;
  const told = years.map((counts): YearOfPlaces => {
    const order = Array.from({ length: places }, (_, i) => i).sort((a, b) => counts[b]! - counts[a]! || a - b);
    const total = order.reduce((sum, i) => sum + counts[i]!, 0);
    const top = new Set<number>();
    let sum = 0;
    for (const i of order) {
      if (total === 0 || sum >= share * total * (1 - 1e-12)) break;
      sum += counts[i]!;
      top.add(i);
    }
    for (const i of top) times[i]!++;
    const own = concentration(counts);
    const earlier = before;
    before = { counts, top };
    const both = earlier && top.size > 0 ? [...top].filter((i) => earlier.top.has(i)).length / top.size : null;
    const held = earlier && total > 0 ? [...earlier.top].reduce((all, i) => all + counts[i]!, 0) / total : null;
    return {
      ...{ total, holding: top.size, kept: both, held },
      gini: own.reason === null ? own.gini : null,
      generalisedGini: own.reason === null ? own.generalisedGini : null,
      correlation: earlier && rankCorrelation(earlier.counts, counts),
    };
  });
  if (told.every(({ total }) => total === 0)) return notSaid('all-zero');
  return said({ years: told, times });
}

/** Spearman's, equal values at their mean rank; null where one side is all equal. */
export function rankCorrelation(first: ArrayLike<number>, second: ArrayLike<number>): number | null {
  const [a, b] = [ranksOf(first), ranksOf(second)];
  const mean = (first.length + 1) / 2;
  let [both, one, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i]! - mean) * (b[i]! - mean);
    one += (a[i]! - mean) ** 2;
    other += (b[i]! - mean) ** 2;
  }
  return one > 0 && other > 0 ? both / Math.sqrt(one * other) : null;
}

function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let k = first; k < end; k++) ranks[order[k]!] = (first + end + 1) / 2;
    first = end;
  }
  return ranks;
}
