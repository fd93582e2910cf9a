// Who is let in: only requests that name this server, clients as trusted proxies tell them, none with more than its share.

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reportOf } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
const newDatabase = async () => {
  const url = inject('databaseUrl');
  return url && (await createDatabase(url, `doors_${randomUUID().slice(0, 8)}`));
};

beforeAll(async () => {
  const env = { CUADRA_HOSTS: 'cuadra.villa.gob.mx, otra.example', CUADRA_TRUSTED_PROXIES: '127.0.0.1' };
  server = await startServer({ databaseUrl: await newDatabase(), env });
  await reportOf(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
});
afterAll(async () => {
  await server.stop();
  server.assertLogClean();
  server.remove();
});

/** The status line and the rest of an answer to exactly these bytes. */
function raw(head: readonly string[], to = server, body = ''): Promise<string> {
  const { port } = new URL(to.origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.on('end', () => resolve(said));
    socket.on('error', reject);
    socket.write(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);
  });
}
const statusOf = (said: string) => Number(said.split(' ')[1]);
const PATHS = [
  '/',
  '/healthz',
  '/readyz',
  '/server-pages.css',
  '/api/v1/jurisdictions',
  '/assets/x.js',
  '/tiles/a/b/1.json',
];

test.for(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0', '[::2]', '10.0.0.1:8080'])(
  'nothing is told to a page that came by the name %s',
  async (host) => {
    for (const path of PATHS)
      expect([path, statusOf(await raw([`GET ${path} HTTP/1.1`, `Host: ${host}`]))]).toEqual([path, 403]);
  },
);

test.for([
  'localhost',
  'LOCALHOST:8080',
  'localhost.',
  '127.0.0.1:1',
  '[::1]:8080',
  'Cuadra.Villa.gob.mx',
  'otra.example.:443',
])('a page that came by %s is let in', async (host) => {
  expect(statusOf(await raw(['GET /api/v1/jurisdictions HTTP/1.1', `Host: ${host}`]))).toBe(200);
});

test.for<readonly [string, readonly string[]]>([
  ['no Host', ['GET / HTTP/1.0']],
  ['an empty Host', ['GET / HTTP/1.1', 'Host: ']],
  ['two Hosts', ['GET / HTTP/1.1', 'Host: localhost', 'Host: evil.example']],
  ['a user in the Host', ['GET / HTTP/1.1', 'Host: localhost@evil.example']],
  ['a Host with a path', ['GET / HTTP/1.1', 'Host: localhost/x']],
])('a request with %s is not understood', async ([, head]) => {
  expect(statusOf(await raw(head))).toBe(400);
});

test('the name in an absolute target counts as well', async () => {
  const ask = async (target: string) => statusOf(await raw([`GET ${target} HTTP/1.1`, 'Host: localhost']));
  expect(await ask('http://evil.example/api/v1/jurisdictions')).toBe(403);
  expect(await ask('http://localhost@evil.example/api/v1/jurisdictions')).toBe(400);
  expect(await ask('http://localhost/api/v1/jurisdictions')).toBe(200);
});

test('a change comes from a page of ours, also behind a proxy that speaks HTTPS', async () => {
  const post = async (...headers: string[]) =>
    statusOf(await raw(['POST /api/v1/jurisdictions HTTP/1.1', 'Content-Length: 0', ...headers]));
  expect(await post('Host: localhost', 'Origin: http://evil.example')).toBe(403);
  expect(await post('Host: cuadra.villa.gob.mx', 'Origin: https://cuadra.villa.gob.mx')).toBe(422);
  const forwarded = ['Host: 127.0.0.1', 'X-Forwarded-Host: cuadra.villa.gob.mx'];
  expect(await post(...forwarded, 'Origin: https://cuadra.villa.gob.mx')).toBe(422);
  expect(await post(...forwarded, 'Origin: https://evil.example')).toBe(403);
  expect(await post('Host: 127.0.0.1', 'X-Forwarded-Host: evil.example')).toBe(403);
});

