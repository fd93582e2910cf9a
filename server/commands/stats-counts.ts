// The methods of `stats` about counts: concentration, scores, change, hours, trends, rates, and measures that helped.

import { BadInput } from '../errors.ts';
import { aoristic, type Span } from '../statistics/aoristic.ts';
import { compareClocks } from '../statistics/clocks.ts';
import { concentration } from '../statistics/concentration.ts';
import { notSaid, said } from '../statistics/contract.ts';
import { cusum } from '../statistics/cusum.ts';
import {
  type BeforeAfter,
  type CountedPlaces,
  quotients,
  type Unequal,
  type Wdd,
  wdd,
  wddOfHarm,
} from '../statistics/displacement.ts';
import { emergingOf } from '../statistics/emerging.ts';
import { adjusted, criticalP, esdaThreshold } from '../statistics/false-discoveries.ts';
import { changes, eTest, wheelerZ } from '../statistics/poisson-change.ts';
import { scorePrediction } from '../statistics/prediction-scores.ts';
import { empiricalBayes, funnel, poissonInterval } from '../statistics/rates.ts';
import { mannKendall } from '../statistics/trend.ts';
import {
  columnValues,
  fileOf,
  needed,
  numberOption,
  numbersIn,
  readColumns,
  type StatsAsked,
  shareOption,
  wholeOption,
} from './stats-input.ts';

export const gini = async (asked: StatsAsked, cwd: string): Promise<object> => ({
  parameters: { method: 'gini' },
  ...concentration(await columnValues(asked, 'values', 'value', cwd)),
});

export async function pai(asked: StatsAsked, cwd: string): Promise<object> {
  const parameters = { method: 'pai', order: 'worst predicted first; of equal ones that with fewer incidents' };
  if (asked.files.length === 0) {
    const [observed, predicted] = [listOf(asked, 'observed'), listOf(asked, 'predicted')];
    const size = asked.option('size') === null ? null : listOf(asked, 'size');
    sameLength(observed, predicted, 'predicted');
    if (size) sameLength(observed, size, 'size');
    return { parameters, ...listed(scorePrediction(observed, predicted, size)) };
  }
  const columns = await readColumns(fileOf(asked), cwd);
  const size = asked.option('size');
  return {
    parameters: { ...parameters, size },
    ...listed(
      scorePrediction(
        columns.numbers(needed(asked, 'observed')),
        columns.numbers(needed(asked, 'predicted')),
        size === null ? null : columns.numbers(size),
      ),
    ),
  };
}

/** Rows are told by their number from 1. */
const listed = (scored: ReturnType<typeof scorePrediction>) =>
  scored.reason === null ? { ...scored, order: Array.from(scored.order, (i) => i + 1) } : scored;

const listOf = (asked: StatsAsked, name: string): number[] => {
  const values = numbersIn(needed(asked, name), name);
  if (!values.every(Number.isFinite)) throw new BadInput(name, `--${name} is a number`);
  return values;
};

function sameLength(first: readonly number[], second: readonly number[], name: string): void {
  if (first.length !== second.length)
    throw new BadInput(name, `--${name} has ${second.length} values where ${first.length} are needed`);
}

/** Two numbers, or two columns of a file: a table whose false arrows are held. */
export async function eTests(asked: StatsAsked, cwd: string): Promise<object> {
  const periods = pairOf(asked, 'periods') ?? [1, 1];
  const parameters = { method: 'e-test', periods };
  if (asked.files.length === 0) {
    const [before, after] = [
      wholeOption(asked, 'before', null, Number.NEGATIVE_INFINITY),
      wholeOption(asked, 'after', null, Number.NEGATIVE_INFINITY),
    ];
    const found = eTest(before, after, ...periods);
    return { parameters, before, after, ...(found.reason === null && { wheelerZ: wheelerZ(before, after) }), ...found };
  }
  const columns = await readColumns(fileOf(asked), cwd);
  const [before, after] = [columns.numbers(needed(asked, 'before')), columns.numbers(needed(asked, 'after'))];
  if (before.some((count) => count < 0) || after.some((count) => count < 0))
    return { parameters, ...notSaid('negative') };
  const level = numberOption(asked, 'level', 0.05);
  const rows = changes(before, after, { lengthBefore: periods[0], lengthAfter: periods[1], level });
  const arrows = rows.filter(({ direction }) => direction !== 'none').length;
  return { parameters: { ...parameters, level, correction: 'fdr' }, rows, arrows, reason: null };
}

