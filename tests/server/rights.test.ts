// Every address of the server asked in every role: who may is answered or told what is missing, who may not is refused.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JurisdictionRow, type Me, ROLES, type Role } from '../../server/access/contract.ts';
import { OPERATIONS, RIGHTS_OF } from '../../server/access/rights.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import { reportAt, reportOf, runCuadra } from '../support/cli.ts';
import { firstAdministrator, invited, type Person, person } from '../support/people.ts';
import type { TestServer } from '../support/server.ts';
import { startTinyTown } from '../support/tinytown.ts';

/** Two beside the twelve of Tiny Town, in Centro on Avenida Dos. */
const SENSITIVE = `folio,fecha,hora,delito,longitud,latitud
S1,2022-03-05,10:00,Violación,-99.1091,19.4030
S2,2022-03-06,11:00,Violencia familiar,-99.1091,19.4030
`;

const SOURCE = ['--source', 'sensibles'];

let server: TestServer;
let administrator: Person;
const people = new Map<Role, Person>();

beforeAll(async () => {
  server = await startTinyTown({ CUADRA_ACCESS: 'accounts' });
  await reportAt(server, ['jurisdiction', 'add', 'otra', '--name', 'Otra', '--timezone', 'America/Mexico_City']);
  const file = join(server.dataDir, 'sensibles.csv');
  writeFileSync(file, SENSITIVE);
  await reportAt(server, ['import', 'incidents', file, '--jurisdiction', 'tiny', '--preset', 'generic', ...SOURCE]);
  administrator = await firstAdministrator(server);
  for (const role of ROLES)
    people.set(role, role === 'public' ? person(server) : await invited(server, administrator, `la ${role}`, role));
});
afterAll(async () => {
  await server.stop();
  server.assertLogClean();
  server.remove();
});

/** Without which a question is not understood, whoever asks. */
const QUERIES: Readonly<Record<string, string>> = {
  counts: '?layer=areas',
  top: '?layer=areas',
  points: '?within=areas:01',
  compare: '?from=1&to=1',
};
/** What stands for the parts of an address: of Tiny Town where asking changes nothing, else of nobody. */
const PARTS: Readonly<Record<string, string>> = {
  jurisdiction: 'tiny',
  layer: 'areas',
  version: '1',
  z: '0',
  x: '0',
  y: '0',
  delivery: '1',
};
const addressOf = (path: string) =>
  path.replaceAll(/:(\w+)/g, (_, part: string) => PARTS[part] ?? 'nothing') + (QUERIES[path.split('/').at(-1)!] ?? '');
/** What would change the town for those who are asked later is asked of one that is not there. */
const askedOf = (method: string, path: string) =>
  addressOf(method === 'GET' || !path.includes(':jurisdiction') ? path : path.replace(':jurisdiction', 'nadie'));

test.for(ROLES.map((role) => [role] as const))('every address, asked as %s', async ([role]) => {
  const somebody = people.get(role)!;
  for (const { method, path, right } of OPERATIONS) {
    const own = ['DELETE /api/v1/session', 'DELETE /api/v1/sessions'].includes(`${method} ${path}`);
    // Ending the session is tried elsewhere; here it is what one asks with.
    if (own && role !== 'public') continue;
    const answer = await somebody.ask(method, askedOf(method, path), method === 'GET' || own ? undefined : {});
    await answer.body?.cancel();
    const isAllowed = right === 'anybody' || (RIGHTS_OF[role] as readonly string[]).includes(right);
    const { status } = answer;
    const shown = `${role}: ${method} ${path} → ${status}`;
    if (isAllowed) expect(status === 401 || status === 403, shown).toBe(false);
    else expect(status, shown).toBe(role === 'public' ? 401 : 403);
    expect(status, shown).toBeLessThan(500);
  }
});

test('nobody who is not signed in is told of the towns, nor is what stands in no table', async () => {
  const nobody = people.get('public')!;
  expect(await nobody.get('jurisdictions')).toEqual([]);
  for (const path of [
    'tiny/counts?layer=areas',
    'tiny/layers',
    '/tiles/tiny/areas/1.json',
    'nadie/layers',
    'tiny/none',
  ])
    expect([path, (await nobody.ask('GET', path)).status]).toEqual([path, 404]);
  const me = await nobody.get<Me>('me');
  expect(me).toEqual({
    ...{ role: 'public', name: null, signedIn: false, triesDemo: false, demo: null, expires: null },
    scope: { jurisdictions: null, areas: null },
    rights: ['look', 'count'],
  });
});

