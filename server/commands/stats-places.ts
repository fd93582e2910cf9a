// The methods of `stats` about places: hot spots, Moran, density, near repeats.

import { dayOf, isDay } from '../calendar/days.ts';
import { BadInput } from '../errors.ts';
import { CORRECTIONS, type Correction, KERNELS, METRICS, STYLES, said } from '../statistics/contract.ts';
import { adjusted, classesOf } from '../statistics/false-discoveries.ts';
import {
  bandwidthOf,
  binnedDensity,
  centresOf,
  type DensityGrid,
  edgeShares,
  exactDensity,
  mostOf,
} from '../statistics/kernel-density.ts';
import { globalG, localG } from '../statistics/local-g.ts';
import { globalMoran, localMoran } from '../statistics/moran.ts';
import { knox } from '../statistics/near-repeat.ts';
import { dealNeighbours } from '../statistics/permutations.ts';
import { skewedP } from '../statistics/skewness.ts';
import { islandsOf, styled } from '../statistics/weights.ts';
import {
  chosen,
  fileOf,
  needed,
  numberIn,
  numberOption,
  numbersIn,
  readColumns,
  type StatsAsked,
  type StatsColumns,
  wholeOption,
} from './stats-input.ts';
import { neighboursOf } from './stats-weights.ts';

const MOST_CELLS = 4_000_000;
/** More deals than this for one place take longer than an answer may. */
const MOST_DEALS = 99_999;

async function placesOf(asked: StatsAsked, cwd: string) {
  const columns = await readColumns(fileOf(asked), cwd);
  const values = columns.numbers(needed(asked, 'value'));
  const id = asked.option('id');
  const ids = id === null ? Array.from(values, (_, i) => String(i + 1)) : columns.texts(id);
  if (new Set(ids).size !== ids.length) throw new BadInput('id', `the column ${id} names some places twice`);
  return { values, ids, ...(await neighboursOf(asked, columns, ids, cwd)) };
}

const dealsAsked = (asked: StatsAsked) =>
  asked.option('permutations') === null
    ? null
    : {
        most: Math.min(MOST_DEALS, numberOption(asked, 'permutations', null, 1)),
        seed: numberOption(asked, 'seed', 1),
        ...(asked.isSet('adaptive') && { enough: 20 }),
      };

export async function giStar(asked: StatsAsked, cwd: string, which: 'gi-star' | 'gi'): Promise<object> {
  const { values, ids, weights, rule } = await placesOf(asked, cwd);
  const style = chosen(asked, 'style', STYLES, 'B');
  const correction = chosen(asked, 'correction', CORRECTIONS, 'fdr');
  const used = styled(weights, style, which === 'gi-star');
  const found = localG(values, used, which);
  const deals = dealsAsked(asked);
  const parameters = {
    method: which,
    neighbours: rule,
    style,
    correction,
    ...deals,
    islands: islandsOf(weights).length,
  };
  if (found.reason !== null) return { parameters, ids, ...found };
  return {
    parameters,
    ids,
    ...found,
    ...judged(found.z, found.p, correction, () => skewedP(values, used, found.z)),
    ...(deals && { permutationP: dealNeighbours(values, used, deals).p }),
  };
}

type Scores = readonly (number | null)[];

function judged(z: Scores, p: Scores, correction: Correction, skewed: () => Scores) {
  const used = correction === 'fdr-skew' ? skewed() : p;
  return {
    ...(correction === 'fdr-skew' && { skewedP: used }),
    adjustedP: adjusted(used),
    class: classesOf(z, used, correction),
  };
}

export async function general(asked: StatsAsked, cwd: string): Promise<object> {
  const { values, weights, rule } = await placesOf(asked, cwd);
  return { parameters: { method: 'g', neighbours: rule, style: 'B' }, ...globalG(values, styled(weights, 'B', false)) };
}

export async function moran(asked: StatsAsked, cwd: string): Promise<object> {
  const { values, weights, rule } = await placesOf(asked, cwd);
  const style = chosen(asked, 'style', STYLES, 'W');
  return {
    parameters: { method: 'moran', neighbours: rule, style },
    ...globalMoran(values, styled(weights, style, false)),
  };
}

export async function lisa(asked: StatsAsked, cwd: string): Promise<object> {
  const { values, ids, weights, rule } = await placesOf(asked, cwd);
  const style = chosen(asked, 'style', STYLES, 'W');
  const moments = chosen(asked, 'moments', ['conditional', 'total'], 'conditional');
  const divisor = chosen(asked, 'divisor', ['n', 'n-1'], 'n');
  const correction = chosen(asked, 'correction', CORRECTIONS, 'fdr');
  const used = styled(weights, style, false);
  const found = localMoran(values, used, { moments, divisor });
  const deals = dealsAsked(asked);
  const parameters = { method: 'lisa', neighbours: rule, style, moments, divisor, correction, ...deals };
  if (found.reason !== null) return { parameters, ids, ...found };
  return {
    parameters,
    ids,
    ...found,
    ...judged(found.z, found.p, correction, () => skewedP(values, used, found.z)),
    ...(deals && { permutationP: dealNeighbours(values, used, deals).p }),
  };
}

