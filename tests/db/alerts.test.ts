// Alerts, told once, by a real mail server and as files; silenced, old, and those their owner may not see any more.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOfStream } from 'node:stream/consumers';
import express from 'express';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVERYWHERE, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { addAccount, changeAccount } from '../../server/accounts/store.ts';
import type { AlertRule, AlertsAnswer } from '../../server/alerts/contract.ts';
import { type WatchDeps, watchOver } from '../../server/alerts/keep-watch.ts';
import { historyOf, lookBy } from '../../server/alerts/look.ts';
import { alertRoutes } from '../../server/alerts/routes.ts';
import { addRule, listAlerts, listUnsent, takeUnsent } from '../../server/alerts/store.ts';
import type { AlertWays } from '../../server/alerts/tell.ts';
import { type Audit, openAudit } from '../../server/audit/log.ts';
import { dayOf } from '../../server/calendar/days.ts';
import { openStats, type Stats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { problems } from '../../server/http/problems.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { asStaff } from '../support/as-staff.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { WORLD, writeWorld } from '../support/small-world.ts';
import { calls, counted, incidents } from '../support/two-years-of-thefts.ts';

let database: Database;
let cubes: Cubes;
let stats: Stats;
let dataDir: string;
let server: Server;
let mailServer: SMTPServer;
let base: string;
let ways: AlertWays;
const mails: string[] = [];
let audit: Audit;
let refusesMail = false;
let background: Pick<WatchDeps, 'stats' | 'hasAccounts' | 'log' | 'audit'>;
const now = () => new Date('2024-12-30T18:00:00Z');
const later = () => new Date('2024-12-30T18:02:00Z');

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, [...incidents, ...calls]);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-alerts-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  audit = openAudit({ database, log: quietLog, now });
  stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  background = { stats, hasAccounts: false, log: quietLog, audit };
  mailServer = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
    onMailFrom: (_address, _session, callback) => callback(refusesMail ? new Error('not now') : null),
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.map(({ address }) => address).join();
      textOfStream(stream).then((text) => {
        mails.push(`to ${to}\n${text}`);
        callback();
      }, callback);
    },
  });
  await new Promise<void>((resolve) => mailServer.listen(0, '127.0.0.1', resolve));
  const { port } = mailServer.server.address() as AddressInfo;
  ways = {
    ...{ smtpUrl: `smtp://127.0.0.1:${port}`, smtpPasswordFile: null, from: 'cuadra@villa.example' },
    mailDomains: ['villa.example'],
    folder: join(dataDir, 'avisos'),
    portal: 'https://cuadra.villa.example',
  };
  const app = express().use(asStaff, express.json());
  app.set('query parser', 'simple');
  app.use('/api/v1', alertRoutes({ stats, ways, now }));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/small`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await new Promise<void>((resolve) => mailServer.close(resolve));
  await audit.close();
  await cubes.close();
  await rm(dataDir, { recursive: true });
});

const ask = async <T>(path: string): Promise<T> => (await fetch(`${base}/${path}`)).json() as Promise<T>;
const send = async (method: string, path: string, body?: object) => {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${base}/${path}`, { method, headers, body: JSON.stringify(body ?? {}) });
  return { status: response.status, body: (await response.json().catch(() => null)) as never };
};

