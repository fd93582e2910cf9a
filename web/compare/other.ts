// What B asks and what came back, beside the questions of the main screen; and the pictures both share.

import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { AFTER, BEFORE } from '../map/colors.ts';
import { leastOfClasses } from '../map/concentration.ts';
import { areaPicture, holders, streetPicture } from '../map/picture.ts';
import { countedInside, cutsAreasOf } from '../store/answers.ts';
import { paths } from '../store/api.ts';
import { coveredDays, type Days } from '../store/covered.ts';
import { daysBetween } from '../store/days.ts';
import { toldOf } from '../store/gaps.ts';
import { createQuestion, type Question } from '../store/question.ts';
import { effectiveFilter } from '../store/state.ts';
import { type Difference, differenceOf } from './difference.ts';
import { exposures, mayShare, offencesNamed } from './exposure.ts';
import { sharedBounds } from './same-scale.ts';

const DAYS_PER_YEAR = 365.25;
/** More in A, fewer in A, no clear difference. */
export const DIFFERENCE_COLORS = [AFTER, BEFORE, '#d9d4cc'] as const;

export type Other = {
  /** Complete with defaults; null while nothing is compared. */
  readonly filter: ReadonlySignal<Filter | null>;
  readonly counts: Question<CountsAnswer>;
  readonly covered: ReadonlySignal<Days | null>;
  /** What is drawn: never heat, whose colours have no classes. */
  readonly drawn: ReadonlySignal<'areas' | 'streets'>;
  /** Classes by place id. */
  readonly classes: ReadonlySignal<ReadonlyMap<string, number>>;
  readonly colors: ReadonlySignal<number>;
  readonly difference: ReadonlySignal<Difference | null>;
  /** Whether both are measured alike, so that a colour means the same. */
  readonly isAlike: ReadonlySignal<boolean>;
  stop(): void;
};

const NONE: ReadonlyMap<string, number> = new Map();

