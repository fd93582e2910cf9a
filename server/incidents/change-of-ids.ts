// A source that has ids now and had none, or has none any more: its records are known neither by their ids nor, since these
// are part of what a record says, by their content. What it tells again would be added again.

import type { Note } from '../text/contract.ts';

/** Some rows lack the id in any file. */
const NEARLY_ALL = 0.9;

export type ChangeOfIds = {
  stored(key: string | null, month: string): void;
  /** A row of the file that is not stored as it is. */
  added(key: string | null, month: string): void;
  /** How many stored records of the same months are told apart from the file's by their ids alone; none where they agree. */
  notes(): Note[];
};

export function watchChangeOfIds(): ChangeOfIds {
  const before = { rows: 0, withId: 0, byMonth: new Map<string, number>() };
  const now = { rows: 0, withId: 0, months: new Set<string>(), example: '' };
  const mostly = ({ rows, withId }: { readonly rows: number; readonly withId: number }) => {
    if (withId >= rows * NEARLY_ALL) return 'with';
    return withId <= rows * (1 - NEARLY_ALL) ? 'without' : 'mixed';
  };
  return {
    stored(key, month) {
      before.rows++;
      if (key !== null) before.withId++;
      before.byMonth.set(month, (before.byMonth.get(month) ?? 0) + 1);
    },
    added(key, month) {
      now.rows++;
      if (key !== null) now.withId++;
      now.months.add(month);
      now.example ||= key ?? '';
    },
    notes() {
      if (before.rows === 0 || now.rows === 0) return [];
      const [then, since] = [mostly(before), mostly(now)];
      if (then === since || then === 'mixed' || since === 'mixed') return [];
      let count = 0;
      for (const month of now.months) count += before.byMonth.get(month) ?? 0;
      if (count === 0) return [];
      return [{ code: since === 'with' ? 'ids-appeared' : 'ids-gone', count, example: now.example || null }];
    },
  };
}
