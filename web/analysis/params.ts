// What can be asked in the tab «Análisis»: the methods, what each of them takes, what it takes unless told otherwise, and
// the question to the server. Pure.

import { type ANALYSES, GRID_SHAPES, WEIGHTS } from '../../server/analysis/contract.ts';
import type { RATINGS } from '../../server/rating/contract.ts';
import { CORRECTIONS, KERNELS, LOCAL_METHODS, METRICS, SPLITS, STYLES } from '../../server/statistics/contract.ts';
import { CLOCK_UNITS, type TIMINGS } from '../../server/timing/contract.ts';
import { isOneOf } from '../store/is-one-of.ts';

export const TASKS = [
  ...(['hotspots', 'grid-hotspots', 'density', 'street-density', 'near-repeat', 'concentration'] as const),
  ...(['stability', 'rates', 'change', 'trend', 'emerging', 'clocks', 'aoristic', 'scoring'] as const),
] as const;
export type Task = (typeof TASKS)[number] & keyof (typeof ANALYSES & typeof RATINGS & typeof TIMINGS);

/** As they stand in the address: only what differs from how the form opens. */
export type Given = Readonly<Record<string, string>>;

export const CHOICES = {
  method: LOCAL_METHODS,
  shape: GRID_SHAPES,
  resolution: ['7', '8', '9', '10'],
  value: ['count', 'rate'],
  style: STYLES,
  correction: CORRECTIONS,
  permutations: ['0', '999', '9999', '99999'],
  kernel: KERNELS,
  metric: METRICS,
  step: ['month', '28d', 'week'],
  runs: ['99', '199', '999'],
  level: ['0.01', '0.05', '0.1'],
  split: SPLITS,
  edge: ['none', 'uniform'],
  over: ['area', 'residents'],
  unit: CLOCK_UNITS,
  against: ['before', 'other-offences', 'other-places', 'even'],
  season: ['wave', 'none'],
  share: ['0.25', '0.5', '0.8'],
} as const;
export type ChoiceField = keyof typeof CHOICES;

/** Text with a form of its own, and numbers with their limits. */
export const NUMBERS = {
  radius: { least: 20, most: 20_000, step: 10 },
  along: { least: 20, most: 5000, step: 10 },
  cell: { least: 50, most: 5000, step: 10 },
  watch: { least: 1, most: 52, step: 1 },
  heldOut: { least: 7, most: 730, step: 1 },
  learn: { least: 28, most: 3650, step: 1 },
  seed: { least: 0, most: 999_999_999, step: 1 },
} as const;
export type NumberField = keyof typeof NUMBERS;
export const LISTS = { distances: /^(0)(,\d{1,6})+$/, days: /^(0)(,\d{1,6})+$/ } as const;
export type ListField = keyof typeof LISTS;

export type FieldName = 'places' | 'weights' | ChoiceField | NumberField | ListField;

export const FIELDS: Readonly<Record<Task, readonly FieldName[]>> = {
  hotspots: ['places', 'method', 'value', 'weights', 'style', 'correction', 'permutations', 'seed'],
  'grid-hotspots': ['shape', 'cell', 'resolution', 'method', 'correction', 'permutations', 'seed'],
  density: ['kernel', 'radius', 'edge', 'over'],
  'street-density': ['kernel', 'along', 'split'],
  'near-repeat': ['distances', 'days', 'metric', 'runs', 'seed'],
  concentration: ['places'],
  change: ['places', 'level'],
  emerging: ['places', 'step', 'value', 'weights', 'correction'],
  stability: ['places', 'share'],
  rates: ['places', 'level'],
  trend: ['places', 'step', 'season', 'watch', 'level'],
  clocks: ['unit', 'against', 'level'],
  aoristic: [],
  scoring: ['places', 'heldOut', 'learn', 'weights', 'along'],
};

/** Where, in cells of what size, and what is compared with what: the question itself. The rest is how it is computed. */
const ASKED_FIRST: readonly FieldName[] = ['places', 'shape', 'cell', 'resolution', 'unit', 'against'];