export function createOther(page: App, tell: (id: string) => string | null): Other {
  const { store, reference, answers, pictures, columns, map, catchments } = page;
  const isOpen = computed(() => store.page.value.beside !== null);
  const filter = computed(() => {
    const { beside } = store.page.value;
    return beside && reference.ready.value ? effectiveFilter(beside.filter, reference.themes.value) : null;
  });
  const drawn = computed((): 'areas' | 'streets' =>
    store.page.value.view === 'streets' && reference.streetsUsable.value ? 'streets' : 'areas',
  );
  const layer = computed(() => (drawn.value === 'streets' ? reference.streetLayer.value : reference.areaLayer.value));
  const sources = computed(() => {
    const { kind, source } = filter.value ?? { kind: null, source: null };
    return reference.sources.value.filter((row) => row.kind === kind && (source === null || row.code === source));
  });
  const counts = createQuestion<CountsAnswer>(
    computed(() => {
      const city = reference.jurisdiction.value?.code;
      if (!city || !filter.value || !layer.value) return null;
      // Streets reach beyond the limits: of them A counts what lies within, and so does B.
      const area = drawn.value === 'streets' ? reference.areaLayer.value : null;
      const asked = area ? countedInside(filter.value, reference.address(area.layer), sources.value) : filter.value;
      return paths.counts(city, reference.address(layer.value.layer), asked);
    }),
    columns.ask,
    (path) => new URLSearchParams(path.split('?')[1]).get('layer') ?? '',
  );
  const answer = computed(() => {
    const found = counts.answered.value?.value ?? null;
    return found?.layer === layer.value?.layer ? found : null;
  });
  const covered = computed(() => answer.value && coveredDays(answer.value, sources.value));
  const years = computed(() => covered.value && daysBetween(covered.value.from, covered.value.until) / DAYS_PER_YEAR);
  const answerA = computed(() => {
    const question = drawn.value === 'streets' ? answers.streetCounts : answers.areaCounts;
    return question.answered.value?.value ?? null;
  });
  const choice = computed(() => {
    const wanted = store.legend.value;
    const asked = filter.value;
    const isCut = answers.cutsAreas.value || (asked !== null && cutsAreasOf(asked, reference.areaLayer.value?.layer));
    return isCut ? { ...wanted, measure: 'count' as const } : wanted;
  });
  const scale = computed(() => {
    const [a, b] = [answerA.value, answer.value];
    if (!isOpen.value || drawn.value === 'streets' || !a || !b) return null;
    return sharedBounds({ answer: a, years: pictures.years.value }, { answer: b, years: years.value }, choice.value);
  });
  const streetScale = computed(() => {
    const [a, b] = [answerA.value, answer.value];
    if (!isOpen.value || drawn.value !== 'streets' || !a || !b) return null;
    const lengths = catchments.value.lengths(reference.segments.value);
    return leastOfClasses(
      [a, b].flatMap((each) => holders(each, lengths)),
      store.legend.value.perKm,
    );
  });
  const difference = computed((): Difference | null => {
    const [a, b] = [answerA.value, answer.value];
    const [ofFilterA, ofFilterB] = [answers.filter.value, filter.value];
    if (!a || !b || !ofFilterA || !ofFilterB || !covered.value || a.layer !== b.layer) return null;
    const ofA = coveredDays(a, reference.sourcesInUse.value);
    if (!ofA) return null;
    const codesOf = (each: Filter) => offencesNamed(each, reference.themes.value);
    const sides = {
      a: { filter: ofFilterA, days: ofA, offences: codesOf(ofFilterA) },
      b: { filter: ofFilterB, days: covered.value, offences: codesOf(ofFilterB) },
    };
    const parents = new Map(reference.offences.value.map(({ code, parent }) => [code, parent]));
    const isWhole =
      toldOf(ofA, reference.sourcesInUse.value) === 'whole' && toldOf(covered.value, sources.value) === 'whole';
    const unjudged =
      ofFilterA.kind !== ofFilterB.kind ? 'kinds' : mayShare(sides, parents) ? 'shared' : isWhole ? null : 'gaps';
    return differenceOf(a, b, { ...exposures(sides), unjudged });
  });
  const stops = [
    effect(() => {
      const about = { filter: filter.value, covered: covered.value, isJudged: difference.value?.unjudged === null };
      map.beside.value = isOpen.value && layer.value ? { layer: layer.value.layer, tell, ...about } : null;
    }),
    effect(() => {
      if (!isOpen.value) return;
      pictures.heldAreas.value = scale.value;
      pictures.heldStreets.value = streetScale.value;
    }),
    effect(() => {
      const found = store.page.value.beside?.mode === 'difference' ? difference.value : null;
      const classOf = { up: 1, down: 2, none: 3 } as const;
      map.overlay.value = found &&
        layer.value && {
          ...{ layer: layer.value.layer, drawn: drawn.value, colors: DIFFERENCE_COLORS, bands: null, tell },
          classes: new Map(found.places.map(({ id, direction }) => [id, classOf[direction]])),
        };
    }),
  ];
  return {
    ...{ filter, counts, covered, drawn, difference },
    classes: computed(() => {
      if (!answer.value) return NONE;
      if (drawn.value === 'areas')
        return areaPicture(answer.value, reference.areas.value, choice.value, years.value, scale.value).classes;
      const { widen, lengths } = catchments.value;
      const { perKm } = store.legend.value;
      const picture = streetPicture(answer.value, lengths(reference.segments.value), perKm, streetScale.value);
      return widen(picture).classes;
    }),
    colors: computed(() => scale.value?.bounds.length ?? store.legend.value.classes),
    isAlike: computed(() => drawn.value === 'streets' || scale.value !== null || !answer.value || !answerA.value),
    stop() {
      for (const stop of stops) stop();
      pictures.heldAreas.value = null;
      pictures.heldStreets.value = null;
      map.overlay.value = null;
      map.beside.value = null;
    },
  };
}
