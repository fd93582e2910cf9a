// Chance that can be repeated: xoshiro128** (Blackman & Vigna 2021, doi 10.1145/3460772), seeded by splitmix32.

export type Random = {
  /** 32 bits. */
  next(): number;
  /** A whole number from 0 to below `count`, each as likely as another (Lemire 2019, doi 10.1145/3230636). */
  below(count: number): number;
  /** From 0 to below 1, in steps of 2⁻⁵³. */
  share(): number;
};

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const seeded = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  let a = seeded();
  let b = seeded();
  let c = seeded();
  let d = seeded();
  const rotated = (bits: number, by: number) => (bits << by) | (bits >>> (32 - by));
  const next = () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return result;
  };
  let [asked, least] = [1, 0];
  const below = (count: number) => {
    if (count !== asked) {
      asked = count;
      least = (0x100000000 - count) % count;
    }
    for (;;) {
      const product = next() * count;
      // Exact up to 2²¹ items; with more, rounding favours none by more than one in 2²¹.
      const high = Math.floor(product / 0x100000000);
      const low = product - high * 0x100000000;
      if (low >= least) return high;
    }
  };
  return { next, below, share: () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000 };
}

/** Puts the first `first` places of `items` in an order that chance decides, each as likely as another. */
export function shuffle(items: Int32Array | Uint32Array | Float64Array, random: Random, first = items.length): void {
  const last = Math.min(first, items.length - 1);
  for (let i = 0; i < last; i++) {
    const j = i + random.below(items.length - i);
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
}
