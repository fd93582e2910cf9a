// The grid over a layer of areas: which cells lie wholly in one area, and which areas are to be tested in the others.

import Flatbush from 'flatbush';

/** The edges of all areas, area after area: `edges` holds x0, y0, x1, y1 each, `start[slot]` the area's first. */
export type Outlines = { readonly count: number; readonly edges: Float64Array; readonly start: Int32Array };

export type CoverTest = (slot: number, x: number, y: number) => boolean;

export type AreaGrid = {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly columns: number;
  readonly rows: number;
  readonly cellX: number;
  readonly cellY: number;
  /** Both never decrease with their argument, so whatever spans a coordinate spans its row or column. */
  column(x: number): number;
  row(y: number): number;
};

const MIN_CELLS = 2 ** 12;
const MAX_CELLS = 2 ** 22;
const CELLS_PER_EDGE = 4;

export function gridOver({ edges, count }: Outlines): AreaGrid {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < edges.length; i += 2) {
    minX = Math.min(minX, edges[i]!);
    maxX = Math.max(maxX, edges[i]!);
    minY = Math.min(minY, edges[i + 1]!);
    maxY = Math.max(maxY, edges[i + 1]!);
  }
  const wanted = Math.min(MAX_CELLS, Math.max(MIN_CELLS, count * CELLS_PER_EDGE));
  const columns = Math.min(4096, Math.max(1, Math.round(Math.sqrt((wanted * (maxX - minX)) / (maxY - minY)))));
  const rows = Math.min(4096, Math.max(1, Math.round(wanted / columns)));
  const cellX = (maxX - minX) / columns;
  const cellY = (maxY - minY) / rows;
  const column = (x: number) => Math.min(columns - 1, Math.trunc((x - minX) / cellX));
  const row = (y: number) => Math.min(rows - 1, Math.trunc((y - minY) / cellY));
  return { minX, minY, maxX, maxY, columns, rows, cellX, cellY, column, row };
}

/**
 * `cells`: 0 = no area, slot + 1 = wholly in that area, -(k + 1) = try the entries of `lists` from k on, in order:
 * slot + 1 = test this area, -(slot + 1) = this area covers the whole cell, 0 = end.
 */
export function fillCells(
  outlines: Outlines,
  grid: AreaGrid,
  covers: CoverTest,
): { cells: Int32Array; lists: Int32Array } {
  const { columns, rows, minX, minY, cellX, cellY } = grid;
  const crossing = slotsPerCell(outlines, grid);
  const boxes = slotBoxes(outlines);
  const cells = new Int32Array(columns * rows);
  const lists: number[] = [];
  const lowestCover = (x: number, y: number, except: (slot: number) => boolean): number => {
    let lowest = -1;
    boxes.search(x, y, x, y, (slot) => {
      if ((lowest < 0 || slot < lowest) && !except(slot) && covers(slot, x, y)) lowest = slot;
      return false;
    });
    return lowest;
  };

  for (let row = 0, cell = 0; row < rows; row++) {
    let known: number | null = null;
    for (let column = 0; column < columns; column++, cell++) {
      const first = crossing.start[cell]!;
      const last = crossing.start[cell + 1]!;
      const x = minX + (column + 0.5) * cellX;
      const y = minY + (row + 0.5) * cellY;
      if (first === last) {
        // Neighbouring cells without a boundary between them have the same answer.
        known ??= lowestCover(x, y, () => false) + 1;
        cells[cell] = known;
        continue;
      }
      known = null;
      const here = crossing.slots.subarray(first, last);
      const cover = lowestCover(x, y, (slot) => here.includes(slot));
      cells[cell] = -(lists.length + 1);
      for (const slot of here) if (cover < 0 || slot < cover) lists.push(slot + 1);
      if (cover >= 0) lists.push(-(cover + 1));
      lists.push(0);
    }
  }
  return { cells, lists: Int32Array.from(lists) };
}

function slotBoxes({ edges, start }: Outlines): Flatbush {
  const boxes = new Flatbush(start.length - 1);
  for (let slot = 0; slot + 1 < start.length; slot++) {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = start[slot]! * 4; at < start[slot + 1]! * 4; at += 2) {
      x0 = Math.min(x0, edges[at]!);
      x1 = Math.max(x1, edges[at]!);
      y0 = Math.min(y0, edges[at + 1]!);
      y1 = Math.max(y1, edges[at + 1]!);
    }
    boxes.add(x0, y0, x1, y1);
  }
  boxes.finish();
  return boxes;
}

/** Cells are widened by this share on each side when edges are drawn into them: far more than rounding can move. */
const WIDEN = 1e-6;

/** Which areas have a boundary in each cell, lowest slot first. */
function slotsPerCell({ edges, start }: Outlines, grid: AreaGrid): { start: Int32Array; slots: Int32Array } {
  const { columns, rows, minY, cellX, cellY } = grid;
  const seen = new Int32Array(columns * rows);
  const visitAll = (visit: (cell: number, slot: number) => void) => {
    seen.fill(-1);
    for (let slot = 0; slot + 1 < start.length; slot++) {
      for (let e = start[slot]! * 4; e < start[slot + 1]! * 4; e += 4) {
        const up = edges[e + 1]! <= edges[e + 3]!;
        const [x0, y0, x1, y1] = up
          ? [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
          : [edges[e + 2]!, edges[e + 3]!, edges[e]!, edges[e + 1]!];
        const slope = y1 > y0 ? (x1 - x0) / (y1 - y0) : 0;
        const lastRow = grid.row(y1 + cellY * WIDEN);
        for (let row = grid.row(Math.max(grid.minY, y0 - cellY * WIDEN)); row <= lastRow; row++) {
          // The part of the edge in this row; a nearly level edge is taken whole, its crossing point is not sharp.
          const low = Math.max(y0, minY + (row - WIDEN) * cellY);
          const high = Math.min(y1, minY + (row + 1 + WIDEN) * cellY);
          const whole = y1 - y0 <= cellY * WIDEN;
          const a = whole ? x0 : x0 + (low - y0) * slope;
          const b = whole ? x1 : x0 + (high - y0) * slope;
          const left = grid.column(Math.max(grid.minX, Math.min(a, b) - cellX * WIDEN));
          const right = grid.column(Math.max(a, b) + cellX * WIDEN);
          for (let cell = row * columns + left; cell <= row * columns + right; cell++) {
            if (seen[cell] === slot) continue;
            seen[cell] = slot;
            visit(cell, slot);
          }
        }
      }
    }
  };
  const cellStart = new Int32Array(columns * rows + 1);
  visitAll((cell) => {
    cellStart[cell + 1]!++;
  });
  for (let cell = 0; cell < columns * rows; cell++) cellStart[cell + 1]! += cellStart[cell]!;
  const next = cellStart.slice();
  const slots = new Int32Array(cellStart.at(-1)!);
  visitAll((cell, slot) => {
    slots[next[cell]!++] = slot;
  });
  return { start: cellStart, slots };
}