test('a rule tells of a week once, by one mail and one file; what the mail server refuses is sent later', async () => {
  const rule = { kind: 'series', title: 'Robos', filter: {}, email: 'mando@villa.example', toFolder: true };
  const made = await send('POST', 'alerts/rules', rule);
  expect(made.status).toBe(201);
  await send('POST', 'alerts/rules', { ...rule, title: 'Robos en Barrio 2', filter: { within: 'barrios:b2' } });
  await send('POST', 'alerts/rules', { ...rule, kind: 'near-repeat', title: 'Cercanos' });
  expect((await send('POST', 'alerts/rules', { ...rule, filter: { from: '2024-01-01' } })).status).toBe(422);
  // No mail to anybody else's domain, nor a line of one's own in its head.
  for (const wrong of [{ email: 'yo@otravilla.example' }, { email: 'yo@villa.example.net' }, { title: 'Uno\nDos' }])
    expect((await send('POST', 'alerts/rules', { ...rule, ...wrong })).status).toBe(422);
  const foreign = await send('PATCH', `alerts/rules/${(made.body as AlertRule).id}`, { email: 'yo@example.org' });
  expect(foreign).toMatchObject({ status: 422, body: { detail: expect.stringContaining('villa.example') } });
  const seen = new Map() as Parameters<typeof watchOver>[2];
  const deps = { ...background, ways, now };
  refusesMail = true;
  await watchOver(deps, WORLD.id, seen);
  expect(mails).toEqual([]);
  refusesMail = false;
  // Not at once, and not the file once more.
  await watchOver(deps, WORLD.id, seen);
  expect(mails).toEqual([]);
  for (let i = 0; i < 3; i++) await watchOver({ ...deps, now: later }, WORLD.id, seen);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain('to mando@villa.example');
  const { rows: exported } = await sql`
    select who, jurisdiction, detail, rows from audit_entry where what = 'export' and detail like 'alerts %' order by entry`.execute(
    database.db,
  );
  // Tried twice by mail.
  const mail = { who: 'open', jurisdiction: 'small', detail: 'alerts mail mando@villa.example', rows: 2 };
  expect(exported).toEqual([mail, { ...mail, detail: 'alerts folder' }, mail]);
  const [file, ...more] = await readdir(join(ways.folder!, WORLD.code));
  expect(more).toEqual([]);
  const text = await readFile(join(ways.folder!, WORLD.code, file!), 'utf8');
  const week = counted('2024-12-23', '2024-12-30');
  expect(text).toContain('2 avisos');
  expect(text).toContain(
    `Robos en Barrio 2\nDel 23 dic 2024 al 29 dic 2024: ${counted('2024-12-23', '2024-12-30', 2)}`,
  );
  expect(text).toContain(`: ${week};`);
  expect(text).toContain('https://cuadra.villa.example/?city=small&tab=alerts');
  const { alerts, unseen, rules } = await ask<AlertsAnswer>('alerts');
  expect([alerts.length, unseen, rules.map(({ lookedTo }) => lookedTo)]).toEqual([2, 2, Array(3).fill('2024-12-29')]);
  await send('PATCH', `alerts/${alerts[0]!.id}`, { seen: true });
  expect((await ask<AlertsAnswer>('alerts')).unseen).toBe(1);
  const history = await send('POST', 'alerts/history', rule);
  expect(history.body).toMatchObject({ falsePerWeek: 0.025 });
  await send('DELETE', `alerts/rules/${(made.body as { id: string }).id}`);
  expect((await ask<AlertsAnswer>('alerts')).rules).toHaveLength(2);
});

test('what cannot be left in the folder is not mailed again, and waits where no folder is set', async () => {
  const asked = { kind: 'series', title: 'Doble', filter: {}, email: 'doble@villa.example', toFolder: true };
  const { id } = (await send('POST', 'alerts/rules', asked)).body as { id: string };
  const told = async () => [
    mails.filter((mail) => mail.includes('to doble@')).length,
    (await readdir(join(ways.folder!, WORLD.code))).length,
  ];
  const [, files] = await told();
  const watch = (folder: string | null, at: () => Date) =>
    watchOver({ ...background, ways: { ...ways, folder }, now: at }, WORLD.id, new Map());
  // A file stands where the folder should be.
  const inTheWay = join(dataDir, 'taken');
  await writeFile(inTheWay, '');
  for (const at of [now, later, later]) await watch(inTheWay, at);
  expect(await told()).toEqual([1, files]);
  const muchLater = () => new Date('2024-12-30T20:00:00Z');
  await watch(null, muchLater);
  expect(await told()).toEqual([1, files]);
  for (let i = 0; i < 2; i++) await watch(ways.folder, muchLater);
  expect(await told()).toEqual([1, files! + 1]);
  await send('DELETE', `alerts/rules/${id}`);
});

