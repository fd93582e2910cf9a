// Ids that start again within one file: with the same id in month after month they tell no record from another.

import { textOf } from '../calendar/days.ts';
import { Doubt } from '../tables/doubt.ts';

/** The first ids of a file show whether they start again. */
const IDS_KEPT = 50_000;
/** A month of whose records so many repeat the ids of another: there they start again. Some cases have several records. */
const SHARE_TO_DOUBT = 0.5;
const FEWEST_MOVED = 3;

export type RepeatedIds = {
  add(key: string | null, day: number): void;
  /** Throws Doubt. */
  check(): void;
};

export function watchRepeatedIds(): RepeatedIds {
  const first = new Map<string, number>();
  const seen = { rows: 0, moved: 0, elsewhere: 0 };
  const months = new Map<string, { rows: number; moved: number }>();
  let example: { readonly id: string; readonly before: string; readonly after: string } | null = null;
  return {
    add(key, day) {
      if (key === null) return;
      const before = first.get(key);
      if (before === undefined && first.size >= IDS_KEPT) return;
      const is = textOf(day);
      const month = months.get(is.slice(0, 7)) ?? { rows: 0, moved: 0 };
      months.set(is.slice(0, 7), month);
      month.rows++;
      if (before === undefined) {
        first.set(key, day);
        return;
      }
      seen.rows++;
      if (before === day) return;
      const was = textOf(before);
      if (was.slice(0, 7) === is.slice(0, 7)) seen.elsewhere++;
      else {
        seen.moved++;
        month.moved++;
        example ??= { id: key, before: was, after: is };
      }
    },
    check() {
      const { rows, moved, elsewhere } = seen;
      const startsAgain = [...months.values()].some(
        (month) => month.moved >= FEWEST_MOVED && month.moved >= month.rows * SHARE_TO_DOUBT,
      );
      if (example === null || !startsAgain) return;
      // Where they start again every day, a month does not tell them apart either.
      const proposal = elsewhere < FEWEST_MOVED ? 'id+month' : 'none';
      throw new Doubt({ about: 'ids', rows, moved, example, proposal, inFile: true });
    },
  };
}
