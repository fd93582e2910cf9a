// Finds the street segment nearest to a point, within reach.

import Flatbush from 'flatbush';
import type { Projection } from '../geometry/projection.ts';
import type { CoordinateRun } from '../geometry/read-wkb.ts';
import type { AreaIndex } from './area-index.ts';

/** `line`: lon, lat, lon, lat, … in degrees. */
export type IndexedSegment = { readonly placeId: number; readonly line: CoordinateRun };

export type SegmentIndex = {
  /** place_id of the nearest segment; 0 = none in reach, outside the limit, or NaN. */
  find(lon: number, lat: number): number;
};

/** Points farther than this from every street are on none. */
export const STREET_REACH_M = 60;
/** Distances this close are equal, and the lowest place_id wins. */
export const TIE_M = 0.001;
/** First look this far around a point, and farther only when that settles nothing. */
const CLOSE_M = 15;

export type SegmentOptions = {
  readonly project: Projection;
  readonly reachM?: number;
  /** Incidents outside the jurisdiction's limit get no segment; null = no limit. Of degrees, as the points are. */
  readonly limit?: AreaIndex | null;
};

/** Index of one street layer version; distances are straight lines in the plane `project` leads to. */
export function segmentIndex(segments: Iterable<IndexedSegment>, options: SegmentOptions): SegmentIndex {
  const { project, reachM = STREET_REACH_M, limit = null } = options;
  const lines = [...segments].filter(({ line }) => line.length >= 4);
  const pieces = lines.reduce((sum, { line }) => sum + line.length / 2 - 1, 0);
  if (pieces === 0) return { find: () => 0 };

  const ends = new Float64Array(pieces * 4);
  const owner = new Int32Array(pieces);
  const boxes = new Flatbush(pieces);
  let piece = 0;
  for (const { placeId, line } of lines) {
    const metric = new Float64Array(line.length);
    for (let i = 0; i < line.length; i += 2) project(line[i]!, line[i + 1]!, metric, i);
    for (let i = 0; i + 3 < metric.length; i += 2, piece++) {
      const [x0, y0, x1, y1] = [metric[i]!, metric[i + 1]!, metric[i + 2]!, metric[i + 3]!];
      ends.set([x0, y0, x1, y1], piece * 4);
      owner[piece] = placeId;
      boxes.add(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1));
    }
  }
  boxes.finish();

  const at = new Float64Array(2);
  // What the last search found, in arrays that are used again: a fresh pair for each point costs more than measuring.
  const near: number[] = [];
  const distances: number[] = [];
  let found = 0;
  const collect = (radiusM: number): number => {
    found = 0;
    let shortestM = Infinity;
    const x = at[0]!;
    const y = at[1]!;
    boxes.search(x - radiusM, y - radiusM, x + radiusM, y + radiusM, (candidate) => {
      const distanceM = Math.sqrt(squaredDistance(ends, candidate * 4, x, y));
      if (distanceM <= reachM) {
        near[found] = candidate;
        distances[found++] = distanceM;
        if (distanceM < shortestM) shortestM = distanceM;
      }
      return false;
    });
    return shortestM;
  };

  return {
    find(lon, lat) {
      if (Number.isNaN(lon) || Number.isNaN(lat) || limit?.find(lon, lat) === 0) return 0;
      project(lon, lat, at, 0);
      // Most points are close to their street. What a small search finds well inside its box, nothing outside beats.
      let shortestM = collect(CLOSE_M);
      if (shortestM + TIE_M > CLOSE_M) shortestM = collect(reachM);
      let lowest = 0;
      for (let i = 0; i < found; i++) {
        if (distances[i]! > shortestM + TIE_M) continue;
        const placeId = owner[near[i]!]!;
        if (lowest === 0 || placeId < lowest) lowest = placeId;
      }
      return lowest;
    },
  };
}

/** Square of the distance from a point to the piece whose ends start at `at`. */
function squaredDistance(ends: Float64Array, at: number, x: number, y: number): number {
  const x0 = ends[at]!;
  const y0 = ends[at + 1]!;
  const dx = ends[at + 2]! - x0;
  const dy = ends[at + 3]! - y0;
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
  const ex = x0 + along * dx - x;
  const ey = y0 + along * dy - y;
  return ex * ex + ey * ey;
}
