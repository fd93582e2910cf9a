// Columns the page holds, and what it hears of newer data: the thread that holds them is stood in for, as Node has none of the
// page's kind; what it is told and answers are the messages of the page.

import { type ReadonlySignal, signal } from '@preact/signals';
import { afterEach, expect, test, vi } from 'vitest';
import { createHeldColumns } from '../../web/columns/held-columns.ts';
import type { FromWorker, ToWorker } from '../../web/columns/messages.ts';
import type { Ask, Path } from '../../web/store/api.ts';
import type { Reference } from '../../web/store/reference.ts';

type Answer = { readonly dataVersion: number; readonly by: string };

/** One for each thread begun: what it was told, and how it answers. */
let threads: { readonly told: ToWorker[]; answer(message: FromWorker): void }[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  threads = [];
});

/** The columns of a city at version 5, and a server at `version`. */
function opened({ answersAtOnce = true } = {}) {
  vi.useFakeTimers({ toFake: ['performance'] });
  class Thread {
    onmessage: ((event: { readonly data: FromWorker }) => void) | null = null;
    readonly told: ToWorker[] = [];
    constructor() {
      threads.push({ told: this.told, answer: (data) => this.onmessage?.({ data }) });
    }
    postMessage(message: ToWorker) {
      this.told.push(message);
      if (!answersAtOnce) return;
      const answer = 'paths' in message ? message.paths.map(() => ({ dataVersion: 5, by: 'page' })) : 5;
      queueMicrotask(() => this.onmessage?.({ data: { id: message.id, answer } }));
    }
    terminate() {}
  }
  vi.stubGlobal('Worker', Thread);
  const city = signal({ code: 'a' });
  const reference = {
    jurisdiction: city as ReadonlySignal<unknown>,
    sources: signal([{ incidents: 1000 }]),
    offences: signal([{ code: 'robo', parent: null }]),
  } as unknown as Reference;
  const server = { version: 5 };
  const ask = (async () => ({ dataVersion: server.version, by: 'server' })) as unknown as Ask;
  const columns = createHeldColumns(reference, ask, () => true);
  const path = (of: string) => `/api/v1/${of}/summary?` as Path<Answer>;
  const asked = (of = 'a') => columns.ask(path(of), new AbortController().signal);
  return { columns, city, server, asked };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('what the page holds answers until newer data are heard of; records of another kind change nothing of it', async () => {
  const { columns, server, asked } = opened();
  expect(await asked()).toEqual({ dataVersion: 5, by: 'server' });
  columns.want();
  await settled();
  expect(await asked()).toEqual({ dataVersion: 5, by: 'page' });
  columns.hear(5, {});
  columns.hear(6, { call: 3 });
  expect(await asked()).toEqual({ dataVersion: 6, by: 'page' });
  // Told once a second: of several deliveries at once.
  columns.hear(9, { call: 12 });
  expect(await asked()).toEqual({ dataVersion: 9, by: 'page' });
  server.version = 10;
  columns.hear(10, { incident: 1 });
  expect(await asked()).toEqual({ dataVersion: 10, by: 'server' });
});

test('of versions nobody told the page about, what it holds is not taken to be the same', async () => {
  const { columns, server, asked } = opened();
  columns.want();
  await settled();
  columns.hear(5, {});
  server.version = 9;
  // The stream was cut and began anew.
  columns.hear(7, {});
  columns.hear(9, { call: 2 });
  expect(await asked()).toEqual({ dataVersion: 9, by: 'server' });
});

test('an answer that only the server can give tells of newer data as well', async () => {
  const { columns, server, asked } = opened();
  columns.want();
  await settled();
  server.version = 6;
  await columns.askServer('/api/v1/a/heat?' as Path<Answer>, new AbortController().signal);
  expect(await asked()).toEqual({ dataVersion: 6, by: 'server' });
});

test('where data change each second the columns are fetched once a minute', async () => {
  const { columns } = opened();
  columns.want();
  await settled();
  for (let version = 6; version < 20; version++) {
    columns.hear(version, { incident: 1 });
    columns.want();
    await settled();
  }
  expect(threads).toHaveLength(1);
  vi.advanceTimersByTime(61_000);
  columns.want();
  expect(threads).toHaveLength(2);
});

test('a refusal that passes is tried again, one for good is not', async () => {
  const { columns } = opened({ answersAtOnce: false });
  columns.want();
  threads[0]!.answer({ id: 1, error: 'for now: /incidents.arrow: 503' });
  await settled();
  vi.advanceTimersByTime(61_000);
  columns.want();
  expect(threads).toHaveLength(2);
  threads[1]!.answer({ id: 2, error: '/incidents.arrow: 422' });
  await settled();
  vi.advanceTimersByTime(61_000);
  columns.want();
  expect(threads).toHaveLength(2);
});

test('columns of a city that was left on the way are no reason against those of the next', async () => {
  const { columns, city } = opened({ answersAtOnce: false });
  columns.want();
  city.value = { code: 'b' };
  await settled();
  columns.want();
  expect(threads).toHaveLength(2);
  threads[1]!.answer({ id: 2, answer: 9 });
  await settled();
  expect(columns.isHeld.value).toBe(true);
});
