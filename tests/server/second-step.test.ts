// Where roles with exact points need a second step: nothing is answered before it is set up, whoever has the password; and
// what else people try on every address there is; passkeys, which are a second step of their own; links that are taken back.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Me } from '../../server/access/contract.ts';
import { OPERATIONS } from '../../server/access/rights.ts';
import type {
  AccountRow,
  LinkMade,
  LinkWaiting,
  Passkey,
  RecoveryCodes,
  TotpProposed,
} from '../../server/accounts/contract.ts';
import { totpCode } from '../../server/accounts/totp.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import { reportAt, runCuadra } from '../support/cli.ts';
import { newDevice } from '../support/passkey.ts';
import { invited, PASSWORD, type Person, person } from '../support/people.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let administrator: Person;

beforeAll(async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `second_step_${randomUUID().slice(0, 8)}`));
  const env = { CUADRA_ACCESS: 'accounts', CUADRA_SECOND_STEP: 'points', CUADRA_TRUSTED_PROXIES: '1' };
  server = await startServer({ databaseUrl, env });
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
});
afterAll(async () => {
  await server.stop();
  server.assertLogClean();
  server.remove();
});

let addresses = 0;
const elsewhere = () => ({ 'X-Forwarded-For': `10.8.0.${++addresses}` });
const codeNow = (secret: string, seconds = 0) => totpCode(secret, Math.floor((Date.now() / 1000 + seconds) / 30));
const typeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { type: string }).type];
async function enrolled(own: Person): Promise<{ secret: string; recovery: readonly string[] }> {
  const { secret } = (await (await own.ask('POST', 'me/totp', { password: PASSWORD })).json()) as TotpProposed;
  const confirmed = await own.ask('POST', 'me/totp/confirm', { code: codeNow(secret, -30) });
  expect(confirmed.status).toBe(200);
  return { secret, ...((await confirmed.json()) as RecoveryCodes) };
}
const bodyOf = (method: string) => (method === 'GET' ? undefined : {});
const addressOf = (path: string) =>
  path
    .replace(':jurisdiction', 'villa')
    .replace(':name', 'nadie')
    .replaceAll(/:(\w+)/g, '1');

test('whoever needs a second step and has none is led to it, and no address answers before', async () => {
  const args = ['user', 'add', 'Ana', '--role', 'administrator', '--password-stdin', '--json'];
  expect((await runCuadra(server, args, undefined, `${PASSWORD}\n`)).status).toBe(0);
  administrator = person(server);
  expect((await administrator.ask('POST', 'session', { name: 'Ana', password: PASSWORD })).status).toBe(200);
  const me = await administrator.get<Me>('me');
  expect(me).toMatchObject({ signedIn: true, rights: ['own-second-step'] });
  expect(me.secondStep).toEqual({ isOn: false, isNeeded: true, recoveryCodes: 0 });
  const open = OPERATIONS.filter(({ right }) => right === 'anybody' || right === 'own-second-step');
  for (const { method, path } of OPERATIONS) {
    if (open.some((each) => each.method === method && each.path === path)) continue;
    const answer = await administrator.ask(method, addressOf(path), bodyOf(method));
    expect([method, path, ...(await typeOf(answer))]).toEqual([method, path, 403, 'second-step-needed']);
  }
  // Another session of the same person is no better off, and ends once the second step is there.
  const other = person(server);
  await other.ask('POST', 'session', { name: 'Ana', password: PASSWORD });
  expect((await other.ask('GET', 'accounts')).status).toBe(403);
  await enrolled(administrator);
  expect((await administrator.get<Me>('me')).rights).toContain('see-points');
  expect((await administrator.ask('GET', 'accounts')).status).toBe(200);
  expect((await other.get<Me>('me')).signedIn).toBe(false);
});

