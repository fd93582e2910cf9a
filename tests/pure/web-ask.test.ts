// The page asks a busy server again when it says to come back, and tells of it only when that does not help; and asks nothing
// while it changes who it speaks for.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createAccess } from '../../web/access/me.ts';
import { sendFiles } from '../../web/data/send.ts';
import { createAsk, type Path } from '../../web/store/api.ts';
import { backAgain, fetchAsOneself, speakFor } from '../../web/store/as-whom.ts';
import { createHush } from '../../web/store/hush.ts';

let server: Server | null = null;
afterEach(() => void server?.close());

/** Refuses so, the first `times`, and counts. */
async function busy(status: number, times: number, headers: Record<string, string>) {
  const asked = { count: 0, path: '' };
  server = createServer((_request, response) => {
    const isRefused = asked.count++ < times;
    response.writeHead(isRefused ? status : 200, { Connection: 'close', ...(isRefused ? headers : {}) });
    response.end(JSON.stringify(isRefused ? { type: 'too-many', detail: 'espere' } : { n: 7 }));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  asked.path = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return asked;
}
const ask = createAsk(() => 'es');
const stays = new AbortController().signal;

test.each([429, 503])('%i with a time to come back is asked again', async (status) => {
  const asked = await busy(status, 2, { 'Retry-After': '1' });
  expect([await ask(asked.path, stays), asked.count]).toEqual([{ n: 7 }, 3]);
});

test('a server that stays busy is told of after three refusals', async () => {
  const asked = await busy(429, 99, { 'Retry-After': '0' });
  await expect(ask(asked.path, stays)).rejects.toMatchObject({ status: 429, type: 'too-many', message: 'espere' });
  expect(asked.count).toBe(3);
});

test.each([
  [429, { 'Retry-After': '60' }],
  [503, {}],
  [500, { 'Retry-After': '1' }],
  [503, { 'Retry-After': 'Fri, 27 Nov 2026 10:00:00 GMT' }],
] as const)('%i with %j is told of at once', async (status, headers) => {
  const asked = await busy(status, 1, headers);
  await expect(ask(asked.path, stays)).rejects.toMatchObject({ status });
  expect(asked.count).toBe(1);
});

test('a question called off while it waits is not asked again', async () => {
  const asked = await busy(503, 99, { 'Retry-After': '10' });
  const stop = new AbortController();
  const answer = ask(asked.path, stop.signal);
  while (asked.count === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  setTimeout(() => stop.abort(), 100);
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(asked.count).toBe(1);
});

/** Answers the first question never, the others at once. */
async function silentAtFirst() {
  const asked = { count: 0, hungUp: 0, path: '' };
  server = createServer((_request, response) => {
    response.on('close', () => response.writableEnded || asked.hungUp++);
    if (asked.count++ > 0) response.end('{"n":7}');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  asked.path = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return asked;
}

test('who looks changes: what was asked is called off before, and nothing more is asked', async () => {
  const asked = await silentAtFirst();
  const hush = createHush(ask);
  const answers: unknown[] = [];
  const keep = (answer: unknown) => void answers.push(answer);
  hush.ask(asked.path, stays).then(keep, keep);
  await expect.poll(() => asked.count).toBe(1);
  await hush.during(async () => {
    await expect.poll(() => asked.hungUp).toBe(1);
  });
  hush.ask(asked.path, stays).then(keep, keep);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([answers, asked.count]).toEqual([[], 1]);
});

test('who looks stays the same after all: what was called off is asked again and answered', async () => {
  const asked = await silentAtFirst();
  const hush = createHush(ask);
  const before = hush.ask(asked.path, stays);
  await expect.poll(() => asked.count).toBe(1);
  const refused = hush.during(() => Promise.reject(new Error('not this password')));
  await expect(refused).rejects.toThrow('not this password');
  expect([await before, asked.count]).toEqual([{ n: 7 }, 2]);
});

test('an upload called off before it goes, or while it waits for whoever was here, is not sent', async () => {
  let sent = 0;
  /** What a browser has and Node has not. */
  class Refused {
    upload = {};
    status = 401;
    response = { type: 'session-over' };
    onload = () => {};
    open() {}
    setRequestHeader() {}
    abort() {}
    send() {
      sent += 1;
      setTimeout(() => this.onload());
    }
  }
  vi.stubGlobal('XMLHttpRequest', Refused);
  onTestFinished(() => void vi.unstubAllGlobals());
  const upload = (signal: AbortSignal) => sendFiles('/api/v1/tiny/uploads', [], 'es', () => {}, signal);
  await expect(upload(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  expect(sent).toBe(0);
  const stop = new AbortController();
  speakFor('ana', async () => stop.abort());
  await expect(upload(stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(sent).toBe(1);
});

test('refused though whoever was here is back, it is asked again once a second, until it is called off', async () => {
  const asked = await busy(401, 99, { 'Cuadra-Session-Over': '1' });
  speakFor('ana', async () => {});
  const stop = new AbortController();
  const answer = fetchAsOneself(asked.path, { headers: {}, signal: stop.signal });
  // Not awaited at once: a rejection without a listener fails the run.
  const failed = expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked.count).toBe(2);
  await expect.poll(() => asked.count, { timeout: 3000 }).toBe(3);
  stop.abort();
  await failed;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked.count).toBe(3);
});

/** A page opened for `first`, in a browser that has `then` by now; and how often it began anew. */
async function opened(first: object, then: object, mayHaveTyped: boolean) {
  const page = { reloads: 0 };
  let now = first;
  const told: typeof ask = async <T>(_path: Path<T>) => now as T;
  const view = { location: { hash: '', reload: () => page.reloads++ }, sessionStorage: { getItem: () => null } };
  const access = createAccess(
    ...([view as unknown as Window, createHush(told), () => 'es'] as const),
    () => mayHaveTyped,
  );
  await expect.poll(() => access.me.value).not.toBeNull();
  now = then;
  const back = () => {
    now = first;
  };
  return { access, page, back };
}
const nobody = { whose: '-', signedIn: false, triesDemo: false, rights: [] };
const ana = { whose: 'ana', signedIn: true, triesDemo: false, rights: [] };

test('what the public has half written is not lost where somebody signs in in another tab', async () => {
  const map = await opened(nobody, ana, false);
  map.access.lookAgain();
  await expect.poll(() => map.page.reloads).toBe(1);
  expect(map.access.isOver.value).toBeNull();
  const tip = await opened(nobody, ana, true);
  tip.access.lookAgain();
  await expect.poll(() => tip.access.isOver.value).toBe('other');
  // Called off already, it waits for nobody.
  await expect(backAgain(AbortSignal.abort(), 1)).rejects.toMatchObject({ name: 'AbortError' });
  tip.back();
  tip.access.lookAgain();
  await expect.poll(() => tip.access.isOver.value).toBeNull();
  expect(tip.page.reloads).toBe(0);
});
