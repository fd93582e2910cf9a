// New data while the page is open: hears of them, asks the figures shown again without moving anything, and says how many.

import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Kind } from '../../server/db/contract.ts';
import type { Answers } from './answers.ts';
import { at } from './api.ts';
import type { Reference } from './reference.ts';
import type { Store } from './state.ts';

/** A busy dispatch centre sends every second; the figures are asked again no more often than this. */
const ASK_EVERY_MS = 2000;
const LISTEN_AGAIN_MS = 5000;

/** Records of the kind shown that came since `since` (milliseconds of the clock). */
type News = { readonly count: number; readonly since: number };
export type Live = { readonly news: ReadonlySignal<News | null>; forget(): void };

type Told = {
  readonly dataVersion: number;
  readonly added: Partial<Record<Kind, number>>;
  /** Layers or settings changed besides. */
  readonly isMore?: boolean;
};

/** `mayFollow` = whether whoever looks hears of news at once; `whenCut` hears of a stream that was refused. */
export function createLive(
  store: Store,
  reference: Reference,
  answers: Answers,
  mayFollow: () => boolean,
  whenCut: () => void,
  /** Hears of every version, whatever came with it. */
  whenTold: (dataVersion: number, added: Partial<Record<Kind, number>>) => void,
): Live {
  const news = signal<News | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAt = 0;
  /** The newest version told of that changes what is shown. */
  let told = 0;

  const askSoon = () => {
    clearTimeout(timer);
    const wait = Math.max(0, askedAt + ASK_EVERY_MS - Date.now());
    timer = setTimeout(() => {
      askedAt = Date.now();
      // One answer of a newer version has all others asked again.
      answers.summary.ask();
      for (const question of reference.questions) question.ask();
    }, wait);
  };
  const hear = ({ dataVersion, added, isMore }: Told) => {
    whenTold(dataVersion, isMore ? {} : added);
    const shown = answers.summary.answered.peek()?.value.dataVersion;
    const kind = store.filter.peek().kind;
    const count = added[kind] ?? 0;
    if (count > 0) news.value = { count: (news.peek()?.count ?? 0) + count, since: news.peek()?.since ?? Date.now() };
    const changesNothingShown = !isMore && Object.keys(added).length > 0 && count === 0;
    if (changesNothingShown) return;
    told = dataVersion;
    if (shown !== undefined && dataVersion > shown) askSoon();
  };

  // Of a large city the version before is shown until the new one is ready to be counted.
  effect(() => {
    const shown = answers.summary.answered.value?.value.dataVersion;
    if (shown !== undefined && askedAt > 0 && shown < told) askSoon();
  });

  /** A browser comes back by itself after a cut, but not after it was refused, as by a server that starts. */
  const listen = (wanted: string): EventSource => {
    const source = new EventSource(at(wanted, 'events'));
    source.addEventListener('data', (event) => hear(JSON.parse(event.data) as Told));
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) return;
      whenCut();
      setTimeout(() => {
        if (open?.source === source) open.source = listen(wanted);
      }, LISTEN_AGAIN_MS);
    });
    return source;
  };
  const code = () => (store.page.value.tab === 'map' && mayFollow() ? reference.jurisdiction.value?.code : undefined);
  let open: { readonly code: string; source: EventSource } | null = null;
  effect(() => {
    const wanted = code();
    if (open?.code === wanted) return;
    open?.source.close();
    open = null;
    told = 0;
    news.value = null;
    if (wanted === undefined) return;
    open = { code: wanted, source: listen(wanted) };
  });
  // Another kind is another count.
  let kind = store.filter.peek().kind;
  effect(() => {
    const next = store.filter.value.kind;
    if (next !== kind) news.value = null;
    kind = next;
  });
  return {
    news,
    forget: () => {
      news.value = null;
    },
  };
}