test('what a server had taken when it died is sent by another; what is old or silenced is not sent', async () => {
  const asked = { kind: 'series', title: 'Caída', filter: {}, email: 'caida@villa.example' };
  const { id } = (await send('POST', 'alerts/rules', asked)).body as { id: string };
  const watch = async (at: string, smtpUrl = ways.smtpUrl) => {
    const deps = { ...background, now: () => new Date(at), ways: { ...ways, smtpUrl } };
    await watchOver(deps, WORLD.id, new Map());
    return mails.filter((mail) => mail.includes('to caida@')).length;
  };
  await watch('2024-12-30T18:00:00Z', null);
  const mine = (await listUnsent(database, { id: WORLD.id, timezone: 'America/Mexico_City' }, 'mail', now())).filter(
    ({ to }) => to === asked.email,
  );
  const take = () => takeUnsent(database, WORLD.id, [mine[0]!.id], 'mail', now());
  expect([(await take()).size, (await take()).size, await watch('2024-12-30T18:10:00Z')]).toEqual([1, 0, 0]);
  await send('PATCH', `alerts/rules/${id}`, { mutedUntil: '2024-12-31' });
  expect(await watch('2024-12-30T18:16:00Z')).toBe(0);
  await send('PATCH', `alerts/rules/${id}`, { mutedUntil: null });
  expect([await watch('2025-01-14T18:16:00Z'), await watch('2024-12-30T18:17:00Z')]).toEqual([0, 1]);
  await send('DELETE', `alerts/rules/${id}`);
});

test('how often a rule would have spoken is asked so often in a minute, then refused for a while', async () => {
  const rule = { kind: 'series', title: 'Robos', filter: {} };
  const asked = Array.from({ length: 21 }, () => send('POST', 'alerts/history', rule));
  expect([...new Set((await Promise.all(asked)).map(({ status }) => status))]).toEqual([200, 429]);
});

test('a silenced rule says nothing until then', async () => {
  const made = await send('POST', 'alerts/rules', { kind: 'series', title: 'Callado', filter: {} });
  const { id } = made.body as { id: string };
  await send('PATCH', `alerts/rules/${id}`, { mutedUntil: '2025-01-15' });
  const before = (await ask<AlertsAnswer>('alerts')).alerts.length;
  const deps = { ...background, ways };
  await watchOver({ ...deps, now }, WORLD.id, new Map());
  expect((await ask<AlertsAnswer>('alerts')).alerts).toHaveLength(before);
  await watchOver({ ...deps, now: () => new Date('2025-01-15T12:00:00Z') }, WORLD.id, new Map());
  expect((await ask<AlertsAnswer>('alerts')).alerts).toHaveLength(before + 1);
});

test('weeks that hold other numbers by now are looked at again: what was missed is told, what changed is said', async () => {
  const { body } = await send('POST', 'alerts/rules', { kind: 'series', title: 'Revisada', filter: {} });
  const { id: rule } = body as { id: string };
  const deps = { ...background, ways, now };
  const seen: Parameters<typeof watchOver>[2] = new Map();
  const mine = async () => (await ask<AlertsAnswer>('alerts')).alerts.filter((each) => each.rule === rule);
  await watchOver(deps, WORLD.id, seen);
  const [first] = await mine();
  const count = counted('2024-12-23', '2024-12-30');
  expect([first!.found.count, first!.found.isNow]).toEqual([count, undefined]);
  await sql`update alert_rule set created_at = '2024-12-20' where rule_id = ${rule}`.execute(database.db);
  // As if it had been told of fewer, of a state of the data in which that week held other numbers.
  // Nobody looked meanwhile: no server ran.
  const before = async () => {
    seen.clear();
    await sql`update alert_rule set looked_version = looked_version - 1 where rule_id = ${rule}`.execute(database.db);
  };
  await sql`update alert set found = jsonb_set(found, '{count}', '7') where rule_id = ${rule}`.execute(database.db);
  await before();
  await watchOver(deps, WORLD.id, seen);
  expect((await mine()).map(({ found }) => [found.count, found.isNow?.count])).toEqual([[7, count]]);
  // As if it had not stood out then.
  await sql`delete from alert where rule_id = ${rule}`.execute(database.db);
  await watchOver(deps, WORLD.id, seen);
  expect(await mine()).toEqual([]);
  // Nor is anything told of weeks before the rule was made.
  await sql`update alert_rule set created_at = '2024-12-30' where rule_id = ${rule}`.execute(database.db);
  await before();
  await watchOver(deps, WORLD.id, seen);
  expect(await mine()).toEqual([]);
  await sql`update alert_rule set created_at = '2024-12-20' where rule_id = ${rule}`.execute(database.db);
  await before();
  await watchOver(deps, WORLD.id, seen);
  expect((await mine()).map(({ found }) => [found.week, found.count])).toEqual([['2024-W52', count]]);
});

