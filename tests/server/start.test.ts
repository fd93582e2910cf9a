// How the server starts and stops, and how it refuses to.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Me, ROLES } from '../../server/access/contract.ts';
import { person } from '../support/people.ts';
import { createDatabase, createEmptyDatabase } from '../support/postgres.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A first start may have to load the demo city itself, beside other tests. */
const START_WITHIN_MS = 300_000;

/** Runs the server until it ends by itself. */
async function runToEnd(env: Record<string, string>): Promise<{ status: number | null; said: string }> {
  const { DATABASE_URL: _outer, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'server/main.ts')], {
    cwd: ROOT,
    env: { ...inherited, CUADRA_DEMO: '0', PORT: String(await freePort()), ...env },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, said };
}

const newDatabase = async (name: string, create = createDatabase) =>
  inject('engine') === 'postgis' ? await create(inject('databaseUrl')!, name) : null;

describe('a server on an empty database', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ databaseUrl: await newDatabase('start_empty', createEmptyDatabase) });
  });
  afterAll(() => server.remove());

  test('answers health and readiness, and an empty list of jurisdictions', async () => {
    const health = await fetch(`${server.origin}/healthz`);
    expect(await health.json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${server.origin}/readyz`)).json()).toEqual({ step: 'ready', percent: 100 });
    expect(await (await fetch(`${server.origin}/api/v1/jurisdictions`)).json()).toEqual([]);
  });

  test('forbids foreign content and frames with every answer, and names its request', async () => {
    const { headers } = await fetch(`${server.origin}/api/v1/jurisdictions`);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('content-security-policy')).toContain("object-src 'none';base-uri 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('tells a problem in the language asked for, without SQL or stack', async () => {
    for (const [language, title] of [
      ['es-MX', 'No existe'],
      ['en', 'It does not exist'],
    ] as const) {
      const response = await fetch(`${server.origin}/api/v1/nowhere/counts?layer=x`, {
        headers: { 'Accept-Language': language },
      });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ type: 'not-found', title, status: 404 });
    }
  });

  test('refuses a change that comes from another site', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${server.origin}/api/v1/anything`, { method: 'POST', headers });
    expect((await post({ Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post({ Origin: server.origin })).status).toBe(404);
  });

  test('ends cleanly when told, with nothing to report', async () => {
    expect(await server.stop()).toBe(0);
    server.assertLogClean();
  });
});

test('with a password nothing is shown without it, and tries are throttled', async () => {
  const password = 'una palabra muy larga';
  const server = await startServer({
    databaseUrl: await newDatabase('start_password'),
    env: { CUADRA_PASSWORD: password },
  });
  const login = (given: string) =>
    fetch(`${server.origin}/login`, {
      method: 'POST',
      headers: { Origin: server.origin },
      body: new URLSearchParams({ password: given }),
      redirect: 'manual',
    });
  expect((await fetch(`${server.origin}/api/v1/jurisdictions`)).status).toBe(401);
  expect((await fetch(`${server.origin}/tiles/demo/colonias/1/0/0/0.mvt`)).status).toBe(401);
  expect((await login('otra palabra cualquiera')).status).toBe(401);
  const entered = await login(password);
  expect(entered.status).toBe(303);
  const cookie = entered.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  const withCookie = { headers: { Cookie: cookie.split(';')[0]! } };
  expect((await fetch(`${server.origin}/api/v1/jurisdictions`, withCookie)).status).toBe(200);
  for (let i = 0; i < 10; i++) await login('otra palabra cualquiera');
  expect((await login(password)).status).toBe(429);
  await server.stop();
  expect(server.log().join('\n')).not.toContain(password);
  server.remove();
});

test('a taken port is one clear line and status 1', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  const folder = mkdtempSync(join(tmpdir(), 'cuadra-start-'));
  const { status, said } = await runToEnd({ PORT: String(port), CUADRA_DATA_DIR: folder });
  expect(status).toBe(1);
  expect(said.trim().split('\n')).toEqual([`Cuadra: port ${port} is taken by another program; set PORT to a free one`]);
  expect(readdirSync(folder)).not.toContain('postgres');
  await new Promise((resolve) => holder.close(resolve));
  rmSync(folder, { recursive: true });
});

test('an address open to other machines is refused where everybody would be administrator', async () => {
  const { status, said } = await runToEnd({ HOST: '0.0.0.0', CUADRA_ACCESS: 'open' });
  expect(status).toBe(1);
  expect(said).toContain('CUADRA_ACCESS');
});

type Seen = { readonly step: string; readonly percent: number };

