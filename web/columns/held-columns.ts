// The columns of the city on the screen: fetched once somebody reaches for what needs them, held in a worker, and asked before
// the server is. Until they are there, and for all they do not hold, the server answers as ever.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Kind } from '../../server/db/contract.ts';
import type { Ask, Path } from '../store/api.ts';
import { at } from '../store/api.ts';
import { spokenFor } from '../store/as-whom.ts';
import type { Reference } from '../store/reference.ts';
import { type FromWorker, PASSES, type ToWorker } from './messages.ts';

export type HeldColumns = {
  /** Whether they are here: what is asked is answered without the server. */
  readonly isHeld: ReadonlySignal<boolean>;
  readonly ask: Ask;
  /** Of the server alone; of what version its answers are is noticed. */
  readonly askServer: Ask;
  /**
   * Data of another version are there, and how many records of which kind came since the version told of before; none where
   * more changed than records.
   */
  hear(dataVersion: number, added: Partial<Record<Kind, number>>): void;
  /** Has the columns fetched, unless they are here, on their way, or too much for this machine. */
  want(): void;
};

/** Beyond this a city is answered for by the server alone. */
const MOST_INCIDENTS = 3_000_000;
/** Gigabytes, as far as a browser tells; below this it is a small phone. */
const LEAST_MEMORY = 4;
/** Where a feed changes the data each second, megabytes are not asked each second; nor where the server refuses for a while. */
const FETCH_EVERY_MS = 60_000;
/** So often a question goes to the server though it could be answered here: who hears of nothing else hears of news by it. */
const HEAR_EVERY_MS = 300_000;
const KIND: Kind = 'incident';

type Question = { readonly path: string; readonly signal: AbortSignal; resolve(answer: unknown): void };

