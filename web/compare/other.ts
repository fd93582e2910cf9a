// What B asks and what came back, beside the questions of the main screen; and the pictures both share.

import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { AFTER, BEFORE } from '../map/colors.ts';
import { areaPicture, streetPicture } from '../map/picture.ts';
import { cutsAreasOf } from '../store/answers.ts';
import { paths } from '../store/api.ts';
import { coveredDays, type Days } from '../store/covered.ts';
import { daysBetween } from '../store/days.ts';
import { createQuestion, type Question } from '../store/question.ts';
import { effectiveFilter } from '../store/state.ts';
import { type Difference, differenceOf } from './difference.ts';
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
  const counts = createQuestion<CountsAnswer>(
    computed(() => {
      const city = reference.jurisdiction.value?.code;
      return city && filter.value && layer.value
        ? paths.counts(city, reference.address(layer.value.layer), filter.value)
        : null;
    }),
    columns.ask,
    (path) => new URLSearchParams(path.split('?')[1]).get('layer') ?? '',
  );
  const sources = computed(() => {
    const { kind, source } = filter.value ?? { kind: null, source: null };
    return reference.sources.value.filter((row) => row.kind === kind && (source === null || row.code === source));
  });
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
  const bounds = computed(() => {
    const [a, b] = [answerA.value, answer.value];
    if (!isOpen.value || drawn.value === 'streets' || !a || !b) return null;
    return sharedBounds({ answer: a, years: pictures.years.value }, { answer: b, years: years.value }, choice.value);
  });
  const difference = computed((): Difference | null => {
    const [a, b] = [answerA.value, answer.value];
    const asked = answers.filter.value;
    if (!a || !b || !asked || !covered.value || a.layer !== b.layer) return null;
    const ofA = coveredDays(a, reference.sourcesInUse.value);
    if (!ofA) return null;
    const length = ({ from, until }: Days) => daysBetween(from, until);
    return differenceOf(a, b, { a: length(ofA), b: length(covered.value) });
  });
  const stops = [
    effect(() => {
      if (isOpen.value) pictures.heldBounds.value = bounds.value;
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
        return areaPicture(answer.value, reference.areas.value, choice.value, years.value, bounds.value).classes;
      const { widen, lengths } = catchments.value;
      return widen(streetPicture(answer.value, lengths(reference.segments.value), store.legend.value.perKm)).classes;
    }),
    colors: computed(() => bounds.value?.length ?? store.legend.value.classes),
    isAlike: computed(() => drawn.value === 'streets' || bounds.value !== null || !answer.value || !answerA.value),
    stop() {
      for (const stop of stops) stop();
      pictures.heldBounds.value = null;
      map.overlay.value = null;
    },
  };
}
