// Rows without an id on days of which records are stored that the file does not have: nothing tells whether they are new or
// the same records written otherwise, which would then count twice.

import { dayOf, textOf } from '../calendar/days.ts';
import type { Note } from '../text/contract.ts';
import type { Covers } from './change-of-ids.ts';
import type { BesideStored } from './contract.ts';

type Counted = { left: number; added: number };

/** Where ids are left out, those of stored records tell nothing either. */
export function watchBesideStored(withoutIds: boolean) {
  const counts = (key: string | null) => key === null || withoutIds;
  const days = new Map<number, Counted>();
  const of = (day: number): Counted => {
    const known = days.get(day);
    if (known) return known;
    const counted = { left: 0, added: 0 };
    days.set(day, counted);
    return counted;
  };
  return {
    stored(key: string | null, day: number): void {
      if (counts(key)) of(day).left++;
    },
    /** The file has a stored record as it is. */
    same(key: string | null, day: number): void {
      if (counts(key)) of(day).left--;
    },
    added(key: string | null, day: number): void {
      if (key === null) of(day).added++;
    },
    /** Null where no day has both; a period that is replaced ends what is stored. */
    found(replaces: Covers | null): BesideStored | null {
      const isReplaced = (day: number) =>
        replaces !== null && day >= dayOf(replaces.from) && day < dayOf(replaces.until);
      const both = [...days].filter(([day, { left, added }]) => left > 0 && added > 0 && !isReplaced(day));
      if (both.length === 0) return null;
      const sum = (count: keyof Counted) => both.reduce((total, [, counted]) => total + counted[count], 0);
      const dates = both.map(([day]) => day).sort((a, b) => a - b);
      return { added: sum('added'), stored: sum('left'), from: textOf(dates[0]!), until: textOf(dates.at(-1)! + 1) };
    },
  };
}

export function besideNotes(beside: BesideStored | null): Note[] {
  if (beside === null) return [];
  const { added, stored, from, until } = beside;
  return [{ code: 'beside-stored', count: added, example: `${from}..${until}: ${stored}` }];
}
