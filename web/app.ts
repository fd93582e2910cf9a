// What every part of the page is given: the store, the answers, and the words and numbers of the language.

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Kind } from '../server/db/contract.ts';
import { type Translate, translatorOf } from '../server/i18n/contract.ts';
import type { TipForm } from '../server/tips/contract.ts';
import type { WordCatalogue } from '../server/words/es.ts';
import { type Access, createAccess } from './access/me.ts';
import { createHeldColumns, type HeldColumns } from './columns/held-columns.ts';
import { createMapLink, type MapLink } from './map/link.ts';
import { drawnView, type HeldAreas, viewShown } from './map/picture.ts';
import { createPictures, type Pictures } from './map/symbology.ts';
import { type Answers, createAnswers } from './store/answers.ts';
import { type Ask, createAsk } from './store/api.ts';
import { createCatchments, type StreetGroups } from './store/catchments.ts';
import { createFormats, type Formats } from './store/formats.ts';
import { createHush } from './store/hush.ts';
import { createLive, type Live } from './store/live.ts';
import { keepOneVersion } from './store/one-version.ts';
import { createQuestion, type Question } from './store/question.ts';
import { createReference, type Reference } from './store/reference.ts';
import { createSpoken } from './store/spoken.ts';
import { createStore, type Store } from './store/state.ts';
import type { Tab } from './store/url.ts';
import { tipPaths } from './tips/paths.ts';
import { takeWallKey } from './wall/key.ts';

export type App = {
  /** Incidents as columns, from which the page answers by itself once it has them. */
  readonly columns: HeldColumns;
  readonly access: Access;
  readonly store: Store;
  readonly reference: Reference;
  readonly answers: Answers;
  readonly ask: Ask;
  readonly live: Live;
  readonly map: MapLink;
  /** Streets that the public are told of by one point. */
  readonly catchments: ReadonlySignal<StreetGroups>;
  readonly pictures: Pictures;
  /** Asked by the public alone: whether the city takes tips, and the form to send one with. */
  readonly tipForm: Question<TipForm>;
  /** Whether time plays on the map, and whether the command line is open. */
  readonly isPlaying: Signal<boolean>;
  readonly isCommanding: Signal<boolean>;
  /** Alerts that whoever is here has not seen yet. */
  readonly alertsUnseen: Signal<number>;
  /** Whether the small maps are open. */
  readonly isDivided: Signal<boolean>;
  /** Settles when the words of the language are there: nothing is said before. Rejects where they cannot be had. */
  readonly isSpeaking: Promise<void>;
  readonly words: ReadonlySignal<Words>;
  /** Of a wall display that nobody signs in at. */
  readonly wallKey: string | null;
};

type Words = {
  readonly t: Translate;
  readonly f: Formats;
  /** All there is to say, to see whether there are words for a code. */
  readonly catalogue: WordCatalogue;
};

/** Where the public writes: a tip, an answer to a lesson. */
const TYPED_IN: readonly Tab[] = ['tip', 'learn'];

export function createPage(view: Window): App {
  const store = createStore(view);
  const wallKey = store.embedded ? null : takeWallKey(view);
  const hush = createHush(createAsk(() => store.language.peek(), store.embedded ? 'omit' : 'same-origin', wallKey));
  const { ask } = hush;
  const access = createAccess(
    ...([view, hush, () => store.language.peek()] as const),
    () => TYPED_IN.includes(store.page.peek().tab),
    store.embedded !== null,
  );
  const { spoken, isSpeaking } = createSpoken(store);
  const words = computed(() => ({
    t: translatorOf(spoken.value.language, spoken.value.catalogue),
    f: createFormats(spoken.value.language),
    catalogue: spoken.value.catalogue,
  }));
  const reference = createReference(store, ask, access.me, () => words.value.t('seen.ownFile'));
  const map = createMapLink(store);
  const drawn = computed(() => {
    if (map.overlay.value) return map.overlay.value.drawn;
    const hasAreas = reference.areaLayers.value.length > 0 || !reference.ready.value;
    const chosen = viewShown(store.view.value, map.zoom.value, access.me.value?.role ?? null);
    // Counts by area alone have no heat.
    const wanted = reference.jurisdiction.value?.shared === 'totals' ? 'areas' : chosen;
    return drawnView(wanted, map.zoom.value, reference.streetsUsable.value, hasAreas);
  });
  effect(() => {
    const { list, place } = store.page.value;
    const isStreet = place !== null && place.layer === reference.streetLayer.value?.layer;
    if (drawn.value === 'streets' || list === 'streets' || isStreet) reference.wantSegments();
  });
  const isStaff = () => access.me.value?.role !== 'public';
  const columns = createHeldColumns(reference, ask, () => access.me.value?.scope.areas === null);
  const { askServer } = columns;
  const heldAreas = signal<HeldAreas | null>(null);
  const answers = createAnswers(
    ...([store, reference, columns.ask, drawn, isStaff, () => !access.me.value?.scope.areas] as const),
    () => heldAreas.value?.measure ?? null,
  );
  effect(() => reference.wantListed(answers.listLayer.value?.layer ?? null));
  const catchments = createCatchments(store, reference, askServer, () => access.me.value?.role === 'public');
  const pictures = createPictures(store, reference, answers, drawn, map.limit, askServer, catchments, heldAreas);
  keepOneVersion([...answers.all, pictures.heat, pictures.heatDetail], () => {
    for (const question of reference.questions) question.ask();
  });
  const live = createLive(
    ...([store, reference, answers, () => access.may('follow-events') && followsEvents(reference)] as const),
    access.lookAgain,
    columns.hear,
  );
  const tipForm = createQuestion<TipForm>(
    computed(() => {
      const city = reference.jurisdiction.value?.code;
      return city && access.me.value?.role === 'public' && !store.embedded ? tipPaths.form(city) : null;
    }),
    ask,
  );
  const isPlaying = signal(false);
  const isCommanding = signal(false);
  const isDivided = signal(false);
  const held = {
    access,
    columns,
    store,
    reference,
    answers,
    ask: askServer,
    live,
    map,
    catchments,
    pictures,
    tipForm,
    words,
  };
  const alertsUnseen = signal(0);
  return { ...held, alertsUnseen, isPlaying, isCommanding, isDivided, isSpeaking, wallKey };
}

/** By an agreement events are told where all is shared. */
const followsEvents = ({ jurisdiction }: Reference) => ['full', undefined].includes(jurisdiction.value?.shared);

export const PageContext = createContext<App | null>(null);

/** The page a component stands in; the words and numbers of its language at hand. */
export function usePage(): App & Words {
  const page = useContext(PageContext);
  if (!page) throw new Error('outside the page');
  return { ...page, ...page.words.value };
}

/** «12 delitos»: the noun of a kind for a count. */
export function kindNoun(t: Translate, kind: Kind, count: number): string {
  const key = ({ incident: 'kind.incidents', call: 'kind.calls', victim: 'kind.victims' } as const)[kind];
  return t(key, { count });
}