export async function hours(asked: StatsAsked, cwd: string): Promise<object> {
  const parameters = { method: 'aoristic', week: 'Monday 00:00 first', end: 'not counted' };
  const spans: Span[] = [];
  if (asked.files.length === 0) spans.push(spanOf(needed(asked, 'from'), asked.option('until') ?? '', 1));
  else {
    const columns = await readColumns(fileOf(asked), cwd);
    const from = columns.texts(needed(asked, 'from'));
    const until = columns.texts(needed(asked, 'until'));
    for (const [i, text] of from.entries()) spans.push(spanOf(text, until[i]!, i + 1));
  }
  const hoursOfWeek = [...aoristic(spans)];
  const byHour = Array.from({ length: 24 }, (_, hour) =>
    hoursOfWeek.reduce((sum, share, i) => (i % 24 === hour ? sum + share : sum), 0),
  );
  return {
    parameters,
    spans: spans.length,
    byHour,
    hoursOfWeek,
    ...(spans.length === 0 ? notSaid('empty') : { reason: null }),
  };
}

/** 1970-01-05 was a Monday. */
const MONDAY_MINUTES = 4 * 24 * 60;

function spanOf(from: string, until: string, row: number): Span {
  const fromMinute = minuteOf(from);
  const untilMinute = until.trim() === '' ? null : minuteOf(until);
  if (fromMinute === null || (untilMinute === null && until.trim() !== ''))
    throw new BadInput(
      'file',
      `row ${row}: «${(fromMinute === null ? from : until).slice(0, 40)}» is no moment (YYYY-MM-DD HH:MM)`,
    );
  return { fromMinute, untilMinute };
}

function minuteOf(text: string): number | null {
  const [, date, time] = /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*$/.exec(text) ?? [];
  const at = Date.parse(`${date}T${time}:00Z`);
  return Number.isNaN(at) ? null : at / 60_000 - MONDAY_MINUTES;
}

export const trend = async (asked: StatsAsked, cwd: string): Promise<object> => {
  const level = numberOption(asked, 'level', 0.05);
  return {
    parameters: { method: 'mann-kendall', level },
    ...mannKendall(await columnValues(asked, 'values', 'value', cwd), { level }),
  };
};

const pairOf = (asked: StatsAsked, name: string): BeforeAfter | null => {
  const text = asked.option(name);
  return text === null ? null : pairIn(text, name);
};

function pairIn(text: string, name: string): BeforeAfter {
  const values = numbersIn(text, name);
  if (values.length !== 2 || !values.every((value) => Number.isFinite(value) && value >= 0))
    throw new BadInput(name, `--${name} is BEFORE,AFTER`);
  return [values[0]!, values[1]!];
}

/** Areas in ptools' order: control, treated, control of the displacement, displacement. */
function areasOf(asked: StatsAsked): Unequal['areas'] {
  const text = asked.option('areas');
  if (text === null) return undefined;
  const [control, treated, displacementControl = 1, displacement = 1, more] = numbersIn(text, 'areas');
  if (control === undefined || treated === undefined || more !== undefined)
    throw new BadInput('areas', '--areas is CONTROL,TREATED,DISPLACEMENT-CONTROL,DISPLACEMENT');
  return { control, treated, displacementControl, displacement };
}

/** Several kinds of crime stand apart by / and are weighed by --harm. */
export async function displacement(asked: StatsAsked): Promise<object> {
  const kinds = (name: string) =>
    asked
      .option(name)
      ?.split('/')
      .map((text) => pairIn(text, name)) ?? null;
  const treated = kinds('treated') ?? [pairIn(needed(asked, 'treated'), 'treated')];
  const control = kinds('control') ?? [pairIn(needed(asked, 'control'), 'control')];
  const around = kinds('displacement');
  const aroundControl = kinds('displacement-control');
  for (const [name, list] of Object.entries({ control, displacement: around, 'displacement-control': aroundControl }))
    if (list && list.length !== treated.length)
      throw new BadInput(name, `--${name} has ${list.length} values where ${treated.length} are needed`);
  const periods = pairOf(asked, 'periods') ?? [1, 1];
  const areas = areasOf(asked);
  const unequal: Unequal = { periods, ...(areas && { areas }) };
  const places = treated.map(
    (pair, i): CountedPlaces => ({
      treated: pair,
      control: control[i]!,
      ...(around && { displacement: around[i]! }),
      ...(aroundControl && { displacementControl: aroundControl[i]! }),
    }),
  );
  const harm = asked.option('harm');
  if (harm === null && places.length > 1)
    throw new BadInput('harm', 'several kinds of crime need --harm, a weight for each');
  const found = places.map((each) => wdd(each, unequal));
  const not = found.find(({ reason }) => reason !== null);
  const parameters = {
    method: 'wdd',
    periods,
    areas: areas ?? null,
    harm: harm === null ? null : listOf(asked, 'harm'),
  };
  if (not) return { parameters, ...not };
  const estimates = found as (Wdd & { reason: null })[];
  if (parameters.harm) {
    sameLength(
      treated.map(() => 0),
      parameters.harm,
      'harm',
    );
    const total = wddOfHarm(
      estimates.map((each) => each.total),
      parameters.harm,
    );
    return { parameters, ...(total.reason === null && flat(total)), ...total };
  }
  const { displacement, displacementControl } = places[0]!;
  // Of what nobody counted nothing is said.
  const displaced = displacement || displacementControl ? {} : { displaced: null };
  return {
    parameters,
    ...flat(estimates[0]!.total),
    ...quotients(places[0]!, periods),
    ...estimates[0]!,
    ...displaced,
  };
}

