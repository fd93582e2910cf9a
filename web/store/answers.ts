// Every question of the main screen, each following the filter, the chosen place and the chosen layer.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type {
  ClockAnswer,
  CountsAnswer,
  SeriesAnswer,
  Step,
  SummaryAnswer,
  TopAnswer,
  Totals,
} from '../../server/counts/contract.ts';
import type { Filter, RankedBy, Within } from '../../server/filter/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import type { BenchmarkAnswer } from '../../server/official-totals/contract.ts';
import type { Drawn } from '../map/picture.ts';
import { type Ask, type Path, paths } from './api.ts';
import { coveredDays, type Days } from './covered.ts';
import { addDays, addMonths, monthStart } from './days.ts';
import { askFrequent, type FrequentAnswer, pathOfFrequent } from './frequent.ts';
import type { Versioned } from './one-version.ts';
import { type Asking, createQuestion, type Question } from './question.ts';
import type { Reference } from './reference.ts';
import { effectiveFilter, type Store } from './state.ts';
import { TREND_STEPS, trendDays, trendUntil } from './trend-steps.ts';
import type { PlaceKey } from './url.ts';

/** Ten are listed; the pointer tells the change of more. */
const RANKED = 300;
const TREND_MONTHS = TREND_STEPS.month.shown;

/** With a point outside the municipality; and without one where it is not known to be of it, and of which sources. */
export type Apart = { readonly outside: number; readonly unlocated: number; readonly larger: readonly string[] };

export type Answers = {
  /** The question asked, complete with defaults; null until the jurisdiction is known. */
  readonly filter: ReadonlySignal<Filter | null>;
  /** The same of what lies in the municipality, or may: all the page counts and draws. */
  readonly counted: ReadonlySignal<Filter | null>;
  /** The same within the chosen place. */
  readonly scoped: ReadonlySignal<Filter | null>;
  readonly areaCounts: Question<CountsAnswer>;
  readonly streetCounts: Question<CountsAnswer>;
  /** Of the layer the chosen place is of, where another one is drawn. */
  readonly placeCounts: Question<CountsAnswer>;
  /** The counts of a layer, if they are among those asked: ids are of a layer, and mean other places in another. */
  countsIn(layer: string): CountsAnswer | null;
  /** The layer of the one place that is chosen, or that the filter is limited to. */
  readonly limitedTo: ReadonlySignal<string | null>;
  /** Whether the filter counts only a part of some areas drawn: nothing is known of the residents of a part. */
  readonly cutsAreas: ReadonlySignal<boolean>;
  /** What the filter matches beside the headline. */
  readonly apart: ReadonlySignal<Apart>;
  /** The headline: totals, the period before, the last 28 days. */
  readonly summary: Question<SummaryAnswer>;
  /** The days the headline is of, as far as the data cover them. */
  readonly covered: ReadonlySignal<Days | null>;
  /** The headline of the chosen place. */
  readonly here: Question<SummaryAnswer>;
  readonly top: Question<TopAnswer>;
  readonly listLayer: ReadonlySignal<LayerRow | null>;
  /** The headline's totals on the layer that is drawn; null while there are none. */
  readonly drawnTotals: ReadonlySignal<Totals | null>;
  /** What the list ranks by: always what the map colours by. */
  readonly listMeasure: ReadonlySignal<RankedBy>;
  readonly clock: Question<ClockAnswer>;
  /** The clock of the weekdays chosen alone, which tells what has no hour on them; null where none are. */
  readonly hourless: Question<ClockAnswer>;
  /** What there is of each offence at the chosen place. */
  readonly frequent: Question<FrequentAnswer>;
  /** What the trend is drawn by: months, or closer up weeks or days. */
  readonly trendStep: Signal<Step>;
  /** 36 months to the last that is complete, or to the end of an earlier period; and the 12 before those for comparison. */
  readonly trend: Question<SeriesAnswer>;
  /** The months of the trend as an authority publishes them for the whole area. */
  readonly benchmark: Question<BenchmarkAnswer>;
  readonly all: readonly Question<Versioned>[];
};

