// Every address of the server asked in every role: who may is answered or told what is missing, who may not is refused.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JurisdictionRow, type Me, ROLES, type Role } from '../../server/access/contract.ts';
import { OPERATIONS, RIGHTS_OF } from '../../server/access/rights.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import { savedTables } from '../../server/backup/catalogue.ts';
import { receiveColumns } from '../../server/columns/receive.ts';
import { openDatabase } from '../../server/db/open.ts';
import { addressOf, askedOf } from '../support/asked-addresses.ts';
import { reportAt, runCuadra } from '../support/cli.ts';
import { quietLog } from '../support/log.ts';
import { firstAdministrator, invited, type Person, person } from '../support/people.ts';
import type { TestServer } from '../support/server.ts';
import { drawHouse, startTinyTown } from '../support/tinytown.ts';

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
  server = await startTinyTown({
    CUADRA_ACCESS: 'accounts',
    CUADRA_TRUSTED_PROXIES: '127.0.0.1',
    CUADRA_EMBED_ORIGINS: 'https://periodico.example,https://*.gob.example',
  });
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
    whose: expect.any(String),
    rights: ['look', 'count'],
    secondStep: { isOn: false, isNeeded: false, recoveryCodes: 0 },
    provider: null,
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

test('who is bound to areas of a town is answered within them at every address, a program by its key too', async () => {
  type Counts = { ids: string[]; counts: number[]; totals: { matched: number } };
  const all = await people.get('commander')!.get<Counts>('tiny/counts?layer=areas');
  const areas = { layer: 'areas', codes: ['01'] };
  const bound = await invited(server, administrator, 'la del centro', 'commander', { jurisdictions: ['tiny'], areas });
  const { ids, counts, totals } = await bound.get<Counts>('tiny/counts?layer=areas');
  const inside = all.counts[all.ids.indexOf(ids[0]!)]!;
  expect(inside).toBeLessThan(all.totals.matched);
  expect([counts, totals.matched]).toEqual([[inside], inside]);
  expect((await bound.get<{ features: unknown[] }>('tiny/incidents')).features).toHaveLength(inside);
  for (const { method, path, right } of OPERATIONS.filter((each) => each.method === 'GET')) {
    if (right === 'anybody' || path.endsWith('/events')) continue;
    const { status, body } = await bound.ask(method, addressOf(path));
    await body?.cancel();
    const isOurs = [
      ...['look', 'count', 'see-points', 'export-incidents', 'follow-events', 'learn'],
      ...['own-account', 'own-second-step'],
      ...['see-problems', 'handle-problems'],
    ].includes(right);
    const isOfTheWhole = ['/api/v1/region', '/api/v1/:jurisdiction/benchmark'].includes(path);
    expect([path, status === 403]).toEqual([path, !isOurs || isOfTheWhole]);
  }
  const args = ['key', 'add', 'sector', '--role', 'planner', '--jurisdiction', 'tiny', '--areas', 'areas:01'];
  const { key } = await reportAt<{ key: string }>(server, args);
  const answer = await person(server).ask('GET', 'tiny/counts?layer=areas', undefined, {
    authorization: `Bearer ${key}`,
  });
  expect(((await answer.json()) as Counts).totals.matched).toBe(inside);
  // Neither with another role, nor for areas that are not there.
  const change = async (body: object) => (await administrator.ask('PATCH', 'accounts/la del centro', body)).status;
  expect(await change({ role: 'gis' })).toBe(422);
  expect(await change({ scope: { jurisdictions: ['tiny'], areas: { layer: 'areas', codes: ['99'] } } })).toBe(422);
  expect(await change({ scope: { jurisdictions: ['tiny'], areas: { layer: 'areas', codes: ['02'] } } })).toBe(200);
  expect((await bound.get<Counts>('tiny/counts?layer=areas')).ids).not.toEqual(ids);
  const { rows } = await administrator.get<AuditPage>('audit?what=account&limit=1');
  expect(rows[0]?.detail).toBe('change la del centro commander tiny areas:02');
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
    // With another cookie a browser takes nothing of what it keeps for this one.
    if (/counts|summary|series|clock|heat/.test(path)) expect(first.headers.get('vary'), path).toMatch(/\bCookie\b/);
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

test('who draws the areas is told of no sensitive offence, in whatever area, version or list', async () => {
  type Counts = { counts: number[]; totals: { matched: number; withheld: number } };
  const [planner, gis] = [people.get('planner')!, people.get('gis')!];
  const matched = async (of: Person, query: string) => (await of.get<Counts>(`tiny/counts?${query}`)).totals.matched;
  for (const query of ['layer=areas', 'layer=areas@1', 'layer=areas&within=areas:03', 'layer=areas&inside=areas'])
    expect([query, await matched(gis, query)]).toEqual([query, (await matched(planner, query)) - 2]);
  expect(await matched(gis, 'layer=areas&offence=sexual,familia')).toBe(0);
  type Row = { code: string; incidents: number };
  const offences = await gis.get<Row[]>('tiny/offences');
  expect(offences.filter(({ code }) => ['sexual', 'familia'].includes(code)).map((row) => row.incidents)).toEqual([
    0, 0,
  ]);
  // Drawn round the house where both happened, then once more to compare the versions.
  for (const name of ['Casa', 'La casa']) await drawHouse(server, name);
  type Compared = { incidents: { from: number; until: number } };
  const inVersions = async (of: Person) =>
    (await of.get<Compared>('tiny/layers/casas/compare?from=1&until=2')).incidents;
  await expect.poll(() => inVersions(administrator)).toEqual({ from: 2, until: 2 });
  expect(await inVersions(gis)).toEqual({ from: 0, until: 0 });
  expect([
    await matched(planner, 'layer=areas&within=casas:c'),
    await matched(gis, 'layer=areas&within=casas:c'),
  ]).toEqual([2, 0]);
  const columns = await gis.ask('GET', 'tiny/incidents.arrow');
  const { rows } = receiveColumns(new Uint8Array(await columns.arrayBuffer()));
  expect(rows.rows).toBe(12);
});

test('a key asks in its role and scope, and opens nothing once it is removed', async () => {
  const args = ['key', 'add', 'tablero', '--role', 'planner', '--jurisdiction', 'tiny'];
  const { key } = await reportAt<{ key: string }>(server, args);
  const ask = (path: string, authorization = `Bearer ${key}`) =>
    person(server).ask('GET', path, undefined, { authorization });
  expect(((await (await ask('me')).json()) as Me).name).toBe('tablero');
  expect((await ask('tiny/counts?layer=areas')).status).toBe(200);
  expect((await ask('tiny/incidents')).status).toBe(403);
  expect((await ask('otra/layers')).status).toBe(404);
  expect((await ask('tiny/layers', `Bearer ${key.slice(0, -1)}x`)).status).toBe(401);
  expect((await ask('tiny/layers', 'Basic dG9kbzp0b2Rv')).status).toBe(401);
  await reportAt(server, ['key', 'remove', 'tablero']);
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
  const planner = people.get('planner')!;
  const asColumns = (filter: string, headers = {}) =>
    planner.ask('GET', `tiny/incidents.arrow?${filter}`, undefined, headers);
  const first = await asColumns('weekday=1,2');
  const all = receiveColumns(new Uint8Array(await first.arrayBuffer())).rows.rows;
  // Whoever has them already takes nothing more.
  const again = await asColumns('weekday=1,2', { 'If-None-Match': first.headers.get('etag')! });
  expect(again.status).toBe(304);
  await (await asColumns('weekday=3')).arrayBuffer();
  const taken = await rows('what=export&who=la planner');
  expect(taken.filter(({ detail }) => detail === 'weekday=1,2').map((each) => each.rows)).toEqual([all]);
  expect(taken[0]).toMatchObject({ detail: 'weekday=3' });
  const points = await commander.ask('GET', 'tiny/incident-points.arrow?weekday=1');
  expect(points.headers.get('cache-control')).toBe('private, no-store');
  await planner.ask('GET', 'tiny/incidents');
  await expect.poll(async () => (await rows('what=refused&who=la planner&limit=1'))[0]?.detail).toMatch(/incidents/);
  const rule = await commander.ask('POST', 'tiny/alerts/rules', { kind: 'series', title: 'Todo', filter: {} });
  const { id } = (await rule.json()) as { id: string };
  await expect
    .poll(async () => (await rows('what=setting&limit=1'))[0]?.detail)
    .toBe(`POST /tiny/alerts/rules rule=${id} mail=none folder=no`);
  const csv = await (await auditor.ask('GET', 'audit?format=csv&what=export')).text();
  expect(csv.split('\r\n')[1]).toContain('la commander');
  const { status, stdout } = await runCuadra(server, ['audit', 'verify', '--json']);
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { ok: true, first: null }]);
});

