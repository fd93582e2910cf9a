// The wall display: which calls are of the last 24 hours, and that it goes on by itself after the server was away.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signal } from '@preact/signals';
import { afterEach, expect, test } from 'vitest';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { createAccess } from '../../web/access/me.ts';
import { createAsk } from '../../web/store/api.ts';
import { createHush } from '../../web/store/hush.ts';
import { readUrl, writeUrl } from '../../web/store/url.ts';
import {
  ageOf,
  type Calls,
  localHour,
  summaryOf,
  type WallCall,
  windowFrom,
  withAnswer,
  withoutOld,
} from '../../web/wall/calls.ts';
import { followStream } from '../../web/wall/event-stream.ts';
import { followCalls, type WallState } from '../../web/wall/follow-calls.ts';
import { isOwnAddress, takeWallKey } from '../../web/wall/key.ts';

const CITY = { code: 'tiny', timezone: 'America/Mexico_City' };
/** 14:20 on 2 May in Mexico City, which is six hours behind. */
const NOW = Date.parse('2026-05-02T20:20:00Z');
const from = windowFrom(NOW, CITY.timezone);
const call = (id: number, date: string, hour: number | null, at: WallCall['at'] = [-99.1, 19.4]): WallCall => ({
  id: String(id),
  offence: 'x',
  label: 'X',
  date,
  hour,
  at,
});
const idsOf = ({ calls }: Calls) => calls.map(({ id }) => id);

test('the window holds the hour that runs and the 24 before it, of the city and not of the machine', () => {
  expect(localHour(NOW, CITY.timezone)).toEqual({ date: '2026-05-02', hour: 14 });
  expect(from).toEqual({ date: '2026-05-01', hour: 14 });
  const answered = [
    call(1, '2026-05-01', 13),
    call(2, '2026-05-01', 14),
    call(3, '2026-05-02', 14),
    call(4, '2026-05-02', 9),
    call(5, '2026-05-01', null),
    call(6, '2026-04-30', null),
  ];
  const shown = withAnswer(null, answered, { isWhole: true, from });
  // Newest first; a call known by its day alone comes after those of its day.
  expect(idsOf(shown)).toEqual(['3', '4', '2', '5']);
  expect(shown.fresh.size).toBe(0);
  expect(shown.calls.map((each) => ageOf(each, localHour(NOW, CITY.timezone)))).toEqual([0, 5, 24, 24]);
  expect(summaryOf(shown, localHour(NOW, CITY.timezone))).toEqual({
    byAge: [1, 0, 1, 0, 2],
    total: 4,
    placeless: 0,
    hourless: 1,
  });
});

test('on the days the clocks change no call of the last 24 hours is left out, and none of more than 25 is kept', () => {
  const zone = 'America/Tijuana';
  // Half past, before and after the change of spring and of autumn 2026 there.
  for (const now of ['2026-03-08T10:30Z', '2026-03-09T06:30Z', '2026-11-01T09:30Z', '2026-11-02T06:30Z']) {
    const happened = (hoursAgo: number): WallCall => {
      const { date, hour } = localHour(Date.parse(now) - hoursAgo * 3_600_000, zone);
      return call(hoursAgo, date, hour);
    };
    const within = windowFrom(Date.parse(now), zone);
    const shown = withAnswer(null, [0, 1, 2, 12, 23, 24, 26].map(happened), { isWhole: true, from: within });
    expect([now, idsOf(shown).sort()]).toEqual([now, ['0', '1', '12', '2', '23', '24']]);
  }
});

test('a call is new once, one that was withdrawn goes with the next whole answer, and old ones fall out as time passes', () => {
  const first = withAnswer(null, [call(1, '2026-05-02', 10), call(2, '2026-05-01', 14)], { isWhole: true, from });
  const second = withAnswer(first, [call(3, '2026-05-02', 14)], { isWhole: false, from });
  expect([idsOf(second), [...second.fresh]]).toEqual([['3', '1', '2'], ['3']]);
  const third = withAnswer(second, [call(3, '2026-05-02', 14), call(2, '2026-05-01', 14)], { isWhole: true, from });
  expect([idsOf(third), third.fresh.size]).toEqual([['3', '2'], 0]);
  const later = withoutOld(third, windowFrom(NOW + 3_600_000, CITY.timezone));
  expect(idsOf(later)).toEqual(['3']);
  expect(withoutOld(later, windowFrom(NOW + 3_600_000, CITY.timezone))).toBe(later);
});

