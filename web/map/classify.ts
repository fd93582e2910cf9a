// Values put in classes: quantiles or natural breaks, and the colours of three to seven classes.

import { ckmeans } from 'simple-statistics';
import type { Method } from '../store/url.ts';

/** Upper bounds of the classes, ascending, each inclusive; fewer than asked when values repeat. */
export type ClassBounds = readonly number[];

/**
 * Class bounds over values above zero. Quantiles put as near the same number of values in each class as ties allow
 * (equal values always share a class); `jenks` minimises the variance within classes (Fisher's exact method, as
 * ckmeans of simple-statistics).
 */
export function classBounds(values: readonly number[], method: Method, classes: number): ClassBounds {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const distinct = new Set(sorted).size;
  const wanted = Math.min(classes, distinct);
  if (method === 'jenks') return ckmeans(sorted, wanted).map((cluster) => cluster.at(-1) ?? 0);
  const bounds: number[] = [];
  for (let k = 1; k <= wanted; k++) {
    const bound = sorted[Math.ceil((k * sorted.length) / wanted) - 1] ?? 0;
    if (bound !== bounds.at(-1)) bounds.push(bound);
  }
  return bounds;
}

/** 1 … n for values above zero, 0 for none. */
export function classOf(value: number, bounds: ClassBounds): number {
  if (value <= 0) return 0;
  const index = bounds.findIndex((bound) => value <= bound);
  return index < 0 ? bounds.length : index + 1;
}

/** The five colours of the screen stretched or thinned to a number of classes, as #rrggbb. */
export function rampColors(ramp: readonly string[], classes: number): string[] {
  if (classes === ramp.length) return [...ramp];
  return Array.from({ length: classes }, (_, index) => {
    const at = classes === 1 ? ramp.length - 1 : (index * (ramp.length - 1)) / (classes - 1);
    return mix(ramp[Math.floor(at)] ?? '', ramp[Math.ceil(at)] ?? '', at % 1);
  });
}

function mix(a: string, b: string, share: number): string {
  const channel = (from: number) => {
    const [x, y] = [a, b].map((color) => Number.parseInt(color.slice(from, from + 2), 16)) as [number, number];
    return Math.round(x + (y - x) * share)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
