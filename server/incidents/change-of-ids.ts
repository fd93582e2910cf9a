// A source that has ids now and had none, or has none any more: its records are known neither by their ids nor, since these
// are part of what a record says, by their content. What it tells again would be added again.

import { dayOf, monthOf } from '../calendar/days.ts';
import type { Note } from '../text/contract.ts';

/** Some rows lack the id in any file. */
const NEARLY_ALL = 0.9;

/** Days from one on and before another, which a delivery replaces: there nothing is twice. */
export type Covers = { readonly from: string; readonly until: string };

export type ChangeOfIds = {
  stored(key: string | null, day: number): void;
  /** A row of the file that is not stored as it is. */
  added(key: string | null, day: number): void;
  /** How many stored records of the same months are told apart from the file's by their ids alone; none where they agree. */
  notes(replaces: Covers | null): Note[];
};

type Counted = { rows: number; withId: number };

export function watchChangeOfIds(): ChangeOfIds {
  const before = new Map<number, Counted>();
  const now = new Map<number, Counted>();
  let example: string | null = null;
  return {
    stored: (key, day) => count(before, key, day),
    added(key, day) {
      count(now, key, day);
      example ??= key;
    },
    notes(replaces) {
      const isCovered = (day: number) =>
        replaces !== null && day >= dayOf(replaces.from) && day < dayOf(replaces.until);
      const [then, since] = [before, now].map((days) => byMonth(days, isCovered));
      const found = { 'ids-appeared': 0, 'ids-gone': 0 };
      for (const [month, counted] of since!) {
        const stored = then!.get(month);
        if (!stored) continue;
        if (isWithout(stored) && isWith(counted)) found['ids-appeared'] += stored.rows;
        if (isWith(stored) && isWithout(counted)) found['ids-gone'] += stored.rows;
      }
      return Object.entries(found).flatMap(([code, count]) =>
        count ? [{ code, count, example: code === 'ids-appeared' ? example : null }] : [],
      );
    },
  };
}

function count(days: Map<number, Counted>, key: string | null, day: number): void {
  const counted = days.get(day) ?? { rows: 0, withId: 0 };
  counted.rows++;
  if (key !== null) counted.withId++;
  days.set(day, counted);
}

function byMonth(days: ReadonlyMap<number, Counted>, isLeftOut: (day: number) => boolean): Map<number, Counted> {
  const months = new Map<number, Counted>();
  for (const [day, { rows, withId }] of days) {
    if (isLeftOut(day)) continue;
    const month = monthOf(day);
    const before = months.get(month) ?? { rows: 0, withId: 0 };
    months.set(month, { rows: before.rows + rows, withId: before.withId + withId });
  }
  return months;
}

const isWith = ({ rows, withId }: Counted) => withId >= rows * NEARLY_ALL;
const isWithout = ({ rows, withId }: Counted) => withId <= rows * (1 - NEARLY_ALL);
