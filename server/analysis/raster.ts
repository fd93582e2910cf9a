// Places of a layer as cells of a grid: which of them have a street or lie in an area, and what lives where. Runs in the
// worker.

import { projection } from '../geometry/projection.ts';
import { readWkb } from '../geometry/read-wkb.ts';
import type { DegreeGrid } from './contract.ts';
import { middlesOfPlaces, type NeighbourGround } from './neighbourhood.ts';

/** Place id of each cell: of the area its centre lies in, or of a street that passes through; 0 = none. */
export function rasterOf(ground: NeighbourGround, grid: DegreeGrid): Int32Array {
  const cells = new Int32Array(grid.columns * grid.rows);
  const { placeIds, ends, wkb } = ground.places;
  for (let i = 0; i < placeIds.length; i++) {
    const shape = readWkb(wkb.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!));
    if (shape.kind === 'polygons') for (const rings of shape.polygons) fill(cells, grid, rings, placeIds[i]!);
    else for (const run of shape.runs) trace(cells, grid, run, placeIds[i]!);
  }
  return cells;
}

/** By rows of centres: between every other crossing of the outline lies the inside, holes left out. */
function fill(cells: Int32Array, grid: DegreeGrid, rings: readonly ArrayLike<number>[], id: number): void {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const outline = rings[0]!;
  for (let k = 1; k < outline.length; k += 2) {
    least = Math.min(least, outline[k]!);
    most = Math.max(most, outline[k]!);
  }
  const rowOf = (lat: number) => (lat - grid.south) / grid.cellHeight - 0.5;
  const last = Math.min(grid.rows - 1, Math.floor(rowOf(most)));
  for (let row = Math.max(0, Math.ceil(rowOf(least))); row <= last; row++) {
    const lat = grid.south + (row + 0.5) * grid.cellHeight;
    const crossings: number[] = [];
    for (const ring of rings)
      for (let k = 2; k < ring.length; k += 2) {
        const [ax, ay, bx, by] = [ring[k - 2]!, ring[k - 1]!, ring[k]!, ring[k + 1]!];
        if (ay > lat !== by > lat) crossings.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
      }
    crossings.sort((a, b) => a - b);
    for (let c = 1; c < crossings.length; c += 2) {
      const columnOf = (lon: number) => (lon - grid.west) / grid.cellWidth - 0.5;
      const end = Math.min(grid.columns - 1, Math.floor(columnOf(crossings[c]!)));
      for (let column = Math.max(0, Math.ceil(columnOf(crossings[c - 1]!))); column <= end; column++)
        cells[row * grid.columns + column] = id;
    }
  }
}

/** At steps of a quarter of a cell: a street that cuts a corner shorter than that does not count there. */
function trace(cells: Int32Array, grid: DegreeGrid, run: ArrayLike<number>, id: number): void {
  for (let k = 2; k < run.length; k += 2) {
    const [ax, ay] = [(run[k - 2]! - grid.west) / grid.cellWidth, (run[k - 1]! - grid.south) / grid.cellHeight];
    const [bx, by] = [(run[k]! - grid.west) / grid.cellWidth, (run[k + 1]! - grid.south) / grid.cellHeight];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(bx - ax), Math.abs(by - ay)) * 4));
    for (let step = 0; step <= steps; step++) {
      const column = Math.floor(ax + ((bx - ax) * step) / steps);
      const row = Math.floor(ay + ((by - ay) * step) / steps);
      if (column >= 0 && row >= 0 && column < grid.columns && row < grid.rows) cells[row * grid.columns + column] = id;
    }
  }
}

/**
 * What belongs to each area, spread evenly over its cells; of one too small to hold a centre, put where its middle is.
 * NaN counts as nothing.
 */
export function spreadOver(ground: NeighbourGround, grid: DegreeGrid, values: ArrayLike<number>): Float64Array {
  const raster = rasterOf(ground, grid);
  const held = new Uint32Array(ground.features + 1);
  for (const id of raster) held[id]!++;
  const spread = Float64Array.from(raster, (id) => (id > 0 && values[id]! > 0 ? values[id]! / held[id]! : 0));
  const project = projection(ground.metric);
  const middles = middlesOfPlaces(ground);
  const corner = new Float64Array(4);
  project(grid.west, grid.south, corner, 0);
  project(grid.west + grid.columns * grid.cellWidth, grid.south + grid.rows * grid.cellHeight, corner, 2);
  for (let i = 0; i < ground.features; i++) {
    if (held[i + 1]! > 0 || !(values[i + 1]! > 0)) continue;
    const column = Math.floor(((middles.x[i]! - corner[0]!) / (corner[2]! - corner[0]!)) * grid.columns);
    const row = Math.floor(((middles.y[i]! - corner[1]!) / (corner[3]! - corner[1]!)) * grid.rows);
    if (column >= 0 && row >= 0 && column < grid.columns && row < grid.rows)
      spread[row * grid.columns + column]! += values[i + 1]!;
  }
  return spread;
}
