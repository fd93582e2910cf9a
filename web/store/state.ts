// The one store: what is asked, how it is drawn and what is chosen, mirrored in the address bar.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ThemeRow } from '../../server/counts/contract.ts';
import { EVERYTHING, type Filter } from '../../server/filter/contract.ts';
import { LANGUAGES, type Language } from '../../server/i18n/contract.ts';
import { type Embedded, embeddedBy, keepFixed } from './embed.ts';
import { isOneOf } from './is-one-of.ts';
import { createSteps } from './steps.ts';
import {
  type LegendChoice,
  type MapPosition,
  type PageState,
  type PlaceKey,
  readUrl,
  unreadOf,
  type View,
  writeUrl,
} from './url.ts';

const POSITION_DELAY_MS = 400;
const LANGUAGE_KEY = 'cuadra.language';

export type Store = {
  readonly page: ReadonlySignal<PageState>;
  /** What of the link that was opened could not be used, until somebody has read it. */
  readonly lost: Signal<readonly string[]>;
  /** What another site's page fixes, in a frame; null where the page stands by itself. */
  readonly embedded: Embedded | null;
  readonly filter: ReadonlySignal<Filter>;
  readonly view: ReadonlySignal<View>;
  readonly place: ReadonlySignal<PlaceKey | null>;
  readonly legend: ReadonlySignal<LegendChoice>;
  readonly language: ReadonlySignal<Language>;
  /** A change that Back undoes. */
  change(patch: Partial<PageState>): void;
  changeFilter(patch: Partial<Filter>): void;
  /** Asks as if the filter were changed, and writes it nowhere; null takes that back, as every change does. */
  preview(patch: Partial<Filter> | null): void;
  /** The same of a window that plays, under what a hand tries meanwhile; it stays until null takes it back. */
  playAs(patch: Partial<Filter> | null): void;
  /** Whether the filter is one that is only tried. */
  readonly isPreviewed: ReadonlySignal<boolean>;
  /** A change of looks, which Back passes over. */
  adjust(patch: Partial<PageState>): void;
  /** Whether there is a change to take back, and one taken back. */
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** Takes the last change back, of looks or of the question; where the map stands stays. */
  undo(): void;
  redo(): void;
  /** Where the map stands; written to the address bar once it rests. */
  moveTo(position: MapPosition): void;
  speak(language: Language): void;
  /** The address of this view, complete. */
  link(patch?: Partial<PageState>): string;
};

/** The store of a window: reads its address, follows Back and Forward. */
export function createStore(view: Window): Store {
  const { location, history } = view;
  const page = signal(readUrl(location.search));
  const lost = signal(unreadOf(location.search));
  const opened = page.peek().filter;
  const embedded = embeddedBy(location.search, opened);
  // In a frame nothing is kept, nor may the browser let anything be.
  const chosen = embedded ? null : view.localStorage.getItem(LANGUAGE_KEY);
  const remembered = languageBefore(chosen, view.navigator.languages);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const previewed = signal<Partial<Filter> | null>(null);
  const played = signal<Partial<Filter> | null>(null);
  const steps = createSteps<PageState>((a, b) => writeUrl(resting(a)) === writeUrl(resting(b)));

  const set = (patch: Partial<PageState>, push: boolean): void =>
    batch(() => {
      previewed.value = null;
      const before = page.peek();
      write({ ...before, ...patch }, push);
      steps.did(before, page.peek());
    });
  /** As it stood then, where the map stands now. */
  const goTo = (state: PageState | null): void => {
    if (!state) return;
    batch(() => {
      previewed.value = null;
      write({ ...state, position: page.peek().position }, true);
    });
  };
  const write = (next: PageState, push: boolean): void => {
    // The history is that of the page around the frame.
    if (embedded) {
      page.value = { ...next, filter: keepFixed(next.filter, opened, embedded) };
      return;
    }
    const url = location.pathname + writeUrl(next);
    clearTimeout(timer);
    if (push && url !== location.pathname + location.search) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    page.value = next;
  };
  view.addEventListener('popstate', () => {
    const { position } = page.peek();
    // Back undoes a filter, not a pan.
    previewed.value = null;
    const before = page.peek();
    page.value = { ...readUrl(location.search), position };
    steps.did(before, page.peek());
  });

  return {
    page,
    lost,
    embedded,
    filter: computed(() => {
      const { filter } = page.value;
      return previewed.value || played.value ? tidy({ ...filter, ...played.value, ...previewed.value }) : filter;
    }),
    view: computed(() => page.value.view),
    place: computed(() => page.value.place),
    legend: computed(() => page.value.legend),
    language: computed(() => page.value.language ?? remembered),
    change: (patch) => set(patch, true),
    changeFilter: (patch) => set({ filter: tidy({ ...page.peek().filter, ...patch }) }, true),
    adjust: (patch) => set(patch, false),
    canUndo: steps.canUndo,
    canRedo: steps.canRedo,
    undo: () => goTo(steps.undo(page.peek())),
    redo: () => goTo(steps.redo(page.peek())),
    isPreviewed: computed(() => previewed.value !== null || played.value !== null),
    preview: (patch) => {
      if (!embedded) previewed.value = patch;
    },
    playAs: (patch) => {
      if (!embedded) played.value = patch;
    },
    moveTo: (position) => {
      page.value = { ...page.peek(), position };
      if (embedded) return;
      clearTimeout(timer);
      timer = setTimeout(
        () => history.replaceState(null, '', location.pathname + writeUrl(page.peek())),
        POSITION_DELAY_MS,
      );
    },
    speak: (language) => {
      if (!embedded) view.localStorage.setItem(LANGUAGE_KEY, language);
      set({ language }, false);
    },
    link: (patch = {}) => location.origin + location.pathname + writeUrl({ ...page.peek(), ...patch }),
  };
}

