// The weekly meeting over HTTP against counts made by hand, and what is agreed in it.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { lastWholeWeek } from '../../server/alerts/look.ts';
import { dayOf, textOf } from '../../server/calendar/days.ts';
import { openStats, type Stats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import { parseFilter } from '../../server/filter/contract.ts';
import { planFor } from '../../server/filter/scope.ts';
import { problems } from '../../server/http/problems.ts';
import { addAction, listActions } from '../../server/meetings/actions.ts';
import { type MeetingAction, type MeetingAnswer, MOST_OPEN_ACTIONS } from '../../server/meetings/contract.ts';
import { meetingRoutes } from '../../server/meetings/routes.ts';
import { tableOf } from '../../server/meetings/table.ts';
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
let base: string;
const now = () => new Date('2024-12-30T18:00:00Z');

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await writeWorld(database, [...incidents, ...calls]);
  dataDir = await mkdtemp(join(tmpdir(), 'cuadra-meeting-'));
  cubes = await createCubes({ database, dataDir, budgetMb: 64, log: quietLog });
  stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  const app = express().use(asStaff, express.json());
  app.set('query parser', 'simple');
  app.use('/api/v1', meetingRoutes({ database, now }, stats));
  app.use(problems(quietLog));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/small`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cubes.close();
  await rm(dataDir, { recursive: true });
});

const ask = async <T>(path: string): Promise<T> => (await fetch(`${base}/${path}`)).json() as Promise<T>;
const send = async (method: string, path: string, body?: object) => {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${base}/${path}`, { method, headers, body: JSON.stringify(body ?? {}) });
  return { status: response.status, body: (await response.json().catch(() => null)) as never };
};

test('the week, the 28 days and the year are counted, beside the year before, of the whole and of a place', async () => {
  const whole = await ask<MeetingAnswer>('meeting');
  expect([whole.week, whole.from, whole.until, whole.missingDays]).toEqual(['2024-W52', '2024-12-23', '2024-12-30', 0]);
  const [total] = whole.rows;
  expect(total!.week).toMatchObject({
    count: counted('2024-12-23', '2024-12-30'),
    lastYear: { from: '2023-12-25', until: '2024-01-01', count: counted('2023-12-25', '2024-01-01') },
    meanOfThree: null,
  });
  expect(total!.days28.count).toBe(counted('2024-12-02', '2024-12-30'));
  expect(total!.year).toMatchObject({ from: '2024-01-01', count: counted('2024-01-01', '2024-12-30') });
  // Some 21 a week before, more than 60 in this: no chance.
  expect(total!.week.verdict).toBe('up');
  expect(total!.week.band!.high).toBeLessThan(60);
  const one = await ask<MeetingAnswer>('meeting?scope=barrios:b2');
  expect(one.scope).toEqual({ layer: 'barrios', code: 'b2', name: 'Barrio 2' });
  expect(one.rows[0]!.week.count).toBe(counted('2024-12-23', '2024-12-30', 2));
  const earlier = await ask<MeetingAnswer>('meeting?week=2024-W40');
  expect(earlier.rows[0]!.week.count).toBe(counted('2024-09-30', '2024-10-07'));
  expect(earlier.rows[0]!.week.verdict).not.toBe('unknown');
});

test('the streets chosen a week before are scored by this week, and every incident has its hour', async () => {
  const { streets, score, clock, repeats } = await ask<MeetingAnswer>('meeting');
  // No theft of the kinds that are followed by others nearby: that is not the same as none this week.
  expect(repeats).toBeNull();
  const on = (from: string, until: string) =>
    [1, 2, 3].map(
      (street) => incidents.filter((each) => each.segment === street && each.day >= from && each.day < until).length,
    );
  expect(streets!.rows.map(({ count }) => count)).toEqual(on('2024-12-02', '2024-12-30').sort((a, b) => b - a));
  const week = counted('2024-12-23', '2024-12-30');
  // Streets 1 to 3 are 20, 40 and 60 m long of 20 + 40 + … + 180.
  expect(score).toEqual({ streets: 3, caught: week, all: week, lengthShare: 120 / 900 });
  expect(clock!.counts.flat().reduce((sum, each) => sum + each, 0)).toBe(counted('2024-12-02', '2024-12-30'));
  expect(clock!.counts.every((day) => day.every((count, hour) => count === 0 || hour === 10))).toBe(true);
});

