// Who is let in: only requests that name this server, clients as trusted proxies tell them, none with more than its share.

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reportAt } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
/** Ends when the server has cut a head and a body that dribble from the first test on. */
let dribbled: Promise<unknown>;
const newDatabase = async () => {
  const url = inject('databaseUrl');
  return url && (await createDatabase(url, `doors_${randomUUID().slice(0, 8)}`));
};

beforeAll(async () => {
  const env = { CUADRA_HOSTS: 'cuadra.villa.gob.mx, otra.example', CUADRA_TRUSTED_PROXIES: '127.0.0.1' };
  server = await startServer({ databaseUrl: await newDatabase(), env });
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  dribbled = Promise.all([dribble('10.6.0.1', 500).closed, dribbledHead(500)]);
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
  let isStarting = true;
  const starting = startServer({ databaseUrl: await newDatabase(), port }).finally(() => {
    isStarting = false;
  });
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
  expect([refused, isStarting]).toEqual([403, true]);
  const started = await starting;
  await started.stop();
  started.remove();
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
      socket.write('GET /api/v1/villa/events HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.2.0.1\r\n\r\n');
      await sleep(i % 4);
      socket.destroy();
    });
    await Promise.all(leaving);
  }
  // All were of one client, whose hundred places are free again: the share counts exactly those who still listen.
  await expect.poll(async () => (await listeningAs('10.2.0.1', 1))[0]).toBe('listens');
  await sleep(500);
  const told = await listeningAs('10.2.0.1', 101);
  expect(told.filter((each) => each === 'listens')).toHaveLength(100);
  expect(told.filter((each) => each === 429)).toHaveLength(1);
  // And of the five hundred places of all, none is lost: four more clients fill theirs.
  const open = await Promise.all(
    [1, 2, 3, 4, 5].flatMap((i) => Array.from({ length: 100 }, () => listen(`10.3.0.${i}`))),
  );
  expect(open.filter((each) => typeof each === 'number')).toEqual([]);
  expect(await listen('10.3.0.6')).toBe(503);
  for (const stream of open) if (typeof stream !== 'number') stream.destroy();
  await expect.poll(async () => (await listeningAs('10.3.0.6', 1))[0]).toBe('listens');
});

/** What so many streams of a client, asked for at once, are told; they end again. */
async function listeningAs(client: string, count: number): Promise<('listens' | number)[]> {
  const streams = await Promise.all(Array.from({ length: count }, () => listen(client)));
  return streams.map((stream) => {
    if (typeof stream === 'number') return stream;
    stream.destroy();
    return 'listens';
  });
}

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

/** A change whose body never comes whole; resolves with what was said when the server has cut it. */
function dribble(client: string, everyMs: number | null) {
  const { port } = new URL(server.origin);
  const socket = connect(Number(port), '127.0.0.1');
  let said = '';
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(said)));
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  socket.on('error', () => {});
  const headers = ['Content-Type: application/json', 'Content-Length: 5000', `X-Forwarded-For: ${client}`];
  socket.write(['POST /api/v1/jurisdictions HTTP/1.1', 'Host: localhost', ...headers, '', '{'].join('\r\n'));
  const timer = everyMs === null ? undefined : setInterval(() => socket.writable && socket.write(' '), everyMs);
  closed.then(() => clearInterval(timer));
  return { socket, closed };
}

/** A request whose head never ends; resolves when the server has cut it. */
function dribbledHead(everyMs: number): Promise<void> {
  const { port } = new URL(server.origin);
  const head = connect(Number(port), '127.0.0.1');
  const closed = new Promise<void>((resolve) => head.on('close', () => resolve()));
  head.on('error', () => {}).resume();
  head.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const timer = setInterval(() => head.writable && head.write('x'), everyMs);
  return closed.finally(() => clearInterval(timer));
}

test('a client has 256 requests under way at most, others are let in, and its places come back', async () => {
  const held = Array.from({ length: 256 }, () => dribble('10.5.0.1', null));
  const ask = (client: string) =>
    raw(['GET /api/v1/jurisdictions HTTP/1.1', 'Host: localhost', `X-Forwarded-For: ${client}`]);
  const statusFor = async (client: string) => statusOf(await ask(client));
  await expect.poll(() => statusFor('10.5.0.1')).toBe(429);
  expect(await ask('10.5.0.1')).toMatch(/\r\nRetry-After: 1\r\n/i);
  expect(await statusFor('10.5.0.2')).toBe(200);
  for (const { socket } of held) socket.destroy();
  await expect.poll(() => statusFor('10.5.0.1')).toBe(200);
});

test('the longest address is answered, a longer one refused in our words, and only an endless head by the parser', async () => {
  const of = (length: number) => {
    const path = '/server-pages.css?x=';
    return raw([`GET ${path}${'x'.repeat(length - path.length)} HTTP/1.1`, 'Host: localhost', 'Accept-Language: en']);
  };
  expect(statusOf(await of(24_000))).toBe(200);
  const refused = await of(24_001);
  expect([statusOf(refused), refused.split('\r\n\r\n')[1]]).toEqual([404, expect.stringContaining('address too long')]);
  expect(statusOf(await of(40_000))).toBe(404);
  expect(statusOf(await of(60_000))).toBe(431);
});

test('HEAD is told what GET would be, without the body', async () => {
  const paths = ['/', '/healthz', '/readyz', '/api/v1/jurisdictions', '/api/v1/villa/sources', '/api/v1/villa/jobs'];
  const lasting = ['/api/v1/villa/events'];
  const none = ['/api/v1/villa/nothing', '/api/v1/nowhere/counts?layer=areas', '/tiles/villa/areas/1/14/1/1.mvt'];
  for (const path of [...paths, ...none]) {
    const [get = '', ...body] = (await raw([`GET ${path} HTTP/1.1`, 'Host: localhost'])).split('\r\n\r\n');
    const [head = '', ...nothing] = (await raw([`HEAD ${path} HTTP/1.1`, 'Host: localhost'])).split('\r\n\r\n');
    const typeOf = (text: string) => /content-type: [^\r]*/i.exec(text)?.[0];
    expect([path, statusOf(head), typeOf(head), nothing.join('')]).toEqual([path, statusOf(get), typeOf(get), '']);
    expect([path, body.join('').length > 0]).toEqual([path, true]);
  }
  for (const path of lasting) expect(statusOf(await raw([`HEAD ${path} HTTP/1.1`, 'Host: localhost']))).toBe(200);
});

// Begun before all others and looked at last: half a minute in which there is other work.
test('a head or a body that dribbles is cut, however steadily it comes', async () => {
  await dribbled;
  expect(statusOf(await raw(['GET /healthz HTTP/1.1', 'Host: localhost']))).toBe(200);
});
