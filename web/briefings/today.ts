// A figure as it was kept beside the same of the data there are now. Pure.

import type { FigureData } from '../../server/briefings/contract.ts';

/** `total`: what it would be in all today; `parts`: the same in all, but not in its parts. */
export type Today =
  | { readonly is: 'same' }
  | { readonly is: 'total'; readonly total: number }
  | { readonly is: 'parts' };

export const totalOf = (data: FigureData): number | null => (data.kind === 'problems' ? null : data.totals.matched);

export function todayOf(kept: FigureData, now: FigureData): Today {
  if (JSON.stringify(inOrderOfNames(kept)) === JSON.stringify(inOrderOfNames(now))) return { is: 'same' };
  const [was, is] = [totalOf(kept), totalOf(now)];
  return was !== is && is !== null ? { is: 'total', total: is } : { is: 'parts' };
}

/** The database keeps no order of names; what it is drawn with, and how far the data reach, do not count. */
function inOrderOfNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrderOfNames);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'lines' && name !== 'through')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, inOrderOfNames(part)]),
  );
}