/** What `/readyz` says, again and again, from the first answer of a starting server until it is ready. */
async function watchStart(dataDir: string): Promise<{ seen: Seen[]; page: string | null; server: TestServer }> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const seen: Seen[] = [];
  let page: string | null = null;
  let isReady = false;
  const watching = (async () => {
    while (!isReady) {
      const answer = await fetch(`${origin}/readyz`).catch(() => null);
      if (answer) seen.push((await answer.json()) as Seen);
      if (answer?.status === 503) page ??= await (await fetch(`${origin}/`)).text();
      isReady ||= answer?.ok ?? false;
      await sleep(10);
    }
  })();
  const env = { CUADRA_DEMO: '1', CUADRA_ACCESS: 'accounts' };
  try {
    const server = await startServer({ dataDir, env, readyTimeoutMs: START_WITHIN_MS, port });
    await watching;
    return { seen, page, server };
  } finally {
    isReady = true;
  }
}

if (inject('engine') === 'embedded') {
  test(
    'a first and a later start tell one percentage that grows from step to step and never falls',
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'cuadra-start-'));
      const order = ['database', 'demo', 'cube', 'ready'];
      for (const start of ['first', 'later']) {
        const { seen, page, server } = await watchStart(dataDir);
        const percents = seen.map(({ percent }) => percent);
        expect(percents, start).toEqual(percents.toSorted((a, b) => a - b));
        const steps = seen.map(({ step }) => order.indexOf(step));
        expect(steps, start).toEqual(steps.toSorted((a, b) => a - b));
        expect(steps).not.toContain(-1);
        expect(new Set(percents).size, start).toBeGreaterThan(5);
        expect(seen.at(-1)).toEqual({ step: 'ready', percent: 100 });
        expect(page).toContain('<progress max="100"');
        const visitor = person(server);
        expect((await visitor.get<Me>('me')).demo).toEqual(ROLES);
        expect((await visitor.ask('GET', 'demo/incidents')).status).toBe(401);
        for (const role of ['planner', 'commander', 'administrator'] as const) {
          const entered = await visitor.ask('POST', 'session/demo', { role });
          expect((await entered.json()) as Me).toMatchObject({ role, signedIn: true, triesDemo: true, name: role });
          const cities = await visitor.get<{ code: string }[]>('jurisdictions');
          expect(cities.map(({ code }) => code)).toEqual(['demo']);
          expect((await visitor.ask('GET', 'demo/incidents?limit=1')).status).toBe(role === 'planner' ? 403 : 200);
        }
        // An account would outlast the demo.
        const invitation = { name: 'Ana', role: 'administrator' };
        expect((await visitor.ask('POST', 'accounts/invitations', invitation)).status).toBe(403);
        expect((await visitor.ask('GET', 'accounts')).status).toBe(200);
        expect(server.log().join('\n')).not.toContain('#link=');
        if (start === 'later') {
          // With a city of one's own the demo is over, and the way to the first account is said on the terminal.
          const own = { code: 'villa', name: 'Villa Nueva', timezone: 'America/Mexico_City' };
          expect((await visitor.ask('POST', 'jurisdictions', own)).status).toBe(201);
          await expect.poll(async () => (await visitor.get<Me>('me')).demo, { timeout: 30_000 }).toBeNull();
          await expect.poll(async () => (await visitor.get<Me>('me')).role, { timeout: 30_000 }).toBe('public');
          await expect
            .poll(() => server.log().join('\n'), { timeout: 30_000 })
            .toMatch(/http:\/\/localhost:\d+\/#link=/);
        }
        expect(server.log().join('\n')).toMatch(/"seconds":\{"loading":[^}]*"database":[^}]*"total":/);
        expect(await server.stop()).toBe(0);
        server.assertLogClean();
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
    2 * START_WITHIN_MS,
  );

  test('a data folder in use by another server is one clear line and status 1', async () => {
    const server = await startServer();
    const { status, said } = await runToEnd({ CUADRA_DATA_DIR: server.dataDir });
    expect(status).toBe(1);
    expect(said).toContain('is in use by another Cuadra');
    expect(said.trim().split('\n')).toHaveLength(1);
    await server.stop();
    server.remove();
  });
}

if (inject('engine') === 'postgis') {
  test('an unreachable database is one clear line and status 1', async () => {
    const { status, said } = await runToEnd({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(status).toBe(1);
    expect(said).toMatch(/^Cuadra: DATABASE_URL cannot be reached/);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  test('a user who may not create PostGIS is one clear line and status 1, and nothing is changed', async () => {
    const url = new URL(await createEmptyDatabase(inject('databaseUrl')!, 'start_poor'));
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('create role start_poor login');
    await client.query('alter database start_poor owner to start_poor');
    url.username = 'start_poor';
    const { status, said } = await runToEnd({ DATABASE_URL: url.href });
    const { rows } = await client.query("select count(*)::int as count from pg_class where relname = 'incident'");
    await client.end();
    expect(status).toBe(1);
    expect(said).toMatch(/^Cuadra: .*create extension postgis/);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(rows).toEqual([{ count: 0 }]);
  });
}
