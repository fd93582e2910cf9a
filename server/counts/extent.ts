// Where the incidents of a jurisdiction lie, for one that has neither limits nor layers yet: its map opens there.

import { LRUCache } from 'lru-cache';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import type { CellCounts, Grid } from '../engine/answers.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import { everythingOf } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import { cornerOf, mainCells } from '../geometry/whereabouts.ts';
import { type AskedStates, readManyCells } from './many-facts.ts';
import { markOf } from './source-mark.ts';

const JURISDICTIONS_KNOWN = 200;
const DEGREE_CELLS: Grid = {
  west: -180 * UNITS_PER_DEGREE,
  south: -90 * UNITS_PER_DEGREE,
  cellWidth: UNITS_PER_DEGREE,
  cellHeight: UNITS_PER_DEGREE,
  columns: 360,
  rows: 180,
};
/** Cells along either side of the part where most of them lie. */
const FINE = 400;
/** Of the points on each side, this share is not waited for. */
const STRAY_SHARE = 0.005;

/** Answers null where there is no point. Worked out once until layers, settings or files change. */
export function createExtents(): (snapshot: Snapshot) => Promise<Bounds | null> {
  const known = new LRUCache<string, Promise<{ readonly bounds: Bounds | null }>>({ max: JURISDICTIONS_KNOWN });
  return async (snapshot) => {
    const { jurisdictionId, layersToken, sources } = snapshot;
    if (sources.every(({ incidents }) => incidents === 0)) return null;
    const key = `${jurisdictionId}/${layersToken}/${sources.map(markOf)}`;
    let found = known.get(key);
    if (!found) {
      found = extentOf(snapshot).then((bounds) => ({ bounds }));
      known.set(key, found);
      found.catch(() => known.delete(key));
    }
    return (await found).bounds;
  };
}

async function extentOf({ answers, sources }: Snapshot): Promise<Bounds | null> {
  const everything = everythingOf(sources.map(({ sourceId }) => sourceId));
  const grid = gridOverMost(await answers.byCell(everything, DEGREE_CELLS));
  return grid && boundsIn(grid, await answers.byCell(everything, grid));
}

type Cells = Pick<CellCounts, 'cells' | 'counts'>;

/** The same for many jurisdictions from the tables, in two rounds of questions; those without a point are left out. */
export async function readManyExtents(database: Database, asked: AskedStates): Promise<ReadonlyMap<number, Bounds>> {
  const coarse = await readManyCells(database, asked, new Map([...asked.keys()].map((id) => [id, DEGREE_CELLS])));
  const grids = new Map(
    [...coarse].flatMap(([id, cells]) => {
      const grid = gridOverMost(cells);
      return grid ? [[id, grid] as const] : [];
    }),
  );
  const located = new Map([...asked].filter(([id]) => grids.has(id)));
  const fine = await readManyCells(database, located, grids);
  return new Map([...fine].map(([id, cells]) => [id, boundsIn(grids.get(id)!, cells)]));
}

/** A fine grid over the part where most of the points lie; null without any. */
function gridOverMost({ cells, counts }: Cells): Grid | null {
  const main = [...mainCells(new Map(Array.from(cells, (cell, i) => [cell, counts[i]!])))].map(cornerOf);
  if (main.length === 0) return null;
  const edge = (axis: 0 | 1, of: (...numbers: number[]) => number) => of(...main.map((corner) => corner[axis]));
  const [west, south] = [edge(0, Math.min), edge(1, Math.min)];
  const [width, height] = [edge(0, Math.max) + 1 - west, edge(1, Math.max) + 1 - south];
  return {
    west: west * UNITS_PER_DEGREE,
    south: south * UNITS_PER_DEGREE,
    cellWidth: Math.ceil((width * UNITS_PER_DEGREE) / FINE),
    cellHeight: Math.ceil((height * UNITS_PER_DEGREE) / FINE),
    columns: FINE,
    rows: FINE,
  };
}

function boundsIn(grid: Grid, fine: Cells): Bounds {
  const [left, right] = span(fine, (cell) => cell % FINE);
  const [bottom, top] = span(fine, (cell) => Math.floor(cell / FINE));
  const lon = (column: number) => (grid.west + column * grid.cellWidth) / UNITS_PER_DEGREE;
  const lat = (row: number) => (grid.south + row * grid.cellHeight) / UNITS_PER_DEGREE;
  return [lon(left), lat(bottom), lon(right + 1), lat(top + 1)];
}

/** The first and last line of a grid, but for a few strays. */
function span({ cells, counts }: Cells, lineOf: (cell: number) => number): [first: number, last: number] {
  const lines = new Array<number>(FINE).fill(0);
  for (const [i, cell] of cells.entries()) lines[lineOf(cell)]! += counts[i]!;
  const strays = lines.reduce((sum, count) => sum + count, 0) * STRAY_SHARE;
  const reached = (inOrder: readonly number[]) => {
    let sum = 0;
    return inOrder.findIndex((count) => {
      sum += count;
      return sum > strays;
    });
  };
  return [reached(lines), FINE - 1 - reached(lines.toReversed())];
}