const flat = ({ estimate, variance, se, z, low, high }: Wdd['total']) => ({
  wdd: estimate,
  variance,
  se,
  z,
  low,
  high,
});

export async function interval(asked: StatsAsked): Promise<object> {
  const count = wholeOption(asked, 'count', null);
  const level = shareOption(asked, 'level', 0.95);
  return { parameters: { method: 'poisson-interval', level }, count, ...poissonInterval(count, level), reason: null };
}

export async function smoothing(asked: StatsAsked, cwd: string): Promise<object> {
  const columns = await readColumns(fileOf(asked), cwd);
  const [events, residents] = [columns.numbers(needed(asked, 'events')), columns.numbers(needed(asked, 'residents'))];
  const smoothed = empiricalBayes(events, residents);
  // Who has no residents has no rate, and what happened there is in no mean.
  const left = residents.reduce((places, each) => places + +(each === 0), 0);
  const above = funnel(events, residents, { level: shareOption(asked, 'level', 0.05) });
  return {
    parameters: { method: 'empirical-bayes' },
    withoutResidents: left,
    ...smoothed,
    funnel: above.reason === null ? above.places : null,
  };
}

export async function discoveries(asked: StatsAsked, cwd: string): Promise<object> {
  const p = [...(await columnValues(asked, 'values', 'value', cwd))];
  const level = numberOption(asked, 'level', 0.05);
  if (p.some((each) => !(each >= 0 && each <= 1))) throw new BadInput('values', '--values lies between 0 and 1');
  if (p.length === 0) return { parameters: { method: 'fdr', level }, ...notSaid('empty') };
  const bh = adjusted(p);
  return {
    parameters: { method: 'fdr', level },
    adjustedP: bh,
    rejected: bh.filter((value) => value! <= level).length,
    conventions: {
      benjaminiHochberg: criticalP(p, level),
      esda: esdaThreshold(p, level),
      spdepHotspot: { cutoff: 0.005, rejected: bh.filter((value) => value! < 0.005).length },
    },
    reason: null,
  };
}

export async function sums(asked: StatsAsked, cwd: string): Promise<object> {
  const values = await columnValues(asked, 'values', 'value', cwd);
  const options = {
    target: numberOption(asked, 'target', null, Number.NEGATIVE_INFINITY),
    allowance: numberOption(asked, 'allowance', null),
    limit: numberOption(asked, 'limit', null),
  };
  return { parameters: { method: 'cusum', ...options }, ...cusum(values, options) };
}

export async function clocks(asked: StatsAsked): Promise<object> {
  const [first, second] = [listOf(asked, 'first'), listOf(asked, 'second')];
  sameLength(first, second, 'second');
  return { parameters: { method: 'clocks' }, ...compareClocks(first, second) };
}

export async function emerging(asked: StatsAsked): Promise<object> {
  const steps = listOf(asked, 'steps');
  const z = asked.option('z') === null ? steps : listOf(asked, 'z');
  sameLength(steps, z, 'z');
  if (steps.some((step) => ![-1, 0, 1].includes(step)))
    throw new BadInput('steps', '--steps are 1 (hot), -1 (cold) and 0');
  const found = emergingOf(steps, z);
  return {
    parameters: { method: 'emerging' },
    ...said({ side: found?.side ?? null, pattern: found?.pattern ?? 'none' }),
  };
}