test('a display has its address, and a key given in it is kept and taken out of it', () => {
  expect(readUrl('?pantalla').tab).toBe('wall');
  expect(readUrl('?wall&city=tiny').tab).toBe('wall');
  expect(writeUrl(readUrl('?pantalla&city=tiny'))).toBe('?city=tiny&pantalla=1');
  const kept = new Map<string, string>();
  const shown: string[] = [];
  const view = (search: string, hash: string) =>
    ({
      location: { search, hash, pathname: '/' },
      history: { replaceState: (_state: unknown, _title: string, url: string) => shown.push(url) },
      localStorage: {
        getItem: (name: string) => kept.get(name) ?? null,
        setItem: (name: string, value: string) => kept.set(name, value),
        removeItem: (name: string) => kept.delete(name),
      },
    }) as unknown as Window;
  const key = `cuadra_key_${'a'.repeat(43)}`;
  expect(takeWallKey(view('?city=tiny', `#llave=${key}`))).toBeNull();
  expect(kept.size).toBe(0);
  expect(takeWallKey(view('?pantalla', `#llave=${key}`))).toBe(key);
  expect(shown).toEqual(['/?pantalla']);
  expect(takeWallKey(view('?pantalla', ''))).toBe(key);
  expect(takeWallKey(view('?city=tiny', ''))).toBeNull();
  expect(takeWallKey(view('?pantalla', '#llave=ninguna'))).toBeNull();
});

test.each([
  ['https://mapa.example/tiles/1/2/3', true],
  ['/tiles/1/2/3', true],
  ['https://mapa.example:8443/tiles/1/2/3', false],
  ['https://mapa.example.org/tiles/1/2/3', false],
  ['https://mapa.example@other.org/tiles/1/2/3', false],
  ['http://mapa.example/tiles/1/2/3', false],
  ['https://', false],
])('a key goes to the portal alone: %s, %s', (url, isOwn) => {
  expect(isOwnAddress(url, 'https://mapa.example/?pantalla')).toBe(isOwn);
});

let server: Server | null = null;
let state: WallState | null = null;
let stop: (() => void) | null = null;
afterEach(() => {
  state?.stop();
  stop?.();
  server?.closeAllConnections();
  server?.close();
});

/** Whoever the server has by now. */
type Told = { status: number; whose?: string };

