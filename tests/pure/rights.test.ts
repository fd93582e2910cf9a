// The table of rights against the routes there are, passwords that are refused, and codes by time as RFC 6238 has them.

import { expect, test } from 'vitest';
import { PUBLIC, RIGHTS, ROLES, STAFF, type Viewer } from '../../server/access/contract.ts';
import { mayDo, OPERATIONS, operationOf, RIGHTS_OF, rightsOf, seesAsMuch } from '../../server/access/rights.ts';
import { checkPassword } from '../../server/accounts/passwords.ts';
import { providerRoleIn, roleOfClaims } from '../../server/accounts/provider-roles.ts';
import { stepOfCode, totpCode } from '../../server/accounts/totp.ts';
import { openTries } from '../../server/accounts/tries.ts';
import { TooMany } from '../../server/errors.ts';
import { sessionCookieOf } from '../../server/http/same-origin.ts';
import { RIGHT_WORDS, ROLE_WORDS } from '../../server/i18n/access.ts';
import { LANGUAGES } from '../../server/i18n/contract.ts';
import { conflictShownTo } from '../../server/problems/visible.ts';
import { everyRoute } from '../support/mounted.ts';
import { analyses, FILES, questions, tiles } from '../support/public-town.ts';

/** Told to everybody, whether or not somebody is signed in: that the server lives, and how to reach it. */
const BEFORE_THE_DOORS = [
  'GET /healthz',
  'GET /readyz',
  'GET /server-pages.css',
  'POST /login',
  'POST /api/v1/:jurisdiction/incidents',
  // Whoever was shown a certificate checks it there.
  'GET /verify/page.css',
  'GET /verify/:jurisdiction',
  'GET /verify/:jurisdiction/:code',
];

test('every route stands in the table of rights, and everything in the table is a route', () => {
  const routes = everyRoute().map(({ method, path }) => `${method} ${path}`);
  const table = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  expect(routes.length).toBeGreaterThan(60);
  expect(routes.filter((route) => !table.includes(route)).sort()).toEqual([...BEFORE_THE_DOORS].sort());
  expect(table.filter((operation) => !routes.includes(operation))).toEqual([]);
  expect(new Set(table).size).toBe(table.length);
});

/** What the public may ask that holds nothing of a city's incidents: who they are, how to enter, what they send, and the ground. */
const NOT_OF_THE_FILE = [
  ...['/api/v1/me', '/api/v1/openapi.json', '/api/v1/basemaps', '/basemaps/:name/:stamp/:z/:x/:y.:format'],
  ...[
    '',
    '/demo',
    '/link',
    '/link/:token',
    '/passkey',
    '/passkey/options',
    '/oidc',
    '/oidc/callback',
    '/oidc/sign-out',
  ].map((way) => `/api/v1/session${way}`),
  '/api/v1/:jurisdiction/tips',
  '/api/v1/:jurisdiction/points', // reference points, of which a public view has none
  // Marked by asking the other questions as whoever answers: tests/server/rights.test.ts, tests/e2e/lessons.e2e.ts.
  '/api/v1/:jurisdiction/lessons/:lesson/exercises/:exercise',
  // Of certificates and keys, never of incidents: tests/db/badges.test.ts.
  ...['', '/badge', '/certificate.pdf'].map((part) => `/api/v1/:jurisdiction/certificates/:code${part}`),
  ...['issuer', 'did.json', 'keys', 'keys/:key', 'lists/:list'].map((part) => `/api/v1/:jurisdiction/badges/${part}`),
];

test('the proof of the public view asks every address the public may ask', () => {
  const asked = [...questions(), ...analyses(), ...FILES, ...tiles(0, 0, 0)].map(
    (path) => operationOf('GET', path.split('?')[0]!)?.operation.path ?? path,
  );
  const open = OPERATIONS.filter(({ right }) => right === 'anybody' || RIGHTS_OF.public.some((each) => each === right));
  expect(open.length).toBeGreaterThan(50);
  const missing = open
    .map(({ path }) => path)
    .filter((path) => !asked.includes(path) && !NOT_OF_THE_FILE.includes(path));
  expect([...new Set(missing)]).toEqual([]);
});

test('what was found with rights that somebody has no more is not told to them', () => {
  const viewer = (role: Viewer['role'], areas: string | null = null): Viewer => ({
    ...{ role, account: { id: 1, name: 'Ana' } },
    scope: { jurisdictions: ['tiny'], areas: areas === null ? null : { layer: 'areas', codes: areas.split(',') } },
  });
  const told = (now: Viewer, then: Viewer) => seesAsMuch(now, then);
  expect(told(viewer('commander'), viewer('planner'))).toBe(true);
  expect(told(viewer('planner'), viewer('commander'))).toBe(false);
  expect(told(viewer('gis'), viewer('planner'))).toBe(false);
  expect(told(viewer('planner'), viewer('gis'))).toBe(true);
  expect(told(viewer('commander', '01,02'), viewer('commander', '02'))).toBe(true);
  expect(told(viewer('commander', '01'), viewer('commander', '02'))).toBe(false);
  expect(told(viewer('commander', '01'), viewer('commander'))).toBe(false);
});