/** `seesWhole` = whether whoever looks sees the whole city: of a part of it the columns do not tell what the sources hold. */
export function createHeldColumns(reference: Reference, askAway: Ask, seesWhole: () => boolean): HeldColumns {
  let worker: Worker | null = null;
  let city: string | null = null;
  /** What the worker holds; null while it holds nothing. */
  const heldVersion = signal<number | null>(null);
  /** Up to which version nothing of what it holds has changed: records of another kind came. */
  let sameUntil = 0;
  /** The newest version any answer was of. */
  let newest = 0;
  /** The version told of last, not by an answer: what is told next covers all that came since. */
  let toldUntil = Number.POSITIVE_INFINITY;
  let heardAt = 0;
  let isOpening = false;
  let isBeyondUs = false;
  /** The fetch under way, or the last one. */
  let opening: Promise<void> | null = null;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let last = 0;
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let questions: Question[] = [];
  let isAsking = false;

  const drop = () => {
    worker?.terminate();
    worker = null;
    heldVersion.value = null;
    sameUntil = 0;
    isOpening = false;
    for (const { reject } of waiting.values()) reject(new Error('the columns were dropped'));
    waiting.clear();
    for (const { resolve } of questions.splice(0)) resolve(null);
  };
  effect(() => {
    const code = reference.jurisdiction.value?.code ?? null;
    if (code === city) return;
    city = code;
    newest = 0;
    toldUntil = Number.POSITIVE_INFINITY;
    isBeyondUs = false;
    fetchedAt = Number.NEGATIVE_INFINITY;
    opening = null;
    drop();
  });

  type Request = { readonly paths: readonly string[] } | Omit<Extract<ToWorker, { readonly columns: string }>, 'id'>;
  const send = (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker!.postMessage({ ...request, id: last } as ToWorker);
    });

  /**
   * Asks all that is still wanted at once, and what is asked meanwhile when the answers are there: a hand faster than the
   * worker leaves no questions behind that nobody wants any more, and one step of it is painted once.
   */
  const askAll = async () => {
    isAsking = true;
    while (questions.length) {
      const asked = questions.filter(({ signal }) => !signal.aborted);
      for (const { signal, resolve } of questions) if (signal.aborted) resolve(null);
      questions = [];
      const answers = asked.length && (await send({ paths: asked.map(({ path }) => path) }).catch(() => null));
      for (const [index, { resolve }] of asked.entries()) resolve(answers ? (answers as unknown[])[index] : null);
    }
    isAsking = false;
  };
  /** Null where the server is to be asked. */
  const askHere = (path: string, signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve) => {
      questions.push({ path, signal, resolve });
      if (isAsking) return;
      isAsking = true;
      queueMicrotask(askAll);
    });

  const open = async (code: string) => {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ('error' in data) asked?.reject(new Error(data.error));
      else asked?.resolve(data.answer);
    };
    worker.onerror = drop;
    const opened = worker;
    const version = (await send({
      columns: at(code, `incidents.arrow?kind=${KIND}`),
      places: at(code, 'incident-places.json'),
      offences: at(code, 'offences'),
      themes: at(code, 'themes'),
      headers: spokenFor(''),
    })) as number;
    if (worker !== opened) return;
    sameUntil = version;
    heardAt = performance.now();
    heldVersion.value = version;
  };

  const isNewest = () => heldVersion.peek() !== null && sameUntil >= newest;
  const heardOf = (dataVersion: number) => {
    newest = Math.max(newest, dataVersion);
    heardAt = performance.now();
  };
  const hear = (dataVersion: number, added: Partial<Record<Kind, number>>) => {
    const isOfOthers = Object.keys(added).length > 0 && !added[KIND];
    // Of a version between what is held and what was told before nobody said what it brought.
    if (isOfOthers && heldVersion.peek() !== null && toldUntil <= sameUntil)
      sameUntil = Math.max(sameUntil, dataVersion);
    toldUntil = dataVersion;
    heardOf(dataVersion);
  };
  const isOfCity = (path: string) => city !== null && path.startsWith(at(city, ''));
  const askServer: Ask = async (path, signal) => {
    const answer = await askAway(path, signal);
    const { dataVersion } = (answer ?? {}) as { readonly dataVersion?: unknown };
    if (typeof dataVersion === 'number' && isOfCity(path)) heardOf(dataVersion);
    return answer;
  };

  return {
    isHeld: computed(() => heldVersion.value !== null),
    askServer,
    hear,
    want() {
      const row = reference.jurisdiction.peek();
      const incidents = reference.sources.peek().reduce((sum, source) => sum + source.incidents, 0);
      const memory = (navigator as { readonly deviceMemory?: number }).deviceMemory ?? LEAST_MEMORY;
      const isFit = row && !row.shared && seesWhole() && reference.offences.peek().length > 0;
      if (!isFit || isOpening || isBeyondUs || incidents > MOST_INCIDENTS || memory < LEAST_MEMORY) return;
      if (isNewest() || performance.now() - fetchedAt < FETCH_EVERY_MS) return;
      drop();
      isOpening = true;
      fetchedAt = performance.now();
      const mine = open(row.code).catch((error: Error) => {
        // Of a city left meanwhile, or of columns dropped since, nothing is known by it.
        if (opening !== mine) return;
        // The server answers as before. What it refuses for good is not tried again.
        if (!error.message.startsWith(PASSES)) isBeyondUs = true;
        drop();
      });
      opening = mine;
      mine.finally(() => {
        if (opening === mine) isOpening = false;
      });
    },
    async ask<T>(path: Path<T>, signal: AbortSignal): Promise<T> {
      const isFresh = isNewest() && performance.now() - heardAt < HEAR_EVERY_MS;
      if (isFresh && isOfCity(path) && isOfKind(path)) {
        const answer = await askHere(path, signal);
        signal.throwIfAborted();
        // Nothing of it has changed up to that version.
        if (answer !== null && isNewest()) return { ...(answer as T), dataVersion: sameUntil };
      }
      return askServer(path, signal);
    },
  };
}

const isOfKind = (path: string) => (new URLSearchParams(path.split('?')[1]).get('kind') ?? KIND) === KIND;