test('while it starts the server tells strangers as little', async () => {
  const port = await freePort();
  const starting = startServer({ databaseUrl: await newDatabase(), env: { PORT: String(port) }, readyTimeoutMs: 8000 });
  starting.catch(() => {});
  let refused = 0;
  while (refused === 0) {
    refused = await new Promise<number>((resolve) => {
      const asked = request({ port, host: '127.0.0.1', path: '/', headers: { Host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', () => sleep(20).then(() => resolve(0)));
      asked.end();
    });
  }
  expect(refused).toBe(403);
  // It is waited for at another port than its own, so it is ended.
  await expect(starting).rejects.toThrow('not ready');
});

test('behind a password every name is ours until some are listed, and the cookie is secure behind HTTPS', async () => {
  const env = { HOST: '0.0.0.0', CUADRA_PASSWORD: 'a long enough password', CUADRA_TRUSTED_PROXIES: '1' };
  const guarded = await startServer({ databaseUrl: await newDatabase(), env });
  try {
    expect(statusOf(await raw(['GET /readyz HTTP/1.1', 'Host: any.example'], guarded))).toBe(200);
    const login = (...headers: string[]) => {
      const body = 'password=a+long+enough+password';
      const head = ['POST /login HTTP/1.1', 'Host: any.example', `Content-Length: ${body.length}`, ...headers];
      return raw([...head, 'Content-Type: application/x-www-form-urlencoded'], guarded, body);
    };
    expect(await login('X-Forwarded-Proto: https', 'X-Forwarded-For: 10.0.0.1')).toMatch(/set-cookie: .*; Secure/i);
    expect(await login('X-Forwarded-For: 10.0.0.1')).not.toMatch(/; Secure/i);
    // The throttle counts clients, not the proxy.
    let last = 0;
    for (let i = 0; i < 12; i++) last = statusOf(await login('X-Forwarded-For: 10.0.0.2'));
    expect(last).toBe(429);
    const refused = await login('X-Forwarded-For: 10.0.0.2', 'Accept-Language: en');
    expect(refused).toMatch(/retry-after: \d+/i);
    expect(refused).toContain('"type":"too-many","title":"Too many requests at once"');
    expect(statusOf(await login('X-Forwarded-For: 10.0.0.3'))).toBe(303);
  } finally {
    await guarded.stop();
    guarded.remove();
  }
});

/** An open stream of events; null when it is refused. */
function listen(client: string): Promise<IncomingMessage | number> {
  const { port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const headers = { 'X-Forwarded-For': client };
    const asked = request(
      { port, host: '127.0.0.1', path: '/api/v1/villa/events', headers, agent: false },
      (answer) => {
        answer.on('error', () => {});
        if (answer.statusCode === 200) answer.once('data', () => resolve(answer));
        else {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        }
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

test('six hundred streams left before they began hold nothing', async () => {
  const { port } = new URL(server.origin);
  for (let round = 0; round < 6; round++) {
    const leaving = Array.from({ length: 100 }, async (_, i) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      const from = `X-Forwarded-For: 10.2.${round}.${i}`;
      socket.write(`GET /api/v1/villa/events HTTP/1.1\r\nHost: localhost\r\n${from}\r\n\r\n`);
      await sleep(i % 4);
      socket.destroy();
    });
    await Promise.all(leaving);
  }
  await sleep(500);
  const streams = await Promise.all(Array.from({ length: 5 }, (_, i) => listen(`10.3.0.${i}`)));
  expect(streams.filter((stream) => typeof stream === 'number')).toEqual([]);
  for (const stream of streams) if (typeof stream !== 'number') stream.destroy();
});

test('one client has a hundred streams at most, and its place back when one ends', async () => {
  const mine = await Promise.all(Array.from({ length: 100 }, () => listen('10.4.0.1')));
  expect(mine.every((stream) => typeof stream !== 'number')).toBe(true);
  expect(await listen('10.4.0.1')).toBe(429);
  const other = await listen('10.4.0.2');
  expect(typeof other).not.toBe('number');
  for (const stream of mine) (stream as IncomingMessage).destroy();
  (other as IncomingMessage).destroy();
  let again = await listen('10.4.0.1');
  while (typeof again === 'number') again = await listen('10.4.0.1');
  again.destroy();
});
