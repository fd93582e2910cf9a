// Finds the area a point falls in: exact on edges and corners, and faster than a million points a second.
//
// A grid lies over the layer. A cell that no boundary crosses has one answer for all its points; in the others each
// area with a boundary there is tested by counting crossings along the point's grid row only.

import type { CoordinateRun } from '../geometry/read-wkb.ts';
import { CROSSES, HOLDS, rayMeets } from '../geometry/segments.ts';
import { type AreaGrid, type CoverTest, fillCells, gridOver, type Outlines } from './area-grid.ts';

/** `polygons`: rings, outer first then holes, closed. Coordinates are lon, lat degrees, or any plane's x, y. */
export type IndexedArea = { readonly placeId: number; readonly polygons: readonly (readonly CoordinateRun[])[] };

export type AreaIndex = {
  /** The lowest place_id of the areas that cover the point (its boundary included); 0 = none, also for NaN. */
  find(x: number, y: number): number;
};

/** Index of one layer version. Areas may overlap and touch; each must be valid in the sense of ST_IsValid. */
export function areaIndex(areas: Iterable<IndexedArea>): AreaIndex {
  const sorted = [...areas].filter((area) => area.polygons.length > 0).sort((a, b) => a.placeId - b.placeId);
  const outlines = collectEdges(sorted);
  if (outlines.count === 0) return { find: () => 0 };
  const grid = gridOver(outlines);
  const covers = coverTest(outlines, grid);
  const { cells, lists } = fillCells(outlines, grid, covers);
  const placeIds = Int32Array.from(sorted, (area) => area.placeId);
  const { minX, minY, maxX, maxY, columns } = grid;

  return {
    find(x, y) {
      if (!(x >= minX && x <= maxX && y >= minY && y <= maxY)) return 0;
      const cell = cells[grid.row(y) * columns + grid.column(x)]!;
      if (cell >= 0) return cell === 0 ? 0 : placeIds[cell - 1]!;
      for (let at = -cell - 1; ; at++) {
        const entry = lists[at]!;
        if (entry === 0) return 0;
        if (entry < 0) return placeIds[-entry - 1]!;
        if (covers(entry - 1, x, y)) return placeIds[entry - 1]!;
      }
    },
  };
}

function collectEdges(areas: readonly IndexedArea[]): Outlines {
  let room = 0;
  for (const area of areas) for (const rings of area.polygons) for (const ring of rings) room += ring.length / 2;
  const edges = new Float64Array(room * 4);
  const start = new Int32Array(areas.length + 1);
  let count = 0;
  areas.forEach((area, slot) => {
    start[slot] = count;
    for (const rings of area.polygons) {
      for (const ring of rings) {
        for (let i = 0; i + 3 < ring.length; i += 2) {
          if (ring[i] === ring[i + 2] && ring[i + 1] === ring[i + 3]) continue;
          edges.set(ring.subarray(i, i + 4), count * 4);
          count++;
        }
      }
    }
  });
  start[areas.length] = count;
  return { count, edges: edges.subarray(0, count * 4), start };
}

/** An exact "inside or on the boundary", looking only at the area's edges in the point's grid row. */
function coverTest({ edges, start }: Outlines, grid: AreaGrid): CoverTest {
  const slots = start.length - 1;
  const firstRow = new Int32Array(slots);
  const lastRow = new Int32Array(slots);
  const bucket = new Int32Array(slots + 1);
  for (let slot = 0; slot < slots; slot++) {
    let [low, high] = [Infinity, -Infinity];
    for (let at = start[slot]! * 4 + 1; at < start[slot + 1]! * 4; at += 2) {
      low = Math.min(low, edges[at]!);
      high = Math.max(high, edges[at]!);
    }
    // An area whose rings had no length at all keeps one empty row.
    firstRow[slot] = low <= high ? grid.row(low) : 0;
    lastRow[slot] = low <= high ? grid.row(high) : 0;
    bucket[slot + 1] = bucket[slot]! + lastRow[slot]! - firstRow[slot]! + 1;
  }
  const eachRowOfEdge = (visit: (bucketAt: number, edge: number) => void) => {
    for (let slot = 0; slot < slots; slot++) {
      const base = bucket[slot]! - firstRow[slot]!;
      for (let edge = start[slot]!; edge < start[slot + 1]!; edge++) {
        const a = grid.row(edges[edge * 4 + 1]!);
        const b = grid.row(edges[edge * 4 + 3]!);
        for (let row = Math.min(a, b); row <= Math.max(a, b); row++) visit(base + row, edge);
      }
    }
  };
  const bucketStart = new Int32Array(bucket[slots]! + 1);
  eachRowOfEdge((at) => {
    bucketStart[at + 1]!++;
  });
  for (let at = 1; at < bucketStart.length; at++) bucketStart[at]! += bucketStart[at - 1]!;
  const next = bucketStart.slice();
  const bucketEdges = new Int32Array(bucketStart.at(-1)!);
  eachRowOfEdge((at, edge) => {
    bucketEdges[next[at]!++] = edge * 4;
  });

  return (slot, x, y) => {
    const row = grid.row(y);
    if (row < firstRow[slot]! || row > lastRow[slot]!) return false;
    const at = bucket[slot]! + row - firstRow[slot]!;
    let inside = false;
    for (let i = bucketStart[at]!; i < bucketStart[at + 1]!; i++) {
      const e = bucketEdges[i]!;
      const met = rayMeets(edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!, x, y);
      if (met === HOLDS) return true;
      if (met === CROSSES) inside = !inside;
    }
    return inside;
  };
}
