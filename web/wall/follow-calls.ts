// Keeps the calls of the last 24 hours up to date for as long as the display hangs: asks when something changed, and every
// minute whatever happens; goes on by itself after the network, the server or the session was away.

import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import { type Filter, filterToQuery } from '../../server/filter/contract.ts';
import { type Ask, at, type Path, Problem } from '../store/api.ts';
import { addDays } from '../store/days.ts';
import { type Calls, localHour, MOST_CALLS, type WallCall, windowFrom, withAnswer, withoutOld } from './calls.ts';
import { followStream } from './event-stream.ts';

/** Milliseconds. */
const PACE = {
  /** Each answer is written down as seen; a busy centre sends every second. */
  atMost: 10_000,
  atLeast: 60_000,
  /** What was changed or withdrawn since is found by asking for all. */
  whole: 300_000,
  again: 5000,
  /** What was refused is written down at the server, too. */
  againRefused: 60_000,
  silent: 60_000,
  tick: 15_000,
};
const ANSWER_WITHIN_MS = 30_000;
const PAGE = 1000;

export type WallState = {
  /** Null until the first answer; nothing is shown of what one may not see any more. */
  readonly calls: ReadonlySignal<Calls | null>;
  /** The clock of the server, minute by minute. */
  readonly now: ReadonlySignal<number>;
  readonly answeredAt: ReadonlySignal<number | null>;
  /** `away` = no answer; `refused` = one may not see it, or not any more. */
  readonly trouble: ReadonlySignal<'away' | 'refused' | null>;
  /** More happened than is kept. */
  readonly isCut: ReadonlySignal<boolean>;
  stop(): void;
};

type Feature = {
  readonly geometry: { readonly coordinates: readonly [number, number] } | null;
  readonly properties: Omit<WallCall, 'at'>;
};
type Listing = { readonly dataVersion: number; readonly features: readonly Feature[]; readonly next: string | null };

type Deps = {
  readonly city: Pick<JurisdictionRow, 'code' | 'timezone'>;
  readonly filter: Filter;
  readonly ask: Ask;
  readonly openEvents: (signal: AbortSignal) => Promise<Response>;
  /** Set while the server has somebody else than the page was opened for: what is asked then waits, and is not refused. */
  readonly isOver: ReadonlySignal<string | null>;
  /** Looks whether they are back. */
  readonly lookAgain: () => void;
};

export function followCalls({ city, filter, ask, openEvents, isOver, lookAgain }: Deps, pace = PACE): WallState {
  const calls = signal<Calls | null>(null);
  const answeredAt = signal<number | null>(null);
  const trouble = signal<'away' | 'refused' | null>(null);
  const isCut = signal(false);
  let ahead = 0;
  const clock = () => Date.now() + ahead;
  const now = signal(clock());
  const ended = new AbortController();
  let wholeAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isWantedAgain = false;

  const pageAfter = (after: string | null): Path<Listing> => {
    const from = windowFrom(clock(), city.timezone).date;
    const until = addDays(localHour(clock(), city.timezone).date, 2);
    const asked = { ...filterToQuery({ ...filter, kind: 'call', period: null, from, until }), limit: String(PAGE) };
    return at(city.code, `incidents?${new URLSearchParams(after === null ? asked : { ...asked, after })}`);
  };
  const toCall = ({ geometry, properties }: Feature): WallCall => {
    const { id, offence, label, date, hour } = properties;
    return { id, offence, label, date, hour, at: geometry?.coordinates ?? null };
  };
  const fetchCalls = async (): Promise<void> => {
    const stop = AbortSignal.any([ended.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    let listing = await ask(pageAfter(null), stop);
    const found = listing.features.map(toCall);
    const wantsWhole = calls.peek() === null || Date.now() - wholeAt >= pace.whole;
    while (wantsWhole && listing.next !== null && found.length < MOST_CALLS) {
      listing = await ask(pageAfter(listing.next), stop);
      found.push(...listing.features.map(toCall));
    }
    if (isOver.peek() !== null) throw new Problem(401, 'session-over', '');
    const isWhole = wantsWhole || listing.next === null;
    if (isWhole) {
      wholeAt = Date.now();
      isCut.value = listing.next !== null;
    }
    now.value = clock();
    calls.value = withAnswer(calls.peek(), found, { isWhole, from: windowFrom(clock(), city.timezone) });
  };
  const askNow = async (): Promise<void> => {
    if (isOver.peek() !== null) {
      lookAgain();
      return schedule(pace.againRefused);
    }
    if (isAsking) {
      isWantedAgain = true;
      return;
    }
    isAsking = true;
    isWantedAgain = false;
    askedAt = Date.now();
    try {
      await fetchCalls();
      answeredAt.value = Date.now();
      trouble.value = null;
    } catch (error) {
      // A city that one may not know of any more is not found.
      const isRefused = isOver.peek() !== null || (error instanceof Problem && [401, 403, 404].includes(error.status));
      if (isRefused) calls.value = null;
      if (!ended.signal.aborted) trouble.value = isRefused ? 'refused' : 'away';
    } finally {
      isAsking = false;
      const after = isWantedAgain ? pace.atMost : pace.atLeast;
      const met = trouble.peek();
      schedule(met === 'refused' ? pace.againRefused : met === 'away' ? pace.again : after);
    }
  };
  const schedule = (afterMs: number): void => {
    clearTimeout(timer);
    if (!ended.signal.aborted) timer = setTimeout(() => void askNow(), afterMs);
  };
  const askSoon = (): void => {
    if (trouble.peek() !== null) return;
    if (isAsking) isWantedAgain = true;
    else schedule(Math.max(0, askedAt + pace.atMost - Date.now()));
  };

  let told = 0;
  const stopStream = followStream({
    open: (signal) => (trouble.peek() === 'refused' ? Promise.reject(new Error('refused')) : openEvents(signal)),
    onOpen: (serverNow) => {
      if (serverNow !== null) ahead = serverNow - Date.now();
      now.value = clock();
    },
    onData: (version) => {
      if (version === told) return;
      told = version;
      askSoon();
    },
    // Asking tells whether it is the network, the rights or the stream alone.
    onBroken: askSoon,
    silentMs: pace.silent,
    againMs: pace.again,
  });
  const ticking = setInterval(() => {
    now.value = clock();
    const shown = calls.peek();
    if (shown) calls.value = withoutOld(shown, windowFrom(clock(), city.timezone));
  }, pace.tick);
  const stopSeeing = effect(() => {
    if (isOver.value !== null) {
      calls.value = null;
      trouble.value = 'refused';
      schedule(pace.againRefused);
    } else if (trouble.peek() === 'refused') schedule(0);
  });
  void askNow();
  return {
    ...{ calls, now, answeredAt, trouble, isCut },
    stop() {
      ended.abort();
      stopSeeing();
      stopStream();
      clearTimeout(timer);
      clearInterval(ticking);
    },
  };
}
