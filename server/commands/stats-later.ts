// The methods of `stats` that compare places by their rates and years, follow streets, and measure how much a series changes.

import { ratesOf } from '../analysis/compute-places.ts';
import { streetDensity } from '../analysis/compute-surfaces.ts';
import { stability } from '../statistics/concentration.ts';
import { KERNELS, notSaid, SPLITS } from '../statistics/contract.ts';
import { bandwidthOf } from '../statistics/kernel-density.ts';
import { logTrend } from '../statistics/trend.ts';
import {
  chosen,
  columnValues,
  fileOf,
  needed,
  numberOption,
  readColumns,
  type StatsAsked,
  shareOption,
} from './stats-input.ts';

/** Rates with exact intervals, drawn towards the whole, and who is really above it. */
export async function rates(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const [counts, base] = [columns.numbers(needed(asked, 'events')), columns.numbers(needed(asked, 'residents'))];
  const per = numberOption(asked, 'per', 100_000, Number.MIN_VALUE);
  const [interval, level] = [shareOption(asked, 'interval', 0.95), shareOption(asked, 'level', 0.05)];
  const parameters = { method: 'rates', per, interval, level };
  if (counts.some((each) => each < 0) || base.some((each) => each < 0)) return { parameters, ...notSaid('negative') };
  const found = ratesOf({ counts, base, interval, level });
  if (found.reason !== null) return { parameters, ...found };
  const scaled = (list: readonly (number | null)[]) => list.map((each) => each && each * per);
  const { whole, limits } = found;
  return {
    parameters,
    ...{ ...found, rate: scaled(found.rate), low: scaled(found.low), high: scaled(found.high) },
    smoothed: scaled(found.smoothed),
    whole: { ...whole, rate: whole.rate * per, low: whole.low * per, high: whole.high * per },
    limits: limits.map((each) => ({ ...each, unit: 'counts' })),
  };
}

/** A column of counts for each year, oldest first. */
export async function years(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const names = needed(asked, 'years').split(',');
  const share = shareOption(asked, 'share', 0.5);
  const found = stability(
    names.map((name) => columns.numbers(name.trim())),
    share,
  );
  return {
    parameters: { method: 'stability', years: names, share },
    ...(found.reason === null ? { ...found, times: [...found.times] } : found),
  };
}

/** Segments by the junctions at their ends: what lies evenly along each, smoothed along the streets. */
export async function alongStreets(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const numbers = new Map<string, number>();
  const junctions = (name: string) =>
    Int32Array.from(columns.texts(name), (text) => {
      const known = numbers.get(text) ?? numbers.size;
      numbers.set(text, known);
      return known;
    });
  const [from, to] = [junctions(needed(asked, 'from')), junctions(needed(asked, 'to'))];
  const lengthM = columns.numbers(needed(asked, 'length'));
  const counts = columns.numbers(needed(asked, 'value'));
  const kernel = chosen(asked, 'kernel', KERNELS, 'quartic');
  const split = chosen(asked, 'split', SPLITS, 'discontinuous');
  const radiusM = numberOption(asked, 'radius', null, Number.MIN_VALUE);
  const found = streetDensity({ junctions: { from, to, lengthM }, counts, kernel, radiusM, split });
  return {
    parameters: { method: 'street-density', kernel, ...bandwidthOf(kernel, { radiusM }), split, unit: 'per metre' },
    ...(found.reason === null ? { ...found, density: [...found.density] } : found),
  };
}

/** How much it changes in a year, by Poisson regression; `--days` names the column with the length of each step. */
export async function change(asked: StatsAsked, cwd: string): Promise<object> {
  const values = await columnValues(asked, 'values', 'value', cwd);
  const lengths = asked.option('days');
  const days = lengths === null ? values.map(() => 1) : (await readColumns(fileOf(asked), cwd)).numbers(lengths);
  const options = {
    stepsPerYear: numberOption(asked, 'steps-per-year', 12, Number.MIN_VALUE),
    season: asked.isSet('season'),
    level: shareOption(asked, 'level', 0.05),
  };
  return { parameters: { method: 'log-trend', ...options }, ...logTrend(values, { days: [...days], ...options }) };
}
