// Answers what the server would, from the columns the page holds: the same questions by the same functions. Pure; it runs in a
// worker, and in tests against the server's answers. What it cannot answer it leaves to the server.

import { textOf } from '../calendar/days.ts';
import { daysCompared, periodBefore } from '../counts/before.ts';
import { clockOf, fillersTogether } from '../counts/clock.ts';
import {
  type ClockAnswer,
  type CountsAnswer,
  type SeriesAnswer,
  STEPS,
  type Step,
  type SummaryAnswer,
  type TopAnswer,
} from '../counts/contract.ts';
import { countsAnswer } from '../counts/counts.ts';
import { measureOf } from '../counts/rates.ts';
import { seriesOf } from '../counts/series.ts';
import { summaryOf } from '../counts/summary.ts';
import { topOf } from '../counts/top.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Answers, Tally } from '../engine/answers.ts';
import { buildCube } from '../engine/build.ts';
import type { Cube } from '../engine/layout.ts';
import { type AnswerTo, type CubeQuestion, scannerOf } from '../engine/scan.ts';
import { type Filter, filterQuery, parseFilter, RANKED_BY, type RankedBy, type Within } from '../filter/contract.ts';
import type { AskedLayer, Places } from '../filter/places.ts';
import { type Plan, type PlanContext, type PlanWithin, rangeText, resolveFilter, throughOf } from '../filter/plan.ts';
import { collectFacts, describeSources } from '../filter/source-profile.ts';
import type { ColumnPlaces } from './contract.ts';
import { type Received, receiveColumns } from './receive.ts';

/** The tree of offences and the themes, as /offences and /themes list them. */
export type Tree = {
  readonly offences: readonly { readonly code: string; readonly parent: string | null }[];
  readonly themes: readonly { readonly code: string; readonly offences: readonly string[] }[];
};

/** A city whose columns are here. */
export type Here = {
  readonly dataVersion: number;
  readonly answers: Answers;
  readonly context: PlanContext & { readonly sources: ReturnType<typeof sourcesOf> };
  readonly layers: readonly (AskedLayer & { readonly places: Places })[];
  /** Ids of offences of which streets are not told. */
  readonly streetsWithheld: ReadonlySet<number>;
};

/** Throws where bytes and places are not of one data version. */
export async function openHere(bytes: Uint8Array, told: ColumnPlaces, tree: Tree): Promise<Here> {
  const received = receiveColumns(bytes);
  const known = new Set(tree.offences.map(({ code }) => code));
  const held = new Set(received.rows.combos.map(({ offenceId }) => received.offences[offenceId]!));
  const unknown = [...held].filter((code) => !known.has(code));
  // In no theme and under no other they would be counted nowhere.
  if (unknown.length) throw new Error(`the tree of offences lacks ${unknown}`);
  if (told.dataVersion !== received.about.dataVersion) throw new Error('columns and places are of two data versions');
  const offences = received.offences.map((code, offenceId) => ({ code, offenceId }));
  const withheld = new Set(received.about.streetsWithheld);
  return {
    dataVersion: told.dataVersion,
    answers: answersOf(await buildCube(received.rows)),
    context: { sources: sourcesOf(received), offences, taxonomy: taxonomyOf(tree) },
    layers: received.about.layers.map((layer, layerId) => {
      const { names, crossings, lengthM, population, type } = told.layers.find((each) => each.layer === layer.code)!;
      const numbers = (values: readonly (number | null)[]) => Float64Array.from(values, (value) => value ?? Number.NaN);
      const places: Places = {
        ...{ codes: received.codes[layerId]!, names, crossings },
        lengthM: lengthM && numbers(lengthM),
        population: population.map(({ residents, ...census }) => ({ ...census, residents: numbers(residents) })),
      };
      return { ...layer, layerId, type, places };
    }),
    streetsWithheld: new Set(offences.filter(({ code }) => withheld.has(code)).map(({ offenceId }) => offenceId)),
  };
}

/** The answer to a path of the API, or null where only the server knows it. */
export async function answerHere(here: Here, path: string): Promise<unknown> {
  const { pathname, searchParams } = new URL(path, 'http://here');
  const asWhat = pathname.split('/').at(-1) as keyof typeof QUESTIONS;
  const make = QUESTIONS[asWhat];
  if (!make) return null;
  const own = new Map<string, string>();
  const asked: Record<string, string> = {};
  for (const [name, value] of searchParams) {
    if (name === 'lang') continue;
    if (Object.hasOwn(filterQuery.shape, name)) asked[name] = value;
    else own.set(name, value);
  }
  const filter = filterOf(asked);
  if (![...own].every(([name, value]) => PARAMETERS_HERE[asWhat]?.[name]?.(value))) return null;
  const layer = own.has('layer') ? layerOf(here, own.get('layer')!) : null;
  const places = placesOf(here, filter);
  if (layer === undefined || places === null) return null;
  const whole = { ...resolveFilter(filter, here.context, places.within, places.inside) };
  const isFine = [places.within, places.inside].some((each) => each && here.layers[each.layerId]!.type === 'streets');
  const plan = isFine || layer?.type === 'streets' ? withoutHidden(here, whole) : whole;
  const population = ({ leftOut }: Tally) =>
    places.inside && { inside: { layer: places.inside.code, layerVersion: places.inside.version, leftOut } };
  return make({ here, filter, plan, whole, isFine, layer, own, population });
}