test('days that are not told of yet are counted as missing, and nothing is compared', async () => {
  // A file without a live source is whole to the end of its last month: Monday and Tuesday of the week.
  const next = await ask<MeetingAnswer>('meeting?week=2025-W01');
  expect([next.missingDays, next.rows[0]!.week.verdict, next.weekAfter]).toEqual([5, 'unknown', null]);
  const { week, days28, year } = next.rows[0]!;
  for (const cell of [week, days28, year])
    expect(cell).toMatchObject({ lastYear: null, meanOfThree: null, missingDays: 5 });
  // The data begin on Monday 2 January 2023: of the 28 days to Sunday the 8th, and of the year, those before are missing.
  const [start] = (await ask<MeetingAnswer>('meeting?week=2023-W01')).rows;
  expect([start!.week, start!.days28, start!.year].map(({ missingDays }) => missingDays)).toEqual([0, 21, 1]);
  for (const [query, parameter] of [
    ['week=2021-W53', 'week'],
    ['from=2024-01-01', 'from'],
    ['scope=barrios:none', 'within'],
  ])
    expect(await ask<{ detail: string; parameter?: string }>(`meeting?${query}`)).toMatchObject({
      status: 422,
      parameter,
    });
});

test('a file that lags behind a feed makes its weeks unfinished; one that ended is not what a week is held against', async () => {
  const jurisdiction = await findJurisdiction(database, STAFF, WORLD.code);
  const snapshot = await cubes.snapshot(jurisdiction);
  // Beside what tells to 29 December, a file of ten a day to some day, of the same kind.
  const beside = (last: string) => {
    const days = Array.from({ length: dayOf(last) - dayOf('2023-01-02') + 1 }, (_, i) => dayOf('2023-01-02') + i);
    const known = { days, counts: days.map(() => 10) };
    const [like] = snapshot.sources.filter(({ incidents: all, kind }) => all > 0 && kind === 'incident');
    const file = { ...like!, sourceId: 99, code: 'archivo', days: known, through: dayOf(last), lastDay: dayOf(last) };
    return { ...snapshot, sources: [...snapshot.sources, file] };
  };
  const filter = parseFilter({});
  // 30 November 2024 is a Saturday: the last whole week is that of Monday the 18th. A file ended in spring is not waited for.
  expect(textOf(lastWholeWeek(filter, beside('2024-11-30'))!)).toBe('2024-11-18');
  expect(textOf(lastWholeWeek(filter, beside('2024-02-29'))!)).toBe('2024-12-23');
  const totalWith = async (last: string, monday: string) => {
    const told = beside(last);
    const { plan } = await planFor(stats, told, STAFF, filter);
    const words = { total: '', other: '' };
    const asked = { snapshot: told, plan, monday: dayOf(monday), missingDays: 0, titleOf: () => '', words };
    return (await tableOf({ ...asked, taxonomy: stats.taxonomy }))[0]!;
  };
  // Both told of February 2023, one alone of this: nothing is compared. From 1 March on the same one tells.
  const { week, days28, year } = await totalWith('2024-02-29', '2024-12-23');
  for (const cell of [week, days28, year]) expect([cell.lastYear, cell.meanOfThree]).toEqual([null, null]);
  expect([year.verdict, week.band === null]).toEqual(['unknown', false]);
  // Of 38 weeks since the file ended too few are left to make a band of.
  expect((await totalWith('2024-03-31', '2024-12-23')).week.band).toBeNull();
  expect((await totalWith('2024-02-29', '2024-02-19')).week.lastYear).not.toBeNull();
});

