// Hundreds of hostile requests to every route there is, drawn by a seeded hand: each is answered or refused with a reason,
// none fails inside, and the server goes on as before. CUADRA_FUZZ_REQUESTS and CUADRA_FUZZ_SEED make it longer or other.

import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi } from '../../server/openapi/page.ts';
import { reportAt } from '../support/cli.ts';
import {
  CONTENT_TYPES,
  draw,
  HOSTILE_BODIES,
  HOSTILE_TEXTS,
  mangled,
  type Random,
  type Route,
  sampleOf,
  spoiled,
} from '../support/hostile.ts';
import { everyRoute } from '../support/mounted.ts';
import type { TestServer } from '../support/server.ts';
import { seeded } from '../support/small-world.ts';
import { isThorough } from '../support/thorough.ts';
import { startTinyTown } from '../support/tinytown.ts';

const REQUESTS = Number(process.env.CUADRA_FUZZ_REQUESTS ?? (isThorough ? 1500 : 750));
const SEED = Number(process.env.CUADRA_FUZZ_SEED ?? 8);
const AT_ONCE = 4;
const TIMEOUT_MS = 120_000 + REQUESTS * 100;
const ANSWER_WITHIN_MS = 30_000;

type Operation = {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
};
const PATHS = (openApi() as { paths: Record<string, Record<string, Operation>> }).paths;
const EVERY_PARAMETER = [
  ...new Set(
    Object.values(PATHS)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ parameters = [] }) => parameters.flatMap((each) => (each.in === 'query' ? [each.name] : []))),
  ),
  'lang',
  'context',
];

const ROUTES = everyRoute();
const operationOf = ({ method, path }: Route): Operation | undefined =>
  PATHS[path.replace(/^\/api\/v1/, '').replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];

let server: TestServer;
let feedKey: string;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const areas = readFileSync(join(import.meta.dirname, '../tinytown/areas.geojson'));
const table = readFileSync(join(import.meta.dirname, '../tinytown/incidents.csv'));
/** What the server knows, by the name of the parameter. */
const known: Record<string, unknown> = {
  jurisdiction: 'tiny',
  layer: 'areas',
  version: 1,
  delivery: '1',
  z: '14',
  x: '3678',
  y: '7290',
  from: '2022-01-01',
  until: '2023-01-01',
  code: 'other',
  timezone: 'America/Mexico_City',
  preset: 'generic',
  within: 'areas:01',
  step: 'month',
  asOf: '1',
  hour: '20-4',
  weekday: '1,2',
  date: '2024-05-06',
  time: '08:14',
  map: {},
  crs: null,
};

beforeAll(async () => {
  // The share of one client is not what is tried here: each request comes from somebody else.
  server = await startTinyTown({ CUADRA_TRUSTED_PROXIES: '1' });
  const added = ['feed', 'add', 'cad', '--jurisdiction', 'tiny', '--preset', 'c5-911'];
  feedKey = (await reportAt<{ key: string }>(server, added)).key;
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
  server.remove();
});

type Sent = { readonly method: string; readonly path: string; readonly headers: Record<string, string>; body?: Buffer };
type Answer = { readonly status: number; readonly type: string; readonly body: string };

function send({ method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.origin);
    const sending = request({ port, host: '127.0.0.1', method, path, headers, agent, timeout: ANSWER_WITHIN_MS });
    sending.on('error', (error: NodeJS.ErrnoException) => {
      // A connection kept from before may be closed at the moment it is used again.
      if (sending.reusedSocket && error.code === 'ECONNRESET')
        send({ method, path, headers, body }).then(resolve, reject);
      else reject(new Error(`${method} ${path.slice(0, 300)}: ${error.message}`));
    });
    sending.on('timeout', () => sending.destroy(new Error('no answer')));
    sending.on('response', (response) => {
      const type = response.headers['content-type'] ?? '';
      let text = '';
      const end = () => resolve({ status: response.statusCode ?? 0, type, body: text });
      response.setEncoding('latin1').on('data', (part: string) => {
        text += text.length < 100_000 ? part : '';
        // A stream of events has no end.
        if (type.startsWith('text/event-stream')) {
          response.destroy();
          end();
        }
      });
      response.on('end', end);
      response.on('error', () => end());
    });
    sending.end(body);
  });
}

