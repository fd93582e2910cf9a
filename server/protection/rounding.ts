// Counts that give no small number away: every cell becomes a multiple of the base, and all tables made of the cells add up.
//
// In the manner of small count rounding (Langsrud and Heldal 2018, R package SmallCountRounding): the inner cells are
// changed, never the totals, so that no two tables disagree. Unlike it every cell is rounded, not the small ones alone: a
// total known from elsewhere would else give the one rounded cell away. What remains after whole bases goes up in as many
// cells as keep the total near, chosen where row and column fall short most.

/** A cell of a table by its row and column, with its true count. */
export type Cell = { readonly row: string; readonly column: string; readonly count: number };

/**
 * The counts rounded, in the order given: each a multiple of `base` less than `base` from the true one, their sum within
 * half a base of the true sum. The same cells give the same counts in whatever order they come.
 */
export function roundCells(cells: readonly Cell[], base: number): number[] {
  const rounded = cells.map(({ count }) => Math.floor(count / base) * base);
  const rest = cells.map(({ count }, index) => count - rounded[index]!);
  let raises = Math.round(sum(rest) / base);
  const short = { row: missing(cells, rest, 'row'), column: missing(cells, rest, 'column') };
  const open = cells.map((_, index) => index).filter((index) => rest[index]! > 0);
  const order = (a: number, b: number) => {
    const [one, other] = [cells[a]!, cells[b]!];
    return compare(one.row, other.row) || compare(one.column, other.column);
  };
  open.sort(order);
  for (; raises > 0; raises--) {
    // A cell goes up where that brings the cell, its row and its column nearer to the truth.
    const gain = (index: number) =>
      rest[index]! + short.row.get(cells[index]!.row)! + short.column.get(cells[index]!.column)!;
    let best = 0;
    for (let at = 1; at < open.length; at++) if (gain(open[at]!) > gain(open[best]!)) best = at;
    const [index] = open.splice(best, 1);
    const { row, column } = cells[index!]!;
    rounded[index!]! += base;
    short.row.set(row, short.row.get(row)! - base);
    short.column.set(column, short.column.get(column)! - base);
  }
  return rounded;
}

function missing(cells: readonly Cell[], rest: readonly number[], of: 'row' | 'column'): Map<string, number> {
  const by = new Map<string, number>();
  for (const [index, cell] of cells.entries()) by.set(cell[of], (by.get(cell[of]) ?? 0) + rest[index]!);
  return by;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
