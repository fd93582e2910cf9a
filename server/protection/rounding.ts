// Counts that give no small number away: every cell becomes a multiple of the base, and all tables made of the cells add up.
//
// In the manner of small count rounding (Langsrud and Heldal 2018, R package SmallCountRounding): the inner cells are
// changed, never the totals, so that no two tables disagree. Unlike it every cell is rounded, not the small ones alone: a
// total known from elsewhere would else give the one rounded cell away. What remains after whole bases goes up in as many
// cells as keep the total near, chosen where row and column fall short most.

/** A cell of a table by its row and column, with its true count. */
export type TableCell = { readonly row: string; readonly column: string; readonly count: number };

/**
 * The counts rounded, in the order given: each a multiple of `base` less than `base` from the true one, their sum within
 * half a base of the true sum. The same cells give the same counts in whatever order they come.
 */
export function roundCells(cells: readonly TableCell[], base: number): number[] {
  const rounded = cells.map(({ count }) => Math.floor(count / base) * base);
  const rest = cells.map(({ count }, index) => count - rounded[index]!);
  const short = { row: missing(cells, rest, 'row'), column: missing(cells, rest, 'column') };
  // A cell goes up where that brings the cell, its row and its column nearer to the truth. What a column lacks is the same
  // for all its cells, so that each column keeps its own order.
  const columns = new Map<string, Queue>();
  for (const index of inOrder(cells).reverse()) {
    if (rest[index] === 0) continue;
    const { column } = cells[index]!;
    const queue = columns.get(column) ?? createQueue((each) => rest[each]! + short.row.get(cells[each]!.row)!);
    columns.set(column, queue);
    queue.put(index);
  }
  for (let raises = Math.round(sum(rest) / base); raises > 0; raises--) {
    let best: { readonly column: string; readonly gain: number } | null = null;
    for (const [column, queue] of columns) {
      const gain = queue.most() + short.column.get(column)!;
      if (best === null || gain > best.gain) best = { column, gain };
    }
    const index = columns.get(best!.column)!.take();
    const { row, column } = cells[index]!;
    rounded[index]! += base;
    short.row.set(row, short.row.get(row)! - base);
    short.column.set(column, short.column.get(column)! - base);
  }
  return rounded;
}

type Queue = {
  put(index: number): void;
  /** The most any of them gains; -Infinity when it is empty. */
  most(): number;
  take(): number;
};

/** Cells by what each gains, which is a whole number and only ever falls: one that fell is put lower when it is met. */
function createQueue(gainOf: (index: number) => number): Queue {
  const byGain = new Map<number, number[]>();
  let top = Number.NEGATIVE_INFINITY;
  let size = 0;
  const put = (index: number) => {
    const gain = gainOf(index);
    const there = byGain.get(gain);
    if (there) there.push(index);
    else byGain.set(gain, [index]);
    top = Math.max(top, gain);
    size++;
  };
  const most = () => {
    while (size > 0) {
      const there = byGain.get(top);
      const index = there?.at(-1);
      if (index === undefined) top--;
      else if (gainOf(index) === top) return top;
      else {
        there!.pop();
        size--;
        put(index);
      }
    }
    return Number.NEGATIVE_INFINITY;
  };
  return {
    put,
    most,
    take() {
      most();
      size--;
      return byGain.get(top)!.pop()!;
    },
  };
}

/** Indexes by row and column, so that equal cells are taken alike in whatever order they came. */
function inOrder(cells: readonly TableCell[]): number[] {
  const order = (a: TableCell, b: TableCell) => compare(a.row, b.row) || compare(a.column, b.column);
  return cells.map((_, index) => index).sort((a, b) => order(cells[a]!, cells[b]!));
}

function missing(cells: readonly TableCell[], rest: readonly number[], of: 'row' | 'column'): Map<string, number> {
  const by = new Map<string, number>();
  for (const [index, cell] of cells.entries()) by.set(cell[of], (by.get(cell[of]) ?? 0) + rest[index]!);
  return by;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