test('a rule about a drawn area or a street leaves out what its owner may not see so finely', async () => {
  const jurisdiction = await findJurisdiction(database, STAFF, WORLD.code);
  const snapshot = await cubes.snapshot(jurisdiction);
  const looked = async (role: 'planner' | 'commander', within: string) => {
    const viewer = { ...STAFF, role };
    const rule = { kind: 'series', filter: { kind: 'call', within } } as const;
    const looking = { stats, jurisdiction, snapshot, viewer, language: 'es' } as const;
    const found = await lookBy(rule, looking, dayOf('2024-12-23'));
    return [found?.count ?? null, (await historyOf(rule, looking)).weeks];
  };
  // Five days with one and two with fifteen.
  const drawn = 'poly:-98.99,19.04;-98.98,19.04;-98.98,19.06;-98.99,19.06';
  expect((await looked('commander', drawn))[0]).toBe(35);
  expect(await looked('planner', drawn)).toEqual([null, 0]);
  expect((await looked('planner', 'barrios:b1'))[0]).toBe(35);
  for (const street of ['s1', 's2', 's3']) expect(await looked('planner', `streets:${street}`)).toEqual([null, 0]);
});

test('a new high is told only where there is a year before to be higher than', async () => {
  const jurisdiction = await findJurisdiction(database, STAFF, WORLD.code);
  const snapshot = await cubes.snapshot(jurisdiction);
  const rule = { kind: 'new-high', filter: {} } as const;
  const looking = { stats, jurisdiction, snapshot, viewer: STAFF, language: 'es' } as const;
  expect(await lookBy(rule, looking, dayOf('2024-12-23'))).toMatchObject({ week: '2024-W52' });
  expect(await historyOf(rule, looking)).toMatchObject({ weeks: 12 });
  // The same of data that begin fifty weeks before.
  const since = dayOf('2024-12-23') - 350;
  const sources = snapshot.sources.map((each) => ({ ...each, since }));
  const young = { ...looking, snapshot: { ...snapshot, sources } };
  expect(await lookBy(rule, young, dayOf('2024-12-23'))).toBeNull();
  expect(await historyOf(rule, young)).toMatchObject({ weeks: 0, alarms: 0 });
});

test('whoever may not see a jurisdiction any more is told nothing of it, nor what was found before', async () => {
  const at = now();
  const bound = (jurisdictions: string[] | null) => ({ jurisdictions, areas: null });
  const owner = await addAccount(database.db, {
    ...{ name: 'Berta', role: 'commander', scope: bound(['small']), password: null, at },
  });
  const rule = {
    kind: 'series',
    title: 'De Berta',
    filter: {},
    email: 'berta@villa.example',
    toFolder: false,
  } as const;
  await addRule(database, WORLD.id, owner, 'es', rule, at);
  const deps = { stats, ways, hasAccounts: true, log: quietLog, now, audit };
  const berta = (role: Viewer['role'], scope: Viewer['scope'] = EVERYWHERE): Viewer => ({
    ...{ role, scope, account: { id: owner, name: 'Berta' } },
  });
  const raised = async () => (await listAlerts(database, WORLD.id, berta('commander'))).alerts.length;
  const told = () => mails.filter((mail) => mail.includes('to berta@')).length;
  const scope = (jurisdictions: string[] | null) => changeAccount(database, 'Berta', { scope: bound(jurisdictions) });
  await scope(['beside']);
  await watchOver(deps, WORLD.id, new Map());
  expect([await raised(), told()]).toEqual([0, 0]);
  await scope(['small']);
  await watchOver({ ...deps, ways: { ...ways, smtpUrl: 'smtp://127.0.0.1:1' } }, WORLD.id, new Map());
  expect([await raised(), told()]).toEqual([1, 0]);
  await scope(['beside']);
  await watchOver({ ...deps, now: later }, WORLD.id, new Map());
  await scope(['small']);
  await watchOver({ ...deps, now: later }, WORLD.id, new Map());
  expect(told()).toBe(0);
  // One was found by her as a commander of the whole: as less than that she is told of none but that it is there.
  const listed = async (viewer: Viewer) => {
    const { alerts, hidden } = await listAlerts(database, WORLD.id, viewer);
    return [alerts.length, hidden];
  };
  const within = { jurisdictions: ['small'], areas: { layer: 'barrios', codes: ['b1'] } };
  const all = await raised();
  expect(all).toBeGreaterThan(0);
  expect(await listed(berta('administrator'))).toEqual([all, 0]);
  for (const less of [berta('planner'), berta('auditor'), berta('commander', within)])
    expect(await listed(less)).toEqual([0, all]);
});