export const USUAL: Readonly<Record<FieldName, string>> = {
  places: 'areas',
  ...{ method: 'gi-star', shape: 'square', resolution: '9' },
  value: 'count',
  weights: 'usual',
  style: 'B',
  correction: 'fdr-skew',
  permutations: '0',
  seed: '1',
  kernel: 'quartic',
  radius: '500',
  distances: '0,1,100,200,300,400',
  days: '0,7,14,21,28',
  metric: 'manhattan',
  runs: '199',
  step: 'month',
  level: '0.05',
  ...{ split: 'discontinuous', edge: 'none', over: 'area', unit: 'hour', against: 'before', season: 'wave' },
  ...{ share: '0.5', along: '300', cell: '250', watch: '6', heldOut: '90', learn: '365' },
};
/** Rules of neighbours, with the amount that those which need one start from. */
export const RULES = {
  ...{ usual: null, queen: null, rook: null },
  ...{ knn: 8, distance: 1000, network: 400, junctions: 2 },
} as const;
export type NeighbourRule = keyof typeof RULES;
export const unitOfRule = (rule: NeighbourRule) =>
  rule === 'knn' ? 'analysis.unitNeighbours' : rule === 'junctions' ? 'analysis.unitJunctions' : 'analysis.unitMetres';

/** Where the server calls a field otherwise. */
export const CALLED: Partial<Record<FieldName, string>> = { along: 'radius', heldOut: 'days' };

export type AnalysisParams = { readonly task: Task; readonly values: Readonly<Record<FieldName, string>> };

/** What an address asks; what cannot be read is as the form opens. */
export function readAsked(given: Given): AnalysisParams {
  const values = { ...USUAL };
  for (const name of Object.keys(USUAL) as FieldName[]) {
    const text = given[name];
    if (text !== undefined && takes(name, text)) values[name] = text;
  }
  const task = given.task ?? '';
  return { task: isOneOf(TASKS, task) ? task : 'hotspots', values };
}

/** Whether a field takes a text; the server looks again. */
export function takes(name: FieldName, text: string): boolean {
  if (name === 'places') return text === 'areas' || text === 'streets';
  if (name === 'weights') return text === USUAL.weights || WEIGHTS.test(text);
  if (name in CHOICES) return (CHOICES[name as ChoiceField] as readonly string[]).includes(text);
  if (name in LISTS) {
    const numbers = text.split(',').map(Number);
    return LISTS[name as ListField].test(text) && numbers.every((each, i) => i === 0 || each > numbers[i - 1]!);
  }
  const { least, most } = NUMBERS[name as NumberField];
  return /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

/** For the address: without what is as the form opens, and without what the method does not take. */
export function writeAsked({ task, values }: AnalysisParams): Given {
  const changed = FIELDS[task].filter((name) => values[name] !== USUAL[name]).map((name) => [name, values[name]]);
  return { ...(task === 'hotspots' ? {} : { task }), ...Object.fromEntries(changed) };
}

/** What the server is asked beside FILTER. `layer` = the layer of the places, where the method is of places. */
export function queryOf(
  { task, values }: AnalysisParams,
  layer: string | null,
  residents: string | null = null,
): Record<string, string> {
  const query: Record<string, string> = {};
  if (task === 'street-density' && layer !== null) query.layer = layer;
  for (const name of FIELDS[task]) {
    if (name === 'places') {
      if (layer !== null) query.layer = layer;
    } else if (name === 'over') {
      if (values.over === 'residents' && residents !== null) query.over = residents;
    } else query[CALLED[name] ?? name] = values[name];
  }
  // Streets and areas have neighbours of their own where none are chosen, which the server knows.
  if (query.weights === USUAL.weights) delete query.weights;
  // Of Gi and Gi* z is the same whichever way the neighbours weigh.
  if (values.method !== 'lisa') delete query.style;
  if (task === 'concentration') query.limit = '1000';
  // Without permutations nothing is dealt.
  if (FIELDS[task].includes('permutations') && values.permutations === '0') delete query.seed;
  if (task === 'grid-hotspots') delete query[values.shape === 'h3' ? 'cell' : 'resolution'];
  return query;
}

/** What the form shows: what is asked first, the options of the method, and those of them that are not as usual. */
export function formParts({
  task,
  values,
}: AnalysisParams): Readonly<Record<'first' | 'options' | 'unusual', FieldName[]>> {
  const shown = FIELDS[task].filter((name) => {
    if (name === 'style') return values.method === 'lisa';
    // Nothing is dealt: there is nothing to seed.
    if (name === 'seed') return values.permutations !== '0' || !FIELDS[task].includes('permutations');
    return task !== 'grid-hotspots' || name !== (values.shape === 'h3' ? 'cell' : 'resolution');
  });
  const options = shown.filter((name) => !ASKED_FIRST.includes(name));
  return {
    ...{ first: shown.filter((name) => ASKED_FIRST.includes(name)), options },
    unusual: options.filter((name) => values[name] !== USUAL[name]),
  };
}

/** Those along streets ask of them without a choice. */
export const asksOfPlaces = (task: Task): boolean => task === 'street-density' || FIELDS[task].includes('places');
