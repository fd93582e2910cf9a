// What every part of the page is given: the store, the answers, and the words and numbers of the language.

import { computed, effect, type ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Kind } from '../server/db/contract.ts';
import { createTranslator, type Translate } from '../server/i18n/contract.ts';
import { type Access, createAccess } from './access/me.ts';
import { createMapLink, type MapLink } from './map/link.ts';
import { drawnView, viewShown } from './map/picture.ts';
import { createPictures, type Pictures } from './map/symbology.ts';
import { type Answers, createAnswers } from './store/answers.ts';
import { type Ask, createAsk } from './store/api.ts';
import { createFormats, type Formats } from './store/formats.ts';
import { createLive, type Live } from './store/live.ts';
import { keepOneVersion } from './store/one-version.ts';
import { createReference, type Reference } from './store/reference.ts';
import { createStore, type Store } from './store/state.ts';

export type App = {
  readonly access: Access;
  readonly store: Store;
  readonly reference: Reference;
  readonly answers: Answers;
  readonly ask: Ask;
  readonly live: Live;
  readonly map: MapLink;
  readonly pictures: Pictures;
  readonly words: ReadonlySignal<{ readonly t: Translate; readonly f: Formats }>;
};

export function createPage(view: Window): App {
  const store = createStore(view);
  const ask = createAsk(() => store.language.peek());
  const access = createAccess(view, ask, () => store.language.peek());
  const reference = createReference(store, ask, access.me);
  const map = createMapLink();
  const drawn = computed(() => {
    if (map.overlay.value) return map.overlay.value.drawn;
    const hasAreas = reference.areaLayers.value.length > 0 || !reference.ready.value;
    const wanted = viewShown(store.view.value, map.zoom.value, access.me.value?.role ?? null);
    return drawnView(wanted, map.zoom.value, reference.streetsUsable.value, hasAreas);
  });
  effect(() => {
    const { list, place } = store.page.value;
    const isStreet = place !== null && place.layer === reference.streetLayer.value?.layer;
    if (drawn.value === 'streets' || list === 'streets' || isStreet) reference.wantSegments();
  });
  const answers = createAnswers(store, reference, ask, drawn, () => access.me.value?.role !== 'public');
  effect(() => reference.wantListed(answers.listLayer.value?.layer ?? null));
  const words = computed(() => ({ t: createTranslator(store.language.value), f: createFormats(store.language.value) }));
  const pictures = createPictures(store, reference, answers, drawn, map.limit, ask);
  keepOneVersion([...answers.all, pictures.heat, pictures.heatDetail], () => {
    for (const question of reference.questions) question.ask();
  });
  const live = createLive(store, reference, answers, () => access.may('follow-events'));
  return { access, store, reference, answers, ask, live, map, pictures, words };
}

export const PageContext = createContext<App | null>(null);

/** The page a component stands in; the words and numbers of its language at hand. */
export function usePage(): App & { readonly t: Translate; readonly f: Formats } {
  const page = useContext(PageContext);
  if (!page) throw new Error('outside the page');
  return { ...page, ...page.words.value };
}

/** «12 delitos»: the noun of a kind for a count. */
export function kindNoun(t: Translate, kind: Kind, count: number): string {
  const key = ({ incident: 'kind.incidents', call: 'kind.calls', victim: 'kind.victims' } as const)[kind];
  return t(key, { count });
}
