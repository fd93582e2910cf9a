// The pictures of the moment, shared by the map, the legend, the printed page and the table.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { HeatAnswer } from '../../server/stats/contract.ts';
import type { Answers } from '../answers.ts';
import { type Ask, paths } from '../api.ts';
import { daysBetween } from '../days.ts';
import { createQuestion, type Question } from '../question.ts';
import type { Reference } from '../reference.ts';
import type { Store } from '../state.ts';
import { heatRadiusM } from './heat.ts';
import type { MapLink } from './link.ts';
import { type AreaPicture, areaPicture, type Drawn, drawnView, type StreetPicture, streetPicture } from './picture.ts';

const OVERVIEW_ZOOM = 11;
/** From here the overview's cells would show; the view's own surroundings are asked for. */
const DETAIL_FROM_ZOOM = 13;
const DAYS_PER_YEAR = 365.25;

export type Pictures = {
  readonly drawn: ReadonlySignal<Drawn>;
  readonly areas: ReadonlySignal<AreaPicture | null>;
  readonly streets: ReadonlySignal<StreetPicture | null>;
  readonly heat: Question<HeatAnswer>;
  /** Finer cells of the part in view, west south east north as it was asked. */
  readonly heatDetail: Question<HeatAnswer>;
  /** Where the map stands while it shows heat close up; null otherwise. */
  readonly detailBox: { value: readonly number[] | null };
  readonly radiusM: ReadonlySignal<number>;
  /** Length of the days asked, in years; null while unknown. */
  readonly years: ReadonlySignal<number | null>;
};

export function createPictures(
  store: Store,
  reference: Reference,
  answers: Answers,
  link: MapLink,
  ask: Ask,
): Pictures {
  const drawn = computed(() => drawnView(store.view.value, link.zoom.value, reference.streetsUsable.value));
  const years = computed(() => {
    const answer = answers.areaCounts.answered.value?.value;
    const city = reference.jurisdiction.value;
    const from = answer?.from ?? city?.from;
    const until = answer?.until ?? city?.until;
    return answer && from && until ? daysBetween(from, until) / DAYS_PER_YEAR : null;
  });
  const city = computed(() => (reference.jurisdiction.value?.from ? reference.jurisdiction.value.code : null));
  const detailBox = signal<readonly number[] | null>(null);
  return {
    drawn,
    years,
    areas: computed(() => {
      const answer = answers.areaCounts.answered.value?.value;
      return answer ? areaPicture(answer, reference.areas.value, store.legend.value, years.value) : null;
    }),
    streets: computed(() => {
      const answer = answers.streetCounts.answered.value?.value;
      return answer ? streetPicture(answer, reference.segments.value, store.legend.value.perKm) : null;
    }),
    heat: createQuestion<HeatAnswer>(
      computed(() => {
        const filter = answers.filter.value;
        return city.value && filter && drawn.value === 'heat'
          ? paths.heat(city.value, filter, OVERVIEW_ZOOM, null)
          : null;
      }),
      ask,
    ),
    heatDetail: createQuestion<HeatAnswer>(
      computed(() => {
        const filter = answers.filter.value;
        const box = detailBox.value;
        return city.value && filter && box && drawn.value === 'heat'
          ? paths.heat(city.value, filter, DETAIL_FROM_ZOOM + 1, box)
          : null;
      }),
      ask,
    ),
    detailBox,
    radiusM: computed(() => heatRadiusM(reference.sourcesInUse.value)),
  };
}

export { DETAIL_FROM_ZOOM };
