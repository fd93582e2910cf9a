// Grids over a city: as the cube counts by them, as they are told, and which of their cells belong to the city.

import type { Jurisdiction } from '../access/contract.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Grid as CubeGrid } from '../engine/answers.ts';
import { UNITS_PER_DEGREE } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { DegreeGrid } from './raster.ts';
import type { AnalysisDeps } from './values.ts';

const METRES_PER_DEGREE = 111_320;

/** Metres from side to side, as a degree measures in the middle. */
export function sizeOf([west, south, east, north]: Bounds) {
  const perLat = METRES_PER_DEGREE;
  const perLon = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  return { perLat, perLon, widthM: (east - west) * perLon, heightM: (north - south) * perLat };
}

/** Cells are told by whole numbers below this. */
const MOST_FINE_CELLS = 4_000_000_000;

/** Cells of so many metres over the bounds, and each cut in about `cuts` both ways; `fineM`: what that came to. */
export function gridsOver(
  bounds: Bounds,
  cellM: number,
  cuts: number,
): {
  fine: CubeGrid;
  grid: DegreeGrid;
  fineM: { readonly width: number; readonly height: number; readonly cuts: number };
} {
  const [west, south] = bounds;
  const { perLat, perLon, widthM, heightM } = sizeOf(bounds);
  const columns = Math.max(1, Math.ceil(widthM / cellM));
  const rows = Math.max(1, Math.ceil(heightM / cellM));
  const finer = Math.max(1, Math.min(cuts, Math.floor(Math.sqrt(MOST_FINE_CELLS / (columns * rows)))));
  const units = (per: number) => Math.max(1, Math.round((cellM / finer / per) * UNITS_PER_DEGREE));
  const fine: CubeGrid = {
    ...{ west: Math.floor(west * UNITS_PER_DEGREE), south: Math.floor(south * UNITS_PER_DEGREE) },
    ...{ cellWidth: units(perLon), cellHeight: units(perLat), columns: columns * finer, rows: rows * finer },
  };
  const grid = {
    ...{ west: fine.west / UNITS_PER_DEGREE, south: fine.south / UNITS_PER_DEGREE, columns, rows },
    cellWidth: (fine.cellWidth * finer) / UNITS_PER_DEGREE,
    cellHeight: (fine.cellHeight * finer) / UNITS_PER_DEGREE,
  };
  const metres = (unit: number, per: number) => (unit / UNITS_PER_DEGREE) * per;
  const fineM = { width: metres(fine.cellWidth, perLon), height: metres(fine.cellHeight, perLat), cuts: finer };
  return { fine, grid, fineM };
}

/** The cells inside the limit of the city, else in its first layer of areas; null where it has neither. */
export async function cityCells(
  { shapes }: AnalysisDeps,
  { layers }: Snapshot,
  jurisdiction: Jurisdiction,
  grid: DegreeGrid,
): Promise<{ readonly of: string; readonly cells: Int32Array } | null> {
  const inLimit = await shapes.insideLimit(jurisdiction, grid);
  if (inLimit) return { of: 'limit', cells: inLimit };
  const areas = layers.find(({ type }) => type === 'areas');
  return areas ? { of: areas.code, cells: await shapes.raster(jurisdiction, areas, grid) } : null;
}