const INSIDE = /node_modules|\.ts:\d|\bat \w+ \(|select .+ from|syntax error at|invalid byte sequence/i;

/** What is wrong about an answer; null when nothing is. */
function faultOf({ status, type, body }: Answer, path: string): string | null {
  if (status >= 500) return `${status} ${body.slice(0, 300)}`;
  // Longer than Node reads a head: refused before anything of ours sees it.
  if (status < 400 || status === 431) return null;
  // A page for people, who are told in words that there is no such certificate.
  const isPage = path.startsWith('/verify/') && type.startsWith('text/html');
  if (isPage && !INSIDE.test(body)) return null;
  if (!type.startsWith('application/problem+json')) return `${status} as ${type}: ${body.slice(0, 100)}`;
  const problem = JSON.parse(body) as { type?: unknown; title?: unknown; status?: unknown };
  if (typeof problem.type !== 'string' || typeof problem.title !== 'string' || problem.status !== status)
    return `${status} is no problem document: ${body.slice(0, 300)}`;
  if (INSIDE.test(body)) return `${status} tells of the inside: ${body.slice(0, 300)}`;
  return null;
}

const header = (random: Random): Record<string, string> => ({
  'X-Forwarded-For': `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.1`,
  'Accept-Language': draw(random, ['es', 'en', '', 'xx;q=nonsense', '*']),
  ...(random() < 0.1 ? { 'If-None-Match': draw(random, ['*', '"', 'W/"x"', 'x'.repeat(3000)]) } : {}),
  ...(random() < 0.1
    ? { Accept: draw(random, ['', '*/*', 'application/vnd.cuadra.counts', 'nonsense', 'a/b;q=x']) }
    : {}),
  ...(random() < 0.05 ? { 'Accept-Encoding': draw(random, ['', 'br', 'identity;q=0', 'gzip;q=0', 'x']) } : {}),
  ...(random() < 0.05 ? { Range: draw(random, ['bytes=0-', 'bytes=9-1', 'bytes=-999999999999', 'x']) } : {}),
  ...(random() < 0.05 ? { Cookie: draw(random, ['cuadra_session=.', 'cuadra_session=9e99.%00', '=']) } : {}),
});

/** As a browser would write it, or raw, as far as a request line can hold it. */
const written = (text: string, random: Random): string =>
  random() < 0.2
    ? text.replaceAll(/[^!-~]|#/g, '').slice(0, 4000)
    : encodeURIComponent(text.toWellFormed()).slice(0, 9000);

function requestFor(route: Route, random: Random): Sent {
  const operation = operationOf(route);
  const path = route.path.replaceAll(/:(\w+)/g, (_found, name: string) =>
    random() < 0.75 && name in known
      ? encodeURIComponent(String(known[name])) + (name === 'layer' && random() < 0.15 ? '@1' : '')
      : written(draw(random, HOSTILE_TEXTS), random) || '%00',
  );
  const parameters = (operation?.parameters ?? []).flatMap((each) => (each.in === 'query' ? [each.name] : []));
  const query: string[] = [];
  for (const name of parameters) {
    const needed = ['layer', 'name', 'within', 'from', 'until'].includes(name);
    if (random() < (needed ? 0.8 : 0.1)) query.push(`${name}=${encodeURIComponent(String(known[name] ?? 'x'))}`);
  }
  for (let left = Math.floor(random() * 4); left > 0; left--) {
    const name = draw(random, random() < 0.8 && parameters.length ? parameters : EVERY_PARAMETER);
    const odd = draw(random, ['', '', '', '', '[]', '[b]', '[__proto__]', '%00', '.x']);
    const at = query.findIndex((each) => each.startsWith(`${name}=`));
    const part = `${name}${odd}=${written(draw(random, HOSTILE_TEXTS), random)}`;
    if (at >= 0 && random() < 0.85) query[at] = part;
    else query.push(part);
  }
  const headers = header(random);
  const address = query.length ? `${path}?${query.join('&')}` : path;
  if (route.method === 'GET') return { method: draw(random, ['GET', 'GET', 'GET', 'HEAD']), path: address, headers };
  headers['Sec-Fetch-Site'] = 'same-origin';
  if (route.path.endsWith('/incidents')) headers.Authorization = `Bearer ${feedKey}`;
  const schema = operation?.requestBody?.content['application/json']?.schema ?? {};
  const good = sampleOf(schema, known);
  const body = random() < 0.8 ? JSON.stringify(spoiled(good, random)) : draw(random, HOSTILE_BODIES);
  headers['Content-Type'] = random() < 0.9 ? 'application/json' : draw(random, CONTENT_TYPES);
  const bytes = Buffer.from(body ?? '');
  headers['Content-Length'] = String(bytes.length);
  return { method: route.method, path: address, headers, body: bytes };
}

function formOf(name: string, content: Buffer): Sent {
  const boundary = 'frontera';
  const start = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(start), content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const headers = {
    'Content-Type': `multipart/form-data; boundary=${boundary}`,
    'Content-Length': String(body.length),
    'Sec-Fetch-Site': 'same-origin',
  };
  return { method: 'POST', path: '/api/v1/tiny/uploads', headers, body };
}

async function newUpload(): Promise<void> {
  const { status, body } = await send(formOf('areas.geojson', areas));
  expect([status, body.slice(0, 200)]).toEqual([201, expect.anything()]);
  known.id = (JSON.parse(body) as { upload: string }).upload;
}
async function newImport(): Promise<void> {
  const { status, body } = await send({ ...formOf('incidents.csv', table), path: '/api/v1/tiny/imports' });
  expect([status, body.slice(0, 200)]).toEqual([201, expect.anything()]);
  known.id = (JSON.parse(body) as { id: string }).id;
}

/** Sends `count` requests drawn from the routes, a few at once, and answers what went wrong, once per kind. */
async function storm(
  routes: readonly Route[],
  count: number,
  seed: number,
  hit: Map<string, number>,
): Promise<string[]> {
  const random = seeded(seed);
  const faults = new Map<string, string>();
  const nameOf = ({ method, path }: Route) => `${method} ${path}`;
  // Goes on where the storm before ended: one alone may be shorter than the list.
  const before = routes.reduce((sum, route) => sum + (hit.get(nameOf(route)) ?? 0), 0);
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const route = routes[(before + left) % routes.length]!;
      const name = nameOf(route);
      const sent = requestFor(route, random);
      const answer = await send(sent);
      hit.set(name, (hit.get(name) ?? 0) + 1);
      // The answer to HEAD has no body to look at.
      const fault = sent.method === 'HEAD' && answer.status < 500 ? null : faultOf(answer, sent.path);
      const what = `${sent.method} ${sent.path.slice(0, 400)} ${sent.body?.toString('latin1').slice(0, 400) ?? ''}`;
      if (fault && !faults.has(`${name} ${fault.slice(0, 30)}`))
        faults.set(`${name} ${fault.slice(0, 30)}`, `${what} → ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return [...faults.values()];
}

const isWrite = ({ method }: Route) => method !== 'GET';
const isFeed = ({ method, path }: Route) => method === 'POST' && path.endsWith('/incidents');

/** A feed is told to come back while an import holds its city, so it is tried when nothing does. */
async function noJobRuns(): Promise<void> {
  for (;;) {
    const { body } = await send({ method: 'GET', path: '/api/v1/tiny/jobs', headers: {} });
    const jobs = JSON.parse(body) as readonly { readonly state: string }[];
    if (!jobs.some(({ state }) => state === 'waiting' || state === 'running')) return;
    await sleep(200);
  }
}

test('every route is known to the storm, and the description of the API names none that is not there', () => {
  const there = new Set(ROUTES.map(({ method, path }) => `${method} ${path}`));
  const described = Object.entries(PATHS).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(described.filter((each) => !there.has(each))).toEqual([]);
  expect(there).toContain('GET /healthz');
  expect(there).toContain('POST /login');
  expect(there).toContain('GET /tiles/:jurisdiction/:layer/:version/:z/:x/:y.mvt');
  expect(ROUTES.length).toBeGreaterThan(60);
});

test('no hostile question fails inside', { timeout: TIMEOUT_MS }, async () => {
  const hit = new Map<string, number>();
  await newUpload();
  const reads = ROUTES.filter((route) => !isWrite(route));
  expect(await storm(reads, Math.ceil(REQUESTS * 0.6), SEED, hit)).toEqual([]);
  for (const { method, path } of reads) expect([path, hit.get(`${method} ${path}`) ?? 0]).not.toEqual([path, 0]);
});

test('no hostile change fails inside', { timeout: TIMEOUT_MS }, async () => {
  const hit = new Map<string, number>();
  const writes = ROUTES.filter(isWrite);
  const feeds = writes.filter(isFeed);
  expect(feeds).toHaveLength(1);
  const others = writes.filter((route) => !isFeed(route));
  const rounds = 4;
  for (let round = 0; round < rounds; round++) {
    await (round % 2 ? newImport() : newUpload());
    expect(await storm(others, Math.ceil((REQUESTS * 0.36) / rounds), SEED + 1 + round, hit)).toEqual([]);
    await noJobRuns();
    expect(await storm(feeds, Math.ceil((REQUESTS * 0.04) / rounds), SEED + 50 + round, hit)).toEqual([]);
  }
  for (const { method, path } of writes) expect([path, hit.get(`${method} ${path}`) ?? 0]).not.toEqual([path, 0]);
});

test('no hostile file fails inside', { timeout: TIMEOUT_MS }, async () => {
  const random = seeded(SEED + 100);
  const faults: string[] = [];
  let left = Math.ceil(REQUESTS / 30);
  const sender = async () => {
    for (let i = left--; i > 0; i = left--) {
      // The seeded hand draws everything before it waits.
      const [sent, looked] = [mangledFile(random), random() < 0.1];
      const type = draw(random, ['areas', 'streets', 'points', 'population']);
      const from = { 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': `10.1.${i >> 8}.${i & 255}` };
      const answer = await send({ ...sent, headers: { ...sent.headers, ...from } });
      const fault = faultOf(answer, sent.path);
      if (fault) faults.push(`${sent.path} ${sent.body?.toString('latin1').slice(0, 300)} → ${fault}`);
      if (answer.status !== 201) continue;
      const { upload, id } = JSON.parse(answer.body) as { upload?: string; id?: string };
      const at = upload ? `/api/v1/tiny/uploads/${upload}` : `/api/v1/tiny/imports/${id}`;
      // A preview starts a process, so only some are looked at.
      if (upload && looked) {
        const seen = faultOf(await send(asJson(`${at}/preview`, { type }, from)), at);
        if (seen) faults.push(`preview of ${sent.body?.toString('latin1').slice(0, 500)} → ${seen}`);
      }
      await send({ method: 'DELETE', path: at, headers: from });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  expect(faults).toEqual([]);
});

function asJson(path: string, body: unknown, more: Record<string, string> = {}): Sent {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    'Sec-Fetch-Site': 'same-origin',
    'Content-Type': 'application/json',
    'Content-Length': String(bytes.length),
    ...more,
  };
  return { method: 'POST', path, headers, body: bytes };
}

/** A file that was good once, with some bytes turned, cut or doubled, or the form around it. */
function mangledFile(random: Random): Sent {
  const uploads = ['squares.geojson', 'squares-wkt.csv', 'squares.kml', 'two-shapefiles.zip', 'squares.topojson'];
  const name = draw(random, uploads);
  const isTable = random() < 0.4;
  const content = Buffer.from(isTable ? table : readFileSync(join(import.meta.dirname, '../uploads', name)));
  const kinds = 1 + Math.floor(random() * 3);
  let bytes: Buffer = content;
  for (let i = 0; i < kinds; i++) bytes = mangled(bytes, random);
  const { body, ...sent } = formOf(isTable ? draw(random, ['t.csv', 't.xlsx', 't.zip', 't.csv.gz']) : name, bytes);
  const form = random() < 0.2 ? mangled(body!, random) : body!;
  const path = isTable ? '/api/v1/tiny/imports' : '/api/v1/tiny/uploads';
  return { ...sent, path, body: form, headers: { ...sent.headers, 'Content-Length': String(form.length) } };
}

test('geometry nested ten thousand deep is refused as a file, whatever it is nested in', async () => {
  const deep = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);
  const collection = `${deep('{"type":"GeometryCollection","geometries":[', ']}')}`;
  const of = (geometry: string, properties = '{"clave":"1"}') =>
    Buffer.from(
      `{"type":"FeatureCollection","features":[{"type":"Feature","properties":${properties},"geometry":${geometry}}]}`,
    );
  const square = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}';
  for (const content of [
    of(collection),
    of(`{"type":"Polygon","coordinates":${deep('[', ']')}}`),
    of(square, `{"clave":"1","x":${deep('[', ']')}}`),
    of(square, deep('{"a":', '}').replace('}', '1}')),
  ]) {
    const sent = await send(formOf('deep.geojson', content));
    expect([201, 422]).toContain(sent.status);
    if (sent.status !== 201) continue;
    const { upload } = JSON.parse(sent.body) as { upload: string };
    const answer = await send(asJson(`/api/v1/tiny/uploads/${upload}/preview`, { type: 'areas' }));
    expect([answer.status < 500, answer.body.slice(0, 300)]).toEqual([true, expect.anything()]);
  }
});

test('after all that the server is well and has nothing to report', async () => {
  const health = await send({ method: 'GET', path: '/readyz', headers: {} });
  expect(health.status).toBe(200);
  const { status } = await send({ method: 'GET', path: '/api/v1/tiny/sources', headers: {} });
  expect(status).toBe(200);
  await noJobRuns();
  await sleep(1000);
  server.assertLogClean();
});
