// The pictures of the moment, shared by the map, the legend, the printed page and the table.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { HeatAnswer, SourceRow } from '../../server/counts/contract.ts';
import type { Answers } from '../store/answers.ts';
import { type Ask, paths } from '../store/api.ts';
import type { StreetGroups } from '../store/catchments.ts';
import { coveredDays } from '../store/covered.ts';
import { daysBetween } from '../store/days.ts';
import { createQuestion, type Question } from '../store/question.ts';
import type { Reference } from '../store/reference.ts';
import type { Store } from '../store/state.ts';
import { type Box, type Density, densityOf, type HeatAsked, heatReachM, marginOf } from './heat.ts';
import {
  type AreaPicture,
  areaPicture,
  type Drawn,
  type HeldAreas,
  type HeldStreets,
  type StreetPicture,
  streetPicture,
} from './picture.ts';
import { answerWithin, boxOfLimit, heatPointsWithin, withinLimit } from './within-limit.ts';

export const OVERVIEW_ZOOM = 11;
/** From here the overview's cells would show; the view's own surroundings are asked for. */
const DETAIL_FROM_ZOOM = 13;
const DAYS_PER_YEAR = 365.25;

/** A heat to be worked out, and the limit beyond which it has no colour. */
export type HeatWanted = HeatAsked & { readonly limit: GeoJSON.Geometry | null };

type HeatScale = { readonly reachM: number; readonly usual: number };

/** The whole municipality, and the part in view. */
export const HEAT_PARTS = ['whole', 'close'] as const;
type ByPart<T> = Readonly<Record<(typeof HEAT_PARTS)[number], T>>;

export type Pictures = {
  readonly drawn: ReadonlySignal<Drawn>;
  readonly areas: ReadonlySignal<AreaPicture | null>;
  /** Scales that pictures one after another share, so that a colour means the same in all; null = of each its own. */
  readonly heldAreas: Signal<HeldAreas | null>;
  readonly heldStreets: Signal<HeldStreets | null>;
  /** The same of the heat: how far one incident reaches, and where colour is full. */
  readonly heldHeat: Signal<HeatScale | null>;
  readonly streets: ReadonlySignal<StreetPicture | null>;
  readonly heat: Question<HeatAnswer>;
  /** Finer cells of the part in view, west south east north as it was asked. */
  readonly heatDetail: Question<HeatAnswer>;
  /** Where the map stands while it shows heat close up; null otherwise. */
  readonly detailBox: Signal<Box | null>;
  /** How far one incident reaches in the heat; null while unknown. */
  readonly reachM: ReadonlySignal<number | null>;
  /** The heat of the whole municipality, and of the part in view where that is finer. */
  readonly density: ReadonlySignal<Density | null>;
  readonly closeDensity: ReadonlySignal<Density | null>;
  /** What these two are worked out of; and, while the graphics card does it, what it found. Else it is done here. */
  readonly wanted: ByPart<ReadonlySignal<HeatWanted | null>>;
  readonly isOnCard: Signal<boolean>;
  readonly foundOnCard: ByPart<Signal<Density | null>>;
  /** Length of the days asked that the data cover, in years; null while unknown. */
  readonly years: ReadonlySignal<number | null>;
};

