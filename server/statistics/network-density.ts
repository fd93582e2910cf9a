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
  if (events.length === 0) return notSaid('empty');
  const { reachM, at: density } = lineKernel(kernel, bandwidthM);
  const segments = network.from.length;
  const ends = endsOf(network);
  const asked = bySegment(at, segments);
  const placed = bySegment(events, segments);
  const result = new Float64Array(at.length);
  const paths = waitingPaths();
  let steps = 0;
  for (let segment = 0; segment < segments; segment++) {
    const [first, end] = [placed.start[segment]!, placed.start[segment + 1]!];
    if (first === end) continue;
    const own = Array.from(placed.item.subarray(first, end), (k) => events[k]!);
    for (const { atM, weight = 1 } of own)
      for (let k = asked.start[segment]!; k < asked.start[segment + 1]!; k++) {
        const distance = Math.abs(at[asked.item[k]!]!.atM - atM);
        if (distance <= reachM) result[asked.item[k]!]! += weight * density(distance);
      }
    // The paths that leave by an end are the same for all events of the segment, but for how far each is from that end.
    for (const [node, offsets] of [
      [network.from[segment]!, own.map(({ atM }) => atM)],
      [network.to[segment]!, own.map(({ atM }) => network.lengthM[segment]! - atM)],
    ] as const) {
      const nearest = offsets.reduce((least, offset) => Math.min(least, offset), Number.POSITIVE_INFINITY);
      // Junction, distance gone from the end, share, segment it comes by.
      paths.open(node, 0, 1, segment);
      while (paths.count > 0) {
        const { node: here, goneM, share, by } = paths.take();
        if (goneM + nearest >= reachM || Math.abs(share) < NOTHING) continue;
        if (++steps > MOST_STEPS) return notSaid('too-large');
        const degree = ends.start[here + 1]! - ends.start[here]!;
        // A loop's two ends are two places at one junction: it is come by with one of them and left by the other.
        let isBack = true;
        for (let e = ends.start[here]!; e < ends.start[here + 1]!; e++) {
          const next = ends.segment[e]!;
          const begins = ends.begins[e] === 1;
          const turns = next === by && isBack;
          if (turns) isBack = false;
          const part = partOf(split, degree, turns);
          if (part === 0) continue;
          const lengthM = network.lengthM[next]!;
          for (let k = asked.start[next]!; k < asked.start[next + 1]!; k++) {
            const i = asked.item[k]!;
            const alongM = goneM + (begins ? at[i]!.atM : lengthM - at[i]!.atM);
            if (alongM + nearest > reachM) continue;
            for (let o = 0; o < offsets.length; o++)
              if (alongM + offsets[o]! <= reachM)
                result[i]! += (own[o]!.weight ?? 1) * share * part * density(alongM + offsets[o]!);
          }
          if (goneM + lengthM + nearest < reachM)
            paths.open(begins ? network.to[next]! : network.from[next]!, goneM + lengthM, share * part, next);
        }
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

/** The ends of segments at each junction, which are numbered from 0 or with gaps. */
function endsOf({ from, to }: LinearNetwork) {
  let nodes = 0;
  for (let segment = 0; segment < from.length; segment++) nodes = Math.max(nodes, from[segment]! + 1, to[segment]! + 1);
  const start = new Int32Array(nodes + 1);
  for (let segment = 0; segment < from.length; segment++)
    for (const node of [from[segment]!, to[segment]!]) if (node >= 0) start[node + 1]!++;
  for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
  const segmentAt = new Int32Array(start[nodes]!);
  const begins = new Uint8Array(start[nodes]!);
  const next = start.slice();
  for (let segment = 0; segment < from.length; segment++)
    for (const [node, isBegin] of [[from[segment]!, 1] as const, [to[segment]!, 0] as const]) {
      if (node < 0) continue;
      segmentAt[next[node]!] = segment;
      begins[next[node]!++] = isBegin;
    }
  return { start, segment: segmentAt, begins };
}

/** What lies on each segment: items `item[start[s]]` to before `item[start[s + 1]]`. */
function bySegment(places: readonly OnNetwork[], segments: number) {
  const start = new Int32Array(segments + 1);
  for (const { segment } of places) start[segment + 1]!++;
  for (let segment = 0; segment < segments; segment++) start[segment + 1]! += start[segment]!;
  const item = new Int32Array(places.length);
  const next = start.slice();
  for (const [i, { segment }] of places.entries()) item[next[segment]!++] = i;
  return { start, item };
}

/** Paths that wait to be followed, the last first. */
function waitingPaths() {
  let room = 256;
  let node = new Int32Array(room);
  let by = new Int32Array(room);
  let numbers = new Float64Array(room * 2);
  const taken = { node: 0, goneM: 0, share: 0, by: 0 };
  const paths = {
    count: 0,
    open(at: number, goneM: number, share: number, comesBy: number) {
      if (paths.count === room) {
        room *= 2;
        const larger = [new Int32Array(room), new Int32Array(room), new Float64Array(room * 2)] as const;
        larger[0].set(node);
        larger[1].set(by);
        larger[2].set(numbers);
        [node, by, numbers] = larger;
      }
      node[paths.count] = at;
      by[paths.count] = comesBy;
      numbers[paths.count * 2] = goneM;
      numbers[paths.count++ * 2 + 1] = share;
    },
    /** The same object each time. */
    take() {
      const at = --paths.count;
      taken.node = node[at]!;
      taken.by = by[at]!;
      taken.goneM = numbers[at * 2]!;
      taken.share = numbers[at * 2 + 1]!;
      return taken;
    },
  };
  return paths;
}