test('an address is read as Express reads it', () => {
  const found = (method: string, path: string) => operationOf(method, path)?.operation.path ?? null;
  expect(found('GET', '/api/v1/tiny/incidents.csv')).toBe('/api/v1/:jurisdiction/incidents.csv');
  expect(found('HEAD', '/api/v1/tiny/incidents/')).toBe('/api/v1/:jurisdiction/incidents');
  expect(found('GET', '/API/V1/tiny/Counts')).toBe('/api/v1/:jurisdiction/counts');
  for (const path of [
    '/api/v1/tiny/incidents//',
    '/api/v1//incidents',
    '/api/v1/tiny/x/counts',
    '/api/v1/tiny%2Fcounts',
    '/',
  ])
    expect([path, found('GET', path)]).toEqual([path, null]);
  for (const method of ['OPTIONS', 'TRACE', 'PROPFIND']) expect(found(method, '/api/v1/tiny/counts')).toBeNull();
});

test('each role may do what it is for', () => {
  expect(RIGHTS_OF.public).toEqual(['look', 'count']);
  const with_ = (right: (typeof RIGHTS)[number]) => ROLES.filter((role) => RIGHTS_OF[role].includes(right));
  expect(with_('see-points')).toEqual(['commander', 'administrator']);
  expect(with_('export-incidents')).toEqual(['commander', 'administrator']);
  expect(with_('import')).toEqual(['data', 'administrator']);
  expect(with_('publish-layers')).toEqual(['gis', 'administrator']);
  // Nobody both draws areas and counts sensitive offences in them but who may see these anyway.
  const draws = with_('publish-layers').filter((role) => RIGHTS_OF[role].includes('count-sensitive'));
  expect(draws.every((role) => RIGHTS_OF[role].includes('see-sensitive-places'))).toBe(true);
  expect(with_('read-audit')).toEqual(['auditor', 'administrator']);
  expect(with_('manage-accounts')).toEqual(['administrator']);
  const own = (of: Partial<Viewer>): Viewer => ({ ...STAFF, account: { id: 1, name: 'Ana' }, ...of });
  expect(rightsOf(own({}))).toEqual(RIGHTS);
  expect(rightsOf(PUBLIC)).toEqual(['look', 'count']);
  const bound = own({ scope: { jurisdictions: ['tiny'], areas: null } });
  for (const right of ['manage-accounts', 'read-accounts', 'add-jurisdictions'] as const)
    expect([right, mayDo(bound, right)]).toEqual([right, false]);
  for (const kind of ['demo', 'key'] as const)
    expect(mayDo({ ...STAFF, entry: { kind, name: 'x' } }, 'manage-accounts')).toBe(false);
});

const INTRO = {
  es: 'Escrito de la misma tabla con la que el servidor decide. Un papel vale en todo el portal, en unos municipios o, para planeación y mando, en unas zonas de uno.',
  en: 'Written from the same table by which the server decides. A role holds in the whole portal, in some municipalities or, for planners and commanders, in some areas of one.',
};

// Written anew by `vitest -u`.
test.for(LANGUAGES)('the help says what each role may do, as the table has it: %s', async (language) => {
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const parts = ROLES.map((role) => {
    const words = RIGHTS.filter((right) => RIGHTS_OF[role].includes(right)).map(
      (right) => RIGHT_WORDS[language][right],
    );
    return `## ${capital(ROLE_WORDS[language][role])}\n${capital(words.join('; '))}.\n`;
  });
  const text = [`${INTRO[language]}\n`, ...parts].join('\n');
  await expect(text).toMatchFileSnapshot(`../../web/help/${language}/roles.md`);
});

test('roles and rights have words in both languages', () => {
  for (const language of ['es', 'en'] as const) {
    expect(Object.keys(ROLE_WORDS[language])).toEqual([...ROLES]);
    expect(Object.keys(RIGHT_WORDS[language])).toEqual([...RIGHTS]);
  }
});

test.each([
  'corta',
  'once letras',
  'x'.repeat(257),
  'passwordpassword',
  'P@ssw0rdP@ssw0rd',
  'aaaaaaaaaaaa',
  'abcabcabcabc',
  'ab12ab12ab12',
  '123456789012',
  'qwertyuiopasdf',
  'ñlkjhgfdsa123',
  '1q2w3e4r5t6y',
  'leavemealone',
  'LeaveMeAlone',
  'cuadra2026!!',
  'Contraseña123',
  'maria.perez12',
  'Guadalajara26',
  'guadalajara-cuadra',
])('the password %s is refused', (password) => {
  expect(() => checkPassword(password, ['maria.perez', 'Guadalajara'])).toThrow(/password/);
});