test('who is bound to one town knows of no other, whatever is asked', async () => {
  const scope = { jurisdictions: ['otra'], areas: null };
  const bound = await invited(server, administrator, 'la de otra', 'commander', scope);
  expect((await bound.get<JurisdictionRow[]>('jurisdictions')).map(({ code }) => code)).toEqual(['otra']);
  const all = OPERATIONS.filter(({ path, method }) => path.includes(':jurisdiction') && method === 'GET');
  for (const { method, path } of all) {
    const answer = await bound.ask(method, addressOf(path));
    const said = await answer.text();
    expect([path, answer.status]).toEqual([path, answer.status === 403 ? 403 : 404]);
    const nowhere = await bound.ask(method, addressOf(path).replace('/tiny', '/nadie'));
    // The same words as for a town that is not there.
    const words = (text: string) => text.replaceAll(/tiny|nadie|[0-9a-f-]{36}/g, '…');
    expect(words(said)).toBe(words(await nowhere.text()));
  }
  expect((await bound.ask('GET', 'otra/layers')).status).toBe(200);
});

test('an administrator bound to one town makes no accounts and no towns', async () => {
  const scope = { jurisdictions: ['otra'], areas: null };
  const bound = await invited(server, administrator, 'la encargada de otra', 'administrator', scope);
  const wanted = [
    ['POST', 'accounts/invitations', { role: 'administrator' }],
    ['PATCH', 'accounts/admin', { disabled: true }],
    ['GET', 'accounts', undefined],
    ['POST', 'jurisdictions', { code: 'nueva', name: 'Nueva', timezone: 'America/Mexico_City' }],
  ] as const;
  for (const [method, path, body] of wanted) expect((await bound.ask(method, path, body)).status, path).toBe(403);
  expect((await bound.get<AuditPage>('audit')).rows.filter(({ jurisdiction }) => jurisdiction !== 'otra')).toEqual([]);
});

test('what is remembered of one viewer is not given to another, whoever asks first', async () => {
  const scope = { jurisdictions: ['tiny'], areas: null };
  const bound = await invited(server, administrator, 'la de tiny', 'commander', scope);
  const [commander, nobody] = [people.get('commander')!, people.get('public')!];
  const paths = [
    ...[
      'tiny/counts?layer=areas',
      'tiny/summary',
      'tiny/series',
      'tiny/clock',
      'tiny/heat',
      'tiny/themes',
      'tiny/sources',
    ],
    ...['tiny/layers', 'tiny/limit', 'tiny/offences', '/tiles/tiny/areas/1.json', '/tiles/tiny/areas/1/10/229/455.mvt'],
  ];
  for (const path of paths) {
    const first = await commander.ask('GET', path);
    expect([path, first.ok]).toEqual([path, true]);
    const etag = first.headers.get('etag')!;
    const again = await bound.ask('GET', path);
    expect(again.status).toBe(first.status);
    // The address and the name of the answer are known to the other; neither opens it.
    expect((await nobody.ask('GET', path, undefined, { 'If-None-Match': etag })).status, path).toBe(404);
    expect(first.headers.get('cache-control') ?? '', path).toMatch(/private|no-store/);
  }
  const towns = await administrator.ask('GET', 'jurisdictions');
  const etag = towns.headers.get('etag')!;
  expect((await bound.ask('GET', 'jurisdictions', undefined, { 'If-None-Match': etag })).status).toBe(200);
  expect(await nobody.get('jurisdictions')).toEqual([]);
});

