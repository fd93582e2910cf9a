// How dense incidents lie along streets: the kernel runs along the network and is shared out at each junction. Okabe &
// Sugihara 2012, 9.2.2 (equal split, discontinuous: what comes to a junction goes on in equal parts, nothing turns
// back) and 9.2.3 (continuous: a part turns back, so that the density has no step at a junction, and nothing is lost at
// a dead end). Okabe, Satoh & Sugihara 2009, doi 10.1080/13658810802475491. Densities per metre.

import { type Answer, type Kernel, notSaid, type Split, said } from './contract.ts';

/** Segments between junctions; a junction is a number. */
export type LinearNetwork = {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  readonly lengthM: ArrayLike<number>;
};
/** A place on a segment, so far from its beginning. */
export type OnNetwork = { readonly segment: number; readonly atM: number; readonly weight?: number };

const MOST_STEPS = 50_000_000;
/** A share of the kernel so small is followed no further. */
const NOTHING = 1e-9;

/** The kernel in one dimension, which integrates to 1 over a line. `bandwidthM` is the radius, or σ of a gaussian. */
export function lineKernel(kernel: Kernel, bandwidthM: number): { reachM: number; at: (distanceM: number) => number } {
  if (kernel === 'gaussian')
    return {
      reachM: 6 * bandwidthM,
      at: (d) => Math.exp(-(d * d) / (2 * bandwidthM * bandwidthM)) / (bandwidthM * Math.sqrt(2 * Math.PI)),
    };
  return {
    reachM: bandwidthM,
    at: (d) => (d >= bandwidthM ? 0 : (15 / (16 * bandwidthM)) * (1 - (d / bandwidthM) ** 2) ** 2),
  };
}

/** The density at each of `at`; too large when the paths are too many to be followed. */
export function networkDensity(
  network: LinearNetwork,
  events: readonly OnNetwork[],
  at: readonly OnNetwork[],
  kernel: Kernel,
  bandwidthM: number,
  split: Split,
): Answer<{ readonly density: Float64Array }> {
  const { reachM, at: density } = lineKernel(kernel, bandwidthM);
  const ends = endsOf(network);
  const asked = new Map<number, number[]>();
  for (const [i, { segment }] of at.entries()) asked.set(segment, [...(asked.get(segment) ?? []), i]);
  if (events.length === 0) return notSaid('empty');
  const result = new Float64Array(at.length);
  let steps = 0;
  for (const { segment, atM, weight = 1 } of events) {
    for (const i of asked.get(segment) ?? []) {
      const distance = Math.abs(at[i]!.atM - atM);
      if (distance <= reachM) result[i]! += weight * density(distance);
    }
    // Paths that leave the event's own segment by either end: junction, distance so far, share, segment it comes by.
    const stack: [node: number, goneM: number, share: number, by: number][] = [
      [network.from[segment]!, atM, weight, segment],
      [network.to[segment]!, network.lengthM[segment]! - atM, weight, segment],
    ];
    // A loop's two ends are two places at one junction: it is come by with one of them and left by the other.
    while (stack.length > 0) {
      const [node, goneM, share, by] = stack.pop()!;
      if (goneM >= reachM || Math.abs(share) < NOTHING * Math.abs(weight)) continue;
      if (++steps > MOST_STEPS) return notSaid('too-large');
      const around = ends.get(node)!;
      const degree = around.length;
      let isBack = true;
      for (const { segment: next, begins } of around) {
        const turns = next === by && isBack;
        if (turns) isBack = false;
        const part = partOf(split, degree, turns);
        if (part === 0) continue;
        const lengthM = network.lengthM[next]!;
        for (const i of asked.get(next) ?? []) {
          const alongM = begins ? at[i]!.atM : lengthM - at[i]!.atM;
          if (goneM + alongM <= reachM) result[i]! += share * part * density(goneM + alongM);
        }
        stack.push([begins ? network.to[next]! : network.from[next]!, goneM + lengthM, share * part, next]);
      }
    }
  }
  return said({ density: result });
}

/** Which part goes on into a segment at a junction of so many, or turns back into the one it came by. */
function partOf(split: Split, degree: number, turns: boolean): number {
  if (split === 'discontinuous') return turns ? 0 : 1 / (degree - 1);
  return turns ? 2 / degree - 1 : 2 / degree;
}

function endsOf({ from, to }: LinearNetwork): Map<number, { segment: number; begins: boolean }[]> {
  const ends = new Map<number, { segment: number; begins: boolean }[]>();
  const put = (node: number, end: { segment: number; begins: boolean }) => {
    const there = ends.get(node);
    if (there) there.push(end);
    else ends.set(node, [end]);
  };
  for (let segment = 0; segment < from.length; segment++) {
    put(from[segment]!, { segment, begins: true });
    put(to[segment]!, { segment, begins: false });
  }
  return ends;
}
