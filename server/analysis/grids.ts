// Grids over a city: as the cube counts by them, as they are told, and which of their cells belong to the city.

import type { Jurisdiction } from '../access/contract.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Grid as CubeGrid } from '../engine/answers.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { Kernel } from '../statistics/contract.ts';
import type { Bandwidth } from '../statistics/kernel-density.ts';
import type { DegreeGrid } from './contract.ts';
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
/** Of fewer units a fine cell is too far from what it should be: its size is rounded to whole ones. */
const LEAST_UNITS = 10;

/**
 * Cells of so many metres over the bounds, and each cut in about `cuts` both ways; `fineM`: what that came to. They are
 * counted by the size they are rounded to, so that nothing inside the bounds or on their edge lies beyond the last one.
 */
export function gridsOver(
  bounds: Bounds,
  cellM: number,
  cuts: number,
): {
  fine: CubeGrid;
  grid: DegreeGrid;
  fineM: {
    readonly width: number;
    readonly height: number;
    readonly cuts: number;
    /** Metres of 1e-7 degrees. */
    readonly perUnit: { readonly lon: number; readonly lat: number };
  };
} {
  const { perLat, perLon } = sizeOf(bounds);
  const [west, south] = [Math.floor(bounds[0] * UNITS_PER_DEGREE), Math.floor(bounds[1] * UNITS_PER_DEGREE)];
  const [east, north] = [Math.ceil(bounds[2] * UNITS_PER_DEGREE), Math.ceil(bounds[3] * UNITS_PER_DEGREE)];
  const unitsOf = (metres: number, per: number) => (metres / per) * UNITS_PER_DEGREE;
  const cutInto = (finer: number) => {
    const cellWidth = Math.max(1, Math.round(unitsOf(cellM / finer, perLon)));
    const cellHeight = Math.max(1, Math.round(unitsOf(cellM / finer, perLat)));
    const columns = Math.floor((east - west) / (cellWidth * finer)) + 1;
    const rows = Math.floor((north - south) / (cellHeight * finer)) + 1;
    return { cellWidth, cellHeight, columns, rows, cells: columns * rows * finer * finer };
  };
  // A degree of latitude is never shorter than one of longitude, so its units are fewer.
  let finer = Math.max(1, Math.min(cuts, Math.floor(unitsOf(cellM, perLat) / LEAST_UNITS)));
  while (finer > 1 && cutInto(finer).cells > MOST_FINE_CELLS) finer--;
  const { cellWidth, cellHeight, columns, rows } = cutInto(finer);
  const fine: CubeGrid = { west, south, cellWidth, cellHeight, columns: columns * finer, rows: rows * finer };
  const grid = {
    ...{ west: west / UNITS_PER_DEGREE, south: south / UNITS_PER_DEGREE, columns, rows },
    cellWidth: (cellWidth * finer) / UNITS_PER_DEGREE,
    cellHeight: (cellHeight * finer) / UNITS_PER_DEGREE,
  };
  const perUnit = { lon: perLon / UNITS_PER_DEGREE, lat: perLat / UNITS_PER_DEGREE };
  const [width, height] = [fine.cellWidth * perUnit.lon, fine.cellHeight * perUnit.lat];
  const fineM = { width, height, cuts: finer, perUnit };
  return { fine, grid, fineM };
}

/** So many parts of a radius or σ bound what is shared between their corners to within a hundredth of the peak. */
const PART = { quartic: 1 / 20, gaussian: 1 / 10 } as const;
const MOST_CORNERS = 4_000_000;

/** Grids of cells for a density, cut so that incidents may be shared between corners; null where these would be too many. */
export function cornersOver(bounds: Bounds, cellM: number, kernel: Kernel, { sigmaM, radiusM }: Bandwidth) {
  const wanted = cellM / (PART[kernel] * (kernel === 'quartic' ? radiusM : sigmaM));
  // Whole units of 1e-7 degrees come to a little more or less.
  const { fine, grid, fineM } = gridsOver(bounds, cellM, 2 * Math.max(1, Math.ceil(wanted / 2 - 0.01)));
  const corners: CubeGrid = { ...fine, columns: fine.columns + 1, rows: fine.rows + 1 };
  const { cuts } = fineM;
  if (cuts < wanted - 0.02 || cuts % 2 !== 0 || corners.columns * corners.rows > MOST_CORNERS) return null;
  return { corners, grid, fineM, whole: fine.cellWidth * fine.cellHeight };
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