const pointsIn = (columns: StatsColumns, asked: StatsAsked) => ({
  x: columns.numbers(asked.option('x') ?? 'x'),
  y: columns.numbers(asked.option('y') ?? 'y'),
});

/** With --at at the points of another file, exactly; else on a grid, of shared points unless --exact. */
export async function kde(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const kernel = chosen(asked, 'kernel', KERNELS, 'quartic');
  const sigma = asked.option('sigma');
  const bandwidth = bandwidthOf(
    kernel,
    sigma === null
      ? { radiusM: numberOption(asked, 'radius', null, Number.MIN_VALUE) }
      : { sigmaM: numberOption(asked, 'sigma', null, Number.MIN_VALUE) },
  );
  const weight = asked.option('weight');
  const points = { ...pointsIn(columns, asked), ...(weight !== null && { weight: columns.numbers(weight) }) };
  const parameters = {
    method: 'kde',
    kernel,
    ...bandwidth,
    unit: 'per square unit of the coordinates',
    edge: asked.isSet('edge'),
  };
  const at = asked.option('at');
  if (at !== null) {
    const places = pointsIn(await readColumns(at, cwd), asked);
    return { parameters, ...said({ density: [...exactDensity(points, places, kernel, bandwidth)] }) };
  }
  const grid = gridOf(asked, points.x, points.y, bandwidth.radiusM);
  const found = asked.isSet('exact')
    ? said({ density: exactDensity(points, centresOf(grid), kernel, bandwidth), errors: new Float64Array(0), left: 0 })
    : binnedDensity(points, grid, kernel, bandwidth);
  if (found.reason !== null) return { parameters, grid, ...found };
  const shares = asked.isSet('edge') ? edgeShares(grid, null, kernel, bandwidth) : null;
  const shared = (value: number, i: number) => (shares ? value / shares[i]! : value);
  const { errors, ...whole } = found;
  const density = Array.from(found.density, shared);
  return { parameters, grid, ...whole, density, errorBound: mostOf(errors.map(shared)) };
}

function gridOf(asked: StatsAsked, x: Float64Array, y: Float64Array, radiusM: number): DensityGrid {
  const cellM = numberOption(asked, 'cell', radiusM / 10, Number.MIN_VALUE);
  const box = asked.option('bbox');
  const [west, south, east, north] = box
    ? numbersIn(box, 'bbox')
    : [least(x) - radiusM, least(y) - radiusM, -least(x.map((v) => -v)) + radiusM, -least(y.map((v) => -v)) + radiusM];
  const columns = Math.ceil((east! - west!) / cellM - 1e-9);
  const rows = Math.ceil((north! - south!) / cellM - 1e-9);
  if (!(columns >= 1 && rows >= 1))
    throw new BadInput('bbox', '--bbox is west,south,east,north in the unit of the coordinates');
  if (columns * rows > MOST_CELLS)
    throw new BadInput('cell', `a grid has at most ${MOST_CELLS} cells: choose larger ones`);
  return { west: west!, south: south!, cellM, columns, rows };
}

const least = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

export async function nearRepeat(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const name = needed(asked, 'date');
  const order = asked.option('date-order') === null ? null : chosen(asked, 'date-order', ['dmy', 'mdy'], 'dmy');
  const day = columns.texts(name).map((text, i) => dayIn(text, i, name, order));
  const limits = (option: string) => {
    const values = numbersIn(needed(asked, option), option);
    if (values.length < 2 || values.some((value, i) => i > 0 && value <= values[i - 1]!))
      throw new BadInput(option, `--${option} is a rising list such as 0,100,200`);
    return values;
  };
  const options = {
    distancesM: limits('distances'),
    days: limits('days'),
    metric: chosen(asked, 'metric', METRICS, 'manhattan'),
    runs: wholeOption(asked, 'runs', 999, 1),
    seed: numberOption(asked, 'seed', 1),
  };
  const parameters = { method: 'knox', ...options, distancesM: finite(options.distancesM), days: finite(options.days) };
  if (options.runs > MOST_DEALS) throw new BadInput('runs', `--runs is at most ${MOST_DEALS}`);
  return { parameters, ...knox(pointsIn(columns, asked), Float64Array.from(day), options) };
}

/** JSON has no infinity. */
const finite = (limits: readonly number[]) => limits.map((limit) => (Number.isFinite(limit) ? limit : 'inf'));

/** A date, its day counted; or a number of days as it stands. With slashes --date-order says which comes first. */
function dayIn(text: string, i: number, column: string, order: 'dmy' | 'mdy' | null): number {
  const trimmed = text.trim();
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return numberIn(trimmed, column);
  const [, date] = /^(\d{4}-\d\d-\d\d)(?:[T ].*)?$/.exec(trimmed) ?? [];
  const [, first, second, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?$/.exec(trimmed) ?? [];
  if (year !== undefined && order === null) throw new BadInput('date-order', '--date-order is dmy or mdy');
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  const iso = date ?? (year === undefined ? '' : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`);
  if (!isDay(iso))
    throw new BadInput(
      'file',
      `row ${i + 1}: «${text.slice(0, 40)}» in ${column} is no date (YYYY-MM-DD) and no number of days`,
    );
  return dayOf(iso);
}
