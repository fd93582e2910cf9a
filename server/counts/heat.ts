// The grid incidents are gathered on before they are drawn as heat.

import type { CellCounts, Grid } from '../engine/answers.ts';
import { cellAt } from '../filter/cells.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { HeatAnswer } from './contract.ts';

/** Cell sizes by zoom, each some of the smallest: never so coarse that the cell shows under the page's 300 m radius. */
const CELL_M: readonly (readonly [fromZoom: number, cellM: number])[] = [
  [15, 25],
  [14, 50],
  [12, 100],
  [0, 200],
];
const MAX_CELLS = 2_000_000;

/**
 * A grid over `bounds` for a map at `zoom`. Cells lie on the same lines whatever the bounds, so that panning does not
 * move them; `latitude` sets their width and is the jurisdiction's, for the same reason.
 */
export function gridFor(bounds: Bounds, zoom: number, latitude: number): { grid: Grid; cellM: number } {
  let cellM = CELL_M.find(([fromZoom]) => zoom >= fromZoom)![1];
  for (; ; cellM *= 2) {
    const grid = layGrid(bounds, cellM, latitude);
    if (grid.columns * grid.rows <= MAX_CELLS) return { grid, cellM };
  }
}

function layGrid([west, south, east, north]: Bounds, cellM: number, latitude: number): Grid {
  const { width: cellWidth, height: cellHeight } = cellAt(latitude, cellM);
  const column = (lon: number) => Math.floor((lon * UNITS_PER_DEGREE) / cellWidth);
  const row = (lat: number) => Math.floor((lat * UNITS_PER_DEGREE) / cellHeight);
  return {
    west: column(west) * cellWidth,
    south: row(south) * cellHeight,
    cellWidth,
    cellHeight,
    columns: column(east) - column(west) + 1,
    rows: row(north) - row(south) + 1,
  };
}

/** Weight = incidents in the cell, at its centre to five decimals, which is a metre. */
export function heatOf({ cells, counts }: CellCounts, grid: Grid, cellM: number): Omit<HeatAnswer, 'dataVersion'> {
  const degrees = (units: number) => Math.round(units / 100) / 1e5;
  const points = Array.from(cells, (cell, i) => {
    const column = cell % grid.columns;
    const row = (cell - column) / grid.columns;
    const lon = degrees(grid.west + (column + 0.5) * grid.cellWidth);
    const lat = degrees(grid.south + (row + 0.5) * grid.cellHeight);
    return [lon, lat, counts[i]!] as const;
  });
  return { cellM, points };
}
