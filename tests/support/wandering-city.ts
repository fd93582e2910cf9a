// A made city of five hundred places whose levels wander from year to year, to try measures in that never were.

import type { MonthlyCounts } from '../../server/evaluation/comparable.ts';

/** Numbers between 0 and 1 that are the same in every run (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
export const normal = (roll: () => number) => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
function poisson(mean: number, roll: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(roll)));
  const end = Math.exp(-mean);
  let [count, product] = [0, roll()];
  while (product > end) {
    count++;
    product *= roll();
  }
  return count;
}

export const FEATURES = 500;

/** Three years of a city: few places with very much, each wandering from year to year, the whole falling by a fifth. */
export function wanderingCity(seed: number, wander: number): MonthlyCounts {
  const roll = dice(seed);
  const months = Array.from({ length: 36 }, () => new Uint32Array(FEATURES + 1));
  for (let place = 1; place <= FEATURES; place++) {
    let level = Math.exp(1 + 1.1 * normal(roll));
    for (let month = 0; month < 36; month++) {
      if (month % 12 === 0 && month > 0) level *= Math.exp(wander * normal(roll) - wander ** 2 / 2);
      const season = 1 + 0.15 * Math.sin((month / 12) * 2 * Math.PI);
      months[month]![place] = poisson(level * season * 0.8 ** (month / 36), roll);
    }
  }
  return { first: 0, months };
}
