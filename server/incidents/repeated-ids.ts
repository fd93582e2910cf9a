// Ids that start again within one file: with the same id in month after month they tell no record from another.

import { textOf } from '../calendar/days.ts';
import { Doubt } from '../tables/doubt.ts';
import type { Note } from '../text/contract.ts';

/** The first ids of a file show whether they start again. */
const IDS_KEPT = 50_000;
/** Behind them one id in eight is looked up, the same ones wherever they come: that takes time for each. */
const LOOKED_UP = 8;
/** A month of whose records so many repeat the ids of another: there they start again. Some cases have several records. */
const SHARE_TO_DOUBT = 0.5;
const FEWEST_MOVED = 3;
/** A case has two or three records; an id of so many in the mean is none of a case. */
const MOST_PER_ID = 8;
const FEWEST_ROWS = 10;

export type RepeatedIds = {
  add(key: string | null, day: number): void;
  /** Throws Doubt. */
  check(): void;
  /** Ids of which there are few beside their rows: those of stations, sheets or people. */
  notes(): Note[];
};

export function watchRepeatedIds(): RepeatedIds {
  const first = new Map<string, number>();
  const seen = { rows: 0, moved: 0, elsewhere: 0 };
  const months = new Map<string, { rows: number; moved: number }>();
  const byDay = new Map<number, { rows: number; moved: number }>();
  const monthOf = (day: number) => {
    const known = byDay.get(day);
    if (known) return known;
    const name = textOf(day).slice(0, 7);
    const month = months.get(name) ?? { rows: 0, moved: 0 };
    months.set(name, month);
    byDay.set(day, month);
    return month;
  };
  let example: { readonly id: string; readonly before: string; readonly after: string } | null = null;
  return {
    add(key, day) {
      if (key === null) return;
      const isFull = first.size >= IDS_KEPT;
      if (isFull && sumOf(key) % LOOKED_UP !== 0) return;
      const before = first.get(key);
      if (before === undefined && isFull) return;
      const month = monthOf(day);
      month.rows++;
      if (before === undefined) {
        first.set(key, day);
        return;
      }
      seen.rows++;
      if (before === day) return;
      if (monthOf(before) === month) seen.elsewhere++;
      else {
        seen.moved++;
        month.moved++;
        example ??= { id: key, before: textOf(before), after: textOf(day) };
      }
    },
    notes() {
      const rows = first.size + seen.rows;
      if (rows < FEWEST_ROWS || rows < first.size * MOST_PER_ID) return [];
      return [{ code: 'ids-few', count: first.size, example: [...first.keys()].slice(0, 3).join(', ') }];
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

/** The same for the same id, and spread over ids of any form. */
function sumOf(key: string): number {
  let sum = 0;
  for (let at = 0; at < key.length; at++) sum = (Math.imul(sum, 31) + key.charCodeAt(at)) | 0;
  return (sum ^ (sum >>> 15)) >>> 0;
}