/** The questions of one screen come with the same filter, one after the other. */
let lastFilter: { readonly of: string; readonly filter: Filter } | null = null;

function filterOf(asked: Readonly<Record<string, string>>): Filter {
  const of = JSON.stringify(asked);
  if (lastFilter?.of !== of) lastFilter = { of, filter: parseFilter(asked) };
  return lastFilter.filter;
}

type Asked = {
  readonly here: Here;
  readonly filter: Filter;
  readonly plan: Plan;
  /** With what is not told so finely. */
  readonly whole: Plan;
  readonly isFine: boolean;
  readonly layer: Here['layers'][number] | null;
  readonly own: ReadonlyMap<string, string>;
  readonly population: (tally: Tally) => object | null;
};

const QUESTIONS = {
  async counts({ here, plan, whole, isFine, layer, population }: Asked): Promise<CountsAnswer | null> {
    if (!layer) return null;
    const range = rangeText(plan.range);
    const found = await here.answers.byPlace(plan, layer);
    const answer = countsAnswer(here.dataVersion, layer, found, measureOf(layer.places, range.until), range);
    const left = isFine || plan === whole ? 0 : (await here.answers.byDay(onlyHidden(here, whole))).matched;
    const { matched, withheld, ...rest } = answer.totals;
    const totals = { ...rest, matched: matched + left, withheld: withheld + left };
    return { ...answer, totals, ...population(found) };
  },
  async summary({ here, filter, plan, layer }: Asked): Promise<SummaryAnswer> {
    const { sources } = here.context;
    const through = throughOf(filter, sources);
    const made = await summaryOf(here.answers, plan, layer, filter.period, through, sources);
    return { dataVersion: here.dataVersion, ...made };
  },
  async series({ here, filter, plan, own, population }: Asked): Promise<SeriesAnswer> {
    const found = await here.answers.byDay(plan);
    const step = (own.get('step') ?? 'month') as Step;
    const made = seriesOf(found, plan.range, step, throughOf(filter, here.context.sources));
    return { dataVersion: here.dataVersion, ...made, ...population(found) };
  },
  async clock({ here, plan, population }: Asked): Promise<ClockAnswer> {
    const found = await here.answers.bySlot(plan);
    const fillers = fillersTogether(here.context.sources, plan.sourceIds);
    return { dataVersion: here.dataVersion, ...clockOf(found, fillers), ...population(found) };
  },
  async top({ here, filter, plan, layer, own, population }: Asked): Promise<TopAnswer | null> {
    if (!layer) return null;
    const { range: earlier, reason } = periodBefore(plan, filter.period, here.context.sources);
    const now = await here.answers.byPlace(plan, layer);
    const before = earlier && (await here.answers.byPlace({ ...plan, range: earlier }, layer));
    const measure = measureOf(layer.places, rangeText(plan.range).until);
    const by = (own.get('by') ?? 'count') as RankedBy;
    const days = earlier && daysCompared(plan, plan.range, earlier);
    return {
      dataVersion: here.dataVersion,
      layerVersion: layer.version,
      rows: topOf(now, before, layer.places, measure, Number(own.get('limit') ?? 10), by, days),
      previousPeriod: earlier && {
        ...{ from: textOf(earlier.from), until: textOf(earlier.until) },
        ...(days && { days }),
      },
      previousReason: reason,
      ...population(now),
    };
  },
};

/** Beyond it the server says what is wrong. */
const MOST_RANKED = 1000;
type Check = (value: string) => boolean;
const isAny: Check = () => true;
const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value);
/** What each may be asked with beside a filter, and with what values; the rest the server answers, or refuses. */
const PARAMETERS_HERE: Record<keyof typeof QUESTIONS, Record<string, Check>> = {
  counts: { layer: isAny },
  summary: { layer: isAny },
  series: { step: isOneOf(STEPS) },
  clock: {},
  top: {
    layer: isAny,
    limit: (value) => /^[1-9]\d{0,2}$/.test(value) && Number(value) <= MOST_RANKED,
    by: isOneOf(RANKED_BY),
  },
};

