// Seeded random numbers: the same seed gives the same city on every machine.

/** A stream of random draws; `fork` starts an independent stream, so that one part can change without moving the others. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Integer in [0, count). */
  below(count: number): number;
  /** Standard normal. */
  normal(): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  fork(name: string): Random;
};

/** Mixes a text into a 32-bit number (FNV-1a with a final avalanche). */
export function hashText(text: string, seed = 0): number {
  let h = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A generator (mulberry32) started from a 32-bit seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const random: Random = {
    next,
    between: (from, to) => from + (to - from) * next(),
    below: (count) => Math.floor(next() * count),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
    fork: (name) => seeded(hashText(name, seed)),
  };
  return random;
}

/** Draws an index in proportion to weights, in O(log n) per draw. */
export function weightedIndex(weights: ArrayLike<number>): (random: Random) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    sums[i] = total;
  }
  return (random) => {
    const target = random.next() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Smooth noise in [-1, 1] over the plane: lattice values every `scaleM`, blended. */
export function smoothNoise(seed: number, scaleM: number): (x: number, y: number) => number {
  const lattice = (i: number, j: number): number => {
    let h = (Math.imul(i, 374761393) ^ Math.imul(j, 668265263) ^ seed) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 1274126177);
    return (((h ^ (h >>> 16)) >>> 0) / 4294967295) * 2 - 1;
  };
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (x, y) => {
    const i = Math.floor(x / scaleM);
    const j = Math.floor(y / scaleM);
    const u = ease(x / scaleM - i);
    const v = ease(y / scaleM - j);
    const south = lattice(i, j) * (1 - u) + lattice(i + 1, j) * u;
    const north = lattice(i, j + 1) * (1 - u) + lattice(i + 1, j + 1) * u;
    return south * (1 - v) + north * v;
  };
}
