// Answers whether a measure helped: the counts of every place by month out of the cube, the months and places that are
// compared, the numbers, and the sentence.

import type { Jurisdiction, Viewer } from '../access/contract.ts';
import type { NotPlaced } from '../analysis/contract.ts';
import type { Shapes } from '../analysis/shapes.ts';
import { notPlacedIn } from '../analysis/values.ts';
import { dayOf, monthOf, monthStart, textOf } from '../calendar/days.ts';
import type { Stats } from '../counts/asking.ts';
import { narrowedFor } from '../counts/narrowed.ts';
import type { Snapshot } from '../cube/store.ts';
import type { PlaceCounts } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { type Filter, filterToQuery } from '../filter/contract.ts';
import type { AskedLayer } from '../filter/places.ts';
import { type Plan, type Range, throughOf } from '../filter/plan.ts';
import { planFor } from '../filter/scope.ts';
import { sameSourcesSince, sourcesBehind, toldByAll } from '../filter/source-profile.ts';
import type { Language } from '../i18n/contract.ts';
import { countOf, type MonthlyCounts, type Unit } from './comparable.ts';
import type { Around } from './compare.ts';
import { type Comparer, openComparer } from './comparer.ts';
import {
  type EvaluationAnswer,
  type MeasureDesign,
  type MeasureGround,
  MOST_CONTROLS,
  REFERENCE_OF_EVALUATION,
  type Verdict,
} from './contract.ts';
import { countHarm, harmGroups } from './harm-counts.ts';
import { createMiddlesOf, findGround, type MiddlesOf, placesUnder } from './places.ts';
import { harmSentence, sentenceOf } from './sentence.ts';
import { countedDays, firstWhole, lengthOf, type Months, windowsOf } from './windows.ts';

export type EvaluationDeps = Stats & {
  readonly neighbours: Shapes['neighbours'];
  readonly middlesOf: MiddlesOf;
  readonly comparer: Comparer;
};
export type Evaluated = {
  readonly viewer: Viewer;
  readonly jurisdiction: Jurisdiction;
  readonly snapshot: Snapshot;
  /** What is counted; its dates and place are those of the measure. */
  readonly filter: Filter;
  readonly measure: MeasureDesign;
  /** Places of other measures, with their dates. */
  readonly others: readonly { readonly ground: MeasureGround; readonly from: string; readonly until: string | null }[];
  readonly language: Language;
};

const MONTHS_AT_ONCE = 4;
/** Streets times the square of the metres around each: what is looked through grows with it. */
const WIDEST_M2 = 2e8;

export function openEvaluation(stats: Stats, neighbours: Shapes['neighbours']): EvaluationDeps {
  return { ...stats, neighbours, middlesOf: createMiddlesOf(stats.database), comparer: openComparer() };
}