test.each([
  'un tapir camina de noche',
  'correct horse battery',
  'Xk9#mQ2$vL7p',
  'ñandú y 3 pumas',
  '🦎🌵🌮 tres cosas',
])('the password %s is good', (password) => {
  expect(() => checkPassword(password, ['maria.perez', 'Guadalajara'])).not.toThrow();
});

test('codes by time are those of RFC 6238, good for their half minute and its neighbours, and once', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // 12345678901234567890, appendix B
  const told = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000];
  expect(told.map((second) => totpCode(secret, Math.floor(second / 30)))).toEqual([
    ...['287082', '081804', '050471', '005924', '279037', '353130'],
  ]);
  const at = (second: number) => new Date(second * 1000);
  expect(stepOfCode(secret, '287082', at(59), 0)).toBe(1);
  expect(stepOfCode(secret, '287082', at(89), 0)).toBe(1);
  expect(stepOfCode(secret, '287082', at(90), 0)).toBeNull();
  expect(stepOfCode(secret, '287082', at(59), 1)).toBeNull();
  for (const wrong of ['', '28708', '2870820', '287083', '２８７０８２'])
    expect(stepOfCode(secret, wrong, at(59), 0)).toBeNull();
});

test('an account is tried ten times in a quarter of an hour, an address fifty, and a right one is given back', () => {
  let now = 0;
  const tries = openTries(() => now);
  for (let i = 0; i < 30; i++) tries.begin('ana', '10.0.0.9')();
  for (let i = 0; i < 10; i++) tries.begin('ana', `10.0.3.${i}`);
  expect(() => tries.begin('ana', '10.0.1.1')).toThrow(TooMany);
  // Its owner signed in from there before.
  tries.begin('ana', '10.0.0.9');
  for (let i = 0; i < 50; i++) tries.begin(`nobody ${i}`, '10.0.2.1');
  expect(() => tries.begin('somebody', '10.0.2.1')).toThrow(TooMany);
  now += 15 * 60_000;
  tries.begin('ana', '10.0.1.1');
  tries.begin('somebody', '10.0.2.1');
});

test('the cookie is one of that name, whatever stands beside it', () => {
  const of = (cookie?: string) => sessionCookieOf({ headers: cookie === undefined ? {} : { cookie } });
  expect(of('a=1; cuadra_session=xyz; b=2')).toBe('xyz');
  for (const none of [undefined, '', 'xcuadra_session=1', 'cuadra_session', 'cuadra_session=1; cuadra_session=2'])
    expect(of(none)).toBeNull();
});

test('a role is given by a claim that fits, the first of the list, and by nothing else', () => {
  const named = 'groups:mandos=commander@villa+otra,https://villa.example/claims:Jefa=gis,groups:todos=planner';
  const roles = named.split(',').map((text) => providerRoleIn(text)!);
  expect(roles[0]).toEqual({ claim: 'groups', value: 'mandos', role: 'commander', jurisdictions: ['villa', 'otra'] });
  const given = (claims: Record<string, unknown>) => roleOfClaims(roles, claims)?.role ?? null;
  expect(given({ groups: ['todos', 'mandos'] })).toBe('commander');
  expect(given({ groups: 'todos' })).toBe('planner');
  expect(given({ 'https://villa.example/claims': 'Jefa', groups: ['todos'] })).toBe('gis');
  for (const none of [{}, { groups: [] }, { groups: 'Todos' }, { groups: 'todos mandos' }, { groups: { todos: true } }])
    expect([none, given(none)]).toEqual([none, null]);
  expect(roleOfClaims([{ ...roles[0]!, claim: 'constructor' }], {})).toBeNull();
  for (const text of ['groups:x=public', 'groups:x=owner', 'groups=planner', 'x=planner', 'groups:x=planner@Villa', ''])
    expect([text, providerRoleIn(text)]).toEqual([text, null]);
});

test('a change that comes too late tells no figures of sensitive offences by street to whoever may not see them', () => {
  const figures = { count: 3, before: 1, dataVersion: 1, isSensitive: true } as never;
  const conflict = {
    ...({ type: 'conflict', version: 2, changedBy: 'x', changedAt: '2026-01-01T00:00:00Z', yours: {} } as const),
    theirs: { title: 'y', figures },
  };
  const told = (role: Viewer['role']) => conflictShownTo({ ...STAFF, role }, conflict).theirs;
  expect(told('commander')).toEqual({ title: 'y', figures });
  expect(told('planner')).toEqual({ title: 'y', figures: null });
});