test('a planner, who sees no exact point, needs none; a commander does, until whoever administers resets it', async () => {
  const planner = await invited(server, administrator, 'Beto', 'planner');
  expect((await planner.ask('GET', 'villa/layers')).status).toBe(200);
  const commander = await invited(server, administrator, 'Carla', 'commander');
  expect(await typeOf(await commander.ask('GET', 'villa/incidents'))).toEqual([403, 'second-step-needed']);
  const { secret, recovery } = await enrolled(commander);
  expect((await commander.ask('GET', 'villa/incidents')).status).toBe(200);
  const enter = (code?: string) =>
    person(server).ask('POST', 'session', { name: 'Carla', password: PASSWORD, ...(code && { code }) }, elsewhere());
  expect(await typeOf(await enter())).toEqual([401, 'code-needed']);
  expect((await enter(codeNow(secret, 30))).status).toBe(200);
  expect((await enter(recovery[0])).status).toBe(200);
  expect((await administrator.get<AccountRow[]>('accounts')).find(({ name }) => name === 'Carla')?.totp).toBe(true);
  // A lost telephone: by the page or by the command line the account begins anew, and the old codes are nothing.
  const link = await reportAt<LinkMade>(server, ['user', 'reset', 'Carla']);
  const back = person(server);
  expect((await back.ask('POST', 'session/link', { token: link.token, password: PASSWORD })).status).toBe(200);
  expect(await typeOf(await back.ask('GET', 'villa/incidents'))).toEqual([403, 'second-step-needed']);
  expect((await enter(recovery[1])).status).toBe(200); // no code is asked for, and none is used
  expect((await back.get<Me>('me')).secondStep).toEqual({ isOn: false, isNeeded: true, recoveryCodes: 0 });
  // Whoever removes it is led to it again.
  await enrolled(back);
  expect((await back.ask('DELETE', 'me/totp', { password: PASSWORD })).status).toBe(204);
  expect((await back.ask('GET', 'villa/incidents')).status).toBe(403);
  const { rows } = await administrator.get<AuditPage>('audit?what=account&limit=100');
  expect(rows.map(({ who, detail }) => `${who}: ${detail}`)).toEqual(
    expect.arrayContaining(['Carla: totp on', 'Carla: totp off', 'command: reset Carla', 'Ana: totp on']),
  );
});

test('codes are guessed at ten times, recovery codes too', async () => {
  await invited(server, administrator, 'Diana', 'planner').then(enrolled);
  const tried = [];
  for (let i = 0; i < 13; i++) {
    const code = i % 2 ? String(100_000 + i) : 'ABCD-EFGH-IJKL-MNOP-QRST-UVWX';
    const body = { name: 'Diana', password: PASSWORD, code };
    tried.push((await person(server).ask('POST', 'session', body, elsewhere())).status);
  }
  expect(tried).toEqual([...Array(10).fill(401), ...Array(3).fill(429)]);
});

const FOREIGN: readonly Record<string, string>[] = [
  { Origin: 'https://evil.example' },
  { 'Sec-Fetch-Site': 'cross-site' },
  {},
];

test('no address changes anything for a page of another site, whatever it is', async () => {
  const cookie = `cuadra_session=${administrator.cookie}`;
  const changes = OPERATIONS.filter(({ method }) => method !== 'GET');
  expect(changes.length).toBeGreaterThan(30);
  for (const { method, path } of changes)
    for (const headers of FOREIGN) {
      const from = { Cookie: cookie, 'Content-Type': 'application/json', ...headers };
      const answer = await fetch(`${server.origin}${addressOf(path)}`, { method, headers: from, body: '{}' });
      expect([method, path, headers, answer.status]).toEqual([method, path, headers, 403]);
      await answer.body?.cancel();
    }
  expect((await administrator.get<Me>('me')).signedIn).toBe(true);
});

