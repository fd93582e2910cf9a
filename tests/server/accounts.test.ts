// Signing in and what people try instead: guessing, another's cookie, another site, names that carry more than a name.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Me } from '../../server/access/contract.ts';
import type {
  AccountRow,
  LinkFor,
  LinkMade,
  RecoveryCodes,
  SessionRow,
  TotpProposed,
} from '../../server/accounts/contract.ts';
import { totpCode } from '../../server/accounts/totp.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import { reportAt, runAt, runCuadra } from '../support/cli.ts';
import { firstAdministrator, invited, PASSWORD, type Person, person, signedIn } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let administrator: Person;

beforeAll(async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `accounts_${randomUUID().slice(0, 8)}`));
  const env = { CUADRA_ACCESS: 'accounts', CUADRA_TRUSTED_PROXIES: '1', CUADRA_HOSTS: 'cuadra.villa.gob.mx' };
  server = await startServer({ databaseUrl, env });
});
afterAll(async () => {
  await server.stop();
  server.assertLogClean();
  expect(server.log().join('\n')).not.toContain(PASSWORD);
  server.remove();
});

const refusalOf = async (answer: Response) => ({
  status: answer.status,
  ...((await answer.json()) as { type: string; detail: string; parameter?: string }),
});
/** Each from an address of its own, so that what one test guesses is not counted to another. */
let addresses = 0;
const elsewhere = () => ({ 'X-Forwarded-For': `10.9.${Math.floor(++addresses / 200)}.${(addresses % 200) + 1}` });
const signIn = (name: string, password: string, headers: Record<string, string> = elsewhere()) =>
  person(server).ask('POST', 'session', { name, password }, headers);

test('the link printed at the first start makes the first administrator, once', async () => {
  const printed = () => /#link=([\w-]{43})/.exec(server.log().join('\n'))?.[1];
  await expect.poll(printed).toBeDefined();
  const firstLink = printed()!;
  const visitor = person(server);
  const link = await visitor.get<LinkFor>(`session/link/${firstLink}`);
  expect(link).toMatchObject({ purpose: 'first', name: null, role: 'administrator' });
  const use = (body: object) => visitor.ask('POST', 'session/link', { token: firstLink, ...body });
  expect(await refusalOf(await use({ password: PASSWORD }))).toMatchObject({ status: 422, parameter: 'name' });
  const weak = await use({ name: 'Ana', password: 'anaanaanaana' });
  expect(await refusalOf(weak)).toMatchObject({ status: 422, parameter: 'password' });
  const used = await use({ name: 'Ana', password: PASSWORD });
  expect((await used.json()) as Me).toMatchObject({ role: 'administrator', name: 'Ana', signedIn: true, demo: null });
  expect(
    (await person(server).ask('POST', 'session/link', { token: firstLink, name: 'Eva', password: PASSWORD })).status,
  ).toBe(404);
  expect((await visitor.ask('GET', `session/link/${firstLink}`)).status).toBe(404);
  administrator = visitor;
  expect(server.log().join('\n').split(firstLink)).toHaveLength(2);
});