export async function answerEvaluation(deps: EvaluationDeps, asked: Evaluated): Promise<EvaluationAnswer> {
  const { snapshot, measure, jurisdiction, language } = asked;
  const filter: Filter = { ...asked.filter, from: null, until: null, period: null, within: null };
  const found = await findGround(deps.database, snapshot, measure.ground);
  const query = filterToQuery(filter);
  const nothing = (verdict: Verdict, of: Partial<EvaluationAnswer> = {}): EvaluationAnswer => {
    const answer: EvaluationAnswer = {
      ...{ dataVersion: snapshot.dataVersion, layer: measure.ground.layer, layerVersion: measure.ground.version },
      ...{ verdict, displaced: null, sentence: '', counts: null, local: null, ring: null, total: null },
      ...{ quotients: null, smallestDetectable: null, harm: null, scatter: null, placebo: null, months: [] },
      ...{ layerChanges: null, leavesOutSensitive: false, behind: [], leftOut: null },
      periods: {
        ...{ before: null, after: null, matching: null, matchedOn: 'before', isSeasonal: false, daysLeftOut: 0 },
      },
      design: {
        ...{ treated: [], controls: [], controlsBy: 'proposed', alike: [], displacement: [], ringM: measure.ringM },
        ...{ levelsDiffer: false, otherMeasures: 0, measuresNotFound: 0 },
        ...{ controlsNear: 0, measuresHere: 0 },
      },
      parameters: { query, reference: REFERENCE_OF_EVALUATION },
      ...of,
    };
    return { ...answer, sentence: sentenceOf(answer, language) };
  };
  if (!found)
    return nothing('place-gone', {
      layerChanges: { drawnOn: measure.ground.version, reshaped: [], gone: measure.ground.codes },
    });

  const { layer, places: treated } = found;
  const { plan, isNarrowed } = await planOf(deps, asked, filter, layer);
  const { sources } = snapshot;
  const together = throughOf(filter, sources);
  // What a source told that is silent since would read as a fall: only months are compared of which the same ones tell.
  const through = together === null ? null : toldByAll(plan, sources, together);
  const first = through === null ? null : sameSourcesSince(plan, sources, through);
  if (together === null || through === null || first === null)
    return nothing('no-before', { layerChanges: found.changes });
  const selection = measure.selection && { from: dayOf(measure.selection.from), until: dayOf(measure.selection.until) };
  const days = { from: dayOf(measure.from), until: measure.until === null ? null : dayOf(measure.until) };
  const data = countedDays(first, through);
  const { before, after, matching, matchedOn, isSeasonal, daysLeftOut, isTooShort } = windowsOf(days, selection, data);
  const { leftOutOf, ...counts } = await countByMonth(snapshot, plan, layer, data);
  const known: Months = { from: counts.first, until: counts.first + counts.months.length };
  const periods = {
    ...{ before: before && datesOf(before), after: after && datesOf(after) },
    ...{ matching: matching && datesOf(matching), matchedOn, isSeasonal, daysLeftOut },
  };
  const about = {
    ...{ layer: layer.code, layerVersion: layer.version, layerChanges: found.changes, periods },
    leavesOutSensitive: isNarrowed,
    behind: sourcesBehind(plan, sources, together).map(({ source: { code, title }, through: last }) => ({
      ...{ source: code, title, through: textOf(last) },
    })),
    leftOut: before && { before: leftOutOf(before), after: after && leftOutOf(after) },
  };
  if (isTooShort) return nothing('too-short', about);
  if (!before || !matching) return nothing('no-before', about);

  const around = await aroundOf(deps, asked, layer, treated.length);
  const middles = await deps.middlesOf(jurisdiction, snapshot, layer);
  const others = await placesOfOthers(deps, asked, layer, before, after);
  const names = await deps.places(snapshot, layer);
  const weighed = after && harmGroups(deps.taxonomy, snapshot, plan.offenceIds, measure.harm ?? null);
  const harm = weighed && (await countHarm(snapshot, plan, layer, weighed, { matching, before, after }));
  const { comparable, controls, alike, ringPlaces, numbers, seen, ...compared } = await deps.comparer({
    ...{ counts, treated, features: layer.features, middles, around, others: others.places },
    chosen: measure.controls && chosenPlaces(names.codes, measure.controls, treated),
    ...{ matching, before, after, known, noticed: monthOf(days.from), harm },
    chosenBy: selection && { from: monthOf(selection.from), until: monthOf(selection.until - 1) + 1 },
  });
  const sums = (units: readonly Unit[]) =>
    units
      .flatMap(({ places }) => places)
      .map((place) => ({
        ...{ id: String(place + 1), code: names.codes[place + 1]!, name: nameOf(names, place) },
        before: countOf(counts, [place], before),
        after: after ? countOf(counts, [place], after) : 0,
        matching: countOf(counts, [place], matching),
      }));
  const isTreated = new Set(treated);
  const isNear = new Set([...ringPlaces, ...others.places]);
  const size =
    comparable.treatedLevel > 0 ? controls.reduce((sum, { level }) => sum + level, 0) / comparable.treatedLevel : 0;
  const design: EvaluationAnswer['design'] = {
    treated: sums([{ places: treated, level: 0 }]),
    controls: sums(controls),
    controlsBy: measure.controls ? 'hand' : 'proposed',
    alike: sums([{ places: alike.slice(0, MOST_CONTROLS), level: 0 }]),
    displacement: ringPlaces.map((place) => ({ id: String(place + 1), code: names.codes[place + 1]! })),
    ringM: measure.ringM,
    levelsDiffer: comparable.levelsDiffer,
    otherMeasures: others.places.length,
    measuresNotFound: others.notFound,
    controlsNear: controls.filter(({ places }) => places.some((place) => isNear.has(place))).length,
    measuresHere: others.measures.filter((each) => each.some((place) => isTreated.has(place))).length,
  };
  const controlPlaces = controls.flatMap(({ places }) => places);
  const months = Array.from({ length: lengthOf(known) }, (_, i) => {
    const month = { from: known.from + i, until: known.from + i + 1 };
    return {
      month: textOf(monthStart(month.from)).slice(0, 7),
      treated: countOf(counts, treated, month),
      control: size > 0 ? Math.round((countOf(counts, controlPlaces, month) / size) * 100) / 100 : 0,
      displacement: ringPlaces.length ? countOf(counts, ringPlaces, month) : null,
    };
  });
  if (!numbers) return nothing('not-begun', { ...about, ...seen, design, months });
  const { ringPlaces: _, placebo, verdict, ...of } = numbers;
  const byHarm =
    weighed && compared.harm
      ? { source: weighed.source, weights: weighed.weights, unused: weighed.unused, ...compared.harm }
      : null;
  return nothing(verdict, {
    ...{ ...about, ...of, design, months },
    harm: byHarm && { ...byHarm, sentence: harmSentence(byHarm, language) },
    placebo: placebo && {
      ...placebo,
      dates: placebo.dates.map(({ from, ...date }) => ({ from: textOf(monthStart(from)), ...date })),
    },
  });
}