test('no address reads what it does not: nothing that is read is changed by a GET, and none leads elsewhere', async () => {
  const evil = ['//evil.example', 'https://evil.example', '/\\evil.example', '%2F%2Fevil.example'];
  for (const to of evil)
    for (const path of [`/${to}`, `/?next=${to}`, `/api/v1/session?redirect=${to}`, `/api/v1/me?return=${to}`]) {
      const answer = await fetch(`${server.origin}${path}`, { redirect: 'manual' }).catch(() => null);
      const location = answer?.headers.get('location') ?? '';
      expect([path, location]).toEqual([path, expect.not.stringContaining('evil.example')]);
      await answer?.body?.cancel();
    }
  // Lines in an address, a header's value or a query end up in no header and in no line of the log.
  const broken = ['/api/v1/me?lang=%0d%0aSet-Cookie:%20x=1', '/%0d%0aSet-Cookie:%20x=1', '/api/v1/%0a%0aforged/layers'];
  for (const path of broken) {
    const answer = await administrator.ask('GET', path, undefined, {
      'User-Agent': 'a\tb {"level":60,"msg":"forged"}',
    });
    expect([path, answer.headers.get('set-cookie')]).toEqual([path, null]);
    expect(answer.status).toBeLessThan(500);
    await answer.body?.cancel();
  }
  for (const line of server.log()) expect(line).not.toMatch(/^(Set-Cookie|forged)|"msg":"forged"/);
});

test('a session of one is not taken over by who knew its cookie before, signed in or not', async () => {
  const victim = await invited(server, administrator, 'Elsa', 'planner');
  const planted = 'B'.repeat(43);
  for (const before of [planted, victim.cookie!]) {
    const entering = person(server);
    entering.cookie = before;
    await entering.ask('POST', 'session', { name: 'Elsa', password: PASSWORD }, elsewhere());
    expect(entering.cookie).not.toBe(before);
    const attacker = person(server);
    attacker.cookie = before;
    expect((await attacker.get<Me>('me')).signedIn).toBe(false);
  }
});

type Options = { challenge: string; rpId: string; rp: { id: string } };
const optionsFor = async (own: Person, password = PASSWORD) => {
  const answer = await own.ask('POST', 'me/passkeys/options', { password });
  return [answer.status, (await answer.json()) as Options] as const;
};
const asked = async (by = person(server)) =>
  (await (await by.ask('POST', 'session/passkey/options', {}, elsewhere())).json()) as Options;
const enterBy = (credential: object, by = person(server)) =>
  by.ask('POST', 'session/passkey', { credential }, elsewhere());

