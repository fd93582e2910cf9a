// Where on the ground the rows of a cube lie that match: by the cells of a grid, or shared between the corners of cells.

import type { CellCounts, CornerShares, Grid } from './answers.ts';
import type { CubeView } from './layout.ts';
import { type Rows, sortedKeys } from './loops.ts';

type Ground = Pick<CubeView, 'combo' | 'lon' | 'lat'>;
/** Is handed rows that have points, says how many of them match, and in the end what was found. */
export type Meeting<Found> = { readonly visit: (rows: Rows) => number; readonly found: () => Found };

/** Over more cells than this those that are met are listed and sorted instead. */
const MOST_TABLED = 4_000_000;

export function cellsMet({ combo, lon, lat }: Ground, truth: Uint8Array, grid: Grid): Meeting<Cells> {
  const { west, south, cellWidth, cellHeight, columns, rows: lines } = grid;
  const isTabled = columns * lines <= MOST_TABLED;
  const all = new Uint32Array(isTabled ? columns * lines : 0);
  let met = new Uint32Array(isTabled ? 0 : 1024);
  let held = 0;
  return {
    visit(rows) {
      if (!isTabled) met = withRoom(met, held, rows.hi - rows.lo);
      let matched = 0;
      for (let i = rows.lo; i < rows.hi; i++) {
        const row = rows.list ? rows.list[i]! : i;
        if (truth[combo[row]!] === 0) continue; // two divisions cost more than a mispredicted branch
        matched++;
        const column = Math.floor((lon[row]! - west) / cellWidth);
        const line = Math.floor((lat[row]! - south) / cellHeight);
        if (column < 0 || column >= columns || line < 0 || line >= lines) continue;
        if (isTabled) all[line * columns + column]! += 1;
        else met[held++] = line * columns + column;
      }
      return matched;
    },
    found: () => (isTabled ? tabled(all) : counted(sortedKeys(met.subarray(0, held)))),
  };
}

export function cornersMet(
  { combo, lon, lat }: Ground,
  truth: Uint8Array,
  { west, south, cellWidth, cellHeight, columns, rows: lines }: Grid,
): Meeting<Pick<CornerShares, 'shares'>> {
  const shares = new Float64Array(columns * lines);
  // Rounded down by one at most where an incident lies on a line, and then all of it still falls to the corner there.
  const [perColumn, perLine] = [1 / cellWidth, 1 / cellHeight];
  const whole = cellWidth * cellHeight;
  return {
    visit(rows) {
      let matched = 0;
      for (let i = rows.lo; i < rows.hi; i++) {
        const row = rows.list ? rows.list[i]! : i;
        if (truth[combo[row]!] === 0) continue;
        matched++;
        const x = lon[row]! - west;
        const y = lat[row]! - south;
        if (x < 0 || y < 0) continue;
        const column = (x * perColumn) | 0;
        const line = (y * perLine) | 0;
        if (column > columns - 2 || line > lines - 2) continue;
        const east = x - column * cellWidth;
        const north = y - line * cellHeight;
        const both = east * north;
        const toEast = east * cellHeight - both;
        const toNorth = north * cellWidth - both;
        const at = line * columns + column;
        shares[at]! += whole - toEast - toNorth - both;
        shares[at + 1]! += toEast;
        shares[at + columns]! += toNorth;
        shares[at + columns + 1]! += both;
      }
      return matched;
    },
    found: () => ({ shares }),
  };
}

type Cells = Pick<CellCounts, 'cells' | 'counts'>;

function tabled(all: Uint32Array): Cells {
  let filled = 0;
  for (let cell = 0; cell < all.length; cell++) filled += +(all[cell]! > 0);
  const cells = new Uint32Array(filled);
  const counts = new Uint32Array(filled);
  let at = 0;
  for (let cell = 0; cell < all.length; cell++) {
    if (all[cell] === 0) continue;
    cells[at] = cell;
    counts[at++] = all[cell]!;
  }
  return { cells, counts };
}

function counted(sorted: Uint32Array): Cells {
  const cells = new Uint32Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (last < 0 || cells[last] !== sorted[i]) cells[++last] = sorted[i]!;
    counts[last]! += 1;
  }
  return { cells: cells.slice(0, last + 1), counts: counts.slice(0, last + 1) };
}

function withRoom(list: Uint32Array<ArrayBuffer>, held: number, more: number): Uint32Array<ArrayBuffer> {
  if (held + more <= list.length) return list;
  const grown = new Uint32Array(Math.max(held + more, 2 * list.length));
  grown.set(list.subarray(0, held));
  return grown;
}