/** What a step is of: panning is none. */
const resting = (state: PageState): PageState => ({ ...state, position: null });

/** What was chosen here before, else the first of the browser's languages there is, else Spanish. */
export function languageBefore(chosen: string | null, ofBrowser: readonly string[]): Language {
  const wanted = [chosen ?? '', ...ofBrowser].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => isOneOf(LANGUAGES, tag)) ?? 'es';
}

/** A night counts on the day it began, whenever the hours pass midnight. */
function tidy(filter: Filter): Filter {
  const wraps = filter.hours !== null && filter.hours.from > filter.hours.until;
  return { ...filter, weekdayOf: wraps ? 'shift' : 'clock' };
}

/** The question really asked: the default theme and the last 12 months where nothing was chosen. */
export function effectiveFilter(filter: Filter, themes: readonly ThemeRow[]): Filter {
  // A theme an old link names may be gone.
  const known = themes.some((row) => row.code === filter.theme) ? filter.theme : null;
  const theme = known ?? (filter.offences.length ? null : (themes.find((row) => row.default)?.code ?? null));
  const open = filter.period || filter.from || filter.until;
  return { ...filter, theme, period: open ? filter.period : '12m' };
}

/** Which parts of a filter differ from how the page opens. */
export type FilterPart = 'source' | 'theme' | 'offences' | 'period' | 'time' | 'where';

export function changedParts(filter: Filter, themes: readonly ThemeRow[]): ReadonlySet<FilterPart> {
  const opening = effectiveFilter(EVERYTHING, themes);
  const now = effectiveFilter(filter, themes);
  const changed = new Set<FilterPart>();
  if (now.source !== null || now.kind !== 'incident') changed.add('source');
  if (now.theme !== null && now.theme !== opening.theme) changed.add('theme');
  if (now.offences.length) changed.add('offences');
  if (now.period !== opening.period || now.from || now.until) changed.add('period');
  if (now.hours || now.weekdays.length) changed.add('time');
  if (now.within) changed.add('where');
  return changed;
}

/** What to put in a filter to take one part back to how the page opens. */
export function withoutPart(part: FilterPart): Partial<Filter> {
  switch (part) {
    case 'source':
      return { source: null, kind: 'incident' };
    case 'theme':
      return { theme: null };
    case 'offences':
      return { offences: [] };
    case 'period':
      return { period: null, from: null, until: null };
    case 'time':
      return { hours: null, weekdays: [], weekdayOf: 'clock' };
    case 'where':
      return { within: null };
  }
}

export const CLEAR: Partial<PageState> = { filter: EVERYTHING };
