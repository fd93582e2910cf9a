// Hot squares, or hexagons of H3: Gi*, Gi or local Moran over a grid, of the cells that belong to the city.

import type * as z from 'zod';
import type { Asking } from '../counts/asking.ts';
import type { Grid as CubeGrid } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import { rangeText } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import { LOCAL_REFERENCES } from './answer-places.ts';
import { countedByCell } from './by-cell.ts';
import type { ANALYSES, DegreeGrid, GridHotspotsAnswer } from './contract.ts';
import { cityCells, gridsOver, sizeOf } from './grids.ts';
import { cellsAsked } from './part.ts';
import { type AnalysisDeps, leftOutBeside } from './values.ts';

const MOST_GRID_CELLS = 100_000;
/** Mean edges of the hexagons of H3 in metres, by resolution (h3geo.org/docs/core-library/restable). */
const EDGES_M: Readonly<Record<number, number>> = {
  ...{ 6: 3724.532667, 7: 1406.475763, 8: 531.41401, 9: 200.786148, 10: 75.863783, 11: 28.663897 },
};
/** What is of the city is told by squares of so much of an edge, and incidents by cells of so much of these. */
const [PARTS_OF_EDGE, PARTS_OF_PART] = [3, 8];

type Own = z.output<(typeof ANALYSES)['grid-hotspots']>;

export async function answerGridHotspots(deps: AnalysisDeps, asking: Asking<Own>): Promise<GridHotspotsAnswer> {
  const { jurisdiction, snapshot, plan, cell, own } = asking;
  const isHexagons = own.shape === 'h3';
  const test = {
    ...{ method: own.method, correction: own.correction, permutations: own.permutations, seed: own.seed },
    // As each is in R unless asked otherwise; of Gi and Gi* z is the same.
    style: own.method === 'lisa' ? ('W' as const) : ('B' as const),
  };
  const cellM = isHexagons ? EDGES_M[own.resolution]! : own.cell;
  const parameters = {
    ...{ ...test, shape: own.shape, cellM, resolution: isHexagons ? own.resolution : null, squaresOf: 'all' },
    ...{ weights: isHexagons ? ('queen' as const) : own.weights, islands: 0, ...rangeText(plan.range) },
    reference: `${LOCAL_REFERENCES[own.method]}; ${isHexagons ? 'h3geo.org, incidents by cells of a 24th of an edge' : 'a square on a border counts whole'}`,
  };
  const about = { dataVersion: snapshot.dataVersion };
  const nothing = {
    ...{ grid: null, cells: [], hexagons: null, counts: [], z: [], p: [], adjustedP: [], class: [], elsewhere: 0 },
    ...{ quadrant: null, permutationP: null, part: null },
  };
  const bounds = jurisdiction.bounds ?? (await deps.extentOf(snapshot));
  if (!bounds) {
    const notPlaced = await leftOutBeside(asking, await snapshot.answers.byDay(plan), 0, 'outside');
    return { ...about, parameters, reason: 'empty', ...nothing, notPlaced };
  }
  refuseTooMany(bounds, own);
  const { fine, grid } = isHexagons
    ? gridsOver(bounds, cellM / PARTS_OF_EDGE, PARTS_OF_PART)
    : gridsOver(bounds, cellM, 1);
  const found = await countedByCell(snapshot, plan, fine, await cell());
  const streets = snapshot.layers.find(({ type }) => type === 'streets');
  const city = streets
    ? { of: streets.code, cells: await deps.shapes.raster(jurisdiction, streets, grid) }
    : await cityCells(deps, snapshot, jurisdiction, grid);
  const whole = { ...parameters, squaresOf: city?.of ?? 'all' };
  const isAsked = await cellsAsked(deps, asking, grid);
  const isCompared = (cell: number) => (city === null || city.cells[cell]! > 0) && (isAsked?.(cell) ?? true);
  const sum = (list: ArrayLike<number>) => Array.from(list).reduce((total, each) => total + each, 0);
  // What is said to lie elsewhere than the part asked about is not said once more.
  const toldOf = async (places: number, elsewhere: number) => ({
    ...{ elsewhere, part: isAsked && { places, elsewhere } },
    notPlaced: await leftOutBeside(asking, found, sum(found.counts) - (isAsked ? 0 : elsewhere), 'outside'),
  });
  const unsaid = async () => ({
    ...nothing,
    notPlaced: await leftOutBeside(asking, found, sum(found.counts), 'outside'),
  });
  if (isHexagons) {
    const compared = Int32Array.from({ length: grid.columns * grid.rows }, (_, cell) => +isCompared(cell));
    const said = await deps.analyst('hexagons', {
      ...{ resolution: own.resolution, city: (city || isAsked) && { grid, cells: compared }, test },
      fine: { grid: inDegrees(fine), cells: found.cells, counts: found.counts },
    });
    if (said.reason !== null) return { ...about, parameters: whole, reason: said.reason, ...(await unsaid()) };
    const { ids, rings, counts, elsewhere, z, p, adjustedP, quadrant, permutationP, islands } = said;
    return {
      ...{ ...about, parameters: { ...whole, islands }, reason: null, grid: null, cells: [], hexagons: { ids, rings } },
      ...{
        counts: [...counts],
        z,
        p,
        adjustedP,
        class: said.class,
        quadrant,
        permutationP,
        ...(await toldOf(ids.length, elsewhere)),
      },
    };
  }
  const perCell = new Float64Array(grid.columns * grid.rows);
  for (const [i, each] of found.cells.entries()) perCell[each] = found.counts[i]!;
  const cells = Uint32Array.from(perCell.keys()).filter(isCompared);
  const values = Float64Array.from(cells, (each) => perCell[each]!);
  const said = await deps.analyst('squares', { cells, columns: grid.columns, values, weights: own.weights, ...test });
  if (said.reason !== null) return { ...about, parameters: whole, reason: said.reason, ...(await unsaid()) };
  const { z, p, adjustedP, quadrant, permutationP } = said;
  return {
    ...{
      ...about,
      parameters: { ...whole, islands: said.islands },
      reason: null,
      grid,
      cells: [...cells],
      hexagons: null,
    },
    ...{ counts: [...values], z, p, adjustedP, class: said.class, quadrant, permutationP },
    ...(await toldOf(cells.length, sum(found.counts) - sum(values))),
  };
}

function refuseTooMany(bounds: Bounds, { shape, cell, resolution }: Own): void {
  const { widthM, heightM } = sizeOf(bounds);
  if (shape === 'h3') {
    const edgeM = EDGES_M[resolution]!;
    if ((widthM * heightM) / (1.5 * Math.sqrt(3) * edgeM * edgeM) > MOST_GRID_CELLS)
      throw new BadInput('resolution', `a grid has at most ${MOST_GRID_CELLS} hexagons: choose a smaller number`);
  } else if (Math.ceil(widthM / cell) * Math.ceil(heightM / cell) > MOST_GRID_CELLS) {
    const least = Math.ceil(Math.sqrt((widthM * heightM) / MOST_GRID_CELLS));
    throw new BadInput('cell', `a grid has at most ${MOST_GRID_CELLS} squares: here at least ${least} metres`);
  }
}

const inDegrees = ({ west, south, cellWidth, cellHeight, columns, rows }: CubeGrid): DegreeGrid => ({
  ...{ west: west / UNITS_PER_DEGREE, south: south / UNITS_PER_DEGREE, columns, rows },
  ...{ cellWidth: cellWidth / UNITS_PER_DEGREE, cellHeight: cellHeight / UNITS_PER_DEGREE },
});
