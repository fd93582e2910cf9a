// What cities are coloured and ranked by above the municipality.

import type { RegionRow } from '../../server/counts/contract.ts';

export type RegionMeasure = 'rate' | 'count' | 'growth';

/** By how much a city's number grew over the base year's; null where one of them is not known. */
export function growthOf({ count, before }: Pick<RegionRow, 'count' | 'before'>): number | null {
  return count === null || !before ? null : count / before - 1;
}

/** What a row is ranked and coloured by. */
export function measured(row: RegionRow, by: RegionMeasure): number | null {
  return by === 'growth' ? growthOf(row) : by === 'rate' ? row.rate : row.count;
}

/** Highest first; what has no value stands last, by name. */
export function ranked(rows: readonly RegionRow[], by: RegionMeasure): RegionRow[] {
  return [...rows].sort((a, b) => {
    const [left, right] = [measured(a, by), measured(b, by)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return right - left || byName(a, b);
  });
}
const byName = (a: RegionRow, b: RegionRow) => a.name.localeCompare(b.name);
