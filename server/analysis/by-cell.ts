// Counts by the cells of a grid, as far as a viewer may know: whoever may not see exact points is told of the cells of 25 m,
// each as if all of it lay in its middle, whatever grid is laid over them.

import type { Snapshot } from '../cube/store.ts';
import type { CellCounts, Grid } from '../engine/answers.ts';
import { type GroundCell, middleOfCell } from '../filter/ground-cell.ts';
import type { Plan } from '../filter/plan.ts';

const MOST_CELLS = 4_000_000;

export async function countedByCell(
  { answers }: Pick<Snapshot, 'answers'>,
  plan: Plan,
  grid: Grid,
  cell: GroundCell | null,
): Promise<CellCounts & { readonly told: GroundCell | null }> {
  if (cell === null) return { ...(await answers.byCell(plan, grid)), told: null };
  const under = cellsUnder(grid, cell);
  const found = await answers.byCell(plan, under);
  const counts = new Map<number, number>();
  for (const [i, at] of found.cells.entries()) {
    const x = middleOfCell(under.west + (at % under.columns) * under.cellWidth, under.cellWidth);
    const y = middleOfCell(under.south + Math.floor(at / under.columns) * under.cellHeight, under.cellHeight);
    // A cell across the edge of the grid is told at the edge, or what lies just inside of it would be lost.
    const column = within(Math.floor((x - grid.west) / grid.cellWidth), grid.columns);
    const row = within(Math.floor((y - grid.south) / grid.cellHeight), grid.rows);
    const told = row * grid.columns + column;
    counts.set(told, (counts.get(told) ?? 0) + found.counts[i]!);
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    ...found,
    // What everything was moved to the middle of.
    told: { width: under.cellWidth, height: under.cellHeight },
    cells: Uint32Array.from(sorted, ([at]) => at),
    counts: Uint32Array.from(sorted, ([, count]) => count),
  };
}

const within = (at: number, length: number) => Math.min(Math.max(at, 0), length - 1);

/** The cells that lie under a grid; of a very large one several together. */
function cellsUnder({ west, south, cellWidth, cellHeight, columns, rows }: Grid, cell: GroundCell): Grid {
  for (let times = 1; ; times *= 2) {
    const [width, height] = [cell.width * times, cell.height * times];
    const [first, lowest] = [Math.floor(west / width), Math.floor(south / height)];
    const across = Math.floor((west + columns * cellWidth) / width) - first + 1;
    const up = Math.floor((south + rows * cellHeight) / height) - lowest + 1;
    if (across * up > MOST_CELLS) continue;
    return {
      ...{ west: first * width, south: lowest * height, cellWidth: width, cellHeight: height },
      ...{ columns: across, rows: up },
    };
  }
}
