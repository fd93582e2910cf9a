// Refuses a file with too many points that are none or lie where none is expected, until somebody has looked at them.

import { Doubt } from '../tables/doubt.ts';
import type { Note } from '../text/contract.ts';
import { DOUBTED_POINTS } from './read-point.ts';

const SHARE_TO_DOUBT = 0.01;

type Read = { readonly read: number; readonly notes: readonly Note[]; readonly pointColumns: readonly string[] };

/** Throws Doubt. Empty cells are no doubt. */
export function refuseDoubtedPoints({ read, notes, pointColumns: columns }: Read): void {
  const kinds = notes.filter(({ code }) => DOUBTED_POINTS.has(code));
  const doubtful = kinds.reduce((sum, { count }) => sum + count, 0);
  if (doubtful > read * SHARE_TO_DOUBT) throw new Doubt({ about: 'points', rows: read, doubtful, kinds, columns });
}
