// Hot squares: Gi* over a square grid, of the squares that belong to the city.

import type * as z from 'zod';
import type { Asking } from '../counts/asking.ts';
import { BadInput } from '../errors.ts';
import { rangeText } from '../filter/plan.ts';
import { countedByCell } from './by-cell.ts';
import type { ANALYSES, GridHotspotsAnswer } from './contract.ts';
import { cityCells, gridsOver, sizeOf } from './grids.ts';
import type { AnalysisDeps } from './values.ts';

const REFERENCE =
  'Ord & Getis 1995, doi 10.1111/j.1538-4632.1995.tb00912.x; Benjamini & Hochberg 1995; a square on a border counts whole';
const MOST_SQUARES = 100_000;

export async function answerGridHotspots(
  deps: AnalysisDeps,
  { jurisdiction, snapshot, plan, cell, own }: Asking<z.output<(typeof ANALYSES)['grid-hotspots']>>,
): Promise<GridHotspotsAnswer> {
  const { cell: cellM, weights, correction } = own;
  const parameters = {
    ...{ method: 'gi-star' as const, cellM, weights, correction, squaresOf: 'all', islands: 0 },
    ...{ ...rangeText(plan.range), reference: REFERENCE },
  };
  const about = { dataVersion: snapshot.dataVersion };
  const nothing = { grid: null, cells: [], counts: [], z: [], p: [], adjustedP: [], class: [], elsewhere: 0 };
  const bounds = jurisdiction.bounds ?? (await deps.extentOf(snapshot));
  if (!bounds) return { ...about, parameters, reason: 'empty', ...nothing };
  const { widthM, heightM } = sizeOf(bounds);
  if (Math.ceil(widthM / cellM) * Math.ceil(heightM / cellM) > MOST_SQUARES) {
    const least = Math.ceil(Math.sqrt((widthM * heightM) / MOST_SQUARES));
    throw new BadInput('cell', `a grid has at most ${MOST_SQUARES} squares: here at least ${least} metres`);
  }
  const { fine, grid } = gridsOver(bounds, cellM, 1);
  const found = await countedByCell(snapshot, plan, fine, await cell());
  const streets = snapshot.layers.find(({ type }) => type === 'streets');
  const city = streets
    ? { of: streets.code, cells: await deps.shapes.raster(jurisdiction, streets, grid) }
    : await cityCells(deps, snapshot, jurisdiction, grid);
  const perCell = new Float64Array(grid.columns * grid.rows);
  for (const [i, cell] of found.cells.entries()) perCell[cell] = found.counts[i]!;
  const cells = Uint32Array.from(perCell.keys()).filter((cell) => city === null || city.cells[cell]! > 0);
  const values = Float64Array.from(cells, (cell) => perCell[cell]!);
  const sum = (list: ArrayLike<number>) => Array.from(list).reduce((total, each) => total + each, 0);
  const said = await deps.analyst('squares', { cells, columns: grid.columns, values, weights, correction });
  const whole = { ...parameters, squaresOf: city?.of ?? 'all' };
  if (said.reason !== null) return { ...about, parameters: whole, reason: said.reason, ...nothing };
  const { z, p, adjustedP } = said;
  return {
    ...{ ...about, parameters: { ...whole, islands: said.islands }, reason: null, grid, cells: [...cells] },
    ...{ counts: [...values], z, p, adjustedP, class: said.class, elsewhere: sum(found.counts) - sum(values) },
  };
}
