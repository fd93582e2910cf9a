// Signing in at a provider: there and back with a real one on this machine, and what people try with what comes back.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Me } from '../../server/access/contract.ts';
import type { AccountRow } from '../../server/accounts/contract.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import { reportAt } from '../support/cli.ts';
import {
  browser,
  CLIENT_ID,
  type IdentityProvider,
  type Somebody,
  startProvider,
} from '../support/identity-provider.ts';
import { firstAdministrator, type Person, person } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import { freePort, startServer, type TestServer } from '../support/server.ts';

let folder: string;
let provider: IdentityProvider;
let server: TestServer;
const ENTRY = '/api/v1/session/oidc';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cuadra-provider-'));
  const port = await freePort();
  provider = await startProvider(`http://127.0.0.1:${port}`);
  writeFileSync(join(folder, 'secret'), `${provider.secret}\n`);
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `provider_${randomUUID().slice(0, 8)}`));
  server = await startServer({
    ...{ databaseUrl, port },
    env: {
      CUADRA_ACCESS: 'accounts',
      CUADRA_SECOND_STEP: 'points',
      CUADRA_OIDC_ISSUER: provider.issuer,
      CUADRA_OIDC_CLIENT_ID: CLIENT_ID,
      CUADRA_OIDC_SECRET_FILE: join(folder, 'secret'),
      CUADRA_OIDC_ORIGIN: `http://127.0.0.1:${port}`,
      CUADRA_OIDC_ROLES: 'groups:planea=planner@villa,groups:mandos=commander@villa,groups:audita=auditor',
    },
  });
  const town = ['--name', 'Villa', '--timezone', 'America/Mexico_City'];
  await reportAt(server, ['jurisdiction', 'add', 'villa', ...town]);
  await reportAt(server, ['jurisdiction', 'add', 'otra', ...town]);
  await reportAt(server, ['user', 'add', 'Ana', '--role', 'auditor', '--subject', `${provider.issuer} ana`]);
});
afterAll(async () => {
  await server.stop();
  await provider.close();
  server.assertLogClean();
  expect(server.log().join('\n')).not.toContain(provider.secret);
  server.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function entered(somebody: Somebody): Promise<{ readonly own: Person; readonly at: URL }> {
  provider.person = somebody;
  const away = browser();
  const at = await away.open(`${server.origin}${ENTRY}`);
  expect(at.origin).toBe(server.origin);
  const own = person(server);
  own.cookie = away.cookie(new URL(server.origin).host, 'cuadra_session');
  return { own, at };
}

test('whoever the provider means comes in with the role their claims give, and with another when these change', async () => {
  const rosa = { sub: 'u-1', name: 'Rosa', groups: ['todos', 'planea'] };
  const { own, at } = await entered(rosa);
  expect([at.pathname, at.hash]).toEqual(['/', '']);
  expect(await own.get<Me>('me')).toMatchObject({
    ...{ name: 'Rosa', role: 'planner', scope: { jurisdictions: ['villa'], areas: null } },
    provider: { signIn: ENTRY, isOfSession: true },
  });
  expect((await own.ask('GET', 'otra/layers')).status).toBe(404);
  const again = await entered({ ...rosa, name: 'Rosa María', groups: ['audita'] });
  expect(await again.own.get<Me>('me')).toMatchObject({
    name: 'Rosa',
    role: 'auditor',
    scope: { jurisdictions: null },
  });
  // Sessions that were there have the rights of now too.
  await expect.poll(async () => (await own.get<Me>('me')).role).toBe('auditor');
});

test('whom no claim fits is not let in, nor a name that is somebody’s here, nor whoever is disabled', async () => {
  for (const groups of [[], ['todos'], ['Planea'], ['administrator']])
    expect((await entered({ sub: 'u-2', name: 'Saúl', groups })).at.hash).toBe('#provider=no-role');
  expect((await entered({ sub: 'u-3', name: 'ANA', groups: ['planea'] })).at.hash).toBe('#provider=name-taken');
  expect((await entered({ sub: 'u-4', name: '../x', groups: ['planea'] })).at.hash).toBe('#provider=name-taken');
  await reportAt(server, ['user', 'disable', 'Rosa']);
  expect((await entered({ sub: 'u-1', name: 'Rosa', groups: ['planea'] })).at.hash).toBe('#provider=no-role');
  const { accounts } = await reportAt<{ accounts: AccountRow[] }>(server, ['user', 'list']);
  expect(accounts.map(({ name }) => name).sort()).toEqual(['Ana', 'Rosa']);
});

test('a role that needs a second step comes in where the provider asked for two factors', async () => {
  const tere = { sub: 'u-5', name: 'Tere', groups: ['mandos'] };
  expect((await entered(tere)).at.hash).toBe('#provider=second-step');
  const { own } = await entered({ ...tere, amr: ['pwd', 'otp'] });
  expect((await own.ask('GET', 'villa/incidents')).status).toBe(200);
  expect((await own.get<Me>('me')).role).toBe('commander');
});

test('what comes back opens nothing in another browser, twice, changed, or without being asked for', async () => {
  provider.person = { sub: 'ana', name: 'ana', groups: ['audita'] };
  const own = browser();
  const back = await own.open(`${server.origin}${ENTRY}`, ({ pathname }) => pathname === `${ENTRY}/callback`);
  const stranger = browser();
  expect((await stranger.open(back.href)).hash).toBe('#provider=failed');
  const changed = (name: string, value: string) => {
    const url = new URL(back);
    url.searchParams.set(name, value);
    return url.href;
  };
  const cookies = () => [own, stranger].map((each) => each.cookie(new URL(server.origin).host, 'cuadra_session'));
  expect(cookies()).toEqual([null, null]);
  // A state that is not the one that was sent uses the cookie up, so the real answer comes too late.
  expect((await own.open(changed('state', 'x'.repeat(43)))).hash).toBe('#provider=failed');
  expect((await own.open(back.href)).hash).toBe('#provider=failed');
  const once = browser();
  const good = await once.open(`${server.origin}${ENTRY}`, ({ pathname }) => pathname === `${ENTRY}/callback`);
  expect((await once.open(good.href)).hash).toBe('');
  expect((await once.open(good.href)).hash).toBe('#provider=failed');
  for (const query of ['', '?code=x', '?error=access_denied', '?state=&code=', `?iss=https://evil.example&code=x`])
    expect((await browser().open(`${server.origin}${ENTRY}/callback${query}`)).hash).toBe('#provider=failed');
});

test('the provider is asked to send people back to the portal alone, whatever the request says', async () => {
  const path = `${ENTRY}?redirect_uri=https://evil.example&next=//evil.example`;
  const answer = await fetch(`${server.origin}${path}`, { redirect: 'manual' });
  const to = new URL(answer.headers.get('location')!);
  expect(to.origin).toBe(provider.issuer);
  expect(Object.fromEntries(to.searchParams)).toMatchObject({
    ...{ redirect_uri: `${server.origin}${ENTRY}/callback`, code_challenge_method: 'S256', response_type: 'code' },
    ...{ state: expect.stringMatching(/.{20}/), nonce: expect.stringMatching(/.{20}/) },
  });
  const cookie = answer.headers.get('set-cookie')!;
  expect(cookie).toMatch(
    /^cuadra_oidc=[\w-]+; Max-Age=600; Path=\/api\/v1\/session\/oidc; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  for (const site of ['cross-site', 'same-site'])
    expect((await fetch(`${server.origin}${ENTRY}`, { headers: { 'Sec-Fetch-Site': site } })).status).toBe(403);
  const out = await fetch(`${server.origin}${ENTRY}/sign-out`, { redirect: 'manual' });
  const end = new URL(out.headers.get('location')!);
  expect([end.origin, end.searchParams.get('post_logout_redirect_uri')]).toEqual([
    provider.issuer,
    `${server.origin}/`,
  ]);
});

test('coming in by the provider is written down, refusals too, and beside it passwords still open accounts', async () => {
  const zoila = await firstAdministrator(server, 'Zoila');
  expect(await zoila.get<Me>('me')).toMatchObject({ name: 'Zoila', provider: { isOfSession: false } });
  const { own } = await entered({ sub: 'ana', name: 'otra', groups: ['audita'] });
  const { rows } = await own.get<AuditPage>('audit?what=sign-in&limit=50');
  expect(rows[0]).toMatchObject({ who: 'Ana', role: 'auditor' });
  await expect
    .poll(async () => (await own.get<AuditPage>('audit?what=sign-in-failed&limit=50')).rows.map(({ detail }) => detail))
    .toEqual(expect.arrayContaining(['provider: no-role', 'provider: failed', 'provider: second-step']));
});