/** Undefined for a layer, or a version of it, that did not travel. */
function layerOf({ layers }: Here, text: string): Here['layers'][number] | undefined {
  const [code, version] = text.split('@');
  return layers.find((layer) => layer.code === code && (version === undefined || layer.version === Number(version)));
}

/** Null where a place or layer of the question is not known here, and for drawn polygons: points do not travel. */
function placesOf(here: Here, { within, inside }: Filter) {
  const there = inside === null ? null : layerOf(here, inside);
  const place = within === null ? null : placeOf(here, within);
  return there === undefined || place === undefined ? null : { inside: there, within: place };
}

function placeOf(here: Here, within: Within): Extract<PlanWithin, { type: 'place' }> | undefined {
  if (within.type === 'polygon') return;
  const layer = layerOf(here, within.version === null ? within.layer : `${within.layer}@${within.version}`);
  if (!layer) return;
  const placeId = 'id' in within.place ? within.place.id : layer.places.codes.indexOf(within.place.code);
  return placeId > 0 && placeId < layer.places.codes.length
    ? { type: 'place', layerId: layer.layerId, version: layer.version, placeId }
    : undefined;
}

function withoutHidden({ context, streetsWithheld }: Here, plan: Plan): Plan {
  if (streetsWithheld.size === 0) return plan;
  return { ...plan, offenceIds: asked(context, plan).filter((id) => !streetsWithheld.has(id)) };
}

function onlyHidden({ context, streetsWithheld }: Here, plan: Plan): Plan {
  return { ...plan, offenceIds: asked(context, plan).filter((id) => streetsWithheld.has(id)) };
}

const asked = ({ offences }: PlanContext, { offenceIds }: Plan) =>
  offenceIds ?? offences.map(({ offenceId }) => offenceId);

/** Map, list and headline ask for the same counts, and the two of them for those before: as many as one screen needs. */
const REMEMBERED = 8;

function answersOf(cube: Cube): Answers {
  const scan = scannerOf(cube);
  const known = new Map<string, unknown>();
  const ask = async <Q extends CubeQuestion>(plan: Plan, question: Q): Promise<AnswerTo<Q>> => {
    const key = JSON.stringify([plan, question]);
    if (!known.has(key)) known.set(key, scan(plan, question));
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
    return known.get(key) as AnswerTo<Q>;
  };
  return {
    byPlace: (plan, { layerId, version, features }) =>
      ask(plan, { by: 'place', layer: { layerId, version, features } }),
    byDay: (plan) => ask(plan, { by: 'day' }),
    bySlot: (plan) => ask(plan, { by: 'slot' }),
    byCell: (plan, grid) => ask(plan, { by: 'cell', grid }),
    byCorner: (plan, grid) => ask(plan, { by: 'corner', grid }),
  };
}

/** What is known of the sources, from their rows and from what was told of them. */
function sourcesOf({ about, sources, rows: { rows, group, groups, combo, combos } }: Received) {
  const facts = collectFacts();
  const firstCoarser = DATE_PRECISIONS.indexOf('hour');
  for (let row = 0; row < rows; row++) {
    const { day, time } = groups[group[row]!]!;
    const { sourceId } = combos[combo[row]!]!;
    facts.addDay(sourceId, day, 1);
    // Whether the minute is known does not travel, and nothing here depends on it.
    facts.addPrecision(sourceId, firstCoarser + time, 1);
  }
  const known = sources.flatMap((code, sourceId) => {
    const told = about.sources.find((each) => each.code === code);
    return told ? [{ ...told, sourceId, title: code, accuracyM: null, snapped: false, delivered: null }] : [];
  });
  return describeSources(known, facts.facts()).map((source, i) => ({ ...source, fillers: known[i]!.fillers }));
}

function taxonomyOf({ offences, themes }: Tree): PlanContext['taxonomy'] {
  const parents = new Map(offences.map(({ code, parent }) => [code, parent]));
  let last: { readonly of: string; readonly found: ReadonlySet<string> } | null = null;
  const taxonomy: PlanContext['taxonomy'] = {
    // All the questions of a screen are of the same offences, and the leaves are those of the columns.
    subtree(codes, leaves) {
      const of = [leaves.length, ...codes].join();
      if (last?.of !== of) last = { of, found: subtreeOf(parents, new Set(codes), leaves) };
      return last.found;
    },
    themeOffences: (theme) => themes.find(({ code }) => code === theme)?.offences ?? [],
    withChoices: () => taxonomy as ReturnType<PlanContext['taxonomy']['withChoices']>,
  };
  return taxonomy;
}

function subtreeOf(
  parents: ReadonlyMap<string, string | null>,
  wanted: ReadonlySet<string>,
  leaves: readonly string[],
): ReadonlySet<string> {
  const isUnder = (code: string | null | undefined): boolean =>
    code != null && (wanted.has(code) || isUnder(parents.get(code)));
  return new Set(leaves.filter(isUnder));
}