test('other sites may show the page in a frame only where it is opened for that, and none of what staff see', async () => {
  const nobody = people.get('public')!;
  const commander = people.get('commander')!;
  const policyOf = async (of: Person, path: string) => {
    const answer = await of.ask('GET', path);
    await answer.body?.cancel();
    const [, ancestors] = /frame-ancestors ([^;]*)/.exec(answer.headers.get('content-security-policy') ?? '') ?? [];
    return [ancestors, answer.headers.get('x-frame-options')];
  };
  for (const path of ['/?embed=1', '/?city=tiny&embed', '/index.html?embed=1'])
    expect([path, ...(await policyOf(nobody, path))]).toEqual([
      ...[path, 'https://periodico.example https://*.gob.example', null],
    ]);
  const others = ['/', '/?tab=audit', '/?embedded=1', '/api/v1/me?embed=1', '/api/v1/tiny/incidents?embed=1', '/none'];
  for (const path of others)
    expect([path, ...(await policyOf(commander, path))]).toEqual([path, "'none'", 'SAMEORIGIN']);
  expect(await nobody.get('portal')).toMatchObject({ embed: true });
});

/** Of a network kept for examples, so that nothing else can have it. */
const SENDER = '203.0.113.77';

test('nothing of whoever sends a tip is kept: in no table, no line of the log and no file', async () => {
  await reportAt(server, ['protect', 'on', 'tiny']);
  await reportAt(server, ['tips', 'on', 'tiny']);
  const nobody = people.get('public')!;
  const from = { 'X-Forwarded-For': SENDER, Forwarded: `for=${SENDER}`, 'User-Agent': `tip-sender/${SENDER}` };
  const form = async () => {
    const answer = await nobody.ask('GET', 'tiny/tips/form', undefined, from);
    return ((await answer.json()) as { form: string }).form;
  };
  const sent = { kind: 'armed', place: { layer: 'areas', code: '03' }, day: null, dayPart: null };
  const words = '<img src=x onerror=alert(1)> en la esquina';
  const [first, second] = [await form(), await form()];
  const tip = (body: object, headers: Readonly<Record<string, string>> = from) =>
    nobody.ask('POST', 'tiny/tips', body, headers);
  expect((await tip({ form: first, ...sent, words })).status).toBe(422); // too fast for a person
  await sleep(3100);
  expect((await tip({ form: first, ...sent, words, day: 'ayer' })).status).toBe(422);
  // A page of another site cannot send one: by its origin, by what the browser says, by the kind of body it may send.
  const elsewhere = 'https://otra.example';
  expect((await tip({ form: first, ...sent, words }, { ...from, Origin: elsewhere })).status).toBe(403);
  expect((await tip({ form: first, ...sent, words }, { ...from, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  expect((await tip({ form: first, ...sent, words }, { ...from, 'Content-Type': 'text/plain' })).status).toBe(422);
  expect((await tip({ form: first, ...sent, words })).status).toBe(204);
  expect((await nobody.ask('GET', 'tiny/tips')).status).toBe(401);
  expect((await tip({ form: second, ...sent, words: '' })).status).toBe(204);
  for (let n = 0; n < 15; n++) await tip({ form: second, ...sent, words: '' });

  const commander = people.get('commander')!;
  const page = await commander.get<{ rows: { id: string; words: string }[] }>('tiny/tips');
  expect(page.rows.map((row) => row.words).sort()).toEqual(['', words]);
  const seen = await commander.ask('PATCH', `tiny/tips/${page.rows[0]!.id}`, { state: 'seen' });
  expect(seen.status).toBe(200);
  expect((await people.get('planner')!.ask('GET', 'tiny/tips')).status).toBe(403);
  const settings = { isOn: true, keepDays: 90 };
  expect((await commander.ask('PUT', 'tiny/tip-settings', settings)).status).toBe(403);
  expect((await administrator.ask('PUT', 'tiny/tip-settings', settings)).status).toBe(200);
  const auditor = people.get('auditor')!;
  await expect
    .poll(async () =>
      (await auditor.get<AuditPage>('audit?what=tips&limit=2')).rows.map(({ who, rows }) => [who, rows]),
    )
    .toEqual([
      ['la commander', null],
      ['la commander', 2],
    ]);
  // Tips are counted with nothing.
  type Counts = { totals: { matched: number } };
  expect((await commander.get<Counts>('tiny/counts?layer=areas')).totals.matched).toBe(14);

  await server.stop();
  expect(server.log().filter((line) => line.includes(SENDER) || line.includes('onerror'))).toEqual([]);
  const { databaseUrl, dataDir } = server;
  const database = await openDatabase({ databaseUrl, dataDir, log: quietLog });
  try {
    const found: string[] = [];
    for (const { name } of await savedTables(database.pool, 'public')) {
      const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from "${name}" t`);
      expect(rows.filter(({ row }) => row.includes(SENDER))).toEqual([]);
      if (rows.some(({ row }) => row.includes('onerror'))) found.push(name);
    }
    expect(found).toEqual(['tip']);
  } finally {
    await database.close();
  }
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(SENDER));
  expect(holding.map(({ name }) => name)).toEqual([]);
});