test('a passkey is two factors at once, and whatever is not what was asked for opens nothing', async () => {
  const own = await invited(server, administrator, 'Dora', 'commander');
  expect((await own.ask('GET', 'villa/incidents')).status).toBe(403);
  const device = newDevice(server.origin);
  const add = (credential: object, by = own) => by.ask('POST', 'me/passkeys', { name: 'Teléfono', credential });
  expect((await optionsFor(own, 'no es la buena'))[0]).toBe(422);
  const another = await invited(server, administrator, 'Elías', 'planner');
  const [status, options] = await optionsFor(own);
  expect([status, options.rp.id]).toEqual([200, '127.0.0.1']);
  for (const tampered of [
    device.make(options, { isVerified: false }),
    device.make(options, { origin: 'https://cuadra.example' }),
    device.make(options, { rpId: 'cuadra.example' }),
    device.make((await optionsFor(another))[1]),
    device.make(options, { challenge: 'bm8gZXMgZWxsYQ' }),
    device.make(await asked().then((of) => ({ ...of, rp: { id: of.rpId } }))),
  ])
    expect((await add(tampered)).status).toBe(422);
  const [, fresh] = await optionsFor(own);
  const made = device.make(fresh);
  expect((await add(made)).status).toBe(201);
  expect((await add(made)).status).toBe(422);
  expect((await own.ask('GET', 'villa/incidents')).status).toBe(200);
  // The password alone is not enough any more, and does not lead to another second step.
  const byPassword = await person(server).ask('POST', 'session', { name: 'Dora', password: PASSWORD }, elsewhere());
  expect(byPassword.status).toBe(401);

  const [inside, first] = [person(server), await asked()];
  expect(first).not.toHaveProperty('allowCredentials.0');
  const shown = device.show(first);
  const entered = await enterBy(shown, inside);
  expect([entered.status, (await entered.json()) as Me]).toMatchObject([200, { name: 'Dora', signedIn: true }]);
  expect((await inside.ask('GET', 'villa/incidents')).status).toBe(200);
  const thief = newDevice(server.origin);
  for (const tampered of [
    shown, // what was signed before
    device.show(await asked(), { isVerified: false }),
    device.show(await asked(), { origin: 'https://cuadra.example' }),
    device.show(await asked(), { rpId: 'cuadra.example' }),
    device.show(await asked(), { counter: 1 }), // of a copy made before
    device.show(await asked(), { challenge: 'bm8gZXMgZWxsYQ' }),
    device.show(await optionsFor(inside).then(([, of]) => ({ ...of, rpId: of.rp.id }))),
    { ...thief.show(await asked()), id: device.id, rawId: device.id },
    thief.show(await asked()),
  ])
    expect(await typeOf(await enterBy(tampered))).toEqual([401, 'not-signed-in']);
  const [passkey, ...more] = await inside.get<Passkey[]>('me/passkeys');
  expect([passkey, more]).toMatchObject([{ id: device.id, name: 'Teléfono', site: '127.0.0.1' }, []]);

  // Who changes the password goes on with both factors.
  for (const [old, next] of [
    [PASSWORD, `${PASSWORD} otra`],
    [`${PASSWORD} otra`, PASSWORD],
  ]) {
    expect((await inside.ask('POST', 'me/password', { old, new: next })).status).toBe(200);
    expect((await inside.ask('GET', 'villa/incidents')).status).toBe(200);
  }

  // Only one's own are removed, with the password; a lost device goes with a link for another password.
  const remove = (by: Person, password: string) => by.ask('DELETE', `me/passkeys/${device.id}`, { password });
  expect((await remove(another, PASSWORD)).status).toBe(404);
  expect((await remove(inside, 'no es la buena')).status).toBe(422);
  const link = await reportAt<LinkMade>(server, ['user', 'reset', 'Dora']);
  const back = person(server);
  expect((await back.ask('POST', 'session/link', { token: link.token, password: PASSWORD })).status).toBe(200);
  expect(await back.get<Passkey[]>('me/passkeys')).toEqual([]);
  expect((await enterBy(device.show(await asked()))).status).toBe(401);
  const { rows } = await administrator.get<AuditPage>('audit?what=sign-in-failed&limit=100');
  expect(rows.filter(({ detail }) => detail === 'passkey').length).toBeGreaterThan(8);
  const { rows: entries } = await administrator.get<AuditPage>('audit?what=sign-in&who=Dora&limit=10');
  expect(entries.map(({ detail }) => detail)).toEqual(['password', ...['passkey', 'passkey', 'passkey'], 'password']);
});

test('a link nobody used is listed without what opens it, taken back, and goes with whoever made it', async () => {
  const invite = async (by: Person, name: string) => {
    const answer = await by.ask('POST', 'accounts/invitations', { name, role: 'administrator' });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as LinkMade).token;
  };
  const isGood = async (token: string) => (await person(server).ask('GET', `session/link/${token}`)).status === 200;
  const token = await invite(administrator, 'Fabián');
  const listed = await administrator.ask('GET', 'accounts/links');
  const said = await listed.text();
  expect(said).not.toContain(token);
  const waiting = (JSON.parse(said) as LinkWaiting[]).find(({ name }) => name === 'Fabián')!;
  expect(waiting).toMatchObject({ purpose: 'invitation', role: 'administrator', madeBy: 'Ana' });
  expect(await isGood(waiting.id)).toBe(false);
  const takeBack = () => administrator.ask('DELETE', `accounts/links/${waiting.id}`);
  expect((await takeBack()).status).toBe(204);
  expect([(await takeBack()).status, await isGood(token)]).toEqual([404, false]);

  const second = await invited(server, administrator, 'Gonzalo', 'administrator');
  await enrolled(second);
  const theirs = await invite(second, 'Cómplice');
  expect(await isGood(theirs)).toBe(true);
  expect((await administrator.ask('PATCH', 'accounts/Gonzalo', { disabled: true })).status).toBe(200);
  expect(await isGood(theirs)).toBe(false);
  const { rows } = await administrator.get<AuditPage>('audit?what=account&limit=3');
  expect(rows[0]!.detail).toMatch(/^change Gonzalo administrator \* disabled, links taken back: 1$/);
});