/** A server of one city that tells of `calls`, or refuses; it can be taken away and come back at its port. */
async function serve(calls: WallCall[], told: Told, port = 0): Promise<number> {
  const streams = new Set<ServerResponse>();
  server = createServer((request, response) => {
    if (request.url === '/api/v1/me') {
      return void response.end(JSON.stringify({ whose: told.whose, signedIn: told.whose === 'ana', rights: [] }));
    }
    if (told.whose !== undefined && request.headers['cuadra-as'] !== told.whose && !request.url?.endsWith('/events'))
      return void response.writeHead(401, { 'Cuadra-Session-Over': '1' }).end('{}');
    if (told.status !== 200) return void response.writeHead(told.status).end('{}');
    if (request.url?.endsWith('/events')) {
      streams.add(response.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      return void response.write(`event: data\ndata: ${JSON.stringify({ dataVersion: calls.length, added: {} })}\n\n`);
    }
    const features = calls.map(({ at, ...properties }) => ({
      geometry: at && { coordinates: at },
      properties,
    }));
    response.writeHead(200).end(JSON.stringify({ dataVersion: 1, features, next: null }));
  });
  await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
  return (server!.address() as AddressInfo).port;
}

const PACE = { atMost: 30, atLeast: 100, whole: 0, again: 30, againRefused: 30, silent: 1000, tick: 20 };

test('after the server was away the display goes on by itself, says so meanwhile, and shows nothing to whom it is refused', async () => {
  const now = localHour(Date.now(), CITY.timezone);
  const calls = [call(1, now.date, now.hour)];
  const told = { status: 200 };
  const port = await serve(calls, told);
  const origin = `http://127.0.0.1:${port}`;
  const ask = createAsk(() => 'es');
  state = followCalls(
    {
      ...{ city: CITY, filter: EVERYTHING },
      ask: (path, signal) => ask(origin + path, signal),
      openEvents: (signal) => fetch(`${origin}/api/v1/tiny/events`, { signal }),
      ...{ isOver: signal(null), lookAgain: () => {} },
    },
    PACE,
  );
  const pulsed = new Set<string>();
  state.calls.subscribe((each) => {
    for (const id of each?.fresh ?? []) pulsed.add(id);
  });
  const shown = () => state!.calls.value?.calls.map(({ id }) => id) ?? null;
  await expect.poll(shown).toEqual(['1']);

  server!.closeAllConnections();
  await new Promise((resolve) => server!.close(resolve));
  await expect.poll(() => state!.trouble.value).toBe('away');
  // What came last stays, with its time.
  expect([shown(), state.answeredAt.value]).toEqual([['1'], expect.any(Number)]);
  calls.push(call(2, now.date, now.hour));
  await serve(calls, told, port);
  await expect.poll(shown).toEqual(['2', '1']);
  expect([state.trouble.value, [...pulsed]]).toEqual([null, ['2']]);

  // 404: the key, or the account, is of another city by now.
  for (const status of [401, 403, 404]) {
    told.status = status;
    await expect.poll(() => state!.trouble.value).toBe('refused');
    expect(state.calls.value).toBeNull();
    told.status = 200;
    await expect.poll(shown).toEqual(['2', '1']);
  }
});

test('a display whose session ended shows nothing any more, says so, and goes on once the same person is back', async () => {
  const now = localHour(Date.now(), CITY.timezone);
  const told: Told = { status: 200, whose: 'ana' };
  const origin = `http://127.0.0.1:${await serve([call(1, now.date, now.hour)], told)}`;
  const asked = createAsk(() => 'es');
  const hush = createHush((path, signal) => asked(origin + path, signal));
  const view = { location: { hash: '', reload: () => expect.unreachable() }, sessionStorage: { getItem: () => null } };
  const access = createAccess(...([view as unknown as Window, hush, () => 'es'] as const), () => false);
  await expect.poll(() => access.me.value?.whose).toBe('ana');
  state = followCalls(
    {
      ...{ city: CITY, filter: EVERYTHING, ask: hush.ask, isOver: access.isOver, lookAgain: access.lookAgain },
      openEvents: (signal) => fetch(`${origin}/api/v1/tiny/events`, { signal }),
    },
    PACE,
  );
  const shown = () => [state!.calls.value?.calls.map(({ id }) => id) ?? null, state!.trouble.value];
  await expect.poll(shown).toEqual([['1'], null]);
  for (const whose of ['nobody', 'berta']) {
    told.whose = whose;
    await expect.poll(shown).toEqual([null, 'refused']);
    told.whose = 'ana';
    await expect.poll(shown).toEqual([['1'], null]);
    expect(access.isOver.value).toBeNull();
  }
});

test('a stream that falls silent without an end, as over a pulled cable, is given up and opened again', async () => {
  let opened = 0;
  server = createServer((_request, response) => {
    opened += 1;
    response.writeHead(200).write('event: data\ndata: {"dataVersion":');
    setTimeout(() => response.write(`${opened},"added":{}}\n\n:\n\n`), 20);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const heard: number[] = [];
  let broken = 0;
  stop = followStream({
    ...{ open: (signal) => fetch(at, { signal }), silentMs: 200, againMs: 10, onOpen: () => {} },
    onData: (version) => heard.push(version),
    onBroken: () => {
      broken += 1;
    },
  });
  await expect.poll(() => heard).toEqual([1, 2, 3]);
  expect(broken).toBe(2);
});