test('who plans counts sensitive offences by area, and is told how many are left out by street', async () => {
  type Counts = { counts: number[]; totals: { matched: number; withheld: number } };
  const [planner, commander] = [people.get('planner')!, people.get('commander')!];
  const counted = async (of: Person, query: string) => {
    const { counts, totals } = await of.get<Counts>(`tiny/counts?${query}`);
    return { sum: counts.reduce((sum, count) => sum + count, 0), matched: totals.matched, withheld: totals.withheld };
  };
  const byArea = await counted(commander, 'layer=areas');
  expect(byArea).toMatchObject({ matched: 14, withheld: 0 });
  expect(await counted(planner, 'layer=areas')).toEqual(byArea);
  const byStreet = await counted(commander, 'layer=streets');
  expect(byStreet).toMatchObject({ matched: 14, withheld: 0 });
  expect(await counted(planner, 'layer=streets')).toEqual({ sum: byStreet.sum - 2, matched: 14, withheld: 2 });
  // Inside an area it may be counted; along a street or in a drawn area not even how many are left out is told.
  expect(await counted(planner, 'layer=areas&within=areas:03')).toEqual(
    await counted(commander, 'layer=areas&within=areas:03'),
  );
  const drawn = 'within=poly:-99.1096,19.4027;-99.1086,19.4027;-99.1086,19.4033;-99.1096,19.4033';
  const [all, some] = [
    await counted(commander, `layer=areas&${drawn}`),
    await counted(planner, `layer=areas&${drawn}`),
  ];
  expect(some).toMatchObject({ matched: all.matched - 2, withheld: 0 });
  type Heat = { points: [number, number, number][] };
  const heat = async (of: Person) =>
    (await of.get<Heat>('tiny/heat')).points.reduce((sum, [, , count]) => sum + count, 0);
  expect(await heat(planner)).toBe((await heat(commander)) - 2);
  for (const question of ['summary?', 'series?', 'clock?', 'offences?', 'top?layer=areas&']) {
    const [seen, whole] = await Promise.all([planner, commander].map((of) => of.get(`tiny/${question}${drawn}`)));
    expect(seen, question).not.toEqual(whole);
  }
});

test('a key asks in its role and scope, and opens nothing once it is removed', async () => {
  const args = ['key', 'add', 'tablero', '--role', 'planner', '--jurisdiction', 'tiny'];
  const { key } = await reportOf<{ key: string }>(server, args);
  const ask = (path: string, authorization = `Bearer ${key}`) =>
    person(server).ask('GET', path, undefined, { authorization });
  expect(((await (await ask('me')).json()) as Me).name).toBe('tablero');
  expect((await ask('tiny/counts?layer=areas')).status).toBe(200);
  expect((await ask('tiny/incidents')).status).toBe(403);
  expect((await ask('otra/layers')).status).toBe(404);
  expect((await ask('tiny/layers', `Bearer ${key.slice(0, -1)}x`)).status).toBe(401);
  expect((await ask('tiny/layers', 'Basic dG9kbzp0b2Rv')).status).toBe(401);
  await reportOf(server, ['key', 'remove', 'tablero']);
  await expect.poll(async () => (await ask('me')).status).toBe(401);
});

test('what was read and refused stands in the audit, which finds what was altered', async () => {
  const commander = people.get('commander')!;
  await (await commander.ask('GET', 'tiny/incidents.csv?weekday=1')).text();
  const page = await commander.get<{ features: unknown[] }>('tiny/incidents?limit=3');
  const auditor = people.get('auditor')!;
  const rows = async (query: string) => (await auditor.get<AuditPage>(`audit?${query}`)).rows;
  const [list] = await rows('what=points&limit=1');
  expect(list).toMatchObject({
    who: 'la commander',
    jurisdiction: 'tiny',
    detail: 'limit=3',
    rows: page.features.length,
  });
  const [file] = await rows('what=export&limit=1');
  expect(file).toMatchObject({ who: 'la commander', detail: 'weekday=1' });
  await people.get('planner')!.ask('GET', 'tiny/incidents');
  await expect.poll(async () => (await rows('what=refused&who=la planner&limit=1'))[0]?.detail).toMatch(/incidents/);
  const csv = await (await auditor.ask('GET', 'audit?format=csv&what=export')).text();
  expect(csv.split('\r\n')[1]).toContain('la commander');
  const { status, stdout } = await runCuadra(server, ['audit', 'verify', '--json']);
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { ok: true, first: null }]);
});