test('what was agreed goes along while it is open; of two who change it the second is told', async () => {
  const added = await send('POST', 'meeting/actions', {
    week: '2024-W50',
    what: 'Luminarias',
    owner: 'Obras',
    due: '2024-12-20',
  });
  expect(added.status).toBe(201);
  const listed = (week: string) => ask<MeetingAction[]>(`meeting/actions?week=${week}`);
  const [carried] = await listed('2024-W52');
  expect(carried).toMatchObject({ what: 'Luminarias', carried: true, late: true, revision: 1, state: 'open' });
  expect(await listed('2024-W49')).toEqual([]);
  const path = `meeting/actions/${carried!.id}`;
  expect((await send('PATCH', path, { revision: 1, owner: 'Alumbrado' })).body).toMatchObject({
    owner: 'Alumbrado',
    revision: 2,
  });
  const second = await send('PATCH', path, { revision: 1, what: 'Otra cosa' });
  expect(second.status).toBe(409);
  expect((await listed('2024-W52'))[0]).toMatchObject({ what: 'Luminarias', owner: 'Alumbrado' });
  // Data of months ago show week 52 for many meetings: what the last one agreed on is carried, and late by today's date.
  const body = { week: '2024-W52', scope: null, what: 'Podar', owner: 'Parques', due: '2025-01-15' };
  const acting = (at: string) => ({ who: 'x', now: new Date(at), timezone: 'America/Mexico_City', areas: null });
  await addAction(database, WORLD.id, body, acting('2025-01-07T18:00:00Z'));
  const inMeetingOf = async (at: string) => {
    const all = await listActions(database, WORLD.id, acting(at), { week: '2024-W52', scope: null });
    const { carried: isCarried, late } = all.find(({ what }) => what === 'Podar')!;
    return [isCarried, late];
  };
  expect(await inMeetingOf('2025-01-10T18:00:00Z')).toEqual([false, false]);
  // Sunday evening there is Monday by Greenwich's clock.
  expect(await inMeetingOf('2025-01-13T04:00:00Z')).toEqual([false, false]);
  expect(await inMeetingOf('2025-01-14T18:00:00Z')).toEqual([true, false]);
  expect(await inMeetingOf('2025-01-16T04:00:00Z')).toEqual([true, false]);
  expect(await inMeetingOf('2025-01-16T18:00:00Z')).toEqual([true, true]);
  // Done in the week of Monday 30 December: seen in that meeting, gone from the next.
  await send('PATCH', path, { revision: 2, state: 'done' });
  expect((await listed('2025-W01')).find(({ what }) => what === 'Luminarias')).toMatchObject({ state: 'done' });
  const left = await listed('2025-W02');
  expect(left.map(({ what }) => what)).toEqual(['Podar']);
  await send('PATCH', `meeting/actions/${left[0]!.id}`, { revision: 1, state: 'done' });
});

test('so much is open at once at most, and what is done makes room', async () => {
  await sql`insert into meeting_action (jurisdiction_id, action_id, week, what, owner, created_by, created_at, changed_by,
      changed_at)
    select ${WORLD.id}, gen_random_uuid(), '2024-W20', 'x', 'y', 'z', now(), 'z', now()
    from generate_series(1, ${MOST_OPEN_ACTIONS - 1})`.execute(database.db);
  const body = { week: '2024-W20', what: 'Una más', owner: 'Obras' };
  const last = await send('POST', 'meeting/actions', body);
  expect(last.status).toBe(201);
  expect((await send('POST', 'meeting/actions', body)).status).toBe(422);
  const path = `meeting/actions/${(last.body as { id: string }).id}`;
  expect((await send('PATCH', path, { revision: 1, state: 'done' })).status).toBe(200);
  expect((await send('POST', 'meeting/actions', body)).status).toBe(201);
  expect((await send('PATCH', path, { revision: 2, state: 'open' })).status).toBe(422);
  expect((await send('PATCH', path, { revision: 2, what: 'Otra palabra' })).status).toBe(200);
  await sql`delete from meeting_action where jurisdiction_id = ${WORLD.id}`.execute(database.db);
});
