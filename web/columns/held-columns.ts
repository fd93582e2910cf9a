// The columns of the city on the screen: fetched once somebody reaches for what needs them, held in a worker, and asked before
// the server is. Until they are there, and for all they do not hold, the server answers as ever.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Kind } from '../../server/db/contract.ts';
import type { Ask, Path } from '../store/api.ts';
import { at } from '../store/api.ts';
import { spokenFor } from '../store/as-whom.ts';
import type { Reference } from '../store/reference.ts';
import type { FromWorker, ToWorker } from './worker.ts';

export type HeldColumns = {
  /** Whether they are here: what is asked is answered without the server. */
  readonly isHeld: ReadonlySignal<boolean>;
  readonly ask: Ask;
  /** Has the columns fetched, unless they are here, on their way, or too much for this machine. */
  want(): void;
};

/** Beyond this a city is answered for by the server alone. */
const MOST_INCIDENTS = 3_000_000;
/** Gigabytes, as far as a browser tells; below this it is a small phone. */
const LEAST_MEMORY = 4;
const KIND: Kind = 'incident';

type Question = { readonly path: string; readonly signal: AbortSignal; resolve(answer: unknown): void };

/** `seesWhole` = whether whoever looks sees the whole city: of a part of it the columns do not tell what the sources hold. */
export function createHeldColumns(reference: Reference, askServer: Ask, seesWhole: () => boolean): HeldColumns {
  let worker: Worker | null = null;
  let city: string | null = null;
  /** What the worker holds; null while it holds nothing. */
  const heldVersion = signal<number | null>(null);
  /** The newest version any answer was of. */
  let newest = 0;
  let isOpening = false;
  let isBeyondUs = false;
  let last = 0;
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let questions: Question[] = [];
  let isAsking = false;

  const drop = () => {
    worker?.terminate();
    worker = null;
    heldVersion.value = null;
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
    isBeyondUs = false;
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
    // Also those that count only when asked for: whoever asks for them later asks here.
    const offences = reference.offences.peek().map(({ code, parent }) => ({ code, parent }));
    const roots = offences.filter(({ parent }) => parent === null).map((each) => each.code);
    const query = new URLSearchParams({ offence: roots.join(), kind: KIND });
    heldVersion.value = (await send({
      columns: at(code, `incidents.arrow?${query}`),
      places: at(code, 'incident-places.json'),
      tree: { offences, themes: reference.themes.peek() },
      headers: spokenFor(''),
    })) as number;
  };

  const isNewest = () => (heldVersion.peek() ?? -1) >= newest;

  return {
    isHeld: computed(() => heldVersion.value !== null),
    want() {
      const row = reference.jurisdiction.peek();
      const incidents = reference.sources.peek().reduce((sum, source) => sum + source.incidents, 0);
      const memory = (navigator as { readonly deviceMemory?: number }).deviceMemory ?? LEAST_MEMORY;
      const isFit = row && !row.shared && seesWhole() && reference.offences.peek().length > 0;
      if (!isFit || isOpening || isBeyondUs || incidents > MOST_INCIDENTS || memory < LEAST_MEMORY) return;
      if (isNewest()) return;
      drop();
      isOpening = true;
      open(row.code)
        .catch(() => {
          // The server answers as before; what failed once is not tried again for each movement of the hand.
          isBeyondUs = true;
          drop();
        })
        .finally(() => {
          isOpening = false;
        });
    },
    async ask<T>(path: Path<T>, signal: AbortSignal): Promise<T> {
      if (isNewest() && city !== null && path.startsWith(at(city, '')) && isOfKind(path)) {
        const answer = await askHere(path, signal);
        signal.throwIfAborted();
        if (answer !== null) return answer as T;
      }
      const answer = await askServer(path, signal);
      const { dataVersion } = (answer ?? {}) as { readonly dataVersion?: unknown };
      if (typeof dataVersion === 'number' && city !== null && path.startsWith(at(city, '')))
        newest = Math.max(newest, dataVersion);
      return answer;
    },
  };
}

const isOfKind = (path: string) => (new URLSearchParams(path.split('?')[1]).get('kind') ?? KIND) === KIND;
