// What an analysis of places works with: the values of a layer, and who is whose neighbour.

import type { Stats } from '../counts/asking.ts';
import { MIN_RESIDENTS, MIN_SEGMENT_M } from '../counts/contract.ts';
import type { Measure } from '../counts/rates.ts';
import type { Analyst } from './analyst.ts';
import type { Neighbours } from './neighbours.ts';

export type AnalysisDeps = Stats & { readonly analyst: Analyst; readonly neighbours: Neighbours };

/** Counts by place id as values by place; as rates NaN where there is nothing to divide by. */
export function valuesOf(counts: Uint32Array, features: number, measure: Measure | 'count'): Float64Array {
  return Float64Array.from({ length: features }, (_, i) => {
    const count = counts[i + 1] ?? 0;
    if (measure === 'count') return count;
    if (measure === null) return Number.NaN;
    if (measure.unit === 'perKm') return (count / Math.max(measure.lengthM[i + 1]!, MIN_SEGMENT_M)) * 1000;
    const residents = measure.residents[i + 1]!;
    return residents >= MIN_RESIDENTS ? (count / residents) * 100_000 : Number.NaN;
  });
}

export const idsOf = (features: number): string[] => Array.from({ length: features }, (_, i) => String(i + 1));
