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

export function cornersMet(ground: Ground, truth: Uint8Array, grid: Grid): Meeting<Pick<CornerShares, 'shares'>> {
  const shares = new Float64Array(grid.columns * grid.rows);
  const all = !truth.includes(0);
  const share = grid.cellWidth * grid.cellHeight < 2 ** 31 ? shareInWhole : shareInLarge;
  return {
    visit: (rows) => share(shares, ground, all || rows.areTrue ? null : truth, rows, grid),
    found: () => ({ shares }),
  };
}

/** Where nothing is larger than an integer of 32 bits, which takes two thirds of the time. */
function shareInWhole(
  shares: Float64Array,
  { combo, lon, lat }: Ground,
  truth: Uint8Array | null,
  { lo, hi, list }: Rows,
  grid: Grid,
): number {
  const [west, south, columns, lines] = [grid.west | 0, grid.south | 0, grid.columns | 0, grid.rows | 0];
  const [width, height] = [grid.cellWidth | 0, grid.cellHeight | 0];
  const whole = Math.imul(width, height);
  // Rounded down by one at most where an incident lies on a line, and then all of it still falls to the corner there.
  const [perColumn, perLine] = [1 / width, 1 / height];
  let matched = 0;
  for (let i = lo; i < hi; i++) {
    const row = list ? list[i]! : i;
    if (truth && truth[combo[row]!] === 0) continue;
    matched++;
    // Degrees are so few that what lies half the world off and more comes out negative.
    const x = (lon[row]! - west) | 0;
    const y = (lat[row]! - south) | 0;
    const column = (x * perColumn) | 0;
    const line = (y * perLine) | 0;
    if (x < 0 || y < 0 || column > columns - 2 || line > lines - 2) continue;
    const east = (x - Math.imul(column, width)) | 0;
    const north = (y - Math.imul(line, height)) | 0;
    const both = Math.imul(east, north);
    const toEast = (Math.imul(east, height) - both) | 0;
    const toNorth = (Math.imul(north, width) - both) | 0;
    const at = (Math.imul(line, columns) + column) | 0;
    shares[at]! += (whole - toEast - toNorth - both) | 0;
    shares[at + 1]! += toEast;
    shares[at + columns]! += toNorth;
    shares[at + columns + 1]! += both;
  }
  return matched;
}

function shareInLarge(
  shares: Float64Array,
  { combo, lon, lat }: Ground,
  truth: Uint8Array | null,
  { lo, hi, list }: Rows,
  { west, south, cellWidth, cellHeight, columns, rows: lines }: Grid,
): number {
  let matched = 0;
  for (let i = lo; i < hi; i++) {
    const row = list ? list[i]! : i;
    if (truth && truth[combo[row]!] === 0) continue;
    matched++;
    const x = lon[row]! - west;
    const y = lat[row]! - south;
    const [column, line] = [Math.floor(x / cellWidth), Math.floor(y / cellHeight)];
    if (x < 0 || y < 0 || column > columns - 2 || line > lines - 2) continue;
    const east = x - column * cellWidth;
    const north = y - line * cellHeight;
    const both = east * north;
    const toEast = east * cellHeight - both;
    const toNorth = north * cellWidth - both;
    const at = line * columns + column;
    shares[at]! += cellWidth * cellHeight - toEast - toNorth - both;
    shares[at + 1]! += toEast;
    shares[at + columns]! += toNorth;
    shares[at + columns + 1]! += both;
  }
  return matched;
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