test('signing in gives a cookie that no script and no other site has, and a new one each time', async () => {
  const answer = await signIn('ana', PASSWORD);
  const cookie = answer.headers.get('set-cookie')!;
  expect(cookie).toMatch(
    /^cuadra_session=[\w-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  );
  const behindTls = await signIn('ana', PASSWORD, { ...elsewhere(), 'X-Forwarded-Proto': 'https' });
  expect(behindTls.headers.get('set-cookie')).toMatch(/; Secure/);
  expect(['cache-control', 'clear-site-data'].map((name) => answer.headers.get(name))).toEqual(['no-store', '"cache"']);
  const slipped = person(server);
  slipped.cookie = 'A'.repeat(43);
  await slipped.ask('POST', 'session', { name: 'ana', password: PASSWORD }, elsewhere());
  expect(slipped.cookie).not.toBe('A'.repeat(43));
  const before = slipped.cookie;
  await slipped.ask('POST', 'session', { name: 'ana', password: PASSWORD }, elsewhere());
  expect(slipped.cookie).not.toBe(before);
  const old = person(server);
  old.cookie = before;
  expect((await old.get<Me>('me')).signedIn).toBe(false);
});

test('a name nobody has, a wrong password and a disabled account are told alike', async () => {
  await invited(server, administrator, 'Beto', 'planner');
  expect((await administrator.ask('PATCH', 'accounts/beto', { disabled: true })).status).toBe(200);
  const answers = [
    await signIn('nadie', PASSWORD),
    await signIn('ana', 'otra contraseña cualquiera'),
    await signIn('beto', PASSWORD),
    await signIn('ana', 'x'.repeat(900)),
  ];
  const told = await Promise.all(answers.map(refusalOf));
  const same = told.map(({ status, type, detail }) => ({ status, type, detail }));
  expect(new Set(same.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(same[0]).toMatchObject({ status: 401, type: 'not-signed-in' });
  for (const answer of answers) expect(answer.headers.get('set-cookie')).toBeNull();
});

test('a disabled account loses its sessions at once, and its open streams', async () => {
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  const planner = await invited(server, administrator, 'Carla', 'planner');
  const stream = await planner.ask('GET', 'villa/events');
  expect(stream.status).toBe(200);
  const reading = stream.text().then(
    () => 'ended',
    () => 'ended',
  );
  expect((await administrator.ask('PATCH', 'accounts/Carla', { disabled: true })).status).toBe(200);
  expect((await planner.get<Me>('me')).signedIn).toBe(false);
  expect(await Promise.race([reading, sleep(20_000, 'open')])).toBe('ended');
  expect((await signIn('Carla', PASSWORD)).status).toBe(401);
});

test('when a role or where it holds changes, what is under way for that person ends, and nothing is asked as before', async () => {
  const mine = await invited(server, administrator, 'Camila', 'commander', { jurisdictions: ['villa'], areas: null });
  const other = await invited(server, administrator, 'Celia', 'commander', { jurisdictions: ['villa'], areas: null });
  const stream = async (who: Person) => {
    const answer = await who.ask('GET', 'villa/events');
    expect(answer.status).toBe(200);
    const ended = answer.text().then(
      () => 'ended',
      () => 'ended',
    );
    return () => Promise.race([ended, sleep(300, 'open')]);
  };
  const [first, others] = [await stream(mine), await stream(other)];
  const patch = (change: object) => administrator.ask('PATCH', 'accounts/Camila', change);
  expect((await patch({ role: 'planner' })).status).toBe(200);
  expect([await first(), await others()]).toEqual(['ended', 'open']);
  expect((await mine.ask('GET', 'villa/incidents')).status).toBe(403);
  const second = await stream(mine);
  await reportAt(server, ['jurisdiction', 'add', 'aldea', '--name', 'Aldea', '--timezone', 'America/Mexico_City']);
  const moved = await patch({ scope: { jurisdictions: ['aldea'], areas: null } });
  expect((await moved.json()) as AccountRow).toMatchObject({ role: 'planner', scope: { jurisdictions: ['aldea'] } });
  expect([await second(), (await mine.ask('GET', 'villa/layers')).status]).toEqual(['ended', 404]);
  expect((await mine.ask('GET', 'aldea/layers')).status).toBe(200);
  const { rows } = await administrator.get<AuditPage>('audit?what=account');
  expect(rows.slice(0, 2).map(({ detail }) => detail)).toEqual([
    'change Camila planner aldea',
    'change Camila planner villa',
  ]);
  // By a command the same, which the server hears of by itself.
  expect(await others()).toBe('open');
  await runAt(server, ['user', 'disable', 'Celia']);
  await expect.poll(others, { timeout: 10_000 }).toBe('ended');
});

test('one account is guessed at ten times, from however many addresses, and then told when to come back', async () => {
  await invited(server, administrator, 'Diana', 'planner');
  const owner = elsewhere();
  expect((await signIn('Diana', PASSWORD, owner)).status).toBe(200);
  const tried = [];
  for (let i = 0; i < 14; i++) tried.push((await signIn('Diana', `no es esta la de ${i}`)).status);
  expect(tried).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
  const refused = await signIn('DIANA', PASSWORD);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  // Whoever signed in from an address before is not locked out by strangers.
  expect((await signIn('Diana', PASSWORD, owner)).status).toBe(200);
});

test('guesses side by side are counted before they are answered', async () => {
  await invited(server, administrator, 'Elsa', 'planner');
  const from = elsewhere();
  const all = await Promise.all(Array.from({ length: 25 }, (_, i) => signIn('Elsa', `no es esta la de ${i}`, from)));
  expect(all.filter(({ status }) => status === 401)).toHaveLength(10);
  expect(all.filter(({ status }) => status === 429)).toHaveLength(15);
});

test('a change with the cookie comes from a page of ours', async () => {
  const somebody = await signedIn(server, 'ana');
  const cookie = `cuadra_session=${somebody.cookie}`;
  const change = (headers: Record<string, string>) =>
    fetch(`${server.origin}/api/v1/session`, { method: 'DELETE', headers: { Cookie: cookie, ...headers } });
  for (const headers of [
    {},
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: server.origin, 'Sec-Fetch-Site': 'cross-site' },
  ] as Record<string, string>[])
    expect([headers, (await change(headers)).status]).toEqual([headers, 403]);
  expect((await somebody.get<Me>('me')).signedIn).toBe(true);
  // A form of another site cannot send JSON, and what it can send is none.
  const form = { Cookie: cookie, Origin: server.origin, 'Content-Type': 'text/plain' };
  const body = '{"name":"ana","password":"x"}';
  expect((await fetch(`${server.origin}/api/v1/session`, { method: 'POST', headers: form, body })).status).toBe(422);
  expect((await change({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(204);
  expect((await somebody.get<Me>('me')).signedIn).toBe(false);
});

test('signing out ends this session, or all of them', async () => {
  const [here, there] = [await signedIn(server, 'ana'), await signedIn(server, 'ana')];
  expect((await here.get<SessionRow[]>('me/sessions')).filter(({ current }) => current)).toHaveLength(1);
  const kept = here.cookie;
  const { status, headers } = await here.ask('DELETE', 'session');
  expect([status, headers.get('clear-site-data')]).toEqual([204, '"cache"']);
  expect(here.cookie).toBeNull();
  here.cookie = kept;
  expect((await here.get<Me>('me')).signedIn).toBe(false);
  expect((await there.get<Me>('me')).signedIn).toBe(true);
  expect((await there.ask('DELETE', 'sessions')).status).toBe(204);
  expect((await administrator.get<Me>('me')).signedIn).toBe(false);
  administrator = await signedIn(server, 'ana');
});

test('a page opened for somebody is not answered as the public once their session is over, but as them when they are back', async () => {
  const [page, other] = [await signedIn(server, 'ana'), await signedIn(server, 'ana')];
  const as = { 'Cuadra-As': (await page.get<Me>('me')).whose };
  const asked = async () => {
    const answer = await page.ask('GET', 'jurisdictions', undefined, as);
    return [
      answer.status,
      answer.headers.get('cuadra-session-over'),
      ((await answer.json()) as { type?: string }).type,
    ];
  };
  expect((await asked())[0]).toBe(200);
  expect((await other.ask('DELETE', 'sessions')).status).toBe(204);
  expect(await asked()).toEqual([401, '1', 'session-over']);
  expect((await page.ask('GET', 'jurisdictions')).status).toBe(200);
  page.cookie = (await signedIn(server, 'ana')).cookie;
  expect((await asked())[0]).toBe(200);
  administrator = await signedIn(server, 'ana');
});

test('names carry no line, no header, no path and no formula', async () => {
  const hostile = [
    'a\r\nSet-Cookie: x=1',
    'a\nb',
    '../../etc',
    '=cmd|x',
    '<b>',
    'a\u202eb',
    ' ',
    'x'.repeat(81),
    'a/b',
    'a%2fb',
  ];
  for (const name of hostile) {
    const invitation = await administrator.ask('POST', 'accounts/invitations', { name, role: 'planner' });
    expect([name, invitation.status]).toEqual([name, 422]);
    const answer = await signIn(name, PASSWORD);
    expect([name, answer.status]).toEqual([name, 401]);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  const device = await fetch(`${server.origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': `x${'\u00e9'.repeat(900)}` },
    body: JSON.stringify({ name: 'ana', password: PASSWORD }),
  });
  expect(device.status).toBe(200);
  await expect
    .poll(async () => (await administrator.get<AuditPage>('audit?what=sign-in-failed&limit=50')).rows.length)
    .toBeGreaterThan(9);
  const { rows } = await administrator.get<AuditPage>('audit?what=sign-in-failed&limit=1000');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(rows.filter(({ who }) => /[\u0000-\u001f\u202e]/.test(who))).toEqual([]);
  const csv = await (await administrator.ask('GET', 'audit?format=csv&what=sign-in-failed')).text();
  expect(csv).toContain("'=cmd|x");
  expect(csv.split('\r\n').filter((line) => line.startsWith('Set-Cookie'))).toEqual([]);
});

test('cookies and bodies too large are refused, and odd cookies are nobody', async () => {
  const ask = (headers: Record<string, string>) => fetch(`${server.origin}/api/v1/me`, { headers });
  expect((await ask({ Cookie: `cuadra_session=${'A'.repeat(60_000)}` })).status).toBe(431);
  for (const cookie of [
    `cuadra_session=${'A'.repeat(8000)}`,
    'cuadra_session=',
    "cuadra_session='; drop table account; --",
    'cuadra_session=%00%0d%0a',
    `cuadra_session=${administrator.cookie}; cuadra_session=x`,
    `Cuadra_Session=${administrator.cookie}`,
  ]) {
    const answer = await ask({ Cookie: cookie });
    expect([cookie.slice(0, 60), answer.status, ((await answer.json()) as Me).signedIn]).toEqual([
      cookie.slice(0, 60),
      200,
      false,
    ]);
  }
  const large = await administrator.ask('POST', 'session', { name: 'ana', password: 'x'.repeat(70_000) });
  expect(large.status).toBe(413);
  const long = await signIn('ana', 'x'.repeat(2000));
  expect(long.status).toBe(422);
});

test('a password is changed with the old one, ends other sessions, and must be good', async () => {
  const [here, there] = [await invited(server, administrator, 'Flor', 'planner'), await signedIn(server, 'Flor')];
  const change = (old: string, next: string) => here.ask('POST', 'me/password', { old, new: next });
  expect((await change('no es la vieja', 'una garza en el lodo')).status).toBe(422);
  for (const weak of [
    'corta',
    'passwordpassword',
    'qwertyuiop123',
    'flor flor flor',
    'cuadra123456',
    '1q2w3e4r5t6y',
    'villavillavilla',
  ])
    expect([weak, (await change(PASSWORD, weak)).status]).toEqual([weak, 422]);
  const before = here.cookie;
  const changed = await change(PASSWORD, 'una garza en el lodo');
  expect(changed.status).toBe(200);
  expect(here.cookie).not.toBe(before);
  expect((await here.get<Me>('me')).signedIn).toBe(true);
  expect((await there.get<Me>('me')).signedIn).toBe(false);
  expect((await signIn('Flor', PASSWORD)).status).toBe(401);
});

test('with a code of the authenticator, which is good once', async () => {
  const own = await invited(server, administrator, 'Gala', 'commander');
  expect((await own.ask('POST', 'me/totp', { password: 'no es la buena' })).status).toBe(422);
  const proposed = await own.ask('POST', 'me/totp', { password: PASSWORD });
  const { secret, uri } = (await proposed.json()) as TotpProposed;
  expect(uri).toMatch(/^otpauth:\/\/totp\/Cuadra%3AGala\?secret=[A-Z2-7]{32}&issuer=Cuadra/);
  const codeAt = (seconds: number) => totpCode(secret, Math.floor((Date.now() / 1000 + seconds) / 30));
  expect((await own.ask('POST', 'me/totp/confirm', { code: '000000' })).status).toBe(422);
  const confirmed = await own.ask('POST', 'me/totp/confirm', { code: codeAt(-30) });
  const { recovery } = (await confirmed.json()) as RecoveryCodes;
  expect(recovery).toHaveLength(8);
  const enter = (code?: string) =>
    person(server).ask('POST', 'session', { name: 'gala', password: PASSWORD, ...(code && { code }) }, elsewhere());
  expect(await refusalOf(await enter())).toMatchObject({ status: 401, type: 'code-needed' });
  expect(await refusalOf(await signIn('gala', 'otra palabra más larga'))).toMatchObject({
    status: 401,
    type: 'not-signed-in',
  });
  expect((await enter('123456')).status).toBe(401);
  const code = codeAt(0);
  expect((await enter(code)).status).toBe(200);
  expect((await enter(code)).status).toBe(401);
  // A recovery code, however it is typed, once; the others stay until there are new ones.
  const typed = ` ${recovery[3]!.toLowerCase().replaceAll('-', ' ')}`;
  expect((await enter(typed)).status).toBe(200);
  expect((await enter(recovery[3])).status).toBe(401);
  expect(await own.get<Me>('me')).toMatchObject({ secondStep: { isOn: true, isNeeded: false, recoveryCodes: 7 } });
  const again = await own.ask('POST', 'me/totp/recovery', { password: PASSWORD });
  const { recovery: newer } = (await again.json()) as RecoveryCodes;
  expect((await enter(recovery[0])).status).toBe(401);
  expect((await enter(newer[0])).status).toBe(200);
  expect((await own.ask('DELETE', 'me/totp', { password: 'no es la buena' })).status).toBe(422);
  expect((await own.ask('DELETE', 'me/totp', { password: PASSWORD })).status).toBe(204);
  expect((await enter()).status).toBe(200);
});

test('a reset lets choose another password once, and ends what was open', async () => {
  const lost = await invited(server, administrator, 'Hilda', 'planner');
  const reset = (await (await administrator.ask('POST', 'accounts/hilda/reset')).json()) as LinkMade;
  const newer = await reportAt<LinkMade>(server, ['user', 'reset', 'Hilda']);
  const use = (token: string) =>
    person(server).ask('POST', 'session/link', { token, password: 'un axolote en el canal' });
  expect((await use(reset.token)).status).toBe(404);
  expect((await use(newer.token)).status).toBe(200);
  expect((await use(newer.token)).status).toBe(404);
  expect((await lost.get<Me>('me')).signedIn).toBe(false);
  expect((await signIn('hilda', 'un axolote en el canal')).status).toBe(200);
});

test('there is always an administrator, and the command line manages what the page does', async () => {
  expect((await administrator.ask('PATCH', 'accounts/ana', { role: 'planner' })).status).toBe(409);
  const second = await firstAdministrator(server, 'Inés');
  expect((await second.ask('PATCH', 'accounts/ana', { role: 'auditor' })).status).toBe(200);
  expect((await administrator.get<Me>('me')).role).toBe('auditor');
  expect((await administrator.ask('GET', 'accounts')).status).toBe(403);
  expect((await second.ask('PATCH', 'accounts/ana', { role: 'administrator' })).status).toBe(200);
  await reportAt(server, ['user', 'disable', 'INÉS']);
  await expect.poll(async () => (await second.get<Me>('me')).signedIn).toBe(false);
  const { accounts } = await reportAt<{ accounts: AccountRow[] }>(server, ['user', 'list']);
  expect(accounts.find(({ name }) => name === 'Inés')).toMatchObject({ disabled: true, role: 'administrator' });
  const wrong = await runAt(server, ['user', 'add', 'Juan', '--role', 'planner', '--areas', 'sectores:01']);
  expect([wrong.status, wrong.stderr]).toMatchObject([1, expect.stringContaining('areas are of one jurisdiction')]);
  const weak = await runCuadra(
    server,
    ['user', 'add', 'Juan', '--role', 'planner', '--password-stdin'],
    undefined,
    'corta\n',
  );
  expect([weak.status, weak.stderr]).toMatchObject([1, expect.stringContaining('12 characters')]);
});

test('the demo is tried where it is alone, not here', async () => {
  expect((await person(server).ask('POST', 'session/demo', { role: 'administrator' })).status).toBe(404);
});

test('whoever signs in reads the same, and the public less, over the connections others used', async () => {
  const [own, nobody] = [await signedIn(server, 'ana'), person(server)];
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, i) => (i % 2 ? own : nobody).get<unknown[]>('jurisdictions')),
  );
  expect(all.map((list, i) => list.length === (i % 2 ? 2 : 0)).every(Boolean)).toBe(true);
});