/** A question of what lies in a layer, or may. `layer` as questions name it. */
export const countedInside = (
  filter: Filter,
  layer: string,
  sources: readonly { readonly code: string; readonly elsewhere: boolean }[],
): Filter => ({
  ...filter,
  inside: layer,
  // Most of what they deliver lies elsewhere: nobody knows of their records without a place that these are of here.
  placed: sources.filter(({ elsewhere }) => elsewhere).map(({ code }) => code),
});

/** `mayRank` = whether places are ranked for whoever looks. */
export function createAnswers(
  store: Store,
  reference: Reference,
  ask: Ask,
  drawn: ReadonlySignal<Drawn>,
  mayRank: () => boolean,
  /** Whether the whole municipality is seen, not areas of it alone. */
  seesWhole: () => boolean,
  /** What the map colours by for as long as many pictures share one scale; null while each has its own. */
  heldMeasure: () => RankedBy | null,
): Answers {
  const filter = computed((): Filter | null =>
    reference.ready.value ? effectiveFilter(store.filter.value, reference.themes.value) : null,
  );
  const anyLayer = computed(() => reference.areaLayer.value ?? reference.streetLayer.value);
  const larger = computed(() => reference.sourcesInUse.value.filter(({ elsewhere }) => elsewhere));
  const counted = computed((): Filter | null => {
    const layer = anyLayer.value?.layer;
    if (!filter.value || !layer) return filter.value;
    return countedInside(filter.value, reference.address(layer), reference.sourcesInUse.value);
  });
  const scoped = computed((): Filter | null => {
    const place = store.place.value;
    return counted.value && place ? { ...counted.value, within: placeWithin(place, reference) } : counted.value;
  });

  /** A question about this jurisdiction; `path` answers null when it makes no sense. */
  const follow = <T>(
    path: (city: string) => Path<T> | null,
    by: Asking<T> = ask,
    scope?: (path: string) => string,
  ): Question<T> =>
    createQuestion<T>(
      computed(() => {
        const city = reference.jurisdiction.value;
        return city?.from && filter.value ? path(city.code) : null;
      }),
      by,
      scope,
    );

  const countsOf = (layer: ReadonlySignal<LayerRow | null>, of: ReadonlySignal<Filter | null>) =>
    follow<CountsAnswer>(
      (city) => layer.value && of.value && paths.counts(city, reference.address(layer.value.layer), of.value),
    );
  // Tells what lies outside as well, so that it can be said; the headline leaves it out of all its figures.
  const areaCounts = countsOf(anyLayer, filter);
  const summaryOf = (of: ReadonlySignal<Filter | null>, scope?: (path: string) => string) =>
    follow<SummaryAnswer>(
      (city) => of.value && paths.summary(city, anyLayer.value && reference.address(anyLayer.value.layer), of.value),
      ask,
      scope,
    );
  const summary = summaryOf(counted);
  const apart = computed((): Apart => {
    const headline = summary.answered.value?.value;
    const all = areaCounts.answered.value?.value.totals;
    const outside = all?.outside ?? 0;
    if (!counted.value?.placed.length) return { outside, unlocated: 0, larger: [] };
    // What other sources do not locate is counted in the headline.
    const unlocated = Math.max(0, (all?.unlocated ?? 0) - (headline?.totals.unlocated ?? 0));
    return { outside, unlocated, larger: larger.value.map(({ title }) => title) };
  });
  /** The day after the last one asked for and complete. */
  const end = computed(() => {
    const answer = summary.answered.value?.value;
    const last = reference.jurisdiction.value?.until;
    if (!answer || !last) return null;
    const complete = answer.through ? addDays(answer.through, 1) : last;
    return answer.until && answer.until < last ? answer.until : complete;
  });
  const streets = computed(() => (reference.streetsUsable.value ? reference.streetLayer.value : null));
  const limitedTo = computed(() => {
    const { within } = store.filter.value;
    return store.place.value?.layer ?? (within?.type === 'place' ? within.layer : null);
  });
  const cutsAreas = computed(() => cutsAreasOf(store.filter.value, anyLayer.value?.layer));
  const placeLayer = computed(
    () =>
      reference.areaLayers.value.find((row) => row.layer === store.place.value?.layer && row !== anyLayer.value) ??
      null,
  );
  /** Of another authority's totals no hour is told. */
  const tellsHours = () => reference.jurisdiction.value?.shared !== 'totals';
  const listLayer = computed(() => {
    const wanted = store.page.value.list === 'streets' && streets.value ? streets.value : anyLayer.value;
    if (wanted?.layer !== limitedTo.value) return wanted;
    // A list of the chosen place alone says nothing: what lies inside it, or across it, does.
    const others = reference.areaLayers.value.filter((row) => row.layer !== limitedTo.value);
    return streets.value ?? others.sort((a, b) => b.features - a.features)[0] ?? wanted;
  });

  // Heat is of incidents, not of rates: beside it the list counts too.
  const listMeasure = computed((): RankedBy => {
    const { measure, perKm } = store.legend.value;
    const layer = listLayer.value;
    if (!layer || drawn.value === 'heat') return 'count';
    // To the public several streets are told by one, whose own length is not theirs.
    if (layer.type === 'streets') return perKm && mayRank() ? 'rate' : 'count';
    // Of areas that lie across the chosen place only a part is counted: their residents are not those of the part.
    if (store.place.value || cutsAreas.value) return 'count';
    const held = heldMeasure();
    if (held && drawn.value === 'areas') return held;
    // Where no area has a rate, the map counts, and so does the list.
    const rates = areaCounts.answered.value?.value.rates;
    const hasRates = layer.hasPopulation && (rates?.some((rate) => rate !== null) ?? true);
    return drawn.value === 'areas' && measure === 'rate' && hasRates ? 'rate' : 'count';
  });

  const trendStep = signal<Step>('month');
  let endChosen: string | null = null;
  /** Of the period chosen: while another one is only looked at, the trend must not move under the hand that draws it. */
  const chosenEnd = computed(() => {
    const isOfChosen = !store.isPreviewed.value && !summary.isOld.value;
    if (isOfChosen || endChosen === null) endChosen = end.value;
    return endChosen;
  });
  /** The end of the data, so that a period can be drawn on either side; of one long before, its own. */
  const trendEnd = computed(() => {
    const through = summary.answered.value?.value.through;
    const ends = chosenEnd.value;
    if (!ends || !through) return ends;
    const complete = addDays(through, 1);
    const first = addMonths(monthStart(through), 1 - TREND_MONTHS);
    return ends > first && ends < complete ? complete : ends;
  });
  let shownUntil: { readonly step: Step; readonly until: string } | null = null;
  const closeEnd = computed(() => {
    const step = trendStep.value;
    const through = summary.answered.value?.value.through;
    const ends = chosenEnd.value;
    if (step === 'month' || !ends || !through) return null;
    const complete = addDays(through, 1);
    const before = shownUntil?.step === step ? shownUntil.until : null;
    shownUntil = { step, until: trendUntil(ends < complete ? ends : complete, complete, step, before) };
    return shownUntil.until;
  });
  const trendRange = () => {
    const step = trendStep.value;
    const { shown, before } = TREND_STEPS[step];
    const until = step === 'month' ? trendEnd.value : closeEnd.value;
    return until ? trendDays(until, step, shown + before) : null;
  };

  const questions = {
    areaCounts,
    summary,
    streetCounts: countsOf(streets, counted),
    placeCounts: countsOf(placeLayer, filter),
    here: summaryOf(
      computed(() => (store.place.value ? scoped.value : null)),
      ofOne('within'),
    ),
    frequent: follow<FrequentAnswer>(
      (city) => {
        const layer = anyLayer.value?.layer;
        if (!store.place.value || !layer || !scoped.value) return null;
        return pathOfFrequent(city, layer, scoped.value, store.language.value);
      },
      askFrequent(ask),
      ofOne('within'),
    ),
    top: follow<TopAnswer>(
      (city) => {
        if (!mayRank() || !listLayer.value || !scoped.value) return null;
        return paths.top(city, reference.address(listLayer.value.layer), scoped.value, RANKED, listMeasure.value);
      },
      ask,
      ofOne('layer'),
    ),
    // Without its own filter, or a selection would hide what else could be selected.
    clock: follow<ClockAnswer>((city) =>
      tellsHours() && scoped.value
        ? paths.clock(city, { ...scoped.value, hours: null, weekdays: [], weekdayOf: 'clock' })
        : null,
    ),
    // On the days chosen: what has no hour stands in no cell, so it hides none.
    hourless: follow<ClockAnswer>((city) =>
      tellsHours() && scoped.value?.weekdays.length && !scoped.value.hours ? paths.clock(city, scoped.value) : null,
    ),
    trend: follow<SeriesAnswer>((city) => {
      const range = trendRange();
      return range && scoped.value && paths.series(city, { ...scoped.value, period: null, ...range }, trendStep.value);
    }),
    benchmark: follow<BenchmarkAnswer>((city) => {
      const range = trendEnd.value && trendDays(trendEnd.value, 'month', TREND_MONTHS);
      if (!range || !filter.value || filter.value.kind === 'call' || !seesWhole()) return null;
      if (reference.jurisdiction.value?.shared) return null;
      // Its last month may be one the incidents have only begun.
      const until = addMonths(monthStart(addDays(range.until, -1)), 1);
      return paths.benchmark(city, { ...filter.value, from: range.from, until });
    }),
  };
  const covered = computed(() => {
    const answer = summary.answered.value?.value;
    return answer ? coveredDays(answer, reference.sourcesInUse.value) : null;
  });
  // A point in the municipality may lie near no street: what streets show is said of them.
  const drawnTotals = computed(() => {
    const whole = summary.answered.value?.value.totals ?? null;
    const ofStreets = questions.streetCounts.answered.value?.value.totals;
    const isOfStreets = drawn.value === 'streets' && ofStreets?.matched === whole?.matched;
    return isOfStreets && ofStreets ? ofStreets : whole;
  });
  return {
    filter,
    counted,
    drawnTotals,
    trendStep,
    scoped,
    apart,
    listLayer,
    listMeasure,
    limitedTo,
    cutsAreas,
    countsIn: (layer) => {
      const asked = [questions.areaCounts, questions.streetCounts, questions.placeCounts];
      return asked.map(({ answered }) => answered.value?.value).find((answer) => answer?.layer === layer) ?? null;
    },
    covered,
    ...questions,
    all: Object.values(questions),
  };
}

/** An answer of another place, or of places of another layer, would stand under a name that is not its own. */
export function ofOne(parameter: 'within' | 'layer'): (path: string) => string {
  return (path) => {
    const [where = '', query] = path.split('?');
    return `${where.split('/').slice(0, 4).join('/')} ${new URLSearchParams(query).get(parameter) ?? ''}`;
  };
}

/** Whether what a filter is limited to may run through areas of a layer. */
export const cutsAreasOf = ({ within }: Pick<Filter, 'within'>, layer: string | undefined): boolean =>
  within !== null && !(within.type === 'place' && within.layer === layer);

/** In the version of its layer that is shown. */
export function placeWithin(place: PlaceKey, { pinned }: Pick<Reference, 'pinned'>): Within {
  const version = pinned.value?.layer === place.layer ? pinned.value.version : null;
  return { type: 'place', layer: place.layer, version, place: { code: place.code } };
}
