// How dense incidents lie over the city: gathered by the cube on cells finer than those of the surface, then smoothed;
// per km², or over those who live around.

import type * as z from 'zod';
import type { Asking } from '../counts/asking.ts';
import { measureOf } from '../counts/rates.ts';
import type { Snapshot } from '../cube/store.ts';
import { BadInput } from '../errors.ts';
import type { GroundCell } from '../filter/ground-cell.ts';
import { findLayer } from '../filter/places.ts';
import { type Plan, rangeText } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import type { Kernel } from '../statistics/contract.ts';
import { type Bandwidth, bandwidthOf } from '../statistics/kernel-density.ts';
import { countedByCell } from './by-cell.ts';
import { type ANALYSES, type DensityAnswer, MOST_CELLS } from './contract.ts';
import { cityCells, cornersOver, gridsOver, sizeOf } from './grids.ts';
import { type AnalysisDeps, leftOutBeside } from './values.ts';

const RADIUS_M = 500;
const REFERENCE =
  'Silverman 1986; quartic as CrimeStat, per cell centre; edges as Diggle 1985, doi 10.2307/2347366; over residents as CrimeStat’s dual estimate';
const M2_PER_KM2 = 1_000_000;
const RESIDENTS_PER = 100_000;
/** Where fewer live around, a rate says nothing of anybody. */
const LEAST_RESIDENTS_PER_KM2 = 500;

export async function answerDensity(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof ANALYSES)['density']>>,
): Promise<DensityAnswer> {
  const { jurisdiction, snapshot, plan, cell, own } = asking;
  const { kernel, radius, sigma, edge } = own;
  if (radius !== undefined && sigma !== undefined) throw new BadInput('sigma', 'give radius or sigma, not both');
  const bandwidth = bandwidthOf(kernel, sigma === undefined ? { radiusM: radius ?? RADIUS_M } : { sigmaM: sigma });
  const over = own.over === undefined ? null : await findLayer(deps.database, snapshot, own.over, 'over');
  if (over && over.type !== 'areas') throw new BadInput('over', 'only areas have residents');
  const isCorrected = edge === 'uniform' && !over;
  const range = rangeText(plan.range);
  const parameters = {
    ...{ kernel, ...bandwidth, cellM: own.cell ?? 0, edge, city: null as string | null, over: over?.code ?? null },
    ...{ residents: null as DensityAnswer['parameters']['residents'], ...range, reference: REFERENCE },
    leastResidentsPerKm2: over ? LEAST_RESIDENTS_PER_KM2 : null,
  };
  const unit = over ? ('per100kResidents' as const) : ('perKm2' as const);
  const about = { dataVersion: snapshot.dataVersion, unit };
  const nothing = { grid: null, density: [], peak: 0, errorBound: null, incidents: 0 };
  const bounds = jurisdiction.bounds ?? (await deps.extentOf(snapshot));
  if (!bounds) {
    const notPlaced = await leftOutBeside(asking, await snapshot.answers.byDay(plan), 0, 'outside');
    return { ...about, parameters, reason: 'empty', ...nothing, notPlaced };
  }
  const { widthM, heightM } = sizeOf(bounds);
  const finest = Math.max(Math.sqrt((widthM * heightM) / MOST_CELLS), widthM / MOST_CELLS, heightM / MOST_CELLS);
  if (own.cell !== undefined && own.cell < finest)
    throw new BadInput('cell', `a surface has at most ${MOST_CELLS} cells: here at least ${Math.ceil(finest)} metres`);
  const cellM =
    own.cell ?? Math.max((kernel === 'quartic' ? bandwidth.radiusM : bandwidth.sigmaM * 2) / 10, finest * 1.01);
  const laid = await laidOn(snapshot, plan, bounds, cellM, kernel, bandwidth, await cell());
  const { grid, fineM, fine, incidents } = laid;
  const notPlaced = await leftOutBeside(asking, laid.tally, incidents, 'outside');
  const { columns, rows } = grid;
  const measure = over && measureOf(await deps.places(snapshot, over), range.until);
  const residents = measure?.unit === 'per100kResidents' ? measure : null;
  const city = isCorrected ? await cityCells(deps, snapshot, jurisdiction, grid) : null;
  const whole = {
    ...{ ...parameters, cellM: Math.round(cellM * 1000) / 1000, city: city?.of ?? null },
    residents: residents?.denominator ?? null,
  };
  if (over && !residents) return { ...about, parameters: whole, reason: 'no-denominator', ...nothing, notPlaced };
  const said = await deps.analyst('density', {
    ...{ kernel, bandwidth },
    // Cells are cellM wide but for the rounding of degrees.
    grid: { west: 0, south: 0, cellM: fineM.width * fineM.cuts, heightM: fineM.height * fineM.cuts, columns, rows },
    fine,
    inside: city?.cells ?? null,
    residents:
      over && residents
        ? {
            perCell: await deps.shapes.spread(jurisdiction, over, grid, residents.residents),
            leastPerM2: LEAST_RESIDENTS_PER_KM2 / M2_PER_KM2,
          }
        : null,
  });
  if (said.reason !== null) return { ...about, parameters: whole, reason: said.reason, ...nothing, notPlaced };
  const scale = over ? RESIDENTS_PER : M2_PER_KM2;
  const density = Array.from(said.density, (value) => Math.round(value * scale * 1e4) / 1e4);
  return {
    ...{ ...about, parameters: whole, reason: null, incidents, grid, density, notPlaced },
    peak: density.reduce((a, b) => Math.max(a, b), 0),
    errorBound: over || asking.narrowed.arePlacesMoved ? null : said.errorBound * M2_PER_KM2,
  };
}

/** Exact points are shared between corners; whoever may not see these is told of cells, and far finer ones take less room. */
async function laidOn(
  snapshot: Snapshot,
  plan: Plan,
  bounds: Bounds,
  cellM: number,
  kernel: Kernel,
  bandwidth: Bandwidth,
  cell: GroundCell | null,
) {
  const sharing = cell ? null : cornersOver(bounds, cellM, kernel, bandwidth);
  if (sharing) {
    const { corners, grid, fineM, whole } = sharing;
    const tally = await snapshot.answers.byCorner(plan, corners);
    const { shares } = tally;
    const incidents = Math.round(shares.reduce((sum, share) => sum + share, 0) / whole);
    return { grid, fineM, incidents, tally, fine: { shares, whole, cuts: fineM.cuts } };
  }
  // So fine that what is moved to their middles moves the density by less than a hundredth of its peak (by about one where
  // the radius is so small that gridsOver cuts less finely).
  const fineEnoughM = kernel === 'quartic' ? bandwidth.radiusM / 400 : bandwidth.sigmaM / 150;
  const { fine, grid, fineM } = gridsOver(bounds, cellM, Math.ceil(cellM / fineEnoughM));
  const tally = await countedByCell(snapshot, plan, fine, cell);
  const { cells, counts, told } = tally;
  const { perUnit } = fineM;
  // Whoever may not see exact points is told them by larger cells, as if all of each lay in its middle.
  const movedBeforeM = told ? Math.hypot(perUnit.lon * told.width, perUnit.lat * told.height) / 2 : 0;
  const incidents = counts.reduce((sum, count) => sum + count, 0);
  const size = { columns: fine.columns, widthM: fineM.width, heightM: fineM.height };
  return { grid, fineM, incidents, tally, fine: { cells, counts, movedBeforeM, ...size } };
}
