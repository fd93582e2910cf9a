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