const datesOf = ({ from, until }: Months) => ({ from: textOf(monthStart(from)), until: textOf(monthStart(until)) });

function nameOf(
  { names, crossings }: { names: readonly string[]; crossings: readonly (readonly [string, string] | null)[] },
  place: number,
): string {
  const between = (crossings[place + 1] ?? []).filter((each) => each !== '').join(' – ');
  return [names[place + 1] ?? '', between].filter((part) => part !== '').join(', ');
}

async function planOf(
  { database, taxonomy }: EvaluationDeps,
  { snapshot, viewer }: Evaluated,
  filter: Filter,
  layer: AskedLayer,
): Promise<{ plan: Plan; isNarrowed: boolean }> {
  const { plan, inside } = await planFor({ database, taxonomy }, snapshot, viewer, filter);
  const narrowed = narrowedFor(viewer, { name: 'evaluation', layer, within: null, inside }, snapshot, taxonomy);
  return { plan: narrowed.narrow(plan), isNarrowed: (narrowed.left(plan)?.offenceIds?.length ?? 0) > 0 };
}

/** Each month is one question: by day, a cube reads no more than the rows of that month. */
async function countByMonth(
  { answers }: Snapshot,
  plan: Plan,
  layer: AskedLayer,
  data: Range,
): Promise<MonthlyCounts & { readonly leftOutOf: (months: Months) => NotPlaced }> {
  const first = firstWhole(data.from);
  const tallies = new Array<PlaceCounts>(Math.max(0, monthOf(data.until) - first));
  let next = 0;
  const ask = async () => {
    while (next < tallies.length) {
      const i = next++;
      const range = { from: monthStart(first + i), until: monthStart(first + i + 1) };
      tallies[i] = await answers.byPlace({ ...plan, range }, layer);
    }
  };
  await Promise.all(Array.from({ length: MONTHS_AT_ONCE }, ask));
  const leftOutOf = ({ from, until }: Months) => notPlacedIn(tallies.slice(from - first, until - first));
  // Arrays of their own: what lies in a larger buffer would be copied to the thread with all of it.
  return { first, months: tallies.map(({ counts }) => Uint32Array.from(counts)), leftOutOf };
}

/** Throws BadInput where the surroundings of so many streets would be too wide. */
async function aroundOf(
  { neighbours }: EvaluationDeps,
  { jurisdiction, measure: { ringM } }: Evaluated,
  layer: AskedLayer,
  places: number,
): Promise<Around> {
  if (ringM === 0) return null;
  if (layer.type === 'streets') {
    // Of every fake measure the surroundings are looked at as well, each as wide.
    if (places * ringM ** 2 > WIDEST_M2)
      throw new BadInput('ringM', 'the surroundings of so many streets are too wide: choose a shorter distance');
    return { metres: ringM };
  }
  const around = await neighbours(jurisdiction, layer, 'queen');
  return around.reason === null ? { start: around.weights.start, to: around.weights.to } : null;
}

/** Places of measures that were under way in the months that are compared, whatever layer these were drawn on. */
async function placesOfOthers(
  { database }: EvaluationDeps,
  { snapshot, others }: Evaluated,
  layer: AskedLayer,
  before: Months,
  after: Months | null,
): Promise<{
  readonly places: readonly number[];
  readonly measures: readonly (readonly number[])[];
  readonly notFound: number;
}> {
  const measures: (readonly number[])[] = [];
  let notFound = 0;
  for (const { ground, from, until } of others) {
    const end = after ?? before;
    if (dayOf(from) >= monthStart(end.until) || (until !== null && dayOf(until) <= monthStart(before.from))) continue;
    const found = await placesUnder(database, snapshot, ground, layer);
    if (found === null) notFound++;
    else measures.push(found);
  }
  return { places: [...new Set(measures.flat())], measures, notFound };
}

/** Throws BadInput for a code that no place has, and for the treated place itself. */
function chosenPlaces(codes: readonly string[], chosen: readonly string[], treated: readonly number[]): number[] {
  return [...new Set(chosen)].map((code) => {
    const place = codes.indexOf(code, 1) - 1;
    if (place < 0) throw new BadInput('controls', `no such place in that layer: ${code}`);
    if (treated.includes(place)) throw new BadInput('controls', `the place of the measure itself: ${code}`);
    return place;
  });
}