export function createPictures(
  store: Store,
  reference: Reference,
  answers: Answers,
  drawn: ReadonlySignal<Drawn>,
  limit: ReadonlySignal<GeoJSON.Geometry | null>,
  ask: Ask,
  catchments: ReadonlySignal<StreetGroups>,
  heldAreas: Signal<HeldAreas | null>,
): Pictures {
  const years = computed(() => {
    const answer = answers.areaCounts.answered.value?.value;
    // Where there is no layer, nothing is counted by place.
    const covered = answer ? coveredDays(answer, reference.sourcesInUse.value) : answers.covered.value;
    return covered ? daysBetween(covered.from, covered.until) / DAYS_PER_YEAR : null;
  });
  const city = computed(() => (reference.jurisdiction.value?.from ? reference.jurisdiction.value.code : null));
  const detailBox = signal<Box | null>(null);
  const heldStreets = signal<HeldStreets | null>(null);
  const heldHeat = signal<HeatScale | null>(null);
  const heat = createQuestion<HeatAnswer>(
    computed(() => {
      const filter = answers.counted.value;
      return city.value && filter && drawn.value === 'heat'
        ? paths.heat(city.value, filter, OVERVIEW_ZOOM, null)
        : null;
    }),
    ask,
  );
  const heatDetail = createQuestion<HeatAnswer>(
    computed(() => {
      const filter = answers.counted.value;
      const box = detailBox.value;
      return city.value && filter && box && drawn.value === 'heat'
        ? paths.heat(city.value, filter, DETAIL_FROM_ZOOM + 1, box)
        : null;
    }),
    ask,
  );
  const reachM = computed(() => {
    if (heldHeat.value) return heldHeat.value.reachM;
    const bounds = reference.jurisdiction.value?.bounds;
    const answer = heat.answered.value?.value;
    if (!answer || !bounds) return null;
    return heatReachM(answerWithin(answer, limit.value), reference.sourcesInUse.value, bounds);
  });
  /** What tells how long the period is; with it the heat of one period is never shown as that of another's length. */
  const tellsYears = () => (answers.areaCounts.answered.value ? answers.areaCounts : answers.summary);
  const wantedFrom = (question: Question<HeatAnswer>) => {
    let shown: HeatWanted | null = null;
    return computed((): HeatWanted | null => {
      const answered = question.answered.value;
      if (!answered || !reachM.value || !years.value) shown = null;
      // Taken up once, when both are of the question asked: the one before stays as long.
      else if (!shown || (!question.isOld.value && !tellsYears().isOld.value)) {
        const box = boxOf(answered.path);
        // On the card the grid stays as it is while time plays, whatever incidents there are.
        const within = box ? inner(box, reachM.value) : isOnCard.value ? boxOfLimit(limit.value) : null;
        const next = {
          ...{ answer: answered.value, reachM: reachM.value, years: years.value, within },
          limit: limit.value,
        };
        if (!shown || !isSame(shown, next)) shown = next;
      }
      return shown;
    });
  };
  const isOnCard = signal(false);
  const wanted = { whole: wantedFrom(heat), close: wantedFrom(heatDetail) };
  const foundOnCard = { whole: signal<Density | null>(null), close: signal<Density | null>(null) };
  const densityOfPart = (part: keyof typeof wanted) => {
    const here = computed((): Density | null => {
      const each = wanted[part].value;
      if (!each || isOnCard.value) return null;
      const felt = densityOf(each.answer, each.reachM, each.years, each.within, heatPointsWithin(each));
      return felt && withinLimit(felt, each.limit);
    });
    let before: Density | null = null;
    return computed((): Density | null => {
      const onCard = wanted[part].value && foundOnCard[part].value;
      // What was found here stays until the card has found something: nothing is gone in between.
      if (!isOnCard.value) before = here.value;
      else if (onCard || !wanted[part].value) before = null;
      const felt = isOnCard.value ? (onCard ?? before) : here.value;
      return felt && heldHeat.value ? { ...felt, usual: heldHeat.value.usual } : felt;
    });
  };
  const density = densityOfPart('whole');
  const closeUp = densityOfPart('close');
  return {
    drawn,
    years,
    heldAreas,
    heldStreets,
    heldHeat,
    areas: computed(() => {
      const answer = answers.areaCounts.answered.value?.value;
      const choice = store.legend.value;
      // Of a part of an area there is no rate.
      const possible = answers.cutsAreas.value ? { ...choice, measure: 'count' as const } : choice;
      return answer ? areaPicture(answer, reference.areas.value, possible, years.value, heldAreas.value) : null;
    }),
    streets: computed(() => {
      const answer = answers.streetCounts.answered.value?.value;
      if (!answer) return null;
      const { widen, lengths } = catchments.value;
      const { perKm } = store.legend.value;
      return widen(streetPicture(answer, lengths(reference.segments.value), perKm, heldStreets.value));
    }),
    heat,
    heatDetail,
    detailBox,
    reachM,
    ...{ wanted, isOnCard, foundOnCard },
    density,
    closeDensity: computed(() => {
      const whole = density.value;
      const close = closeUp.value;
      return close && whole ? { ...close, usual: whole.usual, half: whole.half, incidents: whole.incidents } : close;
    }),
  };
}

/**
 * One scale for heat of many periods: the longest of their reaches, so that no kernel grows or shrinks on the way, and the
 * middle of what is usual in them. Null where none has incidents.
 */
export function sharedHeatScale(
  periods: readonly { readonly answer: HeatAnswer; readonly years: number }[],
  sources: readonly SourceRow[],
  city: Box,
): HeatScale | null {
  const some = periods.filter(({ answer }) => answer.points.length > 0);
  const reachM = Math.max(0, ...some.map(({ answer }) => heatReachM(answer, sources, city)));
  const usual = some
    .map(({ answer, years }) => densityOf(answer, reachM, years, null)?.usual ?? 0)
    .sort((a, b) => a - b);
  return some.length ? { reachM, usual: usual[usual.length >> 1]! } : null;
}

const isSame = (a: HeatWanted, b: HeatWanted) =>
  a.answer === b.answer &&
  a.reachM === b.reachM &&
  a.years === b.years &&
  a.limit === b.limit &&
  String(a.within) === String(b.within);

/** The box a question was about. */
function boxOf(path: string): Box | null {
  const text = new URLSearchParams(path.slice(path.indexOf('?'))).get('bbox');
  return text === null ? null : (text.split(',').map(Number) as unknown as Box);
}

/** A box less the reach of what lies outside it, which is not known. */
function inner([west, south, east, north]: Box, reachM: number): Box {
  const { lon, lat } = marginOf(reachM, (south + north) / 2);
  return [west + lon, south + lat, east - lon, north - lat];
}

export { DETAIL_FROM_ZOOM };
