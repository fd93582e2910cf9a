// Compares the totals of a file with those told before. A file tells all there is of each year and area it has: what was
// told of these and is not in it any more is gone. A month it does not publish stays as it was told.

import type { RevisedTotal } from './contract.ts';
import type { MonthlyTotal } from './map-rows.ts';
import { totalKey } from './read-file.ts';

export type Comparison = {
  /** To be written: new ones and the new state of changed ones. */
  readonly written: readonly MonthlyTotal[];
  /** As stored, to be ended: the old state of changed ones, and those gone. */
  readonly ended: readonly MonthlyTotal[];
  readonly stored: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly gone: number;
  readonly goneByYear: readonly { readonly year: number; readonly gone: number; readonly before: number }[];
  /** Totals of a year, over the months told before, that moved; the largest differences first. */
  readonly revised: readonly RevisedTotal[];
  /** Months kept as they were told because the file does not publish them. */
  readonly monthsKept: number;
};

const MOST_REVISED = 100;

export function compareTotals(file: readonly MonthlyTotal[], before: readonly MonthlyTotal[]): Comparison {
  const stored = new Map(before.map((total) => [totalKey(total), total]));
  const written: MonthlyTotal[] = [];
  const ended: MonthlyTotal[] = [];
  const now: MonthlyTotal[] = [];
  let [changed, unchanged, monthsKept] = [0, 0, 0];
  const covered = new Set(file.map(pairOf));
  for (const told of file) {
    const key = totalKey(told);
    const old = stored.get(key);
    stored.delete(key);
    if (!old) {
      written.push(told);
      now.push(told);
      continue;
    }
    const counts = told.counts.map((count, month) => count ?? old.counts[month]!);
    monthsKept += counts.filter((count, month) => count !== null && told.counts[month] === null).length;
    now.push({ ...told, counts });
    if (told.offence === old.offence && counts.every((count, month) => count === old.counts[month])) unchanged++;
    else {
      changed++;
      written.push({ ...told, counts });
      ended.push(old);
    }
  }
  const gone = [...stored.values()].filter((total) => covered.has(pairOf(total)));
  ended.push(...gone);
  const told = before.filter((total) => covered.has(pairOf(total)));
  return {
    written,
    ended,
    stored: written.length - changed,
    changed,
    unchanged,
    gone: gone.length,
    goneByYear: [...Map.groupBy(gone, ({ year }) => year)].map(([year, of]) => ({
      year,
      gone: of.length,
      before: told.filter((total) => total.year === year).length,
    })),
    revised: revisedTotals(told, now),
    monthsKept,
  };
}

const pairOf = ({ area, year }: MonthlyTotal) => `${area} ${year}`;

function revisedTotals(before: readonly MonthlyTotal[], now: readonly MonthlyTotal[]): RevisedTotal[] {
  const toldMonths = new Map<string, boolean[]>();
  for (const total of before) {
    const months = toldMonths.get(pairOf(total)) ?? new Array<boolean>(12).fill(false);
    toldMonths.set(pairOf(total), months);
    total.counts.forEach((count, month) => {
      if (count !== null) months[month] = true;
    });
  }
  const sums = new Map<string, { area: string; offence: string; year: number; before: number; now: number }>();
  const add = (total: MonthlyTotal, into: 'before' | 'now') => {
    const months = toldMonths.get(pairOf(total));
    if (!months) return;
    const { area, offence, year } = total;
    const key = `${pairOf(total)} ${offence}`;
    const sum = sums.get(key) ?? { area, offence, year, before: 0, now: 0 };
    sums.set(key, sum);
    total.counts.forEach((count, month) => {
      if (months[month]) sum[into] += count ?? 0;
    });
  };
  for (const total of before) add(total, 'before');
  for (const total of now) add(total, 'now');
  const size = (sum: RevisedTotal) => Math.abs(sum.now - sum.before);
  return [...sums.values()]
    .filter((sum) => sum.before !== sum.now)
    .sort((a, b) => size(b) - size(a) || b.year - a.year || (a.offence < b.offence ? -1 : 1))
    .slice(0, MOST_REVISED);
}
