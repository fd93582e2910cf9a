// How dense incidents lie over the city: gathered by the cube on cells finer than those of the surface, then smoothed.

import type * as z from 'zod';
import type { Asking } from '../counts/asking.ts';
import type { Grid as CubeGrid } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { CELL_M } from '../filter/cells.ts';
import { type Cell, rangeText, UNITS_PER_DEGREE } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import { bandwidthOf, kernelOf } from '../statistics/kernel-density.ts';
import { type ANALYSES, type DensityAnswer, MOST_CELLS } from './contract.ts';
import type { AnalysisDeps } from './values.ts';

const METRES_PER_DEGREE = 111_320;
const RADIUS_M = 500;
/** Cells of the cube along a cell of the surface. */
const FINER = 3;
const REFERENCE = 'Silverman 1986; quartic as CrimeStat, per cell centre, no correction at edges';
const M2_PER_KM2 = 1_000_000;

export async function answerDensity(
  { extentOf, analyst }: AnalysisDeps,
  { jurisdiction, snapshot, plan, cell: cellOf, own }: Asking<z.output<(typeof ANALYSES)['density']>>,
): Promise<DensityAnswer> {
  const { kernel, radius, sigma } = own;
  if (radius !== undefined && sigma !== undefined) throw new BadInput('sigma', 'give radius or sigma, not both');
  const bandwidth = bandwidthOf(kernel, sigma === undefined ? { radiusM: radius ?? RADIUS_M } : { sigmaM: sigma });
  const bounds = jurisdiction.bounds ?? (await extentOf(snapshot));
  const parameters = { kernel, ...bandwidth, cellM: own.cell ?? 0, ...rangeText(plan.range), reference: REFERENCE };
  const about = { dataVersion: snapshot.dataVersion };
  const nothing = { grid: null, density: [], peak: 0, errorBound: 0, incidents: 0 };
  if (!bounds) return { ...about, parameters, reason: 'empty', ...nothing };
  const [west, south, east, north] = bounds;
  const perLat = METRES_PER_DEGREE;
  const perLon = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [widthM, heightM] = [(east - west) * perLon, (north - south) * perLat];
  const finest = Math.max(Math.sqrt((widthM * heightM) / MOST_CELLS), widthM / MOST_CELLS, heightM / MOST_CELLS);
  if (own.cell !== undefined && own.cell < finest)
    throw new BadInput('cell', `a surface has at most ${MOST_CELLS} cells: here at least ${Math.ceil(finest)} metres`);
  const cellM =
    own.cell ?? Math.max((kernel === 'quartic' ? bandwidth.radiusM : bandwidth.sigmaM * 2) / 10, finest * 1.01);
  const columns = Math.max(1, Math.ceil(widthM / cellM));
  const rows = Math.max(1, Math.ceil(heightM / cellM));
  const units = (metres: number, per: number) => Math.max(1, Math.round((metres / FINER / per) * UNITS_PER_DEGREE));
  const cell = await cellOf();
  const fine: CubeGrid = cell
    ? cellsOver(bounds, cell, cellM)
    : {
        west: Math.floor(west * UNITS_PER_DEGREE),
        south: Math.floor(south * UNITS_PER_DEGREE),
        cellWidth: units(cellM, perLon),
        cellHeight: units(cellM, perLat),
        columns: columns * FINER,
        rows: rows * FINER,
      };
  const fineM = cell ? (fine.cellHeight / UNITS_PER_DEGREE) * perLat : cellM / FINER;
  // Cells are cellM wide but for the rounding of degrees, a few in ten thousand.
  const across = (column: number) =>
    cell
      ? ((fine.west + (column + 0.5) * fine.cellWidth) / UNITS_PER_DEGREE - west) * perLon
      : ((column + 0.5) * cellM) / FINER;
  const up = (row: number) =>
    cell
      ? ((fine.south + (row + 0.5) * fine.cellHeight) / UNITS_PER_DEGREE - south) * perLat
      : ((row + 0.5) * cellM) / FINER;
  const { cells, counts } = await snapshot.answers.byCell(plan, fine);
  const said = await analyst('density', {
    ...{ kernel, bandwidth, grid: { west: 0, south: 0, cellM, columns, rows } },
    points: {
      x: Float64Array.from(cells, (at) => across(at % fine.columns)),
      y: Float64Array.from(cells, (at) => up(Math.floor(at / fine.columns))),
      weight: counts,
    },
  });
  const whole = { ...parameters, cellM: Math.round(cellM * 1000) / 1000 };
  if (said.reason !== null) return { ...about, parameters: whole, reason: said.reason, ...nothing };
  const density = Array.from(said.density, (value) => Math.round(value * M2_PER_KM2 * 1e4) / 1e4);
  const incidents = counts.reduce((sum, count) => sum + count, 0);
  // A point moved to the middle of a fine cell changes a kernel by its slope times half the diagonal, at the most.
  const slope =
    kernelOf(kernel, bandwidth)(0) * (kernel === 'quartic' ? 1.54 / bandwidth.radiusM : 0.61 / bandwidth.sigmaM);
  const moved = fineM / Math.SQRT2;
  const share = said.errorBound > 0 ? said.errorBound / ((cellM * cellM) / 8) : 0;
  const curved = kernel === 'quartic' ? 8 / bandwidth.radiusM ** 2 : 2 / bandwidth.sigmaM ** 2;
  const within = share / (curved * kernelOf(kernel, bandwidth)(0));
  return {
    ...{ ...about, parameters: whole, reason: null, incidents },
    grid: {
      ...(cell ? { west, south } : { west: fine.west / UNITS_PER_DEGREE, south: fine.south / UNITS_PER_DEGREE }),
      cellWidth: cell ? cellM / perLon : (fine.cellWidth * FINER) / UNITS_PER_DEGREE,
      cellHeight: cell ? cellM / perLat : (fine.cellHeight * FINER) / UNITS_PER_DEGREE,
      ...{ columns, rows },
    },
    density,
    peak: density.reduce((a, b) => Math.max(a, b), 0),
    errorBound: (said.errorBound + slope * moved * within) * M2_PER_KM2,
  };
}

const MOST_FINE_CELLS = 4_000_000;

/** The cells a viewer is told of that lie over the bounds, several together where they are far finer than is asked for. */
function cellsOver([west, south, east, north]: Bounds, cell: Cell, cellM: number): CubeGrid {
  for (let times = Math.max(1, Math.floor(cellM / FINER / CELL_M)); ; times *= 2) {
    const [cellWidth, cellHeight] = [cell.width * times, cell.height * times];
    const column = (lon: number) => Math.floor((lon * UNITS_PER_DEGREE) / cellWidth);
    const row = (lat: number) => Math.floor((lat * UNITS_PER_DEGREE) / cellHeight);
    const [columns, rows] = [column(east) - column(west) + 1, row(north) - row(south) + 1];
    if (columns * rows > MOST_FINE_CELLS) continue;
    return { west: column(west) * cellWidth, south: row(south) * cellHeight, cellWidth, cellHeight, columns, rows };
  }
}
